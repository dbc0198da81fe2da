// SPDX-License-Identifier: Apache-2.0
/*
 * From the engine's thread to the encoder: a ring of TLPs as they were, so that
 * the engine copies and does nothing else. Whoever holds the recorder's lock may
 * take from it; that is the writer's thread, except when something else than a
 * TLP has to stand behind all of them (record.c) or when the ring is full.
 */
#include "record_internal.h"

#include <stdlib.h>
#include <string.h>

#define MASK		(RISER_REC_FEED_BYTES - 1)
#define PAD_LEN		UINT32_MAX
#define CALL_BYTES	(RISER_REC_FEED_BYTES / 2)	/* wakes the writer */
#define GIVE_BYTES	(RISER_REC_FEED_BYTES / 16)	/* given back at once */

_Static_assert(!(sizeof(struct riser_rec_fed) % 8), "entries are aligned");
_Static_assert(!(sizeof(struct riser_tlp_caller) % 8), "so are callers");

int riser_rec_feed_init(struct riser_rec_feed *feed)
{
	feed->data = aligned_alloc(64, RISER_REC_FEED_BYTES);
	return feed->data ? 0 : -1;
}

void riser_rec_feed_fini(struct riser_rec_feed *feed)
{
	free(feed->data);
}

static bool has_room(struct riser_rec_feed *feed, uint32_t bytes)
{
	if (RISER_REC_FEED_BYTES - (feed->head - feed->seen) >= bytes)
		return true;
	/* pairs with the release in riser_rec_feed_take(): it has been read */
	feed->seen = __atomic_load_n(&feed->tail, __ATOMIC_ACQUIRE);
	return RISER_REC_FEED_BYTES - (feed->head - feed->seen) >= bytes;
}

static void __attribute__((noinline)) make_room(struct riser_recorder *rec,
						uint32_t bytes)
{
	while (!has_room(&rec->feed, bytes)) {
		pthread_mutex_lock(&rec->lock);
		riser_recorder_encode(rec, true);
		pthread_mutex_unlock(&rec->lock);
	}
}

/* A place for an entry, in one piece. */
static struct riser_rec_fed *place(struct riser_recorder *rec, uint32_t bytes)
{
	struct riser_rec_feed *feed = &rec->feed;
	uint32_t to_end = RISER_REC_FEED_BYTES - (feed->head & MASK);
	struct riser_rec_fed *pad;

	if (!has_room(feed, bytes + (to_end < bytes ? to_end : 0)))
		make_room(rec, bytes + (to_end < bytes ? to_end : 0));
	if (to_end < bytes) {
		/* at least 8 bytes: all that a pad uses */
		pad = (void *)(feed->data + (feed->head & MASK));
		pad->bytes = to_end;
		pad->len = PAD_LEN;
		/* as in riser_rec_feed_put(): the writer may look at any time */
		__atomic_store_n(&feed->head, feed->head + to_end,
				 __ATOMIC_RELEASE);
	}
	return (void *)(feed->data + (feed->head & MASK));
}

/* Whoever cannot have the lock finds the writer at work: it looks again. */
static void __attribute__((noinline)) call_writer(struct riser_recorder *rec)
{
	rec->feed.called = rec->feed.head;
	if (pthread_mutex_trylock(&rec->lock))
		return;
	pthread_cond_signal(&rec->work);
	pthread_mutex_unlock(&rec->lock);
}

static void copy(uint8_t *to, const uint8_t *from, uint32_t bytes)
{
	if (bytes == 12)
		memcpy(to, from, 12);
	else if (bytes == 16)
		memcpy(to, from, 16);
	else
		memcpy(to, from, bytes);
}

void riser_rec_feed_put(struct riser_recorder *rec,
			const struct riser_tlp_event *event)
{
	struct riser_rec_feed *feed = &rec->feed;
	uint32_t bytes = (uint32_t)sizeof(struct riser_rec_fed) +
			 ((event->len + 7) & ~7U);
	struct riser_rec_fed *fed;
	uint8_t *at;

	if (event->caller)
		bytes += (uint32_t)sizeof(*event->caller);
	fed = place(rec, bytes);
	fed->bytes = bytes;
	fed->len = event->len;
	fed->cycle = event->cycle;
	fed->host_ns = event->host_ns;
	fed->back = event->seq - event->request_seq;
	fed->site = event->site;
	fed->has_request = event->request_seq != RISER_NO_SEQ;
	fed->has_caller = event->caller != NULL;
	fed->direction = (uint8_t)event->direction;
	fed->tlp_class = (uint8_t)event->tlp_class;
	at = fed->body;
	if (event->caller) {
		memcpy(at, event->caller, sizeof(*event->caller));
		at += sizeof(*event->caller);
	}
	copy(at, event->bytes, event->len);
	/* pairs with the acquire in riser_rec_feed_next(): the entry is whole */
	__atomic_store_n(&feed->head, feed->head + bytes, __ATOMIC_RELEASE);
	if (feed->head - feed->called >= CALL_BYTES)
		call_writer(rec);
}

const struct riser_rec_fed *riser_rec_feed_next(struct riser_rec_feed *feed)
{
	const struct riser_rec_fed *fed;

	for (;;) {
		if (feed->next == feed->ready) {
			/* pairs with the release in riser_rec_feed_put() */
			feed->ready = __atomic_load_n(&feed->head,
						      __ATOMIC_ACQUIRE);
			if (feed->next == feed->ready)
				return NULL;
		}
		fed = (const void *)(feed->data + (feed->next & MASK));
		if (fed->len != PAD_LEN)
			return fed;
		feed->next += fed->bytes;
	}
}

void riser_rec_feed_take(struct riser_rec_feed *feed,
			 const struct riser_rec_fed *fed)
{
	feed->next += fed->bytes;
	if (feed->next - feed->tail >= GIVE_BYTES)
		riser_rec_feed_give(feed);
}

void riser_rec_feed_give(struct riser_rec_feed *feed)
{
	/* pairs with the acquire in has_room() */
	__atomic_store_n(&feed->tail, feed->next, __ATOMIC_RELEASE);
}
