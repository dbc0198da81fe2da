/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bridge's look at DMA slots (kernel/uapi/pciem.h): which memory a request of
 * the card means, and copies as a root complex makes them. No state of its own.
 */
#ifndef RISER_BRIDGE_SLOTS_H
#define RISER_BRIDGE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "../kernel/uapi/pciem.h"

/**
 * struct riser_slots - an area
 * @table: written by the kernel; each field is read once and checked
 * @pages: page 0
 */
struct riser_slots {
	const struct pciem_slot *table;
	uint8_t *pages;
	uint32_t nr_pages;
};

/* A range that the card asked for. */
struct riser_slot_asked {
	uint64_t addr;
	uint32_t bytes;
	uint16_t requester;
	bool is_write;
};

/**
 * struct riser_slot_found - where it is
 * @seq: of the entry, for riser_slots_is_same()
 */
struct riser_slot_found {
	uint8_t *at;
	uint32_t page;
	uint32_t seq;
};

/* Pages behind the table of an area of @bytes. */
static inline uint32_t riser_slots_nr_pages(uint64_t bytes)
{
	uint32_t nr = (uint32_t)(bytes / PCIEM_PAGE_BYTES);

	return nr - (nr + PCIEM_SLOT_GROUP_PAGES - 1) / PCIEM_SLOT_GROUP_PAGES;
}

void riser_slots_init(struct riser_slots *slots, uint8_t *area, uint64_t bytes);
/* Cheap: whether it may be worth a look at the table. */
static inline bool riser_slots_has(const struct riser_slots *slots,
				   uint64_t addr)
{
	return addr >= PCIEM_SLOT_BUS &&
	       addr - PCIEM_SLOT_BUS <
	       (uint64_t)slots->nr_pages * PCIEM_PAGE_BYTES;
}
/* Max_Payload_Size if the kernel serves requests of @requester at all, else 0. */
uint32_t riser_slots_gate(const struct riser_slots *slots, uint16_t requester);
/* Whether all of @asked is in one mapping that allows it. */
bool riser_slots_find(const struct riser_slots *slots,
		      const struct riser_slot_asked *asked,
		      struct riser_slot_found *found);
/* After memory was read: the mapping is the one that was found. */
bool riser_slots_is_same(const struct riser_slots *slots,
			 const struct riser_slot_found *found);
/* In rising order, naturally aligned pieces whole. */
void riser_slots_write(uint8_t *to, const uint8_t *from, uint32_t bytes);
void riser_slots_read(uint8_t *to, const uint8_t *from, uint32_t bytes);

#endif /* RISER_BRIDGE_SLOTS_H */
