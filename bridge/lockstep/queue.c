// SPDX-License-Identifier: Apache-2.0
/*
 * From the engine's thread to the one that compares. Bounded by bytes: when the
 * reference is slower than the RTL for long, the engine waits, and counts it.
 */
#define _GNU_SOURCE
#include "lockstep.h"

#include <stdlib.h>
#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

void ls_queue_init(struct ls_queue *queue, uint64_t limit)
{
	*queue = (struct ls_queue){ .limit = limit };
	queue->last = &queue->first;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->filled, NULL);
	pthread_cond_init(&queue->emptied, NULL);
}

void ls_queue_fini(struct ls_queue *queue)
{
	struct ls_event *event;

	while ((event = queue->first)) {
		queue->first = event->next;
		free(event);
	}
	pthread_cond_destroy(&queue->emptied);
	pthread_cond_destroy(&queue->filled);
	pthread_mutex_destroy(&queue->lock);
}

static uint64_t size_of(const struct ls_event *event)
{
	return sizeof(*event) + event->len;
}

void ls_queue_put(struct ls_queue *queue, struct ls_event *event)
{
	uint64_t since;

	event->next = NULL;
	pthread_mutex_lock(&queue->lock);
	if (queue->bytes >= queue->limit && event->kind != LS_FINISH) {
		since = now_ns();
		queue->is_full = true;
		while (queue->bytes > queue->limit / 2)
			pthread_cond_wait(&queue->emptied, &queue->lock);
		queue->is_full = false;
		queue->nr_stalls++;
		queue->stall_ns += now_ns() - since;
	}
	*queue->last = event;
	queue->last = &event->next;
	queue->bytes += size_of(event);
	if (queue->bytes > queue->max)
		queue->max = queue->bytes;
	/* a thread that is at work looks by itself */
	if (queue->is_waited)
		pthread_cond_signal(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

struct ls_event *ls_queue_get(struct ls_queue *queue)
{
	struct ls_event *event;

	pthread_mutex_lock(&queue->lock);
	queue->is_waited = true;
	while (!queue->first)
		pthread_cond_wait(&queue->filled, &queue->lock);
	queue->is_waited = false;
	event = queue->first;
	queue->first = event->next;
	if (!queue->first)
		queue->last = &queue->first;
	/* half empty: the engine is not woken for each TLP */
	queue->bytes -= size_of(event);
	if (queue->is_full && queue->bytes <= queue->limit / 2)
		pthread_cond_signal(&queue->emptied);
	pthread_mutex_unlock(&queue->lock);
	return event;
}
