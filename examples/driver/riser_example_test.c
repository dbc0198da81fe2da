// SPDX-License-Identifier: GPL-2.0
/*
 * usage: riser_example_test bar|irq|dma [LARGEST [NODE]]
 *
 * Asks NODE (/dev/riser_example) for its tests. dma: every size of a list up to
 * LARGEST bytes (1048576), at all offsets within a dword on both sides and
 * across pages, to the card and back, with every byte compared and the bytes
 * around the buffer checked. Prints how many it did; exit status 0 if all were
 * right, 1 otherwise (the first wrong byte is told).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "riser_example.h"

#define GUARD	RISER_EXAMPLE_GUARD_BYTES
#define LARGEST	0x100000U

static uint8_t sent[LARGEST + 2 * GUARD], got[LARGEST + 2 * GUARD];
static uint32_t seed = 1;
static unsigned int nr_transfers;

static uint32_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static void fill(uint8_t *data, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		data[i] = (uint8_t)(next_random() >> 11);
}

static int transfer(int fd, uint8_t *data, uint32_t length, uint32_t card,
		    uint32_t host, uint32_t to_host)
{
	struct riser_example_dma dma = {
		.data = (uintptr_t)data,
		.length = length,
		.card_offset = card,
		.host_offset = host,
		.to_host = to_host,
		.vector = nr_transfers % RISER_EXAMPLE_VECTORS,
	};

	nr_transfers++;
	if (!ioctl(fd, RISER_EXAMPLE_IOC_DMA, &dma))
		return 0;
	printf("dma: %u bytes, card %#x, host %#x, to %s: %s\n", length, card,
	       host, to_host ? "host" : "card", strerror(errno));
	return 1;
}

/* 1 and a message if the two differ */
static int differ(const char *what, const uint8_t *a, const uint8_t *b,
		  size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (a[i] == b[i])
			continue;
		printf("dma: %s: byte %zu is %#x, expected %#x\n", what, i,
		       a[i], b[i]);
		return 1;
	}
	return 0;
}

/* To the card from one place of a page, back to another. */
static int there_and_back(int fd, uint32_t length, uint32_t card,
			  uint32_t from, uint32_t to)
{
	static uint8_t around[2 * GUARD];
	int bad;

	fill(sent, length + 2 * GUARD);
	memcpy(got, sent, length + 2 * GUARD);
	if (transfer(fd, got, length, card, from, 0))
		return 1;
	/* a transfer to the card leaves the host's buffer alone */
	if (differ("source", got, sent, length + 2 * GUARD))
		return 1;
	fill(got, length + 2 * GUARD);
	memcpy(around, got, GUARD);
	memcpy(around + GUARD, got + GUARD + length, GUARD);
	if (transfer(fd, got, length, card, to, 1))
		return 1;
	bad = differ("before the buffer", got, around, GUARD) ||
	      differ("data", got + GUARD, sent + GUARD, length) ||
	      differ("behind the buffer", got + GUARD + length, around + GUARD,
		     GUARD);
	if (bad)
		printf("dma: that was %u bytes, card %#x, from %#x, to %#x\n",
		       length, card, from, to);
	return bad;
}

/* A write of one piece leaves the bytes around it in the card alone. */
static int card_neighbours(int fd, uint32_t length, uint32_t card)
{
	uint32_t all = length + 16;

	fill(sent, all + 2 * GUARD);
	memcpy(got, sent, all + 2 * GUARD);
	if (transfer(fd, got, all, card, 0, 0))
		return 1;
	fill(got, length + 2 * GUARD);
	memcpy(sent + GUARD + 8, got + GUARD, length);
	if (transfer(fd, got, length, card + 8, 1, 0) ||
	    transfer(fd, got, all, card, 2, 1))
		return 1;
	return differ("card's neighbours", got + GUARD, sent + GUARD, all);
}

static int test_dma(int fd, uint32_t largest)
{
	static const uint32_t sizes[] = {
		1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 16, 17, 28, 31, 32, 33,
		60, 63, 64, 65, 68, 124, 127, 128, 129, 255, 256, 257, 508,
		511, 512, 513, 1023, 1025, 4095, 4096, 4097, 65533, 65536,
		262147, LARGEST - 1, LARGEST,
	};
	uint32_t at;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t size = sizes[i];
		/* all pairs of offsets for a few beats, one of each for more */
		unsigned int step = size <= 65 ? 1 : 5;

		if (size > largest)
			break;
		for (unsigned int pair = 0; pair < 16; pair += step) {
			/* the page's end inside of the transfer or behind it */
			at = (size > 1 ? 4096 - size / 2 % 4096 : 0) & ~3U;
			at %= 4096;
			if (there_and_back(fd, size, 64 - (pair & 3),
					   at + (pair >> 2), at + (pair & 3)))
				return 1;
			/* the last 64 bytes of the card's memory as well */
			if (size <= 65 &&
			    there_and_back(fd, size, RISER_EXAMPLE_MEMORY_BYTES
					   - 68 + (pair >> 2) % 4,
					   4096 - (pair & 3), pair >> 2))
				return 1;
		}
		if (size <= 4097 && card_neighbours(fd, size, i % 7))
			return 1;
	}
	printf("dma: %u transfers\n", nr_transfers);
	return 0;
}

static int test_irq(int fd)
{
	for (unsigned int i = 0; i < 8 * RISER_EXAMPLE_VECTORS; i++) {
		unsigned long vector = i * 3 % RISER_EXAMPLE_VECTORS;

		if (ioctl(fd, RISER_EXAMPLE_IOC_IRQ_TEST, vector)) {
			printf("irq: vector %lu: %s\n", vector,
			       strerror(errno));
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *node = argc == 4 ? argv[3] : "/dev/riser_example";
	uint32_t largest = LARGEST;
	int fd, bad;

	if (argc < 2 || argc > 4) {
		fputs("usage: riser_example_test bar|irq|dma [LARGEST [NODE]]\n",
		      stderr);
		return 2;
	}
	if (argc >= 3)
		largest = (uint32_t)strtoul(argv[2], NULL, 0);
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		perror(node);
		return 1;
	}
	if (!strcmp(argv[1], "bar")) {
		bad = ioctl(fd, RISER_EXAMPLE_IOC_BAR_TEST) != 0;
		if (bad)
			perror("bar");
	} else if (!strcmp(argv[1], "irq")) {
		bad = test_irq(fd);
	} else if (!strcmp(argv[1], "dma")) {
		bad = test_dma(fd, largest);
	} else {
		fprintf(stderr, "no test '%s'\n", argv[1]);
		return 2;
	}
	close(fd);
	return bad;
}
