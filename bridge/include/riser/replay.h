/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay: the record of a run (record.h) into a model, without kernel, guest or
 * root. Each TLP is put into the model's queue in the cycle in which it was in
 * the run; each TLP of the card is compared with the recorded one.
 */
#ifndef RISER_REPLAY_H
#define RISER_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/model.h>
#include <riser/record.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_REPLAY_TEXT_BYTES	1024
#define RISER_REPLAY_OBSERVERS	4

/**
 * struct riser_replay_config - what to replay into what
 *
 * Strings are borrowed for the call.
 *
 * @record_path: log
 * @model_path: model.so of the same sources, of any flavour
 * @x_init: 0 to 2, or -1 as recorded
 * @preloads: where files are now that memories began with, NULL at the end; each is
 *	recognised by its contents; NULL: where they were
 * @to_cycle: stop there; 0 at the end of the log
 * @snapshot_dir: of the run; NULL: begin at reset
 * @from_cycle: begin at the last snapshot up to here that can be used: of the
 *	same build as the model, and whole; at reset when there is none
 * @wave_path: FST of the window; NULL for none; must not exist
 * @wave_scopes: as in riser_model_ops.trace_open; NULL for all
 * @wave_from: first cycle of the window
 * @wave_to: first cycle behind it
 * @coverage_path: gets the model's coverage data at the end, replaced when it is
 *	there; NULL for none
 * @go_on: a difference does not end the replay (it is still the result)
 * @observers: called as in a live run, up to the first difference; no notes and
 *	no findings
 * @message: lines that the design prints; may be NULL
 * @note: a sentence for each snapshot that is damaged; may be NULL
 */
struct riser_replay_config {
	const char *record_path;
	const char *model_path;
	int x_init;
	const char *const *preloads;
	uint64_t to_cycle;
	const char *snapshot_dir;
	uint64_t from_cycle;
	const char *wave_path;
	const char *wave_scopes;
	uint64_t wave_from;
	uint64_t wave_to;
	const char *coverage_path;
	bool go_on;
	struct riser_observer observers[RISER_REPLAY_OBSERVERS];
	uint32_t nr_observers;
	void (*message)(void *ctx, enum riser_severity severity,
			const char *file, int line, const char *text);
	void (*note)(void *ctx, const char *text);
	void *ctx;
};

/**
 * struct riser_replay_result - how a replay went
 * @differs: the card did something else than in the recording
 * @difference: the first difference in words
 * @difference_cycle: when
 * @is_cut: the log is damaged or ends early; all before was replayed
 * @trouble: why
 * @start_cycle: of the snapshot that it began with, 0: at reset
 * @tx_hash: over every TLP of the card, those before the snapshot as recorded
 * @recorded_tx_hash: what the log says at its end; 0 if it was not reached
 * @cycles: simulated
 * @wave_is_written: the window was reached
 */
struct riser_replay_result {
	bool differs;
	char difference[RISER_REPLAY_TEXT_BYTES];
	uint64_t difference_cycle;
	bool is_cut;
	char trouble[RISER_REPLAY_TEXT_BYTES];
	uint64_t start_cycle;
	uint64_t tx_hash;
	uint64_t recorded_tx_hash;
	uint64_t nr_to_card;
	uint64_t nr_to_host;
	uint64_t cycles;
	bool wave_is_written;
	double wall_s;
};

/**
 * riser_replay() - replays a log
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0, also when the card does something else; -errno when there is no
 * replay: the log or the model cannot be used, or one is not of the other.
 */
RISER_API int riser_replay(const struct riser_replay_config *config,
			   struct riser_replay_result *result, char *error);

#ifdef __cplusplus
}
#endif

#endif /* RISER_REPLAY_H */
