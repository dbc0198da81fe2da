/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver for tests/kernel/fakecard.c (register map there) that breaks the
 * system rules of docs/rules.md on purpose, or gives the kernel's side every
 * chance to. Each rule is one function; the guest's script runs it by writing
 * its name to the module parameter "run".
 */
#ifndef RULETEST_H
#define RULETEST_H

#include <linux/completion.h>
#include <linux/io.h>
#include <linux/pci.h>

#define REG_ID		0x00
#define REG_ID_VALUE	0x454b4146
#define REG_SCRATCH	0x08
#define REG_DMA_ADDR	0x10
#define REG_DMA_BYTES	0x18
#define REG_COMMAND	0x1c
#define REG_STATUS	0x20
#define REG_ATTR	0x2c
#define REG_ORDER	0x30
#define REG_ORDER_ERRORS	0x34
#define REG_GENERATION	0x38
#define REG_BUFFER	0x1000
#define REG_VECTORS	0x2000

#define CMD_FETCH	1
#define CMD_STORE	2
#define CMD_GENERATION	5
#define CMD_VECTOR	0x100
#define CMD_ASSERT	0x200
#define CMD_DEASSERT	0x300
#define CMD_MESSAGE	0x400
#define CMD_FORGE	0x500

#define STATUS_BUSY	1
#define STATUS_DONE	2
#define STATUS_UR	0x101

#define ATTR_NS		1
#define ATTR_RO		2

#define MPS_BYTES	128

struct ruletest {
	struct pci_dev *pdev;
	void __iomem *bar;
	struct list_head node;
	char why[160];
};

/* Returns true when the rule was kept; else @rt->why says what was wrong. */
struct ruletest_case {
	const char *name;
	bool (*run)(struct ruletest *rt);
};

extern const struct ruletest_case ruletest_dma_cases[];
extern const struct ruletest_case ruletest_irq_cases[];
extern const struct ruletest_case ruletest_order_cases[];
extern const struct ruletest_case ruletest_req_cases[];

/* Fails with @what, got and want in words; true when they are equal. */
bool ruletest_equal(struct ruletest *rt, const char *what, u64 got, u64 want);
/* Runs one command of the card on @bytes at @bus; returns the card's status. */
u32 ruletest_command(struct ruletest *rt, u32 cmd, dma_addr_t bus, u32 bytes);
/* The card that was bound after @rt, NULL when there is none. */
struct ruletest *ruletest_next(struct ruletest *rt);
/* What GAT-06 keeps of a device that is unbound; called by the driver's remove. */
void ruletest_dma_leave(struct ruletest *rt);

#endif /* RULETEST_H */
