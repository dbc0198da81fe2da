/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's half of a link, played in the engine's own thread: it works
 * whenever the engine has published something, so that neither a second thread
 * nor the clock on the wall has a say in what is measured, and the engine runs
 * as it does before a kernel that polls. It answers the card's reads out of a
 * window of memory, takes its writes, and keeps a load going (loads.h).
 */
#ifndef RISER_BENCH_FAR_END_H
#define RISER_BENCH_FAR_END_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/link.h>

#include "loads.h"

/**
 * struct far_end - the other side of one link
 * @load: what it does once the card is set up
 * @reg: offset in BAR0 that reads and writes go to
 * @turn: called after each turn, with the cycle of the last TLP from the card;
 *	0 before the load runs
 */
struct far_end {
	enum bench_load load;
	uint32_t reg;
	void (*turn)(void *ctx, uint64_t cycle);
	void *ctx;

	uint64_t completions, writes, bytes, tlps, errors;
	bool is_on;
	bool is_over;	/* what comes now goes nowhere */

	struct riser_link *link;
	uint32_t epoch, down_head, up_tail;
	uint64_t down_seq, cycle;
	uint32_t nr_setup;
	uint8_t *mem;
};

/* 0 or -errno; the link is closed by riser_link_close(), then far_end_fini(). */
int far_end_open(struct far_end *far, struct riser_link **link, char *error);
void far_end_fini(struct far_end *far);

#endif /* RISER_BENCH_FAR_END_H */
