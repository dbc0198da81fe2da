// SPDX-License-Identifier: Apache-2.0
/*
 * From the model to the up ring. The model has written its records where the
 * kernel will read them; here they are numbered, published all at once, matched,
 * and shown to the observers. A driver that waits need not wait for observers; the
 * engine looks at nothing that the kernel does next before it is done with them.
 */
#include "engine.h"

#include <errno.h>
#include <string.h>

/* as many records are published before they are shown; mostly it is one */
#define EARLY_RECORDS	32

uint32_t riser_cpl_bytes(const struct riser_tlp *cpl)
{
	uint32_t bytes;

	if (!cpl->data)
		return 0;
	bytes = cpl->data_bytes - (cpl->lower_addr & 3U);
	return bytes < cpl->byte_count ? bytes : cpl->byte_count;
}

bool riser_cpl_is_last(const struct riser_tlp *cpl)
{
	return cpl->status != RISER_CPL_SC || !cpl->data ||
	       riser_cpl_bytes(cpl) >= cpl->byte_count;
}

static uint32_t first_dword(const struct riser_tlp *tlp)
{
	const uint8_t *p = tlp->data;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void learn_config(struct riser_engine *engine,
			 const struct riser_pending *pending,
			 const struct riser_tlp *cpl)
{
	struct riser_function *fn;

	if (pending->tlp.kind == RISER_TLP_CFGRD0 && cpl->data) {
		riser_bar_map_cfg_read(&engine->bars, pending->tlp.target,
				       pending->tlp.reg, pending->tlp.first_be,
				       first_dword(cpl));
		return;
	}
	fn = riser_bar_map_function(&engine->bars, pending->tlp.target);
	if (fn)
		fn->is_seen = true;
}

static bool is_config(const struct riser_tlp *tlp)
{
	return tlp->kind >= RISER_TLP_CFGRD0 && tlp->kind <= RISER_TLP_CFGWR1;
}

/* Absent functions answer UR during a scan; one that has answered must not. */
static bool is_worth_a_finding(struct riser_engine *engine,
			       const struct riser_pending *pending,
			       const struct riser_tlp *cpl)
{
	const struct riser_function *fn;

	if (cpl->status == RISER_CPL_SC ||
	    (cpl->status == RISER_CPL_RRS && is_config(&pending->tlp)))
		return false;
	if (cpl->status != RISER_CPL_UR || !is_config(&pending->tlp))
		return true;
	fn = riser_bar_map_function(&engine->bars, pending->tlp.target);
	return fn && fn->is_seen;
}

static void unexpected(struct riser_engine *engine,
		       const struct riser_tlp_event *event)
{
	engine->stats.unexpected_cpl++;
	riser_finding_tlp(engine, RISER_FINDING_UNEXPECTED_CPL, event->bytes,
			  event->len, event->cycle, event->seq);
}

static void match_completion(struct riser_engine *engine,
			     struct riser_tlp_event *event)
{
	const struct riser_tlp *cpl = event->tlp;
	struct riser_pending *pending = &engine->pending[cpl->tag];

	if (pending->state == RISER_PENDING_FREE ||
	    pending->tlp.requester != cpl->requester) {
		if (!event->fault)
			unexpected(engine, event);
		return;
	}
	event->request_seq = pending->seq;
	event->request_cycle = pending->cycle;
	if (pending->state == RISER_PENDING_EXPIRED) {
		riser_finding_late(engine, pending, event->cycle);
		if (riser_cpl_is_last(cpl))
			pending->state = RISER_PENDING_FREE;
		return;
	}
	if (is_worth_a_finding(engine, pending, cpl) && !pending->is_quiet)
		riser_finding_status(engine, pending, cpl, event->cycle);
	if (cpl->ep && !event->fault)
		riser_finding_tlp(engine, RISER_FINDING_POISONED, event->bytes,
				  event->len, event->cycle, event->seq);
	if (cpl->status == RISER_CPL_SC && is_config(&pending->tlp))
		learn_config(engine, pending, cpl);
	if (riser_cpl_is_last(cpl))
		riser_pending_remove(engine, cpl->tag);
}

static void add_card_request(struct riser_engine *engine,
			     const struct riser_tlp_event *event)
{
	const struct riser_tlp *tlp = event->tlp;
	struct riser_card_request *request =
		&engine->card_request[(tlp->requester & 7) << 10 | tlp->tag];

	if (!request->is_waiting)
		engine->nr_card_requests++;
	request->is_waiting = true;
	request->seq = event->seq;
	request->cycle = event->cycle;
}

static struct riser_tlp_event event_of(struct riser_engine *engine,
				       const struct riser_tx_rec *rec,
				       const uint8_t *bytes, uint8_t fault)
{
	return (struct riser_tlp_event){
		.seq = engine->next_seq, .request_seq = RISER_NO_SEQ,
		.cycle = rec->cycle, .bridge_ns = engine->now_ns,
		.bytes = bytes, .len = rec->len,
		.direction = RISER_TO_HOST, .tlp_class = rec->aux,
		.names = &engine->names, .fault = fault,
	};
}

static void undecodable(struct riser_engine *engine,
			const struct riser_tlp_event *event)
{
	if (event->fault)
		return;
	engine->stats.undecodable++;
	riser_finding_tlp(engine, RISER_FINDING_MALFORMED, event->bytes,
			  event->len, event->cycle, event->seq);
}

static void take_tlp(struct riser_engine *engine,
		     const struct riser_tx_rec *rec, const uint8_t *bytes)
{
	struct riser_tlp_event event = event_of(engine, rec, bytes, 0);
	enum riser_tlp_class tlp_class;
	const struct riser_fault *rule = NULL;
	struct riser_tlp tlp;

	if (riser_tlp_decode(&tlp, bytes, rec->len)) {
		undecodable(engine, &event);
	} else {
		event.tlp = &tlp;
		/* the event keeps the channel: a card may use a wrong one */
		tlp_class = riser_tlp_class(tlp.kind);
		rule = riser_trigger_find(engine, &event, NULL);
		if (tlp_class == RISER_COMPLETION)
			match_completion(engine, &event);
		else if (tlp_class == RISER_NONPOSTED)
			add_card_request(engine, &event);
	}
	riser_observe_tlp(engine, &event);
	engine->next_seq++;
	if (rule)
		riser_trigger_tlp(engine, &event, rule);
}

void riser_tx_sent(struct riser_engine *engine, const struct riser_tx_rec *rec,
		   const uint8_t *bytes, uint8_t fault)
{
	struct riser_tlp_event event = event_of(engine, rec, bytes, fault);
	const struct riser_fault *rule = NULL;
	const struct riser_pending *pending;
	enum riser_tlp_class tlp_class;
	struct riser_tlp tlp;

	if (!riser_tlp_decode(&tlp, bytes, rec->len)) {
		event.tlp = &tlp;
		/* as in take_tlp(): the event keeps the channel */
		tlp_class = riser_tlp_class(tlp.kind);
		rule = riser_trigger_find(engine, &event, NULL);
		pending = &engine->pending[tlp.tag];
		if (tlp_class == RISER_NONPOSTED &&
		    !(fault & RISER_FAULTED_NO_ANSWER))
			add_card_request(engine, &event);
		if (tlp_class == RISER_COMPLETION &&
		    pending->state != RISER_PENDING_FREE &&
		    pending->tlp.requester == tlp.requester) {
			event.request_seq = pending->seq;
			event.request_cycle = pending->cycle;
		}
	}
	riser_observe_tlp(engine, &event);
	engine->next_seq++;
	if (rule)
		riser_trigger_tlp(engine, &event, rule);
}

void riser_tx_arrived(struct riser_engine *engine,
		      const struct riser_tx_rec *rec, const uint8_t *bytes,
		      uint8_t fault)
{
	struct riser_tlp_event event = event_of(engine, rec, bytes, fault);
	struct riser_tlp tlp;

	event.seq = fault ? RISER_NO_SEQ : engine->next_seq - 1;
	if (riser_tlp_decode(&tlp, bytes, rec->len)) {
		undecodable(engine, &event);
	} else {
		event.tlp = &tlp;
		if (riser_tlp_is_completion(tlp.kind))
			match_completion(engine, &event);
	}
	if (fault)
		riser_observe_lost(engine, &event, NULL);
}

_Static_assert(RISER_TLP_SENT_MAX_BYTES == PCIEM_REC_MAX_BYTES - sizeof(struct riser_tx_rec),
	       "what is valid can be recorded and read again");

bool riser_tx_rec_is_valid(const struct riser_tx_rec *rec, uint64_t room)
{
	return rec->bytes >= sizeof(*rec) && rec->bytes <= room &&
	       rec->bytes % PCIEM_REC_ALIGN == 0 &&
	       rec->bytes <= PCIEM_REC_MAX_BYTES &&
	       rec->len <= rec->bytes - sizeof(*rec) &&
	       rec->type == PCIEM_REC_TLP && !rec->flags &&
	       rec->aux < RISER_NR_CLASSES;
}

/* Numbers the record at *@at, and goes behind it; 0 or -EPROTO. */
static int number(struct riser_engine *engine, struct riser_tx_rec *rec,
		  uint8_t **at, uint64_t *left)
{
	if (*left < sizeof(*rec))
		return -EPROTO;
	memcpy(rec, *at, sizeof(*rec));
	if (!riser_tx_rec_is_valid(rec, *left))
		return -EPROTO;
	rec->seq = engine->up.seq++;
	memcpy(*at + offsetof(struct riser_tx_rec, seq), &rec->seq,
	       sizeof(rec->seq));
	*at += rec->bytes;
	*left -= rec->bytes;
	return 0;
}

static void publish(struct riser_engine *engine)
{
	riser_up_advance(&engine->up, (uint32_t)engine->run.tx_used);
	riser_up_publish(&engine->up);
	if (engine->slots)
		riser_engine_slots_sent(engine);
	riser_kick_if_needed(engine);
}

/*
 * The records stay where they are until the model runs again; their heads, which
 * say how long they are, are kept from before others could see them.
 */
static int publish_early(struct riser_engine *engine)
{
	uint8_t *end = engine->run.tx, *at = end;
	uint64_t left = engine->run.tx_used;
	struct riser_tx_rec rec[EARLY_RECORDS];
	uint32_t i, nr;
	int ret = 0;

	for (nr = 0; nr < engine->run.tx_nr && !ret; nr += !ret)
		ret = number(engine, &rec[nr], &end, &left);
	if (!ret && left)
		ret = -EPROTO;
	if (!ret)
		publish(engine);
	for (i = 0; i < nr; i++) {
		take_tlp(engine, &rec[i], at + sizeof(rec[i]));
		at += rec[i].bytes;
	}
	return ret;
}

/* The first @nr records, which were served from slots, are shown and taken out. */
static void take_first(struct riser_engine *engine, uint32_t nr)
{
	uint8_t *at = engine->run.tx;
	struct riser_tx_rec rec;

	engine->run.tx_nr -= nr;
	while (nr--) {
		memcpy(&rec, at, sizeof(rec));
		take_tlp(engine, &rec, at + sizeof(rec));
		at += rec.bytes;
	}
	engine->run.tx_used -= (uint64_t)(at - engine->run.tx);
	memmove(engine->run.tx, at, engine->run.tx_used);
}

/* Those in @served stand between others: all are shown in order, the others go up. */
static int take_between(struct riser_engine *engine, uint64_t served)
{
	uint8_t *end = engine->run.tx, *to = end, *at;
	uint64_t left = engine->run.tx_used;
	struct riser_tx_rec rec;
	uint32_t i;

	for (i = 0; i < engine->run.tx_nr; i++) {
		at = end;
		if (i < 64 && served >> i & 1) {
			memcpy(&rec, at, sizeof(rec));
			take_tlp(engine, &rec, at + sizeof(rec));
			end += rec.bytes;
			left -= rec.bytes;
			continue;
		}
		if (number(engine, &rec, &end, &left))
			return -EPROTO;
		take_tlp(engine, &rec, at + sizeof(rec));
		memmove(to, at, rec.bytes);
		to += rec.bytes;
	}
	if (left)
		return -EPROTO;
	engine->run.tx_used = (uint64_t)(to - engine->run.tx);
	publish(engine);
	return 0;
}

/* Serves what needs no kernel. 1: the rest is for the ring; 0: all is done; or -EPROTO. */
static int serve_slots(struct riser_engine *engine)
{
	uint64_t served = riser_engine_slots_serve(engine);

	if (!served)
		return 1;
	/* from the first on: the others are published before they are shown */
	if (served & (served + 1))
		return take_between(engine, served);
	take_first(engine, (uint32_t)__builtin_popcountll(served));
	return engine->run.tx_nr || engine->run.tx_used;
}

int riser_tx_process(struct riser_engine *engine)
{
	uint8_t *end = engine->run.tx, *at;
	uint64_t left = engine->run.tx_used;
	struct riser_tx_rec rec;
	uint32_t i;
	int ret;

	if (!engine->run.tx_nr)
		return 0;
	if (left > engine->run.tx_bytes)
		return -EPROTO;
	if (engine->faults)
		return riser_fault_depart(engine);
	if (engine->slots) {
		ret = serve_slots(engine);
		if (ret <= 0)
			return ret;
		left = engine->run.tx_used;
	}
	if (engine->run.tx_nr <= EARLY_RECORDS)
		return publish_early(engine);
	for (i = 0; i < engine->run.tx_nr; i++) {
		at = end;
		if (number(engine, &rec, &end, &left))
			return -EPROTO;
		take_tlp(engine, &rec, at + sizeof(rec));
	}
	if (left)
		return -EPROTO;
	publish(engine);
	return 0;
}
