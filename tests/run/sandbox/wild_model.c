// SPDX-License-Identifier: Apache-2.0
/*
 * The model RISER_WILD_MODEL, whose C code starts a program in cycle RISER_WILD_CYCLE, as
 * a design with $system does.
 */
#define _GNU_SOURCE
#include <riser/model.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

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
	const char *path = getenv("RISER_WILD_MODEL");
	const char *text = getenv("RISER_WILD_CYCLE");
	void *object = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	const struct riser_model_ops *(*entry)(uint32_t abi);

	if (!object || !text) {
		fprintf(stderr, "wild_model: RISER_WILD_MODEL and RISER_WILD_CYCLE are needed: %s\n",
			object ? "no cycle" : path ? dlerror() : "no model");
		abort();
	}
	*(void **)&entry = dlsym(object, RISER_MODEL_ENTRY);
	real = entry(abi);
	wild_cycle = strtoull(text, NULL, 10);
	wild = *real;
	wild.run = wild_run;
	return &wild;
}
