// SPDX-License-Identifier: Apache-2.0
/* The card that the legal traffic speaks with: registers, and how a host finds it. */
#include "gen.h"

#include <string.h>

#define DEVCTL	0x88

static const struct {
	uint16_t reg;
	uint32_t value;
	uint32_t writable;
} registers[] = {
	{ 0x00, 0x56781234, 0 },	  { 0x04, 0x00100000, 0x0547 },
	{ 0x08, 0x01080201, 0 },	  { 0x0c, 0, 0xff },
	{ 0x10, 4, 0xffffc000 },	  { 0x14, 0, 0xffffffff },
	{ 0x18, 0, 0xfffff000 },	  { 0x2c, 0x00011234, 0 },
	{ 0x34, 0x40, 0 },		  { 0x3c, 0x100, 0xff },
	{ 0x40, 0x00035001, 0 },	  { 0x44, 8, 0x3 },
	{ 0x50, 0x018a7005, 0x00710000 }, { 0x54, 0, 0xfffffffc },
	{ 0x58, 0, 0xffffffff },	  { 0x5c, 0, 0xffff },
	{ 0x60, 0, 0xffffffff },	  { 0x70, 0x000f8011, 0xc0000000 },
	{ 0x74, 0x2000, 0 },		  { 0x78, 0x3000, 0 },
	{ 0x80, 0x00020010, 0 },	  { 0x84, 0x10008022, 0 },
	{ 0x88, 0x2810, 0x79ff },	  { 0x8c, 0x21, 0 },
	{ 0x90, 0x00110000, 0xc8 },	  { 0xa4, 0x1f, 0 },
	{ 0xa8, 0, 0x1f },		  { 0x100, 0x14820001, 0 },
	{ 0x148, 0x0001000f, 0 },	  { 0x14c, 0, 0x80000000 },
};

uint32_t gen_random(struct gen *gen, uint32_t below)
{
	gen->random ^= gen->random << 13;
	gen->random ^= gen->random >> 7;
	gen->random ^= gen->random << 17;
	return (uint32_t)((gen->random >> 32) * below >> 32);
}

static uint32_t writable(uint32_t reg)
{
	uint32_t i;

	for (i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		if (registers[i].reg == reg)
			return registers[i].writable;
	return 0;
}

static void power_on(struct gen *gen)
{
	uint32_t i;

	memset(gen->config, 0, sizeof(gen->config));
	for (i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		gen->config[registers[i].reg / 4] = registers[i].value;
	for (i = 0; i < GEN_VECTORS; i++)
		gen->entry[i] = (struct gen_entry){ .is_masked = true };
	gen->has_msix = false;
	gen->has_mastering = false;
	gen->mps = 128;
	gen->card_tags = 32;
}

void gen_start(struct gen *gen, uint64_t seed)
{
	gen->random = seed * 2 + 1;
	gen_random(gen, 2);
	gen->rcb = 64;
	if (!gen->cycle)
		gen->cycle = 100;
	power_on(gen);
}

uint32_t gen_config_read(const struct gen *gen, uint32_t reg)
{
	return gen->config[reg / 4];
}

static void reset_function(struct gen *gen)
{
	uint32_t keep = gen->config[DEVCTL / 4] & 0x70e0;
	uint32_t link = gen->config[0x90 / 4];

	power_on(gen);
	gen->config[DEVCTL / 4] = (gen->config[DEVCTL / 4] & ~0x70e0U) | keep;
	gen->config[0x90 / 4] = link;
	gen->mps = 128U << (keep >> 5 & 7);
}

void gen_config_write(struct gen *gen, uint32_t reg, uint8_t be, uint32_t data)
{
	uint32_t mask = 0, i;

	for (i = 0; i < 4; i++)
		mask |= be >> i & 1 ? 0xffU << 8 * i : 0;
	if (reg == DEVCTL && (data & mask & 0x8000)) {
		reset_function(gen);
		return;
	}
	/* write 1 to clear */
	if (reg == DEVCTL)
		gen->config[reg / 4] &= ~(data & mask & 0x000f0000);
	mask &= writable(reg);
	gen->config[reg / 4] = (gen->config[reg / 4] & ~mask) | (data & mask);
	if (reg == DEVCTL)
		gen->mps = 128U << (gen->config[reg / 4] >> 5 & 7);
}

void gen_cfg_read(struct gen *gen, uint32_t reg)
{
	gen_request(gen, GEN_CFGRD, false, reg, 1, 0xf, 0, 0);
	gen_finish_all(gen);
}

void gen_cfg_write(struct gen *gen, uint32_t reg, uint8_t be, uint32_t data)
{
	gen_request(gen, GEN_CFGWR, false, reg, 1, be, 0, data);
	gen_finish_all(gen);
}

void gen_enumerate(struct gen *gen)
{
	static const uint16_t walk[] = {
		0x00, 0x08, 0x0c, 0x04, 0x2c, 0x3c, 0x34, 0x40, 0x50, 0x70, 0x80, 0x44, 0x74,
		0x78, 0x84, 0x88, 0x8c, 0x90, 0xa4, 0xa8, 0x100, 0x148, 0x14c,
	};
	uint32_t i, value;

	for (i = 0; i < sizeof(walk) / sizeof(walk[0]); i++)
		gen_cfg_read(gen, walk[i]);
	for (i = 0x10; i <= 0x24; i += 4) {
		gen_cfg_read(gen, i);
		value = gen_config_read(gen, i);
		gen_cfg_write(gen, i, 0xf, 0xffffffff);
		gen_cfg_read(gen, i);
		gen_cfg_write(gen, i, 0xf, value);
	}
	gen->is_enumerated = true;
}

void gen_set_up(struct gen *gen)
{
	static const uint16_t controls[] = { 0x2810, 0x2830, 0x2850, 0x5830, 0x2930 };
	uint32_t control = controls[gen_random(gen, 5)];

	gen_cfg_write(gen, 0x10, 0xf, GEN_BAR0);
	gen_cfg_write(gen, 0x14, 0xf, 0);
	gen_cfg_write(gen, 0x18, 0xf, GEN_BAR2);
	gen_cfg_write(gen, DEVCTL, 0x3, control | gen_random(gen, 8));
	gen->card_tags = control & 0x100 ? 256 : 32;
	gen_cfg_write(gen, 0x04, 0x3, 6);
	gen->has_mastering = true;
}

void gen_msix_on(struct gen *gen)
{
	uint32_t i;

	gen_cfg_write(gen, 0x70, 0xc, 0xc0000000);
	for (i = 0; i < GEN_VECTORS; i++) {
		gen->entry[i] = (struct gen_entry){ 0xfee00000 + (gen_random(gen, 256) << 12),
						    0x20 + i, i >= 12 };
		gen_request(gen, GEN_MWR, false, GEN_TABLE + 16 * i, 2, 0xf, 0xf,
			    (uint32_t)gen->entry[i].addr);
		gen_request(gen, GEN_MWR, false, GEN_TABLE + 16 * i + 8, 1, 0xf, 0,
			    gen->entry[i].data);
		gen_request(gen, GEN_MWR, false, GEN_TABLE + 16 * i + 12, 1, 0xf, 0,
			    gen->entry[i].is_masked);
	}
	gen_cfg_write(gen, 0x70, 0xc, 0x80000000);
	gen->has_msix = true;
}
