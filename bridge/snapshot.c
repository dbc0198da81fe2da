// SPDX-License-Identifier: Apache-2.0
/*
 * Takes snapshots: copies the card's state into memory between two calls of
 * run(). The model's clock stands only for that; everything else is done by a
 * thread (snapshot_write.c).
 */
#define _GNU_SOURCE
#include "snapshot_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_SHARE	200		/* at most 1/200 of the time */
#define LATE_NS		20000000

const char *riser_snapshot_refusal(const struct riser_model_info *info)
{
	uint32_t i;

	if (!(info->features & RISER_MODEL_F_TRACE))
		return "the model cannot write waveforms (flavour fast): a failure is replayed from reset";
	if (!(info->features & RISER_MODEL_F_SAVE))
		return "the model cannot save its state (Verilator's --timing and --coverage exclude it): a failure is replayed from reset";
	if (info->features & RISER_MODEL_F_IMPURE)
		return "the model calls DPI functions, whose state is not saved: a failure is replayed from reset";
	if (info->nr_mems && !(info->features & RISER_MODEL_F_DIRTY))
		return "the model does not tell which pages of its memories it writes: a failure is replayed from reset";
	for (i = 0; i < info->nr_mems; i++)
		if (info->mem[i].bytes > 1ULL << 36)
			return "the model has a memory of more than 64 GiB: a failure is replayed from reset";
	return NULL;
}

/* ---- buffers ---- */

void *riser_blob_add(struct riser_blob *blob, size_t bytes)
{
	size_t room = blob->room ? blob->room : 4096;
	uint8_t *data;

	while (room < blob->len + bytes)
		room *= 2;
	if (room != blob->room) {
		data = realloc(blob->data, room);
		if (!data) {
			blob->failed = true;
			return NULL;
		}
		blob->data = data;
		blob->room = room;
	}
	blob->len += bytes;
	return blob->data + blob->len - bytes;
}

void riser_blob_put(struct riser_blob *blob, const void *bytes, size_t len)
{
	void *to = riser_blob_add(blob, len);

	if (to && len)
		memcpy(to, bytes, len);
}

void riser_blob_put32(struct riser_blob *blob, uint32_t value)
{
	riser_blob_put(blob, &value, sizeof(value));
}

void riser_blob_put64(struct riser_blob *blob, uint64_t value)
{
	riser_blob_put(blob, &value, sizeof(value));
}

void riser_blob_fini(struct riser_blob *blob)
{
	free(blob->data);
	memset(blob, 0, sizeof(*blob));
}

/* ---- the state ---- */

static void put_queues(struct riser_blob *body, const struct riser_rx_queue *rx)
{
	const struct riser_tlp_ref *ref;
	uint64_t at;
	int i;

	for (i = 0; i < RISER_NR_CLASSES; i++) {
		riser_blob_put64(body, rx[i].tail);
		riser_blob_put64(body, rx[i].head);
		for (at = rx[i].tail; at != rx[i].head; at++) {
			ref = &rx[i].ref[at & rx[i].mask];
			riser_blob_put64(body, ref->after_posted);
			riser_blob_put32(body, ref->len);
			riser_blob_put(body, ref->bytes, ref->len);
		}
	}
}

static void put_functions(struct riser_blob *body,
			  const struct riser_bar_map *bars)
{
	const struct riser_function *fn;
	uint32_t nr;
	int i;

	for (i = 0; i < RISER_MAX_FUNCTIONS; i++) {
		fn = &bars->function[i];
		if (!fn->is_used)
			continue;
		nr = fn->vector_addr ? fn->nr_vectors : 0;
		riser_blob_put32(body, (uint32_t)i);
		riser_blob_put32(body, nr);
		riser_blob_put(body, fn, sizeof(*fn));
		riser_blob_put(body, fn->vector_addr,
			       nr * sizeof(*fn->vector_addr));
	}
}

static uint32_t nr_functions(const struct riser_bar_map *bars)
{
	uint32_t i, nr = 0;

	for (i = 0; i < RISER_MAX_FUNCTIONS; i++)
		nr += bars->function[i].is_used;
	return nr;
}

/* Pages that were written since the last time. */
static void put_pages(struct riser_snap_job *job, const struct riser_card *card)
{
	struct riser_snap_touched which;
	uint64_t eight;
	uint32_t mem;
	size_t i, j;

	for (mem = 0; mem < card->info->nr_mems; mem++) {
		for (i = 0; i < card->dirty_bytes[mem]; i += 8) {
			j = card->dirty_bytes[mem] - i;
			eight = 0;
			memcpy(&eight, card->dirty[mem] + i, j < 8 ? j : 8);
			for (j = i; eight; j++, eight >>= 8) {
				if (!(eight & 1))
					continue;
				which.mem = mem;
				which.page = (uint32_t)j;
				riser_blob_put(&job->which, &which,
					       sizeof(which));
				riser_blob_put(&job->page,
					       (uint8_t *)card->mem[mem] +
					       j * RISER_SNAP_PAGE,
					       RISER_SNAP_PAGE);
				card->dirty[mem][j] = 0;
			}
		}
	}
}

static int fill(struct riser_snapshots *s,
		const struct riser_snapshot_view *view)
{
	const struct riser_card *card = s->config.card;
	struct riser_snap_job *job = &s->job;
	int ret;

	job->body.len = job->which.len = job->page.len = 0;
	if (lseek(s->state_fd, 0, SEEK_SET) < 0)
		return -errno;
	ret = card->ops->save(card->model, s->state_fd);
	if (ret)
		return ret;
	job->state_bytes = (uint64_t)lseek(s->state_fd, 0, SEEK_CUR);
	job->cycle = view->cycle;
	riser_recorder_position(s->config.recorder, &job->log);
	riser_blob_put64(&job->body, job->state_bytes);
	riser_blob_put32(&job->body, view->levels);
	riser_blob_put32(&job->body, nr_functions(view->bars));
	put_queues(&job->body, view->rx);
	put_functions(&job->body, view->bars);
	put_pages(job, card);
	return job->body.failed || job->which.failed || job->page.failed ?
	       -ENOMEM : 0;
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t riser_snapshots_take(struct riser_snapshots *s,
			      const struct riser_snapshot_view *view,
			      uint64_t now_ns)
{
	uint64_t pause_ns = clock_ns(CLOCK_MONOTONIC), wait_ns;
	/* what others do meanwhile on this processor is not its cost */
	uint64_t cost_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	int ret;

	if (view->cycle == s->last_cycle)
		return now_ns + s->config.interval_ns;
	pthread_mutex_lock(&s->lock);
	if (s->error || s->has_job) {
		s->stats.nr_late += s->has_job;
		pthread_mutex_unlock(&s->lock);
		return s->error ? UINT64_MAX : now_ns + LATE_NS;
	}
	pthread_mutex_unlock(&s->lock);
	/* the writer looks at nothing of this before has_job */
	ret = fill(s, view);
	s->last_cycle = view->cycle;
	pause_ns = clock_ns(CLOCK_MONOTONIC) - pause_ns;
	cost_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cost_ns;
	pthread_mutex_lock(&s->lock);
	s->stats.pause_ns += pause_ns;
	s->stats.cost_ns += cost_ns;
	if (pause_ns > s->stats.pause_max_ns)
		s->stats.pause_max_ns = pause_ns;
	if (ret) {
		riser_snapshots_fail(s, ret);
	} else {
		s->stats.nr_taken++;
		s->stats.state_bytes = s->job.state_bytes;
		s->has_job = true;
		pthread_cond_signal(&s->work);
	}
	pthread_mutex_unlock(&s->lock);
	wait_ns = PAUSE_SHARE * cost_ns;
	if (wait_ns < s->config.interval_ns)
		wait_ns = s->config.interval_ns;
	return ret ? UINT64_MAX : now_ns + pause_ns + wait_ns;
}

void riser_snapshots_stats(struct riser_snapshots *s,
			   struct riser_snapshot_stats *stats)
{
	pthread_mutex_lock(&s->lock);
	*stats = s->stats;
	pthread_mutex_unlock(&s->lock);
}
