// SPDX-License-Identifier: Apache-2.0
/*
 * What a design says reaches the caller, and never ends the process.
 * Usage: test_messages MODEL.SO
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "bench.h"

#include <cmocka.h>

static const char *model_path;

enum { SAY_DISPLAY, SAY_ERROR, SAY_FATAL, SAY_STOP, SAY_FINISH, SAY_ASSERT, SAY_WRITE, SAY_WARNING,
       SAY_INFO, SAY_PRINTED_ERROR };

static int setup(void **state)
{
	*state = bench_open(model_path, NULL);
	return 0;
}

static int teardown(void **state)
{
	bench_close(*state);
	return 0;
}

static uint32_t say(struct bench *b, uint32_t what, uint32_t number)
{
	bench_write2(b, FX_SAY, what, number);
	return bench_run(b, 10);
}

static void expect(const struct bench *b, enum riser_severity severity, const char *text)
{
	assert_int_equal(b->nr_messages, 1);
	assert_int_equal(b->message[0].severity, severity);
	assert_string_equal(b->message[0].text, text);
	if (severity == RISER_MSG_DISPLAY) {
		assert_string_equal(b->message[0].file, "");
	} else {
		assert_non_null(strstr(b->message[0].file, "tests/rtl/fixtures/fx_endpoint.sv"));
		assert_true(b->message[0].line > 100);
	}
}

static void expect_dead(struct bench *b)
{
	uint64_t cycle = b->run.cycle;

	b->run.max_cycles = 1;
	assert_int_equal(b->ops->run(b->model, &b->run), -EIO);
	assert_int_equal(b->ops->run(b->model, &b->run), -EIO);
	assert_int_equal(b->run.cycle, cycle);
}

static void test_display_goes_on(void **state)
{
	struct bench *b = *state;

	assert_int_equal(say(b, SAY_DISPLAY, 42), RISER_RUN_CYCLES);
	expect(b, RISER_MSG_DISPLAY, "fixture says 42");
}

static void test_lines_are_put_together(void **state)
{
	struct bench *b = *state;

	assert_int_equal(say(b, SAY_WRITE, 0), RISER_RUN_CYCLES);
	assert_int_equal(b->nr_messages, 0);
	assert_int_equal(say(b, SAY_DISPLAY, 1), RISER_RUN_CYCLES);
	expect(b, RISER_MSG_DISPLAY, "part fixture says 1");
}

static void test_warning_and_info_go_on(void **state)
{
	struct bench *b = *state;

	assert_int_equal(say(b, SAY_WARNING, 0), RISER_RUN_CYCLES);
	expect(b, RISER_MSG_WARNING, "fx_endpoint: fixture warning");
	bench_forget(b);
	assert_int_equal(say(b, SAY_INFO, 0), RISER_RUN_CYCLES);
	expect(b, RISER_MSG_INFO, "fx_endpoint: fixture info");
}

static void test_error_ends_the_call_and_the_model_lives_on(void **state)
{
	struct bench *b = *state;
	uint64_t begin = b->run.cycle;
	uint32_t value;

	assert_int_equal(say(b, SAY_ERROR, 7), RISER_RUN_ERROR);
	assert_int_equal(b->run.cycle, begin + 1);
	expect(b, RISER_MSG_ERROR, "fx_endpoint: fixture error 7");
	bench_read_back(b, false, FX_COUNT, 1, &value);
	assert_int_equal(value, 1);
}

/* Verilog-2005 has no $error: designs print one, and no stop follows. */
static void test_printed_error_ends_the_call_in_its_cycle(void **state)
{
	struct bench *b = *state;
	uint64_t begin = b->run.cycle;

	assert_int_equal(say(b, SAY_PRINTED_ERROR, 5), RISER_RUN_ERROR);
	assert_int_equal(b->run.cycle, begin + 1);
	expect(b, RISER_MSG_ERROR, "fx_endpoint: printed 5");
	bench_forget(b);
	assert_int_equal(say(b, SAY_DISPLAY, 42), RISER_RUN_CYCLES);
	expect(b, RISER_MSG_DISPLAY, "fixture says 42");
}

static void test_fatal_kills_the_model_only(void **state)
{
	struct bench *b = *state;

	assert_int_equal(say(b, SAY_FATAL, 9), RISER_RUN_FATAL);
	expect(b, RISER_MSG_FATAL, "fx_endpoint: fixture fatal 9");
	expect_dead(b);
}

static void test_failed_assertion_kills_the_model_only(void **state)
{
	struct bench *b = *state;

	assert_int_equal(say(b, SAY_ASSERT, 0), RISER_RUN_FATAL);
	expect(b, RISER_MSG_FATAL, "assertion failed in fx_endpoint");
	expect_dead(b);
}

static void test_stop_and_finish_end_the_call(void **state)
{
	struct bench *b = *state;
	uint64_t begin = b->run.cycle;

	assert_int_equal(say(b, SAY_STOP, 0), RISER_RUN_STOP);
	expect(b, RISER_MSG_STOP, "$stop");
	assert_int_equal(b->run.cycle, begin + 1);
	bench_forget(b);
	assert_int_equal(say(b, SAY_FINISH, 0), RISER_RUN_FINISH);
	expect(b, RISER_MSG_FINISH, "$finish");
	assert_int_equal(bench_run(b, 10), RISER_RUN_CYCLES);
}

static void test_error_then_stop_are_two_things(void **state)
{
	struct bench *b = *state;

	say(b, SAY_ERROR, 1);
	bench_forget(b);
	assert_int_equal(say(b, SAY_STOP, 0), RISER_RUN_STOP);
	assert_int_equal(b->nr_messages, 1);
}

static void test_a_dead_instance_leaves_others_alone(void **state)
{
	struct bench *b = *state;
	struct bench *other = bench_open(model_path, NULL);
	uint32_t value;

	assert_int_equal(say(b, SAY_FATAL, 9), RISER_RUN_FATAL);
	bench_read_back(other, false, FX_COUNT, 1, &value);
	assert_int_equal(value, 1);
	assert_int_equal(other->nr_messages, 0);
	bench_close(other);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(test_display_goes_on),
		CASE(test_lines_are_put_together),
		CASE(test_warning_and_info_go_on),
		CASE(test_error_ends_the_call_and_the_model_lives_on),
		CASE(test_printed_error_ends_the_call_in_its_cycle),
		CASE(test_fatal_kills_the_model_only),
		CASE(test_failed_assertion_kills_the_model_only),
		CASE(test_stop_and_finish_end_the_call),
		CASE(test_error_then_stop_are_two_things),
		CASE(test_a_dead_instance_leaves_others_alone),
	};

	if (argc != 2)
		return 2;
	model_path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
