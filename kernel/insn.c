// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Decoder of the x86-64 instructions that can access MMIO: entry point,
 * prefixes and addressing forms. The tables of instructions are in insn_gpr.c
 * and insn_simd.c, the register side is in insn_exec.c. PURE.
 */
#include "insn_internal.h"

static const char * const why_text[PCIEM_NR_WHY] = {
	[PCIEM_WHY_OK] = "it is supported",
	[PCIEM_WHY_MORE_BYTES] = "the bytes end before the instruction does",
	[PCIEM_WHY_TOO_LONG] = "it is longer than 15 bytes",
	[PCIEM_WHY_OPCODE] = "its opcode is not in the table of MMIO forms",
	[PCIEM_WHY_NO_MEMORY] = "it has no memory operand",
	[PCIEM_WHY_BREAKPOINT] = "a breakpoint (int3) stands where it began",
	[PCIEM_WHY_STACK_BRANCH] = "it is a stack or branch instruction",
	[PCIEM_WHY_STRING] = "string compares are not supported on MMIO",
	[PCIEM_WHY_PORT] = "it is a port I/O instruction",
	[PCIEM_WHY_X87_MMX] = "x87 and MMX are not supported on MMIO",
	[PCIEM_WHY_ENQCMD] = "ENQCMD and ENQCMDS are not supported",
	[PCIEM_WHY_BIT_STRING] = "bit tests with a register index are not supported on MMIO",
	[PCIEM_WHY_LOCK] = "LOCK is illegal on it",
	[PCIEM_WHY_PREFIX] = "its operand-size or REX prefix is illegal or ambiguous",
	[PCIEM_WHY_REP] = "its F2h or F3h prefix has no defined meaning",
	[PCIEM_WHY_SEGMENTS] = "it has more than one segment prefix",
	[PCIEM_WHY_VEX_FIELDS] = "its VEX or EVEX form is not in the table",
	[PCIEM_WHY_MASKED] = "masked and broadcasting vector accesses are not supported on MMIO",
};

const char *pciem_insn_reason(const struct pciem_insn *insn)
{
	if (insn->why >= PCIEM_NR_WHY)
		return "it was never decoded";
	return why_text[insn->why];
}

int pciem_decoder_refuse(struct pciem_decoder *d, enum pciem_insn_why why)
{
	d->insn->why = (u8)why;
	return why == PCIEM_WHY_MORE_BYTES ? -ENODATA : -EINVAL;
}

int pciem_decoder_u8(struct pciem_decoder *d, u8 *value)
{
	if (d->pos >= PCIEM_INSN_MAX_BYTES)
		return pciem_decoder_refuse(d, PCIEM_WHY_TOO_LONG);
	if (d->pos >= d->nr_bytes)
		return pciem_decoder_refuse(d, PCIEM_WHY_MORE_BYTES);
	*value = d->code[d->pos++];
	return 0;
}

int pciem_decoder_signed(struct pciem_decoder *d, unsigned int nr_bytes,
			 s64 *value)
{
	unsigned int shift = 64 - 8 * nr_bytes;
	unsigned int i;
	u64 v = 0;
	int ret;
	u8 byte;

	for (i = 0; i < nr_bytes; i++) {
		ret = pciem_decoder_u8(d, &byte);
		if (ret)
			return ret;
		v |= (u64)byte << (8 * i);
	}
	*value = (s64)(v << shift) >> shift;
	return 0;
}

int pciem_decoder_modrm(struct pciem_decoder *d)
{
	int ret = pciem_decoder_u8(d, &d->modrm);

	if (ret)
		return ret;
	if (d->modrm >> 6 == 3)
		return pciem_decoder_refuse(d, PCIEM_WHY_NO_MEMORY);
	return 0;
}

int pciem_decoder_mem(struct pciem_decoder *d)
{
	struct pciem_insn *insn = d->insn;
	unsigned int mod = d->modrm >> 6;
	unsigned int rm = d->modrm & 7;
	unsigned int disp_bytes = mod == 1 ? 1 : mod == 2 ? 4 : 0;
	u8 sib;
	int ret;

	if (rm == 4) {
		ret = pciem_decoder_u8(d, &sib);
		if (ret)
			return ret;
		rm = sib & 7;
		insn->scale = (u8)(1u << (sib >> 6));
		insn->index = (u8)(((sib >> 3) & 7) | d->ext_x);
		if (insn->index == 4)
			insn->index = PCIEM_REG_NONE;
		if (mod == 0 && rm == 5)
			disp_bytes = 4;
		else
			insn->base = (u8)(rm | d->ext_b);
	} else if (mod == 0 && rm == 5) {
		insn->base = PCIEM_REG_RIP;
		disp_bytes = 4;
	} else {
		insn->base = (u8)(rm | d->ext_b);
	}
	if (!disp_bytes)
		return 0;
	ret = pciem_decoder_signed(d, disp_bytes, &insn->disp);
	if (ret == 0 && disp_bytes == 1)
		insn->disp *= d->disp8_scale;
	return ret;
}

static int add_segment(struct pciem_decoder *d, u8 prefix, unsigned int *seen)
{
	if (*seen && *seen != prefix)
		return pciem_decoder_refuse(d, PCIEM_WHY_SEGMENTS);
	*seen = prefix;
	if (prefix == 0x64)
		d->insn->segment = PCIEM_SEG_FS;
	else if (prefix == 0x65)
		d->insn->segment = PCIEM_SEG_GS;
	return 0;
}

static int add_rep(struct pciem_decoder *d, u8 prefix)
{
	if (d->rep && d->rep != prefix)
		return pciem_decoder_refuse(d, PCIEM_WHY_REP);
	d->rep = prefix;
	return 0;
}

/* Leaves the first byte that is no prefix in @opcode. */
static int decode_prefixes(struct pciem_decoder *d, u8 *opcode)
{
	unsigned int segment = 0;
	u8 rex = 0;
	int ret;

	for (;;) {
		ret = pciem_decoder_u8(d, opcode);
		if (ret)
			return ret;
		switch (*opcode) {
		case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:
			ret = add_segment(d, *opcode, &segment);
			break;
		case 0x66:
			d->opsize = true;
			break;
		case 0x67:
			d->insn->addr_bytes = 4;
			break;
		case 0xf0:
			d->lock = true;
			break;
		case 0xf2: case 0xf3:
			ret = add_rep(d, *opcode);
			break;
		case 0x40 ... 0x4f:
			rex = *opcode;
			continue;
		default:
			d->has_rex = rex != 0;
			d->wide = (rex & 8) != 0;
			d->ext_r = (rex & 4) ? 8 : 0;
			d->ext_x = (rex & 2) ? 8 : 0;
			d->ext_b = (rex & 1) ? 8 : 0;
			return 0;
		}
		if (ret)
			return ret;
		rex = 0;	/* REX counts only directly before the opcode */
	}
}

static int decode_opcode(struct pciem_decoder *d, u8 opcode)
{
	if (opcode == 0x62 || opcode == 0xc4 || opcode == 0xc5)
		return pciem_decode_vex(d, opcode);
	return pciem_decode_gpr(d, opcode);
}

int pciem_insn_decode(const u8 *code, unsigned int nr_bytes,
		      struct pciem_insn *insn)
{
	struct pciem_decoder d = {
		.insn = insn,
		.code = code,
		.nr_bytes = nr_bytes,
		.disp8_scale = 1,
	};
	u8 opcode;
	int ret;

	memset(insn, 0, sizeof(*insn));
	insn->addr_bytes = 8;
	insn->align_bytes = 1;
	insn->scale = 1;
	insn->base = PCIEM_REG_NONE;
	insn->index = PCIEM_REG_NONE;
	ret = decode_prefixes(&d, &opcode);
	if (ret == 0)
		ret = decode_opcode(&d, opcode);
	if (ret)
		goto refused;
	if (d.rep && !d.rep_used)
		ret = pciem_decoder_refuse(&d, PCIEM_WHY_REP);
	else if (d.lock && insn->kind != PCIEM_INSN_MODIFY)
		ret = pciem_decoder_refuse(&d, PCIEM_WHY_LOCK);
	if (ret)
		goto refused;
	insn->locked |= d.lock;
	insn->length = (u8)d.pos;
	if (insn->kind == PCIEM_INSN_COPY64)
		insn->align_bytes = 64;
	return 0;

refused:
	insn->kind = PCIEM_INSN_NONE;
	return ret;
}
