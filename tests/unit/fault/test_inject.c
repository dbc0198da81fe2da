// SPDX-License-Identifier: Apache-2.0
/*
 * Each action in an engine between the fake kernel and the C card: what the
 * two sides see, that nobody is blamed for it, and that the record replays.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/capture.h>
#include <riser/check.h>
#include <riser/replay.h>

#include "../../cosim/ctest_model/card.h"
#include "rig.h"

#define MAX_RULES 4

static char dir[] = "/tmp/riser-fault-XXXXXX";
static char record[64], capture[64], account[64];

struct bench {
	struct rig rig;
	struct riser_fault fault[MAX_RULES];
	uint32_t nr;
	struct riser_check_observer *checker;
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	unlink(record);
	unlink(capture);
	*state = bench;
	return bench ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void add_rule(struct bench *bench, const char *text)
{
	struct riser_fault_error error;

	if (riser_fault_parse(text, &bench->fault[bench->nr++], &error)) {
		print_error("%s\n", error.text);
		fail();
	}
}

static void start(struct bench *bench, const char *text)
{
	struct riser_engine_config *config = &bench->rig.config;

	rig_init(&bench->rig, 1 << 16);
	add_rule(bench, text);
	config->faults = bench->fault;
	config->nr_faults = bench->nr;
	config->record_path = record;
	config->pcapng_path = capture;
	config->timeout_cycles = 20000;
	assert_int_equal(riser_check_observer_create(NULL, &bench->checker), 0);
	config->observers[config->nr_observers++] =
		riser_check_observer(bench->checker);
	rig_start_enumerated(&bench->rig);
	riser_check_observer_attach(bench->checker, bench->rig.engine);
}

static const struct riser_injection *injection(struct bench *bench, uint32_t i)
{
	return riser_engine_injection(bench->rig.engine, i);
}

static void replays(void)
{
	const struct riser_replay_config config = {
		.record_path = record, .model_path = CTEST_MODEL, .x_init = -1,
	};
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];

	assert_int_equal(riser_replay(&config, &result, error), 0);
	if (result.differs)
		print_error("%s\n", result.difference);
	assert_false(result.differs);
	assert_false(result.is_cut);
	assert_int_equal(result.tx_hash, result.recorded_tx_hash);
}

static void on_offline(void *ctx, const struct riser_finding *finding)
{
	if (finding->is_error)
		riser_finding_print(finding, stderr);
	*(bool *)ctx |= finding->is_error;
}

/* The capture tells an offline checker who is not to blame. */
static void capture_is_clean(void)
{
	struct riser_capture_summary summary;
	struct riser_check_observer *checker;
	struct riser_observer observer;
	char error[RISER_ERROR_BYTES];
	bool has_error = false;

	assert_int_equal(riser_check_observer_create(NULL, &checker), 0);
	riser_check_observer_listen(checker, on_offline, &has_error);
	observer = riser_check_observer(checker);
	assert_int_equal(riser_capture_play(capture, &observer, 0, &summary,
					    error), 0);
	assert_false(summary.is_damaged);
	assert_false(has_error);
	riser_check_observer_destroy(checker);
}

/* Nobody but the fault is to blame. */
static void finish(struct bench *bench, uint32_t nr_injections)
{
	const struct riser_finding *finding;
	struct rig *rig = &bench->rig;
	uint32_t i;

	for (i = 0; (finding = riser_engine_finding(rig->engine, i)); i++)
		if (finding->is_error)
			riser_finding_print(finding, stderr);
	assert_int_equal(rig->result.nr_errors, 0);
	for (i = 0; injection(bench, i); i++)
		;
	assert_int_equal(i, nr_injections);
	assert_int_equal(riser_engine_write_json(rig->engine, account), 0);
	rig_fini(rig);
	riser_check_observer_destroy(bench->checker);
	replays();
	capture_is_clean();
}

static void stop(struct bench *bench, uint32_t nr_injections)
{
	rig_stop(&bench->rig);
	finish(bench, nr_injections);
}

static void dma(struct fk *fk, uint32_t bytes, uint32_t what)
{
	fk_write32(fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR);
	fk_write32(fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(fk, CARD_REG_DMA_BYTES, bytes);
	fk_write32(fk, CARD_REG_DMA_GO, what);
}

static void wait_msi(struct fk *fk, uint32_t nr)
{
	int i;

	for (i = 0; fk->nr_msi < nr && i < 20000; i++)
		fk_serve(fk, 100000);
	assert_int_equal(fk->nr_msi, nr);
}

/* ---- accesses of the driver ---- */

static void test_a_dropped_read_times_out(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-card type=MRd bar=0 offset=4 nth=2 : drop");
	fk_write32(fk, CARD_REG_SCRATCH, 7);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_TIMEOUT);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(value, 7);
	assert_int_equal(injection(bench, 0)->seq > 0, 1);
	assert_non_null(strstr(injection(bench, 0)->tlp, "MRd64 BAR0+0x4"));
	stop(bench, 1);
}

static void test_a_dropped_completion_times_out(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-host type=CplD bar=0 offset=0 : drop");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_TIMEOUT);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_SC);
	stop(bench, 1);
}

static void test_a_dropped_write_is_lost(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-card type=MWr bar=0 offset=4 nth=2 : drop");
	fk_write32(fk, CARD_REG_SCRATCH, 7);
	fk_write32(fk, CARD_REG_SCRATCH, 8);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(value, 7);
	stop(bench, 1);
}

static void test_the_function_is_matched(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-host function=nvme_wait_* : ur");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	fk_site(fk, 1, 0xffff1234,
		"nvme_wait_ready+0x6e/0x90 [nvme_core]\n");
	fk->site = 1;
	fk->pc = 0xffff1234;
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_UR);
	assert_non_null(strstr(injection(bench, 0)->function,
			       "nvme_wait_ready"));
	assert_non_null(strstr(injection(bench, 0)->tlp, "for MRd64 BAR0+0x0"));
	stop(bench, 1);
}

static void test_ur_and_ca_in_the_cards_name(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	add_rule(bench, "to-card type=MRd offset=0 : ur");
	start(bench, "to-card type=MRd offset=4 : ca");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_UR);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_CA);
	assert_int_equal(fk_read32(fk, CARD_REG_NR_POSTED, &value), FK_SC);
	assert_int_equal(fk->nr_stray, 0);
	stop(bench, 2);
}

static void test_a_config_read_answers_ca(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-host of=CfgRd mark=now nth=1 : ca");
	fk_push(fk, PCIEM_REC_MARK, 0, 0, "now", 3);
	assert_int_equal(fk_cfg_read(fk, FK_BDF, 0, &value), FK_CA);
	assert_int_equal(fk_cfg_read(fk, FK_BDF, 0, &value), FK_SC);
	stop(bench, 1);
}

static void test_delays_keep_the_order(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value, before, after;

	add_rule(bench, "to-card type=MWr offset=4 nth=2 : delay 3000");
	start(bench, "to-host offset=0x18 : delay 2000");
	fk_write32(fk, CARD_REG_SCRATCH, 7);
	assert_int_equal(fk_read32(fk, CARD_REG_CLOCK, &before), FK_SC);
	fk_write32(fk, CARD_REG_SCRATCH, 8);
	/* a read does not pass the write before it */
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(value, 8);
	assert_int_equal(fk_read32(fk, CARD_REG_CLOCK, &after), FK_SC);
	assert_true(after - before >= 3000);
	assert_int_equal(fk_read32(fk, CARD_REG_NR_POSTED, &value), FK_SC);
	assert_int_equal(fk_read32(fk, CARD_REG_CLOCK, &before), FK_SC);
	assert_true(before - after >= 2000);
	stop(bench, 2);
}

static void test_a_delay_beyond_the_timeout(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value, i;

	start(bench, "to-host type=CplD offset=0 nth=1 : delay 30000");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_TIMEOUT);
	for (i = 0; i < 40 && !fk->nr_stray; i++)
		fk_serve(fk, 10000000);
	assert_int_equal(fk->nr_stray, 1);
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	stop(bench, 1);
}

static void test_corrupt_data_and_tag(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	add_rule(bench, "to-host type=CplD offset=0 nth=1 : corrupt data+1^0xff");
	add_rule(bench, "to-host type=CplD offset=4 nth=1 : corrupt tag^0x40");
	start(bench, "to-card type=MWr offset=4 nth=2 : corrupt data=0x99");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	assert_int_equal(value, CARD_ID ^ 0xff00);
	fk_write32(fk, CARD_REG_SCRATCH, 1);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_TIMEOUT);
	assert_int_equal(fk->nr_stray, 1);
	fk_write32(fk, CARD_REG_SCRATCH, 2);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(value, 0x99);
	stop(bench, 3);
}

static void test_a_duplicate_read_gets_a_stray_completion(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;
	int i;

	start(bench, "to-card type=MRd offset=0 nth=1 : duplicate");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	for (i = 0; i < 100 && !fk->nr_stray; i++)
		fk_serve(fk, 1000000);
	assert_int_equal(fk->nr_stray, 1);
	stop(bench, 1);
}

static void test_reads_are_reordered(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t first, second;
	uint8_t tag[2];

	start(bench, "to-card type=MRd offset=0x54 nth=1 : reorder");
	tag[0] = fk_post_read32(fk, CARD_REG_CLOCK);
	tag[1] = fk_post_read32(fk, CARD_REG_CLOCK);
	assert_int_equal(fk_wait(fk, tag[0], &first), FK_SC);
	assert_int_equal(fk_wait(fk, tag[1], &second), FK_SC);
	assert_true(second < first);
	assert_string_equal(injection(bench, 0)->what, "");
	stop(bench, 1);
}

static void test_a_write_is_not_reordered(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-card type=MWr offset=4 nth=1 : reorder");
	fk_write32(fk, CARD_REG_SCRATCH, 1);
	fk_write32(fk, CARD_REG_SCRATCH, 2);
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(value, 2);
	assert_non_null(strstr(injection(bench, 0)->what, "must not pass"));
	stop(bench, 1);
}

static void test_poison_reaches_the_host(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-host type=CplD offset=0 nth=1 : poison");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	/* as the kernel's side would say */
	fk_event(fk, PCIEM_EVENT_POISONED, "poisoned completion");
	assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_SC);
	stop(bench, 1);
}

static void test_the_card_gives_no_credits(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t before, after, value;
	uint8_t tag;

	start(bench, "to-card type=MRd offset=0 nth=1 : withhold 5000");
	assert_int_equal(fk_read32(fk, CARD_REG_CLOCK, &before), FK_SC);
	tag = fk_post_read32(fk, CARD_REG_ID);
	assert_int_equal(fk_wait(fk, tag, &value), FK_SC);
	assert_int_equal(fk_read32(fk, CARD_REG_CLOCK, &after), FK_SC);
	assert_true(after - before >= 5000);
	stop(bench, 1);
}

/* ---- the card's own traffic ---- */

static void test_the_host_gives_no_credits(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t before, after;

	start(bench, "to-host type=MWr nth=1 : withhold 5000 posted");
	assert_int_equal(fk_read32(fk, CARD_REG_CLOCK, &before), FK_SC);
	dma(fk, 4096, 2);
	wait_msi(fk, 1);
	assert_int_equal(fk_read32(fk, CARD_REG_CLOCK, &after), FK_SC);
	assert_true(after - before >= 5000);
	stop(bench, 1);
}

static void test_completions_are_split(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value, i;

	start(bench, "to-card type=CplD : split 64");
	for (i = 0; i < 256; i++)
		fk->mem[i] = (uint8_t)(i + 1);
	dma(fk, 256, 1);
	wait_msi(fk, 1);
	assert_int_equal(fk_read32(fk, CARD_REG_BUFFER + 252, &value), FK_SC);
	assert_int_equal(value, 0x00fffefd);
	/* the fake kernel has cut them already: nothing is left to cut */
	assert_non_null(strstr(injection(bench, 0)->what, "not split"));
	stop(bench, 4);
}

static void test_an_interrupt_is_lost_or_doubled(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;

	add_rule(bench, "type=MSI-X nth=1 : drop");
	start(bench, "type=MSI-X nth=2 : duplicate");
	dma(fk, 64, 2);
	while (fk->nr_writes < 1)
		fk_serve(fk, 100000);
	fk_serve(fk, 20000000);
	assert_int_equal(fk->nr_msi, 0);
	dma(fk, 64, 2);
	wait_msi(fk, 2);
	dma(fk, 64, 2);
	wait_msi(fk, 3);
	stop(bench, 2);
}

static void test_a_dma_read_is_refused(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value, reads;

	start(bench, "to-host type=MRd nth=1 : ur");
	dma(fk, 64, 1);
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	do
		assert_int_equal(fk_read32(fk, CARD_REG_NR_CPL, &reads), FK_SC);
	while (!reads);
	assert_int_equal(fk->nr_reads, 0);
	stop(bench, 1);
}

/* The host answers what it got, which is not what the card asked. */
static void change_dma_read(struct bench *bench, const char *rule)
{
	struct fk *fk = &bench->rig.fk;
	uint32_t value, i;

	print_message("%s\n", rule);
	start(bench, rule);
	dma(fk, 64, 1);
	for (i = 0; i < 1000 && !fk->nr_reads; i++)
		fk_serve(fk, 100000);
	assert_true(fk->nr_reads > 0);
	for (i = 0; i < 100; i++)
		assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	stop(bench, 1);
	memset(bench, 0, sizeof(*bench));
	unlink(record);
	unlink(capture);
}

static void test_a_dma_read_is_changed(void **state)
{
	static const char *const field[] = { "length=8", "length=32", "first_be=0xe",
					     "last_be=7", "tc=3", "attr=2", "tag^0x10",
					     "requester^1" };
	char rule[80];
	uint32_t i;

	for (i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		snprintf(rule, sizeof(rule), "to-host type=MRd nth=1 : corrupt %s", field[i]);
		change_dma_read(*state, rule);
	}
}

static void test_a_dma_read_comes_twice(void **state)
{
	change_dma_read(*state, "to-host type=MRd nth=1 : duplicate");
}

static void test_dma_data_is_changed(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;

	start(bench, "to-host type=MWr bytes=64 nth=1 : corrupt data+5");
	fk_write32(fk, CARD_REG_BUFFER + 4, 0x44332211);
	dma(fk, 64, 2);
	wait_msi(fk, 1);
	assert_int_equal(fk->mem[4], 0x11);
	assert_int_equal(fk->mem[5], 0x22 ^ 1);
	stop(bench, 1);
}

static void test_the_link_goes_down(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-host type=CplD offset=0 nth=1 : link-down");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_NOTHING);
	fk_set_state(fk, PCIEM_KERNEL_FAILED);
	rig_join(&bench->rig);
	assert_int_equal(bench->rig.result.end, RISER_END_FAULT);
	finish(bench, 1);
}

/* What the card sent before it noticed is in the record too. */
static void test_the_link_goes_down_in_a_burst(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;

	start(bench, "to-host type=MWr nth=50 : link-down");
	fk_write32(fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR);
	fk_write32(fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(fk, CARD_REG_BURST, 200);
	assert_true(fk_wait_bridge(fk, PCIEM_BRIDGE_DOWN));
	fk_set_state(fk, PCIEM_KERNEL_FAILED);
	rig_join(&bench->rig);
	assert_int_equal(bench->rig.result.end, RISER_END_FAULT);
	finish(bench, 1);
}

/* A pointer that was changed on its way is not the card's mistake. */
static void test_a_miss_after_a_changed_write_is_explained(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-card type=MWr offset=8 nth=1 : corrupt data+3^0x40");
	fk_write32(fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR);
	assert_int_equal(fk_read32(fk, CARD_REG_DMA_LO, &value), FK_SC);
	fk_event(fk, PCIEM_EVENT_DMA_MISS, "read of 64 bytes: no mapping");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	assert_non_null(rig_finding(&bench->rig, RISER_FINDING_DMA_MISS));
	stop(bench, 1);
}

/* Nor is a request that came in another function's name, which is no bus master. */
static void test_a_changed_requester_is_explained(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value;

	start(bench, "to-host type=MWr bytes=64 nth=1 : corrupt requester^1");
	dma(fk, 64, 2);
	wait_msi(fk, 1);
	fk_event(fk, PCIEM_EVENT_BME, "memory write of 64 bytes");
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	assert_non_null(rig_finding(&bench->rig, RISER_FINDING_BUS_MASTER));
	stop(bench, 1);
}

static void test_a_fault_in_every_direction_at_once(void **state)
{
	struct bench *bench = *state;
	struct fk *fk = &bench->rig.fk;
	uint32_t value, i, got = 0;

	add_rule(bench, "to-card permille=50 seed=1 mark=go : delay 700");
	add_rule(bench, "to-host permille=50 seed=2 mark=go : reorder");
	start(bench, "to-host permille=20 seed=3 mark=go : withhold 300");
	fk_push(fk, PCIEM_REC_MARK, 0, 0, "go", 2);
	for (i = 0; i < 300; i++) {
		fk_write32(fk, CARD_REG_SCRATCH, i);
		assert_int_equal(fk_read32(fk, CARD_REG_SCRATCH, &value), FK_SC);
		assert_int_equal(value, i);
		if (i % 16)
			continue;
		dma(fk, 256, 1 + i / 16 % 2);
		wait_msi(fk, ++got);
	}
	for (i = 0; injection(bench, i); i++)
		;
	assert_true(i > 20);
	stop(bench, i);
}

/* A fault that never comes up hides nothing that the card does. */
static void test_a_wrong_channel_is_told_with_faults(void **state)
{
	struct bench *bench = *state;
	struct rig *rig = &bench->rig;
	struct fk *fk = &rig->fk;
	const struct riser_finding *finding;
	uint32_t value;

	start(bench, "to-host type=CplD bar=0 offset=0x18 : drop");
	fk_write32(fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR);
	fk_write32(fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(fk, CARD_REG_WRONG_CHANNEL, 1);
	assert_int_equal(fk_read32(fk, CARD_REG_ID, &value), FK_SC);
	fk_serve(fk, 1000000);
	rig_stop(rig);
	finding = rig_finding(rig, RISER_FINDING_OTHER);
	assert_non_null(finding);
	assert_string_equal(finding->rule, "FC-07");
	assert_null(injection(bench, 0));
	rig_fini(rig);
	riser_check_observer_destroy(bench->checker);
	replays();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(a_dropped_read_times_out),
		T(a_dropped_completion_times_out),
		T(a_dropped_write_is_lost),
		T(the_function_is_matched),
		T(ur_and_ca_in_the_cards_name),
		T(a_config_read_answers_ca),
		T(delays_keep_the_order),
		T(a_delay_beyond_the_timeout),
		T(corrupt_data_and_tag),
		T(a_duplicate_read_gets_a_stray_completion),
		T(reads_are_reordered),
		T(a_write_is_not_reordered),
		T(poison_reaches_the_host),
		T(the_card_gives_no_credits),
		T(the_host_gives_no_credits),
		T(completions_are_split),
		T(an_interrupt_is_lost_or_doubled),
		T(a_dma_read_is_refused),
		T(a_dma_read_is_changed),
		T(a_dma_read_comes_twice),
		T(dma_data_is_changed),
		T(the_link_goes_down),
		T(the_link_goes_down_in_a_burst),
		T(a_miss_after_a_changed_write_is_explained),
		T(a_changed_requester_is_explained),
		T(a_fault_in_every_direction_at_once),
		T(a_wrong_channel_is_told_with_faults),
#undef T
	};
	char command[128];
	int ret;

	if (!mkdtemp(dir))
		return 1;
	snprintf(record, sizeof(record), "%s/tlp.rec.zst", dir);
	snprintf(capture, sizeof(capture), "%s/run.pcapng", dir);
	snprintf(account, sizeof(account), "%s/bridge.json", dir);
	ret = cmocka_run_group_tests_name("fault.inject", tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (!getenv("RISER_KEEP") && system(command))
		return 1;
	return ret;
}
