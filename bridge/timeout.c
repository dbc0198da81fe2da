// SPDX-License-Identifier: Apache-2.0
/*
 * Host requests that wait for a completion, by tag, in order of their
 * deadlines: all have the same timeout, so the order of sending is that order.
 */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int riser_pending_init(struct riser_engine *engine)
{
	engine->pending = calloc(RISER_HOST_TAGS, sizeof(*engine->pending));
	engine->oldest = RISER_NO_TAG;
	engine->newest = RISER_NO_TAG;
	return engine->pending ? 0 : -ENOMEM;
}

void riser_pending_fini(struct riser_engine *engine)
{
	free(engine->pending);
}

static void unlink_tag(struct riser_engine *engine, uint16_t tag)
{
	struct riser_pending *pending = &engine->pending[tag];

	if (pending->prev == RISER_NO_TAG)
		engine->oldest = pending->next;
	else
		engine->pending[pending->prev].next = pending->next;
	if (pending->next == RISER_NO_TAG)
		engine->newest = pending->prev;
	else
		engine->pending[pending->next].prev = pending->prev;
	engine->nr_pending--;
}

void riser_pending_add(struct riser_engine *engine,
		       const struct riser_arrival *arrival)
{
	const struct riser_tlp *tlp = &arrival->tlp;
	struct riser_pending *pending = &engine->pending[tlp->tag];

	/* a tag that is used twice: the newer request is the one to watch */
	if (pending->state == RISER_PENDING_WAITS)
		unlink_tag(engine, tlp->tag);
	pending->state = RISER_PENDING_WAITS;
	pending->is_quiet = false;
	pending->seq = engine->next_seq;
	pending->cycle = engine->cycle;
	pending->accepted = 0;
	pending->np_index = engine->run.rx[RISER_NONPOSTED].head;
	pending->deadline = engine->cycle + engine->config.timeout_cycles;
	pending->host_ns = arrival->host_ns;
	pending->site = arrival->site;
	pending->len = (uint8_t)arrival->len;
	riser_copy_tlp(pending->bytes, arrival->bytes, arrival->len);
	pending->tlp = *tlp;
	pending->tlp.data = NULL;
	pending->has_caller = arrival->caller != NULL;
	if (arrival->caller)
		pending->caller = *arrival->caller;
	pending->next = RISER_NO_TAG;
	pending->prev = engine->newest;
	if (engine->newest == RISER_NO_TAG)
		engine->oldest = tlp->tag;
	else
		engine->pending[engine->newest].next = tlp->tag;
	engine->newest = tlp->tag;
	engine->nr_pending++;
}

void riser_pending_remove(struct riser_engine *engine, uint16_t tag)
{
	unlink_tag(engine, tag);
	engine->pending[tag].state = RISER_PENDING_FREE;
}

void riser_pending_accepted(struct riser_engine *engine)
{
	uint64_t tail = engine->run.rx[RISER_NONPOSTED].tail;
	struct riser_pending *pending;

	for (; engine->np_tail_seen != tail; engine->np_tail_seen++) {
		pending = &engine->pending[engine->np_tag[engine->np_tail_seen &
						(RISER_RX_QUEUE - 1)]];
		/* the tag may belong to a later request by now */
		if (pending->np_index == engine->np_tail_seen)
			pending->accepted = engine->cycle;
	}
}

void riser_pending_abort(struct riser_engine *engine)
{
	uint16_t tag;

	for (tag = engine->oldest; tag != RISER_NO_TAG;
	     tag = engine->pending[tag].next) {
		engine->pending[tag].deadline = 0;
		engine->pending[tag].is_quiet = true;
	}
}

bool riser_timeout_send(struct riser_engine *engine, uint16_t tag)
{
	struct pciem_rec rec = {
		.bytes = sizeof(rec),
		.type = PCIEM_REC_TIMEOUT,
		.aux = tag,
		.time = engine->cycle,
	};
	uint32_t room;
	uint8_t *area = riser_up_area(&engine->up, RISER_TX_MIN_BYTES, &room);

	if (room < sizeof(rec))
		return false;
	rec.seq = engine->up.seq++;
	memcpy(area, &rec, sizeof(rec));
	riser_up_advance(&engine->up, sizeof(rec));
	riser_up_publish(&engine->up);
	riser_kick_if_needed(engine);
	return true;
}

void riser_pending_expire(struct riser_engine *engine)
{
	struct riser_pending *pending;
	uint16_t tag;

	while (engine->oldest != RISER_NO_TAG) {
		tag = engine->oldest;
		pending = &engine->pending[tag];
		if (pending->deadline > engine->cycle)
			return;
		/* the finding first: the kernel's reaction comes after it */
		if (!pending->is_quiet) {
			riser_finding_timeout(engine, pending);
			engine->stats.timeouts++;
			pending->is_quiet = true;
		}
		if (!riser_timeout_send(engine, tag))
			return;
		unlink_tag(engine, tag);
		pending->state = RISER_PENDING_EXPIRED;
	}
}
