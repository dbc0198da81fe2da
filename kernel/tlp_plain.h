/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The TLPs of plain accesses: a memory request for 1, 2, 4 or 8 naturally aligned
 * bytes and the one completion that answers a read of them. What tlp.c does for any
 * TLP is here a few words, as they lie in memory on a little-endian machine. PURE.
 *
 * Everything that may differ between two such TLPs is a parameter; all else (traffic
 * class, attributes, digest, poison, the requester's id 00:00.0) is 0.
 */
#ifndef PCIEM_TLP_PLAIN_H
#define PCIEM_TLP_PLAIN_H

#include "pure.h"

#define PCIEM_PLAIN_MAX_DW	6	/* of a request: 4 of the header, 2 of the payload */
#define PCIEM_PLAIN_MRD		0x00u
#define PCIEM_PLAIN_MWR		0x40u
#define PCIEM_PLAIN_4DW		0x20u
#define PCIEM_PLAIN_CPLD	0x4au

static inline unsigned int pciem_plain_len_dw(unsigned int nr_bytes)
{
	return nr_bytes > 4 ? 2 : 1;
}

/* First DW BE in bits 3:0, Last DW BE in bits 7:4. */
static inline u32 pciem_plain_enables(u64 addr, unsigned int nr_bytes)
{
	return ((1u << nr_bytes) - 1) << (addr & 3);
}

/* Header of MRd or MWr. Return: its dwords. */
static inline unsigned int pciem_plain_request(u32 *dw, u32 fmt_type, u64 addr, unsigned int nr_bytes, u32 tag)
{
	u32 high = (u32)(addr >> 32);
	u32 low = __builtin_bswap32((u32)addr & ~3u);

	dw[1] = tag << 16 | pciem_plain_enables(addr, nr_bytes) << 24;
	if (!high) {
		dw[0] = fmt_type | pciem_plain_len_dw(nr_bytes) << 24;
		dw[2] = low;
		return 3;
	}
	dw[0] = fmt_type | PCIEM_PLAIN_4DW | pciem_plain_len_dw(nr_bytes) << 24;
	dw[2] = __builtin_bswap32(high);
	dw[3] = low;
	return 4;
}

/* Payload of MWr; @val has zeros above its @nr_bytes. Return: its dwords. */
static inline unsigned int pciem_plain_payload(u32 *dw, u64 addr, unsigned int nr_bytes, u64 val)
{
	val <<= 8 * (addr & 3);
	dw[0] = (u32)val;
	if (nr_bytes <= 4)
		return 1;
	dw[1] = (u32)(val >> 32);
	return 2;
}

/*
 * Whether @dw are the three header dwords of the completion that ends a read of @nr_bytes
 * at @addr well: CplD, Successful Completion, for tag @tag of 00:00.0, Byte Count and Lower
 * Address those of a read that is answered at once, Length no more than it needs, no traffic
 * class, no attribute, no hint, no digest, not poisoned, every reserved bit 0. Only the
 * completer's id may be anything, as for tlp.c and reqtab.c.
 */
static inline bool pciem_plain_is_answer(const u32 *dw, u64 addr, unsigned int nr_bytes, u32 tag)
{
	return dw[0] == (PCIEM_PLAIN_CPLD | pciem_plain_len_dw(nr_bytes) << 24) &&
	       dw[1] >> 16 == nr_bytes << 8 &&
	       dw[2] == (tag << 16 | (u32)(addr & 0x7f) << 24);
}

/* The bytes that were asked for, zeros above. @low, @high: payload, @high of 8 bytes alone. */
static inline u64 pciem_plain_value(u64 addr, unsigned int nr_bytes, u32 low, u32 high)
{
	if (nr_bytes > 4)
		return (u64)high << 32 | low;
	return (low >> (8 * (addr & 3))) & ((1ull << (8 * nr_bytes)) - 1);
}

#endif /* PCIEM_TLP_PLAIN_H */
