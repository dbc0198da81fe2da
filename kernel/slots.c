// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Pages of DMA slots and their table. PURE, see slots.h.
 *
 * The area and its table are memory that the bridge can write as well: nothing of it
 * is read here. What is known is in private memory.
 */
#include "slots.h"

#ifdef __KERNEL__
#include <asm/barrier.h>
#define word_set(p, v)		WRITE_ONCE(*(p), v)
#define word_set_release(p, v)	virt_store_release(p, v)
#define write_barrier()		virt_wmb()
#else
/* each field in order, instead of a fence, which the thread sanitizer does not know */
#define word_set(p, v)		__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define word_set_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define write_barrier()		do { } while (0)
#endif

/* Free places that turn out to be too small, in one search: it runs with interrupts off. */
#define MAX_PROBES	64

void pciem_slots_init(struct pciem_slots *slots, struct pciem_slot *table, struct pciem_slots_page *page,
		      u64 *taken, u64 *held, u32 nr_pages)
{
	*slots = (struct pciem_slots) {
		.table = table, .page = page, .taken = taken, .held = held,
		.nr_pages = nr_pages, .next = 1,
	};
	memset(table, 0, nr_pages * sizeof(*table));
	taken[0] |= 1;
	slots->nr_taken = 1;
}

/* Bits [@from, @from + @nr) of the word with number @idx. */
static u64 word_mask(u32 idx, u32 from, u32 nr)
{
	u32 low = idx * 64, first = from > low ? from - low : 0;
	u32 end = from + nr - low;

	return (~0ULL << first) & (end < 64 ? (1ULL << end) - 1 : ~0ULL);
}

static void mark(u64 *map, u32 from, u32 nr, bool is_set)
{
	u32 i;

	for (i = from / 64; i <= (from + nr - 1) / 64; i++) {
		if (is_set)
			map[i] |= word_mask(i, from, nr);
		else
			map[i] &= ~word_mask(i, from, nr);
	}
}

/* The last page of [@from, @from + @nr) that is taken; 0: all are free. */
static u32 last_taken(const struct pciem_slots *slots, u32 from, u32 nr)
{
	u32 i = (from + nr - 1) / 64;

	for (;; i--) {
		u64 bits = slots->taken[i] & word_mask(i, from, nr);

		if (bits)
			return i * 64 + 63 - (u32)__builtin_clzll(bits);
		if (i == from / 64)
			return 0;
	}
}

/* The first page from @from on that is free, or @slots->nr_pages or more. */
static u32 next_free(const struct pciem_slots *slots, u32 from)
{
	u32 i = from / 64;
	u64 bits;

	if (from >= slots->nr_pages)
		return from;
	bits = ~slots->taken[i] & (~0ULL << from % 64);
	while (!bits && ++i < pciem_slots_map_words(slots->nr_pages))
		bits = ~slots->taken[i];
	return bits ? i * 64 + (u32)__builtin_ctzll(bits) : slots->nr_pages;
}

static u32 align_up(u32 at, u32 align)
{
	return (at + align - 1) & ~(align - 1);
}

u32 pciem_slots_take(struct pciem_slots *slots, u32 nr, u32 align)
{
	u32 at = slots->next, last, probes;
	bool has_wrapped = false;

	if (!nr || nr >= slots->nr_pages - slots->nr_taken || align >= slots->nr_pages)
		return 0;
	for (probes = 0; probes < MAX_PROBES; probes++) {
		at = align_up(next_free(slots, at), align);
		/* and one for the guard */
		if (at >= slots->nr_pages || nr + 1 > slots->nr_pages - at) {
			if (has_wrapped)
				return 0;
			has_wrapped = true;
			at = 1;
			continue;
		}
		last = last_taken(slots, at, nr + 1);
		if (!last) {
			mark(slots->taken, at, nr + 1, true);
			slots->nr_taken += nr + 1;
			slots->page[at].run = nr;
			slots->next = at + nr + 1;
			return at;
		}
		at = last + 1;
	}
	/* not here: the next search goes on where this one ended */
	slots->next = at;
	return 0;
}

void pciem_slots_settle(struct pciem_slots *slots, u32 dma_epoch)
{
	u32 i;

	if (!slots->nr_held || dma_epoch == slots->held_epoch)
		return;
	for (i = 0; i < pciem_slots_map_words(slots->nr_pages); i++) {
		slots->taken[i] &= ~slots->held[i];
		slots->held[i] = 0;
	}
	slots->nr_taken -= slots->nr_held;
	slots->nr_held = 0;
}

bool pciem_slots_give(struct pciem_slots *slots, u32 first, u32 dma_epoch)
{
	u32 nr;

	if (first >= slots->nr_pages || !slots->page[first].run)
		return false;
	nr = slots->page[first].run + 1;
	slots->page[first].run = 0;
	pciem_slots_settle(slots, dma_epoch);
	if (dma_epoch & 1) {
		mark(slots->held, first, nr, true);
		slots->nr_held += nr;
		slots->held_epoch = dma_epoch;
	} else {
		mark(slots->taken, first, nr, false);
		slots->nr_taken -= nr;
	}
	return true;
}

static void write_entry(struct pciem_slots *slots, u32 at, const struct pciem_slot *entry)
{
	struct pciem_slot *to = &slots->table[at];
	u32 seq = slots->page[at].seq;

	word_set(&to->seq, seq + 1);
	write_barrier();	/* odd before the fields: pairs with the reader's second look at seq */
	word_set(&to->requester, entry->requester);
	word_set(&to->dir, entry->dir);
	word_set(&to->start, entry->start);
	word_set(&to->end, entry->end);
	/* pairs with the reader's acquire of seq */
	word_set_release(&to->seq, seq + 2);
	slots->page[at].seq = seq + 2;
}

void pciem_slots_publish(struct pciem_slots *slots, u32 first, u32 nr, const struct pciem_slot *entry)
{
	u32 i;

	for (i = first; i < first + nr; i++)
		write_entry(slots, i, entry);
}

void pciem_slots_withdraw(struct pciem_slots *slots, u32 first, u32 nr)
{
	const struct pciem_slot none = { 0 };

	pciem_slots_publish(slots, first, nr, &none);
}
