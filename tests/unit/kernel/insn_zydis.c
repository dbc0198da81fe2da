// SPDX-License-Identifier: Apache-2.0
/* The decoder against Zydis: do both see the same instruction? */
#include <Zydis/Zydis.h>
#include <stdio.h>

#include "insn_fuzz.h"

struct decoded {
	ZydisDecodedInstruction insn;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
};

static bool decode(const u8 *code, unsigned int nr_bytes, struct decoded *z)
{
	static ZydisDecoder decoder;
	static bool is_ready;

	if (!is_ready) {
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64,
				 ZYDIS_STACK_WIDTH_64);
		is_ready = true;
	}
	return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code, nr_bytes,
						   &z->insn, z->ops));
}

static bool is_memory(const ZydisDecodedOperand *op)
{
	return op->type == ZYDIS_OPERAND_TYPE_MEMORY &&
	       op->mem.type != ZYDIS_MEMOP_TYPE_AGEN;
}

static const ZydisDecodedOperand *find_memory(const struct decoded *z,
					      ZydisOperandActions actions)
{
	unsigned int i;

	for (i = 0; i < z->insn.operand_count; i++)
		if (is_memory(&z->ops[i]) && (z->ops[i].actions & actions))
			return &z->ops[i];
	return NULL;
}

static const ZydisDecodedOperand *find_visible(const struct decoded *z,
					       ZydisOperandType type)
{
	unsigned int i;

	for (i = 0; i < z->insn.operand_count_visible; i++)
		if (z->ops[i].type == type &&
		    z->ops[i].encoding != ZYDIS_OPERAND_ENCODING_MASK)
			return &z->ops[i];
	return NULL;
}

static u64 gpr_value(ZydisRegister reg, const struct pciem_insn_regs *regs)
{
	return regs->gpr[ZydisRegisterGetId(reg) & 15];
}

/*
 * With a 32-bit address size and REX.B, Zydis 4.0.0 names r13d as the base of
 * a SIB that has none (mod 0, base 5) and hides the displacement. REX.B does not
 * count there (SDM volume 2, table 2-5); objdump and the real run agree.
 */
static bool is_baseless_sib(const struct decoded *z)
{
	return z->insn.raw.modrm.offset && z->insn.raw.modrm.mod == 0 &&
	       z->insn.raw.modrm.rm == 4 && z->insn.raw.sib.base == 5;
}

static u64 effective_address(const struct decoded *z,
			     const ZydisDecodedOperand *op,
			     const struct pciem_insn_regs *regs)
{
	bool is_modrm = op->encoding == ZYDIS_OPERAND_ENCODING_MODRM_RM;
	u64 ea = (u64)op->mem.disp.value;

	if (is_baseless_sib(z) && is_modrm)
		ea = (u64)z->insn.raw.disp.value;
	else if (op->mem.base == ZYDIS_REGISTER_RIP || op->mem.base == ZYDIS_REGISTER_EIP)
		ea += regs->rip + z->insn.length;
	else if (op->mem.base != ZYDIS_REGISTER_NONE)
		ea += gpr_value(op->mem.base, regs);
	if (op->mem.index != ZYDIS_REGISTER_NONE)
		ea += gpr_value(op->mem.index, regs) * op->mem.scale;
	return z->insn.address_width == 32 ? (u32)ea : ea;
}

static unsigned int segment_of(const ZydisDecodedOperand *op)
{
	return op->mem.segment == ZYDIS_REGISTER_FS ? PCIEM_SEG_FS :
	       op->mem.segment == ZYDIS_REGISTER_GS ? PCIEM_SEG_GS :
	       PCIEM_SEG_FLAT;
}

static const char *compare_memory(const struct decoded *z,
				  const struct pciem_insn *insn,
				  const struct pciem_insn_regs *regs)
{
	const ZydisDecodedOperand *src =
		find_memory(z, ZYDIS_OPERAND_ACTION_MASK_READ);
	const ZydisDecodedOperand *dst =
		find_memory(z, ZYDIS_OPERAND_ACTION_MASK_WRITE);

	if (insn->kind == PCIEM_INSN_NOACCESS)
		return insn->access_bytes ? "access without memory" : NULL;
	if (!!src != insn->reads || !!dst != insn->writes)
		return "direction";
	if (src && src->size != insn->access_bytes * 8)
		return "width of the read";
	if (dst && dst->size != insn->access_bytes * 8)
		return "width of the write";
	if (src && effective_address(z, src, regs) != pciem_insn_src(insn, regs, 0))
		return "source address";
	if (dst && effective_address(z, dst, regs) != pciem_insn_dst(insn, regs, 0))
		return "destination address";
	if (src && segment_of(src) != insn->segment)
		return "segment of the source";
	if (dst && !src && insn->kind != PCIEM_INSN_STOS &&
	    segment_of(dst) != insn->segment)
		return "segment of the destination";
	return NULL;
}

static const char *compare_gpr(const struct decoded *z,
			       const struct pciem_insn *insn)
{
	const ZydisDecodedOperand *op = find_visible(z, ZYDIS_OPERAND_TYPE_REGISTER);
	unsigned int id;
	bool high;

	if (!op) {	/* STOS, LODS: rAX is not visible */
		if (insn->kind == PCIEM_INSN_COPY64)
			return NULL;
		return insn->reg == 0 && !insn->reg_high ? NULL : "hidden register";
	}
	if (ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, op->reg.value) !=
	    insn->reg_bytes * 8)
		return "register width";
	high = op->reg.value >= ZYDIS_REGISTER_AH && op->reg.value <= ZYDIS_REGISTER_BH;
	if (high != insn->reg_high)
		return "high byte register";
	if (high)
		id = (unsigned int)(op->reg.value - ZYDIS_REGISTER_AH);
	else if (op->reg.value >= ZYDIS_REGISTER_SPL && op->reg.value <= ZYDIS_REGISTER_R15B)
		id = (unsigned int)(op->reg.value - ZYDIS_REGISTER_SPL) + 4;
	else
		id = (unsigned int)ZydisRegisterGetId(op->reg.value);
	return id == insn->reg ? NULL : "register";
}

static const char *compare_operand(const struct decoded *z,
				   const struct pciem_insn *insn)
{
	const ZydisDecodedOperand *op;

	if (insn->kind == PCIEM_INSN_VLOAD || insn->kind == PCIEM_INSN_VSTORE) {
		op = find_visible(z, ZYDIS_OPERAND_TYPE_REGISTER);
		if (!op || op->reg.value < ZYDIS_REGISTER_XMM0 ||
		    op->reg.value > ZYDIS_REGISTER_ZMM31)
			return "not a vector register";
		return (unsigned int)ZydisRegisterGetId(op->reg.value) ==
		       insn->vec_reg ? NULL : "vector register";
	}
	if (insn->source == PCIEM_SRC_REG)
		return compare_gpr(z, insn);
	op = find_visible(z, ZYDIS_OPERAND_TYPE_IMMEDIATE);
	if (insn->source == PCIEM_SRC_IMM) {
		bool is_bit = insn->op >= PCIEM_OP_BT && insn->op <= PCIEM_OP_BTC;
		u64 mask = ~0ull >> (64 - 8 * (is_bit ? 1 : insn->access_bytes));

		if (!op || ((op->imm.value.u ^ (u64)insn->imm) & mask))
			return "immediate";
	}
	return NULL;
}

static const char *compare_operation(const struct decoded *z,
				     const struct pciem_insn *insn)
{
	static const ZydisMnemonic mnemonics[] = {
		[PCIEM_OP_ADD] = ZYDIS_MNEMONIC_ADD,
		[PCIEM_OP_OR] = ZYDIS_MNEMONIC_OR,
		[PCIEM_OP_ADC] = ZYDIS_MNEMONIC_ADC,
		[PCIEM_OP_SBB] = ZYDIS_MNEMONIC_SBB,
		[PCIEM_OP_AND] = ZYDIS_MNEMONIC_AND,
		[PCIEM_OP_SUB] = ZYDIS_MNEMONIC_SUB,
		[PCIEM_OP_XOR] = ZYDIS_MNEMONIC_XOR,
		[PCIEM_OP_CMP] = ZYDIS_MNEMONIC_CMP,
		[PCIEM_OP_TEST] = ZYDIS_MNEMONIC_TEST,
		[PCIEM_OP_INC] = ZYDIS_MNEMONIC_INC,
		[PCIEM_OP_DEC] = ZYDIS_MNEMONIC_DEC,
		[PCIEM_OP_NOT] = ZYDIS_MNEMONIC_NOT,
		[PCIEM_OP_NEG] = ZYDIS_MNEMONIC_NEG,
		[PCIEM_OP_XCHG] = ZYDIS_MNEMONIC_XCHG,
		[PCIEM_OP_XADD] = ZYDIS_MNEMONIC_XADD,
		[PCIEM_OP_CMPXCHG] = ZYDIS_MNEMONIC_CMPXCHG,
		[PCIEM_OP_BT] = ZYDIS_MNEMONIC_BT,
		[PCIEM_OP_BTS] = ZYDIS_MNEMONIC_BTS,
		[PCIEM_OP_BTR] = ZYDIS_MNEMONIC_BTR,
		[PCIEM_OP_BTC] = ZYDIS_MNEMONIC_BTC,
	};

	if ((insn->kind == PCIEM_INSN_COMBINE || insn->kind == PCIEM_INSN_MODIFY) &&
	    z->insn.mnemonic != mnemonics[insn->op])
		return "operation";
	if ((insn->kind == PCIEM_INSN_COMBINE || insn->kind == PCIEM_INSN_LOAD) &&
	    insn->reg_first != (insn->kind == PCIEM_INSN_COMBINE &&
				z->ops[0].type == ZYDIS_OPERAND_TYPE_REGISTER))
		return "order of operands";
	if (!!(z->insn.attributes & ZYDIS_ATTRIB_HAS_LOCK) && !insn->locked)
		return "lock";
	if (!!(z->insn.attributes & ZYDIS_ATTRIB_HAS_REP) != insn->rep)
		return "rep";
	return NULL;
}

const char *insn_zydis_compare(const u8 *code, const struct pciem_insn *insn,
			       const struct pciem_insn_regs *regs,
			       struct insn_layout *layout)
{
	const char *difference;
	struct decoded z;

	if (!decode(code, PCIEM_INSN_MAX_BYTES, &z))
		return "Zydis refuses it";
	layout->disp_off = z.insn.raw.disp.offset;
	layout->disp_bytes = z.insn.raw.disp.size / 8;
	if (z.insn.length != insn->length)
		return "length";
	if (z.insn.address_width != insn->addr_bytes * 8)
		return "address size";
	difference = compare_memory(&z, insn, regs);
	if (!difference)
		difference = compare_operand(&z, insn);
	if (!difference)
		difference = compare_operation(&z, insn);
	return difference;
}

static bool is_mnemonic_promised(const struct decoded *z)
{
	switch (z->insn.mnemonic) {
	case ZYDIS_MNEMONIC_MOV: case ZYDIS_MNEMONIC_MOVZX:
	case ZYDIS_MNEMONIC_MOVSX: case ZYDIS_MNEMONIC_MOVSXD:
	case ZYDIS_MNEMONIC_MOVBE: case ZYDIS_MNEMONIC_MOVNTI:
	case ZYDIS_MNEMONIC_MOVDIRI: case ZYDIS_MNEMONIC_MOVDIR64B:
	case ZYDIS_MNEMONIC_MOVSB: case ZYDIS_MNEMONIC_MOVSW:
	case ZYDIS_MNEMONIC_MOVSQ:
	case ZYDIS_MNEMONIC_STOSB: case ZYDIS_MNEMONIC_STOSW:
	case ZYDIS_MNEMONIC_STOSD: case ZYDIS_MNEMONIC_STOSQ:
	case ZYDIS_MNEMONIC_LODSB: case ZYDIS_MNEMONIC_LODSW:
	case ZYDIS_MNEMONIC_LODSD: case ZYDIS_MNEMONIC_LODSQ:
	case ZYDIS_MNEMONIC_ADD: case ZYDIS_MNEMONIC_OR: case ZYDIS_MNEMONIC_ADC:
	case ZYDIS_MNEMONIC_SBB: case ZYDIS_MNEMONIC_AND: case ZYDIS_MNEMONIC_SUB:
	case ZYDIS_MNEMONIC_XOR: case ZYDIS_MNEMONIC_CMP:
	case ZYDIS_MNEMONIC_INC: case ZYDIS_MNEMONIC_DEC: case ZYDIS_MNEMONIC_NOT:
	case ZYDIS_MNEMONIC_NEG: case ZYDIS_MNEMONIC_XCHG:
	case ZYDIS_MNEMONIC_XADD: case ZYDIS_MNEMONIC_CMPXCHG:
	case ZYDIS_MNEMONIC_CMOVZ: case ZYDIS_MNEMONIC_CMOVNZ:
	case ZYDIS_MNEMONIC_CMOVL: case ZYDIS_MNEMONIC_CMOVNLE:
	case ZYDIS_MNEMONIC_SETZ: case ZYDIS_MNEMONIC_SETNZ:
	case ZYDIS_MNEMONIC_PREFETCHNTA: case ZYDIS_MNEMONIC_PREFETCHT0:
	case ZYDIS_MNEMONIC_PREFETCHW:
	case ZYDIS_MNEMONIC_MOVUPS: case ZYDIS_MNEMONIC_MOVUPD:
	case ZYDIS_MNEMONIC_MOVAPS: case ZYDIS_MNEMONIC_MOVAPD:
	case ZYDIS_MNEMONIC_MOVDQA: case ZYDIS_MNEMONIC_MOVDQU:
	case ZYDIS_MNEMONIC_MOVNTDQ: case ZYDIS_MNEMONIC_MOVNTDQA:
	case ZYDIS_MNEMONIC_MOVNTPS: case ZYDIS_MNEMONIC_MOVNTPD:
	case ZYDIS_MNEMONIC_MOVD: case ZYDIS_MNEMONIC_MOVQ:
	case ZYDIS_MNEMONIC_MOVSS: case ZYDIS_MNEMONIC_LDDQU:
	case ZYDIS_MNEMONIC_VMOVUPS: case ZYDIS_MNEMONIC_VMOVUPD:
	case ZYDIS_MNEMONIC_VMOVAPS: case ZYDIS_MNEMONIC_VMOVAPD:
	case ZYDIS_MNEMONIC_VMOVDQA: case ZYDIS_MNEMONIC_VMOVDQU:
	case ZYDIS_MNEMONIC_VMOVDQA32: case ZYDIS_MNEMONIC_VMOVDQA64:
	case ZYDIS_MNEMONIC_VMOVDQU8: case ZYDIS_MNEMONIC_VMOVDQU16:
	case ZYDIS_MNEMONIC_VMOVDQU32: case ZYDIS_MNEMONIC_VMOVDQU64:
	case ZYDIS_MNEMONIC_VMOVNTDQ: case ZYDIS_MNEMONIC_VMOVNTDQA:
	case ZYDIS_MNEMONIC_VMOVNTPS: case ZYDIS_MNEMONIC_VMOVNTPD:
	case ZYDIS_MNEMONIC_VMOVD: case ZYDIS_MNEMONIC_VMOVQ:
	case ZYDIS_MNEMONIC_VMOVSS: case ZYDIS_MNEMONIC_VMOVSD:
	case ZYDIS_MNEMONIC_VLDDQU:
		return true;
	case ZYDIS_MNEMONIC_MOVSD:	/* the string move, or the scalar move */
		return true;
	case ZYDIS_MNEMONIC_TEST:	/* F6h, F7h /1 is an unofficial alias */
		return z->insn.opcode < 0xf0 || z->insn.raw.modrm.reg == 0;
	case ZYDIS_MNEMONIC_BT: case ZYDIS_MNEMONIC_BTS:
	case ZYDIS_MNEMONIC_BTR: case ZYDIS_MNEMONIC_BTC:
		return z->insn.opcode == 0xba;
	default:
		return false;
	}
}

static bool is_string(const struct decoded *z)
{
	return z->insn.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
	       z->insn.opcode >= 0xa4 && z->insn.opcode <= 0xad;
}

static bool has_odd_operand(const struct decoded *z)
{
	unsigned int i;

	for (i = 0; i < z->insn.operand_count_visible; i++) {
		ZydisRegisterClass class;

		if (z->ops[i].type != ZYDIS_OPERAND_TYPE_REGISTER)
			continue;
		class = ZydisRegisterGetClass(z->ops[i].reg.value);
		if (class == ZYDIS_REGCLASS_MMX || class == ZYDIS_REGCLASS_SEGMENT ||
		    class == ZYDIS_REGCLASS_CONTROL || class == ZYDIS_REGCLASS_DEBUG)
			return true;
	}
	return false;
}

/* Prefixes that mean nothing on the instruction are refused on purpose. */
static bool has_odd_prefix(const struct decoded *z)
{
	unsigned int mandatory = 0, reps = 0, segments = 0, opsize = 0;
	u8 rep = 0, segment = 0;
	unsigned int i;

	for (i = 0; i < z->insn.raw.prefix_count; i++) {
		u8 p = z->insn.raw.prefixes[i].value;

		if (z->insn.raw.prefixes[i].type == ZYDIS_PREFIX_TYPE_MANDATORY)
			mandatory++;
		if (p == 0x66)
			opsize++;
		if (p == 0xf2 || p == 0xf3) {
			reps += rep && rep != p;
			rep = p;
		}
		if (p == 0x26 || p == 0x2e || p == 0x36 || p == 0x3e ||
		    p == 0x64 || p == 0x65) {
			segments += segment && segment != p;
			segment = p;
		}
	}
	if (reps || segments)
		return true;
	if (rep == 0xf2 && is_string(z))
		return true;
	if (rep && !mandatory && !is_string(z))
		return true;
	if (rep && mandatory && opsize)
		return true;
	return z->insn.mnemonic == ZYDIS_MNEMONIC_MOVSXD && opsize &&
	       !z->insn.raw.rex.W;
}

/* EVEX with mask, zeroing or broadcast; scalars with a vector length. */
static bool has_odd_vector(const struct decoded *z)
{
	bool is_scalar = find_memory(z, (ZydisOperandActions)~0u)->size <= 64;

	if (z->insn.encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX)
		return z->insn.raw.evex.aaa || z->insn.raw.evex.z ||
		       z->insn.raw.evex.b ||
		       (is_scalar && (z->insn.raw.evex.L || z->insn.raw.evex.L2));
	if (z->insn.encoding == ZYDIS_INSTRUCTION_ENCODING_VEX)
		return is_scalar && z->insn.raw.vex.L;
	return false;
}

bool insn_zydis_is_promised(const u8 *code, char *text, size_t text_bytes)
{
	struct decoded z;

	if (!decode(code, PCIEM_INSN_MAX_BYTES, &z) || !is_mnemonic_promised(&z))
		return false;
	if (!find_memory(&z, (ZydisOperandActions)~0u) || has_odd_operand(&z) ||
	    has_odd_prefix(&z) || has_odd_vector(&z))
		return false;
	snprintf(text, text_bytes, "%s", ZydisMnemonicGetString(z.insn.mnemonic));
	return true;
}
