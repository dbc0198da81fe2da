// SPDX-License-Identifier: Apache-2.0
/*
 * Makes a run's record with a Verilated fixture behind the engine:
 *
 *	make_record MODEL RECORD plain|steady|unset|hang|error|dma|poke [PLUSARG...]
 *
 * plain: reads and writes; steady: without what depends on the cycle; unset: and a
 * register that nothing initialises; hang: a read is never completed (completions
 * are held back); error: as steady, and the design says $error in the midst of it.
 * These two runs have a finding. dma: reads and writes of
 * host memory, which the host changes in between. poke: a register is set through
 * the back door, by the host's script and by another thread, and it is steady. RISER_CAPTURE in
 * the environment names a capture file.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <errno.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../sim/bench.h"
#include "rig.h"

#define DMA_ADDR 0x2000

static const char *model, *record, *what;
static const char *const *plusargs;
static uint32_t nr_plusargs;

static void traffic(struct rig *rig)
{
	/* what $urandom gives depends on the cycle; these are played at others */
	bool is_steady = !strcmp(what, "steady") || !strcmp(what, "error") ||
			 !strcmp(what, "poke");
	uint32_t value, i;

	for (i = 0; i < 200; i++) {
		/* several blocks: one is written after 20 ms */
		if (i == 100)
			usleep(100000);
		rig->fk.pc = 0xffffffffc0001000 + 4 * i;
		fk_write32(&rig->fk, 64 * i, i);
		assert_int_equal(fk_read32(&rig->fk, 64 * i, &value), FK_SC);
		assert_int_equal(value, i);
		assert_int_equal(fk_read32(&rig->fk, FX_COUNT, &value), FK_SC);
		if (!is_steady)
			assert_int_equal(fk_read32(&rig->fk, FX_RANDOM, &value),
					 FK_SC);
	}
}

/* One of the fixture's commands: two dwords at @reg. */
static void command(struct rig *rig, uint32_t reg, uint32_t dwords, uint32_t addr)
{
	const uint32_t data[2] = { dwords, addr };
	const struct riser_tlp tlp = {
		.kind = RISER_TLP_MWR, .first_be = 15, .last_be = 15,
		.length_dw = 2, .addr = reg, .data = (const uint8_t *)data,
		.data_bytes = sizeof(data),
	};
	uint8_t bytes[64];
	int len = riser_tlp_encode(&tlp, bytes, sizeof(bytes));

	assert_true(len > 0);
	fk_push(&rig->fk, PCIEM_REC_TLP, 0, 0, bytes, (uint32_t)len);
}

/* The host writes memory, tells the card, and looks at what comes of it. */
static void dma(struct rig *rig)
{
	uint32_t nr_reads, nr_writes, value, i, word;

	for (i = 0; i < 20; i++) {
		word = 0x01010101 * (i + 1);
		memcpy(rig->fk.mem + DMA_ADDR, &word, sizeof(word));
		nr_reads = rig->fk.nr_reads;
		command(rig, FX_DMA_READ, 4, DMA_ADDR);
		while (rig->fk.nr_reads == nr_reads)
			fk_poll(&rig->fk);
		/* the card has it in its RAM by the time this is answered */
		assert_int_equal(fk_read32(&rig->fk, 0, &value), FK_SC);
		assert_int_equal(value, word);
		nr_writes = rig->fk.nr_writes;
		command(rig, FX_DMA_WRITE, 8 + i, DMA_ADDR + 4096);
		while (rig->fk.nr_writes == nr_writes)
			fk_poll(&rig->fk);
	}
}

static void mark(struct rig *rig, const char *text)
{
	fk_push(&rig->fk, PCIEM_REC_MARK, 0, 0, text, (uint32_t)strlen(text));
}

static void assert_answer(struct rig *rig, const char *request, int ret, const char *want)
{
	char answer[RISER_ERROR_BYTES];

	assert_int_equal(riser_engine_backdoor(rig->engine, request, answer, sizeof(answer)), ret);
	assert_string_equal(answer, want);
}

static void poke(struct rig *rig)
{
	uint32_t value;

	traffic(rig);
	mark(rig, "riser-poke plusarg_q 0x1234");
	assert_int_equal(fk_read32(&rig->fk, FX_PLUSARG, &value), FK_SC);
	assert_int_equal(value, 0x1234);
	mark(rig, "riser-peek plusarg_q");
	assert_answer(rig, "poke plusarg_q 77", 0, "plusarg_q = 0x0000004d, was 0x00001234");
	assert_int_equal(fk_read32(&rig->fk, FX_PLUSARG, &value), FK_SC);
	assert_int_equal(value, 77);
	assert_answer(rig, "peek fx_endpoint.plusarg_q", 0, "fx_endpoint.plusarg_q = 0x0000004d");
	assert_answer(rig, "peek plusarg_p", -ENOENT, "no signal 'plusarg_p'; did you mean 'plusarg_q'?");
	assert_answer(rig, "poke plusarg_q on", -EINVAL, "'on' is no value: a decimal or 0x number is needed");
	assert_answer(rig, "poke plusarg_q 0x100000000", -ERANGE, "'0x100000000' is wider than plusarg_q");
	assert_answer(rig, "poke plusarg_q", -EINVAL, "peek SIGNAL, or poke SIGNAL VALUE is needed");
	traffic(rig);
}

static void make_record(void **state)
{
	static struct rig rig;
	uint32_t value;

	(void)state;
	rig_init(&rig, 1 << 16);
	rig.config.model_path = model;
	rig.config.record_path = record;
	rig.config.pcapng_path = getenv("RISER_CAPTURE");
	rig.config.timeout_cycles = 2000;
	rig.config.idle = RISER_IDLE_STOP;
	rig.config.dir = getcwd(NULL, 0);
	rig.config.plusargs = plusargs;
	rig.config.nr_plusargs = nr_plusargs;
	if (!strcmp(what, "hang"))
		rig.config.stall_tx[RISER_COMPLETION].permille = 1000;
	rig_start(&rig);
	fk_site(&rig.fk, 3, 0xffffffffc0001234,
		"fixture_probe+0x34/0x60 [fixture]\n");
	if (!strcmp(what, "dma"))
		dma(&rig);
	else if (!strcmp(what, "poke"))
		poke(&rig);
	else if (strcmp(what, "hang"))
		traffic(&rig);
	if (!strcmp(what, "error")) {
		fk_write32(&rig.fk, FX_SAY, 1);
		traffic(&rig);
	}
	if (!strcmp(what, "unset"))
		assert_int_equal(fk_read32(&rig.fk, FX_UNSET, &value), FK_SC);
	rig.fk.pc = 0xffffffffc0001234;
	rig.fk.site = 3;
	if (!strcmp(what, "hang"))
		assert_int_equal(fk_read32(&rig.fk, 0x40, &value), FK_TIMEOUT);
	rig_stop(&rig);
	assert_int_equal(rig.result.nr_errors, !strcmp(what, "hang") ||
					       !strcmp(what, "error"));
	assert_null(strstr(rig.messages, "record"));
	rig_fini(&rig);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(make_record) };

	if (argc < 4)
		return 2;
	model = argv[1];
	record = argv[2];
	what = argv[3];
	plusargs = (const char *const *)argv + 4;
	nr_plusargs = (uint32_t)argc - 4;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
