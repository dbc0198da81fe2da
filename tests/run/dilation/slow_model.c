// SPDX-License-Identifier: Apache-2.0
/*
 * The model RISER_SLOW_MODEL, made slow: each cycle takes RISER_SLOW_CYCLE_NS longer,
 * which is what a large design is to a driver. The cost is counted by cycles and not
 * by the time that they took, which on a shared machine has other machines' in it.
 */
#define _GNU_SOURCE
#include <time.h>

#include "../wrapped_model.h"

#define CHUNK_CYCLES	64	/* so that TLPs are taken as soon as they would be */

static const struct riser_model_ops *real;
static uint64_t cycle_ns, last_cycle;

static int slow_run(struct riser_model *model, struct riser_run *run)
{
	uint64_t max_cycles = run->max_cycles;
	uint64_t sleep_ns;
	struct timespec t;
	int ret;

	if (run->max_cycles > CHUNK_CYCLES)
		run->max_cycles = CHUNK_CYCLES;
	ret = real->run(model, run);
	run->max_cycles = max_cycles;
	sleep_ns = (run->cycle - last_cycle) * cycle_ns;
	last_cycle = run->cycle;
	t.tv_sec = (time_t)(sleep_ns / 1000000000U);
	t.tv_nsec = (long)(sleep_ns % 1000000000U);
	nanosleep(&t, NULL);
	return ret;
}

const struct riser_model_ops *riser_model_entry(uint32_t abi)
{
	static struct riser_model_ops slow;

	real = wrapped_model(abi, "RISER_SLOW_MODEL", "RISER_SLOW_CYCLE_NS", &cycle_ns);
	slow = *real;
	slow.run = slow_run;
	return &slow;
}
