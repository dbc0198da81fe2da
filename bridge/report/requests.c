// SPDX-License-Identifier: Apache-2.0
#include "requests.h"

#include <stdio.h>
#include <stdlib.h>

void riser_requests_init(struct riser_requests *requests)
{
	requests->first = NULL;
	requests->end = &requests->first;
}

void riser_requests_fini(struct riser_requests *requests)
{
	while (requests->first)
		riser_requests_drop(requests, requests->first);
}

struct riser_request *riser_requests_add(struct riser_requests *requests,
					 const struct riser_packet *packet)
{
	const struct riser_tlp_caller *caller = packet->tlp.caller;
	struct riser_request *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->seq = packet->tlp.seq;
	r->cycle = packet->cycle;
	r->direction = packet->tlp.direction;
	r->tlp = *packet->tlp.tlp;
	r->tlp.data = r->tlp.digest = NULL;
	r->site = packet->tlp.site;
	r->pid = caller ? caller->pid : 0;
	snprintf(r->place, sizeof(r->place), "%s", packet->place ? packet->place : "");
	snprintf(r->function, sizeof(r->function), "%s",
		 caller && caller->function ? caller->function : "");
	*requests->end = r;
	requests->end = &r->next;
	return r;
}

struct riser_request *riser_requests_of(const struct riser_requests *requests,
					const struct riser_packet *packet)
{
	struct riser_request *r;

	if (packet->tlp.request_seq == RISER_NO_SEQ)
		return NULL;
	for (r = requests->first; r; r = r->next)
		if (r->seq == packet->tlp.request_seq)
			return r;
	return NULL;
}

bool riser_request_ends(const struct riser_request *request, const struct riser_tlp *completion)
{
	if (completion->status != RISER_CPL_SC || !completion->data_bytes)
		return true;
	return request->done_dw + completion->data_bytes / 4 >= request->tlp.length_dw;
}

void riser_requests_drop(struct riser_requests *requests, struct riser_request *request)
{
	struct riser_request **at = &requests->first;

	while (*at != request)
		at = &(*at)->next;
	*at = request->next;
	if (requests->end == &request->next)
		requests->end = at;
	free(request);
}
