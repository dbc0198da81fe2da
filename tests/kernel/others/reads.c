// SPDX-License-Identifier: Apache-2.0
/*
 * Who else may read kernel memory, at an address where a driver has a card mapped: each
 * must get an error or zeros. That no TLP went to the card is counted outside. Where the
 * same way leads to other memory, it is shown first that it does: KNOWN is a page full of
 * PATTERN, but for 8 bytes.
 *
 *	reads kcore ADDRESS KNOWN	/proc/kcore
 *	reads calls ADDRESS KNOWN	system calls with a pointer to it
 *	reads exit ADDRESS KNOWN	what the kernel reads and writes when a thread ends
 *	reads user ADDRESS KNOWN	an instruction of this program
 *	reads devmem PHYS KNOWN		/dev/mem, at the physical address
 *	reads bpf ADDRESS KNOWN		bpf.c
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "reads.h"

int nr_failed;

void check(const char *name, bool ok, const char *saw)
{
	printf("reads: %s %s: %s\n", ok ? "ok" : "FAIL", name, saw);
	nr_failed += !ok;
}

static void check_error(const char *name, long ret, int expected)
{
	char saw[64];

	snprintf(saw, sizeof(saw), "%ld, %s", ret, ret < 0 ? strerror(errno) : "no error");
	check(name, ret == -1 && errno == expected, saw);
}

/* ---- /proc/kcore ---- */

/* Reads a page at @address; its bytes as the file tells. */
static ssize_t read_kcore(uint64_t address, void *page)
{
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdr;
	ssize_t ret = -1;

	if (fd < 0 || pread(fd, &ehdr, sizeof(ehdr), 0) != sizeof(ehdr))
		return -1;
	errno = ENXIO;
	for (unsigned int i = 0; i < ehdr.e_phnum; i++) {
		if (pread(fd, &phdr, sizeof(phdr), (off_t)(ehdr.e_phoff + i * sizeof(phdr))) != sizeof(phdr))
			break;
		if (phdr.p_type != PT_LOAD || address < phdr.p_vaddr ||
		    address - phdr.p_vaddr >= phdr.p_memsz)
			continue;
		ret = pread(fd, page, 4096, (off_t)(phdr.p_offset + (address - phdr.p_vaddr)));
		break;
	}
	close(fd);
	return ret;
}

static void test_kcore(uint64_t address, uint64_t known)
{
	static uint64_t page[512];
	unsigned int right = 0, zeros = 0, i;
	char saw[80];
	ssize_t ret = read_kcore(known, page);

	for (i = 0; i < 512; i++)
		right += page[i] == PATTERN;
	snprintf(saw, sizeof(saw), "%zd bytes, %u of 512 right", ret, right);
	check("kcore_known", ret == 4096 && right == 511, saw);
	memset(page, 0x5a, sizeof(page));
	ret = read_kcore(address, page);
	for (i = 0; i < 512; i++)
		zeros += !page[i];
	snprintf(saw, sizeof(saw), "%zd bytes, %u of 512 zeros%s%s", ret, zeros, ret < 0 ? ", " : "",
		 ret < 0 ? strerror(errno) : "");
	check("kcore_card", ret < 0 ? errno == EFAULT || errno == EIO : ret == 4096 && zeros == 512, saw);
}

/* ---- system calls ---- */

static void test_calls(uint64_t address)
{
	void *card = (void *)address;
	char here[16] = "12345678";
	struct iovec local = { here, 8 }, remote = { card, 8 };
	int pipes[2], mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	if (pipe(pipes) || write(pipes[1], here, 8) != 8) {
		check("pipe", false, strerror(errno));
		return;
	}
	check_error("read_of_pipe", read(pipes[0], card, 8), EFAULT);
	check_error("read_of_zero", read(zero, card, 8), EFAULT);
	check_error("write", write(pipes[1], card, 8), EFAULT);
	check_error("writev", writev(pipes[1], &remote, 1), EFAULT);
	check_error("process_vm_readv", process_vm_readv(getpid(), &local, 1, &remote, 1, 0), EFAULT);
	check_error("process_vm_readv_to_it", process_vm_readv(getpid(), &remote, 1, &local, 1, 0), EFAULT);
	check_error("process_vm_writev", process_vm_writev(getpid(), &local, 1, &remote, 1, 0), EFAULT);
	/* offsets of this file are addresses, also such that are negative */
	lseek(mem, (off_t)address, SEEK_SET);
	check_error("proc_self_mem", read(mem, here, 8), EIO);
	check_error("open", open(card, O_RDONLY), EFAULT);
	check_error("get_user", syscall(SYS_futex, card, FUTEX_WAIT, 0, NULL, NULL, 0), EFAULT);
	check_error("futex_shared_wake", syscall(SYS_futex, card, FUTEX_WAKE_OP, 1, 1, card, 0), EFAULT);
	check_error("put_user", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, card), EFAULT);
	check_error("pipe2", syscall(SYS_pipe2, card, 0), EFAULT);
	check_error("time_of_sleep", syscall(SYS_nanosleep, card, NULL), EFAULT);
}

/* ---- the end of a thread ---- */

static int nothing(void *arg)
{
	/* the kernel reads the list, and writes 0 where clone() was told, when this ends */
	if (arg)
		syscall(SYS_set_robust_list, arg, 3 * sizeof(long));
	return 0;
}

static bool ends(void *list, void *cleared)
{
	static char stack[65536] __attribute__((aligned(16)));
	int status = -1;
	pid_t pid = clone(nothing, stack + sizeof(stack), CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, list,
			  NULL, NULL, cleared);

	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static void test_exit(uint64_t address)
{
	int word = 77;
	bool ok = ends(NULL, &word);

	check("clear_tid_here", ok && !word, word ? "not cleared" : "cleared");
	check("clear_tid_card", ends(NULL, (void *)address), "the thread has ended");
	check("robust_list_card", ends((void *)address, &word), "the thread has ended");
}

/* ---- an instruction ---- */

static sigjmp_buf on_segv;
static void *where;

static void no_access(int signum, siginfo_t *info, void *context)
{
	(void)signum;
	(void)context;
	where = info->si_addr;
	siglongjmp(on_segv, 1);
}

static void test_user(uint64_t address)
{
	struct sigaction act = { .sa_sigaction = no_access, .sa_flags = SA_SIGINFO | SA_NODEFER };
	volatile uint32_t *card = (void *)address;

	sigaction(SIGSEGV, &act, NULL);
	if (!sigsetjmp(on_segv, 1)) {
		(void)*card;
		check("user_load", false, "it was read");
	} else {
		check("user_load", true, "SIGSEGV");
	}
	if (!sigsetjmp(on_segv, 1)) {
		*card = 1;
		check("user_store", false, "it was written");
	} else {
		check("user_store", true, "SIGSEGV");
	}
	if (!sigsetjmp(on_segv, 1)) {
		((void (*)(void))address)();
		check("user_call", false, "it was run");
	} else {
		check("user_call", true, "SIGSEGV");
	}
}

static void test_devmem(uint64_t phys)
{
	int fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	uint32_t here = 0x5a5a5a5a;
	ssize_t ret = pread(fd, &here, 4, (off_t)phys);
	char saw[80];

	snprintf(saw, sizeof(saw), "%zd, %s, 0x%x", ret, ret < 0 ? strerror(errno) : "no error", here);
	check("devmem", fd >= 0 && ret == -1 && (errno == EFAULT || errno == EPERM), saw);
}

int main(int argc, char **argv)
{
	uint64_t address, known;

	if (argc != 4) {
		fprintf(stderr, "usage: reads CASE ADDRESS KNOWN\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	address = strtoull(argv[2], NULL, 0);
	known = strtoull(argv[3], NULL, 0);
	if (!strcmp(argv[1], "kcore"))
		test_kcore(address, known);
	else if (!strcmp(argv[1], "calls"))
		test_calls(address);
	else if (!strcmp(argv[1], "exit"))
		test_exit(address);
	else if (!strcmp(argv[1], "user"))
		test_user(address);
	else if (!strcmp(argv[1], "devmem"))
		test_devmem(address);
	else if (!strcmp(argv[1], "bpf"))
		test_bpf(address, known);
	else
		return 2;
	return nr_failed != 0;
}
