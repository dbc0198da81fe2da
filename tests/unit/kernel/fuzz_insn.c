// SPDX-License-Identifier: Apache-2.0
/*
 * Differential fuzz of the MMIO instruction decoder, in two directions:
 * against Zydis (is it the same instruction?) and against this CPU (does
 * performing it give the same registers, flags and memory?).
 *
 * RISER_FUZZ_ROUNDS sets the rounds, RISER_FUZZ_SEED repeats a run.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include <cmocka.h>

#include "insn_fuzz.h"

#define ZYDIS_ROUNDS	400000ull
#define REAL_ROUNDS	100000ull	/* instructions executed */

#define ARITH_FLAGS	0x8d5ull	/* OF SF ZF AF PF CF */
#define DF		0x400ull
#define AF		0x010ull
#define RF		0x10000ull

static u64 env_number(const char *name, u64 otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

static struct rng start_rng(const char *what, u64 rounds)
{
	u64 seed = env_number("RISER_FUZZ_SEED", (u64)time(NULL) * 1000003u);
	struct rng rng = { .state = seed ? seed : 1 };

	print_message("%s: %llu rounds, RISER_FUZZ_SEED=%llu\n", what,
		      (unsigned long long)rounds, (unsigned long long)seed);
	return rng;
}

static void fail_with(const u8 *code, const struct pciem_insn *insn, const char *why)
{
	char hex[3 * PCIEM_INSN_MAX_BYTES + 1];
	unsigned int i;

	for (i = 0; i < PCIEM_INSN_MAX_BYTES; i++)
		snprintf(hex + 3 * i, 4, "%02x ", code[i]);
	fail_msg("%s differs for %s: length %u kind %u op %u access %u reg %u; %s",
		 why, hex, insn->length, insn->kind, insn->op, insn->access_bytes,
		 insn->reg, pciem_insn_reason(insn));
}

static void random_regs(struct rng *rng, struct pciem_insn_regs *regs)
{
	static const u64 corners[] = {
		0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff,
		0x80000000, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, ~0ull,
	};
	unsigned int i;

	for (i = 0; i < 16; i++)
		regs->gpr[i] = rng_once_in(rng, 4) ?
			corners[rng_below(rng, sizeof(corners) / sizeof(corners[0]))] :
			rng_next(rng);
	regs->rip = REAL_SLOT_VA;
	regs->rflags = 0x202 | (rng_next(rng) & (ARITH_FLAGS | DF));
}

/* ---- against Zydis ---- */

/* Cut short anywhere, a valid instruction asks for more and reads no further. */
static void check_truncation(const u8 *code, const struct pciem_insn *full, u8 *page_end)
{
	struct pciem_insn insn;
	unsigned int n;

	for (n = 0; n <= full->length; n++) {
		memcpy(page_end - n, code, n);
		if (pciem_insn_decode(page_end - n, n, &insn) !=
		    (n < full->length ? -ENODATA : 0))
			fail_with(code, full, "a truncated decode");
	}
	if (memcmp(&insn, full, sizeof(insn)))
		fail_with(code, full, "decoding exactly the bytes needed");
}

static u8 *map_before_guard(void)
{
	u8 *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(page, MAP_FAILED);
	assert_int_equal(mprotect(page + 4096, 4096, PROT_NONE), 0);
	return page + 4096;
}

static void test_insn_decode_agrees_with_zydis(void **context)
{
	u64 rounds = env_number("RISER_FUZZ_ROUNDS", ZYDIS_ROUNDS);
	struct rng rng = start_rng("against Zydis", rounds);
	u64 accepted = 0, promised = 0, round;
	u8 *page_end = map_before_guard();
	u8 code[PCIEM_INSN_MAX_BYTES];
	struct pciem_insn_regs regs;
	struct insn_layout layout;
	struct pciem_insn insn;
	const char *difference;
	char name[32];
	int ret;

	(void)context;
	for (round = 0; round < rounds; round++) {
		insn_generate(&rng, code);
		random_regs(&rng, &regs);
		ret = pciem_insn_decode(code, sizeof(code), &insn);
		if (ret == 0) {
			accepted++;
			difference = insn_zydis_compare(code, &insn, &regs, &layout);
			if (difference)
				fail_with(code, &insn, difference);
			check_truncation(code, &insn, page_end);
		} else if (ret != -EINVAL) {
			fail_with(code, &insn, "return value");
		}
		if (insn_zydis_is_promised(code, name, sizeof(name))) {
			promised++;
			if (ret)
				fail_with(code, &insn, name);
		}
	}
	munmap(page_end - 4096, 8192);
	print_message("accepted %llu, promised %llu\n",
		      (unsigned long long)accepted, (unsigned long long)promised);
	assert_true(accepted > rounds / 4);
	assert_true(promised > rounds / 5);
}

/* ---- against this CPU ---- */

struct run {
	struct rng *rng;
	u8 code[PCIEM_INSN_MAX_BYTES];
	struct pciem_insn insn;
	struct insn_layout layout;
	u64 seg_base;
	struct pciem_insn_regs before, real, emulated;
	struct vec_state vec_before, vec_real, vec_emulated;
	u8 data_before[REAL_DATA_BYTES];
	u8 data_emulated[REAL_DATA_BYTES];
};

static u8 *emulated_at(struct run *r, u64 va)
{
	assert_in_range(va, REAL_DATA_VA, REAL_DATA_VA + REAL_DATA_BYTES - 1);
	return r->data_emulated + (va - REAL_DATA_VA);
}

static u64 read_value(struct run *r, u64 va)
{
	u64 value = 0;

	memcpy(&value, emulated_at(r, va), r->insn.access_bytes);
	return value;
}

/* Somewhere in the middle, so that a repeat in either direction stays inside. */
static u64 random_target(struct run *r, unsigned int align)
{
	u64 target = REAL_DATA_VA + 256 + rng_below(r->rng, 512);

	return target & ~(u64)(align - 1);
}

static void patch_disp(struct run *r, u64 disp)
{
	memcpy(r->code + r->layout.disp_off, &disp, r->layout.disp_bytes);
}

/* Solves base + index * scale + disp == target for a register or for disp. */
static bool aim_modrm(struct run *r, u64 target)
{
	struct pciem_insn *insn = &r->insn;
	u64 want = target - r->seg_base;
	unsigned int factor = 1;
	s64 quotient;
	u64 mask, *gpr;

	mask = insn->addr_bytes == 4 ? 0xffffffff : ~0ull;
	if (want & ~mask)
		return false;
	if (insn->base == PCIEM_REG_RIP)
		want -= REAL_SLOT_VA + insn->length;
	if (insn->base == PCIEM_REG_RIP ||
	    (insn->base == PCIEM_REG_NONE && insn->index == PCIEM_REG_NONE)) {
		if (r->layout.disp_bytes == 4 && (s64)want != (s32)want)
			return false;
		patch_disp(r, want);
		return pciem_insn_decode(r->code, sizeof(r->code), insn) == 0;
	}
	if (insn->base != PCIEM_REG_NONE && insn->base != insn->index) {
		gpr = &r->before.gpr[insn->base];
		want -= pciem_insn_src(insn, &r->before, 0);
		*gpr = (*gpr & ~mask) | ((*gpr + want) & mask);
		return true;
	}
	if (insn->index != PCIEM_REG_NONE)
		factor = insn->scale + (insn->base == insn->index);
	gpr = &r->before.gpr[insn->index];
	quotient = (s64)(want - (u64)insn->disp) / (s64)factor;
	*gpr = (u64)quotient;
	return true;
}

static bool aim_string(struct run *r)
{
	u64 mask = r->insn.addr_bytes == 4 ? 0xffffffff : ~0ull;
	u64 high = rng_next(r->rng) & ~mask;

	if (r->insn.reads) {
		if (r->seg_base && (r->seg_base > REAL_DATA_VA && mask != ~0ull))
			return false;
		r->before.gpr[6] = high | ((random_target(r, 1) - r->seg_base) & mask);
	}
	if (r->insn.writes)
		r->before.gpr[7] = high | random_target(r, 1);
	if (r->insn.rep)
		r->before.gpr[1] = high | (rng_below(r->rng, 24) + (high ? 1 : 0));
	return true;
}

/* A segment override lifts the address unless it is a destination. */
static bool is_inside(const struct run *r, u64 va)
{
	return va >= REAL_DATA_VA + 192 && va < REAL_DATA_VA + REAL_DATA_BYTES - 192 &&
	       (va & (r->insn.align_bytes - 1u)) == 0;
}

static bool aim(struct run *r)
{
	const struct pciem_insn *insn = &r->insn;
	unsigned int align = insn->align_bytes;

	if (insn->kind == PCIEM_INSN_MOVS || insn->kind == PCIEM_INSN_STOS ||
	    insn->kind == PCIEM_INSN_LODS)
		return aim_string(r);
	if (insn->kind == PCIEM_INSN_COPY64)
		r->before.gpr[insn->reg] = random_target(r, 64);
	if (insn->locked)	/* a split lock may be trapped by the host */
		align = insn->access_bytes;
	if (!aim_modrm(r, random_target(r, align)))
		return false;
	if (insn->kind == PCIEM_INSN_NOACCESS)
		return true;
	if (insn->reads && insn->kind != PCIEM_INSN_COPY64 &&
	    !is_inside(r, pciem_insn_src(insn, &r->before, r->seg_base)))
		return false;
	if (insn->kind == PCIEM_INSN_COPY64 &&
	    pciem_insn_src(insn, &r->before, r->seg_base) - (REAL_DATA_VA + 192) >= 640)
		return false;
	if (insn->locked &&
	    pciem_insn_src(insn, &r->before, r->seg_base) % insn->access_bytes)
		return false;
	return !insn->writes ||
	       is_inside(r, pciem_insn_dst(insn, &r->before, r->seg_base));
}

static void randomize(struct run *r)
{
	unsigned int i, k;

	random_regs(r->rng, &r->before);
	for (i = 0; i < REAL_DATA_BYTES; i += 8) {
		u64 word = rng_once_in(r->rng, 8) ? 0 - (u64)rng_below(r->rng, 2) :
			   rng_next(r->rng);

		memcpy(r->data_before + i, &word, 8);
	}
	for (i = 0; i < 32; i++)
		for (k = 0; k < 8; k++)
			r->vec_before.v[i].q[k] = rng_next(r->rng);
}

/* Half of the comparisons of CMPXCHG are to succeed. */
static void help_cmpxchg(struct run *r)
{
	u64 va = pciem_insn_src(&r->insn, &r->before, r->seg_base);

	if (r->insn.op != PCIEM_OP_CMPXCHG || r->insn.kind != PCIEM_INSN_MODIFY ||
	    r->insn.base == 0 || r->insn.index == 0 || rng_once_in(r->rng, 2))
		return;
	memcpy(&r->before.gpr[0], r->data_before + (va - REAL_DATA_VA),
	       r->insn.access_bytes);
}

static void emulate_string(struct run *r)
{
	struct pciem_insn_regs *regs = &r->emulated;
	bool is_down = (regs->rflags & DF) != 0;
	bool ended = false;
	u64 n, i, left, src = 0, dst = 0, step, value;

	while (!ended) {
		left = pciem_insn_string_left(&r->insn, regs);
		n = left ? 1 + rng_below(r->rng, (unsigned int)left) : 0;
		if (r->insn.reads)
			src = pciem_insn_src(&r->insn, regs, r->seg_base);
		if (r->insn.writes)
			dst = pciem_insn_dst(&r->insn, regs, r->seg_base);
		for (i = 0; i < n; i++) {
			step = i * r->insn.access_bytes;
			if (is_down)
				step = 0 - step;
			if (r->insn.kind == PCIEM_INSN_STOS)
				assert_int_equal(pciem_insn_store_value(&r->insn, regs,
									&value), 0);
			else
				value = read_value(r, src + step);
			if (r->insn.kind == PCIEM_INSN_LODS)
				assert_int_equal(pciem_insn_load_value(&r->insn, regs,
								       value), 0);
			else
				memcpy(emulated_at(r, dst + step), &value,
				       r->insn.access_bytes);
		}
		ended = pciem_insn_string_advance(&r->insn, regs, n);
	}
}

static void emulate_vector(struct run *r)
{
	const struct pciem_insn *insn = &r->insn;
	union pciem_vec value;

	if (insn->kind == PCIEM_INSN_VLOAD) {
		memset(&value, 0xa5, sizeof(value));
		memcpy(&value, emulated_at(r, pciem_insn_src(insn, &r->emulated,
							     r->seg_base)),
		       insn->access_bytes);
		insn_emulated_vec_write(&r->vec_emulated, insn->vec_reg,
					insn->access_bytes, insn->vec_zero_upper,
					&value);
	} else {
		insn_emulated_vec_read(&r->vec_emulated, insn->vec_reg,
				       insn->access_bytes, &value);
		memcpy(emulated_at(r, pciem_insn_dst(insn, &r->emulated, r->seg_base)),
		       &value, insn->access_bytes);
	}
}

/* What mmio.c does, with memory in place of the device. */
static void emulate(struct run *r)
{
	const struct pciem_insn *insn = &r->insn;
	struct pciem_insn_regs *regs = &r->emulated;
	u64 src = pciem_insn_src(insn, regs, r->seg_base);
	u64 dst = pciem_insn_dst(insn, regs, r->seg_base);
	u64 value = 0;
	int ret = 0;

	switch (insn->kind) {
	case PCIEM_INSN_LOAD:
	case PCIEM_INSN_COMBINE:
		ret = pciem_insn_load_value(insn, regs, read_value(r, src));
		break;
	case PCIEM_INSN_STORE:
		ret = pciem_insn_store_value(insn, regs, &value);
		memcpy(emulated_at(r, dst), &value, insn->access_bytes);
		break;
	case PCIEM_INSN_MODIFY:
		ret = pciem_insn_modify_value(insn, regs, read_value(r, src), &value);
		memcpy(emulated_at(r, dst), &value, insn->access_bytes);
		break;
	case PCIEM_INSN_VLOAD:
	case PCIEM_INSN_VSTORE:
		emulate_vector(r);
		break;
	case PCIEM_INSN_COPY64:
		memmove(emulated_at(r, dst), emulated_at(r, src), 64);
		break;
	case PCIEM_INSN_NOACCESS:
		break;
	default:
		emulate_string(r);
		return;
	}
	assert_int_equal(ret, 0);
	pciem_insn_retire(insn, regs);
}

static u64 defined_flags(const struct pciem_insn *insn)
{
	u64 flags = ARITH_FLAGS | DF;

	if (insn->kind != PCIEM_INSN_COMBINE && insn->kind != PCIEM_INSN_MODIFY)
		return flags;
	switch (insn->op) {
	case PCIEM_OP_AND:
	case PCIEM_OP_OR:
	case PCIEM_OP_XOR:
	case PCIEM_OP_TEST:
		return flags & ~AF;
	case PCIEM_OP_BT:
	case PCIEM_OP_BTS:
	case PCIEM_OP_BTR:
	case PCIEM_OP_BTC:
		return DF | 0x41;	/* ZF unaffected, CF */
	default:
		return flags;
	}
}

static void compare(const struct run *r)
{
	const u8 *real_data = (const u8 *)REAL_DATA_VA;
	unsigned int i, bytes = insn_real_vec_bytes();

	for (i = 0; i < 16; i++)
		if (r->real.gpr[i] != r->emulated.gpr[i]) {
			print_message("gpr %u: real %llx, emulated %llx, before %llx\n", i,
				      (unsigned long long)r->real.gpr[i],
				      (unsigned long long)r->emulated.gpr[i],
				      (unsigned long long)r->before.gpr[i]);
			fail_with(r->code, &r->insn, "a register");
		}
	if (r->real.rip != r->emulated.rip)
		fail_with(r->code, &r->insn, "rip");
	if ((r->real.rflags ^ r->emulated.rflags) & defined_flags(&r->insn)) {
		print_message("flags: real %llx, emulated %llx\n",
			      (unsigned long long)r->real.rflags,
			      (unsigned long long)r->emulated.rflags);
		fail_with(r->code, &r->insn, "a flag");
	}
	if (memcmp(real_data, r->data_emulated, REAL_DATA_BYTES))
		fail_with(r->code, &r->insn, "memory");
	for (i = 0; i < (bytes == 64 ? 32 : 16); i++)
		if (memcmp(&r->vec_real.v[i], &r->vec_emulated.v[i], bytes))
			fail_with(r->code, &r->insn, "a vector register");
}

/* Returns false if this CPU does not have the instruction. */
static bool run_both(struct run *r)
{
	bool is_vector = r->insn.kind == PCIEM_INSN_VLOAD ||
			 r->insn.kind == PCIEM_INSN_VSTORE;
	int signo;

	help_cmpxchg(r);
	memcpy((void *)REAL_DATA_VA, r->data_before, REAL_DATA_BYTES);
	memcpy(r->data_emulated, r->data_before, REAL_DATA_BYTES);
	r->real = r->before;
	r->emulated = r->before;
	r->emulated.rflags |= RF;	/* as a fault saves it */
	r->vec_real = r->vec_before;
	r->vec_emulated = r->vec_before;
	signo = insn_real_run(r->code, r->insn.length, &r->real,
			      is_vector ? &r->vec_real : NULL);
	if (signo == SIGILL)
		return false;
	if (signo) {
		print_message("signal %d\n", signo);
		fail_with(r->code, &r->insn, "the real run");
	}
	emulate(r);
	assert_false(r->emulated.rflags & RF);
	compare(r);
	return true;
}

static void check_counts(const u64 *executed, u64 missing)
{
	unsigned int kind;

	print_message("executed by kind:");
	for (kind = PCIEM_INSN_LOAD; kind <= PCIEM_INSN_NOACCESS; kind++)
		print_message(" %llu", (unsigned long long)executed[kind]);
	print_message("; not on this CPU: %llu\n", (unsigned long long)missing);
	for (kind = PCIEM_INSN_LOAD; kind <= PCIEM_INSN_NOACCESS; kind++)
		if (kind != PCIEM_INSN_COPY64 && !executed[kind])
			fail_msg("no instruction of kind %u was executed", kind);
}

static void test_insn_emulation_equals_hardware(void **context)
{
	u64 rounds = env_number("RISER_FUZZ_ROUNDS", REAL_ROUNDS);
	struct rng rng = start_rng("against this CPU", rounds);
	u64 executed[PCIEM_INSN_NOACCESS + 1] = { 0 };
	u64 done = 0, missing = 0;
	static struct run r;

	(void)context;
	assert_int_equal(insn_real_init(), 0);
	r.rng = &rng;
	while (done + missing < rounds) {
		insn_generate(&rng, r.code);
		if (pciem_insn_decode(r.code, sizeof(r.code), &r.insn))
			continue;
		randomize(&r);
		r.seg_base = r.insn.segment == PCIEM_SEG_FS ? insn_real_fs_base() :
			     r.insn.segment == PCIEM_SEG_GS ? REAL_GS_BASE : 0;
		if (insn_zydis_compare(r.code, &r.insn, &r.before, &r.layout))
			fail_with(r.code, &r.insn, "Zydis' view");
		if (!aim(&r))
			continue;
		if (run_both(&r)) {
			executed[r.insn.kind]++;
			done++;
		} else {
			missing++;
		}
	}
	check_counts(executed, missing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_insn_decode_agrees_with_zydis),
		cmocka_unit_test(test_insn_emulation_equals_hardware),
	};

	return cmocka_run_group_tests_name("kernel.insn_fuzz", tests, NULL, NULL);
}
