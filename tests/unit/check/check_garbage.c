// SPDX-License-Identifier: Apache-2.0
/*
 * Bytes of any kind through the checker: it must stay in its memory (address
 * sanitizer builds), report often, and judge legal traffic of a fresh checker as
 * ever. Legal TLPs with flipped bits, cut or stretched, and noise.
 *
 * RISER_CHECK_TLPS, RISER_CHECK_SEED: as in check_legal.c
 */
#include <riser/check.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gen.h"

#define MAX_BYTES	(GEN_MAX_BYTES + 64)
#define MIN_RULES	80	/* different rules that the noise must reach */

struct run {
	struct riser_check *check;
	struct gen *gen;
	uint64_t nr_tlps;
	uint64_t nr_reports;
	uint64_t text_bytes;
	uint8_t *seen;
};

static void on_report(void *ctx, const struct riser_check_report *report)
{
	struct run *run = ctx;
	char text[RISER_CHECK_TEXT_BYTES];

	run->nr_reports++;
	run->seen[riser_check_find_rule(report->rule->id)] = 1;
	if (run->nr_reports % 64 == 0)
		run->text_bytes += strlen(riser_check_print(report, text,
							    1 + run->nr_reports % sizeof(text)));
}

static uint32_t spoil(struct gen *gen, uint8_t *bytes, uint32_t len)
{
	uint32_t i;

	switch (gen_random(gen, 8)) {
	case 0:
		return gen_random(gen, len + 1);
	case 1:
		for (i = gen_random(gen, 3) * 4 + 4; i; i--)
			bytes[len++] = (uint8_t)gen_random(gen, 256);
		return len;
	case 2:
		len = gen_random(gen, 64);
		for (i = 0; i < len; i++)
			bytes[i] = (uint8_t)gen_random(gen, 256);
		return len;
	case 3:
	case 4:
		for (i = gen_random(gen, 4); i && len; i--)
			bytes[gen_random(gen, len < 16 ? len : 16)] ^= (uint8_t)(1U << gen_random(gen, 8));
		return len;
	case 5:
		if (len > 12)
			bytes[12 + gen_random(gen, len - 12)] = (uint8_t)gen_random(gen, 256);
		return len;
	}
	return len;
}

static void on_emit(void *ctx, const uint8_t *bytes, uint32_t len, bool from_card,
		    uint32_t channel, uint64_t cycle)
{
	struct run *run = ctx;
	uint8_t copy[MAX_BYTES];
	uint8_t *exact;
	struct riser_check_tlp tlp = {
		.cycle = cycle,
		.seq = run->nr_tlps++,
		.direction = from_card ^ !gen_random(run->gen, 200),
		.channel = (uint8_t)(gen_random(run->gen, 50) ? channel : gen_random(run->gen, 5)),
		.is_injected = !gen_random(run->gen, 500),
	};

	memcpy(copy, bytes, len);
	if (!gen_random(run->gen, 8))
		len = spoil(run->gen, copy, len);
	/* of the exact size, so that the sanitizer sees one byte too many */
	exact = malloc(len ? len : 1);
	memcpy(exact, copy, len);
	tlp.bytes = exact;
	tlp.len = len;
	riser_check_sent(run->check, tlp.direction, exact, len);
	riser_check_tlp(run->check, &tlp);
	free(exact);
}

static void on_sideband(void *ctx, uint64_t cycle, bool is_up)
{
	struct run *run = ctx;

	riser_check_sideband(run->check, cycle,
			     is_up ? RISER_SB_LINK_UP : gen_random(run->gen, 8));
}

/* Everything but TLPs. */
static void disturb(struct run *run)
{
	struct gen *gen = run->gen;
	uint64_t addr = (uint64_t)gen_random(gen, 64) << 12;

	switch (gen_random(gen, 8)) {
	case 0:
		riser_check_map(run->check, addr, gen_random(gen, 0x2000), gen_random(gen, 4));
		break;
	case 1:
		riser_check_unmap(run->check, addr);
		break;
	case 2:
		riser_check_note(run->check, gen_random(gen, 3), gen->cycle, "noise");
		break;
	case 3:
		riser_check_credit_init(run->check, gen->cycle, gen_random(gen, 2),
					gen_random(gen, 3), gen_random(gen, 64),
					gen_random(gen, 64));
		break;
	case 4:
		riser_check_status(run->check, gen->cycle, gen_random(gen, 4));
		break;
	case 5:
		gen->cycle += gen_random(gen, 1 << 16);
		riser_check_time(run->check, gen->cycle);
		break;
	}
}

static uint64_t number(const char *name, uint64_t other)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : other;
}

/* One checker's life. */
static void live(struct run *run, uint64_t seed, uint64_t nr)
{
	struct riser_check_config config = { .report = on_report, .ctx = run, .has_order = seed & 1,
					     .card_timeout_cycles = seed & 2 ? 5000 : 0 };
	uint64_t end = run->nr_tlps + nr;
	struct gen *gen = calloc(1, sizeof(*gen));

	if (riser_check_create(&config, &run->check))
		exit(2);
	run->gen = gen;
	gen->emit = on_emit;
	gen->sideband = on_sideband;
	gen->ctx = run;
	gen_start(gen, seed);
	if (seed & 4)
		gen_enumerate(gen);
	gen_set_up(gen);
	gen_msix_on(gen);
	while (run->nr_tlps < end) {
		gen_step(gen);
		if (!gen_random(gen, 64))
			disturb(run);
	}
	riser_check_end(run->check, gen->cycle);
	riser_check_destroy(run->check);
	free(gen);
}

int main(void)
{
	uint64_t want = number("RISER_CHECK_TLPS", 400000);
	uint64_t seed = number("RISER_CHECK_SEED", (uint64_t)time(NULL));
	struct run run = { .seen = calloc(riser_check_nr_rules(), 1) };
	uint32_t idx, nr_rules = 0;

	printf("seed %" PRIu64 " (repeat with RISER_CHECK_SEED)\n", seed);
	while (run.nr_tlps < want)
		live(&run, seed++, 4000);
	for (idx = 0; idx < riser_check_nr_rules(); idx++)
		nr_rules += run.seen[idx];
	printf("%" PRIu64 " TLPs, %" PRIu64 " reports of %u rules\n", run.nr_tlps, run.nr_reports,
	       nr_rules);
	free(run.seen);
	return nr_rules < MIN_RULES;
}
