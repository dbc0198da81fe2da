/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Plain instructions: MOV between memory and one general register, as readl() and
 * writel() are. All that has to be known of one fits into four bytes; the address is
 * the one that faulted. PURE.
 *
 * Not plain: an immediate, AH to DH, the stack pointer as a destination, sign
 * extension, a segment with a base, 32-bit addresses, and every other instruction.
 */
#ifndef PCIEM_INSN_PLAIN_H
#define PCIEM_INSN_PLAIN_H

#include "insn.h"

#define PCIEM_REG_RSP		4

/*
 * @length: bytes of the instruction; 0: it is not plain
 * @reg: general register, 0..15
 * @access_bytes: 1, 2, 4 or 8
 * @load_bytes: width at which a load writes the register; 0: it is a store
 */
struct pciem_plain {
	u8 length;
	u8 reg;
	u8 access_bytes;
	u8 load_bytes;
};

/* Of an instruction that pciem_insn_decode() accepted. */
static inline struct pciem_plain pciem_insn_plain(const struct pciem_insn *insn)
{
	bool is_load = insn->kind == PCIEM_INSN_LOAD;
	struct pciem_plain plain = { 0 };

	if ((!is_load && insn->kind != PCIEM_INSN_STORE) || insn->op != PCIEM_OP_MOV)
		return plain;
	if (!is_load && insn->source != PCIEM_SRC_REG)
		return plain;
	if (insn->reg_high || insn->reg > 15 || (is_load && insn->reg == PCIEM_REG_RSP))
		return plain;
	if (insn->locked || insn->rep || insn->segment != PCIEM_SEG_FLAT || insn->addr_bytes != 8)
		return plain;
	if (insn->access_bytes > 8 || (insn->access_bytes & (insn->access_bytes - 1)))
		return plain;
	plain.length = insn->length;
	plain.reg = insn->reg;
	plain.access_bytes = insn->access_bytes;
	plain.load_bytes = is_load ? insn->reg_bytes : 0;
	return plain;
}

/* What a load of @raw, whose bytes above the access are zero, leaves in a register that held @old. */
static inline u64 pciem_plain_loaded(struct pciem_plain plain, u64 old, u64 raw)
{
	u64 mask;

	if (plain.load_bytes >= 4)
		return raw;
	mask = (1ull << (8 * plain.load_bytes)) - 1;
	return (old & ~mask) | (raw & mask);
}

#endif /* PCIEM_INSN_PLAIN_H */
