// SPDX-License-Identifier: Apache-2.0
/*
 * failnth: the Nth fallible step (allocation, copy from or to user space) of
 * creating a link, mapping it and entering fails, for every N until nothing is
 * left to fail; a link that was made works or is refused with an errno, and the
 * next one is made. Needs a kernel with /proc/self/fail-nth.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pciem.h"

#define MOST	2000

static int nth_fd;

static void set_nth(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	/* what is left of the last number may fail this very copy, once */
	if (pwrite(nth_fd, text, strlen(text), 0) < 0 &&
	    (errno != EFAULT || pwrite(nth_fd, text, strlen(text), 0) < 0)) {
		perror("failnth: /proc/self/fail-nth");
		exit(1);
	}
}

/* What is left of the last number; 0: it failed something. Asking takes one. */
static int get_nth(void)
{
	char text[16] = "";

	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0) {
		if (errno == EFAULT)
			return 1;	/* that was the last one */
		perror("failnth: reading /proc/self/fail-nth");
		exit(1);
	}
	return atoi(text);
}

static int links(void)
{
	DIR *dir = opendir("/sys/kernel/debug/pciem");
	struct dirent *entry;
	int nr = 0;

	while (dir && (entry = readdir(dir)))
		nr += !strncmp(entry->d_name, "link", 4);
	if (dir)
		closedir(dir);
	return nr;
}

static void wait_gone(void)
{
	int n;

	for (n = 0; n < 3000 && links(); n++)
		usleep(10000);
	if (links()) {
		printf("failnth: a link stays behind\n");
		exit(1);
	}
}

/* The mapping goes whatever failed: it holds the file, and with it the link. */
static int enter_mapped(int fd, const struct pciem_hdr *ro, size_t bytes)
{
	struct pciem_enter enter = { 0 };
	int error = 0;

	if (ro->magic != PCIEM_MAGIC)
		error = EPROTO;
	else if (ioctl(fd, PCIEM_IOC_ENTER, &enter))
		error = errno;
	munmap((void *)ro, bytes);
	return error;
}

/* Return: 0, or the errno of what failed. */
static int use(int fd)
{
	struct pciem_create create = {
		.size = sizeof(create), .down_bytes = 1 << 16, .up_bytes = 1 << 16, .kick_fd = -1,
		.name = "failnth",
	};
	void *ro;

	if (ioctl(fd, PCIEM_IOC_CREATE, &create))
		return errno;
	ro = mmap(NULL, create.total_bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (ro == MAP_FAILED)
		return errno;
	return enter_mapped(fd, ro, create.total_bytes);
}

int main(void)
{
	int n, failed = 0, survived = 0;

	nth_fd = open("/proc/self/fail-nth", O_RDWR);
	if (nth_fd < 0) {
		perror("failnth: /proc/self/fail-nth");
		return 1;
	}
	for (n = 1; n < MOST; n++) {
		int fd, error, left;

		fd = open("/dev/pciem", O_RDWR | O_CLOEXEC);
		if (fd < 0) {
			perror("failnth: /dev/pciem");
			return 1;
		}
		set_nth(n);
		error = use(fd);
		left = get_nth();
		set_nth(0);
		close(fd);
		wait_gone();
		if (left) {
			printf("failnth: %d steps, %d refused, %d made no difference\n", n - 1, failed, survived);
			return error || n < 20;
		}
		if (error && error != ENOMEM && error != EFAULT) {
			printf("failnth: step %d gave errno %d\n", n, error);
			return 1;
		}
		failed += !!error;
		survived += !error;
	}
	printf("failnth: no end after %d steps\n", MOST);
	return 1;
}
