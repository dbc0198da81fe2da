// SPDX-License-Identifier: Apache-2.0
#include "filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../diagnostic.h"

int riser_filter_init(struct riser_filter *filter, const char *text)
{
	struct riser_fault_error error;

	memset(filter, 0, sizeof(*filter));
	if (riser_fault_parse_match(text, &filter->match, &error)) {
		riser_complain(stderr, "--filter", text, error.column, error.len, error.text);
		return -EINVAL;
	}
	filter->is_set = true;
	riser_fault_count_init(&filter->count, &filter->match);
	riser_requests_init(&filter->requests);
	return 0;
}

void riser_filter_fini(struct riser_filter *filter)
{
	if (filter->is_set)
		riser_requests_fini(&filter->requests);
}

static void describe_access(struct riser_fault_place *place, const struct riser_words *words,
			    const struct riser_tlp *tlp)
{
	bool is_io = tlp->kind == RISER_TLP_IORD || tlp->kind == RISER_TLP_IOWR;

	if (is_io || tlp->kind <= RISER_TLP_MWR)
		place->bar = riser_bar_map_find(&words->bars, tlp->addr, is_io, &place->offset);
}

static uint8_t interrupt_of(const struct riser_words *words, const struct riser_tlp *tlp)
{
	switch (riser_bar_map_message(&words->bars, tlp)) {
	case RISER_MESSAGE_MSI:
		return RISER_FAULT_MSI;
	case RISER_MESSAGE_MSIX:
		return RISER_FAULT_MSIX;
	default:
		return RISER_FAULT_NO_MSI;
	}
}

/* As the engine describes a TLP to fault rules. */
static void describe(struct riser_filter *filter, const struct riser_words *words,
		     const struct riser_packet *packet, struct riser_fault_place *place)
{
	const struct riser_tlp_caller *caller = packet->tlp.caller;
	const struct riser_tlp *tlp = packet->tlp.tlp;
	struct riser_request *r = NULL;

	*place = (struct riser_fault_place){
		.tlp = tlp, .direction = packet->tlp.direction, .bar = -1,
		.request_kind = RISER_FAULT_ANY,
	};
	if (packet->tlp.tlp_class == RISER_COMPLETION)
		r = riser_requests_of(&filter->requests, packet);
	if (r) {
		place->request_kind = r->tlp.kind;
		place->function = *r->function ? r->function : NULL;
		if (r->direction == RISER_TO_CARD)
			describe_access(place, words, &r->tlp);
	} else if (packet->tlp.tlp_class != RISER_COMPLETION) {
		place->function = caller ? caller->function : NULL;
		if (packet->tlp.direction == RISER_TO_CARD)
			describe_access(place, words, tlp);
		else
			place->interrupt = interrupt_of(words, tlp);
	}
}

/* A request stays until its last completion has been looked at. */
static void keep(struct riser_filter *filter, const struct riser_packet *packet)
{
	const struct riser_tlp *tlp = packet->tlp.tlp;
	struct riser_request *r;
	bool ends;

	if (packet->tlp.tlp_class == RISER_NONPOSTED)
		(void)riser_requests_add(&filter->requests, packet);
	if (packet->tlp.tlp_class != RISER_COMPLETION)
		return;
	r = riser_requests_of(&filter->requests, packet);
	if (!r)
		return;
	ends = riser_request_ends(r, tlp);
	r->done_dw += tlp->data_bytes / 4;
	if (ends)
		riser_requests_drop(&filter->requests, r);
}

bool riser_filter_passes(struct riser_filter *filter, const struct riser_words *words,
			 const struct riser_packet *packet)
{
	struct riser_fault_place place;
	bool ret;

	if (!filter->is_set)
		return true;
	if (packet->note || !packet->tlp.tlp)
		return false;
	describe(filter, words, packet, &place);
	ret = packet->cycle >= filter->match.after && riser_fault_matches(&filter->match, &place) &&
	      riser_fault_fires(&filter->match, &filter->count);
	keep(filter, packet);
	return ret;
}
