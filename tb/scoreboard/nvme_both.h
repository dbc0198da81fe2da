/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two NVMe controllers in lock-step: a model of each, made of its TLPs, and the
 * commands that they have in common.
 *
 *	nvme_both.c	what the two models hear
 *	nvme_lockstep.c	what is told to the comparison: reads, results, what is owed
 */
#ifndef RISER_TB_SCOREBOARD_NVME_BOTH_H
#define RISER_TB_SCOREBOARD_NVME_BOTH_H

#include "nvme_pair.h"

#define NVME_TOKEN_STRAY	(1U << 24)
#define NVME_TOKEN_MESSAGE	(2U << 24)
#define NVME_TOKEN_VALUE	0xffffffU

/* DMA of the RTL that no command explains. */
struct nvme_stray {
	uint64_t addr;
	uint64_t cycle;
	uint64_t seq;
	uint32_t len;
	bool is_write;
	char access[RISER_TLP_TEXT_BYTES];
};

/* Blocks that a command changed, and from which TLP to which. */
struct nvme_range {
	uint64_t lba, bell_seq, end_seq;
	uint32_t nsid, nr;
};

struct nvme_side {
	struct nvme_both *both;
	struct nvme *b;
	uint32_t pair[NVME_MAX_CMDS];	/* by place of the command; NVME_NONE */
	uint32_t nr_free[NVME_MAX_VECTORS];	/* messages without an entry */
};

struct nvme_both {
	struct riser_lockstep *ls;
	struct nvme_side side[RISER_NR_SIDES];
	struct nvme_pair *pair;
	uint32_t nr_pairs;		/* places in use are below */
	struct nvme_stray stray[NVME_STRAYS];
	uint32_t nr_strays;
	struct { uint64_t addr; uint32_t len; bool is_write; } ref_stray[NVME_STRAYS];
	uint32_t nr_ref_strays;
	struct nvme_range range[NVME_RANGES];
	uint32_t nr_ranges;
};

extern const struct nvme_listener nvme_both_listener;

/* The command at a place of a side; NULL for none. */
struct nvme_pair *nvme_both_pair(struct nvme_side *side, uint32_t cmd);
/* The RTL's command of that entry, in that pass through the queue. */
struct nvme_pair *nvme_both_find(struct nvme_both *both, const struct nvme_sq *sq, uint32_t slot,
				 uint32_t pass);
/* When nothing of it is left to come. */
void nvme_both_forget(struct nvme_both *both, struct nvme_pair *pair);

#endif /* RISER_TB_SCOREBOARD_NVME_BOTH_H */
