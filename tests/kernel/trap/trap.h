/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver for the test card of tests/kernel/fakecard.c that accesses its
 * registers in every way a driver can, and says in KTAP what it saw. Each suite
 * is a list of functions that return NULL or what was wrong.
 */
#ifndef PCIEM_TRAP_H
#define PCIEM_TRAP_H

#include <linux/io.h>
#include <linux/pci.h>

#define TRAP_ID		0x00	/* reads TRAP_ID_VALUE */
#define TRAP_ID_VALUE	0x454b4146
#define TRAP_SCRATCH	0x08
#define TRAP_COMMAND	0x1c
#define TRAP_WRITES	0x24	/* writes to the scratch register */
#define TRAP_REQUESTS	0x28	/* memory requests, the one that reads it included */
#define TRAP_BUFFER	0x1000
#define TRAP_BUFFER_BYTES	0x1000
#define TRAP_BAR_BYTES	0x4000

#define TRAP_CMD_FIRE	0x100	/* + vector */
#define TRAP_CMD_ASSERT	0x200	/* + pin */
#define TRAP_CMD_DEASSERT	0x300
#define TRAP_CMD_MESSAGE	0x400	/* + code */

struct trap {
	struct pci_dev *pdev;
	u8 __iomem *regs;	/* BAR 0 */
	u8 __iomem *buf;	/* its buffer */
	u8 *shadow;		/* what the buffer holds, TRAP_BUFFER_BYTES */
	u8 *scratch;		/* memory to compare with */
};

struct trap_case {
	const char *name;
	const char *(*run)(struct trap *t);
};

extern const struct trap_case trap_insn_cases[], trap_context_cases[],
			      trap_irq_cases[];

/* mode=stay: MSI-X vectors with managed affinity, until trap_irq_leave(). */
int trap_irq_stay(struct trap *t);
void trap_irq_leave(struct trap *t);

/* Requests between two calls of it, without its own reads. */
u32 trap_requests(struct trap *t);

/* NULL if @seen requests happened, else a text (static buffer). */
const char *trap_expect(const char *what, u64 seen, u64 expected);

/* Compares the card's buffer with the shadow, byte for byte. */
const char *trap_compare(struct trap *t, const char *what);

#endif /* PCIEM_TRAP_H */
