// SPDX-License-Identifier: Apache-2.0
/*
 * Debian's aer_inject: an error that no card reported goes through the root port's
 * interrupt to the kernel's AER driver. (Its own tool is not packaged.)
 *
 *	inject DOMAIN:BUS:DEVICE.FUNCTION CORRECTABLE UNCORRECTABLE FATAL
 *
 * Bits of the two status registers; FATAL goes to the card's register of severities
 * before, which says what of UNCORRECTABLE is fatal.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AER_SEVERITY	0x10c	/* of the cards in C, whose AER is at 0x100 */

/* struct aer_error_inj of drivers/pci/pcie/aer_inject.c */
struct error {
	uint8_t bus, dev, fn;
	uint32_t uncorrectable, correctable;
	uint32_t header[4];
	uint32_t domain;
};

static int put(const char *path, const void *data, size_t bytes, off_t off)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || (off ? pwrite(fd, data, bytes, off) : write(fd, data, bytes)) != (ssize_t)bytes) {
		fprintf(stderr, "inject: %s: %s\n", path, strerror(errno));
		return 1;
	}
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int domain, bus, dev, fn;
	struct error error = { .header = { 0x60000001, 0x0000000f, 0x00000012, 0x34567890 } };
	uint32_t severity;
	char config[64];

	if (argc != 5 || sscanf(argv[1], "%x:%x:%x.%x", &domain, &bus, &dev, &fn) != 4) {
		fprintf(stderr, "usage: inject DOMAIN:BUS:DEVICE.FUNCTION CORRECTABLE UNCORRECTABLE FATAL\n");
		return 2;
	}
	error.domain = domain;
	error.bus = (uint8_t)bus;
	error.dev = (uint8_t)dev;
	error.fn = (uint8_t)fn;
	error.correctable = (uint32_t)strtoul(argv[2], NULL, 0);
	error.uncorrectable = (uint32_t)strtoul(argv[3], NULL, 0);
	severity = (uint32_t)strtoul(argv[4], NULL, 0);
	snprintf(config, sizeof(config), "/sys/bus/pci/devices/%s/config", argv[1]);
	return put(config, &severity, sizeof(severity), AER_SEVERITY) ||
	       put("/dev/aer_inject", &error, sizeof(error), 0);
}
