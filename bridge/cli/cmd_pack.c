// SPDX-License-Identifier: Apache-2.0
/* riser pack: a run as one file. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../super/super.h"
#include "cli.h"
#include "runlist.h"

enum { OPT_NO_MODEL = 256 };

struct pack_args {
	const char *run, *out;
	bool no_model;
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "where to (NAME.tar.gz)", 1 },
	{ "no-model", OPT_NO_MODEL, NULL, 0, "leave out the model and its snapshots: they are the RTL, compiled", 1 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct pack_args *a = state->input;

	switch (key) {
	case 'o':
		a->out = arg;
		return 0;
	case OPT_NO_MODEL:
		a->no_model = true;
		return 0;
	case ARGP_KEY_ARG:
		a->run = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_pack = {
	.options = options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "Puts a run (the latest in riser-out) into one file, to attach to a bug: with the model in it, "
	       "`riser replay` and `riser wave` work where it is unpacked.",
};

static int pack(const struct pack_args *a, char *dir)
{
	char *out = NULL, *copy = strdup(dir), *name = basename(dir);
	struct riser_argv argv = { 0 };
	struct stat st;
	int ret;

	if (!copy || (!a->out && asprintf(&out, "%s.tar.gz", name) < 0))
		return RISER_EXIT_ENV;
	riser_argv_add(&argv, "tar");
	riser_argv_add(&argv, "-czhf");
	riser_argv_add(&argv, "%s", a->out ? a->out : out);
	riser_argv_add(&argv, "--exclude=initramfs");
	if (a->no_model) {
		riser_argv_add(&argv, "--exclude=model*.so");
		riser_argv_add(&argv, "--exclude=snapshots*");
	}
	riser_argv_add(&argv, "-C");
	riser_argv_add(&argv, "%s", dirname(copy));
	riser_argv_add(&argv, "%s", name);
	ret = argv.failed ? RISER_EXIT_ENV : riser_tool_run(argv.v, NULL, NULL);
	if (!ret && !stat(a->out ? a->out : out, &st))
		printf("%s  %.1f MiB\n", a->out ? a->out : out,
		       (double)st.st_size / (1 << 20));
	else if (!ret || ret < 0)
		fprintf(stderr, "riser: error: cannot run tar\n");
	riser_argv_fini(&argv);
	free(copy);
	free(out);
	return ret ? RISER_EXIT_ENV : RISER_EXIT_PASS;
}

int riser_cmd_pack(int argc, char **argv)
{
	struct pack_args a = { .run = "riser-out/latest" };
	char *dir;
	int ret;

	ret = riser_cli_parse(&riser_argp_pack, argc, argv, &a);
	if (ret)
		return ret;
	dir = realpath(a.run, NULL);
	if (!dir || !riser_run_is(dir)) {
		fprintf(stderr, "riser: error: run %s: %s\n", a.run, dir ?
			"it is not the folder of a run" : strerror(errno));
		ret = RISER_EXIT_USAGE;
	} else {
		ret = pack(&a, dir);
	}
	free(dir);
	return ret;
}
