// SPDX-License-Identifier: Apache-2.0
/*
 * usage: suspends STATE TIMES
 *
 * Writes STATE to /sys/power/state so many times, with each level of /sys/power/pm_test
 * in turn (but for those that Linux itself does not let freeze have, with EAGAIN: core and
 * processors), and prints how often it was refused with EBUSY and how long that took. Exit
 * status 0: each time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_LEVELS 16

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

/* 0, or errno */
static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), why = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		why = errno;
	close(fd);
	return why;
}

/* "[none] core processors platform devices freezer" */
static unsigned int find_levels(const char *state, char *text, size_t bytes, char **levels)
{
	bool is_freeze = !strcmp(state, "freeze");
	int fd = open("/sys/power/pm_test", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, bytes - 1);
	unsigned int nr = 0;
	char *word;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	for (word = strtok(text, "[] \n"); word && nr < MAX_LEVELS; word = strtok(NULL, "[] \n"))
		if (!is_freeze || (strcmp(word, "core") && strcmp(word, "processors")))
			levels[nr++] = word;
	return nr;
}

int main(int argc, char **argv)
{
	unsigned int i, nr_levels, times = argc == 3 ? (unsigned int)atoi(argv[2]) : 0, busy = 0;
	char text[256], *levels[MAX_LEVELS];
	uint64_t worst = 0;

	nr_levels = find_levels(times ? argv[1] : "", text, sizeof(text), levels);
	if (!times || !nr_levels) {
		fprintf(stderr, nr_levels ? "usage: suspends STATE TIMES\n" :
					    "suspends: no pm_test\n");
		return 2;
	}
	for (i = 0; i < times; i++) {
		const char *level = levels[i % nr_levels];
		int why = put("/sys/power/pm_test", level);
		uint64_t start = now_ns(), took;

		if (why) {
			fprintf(stderr, "suspends: level %s: %s\n", level, strerror(why));
			return 1;
		}
		why = put("/sys/power/state", argv[1]);
		took = now_ns() - start;
		if (took > worst)
			worst = took;
		if (why == EBUSY)
			busy++;
		else
			fprintf(stderr, "suspends: %s, level %s: %s\n", argv[1], level,
				strerror(why));
	}
	printf("%u of %u refused with EBUSY, %u levels, slowest %llu ms\n", busy, times, nr_levels,
	       (unsigned long long)worst / 1000000);
	return busy != times || worst > 1000000000ull;
}
