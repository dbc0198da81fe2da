/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command of an NVMe card as two controllers have it: the RTL fetches it
 * first, the reference gets the same entry, data and PRP lists, and both come to
 * a result.
 */
#ifndef RISER_TB_SCOREBOARD_NVME_PAIR_H
#define RISER_TB_SCOREBOARD_NVME_PAIR_H

#include <riser/lockstep.h>

#include "nvme.h"

#define NVME_MAX_PAIRS		8192
#define NVME_STRAYS		64	/* DMA of no command */
#define NVME_RANGES		64	/* of writes that have ended */

/* A DMA write of the RTL for a command. */
struct nvme_wrote {
	uint32_t offset;
	uint32_t len;
	uint64_t cycle;
	uint64_t seq;
	uint64_t addr;
};

/* One side of a command. */
struct nvme_half {
	bool is_there;		/* fetched */
	bool is_done;
	bool is_dropped;	/* ended without an entry */
	bool needs_interrupt;
	uint16_t vector;
	uint16_t cqid;
	uint64_t cycle;		/* of its entry; of the RTL's clock */
	uint64_t seq;
	uint8_t entry[16];
	uint8_t *data;
	uint8_t *has;		/* per byte: it has come */
};

/**
 * struct nvme_pair - a command of both
 * @generation, @slot, @pass: which entry of submission queue @sqid
 * @is_read: its data goes to the host
 * @is_expected: the script waits for the reference's entry
 * @is_refused: the host refused a read for it
 * @is_free: no result is compared: an Abort named it
 * @is_mixed: another command of its time writes the same blocks
 * @host_ns: time of the host when one side was done
 */
struct nvme_pair {
	bool is_used;
	bool is_io;
	bool is_read;
	bool is_expected;
	bool is_refused;
	bool is_free;
	bool is_mixed;
	uint8_t opcode;
	uint16_t sqid;
	uint16_t cid;
	uint32_t generation;
	uint32_t slot;
	uint32_t pass;
	uint32_t nsid;
	uint64_t lba;
	uint32_t nr_lbas;
	uint32_t lba_bytes;
	uint32_t bytes;
	uint64_t bell_seq;
	uint64_t owed_cycle;
	uint64_t owed_ns;
	uint64_t host_ns;
	uint8_t sqe[64];
	uint8_t *list[NVME_MAX_LISTS];
	uint8_t *has_list[NVME_MAX_LISTS];	/* per 8 bytes */
	struct nvme_wrote *wrote;
	uint32_t nr_wrote, room_wrote;
	struct nvme_half half[RISER_NR_SIDES];
	char text[112];
	char function[128];
};

/* Begins with the RTL's fetch. NULL without memory. */
void nvme_pair_begin(struct nvme_pair *pair, const struct nvme *b, const struct nvme_cmd *cmd,
		     const struct nvme_sq *sq, uint32_t slot);
void nvme_pair_free(struct nvme_pair *pair);
void nvme_pair_data(struct nvme_pair *pair, enum riser_side side, uint32_t offset,
		    const uint8_t *data, uint32_t len);
void nvme_pair_list(struct nvme_pair *pair, uint32_t list, uint64_t addr, const uint8_t *data,
		    uint32_t len);
/* Which DMA write of the RTL the next data is of. */
void nvme_pair_wrote(struct nvme_pair *pair, const struct riser_tlp_event *event,
		     uint32_t offset, uint32_t len);
/* Status without what is a matter of time (Phase, More, Command Retry Delay). */
uint32_t nvme_pair_status(const struct nvme_pair *pair, enum riser_side side);
/* Both are done: tells the first difference. */
void nvme_pair_compare(const struct nvme_pair *pair, struct riser_lockstep *ls);

#endif /* RISER_TB_SCOREBOARD_NVME_PAIR_H */
