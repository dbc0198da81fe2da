/* SPDX-License-Identifier: Apache-2.0 */
/* The run that replay and wave are about: its directory, log and model. */
#ifndef RISER_CLI_RUNREF_H
#define RISER_CLI_RUNREF_H

#include <stdbool.h>
#include <stdint.h>

/* All strings are malloc'ed. */
struct riser_runref {
	char *dir;
	char *record;
	char *snapshots;	/* folder, which need not be there */
};

/**
 * riser_runref_find() - what the user means by RUN
 * @run: a run's directory, a log, "latest", or NULL for the latest run in
 *	riser-out
 *
 * Returns 0, or an exit code after a sentence on standard error.
 */
int riser_runref_find(struct riser_runref *ref, const char *run);
void riser_runref_fini(struct riser_runref *ref);

/**
 * riser_runref_model() - the model of a run
 * @given: from the user, or NULL
 * @wants: RISER_MODEL_F_TRACE or _COVERAGE, what it must be able to do, or 0; it is
 *	built if need be
 * @quiet: no words while it is built
 *
 * Returns 0 and a malloc'ed path, or an exit code after a sentence on standard
 * error.
 */
int riser_runref_model(const struct riser_runref *ref, const char *given,
		       uint32_t wants, bool quiet, char **model);

#endif /* RISER_CLI_RUNREF_H */
