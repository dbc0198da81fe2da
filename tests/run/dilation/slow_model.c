// SPDX-License-Identifier: Apache-2.0
/*
 * A model that is RISER_SLOW_FACTOR times as slow as the model RISER_SLOW_MODEL, and
 * the same otherwise: what a large design is to a driver. After each call of run()
 * it sleeps for as long as that call took, times the factor.
 */
#define _GNU_SOURCE
#include <riser/model.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHUNK_CYCLES	64	/* so that TLPs are taken as soon as they would be */

static const struct riser_model_ops *real;
static double factor;

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int slow_run(struct riser_model *model, struct riser_run *run)
{
	uint64_t max_cycles = run->max_cycles;
	double start_s = now_s(), sleep_s;
	struct timespec t;
	int ret;

	if (run->max_cycles > CHUNK_CYCLES)
		run->max_cycles = CHUNK_CYCLES;
	ret = real->run(model, run);
	run->max_cycles = max_cycles;
	sleep_s = (now_s() - start_s) * (factor - 1);
	t.tv_sec = (time_t)sleep_s;
	t.tv_nsec = (long)((sleep_s - (double)t.tv_sec) * 1e9);
	nanosleep(&t, NULL);
	return ret;
}

const struct riser_model_ops *riser_model_entry(uint32_t abi)
{
	static struct riser_model_ops slow;
	const char *path = getenv("RISER_SLOW_MODEL");
	const char *text = getenv("RISER_SLOW_FACTOR");
	void *object = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	const struct riser_model_ops *(*entry)(uint32_t abi);

	if (!object || !text) {
		fprintf(stderr, "slow_model: RISER_SLOW_MODEL and RISER_SLOW_FACTOR are needed: %s\n",
			object ? "no factor" : path ? dlerror() : "no model");
		abort();
	}
	*(void **)&entry = dlsym(object, RISER_MODEL_ENTRY);
	real = entry(abi);
	factor = atof(text);
	slow = *real;
	slow.run = slow_run;
	return &slow;
}
