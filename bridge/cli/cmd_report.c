// SPDX-License-Identifier: Apache-2.0
/*
 * `riser report`: a program of its own, beside this one. It needs libdw, which
 * the bridge must not need where a card is served.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../report/options.h"
#include "../super/super.h"
#include "cli.h"

/* it is riser-report that parses */
const struct argp riser_argp_report = {
	.options = riser_report_options,
	.args_doc = "[RUN]",
	.doc = riser_report_doc,
};

int riser_cmd_report(int argc, char **argv)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 8);

	(void)argc;
	exe[n > 0 ? n : 0] = '\0';
	strcat(exe, "-report");
	execv(exe, argv);
	fprintf(stderr, "riser: error: %s: %s\n"
		"riser: help: it is built and installed beside riser\n",
		exe, strerror(errno));
	return RISER_EXIT_ENV;
}
