// SPDX-License-Identifier: Apache-2.0
/* Mistakes on purpose, by the first byte of an input: tests/fuzz/run must fail. */
#include "input.h"

static void *volatile lost;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint8_t *copy;

	switch (input_u8(&in)) {
	case 'l':	/* leaks */
		lost = malloc(10);
		lost = NULL;
		break;
	case 'o':	/* reads a byte too many */
		copy = input_copy(data, size);
		lost = (void *)(uintptr_t)((volatile uint8_t *)copy)[size];
		free(copy);
		break;
	case 'f':	/* uses what it has given back */
		copy = input_copy(data, size);
		free(copy);
		lost = (void *)(uintptr_t)((volatile uint8_t *)copy)[0];
		break;
	case 'm':	/* a property that does not hold */
		MUST(size == 0);
		break;
	default:
		break;
	}
	return 0;
}
