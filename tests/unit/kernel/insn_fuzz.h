/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the decoder's differential fuzz share. */
#ifndef RISER_TEST_INSN_FUZZ_H
#define RISER_TEST_INSN_FUZZ_H

#include "insn.h"
#include "insn_vec.h"

/* ---- random numbers: one seeded stream, printed by the test ---- */

struct rng {
	u64 state;
};

static inline u64 rng_next(struct rng *rng)
{
	u64 x = rng->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	rng->state = x;
	return x * 0x2545f4914f6cdd1dull;
}

static inline unsigned int rng_below(struct rng *rng, unsigned int n)
{
	return (unsigned int)((rng_next(rng) >> 32) % n);
}

/* True once in @n. */
static inline bool rng_once_in(struct rng *rng, unsigned int n)
{
	return rng_below(rng, n) == 0;
}

/* ---- insn_gen.c ---- */

/* Fills 15 bytes that often begin with an instruction of the table. */
void insn_generate(struct rng *rng, u8 code[PCIEM_INSN_MAX_BYTES]);

/* ---- insn_zydis.c ---- */

struct insn_layout {
	unsigned int disp_off;
	unsigned int disp_bytes;
};

/*
 * Compares a decoded instruction with what Zydis says about the same bytes.
 * Returns NULL if they agree, else a phrase. @layout: for patching.
 */
const char *insn_zydis_compare(const u8 *code, const struct pciem_insn *insn,
			       const struct pciem_insn_regs *regs,
			       struct insn_layout *layout);

/* Whether the table promises to accept these bytes, judged by Zydis alone. */
bool insn_zydis_is_promised(const u8 *code, char *text, size_t text_bytes);

/* ---- insn_real.c: real execution ---- */

/* Data that real instructions may touch; below 2 GiB so that all addressing
 * forms reach it. Guard pages on both sides.
 */
#define REAL_DATA_VA	0x20000000ull
#define REAL_DATA_BYTES	1024u
#define REAL_SLOT_VA	0x20101000ull	/* where the instruction stands */
#define REAL_GS_BASE	0x00340000ull

struct vec_state {
	union pciem_vec v[32];
};

int insn_real_init(void);

/* Which instructions' registers this CPU has: 16, 32 or 64 bytes wide. */
unsigned int insn_real_vec_bytes(void);

u64 insn_real_fs_base(void);

/*
 * Runs the instruction on @regs, on memory at REAL_DATA_VA and, if @vec is not
 * NULL, on vector registers. Returns 0 or the signal it raised. All are updated;
 * rip as if it had retired.
 */
int insn_real_run(const u8 *code, unsigned int length,
		  struct pciem_insn_regs *regs, struct vec_state *vec);

/* The same registers, but written or read by pciem_vec_*() instead. */
void insn_emulated_vec_write(struct vec_state *vec, unsigned int reg,
			     unsigned int bytes, bool zero_upper,
			     union pciem_vec *value);
void insn_emulated_vec_read(struct vec_state *vec, unsigned int reg,
			    unsigned int bytes, union pciem_vec *value);

#endif /* RISER_TEST_INSN_FUZZ_H */
