// SPDX-License-Identifier: Apache-2.0
/*
 * Compiled as a module is, with debug information: the tests look for the lines
 * with a mark in them.
 */
#include <asm/io.h>

struct card {
	unsigned int regs[64];
	unsigned int seen;
};

void fixture_log(struct card *card);
unsigned int fixture_direct(struct card *card);
unsigned int fixture_helped(struct card *card);
unsigned int fixture_deep(struct card *card);
void fixture_outer(struct card *card);

#define noinline __attribute__((noinline, noclone))

/* A driver's own wrapper: not the line that people look for. */
static inline __attribute__((always_inline)) unsigned int
card_rd32(struct card *card, unsigned int offset)
{
	return ioread32_inline(&card->regs[offset / 4]);	/* mark: wrapper */
}

/* Inlined, and the driver's own. */
static inline __attribute__((always_inline)) unsigned int
wait_ready(struct card *card)
{
	card->seen++;
	return ioread32_deep(&card->regs[7]);	/* mark: deep */
}

noinline unsigned int fixture_direct(struct card *card)
{
	card->seen += 3;
	return readl(&card->regs[7]) + card->seen;	/* mark: direct */
}

noinline unsigned int fixture_helped(struct card *card)
{
	card->seen += 5;
	return card_rd32(card, 0x1c) * 7;	/* mark: helped */
}

noinline unsigned int fixture_deep(struct card *card)
{
	card->seen += 9;
	return wait_ready(card) + 1;
}

noinline void fixture_outer(struct card *card)
{
	card->seen += 11;
	fixture_log(card);	/* mark: call */
	asm volatile(".globl pc_return\npc_return:");
	card->seen += 13;
}
