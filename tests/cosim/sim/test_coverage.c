// SPDX-License-Identifier: Apache-2.0
/*
 * A model built for coverage writes what verilator_coverage reads.
 * Usage: test_coverage COVER.SO
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#include <cmocka.h>

static const char *model_path;

static void test_written_file_counts_lines(void **state)
{
	char dir[] = "/tmp/riser-cover.XXXXXX";
	char path[64], command[300], line[1024];
	struct bench *b = bench_open(model_path, NULL);
	uint32_t hits = 0, misses = 0;
	uint32_t value;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_true(b->info->features & RISER_MODEL_F_COVERAGE);
	assert_false(b->info->features & RISER_MODEL_F_SAVE);
	assert_null(b->ops->save);
	bench_read_back(b, false, FX_COUNT, 1, &value);
	snprintf(path, sizeof(path), "%s/missing/coverage.dat", dir);
	assert_int_equal(b->ops->coverage_write(b->model, path), -ENOENT);
	snprintf(path, sizeof(path), "%s/coverage.dat", dir);
	assert_int_equal(b->ops->coverage_write(b->model, path), 0);
	bench_close(b);

	snprintf(command, sizeof(command),
		 "cd '%s' && verilator_coverage --write-info c.info coverage.dat >/dev/null && "
		 "grep '^DA:' c.info", dir);
	file = popen(command, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (strstr(line, ",0\n"))
			misses++;
		else
			hits++;
	}
	assert_int_equal(pclose(file), 0);
	assert_true(hits > 20);
	assert_true(misses > 5);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written_file_counts_lines),
	};

	if (argc != 2)
		return 2;
	model_path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
