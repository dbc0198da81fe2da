// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Access to the live xmm, ymm and zmm registers by number. Inline assembly
 * alone, so that it builds where the compiler may not use these registers; it
 * must also be compiled so (-mgeneral-regs-only) outside the kernel.
 */
#include "insn_vec.h"

#define REGS_0_15(X, insn, size)					\
	X(insn, size, 0) X(insn, size, 1) X(insn, size, 2)		\
	X(insn, size, 3) X(insn, size, 4) X(insn, size, 5)		\
	X(insn, size, 6) X(insn, size, 7) X(insn, size, 8)		\
	X(insn, size, 9) X(insn, size, 10) X(insn, size, 11)		\
	X(insn, size, 12) X(insn, size, 13) X(insn, size, 14)		\
	X(insn, size, 15)

#define REGS_16_31(X, insn, size)					\
	X(insn, size, 16) X(insn, size, 17) X(insn, size, 18)		\
	X(insn, size, 19) X(insn, size, 20) X(insn, size, 21)		\
	X(insn, size, 22) X(insn, size, 23) X(insn, size, 24)		\
	X(insn, size, 25) X(insn, size, 26) X(insn, size, 27)		\
	X(insn, size, 28) X(insn, size, 29) X(insn, size, 30)		\
	X(insn, size, 31)

#define READ_REG(insn, size, n)						\
	case n:								\
		asm volatile(insn " %%" size "mm" #n ", %0" : "=m" (*value)); \
		break;

#define WRITE_REG(insn, size, n)					\
	case n:								\
		asm volatile(insn " %0, %%" size "mm" #n : : "m" (*value)); \
		break;

static void read_xmm(unsigned int reg, union pciem_vec *value)
{
	switch (reg) {
	REGS_0_15(READ_REG, "movdqu", "x")
	}
}

static void read_ymm(unsigned int reg, union pciem_vec *value)
{
	switch (reg) {
	REGS_0_15(READ_REG, "vmovdqu", "y")
	}
}

static void read_zmm(unsigned int reg, union pciem_vec *value)
{
	switch (reg) {
	REGS_0_15(READ_REG, "vmovdqu64", "z")
	REGS_16_31(READ_REG, "vmovdqu64", "z")
	}
}

static void write_xmm(unsigned int reg, const union pciem_vec *value)
{
	switch (reg) {
	REGS_0_15(WRITE_REG, "movdqu", "x")
	}
}

static void write_ymm(unsigned int reg, const union pciem_vec *value)
{
	switch (reg) {
	REGS_0_15(WRITE_REG, "vmovdqu", "y")
	}
}

static void write_zmm(unsigned int reg, const union pciem_vec *value)
{
	switch (reg) {
	REGS_0_15(WRITE_REG, "vmovdqu64", "z")
	REGS_16_31(WRITE_REG, "vmovdqu64", "z")
	}
}

void pciem_vec_read(unsigned int reg, unsigned int bytes,
		    union pciem_vec *value)
{
	if (reg > 15 || bytes > 32)
		read_zmm(reg, value);
	else if (bytes > 16)
		read_ymm(reg, value);
	else
		read_xmm(reg, value);
}

/*
 * No memset(): outside the kernel it may use vector registers. The volatile
 * keeps the compiler from making one of the loop.
 */
static void clear_from(union pciem_vec *value, unsigned int bytes)
{
	volatile u32 *d = value->d;
	unsigned int i;

	for (i = bytes / 4; i < 16; i++)
		d[i] = 0;
}

/* A VEX write of 32 bytes and an EVEX write of 64 both clear up to VLMAX. */
void pciem_vec_write(unsigned int reg, unsigned int bytes, bool zero_upper,
		     union pciem_vec *value)
{
	clear_from(value, bytes);
	if (reg > 15 || bytes > 32)
		write_zmm(reg, value);
	else if (zero_upper)
		write_ymm(reg, value);
	else
		write_xmm(reg, value);
}
