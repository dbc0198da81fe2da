/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The live vector registers of this CPU, by number.
 *
 * For VLOAD and VSTORE: the registers are not in pt_regs, they are still those
 * of the interrupted code. The caller guarantees that nothing has touched them
 * since and that they may be written: the code ran between kernel_fpu_begin()
 * and kernel_fpu_end(), or is user code whose FPU state is loaded, and nothing
 * between the fault and this call used the FPU. Neither function uses a vector
 * register beyond the one asked for.
 *
 * The CPU features needed are those of the instruction that faulted.
 */
#ifndef PCIEM_INSN_VEC_H
#define PCIEM_INSN_VEC_H

#include "pure.h"

union pciem_vec {
	u64 q[8];
	u32 d[16];
	u8 b[64];
};

/**
 * pciem_vec_read() - read the low part of a vector register
 * @reg: 0..31
 * @bytes: 4, 8, 16, 32 or 64; @value has at least that many valid, the rest
 *	of it is unspecified
 */
void pciem_vec_read(unsigned int reg, unsigned int bytes,
		    union pciem_vec *value);

/**
 * pciem_vec_write() - what a vector load does to its register
 * @reg: 0..31
 * @bytes: 4, 8, 16, 32 or 64
 * @zero_upper: insn->vec_zero_upper. False is legacy SSE: bits 127..0 get the
 *	value, zero-extended, the rest is kept; @reg is at most 15 and @bytes at
 *	most 16. True is VEX and EVEX: everything above the value is cleared.
 * @value: the value; its unused part is cleared
 */
void pciem_vec_write(unsigned int reg, unsigned int bytes, bool zero_upper,
		     union pciem_vec *value);

#endif /* PCIEM_INSN_VEC_H */
