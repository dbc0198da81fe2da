// SPDX-License-Identifier: Apache-2.0
/* The table of sub-commands. */
#include <string.h>

#include "cli.h"

#define COMMAND(id, words) { #id, words, riser_cmd_##id, &riser_argp_##id }

const struct riser_command riser_commands[] = {
	COMMAND(doctor, "say whether this machine can run cards, and what is missing"),
	COMMAND(init, "write a project file to begin with"),
	COMMAND(run, "build what is stale, boot a guest, run a script against the card"),
	COMMAND(shell, "a shell in the guest, with the card and its driver"),
	COMMAND(test, "run the project's tests, regression tests, or a campaign of faults"),
	COMMAND(wave, "show the waveform of the failing access, or of any moment"),
	COMMAND(replay, "put the record of a run into its model: is it the same?"),
	COMMAND(report, "write what happened in a run as a page and as a timeline"),
	COMMAND(cover, "what of the RTL the runs reached: a table, a page, merged data"),
	COMMAND(diff, "compare two runs: where they part, how fast they answered"),
	COMMAND(minimize, "find the shortest run that still fails, as a regression test"),
	COMMAND(check, "judge the TLPs of a capture by the rules of PCI Express"),
	COMMAND(bench, "measure what riser costs beside the model"),
	COMMAND(ls, "list the runs in riser-out"),
	COMMAND(rm, "delete runs"),
	COMMAND(pack, "put a run into one file, to give away"),
	COMMAND(explain, "tell more about a message, a rule or an exit code"),
	COMMAND(mark, "on the driver's machine: mark this moment in the run's record"),
	COMMAND(peek, "print signals of the RTL in a run that is live"),
	COMMAND(poke, "set signals of the RTL in a run that is live"),
	COMMAND(schema, "print the JSON schema of the project file"),
	COMMAND(completions, "print what bash, zsh or fish completes words with"),
	COMMAND(manual, NULL),
	COMMAND(bridge, NULL),
	{ NULL, NULL, NULL, NULL },
};

const struct riser_command *riser_command_find(const char *name)
{
	const struct riser_command *c;

	for (c = riser_commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

const struct argp_option *riser_option_find(const struct argp *argp,
					    const char *name)
{
	const struct argp_option *o;

	for (o = argp->options; o && (o->name || o->doc || o->key); o++)
		if ((o->name && !strcmp(o->name, name)) ||
		    (!name[1] && o->key == name[0]))
			return o;
	return NULL;
}
