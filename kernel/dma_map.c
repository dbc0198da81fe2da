// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of drivers: how one is made, kept in step with its buffer, and ended.
 * dma.c has the operations that drivers call, dma_table.c the table.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "dma.h"
#include "trace.h"

#define MAX_MAPS	(1U << 20)

static struct kmem_cache *map_cache;

void pciem_dma_free_map(struct pciem_map *map)
{
	kmem_cache_free(map_cache, map);
}

static struct pciem_map *new_map(struct pciem_dma_dev *dd, void *va, size_t bytes, u8 dir, bool is_coherent)
{
	struct pciem_map *map;

	if (!bytes || bytes > PCIEM_DMA_MAPPING_MAX_BYTES)
		return NULL;
	map = kmem_cache_alloc(map_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!map)
		return NULL;
	map->bytes = bytes;
	map->va = va;
	map->buffer = NULL;
	map->slot = 0;
	map->dd = dd;
	map->dir = dir;
	map->is_coherent = is_coherent;
	map->is_over = false;
	return map;
}

dma_addr_t pciem_dma_add_map(struct pciem_dma_dev *dd, void *va, size_t bytes, u64 align, u64 mask, u8 dir,
			     bool is_coherent, unsigned long caller)
{
	struct pciem_map *map = new_map(dd, va, bytes, dir, is_coherent);
	struct pciem_dma *dma = dd->dma;
	struct pciem_dma_search search;
	unsigned long irqflags;
	u64 at = 0;
	int ret;

	if (!map)
		return DMA_MAPPING_ERROR;
	raw_spin_lock_irqsave(&dma->lock, irqflags);
	if (dd->dev)
		pciem_dma_search_begin(dma, &search, dd->dev, PAGE_ALIGN(offset_in_page(va) + bytes),
				       align, mask);
	do {
		/* a device that is gone gets nothing: its address may be the next card's */
		ret = dd->dev && dma->nr_maps < MAX_MAPS ? pciem_dma_search_step(dma, &search, &at) : -ENODEV;
		if (ret != -EAGAIN)
			break;
		raw_spin_unlock_irqrestore(&dma->lock, irqflags);
		raw_spin_lock_irqsave(&dma->lock, irqflags);
	} while (true);
	if (!ret) {
		map->bus = at + offset_in_page(va);
		pciem_dma_insert(dma, map);
	}
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	if (ret) {
		pciem_dma_free_map(map);
		return DMA_MAPPING_ERROR;
	}
	trace_pciem_dma_map(pciem_link_id(dma->link), caller, map->bus, bytes, dir);
	return map->bus;
}

/* ---- slots ---- */

/* @map has pages that hold what the card may see: from here on it is served. */
static bool open_slots(struct pciem_dma *dma, struct pciem_map *map)
{
	unsigned long irqflags;
	bool is_open;

	raw_spin_lock_irqsave(&dma->lock, irqflags);
	is_open = map->dd->dev && dma->nr_maps < MAX_MAPS;
	if (is_open) {
		pciem_dma_insert(dma, map);
		pciem_dma_slots_publish(dma, map);
	}
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	return is_open;
}

/*
 * @buffer: what is mapped; NULL: coherent memory. What a card does not write of a buffer
 * that it may write is what was there before, so the buffer is copied in for each direction.
 * Return: DMA_MAPPING_ERROR when there are no slots for it.
 */
dma_addr_t pciem_dma_add_slots(struct device *dev, void *buffer, size_t bytes, u64 align, u64 mask, u8 dir,
			       unsigned long caller)
{
	struct pciem_dma_dev *dd = pciem_dma_dd_of(dev);
	struct pciem_map *map = new_map(dd, NULL, bytes, dir, !buffer);
	struct pciem_dma *dma = dd->dma;

	if (!map)
		return DMA_MAPPING_ERROR;
	map->buffer = buffer;
	if (!pciem_dma_slots_take(dma, map, offset_in_page(buffer), align, mask, dma_get_seg_boundary(dev)))
		goto err_map;
	if (buffer)
		memcpy(map->va, buffer, bytes);
	else
		memset(map->va, 0, PAGE_ALIGN(bytes));
	if (!open_slots(dma, map)) {
		pciem_dma_slots_give(dma, map);
		goto err_map;
	}
	trace_pciem_dma_map(pciem_link_id(dma->link), caller, map->bus, bytes, dir);
	return map->bus;

err_map:
	pciem_dma_free_map(map);
	return DMA_MAPPING_ERROR;
}

/* A part of a mapping between its slots and the buffer. Whose the mapping is keeps it. */
void pciem_dma_sync(struct pciem_dma_dev *dd, dma_addr_t bus, size_t bytes, bool for_device)
{
	struct pciem_dma *dma = dd->dma;
	void *slot = NULL, *buffer = NULL;
	unsigned long irqflags;
	struct pciem_map *map;

	if (!dma->slots)
		return;
	raw_spin_lock_irqsave(&dma->lock, irqflags);
	map = pciem_dma_map_below(dma, bus);
	if (map && map->buffer && map->dd == dd && bus - map->bus < map->bytes) {
		bytes = min_t(u64, bytes, map->bytes - (bus - map->bus));
		slot = map->va + (bus - map->bus);
		buffer = map->buffer + (bus - map->bus);
	}
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	if (buffer && for_device)
		memcpy(slot, buffer, bytes);
	else if (buffer)
		memcpy(buffer, slot, bytes);
}

/* ---- the end of a mapping ---- */

/* Return: the mapping, off the table; NULL when there is no such mapping. */
struct pciem_map *pciem_dma_take_map(struct pciem_dma_dev *dd, dma_addr_t bus, size_t bytes, unsigned long caller)
{
	struct pciem_dma *dma = dd->dma;
	unsigned long irqflags;
	struct pciem_map *map;

	raw_spin_lock_irqsave(&dma->lock, irqflags);
	map = pciem_dma_map_below(dma, bus);
	if (map && map->bus == bus && map->dd == dd)
		pciem_dma_remove(dma, map);
	else
		map = NULL;
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	if (!map) {
		pr_warn_ratelimited("pciem: %s unmaps 0x%llx, which is not mapped, at %pS\n", dd->name, (u64)bus,
				    (void *)caller);
		return NULL;
	}
	if (map->bytes != bytes)
		pr_warn_ratelimited("pciem: %s unmaps %zu bytes at 0x%llx, %llu were mapped, at %pS\n", dd->name,
				    bytes, (u64)bus, map->bytes, (void *)caller);
	trace_pciem_dma_unmap(pciem_link_id(dma->link), caller, bus, map->bytes, map->dir);
	return map;
}

void pciem_dma_drop_buffer(struct pciem_dma_dev *dd, dma_addr_t bus, size_t bytes, unsigned long attrs,
			   unsigned long caller)
{
	struct pciem_map *map = pciem_dma_take_map(dd, bus, bytes, caller);

	if (!map)
		return;
	if (map->buffer) {
		if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC) && map->dir != DMA_TO_DEVICE)
			memcpy(map->buffer, map->va, map->bytes);
		pciem_dma_slots_give(dd->dma, map);
	}
	pciem_dma_free_map(map);
}

dma_addr_t pciem_dma_map_buffer(struct device *dev, void *va, size_t size, enum dma_data_direction dir,
				unsigned long caller)
{
	u64 mask = dma_get_mask(dev);
	dma_addr_t bus;

	if (unlikely(pciem_dma_dd_of(dev)->dma->slots)) {
		bus = pciem_dma_add_slots(dev, va, size, PAGE_SIZE, mask, dir, caller);
		if (bus != DMA_MAPPING_ERROR)
			return bus;
	}
	return pciem_dma_add_map(pciem_dma_dd_of(dev), va, size, PAGE_SIZE, mask, dir, false, caller);
}

/* ---- of a device that is gone ---- */

/* Takes one mapping of @dd off the table. Return: NULL when there is none. */
static struct pciem_map *take_map_of(struct pciem_dma *dma, struct pciem_dma_dev *dd)
{
	unsigned long irqflags;
	struct pciem_map *map;

	raw_spin_lock_irqsave(&dma->lock, irqflags);
	map = list_first_entry_or_null(&dd->maps, struct pciem_map, of_dd);
	if (map)
		pciem_dma_remove(dma, map);
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	return map;
}

/* Coherent memory stays: the driver may still use it, and free it. */
void pciem_dma_drop_maps_of(struct pciem_dma *dma, struct pciem_dma_dev *dd)
{
	struct pciem_map *map;
	unsigned int nr = 0;

	while ((map = take_map_of(dma, dd))) {
		if (nr++ < 4)
			pr_warn("pciem: %s left [0x%llx, 0x%llx) %s mapped\n", dd->name, map->bus,
				map->bus + map->bytes, pciem_dma_dir_name(map->dir));
		/* its buffer may be somebody else's by now: nothing is copied back */
		if (map->buffer)
			pciem_dma_slots_give(dma, map);
		pciem_dma_free_map(map);
	}
	if (nr > 4)
		pr_warn("pciem: %s left %u mappings in all\n", dd->name, nr);
}

/*
 * One for all links, and not made with the first of them: where a kernel cannot
 * name a cache in sysfs, it loses some bytes of it.
 */
int pciem_dma_map_init(void)
{
	map_cache = KMEM_CACHE(pciem_map, 0);
	return map_cache ? 0 : -ENOMEM;
}

void pciem_dma_map_exit(void)
{
	kmem_cache_destroy(map_cache);
}
