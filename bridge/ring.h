/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bridge's side of the two rings of kernel/uapi/pciem.h.
 *
 * Indices are private; the shared words are output only (own side) or copied
 * once and validated (kernel's side). One thread.
 */
#ifndef RISER_BRIDGE_RING_H
#define RISER_BRIDGE_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "../kernel/uapi/pciem.h"

/* Room that a model's run() may need at once: a largest TLP of each class. */
#define RISER_TX_MIN_BYTES	(3U * PCIEM_REC_MAX_BYTES)

/**
 * struct riser_down - consumer of the kernel's records
 * @seen: producer index as last read
 * @next: index of the next record to look at
 * @tail: what has been given back to the kernel
 * @seq: number of the next record
 */
struct riser_down {
	const uint8_t *base;
	uint32_t bytes;
	const uint32_t *head_word;
	uint32_t *tail_word;
	uint32_t seen;
	uint32_t next;
	uint32_t tail;
	uint64_t seq;
};

/**
 * struct riser_down_rec - a record, its header copied and validated
 * @body: in the ring; valid until released
 * @end: index behind the record, for riser_down_release()
 */
struct riser_down_rec {
	struct pciem_rec rec;
	const uint8_t *body;
	uint32_t end;
};

void riser_down_init(struct riser_down *down, const uint8_t *base,
		     uint32_t bytes, const uint32_t *head_word,
		     uint32_t *tail_word);
/* Reads the producer index; -EPROTO if it cannot be. */
int riser_down_refresh(struct riser_down *down);
/* 1: @out is the next record, passed over; 0: none; -EPROTO: cannot be. */
int riser_down_next(struct riser_down *down, struct riser_down_rec *out);
/* A place in the ring, to come back to. */
struct riser_down_mark {
	uint32_t next;
	uint64_t seq;
};

static inline struct riser_down_mark
riser_down_mark(const struct riser_down *down)
{
	return (struct riser_down_mark){ down->next, down->seq };
}

static inline void riser_down_back(struct riser_down *down,
				   struct riser_down_mark mark)
{
	down->next = mark.next;
	down->seq = mark.seq;
}

/* Everything before index @end is not needed any more. */
void riser_down_release(struct riser_down *down, uint32_t end);

/**
 * struct riser_up - producer of records for the kernel
 * @seen: consumer index as last read
 * @head: index behind what was written, published or not
 * @published: index behind what the kernel may see
 */
struct riser_up {
	uint8_t *base;
	uint32_t bytes;
	uint32_t *head_word;
	const uint32_t *tail_word;
	uint32_t seen;
	uint32_t head;
	uint32_t published;
	uint64_t seq;
};

void riser_up_init(struct riser_up *up, uint8_t *base, uint32_t bytes,
		   uint32_t *head_word, const uint32_t *tail_word);
/* Reads the consumer index; -EPROTO if it cannot be. */
int riser_up_refresh(struct riser_up *up);
/**
 * riser_up_area() - contiguous free memory at the head
 * @bytes: out: its size, 0 if less than @min fits; pads the end of the ring when
 *	that is what is in the way
 */
uint8_t *riser_up_area(struct riser_up *up, uint32_t min, uint32_t *bytes);
/* @bytes of records were written into the area. */
void riser_up_advance(struct riser_up *up, uint32_t bytes);
/* Makes everything written visible to the kernel. */
void riser_up_publish(struct riser_up *up);
static inline bool riser_up_is_empty(const struct riser_up *up)
{
	return up->seen == up->head;
}

#endif /* RISER_BRIDGE_RING_H */
