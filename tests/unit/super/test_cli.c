// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "../../../bridge/cli/cli.h"
#include "../../../bridge/diagnostic.h"
#include "support.h"

static void test_cli_nearest_finds_a_slip_of_the_keyboard(void **state)
{
	static const char *const names[] = { "run", "doctor", "report", NULL };
	static const char *const short_names[] = { "ip", "top", NULL };

	(void)state;
	assert_string_equal(riser_nearest("rnu", names), "run");
	assert_string_equal(riser_nearest("docter", names), "doctor");
	assert_string_equal(riser_nearest("reprot", names), "report");
	assert_string_equal(riser_nearest("tpo", short_names), "top");	/* not "ip", which is as near by replacing */
	assert_null(riser_nearest("frobnicate", names));
}

static void test_cli_number_takes_whole_numbers_in_range_only(void **state)
{
	unsigned long long n = 0;

	(void)state;
	assert_int_equal(riser_cli_number("--smp", "4", 1, 64, &n), 0);
	assert_int_equal(n, 4);
	assert_int_equal(riser_cli_number("--smp", "0x10", 1, 64, &n), 0);
	assert_int_equal(n, 16);
	assert_int_equal(riser_cli_number("--smp", "0", 1, 64, &n), EBADMSG);
	assert_int_equal(riser_cli_number("--smp", "65", 1, 64, &n), EBADMSG);
	assert_int_equal(riser_cli_number("--smp", "-1", 1, 64, &n), EBADMSG);
	assert_int_equal(riser_cli_number("--smp", "", 1, 64, &n), EBADMSG);
	assert_int_equal(riser_cli_number("--smp", "4x", 1, 64, &n), EBADMSG);
	assert_int_equal(riser_cli_number("--smp", "99999999999999999999", 1,
					  64, &n), EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cli_nearest_finds_a_slip_of_the_keyboard),
		cmocka_unit_test(test_cli_number_takes_whole_numbers_in_range_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
