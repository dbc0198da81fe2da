/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time axis with long silences cut out. A run is bursts of TLPs with idle time
 * between them that may be a thousand times longer: on a plain axis there would
 * be nothing to see.
 */
#ifndef RISER_REPORT_AXIS_H
#define RISER_REPORT_AXIS_H

#include <stdbool.h>
#include <stdint.h>

#define RISER_AXIS_CANDIDATES	1024

struct riser_gap {
	uint64_t from;		/* last cycle with a TLP before the silence */
	uint64_t to;		/* first cycle with one behind it */
};

/**
 * struct riser_axis - cycles to columns
 * @gap: the longest silences so far; the first @nr_cuts are cut, by time
 * @least: the shortest of them, known once all are used
 * @first, @last: cycles of the first and last TLP
 * @shown_cycles: what is left of the run's length
 */
struct riser_axis {
	struct riser_gap gap[RISER_AXIS_CANDIDATES];
	unsigned int nr_gaps;
	unsigned int nr_cuts;
	unsigned int least;
	uint64_t first, last;
	uint64_t shown_cycles;
	bool has_any;
};

void riser_axis_init(struct riser_axis *axis);
/* Each TLP's cycle; they may come a little out of order. */
void riser_axis_add(struct riser_axis *axis, uint64_t cycle);
/* Decides about the cuts; no more cycles follow. */
void riser_axis_finish(struct riser_axis *axis);
/* Where a cycle is: 0 to 1, cuts have no width. */
double riser_axis_at(const struct riser_axis *axis, uint64_t cycle);
/* The cycle at a place: the inverse of riser_axis_at(). */
uint64_t riser_axis_cycle(const struct riser_axis *axis, double at);

#endif /* RISER_REPORT_AXIS_H */
