// SPDX-License-Identifier: Apache-2.0
/*
 * riser test: runs regression tests (riser minimize) and says which fail.
 *
 * A folder with test.riser is one test; any other folder is looked through for
 * such. With --faults it is a campaign of faults (cmd_test_faults.c).
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../super/super.h"
#include "cli.h"
#include "regress.h"
#include "testproject.h"

#define MAX_DEPTH 4

enum { OPT_MODEL = 256, OPT_PLUSARG, OPT_FAULTS, OPT_JUNIT, OPT_RUNNER };

static const struct argp_option options[] = {
	{ "model", OPT_MODEL, "FILE", 0, "run against this model.so (each test's own, built from its model.args)", 1 },
	{ "plusarg", OPT_PLUSARG, "+NAME[=VALUE]", 0, "for the design, instead of the recorded one of that name", 1 },
	{ "faults", OPT_FAULTS, "FILE|builtin", 0, "something else: run a driver once for each fault (`riser test --faults builtin --help`)", 1 },
	{ "jobs", 'j', "N", 0, "of a project: so many runs at the same time (1)", 2 },
	{ "select", 'k', "[not ]WORD", 0, "of a project: the tests with WORD in their name or as a tag", 2 },
	{ "runner", OPT_RUNNER, "COMMAND", 0, "of a project: run each test by a command of the shell with {} in its place ('sbatch --wait --wrap {}')", 2 },
	{ "junit", OPT_JUNIT, "FILE", 0, "write the results as JUnit XML", 2 },
	{ "quiet", 'q', NULL, 0, "failures and the last line alone", 3 },
	{ 0 },
};

struct test_args {
	struct riser_cli_list paths, plusargs;
	const char *model, *junit, *expr, *runner;
	unsigned long long jobs;
	bool is_quiet;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct test_args *a = state->input;

	switch (key) {
	case OPT_MODEL:
		a->model = arg;
		return 0;
	case OPT_PLUSARG:
		if (arg[0] != '+') {
			fprintf(stderr, "riser: error: --plusarg=%s: it begins with '+'\n", arg);
			return EBADMSG;
		}
		return riser_cli_list_add(&a->plusargs, arg);
	case OPT_JUNIT:
		a->junit = arg;
		return 0;
	case 'j':
		return riser_cli_number("--jobs", arg, 1, 256, &a->jobs);
	case 'k':
		a->expr = arg;
		return 0;
	case OPT_RUNNER:
		a->runner = arg;
		return 0;
	case 'q':
		a->is_quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		return riser_cli_list_add(&a->paths, arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_test = {
	.options = options,
	.parser = parse,
	.args_doc = "[PATH...]\n[PROJECT.yaml]",
	.doc = "Runs the tests of a project file (riser.yaml, when there is one here), or the regression tests in PATH: folders that `riser minimize` made, or folders with such in them (the "
	       "current one). No guest, no kernel, no root.\v"
	       "Exit code: 0 all pass, 1 one fails, 2 no test or one that cannot be run, 3 a model cannot be built.",
};

/* ---- which ---- */

struct tests {
	char **folder;
	size_t nr;
};

static int add(struct tests *tests, const char *folder)
{
	char **more = realloc(tests->folder, (tests->nr + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	tests->folder = more;
	more[tests->nr] = strdup(folder);
	return more[tests->nr++] ? 0 : -ENOMEM;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int find(struct tests *tests, const char *path, int depth)
{
	struct dirent **list;
	struct stat st;
	char *sub;
	int nr, i, ret = 0;

	if (riser_regress_is(path))
		return add(tests, path);
	nr = depth ? scandir(path, &list, is_visible, alphasort) : 0;
	if (nr < 0)
		return -errno;
	for (i = 0; i < nr; i++) {
		sub = riser_path(path, list[i]->d_name);
		if (!ret && sub && !lstat(sub, &st) && S_ISDIR(st.st_mode))
			ret = find(tests, sub, depth - 1);
		free(sub);
		free(list[i]);
	}
	if (depth)
		free(list);
	return ret;
}

static int find_all(const struct test_args *a, struct tests *tests)
{
	const char *path;
	size_t i, before;
	int ret;

	for (i = 0; i < a->paths.nr || !i; i++) {
		path = a->paths.nr ? a->paths.v[i] : ".";
		before = tests->nr;
		ret = find(tests, path, MAX_DEPTH);
		if (ret) {
			fprintf(stderr, "riser: error: %s: %s\n", path, strerror(-ret));
			return RISER_EXIT_USAGE;
		}
		if (tests->nr == before) {
			fprintf(stderr, "riser: error: no test in %s: no folder there has a " RISER_TEST_FILE "\n"
				"riser: help: `riser minimize RUN --out FOLDER` makes one of a failing run\n", path);
			return RISER_EXIT_USAGE;
		}
	}
	return 0;
}

/* ---- results ---- */

static void xml_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", f);
		else if (*text == '&')
			fputs("&amp;", f);
		else if (*text == '"')
			fputs("&quot;", f);
		else
			fputc((unsigned char)*text < ' ' ? ' ' : *text, f);
	}
}

static int write_junit(const char *path, const struct tests *tests,
		       const struct riser_regress_result *results)
{
	FILE *f = fopen(path, "we");
	size_t i, failed = 0;
	double seconds = 0;

	if (!f)
		return -errno;
	for (i = 0; i < tests->nr; i++) {
		failed += results[i].code != RISER_EXIT_PASS;
		seconds += results[i].seconds;
	}
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"riser test\" tests=\"%zu\" failures=\"%zu\" time=\"%.3f\">\n",
		tests->nr, failed, seconds);
	for (i = 0; i < tests->nr; i++) {
		fputs("  <testcase classname=\"riser\" name=\"", f);
		xml_text(f, tests->folder[i]);
		fprintf(f, "\" time=\"%.3f\">", results[i].seconds);
		if (results[i].code != RISER_EXIT_PASS) {
			fputs("<failure message=\"", f);
			xml_text(f, results[i].text);
			fputs("\"/>", f);
		}
		fputs("</testcase>\n", f);
	}
	fputs("</testsuite>\n", f);
	return fclose(f) ? -errno : 0;
}

static const char *word_of(int code)
{
	return code == RISER_EXIT_PASS ? "PASS " : code == RISER_EXIT_FAIL ? "FAIL " : "ERROR";
}

static int run_all(const struct test_args *a, const struct tests *tests,
		   struct riser_regress_result *results)
{
	size_t i, failed = 0;
	int code = RISER_EXIT_PASS;

	for (i = 0; i < tests->nr; i++) {
		riser_regress_run(tests->folder[i], a->model, a->plusargs.v,
				  (uint32_t)a->plusargs.nr, &results[i]);
		failed += results[i].code != RISER_EXIT_PASS;
		if (results[i].code > code)
			code = results[i].code;
		if (results[i].code == RISER_EXIT_PASS && a->is_quiet)
			continue;
		printf("%s  %-32s %6.1f s  %s\n", word_of(results[i].code),
		       tests->folder[i], results[i].seconds, results[i].text);
		fflush(stdout);
	}
	printf("DONE (%s, rc=%d) %zu of %zu tests passed\n",
	       code ? "FAIL" : "PASS", code, tests->nr - failed, tests->nr);
	return code;
}

static int run(const struct test_args *a, const struct tests *tests)
{
	struct riser_regress_result *results = calloc(tests->nr, sizeof(*results));
	int ret, err;

	if (!results)
		return RISER_EXIT_ENV;
	ret = run_all(a, tests, results);
	err = a->junit ? write_junit(a->junit, tests, results) : 0;
	if (err) {
		fprintf(stderr, "riser: error: cannot write %s: %s\n", a->junit,
			strerror(-err));
		ret = RISER_EXIT_ENV;
	}
	free(results);
	return ret;
}

/* A campaign of faults runs a driver, and has options of its own. */
static bool is_campaign(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--faults") || !strncmp(argv[i], "--faults=", 9))
			return true;
	return false;
}

static bool is_yaml(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

/* The project that is meant; NULL: regression tests are. */
static const char *project_of(const struct test_args *a)
{
	if (a->paths.nr == 1 && is_yaml(a->paths.v[0]))
		return a->paths.v[0];
	return !a->paths.nr && !access("riser.yaml", R_OK) ? "riser.yaml" : NULL;
}

static int run_project(const struct test_args *a)
{
	const struct riser_test_project args = {
		.project = project_of(a), .expr = a->expr, .runner = a->runner,
		.junit = a->junit, .parallel = a->jobs, .is_quiet = a->is_quiet,
	};

	return riser_test_project(&args);
}

int riser_cmd_test(int argc, char **argv)
{
	struct test_args a = { .jobs = 1 };
	struct tests tests = { 0 };
	size_t i;
	int ret;

	if (is_campaign(argc, argv))
		return riser_cmd_test_faults(argc, argv);
	ret = riser_cli_parse(&riser_argp_test, argc, argv, &a);
	if (!ret && project_of(&a)) {
		ret = run_project(&a);
	} else if (!ret) {
		ret = find_all(&a, &tests);
		ret = ret ? ret : run(&a, &tests);
	}
	for (i = 0; i < tests.nr; i++)
		free(tests.folder[i]);
	free(tests.folder);
	free(a.paths.v);
	free(a.plusargs.v);
	return ret;
}
