// SPDX-License-Identifier: GPL-2.0
/* DMA: what the card may reach, and what it must not. */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/kthread.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "linktest.h"

#define CANARY 0xc5

static void fill(u8 *p, unsigned int bytes, u8 seed)
{
	while (bytes--)
		*p++ = seed += 13;
}

static bool buffer_is(struct linktest *lt, const u8 *want, unsigned int bytes)
{
	u8 *got = kmalloc(BUFFER_BYTES, GFP_KERNEL);
	unsigned int i;
	bool ok = false;

	if (!got)
		return false;
	memcpy_fromio(got, lt->bar + REG_BUFFER, bytes);
	for (i = 0; i < bytes && got[i] == want[i]; i++)
		;
	ok = i == bytes || linktest_equal(lt, "byte of the card's buffer", (u64)i << 8 | got[i], (u64)i << 8 | want[i]);
	kfree(got);
	return ok;
}

static bool coherent_fetch_and_store(struct linktest *lt)
{
	dma_addr_t bus;
	u8 *mem = dma_alloc_coherent(&lt->pdev->dev, BUFFER_BYTES, &bus, GFP_KERNEL);
	u8 *copy = kmalloc(BUFFER_BYTES, GFP_KERNEL);
	bool ok = false;

	if (!mem || !copy)
		goto out;
	fill(mem, BUFFER_BYTES, 1);
	memcpy(copy, mem, BUFFER_BYTES);
	ok = linktest_equal(lt, "high address", bus >> 32 != 0, 1) &&
	     linktest_equal(lt, "fetch", linktest_command(lt, CMD_FETCH, bus, BUFFER_BYTES), STATUS_DONE) &&
	     buffer_is(lt, copy, BUFFER_BYTES);
	memset(mem, 0, BUFFER_BYTES);
	ok = ok && linktest_equal(lt, "store", linktest_command(lt, CMD_STORE, bus, BUFFER_BYTES), STATUS_DONE) &&
	     linktest_equal(lt, "memcmp", memcmp(mem, copy, BUFFER_BYTES), 0);
out:
	kfree(copy);
	if (mem)
		dma_free_coherent(&lt->pdev->dev, BUFFER_BYTES, mem, bus);
	return ok;
}

/* The DMA debugger of a kernel reports who does not ask for an error. */
static bool map(struct linktest *lt, void *at, size_t bytes, enum dma_data_direction dir, dma_addr_t *bus)
{
	*bus = dma_map_single(&lt->pdev->dev, at, bytes, dir);
	return linktest_equal(lt, "error of a mapping", dma_mapping_error(&lt->pdev->dev, *bus), 0);
}

/* A buffer at an odd place in its page: every byte arrives, no other changes. */
static bool streaming_store_is_exact(struct linktest *lt)
{
	u8 *page = (u8 *)__get_free_pages(GFP_KERNEL, 1);
	u8 want[700];
	dma_addr_t bus;
	unsigned int i;
	bool ok;

	if (!page)
		return false;
	memset(page, CANARY, 2 * PAGE_SIZE);
	fill(want, sizeof(want), 9);
	memcpy_toio(lt->bar + REG_BUFFER, want, sizeof(want));
	if (!map(lt, page + PAGE_SIZE - 348, sizeof(want), DMA_FROM_DEVICE, &bus))
		return false;
	ok = linktest_equal(lt, "page offset", bus & (PAGE_SIZE - 1), PAGE_SIZE - 348) &&
	     linktest_equal(lt, "status", linktest_command(lt, CMD_STORE, bus, sizeof(want)), STATUS_DONE);
	dma_unmap_single(&lt->pdev->dev, bus, sizeof(want), DMA_FROM_DEVICE);
	for (i = 0; ok && i < 2 * PAGE_SIZE; i++) {
		unsigned int at = i - (PAGE_SIZE - 348);

		ok = linktest_equal(lt, "byte", (u64)i << 8 | page[i],
				    (u64)i << 8 | (at < sizeof(want) ? want[at] : CANARY));
	}
	free_pages((unsigned long)page, 1);
	return ok;
}

static bool fetch_is_refused(struct linktest *lt, const char *what, dma_addr_t bus, u32 bytes)
{
	u32 status;

	memset_io(lt->bar + REG_BUFFER, 0x11, 64);
	status = linktest_command(lt, CMD_FETCH, bus, bytes);
	return linktest_equal(lt, what, status, STATUS_UR) &&
	       linktest_equal(lt, "leaked", readl(lt->bar + REG_BUFFER), 0x11111111);
}

static bool sub_page_neighbours_are_unreachable(struct linktest *lt)
{
	u8 *page = (u8 *)get_zeroed_page(GFP_KERNEL);
	struct device *dev = &lt->pdev->dev;
	dma_addr_t a, b;
	bool ok;

	if (!page)
		return false;
	memset(page, CANARY, PAGE_SIZE);
	if (!map(lt, page + 64, 64, DMA_TO_DEVICE, &a) || !map(lt, page + 192, 64, DMA_TO_DEVICE, &b))
		return false;
	ok = linktest_equal(lt, "inside", linktest_command(lt, CMD_FETCH, a, 64), STATUS_DONE) &&
	     fetch_is_refused(lt, "4 bytes too many", a, 68) && fetch_is_refused(lt, "4 bytes before", a - 4, 64) &&
	     fetch_is_refused(lt, "the gap", a + 64, 64) && fetch_is_refused(lt, "past the second", b + 64, 4) &&
	     fetch_is_refused(lt, "the next page", (b & PAGE_MASK) + PAGE_SIZE, 4) &&
	     fetch_is_refused(lt, "the page before", (a & PAGE_MASK) - 4, 4) &&
	     fetch_is_refused(lt, "nowhere", 0x1000, 4);
	dma_unmap_single(dev, a, 64, DMA_TO_DEVICE);
	ok = ok && fetch_is_refused(lt, "unmapped", a, 64) &&
	     linktest_equal(lt, "the other", linktest_command(lt, CMD_FETCH, b, 64), STATUS_DONE);
	dma_unmap_single(dev, b, 64, DMA_TO_DEVICE);
	free_page((unsigned long)page);
	return ok;
}

static bool wrong_direction_is_refused(struct linktest *lt)
{
	u8 *page = (u8 *)get_zeroed_page(GFP_KERNEL);
	struct device *dev = &lt->pdev->dev;
	dma_addr_t bus;
	bool ok;

	if (!page)
		return false;
	memset(page, CANARY, PAGE_SIZE);
	if (!map(lt, page, 64, DMA_FROM_DEVICE, &bus))
		return false;
	ok = fetch_is_refused(lt, "fetch of FROM_DEVICE", bus, 64);
	dma_unmap_single(dev, bus, 64, DMA_FROM_DEVICE);
	if (!map(lt, page, 64, DMA_TO_DEVICE, &bus))
		return false;
	linktest_command(lt, CMD_STORE, bus, 64);
	readl(lt->bar + REG_ID);	/* the write is processed before the completion */
	ok = ok && linktest_equal(lt, "byte", page[0], CANARY) && linktest_equal(lt, "byte", page[63], CANARY);
	dma_unmap_single(dev, bus, 64, DMA_TO_DEVICE);
	free_page((unsigned long)page);
	return ok;
}

/* First DW BE 0101b with three dwords is malformed: no byte of it is written. */
static bool holes_are_refused(struct linktest *lt)
{
	dma_addr_t bus;
	u8 *mem = dma_alloc_coherent(&lt->pdev->dev, 64, &bus, GFP_KERNEL);
	bool ok;

	if (!mem)
		return false;
	memset(mem, CANARY, 64);
	linktest_command(lt, CMD_HOLES, bus, 12);
	readl(lt->bar + REG_ID);	/* the write is processed before the completion */
	ok = linktest_equal(lt, "byte 0", mem[0], CANARY) && linktest_equal(lt, "byte 1", mem[1], CANARY) &&
	     linktest_equal(lt, "byte 11", mem[11], CANARY);
	dma_free_coherent(&lt->pdev->dev, 64, mem, bus);
	return ok;
}

static bool bus_master_off_is_refused(struct linktest *lt)
{
	dma_addr_t bus;
	u8 *mem = dma_alloc_coherent(&lt->pdev->dev, 64, &bus, GFP_KERNEL);
	bool ok;

	if (!mem)
		return false;
	pci_clear_master(lt->pdev);
	ok = fetch_is_refused(lt, "fetch", bus, 64);
	pci_set_master(lt->pdev);
	ok = ok && linktest_equal(lt, "with BME", linktest_command(lt, CMD_FETCH, bus, 64), STATUS_DONE);
	dma_free_coherent(&lt->pdev->dev, 64, mem, bus);
	return ok;
}

static bool masks_are_kept(struct linktest *lt)
{
	static const unsigned int bits[] = { 24, 30, 32, 33, 35, 40, 64 };
	struct device *dev = &lt->pdev->dev;
	bool ok = true;
	unsigned int i;

	for (i = 0; ok && i < ARRAY_SIZE(bits); i++) {
		u64 mask = DMA_BIT_MASK(bits[i]);
		dma_addr_t bus;
		void *mem;

		ok = linktest_equal(lt, "set mask", dma_set_mask_and_coherent(dev, mask), 0);
		mem = dma_alloc_coherent(dev, 3 * PAGE_SIZE, &bus, GFP_KERNEL);
		ok = ok && linktest_equal(lt, "allocated", mem != NULL, 1) &&
		     linktest_equal(lt, "address beyond mask", (bus + 3 * PAGE_SIZE - 1) & ~mask, 0) &&
		     linktest_equal(lt, "alignment", bus & (4 * PAGE_SIZE - 1), 0);
		if (mem)
			dma_free_coherent(dev, 3 * PAGE_SIZE, mem, bus);
	}
	dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	return ok && linktest_equal(lt, "20 bits refused", dma_set_mask(dev, DMA_BIT_MASK(20)) != 0, 1);
}

static bool addresses_are_not_reused_soon(struct linktest *lt)
{
	struct device *dev = &lt->pdev->dev;
	dma_addr_t last = 0, bus, first = 0;
	u8 *page = (u8 *)get_zeroed_page(GFP_KERNEL);
	bool ok = true;
	int i;

	if (!page)
		return false;
	for (i = 0; ok && i < 20000; i++) {
		bus = dma_map_single(dev, page + 16, 32, DMA_TO_DEVICE);
		if (dma_mapping_error(dev, bus))
			ok = linktest_equal(lt, "mapping error", i, -1);
		if (!first)
			first = bus;
		else
			ok = ok && linktest_equal(lt, "reuse", bus == last || bus == first, 0);
		last = bus;
		dma_unmap_single(dev, bus, 32, DMA_TO_DEVICE);
	}
	free_page((unsigned long)page);
	return ok;
}

static bool scatter_list(struct linktest *lt)
{
	struct device *dev = &lt->pdev->dev;
	struct scatterlist sg[4], *s;
	u8 *page[4] = { NULL };
	bool ok = true;
	int i, nr;

	sg_init_table(sg, 4);
	for (i = 0; i < 4; i++) {
		page[i] = (u8 *)__get_free_page(GFP_KERNEL);
		if (!page[i])
			ok = false;
		else
			fill(page[i], PAGE_SIZE, i);
		if (ok)
			sg_set_buf(&sg[i], page[i] + 16 * i, 1024);
	}
	if (ok) {
		nr = dma_map_sg(dev, sg, 4, DMA_TO_DEVICE);
		ok = linktest_equal(lt, "entries", nr, 4);
		for_each_sg(sg, s, nr, i)
			ok = ok && linktest_equal(lt, "fetch", linktest_command(lt, CMD_FETCH, sg_dma_address(s),
										sg_dma_len(s)), STATUS_DONE) &&
			     buffer_is(lt, page[i] + 16 * i, 1024);
		dma_unmap_sg(dev, sg, 4, DMA_TO_DEVICE);
	}
	for (i = 0; i < 4; i++)
		free_page((unsigned long)page[i]);
	return ok;
}

static bool fetch_add(struct linktest *lt)
{
	dma_addr_t bus;
	u32 *mem = dma_alloc_coherent(&lt->pdev->dev, 64, &bus, GFP_KERNEL);
	bool ok;

	if (!mem)
		return false;
	mem[1] = 1000;
	writel(23, lt->bar + REG_BUFFER);
	ok = linktest_equal(lt, "status", linktest_command(lt, CMD_FETCHADD, bus + 4, 4), STATUS_DONE) &&
	     linktest_equal(lt, "old value", readl(lt->bar + REG_BUFFER), 1000) &&
	     linktest_equal(lt, "new value", READ_ONCE(mem[1]), 1023);
	dma_free_coherent(&lt->pdev->dev, 64, mem, bus);
	return ok;
}

/* A block that no page allocator gives out in one piece. */
static bool large_coherent_block(struct linktest *lt)
{
	size_t bytes = 16 << 20;
	dma_addr_t bus;
	u8 *mem = dma_alloc_coherent(&lt->pdev->dev, bytes, &bus, GFP_KERNEL);
	bool ok;

	if (!mem)
		return linktest_equal(lt, "allocated", 0, 1);
	fill(mem + bytes - 4096, 4096, 77);
	ok = linktest_equal(lt, "fetch", linktest_command(lt, CMD_FETCH, bus + bytes - 4096, 4096), STATUS_DONE) &&
	     buffer_is(lt, mem + bytes - 4096, 4096) && fetch_is_refused(lt, "past the end", bus + bytes, 4);
	dma_free_coherent(&lt->pdev->dev, bytes, mem, bus);
	return ok;
}

static int unmapper(void *arg)
{
	struct linktest *lt = arg;
	struct device *dev = &lt->pdev->dev;
	u8 *page = (u8 *)get_zeroed_page(GFP_KERNEL);
	unsigned long wrong = 0;
	unsigned int i, j;

	/* after unmap returns nobody writes: the memory is ours again */
	for (i = 0; page && !kthread_should_stop(); i++) {
		dma_addr_t bus = dma_map_single(dev, page, 4096, DMA_FROM_DEVICE);

		if (dma_mapping_error(dev, bus))
			break;
		writeq(bus, lt->bar + REG_DMA_ADDR);
		writel(CMD_STORE, lt->bar + REG_COMMAND);
		udelay(i % 50);
		dma_unmap_single(dev, bus, 4096, DMA_FROM_DEVICE);
		memset(page, CANARY, 4096);
		udelay(20);
		for (j = 0; j < 4096; j++)
			wrong += page[j] != CANARY;
		cond_resched();
	}
	while (!kthread_should_stop())
		msleep(1);
	free_page((unsigned long)page);
	return min(wrong, 1000000UL);
}

static bool unmap_ends_all_writes(struct linktest *lt)
{
	struct task_struct *task;

	memset_io(lt->bar + REG_BUFFER, 0x22, BUFFER_BYTES);
	writel(4096, lt->bar + REG_DMA_BYTES);
	task = kthread_run(unmapper, lt, "linktest_unmap");
	if (IS_ERR(task))
		return false;
	msleep(1500);
	return linktest_equal(lt, "bytes written after unmap", kthread_stop(task), 0);
}

const struct linktest_case linktest_dma_cases[] = {
	{ "coherent_fetch_and_store", coherent_fetch_and_store },
	{ "streaming_store_is_exact", streaming_store_is_exact },
	{ "sub_page_neighbours_are_unreachable", sub_page_neighbours_are_unreachable },
	{ "wrong_direction_is_refused", wrong_direction_is_refused },
	{ "holes_are_refused", holes_are_refused },
	{ "bus_master_off_is_refused", bus_master_off_is_refused },
	{ "masks_are_kept", masks_are_kept },
	{ "addresses_are_not_reused_soon", addresses_are_not_reused_soon },
	{ "scatter_list", scatter_list },
	{ "fetch_add", fetch_add },
	{ "large_coherent_block", large_coherent_block },
	{ "unmap_ends_all_writes", unmap_ends_all_writes },
	{ }
};
