// SPDX-License-Identifier: Apache-2.0
/*
 * The back door of a model: signals by their names.
 * Usage: test_signals SIGNALS.SO POKE.SO BOARD.SO (fx_endpoint with --signal, fx_bare with
 * FX_POKE and with FX_BOARD)
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

#include <cmocka.h>

static const char *path, *poke_path, *board_path;

static void assert_value(struct bench *b, const char *signal, const char *want)
{
	char value[128];

	assert_int_equal(b->ops->peek(b->model, signal, value, sizeof(value)), 0);
	assert_string_equal(value, want);
}

static void test_a_poke_is_what_the_card_answers(void **state)
{
	struct bench_options o = { .plusarg = "+fixture=7" };
	struct bench *b = bench_open(path, &o);
	uint32_t value;

	(void)state;
	bench_run(b, 4);
	assert_value(b, "plusarg_q", "0x00000007");
	assert_value(b, "fx_endpoint.plusarg_q", "0x00000007");
	assert_int_equal(b->ops->poke(b->model, "plusarg_q", "0x12_34"), 0);
	assert_value(b, "plusarg_q", "0x00001234");
	bench_read_back(b, false, FX_PLUSARG, 1, &value);
	assert_int_equal(value, 0x1234);
	assert_int_equal(b->ops->poke(b->model, "plusarg_q", "4294967295"), 0);
	bench_read_back(b, false, FX_PLUSARG, 1, &value);
	assert_int_equal(value, 0xffffffff);
	bench_close(b);
}

static void test_elements_of_memories(void **state)
{
	struct bench_options o = { 0 };
	struct bench *b = bench_open(path, &o);
	char value[128];
	uint32_t word = 0x600dcafe;

	(void)state;
	bench_write(b, false, 3 * 32 + 4, &word, 1);
	bench_read_back(b, false, 3 * 32, 1, &word);
	assert_int_equal(b->ops->poke(b->model, "ram[5]", "0xaabbccdd11223344"), 0);
	assert_value(b, "ram[5]", "0x000000000000000000000000000000000000000000000000aabbccdd11223344");
	bench_read_back(b, false, 5 * 32, 1, &word);
	assert_int_equal(word, 0x11223344);
	bench_read_back(b, false, 6 * 32, 1, &word);
	assert_int_equal(word, 0);
	assert_int_equal(b->ops->peek(b->model, "ram[1024]", value, sizeof(value)), -ENOENT);
	assert_int_equal(b->ops->peek(b->model, "ram", value, sizeof(value)), -ENOENT);
	bench_close(b);
}

/*
 * In a cycle in which no input changes the harness leaves the falling edge out; what a
 * poke brings about must be seen all the same, before the rising edge takes it away.
 */
static void test_a_poke_is_settled_before_the_next_rising_edge(void **state)
{
	struct bench_options o = { 0 };
	struct bench *b = bench_open(poke_path, &o);
	uint64_t cycle;

	(void)state;
	bench_run(b, 40);
	assert_int_equal(b->nr_sent, 0);
	cycle = b->run.cycle;
	assert_int_equal(b->ops->poke(b->model, "send_q", "1"), 0);
	bench_run(b, 1);
	assert_value(b, "send_q", "0x0");
	assert_int_equal(b->nr_sent, 1);
	assert_int_equal(b->sent[0].class, RISER_NONPOSTED);
	assert_int_equal(b->sent[0].cycle, cycle);
	bench_run(b, 40);
	assert_int_equal(b->nr_sent, 1);
	bench_close(b);
}

/* The builder's word for a signal has its module, and the module is no instance here. */
static void test_a_signal_by_the_name_that_made_it_reachable(void **state)
{
	struct bench_options o = { 0 };
	struct bench *b = bench_open(board_path, &o);
	char value[4096];

	(void)state;
	bench_run(b, 4);
	assert_int_equal(b->ops->peek(b->model, "", value, sizeof(value)), 0);
	assert_non_null(strstr(value, "riser_board.u_card.lamp_q"));
	assert_int_equal(b->ops->poke(b->model, "fx_bare.lamp_q", "0x11"), 0);
	assert_value(b, "fx_bare.lamp_q", "0x11");
	assert_value(b, "u_card.lamp_q", "0x11");
	assert_int_equal(b->ops->peek(b->model, "fx_other.lamp_q", value, sizeof(value)), -ENOENT);
	assert_int_equal(b->ops->peek(b->model, "fx_bare.sensor", value, sizeof(value)), -ENOENT);
	bench_close(b);
}

static void test_what_cannot_be(void **state)
{
	struct bench_options o = { 0 };
	struct bench *b = bench_open(path, &o);
	char value[128];

	(void)state;
	assert_int_equal(b->ops->peek(b->model, "", value, sizeof(value)), 0);
	assert_string_equal(value, "fx_endpoint.plusarg_q fx_endpoint.ram");
	assert_int_equal(b->ops->peek(b->model, "", value, 8), -ENOSPC);
	assert_int_equal(b->ops->peek(b->model, "plusarg_q", value, 8), -ENOSPC);
	assert_int_equal(b->ops->peek(b->model, "arg_q", value, sizeof(value)), -ENOENT);
	assert_int_equal(b->ops->poke(b->model, "plusarg_q", "on"), -EINVAL);
	assert_int_equal(b->ops->poke(b->model, "plusarg_q", "0x"), -EINVAL);
	assert_int_equal(b->ops->poke(b->model, "plusarg_q", "-1"), -EINVAL);
	assert_int_equal(b->ops->poke(b->model, "plusarg_q", "0x100000000"), -ERANGE);
	bench_close(b);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_poke_is_what_the_card_answers),
		cmocka_unit_test(test_elements_of_memories),
		cmocka_unit_test(test_a_poke_is_settled_before_the_next_rising_edge),
		cmocka_unit_test(test_a_signal_by_the_name_that_made_it_reachable),
		cmocka_unit_test(test_what_cannot_be),
	};

	if (argc != 4)
		return 2;
	path = argv[1];
	poke_path = argv[2];
	board_path = argv[3];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
