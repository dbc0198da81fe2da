// SPDX-License-Identifier: Apache-2.0
/* riser rm: deletes runs, and never anything else. */
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../super/super.h"
#include "cli.h"
#include "runlist.h"

enum { OPT_ALL = 256, OPT_PASSED, OPT_LAST, OPT_DRY_RUN };

struct rm_args {
	struct riser_cli_list runs;
	const char *root;
	bool all, passed, dry_run;
	bool has_last;
	unsigned long long last;
};

static const struct argp_option options[] = {
	{ "all", OPT_ALL, NULL, 0, "all runs", 1 },
	{ "passed", OPT_PASSED, NULL, 0, "all runs that passed", 1 },
	{ "keep-last", OPT_LAST, "N", 0, "all but the latest N", 1 },
	{ "out", 'o', "DIR", 0, "where the runs are (riser-out)", 2 },
	{ "dry-run", OPT_DRY_RUN, NULL, 0, "say what would go, and leave it", 2 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rm_args *a = state->input;

	switch (key) {
	case OPT_ALL:
		a->all = true;
		return 0;
	case OPT_PASSED:
		a->passed = true;
		return 0;
	case OPT_LAST:
		a->has_last = true;
		return riser_cli_number("--keep-last", arg, 0, 1000000, &a->last);
	case OPT_DRY_RUN:
		a->dry_run = true;
		return 0;
	case 'o':
		a->root = arg;
		return 0;
	case ARGP_KEY_ARG:
		return riser_cli_list_add(&a->runs, arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_rm = {
	.options = options,
	.parser = parse,
	.args_doc = "RUN...\n--all|--passed|--keep-last=N",
	.doc = "Deletes runs: folders, or names of such in riser-out, or `latest`. What is no run is left alone.",
};

static int delete_tree(const char *dir)
{
	char *const paths[] = { (char *)(uintptr_t)dir, NULL };
	FTSENT *entry;
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	int ret = fts ? 0 : -errno;

	while (fts && !ret && (entry = fts_read(fts)))
		if (entry->fts_info != FTS_D && remove(entry->fts_accpath))
			ret = -errno;
	if (fts)
		fts_close(fts);
	return ret;
}

/* A link to it that would hang is taken away too. */
static int delete_run(const struct rm_args *a, const char *dir)
{
	char *latest = riser_path(a->root, "latest"), *target;
	int ret;

	printf("%s %s\n", a->dry_run ? "would delete" : "deleted", dir);
	if (a->dry_run) {
		free(latest);
		return 0;
	}
	target = latest ? realpath(latest, NULL) : NULL;
	ret = delete_tree(dir);
	if (!ret && target && !strcmp(target, dir))
		unlink(latest);
	if (ret)
		fprintf(stderr, "riser: error: %s: %s\n", dir, strerror(-ret));
	free(target);
	free(latest);
	return ret ? RISER_EXIT_ENV : 0;
}

static int delete_named(const struct rm_args *a, const char *run)
{
	char *path = strchr(run, '/') ? strdup(run) : riser_path(a->root, run);
	char *dir = path ? realpath(path, NULL) : NULL;
	int ret = RISER_EXIT_USAGE;

	if (!dir)
		fprintf(stderr, "riser: error: run %s: %s\n", path ? path : run,
			strerror(errno));
	else if (!riser_run_is(dir))
		fprintf(stderr, "riser: error: %s is not the folder of a run: it is left alone\n",
			dir);
	else
		ret = delete_run(a, dir);
	free(path);
	free(dir);
	return ret;
}

static int delete_many(const struct rm_args *a)
{
	struct riser_run_list list;
	char root[PATH_MAX], *dir;
	size_t i, end;
	int ret = riser_run_list_read(&list, a->root);

	if (ret)
		return ret;
	if (!realpath(a->root, root))
		return RISER_EXIT_ENV;
	end = !a->has_last ? list.nr : list.nr > a->last ? list.nr - a->last : 0;
	for (i = 0; !ret && i < end; i++) {
		if (a->passed && strcmp(list.run[i].status, "PASS"))
			continue;
		dir = riser_path(root, list.run[i].name);
		ret = dir ? delete_run(a, dir) : RISER_EXIT_ENV;
		free(dir);
	}
	riser_run_list_fini(&list);
	return ret;
}

int riser_cmd_rm(int argc, char **argv)
{
	struct rm_args a = { .root = "riser-out" };
	size_t i;
	int ret;

	ret = riser_cli_parse(&riser_argp_rm, argc, argv, &a);
	if (!ret && !a.runs.nr && !a.all && !a.passed && !a.has_last) {
		fprintf(stderr, "riser: error: no run given: `riser rm RUN...`, or --all, --passed, --keep-last=N\n");
		ret = RISER_EXIT_USAGE;
	}
	for (i = 0; !ret && i < a.runs.nr; i++)
		ret = delete_named(&a, a.runs.v[i]);
	if (!ret && (a.all || a.passed || a.has_last))
		ret = delete_many(&a);
	free(a.runs.v);
	return ret;
}
