// SPDX-License-Identifier: Apache-2.0
/*
 * Replays a log from reset, or from a snapshot. The log is in the order of the simulation: what the
 * card sent in cycle c stands before what was put into its queues when c + 1
 * cycles were done. So one pass suffices: the model is run up to the cycle of
 * each record, and what it sent on the way must be what the log says.
 */
#define _GNU_SOURCE
#include "replay_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_BATCH	(1U << 20)
#define LANES_AHEAD	20000		/* cycles before the window */

/* ---- differences ---- */

__attribute__((format(printf, 3, 4)))
static void differ(struct riser_replaying *r, uint64_t cycle, const char *format, ...)
{
	va_list args;

	if (r->result->differs)
		return;
	r->result->differs = true;
	r->result->difference_cycle = cycle;
	va_start(args, format);
	vsnprintf(r->result->difference, sizeof(r->result->difference), format,
		  args);
	va_end(args);
}

static bool is_done(const struct riser_replaying *r)
{
	return r->is_dead || (r->result->differs && !r->config->go_on);
}

static void differ_bytes(struct riser_replaying *r, const struct riser_tlp_event *event,
			 const struct riser_replay_sent *got)
{
	char was[RISER_TLP_TEXT_BYTES], is[RISER_TLP_TEXT_BYTES];
	char where[128] = "";
	uint32_t i = 0;

	riser_words_print(&r->words, event->bytes, event->len, was,
			  sizeof(was));
	riser_words_print(&r->words, got->bytes, got->len, is, sizeof(is));
	while (i < event->len && i < got->len &&
	       event->bytes[i] == got->bytes[i])
		i++;
	if (i < event->len && i < got->len)
		snprintf(where, sizeof(where),
			 " (byte %u of the TLP was 0x%02x and is 0x%02x)", i,
			 event->bytes[i], got->bytes[i]);
	differ(r, got->cycle < event->cycle ? got->cycle : event->cycle,
	       "TLP %" PRIu64 ": recorded %s in cycle %" PRIu64
	       ", replayed %s in cycle %" PRIu64 "%s", event->seq, was,
	       event->cycle, is, got->cycle, where);
}

static void differ_missing(struct riser_replaying *r,
			   const struct riser_tlp_event *event)
{
	char text[RISER_TLP_TEXT_BYTES];

	riser_words_print(&r->words, event->bytes, event->len, text,
			  sizeof(text));
	differ(r, event->cycle, "TLP %" PRIu64 ": recorded %s in cycle %" PRIu64
	       ", replayed nothing by then", event->seq, text, event->cycle);
}

/* What the card sent and the log does not have. */
static void expect_nothing(struct riser_replaying *r)
{
	char text[RISER_TLP_TEXT_BYTES];

	if (r->nr_sent) {
		riser_words_print(&r->words, r->sent[0].bytes, r->sent[0].len,
				  text, sizeof(text));
		differ(r, r->sent[0].cycle,
		       "replayed %s in cycle %" PRIu64
		       ", recorded nothing there", text, r->sent[0].cycle);
	}
	r->nr_sent = 0;
}

/* ---- lanes ---- */

static void set_lane(struct riser_replaying *r, enum riser_lane lane, const char *text)
{
	r->card.ops->annotate(r->card.model, lane, text);
}

static void show_tlp(struct riser_replaying *r, enum riser_lane lane, uint64_t seq,
		     const uint8_t *bytes, uint32_t len)
{
	char words[RISER_TLP_TEXT_BYTES], text[RISER_TLP_TEXT_BYTES + 32];

	riser_words_print(&r->words, bytes, len, words, sizeof(words));
	if (seq == RISER_NO_SEQ)
		snprintf(text, sizeof(text), "%s", words);
	else
		snprintf(text, sizeof(text), "#%" PRIu64 " %s", seq, words);
	text[RISER_REPLAY_LANE] = '\0';
	set_lane(r, lane, text);
}

static void show_offer(struct riser_replaying *r, const struct riser_replay_offer *offer)
{
	char text[32];

	if (!r->card.ops->annotate)
		return;
	show_tlp(r, RISER_LANE_RX, offer->seq, offer->bytes, offer->len);
	if (offer->host_ns) {
		snprintf(text, sizeof(text), "%" PRIu64, offer->host_ns);
		set_lane(r, RISER_LANE_HOST_NS, text);
	}
	if (offer->function[0])
		set_lane(r, RISER_LANE_DRIVER, offer->function);
}

/* The TLPs that the card sees from this cycle on. */
static void show_offers(struct riser_replaying *r)
{
	uint64_t nr_posted = r->run.rx[RISER_POSTED].tail;
	const struct riser_rx_queue *queue;
	int i;

	for (i = 0; i < RISER_NR_CLASSES; i++) {
		queue = &r->run.rx[i];
		if (queue->head == queue->tail) {
			r->shown[i] = RISER_REPLAY_NOT_SHOWN;
			continue;
		}
		if (r->shown[i] == queue->tail ||
		    queue->ref[queue->tail & queue->mask].after_posted >
		    nr_posted)
			continue;
		r->shown[i] = queue->tail;
		show_offer(r, &r->offer[i][queue->tail & queue->mask]);
	}
}

static bool wants_tx_lane(const struct riser_replaying *r)
{
	const struct riser_replay_config *config = r->config;

	return config->wave_path && r->card.ops->annotate &&
	       r->cycle + LANES_AHEAD >= config->wave_from &&
	       r->cycle < config->wave_to;
}

/* ---- the model's clock ---- */

static int keep_sent(struct riser_replaying *r, const struct riser_tx_rec *rec,
		     const uint8_t *bytes)
{
	struct riser_replay_sent *more;
	uint32_t room;

	r->result->nr_to_host++;
	r->result->tx_hash = riser_rec_tx_hash(r->result->tx_hash, rec->cycle,
					       bytes, rec->len);
	/* after a difference nothing is compared any more */
	if (r->result->differs)
		return 0;
	if (r->nr_sent == r->sent_room) {
		room = r->sent_room ? 2 * r->sent_room : 16;
		more = realloc(r->sent, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		r->sent = more;
		r->sent_room = room;
	}
	r->sent[r->nr_sent].cycle = rec->cycle;
	r->sent[r->nr_sent].len = rec->len;
	memcpy(r->sent[r->nr_sent].bytes, bytes, rec->len);
	r->nr_sent++;
	return 0;
}

static int take_output(struct riser_replaying *r)
{
	const uint8_t *at = r->run.tx, *end = at + r->run.tx_used;
	struct riser_tx_rec rec;
	uint32_t i;
	int ret;

	for (i = 0; i < r->run.tx_nr; i++) {
		if ((size_t)(end - at) < sizeof(rec))
			return -EPROTO;
		memcpy(&rec, at, sizeof(rec));
		if (rec.bytes > (size_t)(end - at) || rec.bytes < sizeof(rec) ||
		    rec.len > rec.bytes - sizeof(rec) ||
		    rec.len > sizeof(r->sent->bytes))
			return -EPROTO;
		ret = keep_sent(r, &rec, at + sizeof(rec));
		if (ret)
			return ret;
		at += rec.bytes;
	}
	return 0;
}

static int open_wave(struct riser_replaying *r)
{
	const struct riser_replay_config *config = r->config;
	int ret;

	ret = riser_card_trace_open(r->card.ops, r->card.model, config->wave_path,
				    config->wave_scopes ? config->wave_scopes : "");
	if (ret)
		return riser_replay_fail(r, ret, "waveform %s: %s", config->wave_path,
			    strerror(-ret));
	r->is_tracing = true;
	r->result->wave_is_written = true;
	if (r->last_offer)
		show_offer(r, r->last_offer);
	return 0;
}

/* Opens and closes the window; the cycle up to which the clock may run. */
static int watch_window(struct riser_replaying *r, uint64_t *target)
{
	const struct riser_replay_config *config = r->config;
	int ret = 0;

	if (!config->wave_path)
		return 0;
	if (!r->is_tracing && r->cycle < config->wave_from &&
	    *target > config->wave_from)
		*target = config->wave_from;
	if (!r->is_tracing && r->cycle >= config->wave_from &&
	    r->cycle < config->wave_to)
		ret = open_wave(r);
	if (r->is_tracing && r->cycle >= config->wave_to) {
		r->card.ops->trace_close(r->card.model);
		r->is_tracing = false;
	}
	if (r->is_tracing && *target > config->wave_to)
		*target = config->wave_to;
	return ret;
}

/* Runs the model until @target cycles are done, or it ends. */
static int advance(struct riser_replaying *r, uint64_t target)
{
	uint64_t until;
	int ret;

	while (r->cycle < target && !r->is_dead) {
		until = target;
		ret = watch_window(r, &until);
		if (ret)
			return ret;
		r->run.max_cycles = until - r->cycle;
		if (r->run.max_cycles > MAX_BATCH)
			r->run.max_cycles = MAX_BATCH;
		if (r->is_tracing) {
			show_offers(r);
			r->run.max_cycles = 1;
		}
		ret = r->card.ops->run(r->card.model, &r->run);
		if (!ret)
			ret = take_output(r);
		if (ret)
			return riser_replay_fail(r, ret, "the model broke its contract in cycle %"
				    PRIu64 " (%d)", r->cycle, ret);
		if (r->files_error)
			return r->files_error;
		r->cycle = r->run.cycle;
		if (r->run.why & (RISER_RUN_FATAL | RISER_RUN_STOP |
				  RISER_RUN_FINISH))
			r->is_dead = true;
	}
	return 0;
}

/* ---- records ---- */

static void fill_offer(struct riser_replay_offer *offer, const struct riser_tlp_event *event)
{
	const struct riser_tlp_caller *caller = event->caller;

	memcpy(offer->bytes, event->bytes, event->len);
	offer->len = event->len;
	offer->seq = event->seq;
	offer->host_ns = event->host_ns;
	offer->function[0] = '\0';
	if (caller && caller->function)
		snprintf(offer->function, sizeof(offer->function), "%.*s",
			 RISER_REPLAY_LANE, caller->function);
	else if (caller)
		snprintf(offer->function, sizeof(offer->function),
			 "0x%" PRIx64, caller->pc);
}

static int put(struct riser_replaying *r, const struct riser_tlp_event *event)
{
	struct riser_rx_queue *queue = &r->run.rx[event->tlp_class];
	uint32_t i = (uint32_t)queue->head & queue->mask;
	struct riser_replay_offer *offer = &r->offer[event->tlp_class][i];

	if (queue->head - queue->tail > queue->mask)
		return riser_replay_fail(r, -EBADMSG, "record %s: more TLPs wait for the card in cycle %"
			    PRIu64 " than the engine ever lets wait",
			    r->config->record_path, r->cycle);
	if (!offer->bytes)
		offer->bytes = malloc(RISER_TLP_MAX_BYTES);
	if (!offer->bytes)
		return riser_replay_fail(r, -ENOMEM, "out of memory");
	fill_offer(offer, event);
	r->last_offer = offer;
	queue->ref[i] = (struct riser_tlp_ref){
		.bytes = offer->bytes, .len = offer->len,
		.after_posted = event->tlp_class == RISER_POSTED ?
				0 : r->run.rx[RISER_POSTED].head,
	};
	queue->head++;
	r->result->nr_to_card++;
	return 0;
}

/* Inputs: what the card sent before them is in the log before them. */
static int advance_to_input(struct riser_replaying *r, uint64_t cycle)
{
	int ret = advance(r, cycle);

	if (ret)
		return ret;
	expect_nothing(r);
	if (r->cycle > cycle)
		return riser_replay_fail(r, -EPROTO, "model %s does not number its cycles from 0",
			    r->config->model_path);
	if (r->is_dead && r->cycle < cycle)
		differ(r, r->cycle, "the model ended itself in cycle %" PRIu64
		       ", in the recording it went on", r->cycle);
	return 0;
}

static int take_to_host(struct riser_replaying *r, const struct riser_tlp_event *event)
{
	int ret = 0;

	if (wants_tx_lane(r)) {
		ret = advance(r, event->cycle);
		show_tlp(r, RISER_LANE_TX, event->seq, event->bytes,
			 event->len);
	}
	if (!ret && !r->nr_sent)
		ret = advance(r, event->cycle + 1);
	if (ret || r->result->differs)
		return ret;
	if (!r->nr_sent) {
		differ_missing(r, event);
		return 0;
	}
	if (r->sent[0].cycle != event->cycle ||
	    r->sent[0].len != event->len ||
	    memcmp(r->sent[0].bytes, event->bytes, event->len))
		differ_bytes(r, event, &r->sent[0]);
	r->nr_sent--;
	memmove(r->sent, r->sent + 1, r->nr_sent * sizeof(*r->sent));
	return 0;
}

static int take_tlp(struct riser_replaying *r, const struct riser_tlp_event *event)
{
	int ret;

	if (event->direction == RISER_TO_HOST) {
		ret = take_to_host(r, event);
		riser_words_learn(&r->words, event);
		return ret;
	}
	ret = advance_to_input(r, event->cycle);
	if (ret || is_done(r))
		return ret;
	riser_words_learn(&r->words, event);
	return put(r, event);
}

static int take_sideband(struct riser_replaying *r, const struct riser_rec *rec)
{
	int ret = advance_to_input(r, rec->cycle), i;

	if (ret || is_done(r))
		return ret;
	r->card.ops->set_sideband(r->card.model, rec->levels);
	if (rec->levels & RISER_SB_LINK_UP)
		return 0;
	/* as the engine: what waits will not get there */
	for (i = 0; i < RISER_NR_CLASSES; i++)
		r->run.rx[i].head = r->run.rx[i].tail;
	return 0;
}

static int take_end(struct riser_replaying *r, const struct riser_rec *rec)
{
	int ret = advance_to_input(r, rec->end.cycle);

	if (ret)
		return ret;
	r->result->recorded_tx_hash = rec->end.tx_hash;
	if (rec->end.model_ended && !r->is_dead)
		differ(r, r->cycle, "in the recording the model ended itself in cycle %"
		       PRIu64 ", replayed it goes on", rec->end.cycle);
	else if (!r->result->differs &&
		 r->result->tx_hash != rec->end.tx_hash)
		differ(r, r->cycle, "the hash over all TLPs of the card is %016"
		       PRIx64 ", recorded was %016" PRIx64,
		       r->result->tx_hash, rec->end.tx_hash);
	return 0;
}

/* A signal that was set in the run: "SIGNAL = VALUE, was ..." */
static int take_poke(struct riser_replaying *r, const struct riser_note *note)
{
	const struct riser_model_ops *ops = r->card.ops;
	char signal[256], value[181];
	int ret = advance_to_input(r, note->cycle);

	if (ret || is_done(r))
		return ret;
	if (sscanf(note->text, "%255s = %180[0-9a-fx]", signal, value) != 2)
		return riser_replay_fail(r, -EBADMSG, "record %s: no poke: %s",
					 r->config->record_path, note->text);
	if (ops->size < sizeof(*ops) || !ops->poke)
		return riser_replay_fail(r, -EINVAL, "in the run %s was set by its back door, which model %s lacks: build it with --signal",
					 signal, r->config->model_path);
	ret = ops->poke(r->card.model, signal, value);
	if (!ret)
		return 0;
	return riser_replay_fail(r, ret, "in the run %s was set to %s, which model %s cannot: %s",
				 signal, value, r->config->model_path, strerror(-ret));
}

/* What more the run depended on: files that the RTL read, signals that were set. */
static int take_note(struct riser_replaying *r, const struct riser_note *note)
{
	if (note->source == RISER_NOTE_BACKDOOR && note->code == RISER_BACKDOOR_POKE)
		return take_poke(r, note);
	if (note->source != RISER_NOTE_FILE)
		return 0;
	return riser_rtl_files_add(&r->files, 0, note->text, r->error);
}

static int take_record(struct riser_replaying *r, const struct riser_rec *rec)
{
	switch (rec->kind) {
	case RISER_REC_TLP:
		return take_tlp(r, &rec->tlp);
	case RISER_REC_SIDEBAND:
		return take_sideband(r, rec);
	case RISER_REC_NOTE:
		return take_note(r, &rec->note);
	case RISER_REC_END:
		return take_end(r, rec);
	default:
		return 0;
	}
}

static int replay_log(struct riser_replaying *r)
{
	uint64_t to = r->config->to_cycle;
	struct riser_rec rec;
	int ret;

	while (!is_done(r) || r->config->go_on) {
		ret = riser_rec_next(r->log, &rec);
		if (ret == 0)
			break;
		if (ret < 0) {
			r->result->is_cut = true;
			snprintf(r->result->trouble, sizeof(r->result->trouble),
				 "%s", riser_rec_trouble(r->log));
			return 0;
		}
		/* a window may reach beyond the last record before it */
		if (to && rec.cycle >= to)
			return advance(r, to);
		ret = take_record(r, &rec);
		if (ret)
			return ret;
		if (!r->result->differs)
			riser_replay_watch(r, &rec);
		if (r->is_dead && r->config->go_on)
			break;
	}
	/* the rest of a window behind the end of the log */
	if (r->is_tracing && to > r->cycle && !is_done(r))
		return advance(r, to);
	return 0;
}

/* Behind a whole log: files that were there in the run and are not now. */
static int check_files(struct riser_replaying *r)
{
	const char *name = riser_rtl_files_left(&r->files);

	if (!name || r->config->to_cycle || r->result->is_cut || r->result->differs)
		return 0;
	return riser_replay_fail(r, -EINVAL, "file %.300s: the RTL reads it either in the run or now: is it still there?",
				 name);
}

static void fini(struct riser_replaying *r)
{
	int i, j;

	if (r->is_tracing)
		r->card.ops->trace_close(r->card.model);
	riser_card_unload(&r->card);
	riser_rec_close(r->log);
	if (r->has_words)
		riser_words_fini(&r->words);
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		for (j = 0; j < RISER_REPLAY_QUEUE; j++)
			free(r->offer[i][j].bytes);
		free(r->run.rx[i].ref);
	}
	free(r->run.tx);
	free(r->sent);
	riser_rtl_files_fini(&r->files);
	free(r);
}

static int write_coverage(struct riser_replaying *r)
{
	int ret = r->card.ops->coverage_write(r->card.model, r->config->coverage_path);

	return ret ? riser_replay_fail(r, ret, "coverage data %s: %s", r->config->coverage_path,
				       strerror(-ret)) : 0;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int riser_replay(const struct riser_replay_config *config,
		 struct riser_replay_result *result, char *error)
{
	struct riser_replaying *r = calloc(1, sizeof(*r));
	double start_s = now_s();
	int ret;

	memset(result, 0, sizeof(*result));
	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!r)
		return -ENOMEM;
	r->config = config;
	r->result = result;
	r->error = error;
	ret = riser_words_init(&r->words);
	r->has_words = !ret;
	if (!ret)
		ret = riser_rec_open(config->record_path, &r->log, error);
	if (!ret) {
		r->facts = riser_rec_facts(r->log);
		ret = riser_replay_make_model(r);
	}
	if (!ret)
		ret = riser_replay_start(r);
	if (!ret) {
		riser_replay_watch_start(r);
		ret = replay_log(r);
		if (!ret)
			ret = check_files(r);
		riser_replay_watch_finish(r);
	}
	if (!ret && config->coverage_path)
		ret = write_coverage(r);
	result->cycles = r->cycle;
	fini(r);
	result->wall_s = now_s() - start_s;
	return ret;
}
