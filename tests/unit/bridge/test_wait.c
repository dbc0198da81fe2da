// SPDX-License-Identifier: Apache-2.0
/* How long to poll before a sleep, from how long sleeps were. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_sleeps_make_it_longer_up_to_a_bound),
		cmocka_unit_test(test_a_long_sleep_ends_that),
		cmocka_unit_test(test_who_does_not_poll_never_will),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
