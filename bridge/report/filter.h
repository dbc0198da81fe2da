/* SPDX-License-Identifier: Apache-2.0 */
/* Which TLPs of a capture are wanted: the match of a fault rule (docs/faults.md). */
#ifndef RISER_REPORT_FILTER_H
#define RISER_REPORT_FILTER_H

#include <riser/fault.h>

#include "../words.h"
#include "requests.h"

/* Zeroed: every packet passes. */
struct riser_filter {
	struct riser_fault match;
	bool is_set;
	struct riser_fault_count count;
	struct riser_requests requests;
};

/* Parses; 0, or -EINVAL after a message with a caret on standard error. */
int riser_filter_init(struct riser_filter *filter, const char *text);
void riser_filter_fini(struct riser_filter *filter);
/*
 * Whether this packet passes; asked about each one of a capture, in order, after
 * @words have learnt it. Notes do not pass a filter that is set.
 */
bool riser_filter_passes(struct riser_filter *filter, const struct riser_words *words,
			 const struct riser_packet *packet);

#endif /* RISER_REPORT_FILTER_H */
