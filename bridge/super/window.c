// SPDX-License-Identifier: Apache-2.0
/*
 * The waveforms of a run, each by `riser wave` in a process of its own, so that
 * nothing of it can hurt the run.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"

#define WAVE_LIMIT_S	120
#define WHOLE_LIMIT_S	1800
#define MAX_FINDINGS	64
#define MAX_WINDOWS	4
#define LIMIT_MIB	256

struct making {
	struct riser_failure *failure;
	struct riser_live *live;
	struct fy_document *doc;
	uint64_t bytes;
};

static const char *finding_text(struct fy_document *doc, int i, const char *key)
{
	struct fy_node *node;
	char path[64];

	snprintf(path, sizeof(path), "/findings/%d/%s", i, key);
	node = doc ? fy_node_by_path(fy_document_root(doc), path, FY_NT,
				     FYNWF_DONT_FOLLOW) : NULL;
	return node ? fy_node_get_scalar0(node) : NULL;
}

static bool is_true(struct fy_document *doc, int i, const char *key)
{
	const char *value = finding_text(doc, i, key);

	return value && !strcmp(value, "true");
}

/* Not asked for: the driver does this on its own in many a run. */
static bool is_recovery(struct fy_document *doc, int i)
{
	const char *kind = finding_text(doc, i, "kind");

	return kind && !strcmp(kind, "error handling");
}

static uint64_t size_of(const struct riser_live *live, const char *name)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s/wave.fst", live->dir, name);
	return stat(path, &st) ? 0 : (uint64_t)st.st_size;
}

/* A command of riser's own, with a limit. */
static void begin_argv(struct riser_argv *argv, int limit_s, const char *command)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[n > 0 ? n : 0] = '\0';
	riser_argv_add(argv, "timeout");
	riser_argv_add(argv, "%d", limit_s);
	riser_argv_add(argv, "%s", exe);
	riser_argv_add(argv, "%s", command);
}

static void fill_argv(struct riser_argv *argv, const struct making *m,
		      const char *name, unsigned int number, bool is_trigger)
{
	const struct riser_super_config *c = m->live->config;

	begin_argv(argv, WAVE_LIMIT_S, "wave");
	riser_argv_add(argv, "--no-open");
	riser_argv_add(argv, "--quiet");
	riser_argv_add(argv, "--at=%s-%u", is_trigger ? "trigger" : "fail",
		       number);
	riser_argv_add(argv, "--into=%s", name);
	if (c->has_window_before)
		riser_argv_add(argv, "--before=%llu", c->window_before_ns);
	if (c->has_window_after)
		riser_argv_add(argv, "--after=%llu", c->window_after_ns);
	riser_argv_add(argv, "%s", m->failure->record);
}

static bool is_full(const struct making *m)
{
	const struct riser_super_config *c = m->live->config;
	unsigned int max = c->max_windows ? c->max_windows : MAX_WINDOWS;
	uint64_t mib = c->window_mib ? c->window_mib : LIMIT_MIB;

	return m->failure->nr_windows >= max || m->bytes >= mib << 20;
}

static void make_one(struct making *m, int index, unsigned int number,
		     bool is_trigger)
{
	char *log = riser_path(m->live->dir, "wave.log");
	const char *text = finding_text(m->doc, index, "text");
	struct riser_failure *failure = m->failure;
	struct riser_argv argv = { 0 };
	struct riser_window *window;
	char name[24];

	snprintf(name, sizeof(name), "%s-%03u", is_trigger ? "trigger" : "fail",
		 number);
	fill_argv(&argv, m, name, number, is_trigger);
	if (!argv.failed && log)
		(void)riser_tool_run(argv.v, log, NULL);
	riser_argv_fini(&argv);
	if (size_of(m->live, name)) {
		m->bytes += size_of(m->live, name);
		window = &failure->window[failure->nr_windows++];
		memcpy(window->name, name, sizeof(name));
		window->text = strdup(text ? text : "");
		failure->has_wave |= index == failure->index;
		if (log)
			unlink(log);
	}
	free(log);
}

/* The whole run, from reset, as the model can write it. */
static void make_whole(struct making *m)
{
	char *wave = riser_path(m->live->dir, "wave.fst");
	char *model = riser_path(m->live->dir, "model-trace.so");
	char *log = riser_path(m->live->dir, "wave.log");
	struct riser_argv argv = { 0 };

	begin_argv(&argv, WHOLE_LIMIT_S, "replay");
	riser_argv_add(&argv, "--quiet");
	riser_argv_add(&argv, "--waves=%s", wave ? wave : "");
	if (model && !access(model, R_OK))
		riser_argv_add(&argv, "--model=%s", model);
	riser_argv_add(&argv, "%s", m->failure->record);
	if (!argv.failed && wave && model && log && !riser_tool_run(argv.v, log, NULL)) {
		m->failure->has_whole = true;
		unlink(log);
	}
	riser_argv_fini(&argv);
	free(log);
	free(model);
	free(wave);
}

/* One pass over the findings: failures, or triggers. */
static void make_all(struct making *m, bool is_trigger, bool has_failed)
{
	unsigned int number = 0;
	int i;

	for (i = 0; i < MAX_FINDINGS && finding_text(m->doc, i, "text"); i++) {
		if (!is_true(m->doc, i, is_trigger ? "trigger" : "error"))
			continue;
		number++;
		if (is_trigger && !has_failed && is_recovery(m->doc, i))
			continue;
		if (is_full(m))
			m->failure->nr_left_out++;
		else
			make_one(m, i, number, is_trigger);
	}
}

/* Something to show, without looking at what may be shown. */
static bool is_wanted(struct fy_document *doc, bool has_failed)
{
	int i;

	for (i = 0; i < MAX_FINDINGS && finding_text(doc, i, "text"); i++) {
		if (has_failed && is_true(doc, i, "error"))
			return true;
		if (is_true(doc, i, "trigger") &&
		    (has_failed || !is_recovery(doc, i)))
			return true;
	}
	return false;
}

void riser_windows_make(struct riser_failure *failure, struct riser_live *live,
			struct fy_document *doc, bool has_failed)
{
	struct making m = { .failure = failure, .live = live, .doc = doc };
	double start_s = riser_now_s();

	if (!failure->record || live->is_interrupted ||
	    live->config->no_waves || (!live->config->all_waves && !is_wanted(doc, has_failed)))
		return;
	riser_phases_begin(&live->phases, "waveform");
	riser_failure_wait_for_build(live);
	if (has_failed)
		make_all(&m, false, has_failed);
	make_all(&m, true, has_failed);
	if (live->config->all_waves)
		make_whole(&m);
	riser_phases_end(&live->phases);
	failure->wave_s = riser_now_s() - start_s;
}

void riser_windows_print(const struct riser_failure *failure,
			 const struct riser_live *live, unsigned int first)
{
	unsigned int i;

	/* the first one of a failed run is told with its failure */
	if (first && !failure->has_wave)
		first = 0;
	for (i = first; i < failure->nr_windows; i++)
		printf(" window  %s/%s/wave.fst  %s\n", live->dir,
		       failure->window[i].name, failure->window[i].text);
	if (failure->has_whole)
		printf(" wave    %s/wave.fst  the whole run\n", live->dir);
	else if (live->config->all_waves)
		printf("warning no waveform of the whole run; why is in %s/wave.log\n", live->dir);
	if (failure->nr_left_out)
		printf(" window  %u more: riser wave %s --at fail-N or trigger-N (--max-windows, --window-limit)\n",
		       failure->nr_left_out, live->dir);
}
