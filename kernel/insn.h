/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * x86-64 MMIO instructions: decoding, and the register side of performing them.
 *
 * An access to an address without page-table entries faults; the fault handler
 * has the registers and the faulting address and must do what the instruction
 * would have done. This module knows the instructions. It never touches memory
 * or devices: the caller moves the bytes.
 *
 *	pciem_insn_decode()		what is it, how long, how wide
 *	pciem_insn_src(), _dst()	the linear addresses it accesses
 *	then, by insn->kind:
 *
 *	LOAD, COMBINE	read src; pciem_insn_load_value(); pciem_insn_retire()
 *	STORE		pciem_insn_store_value(); write dst; retire
 *	MODIFY		read src; pciem_insn_modify_value(); write dst; retire
 *	VLOAD		read src; pciem_vec_write(); retire
 *	VSTORE		pciem_vec_read(); write dst; retire
 *	COPY64		read 64 bytes at src, write them at dst; retire
 *	MOVS		move pciem_insn_string_left() elements from src to dst,
 *	STOS		or store_value() to dst,
 *	LODS		or src to load_value(); any number at a time, each
 *			batch followed by pciem_insn_string_advance()
 *	NOACCESS	retire
 *
 * The table of forms is closed: what is not in it is refused with -EINVAL and
 * a reason, never guessed. Refused among others: instructions without a memory
 * operand, PUSH/POP/CALL/JMP with memory, string compares, port I/O, x87 and
 * MMX, masked or broadcasting EVEX, gather and scatter, ENQCMD, and prefixes
 * that the manuals leave without a meaning.
 *
 * All functions are pure: no state, no allocation, any context, any thread.
 * Values up to 8 bytes travel as u64, little-endian as in memory, with the
 * bytes above the access zero.
 */
#ifndef PCIEM_INSN_H
#define PCIEM_INSN_H

#include "pure.h"

#define PCIEM_INSN_MAX_BYTES	15

enum pciem_insn_kind {
	PCIEM_INSN_NONE,	/* not decoded */
	PCIEM_INSN_LOAD,	/* m to GPR: MOV MOVZX MOVSX MOVSXD MOVBE CMOVcc */
	PCIEM_INSN_STORE,	/* GPR, immediate or condition to m: MOV MOVNTI
				 * MOVBE MOVDIRI SETcc
				 */
	PCIEM_INSN_COMBINE,	/* m is read; GPR and/or flags get the result:
				 * ADD..XOR r,m  CMP TEST BT
				 */
	PCIEM_INSN_MODIFY,	/* m is read, then written: ADD..XOR m,r/imm INC
				 * DEC NOT NEG XCHG XADD CMPXCHG BTS BTR BTC
				 */
	PCIEM_INSN_MOVS,
	PCIEM_INSN_STOS,
	PCIEM_INSN_LODS,
	PCIEM_INSN_VLOAD,	/* m to vector register */
	PCIEM_INSN_VSTORE,	/* vector register to m */
	PCIEM_INSN_COPY64,	/* MOVDIR64B */
	PCIEM_INSN_NOACCESS,	/* PREFETCHx CLFLUSH CLFLUSHOPT CLWB */
};

/* The first eight are numbered as in the instruction encoding. */
enum pciem_insn_op {
	PCIEM_OP_ADD,
	PCIEM_OP_OR,
	PCIEM_OP_ADC,
	PCIEM_OP_SBB,
	PCIEM_OP_AND,
	PCIEM_OP_SUB,
	PCIEM_OP_XOR,
	PCIEM_OP_CMP,
	PCIEM_OP_TEST,
	PCIEM_OP_INC,
	PCIEM_OP_DEC,
	PCIEM_OP_NOT,
	PCIEM_OP_NEG,
	PCIEM_OP_XCHG,
	PCIEM_OP_XADD,
	PCIEM_OP_CMPXCHG,
	PCIEM_OP_BT,
	PCIEM_OP_BTS,
	PCIEM_OP_BTR,
	PCIEM_OP_BTC,
	PCIEM_OP_MOV,
	PCIEM_OP_MOVSX,		/* sign-extends; zero extension is plain MOV */
	PCIEM_OP_MOVBE,		/* swaps the bytes */
	PCIEM_OP_CMOV,		/* insn->cond; m is read in either case */
	PCIEM_OP_SET,		/* insn->cond */
};

/* Where the operand that is not memory comes from. */
enum pciem_insn_source {
	PCIEM_SRC_NONE,
	PCIEM_SRC_REG,
	PCIEM_SRC_IMM,
};

enum pciem_insn_segment {
	PCIEM_SEG_FLAT,		/* base 0: no override, or CS DS ES SS */
	PCIEM_SEG_FS,
	PCIEM_SEG_GS,
};

enum pciem_insn_why {
	PCIEM_WHY_OK,
	PCIEM_WHY_MORE_BYTES,
	PCIEM_WHY_TOO_LONG,
	PCIEM_WHY_OPCODE,
	PCIEM_WHY_NO_MEMORY,
	PCIEM_WHY_BREAKPOINT,
	PCIEM_WHY_STACK_BRANCH,
	PCIEM_WHY_STRING,
	PCIEM_WHY_PORT,
	PCIEM_WHY_X87_MMX,
	PCIEM_WHY_ENQCMD,
	PCIEM_WHY_BIT_STRING,
	PCIEM_WHY_LOCK,
	PCIEM_WHY_PREFIX,
	PCIEM_WHY_REP,
	PCIEM_WHY_SEGMENTS,
	PCIEM_WHY_VEX_FIELDS,
	PCIEM_WHY_MASKED,
	PCIEM_NR_WHY
};

#define PCIEM_REG_NONE		0xff
#define PCIEM_REG_RIP		0xfe

/* Registers in instruction-encoding order: rax rcx rdx rbx rsp rbp rsi rdi r8.. */
struct pciem_insn_regs {
	u64 gpr[16];
	u64 rip;
	u64 rflags;
};

/*
 * A decoded instruction. Read it freely; only pciem_insn_decode() fills it.
 * After a refusal only @why is meaningful.
 */
struct pciem_insn {
	s64 imm;		/* sign-extended immediate */
	s64 disp;		/* displacement, already scaled (EVEX) */
	u8 length;		/* bytes of the instruction, 1..15 */
	u8 kind;		/* enum pciem_insn_kind */
	u8 op;			/* enum pciem_insn_op */
	u8 cond;		/* condition code 0..15 of CMOVcc and SETcc */
	u8 why;			/* enum pciem_insn_why */
	u8 access_bytes;	/* width of each memory access, 1..64; else 0 */
	u8 align_bytes;		/* the CPU demands this alignment; 1: none */
	u8 source;		/* enum pciem_insn_source */
	u8 reg;			/* GPR operand, 0..15; for COPY64 the one which
				 * holds the destination address
				 */
	u8 reg_bytes;		/* width at which the GPR is written or read */
	u8 vec_reg;		/* vector register, 0..31 */
	u8 addr_bytes;		/* address size: 8, or 4 with prefix 67h */
	u8 segment;		/* enum pciem_insn_segment */
	u8 base;		/* 0..15, PCIEM_REG_RIP or PCIEM_REG_NONE */
	u8 index;		/* 0..15 or PCIEM_REG_NONE */
	u8 scale;		/* 1, 2, 4 or 8 */
	bool reg_high;		/* bits 15..8 of @reg: AH CH DH BH */
	bool reg_first;		/* COMBINE: the GPR is the first operand */
	bool reads;		/* memory at pciem_insn_src() is read */
	bool writes;		/* memory at pciem_insn_dst() is written */
	bool locked;		/* LOCK prefix or XCHG: the program expects
				 * atomicity that PCIe cannot give
				 */
	bool rep;		/* repeated RCX times */
	bool vec_zero_upper;	/* VLOAD: VEX/EVEX, clears up to VLMAX */
};

/**
 * pciem_insn_decode() - decode the instruction at the start of a buffer
 * @code: instruction bytes
 * @nr_bytes: how many of them may be read; more than 15 are never looked at
 * @insn: filled in
 *
 * 64-bit mode only.
 *
 * Return: 0; -ENODATA if the bytes end before the instruction does and nothing
 * in them rules it out (call again with more); -EINVAL if the instruction is
 * unknown, unsupported or illegal, then pciem_insn_reason() tells why.
 */
int pciem_insn_decode(const u8 *code, unsigned int nr_bytes,
		      struct pciem_insn *insn);

/**
 * pciem_insn_reason() - why the last decode refused @insn
 *
 * Return: a constant phrase without a full stop, for the report.
 */
const char *pciem_insn_reason(const struct pciem_insn *insn);

/**
 * pciem_insn_src(), pciem_insn_dst() - linear address of the memory operand
 * @insn: an instruction with @reads (src) or @writes (dst)
 * @regs: registers before the instruction, or between two string elements
 * @seg_base: base of the segment named by @insn->segment, 0 if flat; ignored
 *	where an override does not apply (destination of MOVS, STOS, MOVDIR64B)
 *
 * With MODIFY both are the same address.
 *
 * Return: the address of the lowest byte of the access, or of the next element.
 */
u64 pciem_insn_src(const struct pciem_insn *insn,
		   const struct pciem_insn_regs *regs, u64 seg_base);
u64 pciem_insn_dst(const struct pciem_insn *insn,
		   const struct pciem_insn_regs *regs, u64 seg_base);

/**
 * pciem_insn_load_value() - take over what was read (LOAD, COMBINE, LODS)
 * @raw: @access_bytes read from pciem_insn_src()
 *
 * Writes the destination register with the hardware's merge rules (8 and 16 bit
 * keep the rest, 32 bit clears the upper half) and the flags. The flags a manual
 * calls undefined are left alone, except AF of logic operations: cleared.
 *
 * Return: 0, or -EINVAL if @insn is of another kind (nothing is changed).
 */
int pciem_insn_load_value(const struct pciem_insn *insn,
			  struct pciem_insn_regs *regs, u64 raw);

/**
 * pciem_insn_store_value() - what the instruction writes (STORE, STOS)
 *
 * Return: 0, or -EINVAL if @insn is of another kind.
 */
int pciem_insn_store_value(const struct pciem_insn *insn,
			   const struct pciem_insn_regs *regs, u64 *value);

/**
 * pciem_insn_modify_value() - read-modify-write (MODIFY)
 * @raw: what was read
 * @value: what is to be written; always write it, as the hardware does
 *	(also CMPXCHG whose comparison failed)
 *
 * Registers and flags are updated at once: a caller whose write can fail works
 * on a copy of @regs.
 *
 * Return: 0, or -EINVAL if @insn is of another kind (nothing is changed).
 */
int pciem_insn_modify_value(const struct pciem_insn *insn,
			    struct pciem_insn_regs *regs, u64 raw, u64 *value);

/**
 * pciem_insn_retire() - end an instruction that is not a string instruction
 *
 * Steps rip over it and clears RF, which the CPU sets in the flags that a fault
 * saves. Raising the debug trap if TF is set remains with the caller.
 */
void pciem_insn_retire(const struct pciem_insn *insn,
		       struct pciem_insn_regs *regs);

/**
 * pciem_insn_string_left() - elements still to be moved: RCX, or 1 without REP
 */
u64 pciem_insn_string_left(const struct pciem_insn *insn,
			   const struct pciem_insn_regs *regs);

/**
 * pciem_insn_string_fit() - how many elements lie wholly inside a range
 * @addr: pciem_insn_src() or pciem_insn_dst()
 * @start: first byte of the range
 * @last: last byte of the range
 *
 * Counts from @addr in the direction of DF; with DF set, @nr elements cover
 * [@addr - (@nr - 1) * size, @addr + size) and are to be moved downwards.
 *
 * Return: 0 if the element at @addr does not lie wholly inside, else at most
 * pciem_insn_string_left().
 */
u64 pciem_insn_string_fit(const struct pciem_insn *insn,
			  const struct pciem_insn_regs *regs,
			  u64 addr, u64 start, u64 last);

/**
 * pciem_insn_string_advance() - account for elements that have been moved
 * @nr: at most pciem_insn_string_left()
 *
 * Steps RSI/RDI and counts RCX down; when the repeat has ended, steps rip and
 * clears RF. Call it after each batch, before anything that can fault or give
 * up: an element accounted for is never repeated.
 *
 * Return: true if the instruction has ended.
 */
bool pciem_insn_string_advance(const struct pciem_insn *insn,
			       struct pciem_insn_regs *regs, u64 nr);

#endif /* PCIEM_INSN_H */
