// SPDX-License-Identifier: GPL-2.0
/*
 * Answers that are wrong, late, from elsewhere or never come; configuration
 * space of what is not there; floods of messages.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>

#include "ruletest.h"

#define CANARY		0x1122334455667788ULL
#define REG_FAULTY	0xffc	/* register whose reads the card answers wrongly, if told so */
#define FLOOD_MESSAGES	20000

/* One load of @insn into a register that was the canary before. */
#define LOAD(insn, addr) ({						\
	u64 reg_ = CANARY;						\
	asm volatile(insn : "+r" (reg_) : "r" (addr) : "memory");	\
	reg_; })

/*
 * The register is all-ones in the width of the access, and as each instruction
 * says for the rest of it. For reads that end in nothing (CTO-04), and in more
 * than was asked for (CPL-21).
 */
static bool registers_are_ones(struct ruletest *rt)
{
	void __iomem *p = rt->bar + REG_SCRATCH;

	return ruletest_equal(rt, "movb", LOAD("movb (%1), %b0", p), (CANARY & ~0xffULL) | 0xff) &&
	       ruletest_equal(rt, "movb, byte 1", LOAD("movb 1(%1), %b0", p), (CANARY & ~0xffULL) | 0xff) &&
	       ruletest_equal(rt, "movw", LOAD("movw (%1), %w0", p), (CANARY & ~0xffffULL) | 0xffff) &&
	       ruletest_equal(rt, "movl", LOAD("movl (%1), %k0", p), 0xffffffffULL) &&
	       ruletest_equal(rt, "movq", LOAD("movq (%1), %0", p), ~0ULL) &&
	       ruletest_equal(rt, "movzbl", LOAD("movzbl (%1), %k0", p), 0xff) &&
	       ruletest_equal(rt, "movzwl", LOAD("movzwl (%1), %k0", p), 0xffff) &&
	       ruletest_equal(rt, "movsbl", LOAD("movsbl (%1), %k0", p), 0xffffffffULL) &&
	       ruletest_equal(rt, "movsbq", LOAD("movsbq (%1), %0", p), ~0ULL) &&
	       ruletest_equal(rt, "movslq", LOAD("movslq (%1), %0", p), ~0ULL);
}

static bool cto_04(struct ruletest *rt)
{
	return registers_are_ones(rt) && ruletest_equal(rt, "register after it", readl(rt->bar + REG_ID),
							REG_ID_VALUE);
}

static bool cpl_21(struct ruletest *rt)
{
	u64 mem[3] = { CANARY, CANARY, CANARY };
	const void __iomem *from = rt->bar + REG_SCRATCH;
	void *to = &mem[1];
	unsigned long count = 1;

	/* one dword to memory, with neighbours */
	asm volatile("movsl" : "+S" (from), "+D" (to), "+c" (count) : : "memory");
	return registers_are_ones(rt) &&
	       ruletest_equal(rt, "memory before", mem[0], CANARY) &&
	       ruletest_equal(rt, "memory", mem[1], (CANARY & ~0xffffffffULL) | 0xffffffff) &&
	       ruletest_equal(rt, "memory behind", mem[2], CANARY) &&
	       ruletest_equal(rt, "register after it", readl(rt->bar + REG_ID), REG_ID_VALUE);
}

static int slow_reader(void *arg)
{
	struct ruletest *rt = arg;
	u32 seen = readl(rt->bar + REG_SCRATCH);

	while (!kthread_should_stop())
		msleep(1);
	return seen == 0xffffffff ? 0 : 1;
}

/*
 * CPL-23: while a read of this card waits (the card is told not to answer it),
 * the other card completes each tag there is. The read must not get that.
 */
static bool cpl_23(struct ruletest *rt)
{
	struct ruletest *other = ruletest_next(rt);
	struct task_struct *task;
	unsigned int tag;
	u32 id = 0;

	if (!other)
		return ruletest_equal(rt, "second card", 0, 1);
	task = kthread_run(slow_reader, rt, "ruletest/read");
	if (IS_ERR(task))
		return ruletest_equal(rt, "thread", 0, 1);
	msleep(100);
	for (tag = 0; tag < 256; tag++)
		writel(CMD_FORGE + tag, other->bar + REG_COMMAND);
	/* its own read may meet one of them on the way */
	msleep(200);
	for (tag = 0; tag < 3; tag++) {
		id = readl(other->bar + REG_ID);
		if (id == REG_ID_VALUE)
			break;
	}
	return ruletest_equal(rt, "read that the other card answered", kthread_stop(task), 0) &&
	       ruletest_equal(rt, "other card's register", id, REG_ID_VALUE) &&
	       ruletest_equal(rt, "register after it", readl(rt->bar + REG_ID), REG_ID_VALUE);
}

/* The card's answer comes in its next session, or out of sequence: one read. */
static bool cpl_23_read(struct ruletest *rt)
{
	return ruletest_equal(rt, "read", readl(rt->bar + REG_SCRATCH), 0xffffffff);
}

static bool is_absent(struct ruletest *rt, struct pci_bus *bus, unsigned int devfn)
{
	u32 dword = 0;
	u16 word = 0;
	u8 byte = 0;

	pci_bus_read_config_dword(bus, devfn, PCI_VENDOR_ID, &dword);
	pci_bus_read_config_word(bus, devfn, PCI_DEVICE_ID, &word);
	pci_bus_read_config_byte(bus, devfn, PCI_HEADER_TYPE, &byte);
	return ruletest_equal(rt, "dword of an absent function", dword, 0xffffffff) &&
	       ruletest_equal(rt, "word of an absent function", word, 0xffff) &&
	       ruletest_equal(rt, "byte of an absent function", byte, 0xff);
}

static bool no_error_bits(struct ruletest *rt, struct pci_dev *pdev, const char *what)
{
	u32 uncor = 0, cor = 0, root = 0;
	u16 devsta = 0;
	bool is_port = pci_pcie_type(pdev) == PCI_EXP_TYPE_ROOT_PORT;

	pcie_capability_read_word(pdev, PCI_EXP_DEVSTA, &devsta);
	pci_read_config_dword(pdev, pdev->aer_cap + PCI_ERR_UNCOR_STATUS, &uncor);
	pci_read_config_dword(pdev, pdev->aer_cap + PCI_ERR_COR_STATUS, &cor);
	if (is_port)
		pci_read_config_dword(pdev, pdev->aer_cap + PCI_ERR_ROOT_STATUS, &root);
	return ruletest_equal(rt, what, uncor | cor | (root & 0x7f) | (devsta & 0xf), 0);
}

/* ERR-10: seven functions and 31 devices that are not there; nothing is logged. */
static bool err_10(struct ruletest *rt)
{
	unsigned int devfn;
	bool ok = true;

	for (devfn = 1; ok && devfn < 256; devfn++)
		ok = is_absent(rt, rt->pdev->bus, devfn);
	return ok && no_error_bits(rt, pcie_find_root_port(rt->pdev), "error bits of the root port") &&
	       no_error_bits(rt, rt->pdev, "error bits of the card");
}

static bool config_fails(struct ruletest *rt)
{
	u32 dword = 0x12345678;
	u16 word = 0x1234;
	int ret;

	ret = pci_bus_read_config_dword(rt->pdev->bus, rt->pdev->devfn, REG_FAULTY, &dword);
	if (!ruletest_equal(rt, "dword", dword, 0xffffffff) || !ruletest_equal(rt, "dword read failed", ret > 0, 1))
		return false;
	ret = pci_bus_read_config_word(rt->pdev->bus, rt->pdev->devfn, REG_FAULTY + 2, &word);
	return ruletest_equal(rt, "word", word, 0xffff) && ruletest_equal(rt, "word read failed", ret > 0, 1);
}

/* CFG-19: nobody answers, or wrongly: all-ones and an error, and then it goes on. */
static bool cfg_19(struct ruletest *rt)
{
	u32 id = 0;

	if (!config_fails(rt))
		return false;
	pci_read_config_dword(rt->pdev, PCI_VENDOR_ID, &id);
	return ruletest_equal(rt, "register after it", id, 0x0fa11b36);
}

/* The same while the bridge is stopped: the caller starts it again. */
static bool cfg_19_stopped(struct ruletest *rt)
{
	return config_fails(rt);
}

/*
 * MSG-06: messages as fast as the card can send them, of no meaning and of
 * correctable errors. The log and the card's own are counted by the script.
 */
static bool msg_06(struct ruletest *rt)
{
	static const u8 codes[] = { 0x55, 0x30, 0x7e };
	long before = si_mem_available(), after;
	unsigned int i;

	for (i = 0; i < FLOOD_MESSAGES; i++)
		writel(CMD_MESSAGE + codes[i % 3], rt->bar + REG_COMMAND);
	if (!ruletest_equal(rt, "register after it", readl(rt->bar + REG_ID), REG_ID_VALUE))
		return false;
	after = si_mem_available();
	pr_info("ruletest: value msg_06 %ld pages less\n", before - after);
	return ruletest_equal(rt, "less than 16 MiB are gone", before - after < (16 << 20) / (long)PAGE_SIZE, 1);
}

const struct ruletest_case ruletest_req_cases[] = {
	{ "CPL-21", cpl_21 },
	{ "CPL-23", cpl_23 },
	{ "CPL-23.read", cpl_23_read },
	{ "CTO-04", cto_04 },
	{ "ERR-10", err_10 },
	{ "CFG-19", cfg_19 },
	{ "CFG-19.stopped", cfg_19_stopped },
	{ "MSG-06", msg_06 },
	{ }
};
