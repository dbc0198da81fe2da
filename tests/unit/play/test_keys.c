// SPDX-License-Identifier: Apache-2.0
/* What makes two completion entries of an NVMe card the same, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "play.h"

/* Bits of an entry, from its first byte on. */
#define SQ_HEAD		64	/* 16 of them */
#define SQ_ID		80
#define PHASE		112
#define ENTRY_BITS	128

static uint64_t key_of(const uint8_t *entry)
{
	const struct riser_tlp tlp = {
		.kind = RISER_TLP_MWR, .length_dw = 4, .first_be = 15, .last_be = 15,
		.data = entry, .data_bytes = ENTRY_BITS / 8,
	};

	return play_entry_key(&tlp);
}

static void test_an_entry_is_command_and_status(void **state)
{
	uint8_t entry[ENTRY_BITS / 8];
	uint64_t key;
	uint32_t bit;

	(void)state;
	memset(entry, 0x5a, sizeof(entry));
	key = key_of(entry);
	for (bit = 0; bit < ENTRY_BITS; bit++) {
		entry[bit / 8] ^= (uint8_t)(1U << bit % 8);
		/* how far the card was in its queues is a matter of speed */
		if ((bit >= SQ_HEAD && bit < SQ_ID) || bit == PHASE)
			assert_true(key_of(entry) == key);
		else
			assert_true(key_of(entry) != key);
		entry[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	assert_true(key_of(entry) == key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_entry_is_command_and_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
