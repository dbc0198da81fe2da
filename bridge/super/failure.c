// SPDX-License-Identifier: Apache-2.0
#include "failure.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUILD_LIMIT_S	120
#define MAX_FINDINGS	64

/* ---- the model that can write waveforms ---- */

void riser_failure_prepare(struct riser_live *live)
{
	const struct riser_super_config *c = live->config;
	char *out, *log;

	if (c->no_waves || c->no_record || c->model || c->local || c->dry_run ||
	    !strcmp(c->flavour, "trace"))
		return;
	out = riser_path(live->dir, "model-trace.so");
	log = riser_path(live->dir, "build.log");
	/* whatever goes wrong here is told when it is needed */
	if (!out || !log ||
	    riser_model_args_start(live->dir, "trace", out, log,
				   &live->trace_build))
		live->trace_build = 0;
	free(out);
	free(log);
}

static bool build_has_ended(struct riser_live *live)
{
	if (live->trace_build &&
	    waitpid(live->trace_build, NULL, WNOHANG) == live->trace_build)
		live->trace_build = 0;
	return !live->trace_build;
}

void riser_failure_wait_for_build(struct riser_live *live)
{
	double until_s = riser_now_s() + BUILD_LIMIT_S;

	while (!build_has_ended(live) && riser_now_s() < until_s)
		usleep(20000);
}

void riser_failure_unprepare(struct riser_live *live)
{
	if (build_has_ended(live))
		return;
	kill(-live->trace_build, SIGTERM);
	while (waitpid(live->trace_build, NULL, 0) < 0 && errno == EINTR)
		;
	live->trace_build = 0;
}

/* ---- the failure ---- */

static const char *text_at(struct fy_document *doc, int index, const char *key)
{
	struct fy_node *node;
	char path[64];

	snprintf(path, sizeof(path), "/findings/%d/%s", index, key);
	node = fy_node_by_path(fy_document_root(doc), path, FY_NT,
			       FYNWF_DONT_FOLLOW);
	return node ? fy_node_get_scalar0(node) : NULL;
}

/* The first finding that fails the run; the record counts these alone. */
static int first_error(struct fy_document *doc)
{
	const char *error;
	int i;

	for (i = 0; doc && i < MAX_FINDINGS; i++) {
		error = text_at(doc, i, "error");
		if (!error)
			break;
		if (!strcmp(error, "true"))
			return i;
	}
	return -1;
}

static char *record_of(const struct riser_live *live)
{
	char name[64] = "tlp.rec.zst", *path;

	if (live->nr_bridges > 1)
		snprintf(name, sizeof(name), "tlp-%u.rec.zst",
			 live->nr_bridges);
	path = riser_path(live->dir, name);
	if (path && !access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

void riser_failure_find(struct riser_failure *failure,
			const struct riser_live *live, struct fy_document *doc)
{
	memset(failure, 0, sizeof(*failure));
	failure->record = record_of(live);
	failure->index = first_error(doc);
}

static void print_who(const struct riser_failure *failure,
		      struct fy_document *doc)
{
	int index = failure->index;
	const char *text = text_at(doc, index, "text");
	const char *access = text_at(doc, index, "access");
	const char *function = text_at(doc, index, "function");
	const char *caller = text_at(doc, index, "caller");
	const char *before = text_at(doc, index, "before");
	const char *side = text_at(doc, index, "suspected");
	const char *advice = text_at(doc, index, "advice");
	char source[512];

	if (access && *access && text && !strstr(text, access))
		printf("        access: %s\n", access);
	if (function && *function)
		printf("        %s%s%s\n", function, caller && *caller ?
		       "  " : "", caller ? caller : "");
	if (function && riser_failure_source(failure, function, source,
					     sizeof(source)))
		printf("        %s\n", source);
	if (before && *before)
		printf("        last access before: %s\n", before);
	if (side && *side)
		printf("        suspected: the %s; %s\n", side,
		       advice ? advice : "");
}

static void print_wave(const struct riser_failure *failure,
		       const struct riser_live *live)
{
	if (failure->has_wave) {
		printf(" wave    riser wave %s   (fail-001/wave.fst, %.1f s)\n",
		       live->dir, failure->wave_s);
		printf(" ladder  %s/fail-001/ladder.txt\n", live->dir);
	} else if (failure->index >= 0 && !live->config->no_waves &&
		   !live->is_interrupted) {
		printf(" wave    could not be made; why is in %s/wave.log\n",
		       live->dir);
	} else {
		printf(" wave    riser wave %s%s\n", live->dir,
		       failure->index < 0 ? " --at end" : "");
	}
}

void riser_failure_print(const struct riser_failure *failure,
			 const struct riser_live *live,
			 struct fy_document *doc)
{
	if (failure->index >= 0)
		print_who(failure, doc);
	if (!failure->record)
		return;
	print_wave(failure, live);
	riser_windows_print(failure, live, 1);
	printf(" repeat  riser replay %s   (no guest)\n", failure->record);
}

void riser_failure_fini(struct riser_failure *failure)
{
	unsigned int i;

	for (i = 0; i < failure->nr_windows; i++)
		free(failure->window[i].text);
	free(failure->record);
	free(failure->sources);
}
