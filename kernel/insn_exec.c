// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * The register side of an MMIO instruction: addresses, values, flags, string
 * counters. PURE. Flags and merge rules: Intel SDM volume 1, 3.4 and volume 2.
 */
#include "insn.h"

#define CF	(1ull << 0)
#define PF	(1ull << 2)
#define AF	(1ull << 4)
#define ZF	(1ull << 6)
#define SF	(1ull << 7)
#define DF	(1ull << 10)
#define OF	(1ull << 11)
#define RF	(1ull << 16)

#define ARITH_FLAGS	(CF | PF | AF | ZF | SF | OF)

enum { RAX = 0, RCX = 1, RSI = 6, RDI = 7 };

static u64 mask_of(unsigned int bytes)
{
	return bytes >= 8 ? ~0ull : (1ull << (8 * bytes)) - 1;
}

static u64 top_bit(unsigned int bytes)
{
	return 1ull << (8 * bytes - 1);
}

/* 8 and 16 bit keep the rest of the register, 32 bit clears its upper half. */
static void write_gpr(u64 *gpr, unsigned int bytes, bool high, u64 value)
{
	u64 mask = mask_of(bytes);

	if (high)
		*gpr = (*gpr & ~0xff00ull) | ((value & 0xff) << 8);
	else if (bytes >= 4)
		*gpr = value & mask;
	else
		*gpr = (*gpr & ~mask) | (value & mask);
}

static u64 read_gpr(u64 gpr, unsigned int bytes, bool high)
{
	return high ? (gpr >> 8) & 0xff : gpr & mask_of(bytes);
}

/* The operand that is not memory, cut to the access width. */
static u64 other_operand(const struct pciem_insn *insn,
			 const struct pciem_insn_regs *regs)
{
	if (insn->source == PCIEM_SRC_IMM)
		return (u64)insn->imm & mask_of(insn->access_bytes);
	if (insn->source == PCIEM_SRC_REG)
		return read_gpr(regs->gpr[insn->reg], insn->reg_bytes,
				insn->reg_high);
	return 0;
}

static u64 swap_bytes(u64 value, unsigned int bytes)
{
	u64 swapped = 0;
	unsigned int i;

	for (i = 0; i < bytes; i++)
		swapped |= ((value >> (8 * i)) & 0xff) << (8 * (bytes - 1 - i));
	return swapped;
}

static u64 sign_extend(u64 value, unsigned int bytes)
{
	u64 sign = top_bit(bytes);

	return ((value & mask_of(bytes)) ^ sign) - sign;
}

static bool is_condition_met(unsigned int cond, u64 flags)
{
	bool sign_differs = !(flags & SF) != !(flags & OF);
	bool met = false;

	switch (cond >> 1) {
	case 0:
		met = (flags & OF) != 0;
		break;
	case 1:
		met = (flags & CF) != 0;
		break;
	case 2:
		met = (flags & ZF) != 0;
		break;
	case 3:
		met = (flags & (CF | ZF)) != 0;
		break;
	case 4:
		met = (flags & SF) != 0;
		break;
	case 5:
		met = (flags & PF) != 0;
		break;
	case 6:
		met = sign_differs;
		break;
	default:
		met = sign_differs || (flags & ZF);
		break;
	}
	return met != ((cond & 1) != 0);
}

static u64 result_flags(u64 r, unsigned int bytes)
{
	u64 parity = r & 0xff;

	parity ^= parity >> 4;
	parity ^= parity >> 2;
	parity ^= parity >> 1;
	return ((parity & 1) ? 0 : PF) | ((r & mask_of(bytes)) ? 0 : ZF) |
	       ((r & top_bit(bytes)) ? SF : 0);
}

/* All arithmetic flags of r = a + b + carry-in. */
static u64 add_flags(u64 a, u64 b, u64 r, unsigned int bytes)
{
	u64 top = top_bit(bytes);
	u64 carries = (a & b) | ((a | b) & ~r);
	u64 overflows = ~(a ^ b) & (a ^ r);

	return result_flags(r, bytes) | ((a ^ b ^ r) & AF) |
	       ((carries & top) ? CF : 0) | ((overflows & top) ? OF : 0);
}

/* All arithmetic flags of r = a - b - borrow-in. */
static u64 sub_flags(u64 a, u64 b, u64 r, unsigned int bytes)
{
	u64 top = top_bit(bytes);
	u64 borrows = (~a & b) | ((~a | b) & r);
	u64 overflows = (a ^ b) & (a ^ r);

	return result_flags(r, bytes) | ((a ^ b ^ r) & AF) |
	       ((borrows & top) ? CF : 0) | ((overflows & top) ? OF : 0);
}

static void set_flags(u64 *rflags, u64 affected, u64 value)
{
	*rflags = (*rflags & ~affected) | (value & affected);
}

static u64 bit_op(unsigned int op, u64 a, u64 bit, u64 *rflags)
{
	set_flags(rflags, CF, (a & bit) ? CF : 0);
	switch (op) {
	case PCIEM_OP_BTS:
		return a | bit;
	case PCIEM_OP_BTR:
		return a & ~bit;
	case PCIEM_OP_BTC:
		return a ^ bit;
	default:
		return a;
	}
}

static u64 add(u64 a, u64 b, unsigned int bytes, u64 affected, u64 *rflags)
{
	u64 r = (a + b) & mask_of(bytes);

	set_flags(rflags, affected, add_flags(a, b, r, bytes));
	return r;
}

static u64 sub(u64 a, u64 b, unsigned int bytes, u64 affected, u64 *rflags)
{
	u64 r = (a - b) & mask_of(bytes);

	set_flags(rflags, affected, sub_flags(a, b, r, bytes));
	return r;
}

static u64 add_carry(u64 a, u64 b, unsigned int bytes, u64 *rflags)
{
	u64 r = (a + b + (*rflags & CF)) & mask_of(bytes);

	set_flags(rflags, ARITH_FLAGS, add_flags(a, b, r, bytes));
	return r;
}

static u64 sub_borrow(u64 a, u64 b, unsigned int bytes, u64 *rflags)
{
	u64 r = (a - b - (*rflags & CF)) & mask_of(bytes);

	set_flags(rflags, ARITH_FLAGS, sub_flags(a, b, r, bytes));
	return r;
}

static u64 logic(u64 r, unsigned int bytes, u64 *rflags)
{
	set_flags(rflags, ARITH_FLAGS, result_flags(r, bytes));
	return r;
}

/* a op b, both cut to @bytes; sets the flags. */
static u64 compute(unsigned int op, u64 a, u64 b, unsigned int bytes,
		   u64 *rflags)
{
	switch (op) {
	case PCIEM_OP_ADD:
	case PCIEM_OP_XADD:
		return add(a, b, bytes, ARITH_FLAGS, rflags);
	case PCIEM_OP_INC:
		return add(a, 1, bytes, ARITH_FLAGS & ~CF, rflags);
	case PCIEM_OP_ADC:
		return add_carry(a, b, bytes, rflags);
	case PCIEM_OP_SUB:
	case PCIEM_OP_CMP:
		return sub(a, b, bytes, ARITH_FLAGS, rflags);
	case PCIEM_OP_DEC:
		return sub(a, 1, bytes, ARITH_FLAGS & ~CF, rflags);
	case PCIEM_OP_NEG:
		return sub(0, a, bytes, ARITH_FLAGS, rflags);
	case PCIEM_OP_SBB:
		return sub_borrow(a, b, bytes, rflags);
	case PCIEM_OP_OR:
		return logic(a | b, bytes, rflags);
	case PCIEM_OP_AND:
	case PCIEM_OP_TEST:
		return logic(a & b, bytes, rflags);
	case PCIEM_OP_XOR:
		return logic(a ^ b, bytes, rflags);
	case PCIEM_OP_NOT:
		return ~a & mask_of(bytes);
	case PCIEM_OP_XCHG:
		return b;
	default:	/* BT BTS BTR BTC */
		return bit_op(op, a, 1ull << (b & (8 * bytes - 1)), rflags);
	}
}

static u64 modrm_address(const struct pciem_insn *insn,
			 const struct pciem_insn_regs *regs)
{
	u64 ea = (u64)insn->disp;

	if (insn->base == PCIEM_REG_RIP)
		ea += regs->rip + insn->length;
	else if (insn->base != PCIEM_REG_NONE)
		ea += regs->gpr[insn->base];
	if (insn->index != PCIEM_REG_NONE)
		ea += regs->gpr[insn->index] * insn->scale;
	return ea & mask_of(insn->addr_bytes);
}

u64 pciem_insn_src(const struct pciem_insn *insn,
		   const struct pciem_insn_regs *regs, u64 seg_base)
{
	if (insn->kind == PCIEM_INSN_MOVS || insn->kind == PCIEM_INSN_LODS)
		return seg_base + (regs->gpr[RSI] & mask_of(insn->addr_bytes));
	return seg_base + modrm_address(insn, regs);
}

u64 pciem_insn_dst(const struct pciem_insn *insn,
		   const struct pciem_insn_regs *regs, u64 seg_base)
{
	if (insn->kind == PCIEM_INSN_MOVS || insn->kind == PCIEM_INSN_STOS)
		return regs->gpr[RDI] & mask_of(insn->addr_bytes);
	if (insn->kind == PCIEM_INSN_COPY64)
		return regs->gpr[insn->reg] & mask_of(insn->addr_bytes);
	return seg_base + modrm_address(insn, regs);
}

/* A false CMOVcc still writes its register, which matters for 32 bit. */
static u64 loaded_value(const struct pciem_insn *insn,
			const struct pciem_insn_regs *regs, u64 raw)
{
	switch (insn->op) {
	case PCIEM_OP_MOVSX:
		return sign_extend(raw, insn->access_bytes);
	case PCIEM_OP_MOVBE:
		return swap_bytes(raw, insn->access_bytes);
	case PCIEM_OP_CMOV:
		return is_condition_met(insn->cond, regs->rflags) ? raw :
		       regs->gpr[insn->reg];
	default:
		return raw;
	}
}

int pciem_insn_load_value(const struct pciem_insn *insn,
			  struct pciem_insn_regs *regs, u64 raw)
{
	unsigned int bytes = insn->access_bytes;
	u64 other, result;

	raw &= mask_of(bytes);
	if (insn->kind == PCIEM_INSN_LOAD || insn->kind == PCIEM_INSN_LODS) {
		write_gpr(&regs->gpr[insn->reg], insn->reg_bytes,
			  insn->reg_high, loaded_value(insn, regs, raw));
		return 0;
	}
	if (insn->kind != PCIEM_INSN_COMBINE)
		return -EINVAL;
	other = other_operand(insn, regs);
	if (!insn->reg_first) {		/* CMP, TEST, BT: flags alone */
		compute(insn->op, raw, other, bytes, &regs->rflags);
		return 0;
	}
	result = compute(insn->op, other, raw, bytes, &regs->rflags);
	if (insn->op != PCIEM_OP_CMP)
		write_gpr(&regs->gpr[insn->reg], insn->reg_bytes,
			  insn->reg_high, result);
	return 0;
}

int pciem_insn_store_value(const struct pciem_insn *insn,
			   const struct pciem_insn_regs *regs, u64 *value)
{
	if (insn->kind != PCIEM_INSN_STORE && insn->kind != PCIEM_INSN_STOS)
		return -EINVAL;
	*value = other_operand(insn, regs);
	if (insn->op == PCIEM_OP_MOVBE)
		*value = swap_bytes(*value, insn->access_bytes);
	else if (insn->op == PCIEM_OP_SET)
		*value = is_condition_met(insn->cond, regs->rflags);
	return 0;
}

/* A failed comparison loads rAX and writes back what was read. */
static u64 compare_exchange(const struct pciem_insn *insn,
			    struct pciem_insn_regs *regs, u64 raw, u64 other)
{
	unsigned int bytes = insn->access_bytes;
	u64 expected = regs->gpr[RAX] & mask_of(bytes);

	sub(expected, raw, bytes, ARITH_FLAGS, &regs->rflags);
	if (expected == raw)
		return other;
	write_gpr(&regs->gpr[RAX], bytes, false, raw);
	return raw;
}

int pciem_insn_modify_value(const struct pciem_insn *insn,
			    struct pciem_insn_regs *regs, u64 raw, u64 *value)
{
	unsigned int bytes = insn->access_bytes;
	u64 other;

	if (insn->kind != PCIEM_INSN_MODIFY)
		return -EINVAL;
	raw &= mask_of(bytes);
	other = other_operand(insn, regs);
	if (insn->op == PCIEM_OP_CMPXCHG) {
		*value = compare_exchange(insn, regs, raw, other);
		return 0;
	}
	*value = compute(insn->op, raw, other, bytes, &regs->rflags);
	if (insn->op == PCIEM_OP_XCHG || insn->op == PCIEM_OP_XADD)
		write_gpr(&regs->gpr[insn->reg], bytes, insn->reg_high, raw);
	return 0;
}

void pciem_insn_retire(const struct pciem_insn *insn,
		       struct pciem_insn_regs *regs)
{
	regs->rip += insn->length;
	regs->rflags &= ~RF;
}

u64 pciem_insn_string_left(const struct pciem_insn *insn,
			   const struct pciem_insn_regs *regs)
{
	return insn->rep ? regs->gpr[RCX] & mask_of(insn->addr_bytes) : 1;
}

u64 pciem_insn_string_fit(const struct pciem_insn *insn,
			  const struct pciem_insn_regs *regs,
			  u64 addr, u64 start, u64 last)
{
	u64 left = pciem_insn_string_left(insn, regs);
	unsigned int bytes = insn->access_bytes;
	u64 more;

	if (!left || addr < start || addr > last || last - addr < bytes - 1)
		return 0;
	if (regs->rflags & DF)
		more = (addr - start) / bytes;
	else
		more = (last - addr - (bytes - 1)) / bytes;
	return more >= left ? left : more + 1;
}

static void step(u64 *gpr, unsigned int addr_bytes, u64 by)
{
	*gpr = (*gpr + by) & mask_of(addr_bytes);
}

bool pciem_insn_string_advance(const struct pciem_insn *insn,
			       struct pciem_insn_regs *regs, u64 nr)
{
	u64 by = nr * insn->access_bytes;

	if (!nr && pciem_insn_string_left(insn, regs))
		return false;
	if (regs->rflags & DF)
		by = 0 - by;
	if (insn->reads)
		step(&regs->gpr[RSI], insn->addr_bytes, by);
	if (insn->writes)
		step(&regs->gpr[RDI], insn->addr_bytes, by);
	if (insn->rep) {
		step(&regs->gpr[RCX], insn->addr_bytes, 0 - nr);
		if (regs->gpr[RCX])
			return false;
	}
	pciem_insn_retire(insn, regs);
	return true;
}
