// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../bridge/report/axis.h"

static void test_axis_without_silences_is_straight(void **state)
{
	struct riser_axis axis;
	uint64_t i;

	(void)state;
	riser_axis_init(&axis);
	for (i = 100; i <= 1100; i += 10)
		riser_axis_add(&axis, i);
	riser_axis_finish(&axis);
	assert_int_equal(axis.nr_cuts, 0);
	assert_true(riser_axis_at(&axis, 100) == 0);
	assert_true(riser_axis_at(&axis, 600) == 0.5);
	assert_true(riser_axis_at(&axis, 1100) == 1);
	assert_true(riser_axis_at(&axis, 5000) == 1);
	assert_int_equal(riser_axis_cycle(&axis, 0.5), 600);
}

static void test_axis_cuts_long_silences(void **state)
{
	struct riser_axis axis;
	uint64_t i;

	(void)state;
	riser_axis_init(&axis);
	for (i = 0; i <= 1000; i += 10)
		riser_axis_add(&axis, i);
	for (i = 1000000; i <= 1001000; i += 10)
		riser_axis_add(&axis, i);
	riser_axis_finish(&axis);
	assert_int_equal(axis.nr_cuts, 1);
	assert_int_equal(axis.shown_cycles, 2000);
	assert_true(riser_axis_at(&axis, 1000) == 0.5);
	assert_true(riser_axis_at(&axis, 500000) == 0.5);
	assert_true(riser_axis_at(&axis, 1000000) == 0.5);
	assert_true(riser_axis_at(&axis, 1000500) == 0.75);
	assert_int_equal(riser_axis_cycle(&axis, 0.25), 500);
	assert_int_equal(riser_axis_cycle(&axis, 0.75), 1000500);
}

/* More silences than there is room for: the longest are kept. */
static void test_axis_keeps_the_longest_silences(void **state)
{
	struct riser_axis axis;
	uint64_t i, at = 0;

	(void)state;
	riser_axis_init(&axis);
	for (i = 0; i < 3 * RISER_AXIS_CANDIDATES; i++) {
		riser_axis_add(&axis, at);
		at += i == 7 || i == 3000 ? 100000000 : 100 + i % 10;
	}
	riser_axis_finish(&axis);
	assert_int_equal(axis.nr_cuts, 2);
	assert_int_equal(axis.gap[0].to - axis.gap[0].from, 100000000);
	assert_int_equal(axis.gap[1].to - axis.gap[1].from, 100000000);
	assert_true(axis.gap[0].from < axis.gap[1].from);
}

static void test_axis_of_one_moment(void **state)
{
	struct riser_axis axis;

	(void)state;
	riser_axis_init(&axis);
	riser_axis_add(&axis, 42);
	riser_axis_add(&axis, 42);
	riser_axis_finish(&axis);
	assert_true(riser_axis_at(&axis, 42) == 0);
	assert_int_equal(riser_axis_cycle(&axis, 0), 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_axis_without_silences_is_straight),
		cmocka_unit_test(test_axis_cuts_long_silences),
		cmocka_unit_test(test_axis_keeps_the_longest_silences),
		cmocka_unit_test(test_axis_of_one_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
