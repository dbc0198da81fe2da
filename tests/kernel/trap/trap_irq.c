// SPDX-License-Identifier: GPL-2.0
/* Interrupts of the card: MSI-X, or INTx when the card has nothing enabled. */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/module.h>

#include "compat.h"
#include "trap.h"

#define TRAP_VECTORS	8

static int bridge_cpu = -1;
module_param(bridge_cpu, int, 0400);
MODULE_PARM_DESC(bridge_cpu, "local mode: where the bridge runs, and interrupts may not");

static struct trap *card;
static atomic_t hits[TRAP_VECTORS];
static int hit_cpu[TRAP_VECTORS];
static int nr_vectors;

static irqreturn_t on_vector(int irq, void *data)
{
	unsigned long n = (unsigned long)data;

	hit_cpu[n] = smp_processor_id();
	atomic_inc(&hits[n]);
	return IRQ_HANDLED;
}

static irqreturn_t on_intx(int irq, void *data)
{
	atomic_inc(&hits[0]);
	writel(TRAP_CMD_DEASSERT, card->regs + TRAP_COMMAND);
	readl(card->regs + TRAP_ID);	/* the deassertion has come */
	return IRQ_HANDLED;
}

static bool hits_reach(unsigned int n, int count)
{
	unsigned int ms;

	for (ms = 0; ms < 2000 && atomic_read(&hits[n]) < count; ms++)
		msleep(1);
	return atomic_read(&hits[n]) >= count;
}

static const char *msix_setup(struct trap *t)
{
	int i, ret;

	card = t;
	nr_vectors = pci_alloc_irq_vectors(t->pdev, 1, TRAP_VECTORS, PCI_IRQ_MSIX);
	if (nr_vectors < 1)
		return trap_expect("pci_alloc_irq_vectors", nr_vectors, TRAP_VECTORS);
	for (i = 0; i < nr_vectors; i++) {
		atomic_set(&hits[i], 0);
		ret = request_irq(pci_irq_vector(t->pdev, i), on_vector, 0,
				  "pciem_trap", (void *)(long)i);
		if (ret)
			return trap_expect("request_irq", ret, 0);
	}
	return NULL;
}

static const char *msix_fire(struct trap *t)
{
	int i, round;

	for (round = 1; round <= 20; round++)
		for (i = 0; i < nr_vectors; i++) {
			writel(TRAP_CMD_FIRE + i, t->regs + TRAP_COMMAND);
			if (!hits_reach(i, round))
				return "a vector did not fire";
		}
	for (i = 0; i < nr_vectors; i++)
		if (atomic_read(&hits[i]) != 20)
			return trap_expect("hits", atomic_read(&hits[i]), 20);
	return NULL;
}

/* The handler runs where affinity says, and the card is not told. */
static const char *msix_affinity(struct trap *t)
{
	unsigned int irq = pci_irq_vector(t->pdev, 0);
	int cpu, count = atomic_read(&hits[0]);
	u32 seen;

	for_each_online_cpu(cpu) {
		trap_requests(t);
		if (irq_set_affinity(irq, cpumask_of(cpu)))
			return "irq_set_affinity";
		seen = trap_requests(t);
		if (seen)
			return trap_expect("TLPs of a change of affinity", seen, 0);
		writel(TRAP_CMD_FIRE, t->regs + TRAP_COMMAND);
		if (!hits_reach(0, ++count))
			return "did not fire after a change of affinity";
		if (hit_cpu[0] != cpu && cpu != bridge_cpu)
			return trap_expect("CPU", hit_cpu[0], cpu);
	}
	return NULL;
}

/* While masked the card keeps it pending; no interrupt is lost or doubled. */
static const char *msix_mask(struct trap *t)
{
	unsigned int irq = pci_irq_vector(t->pdev, 0);
	int count = atomic_read(&hits[0]);

	disable_irq(irq);
	writel(TRAP_CMD_FIRE, t->regs + TRAP_COMMAND);
	msleep(20);
	if (atomic_read(&hits[0]) != count)
		return "fired while disabled";
	enable_irq(irq);
	if (!hits_reach(0, count + 1))
		return "lost while disabled";
	msleep(20);
	return trap_expect("hits", atomic_read(&hits[0]), count + 1);
}

static void free_vectors(struct trap *t, int nr)
{
	while (nr--)
		free_irq(pci_irq_vector(t->pdev, nr), (void *)(long)nr);
	pci_free_irq_vectors(t->pdev);
}

static const char *msix_teardown(struct trap *t)
{
	free_vectors(t, nr_vectors);
	return NULL;
}

int trap_irq_stay(struct trap *t)
{
	int i, ret;

	nr_vectors = pci_alloc_irq_vectors_affinity(t->pdev, 1, TRAP_VECTORS,
						    PCI_IRQ_MSIX | PCI_IRQ_AFFINITY,
						    NULL);
	if (nr_vectors < 1)
		return nr_vectors;
	for (i = 0; i < nr_vectors; i++) {
		ret = request_irq(pci_irq_vector(t->pdev, i), on_vector, 0,
				  "pciem_trap", (void *)(long)i);
		if (ret) {
			free_vectors(t, i);
			return ret;
		}
	}
	return 0;
}

void trap_irq_leave(struct trap *t)
{
	free_vectors(t, nr_vectors);
}

static const char *intx(struct trap *t)
{
	int irq = t->pdev->irq;
	int round;
	const char *why = NULL;
	u8 pin;

	pci_read_config_byte(t->pdev, PCI_INTERRUPT_PIN, &pin);
	if (!pin)
		return "the card has no interrupt pin";
	card = t;
	if (request_irq(irq, on_intx, IRQF_SHARED, "pciem_trap", t))
		return trap_expect("request_irq of INTx", irq, 0);
	atomic_set(&hits[0], 0);
	for (round = 1; round <= 20 && !why; round++) {
		writel(TRAP_CMD_ASSERT, t->regs + TRAP_COMMAND);
		readl(t->regs + TRAP_ID);
		if (!hits_reach(0, round))
			why = "INTA did not fire";
	}
	free_irq(irq, t);
	return why ?: trap_expect("hits", atomic_read(&hits[0]), 20);
}

static irqreturn_t on_level(int irq, void *data)
{
	atomic_inc(&hits[0]);
	return IRQ_HANDLED;
}

/*
 * A level that stays is delivered again, as the card may need long to see that
 * its cause is gone, but not all the time: Linux gives up an interrupt that is
 * nearly always nobody's. A delay is never shorter than asked for, so time sets
 * the bound. A new assertion is not put off by what the last one was.
 */
static const char *intx_level(struct trap *t)
{
	int irq = t->pdev->irq, runs, bound;
	const char *why = NULL;
	u64 start, took_us;

	card = t;
	if (request_irq(irq, on_level, IRQF_SHARED, "pciem_trap", t))
		return trap_expect("request_irq of INTx", irq, 0);
	atomic_set(&hits[0], 0);
	start = ktime_get_ns();
	writel(TRAP_CMD_ASSERT, t->regs + TRAP_COMMAND);
	readl(t->regs + TRAP_ID);
	hits_reach(0, 3);
	writel(TRAP_CMD_DEASSERT, t->regs + TRAP_COMMAND);
	readl(t->regs + TRAP_ID);
	msleep(10);
	runs = atomic_read(&hits[0]);
	took_us = div_u64(ktime_get_ns() - start, NSEC_PER_USEC);
	bound = 8 + (int)div_u64(took_us, USEC_PER_MSEC);
	if (runs < 3)
		why = trap_expect("runs of a level that stays, too few", runs, 3);
	else if (runs > bound)
		why = trap_expect("runs of a level that stays, too many", runs, bound);
	msleep(10);
	if (!why)
		why = trap_expect("runs after it was lowered", atomic_read(&hits[0]), runs);
	free_irq(irq, t);
	return why;
}

/* The root port reports the card's error; the test's script reads the log. */
static const char *error_message(struct trap *t)
{
	writel(TRAP_CMD_MESSAGE + 0x30, t->regs + TRAP_COMMAND);
	readl(t->regs + TRAP_ID);
	msleep(200);
	return NULL;
}

const struct trap_case trap_irq_cases[] = {
	{ "intx", intx },
	{ "intx_level", intx_level },
	{ "intx_again", intx },
	{ "msix_setup", msix_setup },
	{ "msix_fire", msix_fire },
	{ "msix_affinity", msix_affinity },
	{ "msix_mask", msix_mask },
	{ "msix_teardown", msix_teardown },
	{ "error_message", error_message },
	{ }
};
