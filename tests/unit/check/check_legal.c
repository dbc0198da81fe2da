// SPDX-License-Identifier: Apache-2.0
/*
 * Legal traffic through the checker: nothing may be reported.
 *
 * RISER_CHECK_TLPS: how many TLPs (default 10000000)
 * RISER_CHECK_SEED: seed (default by time; printed)
 */
#include <riser/check.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gen.h"

#define BATCH	64	/* TLPs that are made, then judged, so that both can be timed */

struct batch {
	uint8_t bytes[BATCH][GEN_MAX_BYTES];
	struct riser_check_tlp tlp[BATCH];
	uint32_t nr;
};

struct run {
	struct riser_check *check;
	struct batch *batch;
	uint64_t nr_tlps;
	uint64_t nr_reports;
	uint64_t ns;
};

/* CPU time, so that a busy machine does not count. */
static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void on_report(void *ctx, const struct riser_check_report *report)
{
	struct run *run = ctx;
	char text[RISER_CHECK_TEXT_BYTES];

	if (run->nr_reports++ < 5)
		printf("%s", riser_check_print(report, text, sizeof(text)));
}

static void judge(struct run *run)
{
	uint64_t start = now_ns();
	uint32_t i;

	for (i = 0; i < run->batch->nr; i++)
		riser_check_tlp(run->check, &run->batch->tlp[i]);
	run->ns += now_ns() - start;
	run->batch->nr = 0;
}

static void on_emit(void *ctx, const uint8_t *bytes, uint32_t len, bool from_card,
		    uint32_t channel, uint64_t cycle)
{
	struct run *run = ctx;
	struct batch *batch = run->batch;

	memcpy(batch->bytes[batch->nr], bytes, len);
	batch->tlp[batch->nr] = (struct riser_check_tlp){
		.bytes = batch->bytes[batch->nr],
		.len = len,
		.cycle = cycle,
		.seq = run->nr_tlps++,
		.direction = from_card ? RISER_TO_HOST : RISER_TO_CARD,
		.channel = (uint8_t)channel,
	};
	if (++batch->nr == BATCH)
		judge(run);
}

static void on_sideband(void *ctx, uint64_t cycle, bool is_up)
{
	struct run *run = ctx;

	judge(run);
	riser_check_sideband(run->check, cycle, is_up ? RISER_SB_LINK_UP : RISER_SB_HOT_RESET);
}

static uint64_t number(const char *name, uint64_t other)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : other;
}

int main(void)
{
	uint64_t want = number("RISER_CHECK_TLPS", 10000000);
	uint64_t seed = number("RISER_CHECK_SEED", (uint64_t)time(NULL));
	struct run run = { .batch = malloc(sizeof(*run.batch)) };
	struct riser_check_config config = { .report = on_report, .ctx = &run };
	struct gen *gen = calloc(1, sizeof(*gen));

	printf("seed %" PRIu64 " (repeat with RISER_CHECK_SEED)\n", seed);
	run.batch->nr = 0;
	if (riser_check_create(&config, &run.check))
		return 2;
	riser_check_sideband(run.check, 0, RISER_SB_LINK_UP);
	gen->emit = on_emit;
	gen->sideband = on_sideband;
	gen->ctx = &run;
	gen_start(gen, seed);
	gen_enumerate(gen);
	gen_set_up(gen);
	gen_msix_on(gen);
	while (run.nr_tlps < want)
		gen_step(gen);
	gen_finish_all(gen);
	judge(&run);
	riser_check_end(run.check, gen->cycle);
	printf("%" PRIu64 " legal TLPs, %" PRIu64 " reports, %.1f ns per TLP in the checker\n",
	       run.nr_tlps, run.nr_reports, (double)run.ns / (double)run.nr_tlps);
	riser_check_destroy(run.check);
	free(run.batch);
	free(gen);
	return run.nr_reports || run.nr_tlps < want;
}
