// SPDX-License-Identifier: Apache-2.0
/* What the models of two NVMe controllers hear: commands as pairs, and strays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nvme_both.h"

#define OP_ABORT	0x08

/* ---- pairs ---- */

static enum riser_side which(const struct nvme_side *side)
{
	return side == &side->both->side[RISER_SIDE_RTL] ? RISER_SIDE_RTL : RISER_SIDE_REFERENCE;
}

struct nvme_pair *nvme_both_pair(struct nvme_side *side, uint32_t cmd)
{
	return cmd == NVME_NONE || side->pair[cmd] == NVME_NONE ? NULL :
	       &side->both->pair[side->pair[cmd]];
}

static bool is_over(const struct nvme_half *half)
{
	return (half->is_done && !half->needs_interrupt) || half->is_dropped;
}

static void forget(struct nvme_both *both, struct nvme_pair *pair)
{
	uint32_t at = (uint32_t)(pair - both->pair), i, s;

	for (s = 0; s < RISER_NR_SIDES; s++)
		for (i = 0; i < NVME_MAX_CMDS; i++)
			if (both->side[s].pair[i] == at)
				both->side[s].pair[i] = NVME_NONE;
	nvme_pair_free(pair);
	while (both->nr_pairs && !both->pair[both->nr_pairs - 1].is_used)
		both->nr_pairs--;
}

void nvme_both_forget(struct nvme_both *both, struct nvme_pair *pair)
{
	if (!pair->is_expected && is_over(&pair->half[RISER_SIDE_RTL]) &&
	    is_over(&pair->half[RISER_SIDE_REFERENCE]))
		forget(both, pair);
}

static bool changes_blocks(const struct nvme_pair *pair)
{
	return pair->is_io && pair->opcode != 0x02 && pair->opcode != 0x00;
}

static bool overlaps(const struct nvme_pair *a, uint32_t nsid, uint64_t lba, uint32_t nr)
{
	/* the ranges of Dataset Management are not looked at */
	if (!nr || !a->nr_lbas)
		return true;
	return a->nsid == nsid && a->lba < lba + nr && lba < a->lba + a->nr_lbas;
}

/* Two commands of one time, of which one changes the other's blocks: either order will do. */
static void find_mixed(struct nvme_both *both, struct nvme_pair *pair)
{
	const struct nvme_range *range;
	struct nvme_pair *other;
	uint32_t i;

	if (!pair->is_io || pair->opcode == 0x00)
		return;
	for (i = 0; i < both->nr_pairs; i++) {
		other = &both->pair[i];
		if (!other->is_used || other == pair || !other->is_io || other->opcode == 0x00 ||
		    (!changes_blocks(other) && !changes_blocks(pair)) ||
		    !overlaps(pair, other->nsid, other->lba, other->nr_lbas))
			continue;
		if (other->half[RISER_SIDE_RTL].is_done &&
		    other->half[RISER_SIDE_RTL].seq < pair->bell_seq)
			continue;
		other->is_mixed = true;
		pair->is_mixed = true;
	}
	for (i = 0; i < NVME_RANGES && i < both->nr_ranges; i++) {
		range = &both->range[i];
		if (range->end_seq > pair->bell_seq &&
		    overlaps(pair, range->nsid, range->lba, range->nr))
			pair->is_mixed = true;
	}
}

static void keep_range(struct nvme_both *both, const struct nvme_pair *pair)
{
	if (changes_blocks(pair))
		both->range[both->nr_ranges++ % NVME_RANGES] = (struct nvme_range){
			.lba = pair->lba, .nsid = pair->nsid, .nr = pair->nr_lbas,
			.bell_seq = pair->bell_seq, .end_seq = pair->half[RISER_SIDE_RTL].seq,
		};
}

/* An Abort may have found its command or not. */
static void free_aborted(struct nvme_both *both, const struct nvme_pair *abort)
{
	uint32_t what = nvme_le32(abort->sqe + 40), i;

	for (i = 0; i < both->nr_pairs; i++)
		if (both->pair[i].is_used && both->pair[i].sqid == (what & 0xffff) &&
		    both->pair[i].cid == what >> 16)
			both->pair[i].is_free = true;
}

static struct nvme_pair *new_pair(struct nvme_both *both, const struct nvme_sq *sq)
{
	struct nvme_pair *pair;
	uint32_t i, at = NVME_MAX_PAIRS;

	for (i = 0; i < both->nr_pairs; i++) {
		pair = &both->pair[i];
		/* of a queue that is gone, and the reference never saw it */
		if (pair->is_used && pair->sqid == sq->qid && pair->generation < sq->generation &&
		    pair->half[RISER_SIDE_RTL].is_dropped &&
		    !pair->half[RISER_SIDE_REFERENCE].is_there)
			nvme_pair_free(pair);
		if (!pair->is_used && at == NVME_MAX_PAIRS)
			at = i;
	}
	if (at == NVME_MAX_PAIRS && both->nr_pairs < NVME_MAX_PAIRS)
		at = both->nr_pairs++;
	return at < NVME_MAX_PAIRS ? &both->pair[at] : NULL;
}

struct nvme_pair *nvme_both_find(struct nvme_both *both, const struct nvme_sq *sq, uint32_t slot,
				   uint32_t pass)
{
	struct nvme_pair *pair;
	uint32_t i;

	for (i = 0; i < both->nr_pairs; i++) {
		pair = &both->pair[i];
		if (pair->is_used && pair->sqid == sq->qid && pair->slot == slot &&
		    pair->pass == pass && pair->generation == sq->generation)
			return pair;
	}
	return NULL;
}

/* ---- what the two models hear ---- */

static void on_begin(void *ctx, uint32_t cmd, const struct nvme_sq *sq, uint32_t slot)
{
	struct nvme_side *side = ctx;
	struct nvme_both *both = side->both;
	struct nvme_pair *pair;

	side->pair[cmd] = NVME_NONE;
	pair = which(side) == RISER_SIDE_RTL ? new_pair(both, sq) :
					       nvme_both_find(both, sq, slot, sq->pass[slot]);
	if (!pair)
		return;
	if (which(side) == RISER_SIDE_RTL) {
		nvme_pair_begin(pair, side->b, &side->b->cmd[cmd], sq, slot);
		find_mixed(both, pair);
		if (!pair->is_io && pair->opcode == OP_ABORT)
			free_aborted(both, pair);
	}
	pair->half[which(side)].is_there = true;
	side->pair[cmd] = (uint32_t)(pair - both->pair);
}

static void on_data(void *ctx, uint32_t cmd, uint32_t offset, const uint8_t *data, uint32_t len)
{
	struct nvme_side *side = ctx;
	struct nvme_pair *pair = nvme_both_pair(side, cmd);

	if (!pair)
		return;
	nvme_pair_data(pair, which(side), offset, data, len);
	if (which(side) == RISER_SIDE_RTL && pair->is_read)
		nvme_pair_wrote(pair, side->b->event, offset, len);
}

static void on_list(void *ctx, uint32_t cmd, uint32_t list, uint64_t addr, const uint8_t *data,
		    uint32_t len)
{
	struct nvme_side *side = ctx;
	struct nvme_pair *pair = nvme_both_pair(side, cmd);

	if (pair && which(side) == RISER_SIDE_RTL)
		nvme_pair_list(pair, list, addr, data, len);
}

static void on_refused(void *ctx, uint32_t cmd)
{
	struct nvme_side *side = ctx;
	struct nvme_pair *pair = nvme_both_pair(side, cmd);

	if (pair && which(side) == RISER_SIDE_RTL)
		pair->is_refused = true;
}

static void on_end(void *ctx, uint32_t cmd, const uint8_t *entry)
{
	struct nvme_side *side = ctx;
	struct nvme_pair *pair = nvme_both_pair(side, cmd);
	struct nvme *b = side->b;
	const struct nvme_cq *cq;
	struct nvme_half *half;

	if (!pair)
		return;
	half = &pair->half[which(side)];
	memcpy(half->entry, entry, sizeof(half->entry));
	half->is_done = true;
	half->cycle = b->cycle;
	half->seq = b->event->seq;
	half->cqid = b->cmd[cmd].cqid;
	pair->host_ns = side->both->side[RISER_SIDE_RTL].b->host_ns;
	cq = b->cq[half->cqid % NVME_MAX_QUEUES];
	if (cq && cq->has_interrupt && b->msix_on && b->vector[cq->vector].addr) {
		half->needs_interrupt = true;
		half->vector = cq->vector;
	}
	side->pair[cmd] = NVME_NONE;
	if (which(side) == RISER_SIDE_REFERENCE)
		return;
	keep_range(side->both, pair);
	pair->is_expected = true;
	riser_lockstep_expect(side->both->ls, (uint32_t)(pair - side->both->pair));
}

static void on_drop(void *ctx, uint32_t cmd)
{
	struct nvme_side *side = ctx;
	struct nvme_pair *pair = nvme_both_pair(side, cmd);

	if (!pair)
		return;
	pair->half[which(side)].is_dropped = true;
	side->pair[cmd] = NVME_NONE;
	nvme_both_forget(side->both, pair);
}

static void on_message(void *ctx, uint32_t vector)
{
	struct nvme_side *side = ctx;
	struct nvme_both *both = side->both;
	const struct nvme_vector *v = &side->b->vector[vector];
	struct nvme_half *half;
	uint32_t i;

	for (i = 0; i < both->nr_pairs; i++) {
		half = &both->pair[i].half[which(side)];
		if (both->pair[i].is_used && half->needs_interrupt && half->vector == vector) {
			half->needs_interrupt = false;
			nvme_both_forget(both, &both->pair[i]);
		}
	}
	if (!v->has_free_message || v->free_seq != side->b->event->seq)
		return;
	side->nr_free[vector]++;
	if (which(side) == RISER_SIDE_RTL)
		riser_lockstep_expect(both->ls, NVME_TOKEN_MESSAGE | vector);
}

static void on_outside(void *ctx, bool is_write, uint64_t addr, uint32_t len)
{
	struct nvme_side *side = ctx;
	struct nvme_both *both = side->both;
	const struct riser_tlp_event *event = side->b->event;
	struct nvme_stray *stray;
	uint32_t at;

	if (which(side) == RISER_SIDE_REFERENCE) {
		at = both->nr_ref_strays++ % NVME_STRAYS;
		both->ref_stray[at].addr = addr;
		both->ref_stray[at].len = len;
		both->ref_stray[at].is_write = is_write;
		return;
	}
	stray = &both->stray[both->nr_strays % NVME_STRAYS];
	*stray = (struct nvme_stray){
		.addr = addr, .len = len, .is_write = is_write, .cycle = event->cycle,
		.seq = event->seq,
	};
	riser_tlp_print(event->bytes, event->len, event->names, stray->access,
			sizeof(stray->access));
	riser_lockstep_expect(both->ls, NVME_TOKEN_STRAY | both->nr_strays++ % NVME_STRAYS);
}

const struct nvme_listener nvme_both_listener = {
	.begin = on_begin,
	.data = on_data,
	.list = on_list,
	.refused = on_refused,
	.end = on_end,
	.drop = on_drop,
	.message = on_message,
	.outside = on_outside,
};
