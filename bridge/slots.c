// SPDX-License-Identifier: Apache-2.0
/*
 * Lookup in the table of DMA slots, and copies. See slots.h. The other half of the
 * pairs named here is in kernel/slots.c.
 */
#include "slots.h"

#include <string.h>

void riser_slots_init(struct riser_slots *slots, uint8_t *area, uint64_t bytes)
{
	slots->nr_pages = riser_slots_nr_pages(bytes);
	slots->table = (const void *)area;
	slots->pages = area + (bytes -
			       (uint64_t)slots->nr_pages * PCIEM_PAGE_BYTES);
}

uint32_t riser_slots_gate(const struct riser_slots *slots, uint16_t requester)
{
	const struct pciem_slot_gate *gate = (const void *)slots->table;
	uint32_t masters = __atomic_load_n(&gate->bus_masters,
					   __ATOMIC_RELAXED);
	uint32_t mps = __atomic_load_n(&gate->mps_bytes, __ATOMIC_RELAXED);

	/* bits of one byte for functions: device 0 alone */
	if (requester >> 8 != masters >> 8 || requester & 0xf8 ||
	    !(masters >> (requester & 7) & 1))
		return 0;
	return mps >= 128 && mps <= 4096 && !(mps & (mps - 1)) ? mps : 0;
}

bool riser_slots_find(const struct riser_slots *slots,
		      const struct riser_slot_asked *asked,
		      struct riser_slot_found *found)
{
	uint64_t offset = asked->addr - PCIEM_SLOT_BUS, start, end;
	const struct pciem_slot *entry;
	uint16_t requester, dir;

	if (!riser_slots_has(slots, asked->addr))
		return false;
	found->page = (uint32_t)(offset / PCIEM_PAGE_BYTES);
	if (!found->page)
		return false;
	entry = &slots->table[found->page];
	/* pairs with the kernel's release of seq: the fields are not older */
	found->seq = __atomic_load_n(&entry->seq, __ATOMIC_ACQUIRE);
	/* each before seq is read again: pairs with the kernel's write barrier behind an odd seq */
	requester = __atomic_load_n(&entry->requester, __ATOMIC_ACQUIRE);
	dir = __atomic_load_n(&entry->dir, __ATOMIC_ACQUIRE);
	start = __atomic_load_n(&entry->start, __ATOMIC_ACQUIRE);
	end = __atomic_load_n(&entry->end, __ATOMIC_ACQUIRE);
	if (!riser_slots_is_same(slots, found) || found->seq & 1)
		return false;
	if (requester != asked->requester ||
	    !(dir & (asked->is_write ? PCIEM_SLOT_WRITE : PCIEM_SLOT_READ)))
		return false;
	/* the table is as long as its memory, whatever an entry says */
	if (end > PCIEM_SLOT_BUS + (uint64_t)slots->nr_pages * PCIEM_PAGE_BYTES)
		return false;
	if (asked->addr < start || asked->addr >= end ||
	    asked->bytes > end - asked->addr)
		return false;
	found->at = slots->pages + offset;
	return true;
}

bool riser_slots_is_same(const struct riser_slots *slots,
			 const struct riser_slot_found *found)
{
	/* what was read before was read by acquire: before this */
	return __atomic_load_n(&slots->table[found->page].seq,
			       __ATOMIC_RELAXED) == found->seq;
}

/* Largest naturally aligned piece at @at that is not longer than @bytes. */
static uint32_t piece_at(const uint8_t *at, uint32_t bytes)
{
	uint32_t piece = 8;

	while (piece > bytes || (uintptr_t)at & (piece - 1))
		piece >>= 1;
	return piece;
}

/* Each piece is one access of its size: the guest's CPUs look on. */
#define STORE(type) do { \
		type value; \
		memcpy(&value, from, sizeof(value)); \
		__atomic_store_n((type *)(void *)to, value, __ATOMIC_RELEASE); \
	} while (0)
#define LOAD(type) do { \
		type value = __atomic_load_n((const type *)(const void *)from, \
					     __ATOMIC_ACQUIRE); \
		memcpy(to, &value, sizeof(value)); \
	} while (0)

void riser_slots_write(uint8_t *to, const uint8_t *from, uint32_t bytes)
{
	uint32_t piece;

	for (; bytes; bytes -= piece, to += piece, from += piece) {
		piece = piece_at(to, bytes);
		if (piece == 8)
			STORE(uint64_t);
		else if (piece == 4)
			STORE(uint32_t);
		else if (piece == 2)
			STORE(uint16_t);
		else
			STORE(uint8_t);
	}
}

void riser_slots_read(uint8_t *to, const uint8_t *from, uint32_t bytes)
{
	uint32_t piece;

	for (; bytes; bytes -= piece, to += piece, from += piece) {
		piece = piece_at(from, bytes);
		if (piece == 8)
			LOAD(uint64_t);
		else if (piece == 4)
			LOAD(uint32_t);
		else if (piece == 2)
			LOAD(uint16_t);
		else
			LOAD(uint8_t);
	}
}
