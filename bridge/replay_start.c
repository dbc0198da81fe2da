// SPDX-License-Identifier: Apache-2.0
/*
 * Where a replay begins: the last snapshot before what is wanted. Whatever is
 * wrong with one, the one before it is taken, and in the end reset.
 */
#define _GNU_SOURCE
#include "replay_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_internal.h"

__attribute__((format(printf, 2, 3)))
static void note(struct riser_replaying *r, const char *format, ...)
{
	char text[RISER_ERROR_BYTES];
	va_list args;

	if (!r->config->note)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->config->note(r->config->ctx, text);
}

static int put_back(struct riser_replaying *r, uint32_t tlp_class,
		    const uint8_t **from, uint64_t at)
{
	uint32_t i = (uint32_t)at & r->run.rx[tlp_class].mask, len;
	struct riser_replay_offer *offer = &r->offer[tlp_class][i];
	uint64_t after_posted;

	memcpy(&after_posted, *from, sizeof(after_posted));
	memcpy(&len, *from + sizeof(after_posted), sizeof(len));
	*from += sizeof(after_posted) + sizeof(len);
	if (len > RISER_TLP_MAX_BYTES)
		return -EBADMSG;
	offer->bytes = malloc(RISER_TLP_MAX_BYTES);
	if (!offer->bytes)
		return -ENOMEM;
	memcpy(offer->bytes, *from, len);
	*from += len;
	offer->len = len;
	offer->seq = RISER_NO_SEQ;
	r->run.rx[tlp_class].ref[i] = (struct riser_tlp_ref){
		.bytes = offer->bytes, .len = len,
		.after_posted = after_posted,
	};
	return 0;
}

static int fill_queues(struct riser_replaying *r,
		       const struct riser_snapshot *snapshot)
{
	struct riser_rx_queue *queue;
	const uint8_t *from;
	uint64_t at;
	uint32_t i;
	int ret = 0;

	for (i = 0; !ret && i < RISER_NR_CLASSES; i++) {
		queue = &r->run.rx[i];
		from = snapshot->queue[i];
		memcpy(&queue->tail, from, sizeof(queue->tail));
		memcpy(&queue->head, from + 8, sizeof(queue->head));
		from += 16;
		if (queue->head - queue->tail > RISER_REPLAY_QUEUE)
			return -EBADMSG;
		for (at = queue->tail; !ret && at != queue->head; at++)
			ret = put_back(r, i, &from, at);
	}
	return ret;
}

/* The log may end before the snapshot: its writer was killed. */
static int seek(struct riser_replaying *r,
		const struct riser_snapshot *snapshot)
{
	int ret = riser_rec_seek(r->log, &snapshot->head.log);

	if (!ret)
		return 0;
	note(r, "the snapshot of cycle %" PRIu64 " is not used: %s",
	     snapshot->head.cycle, ret == -EINVAL ?
	     "the record has no such place" : riser_rec_trouble(r->log));
	riser_rec_close(r->log);
	r->log = NULL;
	ret = riser_rec_open(r->config->record_path, &r->log, r->error);
	r->facts = r->log ? riser_rec_facts(r->log) : NULL;
	return ret ? ret : -EAGAIN;
}

/* 0, -EAGAIN when an older one has to do, or -errno: no replay. */
static int use(struct riser_replaying *r, const struct riser_snapshot *snapshot)
{
	int ret = seek(r, snapshot);

	if (ret)
		return ret;
	ret = riser_snapshot_apply(snapshot, r->config->snapshot_dir, &r->card);
	if (ret == -EBADMSG) {
		note(r, "the snapshot of cycle %" PRIu64
		     " is not used: its pages in %s have changed",
		     snapshot->head.cycle, r->config->snapshot_dir);
		/* the log is behind it */
		riser_rec_close(r->log);
		r->log = NULL;
		ret = riser_rec_open(r->config->record_path, &r->log, r->error);
		r->facts = r->log ? riser_rec_facts(r->log) : NULL;
		return ret ? ret : -EAGAIN;
	}
	if (!ret)
		ret = fill_queues(r, snapshot);
	if (!ret)
		ret = riser_snapshot_bars(snapshot, &r->words.bars);
	if (ret)
		return riser_replay_fail(r, ret, "the snapshot of cycle %" PRIu64
					 " cannot be used: %s",
					 snapshot->head.cycle, strerror(-ret));
	r->cycle = snapshot->head.cycle;
	r->result->start_cycle = r->cycle;
	r->result->tx_hash = snapshot->head.log.tx_hash;
	return 0;
}

int riser_replay_start(struct riser_replaying *r)
{
	struct riser_snap_wish wish = {
		.dir = r->config->snapshot_dir,
		.build_hash = r->card.info->build_hash,
		.max_cycle = r->config->from_cycle, .max_seq = UINT64_MAX,
	};
	struct riser_snapshot snapshot;
	int ret = -EAGAIN;

	if (!wish.dir || !wish.max_cycle || r->config->x_init >= 0 ||
	    !r->card.ops->restore)
		return 0;
	while (ret == -EAGAIN) {
		wish.log_id = r->facts->log_id;
		if (riser_snapshot_find(&snapshot, &wish, r->config->note,
					r->config->ctx))
			return 0;
		ret = use(r, &snapshot);
		if (!snapshot.head.cycle)
			ret = ret == -EAGAIN ? 0 : ret;
		else
			wish.max_cycle = snapshot.head.cycle - 1;
		riser_snapshot_fini(&snapshot);
	}
	return ret;
}
