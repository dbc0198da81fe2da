/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Pages of DMA slots: which are free, which are mapped, which may not be used
 * again yet, and the table that tells the bridge (uapi/pciem.h). PURE: the caller
 * brings the memory, and a lock for what says so.
 *
 * A page is free, taken (by a mapping, or as the guard behind one), or held: given
 * back while the bridge may have been writing to it. At least one page that is not
 * mapped lies between two mappings. A page that was given back is taken again as
 * late as possible.
 */
#ifndef PCIEM_SLOTS_H
#define PCIEM_SLOTS_H

#include "pure.h"
#include "uapi/pciem.h"

/**
 * struct pciem_slots - the pages of one area
 * @table: shared, written only
 * @page: private, one for each page
 * @taken: bitmap of pages that are not free
 * @held: bitmap of those that are held, a part of @taken
 * @nr_pages: page 0, which is never used, included
 * @nr_taken: of @taken
 * @nr_held: of @held
 * @next: where the next search begins
 * @held_epoch: dma_epoch of the bridge when all that is held was given back
 */
struct pciem_slots {
	struct pciem_slot *table;
	struct pciem_slots_page {
		u32 seq;	/* of its entry */
		u32 run;	/* pages of the mapping that begins here, without the guard; 0: none does */
	} *page;
	u64 *taken, *held;
	u32 nr_pages, nr_taken, nr_held;
	u32 next;
	u32 held_epoch;
};

/* Pages behind the table of an area of @bytes. */
static inline u32 pciem_slots_nr_pages(u64 bytes)
{
	u32 nr = (u32)(bytes / PCIEM_PAGE_BYTES);

	return nr - (nr + PCIEM_SLOT_GROUP_PAGES - 1) / PCIEM_SLOT_GROUP_PAGES;
}

/* u64s of one bitmap. */
static inline u32 pciem_slots_map_words(u32 nr_pages)
{
	return (nr_pages + 63) / 64;
}

/* @page, @taken and @held are zeroed memory; the table is cleared. */
void pciem_slots_init(struct pciem_slots *slots, struct pciem_slot *table, struct pciem_slots_page *page,
		      u64 *taken, u64 *held, u32 nr_pages);

/*
 * @nr pages in a row, the first a multiple of @align (a power of two). The caller's lock.
 * Return: the first one, or 0 when there is none, or none was found soon.
 */
u32 pciem_slots_take(struct pciem_slots *slots, u32 nr, u32 align);

/*
 * Gives back what pciem_slots_take() returned. Its entries are withdrawn, and
 * @dma_epoch was read after a full barrier behind that. The caller's lock.
 * Return: false: nothing begins at @first.
 */
bool pciem_slots_give(struct pciem_slots *slots, u32 first, u32 dma_epoch);

/* Frees what is held, if the bridge has moved on. The caller's lock. */
void pciem_slots_settle(struct pciem_slots *slots, u32 dma_epoch);

/* Tells the bridge; of @nr pages that are the caller's, who needs no lock. @entry->seq is not used. */
void pciem_slots_publish(struct pciem_slots *slots, u32 first, u32 nr, const struct pciem_slot *entry);
void pciem_slots_withdraw(struct pciem_slots *slots, u32 first, u32 nr);

#endif /* PCIEM_SLOTS_H */
