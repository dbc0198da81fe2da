// SPDX-License-Identifier: Apache-2.0
/*
 * The model RISER_WILD_MODEL, whose C code starts a program in cycle RISER_WILD_CYCLE, as
 * a design with $system does.
 */
#define _GNU_SOURCE
#include "../wrapped_model.h"

static const struct riser_model_ops *real;
static uint64_t wild_cycle;

static int wild_run(struct riser_model *model, struct riser_run *run)
{
	int ret = real->run(model, run);

	if (wild_cycle && run->cycle >= wild_cycle) {
		wild_cycle = 0;
		printf("wild_model: $system: %d\n", system("echo wild_model: a program was started"));
		fflush(stdout);
	}
	return ret;
}

const struct riser_model_ops *riser_model_entry(uint32_t abi)
{
	static struct riser_model_ops wild;

	real = wrapped_model(abi, "RISER_WILD_MODEL", "RISER_WILD_CYCLE", &wild_cycle);
	wild = *real;
	wild.run = wild_run;
	return &wild;
}
