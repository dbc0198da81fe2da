// SPDX-License-Identifier: Apache-2.0
/*
 * Makes a run's record with a Verilated fixture behind the engine:
 *
 *	make_record MODEL RECORD plain|unset|hang|error [PLUSARG...]
 *
 * plain: reads and writes; unset: and a register that nothing initialises; hang:
 * a read is never completed (completions are held back); error: the design says
 * $error in the midst of it. The latter two runs have a finding. RISER_CAPTURE in
 * the environment names a capture file.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../sim/bench.h"
#include "rig.h"

static const char *model, *record, *what;
static const char *const *plusargs;
static uint32_t nr_plusargs;

static void traffic(struct rig *rig)
{
	uint32_t value, i;

	for (i = 0; i < 200; i++) {
		/* several blocks: one is written after 20 ms */
		if (i == 100)
			usleep(100000);
		rig->fk.pc = 0xffffffffc0001000 + 4 * i;
		fk_write32(&rig->fk, 64 * i, i);
		assert_int_equal(fk_read32(&rig->fk, 64 * i, &value), FK_SC);
		assert_int_equal(value, i);
		assert_int_equal(fk_read32(&rig->fk, FX_COUNT, &value), FK_SC);
		assert_int_equal(fk_read32(&rig->fk, FX_RANDOM, &value), FK_SC);
	}
}

static void make_record(void **state)
{
	static struct rig rig;
	uint32_t value;

	(void)state;
	rig_init(&rig, 1 << 16);
	rig.config.model_path = model;
	rig.config.record_path = record;
	rig.config.pcapng_path = getenv("RISER_CAPTURE");
	rig.config.timeout_cycles = 2000;
	rig.config.idle = RISER_IDLE_STOP;
	rig.config.plusargs = plusargs;
	rig.config.nr_plusargs = nr_plusargs;
	if (!strcmp(what, "hang"))
		rig.config.stall_tx[RISER_COMPLETION].permille = 1000;
	rig_start(&rig);
	fk_site(&rig.fk, 3, 0xffffffffc0001234,
		"fixture_probe+0x34/0x60 [fixture]\n");
	if (strcmp(what, "hang"))
		traffic(&rig);
	if (!strcmp(what, "error")) {
		fk_write32(&rig.fk, FX_SAY, 1);
		traffic(&rig);
	}
	if (!strcmp(what, "unset"))
		assert_int_equal(fk_read32(&rig.fk, FX_UNSET, &value), FK_SC);
	rig.fk.pc = 0xffffffffc0001234;
	rig.fk.site = 3;
	if (!strcmp(what, "hang"))
		assert_int_equal(fk_read32(&rig.fk, 0x40, &value), FK_TIMEOUT);
	rig_stop(&rig);
	assert_int_equal(rig.result.nr_errors, !strcmp(what, "hang") ||
					       !strcmp(what, "error"));
	assert_null(strstr(rig.messages, "record"));
	rig_fini(&rig);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(make_record) };

	if (argc < 4)
		return 2;
	model = argv[1];
	record = argv[2];
	what = argv[3];
	plusargs = (const char *const *)argv + 4;
	nr_plusargs = (uint32_t)argc - 4;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
