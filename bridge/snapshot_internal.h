/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of snapshots.
 *
 *	snapshot.c		the engine's side: the state into memory
 *	snapshot_write.c	a thread of its own: from there to files
 *	snapshot_pages.c	that thread's pages.bin, and which snapshots are kept
 *	snapshot_read.c		files to a model
 */
#ifndef RISER_BRIDGE_SNAPSHOT_INTERNAL_H
#define RISER_BRIDGE_SNAPSHOT_INTERNAL_H

#include <pthread.h>
#include <stddef.h>
#include <zstd.h>

#include <riser/loader.h>
#include <riser/snapshot.h>

#include "names.h"
#include "snapshot_format.h"

#define RISER_SNAP_PAGE		RISER_MODEL_PAGE_BYTES
#define RISER_SNAP_MAX_KEPT	256

/* ---- a buffer that grows ---- */

struct riser_blob {
	uint8_t *data;
	size_t len;
	size_t room;
	bool failed;		/* -ENOMEM sticks */
};

void *riser_blob_add(struct riser_blob *blob, size_t bytes);
void riser_blob_put(struct riser_blob *blob, const void *bytes, size_t len);
void riser_blob_put32(struct riser_blob *blob, uint32_t value);
void riser_blob_put64(struct riser_blob *blob, uint64_t value);
void riser_blob_fini(struct riser_blob *blob);

/* ---- taking them ---- */

/**
 * struct riser_snapshots_config - borrowed for life
 * @dir: is made; must not exist
 * @interval_ns: wall time between two
 * @max_bytes: of the disk
 * @max_kept: at most RISER_SNAP_MAX_KEPT
 */
struct riser_snapshots_config {
	const char *dir;
	const struct riser_card *card;
	struct riser_recorder *recorder;
	uint64_t interval_ns;
	uint64_t max_bytes;
	uint32_t max_kept;
};

/* What of the engine belongs to the card's state. */
struct riser_snapshot_view {
	uint64_t cycle;
	uint32_t levels;
	const struct riser_rx_queue *rx;
	const struct riser_bar_map *bars;
};

struct riser_snapshots;

/* 0, or -errno with a sentence in @error (RISER_ERROR_BYTES). */
int riser_snapshots_open(const struct riser_snapshots_config *config,
			 struct riser_snapshots **snapshots, char *error);
/* Takes one, or none when the disk is behind. Returns when to ask again. */
uint64_t riser_snapshots_take(struct riser_snapshots *snapshots,
			      const struct riser_snapshot_view *view,
			      uint64_t now_ns);
void riser_snapshots_stats(struct riser_snapshots *snapshots,
			   struct riser_snapshot_stats *stats);
/* Waits for what is being written; NULL is fine. */
void riser_snapshots_close(struct riser_snapshots *snapshots);

/* ---- pages.bin ---- */

struct riser_snap_place {
	uint32_t slot;
	uint32_t born;		/* snapshot that wrote it */
	uint64_t hash;
	bool is_used;
};

struct riser_snap_touched {
	uint32_t mem;
	uint32_t page;
};

/* Overwritten, but in snapshots @born to @dead - 1. */
struct riser_snap_old {
	uint32_t slot;
	uint32_t born;
	uint32_t dead;
};

struct riser_snap_kept {
	uint64_t cycle;
	uint64_t bytes;
	uint32_t number;
};

/**
 * struct riser_snap_pages - the newest contents of each page, and older ones
 * @place: for each memory, by page
 * @touched: pages with a place, in any order
 * @old: places that older snapshots need
 * @unused: slots that nobody needs
 * @nr_slots: of the file
 * @kept: snapshots in order
 */
struct riser_snap_pages {
	int dir_fd;
	int fd;
	uint32_t nr_mems;
	struct riser_snap_place *place[RISER_MODEL_MAX_MEMS];
	size_t place_bytes[RISER_MODEL_MAX_MEMS];
	struct riser_blob touched;
	struct riser_blob old;
	struct riser_blob unused;
	uint32_t nr_slots;
	struct riser_snap_kept kept[RISER_SNAP_MAX_KEPT + 1];
	uint32_t nr_kept;
	uint32_t max_kept;
	uint64_t max_bytes;
	uint64_t snap_bytes;
};

int riser_snap_pages_init(struct riser_snap_pages *pages, int dir_fd,
			  const struct riser_snapshots_config *config);
void riser_snap_pages_fini(struct riser_snap_pages *pages);
/* Makes room for @nr more pages; -EFBIG when even one snapshot is too much. */
int riser_snap_pages_reserve(struct riser_snap_pages *pages, uint32_t nr);
int riser_snap_pages_put(struct riser_snap_pages *pages, uint32_t number,
			 const struct riser_snap_touched *which,
			 const uint8_t *data);
/* The table of a snapshot. */
void riser_snap_pages_list(const struct riser_snap_pages *pages,
			   struct riser_blob *blob);
/* A snapshot is on the disk: one that is needed least may go for it. */
void riser_snap_pages_keep(struct riser_snap_pages *pages, uint32_t number,
			   uint64_t cycle, uint64_t bytes);
uint64_t riser_snap_pages_bytes(const struct riser_snap_pages *pages);
void riser_snap_name(char *name, size_t size, uint64_t cycle);

/* ---- reading ---- */

/**
 * struct riser_snapshot - one that was read and found whole
 * @table: of each memory
 */
struct riser_snapshot {
	struct riser_snap_head head;
	uint8_t *raw;
	uint32_t levels;
	const uint8_t *state;
	uint64_t state_bytes;
	const uint8_t *queue[RISER_NR_CLASSES];
	const uint8_t *functions;
	uint32_t nr_functions;
	const uint8_t *table[RISER_MODEL_MAX_MEMS];
	uint64_t nr_pages[RISER_MODEL_MAX_MEMS];
};

struct riser_snap_wish {
	const char *dir;
	const char *build_hash;		/* NULL: any */
	uint64_t log_id;
	uint64_t max_cycle;
	uint64_t max_seq;
};

/**
 * riser_snapshot_find() - the newest one that fits
 * @note: one sentence for each that is damaged, or NULL
 *
 * Returns 0, or -ENOENT when replay has to begin at reset.
 */
int riser_snapshot_find(struct riser_snapshot *snapshot,
			const struct riser_snap_wish *wish,
			void (*note)(void *ctx, const char *text), void *ctx);
/*
 * State and memories into a new instance. -EBADMSG when the pages are damaged
 * (nothing was changed then); -errno of the model.
 */
int riser_snapshot_apply(const struct riser_snapshot *snapshot, const char *dir,
			 const struct riser_card *card);
/* What was known of BARs and capabilities, into an empty map; 0 or -ENOMEM. */
int riser_snapshot_bars(const struct riser_snapshot *snapshot,
			struct riser_bar_map *bars);
void riser_snapshot_fini(struct riser_snapshot *snapshot);

#endif /* RISER_BRIDGE_SNAPSHOT_INTERNAL_H */
