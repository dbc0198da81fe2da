/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a snapshot: what writer and reader share. docs/record.md.
 *
 * A folder holds one file for each snapshot, CYCLE.snap, and pages.bin. A
 * CYCLE.snap is a zstd skippable frame with struct riser_snap_head, and a zstd
 * frame. pages.bin is an array of pages of the card's memories; a snapshot
 * names the pages that differ from the first contents, and their hashes. All
 * numbers are little-endian.
 */
#ifndef RISER_BRIDGE_SNAPSHOT_FORMAT_H
#define RISER_BRIDGE_SNAPSHOT_FORMAT_H

#include <stdint.h>

#include <riser/record.h>

#define RISER_SNAP_SKIP_MAGIC	0x184d2a58U
#define RISER_SNAP_MAGIC	0x50414e53U	/* "SNAP" */
#define RISER_SNAP_VERSION	1
#define RISER_SNAP_MAX_BYTES	(1ULL << 32)
#define RISER_SNAP_PAGES	"pages.bin"
#define RISER_SNAP_SUFFIX	".snap"

/**
 * struct riser_snap_head - what can be known without unpacking
 * @crc: low half of riser_hash64() of the bytes behind this member
 * @build_hash: of the model: a state is of one build
 * @log: where the record stands at this moment
 * @cycle: cycles simulated
 * @packed_hash: riser_hash64() of the zstd frame that follows
 */
struct riser_snap_head {
	uint32_t magic;
	uint32_t crc;
	uint32_t version;
	uint32_t nr_mems;
	char build_hash[72];
	struct riser_rec_position log;
	uint64_t cycle;
	uint64_t raw_bytes;
	uint64_t packed_bytes;
	uint64_t packed_hash;
};

/*
 * Unpacked: u64 bytes of the model's state, u32 sideband levels, u32 functions;
 * for each class u64 tail, u64 head, and for each TLP that waits u64 after_posted,
 * u32 length, bytes; the functions, each struct riser_function and u64 for each of
 * its vectors that are known; for each memory u64 number of pages and struct
 * riser_snap_page; the model's state.
 */
struct riser_snap_page {
	uint32_t page;		/* of the memory */
	uint32_t slot;		/* of pages.bin */
	uint64_t hash;		/* riser_hash64() of its contents */
};

_Static_assert(sizeof(struct riser_snap_head) == 160, "no padding");

#endif /* RISER_BRIDGE_SNAPSHOT_FORMAT_H */
