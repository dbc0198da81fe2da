// SPDX-License-Identifier: Apache-2.0
/* Each deed in a process of its own: what the sandbox refuses ends it, in words. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox.h"

#define DONE	42	/* a deed that was allowed */

static char said[1024];

/* Its status as wait() gives it; what it wrote to standard error is in said. */
static int in_sandbox(int (*deed)(void), bool has_host)
{
	int pipe_fd[2], status, code;
	ssize_t n, at = 0;
	pid_t pid;

	assert_int_equal(pipe(pipe_fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(pipe_fd[1], STDERR_FILENO);
		close(pipe_fd[0]);
		if (riser_sandbox_enter("a test", has_host))
			_exit(1);
		code = deed();
		_exit(code);
	}
	close(pipe_fd[1]);
	while ((n = read(pipe_fd[0], said + at, sizeof(said) - 1 - (size_t)at)) > 0)
		at += n;
	said[at] = '\0';
	close(pipe_fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void assert_refused(int (*deed)(void), const char *words)
{
	int status = in_sandbox(deed, false);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
	if (!strstr(said, words))
		fail_msg("'%s' is not in: %s", words, said);
	assert_non_null(strstr(said, "a test: error: the model wants to "));
	assert_non_null(strstr(said, "--no-sandbox"));
}

static void assert_allowed(int (*deed)(void), bool has_host)
{
	int status = in_sandbox(deed, has_host);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), DONE);
	assert_string_equal(said, "");
}

/* What $system does. It has signals blocked meanwhile, and says nothing. */
static int shell(void)
{
	return system("true") ? 1 : DONE;
}

static int fork_self(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid > 0 ? DONE : 1;
}

static int run_program(void)
{
	char name[] = "true";
	char *argv[] = { name, NULL };

	return execv("/bin/true", argv);
}

static int clone_three(void)
{
	uint64_t args[8] = { 0, 0, 0, 0, SIGCHLD };
	long pid = syscall(SYS_clone3, args, sizeof(args));

	if (!pid)
		_exit(0);
	return pid < 0 ? DONE : 1;	/* told that there is no such call */
}

static int internet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? 1 : DONE;
}

static int netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0) < 0 ? 1 : DONE;
}

static int trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) ? 1 : DONE;
}

static int become_nobody(void)
{
	return setuid(65534) ? 1 : DONE;
}

static int leave_namespace(void)
{
	return unshare(CLONE_NEWUSER) ? 1 : DONE;
}

static int uring(void)
{
	return syscall(SYS_io_uring_setup, 8, NULL) < 0 ? 1 : DONE;
}

static void test_refused(void **state)
{
	(void)state;
	assert_refused(fork_self, "start a process (clone)");
	assert_refused(run_program, "start a process (execve)");
	assert_refused(internet, "open a network connection (socket)");
	assert_refused(netlink, "open a network connection (socket)");
	assert_refused(trace_parent, "look into another process (ptrace)");
	assert_refused(become_nobody, "become somebody else (setuid)");
	assert_refused(leave_namespace, "become somebody else (unshare)");
	assert_refused(uring, "reach deep into the kernel (io_uring_setup)");
}

static void test_refused_without_words(void **state)
{
	int status = in_sandbox(shell, false);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static atomic_int goes;

static void *internet_when_told(void *arg)
{
	(void)arg;
	while (!goes)
		sched_yield();
	socket(AF_INET, SOCK_STREAM, 0);
	return NULL;
}

/* A thread that was there before: writers of records are. */
static void test_older_thread(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		pthread_t thread;
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDERR_FILENO);
		pthread_create(&thread, NULL, internet_when_told, NULL);
		if (riser_sandbox_enter("a test", false))
			_exit(1);
		goes = 1;
		pthread_join(thread, NULL);
		_exit(DONE);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void *nothing(void *arg)
{
	return arg;
}

/* All that an engine and its observers do. */
static int everyday_work(void)
{
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC), sock;
	struct timespec t = { .tv_nsec = 1000 };
	pthread_t thread;
	void *page;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || sock < 0 || page == MAP_FAILED || read(fd, page, 16) != 16 ||
	    nanosleep(&t, NULL) || pthread_create(&thread, NULL, nothing, NULL) ||
	    pthread_join(thread, NULL))
		return 1;
	return DONE;
}

static void test_allowed(void **state)
{
	(void)state;
	assert_allowed(everyday_work, false);
	assert_allowed(clone_three, false);
	assert_allowed(shell, true);	/* a model's process, started again */
	assert_allowed(everyday_work, true);
}

static int network_with_host(void)
{
	return internet();
}

static void test_host_has_no_network(void **state)
{
	int status;

	(void)state;
	status = in_sandbox(network_with_host, true);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void test_off(void **state)
{
	(void)state;
	setenv(RISER_SANDBOX_ENV, "off", 1);
	assert_allowed(shell, false);
	assert_allowed(internet, false);
	unsetenv(RISER_SANDBOX_ENV);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_refused_without_words),
		cmocka_unit_test(test_older_thread),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_host_has_no_network),
		cmocka_unit_test(test_off),
	};

	return riser_sandbox_is_built() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}
