// SPDX-License-Identifier: Apache-2.0
/* riser diff: riser-report compares two runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../super/super.h"
#include "cli.h"

struct diff_args {
	char *run[2];
	unsigned int nr;
	bool is_json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct diff_args *a = state->input;

	if (key == 'j') {
		a->is_json = true;
		return 0;
	}
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (a->nr < 2)
		a->run[a->nr] = arg;
	a->nr++;
	return 0;
}

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "for a script", 1 },
	{ 0 },
};

const struct argp riser_argp_diff = {
	.options = options,
	.parser = parse,
	.args_doc = "RUN_A RUN_B",
	.doc = "Compares two runs, TLP by TLP in each direction: the first that differ, and how many cycles each took "
	       "from request to completion.\v"
	       "For RTL before and after a change, driven by the same record, `riser replay --against` says more. "
	       "Exit code: 0 the same, 1 they differ.",
};

int riser_cmd_diff(int argc, char **argv)
{
	struct diff_args a = { 0 };
	char json[] = "--json", *words[] = { argv[0], NULL, NULL, NULL, NULL };
	int ret = riser_cli_parse(&riser_argp_diff, argc, argv, &a);

	if (ret)
		return ret;
	if (a.nr != 2) {
		fprintf(stderr, "riser: error: %u runs: `riser diff RUN_A RUN_B`\n", a.nr);
		return RISER_EXIT_USAGE;
	}
	if (asprintf(&words[1], "--diff=%s", a.run[1]) < 0)
		return RISER_EXIT_ENV;
	words[2] = a.run[0];
	if (a.is_json)
		words[3] = json;
	ret = riser_cmd_report(a.is_json ? 4 : 3, words);
	free(words[1]);
	return ret;
}
