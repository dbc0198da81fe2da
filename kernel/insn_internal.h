/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What insn.c, insn_gpr.c and insn_simd.c share. PURE. */
#ifndef PCIEM_INSN_INTERNAL_H
#define PCIEM_INSN_INTERNAL_H

#include "insn.h"

/*
 * State of one decode. The byte that decides is always the one consumed last,
 * so running out of bytes can never hide a refusal that an earlier one implies,
 * and a valid instruction cut short always gives -ENODATA.
 */
struct pciem_decoder {
	struct pciem_insn *insn;
	const u8 *code;
	unsigned int nr_bytes;
	unsigned int pos;
	u8 modrm;
	u8 ext_r;		/* added to ModRM.reg: 0, 8, 16 or 24 */
	u8 ext_x;		/* added to SIB.index: 0 or 8 */
	u8 ext_b;		/* added to ModRM.rm or SIB.base: 0 or 8 */
	u8 disp8_scale;		/* EVEX compressed displacement, else 1 */
	u8 rep;			/* 0, F2h or F3h */
	bool has_rex;		/* directly before the opcode */
	bool wide;		/* REX.W, VEX.W or EVEX.W */
	bool opsize;		/* prefix 66h */
	bool lock;
	bool rep_used;		/* F2h/F3h belongs to the opcode or repeats */
};

int pciem_decoder_refuse(struct pciem_decoder *d, enum pciem_insn_why why);
int pciem_decoder_u8(struct pciem_decoder *d, u8 *value);

/* A little-endian number of 1, 2, 4 or 8 bytes, sign-extended. */
int pciem_decoder_signed(struct pciem_decoder *d, unsigned int nr_bytes,
			 s64 *value);

/* Reads ModRM alone; refuses register operands. */
int pciem_decoder_modrm(struct pciem_decoder *d);

/* Reads SIB and displacement after ModRM. */
int pciem_decoder_mem(struct pciem_decoder *d);

/* @opcode is the first byte that is no prefix; all but VEX and EVEX. */
int pciem_decode_gpr(struct pciem_decoder *d, u8 opcode);

/* Legacy SSE: @opcode of map 0F (@map 1) or 0F38 (@map 2); ModRM is next. */
int pciem_decode_sse(struct pciem_decoder *d, unsigned int map, u8 opcode);

/* @first is C4h, C5h or 62h, just consumed. */
int pciem_decode_vex(struct pciem_decoder *d, u8 first);

#endif /* PCIEM_INSN_INTERNAL_H */
