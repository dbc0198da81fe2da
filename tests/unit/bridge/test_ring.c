// SPDX-License-Identifier: Apache-2.0
/*
 * The bridge's half of the rings: order, wrap-around, and every value that
 * cannot be.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../bridge/ring.h"

#define BYTES (1U << 16)

struct memory {
	_Alignas(64) uint8_t ring[BYTES];
	uint32_t head;
	uint32_t tail;
	struct riser_down down;
	struct riser_up up;
	uint64_t seq;
};

static int setup(void **state)
{
	struct memory *m = aligned_alloc(64, sizeof(*m));

	if (!m)
		return -1;
	memset(m, 0, sizeof(*m));
	riser_down_init(&m->down, m->ring, BYTES, &m->head, &m->tail);
	riser_up_init(&m->up, m->ring, BYTES, &m->head, &m->tail);
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void put(struct memory *m, uint32_t *head, uint32_t bytes, uint16_t type,
		uint32_t len)
{
	struct pciem_rec rec = {
		.bytes = bytes, .type = type, .len = len, .seq = m->seq,
	};
	uint32_t room = BYTES - (*head & (BYTES - 1));

	memcpy(m->ring + (*head & (BYTES - 1)), &rec,
	       room < sizeof(rec) ? room : sizeof(rec));
	if (type != PCIEM_REC_PAD)
		m->seq++;
	*head += bytes;
}

static void test_records_come_in_order(void **state)
{
	struct riser_down_rec rec;
	struct memory *m = *state;

	assert_int_equal(riser_down_next(&m->down, &rec), 0);
	put(m, &m->head, 48, PCIEM_REC_TLP, 16);
	put(m, &m->head, 32, PCIEM_REC_RESET, 0);
	/* not seen before the index is read */
	assert_int_equal(riser_down_next(&m->down, &rec), 0);
	assert_int_equal(riser_down_refresh(&m->down), 0);
	assert_int_equal(riser_down_next(&m->down, &rec), 1);
	assert_int_equal(rec.rec.type, PCIEM_REC_TLP);
	assert_ptr_equal(rec.body, m->ring + 32);
	assert_int_equal(rec.end, 48);
	assert_int_equal(riser_down_next(&m->down, &rec), 1);
	assert_int_equal(rec.rec.type, PCIEM_REC_RESET);
	assert_int_equal(riser_down_next(&m->down, &rec), 0);
	assert_int_equal(m->tail, 0);
	riser_down_release(&m->down, 48);
	assert_int_equal(m->tail, 48);
	riser_down_release(&m->down, 48);
	assert_int_equal(m->tail, 48);
}

/* A pad of the kernel is 16 bytes long, whatever stands behind them. */
static void test_pads_of_any_size_are_passed(void **state)
{
	uint32_t rest, at;
	struct riser_down_rec rec;
	struct memory *m = *state;

	for (rest = 16; rest <= 96; rest += 16) {
		memset(m->ring, 0xff, BYTES);
		m->head = m->tail = BYTES - rest - 32;
		m->seq = 7;
		riser_down_init(&m->down, m->ring, BYTES, &m->head, &m->tail);
		m->down.next = m->down.seen = m->down.tail = m->head;
		m->down.seq = 7;
		at = m->head;
		put(m, &m->head, 32, PCIEM_REC_RESET, 0);
		put(m, &m->head, rest, PCIEM_REC_PAD, 0);
		put(m, &m->head, 32, PCIEM_REC_MARK, 0);
		assert_int_equal(riser_down_refresh(&m->down), 0);
		assert_int_equal(riser_down_next(&m->down, &rec), 1);
		assert_int_equal(rec.end, at + 32);
		assert_int_equal(riser_down_next(&m->down, &rec), 1);
		assert_int_equal(rec.rec.type, PCIEM_REC_MARK);
		assert_int_equal(rec.end, BYTES + 32);
		assert_int_equal(riser_down_next(&m->down, &rec), 0);
	}
}

static void test_impossible_heads_are_refused(void **state)
{
	struct riser_down_rec rec;
	struct memory *m = *state;

	m->head = 8;
	assert_int_equal(riser_down_refresh(&m->down), -EPROTO);
	m->head = BYTES + 16;
	assert_int_equal(riser_down_refresh(&m->down), -EPROTO);
	m->head = BYTES;
	assert_int_equal(riser_down_refresh(&m->down), 0);
	/* backwards, behind what has been taken */
	m->head = 0;
	put(m, &m->head, 64, PCIEM_REC_MARK, 0);
	assert_int_equal(riser_down_refresh(&m->down), 0);
	assert_int_equal(riser_down_next(&m->down, &rec), 1);
	m->head = 32;
	assert_int_equal(riser_down_refresh(&m->down), -EPROTO);
}

static void test_impossible_records_are_refused(void **state)
{
	static const struct {
		const char *what;
		struct pciem_rec rec;
		uint32_t head;
	} cases[] = {
		{ "smaller than a header", { .bytes = 16, .type = 1 }, 64 },
		{ "nothing at all", { .bytes = 0, .type = 1 }, 64 },
		{ "not a multiple", { .bytes = 40, .type = 1 }, 64 },
		{ "beyond the head", { .bytes = 80, .type = 1 }, 64 },
		{ "half a header", { .bytes = 32, .type = 1 }, 16 },
		{ "too large", { .bytes = PCIEM_REC_MAX_BYTES + 16, .type = 1 },
		  8192 },
		{ "body beyond the record",
		  { .bytes = 64, .type = 1, .len = 33 }, 64 },
		{ "body wraps", { .bytes = 64, .type = 1, .len = 0xfffffff0 },
		  64 },
		{ "unknown flag", { .bytes = 32, .type = 1, .flags = 2 }, 64 },
		{ "unknown type", { .bytes = 32, .type = 6 }, 64 },
		{ "an up record", { .bytes = 32, .type = PCIEM_REC_TIMEOUT },
		  64 },
		{ "pad in the middle", { .bytes = 64, .type = 0 }, 64 },
		{ "pad beyond the head", { .bytes = BYTES, .type = 0 }, 64 },
		{ "number missing", { .bytes = 32, .type = 1, .seq = 1 }, 64 },
	};
	struct riser_down_rec rec;
	struct memory *m = *state;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		riser_down_init(&m->down, m->ring, BYTES, &m->head, &m->tail);
		memcpy(m->ring, &cases[i].rec, sizeof(cases[i].rec));
		m->head = cases[i].head;
		assert_int_equal(riser_down_refresh(&m->down), 0);
		if (riser_down_next(&m->down, &rec) != -EPROTO)
			fail_msg("%s was accepted", cases[i].what);
	}
}

static void test_a_record_does_not_wrap(void **state)
{
	struct riser_down_rec rec;
	struct memory *m = *state;

	m->head = m->tail = BYTES - 64;
	m->down.next = m->down.seen = m->down.tail = m->head;
	put(m, &m->head, 80, PCIEM_REC_TLP, 16);
	assert_int_equal(riser_down_refresh(&m->down), 0);
	assert_int_equal(riser_down_next(&m->down, &rec), -EPROTO);
}

static void test_an_area_leaves_room_for_a_pad(void **state)
{
	struct memory *m = *state;
	struct pciem_rec pad;
	uint32_t bytes;
	uint8_t *area;

	area = riser_up_area(&m->up, RISER_TX_MIN_BYTES, &bytes);
	assert_ptr_equal(area, m->ring);
	assert_int_equal(bytes, BYTES - 32);
	/* as much as fits, then nothing is left */
	riser_up_advance(&m->up, BYTES - 32);
	riser_up_publish(&m->up);
	assert_int_equal(m->head, BYTES - 32);
	riser_up_area(&m->up, RISER_TX_MIN_BYTES, &bytes);
	assert_int_equal(bytes, 0);
	/* room at the start: the end is padded */
	m->tail = BYTES - 32;
	assert_int_equal(riser_up_refresh(&m->up), 0);
	assert_true(riser_up_is_empty(&m->up));
	area = riser_up_area(&m->up, RISER_TX_MIN_BYTES, &bytes);
	assert_ptr_equal(area, m->ring);
	assert_int_equal(bytes, BYTES - 32);
	memcpy(&pad, m->ring + BYTES - 32, sizeof(pad));
	assert_int_equal(pad.type, PCIEM_REC_PAD);
	assert_int_equal(pad.bytes, 32);
	riser_up_publish(&m->up);
	assert_int_equal(m->head, BYTES);
}

static void test_impossible_tails_are_refused(void **state)
{
	struct memory *m = *state;

	riser_up_advance(&m->up, 64);
	m->tail = 64;	/* written, but not published */
	assert_int_equal(riser_up_refresh(&m->up), -EPROTO);
	riser_up_publish(&m->up);
	assert_int_equal(riser_up_refresh(&m->up), 0);
	m->tail = 32;	/* backwards */
	assert_int_equal(riser_up_refresh(&m->up), -EPROTO);
}

/* Both halves in two threads, far around the 32-bit indices. */
static void *produce(void *arg)
{
	struct memory *m = arg;
	uint32_t i, j, len, bytes;
	struct pciem_rec rec;
	uint8_t *area;

	for (i = 0; i < 200000;) {
		area = riser_up_area(&m->up, 3 * 512, &bytes);
		if (!bytes) {
			if (riser_up_refresh(&m->up))
				abort();
			riser_up_publish(&m->up);
			sched_yield();
			continue;
		}
		len = i * 16 % 480;
		rec = (struct pciem_rec){ .bytes = 32 + len, .type = 1,
					  .len = len, .aux = i,
					  .seq = m->up.seq++ };
		memcpy(area, &rec, sizeof(rec));
		for (j = 0; j < len; j++)
			area[32 + j] = (uint8_t)(i + j);
		riser_up_advance(&m->up, rec.bytes);
		if (++i % 3 == 0)
			riser_up_publish(&m->up);
	}
	riser_up_publish(&m->up);
	return NULL;
}

static void test_two_threads_lose_nothing(void **state)
{
	struct riser_down_rec rec;
	struct memory *m = *state;
	pthread_t thread;
	uint32_t i, j;

	/* the indices overflow on the way */
	m->head = m->tail = 0xfff00000;
	m->up.head = m->up.published = m->up.seen = m->head;
	m->down.next = m->down.seen = m->down.tail = m->head;
	assert_int_equal(pthread_create(&thread, NULL, produce, m), 0);
	for (i = 0; i < 200000;) {
		if (riser_down_next(&m->down, &rec) == 0) {
			riser_down_release(&m->down, m->down.next);
			assert_int_equal(riser_down_refresh(&m->down), 0);
			sched_yield();
			continue;
		}
		assert_int_equal(rec.rec.aux, i);
		for (j = 0; j < rec.rec.len; j++)
			if (rec.body[j] != (uint8_t)(i + j))
				fail();
		i++;
	}
	pthread_join(thread, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_records_come_in_order),
		TEST(test_pads_of_any_size_are_passed),
		TEST(test_impossible_heads_are_refused),
		TEST(test_impossible_records_are_refused),
		TEST(test_a_record_does_not_wrap),
		TEST(test_an_area_leaves_room_for_a_pad),
		TEST(test_impossible_tails_are_refused),
		TEST(test_two_threads_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
