/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between dma.c (mappings as drivers make them) and dma_serve.c (requests of
 * the card against these mappings).
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
};

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

#endif /* PCIEM_DMA_H */
