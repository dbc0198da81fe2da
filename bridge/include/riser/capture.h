/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a capture (docs/pcapng.md) and tells an observer what an engine would
 * have told it: for the checker without a run.
 */
#ifndef RISER_CAPTURE_H
#define RISER_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/observe.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_CAPTURE_TEXT_BYTES	512

/**
 * struct riser_capture_summary - what was in it
 * @cycles: the last one
 * @has_facts: the completion timeout is known (captures since fault injection)
 * @has_end: the run's own end was reached; a killed bridge leaves none
 * @is_damaged: it cannot be read to its end
 * @trouble: why
 */
struct riser_capture_summary {
	uint64_t nr_tlps;
	uint64_t nr_notes;
	uint64_t cycles;
	bool has_facts;
	bool has_end;
	bool is_damaged;
	char trouble[RISER_CAPTURE_TEXT_BYTES];
};

/**
 * riser_capture_play() - calls @observer for everything in the capture
 * @timeout_cycles: for captures that do not say, 0: the default
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0, also for a damaged capture (all before the damage was played), or
 * -errno: it cannot be opened, or holds no TLPs at all.
 */
RISER_API int riser_capture_play(const char *path,
				 const struct riser_observer *observer,
				 uint64_t timeout_cycles,
				 struct riser_capture_summary *summary,
				 char *error);

#ifdef __cplusplus
}
#endif

#endif /* RISER_CAPTURE_H */
