// SPDX-License-Identifier: Apache-2.0
/* riser cover: what of the RTL was reached, by one run or by many. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../super/super.h"
#include "cli.h"
#include "coverage.h"

enum {
	OPT_JSON = 256, OPT_LEAST, OPT_MODEL, OPT_OUT, OPT_WITH_RISER,
};

#define DEFAULT_OPEN	20
#define MAX_OWN		4

static const struct argp_option options[] = {
	{ "json", OPT_JSON, NULL, 0, "text: the counts for a script", 1 },
	{ "verbose", 'v', NULL, 0, "text: every line point that was not reached", 1 },
	{ "quiet", 'q', NULL, 0, "text: the last line alone", 1 },
	{ "least", OPT_LEAST, "PERCENT", 0, "exit code 1 when fewer of the line points were reached", 1 },
	{ "out", OPT_OUT, "DIR", 0, "html, merge: where files go (coverage in the run's folder; of several runs riser-out/coverage)", 2 },
	{ "model", OPT_MODEL, "FILE", 0, "for replays: a model.so of the same sources and of flavour cover (built when it is missing)", 2 },
	{ "with-riser", OPT_WITH_RISER, NULL, 0, "riser's own RTL too: its endpoint core and interfaces", 2 },
	{ 0 },
};

enum form { FORM_TEXT, FORM_HTML, FORM_MERGE };

struct cover_args {
	struct riser_cli_coverage get;
	struct riser_cli_list runs;
	enum form form;
	const char *out;
	unsigned long long least;
	bool has_form, is_json, is_verbose, with_riser;
};

static bool take_form(struct cover_args *a, const char *word)
{
	static const char *const forms[] = { "text", "html", "merge" };
	unsigned int i;

	if (a->has_form || a->runs.nr)
		return false;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (!strcmp(word, forms[i])) {
			a->form = (enum form)i;
			a->has_form = true;
			return true;
		}
	return false;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct cover_args *a = state->input;

	switch (key) {
	case OPT_JSON:
		a->is_json = true;
		return 0;
	case 'v':
		a->is_verbose = true;
		return 0;
	case 'q':
		a->get.is_quiet = true;
		return 0;
	case OPT_LEAST:
		return riser_cli_number("--least", arg, 0, 100, &a->least);
	case OPT_OUT:
		a->out = arg;
		return 0;
	case OPT_MODEL:
		a->get.model = arg;
		return 0;
	case OPT_WITH_RISER:
		a->with_riser = true;
		return 0;
	case ARGP_KEY_ARG:
		return take_form(a, arg) ? 0 : riser_cli_list_add(&a->runs, arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_cover = {
	.options = options,
	.parser = parse,
	.args_doc = "[text|html|merge] [RUN...]",
	.doc = "Adds up what of the RTL the runs reached (the latest run): text prints a table, html writes a page, merge "
	       "writes coverage.dat (for verilator_coverage) and coverage.info (for lcov and genhtml). A run that was not made with "
	       "--coverage is replayed from its record into a model that counts.\v"
	       "A line point is a block of statements or a branch, a toggle a bit that became 1 and 0 again. Exit code: 0, or "
	       "1 with --least.",
};

/* Folders of riser's own RTL, NULL-terminated; the strings are malloc'ed. */
static void own_folders(char **own)
{
	char *home = riser_home(), *real = home ? realpath(home, NULL) : NULL;

	memset(own, 0, MAX_OWN * sizeof(*own));
	if (real) {
		own[0] = riser_path(real, "rtl/core");
		own[1] = own[0] ? riser_path(real, "rtl/shim") : NULL;
	}
	free(home);
	free(real);
}

static int load(struct cover_args *a, struct riser_cover *cover)
{
	char *own[MAX_OWN];
	size_t i;
	int ret = 0;

	if (!a->runs.nr)
		ret = riser_cli_coverage_add(&a->get, cover, NULL);
	for (i = 0; !ret && i < a->runs.nr; i++)
		ret = riser_cli_coverage_add(&a->get, cover, a->runs.v[i]);
	if (ret)
		return ret;
	own_folders(own);
	ret = riser_cover_finish(cover, a->with_riser ? NULL : (const char *const *)own);
	for (i = 0; i < MAX_OWN; i++)
		free(own[i]);
	return ret ? RISER_EXIT_ENV : 0;
}

/* DIR for files; malloc'ed and made. NULL after a sentence. */
static char *make_out(const struct cover_args *a)
{
	char *run = a->runs.nr > 1 ? NULL :
		    realpath(a->runs.nr && strcmp(a->runs.v[0], "latest") ? a->runs.v[0] :
			     "riser-out/latest", NULL);
	char *dir = a->out ? strdup(a->out) : run ? riser_path(run, "coverage") :
		    strdup("riser-out/coverage");

	if (dir && !a->out && !run)
		mkdir("riser-out", 0777);
	if (dir && mkdir(dir, 0777) && errno != EEXIST) {
		fprintf(stderr, "riser: error: folder %s: %s\n", dir, strerror(errno));
		free(dir);
		dir = NULL;
	}
	free(run);
	return dir;
}

static int wrote(const char *path, int ret)
{
	if (ret)
		fprintf(stderr, "riser: error: %s: %s\n", path, strerror(-ret));
	else
		printf("%s\n", path);
	return ret ? RISER_EXIT_ENV : 0;
}

static int write_files(const struct cover_args *a, const struct riser_cover *cover, const char *cwd)
{
	static const char *const names[][2] = {
		[FORM_HTML] = { "index.html", NULL },
		[FORM_MERGE] = { "coverage.dat", "coverage.info" },
	};
	char *dir = make_out(a), *path, title[64];
	size_t nr = a->runs.nr ? a->runs.nr : 1;
	int i, ret = dir ? 0 : RISER_EXIT_ENV;

	snprintf(title, sizeof(title), "%zu run%s", nr, nr == 1 ? "" : "s");
	for (i = 0; !ret && i < 2 && names[a->form][i]; i++) {
		path = riser_path(dir, names[a->form][i]);
		if (!path)
			ret = RISER_EXIT_ENV;
		else if (a->form == FORM_HTML)
			ret = wrote(path, riser_cover_write_page(cover, cwd, title, path));
		else
			ret = wrote(path, i ? riser_cover_write_tracefile(cover, path) :
					      riser_cover_write(cover, path));
		free(path);
	}
	free(dir);
	return ret;
}

/* The last line; the exit code. */
static int verdict(const struct cover_args *a, const struct riser_cover *cover)
{
	double percent = riser_cover_percent(&cover->total, RISER_COVER_LINE);
	size_t nr = a->runs.nr ? a->runs.nr : 1;
	bool is_low = percent < (double)a->least;
	char replayed[48] = "", least[48] = "";

	if (a->get.nr_replayed)
		snprintf(replayed, sizeof(replayed), ", %u record%s replayed", a->get.nr_replayed,
			 a->get.nr_replayed == 1 ? "" : "s");
	if (a->least)
		snprintf(least, sizeof(least), " (%s, --least=%llu)", is_low ? "FAIL, rc=1" : "PASS",
			 a->least);
	printf("COVER%s %.1f%% of the line points, %.1f%% of the toggles; %zu run%s%s\n", least,
	       percent, riser_cover_percent(&cover->total, RISER_COVER_TOGGLE), nr,
	       nr == 1 ? "" : "s", replayed);
	return is_low ? RISER_EXIT_FAIL : RISER_EXIT_PASS;
}

static int show(const struct cover_args *a, const struct riser_cover *cover)
{
	char *cwd = getcwd(NULL, 0);
	int ret = 0;

	if (!cover->nr_points) {
		fprintf(stderr, "riser: error: no coverage of the card's own RTL is in the data\n"
			"riser: help: --with-riser shows that of riser's endpoint core and interfaces\n");
		ret = RISER_EXIT_USAGE;
	} else if (a->form != FORM_TEXT) {
		ret = write_files(a, cover, cwd);
	} else if (a->is_json) {
		riser_cover_print_json(cover, a->runs.nr ? a->runs.nr : 1, stdout);
	} else if (!a->get.is_quiet) {
		riser_cover_print(cover, cwd, a->is_verbose ? SIZE_MAX : DEFAULT_OPEN, stdout);
	}
	free(cwd);
	if (ret)
		return ret;
	if (a->form == FORM_TEXT && a->is_json)
		return riser_cover_percent(&cover->total, RISER_COVER_LINE) < (double)a->least ?
		       RISER_EXIT_FAIL : RISER_EXIT_PASS;
	return verdict(a, cover);
}

int riser_cmd_cover(int argc, char **argv)
{
	struct cover_args a = { .form = FORM_TEXT };
	struct riser_cover cover = { 0 };
	int ret = riser_cli_parse(&riser_argp_cover, argc, argv, &a);

	if (!ret && a.is_json && a.form != FORM_TEXT) {
		fprintf(stderr, "riser: error: --json belongs to text: leave one out\n");
		ret = RISER_EXIT_USAGE;
	}
	if (!ret)
		ret = load(&a, &cover);
	if (!ret)
		ret = show(&a, &cover);
	riser_cover_fini(&cover);
	free(a.runs.v);
	return ret;
}
