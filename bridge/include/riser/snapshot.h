/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots of a run, docs/record.md: the card's state every now and then, so
 * that a replay of a late moment need not begin at reset.
 *
 * Writing is the engine's (riser_engine_config.snapshot_dir).
 */
#ifndef RISER_SNAPSHOT_H
#define RISER_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/model.h>
#include <riser/record.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_SNAPSHOT_DIR		"snapshots"
#define RISER_SNAPSHOT_TEXT_BYTES	640

/**
 * struct riser_snapshot_stats - what snapshots a run took and what they cost
 * @is_on: they are taken
 * @nr_taken: so far
 * @nr_kept: are on the disk
 * @nr_late: would have been due while the one before was still being written
 * @pause_ns: wall time for which the model's clock stood for them
 * @pause_max_ns: the longest of these
 * @cost_ns: processor time of the engine's thread for them
 * @state_bytes: of the model, without its memories
 * @disk_bytes: in use
 * @text: why they are off, or ended; else ""
 */
struct riser_snapshot_stats {
	bool is_on;
	uint64_t nr_taken;
	uint64_t nr_kept;
	uint64_t nr_late;
	uint64_t pause_ns;
	uint64_t pause_max_ns;
	uint64_t cost_ns;
	uint64_t state_bytes;
	uint64_t disk_bytes;
	char text[RISER_SNAPSHOT_TEXT_BYTES];
};

/* Why a model gives no snapshots that are of use, in words; NULL if it does. */
RISER_API const char *
riser_snapshot_refusal(const struct riser_model_info *info);

#ifdef __cplusplus
}
#endif

#endif /* RISER_SNAPSHOT_H */
