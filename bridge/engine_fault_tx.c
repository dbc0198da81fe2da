// SPDX-License-Identifier: Apache-2.0
/*
 * Faults of TLPs on their way to the host. With faults the model's records are
 * copied aside first, so that records can be left out, added and changed.
 */
#include "fault_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool riser_fault_emit(struct riser_engine *engine,
		      const struct riser_parcel *parcel)
{
	const struct riser_arrival *arrival = &parcel->arrival;
	struct riser_tx_rec rec = {
		.bytes = (uint32_t)(sizeof(rec) + ((arrival->len + 15) & ~15U)),
		.type = PCIEM_REC_TLP,
		.len = arrival->len,
		.aux = parcel->tlp_class,
		.cycle = arrival->fault ? engine->cycle : parcel->cycle,
	};
	uint32_t room;
	uint8_t *area;

	if (riser_up_refresh(&engine->up))
		return false;
	area = riser_up_area(&engine->up, rec.bytes, &room);
	if (room < rec.bytes) {
		engine->faults->is_full = true;
		return false;
	}
	rec.seq = engine->up.seq++;
	memcpy(area, &rec, sizeof(rec));
	memset(area + rec.bytes - 16, 0, 16);
	memcpy(area + sizeof(rec), arrival->bytes, arrival->len);
	riser_up_advance(&engine->up, rec.bytes);
	riser_tx_arrived(engine, &rec, arrival->bytes, arrival->fault);
	riser_up_publish(&engine->up);
	riser_kick_if_needed(engine);
	return true;
}

static struct riser_parcel *copy(struct riser_engine *engine,
				 const struct riser_arrival *arrival,
				 const struct riser_tx_rec *rec, uint8_t fault)
{
	struct riser_parcel *parcel;

	parcel = riser_parcel_new(engine, arrival, RISER_TO_HOST, rec->cycle);
	if (parcel) {
		parcel->arrival.fault = fault;
		parcel->tlp_class = (enum riser_tlp_class)rec->aux;
	}
	return parcel;
}

static void send_copy(struct riser_engine *engine,
		      const struct riser_arrival *arrival,
		      const struct riser_tx_rec *rec, uint8_t fault)
{
	struct riser_parcel *parcel = copy(engine, arrival, rec, fault);

	if (parcel)
		riser_parcel_send(engine, parcel);
	riser_parcel_passed(engine, RISER_TO_HOST);
}

/* The host will wait in vain, or get something else. */
static void expect_nothing(struct riser_engine *engine,
			   const struct riser_arrival *arrival)
{
	struct riser_pending *pending = &engine->pending[arrival->tlp.tag];

	if (riser_tlp_is_completion((enum riser_tlp_kind)arrival->tlp.kind) &&
	    pending->state == RISER_PENDING_WAITS)
		pending->is_quiet = true;
}

static bool is_request(const struct riser_arrival *arrival)
{
	return riser_tlp_class((enum riser_tlp_kind)arrival->tlp.kind) ==
	       RISER_NONPOSTED;
}

static void lose(struct riser_engine *engine,
		 const struct riser_arrival *arrival,
		 const struct riser_tx_rec *rec)
{
	uint8_t fault = RISER_FAULTED_LOST;

	if (is_request(arrival))
		fault |= RISER_FAULTED_NO_ANSWER;
	riser_tx_sent(engine, rec, arrival->bytes, fault);
	expect_nothing(engine, arrival);
}

/* Somebody on the way answers the card in the host's name. */
static void answer(struct riser_engine *engine,
		   const struct riser_arrival *arrival,
		   const struct riser_tx_rec *rec, uint8_t status)
{
	struct riser_arrival cpl = { .fault = RISER_FAULTED_CHANGED };
	struct riser_parcel *parcel;
	uint8_t bytes[12];

	riser_tx_sent(engine, rec, arrival->bytes, RISER_FAULTED_LOST |
		      RISER_FAULTED_NO_ANSWER);
	cpl.bytes = bytes;
	cpl.len = riser_fault_answer(&arrival->tlp, 0, status, bytes);
	riser_tlp_decode(&cpl.tlp, bytes, cpl.len);
	parcel = riser_parcel_new(engine, &cpl, RISER_TO_CARD, engine->cycle);
	if (parcel)
		riser_parcel_send(engine, parcel);
}

static void change(struct riser_engine *engine,
		   const struct riser_arrival *arrival,
		   const struct riser_tx_rec *rec,
		   const struct riser_fault *fault)
{
	struct riser_parcel *parcel;
	uint8_t status = fault->action == RISER_FAULT_UR ? RISER_CPL_UR :
							   RISER_CPL_CA;

	lose(engine, arrival, rec);
	parcel = copy(engine, arrival, rec, RISER_FAULTED_CHANGED);
	if (!parcel)
		return;
	switch (fault->action) {
	case RISER_FAULT_POISON:
		riser_fault_poison(parcel->bytes);
		break;
	case RISER_FAULT_CORRUPT:
		riser_fault_corrupt(fault, &arrival->tlp, parcel->bytes);
		break;
	default:
		parcel->arrival.len = riser_fault_fail(parcel->bytes, status);
		break;
	}
	riser_parcel_send(engine, parcel);
}

static void duplicate(struct riser_engine *engine,
		      const struct riser_arrival *arrival,
		      const struct riser_tx_rec *rec)
{
	riser_tx_sent(engine, rec, arrival->bytes, 0);
	send_copy(engine, arrival, rec, 0);
	send_copy(engine, arrival, rec, RISER_FAULTED_CHANGED);
}

static void split(struct riser_engine *engine,
		  const struct riser_arrival *arrival,
		  const struct riser_tx_rec *rec, uint32_t boundary)
{
	uint8_t bytes[RISER_TLP_MAX_BYTES];
	struct riser_arrival part = *arrival;
	uint32_t done = 0;

	riser_tx_sent(engine, rec, arrival->bytes, RISER_FAULTED_LOST);
	part.bytes = bytes;
	while (done < arrival->tlp.data_bytes) {
		done += riser_fault_split(&arrival->tlp, boundary, done, bytes);
		part.len = 12 + 4U * ((bytes[2] & 3U) << 8 | bytes[3]);
		riser_tlp_decode(&part.tlp, bytes, part.len);
		send_copy(engine, &part, rec, RISER_FAULTED_CHANGED);
	}
	if (part.len == arrival->len)
		riser_fault_remark(engine, riser_fault_newest(engine),
				   "not split: no boundary lies inside of it");
}

static void hold_back(struct riser_engine *engine,
		      const struct riser_arrival *arrival,
		      const struct riser_tx_rec *rec,
		      const struct riser_fault *fault)
{
	bool waits = fault->action == RISER_FAULT_REORDER;
	struct riser_parcel *parcel;

	riser_tx_sent(engine, rec, arrival->bytes, 0);
	expect_nothing(engine, arrival);
	parcel = copy(engine, arrival, rec, RISER_FAULTED_CHANGED);
	if (!parcel)
		return;
	parcel->injection = riser_fault_newest(engine);
	riser_parcel_hold(engine, parcel, engine->cycle +
			  (waits ? RISER_REORDER_CYCLES : fault->cycles),
			  waits);
}

static void withhold(struct riser_engine *engine,
		     const struct riser_tx_rec *rec,
		     const struct riser_fault *fault)
{
	uint32_t c = fault->channel == RISER_FAULT_ANY ? rec->aux :
							 fault->channel;

	engine->faults->hold_until[c] = engine->cycle + fault->cycles;
	riser_session_hold(engine, engine->hold_levels | RISER_SB_HOLD_TX(c));
}

static void inject(struct riser_engine *engine,
		   const struct riser_arrival *arrival,
		   const struct riser_tx_rec *rec,
		   const struct riser_fault *fault)
{
	switch (fault->action) {
	case RISER_FAULT_DROP:
		lose(engine, arrival, rec);
		break;
	case RISER_FAULT_DELAY:
	case RISER_FAULT_REORDER:
		hold_back(engine, arrival, rec, fault);
		break;
	case RISER_FAULT_UR:
	case RISER_FAULT_CA:
		if (is_request(arrival)) {
			answer(engine, arrival, rec,
			       fault->action == RISER_FAULT_UR ? RISER_CPL_UR :
								 RISER_CPL_CA);
			break;
		}
		change(engine, arrival, rec, fault);
		break;
	case RISER_FAULT_POISON:
	case RISER_FAULT_CORRUPT:
		change(engine, arrival, rec, fault);
		break;
	case RISER_FAULT_DUPLICATE:
		duplicate(engine, arrival, rec);
		break;
	case RISER_FAULT_SPLIT:
		split(engine, arrival, rec, fault->boundary);
		break;
	case RISER_FAULT_LINK_DOWN:
		lose(engine, arrival, rec);
		riser_fault_link_down(engine, fault);
		break;
	}
}

static void depart(struct riser_engine *engine, const struct riser_tx_rec *rec,
		   const uint8_t *bytes)
{
	struct riser_arrival arrival = { .bytes = bytes, .len = rec->len };
	const struct riser_fault *fault = NULL;

	if (!riser_tlp_decode(&arrival.tlp, bytes, rec->len))
		fault = riser_fault_find(engine, &arrival, RISER_TO_HOST);
	if (fault && fault->action != RISER_FAULT_WITHHOLD) {
		inject(engine, &arrival, rec, fault);
		return;
	}
	riser_tx_sent(engine, rec, bytes, 0);
	send_copy(engine, &arrival, rec, 0);
	if (fault)
		withhold(engine, rec, fault);
}

int riser_fault_depart(struct riser_engine *engine)
{
	struct riser_faults *faults = engine->faults;
	uint64_t left = engine->run.tx_used;
	uint32_t nr = engine->run.tx_nr;
	struct riser_tx_rec rec;
	uint8_t *at;

	if (left > faults->scratch_bytes) {
		free(faults->scratch);
		faults->scratch = aligned_alloc(16, (left + 15) & ~15ULL);
		faults->scratch_bytes = faults->scratch ? left : 0;
		if (!faults->scratch)
			return -ENOMEM;
	}
	memcpy(faults->scratch, engine->run.tx, left);
	for (at = faults->scratch; nr; nr--) {
		if (left < sizeof(rec))
			return -EPROTO;
		memcpy(&rec, at, sizeof(rec));
		if (!riser_tx_rec_is_valid(&rec, left))
			return -EPROTO;
		/* behind a link that went down: sent, but it goes nowhere */
		if (engine->is_over)
			riser_tx_sent(engine, &rec, at + sizeof(rec),
				      RISER_FAULTED_LOST |
				      RISER_FAULTED_NO_ANSWER);
		else
			depart(engine, &rec, at + sizeof(rec));
		at += rec.bytes;
		left -= rec.bytes;
	}
	return left ? -EPROTO : 0;
}
