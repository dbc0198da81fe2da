// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "support.h"

static void feed(struct riser_results *results, const char *text)
{
	char *line = strdup(text);

	riser_results_line(results, line);
	free(line);
}

static void test_results_checks_are_kept_in_order(void **state)
{
	struct riser_results results;

	(void)state;
	riser_results_init(&results, NULL);

	feed(&results, "RISER1 check mkfs pass 1.25 status 0\r");
	feed(&results, "RISER1 check mount fail 0.50 status 32 from: mount a b");

	assert_int_equal(results.nr_passed, 1);
	assert_int_equal(results.nr_failed, 1);
	assert_string_equal(results.checks->name, "mkfs");
	assert_true(results.checks->seconds > 1.24);
	assert_string_equal(results.checks->detail, "status 0");
	assert_string_equal(results.checks->next->name, "mount");
	assert_false(results.checks->next->passed);
	assert_string_equal(results.checks->next->detail,
			    "status 32 from: mount a b");
	assert_null(results.checks->next->next);
	riser_results_fini(&results);
}

static void test_results_last_value_of_a_key_counts(void **state)
{
	struct riser_results results;

	(void)state;
	riser_results_init(&results, NULL);

	feed(&results, "RISER1 value driver nvme");
	feed(&results, "RISER1 value driver nvme two");
	feed(&results, "RISER1 value empty");

	assert_string_equal(riser_results_value(&results, "driver"), "nvme two");
	assert_string_equal(riser_results_value(&results, "empty"), "");
	assert_null(riser_results_value(&results, "other"));
	riser_results_fini(&results);
}

static void test_results_verdict_and_phase(void **state)
{
	struct riser_results results;

	(void)state;
	riser_results_init(&results, NULL);
	assert_int_equal(results.verdict, -1);

	feed(&results, "RISER1 phase filesystem 12.30");
	assert_string_equal(results.phase, "filesystem");
	feed(&results, "RISER1 verdict pass 20.00 3 0");
	assert_int_equal(results.verdict, 0);
	feed(&results, "RISER1 verdict fail 20.00 3 1");
	assert_int_equal(results.verdict, 1);
	riser_results_fini(&results);
}

static void test_results_foreign_and_broken_lines_are_ignored(void **state)
{
	static const char *const lines[] = {
		"", "RISER1", "RISER1 ", "RISER1 check", "RISER1 check x",
		"RISER1 value", "RISER1 data AAAA", "RISER1 end x",
		"RISER2 check a pass 1", "hello", "RISER1 file ../x 1 0",
		"RISER1 phase", "RISER1 host kill-bridge",
	};
	struct riser_results results;
	size_t i;

	(void)state;
	riser_results_init(&results, NULL);

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		feed(&results, lines[i]);

	assert_int_equal(results.nr_passed + results.nr_failed, 0);
	assert_int_equal(results.verdict, -1);
	riser_results_fini(&results);
}

static void test_results_file_arrives_byte_for_byte(void **state)
{
	struct riser_results results;
	char *path = riser_path(*state, "a.txt"), buf[16];
	FILE *f;

	riser_results_init(&results, *state);

	feed(&results, "RISER1 file a.txt 7 00");
	feed(&results, "RISER1 data aGVsbG8K");
	feed(&results, "RISER1 data AA==");
	feed(&results, "RISER1 end a.txt");

	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fread(buf, 1, sizeof(buf), f), 7);
	assert_memory_equal(buf, "hello\n\0", 7);
	fclose(f);
	free(path);
	riser_results_fini(&results);
}

static void test_results_file_cannot_leave_its_folder(void **state)
{
	struct riser_results results;
	char *outside = riser_path(*state, "outside");
	char *inner = riser_path(*state, "inner");

	riser_results_init(&results, inner);

	feed(&results, "RISER1 file ../outside 3 00");
	feed(&results, "RISER1 data AAAA");
	feed(&results, "RISER1 end x");

	assert_int_not_equal(access(outside, F_OK), 0);
	free(outside);
	free(inner);
	riser_results_fini(&results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results_checks_are_kept_in_order),
		cmocka_unit_test(test_results_last_value_of_a_key_counts),
		cmocka_unit_test(test_results_verdict_and_phase),
		cmocka_unit_test(test_results_foreign_and_broken_lines_are_ignored),
		cmocka_unit_test_setup_teardown(
			test_results_file_arrives_byte_for_byte, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(
			test_results_file_cannot_leave_its_folder, make_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
