/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a record: what writer and reader share. docs/record.md.
 *
 * A log is a sequence of blocks. A block is a zstd skippable frame that holds
 * struct riser_rec_block, and a zstd frame with checksum that holds records. So
 * `zstd -t` and `zstd -d` know what to do with it, and each block stands for
 * itself. All numbers are little-endian.
 */
#ifndef RISER_BRIDGE_RECORD_FORMAT_H
#define RISER_BRIDGE_RECORD_FORMAT_H

#include <stdint.h>

#define RISER_REC_SKIP_MAGIC	0x184d2a57U	/* zstd: 0x184d2a50 to 5f */
#define RISER_REC_BLOCK_MAGIC	0x43455252U	/* "RREC" */
#define RISER_REC_BLOCK_BYTES	(256U << 10)	/* records of a block, about */
#define RISER_REC_RAW_MAX	(1U << 20)	/* and never more than that */
#define RISER_REC_SLOTS		1024		/* callers known in a block */

/* riser_rec_block.flags */
#define RISER_REC_F_HEAD	(1u << 0)	/* holds the head */
#define RISER_REC_F_SITES	(1u << 1)	/* holds call sites */
#define RISER_REC_F_END		(1u << 2)	/* holds the end */
#define RISER_REC_F_FINDING	(1u << 3)	/* holds findings */

/**
 * struct riser_rec_block - what stands before each block's records
 * @crc: low half of riser_hash64() of the bytes behind this member
 * @log_id: the same in all blocks of a log
 * @number: from 0
 * @raw_bytes: of the records
 * @packed_bytes: of the zstd frame that follows
 * @packed_crc: low half of riser_hash64() of that frame
 * @cycle: the first record's cycle counts from here
 * @seq: TLPs before this block
 * @host_ns: the first host time counts from here
 * @tx_hash: of all TLPs of the card before this block
 */
struct riser_rec_block {
	uint32_t magic;
	uint32_t crc;
	uint64_t log_id;
	uint32_t version;
	uint32_t flags;
	uint32_t number;
	uint32_t raw_bytes;
	uint32_t packed_bytes;
	uint32_t packed_crc;
	uint64_t cycle;
	uint64_t seq;
	uint64_t host_ns;
	uint64_t tx_hash;
};

/*
 * A record: one byte kind, then fields. v: number in 7-bit groups, low first,
 * bit 7 says that more follow; z: signed number as v ((n << 1) ^ (n >> 63)); u64:
 * 8 bytes; text: v length, bytes. "cycle" is z, from the cycle of the record
 * before; "ns" is z, from the host time before.
 */
enum riser_rec_type {
	RISER_RT_HEAD = 1,	/* text, lines of "key=value" */
	RISER_RT_TO_CARD,	/* flags, cycle, v len, [v slot] [v site] [z seq back] [ns], bytes */
	RISER_RT_TO_HOST,	/* flags, cycle, v len, [z seq back], bytes */
	RISER_RT_SIDEBAND,	/* cycle, v levels */
	RISER_RT_SITE,		/* cycle, v site, v frames, u64 each, text, text function */
	RISER_RT_CALLER,	/* v slot, u64 pc, v pid, v cpu, v context, v site, text comm */
	RISER_RT_NOTE,		/* cycle, v source, v code, u64 host_ns, text */
	RISER_RT_FINDING,	/* cycle, v kind, v is_error, u64 seq host_ns addr pc, v site, 7 texts */
	RISER_RT_END,		/* cycle, v to card, v to host, u64 tx_hash, v model_ended */
};

/* Flags of a TLP: class in bits 1:0. */
#define RISER_RTF_CLASS		0x03
#define RISER_RTF_CALLER	0x04
#define RISER_RTF_SITE		0x08	/* a site without a caller */
#define RISER_RTF_REQUEST	0x10	/* completion of a known request */
#define RISER_RTF_HOST_NS	0x20

_Static_assert(sizeof(struct riser_rec_block) == 72, "no padding");

#endif /* RISER_BRIDGE_RECORD_FORMAT_H */
