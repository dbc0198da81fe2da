// SPDX-License-Identifier: Apache-2.0
#include "support.h"

static void test_console_names_each_trouble(void **state)
{
	(void)state;
	assert_string_equal(riser_console_trouble(
		"[    9.1] Kernel panic - not syncing: Attempted to kill init!"),
		"the guest kernel panicked");
	assert_string_equal(riser_console_trouble(
		"[    9.1] WARNING: CPU: 1 PID: 7 at kernel/x.c:3 f+0x1/0x2"),
		"the guest kernel printed a warning");
	assert_string_equal(riser_console_trouble(
		"[    9.1] INFO: task mount:77 blocked for more than 120 seconds."),
		"a guest task hung");
}

static void test_console_ordinary_lines_are_no_trouble(void **state)
{
	(void)state;
	assert_null(riser_console_trouble("[    2.5] nvme nvme0: 2/0/0 default/read/poll queues"));
	assert_null(riser_console_trouble("debug: no BUG here"));
	assert_null(riser_console_trouble(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_console_names_each_trouble),
		cmocka_unit_test(test_console_ordinary_lines_are_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
