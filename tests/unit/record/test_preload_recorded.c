// SPDX-License-Identifier: Apache-2.0
/* Files of a recorded run's memories, found again by what is in them. */
#include "../../../bridge/preload_recorded.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <riser/link.h>

static char dir[] = "/tmp/riser-preload-XXXXXX";
static char path[4][64];
static struct riser_rec_facts facts;
static const char *found[RISER_MODEL_MAX_MEMS];
static char error[RISER_ERROR_BYTES];

static void put(int i, const char *text)
{
	FILE *f;

	snprintf(path[i], sizeof(path[i]), "%s/%d", dir, i);
	f = fopen(path[i], "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void record(int i, int memory)
{
	facts.preload[memory] = path[i];
	assert_int_equal(riser_hash64_file(path[i], &facts.preload_hash[memory],
					   &facts.preload_bytes[memory]), 0);
}

/* Memories 0 and 2 had files 0 and 1; 3 is a copy of 1. */
static int setup(void **state)
{
	(void)state;
	memset(&facts, 0, sizeof(facts));
	put(0, "first");
	put(1, "second");
	put(2, "another");
	put(3, "second");
	record(0, 0);
	record(1, 2);
	return 0;
}

static int find(const char *a, const char *b, const char *c)
{
	const char *const files[] = { a, b, c, NULL };

	error[0] = '\0';
	return riser_preload_recorded(&facts, files, found, error);
}

static void test_without_files_they_are_where_they_were(void **state)
{
	(void)state;
	assert_int_equal(riser_preload_recorded(&facts, NULL, found, error), 0);
	assert_ptr_equal(found[0], path[0]);
	assert_null(found[1]);
	assert_ptr_equal(found[2], path[1]);
}

static void test_a_file_is_known_by_its_contents(void **state)
{
	(void)state;
	unlink(path[1]);
	assert_int_equal(find(path[3], NULL, NULL), 0);
	assert_ptr_equal(found[0], path[0]);
	assert_ptr_equal(found[2], path[3]);
	assert_int_equal(find(path[3], path[0], NULL), 0);
	assert_ptr_equal(found[0], path[0]);
	assert_ptr_equal(found[2], path[3]);
}

static void test_other_contents_are_refused(void **state)
{
	(void)state;
	assert_int_equal(find(path[2], NULL, NULL), -EINVAL);
	assert_non_null(strstr(error, "has changed since the run: 7 bytes with hash"));
	assert_non_null(strstr(error, "recorded were 5 bytes"));
	put(1, "SECOND");
	assert_int_equal(find(path[0], NULL, NULL), -EINVAL);
	assert_non_null(strstr(error, path[1]));
}

static void test_what_cannot_be_read_is_named(void **state)
{
	(void)state;
	assert_int_equal(find("/nonexistent/x", NULL, NULL), -ENOENT);
	assert_non_null(strstr(error, "preload /nonexistent/x of the recorded run: No such file"));
	unlink(path[0]);
	assert_int_equal(find(path[1], NULL, NULL), -ENOENT);
	assert_non_null(strstr(error, path[0]));
}

static void test_one_too_many(void **state)
{
	(void)state;
	assert_int_equal(find(path[0], path[1], path[3]), -EINVAL);
	assert_non_null(strstr(error, "the recorded run had no further one"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_without_files_they_are_where_they_were, setup),
		cmocka_unit_test_setup(test_a_file_is_known_by_its_contents, setup),
		cmocka_unit_test_setup(test_other_contents_are_refused, setup),
		cmocka_unit_test_setup(test_what_cannot_be_read_is_named, setup),
		cmocka_unit_test_setup(test_one_too_many, setup),
	};
	int ret, i;

	if (!mkdtemp(dir))
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	for (i = 0; i < 4; i++)
		unlink(path[i]);
	rmdir(dir);
	return ret;
}
