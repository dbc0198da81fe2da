// SPDX-License-Identifier: Apache-2.0
/* Host memory as a recording knows it: which of several values, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "play.h"

#define ADDR 0x100000fe0ULL

static struct play_memory memory;

static int setup(void **state)
{
	(void)state;
	memset(&memory, 0, sizeof(memory));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	play_memory_free(&memory);
	return 0;
}

static void saw(uint64_t addr, uint8_t value, uint32_t bytes, uint64_t pos, uint64_t trigger)
{
	uint8_t data[256];

	memset(data, value, sizeof(data));
	assert_int_equal(play_memory_saw(&memory, addr, data, bytes, pos, trigger), 0);
}

/* The value of all @bytes, which must be known and equal. */
static uint8_t read_at(uint64_t addr, uint32_t bytes, uint64_t pos, uint64_t *guesses)
{
	uint8_t data[256];
	uint32_t i;

	assert_int_equal(play_memory_read(&memory, addr, bytes, pos, data, guesses), bytes);
	for (i = 1; i < bytes; i++)
		assert_int_equal(data[i], data[0]);
	return data[0];
}

static void test_unknown_bytes_are_not_invented(void **state)
{
	uint64_t guesses = 0;
	uint8_t data[256];

	(void)state;
	assert_int_equal(play_memory_read(&memory, ADDR, 8, 100, data, &guesses), 0);
	saw(ADDR, 7, 100, 10, 5);
	assert_int_equal(read_at(ADDR, 100, 100, &guesses), 7);
	assert_int_equal(play_memory_read(&memory, ADDR, 101, 100, data, &guesses), 100);
	assert_int_equal(play_memory_read(&memory, ADDR - 1, 4, 100, data, &guesses), 0);
	assert_int_equal(guesses, 0);
}

static void test_the_deed_says_which_value(void **state)
{
	uint64_t guesses = 0;

	(void)state;
	/* the slot of a ring, three laps */
	saw(ADDR, 1, 64, 10, 9);
	saw(ADDR, 2, 64, 20, 19);
	saw(ADDR, 3, 64, 30, 29);
	assert_int_equal(read_at(ADDR, 64, 9, &guesses), 1);
	assert_int_equal(read_at(ADDR, 64, 19, &guesses), 2);
	/* looked at again without a deed: the same */
	assert_int_equal(read_at(ADDR, 64, 19, &guesses), 2);
	assert_int_equal(read_at(ADDR, 64, 35, &guesses), 3);
	assert_int_equal(guesses, 0);
	/* a lap that the card leaves out is left out */
	play_memory_rewind(&memory);
	assert_int_equal(read_at(ADDR, 64, 9, &guesses), 1);
	assert_int_equal(read_at(ADDR, 64, 29, &guesses), 3);
	assert_int_equal(guesses, 0);
}

static void test_a_faster_card_looks_earlier(void **state)
{
	uint64_t guesses = 0;

	(void)state;
	saw(ADDR, 1, 4, 10, 9);
	saw(ADDR, 2, 4, 30, 29);
	assert_int_equal(read_at(ADDR, 4, 9, &guesses), 1);
	/* deed 20 may be the one that told it; it is said that this is a guess */
	assert_int_equal(read_at(ADDR, 4, 20, &guesses), 2);
	assert_int_equal(guesses, 4);
}

static void test_a_card_that_polls_sees_change(void **state)
{
	uint64_t guesses = 0;

	(void)state;
	saw(ADDR, 1, 4, 10, 9);
	saw(ADDR, 1, 4, 11, 9);
	saw(ADDR, 2, 4, 12, 9);
	assert_int_equal(read_at(ADDR, 4, 9, &guesses), 1);
	assert_int_equal(read_at(ADDR, 4, 9, &guesses), 1);
	assert_int_equal(read_at(ADDR, 4, 9, &guesses), 2);
	assert_int_equal(read_at(ADDR, 4, 9, &guesses), 2);
	assert_int_equal(guesses, 0);
}

static void test_what_the_card_wrote_itself(void **state)
{
	struct play_line *line;
	uint64_t guesses = 0;

	(void)state;
	saw(ADDR, 1, 4, 10, 9);
	saw(ADDR, 5, 4, 40, 39);
	line = play_line(&memory, ADDR, true);
	memset(line->own + (ADDR & 63), 9, 4);
	line->own_mask = 15ULL << (ADDR & 63);
	line->own_pos = 20;
	assert_int_equal(read_at(ADDR, 4, 25, &guesses), 9);
	/* the host wrote later on */
	assert_int_equal(read_at(ADDR, 4, 39, &guesses), 5);
	play_memory_rewind(&memory);
	assert_int_equal(read_at(ADDR, 4, 25, &guesses), 1);
}

static void test_many_lines(void **state)
{
	uint64_t guesses = 0;
	uint32_t i;

	(void)state;
	for (i = 0; i < 20000; i++)
		saw(64ULL * 977 * i, (uint8_t)i, 64, i, i);
	for (i = 0; i < 20000; i++)
		assert_int_equal(read_at(64ULL * 977 * i, 64, i, &guesses), (uint8_t)i);
	assert_int_equal(guesses, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_unknown_bytes_are_not_invented, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_deed_says_which_value, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_faster_card_looks_earlier, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_card_that_polls_sees_change, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_the_card_wrote_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_lines, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
