// SPDX-License-Identifier: Apache-2.0
/*
 * What a run's files say of a driver under a fault, each outcome once; the
 * built-in list is whole; results of earlier calls are kept for the same rule.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../bridge/cli/campaign.h"
#include "../../../bridge/super/super.h"

static char dir[] = "/tmp/riser-campaign-XXXXXX";

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct riser_campaign_case judge(const char *values, const char *bridge,
					const char *console, int code)
{
	struct riser_campaign_case c = { .expect =
		1U << RISER_OUTCOME_RECOVERED | 1U << RISER_OUTCOME_FAILED };
	char text[2048];

	snprintf(text, sizeof(text), "{\"why\": \"because\", \"values\": {%s}, \"bridge\": {%s}}",
		 values, bridge);
	write_file("result.json", text);
	write_file("console.log", console);
	riser_campaign_judge(&c, dir, code);
	return c;
}

#define HIT "\"nr_injections\": 1, \"injections\": [{\"cycle\": 77, \"access\": \"MRd32\"}], "
#define NO_FINDING HIT "\"findings\": []"

static void test_what_the_script_says(void **state)
{
	struct riser_campaign_case c;

	(void)state;
	c = judge("\"outcome\": \"recovered\", \"outcome_detail\": \"polled\"",
		  NO_FINDING, "fine\n", 0);
	assert_int_equal(c.outcome, RISER_OUTCOME_RECOVERED);
	assert_true(riser_campaign_is_ok(&c));
	assert_string_equal(c.detail, "polled");
	assert_int_equal(c.cycle, 77);
	assert_string_equal(c.access, "MRd32");
	c = judge("\"outcome\": \"silent-corruption\"", NO_FINDING, "", 0);
	assert_int_equal(c.outcome, RISER_OUTCOME_CORRUPTION);
	assert_false(riser_campaign_is_ok(&c));
	c = judge("\"outcome\": \"failed-cleanly\"", NO_FINDING, "", 1);
	assert_int_equal(c.outcome, RISER_OUTCOME_FAILED);
}

static void test_what_is_seen_from_outside(void **state)
{
	struct riser_campaign_case c;

	(void)state;
	/* the script never came to an end, or to a word */
	c = judge("\"outcome\": \"recovered\"", NO_FINDING, "",
		  RISER_EXIT_TIMEOUT);
	assert_int_equal(c.outcome, RISER_OUTCOME_HUNG);
	assert_string_equal(c.detail, "because");
	c = judge("", NO_FINDING, "", 1);
	assert_int_equal(c.outcome, RISER_OUTCOME_HUNG);
	/* a good outcome without an injection says nothing */
	c = judge("\"outcome\": \"recovered\"",
		  "\"nr_injections\": 0, \"findings\": []", "", 0);
	assert_int_equal(c.outcome, RISER_OUTCOME_NOT_HIT);
	assert_false(riser_campaign_is_ok(&c));
}

static void test_the_kernel_log_has_the_last_word(void **state)
{
	struct riser_campaign_case c;

	(void)state;
	c = judge("\"outcome\": \"recovered\"", NO_FINDING,
		  "[ 7.2] Oops: 0000 [#1] PREEMPT SMP NOPTI\n"
		  "[ 7.3] RIP: 0010:nvme_poll_cq+0xc1/0x2e0 [nvme]\n", 1);
	assert_int_equal(c.outcome, RISER_OUTCOME_OOPS);
	assert_false(c.from_riser);
	assert_non_null(strstr(c.detail, "Oops: 0000"));
	c = judge("\"outcome\": \"recovered\"", NO_FINDING,
		  "[ 7.2] Oops: 0000 [#1] PREEMPT SMP NOPTI\n"
		  "[ 7.3] RIP: 0010:pciem_req_done+0x1/0x2 [pciem]\n", 1);
	assert_int_equal(c.outcome, RISER_OUTCOME_OOPS);
	assert_true(c.from_riser);
}

static void test_findings_that_no_fault_explains_count(void **state)
{
	struct riser_campaign_case c;

	(void)state;
	c = judge("\"outcome\": \"recovered\"", HIT
		  "\"findings\": [{\"suspected\": \"fault\", \"text\": \"poisoned\"}, "
		  "{\"suspected\": \"card\", \"text\": \"CPL-10\"}]", "", 1);
	assert_int_equal(c.nr_findings, 1);
	assert_string_equal(c.detail, "CPL-10");
}

static void test_a_result_is_kept_for_its_rule_alone(void **state)
{
	struct riser_campaign_case c, kept = { .name = "a" };

	(void)state;
	c = judge("\"outcome\": \"recovered\", \"outcome_detail\": \"x\"",
		  NO_FINDING, "", 0);
	snprintf(c.name, sizeof(c.name), "a");
	snprintf(c.rule, sizeof(c.rule), "nth=1 : drop");
	assert_int_equal(riser_campaign_save(&c, dir), 0);
	snprintf(kept.rule, sizeof(kept.rule), "nth=2 : drop");
	assert_false(riser_campaign_load(&kept, dir));
	snprintf(kept.rule, sizeof(kept.rule), "nth=1 : drop");
	assert_true(riser_campaign_load(&kept, dir));
	assert_true(kept.was_kept);
	assert_int_equal(kept.outcome, RISER_OUTCOME_RECOVERED);
	assert_string_equal(kept.detail, "x");
	assert_int_equal(kept.cycle, 77);
}

static void test_the_built_in_list(void **state)
{
	struct riser_campaign campaign = { 0 };

	(void)state;
	assert_int_equal(riser_campaign_read("builtin", &campaign), 0);
	assert_true(campaign.nr >= 40);
	riser_campaign_free(&campaign);
}

static void test_the_account_is_complete(void **state)
{
	struct riser_campaign campaign = { 0 };
	char path[128], text[8192] = "";
	size_t i;
	FILE *f;

	(void)state;
	assert_int_equal(riser_campaign_read("builtin", &campaign), 0);
	campaign.nr = 3;
	campaign.c[0].outcome = RISER_OUTCOME_RECOVERED;
	campaign.c[1].outcome = RISER_OUTCOME_HUNG;
	snprintf(campaign.c[1].detail, sizeof(campaign.c[1].detail),
		 "a <b> & \"c\"");
	/* the third was not run */
	assert_int_equal(riser_campaign_write(&campaign, dir), 0);
	snprintf(path, sizeof(path), "%s/junit.xml", dir);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
	fclose(f);
	assert_non_null(strstr(text, "tests=\"2\" failures=\"1\""));
	assert_non_null(strstr(text, "hung: a &#60;b&#62; &#38; &#34;c&#34;"));
	for (i = 0; i < 2; i++)
		assert_non_null(strstr(text, campaign.c[i].name));
	riser_campaign_free(&campaign);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_script_says),
		cmocka_unit_test(test_what_is_seen_from_outside),
		cmocka_unit_test(test_the_kernel_log_has_the_last_word),
		cmocka_unit_test(test_findings_that_no_fault_explains_count),
		cmocka_unit_test(test_a_result_is_kept_for_its_rule_alone),
		cmocka_unit_test(test_the_built_in_list),
		cmocka_unit_test(test_the_account_is_complete),
	};
	char command[64];
	int ret;

	if (!mkdtemp(dir))
		return 1;
	ret = cmocka_run_group_tests_name("cli.campaign", tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command) ? 1 : ret;
}
