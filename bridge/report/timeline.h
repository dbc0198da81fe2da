/* SPDX-License-Identifier: Apache-2.0 */
/* timeline.json: a run for ui.perfetto.dev, docs/report.md. */
#ifndef RISER_REPORT_TIMELINE_H
#define RISER_REPORT_TIMELINE_H

#include "page.h"

/*
 * Writes DIR/timeline.json with at most @max_tlps TLPs: those around the failure,
 * or the last ones. 0 or -errno and a sentence.
 */
int riser_timeline_write(const struct riser_page_input *input,
			 uint64_t max_tlps, char *error);

#endif /* RISER_REPORT_TIMELINE_H */
