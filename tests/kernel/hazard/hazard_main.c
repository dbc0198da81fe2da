// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the card in C that reads a register from where it hurts: all the
 * time from a thread on CPU 0, from NMI, from the panic path, and with preemption
 * off. What it saw is in /sys/module/pciem_hazard/parameters.
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/smp.h>
#include <asm/nmi.h>

#include "compat.h"
#include "hazard.h"

#define CARD_VECTORS	4

static bool traffic, panic_reads, filter;
module_param(traffic, bool, 0400);
module_param(filter, bool, 0400);	/* calls the hooked function in every way */
module_param(panic_reads, bool, 0400);

static ulong filter_calls, filter_wrong;
module_param(filter_calls, ulong, 0400);
module_param(filter_wrong, ulong, 0400);

static ulong reads, wrong, worst_us, nmi_reads, nmi_wrong, writes_on_bridge, interrupts;
module_param(reads, ulong, 0400);
module_param(wrong, ulong, 0400);	/* neither the id nor all-ones */
module_param(worst_us, ulong, 0600);
module_param(nmi_reads, ulong, 0400);
module_param(nmi_wrong, ulong, 0400);	/* not all-ones */
module_param(writes_on_bridge, ulong, 0400);
module_param(interrupts, ulong, 0400);

static uint atomic_value, value, atomic_ms;
module_param(value, uint, 0400);	/* of a read by probe() */
module_param(atomic_value, uint, 0400);	/* the same with preemption off */
module_param(atomic_ms, uint, 0400);

static void __iomem *regs;
static struct task_struct *reader;

static int on_nmi(unsigned int cmd, struct pt_regs *r)
{
	void __iomem *base = READ_ONCE(regs);

	if (!base)
		return NMI_DONE;
	nmi_reads++;
	if (readl(base) != ~0u)
		nmi_wrong++;
	return NMI_DONE;
}

/* A driver that polls its device while the machine dies. */
static int on_panic(struct notifier_block *nb, unsigned long action, void *data)
{
	u64 start = ktime_get_ns();
	unsigned int i, ones = 0;

	for (i = 0; i < 1000; i++)
		ones += readl(regs) == ~0u;
	pr_emerg("pciem_hazard: panic: %u of 1000 reads all-ones, %llu us\n", ones,
		 div_u64(ktime_get_ns() - start, 1000));
	return NOTIFY_DONE;
}
static struct notifier_block panic_nb = { .notifier_call = on_panic, .priority = -100 };

/* In an interrupt, which may have come on top of the bridge. */
static void write_in_ipi(void *unused)
{
	if (!strcmp(current->comm, "fakecard"))
		writes_on_bridge++;
	writel(0x5a5a5a5a, regs + 0x40);
}

/* Writes so many times on every CPU. */
static int set_ipi_writes(const char *text, const struct kernel_param *kp)
{
	unsigned int i, cpu, nr;
	int ret = kstrtouint(text, 0, &nr);

	if (ret || !regs)
		return ret ?: -ENODEV;
	for (i = 0; i < nr; i++) {
		cpus_read_lock();
		for_each_online_cpu(cpu)
			smp_call_function_single(cpu, write_in_ipi, NULL, 1);
		cpus_read_unlock();
		cond_resched();
	}
	return 0;
}

static const struct kernel_param_ops ipi_ops = { .set = set_ipi_writes };
module_param_cb(ipi_writes, &ipi_ops, NULL, 0200);

static irqreturn_t on_irq(int irq, void *arg)
{
	interrupts++;
	return IRQ_HANDLED;
}

static int read_for_ever(void *arg)
{
	while (!kthread_should_stop()) {
		u64 start = ktime_get_ns(), us;
		u32 v = readl(regs);

		us = div_u64(ktime_get_ns() - start, 1000);
		worst_us = max_t(ulong, worst_us, us);
		reads++;
		if (v != HAZARD_ID && v != ~0u)
			wrong++;
		/* interrupt 0x100 + vector */
		writel(0x100 + reads % CARD_VECTORS, regs + 0x1c);
		if (v == ~0u)
			usleep_range(1000, 2000);
		else
			cond_resched();
	}
	return 0;
}

static void read_once(void)
{
	u64 start;

	value = readl(regs);
	start = ktime_get_ns();
	preempt_disable();
	atomic_value = readl(regs);
	preempt_enable();
	atomic_ms = div_u64(ktime_get_ns() - start, 1000000);
}

static int start_reader(void)
{
	reader = kthread_create(read_for_ever, NULL, "hazard");
	if (IS_ERR(reader))
		return PTR_ERR(reader);
	kthread_bind(reader, 0);
	wake_up_process(reader);
	return 0;
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret, i;

	if (regs)
		return -EBUSY;
	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	pci_set_master(pdev);
	ret = pcim_iomap_regions(pdev, 1, "pciem_hazard");
	if (ret)
		return ret;
	ret = pci_alloc_irq_vectors(pdev, CARD_VECTORS, CARD_VECTORS, PCI_IRQ_MSIX);
	if (ret < 0)
		return ret;
	for (i = 0; i < CARD_VECTORS; i++) {
		ret = devm_request_irq(&pdev->dev, pci_irq_vector(pdev, i), on_irq, 0, "pciem_hazard", pdev);
		if (ret)
			return ret;
	}
	WRITE_ONCE(regs, pcim_iomap_table(pdev)[0]);
	read_once();
	if (filter)
		hazard_filter(regs, &filter_calls, &filter_wrong);
	ret = traffic ? start_reader() : 0;
	if (ret)
		WRITE_ONCE(regs, NULL);
	return ret;
}

static void remove(struct pci_dev *pdev)
{
	if (reader)
		kthread_stop(reader);
	reader = NULL;
	WRITE_ONCE(regs, NULL);
	/* an NMI or another CPU's may be reading */
	synchronize_rcu();
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1b36, 0x0fa1) },
	{ }
};

static struct pci_driver driver = {
	.name = "pciem_hazard", .id_table = ids, .probe = probe, .remove = remove,
};

static int __init hazard_init(void)
{
	int ret = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "pciem_hazard");

	if (ret)
		return ret;
	ret = pci_register_driver(&driver);
	if (ret)
		unregister_nmi_handler(NMI_LOCAL, "pciem_hazard");
	else if (panic_reads)
		atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
	return ret;
}

static void __exit hazard_exit(void)
{
	if (panic_reads)
		atomic_notifier_chain_unregister(&panic_notifier_list, &panic_nb);
	pci_unregister_driver(&driver);
	unregister_nmi_handler(NMI_LOCAL, "pciem_hazard");
}

module_init(hazard_init);
module_exit(hazard_exit);
MODULE_DESCRIPTION("Reads a card's register from NMI, panic and elsewhere");
MODULE_LICENSE("GPL");
