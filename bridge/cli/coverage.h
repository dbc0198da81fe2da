/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage data of runs: what they left, or a replay of what they recorded. */
#ifndef RISER_CLI_COVERAGE_H
#define RISER_CLI_COVERAGE_H

#include <stdbool.h>

#include "../cover/cover.h"

/**
 * struct riser_cli_coverage - how to get at it
 * @model: for replays, of the flavour cover; NULL: built from the run's model.args
 * @is_quiet: no words while it is built
 * @nr_replayed: counts records that were replayed
 */
struct riser_cli_coverage {
	const char *model;
	bool is_quiet;
	unsigned int nr_replayed;
};

/**
 * riser_cli_coverage_add() - the data of a run
 * @run: its folder, "latest", or NULL for the latest run
 *
 * coverage.dat and coverage-N.dat of its bridges; where there is none, its records
 * are replayed and leave them. Returns an exit code, after a sentence.
 */
int riser_cli_coverage_add(struct riser_cli_coverage *c, struct riser_cover *cover,
			   const char *run);

#endif /* RISER_CLI_COVERAGE_H */
