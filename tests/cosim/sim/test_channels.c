// SPDX-License-Identifier: Apache-2.0
/*
 * Every channel of the TLP port at one data width.
 * Usage: test_channels MODEL.SO DATA_W
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#include <cmocka.h>

static const char *model_path;
static uint32_t data_w;

static int setup(void **state)
{
	*state = bench_open(model_path, NULL);
	return 0;
}

static int teardown(void **state)
{
	bench_close(*state);
	return 0;
}

static void test_info_describes_the_build(void **state)
{
	struct bench *b = *state;

	assert_int_equal(b->info->abi, RISER_MODEL_ABI);
	assert_int_equal(b->info->size, sizeof(struct riser_model_info));
	assert_int_equal(b->info->data_w, data_w);
	assert_int_equal(b->info->clk_period_ps, 4000);
	assert_string_equal(b->info->top, "fx_endpoint");
	assert_memory_equal(b->info->engine, "Verilator ", 10);
	assert_int_equal(strlen(b->info->source_hash), 64);
	assert_int_equal(strlen(b->info->build_hash), 64);
	assert_int_equal(b->info->nr_mems, 1);
	assert_string_equal(b->info->mem[0].name, "mem");
	assert_int_equal(b->info->mem[0].bytes, 4096);
	assert_true(b->info->features & RISER_MODEL_F_IDLE);
	assert_true(b->info->features & RISER_MODEL_F_SAVE);
	assert_false(b->info->features & RISER_MODEL_F_IMPURE);
	assert_int_equal(b->run.cycle, 68);
}

static void test_read_returns_a_completion_with_the_reads_tag(void **state)
{
	struct bench *b = *state;
	const struct sent *s;
	static const uint8_t header[12] = { 0x4a, 0, 0, 1, 0, 0, 0, 4, 0, 8, 0x77, 0x04 };
	uint32_t value;

	bench_read(b, false, FX_COUNT | 4, 1, 0x77);
	s = bench_wait(b, 1u << RISER_COMPLETION);

	assert_int_equal(b->nr_sent, 1);
	assert_int_equal(s->len, 16);
	assert_memory_equal(s->bytes, header, 12);
	memcpy(&value, s->bytes + 12, 4);
	assert_int_equal(value, 1);
	assert_int_equal(s->cycle, b->run.cycle - 1);
	/* put before cycle 68: taken in 68, started in 69, sent in 70 */
	assert_int_equal(s->cycle, 70);
	assert_int_equal(b->run.rx[RISER_NONPOSTED].tail, 1);
}

static void test_payload_of_any_length_comes_back(void **state)
{
	static const uint32_t lengths[] = { 1,  2,  3,	4,  5,	7,   8,	  9,   15,  16,  17, 31,
					    32, 33, 63, 64, 65, 127, 128, 255, 512, 1023, 1024 };
	struct bench *b = *state;
	uint32_t back[1024];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint32_t n = lengths[i];
		bool wide = i & 1;

		bench_forget(b);
		bench_write(b, wide, 0, NULL, n);
		bench_read_back(b, !wide, 0, n, back);
		for (uint32_t k = 0; k < n; k++)
			assert_int_equal(back[k], pattern(k));
		assert_int_equal(b->nr_sent, 1);
		assert_int_equal(b->nr_messages, 0);
	}
}

static void test_queue_is_sent_back_to_back(void **state)
{
	struct bench *b = *state;
	uint64_t start = b->run.cycle;

	for (uint32_t i = 0; i < 40; i++)
		bench_write(b, false, i * data_w / 8, NULL, 1);
	b->run.stop_on_rx_done = 1;
	assert_int_equal(bench_run(b, 1000), RISER_RUN_RX_DONE);

	assert_int_equal(b->run.cycle - start, 40);
	assert_int_equal(b->run.rx[RISER_POSTED].tail, 40);
}

static void test_dma_write_is_assembled_from_beats(void **state)
{
	static const uint32_t lengths[] = { 1, 2, 3, 16, 17, 64, 100, 1024 };
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint32_t n = lengths[i];
		uint32_t addr = 0xabcd0000u + 4 * (uint32_t)i;
		uint8_t header[16];
		const struct sent *s;

		bench_write2(b, FX_DMA_WRITE, n & 0x3ff, addr);
		s = bench_wait(b, 1u << RISER_POSTED);
		assert_int_equal(s->class, RISER_POSTED);
		assert_int_equal(s->len, 12 + 4 * n);
		tlp_mem(header, true, false, addr, n, 0);
		assert_memory_equal(s->bytes, header, 4);
		assert_memory_equal(s->bytes + 8, header + 8, 4);
		for (uint32_t k = 0; k < n; k++) {
			uint32_t value;

			memcpy(&value, s->bytes + 12 + 4 * k, 4);
			assert_int_equal(value, 0xabcd0000u | k);
		}
	}
}

static void test_dma_read_takes_its_completion(void **state)
{
	struct bench *b = *state;
	const struct sent *s;
	uint32_t back[100];

	bench_write2(b, FX_DMA_READ, 100, 0x1000);
	s = bench_wait(b, 1u << RISER_NONPOSTED);
	assert_int_equal(s->class, RISER_NONPOSTED);
	assert_int_equal(s->len, 12);
	assert_int_equal(s->bytes[0], 0);
	assert_int_equal(s->bytes[3], 100);
	assert_int_equal(s->bytes[6], 0x5a);
	bench_complete(b, NULL, 100, 0x5a);
	b->run.stop_on_rx_done = 1;
	bench_run(b, 1000);
	b->run.stop_on_rx_done = 0;

	bench_read_back(b, false, 0, 100, back);
	for (uint32_t k = 0; k < 100; k++)
		assert_int_equal(back[k], pattern(k));
}

static void test_posted_comes_before_completion_of_the_same_cycle(void **state)
{
	struct bench *b = *state;
	bool same_cycle = false;

	/* A one-beat write and a one-beat completion, at every distance. */
	for (uint32_t gap = 0; gap < 8; gap++) {
		bench_forget(b);
		bench_write2(b, FX_DMA_WRITE, 1, 0x1000);
		bench_run(b, gap);
		bench_read(b, false, FX_COUNT, 1, 1);
		bench_run(b, 20);
		assert_int_equal(b->nr_sent, 2);
		if (b->sent[0].cycle == b->sent[1].cycle) {
			same_cycle = true;
			assert_int_equal(b->sent[0].class, RISER_POSTED);
			assert_int_equal(b->sent[1].class, RISER_COMPLETION);
		}
		assert_true(b->sent[0].cycle <= b->sent[1].cycle);
	}
	for (uint32_t gap = 0; gap < 8; gap++) {
		bench_forget(b);
		b->run.rx[RISER_NONPOSTED].ref[0].after_posted = 0;
		bench_read(b, false, FX_COUNT, 1, 1);
		bench_run(b, gap);
		bench_write2(b, FX_DMA_WRITE, 1, 0x1000);
		bench_run(b, 20);
		assert_int_equal(b->nr_sent, 2);
		if (b->sent[0].cycle == b->sent[1].cycle) {
			same_cycle = true;
			assert_int_equal(b->sent[0].class, RISER_POSTED);
		}
	}
	assert_true(same_cycle);
}

static void test_interleaved_classes_are_told_apart(void **state)
{
	struct bench *b = *state;
	uint32_t value;

	/* A long write is under way while short completions finish. */
	bench_write(b, false, 0, NULL, 64);
	bench_write2(b, FX_DMA_WRITE, 512, 0x55550000);
	bench_run(b, 4096 / (data_w / 8) / 4 + 64 * 32 / data_w);
	bench_read(b, false, 0, 64, 9);
	b->ref[RISER_NONPOSTED][0].after_posted = 0;
	bench_read(b, false, FX_COUNT, 1, 10);
	bench_run(b, 400);

	assert_int_equal(b->nr_sent, 3);
	assert_int_equal(b->sent[0].class, RISER_COMPLETION);
	for (uint32_t i = 0; i < 3; i++) {
		const struct sent *s = &b->sent[i];

		if (s->class == RISER_POSTED) {
			assert_int_equal(s->len, 12 + 2048);
			for (uint32_t k = 0; k < 512; k++) {
				memcpy(&value, s->bytes + 12 + 4 * k, 4);
				assert_int_equal(value, 0x55550000u | k);
			}
		} else if (s->bytes[10] == 9) {
			assert_int_equal(s->len, 12 + 256);
			for (uint32_t k = 0; k < 64; k++) {
				memcpy(&value, s->bytes + 12 + 4 * k, 4);
				assert_int_equal(value, pattern(k));
			}
		} else {
			assert_int_equal(s->len, 16);
		}
	}
	assert_int_equal(b->nr_messages, 0);
}

static void test_backing_store_answers_after_four_cycles(void **state)
{
	struct bench *b = *state;
	uint64_t word;
	uint32_t back[2];
	uint64_t put;

	bench_write2(b, FX_STORE | 0x128, 0x01234567, 0x89abcdef);
	bench_run(b, 10);
	memcpy(&word, (uint8_t *)b->mem + 0x128, 8);
	assert_true(word == 0x89abcdef01234567ull);

	word = 0x1122334455667788ull;
	memcpy((uint8_t *)b->mem + 0x130, &word, 8);
	put = b->run.cycle;
	bench_read_back(b, false, FX_STORE | 0x130, 2, back);
	assert_int_equal(back[0], 0x55667788);
	assert_int_equal(back[1], 0x11223344);
	/* taken 0, requested 1, answered 5, started 6, sent 7 */
	assert_int_equal(b->sent[b->nr_sent - 1].cycle, put + 7);
}

static void test_nonposted_waits_for_the_posted_before_it(void **state)
{
	struct bench *b = *state;
	uint32_t back[1];

	/* The posted channel is held: the read behind the write must not pass. */
	b->run.stall_rx[RISER_POSTED].until_cycle = b->run.cycle + 50;
	bench_write(b, false, 0, NULL, 1);
	bench_read(b, false, 0, 1, 1);
	bench_run(b, 50);
	assert_int_equal(b->nr_sent, 0);
	assert_int_equal(b->run.rx[RISER_NONPOSTED].tail, 0);
	bench_run(b, 20);
	assert_int_equal(b->nr_sent, 1);
	memcpy(back, b->sent[0].bytes + 12, 4);
	assert_int_equal(back[0], pattern(0));

	/* A read in front of the write is not held. */
	bench_forget(b);
	bench_read(b, false, 0, 1, 1);
	b->run.stall_rx[RISER_POSTED].until_cycle = b->run.cycle + 50;
	bench_write2(b, 0, 7, 7);
	bench_run(b, 30);
	assert_int_equal(b->nr_sent, 1);
	assert_int_equal(b->run.rx[RISER_POSTED].head - b->run.rx[RISER_POSTED].tail, 1);
}

static void test_broken_calls_are_refused(void **state)
{
	struct bench *b = *state;
	struct riser_run run = b->run;
	uint64_t cycle = b->run.cycle;

	run.max_cycles = 1;
	run.tx_bytes = BENCH_TX_BYTES;
	run.tx = NULL;
	assert_int_equal(b->ops->run(b->model, &run), -EINVAL);
	run.tx = b->area + 8;
	assert_int_equal(b->ops->run(b->model, &run), -EINVAL);
	run.tx = b->area;
	run.rx[0].mask = 2;
	run.rx[0].head = 1;
	assert_int_equal(b->ops->run(b->model, &run), -EINVAL);
	run.rx[0].mask = BENCH_QUEUE - 1;
	run.rx[0].head = BENCH_QUEUE + 1;
	assert_int_equal(b->ops->run(b->model, &run), -EINVAL);
	run.rx[0].head = 1;
	b->ref[0][0].bytes = b->tlp[0][0];
	b->ref[0][0].len = 10;
	assert_int_equal(b->ops->run(b->model, &run), -EINVAL);

	run.rx[0].head = 0;
	run.max_cycles = 1;
	assert_int_equal(b->ops->run(b->model, &run), 0);
	assert_in_range(run.cycle, cycle + 1, cycle + 2);
}

static void test_other_abi_is_refused(void **state)
{
	struct bench *b = *state;
	struct riser_model *model = NULL;
	struct riser_model_params params = {
		.abi = RISER_MODEL_ABI + 1, .size = sizeof(params), .mem = { b->mem },
	};

	assert_int_equal(b->ops->create(&params, &model), -EINVAL);
	params.abi = RISER_MODEL_ABI;
	params.size = 16;
	assert_int_equal(b->ops->create(&params, &model), -EINVAL);
	params.size = sizeof(params);
	params.mem[0] = NULL;
	assert_int_equal(b->ops->create(&params, &model), -EINVAL);
	assert_null(model);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(test_info_describes_the_build),
		CASE(test_read_returns_a_completion_with_the_reads_tag),
		CASE(test_payload_of_any_length_comes_back),
		CASE(test_queue_is_sent_back_to_back),
		CASE(test_dma_write_is_assembled_from_beats),
		CASE(test_dma_read_takes_its_completion),
		CASE(test_posted_comes_before_completion_of_the_same_cycle),
		CASE(test_interleaved_classes_are_told_apart),
		CASE(test_backing_store_answers_after_four_cycles),
		CASE(test_nonposted_waits_for_the_posted_before_it),
		CASE(test_broken_calls_are_refused),
		CASE(test_other_abi_is_refused),
	};

	if (argc != 3)
		return 2;
	model_path = argv[1];
	data_w = (uint32_t)atoi(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
