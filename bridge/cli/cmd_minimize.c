// SPDX-License-Identifier: Apache-2.0
/* riser minimize: the shortest run that still fails, as a regression test. */
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../super/super.h"
#include "cli.h"
#include "regress.h"
#include "runref.h"
#include "shrink.h"

#define DEFAULT_MAX_S 120

enum { OPT_MODEL = 256, OPT_OUT, OPT_MAX_S, OPT_PRELOAD };

static const struct argp_option options[] = {
	{ "model", OPT_MODEL, "FILE", 0, "model.so that fails (the run's own)", 1 },
	{ "preload", OPT_PRELOAD, "FILE", 0, "where a file with first contents of a backing store is now, recognised by its contents; may be repeated", 1 },
	{ "out", OPT_OUT, "FOLDER", 0, "the test's folder; must not exist (RUN/minimal)", 1 },
	{ "jobs", 'j', "N", 0, "attempts at a time, 1 to 8 (2)", 2 },
	{ "max-s", OPT_MAX_S, "SECONDS", 0, "end after that time with what there is (120)", 2 },
	{ "quiet", 'q', NULL, 0, "the result alone", 3 },
	{ 0 },
};

struct minimize_args {
	const char *run, *model, *out;
	struct riser_cli_list preloads;
	unsigned long long jobs, max_s;
	bool is_quiet;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct minimize_args *a = state->input;

	switch (key) {
	case OPT_MODEL:
		a->model = arg;
		return 0;
	case OPT_PRELOAD:
		return riser_cli_list_add(&a->preloads, arg);
	case OPT_OUT:
		a->out = arg;
		return 0;
	case 'j':
		return riser_cli_number("--jobs", arg, 1, 8, &a->jobs);
	case OPT_MAX_S:
		return riser_cli_number("--max-s", arg, 1, 86400, &a->max_s);
	case 'q':
		a->is_quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->run) {
			fprintf(stderr, "riser: error: two runs, %s and %s: give one\n",
				a->run, arg);
			return EBADMSG;
		}
		a->run = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_minimize = {
	.options = options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "Finds the fewest deeds of the host (requests, resets) with which the failure of RUN still shows, and "
	       "writes them as a regression test for `riser test`. No guest, no kernel, no root.\v"
	       "Exit code: 0 done, 1 the failure does not show without the guest, 2 no run, no failure or no folder.",
};

struct minimizing {
	const struct minimize_args *args;
	struct riser_runref ref;
	char *model;
	char *out;
	struct riser_plan *plan;
	struct riser_failure failure;
	struct riser_shrink shrink;
	struct riser_regress test;
	char error[RISER_ERROR_BYTES];
};

static void show_progress(uint32_t nr_kept, uint32_t nr_attempts)
{
	if (isatty(STDOUT_FILENO)) {
		printf("\r %" PRIu32 " deeds after %" PRIu32 " attempts  ", nr_kept,
		       nr_attempts);
		fflush(stdout);
	}
}

static int usage(const struct minimizing *m, const char *help)
{
	fprintf(stderr, "riser: error: %s\n", m->error);
	if (help)
		fprintf(stderr, "riser: help: %s\n", help);
	return RISER_EXIT_USAGE;
}

static int load(struct minimizing *m)
{
	const struct riser_finding *finding;
	const char *trouble;

	if (riser_plan_load(m->ref.record, &m->plan, m->error))
		return usage(m, NULL);
	finding = riser_plan_failure(m->plan);
	trouble = riser_plan_trouble(m->plan);
	if (!finding) {
		snprintf(m->error, sizeof(m->error),
			 "run %.200s has no failure that a bridge saw%s%.250s", m->ref.dir,
			 trouble ? ": " : "", trouble ? trouble : "");
		return usage(m, "only what the record names as a failure can be minimised: a checker rule, a timeout, a bad completion, DMA outside of a mapping, an RTL error");
	}
	riser_failure_of(finding, &m->failure);
	m->test.failure = m->failure;
	snprintf(m->test.text, sizeof(m->test.text), "%s", finding->text);
	if (!m->args->is_quiet)
		printf("failure  %s%s%s\n", m->failure.kind, m->failure.access[0] ? ": " : "",
		       m->failure.access);
	if (trouble && !m->args->is_quiet)
		printf("         %s; its failure was before\n", trouble);
	return 0;
}

static int make_folder(struct minimizing *m)
{
	char *copy;

	m->out = m->args->out ? strdup(m->args->out) : riser_path(m->ref.dir, "minimal");
	if (!m->out || mkdir(m->out, 0777)) {
		snprintf(m->error, sizeof(m->error), "folder %.400s: %s",
			 m->out ? m->out : "?", strerror(errno));
		return usage(m, "give a folder that does not exist with --out");
	}
	copy = realpath(m->out, NULL);
	if (copy && !strcmp(basename(copy), "minimal"))
		snprintf(m->test.name, sizeof(m->test.name), "%s", basename(m->ref.dir));
	else if (copy)
		snprintf(m->test.name, sizeof(m->test.name), "%s", basename(copy));
	free(copy);
	return 0;
}

static int shrink(struct minimizing *m)
{
	const struct minimize_args *a = m->args;
	int ret;

	m->shrink = (struct riser_shrink){
		.plan = m->plan,
		.config = { .model_path = m->model, .failure = &m->failure,
			    .preloads = a->preloads.v },
		.jobs = a->jobs ? (uint32_t)a->jobs : 2,
		.max_s = a->max_s ? (double)a->max_s : DEFAULT_MAX_S,
		.progress = a->is_quiet ? NULL : show_progress,
	};
	ret = riser_shrink(&m->shrink, m->error);
	if (isatty(STDOUT_FILENO) && !a->is_quiet)
		printf("\r\033[K");
	if (ret == -ENOENT) {
		printf("GONE     played without the guest the failure does not show: %s\n",
		       m->shrink.failed.text);
		return RISER_EXIT_FAIL;
	}
	return ret ? usage(m, NULL) : 0;
}

/* What the test does, for people. */
static int write_deeds(struct minimizing *m)
{
	char *path = riser_path(m->out, "deeds.txt");
	FILE *f = path ? fopen(path, "wxe") : NULL;
	char text[RISER_TLP_TEXT_BYTES];
	uint32_t i;

	if (f) {
		for (i = 0; i < riser_plan_nr(m->plan); i++)
			if (m->shrink.keep[i])
				fprintf(f, "%s\n", riser_plan_print(m->plan, i, text,
								    sizeof(text)));
		fprintf(f, "-> %s\n", m->test.text);
	}
	free(path);
	return f && !fclose(f) ? 0 : -errno;
}

/* The shortest run once more, with its record. */
static int record(struct minimizing *m)
{
	struct riser_play_config config = m->shrink.config;
	char *path = riser_path(m->out, "tlp.rec.zst");
	struct riser_play_result result;
	int ret;

	config.keep = m->shrink.keep;
	config.mode = RISER_PLAY_PROVOKE;
	config.record_path = path;
	ret = riser_cli_play(m->plan, &config, &result, m->error);
	if (!ret && result.verdict != RISER_PLAY_SAME_FAILURE) {
		ret = -EIO;
		snprintf(m->error, sizeof(m->error), "the shortest run failed once and not again: the model does not depend on its inputs alone");
	}
	if (!ret && access(path, R_OK)) {
		ret = -errno;
		snprintf(m->error, sizeof(m->error), "record %.400s: %s", path, strerror(errno));
	}
	free(path);
	return ret;
}

static int write_model_args(struct minimizing *m)
{
	char *from = riser_path(m->ref.dir, "model.args"), *to = riser_path(m->out, "model.args");
	FILE *in = from ? fopen(from, "re") : NULL, *out = NULL;
	char buffer[4096];
	size_t n;
	int ret = 0;

	/* without one the test's model has to be given */
	if (in && to)
		out = fopen(to, "wxe");
	while (out && (n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		if (fwrite(buffer, 1, n, out) != n)
			ret = -EIO;
	if (out && fclose(out))
		ret = -errno;
	if (in)
		fclose(in);
	free(from);
	free(to);
	return ret;
}

/*
 * The finished test must fail with the model that it was made with. What a
 * scoreboard finds is no answer to a request: a sound card goes on where the
 * recording ends, so only the finding counts.
 */
static int check(struct minimizing *m)
{
	struct riser_regress_result result;
	char *path = riser_path(m->out, RISER_TEST_FILE);
	int i = riser_cli_is_scoreboard_rule(m->test.failure.kind), ret = path ? -EIO : -ENOMEM;

	for (; i < 2 && ret && path; i++) {
		m->test.mode = i ? RISER_PLAY_PROVOKE : RISER_PLAY_COMPARE;
		unlink(path);
		if (riser_regress_write(m->out, &m->test, m->error))
			break;
		riser_regress_run(m->out, m->model, NULL, 0, &result);
		if (result.code == RISER_EXIT_FAIL &&
		    result.play.verdict == RISER_PLAY_SAME_FAILURE)
			ret = 0;
		else
			snprintf(m->error, sizeof(m->error),
				 "the test that was written does not fail: %.400s",
				 result.text);
	}
	free(path);
	return ret;
}

static int write_test(struct minimizing *m)
{
	int ret = record(m);

	if (!ret) {
		ret = write_deeds(m);
		if (!ret)
			ret = write_model_args(m);
		if (ret)
			snprintf(m->error, sizeof(m->error), "folder %.400s: %s", m->out,
				 strerror(-ret));
	}
	if (!ret)
		ret = check(m);
	return ret ? usage(m, NULL) : 0;
}

static void tell(const struct minimizing *m)
{
	char text[RISER_TLP_TEXT_BYTES];
	uint32_t i;

	printf("MINIMAL  %" PRIu32 " of %" PRIu32 " deeds, %" PRIu64 " cycles, after %" PRIu32
	       " attempts%s\n", m->shrink.nr_kept, riser_plan_nr_before_failure(m->plan),
	       m->shrink.failed.cycles, m->shrink.nr_attempts,
	       m->shrink.is_complete ? "; each is needed" : "; the time was over before each was tried");
	for (i = 0; i < riser_plan_nr(m->plan) && m->shrink.nr_kept <= 20; i++)
		if (m->shrink.keep[i] && !m->args->is_quiet)
			printf("         %s\n", riser_plan_print(m->plan, i, text, sizeof(text)));
	printf("test     %s   (riser test %s)\n", m->out, m->out);
}

int riser_cmd_minimize(int argc, char **argv)
{
	struct minimize_args a = { 0 };
	struct minimizing *m;
	int ret;

	ret = riser_cli_parse(&riser_argp_minimize, argc, argv, &a);
	m = ret ? NULL : calloc(1, sizeof(*m));
	if (!m)
		return ret ? ret : RISER_EXIT_ENV;
	m->args = &a;
	ret = riser_runref_find(&m->ref, a.run);
	if (!ret)
		ret = load(m);
	if (!ret)
		ret = riser_runref_model(&m->ref, a.model, 0, a.is_quiet, &m->model);
	if (!ret)
		ret = make_folder(m);
	if (!ret) {
		ret = shrink(m);
		if (!ret)
			ret = write_test(m);
		if (!ret)
			tell(m);
		else
			rmdir(m->out);
	}
	riser_plan_free(m->plan);
	riser_runref_fini(&m->ref);
	free(m->shrink.keep);
	free(m->shrink.pins);
	free(m->model);
	free(m->out);
	free((void *)m->args->preloads.v);
	free(m);
	return ret;
}
