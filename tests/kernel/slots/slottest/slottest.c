// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for rtl/cards/epf_test that looks at what becomes of its buffers where the
 * link has DMA slots: echo STEP >/sys/bus/pci/devices/ADDRESS/step. A step that finds
 * something wrong fails with EIO and says what in the log.
 */
#include <linux/crc32.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#define REG_COMMAND	0x04
#define REG_STATUS	0x08
#define REG_SRC		0x0c
#define REG_DST		0x14
#define REG_SIZE	0x1c
#define REG_CHECKSUM	0x20

#define CMD_READ	BIT(3)
#define CMD_WRITE	BIT(4)
#define CMD_COPY	BIT(5)
#define ST_READ_OK	BIT(0)
#define ST_READ_FAIL	BIT(1)
#define ST_WRITE_OK	BIT(2)
#define ST_COPY_OK	BIT(4)
#define ST_SRC_INVALID	BIT(7)
#define ST_DONE		(BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(5))

#define SLOT_BUS	0x80000000ULL
#define SLOT_BUS_END	0xc0000000ULL
#define CANARY		0xc5
/* as pciem.ko has it */
#define HAS_COHERENT	(IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP) || !IS_ENABLED(CONFIG_DMA_API_DEBUG))
#define NR_BUFFERS	1200
#define LONG_BYTES	(2U << 20)

struct slottest {
	struct pci_dev *pdev;
	struct device *dev;
	void __iomem *bar;
	struct mutex mutex;
	u8 *long_buf;		/* of a command that runs between two steps */
	dma_addr_t long_bus;
};

static bool is(struct slottest *t, const char *what, u64 got, u64 want)
{
	if (got == want)
		return true;
	dev_err(t->dev, "%s: 0x%llx, not 0x%llx\n", what, got, want);
	return false;
}

static bool in_slot(dma_addr_t bus)
{
	return bus >= SLOT_BUS && bus < SLOT_BUS_END;
}

static void write_addr(struct slottest *t, unsigned int reg, u64 addr)
{
	writel(lower_32_bits(addr), t->bar + reg);
	writel(upper_32_bits(addr), t->bar + reg + 4);
}

static void start(struct slottest *t, u32 command, u64 src, u64 dst, u32 bytes)
{
	write_addr(t, REG_SRC, src);
	write_addr(t, REG_DST, dst);
	writel(bytes, t->bar + REG_SIZE);
	writel(command, t->bar + REG_COMMAND);
}

static u32 finish(struct slottest *t)
{
	unsigned int ms;
	u32 status = 0;

	for (ms = 0; ms < 20000 && !(status & ST_DONE); ms++) {
		status = readl(t->bar + REG_STATUS);
		if (!(status & ST_DONE))
			msleep(1);
	}
	return status & (ST_DONE | ST_SRC_INVALID);
}

static u32 command(struct slottest *t, u32 what, u64 src, u64 dst, u32 bytes)
{
	start(t, what, src, dst, bytes);
	return finish(t);
}

static bool checksum_is(struct slottest *t, const char *what, const void *buf, u32 bytes)
{
	return is(t, what, readl(t->bar + REG_CHECKSUM), crc32_le(~0, buf, bytes));
}

static dma_addr_t map(struct slottest *t, void *buf, size_t bytes, enum dma_data_direction dir)
{
	dma_addr_t bus = dma_map_single(t->dev, buf, bytes, dir);

	return is(t, "error of a mapping", dma_mapping_error(t->dev, bus), 0) ? bus : 0;
}

/* The card reads @bytes at @bus, which are those of @want. */
static bool reads(struct slottest *t, dma_addr_t bus, const void *want, u32 bytes)
{
	writel(crc32_le(~0, want, bytes), t->bar + REG_CHECKSUM);
	return is(t, "read", command(t, CMD_READ, bus, 0, bytes), ST_READ_OK);
}

static void fill(u8 *buf, u32 bytes, u8 seed)
{
	while (bytes--)
		*buf++ = seed += 13;
}

static bool all_are(struct slottest *t, const char *what, const u8 *buf, u32 bytes, u8 want)
{
	u32 i;

	for (i = 0; i < bytes; i++)
		if (buf[i] != want)
			return is(t, what, (u64)i << 8 | buf[i], (u64)i << 8 | want);
	return true;
}

/* ---- steps ---- */

static bool step_coherent(struct slottest *t, u8 *buf)
{
	dma_addr_t bus, small;
	u8 *mem = dma_alloc_coherent(t->dev, 3 * PAGE_SIZE, &bus, GFP_KERNEL);
	u8 *two = dma_alloc_coherent(t->dev, 64, &small, GFP_KERNEL);
	bool ok = mem && two;

	ok = ok && is(t, "in a slot", in_slot(bus) && in_slot(small), HAS_COHERENT) &&
	     is(t, "alignment", bus & (4 * PAGE_SIZE - 1), 0) && all_are(t, "zeroed", mem, 3 * PAGE_SIZE, 0) &&
	     is(t, "write", command(t, CMD_WRITE, 0, bus, 3 * PAGE_SIZE), ST_WRITE_OK) &&
	     checksum_is(t, "what was written", mem, 3 * PAGE_SIZE);
	if (ok)
		fill(mem, 3 * PAGE_SIZE, 1);
	ok = ok && reads(t, bus, mem, 3 * PAGE_SIZE);
	if (two)
		dma_free_coherent(t->dev, 64, two, small);
	if (mem)
		dma_free_coherent(t->dev, 3 * PAGE_SIZE, mem, bus);
	return ok;
}

/* Of what a card may write it writes a part: the rest is what was there. */
static bool step_part(struct slottest *t, u8 *buf)
{
	dma_addr_t bus;
	bool ok;

	memset(buf, CANARY, 4 * PAGE_SIZE);
	bus = map(t, buf + 100, 2 * PAGE_SIZE, DMA_FROM_DEVICE);
	if (!bus)
		return false;
	ok = is(t, "in a slot", in_slot(bus), 1) && is(t, "page offset", bus & ~PAGE_MASK, (unsigned long)(buf + 100) & ~PAGE_MASK) &&
	     is(t, "write", command(t, CMD_WRITE, 0, bus + 1001, 4097), ST_WRITE_OK);
	dma_unmap_single(t->dev, bus, 2 * PAGE_SIZE, DMA_FROM_DEVICE);
	return ok && checksum_is(t, "what was written", buf + 1101, 4097) &&
	       all_are(t, "before", buf, 1101, CANARY) &&
	       all_are(t, "behind", buf + 1101 + 4097, 4 * PAGE_SIZE - 1101 - 4097, CANARY);
}

static bool step_read(struct slottest *t, u8 *buf)
{
	dma_addr_t bus;
	bool ok;

	fill(buf, 4 * PAGE_SIZE, 77);
	bus = map(t, buf + 3, 3 * PAGE_SIZE, DMA_TO_DEVICE);
	if (!bus)
		return false;
	ok = reads(t, bus, buf + 3, 3 * PAGE_SIZE);
	dma_unmap_single(t->dev, bus, 3 * PAGE_SIZE, DMA_TO_DEVICE);
	return ok;
}

static bool step_sync(struct slottest *t, u8 *buf)
{
	dma_addr_t bus;
	bool ok;

	memset(buf, CANARY, PAGE_SIZE);
	bus = map(t, buf, PAGE_SIZE, DMA_BIDIRECTIONAL);
	if (!bus)
		return false;
	ok = is(t, "write", command(t, CMD_WRITE, 0, bus, 1024), ST_WRITE_OK) &&
	     all_are(t, "before the sync", buf, PAGE_SIZE, CANARY);
	dma_sync_single_for_cpu(t->dev, bus, 512, DMA_BIDIRECTIONAL);
	ok = ok && all_are(t, "behind the sync", buf + 512, PAGE_SIZE - 512, CANARY);
	dma_sync_single_for_cpu(t->dev, bus + 512, 512, DMA_BIDIRECTIONAL);
	ok = ok && checksum_is(t, "what was written", buf, 1024);
	fill(buf, PAGE_SIZE, 5);
	dma_sync_single_for_device(t->dev, bus, PAGE_SIZE, DMA_BIDIRECTIONAL);
	ok = ok && reads(t, bus, buf, PAGE_SIZE);
	dma_unmap_single(t->dev, bus, PAGE_SIZE, DMA_BIDIRECTIONAL);
	return ok;
}

static bool step_sg(struct slottest *t, u8 *buf)
{
	struct scatterlist sg[3];
	int i;
	bool ok = true;

	memset(buf, CANARY, 3 * PAGE_SIZE);
	sg_init_table(sg, 3);
	for (i = 0; i < 3; i++)
		sg_set_buf(&sg[i], buf + i * PAGE_SIZE + 8, 1000);
	if (!is(t, "entries", dma_map_sg(t->dev, sg, 3, DMA_FROM_DEVICE), 3))
		return false;
	for (i = 0; i < 3; i++)
		ok = ok && is(t, "write", command(t, CMD_WRITE, 0, sg_dma_address(&sg[i]), 1000), ST_WRITE_OK);
	dma_sync_sg_for_cpu(t->dev, sg, 3, DMA_FROM_DEVICE);
	ok = ok && checksum_is(t, "the last entry", buf + 2 * PAGE_SIZE + 8, 1000);
	dma_unmap_sg(t->dev, sg, 3, DMA_FROM_DEVICE);
	return ok && all_are(t, "between", buf + 1008, PAGE_SIZE - 1000, CANARY);
}

/* More buffers than there are slots: the others are where they are, and served there. */
static bool step_exhaust(struct slottest *t, u8 *buf)
{
	u8 **page = kvcalloc(NR_BUFFERS, sizeof(*page), GFP_KERNEL);
	dma_addr_t *bus = kvcalloc(NR_BUFFERS, sizeof(*bus), GFP_KERNEL);
	unsigned int i, nr = 0, nr_in = 0;
	bool ok = page && bus;

	for (i = 0; ok && i < NR_BUFFERS; i++) {
		page[i] = (u8 *)__get_free_page(GFP_KERNEL);
		ok = page[i];
		if (!ok)
			break;
		fill(page[i], PAGE_SIZE, i);
		bus[i] = map(t, page[i], PAGE_SIZE, DMA_BIDIRECTIONAL);
		ok = bus[i];
		nr += ok;
		nr_in += in_slot(bus[i]);
	}
	dev_info(t->dev, "%u of %u buffers in slots\n", nr_in, nr);
	ok = ok && is(t, "some in slots", nr_in > 100, 1) && is(t, "not all", nr_in < nr, 1) &&
	     is(t, "copy", command(t, CMD_COPY, bus[0], bus[nr - 1], PAGE_SIZE), ST_COPY_OK) &&
	     is(t, "copy", command(t, CMD_COPY, bus[nr - 2], bus[1], PAGE_SIZE), ST_COPY_OK);
	for (i = 0; i < nr; i++)
		dma_unmap_single(t->dev, bus[i], PAGE_SIZE, DMA_BIDIRECTIONAL);
	ok = ok && is(t, "out of a slot", memcmp(page[0], page[nr - 1], PAGE_SIZE), 0) &&
	     is(t, "into a slot", memcmp(page[1], page[nr - 2], PAGE_SIZE), 0);
	for (i = 0; i < nr; i++)
		free_page((unsigned long)page[i]);
	kvfree(page);
	kvfree(bus);
	return ok;
}

/* What was unmapped is out of reach, and so is what is mapped for the other direction. */
static bool step_stale(struct slottest *t, u8 *buf)
{
	dma_addr_t bus;
	bool ok;

	bus = map(t, buf, PAGE_SIZE, DMA_TO_DEVICE);
	if (!bus)
		return false;
	dma_unmap_single(t->dev, bus, PAGE_SIZE, DMA_TO_DEVICE);
	ok = is(t, "in a slot", in_slot(bus), 1) &&
	     is(t, "read of what was unmapped", command(t, CMD_READ, bus, 0, 64), ST_READ_FAIL | ST_SRC_INVALID);
	bus = map(t, buf, PAGE_SIZE, DMA_FROM_DEVICE);
	if (!bus)
		return false;
	ok = ok && is(t, "read against the direction", command(t, CMD_READ, bus, 0, 64), ST_READ_FAIL | ST_SRC_INVALID) &&
	     is(t, "read past the end", command(t, CMD_READ, bus + PAGE_SIZE, 0, 64), ST_READ_FAIL | ST_SRC_INVALID);
	dma_unmap_single(t->dev, bus, PAGE_SIZE, DMA_FROM_DEVICE);
	return ok;
}

/* A long command begins; the bridge is stopped in it. */
static bool step_begin(struct slottest *t, u8 *buf)
{
	if (!t->long_buf)
		t->long_buf = (u8 *)__get_free_pages(GFP_KERNEL, get_order(LONG_BYTES));
	if (!t->long_buf)
		return false;
	memset(t->long_buf, CANARY, LONG_BYTES);
	t->long_bus = map(t, t->long_buf, LONG_BYTES, DMA_FROM_DEVICE);
	if (!t->long_bus)
		return false;
	start(t, CMD_WRITE, 0, t->long_bus, LONG_BYTES);
	return is(t, "in a slot", in_slot(t->long_bus), 1);
}

/* It is stopped: its buffer is given back, and is somebody else's. */
static bool step_take(struct slottest *t, u8 *buf)
{
	dma_addr_t bus;

	dma_unmap_single(t->dev, t->long_bus, LONG_BYTES, DMA_FROM_DEVICE);
	dev_info(t->dev, "the last byte was%s written when the buffer was taken back\n",
		 t->long_buf[LONG_BYTES - 1] == CANARY ? " not" : "");
	memset(t->long_buf, 0x5a, LONG_BYTES);
	/* and mapped again, which the stopped bridge does not know */
	bus = map(t, buf, 4 * PAGE_SIZE, DMA_TO_DEVICE);
	if (bus)
		dma_unmap_single(t->dev, bus, 4 * PAGE_SIZE, DMA_TO_DEVICE);
	return bus;
}

/* It went on. */
static bool step_check(struct slottest *t, u8 *buf)
{
	u32 status = finish(t);

	return is(t, "the command ended", status != 0, 1) &&
	       all_are(t, "a buffer that was given back", t->long_buf, LONG_BYTES, 0x5a);
}

static const struct {
	const char *name;
	bool (*fn)(struct slottest *t, u8 *buf);
} steps[] = {
	{ "coherent", step_coherent }, { "part", step_part }, { "read", step_read }, { "sync", step_sync },
	{ "sg", step_sg }, { "exhaust", step_exhaust }, { "stale", step_stale }, { "begin", step_begin },
	{ "take", step_take }, { "check", step_check },
};

static ssize_t step_store(struct device *dev, struct device_attribute *attr, const char *name, size_t count)
{
	struct slottest *t = dev_get_drvdata(dev);
	u8 *buf = (u8 *)__get_free_pages(GFP_KERNEL, 2);
	ssize_t ret = -EINVAL;
	unsigned int i;

	if (!buf)
		return -ENOMEM;
	mutex_lock(&t->mutex);
	for (i = 0; i < ARRAY_SIZE(steps); i++)
		if (sysfs_streq(name, steps[i].name))
			ret = steps[i].fn(t, buf) ? count : -EIO;
	mutex_unlock(&t->mutex);
	free_pages((unsigned long)buf, 2);
	return ret;
}
static DEVICE_ATTR_WO(step);

static struct attribute *slottest_attrs[] = { &dev_attr_step.attr, NULL };
ATTRIBUTE_GROUPS(slottest);

static int slottest_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct slottest *t = devm_kzalloc(&pdev->dev, sizeof(*t), GFP_KERNEL);
	int ret;

	if (!t)
		return -ENOMEM;
	t->pdev = pdev;
	t->dev = &pdev->dev;
	mutex_init(&t->mutex);
	ret = pcim_enable_device(pdev);
	if (!ret)
		ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	t->bar = pcim_iomap(pdev, 0, 0);
	if (!t->bar)
		return -ENOMEM;
	pci_set_master(pdev);
	pci_set_drvdata(pdev, t);
	return 0;
}

static void slottest_remove(struct pci_dev *pdev)
{
	struct slottest *t = pci_get_drvdata(pdev);

	if (t->long_buf)
		free_pages((unsigned long)t->long_buf, get_order(LONG_BYTES));
}

static const struct pci_device_id slottest_ids[] = {
	{ PCI_DEVICE(0x1912, 0x002d) },
	{ }
};
MODULE_DEVICE_TABLE(pci, slottest_ids);

static struct pci_driver slottest_driver = {
	.name = "slottest",
	.id_table = slottest_ids,
	.probe = slottest_probe,
	.remove = slottest_remove,
	.dev_groups = slottest_groups,
};
module_pci_driver(slottest_driver);

MODULE_DESCRIPTION("riser: what becomes of buffers in DMA slots");
MODULE_LICENSE("GPL");
