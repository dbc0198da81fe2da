// SPDX-License-Identifier: Apache-2.0
/* The host of a run with the C card, played to the same card and to others. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/play.h>

#include "../../cosim/ctest_model/card.h"
#include "rig.h"

#define TIMEOUT_CYCLES 1000
#define LONG_CYCLES 20000000	/* two TLPs are put into the ring before that */
#define NO_TIMEOUT 2000000000

static const char *const right[] = { "+wrong=0" };
static const char *const hangs[] = { "+wrong=9" };


struct bench {
	struct rig rig;
	struct riser_plan *plan;
	struct riser_play_result result;
	char error[RISER_ERROR_BYTES];
	char dir[32];
	char record[64];
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	strcpy(bench->dir, "/tmp/riser-play-XXXXXX");
	assert_non_null(mkdtemp(bench->dir));
	snprintf(bench->record, sizeof(bench->record), "%s/tlp.rec.zst", bench->dir);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	riser_plan_free(bench->plan);
	unlink(bench->record);
	rmdir(bench->dir);
	free(bench);
	return 0;
}

/* ---- recording ---- */

static void prepare(struct bench *bench, const char *const *plusargs)
{
	struct riser_engine_config *config = &bench->rig.config;

	rig_init(&bench->rig, 1 << 16);
	config->record_path = bench->record;
	config->timeout_cycles = TIMEOUT_CYCLES;
	config->plusargs = plusargs;
	config->nr_plusargs = plusargs ? 1 : 0;
}

static void finish(struct bench *bench, uint32_t nr_errors)
{
	rig_stop(&bench->rig);
	assert_int_equal(bench->rig.result.nr_errors, nr_errors);
	rig_fini(&bench->rig);
	if (riser_plan_load(bench->record, &bench->plan, bench->error)) {
		print_error("%s\n", bench->error);
		fail();
	}
}

static void expect_read(struct bench *bench, uint32_t reg, uint32_t want)
{
	uint32_t value;

	assert_int_equal(fk_read32(&bench->rig.fk, reg, &value), FK_SC);
	assert_int_equal(value, want);
}

/* ---- playing ---- */

static void expect_verdict(struct bench *bench, const char *const *plusargs,
			   enum riser_play_verdict verdict)
{
	const struct riser_play_config config = {
		.model_path = CTEST_MODEL, .plusargs = plusargs,
		.nr_plusargs = plusargs ? 1 : 0,
	};

	if (riser_play(bench->plan, &config, &bench->result, bench->error)) {
		print_error("%s\n", bench->error);
		fail();
	}
	if (bench->result.verdict != verdict) {
		print_error("%s: %s\n", riser_play_verdict_name(bench->result.verdict),
			    bench->result.text);
		fail();
	}
}

/* ---- failures before anything was done ---- */

static void test_the_host_had_done_nothing_when_it_failed(void **state)
{
	struct bench *bench = *state;

	prepare(bench, NULL);
	rig_start(&bench->rig);
	fk_event(&bench->rig.fk, PCIEM_EVENT_DMA_MISS, "write of 4 bytes at 0x1000: no mapping");
	assert_true(fk_enumerate(&bench->rig.fk));
	finish(bench, 1);
	assert_non_null(riser_plan_failure(bench->plan));
	assert_true(riser_plan_nr(bench->plan) > 0);
	assert_int_equal(riser_plan_nr_before_failure(bench->plan), 0);

	expect_verdict(bench, NULL, RISER_PLAY_FIXED);
	assert_int_equal(bench->result.nr_deeds, 0);
}

/* ---- polling ---- */

/* Two threads poll; the second read is never completed. Its tag. */
static uint8_t poll_scratch(struct bench *bench, uint64_t timeout_cycles)
{
	uint32_t value;
	uint8_t tag, last;

	prepare(bench, hangs);
	bench->rig.config.timeout_cycles = timeout_cycles;
	rig_start_enumerated(&bench->rig);
	fk_write32(&bench->rig.fk, CARD_REG_SCRATCH, 5);
	expect_read(bench, CARD_REG_SCRATCH, 0);
	tag = fk_post_read32(&bench->rig.fk, CARD_REG_SCRATCH);
	last = fk_post_read32(&bench->rig.fk, CARD_REG_SCRATCH);
	assert_int_equal(fk_wait(&bench->rig.fk, last, &value), FK_SC);
	assert_int_equal(value, 5);
	return tag;
}

static void test_a_read_without_completion_among_those_left_out(void **state)
{
	struct bench *bench = *state;

	poll_scratch(bench, NO_TIMEOUT);
	fk_write32(&bench->rig.fk, CARD_REG_ERROR, 1);
	expect_read(bench, CARD_REG_ID, CARD_ID);
	finish(bench, 1);

	expect_verdict(bench, hangs, RISER_PLAY_SAME_FAILURE);
	/* shows at once what it then showed at the third read */
	expect_verdict(bench, right, RISER_PLAY_SAME_FAILURE);
	assert_int_equal(bench->result.nr_repeated, 2);
}

static void test_the_read_that_failed_is_not_left_out(void **state)
{
	struct bench *bench = *state;
	uint32_t value;
	uint8_t tag = poll_scratch(bench, LONG_CYCLES);

	assert_int_equal(fk_wait(&bench->rig.fk, tag, &value), FK_TIMEOUT);
	finish(bench, 1);

	expect_verdict(bench, hangs, RISER_PLAY_SAME_FAILURE);
	expect_verdict(bench, right, RISER_PLAY_FIXED);
	assert_non_null(strstr(bench->result.text, "the request that failed has its completion"));
}

/* ---- Link Disable ---- */

/* Without a word about a reset the card forgets all, as behind one. */
static void test_the_link_is_disabled_and_enabled(void **state)
{
	struct bench *bench = *state;
	char text[RISER_TLP_TEXT_BYTES];
	uint32_t value, i, nr_down = 0, nr_up = 0;

	prepare(bench, NULL);
	rig_start_enumerated(&bench->rig);
	for (i = 0; i < 3; i++) {
		fk_write32(&bench->rig.fk, CARD_REG_SCRATCH, 5);
		expect_read(bench, CARD_REG_SCRATCH, 5);
		fk_reset(&bench->rig.fk, PCIEM_RESET_LINK_DOWN);
		assert_int_equal(fk_read32(&bench->rig.fk, CARD_REG_ID, &value), FK_TIMEOUT);
		/* PERST# while it is down, and longer than that */
		if (i == 1)
			fk_reset(&bench->rig.fk, PCIEM_RESET_PERST_ASSERT);
		fk_reset(&bench->rig.fk, PCIEM_RESET_LINK_UP);
		if (i == 1)
			fk_reset(&bench->rig.fk, PCIEM_RESET_PERST_RELEASE);
		assert_true(fk_enumerate(&bench->rig.fk));
		expect_read(bench, CARD_REG_SCRATCH, 0);
		expect_read(bench, CARD_REG_RESETS, i + 2);
	}
	finish(bench, 0);
	expect_verdict(bench, NULL, RISER_PLAY_EQUAL);
	for (i = 0; i < riser_plan_nr(bench->plan); i++) {
		riser_plan_print(bench->plan, i, text, sizeof(text));
		nr_down += !strcmp(text, "link down");
		nr_up += !strcmp(text, "link up");
	}
	assert_int_equal(nr_down, 3);
	assert_int_equal(nr_up, 3);
}

/* ---- the checker ---- */

/* The card breaks FC-07, in a run of which the record says @checker. */
static void record_wrong_channel(struct bench *bench, const char *checker)
{
	prepare(bench, NULL);
	bench->rig.config.checker = checker;
	rig_start_enumerated(&bench->rig);
	fk_write32(&bench->rig.fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(&bench->rig.fk, CARD_REG_WRONG_CHANNEL, 1);
	expect_read(bench, CARD_REG_ID, CARD_ID);
	finish(bench, 0);
}

static void expect_broken(struct bench *bench)
{
	expect_verdict(bench, NULL, RISER_PLAY_DIVERGES);
	assert_non_null(strstr(bench->result.text, "FC-07"));
}

static void test_a_rule_that_is_not_waived(void **state)
{
	record_wrong_channel(*state, NULL);
	expect_broken(*state);
}

static void test_another_rule_is_waived(void **state)
{
	record_wrong_channel(*state, "CPL-10 XYZ-99");
	expect_broken(*state);
}

static void test_a_rule_that_the_run_waived(void **state)
{
	record_wrong_channel(*state, "CPL-10 XYZ-99 FC-07");
	expect_verdict(*state, NULL, RISER_PLAY_EQUAL);
}

static void test_a_rule_that_the_run_waived_and_told(void **state)
{
	record_wrong_channel(*state, "FC-07:report");
	expect_verdict(*state, NULL, RISER_PLAY_EQUAL);
}

static void test_a_run_without_a_checker(void **state)
{
	record_wrong_channel(*state, "none");
	expect_verdict(*state, NULL, RISER_PLAY_EQUAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_host_had_done_nothing_when_it_failed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_read_without_completion_among_those_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_read_that_failed_is_not_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_link_is_disabled_and_enabled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_rule_that_is_not_waived, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_rule_is_waived, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_rule_that_the_run_waived, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_rule_that_the_run_waived_and_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_run_without_a_checker, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
