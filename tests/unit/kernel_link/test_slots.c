// SPDX-License-Identifier: Apache-2.0
/*
 * kernel/slots.c: pages of DMA slots are taken with a guard behind them, come back
 * as late as possible, and not at all while the bridge may write to them; the table
 * never shows half an entry.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "slots.h"

#define NR_PAGES	512

struct fixture {
	struct pciem_slots slots;
	struct pciem_slot table[NR_PAGES];
	struct pciem_slots_page page[NR_PAGES];
	u64 taken[NR_PAGES / 64], held[NR_PAGES / 64];
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	pciem_slots_init(&f.slots, f.table, f.page, f.taken, f.held, NR_PAGES);
	*state = &f;
	return 0;
}

static void test_the_table_fits_before_its_pages(void **state)
{
	u64 total;
	u32 nr;

	(void)state;
	for (total = 2; total < 3000; total++) {
		nr = pciem_slots_nr_pages(total * PCIEM_PAGE_BYTES);
		assert_true(nr < total);
		assert_true(nr * sizeof(struct pciem_slot) <= (total - nr) * PCIEM_PAGE_BYTES);
		assert_true((nr + 127) / 128 <= total - nr);
	}
	assert_true(pciem_slots_nr_pages(PCIEM_SLOTS_MAX_BYTES) * (u64)PCIEM_PAGE_BYTES <= PCIEM_SLOTS_MAX_BYTES);
	assert_int_equal(pciem_slots_nr_pages((4096 + 32) * (u64)PCIEM_PAGE_BYTES), 4096);
}

static void test_page_0_is_never_taken(void **state)
{
	struct fixture *f = *state;
	u32 i;

	for (i = 0; i < 3 * NR_PAGES; i++) {
		u32 at = pciem_slots_take(&f->slots, 1, 1);

		assert_int_not_equal(at, 0);
		assert_true(pciem_slots_give(&f->slots, at, 0));
	}
	assert_int_equal(f->slots.nr_taken, 1);
}

static void test_a_guard_lies_between_neighbours(void **state)
{
	struct fixture *f = *state;
	u32 a = pciem_slots_take(&f->slots, 1, 1);
	u32 b = pciem_slots_take(&f->slots, 3, 1);
	u32 c = pciem_slots_take(&f->slots, 1, 1);

	assert_true(b >= a + 2);
	assert_true(c >= b + 4);
}

static void test_what_was_given_back_is_taken_again_last(void **state)
{
	struct fixture *f = *state;
	u32 first = pciem_slots_take(&f->slots, 1, 1), i;

	assert_true(pciem_slots_give(&f->slots, first, 0));
	for (i = 0; i < (NR_PAGES - 1) / 2 - 1; i++)
		assert_int_not_equal(pciem_slots_take(&f->slots, 1, 1), first);
	assert_int_equal(pciem_slots_take(&f->slots, 1, 1), first);
}

static void test_alignment_is_kept(void **state)
{
	struct fixture *f = *state;
	u32 i, at;

	for (i = 0; i < 7; i++) {
		assert_int_not_equal(pciem_slots_take(&f->slots, 1, 1), 0);
		at = pciem_slots_take(&f->slots, 8, 8);
		assert_int_not_equal(at, 0);
		assert_int_equal(at % 8, 0);
	}
	assert_int_equal(pciem_slots_take(&f->slots, 1, NR_PAGES), 0);
}

static void test_the_end_is_0_and_comes_without_harm(void **state)
{
	struct fixture *f = *state;
	u32 nr = 0;

	assert_int_equal(pciem_slots_take(&f->slots, NR_PAGES, 1), 0);
	assert_int_equal(pciem_slots_take(&f->slots, UINT32_MAX, 1), 0);
	assert_int_equal(pciem_slots_take(&f->slots, 0, 1), 0);
	while (pciem_slots_take(&f->slots, 1, 1))
		nr++;
	assert_int_equal(nr, (NR_PAGES - 1) / 2);
	assert_int_equal(pciem_slots_take(&f->slots, 1, 1), 0);
	assert_true(pciem_slots_give(&f->slots, 101, 0));
	assert_int_equal(pciem_slots_take(&f->slots, 2, 1), 0);
	assert_int_equal(pciem_slots_take(&f->slots, 1, 1), 101);
}

static void test_nothing_is_given_back_twice(void **state)
{
	struct fixture *f = *state;
	u32 at = pciem_slots_take(&f->slots, 4, 1);

	assert_false(pciem_slots_give(&f->slots, at + 1, 0));
	assert_true(pciem_slots_give(&f->slots, at, 0));
	assert_false(pciem_slots_give(&f->slots, at, 0));
	assert_false(pciem_slots_give(&f->slots, 0, 0));
	assert_false(pciem_slots_give(&f->slots, NR_PAGES, 0));
	assert_false(pciem_slots_give(&f->slots, UINT32_MAX, 0));
}

static void fill(struct fixture *f)
{
	while (pciem_slots_take(&f->slots, 1, 1))
		;
}

static void test_pages_are_held_until_the_bridge_moved_on(void **state)
{
	struct fixture *f = *state;

	fill(f);
	assert_true(pciem_slots_give(&f->slots, 11, 7));
	assert_true(pciem_slots_give(&f->slots, 13, 7));
	assert_int_equal(f->slots.nr_held, 4);
	pciem_slots_settle(&f->slots, 7);
	assert_int_equal(pciem_slots_take(&f->slots, 1, 1), 0);

	pciem_slots_settle(&f->slots, 8);
	assert_int_equal(f->slots.nr_held, 0);
	assert_int_equal(pciem_slots_take(&f->slots, 3, 1), 11);
}

static void test_what_is_held_later_frees_what_was_before(void **state)
{
	struct fixture *f = *state;

	fill(f);
	assert_true(pciem_slots_give(&f->slots, 11, 7));
	/* the bridge left its section and is in another one: 11 is free, 13 is not */
	assert_true(pciem_slots_give(&f->slots, 13, 9));
	assert_int_equal(f->slots.nr_held, 2);
	assert_int_equal(pciem_slots_take(&f->slots, 1, 1), 11);
	assert_int_equal(pciem_slots_take(&f->slots, 1, 1), 0);
	/* what is given back while the bridge is outside is free at once, and so is the rest */
	assert_true(pciem_slots_give(&f->slots, 15, 10));
	assert_int_equal(f->slots.nr_held, 0);
	assert_int_equal(pciem_slots_take(&f->slots, 3, 1), 13);
}

static void test_an_entry_says_who_and_what(void **state)
{
	const struct pciem_slot entry = {
		.requester = 0x0102, .dir = PCIEM_SLOT_READ, .start = 0x80003010, .end = 0x80005000,
	};
	struct fixture *f = *state;

	pciem_slots_publish(&f->slots, 3, 2, &entry);
	assert_int_equal(f->table[3].seq, 2);
	assert_int_equal(f->table[4].seq, 2);
	assert_int_equal(f->table[3].requester, 0x0102);
	assert_int_equal(f->table[4].dir, PCIEM_SLOT_READ);
	assert_int_equal(f->table[3].start, 0x80003010);
	assert_int_equal(f->table[4].end, 0x80005000);
	assert_int_equal(f->table[2].seq, 0);
	assert_int_equal(f->table[5].seq, 0);

	/* what the bridge writes there does not come back */
	f->table[3].seq = 77;
	pciem_slots_withdraw(&f->slots, 3, 2);
	assert_int_equal(f->table[3].seq, 4);
	assert_int_equal(f->table[3].end, 0);
	assert_int_equal(f->table[4].end, 0);
}

/* Against a plain array; the seed is fixed. */
static void test_random_steps_agree_with_a_model(void **state)
{
	enum { FREE, TAKEN, GUARD, HELD };
	struct fixture *f = *state;
	u8 model[NR_PAGES] = { TAKEN };
	u32 run[NR_PAGES] = { 0 }, epoch = 0, held_epoch = 0, i, k, at, nr;

	srand(4711);
	for (i = 0; i < 200000; i++) {
		at = (u32)rand() % NR_PAGES;
		nr = 1 + (u32)rand() % 9;
		switch (rand() % 4) {
		case 0:
			at = pciem_slots_take(&f->slots, nr, 1U << rand() % 4);
			if (!at)
				break;
			for (k = 0; k <= nr; k++) {
				assert_int_equal(model[at + k], FREE);
				model[at + k] = k < nr ? TAKEN : GUARD;
			}
			assert_int_not_equal(at > 1 ? model[at - 1] : FREE, TAKEN);
			run[at] = nr;
			break;
		case 1:
		case 2:
			for (k = 0; epoch != held_epoch && run[at] && k < NR_PAGES; k++)
				if (model[k] == HELD)
					model[k] = FREE;
			assert_int_equal(pciem_slots_give(&f->slots, at, epoch), run[at] > 0);
			for (k = 0; run[at] && k <= run[at]; k++)
				model[at + k] = epoch & 1 ? HELD : FREE;
			if (run[at] && epoch & 1)
				held_epoch = epoch;
			run[at] = 0;
			break;
		default:
			epoch += (u32)rand() % 3;
			pciem_slots_settle(&f->slots, epoch);
			for (k = 0; epoch != held_epoch && k < NR_PAGES; k++)
				if (model[k] == HELD)
					model[k] = FREE;
		}
		if (i % 64)
			continue;
		for (k = 0; k < NR_PAGES; k++) {
			assert_int_equal(f->taken[k / 64] >> k % 64 & 1, model[k] != FREE);
			assert_int_equal(f->held[k / 64] >> k % 64 & 1, model[k] == HELD);
		}
	}
}

/* ---- a reader beside the writer ---- */

struct race {
	struct fixture *f;
	int is_over;
	unsigned int nr_seen;
};

static void *read_entries(void *arg)
{
	struct race *race = arg;
	struct pciem_slot *entry = &race->f->table[5];
	struct pciem_slot e;
	u32 seq;

	while (!__atomic_load_n(&race->is_over, __ATOMIC_RELAXED)) {
		seq = __atomic_load_n(&entry->seq, __ATOMIC_ACQUIRE);
		e.requester = __atomic_load_n(&entry->requester, __ATOMIC_ACQUIRE);
		e.dir = __atomic_load_n(&entry->dir, __ATOMIC_ACQUIRE);
		e.start = __atomic_load_n(&entry->start, __ATOMIC_ACQUIRE);
		e.end = __atomic_load_n(&entry->end, __ATOMIC_ACQUIRE);
		if (seq & 1 || __atomic_load_n(&entry->seq, __ATOMIC_RELAXED) != seq)
			continue;
		race->nr_seen++;
		/* all fields of one mapping, or none of any */
		if (e.end)
			assert_true(e.end == e.start + e.requester && e.dir == (e.requester & 3));
		else
			assert_true(!e.start && !e.requester && !e.dir);
	}
	return NULL;
}

static void test_no_reader_sees_half_an_entry(void **state)
{
	struct race race = { .f = *state };
	struct pciem_slot entry = { 0 };
	pthread_t thread;
	u16 i;

	assert_int_equal(pthread_create(&thread, NULL, read_entries, &race), 0);
	for (i = 1; i < 60000; i++) {
		entry.requester = i;
		entry.dir = i & 3;
		entry.start = i * 4096ULL;
		entry.end = entry.start + i;
		pciem_slots_publish(&race.f->slots, 5, 1, &entry);
		if (!(i % 3))
			pciem_slots_withdraw(&race.f->slots, 5, 1);
	}
	__atomic_store_n(&race.is_over, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_table_fits_before_its_pages, setup),
		cmocka_unit_test_setup(test_page_0_is_never_taken, setup),
		cmocka_unit_test_setup(test_a_guard_lies_between_neighbours, setup),
		cmocka_unit_test_setup(test_what_was_given_back_is_taken_again_last, setup),
		cmocka_unit_test_setup(test_alignment_is_kept, setup),
		cmocka_unit_test_setup(test_the_end_is_0_and_comes_without_harm, setup),
		cmocka_unit_test_setup(test_nothing_is_given_back_twice, setup),
		cmocka_unit_test_setup(test_pages_are_held_until_the_bridge_moved_on, setup),
		cmocka_unit_test_setup(test_what_is_held_later_frees_what_was_before, setup),
		cmocka_unit_test_setup(test_an_entry_says_who_and_what, setup),
		cmocka_unit_test_setup(test_random_steps_agree_with_a_model, setup),
		cmocka_unit_test_setup(test_no_reader_sees_half_an_entry, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
