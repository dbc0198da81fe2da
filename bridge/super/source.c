// SPDX-License-Identifier: Apache-2.0
/*
 * What riser-report does at the end of a run, in a process of its own: it alone
 * reads debug information, and nothing of it can hurt the run.
 */
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"

#define LIMIT_S		60
#define EXIT_TIMED_OUT	124	/* of timeout(1) */

/* riser-report beside this program, within LIMIT_S; its exit code or -errno. */
static int ask(const struct riser_live *live, const char *option,
	       const char *log, char **out)
{
	struct riser_argv argv = { 0 };
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	int ret;

	exe[n > 0 ? n : 0] = '\0';
	riser_argv_add(&argv, "timeout");
	riser_argv_add(&argv, "%d", LIMIT_S);
	riser_argv_add(&argv, "%s-report", exe);
	riser_argv_add(&argv, "%s", option);
	riser_argv_add(&argv, "%s", live->dir);
	ret = argv.failed ? -1 : riser_tool_run(argv.v, log, out);
	riser_argv_fini(&argv);
	return ret;
}

/* Takes away white space at the end; whether what is left is a whole object. */
static bool is_whole(char *json)
{
	size_t len = strlen(json);

	while (len && strchr(" \n", json[len - 1]))
		json[--len] = '\0';
	return len > 1 && *json == '{' && json[len - 1] == '}' &&
	       json[len - 2] == '\n';
}

void riser_failure_find_sources(struct riser_failure *failure,
				const struct riser_live *live)
{
	if (failure->index < 0)
		return;
	/* a long answer is cut by the reader of the pipe */
	if (!ask(live, "--lines", "/dev/null", &failure->sources) &&
	    failure->sources && is_whole(failure->sources))
		return;
	free(failure->sources);
	failure->sources = NULL;
}

static const char *member(struct fy_node *map, const char *key)
{
	struct fy_node *node = fy_node_mapping_lookup_by_string(map, key, FY_NT);

	return node ? fy_node_get_scalar0(node) : NULL;
}

bool riser_failure_source(const struct riser_failure *failure,
			  const char *function, char *text, size_t size)
{
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_JSON_FORCE };
	struct fy_document *doc;
	struct fy_node *node;
	const char *missing;

	*text = '\0';
	doc = failure->sources ?
	      fy_document_build_from_string(&cfg, failure->sources, FY_NT) :
	      NULL;
	if (!doc)
		return false;
	node = fy_node_mapping_lookup_by_string(fy_document_root(doc),
						function, FY_NT);
	missing = node ? member(node, "missing") : NULL;
	if (missing)
		snprintf(text, size, "%s", missing);
	else if (node && member(node, "file") && member(node, "line"))
		snprintf(text, size, "%s:%s", member(node, "file"),
			 member(node, "line"));
	fy_document_destroy(doc);
	return *text;
}

static void say_too_slow(const struct riser_live *live, const char *log)
{
	FILE *f = fopen(log, "ae");

	if (!f)
		return;
	fprintf(f, "the report was not done after %d s; `riser report %s` takes the time that it needs\n",
		LIMIT_S, live->dir);
	fclose(f);
}

void riser_report_page(struct riser_live *live)
{
	char *log = riser_path(live->dir, "report.log");
	struct stat st;

	riser_phases_begin(&live->phases, "report");
	if (log && ask(live, "--quiet", log, NULL) == EXIT_TIMED_OUT)
		say_too_slow(live, log);
	riser_phases_end(&live->phases);
	if (log && !stat(log, &st) && !st.st_size)
		unlink(log);
	free(log);
}
