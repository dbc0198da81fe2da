// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "support.h"

static void test_rundir_two_runs_get_two_folders_and_latest(void **state)
{
	char *root = riser_path(*state, "a/b"), *one, *two, target[256];
	char *latest = riser_path(root, "latest");
	ssize_t n;

	assert_int_equal(riser_rundir_create(root, "smoke", &one), 0);
	assert_int_equal(riser_rundir_create(root, "smoke", &two), 0);

	assert_string_not_equal(one, two);
	assert_non_null(strstr(two, "-smoke-"));
	n = readlink(latest, target, sizeof(target) - 1);
	assert_true(n > 0);
	target[n] = '\0';
	assert_string_equal(target, strrchr(two, '/') + 1);
	free(one);
	free(two);
	free(latest);
	free(root);
}

static void test_rundir_link_never_replaces_a_file(void **state)
{
	char *file = riser_path(*state, "precious");
	int fd = open(file, O_CREAT | O_WRONLY, 0600);

	close(fd);
	assert_int_equal(riser_rundir_link("x", file), -EEXIST);
	assert_int_equal(access(file, F_OK), 0);
	free(file);
}

static void test_rundir_root_that_is_a_file_is_an_error(void **state)
{
	char *file = riser_path(*state, "file"), *path;
	int fd = open(file, O_CREAT | O_WRONLY, 0600);

	close(fd);
	assert_int_equal(riser_rundir_create(file, "x", &path), -ENOTDIR);
	assert_null(path);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_rundir_two_runs_get_two_folders_and_latest, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(
			test_rundir_link_never_replaces_a_file, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(
			test_rundir_root_that_is_a_file_is_an_error, make_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
