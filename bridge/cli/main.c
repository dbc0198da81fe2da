// SPDX-License-Identifier: Apache-2.0
/* The riser command: finds the sub-command and leaves the rest to it. */
#include <stdio.h>
#include <string.h>

#include "../diagnostic.h"
#include "../super/super.h"
#include "cli.h"

#define MAX_COMMANDS 64

static void print_option(FILE *out, const struct argp_option *o)
{
	char name[64];
	int n = 0;

	if (!o->name)
		n = snprintf(name, sizeof(name), "-%c %s", o->key, o->arg);
	else if (o->key == 'v' || o->key == 'q')
		n = snprintf(name, sizeof(name), "-%c, --%s", o->key, o->name);
	else
		n = snprintf(name, sizeof(name), "--%s%s%s", o->name,
			     o->arg ? "=" : "", o->arg ? o->arg : "");
	fprintf(out, "  %-18s %s\n", n > 0 ? name : "", o->doc);
}

static void usage(FILE *out)
{
	const struct riser_command *c;
	const struct argp_option *o;

	fprintf(out, "usage: riser [OPTION...] COMMAND [OPTION...]\n\n"
		"riser plugs a Verilog PCIe card into a running Linux kernel.\n\n"
		"commands:\n");
	for (c = riser_commands; c->name; c++)
		if (c->summary)
			fprintf(out, "  %-12s %s\n", c->name, c->summary);
	fprintf(out, "\noptions for all of them:\n");
	for (o = riser_global_options; o->name || o->doc; o++)
		print_option(out, o);
	fprintf(out, "\n`riser COMMAND --help` tells a command's options. RISER_TIMEOUT, RISER_SEED and\n"
		"so on in the environment are the same options.\n"
		"exit codes: 0 pass, 1 test failed, 2 usage or configuration, 3 build,\n"
		"4 timeout, 5 environment, 77 skipped, 130 interrupted\n");
}

static int unknown_command(const char *word)
{
	const char *names[MAX_COMMANDS] = { 0 };
	const struct riser_command *c;
	const char *near;
	size_t nr = 0;

	for (c = riser_commands; c->name && nr < MAX_COMMANDS - 1; c++)
		names[nr++] = c->name;
	near = riser_nearest(word, names);
	fprintf(stderr, "riser: error: no command '%s'", word);
	if (near)
		fprintf(stderr, "; did you mean '%s'?", near);
	fprintf(stderr, "\nriser: help: `riser --help` lists the commands\n");
	return RISER_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const struct riser_command *command;
	char name[64];
	int at = 1, ret;

	ret = riser_globals_read(argc, argv, &at);
	if (ret)
		return ret;
	if (at >= argc) {
		usage(stderr);
		return RISER_EXIT_USAGE;
	}
	if (!strcmp(argv[at], "--help") || !strcmp(argv[at], "help")) {
		usage(stdout);
		return RISER_EXIT_PASS;
	}
	if (!strcmp(argv[at], "--version")) {
		printf("riser %s\n", RISER_VERSION);
		return RISER_EXIT_PASS;
	}
	command = riser_command_find(argv[at]);
	if (!command)
		return unknown_command(argv[at]);
	snprintf(name, sizeof(name), "riser %s", command->name);
	argv[at] = name;
	argc -= at;
	argv += at;
	ret = riser_globals_apply(command, &argc, &argv);
	return ret ? ret : command->run(argc, argv);
}
