// SPDX-License-Identifier: Apache-2.0
/*
 * Random sequences of system calls on /dev/pciem: open, the three commands with
 * fields that are right, nearly right or noise, unknown commands, pointers to
 * nowhere, mmap of any piece in any way, mremap, mprotect, poll, dup, fork, and
 * writes to what could be mapped. Nothing but an error may come of it. One process
 * on each CPU, each with its part of the sequences and a seed of its own.
 *
 *	ioctlfuzz SEQUENCES SEED
 *
 * Exit status 1 when the kernel gave what it must not give: a mapping that can
 * be executed, a writable one of the kernel's half, a changed header.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pciem.h"

#define NR_FDS		3
#define NR_MAPS		4
#define NR_CALLS	12

struct mapping {
	uint8_t *at;
	size_t bytes;
	bool is_writable;
	bool is_bridges;	/* the half that may be written */
};

/* What all processes have done. */
struct sum {
	uint64_t sequences, calls, refused, links, mappings;
};

static struct sum *sum;
static uint64_t rnd, nr_calls, nr_links, nr_mappings, nr_refused;
static int fd[NR_FDS];
static struct mapping map[NR_MAPS];
static uint64_t total[NR_FDS];

static uint32_t pick(uint32_t below)
{
	rnd ^= rnd << 13;
	rnd ^= rnd >> 7;
	rnd ^= rnd << 17;
	return (uint32_t)((rnd >> 16) % below);
}

static void must_not(const char *what)
{
	printf("ioctlfuzz: FAIL %s\n", what);
	exit(1);
}

static void count(long ret)
{
	nr_calls++;
	nr_refused += ret == -1;
}

/* Usually memory that may be read and written, sometimes none. */
static void *pointer(void *good)
{
	static void *const bad[] = { NULL, (void *)1, (void *)0x7ffffffff000, (void *)0xffff888000000000 };

	return pick(8) ? good : bad[pick(4)];
}

static void create(unsigned int i)
{
	struct pciem_create c = {
		.size = sizeof(c), .down_bytes = 1u << 16, .up_bytes = 1u << 16, .kick_fd = -1, .name = "fuzz",
	};
	uint8_t *bytes = (uint8_t *)&c;
	int event = -1;
	long ret;

	switch (pick(6)) {
	case 0:		/* one byte of it is noise */
		bytes[pick(sizeof(c))] = (uint8_t)pick(256);
		break;
	case 1:		/* large ones are rare: clearing them takes most of the time */
		c.up_bytes = 1u << (pick(16) ? pick(20) : pick(32));
		break;
	case 2:
		c.size = pick(2) ? pick(8192) : (uint32_t)rnd;
		break;
	case 3:
		c.kick_fd = (int)pick(16) - 1;
		break;
	case 4:
		event = eventfd(0, 0);
		c.kick_fd = event;
		break;
	}
	ret = ioctl(fd[i], PCIEM_IOC_CREATE, pointer(&c));
	count(ret);
	if (!ret && c.total_bytes) {
		nr_links++;
		total[i] = c.total_bytes;
	}
	if (event >= 0)
		close(event);
}

static void enter(unsigned int i)
{
	struct pciem_enter e = { .flags = pick(8) ? pick(2) : (uint32_t)rnd, .timeout_ns = pick(1000) };

	if (!pick(16))
		e.pad = 1;
	if (!pick(16))
		e.timeout_ns = e.flags & PCIEM_ENTER_WAIT ? 1000 : rnd;
	count(ioctl(fd[i], PCIEM_IOC_ENTER, pointer(&e)));
}

static void forget(struct mapping *m)
{
	if (m->at)
		munmap(m->at, m->bytes);
	m->at = NULL;
}

static void do_mmap(unsigned int i)
{
	struct mapping *m = &map[pick(NR_MAPS)];
	uint64_t all = total[i] ? total[i] : 3 * 4096 + 2 * 65536, half = all - 2 * 4096 - 65536;
	int prot = (int)pick(8), flags = pick(4) ? MAP_SHARED : MAP_PRIVATE;
	uint64_t bytes = all, off = 0;

	forget(m);
	switch (pick(4)) {
	case 0:
		prot = PROT_READ | PROT_WRITE;
		bytes = half;
		off = all - half;
		break;
	case 1:
		bytes = 4096ull * (1 + pick(64));
		off = 4096ull * pick(64);
		break;
	case 2:
		off = rnd & ~4095ull & 0x7ffffffffffff000ull;
		break;
	}
	m->at = mmap(NULL, bytes, prot, flags, fd[i], (off_t)off);
	count(m->at == MAP_FAILED ? -1 : 0);
	if (m->at == MAP_FAILED) {
		m->at = NULL;
		return;
	}
	nr_mappings++;
	m->bytes = bytes;
	m->is_writable = prot & PROT_WRITE;
	m->is_bridges = off == all - half;
	if (prot & PROT_EXEC)
		must_not("mapped to execute");
	if (m->is_writable && !m->is_bridges)
		must_not("mapped the kernel's half to write");
}

static void use_mapping(void)
{
	struct mapping *m = &map[pick(NR_MAPS)];
	int prot = (int)pick(8);
	void *moved;

	if (!m->at)
		return;
	switch (pick(4)) {
	case 0:
		count(mprotect(m->at, m->bytes, prot));
		if (prot & PROT_EXEC && !mprotect(m->at, m->bytes, prot))
			must_not("a mapping was made executable");
		if (prot & PROT_WRITE && !m->is_bridges && !mprotect(m->at, m->bytes, prot))
			must_not("the kernel's half was made writable");
		mprotect(m->at, m->bytes, m->is_writable ? PROT_READ | PROT_WRITE : PROT_READ);
		break;
	case 1:
		moved = mremap(m->at, m->bytes, m->bytes + 4096, MREMAP_MAYMOVE);
		if (moved != MAP_FAILED)
			must_not("a mapping grew");
		break;
	case 2:		/* a piece of it goes */
		count(munmap(m->at, 4096));
		forget(m);
		break;
	default:
		if (m->is_writable) {
			unsigned int n = 64;

			while (n--)
				m->at[pick(4) ? pick(64) : pick((uint32_t)m->bytes)] = (uint8_t)pick(256);
		}
	}
}

static void other(unsigned int i)
{
	struct pollfd p = { .fd = fd[i], .events = (short)pick(0xffff) };
	struct pciem_api api;
	char byte;
	int copy;

	switch (pick(6)) {
	case 0:
		count(ioctl(fd[i], PCIEM_IOC_GET_API, pointer(&api)));
		break;
	case 1:
		if (ioctl(fd[i], _IOC(pick(4), pick(2) ? PCIEM_IOC_MAGIC : pick(256), 3 + pick(250), pick(1 << 14)),
			  pointer(&api)) != -1)
			must_not("an unknown command was taken");
		break;
	case 2:
		count(poll(&p, 1, 0));
		break;
	case 3:
		count(pick(2) ? read(fd[i], &byte, 1) : write(fd[i], &byte, 1));
		break;
	case 4:
		copy = dup(fd[i]);
		close(fd[i]);
		fd[i] = copy;
		break;
	default:
		if (pick(64))
			break;
		if (!fork())
			_exit(0);
		wait(NULL);
	}
}

static void sequence(void)
{
	unsigned int i, n;

	for (i = 0; i < NR_FDS; i++) {
		fd[i] = open("/dev/pciem", O_RDWR | (pick(2) ? O_CLOEXEC : 0));
		total[i] = 0;
	}
	for (n = 0; n < NR_CALLS; n++) {
		i = pick(NR_FDS);
		switch (pick(8)) {
		case 0:
		case 1:
			create(i);
			break;
		case 2:
			enter(i);
			break;
		case 3:
		case 4:
			do_mmap(i);
			break;
		case 5:
		case 6:
			use_mapping();
			break;
		default:
			other(i);
		}
	}
	for (i = 0; i < NR_FDS; i++)
		close(fd[i]);
	for (i = 0; i < NR_MAPS; i++)
		forget(&map[i]);	/* some outlive their file */
}

static void add(uint64_t *to, uint64_t n)
{
	__atomic_add_fetch(to, n, __ATOMIC_RELAXED);
}

static void fuzz(uint64_t sequences, uint64_t seed)
{
	rnd = seed * 0x9e3779b97f4a7c15ull | 1;
	for (uint64_t done = 0; done < sequences; done++)
		sequence();
	add(&sum->sequences, sequences);
	add(&sum->calls, nr_calls);
	add(&sum->refused, nr_refused);
	add(&sum->links, nr_links);
	add(&sum->mappings, nr_mappings);
}

int main(int argc, char **argv)
{
	uint64_t want = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	uint64_t nr = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN), i;
	int status, failed = 0;

	printf("ioctlfuzz: seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	sum = mmap(NULL, sizeof(*sum), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sum == MAP_FAILED) {
		perror("ioctlfuzz");
		return 2;
	}
	for (i = 0; i < nr; i++) {
		pid_t pid = fork();

		if (!pid) {
			fuzz(want / nr + (i < want % nr), seed + i);
			exit(0);
		}
		failed |= pid < 0;
	}
	while (wait(&status) > 0)
		failed |= status != 0;
	if (failed)
		return 1;
	printf("ioctlfuzz: pass %llu sequences, %llu calls, %llu refused, %llu links, %llu mappings\n",
	       (unsigned long long)sum->sequences, (unsigned long long)sum->calls, (unsigned long long)sum->refused,
	       (unsigned long long)sum->links, (unsigned long long)sum->mappings);
	return 0;
}
