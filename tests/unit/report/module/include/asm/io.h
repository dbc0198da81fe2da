/* SPDX-License-Identifier: Apache-2.0 */
/* An accessor as the kernel has it: inlined into whoever reads a register. */
#ifndef FIXTURE_ASM_IO_H
#define FIXTURE_ASM_IO_H

/* @label names the address of the access, so that a test knows it. */
#define READL(label, addr) ({						\
	unsigned int value_;						\
	asm volatile(".globl " label "\n" label ":\n\tmovl %1, %0"	\
		     : "=r" (value_) : "m" (*(addr)));			\
	value_;								\
})

static inline __attribute__((always_inline)) unsigned int
readl(const volatile unsigned int *addr)
{
	return READL("pc_direct", addr);
}

static inline __attribute__((always_inline)) unsigned int
ioread32_inline(const volatile unsigned int *addr)
{
	return READL("pc_helper", addr);
}

static inline __attribute__((always_inline)) unsigned int
ioread32_deep(const volatile unsigned int *addr)
{
	return READL("pc_deep", addr);
}

#endif /* FIXTURE_ASM_IO_H */
