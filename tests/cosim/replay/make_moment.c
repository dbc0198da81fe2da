// SPDX-License-Identifier: Apache-2.0
/*
 * Makes the record of a run with one moment that gets a window:
 *
 *	make_moment MODEL RECORD NAME
 *
 * NAME is one of moments[]. Traffic of a Verilated fixture is before it, and behind
 * it, unless it ends the model.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <riser/fault.h>

#include "../sim/bench.h"
#include "rig.h"

static const struct moment {
	const char *name;
	uint32_t say;		/* write to FX_SAY */
	uint32_t event;		/* of the kernel */
	enum riser_finding_kind kind;
	bool is_error;
	bool ends;
} moments[] = {
	{ "fatal", 2, 0, RISER_FINDING_MODEL_FATAL, true, true },
	{ "stop", 3, 0, RISER_FINDING_MODEL_STOP, true, true },
	{ "finish", 4, 0, RISER_FINDING_MODEL_FINISH, true, true },
	{ "assertion", 5, 0, RISER_FINDING_MODEL_FATAL, true, true },
	{ "miss", 0, PCIEM_EVENT_DMA_MISS, RISER_FINDING_DMA_MISS, true, false },
	{ "poisoned", 0, PCIEM_EVENT_POISONED, RISER_FINDING_POISONED, true, false },
	{ "bme", 0, PCIEM_EVENT_BME, RISER_FINDING_BUS_MASTER, true, false },
	{ "msi", 0, PCIEM_EVENT_BAD_MSI, RISER_FINDING_BAD_MSI, true, false },
	{ "guest", 0, 0, RISER_FINDING_GUEST, true, false },
	{ "script", 0, 0, RISER_FINDING_SCRIPT, true, false },
	{ "log", 0, 0, RISER_FINDING_GUEST_LOG, false, false },
	{ "recovery", 0, 0, RISER_FINDING_RECOVERY, false, false },
	{ "mark", 0, 0, RISER_FINDING_MARK, false, false },
	{ "tlp", 0, 0, RISER_FINDING_TLP_MATCH, false, false },
};

#define NR_MOMENTS (sizeof(moments) / sizeof(moments[0]))

static const char *model, *record;
static const struct moment *moment;

static void traffic(struct rig *rig)
{
	uint32_t value, i;

	for (i = 0; i < 200; i++) {
		fk_write32(&rig->fk, 64 * i, i);
		assert_int_equal(fk_read32(&rig->fk, 64 * i, &value), FK_SC);
		assert_int_equal(value, i);
	}
}

static void make_moment(struct rig *rig)
{
	if (moment->say)
		fk_write32(&rig->fk, FX_SAY, moment->say);
	else if (moment->event)
		fk_event(&rig->fk, moment->event, "planned");
	else if (moment->kind == RISER_FINDING_MARK)
		fk_push(&rig->fk, PCIEM_REC_MARK, 0, 0, "planned", 7);
	else if (moment->kind != RISER_FINDING_TLP_MATCH)
		assert_int_equal(riser_engine_trigger(rig->engine, moment->kind,
						      "planned"), 0);
}

static void make_record(void **state)
{
	static struct rig rig;
	static struct riser_fault rule;
	struct riser_fault_error error;

	(void)state;
	assert_int_equal(riser_fault_parse_match("to-card type=MWr data=150 nth=1",
						 &rule, &error), 0);
	rig_init(&rig, 1 << 16);
	rig.config.model_path = model;
	rig.config.record_path = record;
	rig.config.triggers = &rule;
	rig.config.nr_triggers = moment->kind == RISER_FINDING_TLP_MATCH;
	rig_start(&rig);
	traffic(&rig);
	make_moment(&rig);
	if (moment->ends) {
		rig_join(&rig);
	} else {
		traffic(&rig);
		rig_stop(&rig);
	}
	assert_non_null(rig_finding(&rig, moment->kind));
	assert_int_equal(rig.result.nr_errors, moment->is_error);
	rig_fini(&rig);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(make_record) };
	size_t i;

	if (argc != 4)
		return 2;
	model = argv[1];
	record = argv[2];
	for (i = 0; i < NR_MOMENTS; i++)
		if (!strcmp(moments[i].name, argv[3]))
			moment = &moments[i];
	return moment ? cmocka_run_group_tests(tests, NULL, NULL) : 2;
}
