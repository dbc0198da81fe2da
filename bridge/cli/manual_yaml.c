// SPDX-License-Identifier: Apache-2.0
/* riser.yaml(5), from the table of keys. */
#include <stdio.h>
#include <string.h>

#include "../project/project.h"
#include "manual.h"

void riser_manual_yaml(void)
{
	const struct riser_project_key *key;

	riser_roff_title("riser.yaml", 5);
	fputs(".SH NAME\nriser.yaml \\- what a run of riser is made of\n"
	      ".SH DESCRIPTION\nYAML; keys are strict, paths are relative to the file, times have units. The file begins with\n"
	      ".BR \"riser: 1\" .\nOptions on the command line come after it: they win, and lists grow.\n"
	      ".SH KEYS\n", stdout);
	for (key = riser_project_keys; key->section; key++) {
		fputs(".TP\n.B ", stdout);
		riser_roff(key->section);
		fputs(*key->section && *key->key ? "." : "", stdout);
		riser_roff(key->key);
		putchar('\n');
		riser_roff(key->words);
		if (key->option) {
			fputs(" (", stdout);
			riser_roff(key->option);
			putchar(')');
		}
		putchar('\n');
	}
	fputs(".SH SEE ALSO\n.BR riser\\-run (1),\n.BR riser\\-schema (1)\n", stdout);
}
