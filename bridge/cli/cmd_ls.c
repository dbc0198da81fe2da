// SPDX-License-Identifier: Apache-2.0
/* riser ls: the runs that there are. */
#include <stdio.h>
#include <string.h>

#include "../json.h"
#include "../super/super.h"
#include "cli.h"
#include "runlist.h"

struct ls_args {
	const char *root;
	bool is_json;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "for a script", 1 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ls_args *a = state->input;

	switch (key) {
	case 'j':
		a->is_json = true;
		return 0;
	case ARGP_KEY_ARG:
		a->root = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_ls = {
	.options = options,
	.parser = parse,
	.args_doc = "[DIR]",
	.doc = "Lists the runs in DIR (riser-out), the oldest first: verdict, exit code, wall time, size on disk.",
};

static void print_json(const struct riser_run_list *list, const char *root)
{
	struct riser_json json;
	size_t i;

	riser_json_init(&json, stdout);
	riser_json_open(&json, NULL, '{');
	riser_json_string(&json, "root", root);
	riser_json_open(&json, "runs", '[');
	for (i = 0; i < list->nr; i++) {
		const struct riser_run_entry *run = &list->run[i];

		riser_json_open(&json, NULL, '{');
		riser_json_string(&json, "name", run->name);
		riser_json_string(&json, "status", run->status);
		if (run->code >= 0)
			riser_json_u64(&json, "code", (uint64_t)run->code);
		riser_json_double(&json, "seconds", run->seconds);
		riser_json_u64(&json, "bytes", run->bytes);
		riser_json_bool(&json, "latest", run->is_latest);
		riser_json_close(&json, '}');
	}
	riser_json_close(&json, ']');
	riser_json_close(&json, '}');
	putchar('\n');
}

int riser_cmd_ls(int argc, char **argv)
{
	struct ls_args a = { .root = "riser-out" };
	struct riser_run_list list;
	size_t i;
	int ret;

	ret = riser_cli_parse(&riser_argp_ls, argc, argv, &a);
	if (!ret)
		ret = riser_run_list_read(&list, a.root);
	if (ret)
		return ret;
	if (a.is_json)
		print_json(&list, a.root);
	for (i = 0; !a.is_json && i < list.nr; i++)
		printf("%-11s %3d %8.1f s %8.1f MiB  %s%s\n", list.run[i].status,
		       list.run[i].code, list.run[i].seconds,
		       (double)list.run[i].bytes / (1 << 20), list.run[i].name,
		       list.run[i].is_latest ? "  <- latest" : "");
	riser_run_list_fini(&list);
	return RISER_EXIT_PASS;
}
