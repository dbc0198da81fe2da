// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * The table of forms between memory and general registers, and the way from an
 * opcode to them through the one-byte, 0F and 0F38 maps. PURE.
 * Encodings: Intel SDM volume 2, appendix A.
 */
#include "insn_internal.h"

/* How the bytes after an opcode are to be read. 0 is "not in the table". */
enum form_class {
	FORM_UNKNOWN,
	FORM_REFUSED,		/* op: enum pciem_insn_why */
	FORM_MEM_REG,		/* op m, r */
	FORM_REG_MEM,		/* op r, m */
	FORM_GROUP1,		/* op by ModRM.reg, m, imm */
	FORM_GROUP3,		/* TEST m, imm; NOT; NEG */
	FORM_GROUP45,		/* INC; DEC; the rest of FFh is refused */
	FORM_LOAD,
	FORM_STORE,
	FORM_STORE_IMM,
	FORM_OFFSET_LOAD,	/* MOV rAX, moffs */
	FORM_OFFSET_STORE,
	FORM_EXTEND,		/* MOVZX, MOVSX: BYTE or 16-bit source */
	FORM_MOVSXD,
	FORM_MOVS,
	FORM_STOS,
	FORM_LODS,
	FORM_CMOV,
	FORM_SET,
	FORM_BIT_IMM,		/* BT BTS BTR BTC m, imm8 */
	FORM_DIRECT,		/* MOVNTI, MOVDIRI: 32 or 64 bit, no 66h */
	FORM_MOVBE,		/* op 0: load, 1: store */
	FORM_PREFETCH,		/* op: bit mask of the ModRM.reg allowed */
	FORM_FLUSH,
	FORM_MOVDIR64B,
	FORM_SSE,
};

#define BYTE	1		/* 8-bit operand, whatever the prefixes */
#define IMM8	2		/* sign-extended 8-bit immediate */

struct form {
	u8 class;
	u8 op;
	u8 flags;
};

#define ALU(opcode, op)							\
	[(opcode) + 0] = { FORM_MEM_REG, op, BYTE },			\
	[(opcode) + 1] = { FORM_MEM_REG, op, 0 },			\
	[(opcode) + 2] = { FORM_REG_MEM, op, BYTE },			\
	[(opcode) + 3] = { FORM_REG_MEM, op, 0 }

#define PAIR(opcode, class, op)						\
	[(opcode) + 0] = { class, op, BYTE },				\
	[(opcode) + 1] = { class, op, 0 }

#define REFUSED(why)	{ FORM_REFUSED, why, 0 }

static const struct form one_byte_forms[256] = {
	ALU(0x00, PCIEM_OP_ADD),
	ALU(0x08, PCIEM_OP_OR),
	ALU(0x10, PCIEM_OP_ADC),
	ALU(0x18, PCIEM_OP_SBB),
	ALU(0x20, PCIEM_OP_AND),
	ALU(0x28, PCIEM_OP_SUB),
	ALU(0x30, PCIEM_OP_XOR),
	ALU(0x38, PCIEM_OP_CMP),
	[0x50 ... 0x5f] = REFUSED(PCIEM_WHY_STACK_BRANCH),
	[0x63] = { FORM_MOVSXD, 0, 0 },
	[0x68] = REFUSED(PCIEM_WHY_STACK_BRANCH),
	[0x6a] = REFUSED(PCIEM_WHY_STACK_BRANCH),
	[0x6c ... 0x6f] = REFUSED(PCIEM_WHY_PORT),
	[0x70 ... 0x7f] = REFUSED(PCIEM_WHY_STACK_BRANCH),
	PAIR(0x80, FORM_GROUP1, 0),
	[0x83] = { FORM_GROUP1, 0, IMM8 },
	PAIR(0x84, FORM_MEM_REG, PCIEM_OP_TEST),
	PAIR(0x86, FORM_MEM_REG, PCIEM_OP_XCHG),
	PAIR(0x88, FORM_STORE, PCIEM_OP_MOV),
	PAIR(0x8a, FORM_LOAD, PCIEM_OP_MOV),
	[0x8f] = REFUSED(PCIEM_WHY_STACK_BRANCH),
	PAIR(0xa0, FORM_OFFSET_LOAD, 0),
	PAIR(0xa2, FORM_OFFSET_STORE, 0),
	PAIR(0xa4, FORM_MOVS, 0),
	[0xa6 ... 0xa7] = REFUSED(PCIEM_WHY_STRING),
	PAIR(0xaa, FORM_STOS, 0),
	PAIR(0xac, FORM_LODS, 0),
	[0xae ... 0xaf] = REFUSED(PCIEM_WHY_STRING),
	[0xc2 ... 0xc3] = REFUSED(PCIEM_WHY_STACK_BRANCH),
	PAIR(0xc6, FORM_STORE_IMM, PCIEM_OP_MOV),
	[0xc8 ... 0xcb] = REFUSED(PCIEM_WHY_STACK_BRANCH),
	[0xcc] = REFUSED(PCIEM_WHY_BREAKPOINT),
	[0xd8 ... 0xdf] = REFUSED(PCIEM_WHY_X87_MMX),
	[0xe4 ... 0xe7] = REFUSED(PCIEM_WHY_PORT),
	[0xe8 ... 0xe9] = REFUSED(PCIEM_WHY_STACK_BRANCH),
	[0xeb] = REFUSED(PCIEM_WHY_STACK_BRANCH),
	[0xec ... 0xef] = REFUSED(PCIEM_WHY_PORT),
	PAIR(0xf6, FORM_GROUP3, 0),
	PAIR(0xfe, FORM_GROUP45, 0),
};

static const struct form two_byte_forms[256] = {
	[0x0d] = { FORM_PREFETCH, 0x07, 0 },
	[0x10 ... 0x11] = { FORM_SSE, 0, 0 },
	[0x18] = { FORM_PREFETCH, 0x0f, 0 },
	[0x28 ... 0x29] = { FORM_SSE, 0, 0 },
	[0x2b] = { FORM_SSE, 0, 0 },
	[0x40 ... 0x4f] = { FORM_CMOV, PCIEM_OP_CMOV, 0 },
	[0x6e ... 0x6f] = { FORM_SSE, 0, 0 },
	[0x7e ... 0x7f] = { FORM_SSE, 0, 0 },
	[0x90 ... 0x9f] = { FORM_SET, PCIEM_OP_SET, BYTE },
	[0xa3] = REFUSED(PCIEM_WHY_BIT_STRING),
	[0xab] = REFUSED(PCIEM_WHY_BIT_STRING),
	[0xae] = { FORM_FLUSH, 0, 0 },
	PAIR(0xb0, FORM_MEM_REG, PCIEM_OP_CMPXCHG),
	[0xb3] = REFUSED(PCIEM_WHY_BIT_STRING),
	PAIR(0xb6, FORM_EXTEND, PCIEM_OP_MOV),
	[0xba] = { FORM_BIT_IMM, 0, IMM8 },
	[0xbb] = REFUSED(PCIEM_WHY_BIT_STRING),
	PAIR(0xbe, FORM_EXTEND, PCIEM_OP_MOVSX),
	PAIR(0xc0, FORM_MEM_REG, PCIEM_OP_XADD),
	[0xc3] = { FORM_DIRECT, PCIEM_OP_MOV, 0 },
	[0xd6] = { FORM_SSE, 0, 0 },
	[0xe7] = { FORM_SSE, 0, 0 },
	[0xf0] = { FORM_SSE, 0, 0 },
};

static unsigned int modrm_reg(const struct pciem_decoder *d)
{
	return (d->modrm >> 3) & 7;
}

static int modrm_and_mem(struct pciem_decoder *d)
{
	int ret = pciem_decoder_modrm(d);

	return ret ? ret : pciem_decoder_mem(d);
}

static u8 operand_bytes(const struct pciem_decoder *d, const struct form *form)
{
	if (form->flags & BYTE)
		return 1;
	return d->wide ? 8 : d->opsize ? 2 : 4;
}

/* The GPR in ModRM.reg; without REX, byte registers 4..7 are AH CH DH BH. */
static void set_reg(struct pciem_decoder *d, u8 bytes)
{
	struct pciem_insn *insn = d->insn;

	insn->source = PCIEM_SRC_REG;
	insn->reg_bytes = bytes;
	insn->reg = (u8)(modrm_reg(d) | d->ext_r);
	if (bytes == 1 && !d->has_rex && insn->reg >= 4) {
		insn->reg = (u8)(insn->reg - 4);
		insn->reg_high = true;
	}
}

static void set_kind(struct pciem_decoder *d, enum pciem_insn_kind kind, u8 op,
		     u8 access_bytes)
{
	struct pciem_insn *insn = d->insn;

	insn->kind = (u8)kind;
	insn->op = op;
	insn->access_bytes = access_bytes;
	insn->reads = kind != PCIEM_INSN_STORE && kind != PCIEM_INSN_STOS &&
		      kind != PCIEM_INSN_VSTORE && kind != PCIEM_INSN_NOACCESS;
	insn->writes = kind == PCIEM_INSN_STORE || kind == PCIEM_INSN_STOS ||
		       kind == PCIEM_INSN_VSTORE || kind == PCIEM_INSN_MODIFY ||
		       kind == PCIEM_INSN_MOVS || kind == PCIEM_INSN_COPY64;
}

/* CMP, TEST and BT do not write their memory operand; the other ops do. */
static void set_modify(struct pciem_decoder *d, u8 op, u8 bytes)
{
	bool only_reads = op == PCIEM_OP_CMP || op == PCIEM_OP_TEST ||
			  op == PCIEM_OP_BT;

	set_kind(d, only_reads ? PCIEM_INSN_COMBINE : PCIEM_INSN_MODIFY, op,
		 bytes);
	if (op == PCIEM_OP_XCHG)
		d->insn->locked = true;
}

static int read_imm(struct pciem_decoder *d, const struct form *form, u8 bytes)
{
	unsigned int imm_bytes = (form->flags & IMM8) ? 1 : bytes > 4 ? 4 : bytes;

	d->insn->source = PCIEM_SRC_IMM;
	return pciem_decoder_signed(d, imm_bytes, &d->insn->imm);
}

/* Groups: the operation is in ModRM.reg. */
static int decode_group(struct pciem_decoder *d, const struct form *form)
{
	static const u8 bit_ops[4] = {
		PCIEM_OP_BT, PCIEM_OP_BTS, PCIEM_OP_BTR, PCIEM_OP_BTC,
	};
	u8 bytes = operand_bytes(d, form);
	bool has_imm = true;
	unsigned int n;
	int ret;
	u8 op;

	ret = pciem_decoder_modrm(d);
	if (ret)
		return ret;
	n = modrm_reg(d);
	op = (u8)n;
	if (form->class == FORM_GROUP3) {
		if (n != 0 && n != 2 && n != 3)
			return pciem_decoder_refuse(d, PCIEM_WHY_OPCODE);
		op = n == 0 ? PCIEM_OP_TEST : n == 2 ? PCIEM_OP_NOT : PCIEM_OP_NEG;
		has_imm = n == 0;
	} else if (form->class == FORM_GROUP45) {
		if (n > 1)
			return pciem_decoder_refuse(d, n < 7 && bytes != 1 ?
				PCIEM_WHY_STACK_BRANCH : PCIEM_WHY_OPCODE);
		op = n == 0 ? PCIEM_OP_INC : PCIEM_OP_DEC;
		has_imm = false;
	} else if (form->class == FORM_BIT_IMM) {
		if (n < 4)
			return pciem_decoder_refuse(d, PCIEM_WHY_OPCODE);
		op = bit_ops[n - 4];
	} else if (form->class == FORM_STORE_IMM && n != 0) {
		return pciem_decoder_refuse(d, PCIEM_WHY_OPCODE);
	}
	ret = pciem_decoder_mem(d);
	if (ret)
		return ret;
	if (form->class == FORM_STORE_IMM)
		set_kind(d, PCIEM_INSN_STORE, PCIEM_OP_MOV, bytes);
	else
		set_modify(d, op, bytes);
	return has_imm ? read_imm(d, form, bytes) : 0;
}

/* One GPR and one memory operand of the same or a narrower width. */
static int decode_reg_mem(struct pciem_decoder *d, const struct form *form)
{
	u8 bytes = operand_bytes(d, form);
	int ret = modrm_and_mem(d);

	if (ret)
		return ret;
	set_reg(d, bytes);
	switch (form->class) {
	case FORM_MEM_REG:
		set_modify(d, form->op, bytes);
		break;
	case FORM_REG_MEM:
		set_kind(d, PCIEM_INSN_COMBINE, form->op, bytes);
		d->insn->reg_first = true;
		break;
	case FORM_STORE:
		set_kind(d, PCIEM_INSN_STORE, form->op, bytes);
		break;
	default:	/* FORM_LOAD, FORM_CMOV */
		set_kind(d, PCIEM_INSN_LOAD, form->op, bytes);
		break;
	}
	return 0;
}

static int decode_extend(struct pciem_decoder *d, const struct form *form)
{
	u8 dest_bytes = d->wide ? 8 : d->opsize ? 2 : 4;
	u8 src_bytes = (form->flags & BYTE) ? 1 : 2;
	u8 op = form->op;
	int ret;

	if (form->class == FORM_MOVSXD) {
		/* Vendors disagree on what 66h without REX.W reads. */
		if (d->opsize && !d->wide)
			return pciem_decoder_refuse(d, PCIEM_WHY_PREFIX);
		src_bytes = 4;
		op = PCIEM_OP_MOVSX;
	}
	ret = modrm_and_mem(d);
	if (ret)
		return ret;
	set_reg(d, dest_bytes);
	set_kind(d, PCIEM_INSN_LOAD, op, src_bytes);
	return 0;
}

static int decode_offset(struct pciem_decoder *d, const struct form *form)
{
	u8 bytes = operand_bytes(d, form);

	d->insn->source = PCIEM_SRC_REG;
	d->insn->reg_bytes = bytes;
	set_kind(d, form->class == FORM_OFFSET_LOAD ? PCIEM_INSN_LOAD :
		 PCIEM_INSN_STORE, PCIEM_OP_MOV, bytes);
	return pciem_decoder_signed(d, d->insn->addr_bytes, &d->insn->disp);
}

static int decode_string(struct pciem_decoder *d, const struct form *form)
{
	u8 bytes = operand_bytes(d, form);

	if (d->rep == 0xf2)
		return pciem_decoder_refuse(d, PCIEM_WHY_REP);
	d->insn->rep = d->rep == 0xf3;
	d->rep_used = true;
	set_kind(d, form->class == FORM_MOVS ? PCIEM_INSN_MOVS :
		 form->class == FORM_STOS ? PCIEM_INSN_STOS : PCIEM_INSN_LODS,
		 PCIEM_OP_MOV, bytes);
	if (form->class != FORM_MOVS) {
		d->insn->source = PCIEM_SRC_REG;
		d->insn->reg_bytes = bytes;
	}
	return 0;
}

static int decode_set(struct pciem_decoder *d, const struct form *form)
{
	int ret = modrm_and_mem(d);

	if (ret == 0)
		set_kind(d, PCIEM_INSN_STORE, form->op, 1);
	return ret;
}

static int decode_direct(struct pciem_decoder *d)
{
	u8 bytes = d->wide ? 8 : 4;
	int ret;

	if (d->opsize)
		return pciem_decoder_refuse(d, PCIEM_WHY_PREFIX);
	ret = modrm_and_mem(d);
	if (ret)
		return ret;
	set_reg(d, bytes);
	set_kind(d, PCIEM_INSN_STORE, PCIEM_OP_MOV, bytes);
	return 0;
}

static int decode_noaccess(struct pciem_decoder *d, const struct form *form)
{
	bool allowed;
	unsigned int n;
	int ret;

	ret = pciem_decoder_modrm(d);
	if (ret)
		return ret;
	n = modrm_reg(d);
	if (form->class == FORM_PREFETCH)
		allowed = (form->op >> n) & 1;
	else		/* CLFLUSH, CLFLUSHOPT /7; CLWB 66h /6 */
		allowed = n == 7 || (n == 6 && d->opsize);
	if (!allowed)
		return pciem_decoder_refuse(d, PCIEM_WHY_OPCODE);
	set_kind(d, PCIEM_INSN_NOACCESS, PCIEM_OP_MOV, 0);
	return pciem_decoder_mem(d);
}

static int decode_movdir64b(struct pciem_decoder *d)
{
	int ret;

	if (d->rep)
		return pciem_decoder_refuse(d, PCIEM_WHY_ENQCMD);
	if (!d->opsize)
		return pciem_decoder_refuse(d, PCIEM_WHY_OPCODE);
	ret = modrm_and_mem(d);
	if (ret)
		return ret;
	set_kind(d, PCIEM_INSN_COPY64, PCIEM_OP_MOV, 64);
	d->insn->source = PCIEM_SRC_REG;
	d->insn->reg = (u8)(modrm_reg(d) | d->ext_r);
	d->insn->reg_bytes = d->insn->addr_bytes;
	return 0;
}

static int decode_form(struct pciem_decoder *d, const struct form *form)
{
	switch (form->class) {
	case FORM_REFUSED:
		return pciem_decoder_refuse(d, form->op);
	case FORM_MEM_REG:
	case FORM_REG_MEM:
	case FORM_LOAD:
	case FORM_STORE:
	case FORM_CMOV:
		return decode_reg_mem(d, form);
	case FORM_GROUP1:
	case FORM_GROUP3:
	case FORM_GROUP45:
	case FORM_BIT_IMM:
	case FORM_STORE_IMM:
		return decode_group(d, form);
	case FORM_OFFSET_LOAD:
	case FORM_OFFSET_STORE:
		return decode_offset(d, form);
	case FORM_EXTEND:
	case FORM_MOVSXD:
		return decode_extend(d, form);
	case FORM_MOVS:
	case FORM_STOS:
	case FORM_LODS:
		return decode_string(d, form);
	case FORM_SET:
		return decode_set(d, form);
	case FORM_DIRECT:
		return decode_direct(d);
	case FORM_PREFETCH:
	case FORM_FLUSH:
		return decode_noaccess(d, form);
	default:
		return pciem_decoder_refuse(d, PCIEM_WHY_OPCODE);
	}
}

static int decode_0f38(struct pciem_decoder *d)
{
	static const struct form movbe_load = { FORM_LOAD, PCIEM_OP_MOVBE, 0 };
	static const struct form movbe_store = { FORM_STORE, PCIEM_OP_MOVBE, 0 };
	u8 opcode;
	int ret;

	ret = pciem_decoder_u8(d, &opcode);
	if (ret)
		return ret;
	switch (opcode) {
	case 0x2a:
		return pciem_decode_sse(d, 2, opcode);
	case 0xf0:	/* with F2h: CRC32, refused in the end */
		return decode_form(d, &movbe_load);
	case 0xf1:
		return decode_form(d, &movbe_store);
	case 0xf8:
		return decode_movdir64b(d);
	case 0xf9:
		return decode_direct(d);
	default:
		return pciem_decoder_refuse(d, PCIEM_WHY_OPCODE);
	}
}

static int decode_0f(struct pciem_decoder *d)
{
	u8 opcode;
	int ret;

	ret = pciem_decoder_u8(d, &opcode);
	if (ret)
		return ret;
	if (opcode == 0x38)
		return decode_0f38(d);
	if (two_byte_forms[opcode].class == FORM_SSE)
		return pciem_decode_sse(d, 1, opcode);
	d->insn->cond = opcode & 0x0f;
	return decode_form(d, &two_byte_forms[opcode]);
}

int pciem_decode_gpr(struct pciem_decoder *d, u8 opcode)
{
	if (opcode == 0x0f)
		return decode_0f(d);
	return decode_form(d, &one_byte_forms[opcode]);
}
