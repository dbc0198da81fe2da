// SPDX-License-Identifier: Apache-2.0
/*
 * Ring code of the bridge. See ring.h for the index rules and
 * kernel/uapi/pciem.h for the layout. The other halves of the pairs named here
 * are in kernel/ring.c.
 */
#include "ring.h"

#include <errno.h>
#include <string.h>

/* Room that is always left at the end, so that a pad's header fits. */
#define TAIL_ROOM	((uint32_t)sizeof(struct pciem_rec))

void riser_down_init(struct riser_down *down, const uint8_t *base,
		     uint32_t bytes, const uint32_t *head_word,
		     uint32_t *tail_word)
{
	*down = (struct riser_down){
		.base = base, .bytes = bytes,
		.head_word = head_word, .tail_word = tail_word,
	};
}

int riser_down_refresh(struct riser_down *down)
{
	/* pairs with the kernel's release of down_head: records before data */
	uint32_t head = __atomic_load_n(down->head_word, __ATOMIC_ACQUIRE);

	if (head % PCIEM_REC_ALIGN || head - down->tail > down->bytes ||
	    head - down->tail < down->next - down->tail)
		return -EPROTO;
	down->seen = head;
	return 0;
}

static bool down_rec_is_valid(const struct pciem_rec *rec, uint32_t available,
			      uint32_t to_end)
{
	if (rec->type == PCIEM_REC_PAD)
		return rec->bytes == to_end && to_end <= available;
	if (rec->bytes < sizeof(*rec) || rec->bytes % PCIEM_REC_ALIGN ||
	    rec->bytes > available || rec->bytes > to_end)
		return false;
	if (rec->bytes > PCIEM_REC_MAX_BYTES ||
	    rec->len > rec->bytes - sizeof(*rec))
		return false;
	if (rec->flags & ~(unsigned int)PCIEM_RECF_CALLER)
		return false;
	return rec->type <= PCIEM_REC_MARK;
}

int riser_down_next(struct riser_down *down, struct riser_down_rec *out)
{
	uint32_t offset, available, to_end;
	size_t header_bytes;

	for (;;) {
		available = down->seen - down->next;
		if (!available)
			return 0;
		offset = down->next & (down->bytes - 1);
		to_end = down->bytes - offset;
		/* indices are multiples of 16: at least half a header is there */
		header_bytes = to_end < sizeof(out->rec) ||
			       available < sizeof(out->rec) ?
			       PCIEM_REC_ALIGN : sizeof(out->rec);
		/* one copy; only the copy is validated and used */
		memset(&out->rec, 0, sizeof(out->rec));
		memcpy(&out->rec, down->base + offset, header_bytes);
		if (!down_rec_is_valid(&out->rec, available, to_end))
			return -EPROTO;
		down->next += out->rec.bytes;
		/* a pad has no number, and no more than its first 16 bytes */
		if (out->rec.type != PCIEM_REC_PAD)
			break;
	}
	if (out->rec.seq != down->seq)
		return -EPROTO;
	down->seq++;
	out->body = down->base + offset + sizeof(out->rec);
	out->end = down->next;
	return 1;
}

void riser_down_release(struct riser_down *down, uint32_t end)
{
	if (end == down->tail)
		return;
	down->tail = end;
	/* pairs with the kernel's acquire of down_tail: our reads are done */
	__atomic_store_n(down->tail_word, end, __ATOMIC_RELEASE);
}

void riser_up_init(struct riser_up *up, uint8_t *base, uint32_t bytes,
		   uint32_t *head_word, const uint32_t *tail_word)
{
	*up = (struct riser_up){
		.base = base, .bytes = bytes,
		.head_word = head_word, .tail_word = tail_word,
	};
}

int riser_up_refresh(struct riser_up *up)
{
	/* pairs with the kernel's release of up_tail: its reads are done */
	uint32_t tail = __atomic_load_n(up->tail_word, __ATOMIC_ACQUIRE);

	/* it lies between what was seen last and what was published */
	if (tail - up->seen > up->published - up->seen)
		return -EPROTO;
	up->seen = tail;
	return 0;
}

static void put_pad(struct riser_up *up, uint32_t bytes)
{
	struct pciem_rec pad = {
		.bytes = bytes, .type = PCIEM_REC_PAD,
	};

	memcpy(up->base + (up->head & (up->bytes - 1)), &pad, sizeof(pad));
	up->head += bytes;
}

uint8_t *riser_up_area(struct riser_up *up, uint32_t min, uint32_t *bytes)
{
	uint32_t offset = up->head & (up->bytes - 1);
	uint32_t to_end = up->bytes - offset;
	uint32_t space = up->bytes - (up->head - up->seen);

	if (to_end < min + TAIL_ROOM) {
		if (space < to_end + min) {
			*bytes = 0;
			return up->base + offset;
		}
		put_pad(up, to_end);
		space -= to_end;
		offset = 0;
		to_end = up->bytes;
	}
	/* TAIL_ROOM keeps the rest big enough for a pad's header */
	if (space > to_end - TAIL_ROOM)
		space = to_end - TAIL_ROOM;
	*bytes = space < min ? 0 : space;
	return up->base + offset;
}

void riser_up_advance(struct riser_up *up, uint32_t bytes)
{
	up->head += bytes;
}

void riser_up_publish(struct riser_up *up)
{
	if (up->published == up->head)
		return;
	up->published = up->head;
	/* pairs with the kernel's acquire of up_head: records before index */
	__atomic_store_n(up->head_word, up->head, __ATOMIC_RELEASE);
}
