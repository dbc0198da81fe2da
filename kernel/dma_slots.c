// SPDX-License-Identifier: GPL-2.0
/*
 * DMA slots of a link in split mode: pages of the shared memory that take the place
 * of drivers' buffers, so that the bridge can serve the card's requests in place
 * (uapi/pciem.h). slots.c knows which pages are free; here is where they lie, and
 * when the bridge has let go of them.
 *
 * The area has a mapping of its own, which lasts as long as the link, and thus as
 * any device below it: coherent memory that the driver of a removed card still holds
 * stays what it was when the ivshmem device was unbound. A new link of the same
 * memory does without slots until it is given back.
 *
 * Locks: slots->lock (raw, irqs off) for pages, inside the dma table's; an entry of
 * the table belongs to the mapping that has the page.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/barrier.h>

#include "dma.h"
#include "link.h"
#include "slots.h"

/*
 * struct pciem_dma_slots - the area of one link
 * @lock: of @pages and @nr_coherent
 * @gate_lock: the last one to write the gate has seen what is newest
 * @base: page 0
 * @phys: of page 0
 * @nr_coherent: allocations that drivers hold
 */
struct pciem_dma_slots {
	struct list_head node;
	struct pciem_link *link;
	raw_spinlock_t lock, gate_lock;
	struct pciem_slots pages;
	struct pciem_slot_gate *gate;
	void *area, *base;
	phys_addr_t phys;
	unsigned int nr_coherent;
};

static LIST_HEAD(areas);
static DEFINE_RAW_SPINLOCK(areas_lock);

static_assert(sizeof(struct pciem_slot) == 32);
static_assert(sizeof(struct pciem_slot_gate) == sizeof(struct pciem_slot));
static_assert(offsetof(struct pciem_slot, start) == 8);
static_assert(offsetof(struct pciem_bridge_words, dma_epoch) == 32);
static_assert(offsetof(struct pciem_bridge_words, slot_requests) == 40);
static_assert(PCIEM_PAGE_BYTES == PAGE_SIZE);
static_assert(PCIEM_SLOT_BUS + PCIEM_SLOTS_MAX_BYTES <= PCIEM_BUS_MMIO32_START);

/* ---- life ---- */

static void free_private(struct pciem_slots *pages)
{
	kvfree(pages->page);
	kvfree(pages->taken);
	kvfree(pages->held);
}

static int make_pages(struct pciem_dma_slots *slots, u32 nr)
{
	u32 words = pciem_slots_map_words(nr);
	struct pciem_slots *pages = &slots->pages;

	pages->page = kvcalloc(nr, sizeof(*pages->page), GFP_KERNEL);
	pages->taken = kvcalloc(words, sizeof(u64), GFP_KERNEL);
	pages->held = kvcalloc(words, sizeof(u64), GFP_KERNEL);
	if (!pages->page || !pages->taken || !pages->held) {
		free_private(pages);
		return -ENOMEM;
	}
	pciem_slots_init(pages, slots->area, pages->page, pages->taken, pages->held, nr);
	slots->gate = slots->area;
	return 0;
}

/* Somebody holds coherent memory there, of a link that is over. */
static bool is_in_use(phys_addr_t start, u64 bytes)
{
	struct pciem_dma_slots *other;
	unsigned long irqflags;
	bool in_use = false;

	raw_spin_lock_irqsave(&areas_lock, irqflags);
	list_for_each_entry(other, &areas, node)
		if (READ_ONCE(other->nr_coherent) && other->phys < start + bytes &&
		    start < other->phys + (u64)other->pages.nr_pages * PAGE_SIZE)
			in_use = true;
	raw_spin_unlock_irqrestore(&areas_lock, irqflags);
	return in_use;
}

struct pciem_dma_slots *pciem_dma_slots_create(phys_addr_t start, u64 bytes)
{
	u32 nr = pciem_slots_nr_pages(bytes);
	struct pciem_dma_slots *slots;
	unsigned long irqflags;
	u64 table_bytes = bytes - (u64)nr * PAGE_SIZE;
	int ret = -ENOMEM;

	if (is_in_use(start, bytes))
		return ERR_PTR(-EBUSY);
	slots = kzalloc(sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock_init(&slots->lock);
	raw_spin_lock_init(&slots->gate_lock);
	slots->area = memremap(start, bytes, MEMREMAP_WB);
	if (!slots->area)
		goto err_free;
	slots->base = slots->area + table_bytes;
	slots->phys = start + table_bytes;
	ret = make_pages(slots, nr);
	if (ret)
		goto err_unmap;
	raw_spin_lock_irqsave(&areas_lock, irqflags);
	list_add(&slots->node, &areas);
	raw_spin_unlock_irqrestore(&areas_lock, irqflags);
	return slots;

err_unmap:
	memunmap(slots->area);
err_free:
	kfree(slots);
	return ERR_PTR(ret);
}

void pciem_dma_slots_destroy(struct pciem_dma_slots *slots)
{
	unsigned long irqflags;

	if (!slots)
		return;
	raw_spin_lock_irqsave(&areas_lock, irqflags);
	list_del(&slots->node);
	raw_spin_unlock_irqrestore(&areas_lock, irqflags);
	memunmap(slots->area);
	free_private(&slots->pages);
	kfree(slots);
}

void pciem_dma_slots_attach(struct pciem_dma *dma)
{
	struct pciem_link *link = dma->link;

	if (!link->ops->take_slots)
		return;
	dma->slots = link->ops->take_slots(link);
	if (dma->slots)
		dma->slots->link = link;
}

/* ---- pages ---- */

/*
 * The bridge's word, behind a full barrier after entries were withdrawn. slots->lock is
 * held: who comes later sees no older value. A block that went back to its owner has no
 * bridge that would begin anew.
 */
static u32 read_epoch(struct pciem_dma_slots *slots)
{
	struct pciem_link *link = slots->link;
	u32 epoch = 0;

	lockdep_assert_held(&slots->lock);
	if (pciem_block_peek(link)) {
		/* pairs with the bridge's fence between dma_epoch and its look at the table */
		virt_mb();
		epoch = READ_ONCE(link->bw->dma_epoch);
		pciem_block_peeked(link);
	}
	return epoch;
}

bool pciem_dma_slots_take(struct pciem_dma *dma, struct pciem_map *map, unsigned int offset, u64 align, u64 mask,
			  u64 boundary)
{
	struct pciem_dma_slots *slots = dma->slots;
	u32 nr = PAGE_ALIGN(offset + map->bytes) >> PAGE_SHIFT, first;
	unsigned long irqflags;
	u64 start;

	raw_spin_lock_irqsave(&slots->lock, irqflags);
	if (slots->pages.nr_held)
		pciem_slots_settle(&slots->pages, read_epoch(slots));
	first = pciem_slots_take(&slots->pages, nr, align >> PAGE_SHIFT);
	if (first && map->is_coherent)
		slots->nr_coherent++;
	raw_spin_unlock_irqrestore(&slots->lock, irqflags);
	if (!first) {
		pciem_count(dma->link, PCIEM_STAT_SLOTS_FULL);
		return false;
	}
	start = PCIEM_SLOT_BUS + (u64)first * PAGE_SIZE;
	map->slot = first;
	map->nr_slots = nr;
	if (start + (u64)nr * PAGE_SIZE - 1 > mask ||
	    (start & ~boundary) != ((start + (u64)nr * PAGE_SIZE - 1) & ~boundary)) {
		pciem_dma_slots_give(dma, map);
		return false;
	}
	map->bus = start + offset;
	map->va = slots->base + (size_t)first * PAGE_SIZE + offset;
	pciem_count(dma->link, PCIEM_STAT_SLOT_MAPS);
	return true;
}

static bool give(struct pciem_dma_slots *slots, u32 first, bool is_coherent)
{
	unsigned long irqflags;
	bool is_ours;

	raw_spin_lock_irqsave(&slots->lock, irqflags);
	is_ours = pciem_slots_give(&slots->pages, first, read_epoch(slots));
	if (is_ours && is_coherent)
		WRITE_ONCE(slots->nr_coherent, slots->nr_coherent - 1);
	raw_spin_unlock_irqrestore(&slots->lock, irqflags);
	return is_ours;
}

void pciem_dma_slots_give(struct pciem_dma *dma, struct pciem_map *map)
{
	give(dma->slots, map->slot, map->is_coherent);
	map->slot = 0;
}

void *pciem_dma_slots_va(const struct pciem_dma *dma, u64 bus)
{
	return dma->slots->base + (size_t)(bus - PCIEM_SLOT_BUS);
}

void pciem_dma_slots_publish(struct pciem_dma *dma, const struct pciem_map *map)
{
	const struct pciem_slot entry = {
		.requester = map->dd->bdf,
		.dir = (map->dir == DMA_FROM_DEVICE ? 0 : PCIEM_SLOT_READ) |
		       (map->dir == DMA_TO_DEVICE ? 0 : PCIEM_SLOT_WRITE),
		.start = map->bus,
		.end = map->bus + map->bytes,
	};

	lockdep_assert_held(&dma->lock);
	pciem_slots_publish(&dma->slots->pages, map->slot, map->nr_slots, &entry);
}

void pciem_dma_slots_withdraw(struct pciem_dma *dma, const struct pciem_map *map)
{
	lockdep_assert_held(&dma->lock);
	pciem_slots_withdraw(&dma->slots->pages, map->slot, map->nr_slots);
}

/* ---- coherent memory by its address: the device may be dead, and its link over ---- */

/* The area that @va lies in, which stays as long as a device of its link. */
static struct pciem_dma_slots *area_of(const void *va)
{
	struct pciem_dma_slots *slots, *found = NULL;
	unsigned long irqflags;

	if (list_empty(&areas))
		return NULL;
	raw_spin_lock_irqsave(&areas_lock, irqflags);
	list_for_each_entry(slots, &areas, node)
		if (va >= slots->base && va < slots->base + (size_t)slots->pages.nr_pages * PAGE_SIZE)
			found = slots;
	raw_spin_unlock_irqrestore(&areas_lock, irqflags);
	return found;
}

bool pciem_dma_slots_free(void *va)
{
	struct pciem_dma_slots *slots = area_of(va);
	size_t at;

	if (!slots)
		return false;
	at = va - slots->base;
	if (!PAGE_ALIGNED(at) || !give(slots, at >> PAGE_SHIFT, true))
		pr_warn_ratelimited("pciem: coherent memory is freed that is none\n");
	return true;
}

unsigned long pciem_dma_slots_pfn(const void *va)
{
	struct pciem_dma_slots *slots = area_of(va);

	return slots ? PHYS_PFN(slots->phys + (va - slots->base)) : 0;
}

/* ---- what the bridge and who reads the counters are told ---- */

/*
 * After each change of Bus Master Enable, bus number or payload size, of the session's
 * end and begin: for a request that came before, the change comes as late as for one
 * that the kernel is just serving.
 */
void pciem_dma_publish_gate(struct pciem_link *link)
{
	struct pciem_dma_slots *slots = link->dma ? link->dma->slots : NULL;
	u16 bus = READ_ONCE(link->secondary_bus) << 8;
	unsigned long irqflags;
	u32 masters = 0;
	u16 fn;

	if (likely(!slots))
		return;
	raw_spin_lock_irqsave(&slots->gate_lock, irqflags);
	for (fn = 0; fn < 8; fn++)
		if (pciem_root_bme(link, bus | fn))
			masters |= 1U << fn;
	WRITE_ONCE(slots->gate->mps_bytes, pciem_root_mps_bytes(link));
	WRITE_ONCE(slots->gate->bus_masters, masters ? masters | bus : 0);
	raw_spin_unlock_irqrestore(&slots->gate_lock, irqflags);
}

bool pciem_dma_slots_usage(struct pciem_link *link, struct pciem_slots_usage *usage)
{
	struct pciem_dma_slots *slots = link->dma ? link->dma->slots : NULL;
	unsigned long irqflags;

	if (!slots)
		return false;
	raw_spin_lock_irqsave(&slots->lock, irqflags);
	usage->nr_pages = slots->pages.nr_pages;
	usage->nr_taken = slots->pages.nr_taken;
	usage->nr_held = slots->pages.nr_held;
	raw_spin_unlock_irqrestore(&slots->lock, irqflags);
	usage->requests = 0;
	if (pciem_block_enter(link)) {
		usage->requests = READ_ONCE(link->bw->slot_requests);
		pciem_block_leave(link);
	}
	return true;
}
