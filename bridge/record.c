// SPDX-License-Identifier: Apache-2.0
/*
 * Writes the record of a run (docs/record.md): events to records.
 *
 * The engine's thread copies TLPs into a ring (record_feed.c). A thread of its own
 * (record_write.c) encodes them into the open block, packs whole blocks and hands
 * them to the file. Everything but TLPs is rare: the engine's thread encodes it
 * itself, with all TLPs before it. There is a fixed number of blocks: when all are
 * full, the engine waits.
 */
#define _GNU_SOURCE
#include "record_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <riser/link.h>

#define RECORD_MAX	(RISER_TLP_SENT_MAX_BYTES + 4096)	/* one record */
#define TEXT_MAX	2048

/* ---- blocks ---- */

static void close_block(struct riser_recorder *rec)
{
	rec->full[rec->nr_full++] = rec->open;
	rec->open = NULL;
	pthread_cond_signal(&rec->work);
}

static void open_block(struct riser_recorder *rec)
{
	struct riser_rec_buffer *block = rec->idle[--rec->nr_idle];

	block->len = 0;
	block->head = (struct riser_rec_block){
		.magic = RISER_REC_BLOCK_MAGIC, .log_id = rec->log_id,
		.version = RISER_REC_VERSION, .number = rec->number++,
		.cycle = rec->cycle, .seq = rec->seq, .host_ns = rec->host_ns,
		.tx_hash = rec->tx_hash,
	};
	rec->open = block;
}

/*
 * A block with room for one more record; NULL: none, and it may not wait. While it
 * waits the writer's thread has the lock and may encode.
 */
static struct riser_rec_buffer *room(struct riser_recorder *rec, bool may_wait)
{
	for (;;) {
		if (rec->open && rec->open->len >= RISER_REC_BLOCK_BYTES)
			close_block(rec);
		if (!rec->open && rec->nr_idle)
			open_block(rec);
		if (rec->open || !may_wait)
			return rec->open;
		pthread_cond_wait(&rec->room, &rec->lock);
	}
}

/* The same behind all TLPs so far; NULL when recording has ended. */
static struct riser_rec_buffer *begin(struct riser_recorder *rec)
{
	pthread_mutex_lock(&rec->lock);
	riser_recorder_encode(rec, true);
	if (rec->error) {
		pthread_mutex_unlock(&rec->lock);
		return NULL;
	}
	return room(rec, true);
}

static void end(struct riser_recorder *rec)
{
	pthread_mutex_unlock(&rec->lock);
}

static void put_byte(struct riser_rec_buffer *block, uint8_t value)
{
	block->data[block->len++] = value;
}

static void put(struct riser_rec_buffer *block, const void *bytes, size_t len)
{
	memcpy(block->data + block->len, bytes, len);
	block->len += (uint32_t)len;
}

static void put_v(struct riser_rec_buffer *block, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		put_byte(block, (uint8_t)(value | 0x80));
	put_byte(block, (uint8_t)value);
}

static void put_z(struct riser_rec_buffer *block, uint64_t value, uint64_t before)
{
	int64_t n = (int64_t)(value - before);

	put_v(block, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

static void put_u64(struct riser_rec_buffer *block, uint64_t value)
{
	put(block, &value, sizeof(value));
}

static void put_text(struct riser_rec_buffer *block, const char *text, size_t max)
{
	size_t len = text ? strnlen(text, max) : 0;

	put_v(block, len);
	put(block, text ? text : "", len);
}

static void put_cycle(struct riser_recorder *rec, struct riser_rec_buffer *block,
		      uint64_t cycle)
{
	put_z(block, cycle, rec->cycle);
	rec->cycle = cycle;
}

static void rec_start(void *ctx, const struct riser_run_facts *facts)
{
	struct riser_recorder *rec = ctx;
	char *text = riser_rec_head_text(facts);
	size_t len = text ? strlen(text) : 0;
	struct riser_rec_buffer *block = begin(rec);

	if (!block) {
		free(text);
		return;
	}
	if (!text || len > RISER_REC_RAW_MAX - 2 * RECORD_MAX) {
		__atomic_store_n(&rec->error, text ? -E2BIG : -ENOMEM,
				 __ATOMIC_RELAXED);
	} else {
		block->head.flags |= RISER_REC_F_HEAD;
		put_byte(block, RISER_RT_HEAD);
		put_text(block, text, len);
		/* a log that has begun can be told from one that never did */
		close_block(rec);
	}
	end(rec);
	free(text);
}

/* ---- TLPs ---- */

static bool is_same_caller(const struct riser_rec_slot *slot,
			   const struct riser_tlp_caller *caller, uint32_t site)
{
	const struct riser_tlp_caller *c = &slot->caller;

	return c->pc == caller->pc && slot->site == site &&
	       c->pid == caller->pid && c->cpu == caller->cpu &&
	       c->context == caller->context &&
	       c->irqs_off == caller->irqs_off &&
	       !strncmp(c->comm, caller->comm, sizeof(c->comm) - 1);
}

/* The number under which this block knows the caller. */
static uint32_t intern(struct riser_recorder *rec, struct riser_rec_buffer *block,
		       const struct riser_tlp_caller *caller, uint32_t site)
{
	uint64_t key[3] = { caller->pc, (uint64_t)caller->pid << 32 | site,
			    caller->cpu };
	uint32_t i = (uint32_t)riser_hash64(key, sizeof(key), 0) &
		     (RISER_REC_SLOTS - 1);
	struct riser_rec_slot *slot = &rec->slot[i];

	if (slot->block == block->head.number + 1 &&
	    is_same_caller(slot, caller, site))
		return i;
	slot->caller = *caller;
	slot->site = site;
	slot->block = block->head.number + 1;
	put_byte(block, RISER_RT_CALLER);
	put_v(block, i);
	put_u64(block, caller->pc);
	put_v(block, caller->pid);
	put_v(block, caller->cpu);
	put_v(block, caller->context | (uint32_t)caller->irqs_off << 4);
	put_v(block, site);
	put_text(block, caller->comm, sizeof(caller->comm) - 1);
	return i;
}

static void put_to_card(struct riser_recorder *rec, struct riser_rec_buffer *block,
			const struct riser_rec_fed *fed)
{
	const uint8_t *bytes = fed->body;
	uint8_t flags = fed->tlp_class;
	struct riser_tlp_caller caller;
	uint32_t slot = 0;

	if (fed->has_caller) {
		memcpy(&caller, bytes, sizeof(caller));
		bytes += sizeof(caller);
		slot = intern(rec, block, &caller, fed->site);
		flags |= RISER_RTF_CALLER;
	} else if (fed->site) {
		flags |= RISER_RTF_SITE;
	}
	if (fed->has_request)
		flags |= RISER_RTF_REQUEST;
	if (fed->host_ns)
		flags |= RISER_RTF_HOST_NS;
	put_byte(block, RISER_RT_TO_CARD);
	put_byte(block, flags);
	put_cycle(rec, block, fed->cycle);
	put_v(block, fed->len);
	if (flags & RISER_RTF_CALLER)
		put_v(block, slot);
	if (flags & RISER_RTF_SITE)
		put_v(block, fed->site);
	if (fed->has_request)
		put_z(block, fed->back, 0);
	if (fed->host_ns) {
		put_z(block, fed->host_ns, rec->host_ns);
		rec->host_ns = fed->host_ns;
	}
	put(block, bytes, fed->len);
	rec->nr_to_card++;
}

static void put_to_host(struct riser_recorder *rec, struct riser_rec_buffer *block,
			const struct riser_rec_fed *fed)
{
	put_byte(block, RISER_RT_TO_HOST);
	put_byte(block, (uint8_t)(fed->tlp_class |
				  (fed->has_request ? RISER_RTF_REQUEST : 0)));
	put_cycle(rec, block, fed->cycle);
	put_v(block, fed->len);
	if (fed->has_request)
		put_z(block, fed->back, 0);
	put(block, fed->body, fed->len);
	rec->tx_hash = riser_rec_tx_hash(rec->tx_hash, fed->cycle, fed->body,
					 fed->len);
}

void riser_recorder_encode(struct riser_recorder *rec, bool may_wait)
{
	const struct riser_rec_fed *fed;
	struct riser_rec_buffer *block;

	while (riser_rec_feed_next(&rec->feed)) {
		block = room(rec, may_wait);
		if (!block)
			break;
		/* only now: whoever had the lock meanwhile may have taken some */
		fed = riser_rec_feed_next(&rec->feed);
		if (!fed)
			break;
		/* recording has ended: they go nowhere */
		if (!rec->error) {
			if (fed->direction == RISER_TO_CARD)
				put_to_card(rec, block, fed);
			else
				put_to_host(rec, block, fed);
			rec->seq++;
		}
		riser_rec_feed_take(&rec->feed, fed);
	}
	riser_rec_feed_give(&rec->feed);
}

static void rec_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct riser_recorder *rec = ctx;

	if (!__atomic_load_n(&rec->error, __ATOMIC_RELAXED))
		riser_rec_feed_put(rec, event);
}

/* ---- everything else ---- */

static void rec_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	struct riser_recorder *rec = ctx;
	struct riser_rec_buffer *block = begin(rec);

	if (!block)
		return;
	put_byte(block, RISER_RT_SIDEBAND);
	put_cycle(rec, block, cycle);
	put_v(block, levels);
	end(rec);
}

static void rec_site(void *ctx, const struct riser_site *site)
{
	struct riser_recorder *rec = ctx;
	struct riser_rec_buffer *block = begin(rec);
	uint32_t i;

	if (!block)
		return;
	block->head.flags |= RISER_REC_F_SITES;
	put_byte(block, RISER_RT_SITE);
	put_cycle(rec, block, rec->cycle);
	put_v(block, site->site);
	put_v(block, site->nr_frames);
	for (i = 0; i < site->nr_frames; i++)
		put_u64(block, site->frame[i]);
	put_text(block, site->text, TEXT_MAX);
	put_text(block, site->function, TEXT_MAX);
	end(rec);
}

static void rec_note(void *ctx, const struct riser_note *note)
{
	struct riser_recorder *rec = ctx;
	struct riser_rec_buffer *block;

	/* what the design prints without alarm comes again in a replay */
	if (note->source == RISER_NOTE_MODEL && note->code < RISER_MSG_WARNING)
		return;
	block = begin(rec);
	if (!block)
		return;
	put_byte(block, RISER_RT_NOTE);
	put_cycle(rec, block, note->cycle);
	put_v(block, note->source);
	put_v(block, note->code);
	put_u64(block, note->host_ns);
	put_text(block, note->text, TEXT_MAX);
	end(rec);
}

static bool ends_model(enum riser_finding_kind kind)
{
	return kind == RISER_FINDING_MODEL_FATAL ||
	       kind == RISER_FINDING_MODEL_STOP ||
	       kind == RISER_FINDING_MODEL_FINISH;
}

static void rec_finding(void *ctx, const struct riser_finding *finding)
{
	struct riser_recorder *rec = ctx;
	struct riser_rec_buffer *block = begin(rec);

	if (!block)
		return;
	block->head.flags |= RISER_REC_F_FINDING;
	put_byte(block, RISER_RT_FINDING);
	put_cycle(rec, block, finding->cycle);
	put_v(block, finding->kind);
	put_v(block, finding->is_error);
	put_u64(block, finding->seq);
	put_u64(block, finding->host_ns);
	put_u64(block, finding->addr);
	put_u64(block, finding->pc);
	put_v(block, finding->site);
	put_text(block, finding->text, sizeof(finding->text));
	put_text(block, finding->access, sizeof(finding->access));
	put_text(block, finding->function, sizeof(finding->function));
	put_text(block, finding->caller, sizeof(finding->caller));
	put_text(block, finding->before, sizeof(finding->before));
	put_text(block, finding->side, sizeof(finding->side));
	put_text(block, finding->advice, sizeof(finding->advice));
	if (ends_model(finding->kind))
		rec->model_ended = true;
	end(rec);
}

static void rec_finish(void *ctx, uint64_t cycle)
{
	struct riser_recorder *rec = ctx;
	struct riser_rec_buffer *block = begin(rec);

	if (!block)
		return;
	block->head.flags |= RISER_REC_F_END;
	put_byte(block, RISER_RT_END);
	put_cycle(rec, block, cycle);
	put_v(block, rec->nr_to_card);
	put_v(block, rec->seq - rec->nr_to_card);
	put_u64(block, rec->tx_hash);
	put_v(block, rec->model_ended);
	close_block(rec);
	end(rec);
}

void riser_recorder_position(struct riser_recorder *rec,
			     struct riser_rec_position *position)
{
	pthread_mutex_lock(&rec->lock);
	riser_recorder_encode(rec, true);
	*position = (struct riser_rec_position){
		.log_id = rec->log_id, .seq = rec->seq, .cycle = rec->cycle,
		.tx_hash = rec->tx_hash,
		.block = rec->open ? rec->open->head.number : rec->number,
		.offset = rec->open ? rec->open->len : 0,
	};
	pthread_mutex_unlock(&rec->lock);
}

const struct riser_observer_ops riser_recorder_observer = {
	.start = rec_start,
	.tlp = rec_tlp,
	.sideband = rec_sideband,
	.site = rec_site,
	.note = rec_note,
	.finding = rec_finding,
	.finish = rec_finish,
};
