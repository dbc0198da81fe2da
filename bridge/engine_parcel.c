// SPDX-License-Identifier: Apache-2.0
/*
 * TLPs that fault injection holds back. Two lists, one for each direction, in
 * order of arrival: a TLP goes on when its time has come and nothing stands
 * before it in the list that it must not pass.
 */
#include "fault_internal.h"

#include <stdlib.h>
#include <string.h>

struct riser_parcel *riser_parcel_new(struct riser_engine *engine,
				      const struct riser_arrival *arrival,
				      enum riser_direction direction,
				      uint64_t cycle)
{
	/* as large as any TLP: changes may make it longer */
	uint32_t room = arrival->len > 64 ? arrival->len : 64;
	struct riser_parcel *parcel = calloc(1, sizeof(*parcel) + room);

	if (!parcel) {
		riser_note(engine, RISER_NOTE_FAULT, 0, 0,
			   "out of memory: a TLP under a fault is lost");
		return NULL;
	}
	memcpy(parcel->bytes, arrival->bytes, arrival->len);
	parcel->arrival = *arrival;
	parcel->arrival.bytes = parcel->bytes;
	if (arrival->caller) {
		parcel->caller = *arrival->caller;
		parcel->arrival.caller = &parcel->caller;
	}
	parcel->arrival.is_in_ring = false;
	parcel->arrival.tlp.data = NULL;
	parcel->arrival.tlp.digest = NULL;
	if (arrival->tlp.data)
		parcel->arrival.tlp.data = parcel->bytes +
					   (arrival->tlp.data - arrival->bytes);
	parcel->direction = direction;
	parcel->tlp_class =
		riser_tlp_class((enum riser_tlp_kind)arrival->tlp.kind);
	parcel->cycle = cycle;
	parcel->injection = RISER_NO_SEQ;
	return parcel;
}

static bool is_blocked(const struct riser_engine *engine,
		       enum riser_tlp_class tlp_class,
		       enum riser_direction direction)
{
	const struct riser_rx_queue *queue = &engine->run.rx[tlp_class];

	if (direction == RISER_TO_HOST)
		return engine->faults->is_full;
	return engine->faults->block_until[tlp_class] > engine->cycle ||
	       queue->head - queue->tail >= RISER_RX_QUEUE;
}

bool riser_parcel_must_wait(struct riser_engine *engine,
			    const struct riser_tlp *tlp,
			    enum riser_direction direction)
{
	struct riser_parcel *parcel;
	bool is_waiting = false;

	for (parcel = engine->faults->held[direction]; parcel;
	     parcel = parcel->next)
		if (parcel->waits && !riser_fault_may_pass(tlp,
							   &parcel->arrival.tlp)) {
			/* this one must not go first: no reordering here */
			parcel->waits = false;
			parcel->due = 0;
			riser_fault_remark(engine, parcel->injection,
					   "not reordered: the next TLP must not pass it");
			is_waiting = true;
		}
	if (is_waiting)
		riser_fault_pump(engine);
	for (parcel = engine->faults->held[direction]; parcel;
	     parcel = parcel->next)
		if (!riser_fault_may_pass(tlp, &parcel->arrival.tlp))
			return true;
	return is_blocked(engine,
			  riser_tlp_class((enum riser_tlp_kind)tlp->kind),
			  direction);
}

static void append(struct riser_engine *engine, struct riser_parcel *parcel)
{
	struct riser_parcel **end = &engine->faults->held[parcel->direction];

	while (*end)
		end = &(*end)->next;
	parcel->next = NULL;
	*end = parcel;
}

void riser_parcel_hold(struct riser_engine *engine,
		       struct riser_parcel *parcel, uint64_t due, bool waits)
{
	parcel->due = due;
	parcel->waits = waits;
	append(engine, parcel);
}

/* True: it is gone. */
static bool deliver(struct riser_engine *engine, struct riser_parcel *parcel)
{
	if (is_blocked(engine, parcel->tlp_class, parcel->direction))
		return false;
	if (parcel->direction == RISER_TO_HOST) {
		if (!riser_fault_emit(engine, parcel))
			return false;
		free(parcel);
		return true;
	}
	parcel->index = engine->run.rx[parcel->tlp_class].head;
	riser_rx_accept(engine, &parcel->arrival);
	/* the model reads it in place until its queue has moved on */
	parcel->next = engine->faults->lent;
	engine->faults->lent = parcel;
	return true;
}

void riser_parcel_send(struct riser_engine *engine,
		       struct riser_parcel *parcel)
{
	if (!riser_parcel_must_wait(engine, &parcel->arrival.tlp,
				    parcel->direction) &&
	    deliver(engine, parcel))
		return;
	riser_parcel_hold(engine, parcel, 0, false);
}

void riser_parcel_passed(struct riser_engine *engine,
			 enum riser_direction direction)
{
	struct riser_parcel *parcel;
	bool any = false;

	for (parcel = engine->faults->held[direction]; parcel;
	     parcel = parcel->next)
		if (parcel->waits) {
			parcel->waits = false;
			parcel->due = 0;
			any = true;
		}
	if (any)
		riser_fault_pump(engine);
}

static bool is_due(struct riser_engine *engine, struct riser_parcel *parcel)
{
	const struct riser_parcel *before;

	if (parcel->due > engine->cycle)
		return false;
	for (before = engine->faults->held[parcel->direction];
	     before != parcel; before = before->next)
		if (!riser_fault_may_pass(&parcel->arrival.tlp,
					  &before->arrival.tlp))
			return false;
	return true;
}

static void pump(struct riser_engine *engine, enum riser_direction direction)
{
	struct riser_parcel **at = &engine->faults->held[direction], *parcel;

	while ((parcel = *at)) {
		if (!is_due(engine, parcel)) {
			at = &parcel->next;
			continue;
		}
		if (parcel->waits)
			riser_fault_remark(engine, parcel->injection,
					   "not reordered: nothing came that may pass it");
		parcel->waits = false;
		*at = parcel->next;
		if (deliver(engine, parcel))
			continue;
		parcel->next = *at;
		*at = parcel;
		at = &parcel->next;
	}
}

/* The host has credits again. */
static void end_withholding(struct riser_engine *engine)
{
	struct riser_faults *faults = engine->faults;
	uint32_t levels = engine->hold_levels, c;

	if (!levels)
		return;
	for (c = 0; c < RISER_NR_CLASSES; c++)
		if (faults->hold_until[c] <= engine->cycle)
			levels &= ~RISER_SB_HOLD_TX(c);
	if (levels != engine->hold_levels)
		riser_session_hold(engine, levels);
}

void riser_fault_pump(struct riser_engine *engine)
{
	struct riser_faults *faults = engine->faults;

	end_withholding(engine);
	if (faults->held[RISER_TO_CARD] && engine->phase == RISER_PHASE_UP)
		pump(engine, RISER_TO_CARD);
	faults->is_full = false;
	if (faults->held[RISER_TO_HOST])
		pump(engine, RISER_TO_HOST);
}

void riser_fault_release(struct riser_engine *engine)
{
	struct riser_parcel **at = &engine->faults->lent, *parcel;

	while ((parcel = *at)) {
		if (engine->run.rx[parcel->tlp_class].tail <= parcel->index) {
			at = &parcel->next;
			continue;
		}
		*at = parcel->next;
		free(parcel);
	}
}

bool riser_fault_is_busy(const struct riser_engine *engine)
{
	return engine->faults->held[RISER_TO_CARD] ||
	       engine->faults->held[RISER_TO_HOST] || engine->hold_levels;
}

bool riser_fault_is_full(const struct riser_engine *engine)
{
	return engine->faults->is_full;
}

static uint64_t until(const struct riser_engine *engine, uint64_t due,
		      uint64_t cycles)
{
	uint64_t left = due > engine->cycle ? due - engine->cycle : 1;

	return left < cycles ? left : cycles;
}

uint64_t riser_fault_cycles(const struct riser_engine *engine)
{
	const struct riser_faults *faults = engine->faults;
	const struct riser_parcel *parcel;
	uint64_t cycles = UINT64_MAX;
	int dir, c;

	for (dir = 0; dir < RISER_NR_DIRECTIONS; dir++)
		for (parcel = faults->held[dir]; parcel; parcel = parcel->next)
			if (parcel->due > engine->cycle)
				cycles = until(engine, parcel->due, cycles);
			else if (cycles > RISER_BACKLOG_CYCLES)
				cycles = RISER_BACKLOG_CYCLES;
	for (c = 0; c < RISER_NR_CLASSES; c++)
		if (engine->hold_levels & RISER_SB_HOLD_TX(c))
			cycles = until(engine, faults->hold_until[c], cycles);
	return cycles;
}
