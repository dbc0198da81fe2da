/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that wait for their completions, while a capture is read. */
#ifndef RISER_REPORT_REQUESTS_H
#define RISER_REPORT_REQUESTS_H

#include "packets.h"

/**
 * struct riser_request - one that waits
 * @place: what it hits, "" if not known
 * @done_dw: dwords of data that have come
 * @id: the owner's, as @text
 */
struct riser_request {
	struct riser_request *next;
	uint64_t seq, cycle;
	enum riser_direction direction;
	struct riser_tlp tlp;	/* without data */
	uint32_t site, pid;
	char place[64];
	char function[128];
	uint32_t done_dw;
	uint64_t id;
	char text[RISER_TLP_TEXT_BYTES];
};

/* In order of arrival. */
struct riser_requests {
	struct riser_request *first, **end;
};

void riser_requests_init(struct riser_requests *requests);
void riser_requests_fini(struct riser_requests *requests);
/* Remembers a packet that is a request; NULL when there is no memory. */
struct riser_request *riser_requests_add(struct riser_requests *requests,
					 const struct riser_packet *packet);
/* The one that the packet, a completion, answers; NULL: none that is known. */
struct riser_request *riser_requests_of(const struct riser_requests *requests,
					const struct riser_packet *packet);
/* Whether nothing comes after this completion. */
bool riser_request_ends(const struct riser_request *request, const struct riser_tlp *completion);
void riser_requests_drop(struct riser_requests *requests, struct riser_request *request);

#endif /* RISER_REPORT_REQUESTS_H */
