// SPDX-License-Identifier: Apache-2.0
/* The checker's interface: what a report holds, waivers, verdicts, counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include <riser/check.h>

struct seen {
	struct riser_check *check;
	struct riser_check_report last;
	unsigned int nr;
	char text[RISER_CHECK_TEXT_BYTES];
};

static const uint8_t mrd[] = { 0, 0, 0, 1, 0, 0, 9, 0xf, 0xc0, 0, 0, 0 };
static const uint8_t cpld_short_count[] = { 0x4a, 0, 0, 1, 1, 0, 0, 3, 0, 0, 9, 0, 1, 2, 3, 4 };

static void on_report(void *ctx, const struct riser_check_report *report)
{
	struct seen *seen = ctx;

	seen->last = *report;
	seen->nr++;
	riser_check_print(report, seen->text, sizeof(seen->text));
}

static enum riser_check_verdict put(struct seen *seen, enum riser_direction direction,
				    const uint8_t *bytes, uint32_t len, uint64_t cycle,
				    const char *function)
{
	struct riser_check_tlp tlp = { .bytes = bytes, .len = len, .cycle = cycle, .seq = cycle,
				       .direction = (uint8_t)direction, .function = function,
				       .channel = RISER_CHECK_NO_CLASS };

	return riser_check_tlp(seen->check, &tlp);
}

static void begin(struct seen *seen, const struct riser_check_waiver *waivers, uint32_t nr)
{
	struct riser_check_config config = { .report = on_report, .ctx = seen, .waivers = waivers,
					     .nr_waivers = nr };

	memset(seen, 0, sizeof(*seen));
	assert_int_equal(riser_check_create(&config, &seen->check), 0);
}

static enum riser_check_verdict break_cpl_10(struct seen *seen)
{
	put(seen, RISER_TO_CARD, mrd, sizeof(mrd), 100, "nvme_irq+0x10 [nvme]");
	return put(seen, RISER_TO_HOST, cpld_short_count, sizeof(cpld_short_count), 130, NULL);
}

static void test_report_holds_both_headers_and_the_function(void **state)
{
	struct seen seen;

	(void)state;
	begin(&seen, NULL, 0);

	assert_int_equal(break_cpl_10(&seen), RISER_CHECK_REJECT);

	assert_int_equal(seen.nr, 1);
	assert_string_equal(seen.last.rule->id, "CPL-10");
	assert_int_equal(seen.last.cycle, 130);
	assert_int_equal(seen.last.request_cycle, 100);
	assert_int_equal(seen.last.request_len, sizeof(mrd));
	assert_memory_equal(seen.last.request, mrd, sizeof(mrd));
	assert_string_equal(seen.last.function, "nvme_irq+0x10 [nvme]");
	assert_non_null(strstr(seen.text, "4a000001 01000003 00000900"));
	assert_non_null(strstr(seen.text, "00000001 0000090f c0000000"));
	assert_non_null(strstr(seen.text, "byte count 3"));
	assert_non_null(strstr(seen.text, "Byte Count is 3 and must be 4"));
	assert_non_null(strstr(seen.text, "driver: nvme_irq+0x10 [nvme]"));
	riser_check_destroy(seen.check);
}

static void test_waived_rule_is_silent_and_counted(void **state)
{
	struct riser_check_waiver waiver = { .id = "CPL-10",
					     .reason = "erratum 7, fixed in the next tape-out" };
	int rule = riser_check_find_rule("CPL-10");
	struct seen seen;

	(void)state;
	begin(&seen, &waiver, 1);

	assert_int_equal(break_cpl_10(&seen), RISER_CHECK_SILENT);

	assert_int_equal(seen.nr, 1);
	assert_string_equal(seen.last.waiver, waiver.reason);
	assert_int_equal(riser_check_counts(seen.check, (uint32_t)rule).waived, 1);
	assert_int_equal(riser_check_counts(seen.check, (uint32_t)rule).reported, 0);
	riser_check_destroy(seen.check);
}

static void test_waiver_needs_a_reason_and_a_rule(void **state)
{
	struct riser_check_waiver no_reason = { .id = "CPL-10", .reason = "" };
	struct riser_check_waiver no_rule = { .id = "CPL-99", .reason = "because" };
	struct riser_check_config config = { .nr_waivers = 1 };
	struct riser_check *check;

	(void)state;
	config.waivers = &no_reason;
	assert_int_equal(riser_check_create(&config, &check), -EINVAL);
	config.waivers = &no_rule;
	assert_int_equal(riser_check_create(&config, &check), -EINVAL);
	config = (struct riser_check_config){ .host_rcb_bytes = 96 };
	assert_int_equal(riser_check_create(&config, &check), -EINVAL);
}

static void test_verdict_can_be_changed(void **state)
{
	struct seen seen;

	(void)state;
	begin(&seen, NULL, 0);
	assert_int_equal(riser_check_set_verdict(seen.check, "CPL-10", RISER_CHECK_REPORT), 0);
	assert_int_equal(riser_check_set_verdict(seen.check, "CPL-99", RISER_CHECK_REPORT),
			 -ENOENT);

	assert_int_equal(break_cpl_10(&seen), RISER_CHECK_REPORT);

	assert_int_equal(seen.last.verdict, RISER_CHECK_REPORT);
	riser_check_destroy(seen.check);
}

static void test_text_is_cut_at_its_size(void **state)
{
	struct seen seen;
	char text[64];
	size_t size;

	(void)state;
	begin(&seen, NULL, 0);
	break_cpl_10(&seen);
	seen.last.bytes = cpld_short_count;

	for (size = 1; size <= sizeof(text); size++) {
		memset(text, 'x', sizeof(text));
		riser_check_print(&seen.last, text, size);
		assert_true(strlen(text) < size);
	}
	riser_check_destroy(seen.check);
}

static void test_every_rule_has_words_and_a_test(void **state)
{
	const struct riser_check_rule *rule;
	uint32_t idx;

	(void)state;
	for (idx = 0; (rule = riser_check_rule(idx)); idx++) {
		assert_int_equal(riser_check_find_rule(rule->id), idx);
		assert_true(strlen(rule->words) > 10);
		assert_true((rule->kind == RISER_CHECK_STREAM) == !rule->test);
	}
	assert_int_equal(idx, riser_check_nr_rules());
	assert_int_equal(idx, 180);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report_holds_both_headers_and_the_function),
		cmocka_unit_test(test_waived_rule_is_silent_and_counted),
		cmocka_unit_test(test_waiver_needs_a_reason_and_a_rule),
		cmocka_unit_test(test_verdict_can_be_changed),
		cmocka_unit_test(test_text_is_cut_at_its_size),
		cmocka_unit_test(test_every_rule_has_words_and_a_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
