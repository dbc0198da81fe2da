// SPDX-License-Identifier: GPL-2.0
/*
 * GAT-06: what was mapped for the card is out of its reach once its driver has
 * let it go: what the driver freed, what it forgot, and all of it when the
 * device is removed. The memory stays allocated all the time, so that a write
 * that does arrive is seen.
 */
#include <linux/dma-mapping.h>
#include <linux/slab.h>

#include "ruletest.h"

#define BYTES	256
#define CANARY	0xc5

static struct {
	void *freed, *forgotten;
	dma_addr_t freed_bus, forgotten_bus;
	bool is_mapped;
} left;

/* While the driver is bound, the card reaches both. */
static bool gat_06_map(struct ruletest *rt)
{
	struct device *dev = &rt->pdev->dev;

	left.freed = kmalloc(BYTES, GFP_KERNEL);
	left.forgotten = kmalloc(BYTES, GFP_KERNEL);
	if (!left.freed || !left.forgotten)
		return ruletest_equal(rt, "memory", 0, 1);
	memset(left.freed, CANARY, BYTES);
	memset(left.forgotten, CANARY, BYTES);
	left.freed_bus = dma_map_single(dev, left.freed, BYTES, DMA_BIDIRECTIONAL);
	left.forgotten_bus = dma_map_single(dev, left.forgotten, BYTES, DMA_BIDIRECTIONAL);
	if (dma_mapping_error(dev, left.freed_bus) || dma_mapping_error(dev, left.forgotten_bus))
		return ruletest_equal(rt, "mappings", 0, 2);
	left.is_mapped = true;
	return ruletest_equal(rt, "fetch", ruletest_command(rt, CMD_FETCH, left.freed_bus, BYTES), STATUS_DONE) &&
	       ruletest_equal(rt, "fetch", ruletest_command(rt, CMD_FETCH, left.forgotten_bus, BYTES), STATUS_DONE);
}

void ruletest_dma_leave(struct ruletest *rt)
{
	if (left.is_mapped)
		dma_unmap_single(&rt->pdev->dev, left.freed_bus, BYTES, DMA_BIDIRECTIONAL);
	left.is_mapped = false;
}

static bool is_refused(struct ruletest *rt, const char *what, dma_addr_t bus, const u8 *mem)
{
	unsigned int i, changed = 0;

	memset_io(rt->bar + REG_BUFFER, 0x11, BYTES);
	if (!ruletest_equal(rt, what, ruletest_command(rt, CMD_FETCH, bus, BYTES), STATUS_UR) ||
	    !ruletest_equal(rt, "the card read it", readl(rt->bar + REG_BUFFER), 0x11111111))
		return false;
	ruletest_command(rt, CMD_STORE, bus, BYTES);
	for (i = 0; i < BYTES; i++)
		changed += mem[i] != CANARY;
	return ruletest_equal(rt, "bytes that the card wrote", changed, 0);
}

/* After unbind and bind, or after removal and another scan. */
static bool gat_06_gone(struct ruletest *rt)
{
	return ruletest_equal(rt, "GAT-06.map came before", left.freed && left.forgotten, 1) &&
	       is_refused(rt, "fetch of what was unmapped", left.freed_bus, left.freed) &&
	       is_refused(rt, "fetch of what was left mapped", left.forgotten_bus, left.forgotten);
}

const struct ruletest_case ruletest_dma_cases[] = {
	{ "GAT-06.map", gat_06_map },
	{ "GAT-06.gone", gat_06_gone },
	{ }
};
