// SPDX-License-Identifier: Apache-2.0
/* Which failure: the same one in another run, and not another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <riser/play.h>

static struct riser_finding finding(enum riser_finding_kind kind, const char *text,
				    const char *access, const char *before)
{
	struct riser_finding f = { .kind = kind, .is_error = true };

	snprintf(f.text, sizeof(f.text), "%s", text);
	snprintf(f.access, sizeof(f.access), "%s", access);
	snprintf(f.before, sizeof(f.before), "%s", before);
	return f;
}

static void test_an_access_without_its_tag(void **state)
{
	struct riser_finding a = finding(RISER_FINDING_TIMEOUT, "completion timeout: x",
					 "MRd32 BAR0+0x1c len 1DW tag 19 from 00:00.0", "");
	struct riser_failure failure;

	(void)state;
	riser_failure_of(&a, &failure);
	assert_string_equal(failure.kind, "completion timeout");
	assert_string_equal(failure.access, "MRd32 BAR0+0x1c len 1DW from 00:00.0");
	snprintf(a.access, sizeof(a.access), "MRd32 BAR0+0x1c len 1DW tag 3 from 00:00.0");
	assert_true(riser_failure_is(&failure, &a));
	snprintf(a.access, sizeof(a.access), "MRd32 BAR0+0x20 len 1DW tag 19 from 00:00.0");
	assert_false(riser_failure_is(&failure, &a));
	snprintf(a.access, sizeof(a.access), "MRd32 BAR0+0x1c len 1DW tag 19 from 00:00.0");
	a.kind = RISER_FINDING_UR;
	assert_false(riser_failure_is(&failure, &a));
}

static void test_a_rule_and_its_request(void **state)
{
	const struct riser_finding a =
		finding(RISER_FINDING_OTHER, "CPL-10: Byte Count. Seen: 8", "",
			"MRd32 BAR0+0x1c len 1DW tag 20 from 00:00.0");
	const struct riser_finding b =
		finding(RISER_FINDING_OTHER, "CPL-11: Byte Count. Seen: 8", "",
			"MRd32 BAR0+0x1c len 1DW tag 20 from 00:00.0");
	struct riser_failure failure;

	(void)state;
	riser_failure_of(&a, &failure);
	assert_string_equal(failure.kind, "CPL-10");
	assert_string_equal(failure.access, "MRd32 BAR0+0x1c len 1DW from 00:00.0");
	assert_false(riser_failure_is(&failure, &b));
}

static void test_dma_wherever_the_buffer_is(void **state)
{
	const struct riser_finding a =
		finding(RISER_FINDING_OTHER, "ADR-04: every DMA byte. Seen: the kernel says: "
			"write of 1 bytes at 0x100005000: 0 bytes past the end", "", "");
	const struct riser_finding other_place =
		finding(RISER_FINDING_OTHER, "ADR-04: every DMA byte. Seen: the kernel says: "
			"write of 1 bytes at 0x10001c000: 0 bytes past the end", "", "");
	const struct riser_finding other_size =
		finding(RISER_FINDING_OTHER, "ADR-04: every DMA byte. Seen: the kernel says: "
			"write of 4 bytes at 0x100005000: 0 bytes past the end", "", "");
	const struct riser_finding a_read =
		finding(RISER_FINDING_OTHER, "ADR-04: every DMA byte. Seen: the kernel says: "
			"read of 1 bytes at 0x100005000: 0 bytes past the end", "", "");
	struct riser_failure failure;

	(void)state;
	riser_failure_of(&a, &failure);
	assert_string_equal(failure.kind, "ADR-04");
	assert_string_equal(failure.access, "write of 1 bytes");
	assert_true(riser_failure_is(&failure, &other_place));
	assert_false(riser_failure_is(&failure, &other_size));
	assert_false(riser_failure_is(&failure, &a_read));
}

static void test_host_addresses_are_the_runs_own(void **state)
{
	struct riser_finding a = finding(RISER_FINDING_OTHER, "NVM-08: late",
					 "MWr to 0x1000011060 (entry in CQ 1)", "");
	struct riser_failure failure;

	(void)state;
	riser_failure_of(&a, &failure);
	assert_string_equal(failure.access, "MWr to 0x. (entry in CQ 1)");
	snprintf(a.access, sizeof(a.access), "MWr to 0x1000011070 (entry in CQ 1)");
	assert_true(riser_failure_is(&failure, &a));
	snprintf(a.access, sizeof(a.access), "MWr to 0x1000011070 (entry in CQ 2)");
	assert_false(riser_failure_is(&failure, &a));
}

static void test_an_error_of_the_rtl(void **state)
{
	const struct riser_finding a = finding(RISER_FINDING_MODEL_ERROR,
					       "the RTL reported an error in cycle 7: x", "", "");
	struct riser_failure failure;

	(void)state;
	riser_failure_of(&a, &failure);
	assert_string_equal(failure.kind, "RTL error");
	assert_string_equal(failure.access, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_access_without_its_tag),
		cmocka_unit_test(test_a_rule_and_its_request),
		cmocka_unit_test(test_dma_wherever_the_buffer_is),
		cmocka_unit_test(test_host_addresses_are_the_runs_own),
		cmocka_unit_test(test_an_error_of_the_rtl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
