/* SPDX-License-Identifier: Apache-2.0 */
/* The project file of a command. */
#ifndef RISER_CLI_PROJECTARG_H
#define RISER_CLI_PROJECTARG_H

#include <argp.h>

#include "../project/project.h"

/**
 * riser_cli_project() - reads the project file that the command line means
 * @argp: of the command, to tell arguments from values of options
 * @argc: words; a project file's options are put before the others, so that the
 *	command line wins
 * @argv: the same; becomes malloc'ed when there is a project file
 *
 * A word that ends in .yaml or .yml is the file; without any argument and any
 * card, riser.yaml of the current folder. The project's folder becomes the current
 * one: the card's $readmemh, file lists and plusargs begin there, while runs stay
 * in riser-out of the caller's. Returns 0 or an exit code.
 */
int riser_cli_project(const struct argp *argp, int *argc, char ***argv,
		      struct riser_project *project);

#endif /* RISER_CLI_PROJECTARG_H */
