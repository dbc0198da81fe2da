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
/* Neighbours looked at for each hold of the lock, interrupts off. */
#define MAX_PROBES		64

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
	list_add_tail(&map->of_dd, &map->dd->maps);
	dma->nr_maps++;
}

void pciem_dma_remove(struct pciem_dma *dma, struct pciem_map *map)
{
	struct pciem_ended *e = &dma->ended[dma->nr_ended++ % PCIEM_DMA_ENDED];

	if (map->slot)
		pciem_dma_slots_withdraw(dma, map);
	rb_erase(&map->node, &dma->maps);
	list_del(&map->of_dd);
	dma->nr_maps--;
	e->bus = map->bus;
	e->bytes = map->bytes;
	e->dd = map->dd;
	e->dir = map->dir;
	e->ended_ns = ktime_get_mono_fast_ns();
}

/* ---- bus addresses ---- */

/* Moves @at so that [@at, @at + bytes) is aligned and crosses no boundary. */
static u64 place(const struct pciem_dma_search *s, u64 at)
{
	at = ALIGN(at, s->align);
	if ((at & ~s->boundary) != ((at + s->bytes - 1) & ~s->boundary) && s->bytes - 1 <= s->boundary)
		at = ALIGN((at | s->boundary) + 1, s->align);
	return at;
}

static bool is_high(u64 mask)
{
	return mask > DMA_BIT_MASK(32);
}

void pciem_dma_search_begin(struct pciem_dma *dma, struct pciem_dma_search *s, struct device *dev, u64 bytes,
			    u64 align, u64 mask)
{
	*s = (struct pciem_dma_search) {
		.bytes = bytes, .align = align, .boundary = dma_get_seg_boundary(dev),
		.is_high = is_high(mask),
	};
	s->start = s->is_high ? ARENA_HIGH_START : ARENA_LOW_START;
	s->end = s->is_high ? pciem_root_mmio64_start() :
		 dma->slots ? PCIEM_SLOT_BUS : PCIEM_BUS_MMIO32_START;
	if (mask < s->end - 1)
		s->end = mask + 1;
	s->from = clamp(dma->cursor[s->is_high], s->start, s->end);
}

/* The arena's end: once more from its start, then there is none. */
static int wrap(struct pciem_dma_search *s)
{
	if (s->has_wrapped)
		return -ENOSPC;
	s->has_wrapped = true;
	s->from = s->start;
	return -EAGAIN;
}

int pciem_dma_search_step(struct pciem_dma *dma, struct pciem_dma_search *s, u64 *at)
{
	u64 next = place(s, s->from);
	unsigned int probes;

	for (probes = 0; probes < MAX_PROBES; probes++) {
		struct pciem_map *m;

		if (next < s->from || next + s->bytes < next || next + s->bytes > s->end)
			return wrap(s);
		m = first_ending_above(dma, next - GUARD_BYTES);
		if (!m || page_start(m) >= next + s->bytes + GUARD_BYTES) {
			*at = next;
			dma->cursor[s->is_high] = next + s->bytes + GUARD_BYTES;
			return 0;
		}
		s->from = page_end(m) + GUARD_BYTES;
		next = place(s, s->from);
	}
	return -EAGAIN;
}
