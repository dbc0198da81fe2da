// SPDX-License-Identifier: Apache-2.0
/* One command of both sides: what is kept of it, and when it is equal. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nvme_pair.h"

#define LIST_BYTES	4096
#define OP_GET_LOG	0x02
#define OP_IDENTIFY	0x06
#define OP_ABORT	0x08
#define LOG_SMART	0x02

void nvme_pair_begin(struct nvme_pair *pair, const struct nvme *b, const struct nvme_cmd *cmd,
		     const struct nvme_sq *sq, uint32_t slot)
{
	int i;

	*pair = (struct nvme_pair){
		.is_used = true, .is_io = nvme_is_io(cmd),
		.is_read = cmd->dir & NVME_DIR_TO_HOST && !cmd->is_opaque,
		.opcode = cmd->opcode, .sqid = cmd->sqid, .cid = cmd->cid,
		.generation = sq->generation, .slot = slot, .pass = sq->pass[slot],
		.nsid = cmd->nsid, .lba = cmd->lba, .nr_lbas = cmd->nr_lbas,
		.lba_bytes = b->lba_bytes, .bytes = cmd->bytes,
		.bell_seq = cmd->bell.seq,
	};
	memcpy(pair->sqe, sq->entry[slot], sizeof(pair->sqe));
	nvme_cmd_text(cmd, pair->text, sizeof(pair->text));
	snprintf(pair->function, sizeof(pair->function), "%s", nvme_name(b, cmd->bell.name));
	for (i = 0; i < RISER_NR_SIDES && cmd->dir && !cmd->is_opaque; i++) {
		pair->half[i].data = calloc(1, pair->bytes + 1);
		pair->half[i].has = calloc(1, pair->bytes + 1);
	}
}

void nvme_pair_free(struct nvme_pair *pair)
{
	int i;

	for (i = 0; i < RISER_NR_SIDES; i++) {
		free(pair->half[i].data);
		free(pair->half[i].has);
	}
	for (i = 0; i < NVME_MAX_LISTS; i++) {
		free(pair->list[i]);
		free(pair->has_list[i]);
	}
	free(pair->wrote);
	memset(pair, 0, sizeof(*pair));
}

void nvme_pair_data(struct nvme_pair *pair, enum riser_side side, uint32_t offset,
		    const uint8_t *data, uint32_t len)
{
	struct nvme_half *half = &pair->half[side];

	if (!half->data || !half->has || offset > pair->bytes || len > pair->bytes - offset)
		return;
	memcpy(half->data + offset, data, len);
	memset(half->has + offset, 1, len);
}

void nvme_pair_list(struct nvme_pair *pair, uint32_t list, uint64_t addr, const uint8_t *data,
		    uint32_t len)
{
	uint32_t at = addr & (LIST_BYTES - 1), i;

	if (list >= NVME_MAX_LISTS || at + len > LIST_BYTES)
		return;
	if (!pair->list[list]) {
		pair->list[list] = calloc(1, LIST_BYTES);
		pair->has_list[list] = calloc(1, LIST_BYTES);
	}
	if (!pair->list[list] || !pair->has_list[list])
		return;
	memcpy(pair->list[list] + at, data, len);
	for (i = 0; i < len; i++)
		pair->has_list[list][at + i] = 1;
}

void nvme_pair_wrote(struct nvme_pair *pair, const struct riser_tlp_event *event,
		     uint32_t offset, uint32_t len)
{
	struct nvme_wrote *more;

	if (pair->nr_wrote == pair->room_wrote) {
		pair->room_wrote = pair->room_wrote ? 2 * pair->room_wrote : 16;
		more = realloc(pair->wrote, pair->room_wrote * sizeof(*more));
		if (!more) {
			pair->room_wrote = pair->nr_wrote;
			return;
		}
		pair->wrote = more;
	}
	pair->wrote[pair->nr_wrote++] = (struct nvme_wrote){
		.offset = offset, .len = len, .cycle = event->cycle, .seq = event->seq,
		.addr = event->tlp ? event->tlp->addr : 0,
	};
}

uint32_t nvme_pair_status(const struct nvme_pair *pair, enum riser_side side)
{
	return nvme_le32(pair->half[side].entry + 12) >> 16 & 0x8ffe;
}

static struct riser_lockstep_place place_of(const struct nvme_pair *pair, const char *rule)
{
	return (struct riser_lockstep_place){
		.rule = rule, .cycle = pair->half[RISER_SIDE_RTL].cycle,
		.seq = pair->half[RISER_SIDE_RTL].seq, .access = pair->text,
		.function = pair->function,
	};
}

/* Where the byte at @at of the data is: "LBA 7 byte 3", "byte 3 of its data". */
static char *where(const struct nvme_pair *pair, uint32_t at, char *text, size_t size)
{
	if (pair->is_io && pair->nr_lbas)
		snprintf(text, size, "LBA %" PRIu64 " byte %u", pair->lba + at / pair->lba_bytes,
			 at % pair->lba_bytes);
	else
		snprintf(text, size, "byte %u of its data", at);
	return text;
}

static void tell_data(const struct nvme_pair *pair, struct riser_lockstep *ls, uint32_t at)
{
	const struct nvme_half *rtl = &pair->half[RISER_SIDE_RTL];
	const struct nvme_half *ref = &pair->half[RISER_SIDE_REFERENCE];
	struct riser_lockstep_place place = place_of(pair, "REF-03");
	char words[64], dma[80] = "";
	uint32_t i;

	/* the newest write of that byte */
	for (i = pair->nr_wrote; i-- > 0;)
		if (at - pair->wrote[i].offset < pair->wrote[i].len) {
			place.cycle = pair->wrote[i].cycle;
			place.seq = pair->wrote[i].seq;
			snprintf(dma, sizeof(dma), " (DMA write to 0x%" PRIx64 ", TLP %" PRIu64 ")",
				 pair->wrote[i].addr + (at - pair->wrote[i].offset),
				 pair->wrote[i].seq);
			break;
		}
	where(pair, at, words, sizeof(words));
	if (rtl->has[at] != ref->has[at])
		riser_lockstep_diverge(ls, &place, "%s: %s is written by the %s and not by the %s",
				       pair->text, words, rtl->has[at] ? "RTL" : "reference",
				       rtl->has[at] ? "reference" : "RTL");
	else
		riser_lockstep_diverge(ls, &place,
				       "%s: %s is 0x%02x in the RTL and 0x%02x in the reference%s",
				       pair->text, words, rtl->data[at], ref->data[at], dma);
}

/* Where the rules of a project call this data: RISER_SPACE_NONE for no name. */
static enum riser_lockstep_space space_of(const struct nvme_pair *pair)
{
	uint32_t cdw10 = nvme_le32(pair->sqe + 40) & 0xff;

	if (pair->is_io)
		return RISER_SPACE_NONE;
	if (pair->opcode == OP_IDENTIFY)
		return cdw10 == 1 ? RISER_SPACE_IDENTIFY :
		       cdw10 == 0 ? RISER_SPACE_NAMESPACE : RISER_SPACE_NONE;
	return pair->opcode == OP_GET_LOG && cdw10 == LOG_SMART ? RISER_SPACE_SMART :
								  RISER_SPACE_NONE;
}

static bool differs(const struct nvme_pair *pair, const struct riser_lockstep *ls, uint32_t at)
{
	const struct nvme_half *rtl = &pair->half[RISER_SIDE_RTL];
	const struct nvme_half *ref = &pair->half[RISER_SIDE_REFERENCE];
	enum riser_lockstep_space space = space_of(pair);
	uint32_t mask = 0;

	if (rtl->has[at] == ref->has[at] && rtl->data[at] == ref->data[at])
		return false;
	if (space != RISER_SPACE_NONE)
		mask = riser_lockstep_mask(ls, space, at & ~3U) >> 8 * (at & 3) & 0xff;
	return rtl->has[at] != ref->has[at] || (rtl->data[at] ^ ref->data[at]) & ~mask;
}

static void compare_data(const struct nvme_pair *pair, struct riser_lockstep *ls)
{
	const struct nvme_half *rtl = &pair->half[RISER_SIDE_RTL];
	const struct nvme_half *ref = &pair->half[RISER_SIDE_REFERENCE];
	uint32_t i;

	if (!pair->is_read || pair->is_mixed || !rtl->data || !ref->data || !rtl->has ||
	    !ref->has)
		return;
	if (!memcmp(rtl->has, ref->has, pair->bytes) &&
	    !memcmp(rtl->data, ref->data, pair->bytes))
		return;
	for (i = 0; i < pair->bytes; i++)
		if (differs(pair, ls, i)) {
			tell_data(pair, ls, i);
			return;
		}
}

void nvme_pair_compare(const struct nvme_pair *pair, struct riser_lockstep *ls)
{
	uint32_t rtl = nvme_pair_status(pair, RISER_SIDE_RTL);
	uint32_t ref = nvme_pair_status(pair, RISER_SIDE_REFERENCE);
	uint32_t rtl_dw0 = nvme_le32(pair->half[RISER_SIDE_RTL].entry);
	uint32_t ref_dw0 = nvme_le32(pair->half[RISER_SIDE_REFERENCE].entry);
	const struct riser_lockstep_place place = place_of(pair, "REF-02");

	if (pair->is_free)
		return;
	if (rtl != ref)
		riser_lockstep_diverge(ls, &place,
				       "%s ends with status 0x%04x in the RTL and 0x%04x in the reference",
				       pair->text, rtl >> 1, ref >> 1);
	else if (rtl_dw0 != ref_dw0 && (pair->is_io || pair->opcode != OP_ABORT))
		riser_lockstep_diverge(ls, &place,
				       "%s ends with result 0x%08x in the RTL and 0x%08x in the reference",
				       pair->text, rtl_dw0, ref_dw0);
	else if (!rtl)
		compare_data(pair, ls);
}
