/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both sides of the comparison do to the bench card: raw.cc, a loop by hand
 * around the bare Verilated model, and through.c, the engine with a kernel's half
 * of the rings behind it. Plain C that is C++ as well.
 */
#ifndef RISER_BENCH_LOADS_H
#define RISER_BENCH_LOADS_H

#include <stdint.h>
#include <string.h>

#define BENCH_BAR	0x80000000u
#define BENCH_BDF	0x0100u
#define BENCH_MEM	0x100000000ull	/* the window of DMA */
#define BENCH_MEM_BYTES	(1u << 20)
#define BENCH_MPS	256u
#define BENCH_SCRATCH	0x38u		/* of the bench card; other cards: an argument */
#define BENCH_CONTROL	0x08u
#define BENCH_BASE	0x10u
#define BENCH_BURST	64u		/* posted writes between two reads */
#define BENCH_WARM_CYCLES 4000u		/* behind the set-up, not counted */

enum bench_load {
	BENCH_IDLE, BENCH_READS_1, BENCH_READS_16, BENCH_WRITES,
	BENCH_DMA_READ, BENCH_DMA_WRITE, BENCH_NR_LOADS
};

static const char *const bench_load_names[] = {
	"idle", "reads1", "reads16", "writes", "dma_read", "dma_write"
};

static inline int bench_load_of(const char *name)
{
	int i;

	for (i = 0; i < BENCH_NR_LOADS; i++)
		if (!strcmp(name, bench_load_names[i]))
			return i;
	return -1;
}

/* One request of the host as dwords of its header, payload last. */
struct bench_request {
	uint32_t dw[4];
	uint32_t nr_dw;
	int is_posted;
};

static inline struct bench_request bench_cfg_write(uint32_t tag, uint32_t reg,
						   uint32_t be, uint32_t value)
{
	struct bench_request r = {
		{ 0x44000001u, tag << 8 | be, BENCH_BDF << 16 | reg, value },
		4, 0
	};

	return r;
}

static inline struct bench_request bench_write(uint32_t reg, uint32_t value)
{
	struct bench_request r = {
		{ 0x40000001u, 0xfu, BENCH_BAR + reg, value }, 4, 1
	};

	return r;
}

static inline struct bench_request bench_read(uint32_t tag, uint32_t reg)
{
	struct bench_request r = {
		{ 0x00000001u, tag << 8 | 0xfu, BENCH_BAR + reg, 0 }, 3, 0
	};

	return r;
}

/* Number, and what has to be written before a load can begin. */
#define BENCH_NR_SETUP	4

static inline struct bench_request bench_setup(uint32_t nr)
{
	switch (nr) {
	case 0:
		return bench_cfg_write(0, 0x10, 0xf, BENCH_BAR);
	case 1:
		return bench_cfg_write(1, 0x14, 0xf, 0);
	case 2:		/* payload of 256 bytes, reads of 512 */
		return bench_cfg_write(2, 0x78, 0x3, 0x202f);
	default:	/* memory space, bus master, no INTx */
		return bench_cfg_write(3, 0x04, 0x3, 0x0406);
	}
}

/* Requests of reads that are in flight all the time. */
static inline uint32_t bench_in_flight(enum bench_load load)
{
	return load == BENCH_READS_16 ? 16 : load == BENCH_WRITES ? 2 : 1;
}

#endif /* RISER_BENCH_LOADS_H */
