// SPDX-License-Identifier: Apache-2.0
/*
 * riser bench: what riser costs beside the model. The work is bench/run's, in the
 * sources; here its words are judged, and it is told which riser asks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../diagnostic.h"
#include "../super/super.h"
#include "cli.h"

enum { OPT_QUICK = 256, OPT_PARTS, OPT_OUT, OPT_ROUNDS, OPT_JUDGE };

struct bench_args {
	const char *parts, *out;
	unsigned long long rounds;
	bool is_quick, judges;
};

static const struct argp_option options[] = {
	{ "quick", OPT_QUICK, NULL, 0, "in less than 2 minutes on a quiet machine, with fewer rounds", 1 },
	{ "parts", OPT_PARTS, "LIST", 0, "of: overhead instructions memory scaling rebuild guest peer lockstep (all, with commas between)", 1 },
	{ "rounds", OPT_ROUNDS, "N", 0, "of each comparison (7; 3 with --quick)", 1 },
	{ "out", OPT_OUT, "DIR", 0, "folder for bench.json and bench.svg (bench-out)", 1 },
	{ "judge", OPT_JUDGE, NULL, 0, "exit code 1 when a goal is not met", 1 },
	{ 0 },
};

static const char *const part_names[] = {
	"overhead", "instructions", "memory", "scaling", "rebuild", "guest",
	"peer", "lockstep", NULL
};

static bool is_part(const char *word)
{
	const char *const *name;

	for (name = part_names; *name; name++)
		if (!strcmp(*name, word))
			return true;
	return false;
}

static int check_parts(const char *list)
{
	char *copy = strdup(list), *rest = copy, *word;
	const char *near;
	int ret = copy ? 0 : ENOMEM;

	while (!ret && (word = strsep(&rest, ","))) {
		if (is_part(word))
			continue;
		near = riser_nearest(word, part_names);
		fprintf(stderr, "riser: error: --parts: no part '%s'", word);
		if (near)
			fprintf(stderr, "; did you mean '%s'?", near);
		fprintf(stderr, "\nriser: help: `riser bench --help` names them\n");
		ret = EBADMSG;
	}
	free(copy);
	return ret;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct bench_args *a = state->input;

	switch (key) {
	case OPT_QUICK:
		a->is_quick = true;
		return 0;
	case OPT_JUDGE:
		a->judges = true;
		return 0;
	case OPT_PARTS:
		a->parts = arg;
		return check_parts(arg);
	case OPT_OUT:
		a->out = arg;
		return 0;
	case OPT_ROUNDS:
		return riser_cli_number("--rounds", arg, 1, 99, &a->rounds);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_bench = {
	.options = options,
	.parser = parse,
	.doc = "Measures what riser costs beside the model: against a loop by hand on the same pins, in "
	       "instructions, in guests, and against cocotb. Prints a table, writes bench.json and bench.svg.",
};

int riser_cmd_bench(int argc, char **argv)
{
	struct bench_args a = { .out = "bench-out" };
	struct riser_argv call = { 0 };
	char *home, *exe;
	int ret;

	ret = riser_cli_parse(&riser_argp_bench, argc, argv, &a);
	if (ret)
		return ret;
	home = riser_home();
	exe = realpath("/proc/self/exe", NULL);
	riser_argv_add(&call, "%s/bench/run", home ? home : "");
	riser_argv_add(&call, "--riser=%s", exe ? exe : "riser");
	riser_argv_add(&call, "--out=%s", a.out);
	if (a.is_quick)
		riser_argv_add(&call, "--quick");
	if (a.judges)
		riser_argv_add(&call, "--judge");
	if (a.parts)
		riser_argv_add(&call, "--parts=%s", a.parts);
	if (a.rounds)
		riser_argv_add(&call, "--rounds=%llu", a.rounds);
	if (!call.failed)
		execv(call.v[0], call.v);
	fprintf(stderr, "riser: error: %s: %s\n"
		"riser: help: riser bench needs the sources of riser: run it there, or name them in RISER_HOME\n",
		call.v ? call.v[0] : "bench/run", strerror(errno));
	riser_argv_fini(&call);
	free(exe);
	free(home);
	return RISER_EXIT_ENV;
}
