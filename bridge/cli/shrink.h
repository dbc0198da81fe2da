/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shrinks the deeds of a failing run to few that still fail (delta debugging,
 * Zeller and Hildebrandt 2002): pieces are left out, and stay out when the failure
 * shows without them. Each attempt is a process of its own, two at a time.
 */
#ifndef RISER_CLI_SHRINK_H
#define RISER_CLI_SHRINK_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/link.h>
#include <riser/play.h>

/**
 * struct riser_shrink - what is shrunk, and how it went
 * @plan: of the failing run
 * @config: .model_path, .plusargs, .failure, .observers are used; .max_gap is set
 * @jobs: attempts at a time, 1 to 8
 * @max_s: ends after that many seconds with what there is
 * @progress: called now and then; may be NULL
 * @keep: out: flags of the deeds that are needed, malloc'ed
 * @pins: out: flags of those that were not tried, malloc'ed (riser_plan_pins())
 * @nr_kept: out
 * @nr_attempts: out
 * @is_complete: out: no single deed can be left out any more
 * @failed: out: of the last failing attempt
 */
struct riser_shrink {
	struct riser_plan *plan;
	struct riser_play_config config;
	uint32_t jobs;
	double max_s;
	void (*progress)(uint32_t nr_kept, uint32_t nr_attempts);
	uint8_t *keep;
	uint8_t *pins;
	uint32_t nr_kept;
	uint32_t nr_attempts;
	bool is_complete;
	struct riser_play_result failed;
};

/**
 * riser_shrink() - runs it
 *
 * Returns 0; -ENOENT when the failure does not show even with every deed (the
 * attempt's end is in @failed); else -errno with a sentence in @error.
 */
int riser_shrink(struct riser_shrink *shrink, char *error);

#endif /* RISER_CLI_SHRINK_H */
