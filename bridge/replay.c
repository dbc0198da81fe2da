// SPDX-License-Identifier: Apache-2.0
/*
 * Replays a log from reset. The log is in the order of the simulation: what the
 * card sent in cycle c stands before what was put into its queues when c + 1
 * cycles were done. So one pass suffices: the model is run up to the cycle of
 * each record, and what it sent on the way must be what the log says.
 */
#define _GNU_SOURCE
#include <riser/replay.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <riser/link.h>
#include <riser/loader.h>

#include "words.h"

#define QUEUE		4096		/* as in the engine, a power of two */
#define TX_BYTES	(1U << 18)
#define MAX_BATCH	(1U << 20)
#define LANES_AHEAD	20000		/* cycles before the window */
#define LANE_BYTES	64		/* as in annot.sv */
#define NOT_SHOWN	UINT64_MAX

/* A TLP that waits for the card, and what the lanes say of it. */
struct offer {
	uint8_t *bytes;
	uint32_t len;
	uint64_t seq;
	uint64_t host_ns;
	char function[LANE_BYTES + 1];
};

/* A TLP that the card sent and the log has not mentioned yet. */
struct sent {
	uint64_t cycle;
	uint32_t len;
	uint8_t bytes[RISER_TLP_MAX_BYTES + 64];
};

struct replay {
	const struct riser_replay_config *config;
	struct riser_replay_result *result;
	char *error;
	struct riser_rec_log *log;
	const struct riser_rec_facts *facts;
	struct riser_card card;
	struct riser_words words;
	struct riser_run run;
	struct offer offer[RISER_NR_CLASSES][QUEUE];
	const struct offer *last_offer;
	uint64_t shown[RISER_NR_CLASSES];
	uint64_t cycle;
	bool has_words;
	bool is_dead;
	bool is_tracing;
	struct sent *sent;
	uint32_t nr_sent;
	uint32_t sent_room;
};

__attribute__((format(printf, 3, 4)))
static int fail(struct replay *r, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->error, RISER_ERROR_BYTES, format, args);
	va_end(args);
	return code;
}

/* ---- differences ---- */

__attribute__((format(printf, 3, 4)))
static void differ(struct replay *r, uint64_t cycle, const char *format, ...)
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

static bool is_done(const struct replay *r)
{
	return r->is_dead || (r->result->differs && !r->config->go_on);
}

static void differ_bytes(struct replay *r, const struct riser_tlp_event *event,
			 const struct sent *got)
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

static void differ_missing(struct replay *r,
			   const struct riser_tlp_event *event)
{
	char text[RISER_TLP_TEXT_BYTES];

	riser_words_print(&r->words, event->bytes, event->len, text,
			  sizeof(text));
	differ(r, event->cycle, "TLP %" PRIu64 ": recorded %s in cycle %" PRIu64
	       ", replayed nothing by then", event->seq, text, event->cycle);
}

/* What the card sent and the log does not have. */
static void expect_nothing(struct replay *r)
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

static void set_lane(struct replay *r, enum riser_lane lane, const char *text)
{
	r->card.ops->annotate(r->card.model, lane, text);
}

static void show_tlp(struct replay *r, enum riser_lane lane, uint64_t seq,
		     const uint8_t *bytes, uint32_t len)
{
	char words[RISER_TLP_TEXT_BYTES], text[RISER_TLP_TEXT_BYTES + 32];

	riser_words_print(&r->words, bytes, len, words, sizeof(words));
	snprintf(text, sizeof(text), "#%" PRIu64 " %s", seq, words);
	text[LANE_BYTES] = '\0';
	set_lane(r, lane, text);
}

static void show_offer(struct replay *r, const struct offer *offer)
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
static void show_offers(struct replay *r)
{
	uint64_t nr_posted = r->run.rx[RISER_POSTED].tail;
	const struct riser_rx_queue *queue;
	int i;

	for (i = 0; i < RISER_NR_CLASSES; i++) {
		queue = &r->run.rx[i];
		if (queue->head == queue->tail) {
			r->shown[i] = NOT_SHOWN;
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

static bool wants_tx_lane(const struct replay *r)
{
	const struct riser_replay_config *config = r->config;

	return config->wave_path && r->card.ops->annotate &&
	       r->cycle + LANES_AHEAD >= config->wave_from &&
	       r->cycle < config->wave_to;
}

/* ---- the model's clock ---- */

static int keep_sent(struct replay *r, const struct riser_tx_rec *rec,
		     const uint8_t *bytes)
{
	struct sent *more;
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

static int take_output(struct replay *r)
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

static int open_wave(struct replay *r)
{
	const struct riser_replay_config *config = r->config;
	int ret;

	ret = r->card.ops->trace_open(r->card.model, config->wave_path,
				      config->wave_scopes ?
				      config->wave_scopes : "");
	if (ret)
		return fail(r, ret, "waveform %s: %s", config->wave_path,
			    strerror(-ret));
	r->is_tracing = true;
	r->result->wave_is_written = true;
	if (r->last_offer)
		show_offer(r, r->last_offer);
	return 0;
}

/* Opens and closes the window; the cycle up to which the clock may run. */
static int watch_window(struct replay *r, uint64_t *target)
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
static int advance(struct replay *r, uint64_t target)
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
			return fail(r, ret, "the model broke its contract in cycle %"
				    PRIu64 " (%d)", r->cycle, ret);
		r->cycle = r->run.cycle;
		if (r->run.why & (RISER_RUN_FATAL | RISER_RUN_STOP |
				  RISER_RUN_FINISH))
			r->is_dead = true;
	}
	return 0;
}

/* ---- records ---- */

static void fill_offer(struct offer *offer, const struct riser_tlp_event *event)
{
	const struct riser_tlp_caller *caller = event->caller;

	memcpy(offer->bytes, event->bytes, event->len);
	offer->len = event->len;
	offer->seq = event->seq;
	offer->host_ns = event->host_ns;
	offer->function[0] = '\0';
	if (caller && caller->function)
		snprintf(offer->function, sizeof(offer->function), "%.*s",
			 LANE_BYTES, caller->function);
	else if (caller)
		snprintf(offer->function, sizeof(offer->function),
			 "0x%" PRIx64, caller->pc);
}

static int put(struct replay *r, const struct riser_tlp_event *event)
{
	struct riser_rx_queue *queue = &r->run.rx[event->tlp_class];
	uint32_t i = (uint32_t)queue->head & queue->mask;
	struct offer *offer = &r->offer[event->tlp_class][i];

	if (queue->head - queue->tail > queue->mask)
		return fail(r, -EBADMSG, "record %s: more TLPs wait for the card in cycle %"
			    PRIu64 " than the engine ever lets wait",
			    r->config->record_path, r->cycle);
	if (!offer->bytes)
		offer->bytes = malloc(RISER_TLP_MAX_BYTES);
	if (!offer->bytes)
		return fail(r, -ENOMEM, "out of memory");
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
static int advance_to_input(struct replay *r, uint64_t cycle)
{
	int ret = advance(r, cycle);

	if (ret)
		return ret;
	expect_nothing(r);
	if (r->cycle > cycle)
		return fail(r, -EPROTO, "model %s does not number its cycles from 0",
			    r->config->model_path);
	if (r->is_dead && r->cycle < cycle)
		differ(r, r->cycle, "the model ended itself in cycle %" PRIu64
		       ", in the recording it went on", r->cycle);
	return 0;
}

static int take_to_host(struct replay *r, const struct riser_tlp_event *event)
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

static int take_tlp(struct replay *r, const struct riser_tlp_event *event)
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

static int take_sideband(struct replay *r, const struct riser_rec *rec)
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

static int take_end(struct replay *r, const struct riser_rec *rec)
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

static int take_record(struct replay *r, const struct riser_rec *rec)
{
	switch (rec->kind) {
	case RISER_REC_TLP:
		return take_tlp(r, &rec->tlp);
	case RISER_REC_SIDEBAND:
		return take_sideband(r, rec);
	case RISER_REC_END:
		return take_end(r, rec);
	default:
		return 0;
	}
}

static int replay_log(struct replay *r)
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
		if (r->is_dead && r->config->go_on)
			break;
	}
	/* the rest of a window behind the end of the log */
	if (r->is_tracing && to > r->cycle && !is_done(r))
		return advance(r, to);
	return 0;
}

/* ---- the model ---- */

static int check_model(struct replay *r)
{
	const struct riser_model_info *info = r->card.info;

	if (strcmp(info->source_hash, r->facts->source_hash))
		return fail(r, -EINVAL,
			    "record %s was made with other sources than model %s: source hash %.12s (%s) against %.12s (%s); build the model from the sources of that run",
			    r->config->record_path, r->config->model_path,
			    r->facts->source_hash,
			    r->facts->model_name ? r->facts->model_name : "?",
			    info->source_hash, info->name);
	if (r->config->wave_path &&
	    !(info->features & RISER_MODEL_F_TRACE))
		return fail(r, -EINVAL,
			    "model %s cannot write waveforms: build it with --flavour trace",
			    r->config->model_path);
	return 0;
}

static int check_preload(struct replay *r, struct riser_card_options *options)
{
	uint64_t hash, bytes;
	const char *path;
	int i, ret;

	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++) {
		if (!r->facts->preload[i])
			continue;
		path = r->config->preload[i] ? r->config->preload[i] :
					       r->facts->preload[i];
		ret = riser_hash64_file(path, &hash, &bytes);
		if (ret)
			return fail(r, ret, "preload %s of the recorded run: %s",
				    path, strerror(-ret));
		if (hash != r->facts->preload_hash[i] ||
		    bytes != r->facts->preload_bytes[i])
			return fail(r, -EINVAL,
				    "preload %s has changed since the run: %" PRIu64
				    " bytes with hash %016" PRIx64
				    ", recorded were %" PRIu64
				    " bytes with hash %016" PRIx64, path, bytes,
				    hash, r->facts->preload_bytes[i],
				    r->facts->preload_hash[i]);
		options->preload[i] = path;
	}
	return 0;
}

static int make_model(struct replay *r)
{
	struct riser_card_options options = {
		.plusargs = (const char *const *)r->facts->plusarg,
		.nr_plusargs = r->facts->nr_plusargs,
		.x_init = r->config->x_init < 0 ? r->facts->x_init :
						  (uint32_t)r->config->x_init,
		.seed = r->facts->seed,
		.message = r->config->message, .ctx = r->config->ctx,
	};
	int ret, i;

	ret = riser_card_load(&r->card, r->config->model_path, r->error);
	if (!ret)
		ret = check_model(r);
	if (!ret)
		ret = check_preload(r, &options);
	if (!ret)
		ret = riser_card_create(&r->card, &options, r->error);
	if (ret)
		return ret;
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		r->run.rx[i].ref = calloc(QUEUE, sizeof(struct riser_tlp_ref));
		if (!r->run.rx[i].ref)
			return fail(r, -ENOMEM, "out of memory");
		r->run.rx[i].mask = QUEUE - 1;
		r->shown[i] = NOT_SHOWN;
		r->run.stall_rx[i] = r->facts->stall_rx[i];
		r->run.stall_tx[i] = r->facts->stall_tx[i];
	}
	r->run.tx = aligned_alloc(64, TX_BYTES);
	r->run.tx_bytes = TX_BYTES;
	return r->run.tx ? 0 : fail(r, -ENOMEM, "out of memory");
}

static void fini(struct replay *r)
{
	int i, j;

	if (r->is_tracing)
		r->card.ops->trace_close(r->card.model);
	riser_card_unload(&r->card);
	riser_rec_close(r->log);
	if (r->has_words)
		riser_words_fini(&r->words);
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		for (j = 0; j < QUEUE; j++)
			free(r->offer[i][j].bytes);
		free(r->run.rx[i].ref);
	}
	free(r->run.tx);
	free(r->sent);
	free(r);
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
	struct replay *r = calloc(1, sizeof(*r));
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
		ret = make_model(r);
	}
	if (!ret)
		ret = replay_log(r);
	result->cycles = r->cycle;
	fini(r);
	result->wall_s = now_s() - start_s;
	return ret;
}
