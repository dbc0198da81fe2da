// SPDX-License-Identifier: Apache-2.0
/*
 * Two configuration spaces, before anything else happens: a driver that was
 * probed with one of them makes no sense for the other.
 */
#define _GNU_SOURCE
#include "lockstep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DWORDS		1024
#define RESET_CYCLES	64
#define MAX_CYCLES	20000	/* for one access */
#define BUS		1

/* One space: values after power-on, and what BARs keep of all ones. */
struct space {
	struct ls_card card;
	uint32_t value[DWORDS];
	uint32_t size[7];
	uint8_t status;
	uint32_t answer;
	bool is_answered;
};

static void on_tlp(void *ctx, const uint8_t *bytes, uint32_t len, enum riser_tlp_class tlp_class,
		   uint64_t cycle)
{
	struct space *space = ctx;
	struct riser_tlp tlp;

	(void)cycle;
	if (tlp_class != RISER_COMPLETION || riser_tlp_decode(&tlp, bytes, len))
		return;
	space->is_answered = true;
	space->status = tlp.status;
	space->answer = UINT32_MAX;
	if (tlp.data && tlp.data_bytes >= 4)
		memcpy(&space->answer, tlp.data, 4);
}

/* 0 or -errno with a sentence. */
static int access_config(struct space *space, uint32_t reg, const uint32_t *write, uint32_t *read,
			 const char *path, char *error)
{
	struct riser_tlp tlp = {
		.kind = write ? RISER_TLP_CFGWR0 : RISER_TLP_CFGRD0, .length_dw = 1,
		.first_be = 0xf, .target = BUS << 8, .reg = (uint16_t)reg, .tag = 1,
		.data = (const uint8_t *)write, .data_bytes = write ? 4 : 0,
	};
	uint8_t bytes[24];
	int len = riser_tlp_encode(&tlp, bytes, sizeof(bytes));
	uint64_t left = MAX_CYCLES, n;

	space->is_answered = false;
	if (len < 0 || !ls_card_put(&space->card, RISER_NONPOSTED, bytes, (uint32_t)len))
		return -ENOMEM;
	while (!space->is_answered && left) {
		n = ls_card_run(&space->card, left, false);
		if (!n)
			break;
		left -= n < left ? n : left;
	}
	if (space->is_answered) {
		if (read)
			*read = space->status == RISER_CPL_SC ? space->answer : UINT32_MAX;
		return 0;
	}
	snprintf(error, RISER_ERROR_BYTES,
		 "model %.150s does not answer a configuration access at 0x%03x%s%.200s", path, reg,
		 space->card.is_dead ? ": " : " in 20000 cycles",
		 space->card.is_dead ? space->card.said : "");
	return -EIO;
}

static int size_bars(struct space *space, const char *path, char *error)
{
	static const uint32_t reg[7] = { 0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x30 };
	const uint32_t ones = UINT32_MAX;
	uint32_t i;
	int ret = 0;

	for (i = 0; !ret && i < 7; i++) {
		ret = access_config(space, reg[i], &ones, NULL, path, error);
		if (!ret)
			ret = access_config(space, reg[i], NULL, &space->size[i], path, error);
	}
	return ret;
}

static int power_on(struct space *space, const struct riser_lockstep_model *model, char *error)
{
	int ret = ls_card_open(&space->card, model, error);

	if (ret)
		return ret;
	space->card.tlp = on_tlp;
	space->card.ctx = space;
	ls_card_levels(&space->card, RISER_SB_PERST);
	ls_card_run(&space->card, RESET_CYCLES, false);
	ls_card_levels(&space->card, 0);
	ls_card_run(&space->card, RESET_CYCLES, false);
	ls_card_levels(&space->card, RISER_SB_LINK_UP);
	return 0;
}

int ls_config_class(const struct riser_lockstep_model *model, uint32_t *class_code, char *error)
{
	struct space *space = calloc(1, sizeof(*space));
	int ret = space ? power_on(space, model, error) : -ENOMEM;

	if (!ret) {
		ret = access_config(space, 8, NULL, class_code, model->path, error);
		ls_card_close(&space->card);
	}
	free(space);
	return ret;
}

static int look(struct space *space, const struct riser_lockstep_model *model, char *error)
{
	uint32_t i;
	int ret = power_on(space, model, error);

	if (ret)
		return ret;
	for (i = 0; !ret && i < DWORDS; i++)
		ret = access_config(space, 4 * i, NULL, &space->value[i], model->path, error);
	if (!ret)
		ret = size_bars(space, model->path, error);
	ls_card_close(&space->card);
	return ret;
}

static const char *name_of(uint32_t reg)
{
	static const struct {
		uint32_t reg;
		const char *name;
	} names[] = {
		{ 0x00, "Vendor ID, Device ID" }, { 0x04, "Command, Status" },
		{ 0x08, "Revision ID, Class Code" }, { 0x0c, "Header Type" },
		{ 0x10, "BAR0" }, { 0x14, "BAR1" }, { 0x18, "BAR2" }, { 0x1c, "BAR3" },
		{ 0x20, "BAR4" }, { 0x24, "BAR5" }, { 0x2c, "Subsystem" },
		{ 0x30, "Expansion ROM" }, { 0x34, "Capabilities Pointer" },
		{ 0x3c, "Interrupt Pin" },
	};
	uint32_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].reg == reg)
			return names[i].name;
	return reg < 0x40 ? "header" : reg < 0x100 ? "a capability" : "an extended capability";
}

static int differ(const struct space *rtl, const struct space *ref,
		  const struct riser_lockstep_rule *rules, uint32_t nr_rules, char *error)
{
	uint32_t i, reg, first = 0, a = 0, b = 0, nr = 0, mask;
	const char *what = "";

	for (i = 0; i < DWORDS + 7; i++) {
		reg = i < DWORDS ? 4 * i : i - DWORDS == 6 ? 0x30 : 0x10 + 4 * (i - DWORDS);
		mask = ~ls_rules_mask(rules, nr_rules, 0, reg);
		if (i < DWORDS ? !((rtl->value[i] ^ ref->value[i]) & mask) :
				 !((rtl->size[i - DWORDS] ^ ref->size[i - DWORDS]) & mask))
			continue;
		if (!nr++) {
			first = reg;
			a = i < DWORDS ? rtl->value[i] : rtl->size[i - DWORDS];
			b = i < DWORDS ? ref->value[i] : ref->size[i - DWORDS];
			what = i < DWORDS ? "" : " after a write of all ones";
		}
	}
	if (!nr)
		return 0;
	snprintf(error, RISER_ERROR_BYTES,
		 "the two models have different configuration spaces: at 0x%03x (%s) RTL has 0x%08x and the reference 0x%08x%s; %u dwords differ. The driver would be probed with one of them: make them equal, or allow it with a rule: config 0x%x",
		 first, name_of(first), a, b, what, nr, first);
	return -EINVAL;
}

int riser_lockstep_compare_config(const struct riser_lockstep_model *rtl,
				  const struct riser_lockstep_model *reference,
				  const struct riser_lockstep_rule *rules, uint32_t nr_rules,
				  char *error)
{
	struct space *space = calloc(2, sizeof(*space));
	int ret = space ? 0 : -ENOMEM;

	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!ret)
		ret = look(&space[0], rtl, error);
	if (!ret)
		ret = look(&space[1], reference, error);
	if (!ret)
		ret = differ(&space[0], &space[1], rules, nr_rules, error);
	free(space);
	return ret;
}
