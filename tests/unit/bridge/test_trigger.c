// SPDX-License-Identifier: Apache-2.0
/*
 * Triggers: what gives a window without being a failure of the card, and what of
 * guest and script is one.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/fault.h>

#include "../../cosim/ctest_model/card.h"
#include "rig.h"

static struct rig rig;

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part))
		return;
	print_error("\"%s\" is not in \"%s\"\n", part, text);
	fail();
}

static uint32_t count(enum riser_finding_kind kind)
{
	const struct riser_finding *finding;
	uint32_t i, nr = 0;

	for (i = 0; (finding = riser_engine_finding(rig.engine, i)); i++)
		nr += finding->kind == kind;
	return nr;
}

static void add_rule(struct riser_fault *rule, const char *text)
{
	struct riser_fault_error error;

	if (riser_fault_parse_match(text, rule, &error))
		fail_msg("%s: %s", text, error.text);
}

static void test_a_mark_has_its_place_among_the_requests(void **state)
{
	const struct riser_finding *finding;
	uint32_t before, value;

	(void)state;
	rig_init(&rig, 1 << 16);
	rig_start_enumerated(&rig);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_CLOCK, &before), FK_SC);
	fk_push(&rig.fk, PCIEM_REC_MARK, 0, 0, "before the read", 15);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_CLOCK, &value), FK_SC);
	fk_push(&rig.fk, PCIEM_REC_MARK, 0, 0, "before the read", 15);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_ID, &value), FK_SC);
	rig_stop(&rig);
	finding = rig_finding(&rig, RISER_FINDING_MARK);
	assert_non_null(finding);
	assert_string_equal(finding->text, "mark: before the read");
	assert_false(finding->is_error);
	/* by the card's own clock, between the reads around it */
	assert_in_range(finding->cycle, before, value);
	/* the same text again is another moment */
	assert_int_equal(count(RISER_FINDING_MARK), 2);
	assert_int_equal(rig.result.nr_errors, 0);
	assert_true(riser_finding_is_trigger(RISER_FINDING_MARK));
	assert_false(riser_finding_is_trigger(RISER_FINDING_TIMEOUT));
	assert_false(riser_finding_is_trigger(RISER_FINDING_GUEST));
	rig_fini(&rig);
}

/* One rule, the traffic below; how often it fires, and the first one's words. */
static uint32_t fires(const char *text, const char *access)
{
	static struct riser_fault rule;
	const struct riser_finding *finding;
	uint32_t value, nr;

	add_rule(&rule, text);
	rig_init(&rig, 1 << 16);
	rig.config.triggers = &rule;
	rig.config.nr_triggers = 1;
	rig_start_enumerated(&rig);
	fk_site(&rig.fk, 3, 0xffffffffc0001234, "card_probe+0x34/0x60 [card]\n");
	rig.fk.site = 3;
	rig.fk.pc = 0xffffffffc0001234;
	fk_write32(&rig.fk, CARD_REG_SCRATCH, 0xcafe0001);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_SCRATCH, &value), FK_SC);
	fk_write32(&rig.fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR + 0x80);
	fk_write32(&rig.fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(&rig.fk, CARD_REG_DMA_BYTES, 64);
	fk_write32(&rig.fk, CARD_REG_DMA_GO, 2);
	while (!rig.fk.nr_msi)
		fk_poll(&rig.fk);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_ID, &value), FK_SC);
	rig_stop(&rig);
	nr = count(RISER_FINDING_TLP_MATCH);
	assert_int_equal(rig.result.nr_errors, 0);
	finding = rig_finding(&rig, RISER_FINDING_TLP_MATCH);
	if (finding) {
		assert_has(finding->text, text);
		assert_has(finding->access, access);
		assert_false(finding->is_error);
		assert_true(finding->seq != RISER_NO_SEQ);
	}
	rig_fini(&rig);
	return nr;
}

static void test_a_tlp_is_found_by_each_field(void **state)
{
	(void)state;
	assert_int_equal(fires("to-card type=MWr bar=0 offset=0x4", "MWr"), 1);
	assert_int_equal(fires("type=MWr data=0xcafe0001", "0xcafe0001"), 1);
	assert_int_equal(fires("to-host type=CplD data=0xcafe0000..0xcafeffff",
			       "CplD"), 1);
	assert_int_equal(fires("to-host of=MRd bar=0 offset=0x4", "CplD"), 1);
	assert_int_equal(fires("to-host type=MWr addr=0x100000080", "MWr"), 1);
	assert_int_equal(fires("to-host type=MWr bytes=64", "MWr"), 1);
	assert_int_equal(fires("to-host type=MSI-X", "MWr"), 1);
	assert_int_equal(fires("to-card function=card_probe nth=2", "MRd"), 1);
	assert_int_equal(fires("to-card type=MRd bar=0", "MRd"), 2);
	assert_int_equal(fires("to-host addr=0x200000000..0x2ffffffff", ""), 0);
	assert_int_equal(fires("type=MRd bytes=8", ""), 0);
	assert_int_equal(fires("to-card type=MRd after=1000000000", ""), 0);
}

static void test_a_tag_is_a_number(void **state)
{
	struct riser_fault_place place = { .bar = -1 };
	struct riser_tlp tlp = { .kind = RISER_TLP_MRD, .tag = 9 };
	struct riser_fault rule;

	(void)state;
	place.tlp = &tlp;
	add_rule(&rule, "tag=9");
	assert_true(riser_fault_matches(&rule, &place));
	add_rule(&rule, "tag=0..8");
	assert_false(riser_fault_matches(&rule, &place));
}

static void test_a_match_is_no_rule(void **state)
{
	struct riser_fault_error error;
	struct riser_fault rule;

	(void)state;
	assert_int_equal(riser_fault_parse_match("type=MWr : drop", &rule,
						 &error), -EINVAL);
	assert_has(error.text, "no ':' and no action");
	assert_int_equal(riser_fault_parse_match("adr=3", &rule, &error),
			 -EINVAL);
	assert_has(error.text, "did you mean 'addr'?");
	assert_int_equal(error.column, 1);
	assert_int_equal(riser_fault_parse_match("to-host tag=5..4", &rule,
						 &error), -EINVAL);
	assert_has(error.text, "ends before it begins");
}

static void test_guest_and_script_tell_from_another_thread(void **state)
{
	static const struct {
		enum riser_finding_kind kind;
		const char *text;
		bool is_error;
	} told[] = {
		{ RISER_FINDING_GUEST, "the guest kernel printed a warning: WARNING: CPU: 0", true },
		{ RISER_FINDING_SCRIPT, "check a failed: b", true },
		{ RISER_FINDING_GUEST_LOG, "nvme nvme0: hello", false },
		{ RISER_FINDING_RECOVERY, "the driver aborts a request: x", false },
	};
	const struct riser_finding *finding;
	uint32_t value;
	size_t i;

	(void)state;
	rig_init(&rig, 1 << 16);
	rig_start_enumerated(&rig);
	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		assert_int_equal(riser_engine_trigger(rig.engine, told[i].kind,
						      told[i].text), 0);
	assert_int_equal(riser_engine_trigger(rig.engine, RISER_FINDING_TIMEOUT,
					      "no"), -EINVAL);
	/* the engine hears of them between two calls of the model */
	for (i = 0; i < 50; i++)
		assert_int_equal(fk_read32(&rig.fk, CARD_REG_ID, &value),
				 FK_SC);
	rig_stop(&rig);
	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		finding = rig_finding(&rig, told[i].kind);
		assert_non_null(finding);
		assert_has(finding->text, told[i].text);
		assert_int_equal(finding->is_error, told[i].is_error);
		assert_true(finding->cycle > 0);
	}
	assert_int_equal(rig.result.nr_errors, 2);
	rig_fini(&rig);
}

static void test_triggers_leave_room_for_failures(void **state)
{
	static struct riser_fault rule;
	uint32_t value, i;

	(void)state;
	add_rule(&rule, "to-card type=MRd");
	rig_init(&rig, 1 << 16);
	rig.config.triggers = &rule;
	rig.config.nr_triggers = 1;
	rig_start_enumerated(&rig);
	for (i = 0; i < 2 * RISER_MAX_FINDINGS; i++)
		assert_int_equal(fk_read32(&rig.fk, CARD_REG_ID, &value),
				 FK_SC);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_UR, &value), FK_UR);
	rig_stop(&rig);
	assert_int_equal(count(RISER_FINDING_TLP_MATCH), RISER_MAX_TRIGGERS);
	assert_int_equal(count(RISER_FINDING_UR), 1);
	rig_fini(&rig);
}

static void test_a_reset_in_the_midst_of_work_is_error_handling(void **state)
{
	uint32_t value;

	(void)state;
	rig_init(&rig, 1 << 16);
	rig_start_enumerated(&rig);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_ID, &value), FK_SC);
	fk_reset(&rig.fk, PCIEM_RESET_HOT_ASSERT);
	fk_reset(&rig.fk, PCIEM_RESET_HOT_RELEASE);
	while (fk_read32(&rig.fk, CARD_REG_RESETS, &value) != FK_SC)
		usleep(1000);
	rig_stop(&rig);
	assert_int_equal(count(RISER_FINDING_RECOVERY), 1);
	assert_has(rig_finding(&rig, RISER_FINDING_RECOVERY)->text,
		   "the driver's machine resets the card");
	rig_fini(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_mark_has_its_place_among_the_requests),
		cmocka_unit_test(test_a_tlp_is_found_by_each_field),
		cmocka_unit_test(test_a_tag_is_a_number),
		cmocka_unit_test(test_a_match_is_no_rule),
		cmocka_unit_test(test_guest_and_script_tell_from_another_thread),
		cmocka_unit_test(test_triggers_leave_room_for_failures),
		cmocka_unit_test(test_a_reset_in_the_midst_of_work_is_error_handling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
