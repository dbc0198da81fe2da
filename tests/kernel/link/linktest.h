/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver for tests/kernel/fakecard.c that tests the link side of pciem.ko:
 * requests, completions, DMA mappings, interrupts. Register map: fakecard.c.
 */
#ifndef LINKTEST_H
#define LINKTEST_H

#include <linux/completion.h>
#include <linux/io.h>
#include <linux/pci.h>

#define REG_ID		0x00
#define REG_SCRATCH	0x08
#define REG_DMA_ADDR	0x10
#define REG_DMA_BYTES	0x18
#define REG_COMMAND	0x1c
#define REG_STATUS	0x20
#define REG_WRITES	0x24
#define REG_BUFFER	0x1000
#define BUFFER_BYTES	4096

#define CMD_FETCH	1	/* host memory to buffer */
#define CMD_STORE	2	/* buffer to host memory */
#define CMD_FETCHADD	3
#define CMD_HOLES	4	/* 3 dwords with byte enables that cannot be */
#define CMD_MESSAGE	0x400
#define CMD_VECTOR	0x100

#define STATUS_BUSY	1
#define STATUS_DONE	2
#define STATUS_UR	0x101

#define LINKTEST_VECTORS	8

struct linktest {
	struct pci_dev *pdev;
	void __iomem *bar;
	struct completion vector[LINKTEST_VECTORS];
	char why[160];
};

/* Each test returns true when it passed; else @lt->why says what was wrong. */
struct linktest_case {
	const char *name;
	bool (*run)(struct linktest *lt);
};

bool linktest_equal(struct linktest *lt, const char *what, u64 got, u64 want);
/* Runs one command of the card on @bytes at @bus; returns the card's status. */
u32 linktest_command(struct linktest *lt, u32 cmd, dma_addr_t bus, u32 bytes);

extern const struct linktest_case linktest_dma_cases[];

#endif /* LINKTEST_H */
