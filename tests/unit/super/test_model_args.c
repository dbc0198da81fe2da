// SPDX-License-Identifier: Apache-2.0
/*
 * model.args: what was built is built again with another flavour, from the
 * folder of then; and in the background without leaving anybody behind.
 */
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

static char dir[] = "/tmp/riser-args-XXXXXX";
static char *home, *log_path, *out_path;

/* A builder that says where it runs and with what, and takes its time if told. */
static void make_builder(void)
{
	char *path;
	FILE *f;

	home = riser_path(dir, "home");
	log_path = riser_path(dir, "log");
	out_path = riser_path(dir, "out.so");
	assert_int_equal(mkdir(home, 0777), 0);
	path = riser_path(home, "sim");
	assert_int_equal(mkdir(path, 0777), 0);
	free(path);
	path = riser_path(home, "sim/build-model");
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("#!/bin/sh\npwd >&2\nprintf '<%s>' \"$@\" >&2\n"
	      "[ -z \"${TEST_SLEEP:-}\" ] || sleep \"$TEST_SLEEP\"\n"
	      "exit \"${TEST_EXIT:-0}\"\n", f);
	fclose(f);
	assert_int_equal(chmod(path, 0777), 0);
	free(path);
	setenv("RISER_HOME", home, 1);
}

static char *log_text(void)
{
	static char text[4096];
	FILE *f = fopen(log_path, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	unlink(log_path);
	return text;
}

static void write_args(void)
{
	char *const args[] = { "--top", "my card", "-f", "rtl/files.f",
			       "--flavour", "fast", "--param", "A=1 2", "--out",
			       "/old/model.so", NULL };

	assert_int_equal(riser_model_args_write(dir, args), 0);
}

static void test_another_flavour_of_the_same(void **state)
{
	char expected[512], *cwd = getcwd(NULL, 0);

	(void)state;
	write_args();
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(riser_model_args_build(dir, "trace", out_path,
						log_path), 0);
	assert_int_equal(chdir(cwd), 0);
	snprintf(expected, sizeof(expected),
		 "%s\n<--top><my card><-f><rtl/files.f><--param><A=1 2>"
		 "<--flavour><trace><--out><%s>", cwd, out_path);
	assert_string_equal(log_text(), expected);
	free(cwd);
}

static void test_its_exit_code(void **state)
{
	(void)state;
	write_args();
	setenv("TEST_EXIT", "3", 1);
	assert_int_equal(riser_model_args_build(dir, "trace", out_path,
						log_path), 3);
	unsetenv("TEST_EXIT");
	log_text();
}

static void test_a_run_without_arguments(void **state)
{
	(void)state;
	assert_int_equal(riser_model_args_build("/tmp", "trace", out_path,
						log_path), -ENOENT);
}

static void test_in_the_background(void **state)
{
	int status, i;
	pid_t pid;

	(void)state;
	write_args();
	setenv("TEST_SLEEP", "100", 1);
	assert_int_equal(riser_model_args_start(dir, "trace", out_path,
						log_path, &pid), 0);
	unsetenv("TEST_SLEEP");
	assert_int_equal(getpgid(pid), pid);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	assert_int_equal(kill(-pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	/* its children are gone as well, as soon as init has noticed */
	for (i = 0; i < 1000 && !kill(-pid, 0); i++)
		usleep(10000);
	assert_int_equal(kill(-pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_another_flavour_of_the_same),
		cmocka_unit_test(test_its_exit_code),
		cmocka_unit_test(test_a_run_without_arguments),
		cmocka_unit_test(test_in_the_background),
	};
	char command[64];
	int ret;

	if (!mkdtemp(dir))
		return 1;
	make_builder();
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ret |= system(command);
	free(home);
	free(log_path);
	free(out_path);
	return ret;
}
