// SPDX-License-Identifier: Apache-2.0
/*
 * riser-report, which `riser report` becomes: reads the files of a run, writes
 * report.html and timeline.json beside them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../cli/cli.h"
#include "../diagnostic.h"
#include "../regs.h"
#include "../super/super.h"
#include "diff.h"
#include "format.h"
#include "options.h"
#include "page.h"
#include "sources.h"
#include "timeline.h"

struct arguments {
	const char *run, *format, *other;
	struct riser_filter filter;
	struct riser_cli_list debug;
	unsigned long long max_tlps;
	bool lines, quiet, json;
};

static error_t check_format(const char *format)
{
	const char *const *name;
	const char *near;

	for (name = riser_formats; *name; name++)
		if (!strcmp(*name, format))
			return 0;
	near = riser_nearest(format, riser_formats);
	fprintf(stderr, "riser: error: no format '%s'", format);
	if (near)
		fprintf(stderr, "; did you mean '%s'?\n", near);
	else
		fputs(": html, text, json, junit, pcapng, perfetto, csv, mermaid, mmiotrace or ftr\n", stderr);
	return EBADMSG;
}

static error_t take(int key, char *value, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case OPT_DEBUG:
		if (access(value, R_OK | X_OK)) {
			fprintf(stderr, "riser: error: --debug=%s: %s\n",
				value, strerror(errno));
			return EBADMSG;
		}
		return riser_cli_list_add(&a->debug, value);
	case OPT_FORMAT:
		a->format = value;
		return check_format(value);
	case OPT_JSON:
		a->json = true;
		return 0;
	case OPT_FILTER:
		return riser_filter_init(&a->filter, value) ? EBADMSG : 0;
	case OPT_DIFF:
		a->other = value;
		return 0;
	case OPT_LINES:
		a->lines = true;
		return 0;
	case OPT_TLPS:
		return riser_cli_number("--timeline-tlps", value, 1, 100000000,
					&a->max_tlps);
	case 'q':
		a->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->run) {
			fprintf(stderr, "riser: error: two runs, %s and %s: give one\n",
				a->run, value);
			return EBADMSG;
		}
		a->run = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = riser_report_options,
	.parser = take,
	.args_doc = "[RUN]",
	.doc = riser_report_doc,
};

/* The run's directory, malloc'ed; NULL after a sentence on standard error. */
static char *find_run(const char *run)
{
	struct stat st;
	char *dir;

	if (!run || (!strcmp(run, "latest") && access(run, F_OK)))
		run = "riser-out/latest";
	dir = realpath(run, NULL);
	if (dir && (stat(dir, &st) || !S_ISDIR(st.st_mode))) {
		free(dir);
		dir = NULL;
		errno = ENOTDIR;
	}
	if (!dir)
		fprintf(stderr, "riser: error: run %s: %s\n"
			"riser: help: give the directory of a run (riser-out/..., out/demo)\n",
			run, strerror(errno));
	else
		riser_regs_load_run(dir);
	return dir;
}

/* The capture of the run's last bridge; malloc'ed, NULL if there is none. */
static char *find_capture(const char *dir)
{
	char name[32], *path, *found = NULL;
	unsigned int i;

	for (i = 1; i < 1000; i++) {
		snprintf(name, sizeof(name), i > 1 ? "run-%u.pcapng" :
			 "run.pcapng", i);
		path = riser_path(dir, name);
		if (!path || access(path, R_OK)) {
			free(path);
			break;
		}
		free(found);
		found = path;
	}
	return found;
}

static int fail(int code, const char *error)
{
	fprintf(stderr, "riser: error: %s\n", error);
	return code;
}

/* Both files; an exit code. */
static int write_files(const struct riser_page_input *input,
		       const struct arguments *a, char *error)
{
	int ret = riser_page_write(input, error);

	if (!ret && input->capture)
		ret = riser_timeline_write(input, a->max_tlps, error);
	if (ret)
		return fail(RISER_EXIT_ENV, error);
	if (!a->quiet)
		printf("%s/report.html\n%s", input->dir, input->capture ? "" :
		       "no run.pcapng (the run was made with --no-capture): no charts and no timeline\n");
	if (!a->quiet && input->capture)
		printf("%s/timeline.json\n", input->dir);
	return RISER_EXIT_PASS;
}

static int report(struct riser_page_input *input, const struct arguments *a)
{
	struct riser_tally *tally = NULL;
	struct riser_scene *scene = NULL;
	char error[RISER_ERROR_BYTES];
	int ret = 0;

	if (input->capture)
		ret = riser_tally_make(&tally, input->capture, error);
	if (!ret && input->capture)
		ret = riser_scene_make(&scene, tally, input->account,
				       input->capture, error);
	/* captures of before the field for it */
	if (tally && !tally->period_ps)
		tally->period_ps = riser_node_u64(input->account->root,
						  "/bridge/model/clk_period_ps");
	input->tally = tally;
	input->scene = scene;
	if (ret)
		ret = fail(RISER_EXIT_USAGE, error);
	else if (!a->format || strcmp(a->format, "mermaid"))
		ret = write_files(input, a, error);
	else if (scene)
		riser_format_mermaid(scene, stdout);
	else
		ret = fail(RISER_EXIT_USAGE, "no run.pcapng (the run was made with --no-capture)");
	riser_scene_free(scene);
	riser_tally_free(tally);
	return ret;
}

/* RISER_DEBUG_PATH: directories, separated by colons. */
static void add_environment(struct arguments *a)
{
	char *list = getenv("RISER_DEBUG_PATH"), *dir;

	while (list && (dir = strsep(&list, ":")))
		if (*dir)
			riser_cli_list_add(&a->debug, dir);
}

static int diff(const char *run, const char *other, bool is_json)
{
	const char *runs[2] = { run, other };
	char *dir, *capture[2] = { NULL, NULL };
	int i, ret = 0;

	for (i = 0; !ret && i < 2; i++) {
		dir = find_run(runs[i]);
		capture[i] = dir ? find_capture(dir) : NULL;
		if (!capture[i])
			ret = RISER_EXIT_USAGE;
		if (dir && !capture[i])
			fprintf(stderr, "riser: error: %s has no run.pcapng\n", dir);
		free(dir);
	}
	if (!ret)
		ret = riser_diff_write(capture[0], capture[1], is_json, stdout);
	free(capture[0]);
	free(capture[1]);
	return ret;
}

static int open_run(struct riser_page_input *input,
		    struct riser_account *account, const struct arguments *a)
{
	int ret = riser_account_open(account, input->dir);

	if (ret == -EBADMSG) {
		fprintf(stderr, "riser: error: %s/result.json is no JSON\n",
			input->dir);
		return RISER_EXIT_USAGE;
	}
	input->account = account;
	input->capture = find_capture(input->dir);
	if (ret && !input->capture) {
		fprintf(stderr, "riser: error: %s holds neither result.json nor run.pcapng\n"
			"riser: help: give the directory of a run (riser-out/..., out/demo)\n",
			input->dir);
		return RISER_EXIT_USAGE;
	}
	return riser_lines_open(&input->lines, account, a->debug.v) ?
	       RISER_EXIT_ENV : 0;
}

int main(int argc, char **argv)
{
	struct arguments a = { .max_tlps = 100000 };
	struct riser_page_input input = { 0 };
	struct riser_account account = { 0 };
	int ret = riser_cli_parse(&parser, argc, argv, &a);

	if (!ret && a.filter.is_set && !riser_format_is_filtered(a.format)) {
		fprintf(stderr, "riser: error: --filter belongs to --format text or csv\n");
		ret = RISER_EXIT_USAGE;
	}
	if (ret)
		return ret;
	if (a.other) {
		ret = diff(a.run, a.other, a.json);
		free(a.debug.v);
		return ret;
	}
	add_environment(&a);
	input.dir = find_run(a.run);
	if (!input.dir)
		return RISER_EXIT_USAGE;
	ret = open_run(&input, &account, &a);
	if (!ret && a.lines)
		riser_sources_print(&account, input.lines, stdout);
	else if (!ret && !riser_format_needs_scene(a.format))
		ret = riser_format_write(a.format, input.dir, input.capture, &a.filter, stdout);
	else if (!ret)
		ret = report(&input, &a);
	riser_filter_fini(&a.filter);
	riser_lines_close(input.lines);
	riser_account_close(&account);
	free(input.capture);
	free(input.dir);
	free(a.debug.v);
	return ret;
}
