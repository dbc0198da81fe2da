// SPDX-License-Identifier: Apache-2.0
/*
 * Runs one instruction for real: all general registers and flags loaded, the
 * instruction in a page of its own, everything stored afterwards. Compiled with
 * -mgeneral-regs-only, so that vector registers pass through untouched.
 */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "insn_fuzz.h"

#define PAGE		4096u
#define CODE_VA		0x20100000ull
#define EXIT_OFF	0x1100u
#define STATE_VA	0x20200000ull

/* At STATE_VA, so that code reaches it by absolute 32-bit addresses. */
struct state {
	struct pciem_insn_regs in;
	struct pciem_insn_regs out;
	u64 host_rsp;
};

static struct state *const state = (struct state *)STATE_VA;
static u8 *const code_page = (u8 *)CODE_VA;
static sigjmp_buf recover;
static unsigned int vec_bytes;
static u64 fs_base;

static u8 *put(u8 *p, const void *bytes, unsigned int n)
{
	memcpy(p, bytes, n);
	return p + n;
}

/* @opcode with a [disp32] operand and @reg in ModRM.reg; @rex 0 for none */
static u8 *put_absolute(u8 *p, u8 rex, u8 opcode, unsigned int reg, const void *at)
{
	u32 disp = (u32)(uintptr_t)at;

	if (rex)
		*p++ = (u8)(rex | (reg & 8 ? 4 : 0));
	*p++ = opcode;
	*p++ = (u8)(0x04 | (reg & 7) << 3);
	*p++ = 0x25;
	return put(p, &disp, 4);
}

static u8 *put_jump(u8 *p, const u8 *target)
{
	s32 rel = (s32)(target - (p + 5));

	*p++ = 0xe9;
	return put(p, &rel, 4);
}

/* Entry: save, load flags then registers, go to the slot. Exit: the reverse. */
static void write_trampoline(void)
{
	static const u8 push_saved[] = { 0x53, 0x55, 0x41, 0x54, 0x41, 0x55,
					 0x41, 0x56, 0x41, 0x57 };
	static const u8 pop_saved_ret[] = { 0xfc, 0x41, 0x5f, 0x41, 0x5e, 0x41,
					    0x5d, 0x41, 0x5c, 0x5d, 0x5b, 0xc3 };
	u8 *p = code_page;
	unsigned int i;

	p = put(p, push_saved, sizeof(push_saved));
	p = put_absolute(p, 0x48, 0x89, 4, &state->host_rsp);
	p = put_absolute(p, 0, 0xff, 6, &state->in.rflags);	/* push */
	*p++ = 0x9d;						/* popfq */
	for (i = 0; i < 16; i++)
		p = put_absolute(p, 0x48, 0x8b, i, &state->in.gpr[i]);
	put_jump(p, (u8 *)REAL_SLOT_VA);

	p = code_page + EXIT_OFF;
	for (i = 0; i < 16; i++)
		p = put_absolute(p, 0x48, 0x89, i, &state->out.gpr[i]);
	p = put_absolute(p, 0x48, 0x8b, 4, &state->host_rsp);
	*p++ = 0x9c;						/* pushfq */
	p = put_absolute(p, 0, 0x8f, 0, &state->out.rflags);	/* pop */
	put(p, pop_saved_ret, sizeof(pop_saved_ret));
}

static void on_signal(int signo)
{
	siglongjmp(recover, signo);
}

static int catch_signals(void)
{
	static const int signals[] = { SIGSEGV, SIGILL, SIGBUS, SIGTRAP, SIGFPE };
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };
	static u8 memory[65536];
	stack_t stack = { .ss_sp = memory, .ss_size = sizeof(memory) };
	unsigned int i;

	if (sigaltstack(&stack, NULL))
		return -errno;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], &sa, NULL))
			return -errno;
	return 0;
}

static int map_at(u64 va, size_t bytes, int prot)
{
	void *at = (void *)(uintptr_t)va;
	void *got = mmap(at, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_FIXED_NOREPLACE, -1, 0);

	if (got == MAP_FAILED)
		return -errno;
	return got == at ? 0 : -EEXIST;
}

static void find_vec_bytes(void)
{
	vec_bytes = 16;
	if (__builtin_cpu_supports("avx2"))
		vec_bytes = 32;
	if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
		vec_bytes = 64;
}

int insn_real_init(void)
{
	int ret;

	ret = map_at(REAL_DATA_VA - PAGE, PAGE, PROT_NONE);
	if (ret == 0)
		ret = map_at(REAL_DATA_VA, PAGE, PROT_READ | PROT_WRITE);
	if (ret == 0)
		ret = map_at(REAL_DATA_VA + PAGE, PAGE, PROT_NONE);
	if (ret == 0)
		ret = map_at(CODE_VA, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
	if (ret == 0)
		ret = map_at(STATE_VA, PAGE, PROT_READ | PROT_WRITE);
	if (ret == 0)
		ret = catch_signals();
	if (ret)
		return ret;
	if (syscall(SYS_arch_prctl, ARCH_SET_GS, REAL_GS_BASE) ||
	    syscall(SYS_arch_prctl, ARCH_GET_FS, &fs_base))
		return -errno;
	find_vec_bytes();
	write_trampoline();
	return 0;
}

unsigned int insn_real_vec_bytes(void)
{
	return vec_bytes;
}

u64 insn_real_fs_base(void)
{
	return fs_base;
}

#define LIST_0_15(X)	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) \
			X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define LIST_16_31(X)	X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) \
			X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)

#define LOAD_X(n)	asm volatile("movdqu %0, %%xmm" #n : : "m" (vec->v[n]));
#define LOAD_Y(n)	asm volatile("vmovdqu %0, %%ymm" #n : : "m" (vec->v[n]));
#define LOAD_Z(n)	asm volatile("vmovdqu64 %0, %%zmm" #n : : "m" (vec->v[n]));
#define SAVE_X(n)	asm volatile("movdqu %%xmm" #n ", %0" : "=m" (vec->v[n]));
#define SAVE_Y(n)	asm volatile("vmovdqu %%ymm" #n ", %0" : "=m" (vec->v[n]));
#define SAVE_Z(n)	asm volatile("vmovdqu64 %%zmm" #n ", %0" : "=m" (vec->v[n]));

static void load_vectors(const struct vec_state *vec)
{
	if (vec_bytes == 64) {
		LIST_0_15(LOAD_Z)
		LIST_16_31(LOAD_Z)
	} else if (vec_bytes == 32) {
		LIST_0_15(LOAD_Y)
	} else {
		LIST_0_15(LOAD_X)
	}
}

static void save_vectors(struct vec_state *vec)
{
	if (vec_bytes == 64) {
		LIST_0_15(SAVE_Z)
		LIST_16_31(SAVE_Z)
	} else if (vec_bytes == 32) {
		LIST_0_15(SAVE_Y)
	} else {
		LIST_0_15(SAVE_X)
	}
}

int insn_real_run(const u8 *code, unsigned int length,
		  struct pciem_insn_regs *regs, struct vec_state *vec)
{
	void (*enter)(void) = (void (*)(void))(uintptr_t)CODE_VA;
	u8 *slot = (u8 *)REAL_SLOT_VA;
	int signo;

	state->in = *regs;
	put_jump(put(slot, code, length), code_page + EXIT_OFF);
	signo = sigsetjmp(recover, 1);
	if (signo)
		return signo;
	if (vec)
		load_vectors(vec);
	enter();
	if (vec)
		save_vectors(vec);
	*regs = state->out;
	regs->rip = REAL_SLOT_VA + length;
	return 0;
}

void insn_emulated_vec_write(struct vec_state *vec, unsigned int reg,
			     unsigned int bytes, bool zero_upper,
			     union pciem_vec *value)
{
	load_vectors(vec);
	pciem_vec_write(reg, bytes, zero_upper, value);
	save_vectors(vec);
}

void insn_emulated_vec_read(struct vec_state *vec, unsigned int reg,
			    unsigned int bytes, union pciem_vec *value)
{
	load_vectors(vec);
	pciem_vec_read(reg, bytes, value);
	save_vectors(vec);
}
