// SPDX-License-Identifier: Apache-2.0
/*
 * Which instructions are plain, and that what is made of a plain one is what the
 * decoder and insn_exec.c make of it: every prefix, opcode and ModRM byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "insn_plain.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static struct pciem_plain plain_of(const u8 *code, unsigned int nr, struct pciem_insn *insn)
{
	struct pciem_plain none = { 0 };

	return pciem_insn_decode(code, nr, insn) ? none : pciem_insn_plain(insn);
}

static void test_insn_plain_is_mov_with_a_register(void **context)
{
	static const struct {
		u8 code[12];
		u8 length, reg, access_bytes, load_bytes;
	} t[] = {
		{ { 0x8a, 0x07 }, 2, 0, 1, 1 },				/* readb */
		{ { 0x66, 0x8b, 0x07 }, 3, 0, 2, 2 },			/* readw */
		{ { 0x8b, 0x47, 0x1c }, 3, 0, 4, 4 },			/* readl */
		{ { 0x48, 0x8b, 0x02 }, 3, 0, 8, 8 },			/* readq */
		{ { 0x4c, 0x8b, 0x3f }, 3, 15, 8, 8 },
		{ { 0x0f, 0xb6, 0x07 }, 3, 0, 1, 4 },			/* movzx */
		{ { 0x48, 0x0f, 0xb7, 0x0f }, 4, 1, 2, 8 },
		{ { 0x88, 0x07 }, 2, 0, 1, 0 },				/* writeb */
		{ { 0x40, 0x88, 0x37 }, 3, 6, 1, 0 },			/* of sil */
		{ { 0x66, 0x89, 0x07 }, 3, 0, 2, 0 },			/* writew */
		{ { 0x89, 0x54, 0x08, 0x10 }, 4, 2, 4, 0 },		/* writel */
		{ { 0x48, 0x89, 0x20 }, 3, 4, 8, 0 },			/* of rsp */
		{ { 0x0f, 0xc3, 0x10 }, 3, 2, 4, 0 },			/* movnti */
	};
	unsigned int i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		struct pciem_insn insn;
		struct pciem_plain plain = plain_of(t[i].code, sizeof(t[i].code), &insn);

		if (plain.length != t[i].length || plain.reg != t[i].reg ||
		    plain.access_bytes != t[i].access_bytes || plain.load_bytes != t[i].load_bytes)
			fail_msg("%u: length %u, register %u, %u bytes, load %u", i, plain.length, plain.reg,
				 plain.access_bytes, plain.load_bytes);
	}
}

static void test_insn_plain_is_nothing_else(void **context)
{
	static const u8 t[][12] = {
		{ 0xc7, 0x07, 1, 2, 3, 4 },		/* an immediate */
		{ 0x8a, 0x27 }, { 0x88, 0x27 },		/* ah */
		{ 0x48, 0x8b, 0x27 },			/* rsp is written */
		{ 0x0f, 0xbe, 0x07 }, { 0x48, 0x63, 0x07 },	/* sign extension */
		{ 0x0f, 0x38, 0xf0, 0x07 },		/* movbe */
		{ 0x0f, 0x44, 0x07 },			/* cmove */
		{ 0x0f, 0x94, 0x07 },			/* sete */
		{ 0x03, 0x07 }, { 0x01, 0x07 },		/* add */
		{ 0x87, 0x07 }, { 0xf0, 0x01, 0x07 },	/* xchg, lock add */
		{ 0xa4 }, { 0xf3, 0xab }, { 0xad },	/* strings */
		{ 0x65, 0x8b, 0x07 },			/* gs */
		{ 0x67, 0x8b, 0x07 },			/* 32-bit address */
		{ 0x0f, 0x6f, 0x07 }, { 0x0f, 0x10, 0x07 },	/* vectors */
		{ 0x0f, 0x18, 0x07 },			/* prefetch */
	};
	unsigned int i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		struct pciem_insn insn;

		if (plain_of(t[i], sizeof(t[i]), &insn).length)
			fail_msg("%u is plain", i);
	}
}

static u64 next_random(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static u64 cut(u64 val, unsigned int bytes)
{
	return bytes >= 8 ? val : val & ((1ull << (8 * bytes)) - 1);
}

/* Both ways, with the same registers. */
static void compare(const struct pciem_insn *insn, struct pciem_plain plain, u64 *seed)
{
	struct pciem_insn_regs before = { .rip = 0x1000, .rflags = next_random(seed) & 0xfd5 }, after;
	u64 raw = cut(next_random(seed), plain.access_bytes), val;
	unsigned int i;

	for (i = 0; i < 16; i++)
		before.gpr[i] = next_random(seed);
	after = before;
	if (!plain.load_bytes) {
		assert_int_equal(pciem_insn_store_value(insn, &after, &val), 0);
		assert_int_equal(cut(before.gpr[plain.reg], plain.access_bytes), val);
		assert_true(insn->writes && !insn->reads);
		return;
	}
	assert_true(insn->reads && !insn->writes);
	assert_int_equal(pciem_insn_load_value(insn, &after, raw), 0);
	before.gpr[plain.reg] = pciem_plain_loaded(plain, before.gpr[plain.reg], raw);
	assert_memory_equal(&before, &after, sizeof(before));
}

static void test_insn_plain_does_what_the_decoder_does(void **context)
{
	unsigned int prefix, escape, opcode, modrm, nr_plain = 0;
	u64 seed = 88172645463325252ull;

	(void)context;
	for (prefix = 0; prefix < 34; prefix++)
		for (escape = 0; escape < 2; escape++)
			for (opcode = 0; opcode < 256; opcode++)
				for (modrm = 0; modrm < 256; modrm++) {
					u8 code[15] = { 0 };
					struct pciem_insn insn;
					struct pciem_plain plain;
					unsigned int n = 0;

					if (prefix >= 17)
						code[n++] = 0x66;
					if (prefix % 17)
						code[n++] = (u8)(0x40 + prefix % 17 - 1);
					if (escape)
						code[n++] = 0x0f;
					code[n++] = (u8)opcode;
					code[n++] = (u8)modrm;
					plain = plain_of(code, sizeof(code), &insn);
					if (!plain.length)
						continue;
					nr_plain++;
					assert_int_equal(plain.length, insn.length);
					compare(&insn, plain, &seed);
				}
	print_message("%u plain forms\n", nr_plain);
	assert_true(nr_plain > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_insn_plain_is_mov_with_a_register),
		cmocka_unit_test(test_insn_plain_is_nothing_else),
		cmocka_unit_test(test_insn_plain_does_what_the_decoder_does),
	};

	return cmocka_run_group_tests_name("kernel.insn_plain", tests, NULL, NULL);
}
