// SPDX-License-Identifier: Apache-2.0
/*
 * usage: limits /dev/pciem
 *
 * Creates links until the module refuses, and says how many there were and with
 * what it refused; all of them go when this process ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include "pciem.h"

int main(int argc, char **argv)
{
	struct rlimit files = { 1024, 1024 };
	unsigned int n;

	if (argc != 2)
		return 2;
	setrlimit(RLIMIT_NOFILE, &files);
	for (n = 0; n < 1000; n++) {
		struct pciem_create create = {
			.size = sizeof(create), .kick_fd = -1,
			.down_bytes = PCIEM_RING_MIN_BYTES, .up_bytes = PCIEM_RING_MIN_BYTES,
		};
		int fd = open(argv[1], O_RDWR | O_CLOEXEC);

		if (fd < 0) {
			perror("limits: open");
			return 1;
		}
		snprintf((char *)create.name, sizeof(create.name), "limit");
		if (ioctl(fd, PCIEM_IOC_CREATE, &create) < 0)
			break;
	}
	printf("%u links, then: %s\n", n, strerror(errno));
	return n >= 2 && n <= 64 && errno == ENOSPC ? 0 : 1;
}
