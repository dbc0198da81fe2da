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

static void test_console_error_handling_is_told_apart(void **state)
{
	static const char *const lines[] = {
		"[   31.0] nvme nvme0: I/O 5 QID 1 timeout, aborting",
		"[   31.0] nvme nvme0: I/O 5 QID 1 timeout, completion polled",
		"[   31.0] nvme nvme0: frozen state error detected, reset controller",
		"[   31.0] pcieport 0010:00:00.0: AER: Uncorrected (Non-Fatal) error received",
		"[   31.0] NETDEV WATCHDOG: eth0 (e1000e): transmit queue 0 timed out",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_non_null(riser_console_recovery(lines[i]));
		assert_null(riser_console_trouble(lines[i]));
	}
	assert_null(riser_console_recovery("[    6.1] pcieport 0010:00:00.0: AER: enabled with IRQ 29"));
	assert_null(riser_console_recovery("[    2.5] nvme nvme0: 2/0/0 default/read/poll queues"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_console_names_each_trouble),
		cmocka_unit_test(test_console_error_handling_is_told_apart),
		cmocka_unit_test(test_console_ordinary_lines_are_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
