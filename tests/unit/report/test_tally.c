// SPDX-License-Identifier: Apache-2.0
/* Both looks at a capture count what the fixture did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../../bridge/report/scene.h"
#include "fixture.h"

struct looks {
	struct fx_run run;
	struct riser_account account;
	struct riser_tally *tally;
	struct riser_scene *scene;
};

static void look(struct looks *looks, bool fails)
{
	char path[600], error[RISER_ERROR_BYTES];

	fx_run_init(&looks->run, fails);
	snprintf(path, sizeof(path), "%s/run.pcapng", looks->run.dir);
	assert_int_equal(riser_account_open(&looks->account, looks->run.dir), 0);
	assert_int_equal(riser_tally_make(&looks->tally, path, error), 0);
	assert_int_equal(riser_scene_make(&looks->scene, looks->tally,
					  &looks->account, path, error), 0);
}

static void done(struct looks *looks)
{
	riser_scene_free(looks->scene);
	riser_tally_free(looks->tally);
	riser_account_close(&looks->account);
	fx_run_fini(&looks->run);
}

static void test_tally_counts_every_tlp(void **state)
{
	const struct riser_tally *tally;
	struct looks looks;

	(void)state;
	look(&looks, false);
	tally = looks.tally;
	assert_int_equal(tally->nr_tlps, looks.run.nr_tlps);
	assert_int_equal(tally->tlps[RISER_TO_CARD][RISER_TLP_MRD], FX_ROUNDS);
	assert_int_equal(tally->tlps[RISER_TO_CARD][RISER_TLP_MWR],
			 FX_ROUNDS + 3);
	assert_int_equal(tally->tlps[RISER_TO_CARD][RISER_TLP_CFGRD0], 9);
	assert_int_equal(tally->tlps[RISER_TO_CARD][RISER_TLP_CFGWR0], 6);
	assert_int_equal(tally->tlps[RISER_TO_HOST][RISER_TLP_MWR],
			 FX_ROUNDS * (FX_BURST + 1));
	assert_int_equal(tally->undecodable, 0);
	assert_int_equal(tally->period_ps, FX_PERIOD_PS);
	assert_int_equal(tally->mmio_reads.nr, FX_ROUNDS);
	assert_int_equal(tally->mmio_reads.min, FX_READ_CYCLES);
	assert_int_equal(tally->mmio_reads.max, FX_READ_CYCLES);
	assert_int_equal(tally->cfg_reads.nr, 9);
	assert_int_equal(tally->dma_reads.nr, FX_ROUNDS);
	assert_int_equal(tally->dma_reads.max, 20);
	assert_int_equal(tally->interrupts, FX_ROUNDS);
	assert_int_equal(tally->nr_vectors, 1);
	assert_int_equal(tally->vector[0].data, 1);
	assert_int_equal(tally->vector[0].kind, RISER_MESSAGE_MSIX);
	assert_int_equal(tally->axis.nr_cuts, 1);
	done(&looks);
}

static void test_tally_knows_who_asked(void **state)
{
	const struct riser_caller_tally *caller = NULL;
	struct looks looks;
	unsigned int i;

	(void)state;
	look(&looks, true);
	assert_int_equal(looks.tally->nr_callers, 3);
	for (i = 0; i < 3; i++)
		if (!strcmp(looks.tally->caller[i].function, FX_FUNCTION))
			caller = &looks.tally->caller[i];
	assert_non_null(caller);
	assert_int_equal(caller->reads, FX_ROUNDS + 1);
	assert_int_equal(caller->answered, FX_ROUNDS);
	assert_int_equal(caller->wait_cycles, FX_ROUNDS * FX_READ_CYCLES);
	assert_int_equal(caller->frame, 1);
	done(&looks);
}

static void test_heat_has_a_row_for_each_register(void **state)
{
	static const uint64_t offsets[] = {
		0x1c, 0x1000, 0x1008, 0x2000, 0x2004, 0x2008,
	};
	const struct riser_heat *heat;
	struct looks looks;
	uint64_t reads = 0, bytes = 0, messages = 0;
	unsigned int i;

	(void)state;
	look(&looks, false);
	assert_int_equal(looks.scene->nr_heats, 1);
	heat = &looks.scene->heat[0];
	assert_int_equal(heat->bar, 0);
	assert_int_equal(heat->step, 4);
	assert_int_equal(heat->nr_rows, 6);
	for (i = 0; i < 6; i++)
		assert_int_equal(heat->offset[i], offsets[i]);
	assert_int_equal(heat->total[0][0], FX_ROUNDS);
	assert_int_equal(heat->total[0][1], 0);
	assert_int_equal(heat->total[1][1], FX_ROUNDS / 2);
	for (i = 0; i < RISER_SCENE_COLUMNS; i++) {
		reads += heat->hits[0][i][0];
		bytes += looks.scene->bytes[i][RISER_FLOW_DMA_WRITE];
		messages += looks.scene->interrupts[0][i];
	}
	assert_int_equal(reads, FX_ROUNDS);
	assert_int_equal(bytes, FX_ROUNDS * FX_BURST * FX_DMA_BYTES);
	assert_int_equal(messages, FX_ROUNDS);
	done(&looks);
}

static void test_ladder_has_access_and_finding(void **state)
{
	const struct riser_step *access = NULL, *finding = NULL, *step;
	struct looks looks;
	unsigned int i;

	(void)state;
	look(&looks, true);
	assert_false(looks.scene->is_end);
	for (i = 0; i < looks.scene->nr_steps; i++) {
		step = &looks.scene->step[i];
		if (step->is_access)
			access = step;
		if (step->is_finding)
			finding = step;
	}
	assert_non_null(access);
	assert_non_null(finding);
	assert_true(access < finding);
	assert_int_equal(access->seq, looks.run.access_seq);
	assert_int_equal(access->cycle, looks.run.access_cycle);
	assert_int_equal(looks.scene->access_cycle, looks.run.access_cycle);
	assert_non_null(strstr(access->text, "MRd32 BAR0+0x1c"));
	assert_string_equal(access->function, FX_FUNCTION);
	assert_true(access->waits);
	assert_false(finding[1].waits);
	assert_string_equal(finding->text, FX_FINDING);
	/* what the driver did next is there, too */
	assert_non_null(strstr(finding[1].text, "MWr32 BAR0+0x14"));
	done(&looks);
}

static void test_ladder_of_a_pass_is_the_end(void **state)
{
	struct looks looks;

	(void)state;
	look(&looks, false);
	assert_true(looks.scene->is_end);
	assert_int_equal(looks.scene->nr_steps, RISER_LADDER_BEFORE);
	assert_int_equal(looks.scene->step[RISER_LADDER_BEFORE - 1].seq,
			 looks.run.nr_tlps - 1);
	done(&looks);
}

static void test_places_are_parsed(void **state)
{
	uint64_t offset;
	uint32_t bar;

	(void)state;
	assert_true(riser_place_parse("BAR2+0x1c", &bar, &offset));
	assert_int_equal(bar, 2);
	assert_int_equal(offset, 0x1c);
	assert_true(riser_place_parse("fn1.BAR0+0x2000", &bar, &offset));
	assert_int_equal(bar, 8);
	assert_false(riser_place_parse("BAR7+0x0", &bar, &offset));
	assert_false(riser_place_parse("0xc0000000", &bar, &offset));
	assert_false(riser_place_parse(NULL, &bar, &offset));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tally_counts_every_tlp),
		cmocka_unit_test(test_tally_knows_who_asked),
		cmocka_unit_test(test_heat_has_a_row_for_each_register),
		cmocka_unit_test(test_ladder_has_access_and_finding),
		cmocka_unit_test(test_ladder_of_a_pass_is_the_end),
		cmocka_unit_test(test_places_are_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
