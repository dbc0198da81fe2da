/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine's thread and the writer of snapshots share. */
#ifndef RISER_BRIDGE_SNAPSHOT_WRITE_H
#define RISER_BRIDGE_SNAPSHOT_WRITE_H

#include "snapshot_internal.h"

/**
 * struct riser_snap_job - one snapshot on its way to the disk
 * @body: everything but the table of pages and the model's state
 * @which: struct riser_snap_touched, pages written since the one before
 * @page: their contents
 */
struct riser_snap_job {
	uint64_t cycle;
	uint64_t state_bytes;
	struct riser_rec_position log;
	struct riser_blob body;
	struct riser_blob which;
	struct riser_blob page;
};

struct riser_snapshots {
	struct riser_snapshots_config config;
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_t thread;
	bool has_thread;
	/* under @lock */
	bool has_job;
	bool stop;
	int error;
	struct riser_snapshot_stats stats;
	/* the engine's while there is no job, then the writer's */
	struct riser_snap_job job;
	int state_fd;		/* memfd */
	uint64_t last_cycle;
	/* the writer's */
	int dir_fd;
	uint32_t number;
	struct riser_snap_pages pages;
	struct riser_blob packed;
	ZSTD_CCtx *zstd;
};

/* No more of them; with @lock held. */
void riser_snapshots_fail(struct riser_snapshots *s, int error);

#endif /* RISER_BRIDGE_SNAPSHOT_WRITE_H */
