// SPDX-License-Identifier: Apache-2.0
/* The checker in a running engine: what a card breaks becomes a finding. */
#include "../bridge/rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/capture.h>
#include <riser/check.h>
#include <riser/record.h>
#include <riser/stats.h>

#include "../../cosim/ctest_model/card.h"

struct live {
	struct rig rig;
	struct riser_check_observer *observer;
	const char *record_path, *pcapng_path;
};

static void *run(void *arg)
{
	struct rig *rig = arg;

	riser_engine_run(rig->engine, &rig->result);
	return NULL;
}

static void begin(struct live *live, const struct riser_check_config *config)
{
	struct rig *rig = &live->rig;

	rig_init(rig, 1 << 16);
	rig->config.record_path = live->record_path;
	rig->config.pcapng_path = live->pcapng_path;
	assert_int_equal(riser_check_observer_create(config, &live->observer), 0);
	rig->config.observers[rig->config.nr_observers++] = riser_check_observer(live->observer);
	assert_int_equal(riser_engine_create(&rig->config, &rig->engine, rig->error), 0);
	riser_check_observer_attach(live->observer, rig->engine);
	assert_int_equal(pthread_create(&rig->thread, NULL, run, rig), 0);
	assert_true(fk_attach(&rig->fk));
	assert_true(fk_wait_bridge(&rig->fk, PCIEM_BRIDGE_UP));
	assert_true(fk_enumerate(&rig->fk));
	fk_set_state(&rig->fk, PCIEM_KERNEL_RUNNING);
}

static void end(struct live *live)
{
	riser_check_observer_destroy(live->observer);
	rig_fini(&live->rig);
}

/* The finding of a rule, or NULL. */
static const struct riser_finding *told(const struct live *live, const char *rule)
{
	const struct riser_finding *finding;
	uint32_t i;

	for (i = 0; (finding = riser_engine_finding(live->rig.engine, i)); i++)
		if (finding->kind == RISER_FINDING_OTHER &&
		    !strncmp(finding->text, rule, strlen(rule)))
			return finding;
	return NULL;
}

static unsigned int nr_errors_told(const struct live *live)
{
	const struct riser_finding *finding;
	unsigned int nr = 0;
	uint32_t i;

	for (i = 0; (finding = riser_engine_finding(live->rig.engine, i)); i++) {
		if (finding->kind != RISER_FINDING_OTHER || !finding->is_error)
			continue;
		print_message("%s\n", finding->text);
		nr++;
	}
	return nr;
}

static void test_legal_traffic_tells_nothing(void **state)
{
	struct live live = { 0 };
	uint32_t value, i;

	(void)state;
	begin(&live, NULL);
	for (i = 0; i < 100; i++) {
		fk_write32(&live.rig.fk, CARD_REG_SCRATCH, i);
		assert_int_equal(fk_read32(&live.rig.fk, CARD_REG_SCRATCH, &value), 0);
	}
	rig_stop(&live.rig);

	assert_int_equal(nr_errors_told(&live), 0);
	assert_true(riser_check_tlps(riser_check_observer_check(live.observer)) > 300);
	end(&live);
}

static void test_stray_completion_is_cpl_02(void **state)
{
	const struct riser_finding *finding;
	struct live live = { 0 };
	uint32_t value;

	(void)state;
	begin(&live, NULL);
	fk_write32(&live.rig.fk, CARD_REG_STRAY, 1);
	fk_read32(&live.rig.fk, CARD_REG_SCRATCH, &value);
	rig_stop(&live.rig);

	finding = told(&live, "CPL-02");
	if (!finding)
		finding = told(&live, "CPL-16");
	assert_non_null(finding);
	assert_true(finding->is_error);
	assert_string_equal(finding->side, "card");
	assert_non_null(strstr(finding->text, "header "));
	end(&live);
}

static void test_wrong_requester_is_adr_07(void **state)
{
	const struct riser_finding *finding;
	struct live live = { 0 };

	(void)state;
	begin(&live, NULL);
	fk_post_read32(&live.rig.fk, CARD_REG_WRONG_ID);
	fk_serve(&live.rig.fk, 50000000);
	rig_stop(&live.rig);

	finding = told(&live, "ADR-07");
	assert_non_null(finding);
	assert_non_null(strstr(finding->text, "request "));
	end(&live);
}

static void test_poisoned_completion_is_psn_03(void **state)
{
	struct live live = { 0 };

	(void)state;
	begin(&live, NULL);
	fk_post_read32(&live.rig.fk, CARD_REG_POISON);
	fk_serve(&live.rig.fk, 50000000);
	rig_stop(&live.rig);

	assert_non_null(told(&live, "PSN-03"));
	end(&live);
}

static void test_silence_is_cto_01(void **state)
{
	const struct riser_finding *finding;
	struct live live = { 0 };
	uint32_t value;

	(void)state;
	begin(&live, NULL);
	fk_read32(&live.rig.fk, CARD_REG_HOLE, &value);
	fk_read32(&live.rig.fk, CARD_REG_SCRATCH, &value);
	rig_stop(&live.rig);

	finding = told(&live, "CTO-01");
	assert_non_null(finding);
	assert_string_equal(finding->side, "card");
	end(&live);
}

static unsigned int nr_in_record(const char *path, const char *rule)
{
	char error[RISER_ERROR_BYTES];
	struct riser_rec_log *log;
	struct riser_rec rec;
	unsigned int nr = 0;

	assert_int_equal(riser_rec_open(path, &log, error), 0);
	while (riser_rec_next(log, &rec) == 1)
		nr += rec.kind == RISER_REC_FINDING &&
		      !strncmp(rec.finding.text, rule, strlen(rule));
	riser_rec_close(log);
	return nr;
}

static void count_cto_01(void *ctx, const struct riser_finding *finding)
{
	*(unsigned int *)ctx += !strncmp(finding->text, "CTO-01", 6);
}

static unsigned int nr_in_capture(const char *path)
{
	static const struct riser_observer_ops ops = { .finding = count_cto_01 };
	struct riser_capture_summary summary;
	char error[RISER_ERROR_BYTES];
	unsigned int nr = 0;
	const struct riser_observer observer = { .ops = &ops, .ctx = &nr };

	assert_int_equal(riser_capture_play(path, &observer, 0, &summary, error), 0);
	assert_true(summary.has_end);
	return nr;
}

static uint64_t cycles(const struct live *live)
{
	return __atomic_load_n(&live->rig.fk.bw->cycles, __ATOMIC_RELAXED);
}

/* No TLP comes after the deadline: the checker notices when the run is over. */
static void test_a_deadline_noticed_at_the_end_is_recorded(void **state)
{
	struct riser_check_config config = { .timeout_cycles = 5000 };
	char dir[] = "/tmp/riser-observer-XXXXXX", record[64], capture[64];
	struct live live = { .record_path = record, .pcapng_path = capture };
	uint64_t from;
	int i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(record, sizeof(record), "%s/tlp.rec.zst", dir);
	snprintf(capture, sizeof(capture), "%s/run.pcapng", dir);
	begin(&live, &config);
	from = cycles(&live);
	fk_post_read32(&live.rig.fk, CARD_REG_HOLE);
	for (i = 0; i < 1000 && cycles(&live) < from + 100000; i++)
		fk_serve(&live.rig.fk, 1000000);
	rig_stop(&live.rig);

	assert_non_null(told(&live, "CTO-01"));
	assert_int_equal(nr_in_record(record, "CTO-01"), 1);
	assert_int_equal(nr_in_capture(capture), 1);
	end(&live);
	unlink(record);
	unlink(capture);
	rmdir(dir);
}

static void test_waived_rule_is_no_finding(void **state)
{
	struct riser_check_waiver waiver = { .id = "PSN-03",
					     .reason = "the card poisons on purpose" };
	struct riser_check_config config = { .waivers = &waiver, .nr_waivers = 1 };
	int rule = riser_check_find_rule("PSN-03");
	struct live live = { 0 };

	(void)state;
	begin(&live, &config);
	fk_post_read32(&live.rig.fk, CARD_REG_POISON);
	fk_serve(&live.rig.fk, 50000000);
	rig_stop(&live.rig);

	assert_null(told(&live, "PSN-03"));
	assert_int_equal(riser_check_counts(riser_check_observer_check(live.observer),
					    (uint32_t)rule).waived, 1);
	end(&live);
}

static void test_waived_rule_may_be_told_and_is_no_error(void **state)
{
	struct riser_check_waiver waiver = { .id = "PSN-03", .reason = "known",
					     .verdict = RISER_CHECK_REPORT };
	struct riser_check_config config = { .waivers = &waiver, .nr_waivers = 1 };
	const struct riser_finding *finding;
	struct live live = { 0 };

	(void)state;
	begin(&live, &config);
	fk_post_read32(&live.rig.fk, CARD_REG_POISON);
	fk_serve(&live.rig.fk, 50000000);
	rig_stop(&live.rig);

	finding = told(&live, "PSN-03");
	assert_non_null(finding);
	assert_false(finding->is_error);
	assert_string_equal(finding->side, "waived");
	assert_string_equal(finding->advice, "known");
	end(&live);
}

/* The card reads once, with its bus mastering just taken away; the kernel says @text. */
static void refuse_a_read(struct live *live, const char *text)
{
	struct riser_check_config config = { .settle_cycles = 1ULL << 40 };
	struct fk *fk = &live->rig.fk;
	uint32_t value;

	begin(live, &config);
	fk->hold_dma = true;
	fk_write32(fk, CARD_REG_DMA_LO, 0x1000);
	fk_write32(fk, CARD_REG_DMA_BYTES, 4);
	assert_int_equal(fk_cfg_write(fk, FK_BDF, 0x04, 0x0402), 0);
	fk_write32(fk, CARD_REG_DMA_GO, 1);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), 0);
	fk_event(fk, PCIEM_EVENT_BME, text);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), 0);
	rig_stop(&live->rig);
}

static unsigned int nr_of(const struct live *live, enum riser_finding_kind kind)
{
	const struct riser_finding *finding;
	unsigned int nr = 0;
	uint32_t i;

	for (i = 0; (finding = riser_engine_finding(live->rig.engine, i)); i++)
		nr += finding->kind == kind;
	return nr;
}

static void test_read_overtaken_by_bus_master_off_is_no_finding(void **state)
{
	struct live live = { 0 };

	(void)state;
	refuse_a_read(&live, "MRd of 4 bytes at 0x1000 from 01:00.0 refused: GAT-03: "
		      "Bus Master Enable of the requester is 0");
	assert_int_equal(live.rig.fk.nr_reads, 1);
	assert_null(told(&live, "GAT-02"));
	assert_int_equal(nr_of(&live, RISER_FINDING_BUS_MASTER), 0);
	assert_int_equal(nr_errors_told(&live), 0);
	end(&live);
}

static void test_kernel_alone_knows_of_bus_mastering(void **state)
{
	struct live live = { 0 };

	(void)state;
	begin(&live, NULL);
	fk_event(&live.rig.fk, PCIEM_EVENT_BME, "write of 4 bytes at 0x1000 from 01:00.0 "
		 "refused: GAT-03: Bus Master Enable of the requester is 0");
	fk_serve(&live.rig.fk, 50000000);
	rig_stop(&live.rig);

	assert_non_null(told(&live, "GAT-02"));
	assert_int_equal(nr_of(&live, RISER_FINDING_BUS_MASTER), 1);
	end(&live);
}

static void test_other_refusals_are_not_about_bus_mastering(void **state)
{
	static const char *const why[] = {
		"HDR-09: traffic class is not 0",
		"ATS-01: address type is not 0, address translation services are not enabled",
		"ADR-11: address wraps",
	};
	char text[160];
	struct live live = { 0 };
	uint32_t i;

	(void)state;
	begin(&live, NULL);
	for (i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "write of 4 bytes at 0x%x000 from 01:00.0 refused: %s",
			 i, why[i]);
		fk_event(&live.rig.fk, PCIEM_EVENT_BME, text);
	}
	fk_serve(&live.rig.fk, 50000000);
	rig_stop(&live.rig);

	assert_null(told(&live, "GAT-02"));
	assert_int_equal(nr_of(&live, RISER_FINDING_BUS_MASTER), 0);
	assert_int_equal(nr_of(&live, RISER_FINDING_REFUSED), 3);
	end(&live);
}

static void keep_text(void *ctx, const struct riser_finding *finding)
{
	snprintf(ctx, sizeof(finding->text), "%s", finding->text);
}

static void test_header_of_four_dwords_is_told_whole(void **state)
{
	/* a write to a 64-bit address with First DW BE and Last DW BE of two dwords */
	static const uint8_t bytes[] = {
		0x60, 0, 0, 1, 0, 0, 0, 0xff, 0, 0, 0, 1, 0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4,
	};
	struct riser_tlp_event event = {
		.bytes = bytes, .len = sizeof(bytes), .direction = RISER_TO_HOST,
		.tlp_class = RISER_POSTED,
	};
	struct riser_check_observer *observer;
	char text[sizeof(((struct riser_finding *)NULL)->text)] = "";
	struct riser_observer told;

	(void)state;
	assert_int_equal(riser_check_observer_create(NULL, &observer), 0);
	riser_check_observer_listen(observer, keep_text, text);
	told = riser_check_observer(observer);
	told.ops->tlp(told.ctx, &event);

	assert_non_null(strstr(text, "BE-01"));
	assert_non_null(strstr(text, "header 60000001 000000ff 00000001 12345678"));
	riser_check_observer_destroy(observer);
}

/* What the kernel knows of a DMA miss is long: which mapping of whom, and since when not. */
static void test_the_kernels_words_are_told_whole(void **state)
{
	static const char words[] = "write of 4096 bytes at 0x0000000102345000: in mapping "
		"[0x0000000102345000, 0x0000000102346000) from-device of slottest 0010:01:00.0, "
		"which was unmapped 1234 us ago";
	const struct riser_note note = {
		.source = RISER_NOTE_KERNEL, .code = PCIEM_EVENT_DMA_MISS, .text = words,
	};
	char text[sizeof(((struct riser_finding *)NULL)->text)] = "";
	struct riser_check_observer *observer;
	struct riser_observer told;
	const char *seen;

	(void)state;
	assert_int_equal(riser_check_observer_create(NULL, &observer), 0);
	riser_check_observer_listen(observer, keep_text, text);
	told = riser_check_observer(observer);
	told.ops->note(told.ctx, &note);

	assert_non_null(strstr(text, "ADR-04"));
	seen = strstr(text, words);
	assert_non_null(seen);
	/* there is no TLP to go on with */
	assert_string_equal(seen + strlen(words), "");
	riser_check_observer_destroy(observer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_kernels_words_are_told_whole),
		cmocka_unit_test(test_legal_traffic_tells_nothing),
		cmocka_unit_test(test_stray_completion_is_cpl_02),
		cmocka_unit_test(test_wrong_requester_is_adr_07),
		cmocka_unit_test(test_poisoned_completion_is_psn_03),
		cmocka_unit_test(test_silence_is_cto_01),
		cmocka_unit_test(test_a_deadline_noticed_at_the_end_is_recorded),
		cmocka_unit_test(test_waived_rule_is_no_finding),
		cmocka_unit_test(test_waived_rule_may_be_told_and_is_no_error),
		cmocka_unit_test(test_read_overtaken_by_bus_master_off_is_no_finding),
		cmocka_unit_test(test_kernel_alone_knows_of_bus_mastering),
		cmocka_unit_test(test_other_refusals_are_not_about_bus_mastering),
		cmocka_unit_test(test_header_of_four_dwords_is_told_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
