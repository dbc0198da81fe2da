// SPDX-License-Identifier: Apache-2.0
/* Which findings are the same failure, counted, and which are told apart. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../bridge/engine.h"

static int setup(void **state)
{
	struct riser_engine *engine = calloc(1, sizeof(*engine));

	if (engine)
		engine->finding = calloc(RISER_MAX_FINDINGS, sizeof(*engine->finding));
	if (!engine || !engine->finding)
		return -1;
	*state = engine;
	return 0;
}

static int teardown(void **state)
{
	struct riser_engine *engine = *state;

	free(engine->finding);
	free(engine);
	return 0;
}

static struct riser_finding broken(const char *rule, const char *text)
{
	struct riser_finding finding = {
		.kind = RISER_FINDING_OTHER, .is_error = true, .site = 7, .addr = 0x1000,
		.access = "MRd32 BAR0+0x1c",
	};

	snprintf(finding.rule, sizeof(finding.rule), "%s", rule);
	snprintf(finding.text, sizeof(finding.text), "%s", text);
	return finding;
}

static void test_two_rules_at_one_site_are_two(void **state)
{
	struct riser_engine *engine = *state;
	struct riser_finding a = broken("CPL-10", "CPL-10: Byte Count");
	struct riser_finding b = broken("CPL-12", "CPL-12: Lower Address");

	riser_engine_report(engine, &a);
	riser_engine_report(engine, &b);
	assert_int_equal(engine->nr_findings, 2);
	assert_string_equal(engine->finding[0].rule, "CPL-10");
	assert_string_equal(engine->finding[1].rule, "CPL-12");
	assert_int_equal(engine->nr_errors, 2);
}

static void test_one_rule_at_one_site_is_counted(void **state)
{
	struct riser_engine *engine = *state;
	struct riser_finding a = broken("CPL-10", "CPL-10: Byte Count is 8, cycle 5");
	struct riser_finding b = broken("CPL-10", "CPL-10: Byte Count is 8, cycle 9");

	riser_engine_report(engine, &a);
	riser_engine_report(engine, &b);
	assert_int_equal(engine->nr_findings, 1);
	assert_int_equal(engine->finding[0].count, 2);
	assert_string_equal(engine->finding[0].text, a.text);
}

static void test_one_rule_at_two_addresses_is_two(void **state)
{
	struct riser_engine *engine = *state;
	struct riser_finding a = broken("NVM-02", "NVM-02: outside");
	struct riser_finding b = a;

	b.addr = 0x2000;
	riser_engine_report(engine, &a);
	riser_engine_report(engine, &b);
	assert_int_equal(engine->nr_findings, 2);
}

static void test_findings_without_rule_differ_by_text(void **state)
{
	struct riser_engine *engine = *state;
	struct riser_finding a = broken("", "one thing"), b = broken("", "another thing");

	a.access[0] = b.access[0] = '\0';
	riser_engine_report(engine, &a);
	riser_engine_report(engine, &b);
	riser_engine_report(engine, &b);
	assert_int_equal(engine->nr_findings, 2);
	assert_int_equal(engine->finding[1].count, 2);
}

static void test_only_a_read_reads_all_ones(void **state)
{
	static const struct {
		const char *says;
		uint8_t bytes[12];
	} access[] = {
		{ "the driver reads all ones", { 0x04, 0, 0, 1, 0, 0, 1, 0x0f, 1, 0, 0, 4 } },
		{ "the driver reads all ones", { 0x02, 0, 0, 1, 0, 0, 1, 0x0f, 0, 0, 0x10, 0 } },
		{ "what was written is lost", { 0x44, 0, 0, 1, 0, 0, 1, 0x0f, 1, 0, 0, 8 } },
		{ "what was written is lost", { 0x42, 0, 0, 1, 0, 0, 1, 0x0f, 0, 0, 0x20, 0 } },
	};
	static const struct riser_tlp refused = { .kind = RISER_TLP_CPL, .status = RISER_CPL_UR };
	struct riser_engine *engine = *state;
	uint32_t i;

	for (i = 0; i < 4; i++) {
		struct riser_pending pending = { .len = 12 };
		uint8_t bytes[16] = { 0 };
		uint32_t len = access[i].bytes[0] & 0x40 ? 16 : 12;

		memcpy(bytes, access[i].bytes, 12);
		memcpy(pending.bytes, bytes, 12);
		assert_int_equal(riser_tlp_decode(&pending.tlp, bytes, len), 0);
		riser_finding_status(engine, &pending, &refused, 9 + i);
		assert_int_equal(engine->nr_findings, i + 1);
		assert_non_null(strstr(engine->finding[i].text, access[i].says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_two_rules_at_one_site_are_two, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_rule_at_one_site_is_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_rule_at_two_addresses_is_two, setup, teardown),
		cmocka_unit_test_setup_teardown(test_findings_without_rule_differ_by_text, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_only_a_read_reads_all_ones, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
