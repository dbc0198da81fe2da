// SPDX-License-Identifier: Apache-2.0
/*
 * BARs, capabilities and interrupt messages, learned from the configuration
 * requests that pass by. Nothing here asks the card anything and nothing is
 * answered from here: it only gives names to numbers.
 */
#include "names.h"
#include "regs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REG_BAR0	0x10
#define REG_CAP_PTR	0x34
#define CAP_MSI		0x05
#define CAP_MSIX	0x11
#define BAR_IO		0x1
#define BAR_TYPE_64	0x4
#define MAX_CAPS	48

int riser_bar_map_init(struct riser_bar_map *map)
{
	memset(map, 0, sizeof(*map));
	return 0;
}

void riser_bar_map_fini(struct riser_bar_map *map)
{
	int i;

	for (i = 0; i < RISER_MAX_FUNCTIONS; i++)
		free(map->function[i].vector_addr);
}

struct riser_function *riser_bar_map_function(struct riser_bar_map *map,
					      uint16_t bdf)
{
	int i;

	for (i = 0; i < RISER_MAX_FUNCTIONS; i++)
		if (map->function[i].is_used && map->function[i].bdf == bdf)
			return &map->function[i];
	return NULL;
}

/* Bus numbers change: a function keeps its slot by its number. */
static struct riser_function *add_function(struct riser_bar_map *map,
					   uint16_t bdf)
{
	struct riser_function *fn = &map->function[bdf & 7];

	if (fn->is_used && fn->bdf == bdf)
		return fn;
	free(fn->vector_addr);
	memset(fn, 0, sizeof(*fn));
	fn->bdf = bdf;
	fn->is_used = true;
	if (map->nr_slots <= (bdf & 7U))
		map->nr_slots = (bdf & 7U) + 1;
	return fn;
}

static uint32_t be_mask(uint8_t be)
{
	uint32_t mask = 0;
	int i;

	for (i = 0; i < 4; i++)
		if (be >> i & 1)
			mask |= 0xffU << 8 * i;
	return mask;
}

static bool is_known(const struct riser_function *fn, unsigned int reg)
{
	return fn->known[reg / 32] >> (reg / 4 % 8) & 1;
}

static void set_dword(struct riser_function *fn, unsigned int reg, uint8_t be,
		      uint32_t value)
{
	uint32_t mask = be_mask(be);

	fn->cfg[reg / 4] = (fn->cfg[reg / 4] & ~mask) | (value & mask);
	fn->known[reg / 32] |= (uint8_t)(1 << (reg / 4 % 8));
}

static uint32_t get_dword(const struct riser_function *fn, unsigned int reg)
{
	return fn->cfg[reg / 4];
}

static uint32_t data_dword(const struct riser_tlp *tlp, unsigned int idx)
{
	const uint8_t *p = tlp->data + 4 * idx;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void find_capabilities(struct riser_function *fn)
{
	unsigned int reg, id, i;

	if (!is_known(fn, REG_CAP_PTR))
		return;
	reg = get_dword(fn, REG_CAP_PTR) & 0xfc;
	for (i = 0; i < MAX_CAPS && reg >= 0x40 && is_known(fn, reg); i++) {
		id = get_dword(fn, reg) & 0xff;
		if (id == CAP_MSI)
			fn->msi_cap = (uint16_t)reg;
		if (id == CAP_MSIX)
			fn->msix_cap = (uint16_t)reg;
		reg = get_dword(fn, reg) >> 8 & 0xfc;
	}
}

void riser_bar_map_cfg_write(struct riser_bar_map *map,
			     const struct riser_tlp *request)
{
	struct riser_function *fn = add_function(map, request->target);
	unsigned int idx = (request->reg - REG_BAR0) / 4U;
	uint32_t value = data_dword(request, 0);

	if (request->reg >= REG_BAR0 &&
	    request->reg < REG_BAR0 + 4 * RISER_NR_BARS) {
		if (request->first_be != 0xf)
			return;
		fn->bar[idx].is_sizing = value == 0xffffffff;
		if (value != 0xffffffff)
			fn->bar[idx].value = value;
		return;
	}
	/* read-only bits of what was read stay: capability ids and pointers */
	if (request->reg == fn->msix_cap || request->reg == fn->msi_cap) {
		set_dword(fn, request->reg, request->first_be & 0xc, value);
		return;
	}
	set_dword(fn, request->reg, request->first_be, value);
}

void riser_bar_map_cfg_read(struct riser_bar_map *map, uint16_t bdf,
			    uint16_t reg, uint8_t be, uint32_t value)
{
	struct riser_function *fn = add_function(map, bdf);
	struct riser_bar *bar;

	fn->is_seen = true;
	if (reg >= REG_BAR0 && reg < REG_BAR0 + 4 * RISER_NR_BARS) {
		bar = &fn->bar[(reg - REG_BAR0) / 4];
		if (be != 0xf)
			return;
		if (bar->is_sizing)
			bar->mask = value;
		else
			bar->value = value;
		bar->type = value & 0xf;
		return;
	}
	set_dword(fn, reg, be, value);
	find_capabilities(fn);
}

/* Base and size of BAR @idx; false if it is not known or not a BAR. */
static bool bar_range(const struct riser_function *fn, unsigned int idx,
		      uint64_t *base, uint64_t *bytes, bool *is_io)
{
	const struct riser_bar *bar = &fn->bar[idx];
	uint64_t mask;

	if (!bar->mask)
		return false;
	*is_io = bar->mask & BAR_IO;
	if (*is_io) {
		*base = bar->value & ~3U;
		*bytes = (uint32_t)~(bar->mask & ~3U);
		*bytes = (*bytes & 0xffff) + 1;
		return true;
	}
	*base = bar->value & ~0xfU;
	mask = 0xffffffff00000000ULL | (bar->mask & ~0xfU);
	if (bar->mask & BAR_TYPE_64 && idx + 1 < RISER_NR_BARS) {
		*base |= (uint64_t)bar[1].value << 32;
		if (bar[1].mask)
			mask = (uint64_t)bar[1].mask << 32 |
			       (bar->mask & ~0xfU);
	}
	*bytes = ~mask + 1;
	return *bytes != 0;
}

static bool is_upper_half(const struct riser_function *fn, unsigned int idx)
{
	return idx && fn->bar[idx - 1].mask &&
	       !(fn->bar[idx - 1].mask & BAR_IO) &&
	       fn->bar[idx - 1].mask & BAR_TYPE_64 &&
	       !is_upper_half(fn, idx - 1);
}

bool riser_function_bar(const struct riser_function *fn, unsigned int idx,
			uint64_t *base, uint64_t *bytes, bool *is_io)
{
	return !is_upper_half(fn, idx) && bar_range(fn, idx, base, bytes, is_io);
}

/* The BAR that holds @addr; its number or -1. */
static int find_bar(const struct riser_function *fn, uint64_t addr, bool is_io,
		    uint64_t *offset)
{
	uint64_t base, bytes;
	unsigned int idx;
	bool io;

	for (idx = 0; idx < RISER_NR_BARS; idx++) {
		if (!riser_function_bar(fn, idx, &base, &bytes, &io) ||
		    io != is_io)
			continue;
		if (addr - base < bytes) {
			*offset = addr - base;
			return (int)idx;
		}
	}
	return -1;
}

int riser_bar_map_find(const struct riser_bar_map *map, uint64_t addr,
		       bool is_io, uint64_t *offset)
{
	uint32_t i;
	int idx;

	for (i = 0; i < map->nr_slots; i++) {
		if (!map->function[i].is_used)
			continue;
		idx = find_bar(&map->function[i], addr, is_io, offset);
		if (idx >= 0)
			return idx;
	}
	return -1;
}

/* "BAR0+0x1c", with the register's name behind it where there is one. */
static void print_place(char *text, size_t size, int function, unsigned int bar,
			uint64_t offset)
{
	char name[128], before[16] = "";

	if (function >= 0)
		snprintf(before, sizeof(before), "fn%d.", function);
	if (riser_regs_name(bar, offset, name, sizeof(name)))
		snprintf(text, size, "%sBAR%u+0x%llx (%s)", before, bar,
			 (unsigned long long)offset, name);
	else
		snprintf(text, size, "%sBAR%u+0x%llx", before, bar,
			 (unsigned long long)offset);
}

bool riser_bar_map_name(const void *ctx, uint64_t addr, bool is_io, char *text,
			size_t size)
{
	const struct riser_bar_map *map = ctx;
	unsigned int nr = 0, i;
	uint64_t offset;
	int idx;

	for (i = 0; i < RISER_MAX_FUNCTIONS; i++)
		nr += map->function[i].is_seen;
	for (i = 0; i < RISER_MAX_FUNCTIONS; i++) {
		if (!map->function[i].is_used)
			continue;
		idx = find_bar(&map->function[i], addr, is_io, &offset);
		if (idx < 0)
			continue;
		print_place(text, size, nr > 1 ? (int)i : -1, (unsigned int)idx, offset);
		return true;
	}
	return false;
}

static void learn_vectors(struct riser_function *fn, uint64_t table_offset,
			  const struct riser_tlp *request)
{
	uint32_t nr = (get_dword(fn, fn->msix_cap) >> 16 & 0x7ff) + 1;
	uint64_t at, *addr;
	unsigned int i;

	if (!fn->vector_addr) {
		fn->vector_addr = calloc(RISER_MAX_VECTORS, sizeof(*addr));
		if (!fn->vector_addr)
			return;
	}
	fn->nr_vectors = nr;
	for (i = 0; i < request->length_dw; i++) {
		at = table_offset + 4 * i;
		if (at / 16 >= nr)
			return;
		addr = &fn->vector_addr[at / 16];
		if (at % 16 == 0)
			*addr = (*addr & ~0xffffffffULL) |
				(data_dword(request, i) & ~3U);
		else if (at % 16 == 4)
			*addr = (*addr & 0xffffffffULL) |
				(uint64_t)data_dword(request, i) << 32;
	}
}

void riser_bar_map_mem_write(struct riser_bar_map *map,
			     const struct riser_tlp *request)
{
	struct riser_function *fn;
	uint64_t offset, start;
	uint32_t table;
	uint32_t i;

	for (i = 0; i < map->nr_slots; i++) {
		fn = &map->function[i];
		if (!fn->msix_cap || !is_known(fn, fn->msix_cap + 4U))
			continue;
		table = get_dword(fn, fn->msix_cap + 4U);
		if (find_bar(fn, request->addr, false, &offset) !=
		    (int)(table & 7))
			continue;
		start = table & ~7U;
		if (offset >= start)
			learn_vectors(fn, offset - start, request);
	}
}

static bool is_msix_message(const struct riser_function *fn, uint64_t addr)
{
	uint32_t i;

	/* all vectors mostly have one address: the first compare hits */
	for (i = 0; i < fn->nr_vectors; i++)
		if (fn->vector_addr[i] == addr)
			return true;
	return false;
}

static bool is_msi_message(const struct riser_function *fn, uint64_t addr)
{
	uint64_t at;

	if (!fn->msi_cap || !(get_dword(fn, fn->msi_cap) & 0x10000))
		return false;
	at = get_dword(fn, fn->msi_cap + 4U) & ~3U;
	if (get_dword(fn, fn->msi_cap) & 0x800000)
		at |= (uint64_t)get_dword(fn, fn->msi_cap + 8U) << 32;
	return at == addr;
}

enum riser_message_kind riser_bar_map_message(const struct riser_bar_map *map,
					      const struct riser_tlp *write)
{
	const struct riser_function *fn;
	uint32_t i;

	if (write->length_dw != 1 || !write->addr)
		return RISER_NO_MESSAGE;
	for (i = 0; i < map->nr_slots; i++) {
		fn = &map->function[i];
		if (fn->is_used && is_msix_message(fn, write->addr))
			return RISER_MESSAGE_MSIX;
		if (fn->is_used && is_msi_message(fn, write->addr))
			return RISER_MESSAGE_MSI;
	}
	return RISER_NO_MESSAGE;
}
