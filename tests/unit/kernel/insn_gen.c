// SPDX-License-Identifier: Apache-2.0
/*
 * Random instruction bytes for the decoder's fuzz: mostly well-formed prefixes
 * and an opcode of the table with a random tail, sometimes plain noise.
 */
#include "insn_fuzz.h"

static const u8 one_byte[] = {
	0x00, 0x01, 0x02, 0x03, 0x08, 0x09, 0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13,
	0x18, 0x19, 0x1a, 0x1b, 0x20, 0x21, 0x22, 0x23, 0x28, 0x29, 0x2a, 0x2b,
	0x30, 0x31, 0x32, 0x33, 0x38, 0x39, 0x3a, 0x3b, 0x63, 0x80, 0x81, 0x83,
	0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x88, 0x89, 0x8a, 0x8b,
	0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xaa, 0xab, 0xac, 0xad, 0xa4, 0xa5,
	0xc6, 0xc7, 0xf6, 0xf7, 0xfe, 0xff, 0x8f, 0xd9, 0xa6, 0xae, 0x6c,
};

static const u8 two_byte[] = {
	0x0d, 0x10, 0x11, 0x18, 0x28, 0x29, 0x2b, 0x6e, 0x6f, 0x7e, 0x7f, 0xae,
	0xb0, 0xb1, 0xb6, 0xb7, 0xba, 0xbe, 0xbf, 0xc0, 0xc1, 0xc3, 0xd6, 0xe7,
	0xf0, 0x40, 0x45, 0x4c, 0x4f, 0x90, 0x95, 0x9c, 0x9f, 0xa3, 0xab, 0xc7,
};

static const u8 three_byte[] = { 0x2a, 0xf0, 0xf1, 0xf8, 0xf9 };

static const u8 vector[] = {
	0x10, 0x11, 0x28, 0x29, 0x2b, 0x6e, 0x6f, 0x7e, 0x7f, 0xd6, 0xe7, 0xf0,
};

#define PICK(rng, table)	(table)[rng_below(rng, sizeof(table))]

static u8 random_modrm(struct rng *rng)
{
	u8 modrm = (u8)rng_next(rng);

	if (modrm >= 0xc0 && !rng_once_in(rng, 8))
		modrm = (u8)(modrm & 0x3f) | (u8)(rng_below(rng, 3) << 6);
	/* [rm] with SIB, or rip-relative and absolute, more often than by chance */
	if (rng_once_in(rng, 6))
		modrm = (u8)((modrm & ~7u) | 4);
	return modrm;
}

static unsigned int add_prefixes(struct rng *rng, u8 *code, bool with_rex)
{
	static const u8 prefixes[] = {
		0x66, 0x66, 0x67, 0x67, 0xf2, 0xf3, 0xf3, 0xf0, 0x64, 0x65,
		0x2e, 0x3e, 0x26, 0x36,
	};
	unsigned int n = 0;

	while (n < 4 && rng_once_in(rng, 2))
		code[n++] = PICK(rng, prefixes);
	if (with_rex && rng_once_in(rng, 2)) {
		code[n++] = (u8)(0x40 + rng_below(rng, 16));
		if (rng_once_in(rng, 64))
			code[n++] = PICK(rng, prefixes);
	}
	return n;
}

/* SSE forms need one exact mandatory prefix; give it half of the time. */
static unsigned int add_legacy(struct rng *rng, u8 *code)
{
	static const u8 mandatory[] = { 0x66, 0xf2, 0xf3 };
	unsigned int n = add_prefixes(rng, code, true);

	switch (rng_below(rng, 4)) {
	case 0:
		code[n++] = 0x0f;
		code[n++] = rng_once_in(rng, 16) ? (u8)rng_next(rng) :
			    PICK(rng, two_byte);
		return n;
	case 1:
		n = 0;
		if (!rng_once_in(rng, 4))
			code[n++] = PICK(rng, mandatory);
		if (rng_once_in(rng, 2))
			code[n++] = (u8)(0x40 + rng_below(rng, 16));
		code[n++] = 0x0f;
		if (rng_once_in(rng, 4)) {
			code[n++] = 0x38;
			code[n++] = PICK(rng, three_byte);
		} else {
			code[n++] = PICK(rng, vector);
		}
		return n;
	default:
		code[n++] = rng_once_in(rng, 16) ? (u8)rng_next(rng) :
			    PICK(rng, one_byte);
		return n;
	}
}

static unsigned int add_vex(struct rng *rng, u8 *code)
{
	unsigned int n = rng_once_in(rng, 8) ? add_prefixes(rng, code, true) : 0;
	unsigned int map = rng_once_in(rng, 6) ? 2 : 1;
	u8 vvvv = rng_once_in(rng, 16) ? (u8)(rng_next(rng) & 0x78) : 0x78;
	u8 low = (u8)(rng_next(rng) & 7);
	u8 high = (u8)(rng_next(rng) & 0xe0);

	if (rng_once_in(rng, 3)) {
		code[n++] = 0xc5;
		code[n++] = (u8)((high & 0x80) | vvvv | low);
		map = 1;
	} else if (rng_once_in(rng, 2)) {
		code[n++] = 0xc4;
		code[n++] = (u8)(high | (rng_once_in(rng, 32) ? 3 : map));
		code[n++] = (u8)((rng_next(rng) & 0x80) | vvvv | low);
	} else {
		code[n++] = 0x62;
		code[n++] = (u8)(high | (rng_next(rng) & 0x10) | map |
				 (rng_once_in(rng, 64) ? 4 : 0));
		code[n++] = (u8)((rng_next(rng) & 0x80) | vvvv | 4 | (low & 3));
		code[n++] = rng_once_in(rng, 8) ? (u8)rng_next(rng) :
			    (u8)((rng_next(rng) & 0x60) | 0x08);
	}
	code[n++] = rng_once_in(rng, 32) ? (u8)rng_next(rng) :
		    map == 2 ? 0x2a : PICK(rng, vector);
	return n;
}

void insn_generate(struct rng *rng, u8 code[PCIEM_INSN_MAX_BYTES])
{
	u8 bytes[32];
	unsigned int i, n;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)rng_next(rng);
	if (!rng_once_in(rng, 20)) {
		n = rng_once_in(rng, 3) ? add_vex(rng, bytes) :
		    add_legacy(rng, bytes);
		bytes[n] = random_modrm(rng);
	}
	memcpy(code, bytes, PCIEM_INSN_MAX_BYTES);
}
