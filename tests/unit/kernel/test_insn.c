// SPDX-License-Identifier: Apache-2.0
/*
 * The MMIO instruction decoder, by table: forms that drivers use, the limits of
 * what is accepted, merge rules and string counters. fuzz_insn.c has the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "insn.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R15 = 15 };

#define CF		0x001ull
#define ZF		0x040ull
#define DF		0x400ull
#define RF		0x10000ull

#define MMIO		0xffffc90000100000ull
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* "48 8b 07" to bytes */
static unsigned int from_hex(const char *hex, u8 *code)
{
	unsigned int n = 0, byte;
	int used;

	while (sscanf(hex, "%x%n", &byte, &used) == 1) {
		code[n++] = (u8)byte;
		hex += used;
	}
	return n;
}

static int decode(const char *hex, struct pciem_insn *insn)
{
	u8 code[32] = { 0 };
	unsigned int n = from_hex(hex, code);

	return pciem_insn_decode(code, n, insn);
}

static void decode_ok(const char *hex, struct pciem_insn *insn)
{
	if (decode(hex, insn))
		fail_msg("%s: %s", hex, pciem_insn_reason(insn));
}

static struct pciem_insn_regs numbered_regs(void)
{
	struct pciem_insn_regs regs = { .rip = 0xffffffffc0000000, .rflags = 0x202 };
	unsigned int i;

	for (i = 0; i < 16; i++)
		regs.gpr[i] = 0x1111111111111111ull * i;
	return regs;
}

static void test_insn_decode_accepts_forms_of_drivers(void **context)
{
	static const struct {
		const char *hex;
		u8 length, kind, access_bytes, reg;
	} t[] = {
		{ "8a 07", 2, PCIEM_INSN_LOAD, 1, RAX },		/* readb */
		{ "66 8b 07", 3, PCIEM_INSN_LOAD, 2, RAX },		/* readw */
		{ "8b 47 1c", 3, PCIEM_INSN_LOAD, 4, RAX },		/* readl */
		{ "48 8b 02", 3, PCIEM_INSN_LOAD, 8, RAX },		/* readq */
		{ "44 8b bf 00 10 00 00", 7, PCIEM_INSN_LOAD, 4, R15 },
		{ "0f b6 07", 3, PCIEM_INSN_LOAD, 1, RAX },
		{ "0f b7 0f", 3, PCIEM_INSN_LOAD, 2, RCX },
		{ "88 07", 2, PCIEM_INSN_STORE, 1, RAX },		/* writeb */
		{ "66 89 07", 3, PCIEM_INSN_STORE, 2, RAX },		/* writew */
		{ "89 07", 2, PCIEM_INSN_STORE, 4, RAX },		/* writel */
		{ "48 89 07", 3, PCIEM_INSN_STORE, 8, RAX },		/* writeq */
		{ "c7 40 14 01 00 00 00", 7, PCIEM_INSN_STORE, 4, 0 },
		{ "f3 a4", 2, PCIEM_INSN_MOVS, 1, 0 },			/* memcpy_*io */
		{ "f3 a5", 2, PCIEM_INSN_MOVS, 4, 0 },
		{ "f3 48 a5", 3, PCIEM_INSN_MOVS, 8, 0 },
		{ "f3 aa", 2, PCIEM_INSN_STOS, 1, 0 },			/* memset_io */
		{ "0f c3 07", 3, PCIEM_INSN_STORE, 4, RAX },		/* MOVNTI */
		{ "f0 83 0f 01", 4, PCIEM_INSN_MODIFY, 4, 0 },
		{ "f6 07 80", 3, PCIEM_INSN_COMBINE, 1, 0 },		/* TEST */
		{ "83 3f ff", 3, PCIEM_INSN_COMBINE, 4, 0 },		/* CMP */
		{ "66 0f 38 f8 07", 5, PCIEM_INSN_COPY64, 64, RAX },	/* iosubmit */
		{ "0f 18 0f", 3, PCIEM_INSN_NOACCESS, 0, 0 },
		{ "3e 0f ae 3f", 4, PCIEM_INSN_NOACCESS, 0, 0 },	/* CLFLUSH */
		{ "66 0f e7 07", 4, PCIEM_INSN_VSTORE, 16, 0 },		/* MOVNTDQ */
		{ "c5 fe 6f 06", 4, PCIEM_INSN_VLOAD, 32, 0 },
		{ "62 f1 fe 48 6f 06", 6, PCIEM_INSN_VLOAD, 64, 0 },
	};
	struct pciem_insn insn;
	unsigned int i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		decode_ok(t[i].hex, &insn);
		if (insn.length != t[i].length || insn.kind != t[i].kind ||
		    insn.access_bytes != t[i].access_bytes || insn.reg != t[i].reg)
			fail_msg("%s: length %u kind %u access %u reg %u", t[i].hex,
				 insn.length, insn.kind, insn.access_bytes, insn.reg);
	}
}

static void test_insn_decode_refuses_with_reason(void **context)
{
	static const struct {
		const char *hex;
		u8 why;
	} t[] = {
		{ "8b c0", PCIEM_WHY_NO_MEMORY },
		{ "cc 47 10", PCIEM_WHY_BREAKPOINT },
		{ "ff 37", PCIEM_WHY_STACK_BRANCH },		/* PUSH m */
		{ "8f 07", PCIEM_WHY_STACK_BRANCH },		/* POP m */
		{ "ff 17", PCIEM_WHY_STACK_BRANCH },		/* CALL m */
		{ "f3 a6", PCIEM_WHY_STRING },			/* REP CMPSB */
		{ "f3 6d", PCIEM_WHY_PORT },			/* REP INSD */
		{ "d9 07", PCIEM_WHY_X87_MMX },
		{ "0f 6f 07", PCIEM_WHY_X87_MMX },
		{ "f2 0f 38 f8 07", PCIEM_WHY_ENQCMD },
		{ "0f ab 07", PCIEM_WHY_BIT_STRING },
		{ "f0 8b 07", PCIEM_WHY_LOCK },
		{ "f0 83 3f 01", PCIEM_WHY_LOCK },		/* LOCK CMP */
		{ "f3 89 07", PCIEM_WHY_REP },			/* XRELEASE */
		{ "f2 a5", PCIEM_WHY_REP },			/* REPNE MOVSD */
		{ "f2 f3 a5", PCIEM_WHY_REP },
		{ "65 2e 8b 07", PCIEM_WHY_SEGMENTS },
		{ "66 0f c3 07", PCIEM_WHY_PREFIX },		/* 66h MOVNTI */
		{ "66 63 07", PCIEM_WHY_PREFIX },		/* 16-bit MOVSXD */
		{ "66 c5 fe 6f 06", PCIEM_WHY_PREFIX },
		{ "48 c5 fe 6f 06", PCIEM_WHY_PREFIX },
		{ "c5 f6 6f 06", PCIEM_WHY_VEX_FIELDS },	/* vvvv in use */
		{ "62 f1 fe 49 6f 06", PCIEM_WHY_MASKED },	/* {k1} */
		{ "62 f1 7e 68 6f 06", PCIEM_WHY_VEX_FIELDS },	/* L'L = 3 */
		{ "0f c7 0f", PCIEM_WHY_OPCODE },		/* CMPXCHG8B */
		{ "c6 48 00 00", PCIEM_WHY_OPCODE },		/* C6h /1 */
		{ "82 07 00", PCIEM_WHY_OPCODE },
		{ "8e 07", PCIEM_WHY_OPCODE },			/* MOV segment */
		{ "66 66 66 66 66 66 66 66 66 66 66 66 66 66 8b 07",
		  PCIEM_WHY_TOO_LONG },
	};
	struct pciem_insn insn;
	unsigned int i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		assert_int_equal(decode(t[i].hex, &insn), -EINVAL);
		if (insn.why != t[i].why)
			fail_msg("%s: %s", t[i].hex, pciem_insn_reason(&insn));
		assert_int_equal(insn.kind, PCIEM_INSN_NONE);
	}
}

static void test_insn_decode_limits_length_to_15(void **context)
{
	struct pciem_insn insn;

	(void)context;
	decode_ok("2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 8b 07", &insn);
	assert_int_equal(insn.length, 15);
	assert_int_equal(decode("2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 8b",
				&insn), -EINVAL);
	assert_int_equal(insn.why, PCIEM_WHY_TOO_LONG);
}

static void test_insn_decode_of_cut_bytes_asks_for_more(void **context)
{
	struct pciem_insn insn;

	(void)context;
	assert_int_equal(decode("", &insn), -ENODATA);
	assert_int_equal(decode("c7 40 14 01 00 00", &insn), -ENODATA);
	assert_int_equal(insn.why, PCIEM_WHY_MORE_BYTES);
	assert_int_equal(decode("48", &insn), -ENODATA);
}

static void test_insn_rex_counts_only_before_the_opcode(void **context)
{
	struct pciem_insn insn;

	(void)context;
	decode_ok("48 66 8b 07", &insn);
	assert_int_equal(insn.access_bytes, 2);
	decode_ok("66 48 8b 07", &insn);
	assert_int_equal(insn.access_bytes, 8);
}

static void test_insn_every_refusal_has_a_text(void **context)
{
	struct pciem_insn insn = { 0 };
	unsigned int why;

	(void)context;
	for (why = 0; why < PCIEM_NR_WHY; why++) {
		insn.why = (u8)why;
		assert_non_null(pciem_insn_reason(&insn));
		assert_true(strlen(pciem_insn_reason(&insn)) > 10);
	}
	insn.why = 0xff;
	assert_non_null(pciem_insn_reason(&insn));
}

static void test_insn_address_follows_modrm_sib_and_rip(void **context)
{
	struct pciem_insn_regs regs = numbered_regs();
	struct pciem_insn insn;

	(void)context;
	regs.gpr[RBX] = MMIO;
	regs.gpr[RCX] = 3;
	decode_ok("8b 44 8b f8", &insn);		/* mov -8(rbx,rcx,4) */
	assert_int_equal(pciem_insn_src(&insn, &regs, 0), MMIO + 4);
	decode_ok("8b 05 f0 ff ff ff", &insn);		/* mov -16(rip) */
	assert_int_equal(pciem_insn_src(&insn, &regs, 0), regs.rip + 6 - 16);
	decode_ok("65 8b 44 8b f8", &insn);		/* gs: */
	assert_int_equal(insn.segment, PCIEM_SEG_GS);
	assert_int_equal(pciem_insn_src(&insn, &regs, 0x1000), MMIO + 0x1004);
	decode_ok("67 8b 44 8b f8", &insn);
	assert_int_equal(pciem_insn_src(&insn, &regs, 0), (u32)(MMIO + 4));
	decode_ok("48 a1 00 00 10 00 00 c9 ff ff", &insn);
	assert_int_equal(pciem_insn_src(&insn, &regs, 0), MMIO);
	decode_ok("62 f1 fe 48 6f 43 ff", &insn);	/* disp8 * 64 */
	assert_int_equal(pciem_insn_src(&insn, &regs, 0), MMIO - 64);
}

static void test_insn_load_value_merges_as_hardware(void **context)
{
	static const struct {
		const char *hex;
		unsigned int reg;
		u64 raw, expected;
	} t[] = {
		{ "8a 07", RAX, 0x80, 0x1122334455667780 },
		{ "8a 27", RAX, 0x80, 0x1122334455668088 },	/* AH */
		{ "40 8a 27", RSP, 0x80, 0x1122334455667780 },	/* SPL */
		{ "66 8b 07", RAX, 0x8000, 0x1122334455668000 },
		{ "8b 07", RAX, 0x80000000, 0x80000000 },
		{ "48 8b 07", RAX, 0x8000000000000000, 0x8000000000000000 },
		{ "0f b6 07", RAX, 0x80, 0x80 },
		{ "66 0f b6 07", RAX, 0x80, 0x1122334455660080 },
		{ "0f be 07", RAX, 0x80, 0xffffff80 },
		{ "48 0f be 07", RAX, 0x80, 0xffffffffffffff80 },
		{ "66 0f be 07", RAX, 0x80, 0x112233445566ff80 },
		{ "48 0f bf 07", RAX, 0x8000, 0xffffffffffff8000 },
		{ "48 63 07", RAX, 0x80000000, 0xffffffff80000000 },
		{ "0f 38 f0 07", RAX, 0x11223344, 0x44332211 },
		{ "0f 44 07", RAX, 5, 0x55667788 },		/* CMOVZ, not met */
		{ "0f 45 07", RAX, 5, 5 },			/* CMOVNZ */
	};
	struct pciem_insn_regs regs;
	struct pciem_insn insn;
	unsigned int i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		regs = numbered_regs();
		regs.gpr[t[i].reg] = 0x1122334455667788;
		decode_ok(t[i].hex, &insn);
		assert_int_equal(pciem_insn_load_value(&insn, &regs, t[i].raw), 0);
		assert_int_equal(regs.gpr[t[i].reg], t[i].expected);
		assert_int_equal(regs.rflags, 0x202);
	}
}

static void test_insn_store_value_takes_register_or_immediate(void **context)
{
	static const struct {
		const char *hex;
		u64 expected;
	} t[] = {
		{ "88 07", 0x88 },
		{ "88 27", 0x77 },				/* AH */
		{ "66 89 07", 0x7788 },
		{ "89 07", 0x55667788 },
		{ "48 89 07", 0x1122334455667788 },
		{ "c6 07 ff", 0xff },
		{ "66 c7 07 fe ff", 0xfffe },
		{ "48 c7 07 ff ff ff ff", ~0ull },
		{ "0f 38 f1 07", 0x88776655 },
		{ "0f 94 07", 0 },				/* SETZ */
		{ "0f 95 07", 1 },
		{ "aa", 0x88 },
		{ "48 ab", 0x1122334455667788 },
	};
	struct pciem_insn_regs regs = numbered_regs();
	struct pciem_insn insn;
	unsigned int i;
	u64 value;

	(void)context;
	regs.gpr[RAX] = 0x1122334455667788;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		decode_ok(t[i].hex, &insn);
		assert_int_equal(pciem_insn_store_value(&insn, &regs, &value), 0);
		assert_int_equal(value, t[i].expected);
	}
}

static void test_insn_modify_value_reports_lock(void **context)
{
	struct pciem_insn_regs regs = numbered_regs();
	struct pciem_insn insn;
	u64 value;

	(void)context;
	decode_ok("f0 83 0f 01", &insn);		/* lock or dword, 1 */
	assert_true(insn.locked && insn.reads && insn.writes);
	assert_int_equal(pciem_insn_modify_value(&insn, &regs, 0x80, &value), 0);
	assert_int_equal(value, 0x81);
	decode_ok("83 0f 01", &insn);
	assert_false(insn.locked);
	decode_ok("87 07", &insn);			/* xchg locks by itself */
	assert_true(insn.locked);
	regs.gpr[RAX] = 0x1122334455667788;
	assert_int_equal(pciem_insn_modify_value(&insn, &regs, 7, &value), 0);
	assert_int_equal(value, 0x55667788);
	assert_int_equal(regs.gpr[RAX], 7);
}

static void test_insn_failed_cmpxchg_writes_back(void **context)
{
	struct pciem_insn_regs regs = numbered_regs();
	struct pciem_insn insn;
	u64 value;

	(void)context;
	decode_ok("f0 0f b1 0f", &insn);
	regs.gpr[RAX] = 1;
	regs.gpr[RCX] = 2;
	assert_int_equal(pciem_insn_modify_value(&insn, &regs, 3, &value), 0);
	assert_int_equal(value, 3);
	assert_int_equal(regs.gpr[RAX], 3);
	assert_false(regs.rflags & ZF);
	assert_int_equal(pciem_insn_modify_value(&insn, &regs, 3, &value), 0);
	assert_int_equal(value, 2);
	assert_true(regs.rflags & ZF);
}

static void test_insn_value_of_wrong_kind_changes_nothing(void **context)
{
	struct pciem_insn_regs regs = numbered_regs();
	struct pciem_insn_regs before = regs;
	struct pciem_insn insn;
	u64 value = 42;

	(void)context;
	decode_ok("89 07", &insn);
	assert_int_equal(pciem_insn_load_value(&insn, &regs, 1), -EINVAL);
	assert_int_equal(pciem_insn_modify_value(&insn, &regs, 1, &value), -EINVAL);
	decode_ok("8b 07", &insn);
	assert_int_equal(pciem_insn_store_value(&insn, &regs, &value), -EINVAL);
	assert_int_equal(value, 42);
	assert_memory_equal(&regs, &before, sizeof(regs));
}

static void test_insn_retire_steps_rip_and_clears_rf(void **context)
{
	struct pciem_insn_regs regs = numbered_regs();
	u64 rip = regs.rip;
	struct pciem_insn insn;

	(void)context;
	regs.rflags |= RF | CF;
	decode_ok("8b 47 1c", &insn);
	pciem_insn_retire(&insn, &regs);
	assert_int_equal(regs.rip, rip + 3);
	assert_int_equal(regs.rflags, 0x202 | CF);
}

static void test_insn_string_advances_without_repeating(void **context)
{
	struct pciem_insn_regs regs = numbered_regs();
	u64 rip = regs.rip;
	struct pciem_insn insn;

	(void)context;
	regs.rflags |= RF;
	regs.gpr[RCX] = 10;
	regs.gpr[RSI] = MMIO;
	regs.gpr[RDI] = 0x1000;
	decode_ok("f3 a5", &insn);
	assert_int_equal(pciem_insn_string_left(&insn, &regs), 10);
	assert_int_equal(pciem_insn_src(&insn, &regs, 0), MMIO);
	assert_int_equal(pciem_insn_dst(&insn, &regs, 0x500), 0x1000);
	assert_false(pciem_insn_string_advance(&insn, &regs, 0));
	assert_false(pciem_insn_string_advance(&insn, &regs, 7));
	assert_int_equal(regs.rip, rip);
	assert_true(regs.rflags & RF);
	assert_int_equal(pciem_insn_string_left(&insn, &regs), 3);
	assert_int_equal(pciem_insn_src(&insn, &regs, 0), MMIO + 28);
	assert_true(pciem_insn_string_advance(&insn, &regs, 3));
	assert_int_equal(regs.rip, rip + 2);
	assert_false(regs.rflags & RF);
	assert_int_equal(regs.gpr[RCX], 0);
	assert_int_equal(regs.gpr[RSI], MMIO + 40);
	assert_int_equal(regs.gpr[RDI], 0x1000 + 40);
}

static void test_insn_string_honours_df_and_address_size(void **context)
{
	struct pciem_insn_regs regs = numbered_regs();
	struct pciem_insn insn;

	(void)context;
	regs.rflags |= DF;
	regs.gpr[RCX] = 0xffffffff00000002;
	regs.gpr[RSI] = 0xffffffff00000004;
	regs.gpr[RDI] = 0x1234;
	decode_ok("f3 67 ad", &insn);			/* rep lods dword */
	assert_int_equal(pciem_insn_string_left(&insn, &regs), 2);
	assert_int_equal(pciem_insn_src(&insn, &regs, 0), 4);
	assert_true(pciem_insn_string_advance(&insn, &regs, 2));
	assert_int_equal(regs.gpr[RSI], 0xfffffffc);
	assert_int_equal(regs.gpr[RDI], 0x1234);
	assert_int_equal(regs.gpr[RCX], 0);
}

static void test_insn_string_fit_stops_at_the_range(void **context)
{
	struct pciem_insn_regs regs = numbered_regs();
	struct pciem_insn insn;

	(void)context;
	decode_ok("f3 48 a5", &insn);
	regs.gpr[RCX] = 1000;
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, 0x1000, 0x1000, 0x1fff), 512);
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, 0x1004, 0x1000, 0x1fff), 511);
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, 0x1ffc, 0x1000, 0x1fff), 0);
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, 0xff8, 0x1000, 0x1fff), 0);
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, 0, 0, ~0ull), 1000);
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, ~7ull, 0, ~0ull), 1);
	regs.rflags |= DF;
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, 0x1010, 0x1000, 0x1fff), 3);
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, 0x1014, 0x1000, 0x1fff), 3);
	regs.gpr[RCX] = 0;
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, 0x1010, 0x1000, 0x1fff), 0);
	decode_ok("48 a5", &insn);
	assert_int_equal(pciem_insn_string_fit(&insn, &regs, 0x1010, 0x1000, 0x1fff), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_insn_decode_accepts_forms_of_drivers),
		cmocka_unit_test(test_insn_decode_refuses_with_reason),
		cmocka_unit_test(test_insn_decode_limits_length_to_15),
		cmocka_unit_test(test_insn_decode_of_cut_bytes_asks_for_more),
		cmocka_unit_test(test_insn_rex_counts_only_before_the_opcode),
		cmocka_unit_test(test_insn_every_refusal_has_a_text),
		cmocka_unit_test(test_insn_address_follows_modrm_sib_and_rip),
		cmocka_unit_test(test_insn_load_value_merges_as_hardware),
		cmocka_unit_test(test_insn_store_value_takes_register_or_immediate),
		cmocka_unit_test(test_insn_modify_value_reports_lock),
		cmocka_unit_test(test_insn_failed_cmpxchg_writes_back),
		cmocka_unit_test(test_insn_value_of_wrong_kind_changes_nothing),
		cmocka_unit_test(test_insn_retire_steps_rip_and_clears_rf),
		cmocka_unit_test(test_insn_string_advances_without_repeating),
		cmocka_unit_test(test_insn_string_honours_df_and_address_size),
		cmocka_unit_test(test_insn_string_fit_stops_at_the_range),
	};

	return cmocka_run_group_tests_name("kernel.insn", tests, NULL, NULL);
}
