// SPDX-License-Identifier: Apache-2.0
/* The script, as far as the reference gets with it. */
#define _GNU_SOURCE
#include "lockstep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_CYCLES	4096	/* run() returns earlier when a TLP comes */
#define BLOCKED_CYCLES	256	/* without a TLP, while reads of host memory wait */
#define MAX_CATCH_UP	200000	/* cycles that the reference's clock follows the RTL's */
#define REPEAT_CYCLES	256	/* between two reads of a register */
#define SETTLE_CYCLES	1024	/* for what follows from a request */
#define LEVEL_CYCLES	4096	/* a reset needs no more */

struct ls_item *ls_script_add(struct riser_lockstep *ls, enum ls_item_kind kind)
{
	struct ls_item *item = calloc(1, sizeof(*item));

	if (!item)
		return NULL;
	item->kind = kind;
	*ls->last = item;
	ls->last = &item->next;
	ls->nr_items++;
	return item;
}

void riser_lockstep_expect(struct riser_lockstep *ls, uint32_t token)
{
	struct ls_item *item = ls_script_add(ls, LS_ITEM_TOKEN);

	if (item) {
		item->cycle = ls->now;
		item->token = token;
	}
}

static void pop(struct riser_lockstep *ls)
{
	struct ls_item *item = ls->first;

	ls->first = item->next;
	if (!ls->first)
		ls->last = &ls->first;
	ls->nr_items--;
	ls->waited = 0;
	ls->quiet = 0;
	free(item->event);
	free(item);
}

/* ---- the reference's TLPs ---- */

void ls_tell_reference(struct riser_lockstep *ls, enum riser_direction direction,
		       const uint8_t *bytes, uint32_t len, uint64_t request_seq,
		       const struct ls_event *from)
{
	struct riser_tlp tlp;
	struct riser_tlp_event event = {
		.seq = ls->ref_seq++, .request_seq = request_seq, .cycle = ls->now,
		.bytes = bytes, .len = len, .direction = direction, .tlp = &tlp,
		.names = &ls->words.names,
	};

	if (riser_tlp_decode(&tlp, bytes, len))
		return;
	event.tlp_class = riser_tlp_class((enum riser_tlp_kind)tlp.kind);
	if (from) {
		event.site = from->tlp.site;
		event.host_ns = from->tlp.host_ns;
		event.caller = from->has_caller ? &from->caller : NULL;
	}
	ls->ops->tlp(ls->comparator, RISER_SIDE_REFERENCE, &event);
}

void ls_reference_tlp(void *ctx, const uint8_t *bytes, uint32_t len,
		      enum riser_tlp_class tlp_class, uint64_t cycle)
{
	struct riser_lockstep *ls = ctx;
	struct ls_request *request;
	struct riser_tlp tlp;

	(void)cycle;
	ls->quiet = 0;
	if (riser_tlp_decode(&tlp, bytes, len))
		return;
	if (tlp_class != RISER_COMPLETION) {
		ls_tell_reference(ls, RISER_TO_HOST, bytes, len, RISER_NO_SEQ, NULL);
		if (tlp.kind == RISER_TLP_MRD)
			ls_read_add(ls, &tlp);
		return;
	}
	request = ls->ref_tag[tlp.tag % LS_TAGS];
	if (!request)
		return;
	ls_answer_take(&request->answer[RISER_SIDE_REFERENCE], request, &tlp);
	ls_tell_reference(ls, RISER_TO_HOST, bytes, len, request->ref_seq, NULL);
	if (request->answer[RISER_SIDE_REFERENCE].is_done)
		ls->ref_tag[tlp.tag % LS_TAGS] = NULL;
}

/* ---- time ---- */

static uint64_t run(struct riser_lockstep *ls, uint64_t cycles, bool stop_on_idle)
{
	uint64_t n = ls_card_run(&ls->ref, cycles, stop_on_idle);

	ls->quiet += n;
	if (ls->nr_reads)
		ls_reads_answer(ls, false);
	return n;
}

/* The reference's clock follows the RTL's, unless it has nothing to do. */
static void catch_up(struct riser_lockstep *ls, uint64_t cycle)
{
	int64_t target = (int64_t)cycle - ls->skew;
	int64_t left = target - (int64_t)ls->ref.run.cycle, most = MAX_CATCH_UP;

	while (left > 0 && most > 0) {
		uint64_t n = run(ls, (uint64_t)left < SLICE_CYCLES ? (uint64_t)left : SLICE_CYCLES,
				 true);

		most -= (int64_t)n;
		left = target - (int64_t)ls->ref.run.cycle;
		if (!n || ls->ref.run.why & RISER_RUN_IDLE)
			break;
	}
	if (left > 0)
		ls->skew += left;
}

static void set_levels(struct riser_lockstep *ls, const struct ls_item *item)
{
	uint64_t cycles = item->cycle - ls->levels_cycle, done;

	if (cycles > LEVEL_CYCLES)
		cycles = LEVEL_CYCLES;
	for (;;) {
		done = ls->ref.run.cycle - ls->ref_levels_cycle;
		if (done >= cycles || !run(ls, cycles - done, false))
			break;
	}
	ls_card_levels(&ls->ref, item->levels);
	ls->levels_cycle = item->cycle;
	ls->ref_levels_cycle = ls->ref.run.cycle;
	ls->ops->sideband(ls->comparator, RISER_SIDE_REFERENCE, ls->now, item->levels);
	if (item->levels & RISER_SB_LINK_UP)
		return;
	memset(ls->ref_tag, 0, sizeof(ls->ref_tag));
	ls->nr_reads = 0;
	ls->is_blocked = false;
}

/* ---- items ---- */

static bool put_request(struct riser_lockstep *ls, struct ls_item *item)
{
	struct ls_event *event = item->event;
	struct ls_request *request = item->request;

	if (item->levels && ls->is_behind)
		ls_register_moved_on(ls);
	catch_up(ls, item->cycle);
	if (!ls_card_put(&ls->ref, event->tlp.tlp_class, event->bytes, event->len))
		return false;
	if (request) {
		request->ref_seq = ls->ref_seq;
		ls->ref_tag[request->tlp.tag % LS_TAGS] = request;
	}
	ls->is_stirred = true;
	ls_tell_reference(ls, RISER_TO_CARD, event->bytes, event->len, RISER_NO_SEQ, event);
	return true;
}

/* The same read again: the reference is not as far as the RTL. */
static bool repeat(struct riser_lockstep *ls, struct ls_request *request)
{
	request->before = request->answer[RISER_SIDE_REFERENCE];
	request->is_repeated = true;
	memset(&request->answer[RISER_SIDE_REFERENCE], 0, sizeof(request->answer[0]));
	if (!ls_card_put(&ls->ref, RISER_NONPOSTED, request->raw, request->len))
		return false;
	/* for the comparator it is still the one request of the host */
	ls->ref_tag[request->tlp.tag % LS_TAGS] = request;
	ls->counts.nr_polls++;
	return true;
}

static bool is_answered(struct riser_lockstep *ls, struct ls_request *request)
{
	const struct ls_answer *answer = &request->answer[RISER_SIDE_REFERENCE];

	if (!answer->is_done)
		return false;
	switch (ls_register_judge(ls, request)) {
	case LS_EQUAL:
		ls->counts.nr_equal++;
		ls_request_free(ls, request);
		return true;
	case LS_REPEAT:
		if (request->len && ls->waited <= ls->config.patience) {
			ls->waited += run(ls, REPEAT_CYCLES, false);
			repeat(ls, request);
			return false;
		}
		if (ls_register_is_new(ls, request)) {
			ls_request_free(ls, request);
			return true;
		}
		/* fall through */
	default:
		ls_register_differs(ls, request);
		return false;
	}
}

/* Has the reference done it? */
static bool is_done(struct riser_lockstep *ls, struct ls_item *item)
{
	switch (item->kind) {
	case LS_ITEM_REQUEST:
		return put_request(ls, item);
	case LS_ITEM_LEVELS:
		set_levels(ls, item);
		return true;
	case LS_ITEM_ANSWER:
		return is_answered(ls, item->request);
	default:
		if (!ls->ops->is_met(ls->comparator, item->token))
			return false;
		ls->counts.nr_met += !ls->has_diverged;
		return true;
	}
}

static void tell_overdue(struct riser_lockstep *ls, const struct ls_item *item)
{
	char text[400] = "a request of the host", access[RISER_TLP_TEXT_BYTES] = "";
	struct riser_lockstep_place place = {
		.rule = "REF-04", .cycle = item->cycle, .seq = item->seq, .access = access,
	};

	if (item->kind == LS_ITEM_TOKEN) {
		/* the comparator may have better words, and tells it itself */
		ls->ops->overdue(ls->comparator, item->token, text, sizeof(text));
		if (ls->has_diverged)
			return;
	} else if (item->request && item->request->is_repeated) {
		item->request->answer[RISER_SIDE_REFERENCE] = item->request->before;
		ls_register_differs(ls, item->request);
		return;
	} else if (item->request && item->request->len) {
		riser_words_print(&ls->words, item->request->raw, item->request->len, access,
				  sizeof(access));
		place.function = item->request->function;
		snprintf(text, sizeof(text), "the completion of %.300s", access);
	}
	riser_lockstep_diverge(ls, &place,
			       "the RTL has sent %s, the reference has not in %" PRIu64
			       " cycles of its own", text, ls->waited);
}

/* Some cycles for the reference; false: nothing more can be done now. */
static bool let_run(struct riser_lockstep *ls)
{
	uint64_t n;

	if (ls->is_blocked)
		return false;
	n = run(ls, ls->nr_reads ? BLOCKED_CYCLES : SLICE_CYCLES, false);
	if (!n)
		return ls->ref.is_dead;
	if (ls->nr_reads) {
		if (ls->quiet < BLOCKED_CYCLES)
			return true;
		ls->is_blocked = !ls_reads_answer(ls, true);
		return !ls->is_blocked;
	}
	ls->waited += n;
	if (ls->waited <= ls->config.patience)
		return true;
	tell_overdue(ls, ls->first);
	return false;
}

/* What a request leads to by itself: an interrupt, a fetch. */
static void settle(struct riser_lockstep *ls)
{
	uint64_t left = SETTLE_CYCLES, n;

	while (ls->is_stirred && left) {
		n = run(ls, left, true);
		left -= n < left ? n : left;
		if (!n || ls->ref.run.why & RISER_RUN_IDLE)
			break;
	}
	ls->is_stirred = false;
}

void ls_script_let_answer(struct riser_lockstep *ls, const struct ls_request *request,
			  uint64_t cycles)
{
	uint64_t n;

	while (!request->answer[RISER_SIDE_REFERENCE].is_done && cycles) {
		n = run(ls, cycles < SLICE_CYCLES ? cycles : SLICE_CYCLES, false);
		cycles -= n < cycles ? n : cycles;
		if (!n)
			return;
	}
}

void ls_script_walk(struct riser_lockstep *ls)
{
	static const struct riser_lockstep_place nowhere = {
		.rule = "REF-06", .seq = RISER_NO_SEQ,
	};
	struct riser_lockstep_place place = nowhere;

	if (ls->nr_reads && ls_reads_answer(ls, false))
		ls->is_blocked = false;
	while (!ls->has_diverged) {
		if (ls->ref.is_dead) {
			place.cycle = ls->now;
			riser_lockstep_diverge(ls, &place,
					       "the reference model ended itself: %.300s",
					       ls->ref.said);
			return;
		}
		if (!ls->first) {
			settle(ls);
			return;
		}
		if (is_done(ls, ls->first))
			pop(ls);
		else if (!ls->has_diverged && !let_run(ls))
			return;
	}
}
