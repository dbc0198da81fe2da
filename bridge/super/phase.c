// SPDX-License-Identifier: Apache-2.0
/* Where the wall time of a run went. */
#include "super.h"

#include <string.h>

double riser_now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

void riser_phases_init(struct riser_phases *phases)
{
	memset(phases, 0, sizeof(*phases));
	phases->current = -1;
	phases->start_s = riser_now_s();
}

void riser_phases_end(struct riser_phases *phases)
{
	double now_s = riser_now_s();

	if (phases->current >= 0)
		phases->phase[phases->current].seconds += now_s -
							  phases->since_s;
	phases->current = -1;
}

static int find(const struct riser_phases *phases, const char *name)
{
	unsigned int i;

	for (i = 0; i < phases->nr; i++)
		if (!strcmp(phases->phase[i].name, name))
			return (int)i;
	return -1;
}

void riser_phases_begin(struct riser_phases *phases, const char *name)
{
	int i;

	riser_phases_end(phases);
	i = find(phases, name);
	if (i < 0 && phases->nr < RISER_MAX_PHASES) {
		i = (int)phases->nr++;
		strncpy(phases->phase[i].name, name,
			sizeof(phases->phase[i].name) - 1);
	}
	phases->current = i;
	phases->told = 0;
	phases->since_s = riser_now_s();
}

double riser_phases_total(const struct riser_phases *phases)
{
	return riser_now_s() - phases->start_s;
}
