// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "support.h"

static void test_tool_output_and_status_come_back(void **state)
{
	char *argv[] = { "sh", "-c", "echo one; echo two; exit 7", NULL };
	char *out = NULL;

	(void)state;
	assert_int_equal(riser_tool_run(argv, "/dev/null", &out), 7);

	assert_string_equal(out, "one\ntwo\n");
	free(out);
}

static void test_tool_output_beyond_the_maximum_is_dropped(void **state)
{
	char *argv[] = { "sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x", NULL };
	char *out = NULL;

	(void)state;
	assert_int_equal(riser_tool_run(argv, "/dev/null", &out), 0);

	assert_int_equal(strlen(out), 65535);
	free(out);
}

static void test_tool_signal_is_128_plus_its_number(void **state)
{
	char *argv[] = { "sh", "-c", "kill -9 $$", NULL };

	(void)state;
	assert_int_equal(riser_tool_run(argv, "/dev/null", NULL), 128 + 9);
}

static void test_tool_missing_program_is_an_errno(void **state)
{
	char *argv[] = { "/nonexistent/program", NULL };

	(void)state;
	assert_int_equal(riser_tool_run(argv, NULL, NULL), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tool_output_and_status_come_back),
		cmocka_unit_test(test_tool_output_beyond_the_maximum_is_dropped),
		cmocka_unit_test(test_tool_signal_is_128_plus_its_number),
		cmocka_unit_test(test_tool_missing_program_is_an_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
