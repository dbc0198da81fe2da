/* SPDX-License-Identifier: Apache-2.0 */
/* riser replay --against: a run's host before other RTL. */
#ifndef RISER_CLI_AGAINST_H
#define RISER_CLI_AGAINST_H

#include <stdbool.h>
#include <stdint.h>

#include "cli.h"
#include "runref.h"

/**
 * struct riser_against - what to play against
 * @model: the other model.so
 * @plusargs: for it, instead of the recorded ones of the same name
 * @preloads: as in riser_replay_config
 * @own_model: of the run, for its waveform; NULL: found or built
 * @wave_dir: folder for the waveforms of a difference; must not exist; NULL:
 *	RUN/against-NNN
 * @no_waves: none
 */
struct riser_against {
	const struct riser_runref *ref;
	const char *model;
	struct riser_cli_list plusargs;
	const char *const *preloads;
	const char *own_model;
	const char *wave_dir;
	bool no_waves;
	bool is_quiet;
};

/* RUN/NAME-NNN/recorded.fst: the recorded run around @cycle. Says where it is, or why not. */
void riser_cli_recorded_wave(const struct riser_against *against, const char *name,
			     uint64_t cycle);
/* Prints the verdict; an exit code. */
int riser_cli_against(const struct riser_against *against);

#endif /* RISER_CLI_AGAINST_H */
