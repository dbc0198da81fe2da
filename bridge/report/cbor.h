/* SPDX-License-Identifier: Apache-2.0 */
/* A writer of CBOR (RFC 8949) into memory. */
#ifndef RISER_REPORT_CBOR_H
#define RISER_REPORT_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed: empty. @failed: memory was short, and what is there is not whole. */
struct riser_cbor {
	uint8_t *bytes;
	size_t nr, room;
	bool failed;
};

void riser_cbor_fini(struct riser_cbor *cbor);
void riser_cbor_u64(struct riser_cbor *cbor, uint64_t value);
void riser_cbor_i64(struct riser_cbor *cbor, int64_t value);
void riser_cbor_text(struct riser_cbor *cbor, const char *text);
void riser_cbor_blob(struct riser_cbor *cbor, const void *bytes, size_t nr);
/* The next item has this tag. */
void riser_cbor_tag(struct riser_cbor *cbor, uint64_t tag);
/* So many items follow, or pairs of them. */
void riser_cbor_array(struct riser_cbor *cbor, uint64_t nr);
void riser_cbor_map(struct riser_cbor *cbor, uint64_t nr);
/* What the other holds. */
void riser_cbor_append(struct riser_cbor *cbor, const struct riser_cbor *other);
/* Items follow until the break. */
void riser_cbor_open_array(struct riser_cbor *cbor);
void riser_cbor_break(struct riser_cbor *cbor);

#endif /* RISER_REPORT_CBOR_H */
