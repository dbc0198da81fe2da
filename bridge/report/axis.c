// SPDX-License-Identifier: Apache-2.0
#include "axis.h"

#include <stdlib.h>
#include <string.h>

/* A silence is cut when it is longer than this part of what is left. */
#define PART 20

void riser_axis_init(struct riser_axis *axis)
{
	memset(axis, 0, sizeof(*axis));
}

static uint64_t length(const struct riser_gap *gap)
{
	return gap->to - gap->from;
}

static void find_least(struct riser_axis *axis)
{
	unsigned int i;

	axis->least = 0;
	for (i = 1; i < axis->nr_gaps; i++)
		if (length(&axis->gap[i]) < length(&axis->gap[axis->least]))
			axis->least = i;
}

static void keep(struct riser_axis *axis, const struct riser_gap *gap)
{
	if (axis->nr_gaps < RISER_AXIS_CANDIDATES) {
		axis->gap[axis->nr_gaps++] = *gap;
	} else if (length(gap) > length(&axis->gap[axis->least])) {
		axis->gap[axis->least] = *gap;
	} else {
		return;
	}
	if (axis->nr_gaps == RISER_AXIS_CANDIDATES)
		find_least(axis);
}

void riser_axis_add(struct riser_axis *axis, uint64_t cycle)
{
	struct riser_gap gap = { .from = axis->last, .to = cycle };

	if (!axis->has_any) {
		axis->has_any = true;
		axis->first = axis->last = cycle;
		return;
	}
	if (cycle <= axis->last)
		return;
	if (cycle - axis->last > 64)
		keep(axis, &gap);
	axis->last = cycle;
}

static int by_length(const void *a, const void *b)
{
	uint64_t x = length(a), y = length(b);

	return x < y ? 1 : x > y ? -1 : 0;
}

static int by_time(const void *a, const void *b)
{
	const struct riser_gap *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

void riser_axis_finish(struct riser_axis *axis)
{
	uint64_t left = axis->last - axis->first;

	qsort(axis->gap, axis->nr_gaps, sizeof(axis->gap[0]), by_length);
	while (axis->nr_cuts < axis->nr_gaps &&
	       length(&axis->gap[axis->nr_cuts]) > left / PART)
		left -= length(&axis->gap[axis->nr_cuts++]);
	qsort(axis->gap, axis->nr_cuts, sizeof(axis->gap[0]), by_time);
	axis->shown_cycles = left ? left : 1;
}

double riser_axis_at(const struct riser_axis *axis, uint64_t cycle)
{
	uint64_t at;
	unsigned int i;

	if (cycle < axis->first)
		cycle = axis->first;
	if (cycle > axis->last)
		cycle = axis->last;
	at = cycle - axis->first;
	for (i = 0; i < axis->nr_cuts && axis->gap[i].from < cycle; i++)
		at -= (cycle < axis->gap[i].to ? cycle : axis->gap[i].to) -
		      axis->gap[i].from;
	return (double)at / (double)axis->shown_cycles;
}

uint64_t riser_axis_cycle(const struct riser_axis *axis, double at)
{
	uint64_t cycle = axis->first +
			 (uint64_t)(at * (double)axis->shown_cycles);
	unsigned int i;

	for (i = 0; i < axis->nr_cuts && axis->gap[i].from < cycle; i++)
		cycle += length(&axis->gap[i]);
	return cycle;
}
