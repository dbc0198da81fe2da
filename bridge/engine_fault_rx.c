// SPDX-License-Identifier: Apache-2.0
/* Faults of TLPs on their way to the card. */
#include "fault_internal.h"

#include <stdio.h>
#include <string.h>

static enum riser_tlp_class class_of(const struct riser_arrival *arrival)
{
	return riser_tlp_class((enum riser_tlp_kind)arrival->tlp.kind);
}

/* The host waits, and if nothing comes that is the fault's doing. */
static void expect_quietly(struct riser_engine *engine,
			   const struct riser_arrival *arrival)
{
	if (class_of(arrival) != RISER_NONPOSTED || arrival->is_pending)
		return;
	riser_pending_add(engine, arrival);
	engine->pending[arrival->tlp.tag].is_quiet = true;
}

static int pass(struct riser_engine *engine,
		const struct riser_arrival *arrival)
{
	struct riser_parcel *parcel;

	if (!riser_parcel_must_wait(engine, &arrival->tlp, RISER_TO_CARD)) {
		riser_rx_accept(engine, arrival);
		riser_parcel_passed(engine, RISER_TO_CARD);
		return 0;
	}
	parcel = riser_parcel_new(engine, arrival, RISER_TO_CARD,
				  engine->cycle);
	if (parcel && class_of(arrival) == RISER_NONPOSTED &&
	    !arrival->is_pending) {
		riser_pending_add(engine, arrival);
		parcel->arrival.is_pending = true;
	}
	if (parcel)
		riser_parcel_hold(engine, parcel, 0, false);
	riser_rx_forget(engine, arrival);
	return 0;
}

/* A copy to change, of one that the host waits for. */
static struct riser_parcel *copy(struct riser_engine *engine,
				 const struct riser_arrival *arrival)
{
	struct riser_parcel *parcel;

	expect_quietly(engine, arrival);
	parcel = riser_parcel_new(engine, arrival, RISER_TO_CARD,
				  engine->cycle);
	if (parcel) {
		parcel->arrival.is_pending = true;
		parcel->arrival.fault = RISER_FAULTED_CHANGED;
	}
	return parcel;
}

static void drop(struct riser_engine *engine,
		 const struct riser_arrival *arrival)
{
	expect_quietly(engine, arrival);
	if (class_of(arrival) == RISER_NONPOSTED)
		engine->pending[arrival->tlp.tag].seq = RISER_NO_SEQ;
	riser_rx_lose(engine, arrival);
}

static uint16_t card_id(const struct riser_engine *engine,
			const struct riser_tlp *request)
{
	int i;

	if (request->target)
		return request->target;
	for (i = 0; i < RISER_MAX_FUNCTIONS; i++)
		if (engine->bars.function[i].is_seen)
			return engine->bars.function[i].bdf;
	return 0;
}

/* Somebody on the way answers in the card's name. */
static void answer(struct riser_engine *engine,
		   const struct riser_arrival *arrival, uint8_t status)
{
	struct riser_arrival cpl = { .fault = RISER_FAULTED_CHANGED };
	struct riser_parcel *parcel;
	uint8_t bytes[12];

	drop(engine, arrival);
	cpl.bytes = bytes;
	cpl.len = riser_fault_answer(&arrival->tlp,
				     card_id(engine, &arrival->tlp), status,
				     bytes);
	riser_tlp_decode(&cpl.tlp, bytes, cpl.len);
	parcel = riser_parcel_new(engine, &cpl, RISER_TO_HOST, engine->cycle);
	if (parcel)
		riser_parcel_send(engine, parcel);
}

static uint8_t *failed_flag(struct riser_engine *engine,
			    const struct riser_tlp *cpl)
{
	return &engine->faults->has_failed[(cpl->requester & 7) << 10 |
					   cpl->tag];
}

static void fail_completion(struct riser_engine *engine,
			    const struct riser_arrival *arrival,
			    uint8_t status)
{
	struct riser_parcel *parcel = copy(engine, arrival);

	if (!parcel)
		return;
	parcel->arrival.len = riser_fault_fail(parcel->bytes, status);
	/* who failed sends no more of this answer */
	if (!riser_cpl_is_last(&arrival->tlp))
		*failed_flag(engine, &arrival->tlp) = 1;
	riser_tlp_decode(&parcel->arrival.tlp, parcel->bytes,
			 parcel->arrival.len);
	riser_parcel_send(engine, parcel);
}

static void change(struct riser_engine *engine,
		   const struct riser_arrival *arrival,
		   const struct riser_fault *fault)
{
	struct riser_parcel *parcel = copy(engine, arrival);

	if (!parcel)
		return;
	if (fault->action == RISER_FAULT_POISON)
		riser_fault_poison(parcel->bytes);
	else
		riser_fault_corrupt(fault, &arrival->tlp, parcel->bytes);
	riser_parcel_send(engine, parcel);
}

static void duplicate(struct riser_engine *engine,
		      const struct riser_arrival *arrival)
{
	struct riser_parcel *first, *second;

	first = riser_parcel_new(engine, arrival, RISER_TO_CARD, engine->cycle);
	second = riser_parcel_new(engine, arrival, RISER_TO_CARD,
				  engine->cycle);
	if (first)
		riser_parcel_send(engine, first);
	if (!second)
		return;
	second->arrival.is_pending = true;
	second->arrival.is_extra = true;
	second->arrival.fault = RISER_FAULTED_CHANGED;
	riser_parcel_send(engine, second);
}

static void split(struct riser_engine *engine,
		  const struct riser_arrival *arrival, uint32_t boundary)
{
	uint8_t bytes[RISER_TLP_MAX_BYTES];
	struct riser_arrival part = *arrival;
	struct riser_parcel *parcel;
	uint32_t done = 0;

	part.bytes = bytes;
	part.fault = RISER_FAULTED_CHANGED;
	while (done < arrival->tlp.data_bytes) {
		done += riser_fault_split(&arrival->tlp, boundary, done, bytes);
		part.len = 12 + 4U * ((bytes[2] & 3U) << 8 | bytes[3]);
		riser_tlp_decode(&part.tlp, bytes, part.len);
		parcel = riser_parcel_new(engine, &part, RISER_TO_CARD,
					  engine->cycle);
		if (parcel)
			riser_parcel_send(engine, parcel);
	}
	if (part.len == arrival->len)
		riser_fault_remark(engine, riser_fault_newest(engine),
				   "not split: no boundary lies inside of it");
}

static void hold_back(struct riser_engine *engine,
		      const struct riser_arrival *arrival,
		      const struct riser_fault *fault)
{
	bool waits = fault->action == RISER_FAULT_REORDER;
	struct riser_parcel *parcel = copy(engine, arrival);

	if (!parcel)
		return;
	parcel->injection = riser_fault_newest(engine);
	/* the same TLP, later: the card may be judged by it */
	parcel->arrival.fault = 0;
	riser_parcel_hold(engine, parcel, engine->cycle +
			  (waits ? RISER_REORDER_CYCLES : fault->cycles),
			  waits);
}

static void withhold(struct riser_engine *engine,
		     const struct riser_arrival *arrival,
		     const struct riser_fault *fault)
{
	uint8_t c = fault->channel == RISER_FAULT_ANY ?
		    (uint8_t)class_of(arrival) : fault->channel;

	engine->faults->block_until[c] = engine->cycle + fault->cycles;
}

static void inject(struct riser_engine *engine,
		   const struct riser_arrival *arrival,
		   const struct riser_fault *fault)
{
	uint8_t status = fault->action == RISER_FAULT_UR ? RISER_CPL_UR :
							   RISER_CPL_CA;

	switch (fault->action) {
	case RISER_FAULT_DROP:
		drop(engine, arrival);
		break;
	case RISER_FAULT_DELAY:
	case RISER_FAULT_REORDER:
		hold_back(engine, arrival, fault);
		break;
	case RISER_FAULT_UR:
	case RISER_FAULT_CA:
		if (class_of(arrival) == RISER_COMPLETION)
			fail_completion(engine, arrival, status);
		else
			answer(engine, arrival, status);
		break;
	case RISER_FAULT_POISON:
	case RISER_FAULT_CORRUPT:
		change(engine, arrival, fault);
		break;
	case RISER_FAULT_DUPLICATE:
		duplicate(engine, arrival);
		break;
	case RISER_FAULT_SPLIT:
		split(engine, arrival, fault->boundary);
		break;
	case RISER_FAULT_LINK_DOWN:
		riser_rx_lose(engine, arrival);
		riser_fault_link_down(engine, fault);
		break;
	}
	riser_rx_forget(engine, arrival);
}

int riser_fault_arrive(struct riser_engine *engine,
		       const struct riser_arrival *arrival)
{
	bool is_cpl = class_of(arrival) == RISER_COMPLETION;
	const struct riser_fault *fault;

	if (is_cpl && *failed_flag(engine, &arrival->tlp)) {
		if (riser_cpl_is_last(&arrival->tlp))
			*failed_flag(engine, &arrival->tlp) = 0;
		riser_rx_lose(engine, arrival);
		riser_rx_forget(engine, arrival);
		return 0;
	}
	fault = riser_fault_find(engine, arrival, RISER_TO_CARD);
	if (!fault)
		return pass(engine, arrival);
	if (fault->action == RISER_FAULT_WITHHOLD) {
		withhold(engine, arrival, fault);
		return pass(engine, arrival);
	}
	inject(engine, arrival, fault);
	return 0;
}
