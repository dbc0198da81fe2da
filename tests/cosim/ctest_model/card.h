/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A card in plain C behind the model ABI, for tests of the engine: no
 * Verilator, every kind of behaviour and misbehaviour at hand.
 *
 * Configuration space: type 0, one 64-bit BAR of 16 KiB, MSI-X with 4 vectors.
 * Registers in BAR0:
 */
#ifndef RISER_CTEST_CARD_H
#define RISER_CTEST_CARD_H

#define CARD_VENDOR_DEVICE	0x56781234
#define CARD_ID			0x52495345

#define CARD_REG_ID		0x00	/* CARD_ID */
#define CARD_REG_SCRATCH	0x04
#define CARD_REG_DMA_LO		0x08	/* host address */
#define CARD_REG_DMA_HI		0x0c
#define CARD_REG_DMA_BYTES	0x10	/* multiple of 4, at most 4096 */
#define CARD_REG_DMA_GO		0x14	/* 1 read from host, 2 write; then vector 0 */
#define CARD_REG_NR_POSTED	0x18	/* memory writes taken so far */
#define CARD_REG_HOLE		0x1c	/* a read is never completed */
#define CARD_REG_UR		0x20
#define CARD_REG_CA		0x24
#define CARD_REG_ERROR		0x28	/* write: $error */
#define CARD_REG_FATAL		0x2c	/* write: $fatal */
#define CARD_REG_FINISH		0x30	/* write: $finish */
#define CARD_REG_STRAY		0x34	/* write: a completion that nobody asked for */
#define CARD_REG_MALFORMED	0x38	/* write: a TLP of the wrong length; N > 16: of N bytes */
#define CARD_REG_NP_BLOCK	0x3c	/* write: takes no non-posted for so many cycles */
#define CARD_REG_SLOW		0x40	/* a read is completed after 30,000 cycles */
#define CARD_REG_BURST		0x44	/* write N: N posted writes to the DMA address */
#define CARD_REG_NR_CPL		0x48	/* completions taken so far */
#define CARD_REG_POISON		0x4c	/* a read is completed with EP set */
#define CARD_REG_RESETS		0x50	/* resets seen; survives them */
#define CARD_REG_CLOCK		0x54	/* cycles, low half */
#define CARD_REG_WRONG_ID	0x58	/* completed for another requester */
#define CARD_REG_LONG_CPL	0x5c	/* a read is completed with a dword too many */
#define CARD_REG_WRONG_CHANNEL	0x60	/* write: a memory write as if it were a completion */
#define CARD_REG_BUFFER		0x1000	/* 4 KiB, what DMA reads and writes */
#define CARD_MSIX_TABLE		0x2000
#define CARD_MSIX_PBA		0x3000
#define CARD_BAR_BYTES		0x4000
#define CARD_NR_VECTORS		4

#define CARD_SLOW_CYCLES	30000

/* +wrong=N: a defect that one of two cards has */
enum card_wrong {
	CARD_WRONG_VALUE = 1,	/* SCRATCH reads with a bit inverted */
	CARD_WRONG_BYTE,	/* in the second TLP of a DMA write */
	CARD_WRONG_SHORT,	/* the last TLP of a DMA write is missing */
	CARD_WRONG_STRAY,	/* a dword behind a DMA write */
	CARD_WRONG_SILENT,	/* no interrupts */
	CARD_WRONG_DIES,	/* $fatal at DMA */
	CARD_WRONG_CONFIG,	/* another subsystem */
	CARD_WRONG_LATE,	/* SCRATCH shows what was written at the third read: no defect, but slow */
	CARD_WRONG_HANGS,	/* the same, and the second of these reads is never completed */
};

#endif /* RISER_CTEST_CARD_H */
