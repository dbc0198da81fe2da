// SPDX-License-Identifier: Apache-2.0
#include "cbor.h"

#include <stdlib.h>
#include <string.h>

/* Major types, RFC 8949 section 3.1. */
enum {
	CBOR_UNSIGNED = 0, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_TAG,
	CBOR_SIMPLE,
};

#define INDEFINITE	31

static void put(struct riser_cbor *cbor, const void *bytes, size_t nr)
{
	uint8_t *more;

	if (cbor->nr + nr > cbor->room) {
		cbor->room = 2 * (cbor->nr + nr) + 256;
		more = realloc(cbor->bytes, cbor->room);
		if (!more) {
			cbor->room = cbor->nr;
			cbor->failed = true;
			return;
		}
		cbor->bytes = more;
	}
	if (nr)
		memcpy(cbor->bytes + cbor->nr, bytes, nr);
	cbor->nr += nr;
}

static void put_head(struct riser_cbor *cbor, unsigned int major, uint64_t value)
{
	uint8_t head[9];
	unsigned int bytes, i;

	bytes = value < 24 ? 0 : value <= UINT8_MAX ? 1 : value <= UINT16_MAX ? 2 :
		value <= UINT32_MAX ? 4 : 8;
	head[0] = (uint8_t)(major << 5 | (bytes == 0 ? value : bytes == 1 ? 24 : bytes == 2 ? 25 :
					  bytes == 4 ? 26 : 27));
	for (i = 0; i < bytes; i++)
		head[1 + i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
	put(cbor, head, 1 + bytes);
}

void riser_cbor_fini(struct riser_cbor *cbor)
{
	free(cbor->bytes);
	memset(cbor, 0, sizeof(*cbor));
}

void riser_cbor_u64(struct riser_cbor *cbor, uint64_t value)
{
	put_head(cbor, CBOR_UNSIGNED, value);
}

void riser_cbor_i64(struct riser_cbor *cbor, int64_t value)
{
	if (value < 0)
		put_head(cbor, CBOR_NEGATIVE, (uint64_t)(-1 - value));
	else
		put_head(cbor, CBOR_UNSIGNED, (uint64_t)value);
}

void riser_cbor_text(struct riser_cbor *cbor, const char *text)
{
	put_head(cbor, CBOR_TEXT, strlen(text));
	put(cbor, text, strlen(text));
}

void riser_cbor_blob(struct riser_cbor *cbor, const void *bytes, size_t nr)
{
	put_head(cbor, CBOR_BYTES, nr);
	put(cbor, bytes, nr);
}

void riser_cbor_tag(struct riser_cbor *cbor, uint64_t tag)
{
	put_head(cbor, CBOR_TAG, tag);
}

void riser_cbor_array(struct riser_cbor *cbor, uint64_t nr)
{
	put_head(cbor, CBOR_ARRAY, nr);
}

void riser_cbor_map(struct riser_cbor *cbor, uint64_t nr)
{
	put_head(cbor, CBOR_MAP, nr);
}

void riser_cbor_append(struct riser_cbor *cbor, const struct riser_cbor *other)
{
	cbor->failed |= other->failed;
	put(cbor, other->bytes, other->nr);
}

void riser_cbor_open_array(struct riser_cbor *cbor)
{
	static const uint8_t head = CBOR_ARRAY << 5 | INDEFINITE;

	put(cbor, &head, 1);
}

void riser_cbor_break(struct riser_cbor *cbor)
{
	static const uint8_t end = CBOR_SIMPLE << 5 | INDEFINITE;

	put(cbor, &end, 1);
}
