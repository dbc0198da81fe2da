// SPDX-License-Identifier: Apache-2.0
/* The option --scoreboard. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <riser/scoreboard.h>

#include "cli.h"

int riser_cli_scoreboard(const char *arg, const char **name)
{
	const struct riser_scoreboard_ops *ops;
	uint32_t i;

	if (!strcmp(arg, "none")) {
		*name = NULL;
		return 0;
	}
	ops = riser_scoreboard_find(arg);
	if (ops) {
		*name = ops->name;
		return 0;
	}
	fprintf(stderr, "riser: error: --scoreboard=%s:", arg);
	for (i = 0; (ops = riser_scoreboard_kind(i)); i++)
		fprintf(stderr, " %s,", ops->name);
	fputs(" or none is needed\n", stderr);
	return EBADMSG;
}
