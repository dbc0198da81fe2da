/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between dma.c and dma_map.c (mappings as drivers make them) and dma_serve.c
 * (requests of the card against these mappings).
 */
#ifndef PCIEM_DMA_H
#define PCIEM_DMA_H

#include <linux/dma-map-ops.h>
#include <linux/rbtree.h>

#include "pciem.h"

#define PCIEM_DMA_ENDED		256

/* A function that maps; lives until the link goes, the device points to @ops until it is removed. */
struct pciem_dma_dev {
	struct dma_map_ops ops;		/* dev->dma_ops: the way from a device to here */
	struct list_head node;
	struct pciem_dma *dma;
	struct list_head maps;		/* those of this function */
	struct device *dev;		/* NULL after the device is gone */
	u16 bdf;
	char name[48];			/* "nvme 0001:01:00.0" */
};

/* A live mapping: bytes [bus, bus + bytes) are those from @va on. */
struct pciem_map {
	struct rb_node node;
	u64 bus, bytes;
	void *va;
	void *buffer;			/* in a slot: the driver's memory, NULL for coherent memory */
	u32 slot, nr_slots;		/* first page in the area of slots and their number; 0: in none */
	struct pciem_dma_dev *dd;
	u8 dir;				/* enum dma_data_direction */
	bool is_coherent;
	bool is_over;			/* its driver is gone: nothing of it is reachable */
	struct list_head of_dd;		/* in @dd's list */
};

/* What is remembered of a mapping that ended. */
struct pciem_ended {
	u64 bus, bytes, ended_ns;
	struct pciem_dma_dev *dd;
	u8 dir;
};

/**
 * struct pciem_dma - bus addresses of one link
 * @lock: raw, irqs off; held while bytes are copied, so that an unmap that has
 *	returned means that no copy is under way
 * @maps: by bus address
 * @cursor: where the next search begins, below 4 GiB and above; it only moves
 *	on, so that an address is used again as late as possible
 * @ended: ring of the last mappings that ended
 * @slots: pages in memory that is shared with the bridge; NULL: none, as in local mode
 */
struct pciem_dma {
	struct pciem_link *link;
	raw_spinlock_t lock;
	struct rb_root maps;
	unsigned int nr_maps;
	u64 cursor[2];
	struct list_head devs;
	unsigned int nr_ended;
	struct pciem_ended ended[PCIEM_DMA_ENDED];
	struct pciem_dma_slots *slots;
};

#define PCIEM_DMA_MAPPING_MAX_BYTES	(1ULL << 30)

static inline struct pciem_dma_dev *pciem_dma_dd_of(struct device *dev)
{
	return (struct pciem_dma_dev *)container_of(get_dma_ops(dev), struct pciem_dma_dev, ops);
}

/* ---- dma_map.c ---- */

/* Maps @bytes at @va where they are. Return: DMA_MAPPING_ERROR when it cannot be. */
dma_addr_t pciem_dma_add_map(struct pciem_dma_dev *dd, void *va, size_t bytes, u64 align, u64 mask, u8 dir,
			     bool is_coherent, unsigned long caller);
/*
 * Maps @bytes by slots: of @buffer, which is copied in, or NULL: of coherent memory, zeroed.
 * Return: DMA_MAPPING_ERROR when there are no slots for it.
 */
dma_addr_t pciem_dma_add_slots(struct device *dev, void *buffer, size_t bytes, u64 align, u64 mask, u8 dir,
			       unsigned long caller);
/* The one way or the other, as there is room. */
dma_addr_t pciem_dma_map_buffer(struct device *dev, void *va, size_t size, enum dma_data_direction dir,
				unsigned long caller);
/* Copies a part of a mapping between its slots, if it has some, and its buffer. Whose the mapping is keeps it. */
void pciem_dma_sync(struct pciem_dma_dev *dd, dma_addr_t bus, size_t bytes, bool for_device);
/* Ends a mapping. Return: it, for pciem_dma_free_map(); NULL when there is no such mapping, which is told. */
struct pciem_map *pciem_dma_take_map(struct pciem_dma_dev *dd, dma_addr_t bus, size_t bytes, unsigned long caller);
void pciem_dma_free_map(struct pciem_map *map);
/* Ends the mapping of a buffer, with what the card wrote in it. */
void pciem_dma_drop_buffer(struct pciem_dma_dev *dd, dma_addr_t bus, size_t bytes, unsigned long attrs,
			   unsigned long caller);
/* All of a device that is gone. Coherent memory stays: the driver may still use it, and free it. */
void pciem_dma_drop_maps_of(struct pciem_dma *dma, struct pciem_dma_dev *dd);
int pciem_dma_map_init(void);
void pciem_dma_map_exit(void);

/* ---- dma_table.c ---- */

/* The mapping with the highest start at or below @addr; NULL if none. @dma->lock is held. */
struct pciem_map *pciem_dma_map_below(struct pciem_dma *dma, u64 addr);

/* For the others too, @dma->lock is held. */
void pciem_dma_insert(struct pciem_dma *dma, struct pciem_map *map);
/* Takes @map off the table and notes that it ended. */
void pciem_dma_remove(struct pciem_dma *dma, struct pciem_map *map);
/* A search for a bus address; it may take several rounds, between which the lock is dropped. */
struct pciem_dma_search {
	u64 bytes;			/* whole pages */
	u64 align;
	u64 boundary;			/* mask: not to be crossed */
	u64 start, end;			/* arena */
	u64 from;			/* where this round begins */
	bool is_high, has_wrapped;
};

/* Prepares a search for @bytes of whole pages that @dev can reach with @mask. */
void pciem_dma_search_begin(struct pciem_dma *dma, struct pciem_dma_search *search, struct device *dev,
			    u64 bytes, u64 align, u64 mask);
/* One round. Return: 0 found in *@at, -EAGAIN call again, -ENOSPC there is none. */
int pciem_dma_search_step(struct pciem_dma *dma, struct pciem_dma_search *search, u64 *at);

const char *pciem_dma_dir_name(u8 dir);

/* ---- dma_slots.c ---- */

/* Takes over what the link's owner made for it. */
void pciem_dma_slots_attach(struct pciem_dma *dma);
/*
 * Pages for @map->bytes that begin at @offset in a page; sets @map->bus, ->va, ->slot and
 * ->nr_slots. @align in bytes. Nothing is published, and the pages hold what they held.
 * Return: false when there are none, or none that the device reaches.
 */
bool pciem_dma_slots_take(struct pciem_dma *dma, struct pciem_map *map, unsigned int offset, u64 align, u64 mask,
			  u64 boundary);
/* Gives them back. Withdrawn they are already. */
void pciem_dma_slots_give(struct pciem_dma *dma, struct pciem_map *map);
/* Lets the bridge serve requests to @map, and not any more. @dma->lock is held. */
void pciem_dma_slots_publish(struct pciem_dma *dma, const struct pciem_map *map);
void pciem_dma_slots_withdraw(struct pciem_dma *dma, const struct pciem_map *map);
/* Where the page with bus address @bus is, which is in a slot. */
void *pciem_dma_slots_va(const struct pciem_dma *dma, u64 bus);
/* Frees coherent memory at @va; its mapping may have ended long ago. Return: false: it is in no slot. */
bool pciem_dma_slots_free(void *va);
/* Page frame of coherent memory in slots, which has no struct page; 0: @va is in no slot. */
unsigned long pciem_dma_slots_pfn(const void *va);

#endif /* PCIEM_DMA_H */
