// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "linktest.h"

static char *mode = "all";
module_param(mode, charp, 0400);
MODULE_PARM_DESC(mode, "all; read: one read of the scratch register; hold: bind and do nothing; hammer: read until removed; storm: 500 error messages; burst: 20000 writes");

bool linktest_equal(struct linktest *lt, const char *what, u64 got, u64 want)
{
	if (got == want)
		return true;
	snprintf(lt->why, sizeof(lt->why), "%s is 0x%llx, expected 0x%llx", what, got, want);
	return false;
}

u32 linktest_command(struct linktest *lt, u32 cmd, dma_addr_t bus, u32 bytes)
{
	unsigned int tries;
	u32 status = STATUS_BUSY;

	writeq(bus, lt->bar + REG_DMA_ADDR);
	writel(bytes, lt->bar + REG_DMA_BYTES);
	writel(cmd, lt->bar + REG_COMMAND);
	for (tries = 0; tries < 10000 && status == STATUS_BUSY; tries++)
		status = readl(lt->bar + REG_STATUS);
	return status;
}

/* ---- requests ---- */

static bool mmio_id(struct linktest *lt)
{
	return linktest_equal(lt, "id", readl(lt->bar + REG_ID), 0x454b4146);
}

static bool mmio_every_width(struct linktest *lt)
{
	u64 want = 0x1122334455667788ULL;

	writeq(want, lt->bar + REG_SCRATCH);
	if (!linktest_equal(lt, "8 bytes", readq(lt->bar + REG_SCRATCH), want) ||
	    !linktest_equal(lt, "4 bytes", readl(lt->bar + REG_SCRATCH + 4), 0x11223344) ||
	    !linktest_equal(lt, "2 bytes", readw(lt->bar + REG_SCRATCH + 2), 0x5566) ||
	    !linktest_equal(lt, "1 byte", readb(lt->bar + REG_SCRATCH + 7), 0x11))
		return false;
	writeb(0xaa, lt->bar + REG_SCRATCH + 3);
	writew(0xbbcc, lt->bar + REG_SCRATCH + 6);
	return linktest_equal(lt, "after parts", readq(lt->bar + REG_SCRATCH), 0xbbcc3344aa667788ULL);
}

static bool mmio_block_copy(struct linktest *lt)
{
	u8 *buf = kmalloc(2 * BUFFER_BYTES, GFP_KERNEL);
	bool ok;
	int i;

	if (!buf)
		return false;
	for (i = 0; i < BUFFER_BYTES; i++)
		buf[i] = i * 7;
	memcpy_toio(lt->bar + REG_BUFFER, buf, BUFFER_BYTES);
	memset(buf + BUFFER_BYTES, 0, BUFFER_BYTES);
	memcpy_fromio(buf + BUFFER_BYTES, lt->bar + REG_BUFFER, BUFFER_BYTES);
	ok = linktest_equal(lt, "memcmp", memcmp(buf, buf + BUFFER_BYTES, BUFFER_BYTES), 0);
	kfree(buf);
	return ok;
}

static bool mmio_writes_are_not_doubled(struct linktest *lt)
{
	u32 before = readl(lt->bar + REG_WRITES);
	int i;

	for (i = 0; i < 1000; i++)
		writel(i, lt->bar + REG_SCRATCH);
	return linktest_equal(lt, "writes", readl(lt->bar + REG_WRITES) - before, 1000);
}

static bool mmio_with_interrupts_off(struct linktest *lt)
{
	unsigned long flags;
	u32 value = 0;
	int i;

	local_irq_save(flags);
	for (i = 0; i < 100; i++) {
		writel(i, lt->bar + REG_SCRATCH);
		value += readl(lt->bar + REG_SCRATCH);
	}
	local_irq_restore(flags);
	return linktest_equal(lt, "sum", value, 4950);
}

static bool mmio_latency(struct linktest *lt)
{
	u64 start = ktime_get_ns();
	int i;

	for (i = 0; i < 1000; i++)
		readl(lt->bar + REG_ID);
	pr_info("linktest: value read_ns %llu\n", (ktime_get_ns() - start) / 1000);
	start = ktime_get_ns();
	for (i = 0; i < 1000; i++)
		writel(i, lt->bar + REG_SCRATCH);
	readl(lt->bar + REG_ID);
	pr_info("linktest: value write_ns %llu\n", (ktime_get_ns() - start) / 1000);
	return true;
}

static bool beyond_the_bar_is_ur(struct linktest *lt)
{
	/* Memory Space Enable off: the card answers Unsupported Request */
	u16 command;
	u32 value;

	pci_read_config_word(lt->pdev, PCI_COMMAND, &command);
	pci_write_config_word(lt->pdev, PCI_COMMAND, command & ~PCI_COMMAND_MEMORY);
	value = readl(lt->bar + REG_ID);
	pci_write_config_word(lt->pdev, PCI_COMMAND, command);
	return linktest_equal(lt, "read with decode off", value, 0xffffffff) && mmio_id(lt);
}

static bool config_space(struct linktest *lt)
{
	u32 dword;
	u16 word;
	u8 byte;

	pci_read_config_dword(lt->pdev, 0, &dword);
	pci_read_config_word(lt->pdev, 2, &word);
	pci_read_config_byte(lt->pdev, 3, &byte);
	return linktest_equal(lt, "dword", dword, 0x0fa11b36) && linktest_equal(lt, "word", word, 0x0fa1) &&
	       linktest_equal(lt, "byte", byte, 0x0f) && linktest_equal(lt, "size", lt->pdev->cfg_size, 4096);
}

/* ---- interrupts ---- */

static irqreturn_t on_vector(int irq, void *arg)
{
	complete(arg);
	return IRQ_HANDLED;
}

static bool vectors_each_fires_its_own(struct linktest *lt)
{
	int i, j, nr = pci_alloc_irq_vectors(lt->pdev, LINKTEST_VECTORS, LINKTEST_VECTORS, PCI_IRQ_MSIX);
	bool ok = linktest_equal(lt, "vectors", nr, LINKTEST_VECTORS);

	for (i = 0; ok && i < LINKTEST_VECTORS; i++) {
		init_completion(&lt->vector[i]);
		ok = linktest_equal(lt, "request_irq", request_irq(pci_irq_vector(lt->pdev, i), on_vector, 0,
								   "linktest", &lt->vector[i]), 0);
	}
	nr = i;
	for (i = 0; ok && i < LINKTEST_VECTORS; i++) {
		writel(CMD_VECTOR | i, lt->bar + REG_COMMAND);
		if (!wait_for_completion_timeout(&lt->vector[i], HZ)) {
			snprintf(lt->why, sizeof(lt->why), "vector %d did not come", i);
			ok = false;
		}
		for (j = 0; ok && j < LINKTEST_VECTORS; j++)
			ok = linktest_equal(lt, "extra interrupt", completion_done(&lt->vector[j]), 0);
	}
	while (nr--)
		free_irq(pci_irq_vector(lt->pdev, nr), &lt->vector[nr]);
	pci_free_irq_vectors(lt->pdev);
	return ok;
}

/* ---- life ---- */

static const struct linktest_case cases[] = {
	{ "mmio_id", mmio_id },
	{ "mmio_every_width", mmio_every_width },
	{ "mmio_block_copy", mmio_block_copy },
	{ "mmio_writes_are_not_doubled", mmio_writes_are_not_doubled },
	{ "mmio_with_interrupts_off", mmio_with_interrupts_off },
	{ "mmio_latency", mmio_latency },
	{ "beyond_the_bar_is_ur", beyond_the_bar_is_ur },
	{ "config_space", config_space },
	{ "vectors_each_fires_its_own", vectors_each_fires_its_own },
	{ }
};

static void run_cases(struct linktest *lt, const struct linktest_case *c)
{
	for (; c->name; c++) {
		lt->why[0] = 0;
		if (c->run(lt))
			pr_info("linktest: pass %s\n", c->name);
		else
			pr_info("linktest: FAIL %s: %s\n", c->name, lt->why);
	}
}

static void hammer(struct linktest *lt)
{
	u64 start, worst = 0, down_ns = 0;
	unsigned int reads = 0, dead = 0;

	/* until the card is gone, and 10000 reads more: all must return soon */
	while (dead < 10000) {
		start = ktime_get_ns();
		if (readl(lt->bar + REG_ID) == 0xffffffff) {
			if (!dead++)
				down_ns = start;
		}
		worst = max(worst, ktime_get_ns() - start);
		if (!(++reads % 1024))
			cond_resched();
	}
	pr_info("linktest: value hammer_reads %u\n", reads);
	pr_info("linktest: value hammer_worst_us %llu\n", worst / 1000);
	pr_info("linktest: value hammer_dead_us %llu\n", (ktime_get_ns() - down_ns) / 1000);
}

/* Correctable errors as fast as the card can send them; the machine goes on. */
static void storm(struct linktest *lt)
{
	unsigned int i;

	for (i = 0; i < 500; i++)
		writel(CMD_MESSAGE + 0x30, lt->bar + REG_COMMAND);
	pr_info("linktest: value id_after %#x\n", readl(lt->bar + REG_ID));
}

/* More writes than the ring holds; the guest stops the card after half a second. */
static void burst(struct linktest *lt)
{
	u32 before = readl(lt->bar + REG_WRITES);
	int i;

	pr_info("linktest: value burst_ready 1\n");
	msleep(1000);
	for (i = 0; i < 20000; i++)
		writel(i, lt->bar + REG_SCRATCH);
	pr_info("linktest: value burst_writes %u\n", readl(lt->bar + REG_WRITES) - before);
	pr_info("linktest: value burst_last %u\n", readl(lt->bar + REG_SCRATCH));
}

static int linktest_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct linktest *lt = devm_kzalloc(&pdev->dev, sizeof(*lt), GFP_KERNEL);
	int ret;

	if (!lt)
		return -ENOMEM;
	lt->pdev = pdev;
	pci_set_drvdata(pdev, lt);
	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	pci_set_master(pdev);
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	lt->bar = pcim_iomap(pdev, 0, 0);
	if (!lt->bar)
		return -ENOMEM;
	if (!strcmp(mode, "read")) {
		u64 start = ktime_get_ns();
		u32 value = readl(lt->bar + REG_SCRATCH);

		pr_info("linktest: value scratch %#x\n", value);
		pr_info("linktest: value scratch_ms %llu\n", (ktime_get_ns() - start) / 1000000);
		pr_info("linktest: value id_after %#x\n", readl(lt->bar + REG_ID));
	} else if (!strcmp(mode, "hammer")) {
		hammer(lt);
	} else if (!strcmp(mode, "storm")) {
		storm(lt);
	} else if (!strcmp(mode, "burst")) {
		burst(lt);
	} else if (!strcmp(mode, "all")) {
		run_cases(lt, cases);
		run_cases(lt, linktest_dma_cases);
	}
	pr_info("linktest: done\n");
	return 0;
}

/* Registers are read here too, as drivers do: all-ones when the card was pulled. */
static void linktest_remove(struct pci_dev *pdev)
{
	struct linktest *lt = pci_get_drvdata(pdev);

	pr_info("linktest: value removed_id %#x\n", readl(lt->bar + REG_ID));
}

static const struct pci_device_id linktest_ids[] = { { PCI_DEVICE(0x1b36, 0x0fa1) }, { } };
static struct pci_driver linktest_driver = {
	.name = "linktest",
	.id_table = linktest_ids,
	.probe = linktest_probe,
	.remove = linktest_remove,
};
module_pci_driver(linktest_driver);
MODULE_DESCRIPTION("tests the link side of pciem");
MODULE_LICENSE("GPL");
