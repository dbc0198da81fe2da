// SPDX-License-Identifier: Apache-2.0
/* The riser command: finds the sub-command and leaves the rest to it. */
#include <stdio.h>
#include <string.h>

#include "../diagnostic.h"
#include "../super/super.h"
#include "cli.h"

static const struct riser_command commands[] = {
	{ "run", "build what is stale, boot a guest, run a script against the card", riser_cmd_run },
	{ "wave", "show the waveform of the failing access, or of any moment", riser_cmd_wave },
	{ "replay", "put the record of a run into its model: is it the same?", riser_cmd_replay },
	{ "report", "write what happened in a run as a page and as a timeline", riser_cmd_report },
	{ "minimize", "find the shortest run that still fails, as a regression test", riser_cmd_minimize },
	{ "test", "run regression tests, or a driver once for each fault (--faults)", riser_cmd_test },
	{ "check", "judge the TLPs of a capture by the rules of PCI Express", riser_cmd_check },
	{ "init", "write a project file to begin with", riser_cmd_init },
	{ "schema", "print the JSON schema of the project file", riser_cmd_schema },
	{ "mark", "on the driver's machine: mark this moment in the run's record", riser_cmd_mark },
	{ "doctor", "say whether this machine can run cards, and what is missing", riser_cmd_doctor },
	{ "bridge", NULL, riser_cmd_bridge },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *out)
{
	size_t i;

	fprintf(out, "usage: riser COMMAND [OPTION...]\n\n"
		"riser plugs a Verilog PCIe card into a running Linux kernel.\n\n"
		"commands:\n");
	for (i = 0; i < NR_COMMANDS; i++)
		if (commands[i].summary)
			fprintf(out, "  %-9s %s\n", commands[i].name,
				commands[i].summary);
	fprintf(out, "\n`riser COMMAND --help` tells a command's options.\n"
		"exit codes: 0 pass, 1 test failed, 2 usage or configuration, 3 build,\n"
		"4 timeout, 5 environment, 77 skipped, 130 interrupted\n");
}

static int unknown_command(const char *word)
{
	const char *names[NR_COMMANDS + 1] = { 0 };
	const char *near;
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		names[i] = commands[i].name;
	near = riser_nearest(word, names);
	fprintf(stderr, "riser: error: no command '%s'", word);
	if (near)
		fprintf(stderr, "; did you mean '%s'?", near);
	fprintf(stderr, "\nriser: help: `riser --help` lists the commands\n");
	return RISER_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	char name[64];
	size_t i;

	if (argc < 2) {
		usage(stderr);
		return RISER_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return RISER_EXIT_PASS;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("riser %s\n", RISER_VERSION);
		return RISER_EXIT_PASS;
	}
	for (i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		snprintf(name, sizeof(name), "riser %s", argv[1]);
		argv[1] = name;
		return commands[i].run(argc - 1, argv + 1);
	}
	return unknown_command(argv[1]);
}
