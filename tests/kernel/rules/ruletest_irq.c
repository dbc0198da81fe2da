// SPDX-License-Identifier: GPL-2.0
/* Interrupts: forged ones, storms, and levels. */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>

#include "compat.h"
#include "ruletest.h"

#define USED_VECTORS	4
/* Linux gives an interrupt up after 99900 of 100000 that nobody handled. */
#define NOBODY_CARED	100000
#define LAST_RUNS	300	/* of these are left to happen */

static atomic_t hits[USED_VECTORS];
/* host memory where the card counts, and what each handler has seen of it */
static u32 *counted;
static u32 seen[USED_VECTORS];

static irqreturn_t on_vector(int irq, void *arg)
{
	unsigned long n = (unsigned long)arg;

	if (counted)
		WRITE_ONCE(seen[n], READ_ONCE(*counted));
	atomic_inc(&hits[n]);
	return IRQ_HANDLED;
}

static void put_vectors(struct ruletest *rt, int nr)
{
	while (nr--)
		free_irq(pci_irq_vector(rt->pdev, nr), (void *)(long)nr);
	pci_free_irq_vectors(rt->pdev);
}

/* Only half of the card's vectors: the others' data is nobody's. */
static bool get_vectors(struct ruletest *rt)
{
	int nr = pci_alloc_irq_vectors(rt->pdev, USED_VECTORS, USED_VECTORS, PCI_IRQ_MSIX), i, ret;

	if (!ruletest_equal(rt, "vectors", nr, USED_VECTORS))
		return false;
	for (i = 0; i < USED_VECTORS; i++) {
		atomic_set(&hits[i], 0);
		seen[i] = 0;
		ret = request_irq(pci_irq_vector(rt->pdev, i), on_vector, 0, "ruletest", (void *)(long)i);
		if (ret) {
			put_vectors(rt, i);
			return ruletest_equal(rt, "request_irq", ret, 0);
		}
		/* not where all messages come from */
		irq_set_affinity(pci_irq_vector(rt->pdev, i), cpumask_of(i & 1));
	}
	return true;
}

static unsigned int all_hits(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < USED_VECTORS; i++)
		nr += atomic_read(&hits[i]);
	return nr;
}

static bool wait_hits(unsigned int want)
{
	unsigned int ms;

	for (ms = 0; ms < 2000 && all_hits() < want; ms++)
		msleep(1);
	return all_hits() >= want;
}

/* The card writes @bytes, @data first, to the address: no MSI-X logic is asked. */
static void forge(struct ruletest *rt, u64 addr, u32 data, u32 bytes)
{
	writel(data, rt->bar + REG_BUFFER);
	ruletest_command(rt, CMD_STORE, addr, bytes);
}

/*
 * MSX-11: writes into the message window that are not one of our vectors fire
 * nothing; the one that is fires its own. The script looks at the reports.
 */
static bool msx_11(struct ruletest *rt)
{
	u64 addr;
	u32 data;
	bool ok;

	counted = NULL;
	if (!get_vectors(rt))
		return false;
	addr = readq(rt->bar + REG_VECTORS);
	data = readl(rt->bar + REG_VECTORS + 8);
	forge(rt, addr, data + USED_VECTORS, 4);	/* no vector of ours */
	forge(rt, addr, data + 0x700, 4);	/* no vector at all */
	forge(rt, addr, data + 0x10000, 4);	/* beyond every index */
	forge(rt, addr + 4, data, 4);		/* the next function's address */
	forge(rt, addr & ~0x3ffffULL, 0, 4);	/* the root port's own vector */
	forge(rt, addr + 0x40000, data, 4);	/* no function at all */
	forge(rt, addr, data, 8);		/* two dwords */
	msleep(50);
	ok = ruletest_equal(rt, "handlers that a forged message ran", all_hits(), 0);
	forge(rt, addr, data + 1, 4);
	ok = ok && ruletest_equal(rt, "a message that is none of these", wait_hits(1), 1) &&
	     ruletest_equal(rt, "its own vector", atomic_read(&hits[1]), 1) &&
	     ruletest_equal(rt, "all vectors", all_hits(), 1);
	put_vectors(rt, USED_VECTORS);
	return ok;
}

static bool last_is_seen(unsigned int vector, u32 value)
{
	unsigned int ms;

	for (ms = 0; ms < 2000 && READ_ONCE(seen[vector]) != value; ms++)
		usleep_range(200, 1000);
	return READ_ONCE(seen[vector]) == value;
}

/*
 * MSX-12: the card writes a number and then the message, in bursts. However
 * the runs merge, one of the same vector comes after the last message: its
 * handler has seen the last number.
 */
static bool msx_12(struct ruletest *rt)
{
	dma_addr_t bus;
	unsigned int burst, i, n;
	u32 value = 0;
	bool ok;

	counted = dma_alloc_coherent(&rt->pdev->dev, 64, &bus, GFP_KERNEL);
	if (!counted)
		return ruletest_equal(rt, "memory", 0, 1);
	*counted = 0;
	ok = get_vectors(rt);
	if (!ok)
		goto out;
	writeq(bus, rt->bar + REG_DMA_ADDR);
	writel(4, rt->bar + REG_DMA_BYTES);
	for (burst = 0; ok && burst < 400; burst++) {
		n = burst % USED_VECTORS;
		for (i = 0; i <= burst % 37; i++) {
			writel(++value, rt->bar + REG_BUFFER);
			writel(CMD_STORE, rt->bar + REG_COMMAND);
			writel(CMD_VECTOR + n, rt->bar + REG_COMMAND);
		}
		ok = ruletest_equal(rt, "the last message was followed by its handler",
				    last_is_seen(n, value), 1);
	}
	pr_info("ruletest: value msx_12 %u messages, %u runs\n", value, all_hits());
	ok = ok && ruletest_equal(rt, "more runs than messages", all_hits() > value, 0);
	put_vectors(rt, USED_VECTORS);
out:
	dma_free_coherent(&rt->pdev->dev, 64, counted, bus);
	counted = NULL;
	return ok;
}

static irqreturn_t on_level(int irq, void *arg)
{
	atomic_inc(&hits[0]);
	return READ_ONCE(*(bool *)arg) ? IRQ_HANDLED : IRQ_NONE;
}

static void lower(struct ruletest *rt)
{
	writel(CMD_DEASSERT, rt->bar + REG_COMMAND);
	readl(rt->bar + REG_ID);
}

/* While the wire is up the handler runs again; when it is down it does not. */
static bool level_runs_again(struct ruletest *rt)
{
	unsigned int runs;

	atomic_set(&hits[0], 0);
	writel(CMD_ASSERT, rt->bar + REG_COMMAND);
	readl(rt->bar + REG_ID);
	msleep(50);
	lower(rt);
	msleep(10);
	runs = atomic_read(&hits[0]);
	msleep(20);
	return ruletest_equal(rt, "runs while the wire was up, at least 3", runs >= 3, 1) &&
	       ruletest_equal(rt, "runs after it was lowered", atomic_read(&hits[0]) - runs, 0);
}

/* As if Linux had counted nearly all of what it bears. */
static void skip_to_the_end(struct irq_desc *desc)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&desc->lock, flags);
	desc->irq_count = NOBODY_CARED - LAST_RUNS;
	desc->irqs_unhandled = NOBODY_CARED - LAST_RUNS;
	desc->last_unhandled = jiffies;
	raw_spin_unlock_irqrestore(&desc->lock, flags);
}

/*
 * A wire that stays up while its handler says that it is not his. Linux counts
 * them only while they come within 100 ms of each other: a machine that is busy
 * with something else may begin again.
 */
static bool is_cut_off(struct ruletest *rt, int irq)
{
	struct irq_data *data = irq_get_irq_data(irq);
	unsigned int tries, ms, runs, later;
	unsigned long start;

	atomic_set(&hits[0], 0);
	writel(CMD_ASSERT, rt->bar + REG_COMMAND);
	readl(rt->bar + REG_ID);
	for (tries = 0; tries < 10 && !irqd_irq_disabled(data); tries++) {
		skip_to_the_end(irq_data_to_desc(data));
		for (ms = 0; ms < 200 && !irqd_irq_disabled(data); ms++)
			msleep(10);
	}
	runs = atomic_read(&hits[0]);
	start = jiffies;
	msleep(50);
	later = atomic_read(&hits[0]) - runs;
	/* Linux itself looks ten times a second whether there is something after all */
	ms = jiffies_to_msecs(jiffies - start);
	lower(rt);
	pr_info("ruletest: value int_08 %u runs, try %u\n", runs, tries);
	return ruletest_equal(rt, "cut off", irqd_irq_disabled(data), 1) &&
	       ruletest_equal(rt, "enough runs", runs >= LAST_RUNS / 2, 1) &&
	       ruletest_equal(rt, "too many runs after the interrupt was cut off",
			      later > ms / 100 + 1 ? later : 0, 0);
}

/* INT-08. The script looks for the kernel's "nobody cared". */
static bool int_08(struct ruletest *rt)
{
	bool is_mine = true;
	bool ok;
	int irq = rt->pdev->irq;

	if (!ruletest_equal(rt, "request_irq", request_irq(irq, on_level, IRQF_SHARED, "ruletest", &is_mine), 0))
		return false;
	ok = level_runs_again(rt);
	WRITE_ONCE(is_mine, false);
	ok = ok && is_cut_off(rt, irq);
	free_irq(irq, &is_mine);
	/* whoever asks for it anew gets it */
	is_mine = true;
	if (!ruletest_equal(rt, "request_irq", request_irq(irq, on_level, IRQF_SHARED, "ruletest", &is_mine), 0))
		return false;
	ok = ok && level_runs_again(rt);
	free_irq(irq, &is_mine);
	return ok;
}

const struct ruletest_case ruletest_irq_cases[] = {
	{ "MSX-11", msx_11 },
	{ "MSX-12", msx_12 },
	{ "INT-08", int_08 },
	{ }
};
