// SPDX-License-Identifier: Apache-2.0
/*
 * usage: gaps CPU [FILE]
 *
 * Wakes every 10 ms on CPU until it is told to end (TERM), and prints how often it did
 * and the largest gap between two times. With FILE it reads 4 bytes of it each time
 * instead, every millisecond, and prints the longest read.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

int main(int argc, char **argv)
{
	struct timespec pause = { .tv_nsec = argc > 2 ? 1000000 : 10000000 };
	unsigned long rounds = 0, failed = 0;
	uint64_t last, worst = 0;
	cpu_set_t cpus;
	int fd = -1;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: gaps CPU [FILE]\n");
		return 2;
	}
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[1]), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) ||
	    (argc > 2 && (fd = open(argv[2], O_RDONLY | O_CLOEXEC)) < 0)) {
		fprintf(stderr, "gaps: %s\n", strerror(errno));
		return 1;
	}
	signal(SIGTERM, on_signal);
	for (last = now_ns(); !stop; rounds++) {
		uint64_t now;
		uint32_t value;

		nanosleep(&pause, NULL);
		if (fd >= 0) {
			last = now_ns();
			if (pread(fd, &value, 4, 0) != 4 || value == 0xffffffff)
				failed++;
		}
		now = now_ns();
		if (now - last > worst)
			worst = now - last;
		last = now;
	}
	printf("%lu %llu %lu\n", rounds, (unsigned long long)worst / 1000000, failed);
	return 0;
}
