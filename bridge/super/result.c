// SPDX-License-Identifier: Apache-2.0
/*
 * result.json: everything that is known of a run, for programs. The bridge's
 * account is taken over as it is.
 */
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../json.h"
#include "verdict.h"

static void text(struct riser_json *json, const char *key, const char *value)
{
	if (value)
		riser_json_string(json, key, value);
	else
		riser_json_raw(json, key, "null");
}

static void phases(struct riser_json *json, const struct riser_live *live)
{
	unsigned int i;

	riser_json_open(json, "wall_s", '{');
	for (i = 0; i < live->phases.nr; i++)
		riser_json_double(json, live->phases.phase[i].name,
				  live->phases.phase[i].seconds);
	riser_json_double(json, "total", riser_phases_total(&live->phases));
	riser_json_close(json, '}');
}

static void checks(struct riser_json *json, const struct riser_live *live)
{
	const struct riser_check *check;

	riser_json_open(json, "checks", '[');
	for (check = live->results.checks; check; check = check->next) {
		riser_json_open(json, NULL, '{');
		riser_json_string(json, "name", check->name);
		riser_json_bool(json, "passed", check->passed);
		riser_json_double(json, "seconds", check->seconds);
		riser_json_string(json, "detail",
				  check->detail ? check->detail : "");
		riser_json_close(json, '}');
	}
	riser_json_close(json, ']');
}

static void values(struct riser_json *json, const struct riser_live *live)
{
	const struct riser_value *value;

	riser_json_open(json, "values", '{');
	for (value = live->results.values; value; value = value->next)
		riser_json_string(json, value->key, value->value);
	riser_json_close(json, '}');
}

static void troubles(struct riser_json *json, const struct riser_live *live)
{
	unsigned int i;

	riser_json_open(json, "troubles", '[');
	for (i = 0; i < live->nr_troubles; i++)
		riser_json_string(json, NULL, live->troubles[i]);
	riser_json_close(json, ']');
}

/* Modules that are not the kernel's own: where file and line come from. */
static void modules(struct riser_json *json, const struct riser_live *live)
{
	const char *const *add = live->config->adds;
	struct stat st;
	char *copy, *path;

	riser_json_open(json, "modules", '[');
	for (; add && *add; add++) {
		copy = strndup(*add, strcspn(*add, ":"));
		path = copy && strlen(copy) > 3 &&
		       !strcmp(copy + strlen(copy) - 3, ".ko") ?
		       realpath(copy, NULL) : NULL;
		if (path && !stat(path, &st)) {
			riser_json_open(json, NULL, '{');
			riser_json_string(json, "path", path);
			riser_json_u64(json, "bytes", (uint64_t)st.st_size);
			riser_json_u64(json, "mtime_s",
				       (uint64_t)st.st_mtim.tv_sec);
			riser_json_close(json, '}');
		}
		free(path);
		free(copy);
	}
	riser_json_close(json, ']');
}

/* A part of the bridge's account, as it is, in one line. */
static void bridge(struct riser_json *json, struct fy_document *doc,
		   const char *key, const char *path)
{
	struct fy_node *node = NULL;
	char *part = NULL;

	if (doc)
		node = *path == '/' && !path[1] ? fy_document_root(doc) :
			fy_node_by_path(fy_document_root(doc), path, FY_NT,
					FYNWF_DONT_FOLLOW);
	if (node)
		part = fy_emit_node_to_string(node, FYECF_MODE_JSON_ONELINE);
	if (part)
		part[strcspn(part, "\n")] = '\0';
	riser_json_raw(json, key, part ? part : "null");
	free(part);
}

static void facts(struct riser_json *json, const struct riser_live *live,
		  struct fy_document *doc, const struct riser_verdict *v)
{
	text(json, "verdict", v->word);
	text(json, "why", v->why);
	riser_json_u64(json, "exit_code", (uint64_t)v->code);
	text(json, "name", live->config->name);
	text(json, "card", live->config->card);
	text(json, "kernel", live->parts.release);
	text(json, "accelerator", live->is_kvm ? "kvm" : "tcg");
	text(json, "driver", live->config->driver);
	text(json, "driver_sha256",
	     riser_results_value(&live->results, "driver_sha256"));
	riser_json_u64(json, "mmio_reads",
		       riser_bridge_number(doc, "/stats/mmio_reads"));
	riser_json_u64(json, "mmio_writes",
		       riser_bridge_number(doc, "/stats/mmio_writes"));
	riser_json_u64(json, "sim_cycles",
		       riser_bridge_number(doc, "/stats/sim_cycles"));
	if (live->config->time_ratio) {
		riser_json_u64(json, "guest_stops", live->dilation.nr_stops);
		riser_json_double(json, "guest_stopped_s",
				  live->dilation.stopped_s);
	}
	riser_json_u64(json, "skipped_cycles",
		       riser_bridge_number(doc, "/stats/skipped_cycles"));
	riser_json_u64(json, "msix_interrupts",
		       riser_bridge_number(doc, "/stats/msix_interrupts"));
}

void riser_result_write(const struct riser_live *live, struct fy_document *doc,
			const struct riser_verdict *v,
			const struct riser_failure *failure)
{
	char *path = riser_path(live->dir, "result.json");
	FILE *f = path ? fopen(path, "we") : NULL;
	struct riser_json json;

	free(path);
	if (!f)
		return;
	riser_json_init(&json, f);
	riser_json_open(&json, NULL, '{');
	riser_json_u64(&json, "schema", 1);
	facts(&json, live, doc, v);
	bridge(&json, doc, "tlps", "/stats/tlps");
	phases(&json, live);
	checks(&json, live);
	values(&json, live);
	troubles(&json, live);
	modules(&json, live);
	text(&json, "modules_dir", live->parts.modules_dir);
	text(&json, "record", failure->record ?
	     strrchr(failure->record, '/') + 1 : NULL);
	text(&json, "wave", failure->has_wave ? "fail-001/wave.fst" : NULL);
	riser_json_raw(&json, "sources", failure->sources ?
		       failure->sources : "{}");
	bridge(&json, doc, "bridge", "/");
	riser_json_close(&json, '}');
	fclose(f);
}
