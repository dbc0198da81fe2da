/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The example card as its driver and programs see it: registers in BAR0 and the
 * calls of /dev/riser_example. docs and reset values: README.md.
 */
#ifndef RISER_EXAMPLE_H
#define RISER_EXAMPLE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define RISER_EXAMPLE_VENDOR_ID		0x1e50
#define RISER_EXAMPLE_DEVICE_ID		0x0001

/* BAR0, dwords */
#define RISER_EXAMPLE_ID		0x00
#define   RISER_EXAMPLE_ID_VALUE	0x52495352
#define RISER_EXAMPLE_VERSION		0x04
#define RISER_EXAMPLE_SCRATCH		0x08
#define RISER_EXAMPLE_ADDR_LO		0x10
#define RISER_EXAMPLE_ADDR_HI		0x14
#define RISER_EXAMPLE_LENGTH		0x18	/* bytes, 1 to the memory's size */
#define RISER_EXAMPLE_CARD_OFFSET	0x1c	/* bytes in the card's memory */
#define RISER_EXAMPLE_CONTROL		0x20
#define   RISER_EXAMPLE_START		0x00000001
#define   RISER_EXAMPLE_TO_HOST		0x00000002
#define   RISER_EXAMPLE_VECTOR_SHIFT	8	/* 8 bits */
#define RISER_EXAMPLE_STATUS		0x24
#define   RISER_EXAMPLE_BUSY		0x00000001
#define   RISER_EXAMPLE_DONE		0x00000002	/* write 1 to clear */
#define   RISER_EXAMPLE_ERROR		0x00000004	/* cleared with DONE */
#define RISER_EXAMPLE_IRQ_TEST		0x28	/* write: raises this vector */
#define RISER_EXAMPLE_PENDING		0x2c	/* vectors raised, write 1 to clear */

#define RISER_EXAMPLE_MEMORY_BYTES	(0x100000 + 64)
#define RISER_EXAMPLE_WINDOW_BYTES	0x1000	/* BAR2, RAM */
#define RISER_EXAMPLE_VECTORS		4	/* that a driver needs, at most 8 */

/* bytes before and behind the host's buffer that go to and fro as well */
#define RISER_EXAMPLE_GUARD_BYTES	64
#define RISER_EXAMPLE_MAX_OFFSET	8192

/**
 * struct riser_example_dma - one transfer between host and card memory
 * @data: user's buffer: guard, @length bytes, guard. Its content is in the
 *	host's buffer before the transfer, and what the host's buffer has
 *	afterwards is in @data; only the part between the guards is mapped
 * @length: bytes, 1 to 1 MiB
 * @card_offset: first byte in the card's memory
 * @host_offset: of the first byte from a page's begin, to 8192: where in a
 *	page the transfer begins
 * @to_host: 1 the card writes host memory, 0 it reads host memory
 * @vector: interrupt that tells the end
 */
struct riser_example_dma {
	__u64 data;
	__u32 length;
	__u32 card_offset;
	__u32 host_offset;
	__u32 to_host;
	__u32 vector;
	__u32 reserved;
};

#define RISER_EXAMPLE_IOC		'R'
/* reads and writes of the registers and of BAR2, 1 to 8 bytes wide */
#define RISER_EXAMPLE_IOC_BAR_TEST	_IO(RISER_EXAMPLE_IOC, 1)
#define RISER_EXAMPLE_IOC_DMA		_IOW(RISER_EXAMPLE_IOC, 2, \
					     struct riser_example_dma)
/* raises the vector that is the argument and waits for it */
#define RISER_EXAMPLE_IOC_IRQ_TEST	_IO(RISER_EXAMPLE_IOC, 3)

#endif /* RISER_EXAMPLE_H */
