// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZER	true
#else
#define IS_SANITIZER	false
#endif

#define PROCESS	"start a process"
#define NETWORK	"open a network connection"
#define OTHERS	"look into another process"
#define MACHINE	"change the machine"
#define IDENTITY "become somebody else"
#define KERNEL	"reach deep into the kernel"

static const struct refused {
	const char *call;
	const char *words;
} refused[] = {
	{ "clone", PROCESS }, { "execve", PROCESS }, { "execveat", PROCESS },
	{ "fork", PROCESS }, { "vfork", PROCESS },
	{ "socket", NETWORK },
	{ "kcmp", OTHERS }, { "pidfd_getfd", OTHERS }, { "process_madvise", OTHERS },
	{ "process_vm_readv", OTHERS }, { "process_vm_writev", OTHERS }, { "ptrace", OTHERS },
	{ "acct", MACHINE }, { "adjtimex", MACHINE }, { "chroot", MACHINE },
	{ "clock_adjtime", MACHINE }, { "clock_settime", MACHINE }, { "delete_module", MACHINE },
	{ "finit_module", MACHINE }, { "fsconfig", MACHINE }, { "fsmount", MACHINE },
	{ "fsopen", MACHINE }, { "init_module", MACHINE }, { "ioperm", MACHINE }, { "iopl", MACHINE },
	{ "kexec_file_load", MACHINE }, { "kexec_load", MACHINE }, { "mount", MACHINE },
	{ "mount_setattr", MACHINE }, { "move_mount", MACHINE }, { "open_tree", MACHINE },
	{ "pivot_root", MACHINE }, { "quotactl", MACHINE }, { "reboot", MACHINE },
	{ "setdomainname", MACHINE }, { "sethostname", MACHINE }, { "settimeofday", MACHINE },
	{ "swapoff", MACHINE }, { "swapon", MACHINE }, { "syslog", MACHINE }, { "umount2", MACHINE },
	{ "vhangup", MACHINE },
	{ "capset", IDENTITY }, { "setfsgid", IDENTITY }, { "setfsuid", IDENTITY }, { "setgid", IDENTITY },
	{ "setgroups", IDENTITY }, { "setns", IDENTITY }, { "setregid", IDENTITY },
	{ "setresgid", IDENTITY }, { "setresuid", IDENTITY }, { "setreuid", IDENTITY },
	{ "setuid", IDENTITY }, { "unshare", IDENTITY },
	{ "add_key", KERNEL }, { "bpf", KERNEL }, { "fanotify_init", KERNEL },
	{ "io_uring_setup", KERNEL },	/* its requests pass no filter */
	{ "keyctl", KERNEL }, { "open_by_handle_at", KERNEL }, { "perf_event_open", KERNEL },
	{ "personality", KERNEL }, { "request_key", KERNEL }, { "userfaultfd", KERNEL },
};

#define NR_REFUSED	(sizeof(refused) / sizeof(refused[0]))

/* For the handler, which may not look anything up. */
static int numbers[NR_REFUSED];	/* 0: not refused, which no call here has */
static const char *program_name;

static void say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

/* The call has not happened. Async-signal-safe; the process ends when it returns. */
static void on_refused(int signum, siginfo_t *info, void *context)
{
	const struct sigaction end = { .sa_handler = SIG_DFL };
	size_t i;

	(void)context;
	for (i = 0; i < NR_REFUSED && numbers[i] != info->si_syscall; i++)
		;
	say(program_name);
	say(": error: the model wants to ");
	say(i < NR_REFUSED ? refused[i].words : "make a system call");
	say(" (");
	say(i < NR_REFUSED ? refused[i].call : "of another machine");
	say("), which " RISER_SANDBOX_WORDS "\n");
	sigaction(signum, &end, NULL);
	raise(signum);
}

static int refuse(scmp_filter_ctx filter, size_t i)
{
	const struct scmp_arg_cmp not_a_thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
	const struct scmp_arg_cmp not_unix = SCMP_A0(SCMP_CMP_NE, AF_UNIX);
	int number = seccomp_syscall_resolve_name(refused[i].call);

	numbers[i] = number;
	if (number == __NR_SCMP_ERROR)	/* of a later kernel than this library */
		return 0;
	if (!strcmp(refused[i].call, "clone"))
		return seccomp_rule_add_array(filter, SCMP_ACT_TRAP, number, 1, &not_a_thread);
	if (!strcmp(refused[i].call, "socket"))
		return seccomp_rule_add_array(filter, SCMP_ACT_TRAP, number, 1, &not_unix);
	return seccomp_rule_add(filter, SCMP_ACT_TRAP, number, 0);
}

static int fill(scmp_filter_ctx filter, bool has_host)
{
	size_t i;
	int ret;

	ret = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	/* what the filter protects against is not read by speculation: no slower memory accesses */
	if (!ret)
		ret = seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	if (!ret)
		ret = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	/* its flags are in memory, where no filter looks: the C library takes clone instead */
	if (!ret && !has_host)
		ret = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	for (i = 0; !ret && i < NR_REFUSED; i++)
		if (!has_host || strcmp(refused[i].words, PROCESS))
			ret = refuse(filter, i);
	return ret;
}

bool riser_sandbox_is_built(void)
{
	return !IS_SANITIZER;
}

int riser_sandbox_enter(const char *program, bool has_host)
{
	const struct sigaction handler = { .sa_sigaction = on_refused, .sa_flags = SA_SIGINFO };
	const char *env = getenv(RISER_SANDBOX_ENV);
	scmp_filter_ctx filter;
	int ret;

	if (IS_SANITIZER || (env && !strcmp(env, "off")))
		return 0;
	filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter)
		return -ENOMEM;
	program_name = program;
	ret = fill(filter, has_host);
	if (!ret)
		sigaction(SIGSYS, &handler, NULL);
	if (!ret)
		ret = seccomp_load(filter);
	seccomp_release(filter);
	return ret;
}
