// SPDX-License-Identifier: Apache-2.0
/*
 * usage: busy DISK STATE
 *
 * Keeps a disk busy that comes and goes: two threads for each CPU write a block,
 * read it back and compare, as long as DISK is there. STATE has one line, renewed
 * fifty times a second: "open N ios N errors N". Different data end the program
 * with status 1 and one line; SIGTERM ends it with status 0.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK		4096u
#define BLOCKS		64u	/* of each thread */
#define MAX_THREADS	16u

static const char *disk;
static uint64_t ios, errors, nr_open;
static volatile sig_atomic_t stop;

static void on_signal(int nr)
{
	(void)nr;
	stop = 1;
}

static void differs(unsigned int thread, uint64_t seq)
{
	printf("busy: FAIL thread %u: block of write %llu reads as something else\n", thread,
	       (unsigned long long)seq);
	fflush(stdout);
	_exit(1);
}

/* One write and its read; false: the disk is gone. */
static bool one_block(int fd, unsigned int thread, uint64_t seq, uint64_t *out, uint64_t *in)
{
	off_t at = (off_t)(thread * BLOCKS + seq % BLOCKS) * BLOCK;

	for (unsigned int i = 0; i < BLOCK / 8; i++)
		out[i] = seq * 0x9e3779b97f4a7c15ull + i + thread;
	if (pwrite(fd, out, BLOCK, at) != BLOCK || pread(fd, in, BLOCK, at) != BLOCK)
		return false;
	if (memcmp(in, out, BLOCK))
		differs(thread, seq);
	__atomic_add_fetch(&ios, 2, __ATOMIC_RELAXED);
	return true;
}

/* An open disk that is gone keeps its name from the next one: closed at once. */
static void use_disk(unsigned int thread, uint64_t *seq, uint64_t *out, uint64_t *in)
{
	int fd = open(disk, O_RDWR | O_DIRECT | O_CLOEXEC);

	if (fd < 0) {
		usleep(2000);
		return;
	}
	__atomic_add_fetch(&nr_open, 1, __ATOMIC_RELAXED);
	while (!stop && one_block(fd, thread, ++*seq, out, in))
		;
	if (!stop)
		__atomic_add_fetch(&errors, 1, __ATOMIC_RELAXED);
	close(fd);
	__atomic_sub_fetch(&nr_open, 1, __ATOMIC_RELAXED);
	usleep(2000);
}

static void *run(void *arg)
{
	unsigned int thread = (unsigned int)(uintptr_t)arg;
	uint64_t *out = aligned_alloc(BLOCK, BLOCK), *in = aligned_alloc(BLOCK, BLOCK), seq = 0;
	cpu_set_t cpus;

	while (!stop) {
		/* again and again: a CPU that goes takes the wish with it */
		CPU_ZERO(&cpus);
		CPU_SET(thread / 2, &cpus);
		(void)sched_setaffinity(0, sizeof(cpus), &cpus);
		use_disk(thread, &seq, out, in);
	}
	return NULL;
}

static void tell(int fd)
{
	char text[96];
	int len = snprintf(text, sizeof(text), "open %-4llu ios %-12llu errors %-12llu \n",
			   (unsigned long long)__atomic_load_n(&nr_open, __ATOMIC_RELAXED),
			   (unsigned long long)__atomic_load_n(&ios, __ATOMIC_RELAXED),
			   (unsigned long long)__atomic_load_n(&errors, __ATOMIC_RELAXED));

	if (pwrite(fd, text, (size_t)len, 0) != len)
		_exit(2);
}

int main(int argc, char **argv)
{
	unsigned int nr = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN) * 2, i;
	pthread_t thread[MAX_THREADS];
	int fd;

	if (argc != 3)
		return 2;
	disk = argv[1];
	fd = open(argv[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return 2;
	signal(SIGTERM, on_signal);
	nr = nr > MAX_THREADS ? MAX_THREADS : nr;
	for (i = 0; i < nr; i++)
		if (pthread_create(&thread[i], NULL, run, (void *)(uintptr_t)i))
			return 2;
	while (!stop) {
		tell(fd);
		usleep(20000);
	}
	for (i = 0; i < nr; i++)
		pthread_join(thread[i], NULL);
	tell(fd);
	return 0;
}
