// SPDX-License-Identifier: Apache-2.0
/*
 * How run() starts, stops and repeats itself: the parts of the model ABI that
 * do not depend on the width of the data.
 * Usage: test_run MODEL.SO
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#include <cmocka.h>

static const char *model_path;

struct random {
	uint64_t state;
};

static uint32_t next(struct random *r, uint32_t below)
{
	r->state = r->state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(r->state >> 33) % below;
}

/* A stimulus is a pure function of @seed: TLPs at fixed cycles. */
struct stimulus {
	struct random random;
	uint64_t next_put;
	uint32_t nr;
};

static void put_something(struct bench *b, struct stimulus *s)
{
	uint32_t what = next(&s->random, 8);
	uint32_t n = 1 + next(&s->random, 60);
	uint32_t addr = next(&s->random, 16) * 64;

	if (what < 3)
		bench_write(b, what & 1, addr, NULL, n);
	else if (what < 5)
		bench_read(b, what & 1, addr, n, (uint8_t)s->nr);
	else if (what == 5)
		bench_write2(b, FX_DMA_WRITE, n, s->nr << 16);
	else if (what == 6)
		bench_read(b, false, FX_RANDOM, 1, (uint8_t)s->nr);
	else
		bench_read(b, false, FX_STORE | addr, 2, (uint8_t)s->nr);
	s->nr++;
	s->next_put += next(&s->random, 60);
}

static bool room(const struct bench *b)
{
	for (int c = 0; c < RISER_NR_CLASSES; c++) {
		if (b->run.rx[c].head - b->run.rx[c].tail >= BENCH_QUEUE / 2)
			return false;
	}
	return true;
}

/* Up to @until; each run() is at most @chunk cycles (0: a pseudo-random number). */
static void play(struct bench *b, struct stimulus *s, uint64_t until, uint32_t chunk)
{
	struct random chunks = { 99 };

	while (b->run.cycle < until) {
		uint64_t n = chunk ? chunk : 1 + next(&chunks, 37);

		while (s->next_put <= b->run.cycle) {
			assert_true(room(b));
			put_something(b, s);
		}
		if (n > s->next_put - b->run.cycle)
			n = s->next_put - b->run.cycle;
		if (n > until - b->run.cycle)
			n = until - b->run.cycle;
		assert_true(bench_run(b, n) == RISER_RUN_CYCLES);
	}
}

static struct bench *start(struct stimulus *s, uint64_t seed)
{
	struct bench_options o = { .x_init = 2, .seed = seed };
	struct bench *b = bench_open(model_path, &o);

	memset(s, 0, sizeof(*s));
	s->random.state = seed;
	s->next_put = b->run.cycle;
	return b;
}

static void add_stalls(struct bench *b)
{
	for (int c = 0; c < RISER_NR_CLASSES; c++) {
		b->run.stall_rx[c].permille = 300;
		b->run.stall_rx[c].seed = 5 + (uint32_t)c;
		b->run.stall_tx[c].permille = 400;
		b->run.stall_tx[c].seed = 77 + (uint32_t)c;
	}
}

static uint64_t play_in_chunks(uint64_t seed, uint32_t chunk, bool stalls, uint32_t *nr)
{
	struct stimulus s;
	struct bench *b = start(&s, seed);
	uint64_t hash;

	if (stalls)
		add_stalls(b);
	play(b, &s, 6000, chunk);
	hash = bench_hash(b);
	*nr = b->nr_sent;
	bench_close(b);
	return hash;
}

static void test_single_cycles_equal_one_long_call(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		bool stalls = seed & 1;
		uint32_t nr[3];
		uint64_t whole = play_in_chunks(seed, 1000000, stalls, &nr[0]);
		uint64_t single = play_in_chunks(seed, 1, stalls, &nr[1]);
		uint64_t mixed = play_in_chunks(seed, 0, stalls, &nr[2]);

		assert_true(nr[0] > 60);
		assert_int_equal(nr[1], nr[0]);
		assert_int_equal(nr[2], nr[0]);
		assert_true(single == whole);
		assert_true(mixed == whole);
	}
}

static void test_stalls_change_the_cycles_and_nothing_else(void **state)
{
	struct stimulus s;
	struct bench *b[2];
	uint32_t k[2] = { 0, 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		b[i] = start(&s, 12);
		if (i)
			add_stalls(b[i]);
		play(b[i], &s, 5000, 0);
		bench_run(b[i], 5000);
	}
	assert_true(bench_hash(b[0]) != bench_hash(b[1]));
	assert_int_equal(b[0]->nr_sent, b[1]->nr_sent);
	/* Within a class the bytes are the same, in the same order, but for $urandom. */
	for (;;) {
		const struct sent *t[2];

		for (int i = 0; i < 2; i++) {
			while (k[i] < b[i]->nr_sent && b[i]->sent[k[i]].class != RISER_COMPLETION)
				k[i]++;
		}
		if (k[0] == b[0]->nr_sent)
			break;
		t[0] = &b[0]->sent[k[0]++];
		t[1] = &b[1]->sent[k[1]++];
		assert_int_equal(t[0]->len, t[1]->len);
		assert_memory_equal(t[0]->bytes, t[1]->bytes, 12);
	}
	bench_close(b[0]);
	bench_close(b[1]);
}

static void test_stall_permille_is_a_share_of_cycles(void **state)
{
	struct bench *b = bench_open(model_path, NULL);
	uint64_t begin, cycles;

	(void)state;
	b->run.stall_rx[RISER_POSTED].permille = 250;
	b->run.stall_rx[RISER_POSTED].seed = 3;
	begin = b->run.cycle;
	for (int i = 0; i < 40; i++) {
		for (int k = 0; k < 25; k++)
			bench_write(b, false, 0, NULL, 1);
		b->run.stop_on_rx_done = 1;
		assert_true(bench_run(b, 100000) & RISER_RUN_RX_DONE);
	}
	cycles = b->run.cycle - begin;
	/* 1000 transfers at 3 of 4 cycles */
	assert_in_range(cycles, 1270, 1400);

	b->run.stall_rx[RISER_POSTED].permille = 1000;
	bench_write(b, false, 0, NULL, 1);
	assert_int_equal(bench_run(b, 1000), RISER_RUN_CYCLES);
	assert_int_equal(b->run.rx[RISER_POSTED].tail, 1000);
	bench_close(b);
}

static void test_wake_word_ends_the_call(void **state)
{
	struct bench *b = bench_open(model_path, NULL);
	uint32_t word = 7;
	uint64_t begin = b->run.cycle;

	(void)state;
	b->run.wake = &word;
	b->run.wake_seen = 7;
	assert_int_equal(bench_run(b, 100), RISER_RUN_CYCLES);
	assert_int_equal(b->run.cycle, begin + 100);
	word = 8;
	assert_int_equal(bench_run(b, 100), RISER_RUN_WAKE);
	assert_int_equal(b->run.cycle, begin + 101);
	assert_int_equal(bench_run(b, 1), RISER_RUN_WAKE | RISER_RUN_CYCLES);
	bench_close(b);
}

static void test_full_output_area_stops_the_clock_unseen(void **state)
{
	struct stimulus s[2];
	struct bench *b[2];
	uint32_t full = 0;

	(void)state;
	b[0] = start(&s[0], 3);
	play(b[0], &s[0], 4000, 1000000);
	bench_run(b[0], 4000);

	/* The same with an area that holds hardly more than a largest TLP of each class. */
	b[1] = start(&s[1], 3);
	while (b[1]->run.cycle < 8000) {
		uint64_t n = s[1].next_put - b[1]->run.cycle;
		uint32_t why;

		if (b[1]->run.cycle >= 4000 || s[1].next_put >= 4000)
			n = 8000 - b[1]->run.cycle;
		while (b[1]->run.cycle < 4000 && s[1].next_put <= b[1]->run.cycle && s[1].next_put < 4000)
			put_something(b[1], &s[1]);
		if (s[1].next_put < 4000)
			n = s[1].next_put - b[1]->run.cycle;
		b[1]->area_bytes = 3 * 4352 + 40;
		why = bench_run(b[1], n);
		if (why & RISER_RUN_TX_FULL) {
			assert_true(why == RISER_RUN_TX_FULL);
			full++;
		}
	}
	assert_true(full > 10);
	assert_int_equal(b[0]->run.cycle, b[1]->run.cycle);
	assert_int_equal(b[0]->nr_sent, b[1]->nr_sent);
	assert_true(bench_hash(b[0]) == bench_hash(b[1]));

	b[1]->area_bytes = 3 * 4352 - 1;
	assert_int_equal(bench_run(b[1], 10), RISER_RUN_TX_FULL);
	assert_int_equal(b[1]->run.cycle, 8000);
	bench_close(b[0]);
	bench_close(b[1]);
}

static void test_idle_ends_the_call_when_nothing_moves(void **state)
{
	struct bench *b = bench_open(model_path, NULL);
	uint64_t begin;

	(void)state;
	bench_run(b, 4);
	assert_true(b->run.status & RISER_STATUS_IDLE);
	assert_false(b->run.status & RISER_STATUS_FLR);
	b->run.stop_on_idle = 1;
	begin = b->run.cycle;
	assert_int_equal(bench_run(b, 100), RISER_RUN_IDLE);
	assert_int_equal(b->run.cycle, begin + 1);

	bench_read(b, false, 0, 64, 1);
	assert_int_equal(bench_run(b, 1000), RISER_RUN_IDLE);
	assert_int_equal(b->nr_sent, 1);
	/* taken 0, started 1, 8 beats 2..9 */
	assert_in_range(b->run.cycle - begin, 10, 12);
	bench_close(b);
}

static void test_stop_on_tx_looks_at_the_class(void **state)
{
	struct bench *b = bench_open(model_path, NULL);

	(void)state;
	b->run.stop_on_tx = 1u << RISER_NONPOSTED;
	bench_write2(b, FX_DMA_WRITE, 4, 0);
	bench_read(b, false, 0, 1, 1);
	assert_int_equal(bench_run(b, 200), RISER_RUN_CYCLES);
	assert_int_equal(b->nr_sent, 2);
	bench_write2(b, FX_DMA_READ, 4, 0);
	assert_int_equal(bench_run(b, 200), RISER_RUN_TX);
	assert_int_equal(b->nr_sent, 3);
	assert_int_equal(b->sent[2].cycle, b->run.cycle - 1);
	bench_close(b);
}

static void test_link_down_drops_what_is_half_sent(void **state)
{
	struct bench *b = bench_open(model_path, NULL);
	uint32_t back[64];

	(void)state;
	/* Half of a write to the card and half of a completion from it. */
	bench_write(b, false, 0, NULL, 1024);
	bench_read(b, false, 0, 1024, 1);
	b->ref[RISER_NONPOSTED][0].after_posted = 0;
	bench_run(b, 60);
	assert_int_equal(b->run.rx[RISER_NONPOSTED].tail, 1);
	assert_int_equal(b->run.rx[RISER_POSTED].tail, 0);
	assert_int_equal(b->nr_sent, 0);

	b->ops->set_sideband(b->model, RISER_SB_HOT_RESET);
	bench_run(b, 1);
	b->run.rx[RISER_POSTED].head = b->run.rx[RISER_POSTED].tail;
	bench_run(b, 31);
	b->ops->set_sideband(b->model, 0);
	bench_run(b, 16);
	b->ops->set_sideband(b->model, RISER_SB_LINK_UP);
	bench_run(b, 400);
	assert_int_equal(b->nr_sent, 0);
	assert_int_equal(b->nr_messages, 0);

	bench_write(b, false, 0, NULL, 64);
	bench_read_back(b, false, 0, 64, back);
	for (uint32_t k = 0; k < 64; k++)
		assert_int_equal(back[k], pattern(k));
	bench_close(b);
}

static void test_nothing_transfers_while_the_link_is_down(void **state)
{
	struct bench_options o = { .no_link = true };
	struct bench *b = bench_open(model_path, &o);

	(void)state;
	bench_write(b, false, 0, NULL, 8);
	bench_run(b, 64);
	b->ops->set_sideband(b->model, 0);
	bench_run(b, 64);
	assert_int_equal(b->run.rx[RISER_POSTED].tail, 0);
	b->ops->set_sideband(b->model, RISER_SB_LINK_UP);
	bench_run(b, 3);
	assert_int_equal(b->run.rx[RISER_POSTED].tail, 1);
	bench_close(b);
}

static void test_two_instances_do_not_see_each_other(void **state)
{
	struct stimulus alone_s, s[2];
	struct bench *alone[2], *b[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		alone[i] = start(&alone_s, 21 + (uint64_t)i);
		play(alone[i], &alone_s, 4000, 1000000);
	}
	for (int i = 0; i < 2; i++)
		b[i] = start(&s[i], 21 + (uint64_t)i);
	for (uint64_t until = 100; until <= 4000; until += 100) {
		play(b[0], &s[0], until, 7);
		play(b[1], &s[1], until, 1000000);
	}
	for (int i = 0; i < 2; i++) {
		assert_true(alone[i]->nr_sent > 30);
		assert_true(bench_hash(alone[i]) == bench_hash(b[i]));
	}
	assert_true(bench_hash(b[0]) != bench_hash(b[1]));
	for (int i = 0; i < 2; i++) {
		bench_close(b[i]);
		bench_close(alone[i]);
	}
}

static uint32_t unset_value(uint32_t x_init, uint64_t seed)
{
	struct bench_options o = { .x_init = x_init, .seed = seed };
	struct bench *b = bench_open(model_path, &o);
	uint32_t value;

	bench_read_back(b, false, FX_UNSET, 1, &value);
	bench_close(b);
	return value;
}

static void test_initial_values_are_the_callers_choice(void **state)
{
	(void)state;
	assert_int_equal(unset_value(0, 1), 0);
	assert_int_equal(unset_value(1, 1), 0xffffffffu);
	assert_int_equal(unset_value(2, 1), unset_value(2, 1));
	assert_int_not_equal(unset_value(2, 1), unset_value(2, 2));
}

static void test_plusargs_reach_the_design(void **state)
{
	struct bench_options o = { .plusarg = "+fixture=1234" };
	struct bench *b = bench_open(model_path, &o);
	uint32_t value;

	(void)state;
	bench_read_back(b, false, FX_PLUSARG, 1, &value);
	assert_int_equal(value, 1234);
	bench_close(b);
}

static void test_urandom_follows_the_seed(void **state)
{
	uint32_t value[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct bench_options o = { .seed = i < 2 ? 5 : 6 };
		struct bench *b = bench_open(model_path, &o);

		if (i == 3)
			bench_run(b, 10);
		bench_read_back(b, false, FX_RANDOM, 1, &value[i]);
		bench_close(b);
	}
	assert_int_equal(value[0], value[1]);
	assert_int_not_equal(value[1], value[2]);
	assert_int_not_equal(value[2], value[3]);
}

/* Two states of one moment follow each other in the file: equal, byte for byte. */
static void assert_saved_twice_the_same(int fd)
{
	off_t size = lseek(fd, 0, SEEK_CUR) / 2;
	char *bytes = malloc(2 * (size_t)size);

	assert_non_null(bytes);
	assert_true(size > 1000);
	assert_int_equal(pread(fd, bytes, 2 * (size_t)size, 0), 2 * size);
	assert_memory_equal(bytes, bytes + size, (size_t)size);
	free(bytes);
}

static void test_restored_state_goes_on_exactly(void **state)
{
	struct stimulus s, at_save;
	struct bench *b = start(&s, 31);
	FILE *file = tmpfile();
	uint64_t expected, saved_heads[RISER_NR_CLASSES], saved_tails[RISER_NR_CLASSES];
	void *mem;

	(void)state;
	add_stalls(b);
	/* Stop where TLPs are half sent in both directions. */
	play(b, &s, 1000, 1000000);
	bench_write(b, false, 0, NULL, 1024);
	bench_write2(b, FX_DMA_WRITE, 512, 0x10000);
	bench_run(b, 250);
	assert_non_null(file);
	assert_int_equal(b->ops->save(b->model, fileno(file)), 0);
	assert_int_equal(b->ops->save(b->model, fileno(file)), 0);
	assert_saved_twice_the_same(fileno(file));
	mem = malloc(b->info->mem[0].bytes);
	memcpy(mem, b->mem, b->info->mem[0].bytes);
	for (int c = 0; c < RISER_NR_CLASSES; c++) {
		saved_heads[c] = b->run.rx[c].head;
		saved_tails[c] = b->run.rx[c].tail;
	}
	at_save = s;
	at_save.next_put = s.next_put = b->run.cycle;
	bench_forget(b);
	play(b, &s, 4000, 1000000);
	assert_true(b->nr_sent > 10);
	expected = bench_hash(b);

	/* Back in time in the same instance, then in a new one. */
	rewind(file);
	lseek(fileno(file), 0, SEEK_SET);
	for (int i = 0; i < 2; i++) {
		struct bench *r = b;

		if (i == 1) {
			struct bench_options o = { .x_init = 1, .seed = 31 };

			r = bench_open(model_path, &o);
			memcpy(r->tlp, b->tlp, sizeof(r->tlp));
			for (int c = 0; c < RISER_NR_CLASSES; c++) {
				for (int k = 0; k < BENCH_QUEUE; k++) {
					r->ref[c][k] = b->ref[c][k];
					r->ref[c][k].bytes = r->tlp[c][k];
				}
			}
			add_stalls(r);
		}
		memcpy(r->mem, mem, b->info->mem[0].bytes);
		assert_int_equal(r->ops->restore(r->model, fileno(file)), 0);
		for (int c = 0; c < RISER_NR_CLASSES; c++) {
			r->run.rx[c].head = saved_heads[c];
			r->run.rx[c].tail = saved_tails[c];
		}
		s = at_save;
		bench_run(r, 0);
		assert_int_equal(r->run.cycle, at_save.next_put);
		bench_forget(r);
		play(r, &s, 4000, i ? 1 : 50);
		assert_true(bench_hash(r) == expected);
		if (r != b)
			bench_close(r);
	}
	free(mem);
	fclose(file);
	bench_close(b);
}

static void test_restore_refuses_what_is_no_state(void **state)
{
	struct bench *b = bench_open(model_path, NULL);
	FILE *file = tmpfile();
	char junk[400];
	uint32_t value;

	(void)state;
	assert_non_null(file);
	memset(junk, 'x', sizeof(junk));
	assert_int_equal(write(fileno(file), junk, sizeof(junk)), sizeof(junk));
	lseek(fileno(file), 0, SEEK_SET);
	assert_int_equal(b->ops->restore(b->model, fileno(file)), -EINVAL);

	/* A state that ends early, and one of another build. */
	lseek(fileno(file), 0, SEEK_SET);
	assert_int_equal(b->ops->save(b->model, fileno(file)), 0);
	assert_int_equal(ftruncate(fileno(file), lseek(fileno(file), 0, SEEK_CUR) - 8), 0);
	lseek(fileno(file), 0, SEEK_SET);
	assert_int_equal(b->ops->restore(b->model, fileno(file)), -EIO);
	assert_int_equal(pwrite(fileno(file), "0000", 4, 16), 4);
	lseek(fileno(file), 0, SEEK_SET);
	assert_int_equal(b->ops->restore(b->model, fileno(file)), -EINVAL);

	bench_read_back(b, false, FX_COUNT, 1, &value);
	assert_int_equal(value, 1);
	fclose(file);
	bench_close(b);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single_cycles_equal_one_long_call),
		cmocka_unit_test(test_stalls_change_the_cycles_and_nothing_else),
		cmocka_unit_test(test_stall_permille_is_a_share_of_cycles),
		cmocka_unit_test(test_wake_word_ends_the_call),
		cmocka_unit_test(test_full_output_area_stops_the_clock_unseen),
		cmocka_unit_test(test_idle_ends_the_call_when_nothing_moves),
		cmocka_unit_test(test_stop_on_tx_looks_at_the_class),
		cmocka_unit_test(test_link_down_drops_what_is_half_sent),
		cmocka_unit_test(test_nothing_transfers_while_the_link_is_down),
		cmocka_unit_test(test_two_instances_do_not_see_each_other),
		cmocka_unit_test(test_initial_values_are_the_callers_choice),
		cmocka_unit_test(test_plusargs_reach_the_design),
		cmocka_unit_test(test_urandom_follows_the_seed),
		cmocka_unit_test(test_restored_state_goes_on_exactly),
		cmocka_unit_test(test_restore_refuses_what_is_no_state),
	};

	if (argc != 2)
		return 2;
	model_path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
