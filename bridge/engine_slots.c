// SPDX-License-Identifier: Apache-2.0
/*
 * Requests of the card that are served from DMA slots, without the kernel
 * (kernel/uapi/pciem.h). What is out of the ordinary in any way goes up the ring:
 * the kernel serves it from the same memory, or explains why not.
 *
 * Order. Nothing passes a posted request: served is only what no posted request on
 * its way to the kernel stands before, be it in the ring or in this batch. Reads and
 * completions on the ring are passed, as they may be: else each of them would send
 * all that follows after it, for as long as the kernel is slower than the card. The
 * completions of a read wait until all that was in the down ring when memory was read
 * is in the model's queues: then they stand behind the posted requests of it.
 */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "slots.h"

#define NR_CPLS		512U	/* a power of two */
#define CPL_DATA_BYTES	512U
#define CPL_HEADER	12U
#define RCB_BYTES	64U
#define MAX_READ_BYTES	4096U

/**
 * struct cpl - a completion on its way to the card
 * @after: index of the down ring behind what it must not pass
 * @index: in the model's queue, once it is there
 */
struct cpl {
	uint32_t after;
	uint32_t len;
	uint64_t index;
	uint8_t bytes[CPL_HEADER + CPL_DATA_BYTES] __attribute__((aligned(8)));
};

/**
 * struct riser_engine_slots - what the engine has of slots
 * @epoch: as published; odd: slots may be touched
 * @posted_end: index of the up ring behind the last posted request in it, or later
 * @has_posted: there is one in the records that are published next
 * @head: completions made so far
 * @lent: of these, how many are or were in the model's queue
 * @tail: of these, how many the model has taken
 */
struct riser_engine_slots {
	struct riser_slots area;
	uint32_t epoch;
	uint32_t posted_end;
	bool has_posted;
	uint32_t head, lent, tail;
	uint64_t nr_served;
	uint8_t data[MAX_READ_BYTES + 8];
	struct cpl cpl[NR_CPLS];
};

static struct cpl *cpl_at(struct riser_engine_slots *slots, uint32_t idx)
{
	return &slots->cpl[idx & (NR_CPLS - 1)];
}

int riser_engine_slots_init(struct riser_engine *engine)
{
	const struct pciem_hdr *hdr = &engine->link->hdr;

	if (!hdr->dma_bytes || engine->link->is_local)
		return 0;
	engine->slots = calloc(1, sizeof(*engine->slots));
	if (!engine->slots)
		return -ENOMEM;
	riser_slots_init(&engine->slots->area,
			 engine->link->base + hdr->dma_off, hdr->dma_bytes);
	return 0;
}

void riser_engine_slots_fini(struct riser_engine *engine)
{
	free(engine->slots);
}

/* A bridge before this one may have died with it odd: it moves on, to even. */
void riser_engine_slots_begin(struct riser_engine *engine)
{
	uint32_t *word = &engine->link->bridge->dma_epoch;

	if (!engine->slots)
		return;
	engine->slots->posted_end = 0;
	engine->slots->epoch = (__atomic_load_n(word, __ATOMIC_RELAXED) | 1) + 1;
	__atomic_store_n(word, engine->slots->epoch, __ATOMIC_RELEASE);
}

static void enter(struct riser_engine *engine)
{
	__atomic_store_n(&engine->link->bridge->dma_epoch,
			 ++engine->slots->epoch, __ATOMIC_RELAXED);
	/* pairs with the kernel's between clearing an entry and reading dma_epoch */
	riser_full_fence();
}

static void leave(struct riser_engine *engine)
{
	struct pciem_bridge_words *bridge = engine->link->bridge;

	/* our accesses are over; pairs with the kernel's read of dma_epoch */
	__atomic_store_n(&bridge->dma_epoch, ++engine->slots->epoch,
			 __ATOMIC_RELEASE);
	__atomic_store_n(&bridge->slot_requests, engine->slots->nr_served,
			 __ATOMIC_RELAXED);
}

/* ---- which requests ---- */

/* Enabled bytes in one piece, from the first to the last. */
static bool enables_are_plain(const struct riser_tlp *tlp)
{
	uint32_t first = tlp->first_be, last = tlp->last_be;

	if (tlp->length_dw > 1)
		/* 1111, 1110, 1100, 1000 and 1111, 0111, 0011, 0001 */
		return first && last && ((first | (first - 1)) & 0xf) == 0xf &&
		       !(last & (last + 1));
	if (!first || last)
		return false;
	first >>= __builtin_ctz(first);
	return !(first & (first + 1));
}

static bool is_plain(const struct riser_tlp *tlp, const struct riser_tx_rec *rec)
{
	return (tlp->kind == RISER_TLP_MRD || tlp->kind == RISER_TLP_MWR) &&
	       !tlp->tc && !tlp->at && !tlp->th && !tlp->td && !tlp->ep &&
	       tlp->length_dw && rec->aux == riser_tlp_class(tlp->kind) &&
	       enables_are_plain(tlp);
}

/* ---- read ---- */

static bool make_cpl(struct cpl *cpl, const struct riser_tlp *req,
		     uint64_t addr, uint32_t bytes, uint32_t left,
		     const uint8_t *data)
{
	uint32_t first = addr & 3, len = (first + bytes + 3) & ~3U;
	uint8_t shown[CPL_DATA_BYTES + 8];
	struct riser_tlp tlp = {
		.kind = RISER_TLP_CPLD, .attr = req->attr, .tag = req->tag,
		.length_dw = (uint16_t)(len / 4), .requester = req->requester,
		.byte_count = (uint16_t)left, .lower_addr = addr & 0x7f,
		.data = shown, .data_bytes = len,
	};

	/* bytes that were not asked for are shown as 0, as by the kernel */
	memset(shown, 0, 4);
	memset(shown + len - 4, 0, 4);
	memcpy(shown + first, data, bytes);
	cpl->len = CPL_HEADER + len;
	return riser_tlp_encode(&tlp, cpl->bytes, sizeof(cpl->bytes)) ==
	       (int)cpl->len;
}

/* Cut as the kernel cuts them. False: there is no room for all; then there are none. */
static bool make_cpls(struct riser_engine_slots *slots,
		      const struct riser_tlp *req,
		      const struct riser_slot_asked *asked, uint32_t mps,
		      uint32_t after)
{
	uint64_t at = asked->addr, end = at + asked->bytes, stop;
	uint32_t idx = slots->head;
	struct cpl *cpl;

	if (mps > CPL_DATA_BYTES)
		mps = CPL_DATA_BYTES;
	for (; at < end; at = stop) {
		stop = ((at & ~3ULL) + mps) & ~(uint64_t)(RCB_BYTES - 1);
		if (stop > end)
			stop = end;
		if (idx - slots->tail >= NR_CPLS)
			return false;
		cpl = cpl_at(slots, idx++);
		cpl->after = after;
		if (!make_cpl(cpl, req, at, (uint32_t)(stop - at),
			      (uint32_t)(end - at),
			      slots->data + (at - asked->addr)))
			return false;
	}
	slots->head = idx;
	return true;
}

static bool serve_read(struct riser_engine *engine, const struct riser_tlp *req,
		       const struct riser_slot_asked *asked,
		       const struct riser_slot_found *found, uint32_t mps)
{
	struct riser_engine_slots *slots = engine->slots;
	uint32_t after;

	if (asked->bytes > MAX_READ_BYTES)
		return false;
	riser_slots_read(slots->data, found->at, asked->bytes);
	/* unmapped meanwhile: the kernel says so */
	if (!riser_slots_is_same(&slots->area, found))
		return false;
	/* later than the data: what the host sent before it wrote them is there */
	after = __atomic_load_n(engine->down.head_word, __ATOMIC_ACQUIRE);
	return make_cpls(slots, req, asked, mps, after);
}

/* ---- both ---- */

static bool serve(struct riser_engine *engine, const struct riser_tlp *tlp)
{
	struct riser_engine_slots *slots = engine->slots;
	uint32_t mps = riser_slots_gate(&slots->area, tlp->requester);
	uint32_t first = (uint32_t)__builtin_ctz(tlp->first_be);
	struct riser_slot_asked asked = {
		.addr = tlp->addr + first,
		.bytes = riser_tlp_request_bytes(tlp),
		.requester = tlp->requester,
		.is_write = tlp->kind == RISER_TLP_MWR,
	};
	struct riser_slot_found found;

	if (!mps || !riser_slots_find(&slots->area, &asked, &found))
		return false;
	if (!asked.is_write) {
		if (!serve_read(engine, tlp, &asked, &found, mps))
			return false;
		engine->stats.slot_reads++;
	} else {
		if (tlp->data_bytes > mps)
			return false;
		riser_slots_write(found.at, tlp->data + first, asked.bytes);
		engine->stats.slot_writes++;
	}
	slots->nr_served++;
	return true;
}

/* No posted request is on its way to the kernel. */
static bool posted_is_consumed(struct riser_engine *engine)
{
	struct riser_engine_slots *slots = engine->slots;
	struct riser_up *up = &engine->up;

	/* what cannot be is found by the loop, which asks again */
	if ((int32_t)(up->seen - slots->posted_end) < 0 &&
	    (riser_up_refresh(up) ||
	     (int32_t)(up->seen - slots->posted_end) < 0))
		return false;
	/* it keeps up, so that it is never half of all indices behind */
	slots->posted_end = up->seen;
	return true;
}

/* Whether the record at @at may be served: *@tlp is it. */
static bool is_candidate(struct riser_engine *engine,
			 const struct riser_tx_rec *rec, const uint8_t *at,
			 struct riser_tlp *tlp)
{
	/* completions are most of what a card sends to a driver that polls: not worth decoding */
	return rec->aux != RISER_COMPLETION &&
	       !riser_tlp_decode(tlp, at + sizeof(*rec), rec->len) &&
	       riser_slots_has(&engine->slots->area, tlp->addr) &&
	       is_plain(tlp, rec);
}

uint64_t riser_engine_slots_serve(struct riser_engine *engine)
{
	bool may_serve = engine->phase == RISER_PHASE_UP &&
			 posted_is_consumed(engine), is_inside = false;
	uint64_t left = engine->run.tx_used, served = 0;
	const uint8_t *at = engine->run.tx;
	struct riser_tx_rec rec;
	struct riser_tlp tlp;
	uint32_t i;

	engine->slots->has_posted = engine->run.tx_nr > 64;
	for (i = 0; i < engine->run.tx_nr && i < 64; i++) {
		if (left < sizeof(rec))
			break;
		memcpy(&rec, at, sizeof(rec));
		if (!riser_tx_rec_is_valid(&rec, left))
			break;
		if (may_serve && is_candidate(engine, &rec, at, &tlp)) {
			if (!is_inside)
				enter(engine);
			is_inside = true;
			if (serve(engine, &tlp))
				served |= 1ULL << i;
		}
		if (!(served >> i & 1) && rec.aux == RISER_POSTED) {
			engine->slots->has_posted = true;
			break;
		}
		at += rec.bytes;
		left -= rec.bytes;
	}
	if (is_inside)
		leave(engine);
	return served;
}

void riser_engine_slots_sent(struct riser_engine *engine)
{
	if (engine->slots->has_posted)
		engine->slots->posted_end = engine->up.published;
	engine->slots->has_posted = false;
}

/* ---- towards the card ---- */

static void give(struct riser_engine *engine, struct cpl *cpl)
{
	struct riser_arrival arrival = {
		.bytes = cpl->bytes, .len = cpl->len,
	};

	/* we made it: it is one */
	riser_tlp_decode(&arrival.tlp, cpl->bytes, cpl->len);
	cpl->index = engine->run.rx[RISER_COMPLETION].head;
	riser_rx_accept(engine, &arrival);
}

void riser_engine_slots_deliver(struct riser_engine *engine)
{
	const struct riser_rx_queue *queue = &engine->run.rx[RISER_COMPLETION];
	struct riser_engine_slots *slots = engine->slots;
	struct cpl *cpl;

	while (slots->tail != slots->lent &&
	       cpl_at(slots, slots->tail)->index < queue->tail)
		slots->tail++;
	while (slots->lent != slots->head &&
	       queue->head - queue->tail < RISER_RX_QUEUE) {
		cpl = cpl_at(slots, slots->lent);
		/* taken over from the ring is what is before it */
		if ((int32_t)(engine->down.next - cpl->after) < 0)
			break;
		give(engine, cpl);
		slots->lent++;
	}
}

void riser_engine_slots_discard(struct riser_engine *engine)
{
	struct riser_engine_slots *slots = engine->slots;

	engine->stats.dropped_link_down += slots->head - slots->lent;
	slots->tail = slots->head;
	slots->lent = slots->head;
}
