// SPDX-License-Identifier: Apache-2.0
/* The host of a run with the C card, played to the same card and to others. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/play.h>

#include "rig.h"

#define TIMEOUT_CYCLES 1000


struct bench {
	struct rig rig;
	struct riser_plan *plan;
	struct riser_play_result result;
	char error[RISER_ERROR_BYTES];
	char dir[32];
	char record[64];
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	strcpy(bench->dir, "/tmp/riser-play-XXXXXX");
	assert_non_null(mkdtemp(bench->dir));
	snprintf(bench->record, sizeof(bench->record), "%s/tlp.rec.zst", bench->dir);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	riser_plan_free(bench->plan);
	unlink(bench->record);
	rmdir(bench->dir);
	free(bench);
	return 0;
}

/* ---- recording ---- */

static void prepare(struct bench *bench, const char *const *plusargs)
{
	struct riser_engine_config *config = &bench->rig.config;

	rig_init(&bench->rig, 1 << 16);
	config->record_path = bench->record;
	config->timeout_cycles = TIMEOUT_CYCLES;
	config->plusargs = plusargs;
	config->nr_plusargs = plusargs ? 1 : 0;
}

static void finish(struct bench *bench, uint32_t nr_errors)
{
	rig_stop(&bench->rig);
	assert_int_equal(bench->rig.result.nr_errors, nr_errors);
	rig_fini(&bench->rig);
	if (riser_plan_load(bench->record, &bench->plan, bench->error)) {
		print_error("%s\n", bench->error);
		fail();
	}
}

/* ---- playing ---- */

static void expect_verdict(struct bench *bench, const char *const *plusargs,
			   enum riser_play_verdict verdict)
{
	const struct riser_play_config config = {
		.model_path = CTEST_MODEL, .plusargs = plusargs,
		.nr_plusargs = plusargs ? 1 : 0,
	};

	if (riser_play(bench->plan, &config, &bench->result, bench->error)) {
		print_error("%s\n", bench->error);
		fail();
	}
	if (bench->result.verdict != verdict) {
		print_error("%s: %s\n", riser_play_verdict_name(bench->result.verdict),
			    bench->result.text);
		fail();
	}
}

/* ---- failures before anything was done ---- */

static void test_the_host_had_done_nothing_when_it_failed(void **state)
{
	struct bench *bench = *state;

	prepare(bench, NULL);
	rig_start(&bench->rig);
	fk_event(&bench->rig.fk, PCIEM_EVENT_DMA_MISS, "write of 4 bytes at 0x1000: no mapping");
	assert_true(fk_enumerate(&bench->rig.fk));
	finish(bench, 1);
	assert_non_null(riser_plan_failure(bench->plan));
	assert_true(riser_plan_nr(bench->plan) > 0);
	assert_int_equal(riser_plan_nr_before_failure(bench->plan), 0);

	expect_verdict(bench, NULL, RISER_PLAY_FIXED);
	assert_int_equal(bench->result.nr_deeds, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_host_had_done_nothing_when_it_failed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
