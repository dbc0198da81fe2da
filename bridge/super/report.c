// SPDX-License-Identifier: Apache-2.0
/*
 * The end of a run: result.json, results.xml, status, and the words on the
 * screen. The bridge's own account is in bridge.json and is taken over as it is.
 */
#include <ctype.h>
#include <stdarg.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "live.h"

struct verdict {
	const char *word;	/* PASS, FAIL, TIMEOUT, INTERRUPTED */
	int code;
	char *why;		/* malloc'ed, NULL for a pass */
};

/* ---- the bridge's account ---- */

static struct fy_document *load_bridge(const struct riser_live *live)
{
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_JSON_FORCE };
	struct fy_document *doc = NULL;
	char *path = NULL;

	/* the last of several bridges; the one before was killed */
	if ((live->nr_bridges > 1 ?
	     asprintf(&path, "%s/bridge-%u.json", live->dir,
		      live->nr_bridges) :
	     asprintf(&path, "%s/bridge.json", live->dir)) < 0)
		return NULL;
	if (path && !access(path, R_OK))
		doc = fy_document_build_from_file(&cfg, path);
	free(path);
	return doc;
}

static const char *bridge_text(struct fy_document *doc, const char *path)
{
	struct fy_node *node;

	node = doc ? fy_node_by_path(fy_document_root(doc), path, FY_NT,
				     FYNWF_DONT_FOLLOW) : NULL;
	return node ? fy_node_get_scalar0(node) : NULL;
}

static unsigned long long bridge_number(struct fy_document *doc,
					const char *path)
{
	const char *text = bridge_text(doc, path);

	return text ? strtoull(text, NULL, 0) : 0;
}

/* The first finding in words, malloc'ed, or NULL. */
static char *bridge_finding(struct fy_document *doc)
{
	const char *text = bridge_text(doc, "/findings/0/text");

	return text ? strdup(text) : NULL;
}

/* ---- the verdict ---- */

static const struct riser_check *first_failed(const struct riser_live *live)
{
	const struct riser_check *check;

	for (check = live->results.checks; check; check = check->next)
		if (!check->passed)
			return check;
	return NULL;
}

__attribute__((format(printf, 1, 2)))
static char *say(const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	return n < 0 ? NULL : text;
}

static char *why_failed(const struct riser_live *live, struct fy_document *doc)
{
	const struct riser_check *check = first_failed(live);
	char *finding = bridge_finding(doc);

	if (finding)
		return finding;
	if (live->nr_troubles)
		return strdup(live->troubles[0]);
	if (check)
		return say("check %s failed%s%s", check->name,
			   check->detail ? ": " : "",
			   check->detail ? check->detail : "");
	if (live->results.verdict > 0)
		return say("the script ended with an error outside of its checks; see console.log");
	if (live->results.verdict < 0)
		return say("the guest ended without a verdict (QEMU exit %d); see console.log and qemu.log",
			   (int)live->qemu_status);
	return NULL;
}

static struct verdict judge(const struct riser_live *live,
			    struct fy_document *doc)
{
	if (live->is_interrupted)
		return (struct verdict){ "INTERRUPTED",
					 RISER_EXIT_INTERRUPTED,
					 strdup("interrupted from outside") };
	if (live->is_timeout) {
		char *finding = bridge_finding(doc);
		char *why = say("the guest was not done after %u s, in phase %s%s%s",
				live->config->timeout_s,
				live->results.phase[0] ? live->results.phase :
							 "boot",
				finding ? "; " : "", finding ? finding : "");

		free(finding);
		return (struct verdict){ "TIMEOUT", RISER_EXIT_TIMEOUT, why };
	}
	if (!doc && live->nr_bridges && !live->no_account &&
	    !live->nr_troubles)
		return (struct verdict){ "FAIL", RISER_EXIT_FAIL,
					 say("the bridge left no account (bridge.json); its last words are in bridge.log") };
	{
		char *why = why_failed(live, doc);

		return (struct verdict){ why ? "FAIL" : "PASS",
					 why ? RISER_EXIT_FAIL :
					       RISER_EXIT_PASS, why };
	}
}

/* ---- result.json ---- */

static void json_string(FILE *f, const char *text)
{
	fputc('"', f);
	for (; text && *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(f, "\\u%04x", c);
		else
			fputc(c, f);
	}
	fputc('"', f);
}

static void json_pair(FILE *f, const char *key, const char *text)
{
	fprintf(f, "  \"%s\": ", key);
	if (text)
		json_string(f, text);
	else
		fputs("null", f);
	fputs(",\n", f);
}

static void json_phases(FILE *f, const struct riser_live *live)
{
	unsigned int i;

	fputs("  \"wall_s\": {", f);
	for (i = 0; i < live->phases.nr; i++) {
		json_string(f, live->phases.phase[i].name);
		fprintf(f, ": %.2f, ", live->phases.phase[i].seconds);
	}
	fprintf(f, "\"total\": %.2f},\n", riser_phases_total(&live->phases));
}

static void json_checks(FILE *f, const struct riser_live *live)
{
	const struct riser_check *check;

	fputs("  \"checks\": [", f);
	for (check = live->results.checks; check; check = check->next) {
		fputs("\n    {\"name\": ", f);
		json_string(f, check->name);
		fprintf(f, ", \"passed\": %s, \"seconds\": %.2f, \"detail\": ",
			check->passed ? "true" : "false", check->seconds);
		json_string(f, check->detail);
		fprintf(f, "}%s", check->next ? "," : "");
	}
	fputs("\n  ],\n", f);
}

static void json_values(FILE *f, const struct riser_live *live)
{
	const struct riser_value *value;

	fputs("  \"values\": {", f);
	for (value = live->results.values; value; value = value->next) {
		json_string(f, value->key);
		fputs(": ", f);
		json_string(f, value->value);
		fputs(value->next ? ", " : "", f);
	}
	fputs("},\n", f);
}

static void json_troubles(FILE *f, const struct riser_live *live)
{
	unsigned int i;

	fputs("  \"troubles\": [", f);
	for (i = 0; i < live->nr_troubles; i++) {
		fputs(i ? ", " : "", f);
		json_string(f, live->troubles[i]);
	}
	fputs("],\n", f);
}

/* A part of the bridge's account, as it is. */
static void json_bridge(FILE *f, struct fy_document *doc, const char *key,
			const char *path, const char *end)
{
	struct fy_node *node = NULL;
	char *text = NULL;

	if (doc)
		node = *path == '/' && !path[1] ? fy_document_root(doc) :
			fy_node_by_path(fy_document_root(doc), path, FY_NT,
					FYNWF_DONT_FOLLOW);
	if (node)
		text = fy_emit_node_to_string(node, FYECF_MODE_JSON_ONELINE);
	if (text)
		text[strcspn(text, "\n")] = '\0';
	fprintf(f, "  \"%s\": %s%s\n", key, text ? text : "null", end);
	free(text);
}

static void write_result(const struct riser_live *live,
			 struct fy_document *doc, const struct verdict *v,
			 const struct riser_failure *failure)
{
	char *path = riser_path(live->dir, "result.json");
	FILE *f = path ? fopen(path, "we") : NULL;

	free(path);
	if (!f)
		return;
	fputs("{\n  \"schema\": 1,\n", f);
	json_pair(f, "verdict", v->word);
	json_pair(f, "why", v->why);
	fprintf(f, "  \"exit_code\": %d,\n", v->code);
	json_pair(f, "name", live->config->name);
	json_pair(f, "card", live->config->card);
	json_pair(f, "kernel", live->parts.release);
	json_pair(f, "accelerator", live->is_kvm ? "kvm" : "tcg");
	json_pair(f, "driver", live->config->driver);
	json_pair(f, "driver_sha256",
		  riser_results_value(&live->results, "driver_sha256"));
	fprintf(f, "  \"mmio_reads\": %llu,\n  \"mmio_writes\": %llu,\n",
		bridge_number(doc, "/stats/mmio_reads"),
		bridge_number(doc, "/stats/mmio_writes"));
	fprintf(f, "  \"sim_cycles\": %llu,\n  \"msix_interrupts\": %llu,\n",
		bridge_number(doc, "/stats/sim_cycles"),
		bridge_number(doc, "/stats/msix_interrupts"));
	json_bridge(f, doc, "tlps", "/stats/tlps", ",");
	json_phases(f, live);
	json_checks(f, live);
	json_values(f, live);
	json_troubles(f, live);
	json_pair(f, "record", failure->record ?
		  strrchr(failure->record, '/') + 1 : NULL);
	json_pair(f, "wave", failure->has_wave ? "fail-001/wave.fst" : NULL);
	json_bridge(f, doc, "bridge", "/", "");
	fputs("}\n", f);
	fclose(f);
}

/* ---- results.xml ---- */

static void xml_text(FILE *f, const char *text)
{
	for (; text && *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '<' || c == '>' || c == '&' || c == '"' || c >= 0x7f)
			fprintf(f, "&#%d;", c);
		else if (c >= 0x20)
			fputc(c, f);
	}
}

static void xml_case(FILE *f, const struct riser_live *live, const char *name,
		     double seconds, const char *failure)
{
	fprintf(f, "  <testcase classname=\"riser.%s\" name=\"",
		live->config->name);
	xml_text(f, name);
	fprintf(f, "\" time=\"%.2f\"", seconds);
	if (!failure) {
		fputs("/>\n", f);
		return;
	}
	fputs(">\n    <failure message=\"", f);
	xml_text(f, failure);
	fputs("\"/>\n  </testcase>\n", f);
}

static void write_junit(const struct riser_live *live,
			const struct verdict *v)
{
	char *path = riser_path(live->dir, "results.xml");
	FILE *f = path ? fopen(path, "we") : NULL;
	const struct riser_check *check;

	free(path);
	if (!f)
		return;
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"riser.%s\" tests=\"%u\" failures=\"%u\" time=\"%.2f\">\n",
		live->config->name,
		live->results.nr_passed + live->results.nr_failed + 1,
		live->results.nr_failed + (v->code ? 1 : 0),
		riser_phases_total(&live->phases));
	for (check = live->results.checks; check; check = check->next)
		xml_case(f, live, check->name, check->seconds,
			 check->passed ? NULL :
			 check->detail ? check->detail : "failed");
	xml_case(f, live, "run", riser_phases_total(&live->phases), v->why);
	fputs("</testsuite>\n", f);
	fclose(f);
}

static void write_status(const struct riser_live *live,
			 const struct verdict *v)
{
	char *path = riser_path(live->dir, "status");
	FILE *f = path ? fopen(path, "we") : NULL;

	free(path);
	if (!f)
		return;
	fprintf(f, "%s %d %.1fs\n", v->word, v->code,
		riser_phases_total(&live->phases));
	fclose(f);
}

/* ---- the screen ---- */

static void print_checks(const struct riser_live *live)
{
	const struct riser_check *check;

	for (check = live->results.checks; check; check = check->next)
		if (!check->passed || live->config->verbosity >= 0)
			printf(" %-6s %-28s %7.1f s%s%s\n",
			       check->passed ? "ok" : "FAILED", check->name,
			       check->seconds, check->passed ? "" : "  ",
			       check->passed ? "" :
			       check->detail ? check->detail : "");
}

static void print_where_time_went(const struct riser_live *live)
{
	unsigned int i;

	fputs(" time  ", stdout);
	for (i = 0; i < live->phases.nr; i++)
		printf("%s%s %.1f s", i ? ", " : "",
		       live->phases.phase[i].name,
		       live->phases.phase[i].seconds);
	putchar('\n');
}

static void print_summary(const struct riser_live *live,
			  struct fy_document *doc, const struct verdict *v,
			  const struct riser_failure *failure)
{
	const char *record_error = bridge_text(doc, "/record_error");

	if (live->config->verbosity >= 0) {
		print_checks(live);
		printf(" card   %llu cycles simulated, %llu register reads, %llu interrupts\n",
		       bridge_number(doc, "/stats/sim_cycles"),
		       bridge_number(doc, "/stats/mmio_reads"),
		       bridge_number(doc, "/stats/msix_interrupts"));
		print_where_time_went(live);
	}
	if (v->why)
		printf("%-7s %s\n", v->word, v->why);
	if (record_error)
		printf("warning %s\n", record_error);
	if (v->code) {
		riser_failure_print(failure, live, doc);
		printf("DONE (%s, rc=%d) %.1f s   %s\n", v->word, v->code,
		       riser_phases_total(&live->phases), live->dir);
	} else {
		printf("DONE (PASS) %.1f s   %s\n",
		       riser_phases_total(&live->phases), live->dir);
	}
}

int riser_report(struct riser_live *live)
{
	struct fy_document *doc = load_bridge(live);
	struct verdict v = judge(live, doc);
	struct riser_failure failure;

	riser_failure_find(&failure, live, doc);
	/* before anything that may take long, and again with its time */
	write_result(live, doc, &v, &failure);
	if (v.code)
		riser_failure_make_wave(&failure, live);
	write_result(live, doc, &v, &failure);
	write_junit(live, &v);
	write_status(live, &v);
	if (live->config->link &&
	    riser_rundir_link(live->dir, live->config->link))
		fprintf(stderr, "riser: warning: cannot make the link %s\n",
			live->config->link);
	print_summary(live, doc, &v, &failure);
	riser_failure_fini(&failure);
	if (doc)
		fy_document_destroy(doc);
	free(v.why);
	return v.code;
}
