// SPDX-License-Identifier: GPL-2.0
/*
 * The table of live mappings, and the bus addresses that they get.
 *
 * Bus addresses are ours to choose: page offset kept, at least one unmapped
 * page between neighbours, used again as late as possible, below the device's
 * mask, clear of windows and messages (map of bus addresses: pciem.h). A stale
 * or wrong address hits nothing. Everything here is called with dma->lock held.
 */
#include <linux/ktime.h>
#include <linux/mm.h>

#include "dma.h"

#define ARENA_LOW_START		0x00100000ULL
#define ARENA_HIGH_START	0x100000000ULL
#define GUARD_BYTES		PAGE_SIZE
#define MAX_PROBES		20000

const char *pciem_dma_dir_name(u8 dir)
{
	switch (dir) {
	case DMA_BIDIRECTIONAL:
		return "BIDIRECTIONAL";
	case DMA_TO_DEVICE:
		return "TO_DEVICE";
	case DMA_FROM_DEVICE:
		return "FROM_DEVICE";
	default:
		return "NONE";
	}
}

struct pciem_map *pciem_dma_map_below(struct pciem_dma *dma, u64 addr)
{
	struct rb_node *n = dma->maps.rb_node;
	struct pciem_map *best = NULL;

	while (n) {
		struct pciem_map *m = rb_entry(n, struct pciem_map, node);

		if (m->bus <= addr) {
			best = m;
			n = n->rb_right;
		} else {
			n = n->rb_left;
		}
	}
	return best;
}

static u64 page_start(const struct pciem_map *m)
{
	return m->bus & PAGE_MASK;
}

static u64 page_end(const struct pciem_map *m)
{
	return PAGE_ALIGN(m->bus + m->bytes);
}

/* The mapping with the lowest pages that end above @addr. */
static struct pciem_map *first_ending_above(struct pciem_dma *dma, u64 addr)
{
	struct rb_node *n = dma->maps.rb_node;
	struct pciem_map *best = NULL;

	while (n) {
		struct pciem_map *m = rb_entry(n, struct pciem_map, node);

		if (page_end(m) > addr) {
			best = m;
			n = n->rb_left;
		} else {
			n = n->rb_right;
		}
	}
	return best;
}

void pciem_dma_insert(struct pciem_dma *dma, struct pciem_map *map)
{
	struct rb_node **link = &dma->maps.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = map->bus < rb_entry(parent, struct pciem_map, node)->bus ? &parent->rb_left :
										  &parent->rb_right;
	}
	rb_link_node(&map->node, parent, link);
	rb_insert_color(&map->node, &dma->maps);
	dma->nr_maps++;
}

void pciem_dma_remove(struct pciem_dma *dma, struct pciem_map *map)
{
	struct pciem_ended *e = &dma->ended[dma->nr_ended++ % PCIEM_DMA_ENDED];

	rb_erase(&map->node, &dma->maps);
	dma->nr_maps--;
	e->bus = map->bus;
	e->bytes = map->bytes;
	e->dd = map->dd;
	e->dir = map->dir;
	e->ended_ns = ktime_get_mono_fast_ns();
}

/* ---- bus addresses ---- */

struct want {
	u64 bytes;		/* whole pages */
	u64 align;
	u64 boundary;		/* mask: not to be crossed */
	u64 start, end;		/* arena */
};

/* Moves @at so that [@at, @at + bytes) is aligned and crosses no boundary. */
static u64 place(const struct want *w, u64 at)
{
	at = ALIGN(at, w->align);
	if ((at & ~w->boundary) != ((at + w->bytes - 1) & ~w->boundary) && w->bytes - 1 <= w->boundary)
		at = ALIGN((at | w->boundary) + 1, w->align);
	return at;
}

/* First hole at or behind @from; 0 if there is none. */
static u64 find_hole(struct pciem_dma *dma, const struct want *w, u64 from)
{
	unsigned int probes;
	u64 at = place(w, from);

	for (probes = 0; probes < MAX_PROBES; probes++) {
		struct pciem_map *m;

		if (at < from || at + w->bytes < at || at + w->bytes > w->end)
			return 0;
		m = first_ending_above(dma, at - GUARD_BYTES);
		if (!m || page_start(m) >= at + w->bytes + GUARD_BYTES)
			return at;
		at = place(w, page_end(m) + GUARD_BYTES);
	}
	return 0;
}

static bool is_high(u64 mask)
{
	return mask > DMA_BIT_MASK(32);
}

/* Page address for @bytes of whole pages, 0 if there is none. @dma->lock is held. */
u64 pciem_dma_alloc_bus(struct pciem_dma *dma, struct device *dev, u64 bytes, u64 align, u64 mask)
{
	u64 *cursor = &dma->cursor[is_high(mask)];
	struct want w = { .bytes = bytes, .align = align, .boundary = dma_get_seg_boundary(dev) };
	u64 at;

	w.start = is_high(mask) ? ARENA_HIGH_START : ARENA_LOW_START;
	w.end = is_high(mask) ? pciem_root_mmio64_start() : PCIEM_BUS_MMIO32_START;
	if (mask < w.end - 1)
		w.end = mask + 1;
	at = find_hole(dma, &w, clamp(*cursor, w.start, w.end));
	if (!at)
		at = find_hole(dma, &w, w.start);
	if (at)
		*cursor = at + bytes + GUARD_BYTES;
	return at;
}
