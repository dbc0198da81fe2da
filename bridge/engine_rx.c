// SPDX-License-Identifier: Apache-2.0
/*
 * From the down ring to the model's queues.
 *
 * Posted requests and completions are read by the model where they are in the
 * ring; their records go back to the kernel in ring order once the model has
 * taken them. Non-posted requests are small and are copied aside, so that one
 * that the card does not accept never blocks the ring.
 */
#include "engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define QUEUE_MASK	(RISER_RX_QUEUE - 1)
#define HOLD_MASK	(RISER_HOLD_QUEUE - 1)

/* A record that nobody needs any more goes back when all before it did. */
static void hold_nothing(struct riser_engine *engine, uint32_t end)
{
	if (engine->hold_head == engine->hold_tail)
		engine->release_end = end;
	else
		engine->hold[(engine->hold_head - 1) & HOLD_MASK].end = end;
}

static void hold_tlp(struct riser_engine *engine, uint32_t end,
		     enum riser_tlp_class tlp_class)
{
	struct riser_hold *hold =
		&engine->hold[engine->hold_head++ & HOLD_MASK];

	hold->end = end;
	hold->tlp_class = tlp_class;
	hold->index = engine->run.rx[tlp_class].head;
}

void riser_rx_release(struct riser_engine *engine)
{
	const struct riser_hold *hold;

	riser_pending_accepted(engine);
	if (engine->faults)
		riser_fault_release(engine);
	while (engine->hold_tail != engine->hold_head) {
		hold = &engine->hold[engine->hold_tail & HOLD_MASK];
		/* taken when the queue's tail has moved past it */
		if (engine->run.rx[hold->tlp_class].tail <= hold->index)
			break;
		engine->release_end = hold->end;
		engine->hold_tail++;
	}
	riser_down_release(&engine->down, engine->release_end);
}

void riser_rx_discard(struct riser_engine *engine)
{
	struct riser_rx_queue *queue;
	int i;

	for (i = 0; i < RISER_NR_CLASSES; i++) {
		queue = &engine->run.rx[i];
		engine->stats.dropped_link_down += queue->head - queue->tail;
		queue->head = queue->tail;
	}
	if (engine->hold_tail != engine->hold_head)
		engine->release_end =
			engine->hold[(engine->hold_head - 1) & HOLD_MASK].end;
	engine->hold_tail = engine->hold_head;
	if (engine->slots)
		riser_engine_slots_discard(engine);
	if (engine->faults)
		riser_fault_discard(engine);
	engine->np_tail_seen = engine->run.rx[RISER_NONPOSTED].tail;
	riser_down_release(&engine->down, engine->release_end);
}

static void put(struct riser_engine *engine, enum riser_tlp_class tlp_class,
		const uint8_t *bytes, uint32_t len)
{
	struct riser_rx_queue *queue = &engine->run.rx[tlp_class];
	struct riser_tlp_ref *ref = &queue->ref[queue->head & QUEUE_MASK];

	ref->bytes = bytes;
	ref->len = len;
	/* nothing passes a posted request that came before it */
	ref->after_posted = tlp_class == RISER_POSTED ?
			    0 : engine->run.rx[RISER_POSTED].head;
	queue->head++;
}

/* The host's completion for a read of the card. */
static void match_card_request(struct riser_engine *engine,
			       const struct riser_tlp *cpl,
			       struct riser_tlp_event *event)
{
	struct riser_card_request *request =
		&engine->card_request[(cpl->requester & 7) << 10 | cpl->tag];

	if (!request->is_waiting)
		return;
	event->request_seq = request->seq;
	event->request_cycle = request->cycle;
	if (!riser_cpl_is_last(cpl))
		return;
	request->is_waiting = false;
	engine->nr_card_requests--;
}

static void remember_access(struct riser_engine *engine, const uint8_t *bytes,
			    uint32_t len)
{
	struct riser_last_access *last = &engine->last[0];

	engine->last[1] = *last;
	last->cycle = engine->cycle;
	last->len = len <= RISER_LAST_BYTES ? len : 0;
	riser_copy_tlp(last->bytes, bytes, last->len);
}

static void learn(struct riser_engine *engine, const struct riser_tlp *tlp)
{
	if (tlp->kind == RISER_TLP_CFGWR0)
		riser_bar_map_cfg_write(&engine->bars, tlp);
	else if (tlp->kind == RISER_TLP_MWR)
		riser_bar_map_mem_write(&engine->bars, tlp);
}

static void put_nonposted(struct riser_engine *engine,
			  const struct riser_arrival *arrival)
{
	uint64_t head = engine->run.rx[RISER_NONPOSTED].head;
	struct riser_pending *pending = &engine->pending[arrival->tlp.tag];
	uint32_t slot = head & QUEUE_MASK;

	riser_copy_tlp(engine->np_slot[slot], arrival->bytes, arrival->len);
	engine->np_tag[slot] = arrival->tlp.tag;
	if (!arrival->is_pending) {
		riser_pending_add(engine, arrival);
	} else if (!arrival->is_extra) {
		pending->np_index = head;
		pending->seq = engine->next_seq;
	}
	put(engine, RISER_NONPOSTED, engine->np_slot[slot], arrival->len);
}

/* While the link is down the port above answers: nothing reaches the card. */
static int drop_tlp(struct riser_engine *engine, const struct riser_tlp *tlp,
		    const struct riser_down_rec *down)
{
	if (riser_tlp_class(tlp->kind) == RISER_NONPOSTED &&
	    !riser_timeout_send(engine, tlp->tag))
		return -EAGAIN;
	engine->stats.dropped_link_down++;
	hold_nothing(engine, down->end);
	return 0;
}

static struct riser_tlp_event event_of(struct riser_engine *engine,
				       const struct riser_arrival *arrival)
{
	return (struct riser_tlp_event){
		.seq = engine->next_seq, .request_seq = RISER_NO_SEQ,
		.cycle = engine->cycle, .host_ns = arrival->host_ns,
		.bridge_ns = engine->now_ns, .bytes = arrival->bytes,
		.len = arrival->len, .site = arrival->site,
		.direction = RISER_TO_CARD,
		.tlp_class = riser_tlp_class(arrival->tlp.kind),
		.tlp = &arrival->tlp, .names = &engine->names,
		.fault = arrival->fault,
	};
}

int riser_rx_accept(struct riser_engine *engine,
		    const struct riser_arrival *arrival)
{
	struct riser_tlp_event event = event_of(engine, arrival);
	const struct riser_fault *rule;
	struct riser_tlp changed;

	if (event.tlp_class == RISER_COMPLETION) {
		match_card_request(engine, &arrival->tlp, &event);
	} else {
		learn(engine, &arrival->tlp);
		remember_access(engine, arrival->bytes, arrival->len);
	}
	if (event.tlp_class == RISER_NONPOSTED)
		put_nonposted(engine, arrival);
	if (event.tlp_class == RISER_NONPOSTED || !arrival->is_in_ring)
		riser_rx_forget(engine, arrival);
	else
		hold_tlp(engine, arrival->end, event.tlp_class);
	if (event.tlp_class != RISER_NONPOSTED)
		put(engine, event.tlp_class, arrival->bytes, arrival->len);
	/* for the observers: what the card gets */
	if (arrival->fault & RISER_FAULTED_CHANGED)
		event.tlp = riser_tlp_decode(&changed, arrival->bytes,
					     arrival->len) ? NULL : &changed;
	rule = riser_trigger_find(engine, &event, arrival->caller);
	riser_observe_to_card(engine, &event, arrival->caller);
	engine->next_seq++;
	if (rule)
		riser_trigger_tlp(engine, &event, rule);
	return 0;
}

void riser_rx_forget(struct riser_engine *engine,
		     const struct riser_arrival *arrival)
{
	if (arrival->is_in_ring)
		hold_nothing(engine, arrival->end);
}

void riser_rx_lose(struct riser_engine *engine,
		   const struct riser_arrival *arrival)
{
	struct riser_tlp_event event = event_of(engine, arrival);

	event.seq = RISER_NO_SEQ;
	event.fault = RISER_FAULTED_LOST;
	if (event.tlp_class == RISER_COMPLETION)
		match_card_request(engine, &arrival->tlp, &event);
	else
		remember_access(engine, arrival->bytes, arrival->len);
	riser_observe_lost(engine, &event, arrival->caller);
}

static int take_tlp(struct riser_engine *engine,
		    const struct riser_down_rec *down)
{
	/* member by member: .tlp is written by the decoder */
	struct riser_arrival arrival;

	arrival.bytes = down->body;
	arrival.len = down->rec.len;
	arrival.site = down->rec.aux;
	arrival.end = down->end;
	arrival.is_in_ring = true;
	arrival.is_pending = false;
	arrival.is_extra = false;
	arrival.fault = 0;
	arrival.host_ns = down->rec.time;
	arrival.caller = NULL;
	if (down->rec.flags & PCIEM_RECF_CALLER) {
		if (arrival.len < sizeof(*arrival.caller))
			return -EPROTO;
		arrival.caller = (const void *)arrival.bytes;
		arrival.bytes += sizeof(*arrival.caller);
		arrival.len -= (uint32_t)sizeof(*arrival.caller);
	}
	if (riser_tlp_decode(&arrival.tlp, arrival.bytes, arrival.len))
		return -EPROTO;
	if (engine->phase == RISER_PHASE_RESET ||
	    engine->phase == RISER_PHASE_RESET_MIN)
		return drop_tlp(engine, &arrival.tlp, down);
	if (riser_tlp_class(arrival.tlp.kind) == RISER_NONPOSTED &&
	    arrival.len > RISER_NP_SLOT_BYTES)
		return -EPROTO;
	if (engine->faults)
		return riser_fault_arrive(engine, &arrival);
	return riser_rx_accept(engine, &arrival);
}

static void take_text(char *text, size_t size, const uint8_t *body,
		      uint32_t len)
{
	uint32_t i;

	if (len >= size)
		len = (uint32_t)size - 1;
	for (i = 0; i < len && body[i]; i++)
		text[i] = body[i] >= ' ' && body[i] < 127 ? (char)body[i] : ' ';
	while (i && text[i - 1] == ' ')
		i--;
	text[i] = '\0';
}

static void take_site(struct riser_engine *engine,
		      const struct riser_down_rec *down)
{
	const struct riser_site_entry *entry;
	uint32_t site;

	entry = riser_sites_add(&engine->sites, down->body, down->rec.len,
				&site);
	if (entry)
		riser_observe_site(engine, site, entry);
}

/* A mark that a fault rule waits for is no wish for a window. */
static void take_mark(struct riser_engine *engine, const char *text,
		      uint64_t host_ns)
{
	bool is_armed;

	if (riser_backdoor_mark(engine, text, host_ns))
		return;
	engine->stats.marks++;
	is_armed = engine->faults && riser_fault_mark(engine, text);
	riser_note(engine, RISER_NOTE_MARK, 0, host_ns, "%s", text);
	if (!is_armed)
		riser_trigger_tell(engine, RISER_FINDING_MARK, host_ns, text);
}

static int take_record(struct riser_engine *engine,
		       const struct riser_down_rec *down)
{
	char text[PCIEM_TEXT_MAX_BYTES];

	switch (down->rec.type) {
	case PCIEM_REC_TLP:
		return take_tlp(engine, down);
	case PCIEM_REC_SITE:
		take_site(engine, down);
		break;
	case PCIEM_REC_RESET:
		riser_session_reset(engine, down->rec.aux);
		break;
	case PCIEM_REC_EVENT:
		take_text(text, sizeof(text), down->body, down->rec.len);
		riser_note(engine, RISER_NOTE_KERNEL, down->rec.aux,
			   down->rec.time, "%s", text);
		riser_finding_kernel(engine, down->rec.aux, text,
				     down->rec.time);
		break;
	case PCIEM_REC_MARK:
		take_text(text, sizeof(text), down->body, down->rec.len);
		take_mark(engine, text, down->rec.time);
		break;
	}
	hold_nothing(engine, down->end);
	return 0;
}

static bool has_room(const struct riser_engine *engine)
{
	const struct riser_rx_queue *rx = engine->run.rx;

	return rx[RISER_POSTED].head - rx[RISER_POSTED].tail < RISER_RX_QUEUE &&
	       rx[RISER_COMPLETION].head - rx[RISER_COMPLETION].tail <
	       RISER_RX_QUEUE &&
	       engine->hold_head - engine->hold_tail < RISER_HOLD_QUEUE;
}

/* Records are left in the ring while a reset is prepared or the link trains. */
static bool may_take(const struct riser_engine *engine)
{
	return engine->phase == RISER_PHASE_UP ||
	       engine->phase == RISER_PHASE_RESET;
}

int riser_rx_drain(struct riser_engine *engine)
{
	const struct riser_rx_queue *np = &engine->run.rx[RISER_NONPOSTED];
	struct riser_down_mark before;
	struct riser_down_rec down;
	int ret;

	ret = riser_down_refresh(&engine->down);
	if (ret)
		return ret;
	engine->has_backlog = false;
	while (may_take(engine)) {
		if (!has_room(engine)) {
			engine->has_backlog = true;
			break;
		}
		/* more requests than there are tags: not a kernel of ours */
		if (np->head - np->tail == RISER_RX_QUEUE)
			return -EPROTO;
		before = riser_down_mark(&engine->down);
		ret = riser_down_next(&engine->down, &down);
		if (ret <= 0)
			break;
		ret = take_record(engine, &down);
		if (ret == -EAGAIN) {
			riser_down_back(&engine->down, before);
			engine->has_backlog = true;
			ret = 0;
			break;
		}
		if (ret)
			break;
	}
	if (engine->slots && engine->phase == RISER_PHASE_UP)
		riser_engine_slots_deliver(engine);
	riser_down_release(&engine->down, engine->release_end);
	return ret < 0 ? ret : 0;
}
