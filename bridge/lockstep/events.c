// SPDX-License-Identifier: Apache-2.0
/* What the RTL and the host did, in their order: to the comparator and the script. */
#define _GNU_SOURCE
#include "lockstep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_write(const struct riser_tlp *tlp)
{
	return tlp->kind == RISER_TLP_MWR || tlp->kind == RISER_TLP_CFGWR0 ||
	       tlp->kind == RISER_TLP_CFGWR1 || tlp->kind == RISER_TLP_IOWR;
}

static void set_function(struct ls_request *request, const struct ls_event *event)
{
	if (event->has_caller && event->function[0])
		snprintf(request->function, sizeof(request->function), "%s", event->function);
}

static struct ls_request *make_request(struct riser_lockstep *ls, const struct ls_event *event,
				       const struct riser_tlp *tlp)
{
	struct ls_request *request = calloc(1, sizeof(*request));

	if (!request)
		return NULL;
	request->tlp = *tlp;
	request->tlp.data = NULL;
	request->tlp.digest = NULL;
	request->seq = event->tlp.seq;
	request->cycle = event->tlp.cycle;
	request->bytes = riser_tlp_request_bytes(tlp);
	set_function(request, event);
	/* enough for a header and the data of a configuration or I/O write */
	if (event->len <= sizeof(request->raw)) {
		request->len = event->len;
		memcpy(request->raw, event->bytes, event->len);
	}
	ls_register_find(&ls->words, request);
	request->next = ls->requests;
	ls->requests = request;
	ls->rtl_tag[tlp->tag % LS_TAGS] = request;
	return request;
}

void ls_request_free(struct riser_lockstep *ls, struct ls_request *request)
{
	struct ls_request **at = &ls->requests;
	uint32_t i = request->tlp.tag % LS_TAGS;

	while (*at && *at != request)
		at = &(*at)->next;
	if (*at)
		*at = request->next;
	if (ls->rtl_tag[i] == request)
		ls->rtl_tag[i] = NULL;
	if (ls->ref_tag[i] == request)
		ls->ref_tag[i] = NULL;
	free(request);
}

/* A request of the host; the script has the event then. */
static bool host_request(struct riser_lockstep *ls, struct ls_event *event,
			 const struct riser_tlp *tlp)
{
	struct ls_item *item = ls_script_add(ls, LS_ITEM_REQUEST);

	if (!item)
		return false;
	item->cycle = event->tlp.cycle;
	item->seq = event->tlp.seq;
	item->event = event;
	if (event->tlp.tlp_class == RISER_NONPOSTED)
		item->request = make_request(ls, event, tlp);
	item->levels = is_write(tlp);
	ls->counts.nr_requests++;
	return true;
}

static void rtl_completion(struct riser_lockstep *ls, const struct ls_event *event,
			   const struct riser_tlp *tlp)
{
	struct ls_request *request = ls->rtl_tag[tlp->tag % LS_TAGS];
	struct ls_answer *answer;
	struct ls_item *item;

	if (!request)
		return;
	answer = &request->answer[RISER_SIDE_RTL];
	answer->cycle = event->tlp.cycle;
	answer->seq = event->tlp.seq;
	ls_answer_take(answer, request, tlp);
	if (!answer->is_done)
		return;
	ls->rtl_tag[tlp->tag % LS_TAGS] = NULL;
	item = ls_script_add(ls, LS_ITEM_ANSWER);
	if (!item)
		return;
	item->cycle = event->tlp.cycle;
	item->seq = event->tlp.seq;
	item->request = request;
}

/* While the host has not answered the RTL, the reference may wait as well. */
static void count_reads(struct riser_lockstep *ls, const struct riser_tlp_event *event,
			const struct riser_tlp *tlp)
{
	bool *reads = &ls->rtl_reads[ls_card_tag(tlp)];
	bool begins = event->direction == RISER_TO_HOST && tlp->kind == RISER_TLP_MRD;
	bool is_cpl = event->direction == RISER_TO_CARD && event->tlp_class == RISER_COMPLETION;
	/* the last one has as many bytes as are left */
	bool ends = is_cpl && (tlp->status != RISER_CPL_SC || !tlp->data ||
			       tlp->data_bytes - (tlp->lower_addr & 3U) >= tlp->byte_count);

	if (begins && !*reads)
		ls->nr_rtl_reads++;
	if (ends && *reads)
		ls->nr_rtl_reads--;
	if (begins || ends)
		*reads = begins;
}

/* true: the script has the event. */
static bool on_tlp(struct riser_lockstep *ls, struct ls_event *event)
{
	struct riser_tlp_event *tlp_event = &event->tlp;
	struct riser_tlp tlp;

	tlp_event->bytes = event->bytes;
	tlp_event->len = event->len;
	tlp_event->names = &ls->words.names;
	tlp_event->caller = event->has_caller ? &event->caller : NULL;
	event->caller.function = event->function[0] ? event->function : NULL;
	ls->now = tlp_event->cycle;
	ls->ops->time(ls->comparator, ls->now, tlp_event->host_ns);
	if (ls->has_diverged || riser_tlp_decode(&tlp, event->bytes, event->len))
		return false;
	tlp_event->tlp = &tlp;
	riser_words_learn(&ls->words, tlp_event);
	count_reads(ls, tlp_event, &tlp);
	ls->ops->tlp(ls->comparator, RISER_SIDE_RTL, tlp_event);
	tlp_event->tlp = NULL;
	if (tlp_event->direction == RISER_TO_CARD) {
		if (tlp_event->tlp_class != RISER_COMPLETION)
			return host_request(ls, event, &tlp);
		ls->completer = tlp.completer;
	} else if (tlp_event->tlp_class == RISER_COMPLETION) {
		rtl_completion(ls, event, &tlp);
	}
	return false;
}

static void on_sideband(struct riser_lockstep *ls, const struct ls_event *event)
{
	struct ls_item *item = ls_script_add(ls, LS_ITEM_LEVELS);
	uint32_t i;

	ls->now = event->cycle;
	if (!item)
		return;
	item->cycle = event->cycle;
	item->levels = event->levels;
	ls->ops->sideband(ls->comparator, RISER_SIDE_RTL, event->cycle, event->levels);
	/* what was not completed is not going to be */
	if (event->levels & RISER_SB_LINK_UP)
		return;
	for (i = 0; i < LS_TAGS; i++)
		ls->rtl_tag[i] = NULL;
	memset(ls->rtl_reads, 0, sizeof(ls->rtl_reads));
	ls->nr_rtl_reads = 0;
}

/* The engine gave a request up that the reference has answered, or will. */
static void on_timeout(struct riser_lockstep *ls, const struct ls_event *event)
{
	struct ls_request *request;
	char access[RISER_TLP_TEXT_BYTES];
	const struct riser_lockstep_place place = {
		.rule = "REF-05", .cycle = event->cycle, .seq = event->seq, .access = access,
	};
	struct riser_lockstep_place with = place;

	ls->now = event->cycle;
	for (request = ls->requests; request; request = request->next)
		if (request->seq == event->seq)
			break;
	if (!request || request->answer[RISER_SIDE_RTL].is_done || !request->len)
		return;
	/* as long as the RTL had */
	ls_script_let_answer(ls, request, event->cycle - request->cycle);
	riser_words_print(&ls->words, request->raw, request->len, access, sizeof(access));
	with.function = request->function;
	if (request->answer[RISER_SIDE_REFERENCE].is_done)
		riser_lockstep_diverge(ls, &with,
				       "the RTL has not completed %s, which the reference completed with %s",
				       access, riser_tlp_status_name(request->
				       answer[RISER_SIDE_REFERENCE].status));
	else
		riser_lockstep_diverge(ls, &with,
				       "neither the RTL nor the reference has completed %s in time",
				       access);
}

void ls_event(struct riser_lockstep *ls, struct ls_event *event)
{
	/* a request is the script's, which ends it when the reference has it */
	bool is_kept = false, is_last = event->kind == LS_FINISH;

	if (ls->has_diverged) {
		ls->counts.nr_left += event->kind == LS_TLP;
		free(event);
		return;
	}
	switch (event->kind) {
	case LS_TLP:
		is_kept = on_tlp(ls, event);
		break;
	case LS_SIDEBAND:
		on_sideband(ls, event);
		break;
	case LS_SITE: {
		const struct riser_site site = {
			.site = (uint32_t)event->seq, .function = event->function,
		};

		ls->ops->site(ls->comparator, &site);
		break;
	}
	case LS_TIMEOUT:
		ls_script_walk(ls);
		on_timeout(ls, event);
		break;
	case LS_FINISH:
		ls->now = event->cycle;
		ls->ops->time(ls->comparator, ls->now, 0);
		break;
	}
	if (!ls->has_diverged)
		ls_script_walk(ls);
	if (!ls->has_diverged)
		ls_reads_overdue(ls);
	if (is_last && !ls->has_diverged) {
		ls_register_end(ls);
		ls->counts.nr_left += ls->nr_items;
	}
	if (!is_kept)
		free(event);
}

void ls_free_all(struct riser_lockstep *ls)
{
	struct ls_item *item;

	while ((item = ls->first)) {
		ls->first = item->next;
		free(item->event);
		free(item);
	}
	while (ls->requests)
		ls_request_free(ls, ls->requests);
}
