// SPDX-License-Identifier: Apache-2.0
/* Queues: entries that the card fetches, and entries that it posts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "nvme.h"

#define SQE_BYTES	64
#define CQE_BYTES	16

static uint32_t le16(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8;
}

struct nvme_sq *nvme_sq_create(struct nvme *b, uint32_t qid, uint32_t size, uint64_t base,
			       uint32_t cqid)
{
	struct nvme_sq *sq;

	if (qid >= NVME_MAX_QUEUES || size > NVME_MAX_ENTRIES) {
		b->is_blind = true;
		return NULL;
	}
	nvme_sq_delete(b, qid);
	sq = calloc(1, sizeof(*sq));
	if (!sq)
		return NULL;
	b->sq[qid] = sq;
	sq->qid = (uint16_t)qid;
	sq->cqid = (uint16_t)cqid;
	sq->size = size;
	sq->base = base;
	sq->entry = calloc(size, sizeof(*sq->entry));
	sq->got = calloc(size, sizeof(*sq->got));
	sq->state = calloc(size, sizeof(*sq->state));
	sq->bell = calloc(size, sizeof(*sq->bell));
	sq->pass = calloc(size, sizeof(*sq->pass));
	sq->generation = ++b->generation[qid];
	if (sq->entry && sq->got && sq->state && sq->bell && sq->pass)
		return sq;
	nvme_sq_delete(b, qid);
	b->is_blind = true;
	return NULL;
}

void nvme_sq_delete(struct nvme *b, uint32_t qid)
{
	struct nvme_sq *sq = qid < NVME_MAX_QUEUES ? b->sq[qid] : NULL;
	uint32_t i;

	if (!sq)
		return;
	for (i = 0; i < NVME_MAX_CMDS; i++)
		if (b->cmd[i].is_live && b->cmd[i].sqid == qid)
			nvme_cmd_drop(b, i);
	free(sq->entry);
	free(sq->got);
	free(sq->state);
	free(sq->bell);
	free(sq->pass);
	free(sq);
	b->sq[qid] = NULL;
}

struct nvme_cq *nvme_cq_create(struct nvme *b, uint32_t qid, uint32_t size, uint64_t base)
{
	struct nvme_cq *cq;

	if (qid >= NVME_MAX_QUEUES || size > NVME_MAX_ENTRIES) {
		b->is_blind = true;
		return NULL;
	}
	nvme_cq_delete(b, qid);
	cq = calloc(1, sizeof(*cq));
	if (!cq)
		return NULL;
	cq->qid = (uint16_t)qid;
	cq->size = size;
	cq->base = base;
	cq->phase = true;
	cq->entry = calloc(size, sizeof(*cq->entry));
	if (!cq->entry) {
		free(cq);
		return NULL;
	}
	b->cq[qid] = cq;
	return cq;
}

void nvme_cq_delete(struct nvme *b, uint32_t qid)
{
	struct nvme_cq *cq = qid < NVME_MAX_QUEUES ? b->cq[qid] : NULL;

	if (!cq)
		return;
	b->cq[qid] = NULL;
	free(cq->entry);
	free(cq);
}

struct nvme_sq *nvme_sq_at(const struct nvme *b, uint64_t addr, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < NVME_MAX_QUEUES; i++)
		if (b->sq[i] && addr >= b->sq[i]->base &&
		    addr - b->sq[i]->base + len <= (uint64_t)b->sq[i]->size * SQE_BYTES)
			return b->sq[i];
	return NULL;
}

struct nvme_cq *nvme_cq_at(const struct nvme *b, uint64_t addr, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < NVME_MAX_QUEUES; i++)
		if (b->cq[i] && addr >= b->cq[i]->base &&
		    addr - b->cq[i]->base + len <= (uint64_t)b->cq[i]->size * CQE_BYTES)
			return b->cq[i];
	return NULL;
}

void nvme_sq_fetch(struct nvme *b, struct nvme_sq *sq, uint64_t addr, uint32_t len)
{
	uint32_t slot = (uint32_t)(addr - sq->base) / SQE_BYTES;
	uint32_t last = (uint32_t)(addr - sq->base + len - 1) / SQE_BYTES;

	for (; slot <= last; slot++) {
		/* the rest of an entry that is fetched in parts */
		if (sq->state[slot] == NVME_SLOT_FETCHED && (addr - sq->base) % SQE_BYTES)
			continue;
		if (sq->state[slot] != NVME_SLOT_RUNG)
			nvme_tell(b, NVME_EARLY_FETCH, NULL, sq->base + slot * SQE_BYTES,
				  "the card reads entry %u of SQ %u; the doorbell covers entries up to %u (tail %u)",
				  slot, sq->qid, (sq->tail + sq->size - 1) % sq->size, sq->tail);
		sq->state[slot] = NVME_SLOT_FETCHED;
		sq->got[slot] = 0;
	}
}

void nvme_sq_data(struct nvme *b, struct nvme_sq *sq, uint64_t addr, const uint8_t *data,
		  uint32_t len)
{
	uint32_t at = (uint32_t)(addr - sq->base), slot, n;

	for (; len; at += n, data += n, len -= n) {
		slot = at / SQE_BYTES;
		n = SQE_BYTES - at % SQE_BYTES;
		if (n > len)
			n = len;
		memcpy(&sq->entry[slot][at % SQE_BYTES], data, n);
		if (sq->got[slot] >= SQE_BYTES)
			continue;
		sq->got[slot] = (uint8_t)(sq->got[slot] + n);
		if (sq->got[slot] >= SQE_BYTES) {
			sq->pass[slot]++;
			nvme_cmd_begin(b, sq, slot, sq->entry[slot]);
		}
	}
}

static void check_place(struct nvme *b, struct nvme_cq *cq, uint32_t slot, bool phase)
{
	uint64_t addr = cq->base + (uint64_t)slot * CQE_BYTES;

	if (slot != cq->tail) {
		nvme_tell(b, NVME_WRONG_ENTRY, NULL, addr,
			  "the card writes entry %u of CQ %u; the next one is entry %u",
			  slot, cq->qid, cq->tail);
		cq->tail = slot;
		cq->phase = phase;
	} else if (phase != cq->phase) {
		nvme_tell(b, NVME_WRONG_ENTRY, NULL, addr,
			  "entry %u of CQ %u has the phase tag %d and needs %d: the driver does not see it",
			  slot, cq->qid, phase, cq->phase);
	} else if ((slot + 1) % cq->size == cq->head) {
		nvme_tell(b, NVME_WRONG_ENTRY, NULL, addr,
			  "entry %u of CQ %u makes the queue overflow: the driver has freed entries up to %u",
			  slot, cq->qid, cq->head);
	}
}

static void post(struct nvme *b, struct nvme_cq *cq, uint32_t slot)
{
	const uint8_t *entry = cq->entry[slot];
	uint32_t sqid = le16(entry + 10), cid = le16(entry + 12), status = le16(entry + 14);
	uint32_t cmd = nvme_cmd_find(b, sqid, cid);

	check_place(b, cq, slot, status & 1);
	cq->tail = (slot + 1) % cq->size;
	if (!cq->tail)
		cq->phase = !cq->phase;
	nvme_irq_entry(b, cq, cmd);
	nvme_hear(b, end, cmd, entry);
	if (cmd == NVME_NONE) {
		if (!b->is_blind)
			nvme_tell(b, NVME_UNKNOWN_CMD, NULL, cq->base + (uint64_t)slot * CQE_BYTES,
				  "entry %u of CQ %u completes SQ %u CID 0x%04x, which is not in flight",
				  slot, cq->qid, sqid, cid);
		return;
	}
	if (b->cmd[cmd].cqid != cq->qid)
		nvme_tell(b, NVME_WRONG_ENTRY, &b->cmd[cmd], cq->base,
			  "the entry stands in CQ %u; SQ %u belongs to CQ %u", cq->qid, sqid,
			  b->cmd[cmd].cqid);
	nvme_cmd_end(b, cmd, !(status >> 1 & 0x7ff));
}

void nvme_cq_write(struct nvme *b, struct nvme_cq *cq, uint64_t addr, const uint8_t *data,
		   uint32_t len)
{
	uint32_t at = (uint32_t)(addr - cq->base), n;

	for (; len; at += n, data += n, len -= n) {
		n = CQE_BYTES - at % CQE_BYTES;
		if (n > len)
			n = len;
		memcpy(&cq->entry[at / CQE_BYTES][at % CQE_BYTES], data, n);
		/* the last byte holds status and phase: the entry is there */
		if (at % CQE_BYTES + n == CQE_BYTES)
			post(b, cq, at / CQE_BYTES);
	}
}
