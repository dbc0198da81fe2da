// SPDX-License-Identifier: Apache-2.0
/*
 * A SystemC model's mistakes in a run: the finding that fails it has the model's
 * own words.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rig.h"

static struct rig rig;

/* BAR0 where the fake kernel has it, memory enabled; one read of a register. */
static int run(const char *const *wrong)
{
	uint32_t value;
	int status;

	rig_init(&rig, 1 << 16);
	rig.config.model_path = WRONG_CARD;
	rig.config.plusargs = wrong;
	rig.config.nr_plusargs = wrong ? 1 : 0;
	rig_start(&rig);
	fk_cfg_write(&rig.fk, FK_BDF, 0x10, (uint32_t)FK_BAR_ADDR);
	fk_cfg_write(&rig.fk, FK_BDF, 0x14, (uint32_t)(FK_BAR_ADDR >> 32));
	fk_cfg_write(&rig.fk, FK_BDF, 0x04, 6);
	fk_set_state(&rig.fk, PCIEM_KERNEL_RUNNING);
	status = fk_read32(&rig.fk, 0x10, &value);
	if (!wrong)
		assert_int_equal(value, 0xb3b2b1b0);
	return status;
}

static void fails_with(const char *wrong, const char *words)
{
	const char *const plusargs[] = { wrong };
	const struct riser_finding *finding;

	assert_int_not_equal(run(plusargs), FK_SC);
	rig_join(&rig);
	finding = rig_finding(&rig, RISER_FINDING_MODEL_FATAL);
	assert_non_null(finding);
	assert_true(finding->is_error);
	if (!strstr(finding->text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, finding->text);
	assert_int_equal(rig.result.end, RISER_END_MODEL);
	assert_int_not_equal(rig.result.nr_errors, 0);
	rig_fini(&rig);
}

static void test_mistakes_fail_the_run_with_their_text(void **state)
{
	(void)state;
	fails_with("+wrong=report", "wrong_card: the register file is on fire");
	fails_with("+wrong=incomplete", "read of BAR0+0x10: the model answered TLM_INCOMPLETE_RESPONSE");
	fails_with("+wrong=address", "read of BAR0+0x10: the model answered TLM_ADDRESS_ERROR_RESPONSE");
}

static void test_a_good_card_has_no_finding(void **state)
{
	(void)state;
	assert_int_equal(run(NULL), FK_SC);
	rig_stop(&rig);
	assert_int_equal(rig.result.nr_errors, 0);
	rig_fini(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_card_has_no_finding),
		cmocka_unit_test(test_mistakes_fail_the_run_with_their_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
