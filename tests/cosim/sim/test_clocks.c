// SPDX-License-Identifier: Apache-2.0
/*
 * Free clocks keep exact time beside the PCIe user clock.
 * Usage: test_clocks CLOCKS.SO LOOP.SO DELAYS.SO FALL.SO GATE.SO (fx_bare with
 * FX_CLOCKS, ...)
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#include <cmocka.h>

static const char *clocks_path;
static const char *loop_path;
static const char *delays_path;
static const char *fall_path;
static const char *gate_path;

static bool has(const struct bench *b, const char *text)
{
	for (uint32_t i = 0; i < b->nr_messages; i++) {
		if (!strcmp(b->message[i].text, text))
			return true;
	}
	return false;
}

static uint32_t count(const struct bench *b, const char *prefix)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < b->nr_messages; i++)
		nr += !strncmp(b->message[i].text, prefix, strlen(prefix));
	return nr;
}

static void test_edges_are_where_the_periods_say(void **state)
{
	struct bench_options o = { .no_link = true };
	struct bench *b = bench_open(clocks_path, &o);
	char text[64];

	(void)state;
	bench_run(b, 15);
	/* 15 cycles of 4000 ps; the last rising edge is at 58000 ps. */
	for (int c = 0; c < 15; c++) {
		snprintf(text, sizeof(text), "clk %d straps 5", 4000 * c + 2000);
		assert_true(has(b, text));
	}
	assert_int_equal(count(b, "clk "), 15);
	/* Phase 0 rises with clk: 2000, 12000 ...; an edge of both sees old values. */
	assert_true(has(b, "slow 2000 cycle 0"));
	assert_true(has(b, "slow 12000 cycle 3"));
	assert_true(has(b, "slow 22000 cycle 5"));
	assert_true(has(b, "slow 52000 cycle 13"));
	assert_int_equal(count(b, "slow "), 6);
	/* 1500 ps at phase 100: 2100 - 1500 = 600, 2100, ... 57600. */
	for (int t = 600; t <= 58000; t += 1500) {
		snprintf(text, sizeof(text), "fast+ %d", t);
		assert_true(has(b, text));
	}
	assert_int_equal(count(b, "fast+ "), 39);
	assert_true(has(b, "fast- 1350"));
	assert_true(has(b, "fast- 56850"));
	assert_int_equal(count(b, "fast- "), 38);
	bench_close(b);
}

static void test_clocks_do_not_see_the_ends_of_calls(void **state)
{
	struct bench_options o = { .no_link = true };
	struct bench *whole = bench_open(clocks_path, &o);
	struct bench *single = bench_open(clocks_path, &o);

	(void)state;
	bench_run(whole, 20);
	for (int i = 0; i < 20; i++)
		bench_run(single, 1);
	assert_int_equal(whole->nr_messages, single->nr_messages);
	for (uint32_t i = 0; i < whole->nr_messages; i++)
		assert_string_equal(whole->message[i].text, single->message[i].text);
	bench_close(whole);
	bench_close(single);
}

static void test_restored_clocks_go_on(void **state)
{
	struct bench_options o = { .no_link = true };
	struct bench *b = bench_open(clocks_path, &o);
	FILE *file = tmpfile();
	struct message *expected;
	uint32_t nr;

	(void)state;
	bench_run(b, 1001);
	assert_int_equal(b->ops->save(b->model, fileno(file)), 0);
	bench_forget(b);
	bench_run(b, 10);
	nr = b->nr_messages;
	expected = malloc(sizeof(b->message));
	memcpy(expected, b->message, sizeof(b->message));
	bench_forget(b);
	rewind(file);
	assert_int_equal(b->ops->restore(b->model, fileno(file)), 0);
	bench_run(b, 10);
	assert_true(nr > 30);
	assert_int_equal(b->nr_messages, nr);
	for (uint32_t i = 0; i < nr; i++)
		assert_string_equal(b->message[i].text, expected[i].text);
	free(expected);
	fclose(file);
	bench_close(b);
}

static void test_final_blocks_speak_at_destroy(void **state)
{
	struct bench_options o = { .no_link = true };
	struct bench *b = bench_open(clocks_path, &o);

	(void)state;
	bench_run(b, 20);
	bench_forget(b);
	b->ops->destroy(b->model);
	b->model = NULL;
	assert_int_equal(b->nr_messages, 1);
	assert_string_equal(b->message[0].text, "final 20");
	bench_close(b);
}

static void test_logic_that_never_settles_kills_the_model_only(void **state)
{
	struct bench_options o = { .no_link = true };
	struct bench *b = bench_open(loop_path, &o);
	uint64_t cycle;

	(void)state;
	assert_int_equal(bench_run(b, 40), RISER_RUN_CYCLES);
	b->ops->set_sideband(b->model, 0);
	assert_int_equal(bench_run(b, 40), RISER_RUN_CYCLES);
	cycle = b->run.cycle;
	b->ops->set_sideband(b->model, RISER_SB_LINK_UP);
	assert_int_equal(bench_run(b, 40), RISER_RUN_FATAL);
	assert_int_equal(b->run.cycle, cycle);
	assert_int_equal(b->nr_messages, 1);
	assert_int_equal(b->message[0].severity, RISER_MSG_FATAL);
	assert_non_null(strstr(b->message[0].text, "did not converge"));
	assert_int_equal(b->ops->run(b->model, &b->run), -EIO);
	bench_close(b);
}

static void test_delays_of_the_design_run_in_the_same_time(void **state)
{
	struct bench_options o = { .no_link = true };
	struct bench *b = bench_open(delays_path, &o);
	char text[64];

	(void)state;
	assert_false(b->info->features & RISER_MODEL_F_SAVE);
	assert_null(b->ops->save);
	for (int i = 0; i < 10; i++)
		bench_run(b, 2);
	/* 20 cycles: the last rising edge is at 78000 ps */
	for (int c = 0; c < 20; c++) {
		snprintf(text, sizeof(text), "clk %d", 4000 * c + 2000);
		assert_true(has(b, text));
	}
	for (int t = 1500; t <= 78000; t += 3000) {
		snprintf(text, sizeof(text), "own %d", t);
		assert_true(has(b, text));
	}
	assert_int_equal(b->nr_messages, 20 + 26);
	bench_close(b);
}

/* What it says in the end, after @up and then @down cycles without PERST#. */
static void says_in_the_end(const char *path, uint64_t up, uint64_t down,
			    const char *text)
{
	struct bench_options o = { .no_link = true };
	struct bench *b = bench_open(path, &o);

	b->ops->set_sideband(b->model, 0);
	bench_run(b, up);
	b->ops->set_sideband(b->model, RISER_SB_PERST);
	bench_run(b, down);
	b->ops->destroy(b->model);
	b->model = NULL;
	assert_int_equal(b->nr_messages, 1);
	assert_string_equal(b->message[0].text, text);
	bench_close(b);
}

/* The harness leaves out falling edges only where nothing follows from them. */
static void test_a_design_that_uses_falling_edges_gets_them(void **state)
{
	(void)state;
	/* before the first cycle clk is low already */
	says_in_the_end(fall_path, 15, 5, "falls 19");
	says_in_the_end(gate_path, 15, 5, "gated 15");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges_are_where_the_periods_say),
		cmocka_unit_test(test_clocks_do_not_see_the_ends_of_calls),
		cmocka_unit_test(test_restored_clocks_go_on),
		cmocka_unit_test(test_a_design_that_uses_falling_edges_gets_them),
		cmocka_unit_test(test_delays_of_the_design_run_in_the_same_time),
		cmocka_unit_test(test_final_blocks_speak_at_destroy),
		cmocka_unit_test(test_logic_that_never_settles_kills_the_model_only),
	};

	if (argc != 6)
		return 2;
	clocks_path = argv[1];
	loop_path = argv[2];
	delays_path = argv[3];
	fall_path = argv[4];
	gate_path = argv[5];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
