// SPDX-License-Identifier: Apache-2.0
/* Models that must be refused; RISER_BROKEN says which. */
#include <stddef.h>

#include <riser/model.h>

#define BROKEN_NO_ENTRY	1
#define BROKEN_ABI	2
#define BROKEN_NO_OPS	3
#define BROKEN_INFO	4
#define BROKEN_MEM	5
#define BROKEN_CLOCK	6
#define BROKEN_NULL	7
#define BROKEN_NR_MEMS	8
#define BROKEN_NO_INFO	9

#if RISER_BROKEN == BROKEN_NO_ENTRY

int riser_broken_has_no_entry;

#else

static const struct riser_model_info info = {
	.abi = RISER_MODEL_ABI,
	.size = RISER_BROKEN == BROKEN_INFO ? 7 : sizeof(info),
	.clk_period_ps = RISER_BROKEN == BROKEN_CLOCK ? 0 : 4000,
	.name = "broken",
	.nr_mems = RISER_BROKEN == BROKEN_NR_MEMS ? 9 : 1,
	.mem = { { "mem", RISER_BROKEN == BROKEN_MEM ? 100 : 4096 } },
};

static const struct riser_model_info *model_info(void)
{
	return RISER_BROKEN == BROKEN_NO_INFO ? NULL : &info;
}

static int model_create(const struct riser_model_params *params,
			struct riser_model **model)
{
	(void)params;
	*model = NULL;
	return -1;
}

static void model_destroy(struct riser_model *model)
{
	(void)model;
}

static void model_sideband(struct riser_model *model, uint32_t levels)
{
	(void)model;
	(void)levels;
}

static int model_run(struct riser_model *model, struct riser_run *run)
{
	(void)model;
	(void)run;
	return -1;
}

static const struct riser_model_ops ops = {
	.abi = RISER_BROKEN == BROKEN_ABI ? 77 : RISER_MODEL_ABI,
	.size = sizeof(ops),
	.info = model_info,
	.create = model_create,
	.destroy = model_destroy,
	.set_sideband = model_sideband,
	.run = RISER_BROKEN == BROKEN_NO_OPS ? NULL : model_run,
};

__attribute__((visibility("default")))
const struct riser_model_ops *riser_model_entry(uint32_t abi)
{
	(void)abi;
	return RISER_BROKEN == BROKEN_NULL ? NULL : &ops;
}

#endif
