// SPDX-License-Identifier: Apache-2.0
/*
 * The comparator for cards that have none of their own. DMA writes are compared
 * byte by byte, by address; interrupts and messages by what they are and how
 * often. What the reference reads is what the RTL read last at that address,
 * since the host's last request; and if the RTL goes on without reading it again,
 * what it read before that.
 */
#define _GNU_SOURCE
#include "lockstep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE		4096
#define PAGES		8192	/* a power of two: buckets */
#define MESSAGES	256
#define REFUSED		64	/* the last addresses */
#define NO_ADDR		UINT64_MAX

/**
 * struct page - host memory as both sides know it
 * @seen: what the RTL read
 * @when: number of the host's requests before that, + 1, of each byte; 0: never
 * @wrote: what the reference wrote
 * @is_new: and the RTL has not written since
 */
struct page {
	struct page *next;
	uint64_t addr;
	uint8_t seen[PAGE];
	uint32_t when[PAGE];
	uint8_t wrote[PAGE];
	uint8_t is_new[PAGE];
};

struct message {
	uint64_t addr;
	uint32_t data;
	uint32_t count[RISER_NR_SIDES];
	uint64_t ahead_since;	/* cycle */
	bool is_ahead;		/* the reference */
};

/* A write of the RTL that the reference has to do, or of the reference. */
struct write {
	uint64_t addr;
	uint32_t len;
	uint64_t cycle;
	uint64_t seq;
	bool is_used;
	bool is_message;
	uint32_t message;
	uint32_t count;
	uint8_t *data;
	char access[RISER_TLP_TEXT_BYTES];
};

/* A write of the reference that the RTL may not have done. */
struct ahead {
	uint64_t addr;
	uint64_t cycle;
	uint32_t len;
};

struct bytes {
	struct riser_lockstep *ls;
	struct page *page[PAGES];
	uint32_t requests[RISER_NR_SIDES];
	struct { uint64_t addr; uint32_t bytes; } read[LS_CARD_TAGS];
	struct message message[MESSAGES];
	uint32_t nr_messages;
	struct write *write;	/* of the RTL; places are used again */
	uint32_t nr_writes, room_writes, free_from;
	struct ahead *ahead;	/* of the reference: a ring */
	uint32_t ahead_first, ahead_last, ahead_room;
	uint64_t refused[REFUSED];	/* of the RTL's reads, which have not succeeded since */
	uint32_t next_refused;
};

static struct page *page_of(struct bytes *b, uint64_t addr, bool make)
{
	uint64_t base = addr & ~(uint64_t)(PAGE - 1);
	uint32_t at = (uint32_t)((base >> 12) * 0x9e3779b97f4a7c15ULL >> 40) & (PAGES - 1);
	struct page *page;

	for (page = b->page[at]; page; page = page->next)
		if (page->addr == base)
			return page;
	page = make ? calloc(1, sizeof(*page)) : NULL;
	if (page) {
		page->addr = base;
		page->next = b->page[at];
		b->page[at] = page;
	}
	return page;
}

/* ---- what the RTL reads ---- */

static void rtl_read(struct bytes *b, const struct riser_tlp *tlp)
{
	uint32_t lead = 0;

	while (lead < 3 && tlp->first_be && !(tlp->first_be >> lead & 1))
		lead++;
	b->read[ls_card_tag(tlp)].addr = tlp->addr + lead;
	b->read[ls_card_tag(tlp)].bytes = riser_tlp_request_bytes(tlp);
}

static void refuse(struct bytes *b, uint64_t addr)
{
	b->refused[b->next_refused] = addr & ~3ULL;
	b->next_refused = (b->next_refused + 1) % REFUSED;
}

/* It has memory there by now. */
static void allow(struct bytes *b, uint64_t addr, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < REFUSED; i++)
		if (b->refused[i] >= (addr & ~3ULL) && b->refused[i] < addr + len)
			b->refused[i] = NO_ADDR;
}

static bool is_refused(const struct bytes *b, uint64_t addr)
{
	uint32_t i;

	for (i = 0; i < REFUSED; i++)
		if (b->refused[i] == (addr & ~3ULL))
			return true;
	return false;
}

static void rtl_data(struct bytes *b, const struct riser_tlp *tlp)
{
	uint64_t addr = b->read[ls_card_tag(tlp)].addr;
	uint32_t all = b->read[ls_card_tag(tlp)].bytes, i, skip, len;
	struct page *page;

	if (!all)
		return;
	if (tlp->status != RISER_CPL_SC || !tlp->data) {
		refuse(b, addr);
		return;
	}
	if (tlp->byte_count > all)
		return;
	addr += all - tlp->byte_count;
	skip = addr & 3;
	len = tlp->data_bytes - skip < tlp->byte_count ? tlp->data_bytes - skip : tlp->byte_count;
	allow(b, addr, len);
	for (i = 0; i < len; i++) {
		page = page_of(b, addr + i, true);
		if (!page)
			return;
		page->seen[(addr + i) % PAGE] = tlp->data[skip + i];
		page->when[(addr + i) % PAGE] = b->requests[RISER_SIDE_RTL] + 1;
	}
}

static enum riser_lockstep_read read_as_rtl(void *comparator, uint16_t tag, uint64_t addr,
					    uint32_t bytes, bool force, uint8_t *data)
{
	struct bytes *b = comparator;
	struct page *page;
	uint32_t i, when;

	(void)tag;
	if (is_refused(b, addr))
		return RISER_READ_REFUSED;
	for (i = 0; i < bytes; i++) {
		page = page_of(b, addr + i, false);
		when = page ? page->when[(addr + i) % PAGE] : 0;
		if (!when || (!force && when < b->requests[RISER_SIDE_REFERENCE] + 1))
			return RISER_READ_WAIT;
		data[i] = page->seen[(addr + i) % PAGE];
	}
	return RISER_READ_DATA;
}

/* ---- writes ---- */

static bool is_message(const struct riser_tlp *tlp)
{
	return tlp->kind != RISER_TLP_MWR || tlp->addr >> 20 == 0xfee;
}

static uint32_t data_of(const struct riser_tlp *tlp)
{
	uint32_t data = 0;

	if (tlp->data && tlp->data_bytes >= 4)
		memcpy(&data, tlp->data, 4);
	return data;
}

static struct message *message_of(struct bytes *b, const struct riser_tlp *tlp)
{
	uint64_t addr = tlp->kind == RISER_TLP_MWR ? tlp->addr :
			1ULL << 63 | (uint64_t)tlp->code << 8 | tlp->routing;
	uint32_t i, data = data_of(tlp);

	for (i = 0; i < b->nr_messages; i++)
		if (b->message[i].addr == addr && b->message[i].data == data)
			return &b->message[i];
	if (i == MESSAGES)
		return NULL;
	b->message[i] = (struct message){ .addr = addr, .data = data };
	b->nr_messages++;
	return &b->message[i];
}

static struct write *free_write(struct bytes *b)
{
	struct write *more;

	for (; b->free_from < b->nr_writes; b->free_from++)
		if (!b->write[b->free_from].is_used)
			return &b->write[b->free_from];
	if (b->nr_writes == b->room_writes) {
		more = realloc(b->write, (2 * b->room_writes + 64) * sizeof(*more));
		if (!more)
			return NULL;
		b->write = more;
		b->room_writes = 2 * b->room_writes + 64;
	}
	return &b->write[b->nr_writes++];
}

static void end_write(struct bytes *b, struct write *write)
{
	uint32_t at = (uint32_t)(write - b->write);

	free(write->data);
	write->data = NULL;
	write->is_used = false;
	if (at < b->free_from)
		b->free_from = at;
}

static struct write *new_write(struct bytes *b, const struct riser_tlp_event *event)
{
	struct write *write = free_write(b);

	if (!write)
		return NULL;
	*write = (struct write){ .is_used = true, .cycle = event->cycle, .seq = event->seq };
	riser_tlp_print(event->bytes, event->len, event->names, write->access,
			sizeof(write->access));
	return write;
}

static void expect_message(struct bytes *b, const struct riser_tlp_event *event)
{
	struct message *message = message_of(b, event->tlp);
	struct write *write;

	if (!message)
		return;
	write = new_write(b, event);
	if (!write)
		return;
	write->is_message = true;
	write->message = (uint32_t)(message - b->message);
	write->count = ++message->count[RISER_SIDE_RTL];
	if (message->count[RISER_SIDE_RTL] >= message->count[RISER_SIDE_REFERENCE])
		message->is_ahead = false;
	riser_lockstep_expect(b->ls, (uint32_t)(write - b->write));
}

/* Enabled bytes: with one dword by its enables, else from the first to the last. */
static uint32_t enabled(const struct riser_tlp *tlp, uint32_t *lead)
{
	*lead = 0;
	while (*lead < 3 && !(tlp->first_be >> *lead & 1))
		(*lead)++;
	return tlp->first_be ? riser_tlp_request_bytes(tlp) : 0;
}

static void expect_write(struct bytes *b, const struct riser_tlp_event *event)
{
	uint32_t lead, len = enabled(event->tlp, &lead);
	struct write *write;

	if (!len || !event->tlp->data)
		return;
	write = new_write(b, event);
	if (!write)
		return;
	write->addr = event->tlp->addr + lead;
	write->len = len;
	write->data = malloc(len);
	if (!write->data) {
		end_write(b, write);
		return;
	}
	memcpy(write->data, event->tlp->data + lead, len);
	riser_lockstep_expect(b->ls, (uint32_t)(write - b->write));
}

/* Room for twice as many; a power of two. */
static bool grow_ahead(struct bytes *b)
{
	uint32_t room = b->ahead_room ? 2 * b->ahead_room : 1024, i;
	struct ahead *more = malloc(room * sizeof(*more));

	if (!more)
		return false;
	for (i = b->ahead_first; i != b->ahead_last; i++)
		more[i & (room - 1)] = b->ahead[i & (b->ahead_room - 1)];
	free(b->ahead);
	b->ahead = more;
	b->ahead_room = room;
	return true;
}

static void reference_write(struct bytes *b, const struct riser_tlp *tlp)
{
	uint32_t lead, len = enabled(tlp, &lead), i;
	uint64_t addr = tlp->addr + lead;
	struct page *page;

	if (!len || !tlp->data)
		return;
	for (i = 0; i < len; i++) {
		page = page_of(b, addr + i, true);
		if (!page)
			return;
		page->wrote[(addr + i) % PAGE] = tlp->data[lead + i];
		page->is_new[(addr + i) % PAGE] = 1;
	}
	if (b->ahead_last - b->ahead_first == b->ahead_room && !grow_ahead(b))
		return;
	b->ahead[b->ahead_last++ & (b->ahead_room - 1)] = (struct ahead){
		.addr = addr, .len = len, .cycle = riser_lockstep_now(b->ls),
	};
}

static void reference_message(struct bytes *b, const struct riser_tlp *tlp)
{
	struct message *message = message_of(b, tlp);

	if (!message)
		return;
	message->count[RISER_SIDE_REFERENCE]++;
	if (message->count[RISER_SIDE_REFERENCE] <= message->count[RISER_SIDE_RTL] ||
	    message->is_ahead)
		return;
	message->is_ahead = true;
	message->ahead_since = riser_lockstep_now(b->ls);
}

static bool is_met_write(struct bytes *b, const struct write *write)
{
	const struct riser_lockstep_place place = {
		.rule = "REF-03", .cycle = write->cycle, .seq = write->seq,
		.access = write->access,
	};
	struct page *page;
	uint32_t i;

	for (i = 0; i < write->len; i++) {
		page = page_of(b, write->addr + i, false);
		if (!page || !page->is_new[(write->addr + i) % PAGE])
			return false;
	}
	for (i = 0; i < write->len; i++) {
		page = page_of(b, write->addr + i, false);
		if (page->wrote[(write->addr + i) % PAGE] == write->data[i]) {
			page->is_new[(write->addr + i) % PAGE] = 0;
			continue;
		}
		riser_lockstep_diverge(b->ls, &place,
				       "the byte at 0x%" PRIx64 " is 0x%02x in the RTL and 0x%02x in the reference (%s)",
				       write->addr + i, write->data[i],
				       page->wrote[(write->addr + i) % PAGE], write->access);
		return false;
	}
	return true;
}

static bool is_done(void *comparator, uint32_t token)
{
	struct bytes *b = comparator;
	struct write *write = &b->write[token];
	bool is_met = write->is_message ?
		      b->message[write->message].count[RISER_SIDE_REFERENCE] >= write->count :
		      is_met_write(b, write);

	if (is_met)
		end_write(b, write);
	return is_met;
}

static char *overdue(void *comparator, uint32_t token, char *text, size_t size)
{
	struct bytes *b = comparator;
	const struct write *write = &b->write[token];
	const struct riser_lockstep_place place = {
		.rule = "REF-04", .cycle = write->cycle, .seq = write->seq,
		.access = write->access,
	};

	snprintf(text, size, "%s", write->access);
	riser_lockstep_diverge(b->ls, &place, "the RTL sends %s, the reference does not",
			       write->access);
	return text;
}

/* Is any byte of a write of the reference still without one of the RTL? */
static bool is_open(struct bytes *b, uint64_t addr, uint32_t len)
{
	struct page *page;
	uint32_t i;

	for (i = 0; i < len; i++) {
		page = page_of(b, addr + i, false);
		if (page && page->is_new[(addr + i) % PAGE])
			return true;
	}
	return false;
}

static void on_time(void *comparator, uint64_t cycle, uint64_t host_ns)
{
	struct bytes *b = comparator;
	uint64_t patience = riser_lockstep_config(b->ls)->patience, since;
	struct riser_lockstep_place place = { .rule = "REF-05", .seq = RISER_NO_SEQ };
	uint32_t i, at;

	(void)host_ns;
	for (; b->ahead_first != b->ahead_last; b->ahead_first++) {
		at = b->ahead_first & (b->ahead_room - 1);
		if (cycle - b->ahead[at].cycle <= patience)
			break;
		if (!is_open(b, b->ahead[at].addr, b->ahead[at].len))
			continue;
		place.cycle = b->ahead[at].cycle + patience;
		riser_lockstep_diverge(b->ls, &place,
				       "the reference writes %u bytes at 0x%" PRIx64
				       ", the RTL has not in %" PRIu64 " cycles since",
				       b->ahead[at].len, b->ahead[at].addr,
				       cycle - b->ahead[at].cycle);
	}
	for (i = 0; i < b->nr_messages; i++) {
		since = b->message[i].ahead_since;
		if (!b->message[i].is_ahead || cycle - since <= patience)
			continue;
		place.cycle = since + patience;
		riser_lockstep_diverge(b->ls, &place,
				       "the reference has sent message 0x%" PRIx64 " with 0x%x %u times, the RTL %u times, and none in %" PRIu64 " cycles since",
				       b->message[i].addr, b->message[i].data,
				       b->message[i].count[RISER_SIDE_REFERENCE],
				       b->message[i].count[RISER_SIDE_RTL], cycle - since);
	}
}

/* ---- TLPs ---- */

static void on_tlp(void *comparator, enum riser_side side, const struct riser_tlp_event *event)
{
	const struct riser_tlp *tlp = event->tlp;
	bool is_rtl = side == RISER_SIDE_RTL;
	struct bytes *b = comparator;

	if (event->direction == RISER_TO_CARD) {
		if (event->tlp_class != RISER_COMPLETION)
			b->requests[side]++;
		else if (is_rtl)
			rtl_data(b, tlp);
		return;
	}
	if (tlp->kind == RISER_TLP_MRD && is_rtl)
		rtl_read(b, tlp);
	else if (event->tlp_class == RISER_NONPOSTED && is_rtl)
		b->read[ls_card_tag(tlp)].bytes = 0;	/* an AtomicOp: what it finds is no data */
	if (event->tlp_class != RISER_POSTED)
		return;
	if (is_message(tlp) && is_rtl)
		expect_message(b, event);
	else if (is_message(tlp))
		reference_message(b, tlp);
	else if (is_rtl)
		expect_write(b, event);
	else
		reference_write(b, tlp);
}

static void on_start(void *comparator, const struct riser_run_facts *facts)
{
	(void)comparator;
	(void)facts;
}

static void on_sideband(void *comparator, enum riser_side side, uint64_t cycle, uint32_t levels)
{
	(void)comparator;
	(void)side;
	(void)cycle;
	(void)levels;
}

static void on_site(void *comparator, const struct riser_site *site)
{
	(void)comparator;
	(void)site;
}

static int create(struct riser_lockstep *ls, void **comparator)
{
	struct bytes *b = calloc(1, sizeof(*b));
	uint32_t i;

	if (!b)
		return -ENOMEM;
	b->ls = ls;
	for (i = 0; i < REFUSED; i++)
		b->refused[i] = NO_ADDR;
	*comparator = b;
	return 0;
}

static void destroy(void *comparator)
{
	struct bytes *b = comparator;
	struct page *page;
	uint32_t i;

	for (i = 0; i < b->nr_writes; i++)
		free(b->write[i].data);
	free(b->write);
	free(b->ahead);
	for (i = 0; i < PAGES; i++)
		while ((page = b->page[i])) {
			b->page[i] = page->next;
			free(page);
		}
	free(b);
}

const struct riser_comparator_ops ls_bytes = {
	.name = "bytes",
	.words = "DMA writes byte by byte, interrupts and messages by number",
	.create = create,
	.destroy = destroy,
	.start = on_start,
	.tlp = on_tlp,
	.sideband = on_sideband,
	.site = on_site,
	.read = read_as_rtl,
	.is_met = is_done,
	.overdue = overdue,
	.time = on_time,
};
