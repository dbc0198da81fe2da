// SPDX-License-Identifier: Apache-2.0
/* One instance of a model with queues of its own: no engine, no timeouts. */
#define _GNU_SOURCE
#include "lockstep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TX_BYTES	(1U << 18)
#define MASK		(LS_QUEUE - 1)

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/* The last error is what a model that ends dies of. */
static void on_message(void *ctx, enum riser_severity severity, const char *file, int line,
		       const char *text)
{
	struct ls_card *card = ctx;

	(void)file;
	(void)line;
	if (severity >= RISER_MSG_ERROR && severity != RISER_MSG_STOP)
		snprintf(card->said, sizeof(card->said), "%s", text);
}

int ls_card_open(struct ls_card *card, const struct riser_lockstep_model *model, char *error)
{
	const struct riser_card_options options = {
		.plusargs = model->plusargs, .nr_plusargs = model->nr_plusargs,
		.x_init = model->x_init, .seed = model->seed,
		.message = on_message, .ctx = card,
	};
	int i, ret;

	memset(card, 0, sizeof(*card));
	ret = riser_card_load(&card->card, model->path, error);
	if (!ret)
		ret = riser_card_create(&card->card, &options, error);
	if (ret && card->said[0])
		snprintf(error, RISER_ERROR_BYTES, "model %.150s cannot be created: %.300s",
			 model->path, card->said);
	for (i = 0; !ret && i < RISER_NR_CLASSES; i++) {
		card->run.rx[i].ref = calloc(LS_QUEUE, sizeof(struct riser_tlp_ref));
		card->run.rx[i].mask = MASK;
		if (!card->run.rx[i].ref)
			ret = -ENOMEM;
	}
	card->run.tx = aligned_alloc(64, TX_BYTES);
	card->run.tx_bytes = TX_BYTES;
	if (!ret && !card->run.tx) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		ret = -ENOMEM;
	}
	if (ret)
		ls_card_close(card);
	return ret;
}

static void release(struct ls_card *card, uint32_t tlp_class, uint64_t up_to)
{
	for (; card->freed[tlp_class] != up_to; card->freed[tlp_class]++) {
		free(card->slot[tlp_class][card->freed[tlp_class] & MASK]);
		card->slot[tlp_class][card->freed[tlp_class] & MASK] = NULL;
	}
}

void ls_card_close(struct ls_card *card)
{
	uint32_t i;

	riser_card_unload(&card->card);
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		release(card, i, card->run.rx[i].head);
		free(card->run.rx[i].ref);
		card->run.rx[i].ref = NULL;
	}
	free(card->run.tx);
	card->run.tx = NULL;
}

bool ls_card_put(struct ls_card *card, enum riser_tlp_class tlp_class, const uint8_t *bytes,
		 uint32_t len)
{
	struct riser_rx_queue *queue = &card->run.rx[tlp_class];
	uint8_t *copy;

	if (queue->head - card->freed[tlp_class] == LS_QUEUE)
		return false;
	copy = malloc(len);
	if (!copy)
		return false;
	memcpy(copy, bytes, len);
	card->slot[tlp_class][queue->head & MASK] = copy;
	queue->ref[queue->head & MASK] = (struct riser_tlp_ref){
		.bytes = copy, .len = len,
		.after_posted = tlp_class == RISER_POSTED ? 0 : card->run.rx[RISER_POSTED].head,
	};
	queue->head++;
	return true;
}

void ls_card_levels(struct ls_card *card, uint32_t levels)
{
	uint32_t i;

	/* only the RTL is held up */
	levels &= ~RISER_SB_HOLD_TX_ALL;
	if (!(levels & RISER_SB_LINK_UP))
		for (i = 0; i < RISER_NR_CLASSES; i++) {
			release(card, i, card->run.rx[i].head);
			card->run.rx[i].head = card->run.rx[i].tail;
			card->freed[i] = card->run.rx[i].tail;
		}
	if (!card->is_dead)
		card->card.ops->set_sideband(card->card.model, levels);
}

static void take_output(struct ls_card *card)
{
	const uint8_t *at = card->run.tx, *end = at + card->run.tx_used;
	struct riser_tx_rec rec;

	while (at + sizeof(rec) <= end) {
		memcpy(&rec, at, sizeof(rec));
		if (rec.bytes < sizeof(rec) || rec.bytes > (size_t)(end - at) ||
		    rec.len > rec.bytes - sizeof(rec))
			break;
		card->tlp(card->ctx, at + sizeof(rec), rec.len,
			  (enum riser_tlp_class)rec.aux, rec.cycle);
		at += rec.bytes;
	}
}

uint64_t ls_card_run(struct ls_card *card, uint64_t cycles, bool stop_on_idle)
{
	struct riser_run *run = &card->run;
	uint64_t before = run->cycle, since = now_ns();
	uint32_t i;
	int ret;

	if (card->is_dead)
		return 0;
	run->max_cycles = cycles;
	run->stop_on_tx = 7;
	run->stop_on_idle = stop_on_idle;
	run->tx_used = 0;
	run->tx_nr = 0;
	ret = card->card.ops->run(card->card.model, run);
	card->run_ns += now_ns() - since;
	for (i = 0; i < RISER_NR_CLASSES; i++)
		release(card, i, run->rx[i].tail);
	if (!ret)
		take_output(card);
	if (ret || run->why & (RISER_RUN_FATAL | RISER_RUN_STOP | RISER_RUN_FINISH |
			       RISER_RUN_ERROR)) {
		card->is_dead = true;
		if (!card->said[0])
			snprintf(card->said, sizeof(card->said),
				 ret ? "run() failed (%d)" : "it ended its simulation", ret);
	}
	return run->cycle - before;
}
