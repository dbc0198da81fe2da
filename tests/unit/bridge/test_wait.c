// SPDX-License-Identifier: Apache-2.0
/* How long to poll before a sleep, from how long sleeps were; another processor. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../bridge/engine.h"

#define LEAST_NS	50000ULL
#define BOUND_NS	1600000ULL	/* 2 * what a wake-up may take */

static void test_short_sleeps_make_it_longer_up_to_a_bound(void **state)
{
	uint64_t spin_ns = LEAST_NS, next_ns;
	int i;

	(void)state;
	next_ns = riser_next_spin_ns(spin_ns, LEAST_NS, 100000);
	assert_true(next_ns > spin_ns);
	for (i = 0; i < 100; i++)
		spin_ns = riser_next_spin_ns(spin_ns, LEAST_NS, 100000);
	assert_true(spin_ns > next_ns && spin_ns <= BOUND_NS);
	/* it stays there */
	assert_int_equal(riser_next_spin_ns(spin_ns, LEAST_NS, 100000), spin_ns);
}

static void test_a_long_sleep_ends_that(void **state)
{
	(void)state;
	assert_int_equal(riser_next_spin_ns(800000, LEAST_NS, 20000000),
			 LEAST_NS);
	assert_int_equal(riser_next_spin_ns(LEAST_NS, LEAST_NS, UINT64_MAX),
			 LEAST_NS);
}

static void test_who_does_not_poll_never_will(void **state)
{
	(void)state;
	assert_int_equal(riser_next_spin_ns(0, 0, 1000), 0);
	assert_int_equal(riser_next_spin_ns(0, 0, UINT64_MAX), 0);
}

static void test_a_processor_is_left_for_another(void **state)
{
	cpu_set_t allowed, after, one;
	int here, nr;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
	nr = CPU_COUNT(&allowed);
	here = sched_getcpu();
	CPU_ZERO(&one);
	CPU_SET(here, &one);
	/* pinned: nowhere to go, and nothing is changed */
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_false(riser_leave_processor());
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&after, &one));
	assert_int_equal(sched_getcpu(), here);
	assert_int_equal(sched_setaffinity(0, sizeof(allowed), &allowed), 0);
	assert_int_equal(riser_leave_processor(), nr > 1);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&after, &allowed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_processor_is_left_for_another),
		cmocka_unit_test(test_short_sleeps_make_it_longer_up_to_a_bound),
		cmocka_unit_test(test_a_long_sleep_ends_that),
		cmocka_unit_test(test_who_does_not_poll_never_will),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
