/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Legal traffic between a host and a card, made up at random from a seed, in
 * both directions. With an encoder of its own.
 */
#ifndef TESTS_CHECK_GEN_H
#define TESTS_CHECK_GEN_H

#include <stdbool.h>
#include <stdint.h>

#define GEN_MAX_BYTES	(16 + 1024)
#define GEN_MAX_OPEN	96
#define GEN_HOST	0x0000
#define GEN_CARD	0x0100
#define GEN_BAR0	0xc0000000U
#define GEN_BAR0_BYTES	0x4000U
#define GEN_BAR2	0xc0010000U
#define GEN_BAR2_BYTES	0x1000U
#define GEN_TABLE	(GEN_BAR0 + 0x2000)
#define GEN_VECTORS	16

enum gen_kind {
	GEN_MRD, GEN_MWR, GEN_CFGRD, GEN_CFGWR, GEN_IORD, GEN_FETCHADD, GEN_SWAP, GEN_CAS,
};

/* A request that waits for completions. */
struct gen_open {
	uint64_t addr;	/* of the first byte that is asked for */
	uint32_t left;
	uint32_t bytes;
	uint16_t tag;
	uint16_t reg;
	uint32_t data;
	uint8_t be;
	uint8_t attr;
	uint8_t kind;
	uint8_t status;
	uint8_t from_card;
};

struct gen_entry {
	uint64_t addr;
	uint32_t data;
	bool is_masked;
};

struct gen {
	uint64_t random;
	uint64_t cycle;
	uint64_t nr;
	uint32_t mps;
	uint32_t rcb;
	uint32_t card_tags;
	bool has_msix;
	bool is_enumerated;
	bool has_mastering;
	struct gen_open open[GEN_MAX_OPEN];
	uint32_t nr_open;
	struct gen_entry entry[GEN_VECTORS];
	uint32_t config[1024];
	void (*emit)(void *ctx, const uint8_t *bytes, uint32_t len, bool from_card,
		     uint32_t channel, uint64_t cycle);
	void (*sideband)(void *ctx, uint64_t cycle, bool is_up);
	void *ctx;
};

/* ---- gen_card.c: the card's configuration, and a host that sets it up ---- */
uint32_t gen_random(struct gen *gen, uint32_t below);
void gen_start(struct gen *gen, uint64_t seed);
void gen_enumerate(struct gen *gen);
void gen_set_up(struct gen *gen);
void gen_msix_on(struct gen *gen);
void gen_cfg_read(struct gen *gen, uint32_t reg);
void gen_cfg_write(struct gen *gen, uint32_t reg, uint8_t be, uint32_t data);
/* The value of a register as the card returns it, and what a write does. */
uint32_t gen_config_read(const struct gen *gen, uint32_t reg);
void gen_config_write(struct gen *gen, uint32_t reg, uint8_t be, uint32_t data);

/* ---- gen_legal.c ---- */
/* A request; completed later, or at once with gen_finish_all(). */
void gen_request(struct gen *gen, enum gen_kind kind, bool from_card, uint64_t addr,
		 uint32_t length, uint8_t fbe, uint8_t lbe, uint32_t data);
void gen_finish_all(struct gen *gen);
/* One step of random traffic. */
void gen_step(struct gen *gen);

#endif /* TESTS_CHECK_GEN_H */
