// SPDX-License-Identifier: Apache-2.0
/*
 * Interrupts and reads, found by what they are: the third interrupt of a vector
 * is the third of that vector, whatever others come between.
 */
#include "play.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_EVENTS	64	/* an interrupt's data is not further before it */
#define SMALL_BYTES	64	/* a status entry, as against payload */
/* In the upper half of a completion entry. */
#define ENTRY_SQ_HEAD	0x000000000000ffffULL
#define ENTRY_PHASE	0x0001000000000000ULL

static uint64_t mix(uint64_t a, uint64_t b)
{
	const uint64_t words[2] = { a, b };

	return riser_hash64(words, sizeof(words), 0);
}

uint64_t play_read_key(uint64_t addr, uint32_t span)
{
	return mix(addr, span);
}

/* Address and data of an interrupt; code, routing and words of a message. */
uint64_t play_message_key(const struct riser_tlp *tlp)
{
	uint64_t data = 0;
	uint32_t i;

	for (i = 0; tlp->data && i < tlp->data_bytes && i < 8; i++)
		data |= (uint64_t)tlp->data[i] << 8 * i;
	if (tlp->kind == RISER_TLP_MWR)
		return mix(tlp->addr, data);
	return mix(mix((uint64_t)tlp->code << 8 | tlp->routing, data),
		   (uint64_t)tlp->msg[0] << 32 | tlp->msg[1]);
}

/* 16 bytes at once where 16 bytes fit; data comes in larger pieces. */
bool play_is_entry(const struct riser_plan *plan, const struct riser_tlp *tlp)
{
	return plan->is_nvme && tlp->kind == RISER_TLP_MWR && tlp->length_dw == 4 &&
	       !(tlp->addr & 15) && tlp->first_be == 15 && tlp->last_be == 15 &&
	       tlp->data_bytes == 16;
}

/*
 * Which command ended how. Not in it: in what order commands end that were in
 * flight together (the slot, and its Phase Tag), and how many commands had been
 * fetched by then (SQ Head Pointer). These are matters of speed, which a driver
 * must take as they come.
 */
uint64_t play_entry_key(const struct riser_tlp *tlp)
{
	uint64_t words[2];

	memcpy(words, tlp->data, sizeof(words));
	return mix(mix(words[0], 0x6e766d65), words[1] & ~(ENTRY_SQ_HEAD | ENTRY_PHASE));
}

static bool is_enabled(const struct riser_tlp *tlp, uint32_t i)
{
	uint32_t dw = i / 4;

	if (dw == 0)
		return tlp->first_be >> (i & 3) & 1;
	if (dw == tlp->length_dw - 1U)
		return tlp->last_be >> (i & 3) & 1;
	return true;
}

bool play_enabled(const struct riser_tlp *tlp, uint32_t offset,
		  struct play_run_of_bytes *run)
{
	uint32_t all = 4U * tlp->length_dw, i = offset;

	while (i < all && !is_enabled(tlp, i))
		i++;
	run->offset = i;
	run->addr = tlp->addr + i;
	while (i < all && is_enabled(tlp, i))
		i++;
	run->bytes = i - run->offset;
	return run->bytes;
}

uint32_t play_message_slot(const struct riser_plan *plan, uint64_t key)
{
	uint32_t at = (uint32_t)key & (plan->nr_keys - 1);

	while (plan->message_slot[at] != PLAY_NONE &&
	       plan->event[plan->message_slot[at]].key != key)
		at = (at + 1) & (plan->nr_keys - 1);
	return at;
}

uint32_t play_read_slot(const struct riser_plan *plan, uint64_t addr, uint32_t span)
{
	uint32_t at = (uint32_t)play_read_key(addr, span) & (plan->nr_keys - 1);
	const struct play_read *read;

	for (; plan->read_slot[at] != PLAY_NONE; at = (at + 1) & (plan->nr_keys - 1)) {
		read = &plan->read[plan->read_slot[at]];
		if (read->addr == addr && read->span == span)
			break;
	}
	return at;
}

static void chain(struct riser_plan *plan)
{
	uint32_t i, at;

	/* from the end: what is in the slot is the next one of the same key */
	for (i = plan->nr_events; i-- > 0;) {
		if (plan->event[i].kind != PLAY_MESSAGE &&
		    plan->event[i].kind != PLAY_ENTRY)
			continue;
		at = play_message_slot(plan, plan->event[i].key);
		plan->event[i].next = plan->message_slot[at];
		plan->message_slot[at] = i;
	}
	for (i = plan->nr_reads; i-- > 0;) {
		at = play_read_slot(plan, plan->read[i].addr, plan->read[i].span);
		plan->read[i].next = plan->read_slot[at];
		plan->read_slot[at] = i;
	}
}

bool play_is_small(const struct play_event *event)
{
	return event->kind == PLAY_ENTRY ||
	       (event->kind == PLAY_WRITE && event->nr <= SMALL_BYTES);
}

/* Each interrupt with the small write before it that no other one is about. */
static void pair(struct riser_plan *plan)
{
	uint32_t i, at = 0;

	for (i = 0; i < plan->nr_events; i++) {
		if (plan->event[i].kind != PLAY_MESSAGE)
			continue;
		if (i - at > NEAR_EVENTS)
			at = i - NEAR_EVENTS;
		while (at < i && !play_is_small(&plan->event[at]))
			at++;
		if (at < i)
			plan->event[i].pair = at++;
	}
}

int play_keys_make(struct riser_plan *plan)
{
	uint64_t nr = 1024;

	while (nr < 2ULL * (plan->nr_events + plan->nr_reads))
		nr *= 2;
	plan->nr_keys = (uint32_t)nr;
	plan->message_slot = malloc(nr * sizeof(*plan->message_slot));
	plan->read_slot = malloc(nr * sizeof(*plan->read_slot));
	if (!plan->message_slot || !plan->read_slot)
		return -ENOMEM;
	memset(plan->message_slot, 0xff, nr * sizeof(*plan->message_slot));
	memset(plan->read_slot, 0xff, nr * sizeof(*plan->read_slot));
	chain(plan);
	pair(plan);
	return 0;
}
