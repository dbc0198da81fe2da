/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a fuzzer as a stream of choices, and its entry point. Behind the
 * end of the bytes every number is 0.
 */
#ifndef TESTS_FUZZ_INPUT_H
#define TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

static inline uint8_t input_u8(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static inline uint16_t input_u16(struct input *in)
{
	uint16_t low = input_u8(in);

	return (uint16_t)(low | input_u8(in) << 8);
}

static inline uint32_t input_u32(struct input *in)
{
	uint32_t low = input_u16(in);

	return low | (uint32_t)input_u16(in) << 16;
}

static inline uint64_t input_u64(struct input *in)
{
	uint64_t low = input_u32(in);

	return low | (uint64_t)input_u32(in) << 32;
}

/* At most @max of the bytes that are left. */
static inline const uint8_t *input_take(struct input *in, size_t max, size_t *len)
{
	const uint8_t *at = in->at;

	*len = max < in->left ? max : in->left;
	in->at += *len;
	in->left -= *len;
	return at;
}

/* A copy of its exact size, so that the sanitizer sees one byte too many. */
static inline uint8_t *input_copy(const uint8_t *from, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, from, len);
	return copy;
}

/* A property of the code under test does not hold. */
#define MUST(ok) do { \
	if (!(ok)) { \
		fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #ok); \
		fflush(stderr); \
		abort(); \
	} \
} while (0)

#endif /* TESTS_FUZZ_INPUT_H */
