// SPDX-License-Identifier: Apache-2.0
/*
 * The engine between a fake kernel and a card in C: traffic, ordering, resets,
 * failures in words, ends.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../cosim/ctest_model/card.h"
#include "rig.h"

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part))
		return;
	print_error("\"%s\" is not in \"%s\"\n", part, text);
	fail();
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct rig));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* ---- traffic ---- */

static void test_reads_and_writes_reach_the_card(void **state)
{
	struct rig *rig = *state;
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_SC);
	assert_int_equal(value, CARD_ID);
	fk_write32(&rig->fk, CARD_REG_SCRATCH, 0xcafe0001);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(value, 0xcafe0001);
	rig_stop(rig);

	assert_int_equal(rig->result.end, RISER_END_STOPPED);
	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(rig->fk.nr_stray, 0);
	assert_int_equal(riser_engine_stats(rig->engine)->mmio_reads, 2);
	assert_int_equal(riser_engine_stats(rig->engine)->mmio_writes, 17);
	assert_int_equal(riser_engine_stats(rig->engine)->cfg_reads, 13);
	assert_int_equal(riser_engine_stats(rig->engine)->cpl_ur, 7);
	assert_int_equal(riser_engine_stats(rig->engine)->read_cycles.nr, 2);
	assert_true(riser_engine_stats(rig->engine)->read_cycles.max < 100);
	assert_int_equal(__atomic_load_n(&rig->fk.bw->state, __ATOMIC_ACQUIRE),
			 PCIEM_BRIDGE_ABSENT);
	rig_fini(rig);
}

static void test_many_requests_wrap_both_rings(void **state)
{
	struct rig *rig = *state;
	uint32_t value, i, j;
	uint8_t tag[16];

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	for (i = 0; i < 1500; i++) {
		fk_write32(&rig->fk, CARD_REG_SCRATCH, i);
		for (j = 0; j < 16; j++)
			tag[j] = fk_post_read32(&rig->fk, CARD_REG_SCRATCH);
		for (j = 0; j < 16; j++) {
			assert_int_equal(fk_wait(&rig->fk, tag[j], &value), 0);
			assert_int_equal(value, i);
		}
	}
	rig_stop(rig);
	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(riser_engine_stats(rig->engine)->mmio_reads,
			 1500 * 16);
	rig_fini(rig);
}

static void test_back_pressure_changes_nothing_but_time(void **state)
{
	struct rig *rig = *state;
	uint32_t value, i;

	rig_init(rig, 1 << 16);
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		rig->config.stall_rx[i] = (struct riser_stall){ 200, 700, i };
		rig->config.stall_tx[i] = (struct riser_stall){ 0, 500, 9 + i };
	}
	rig_start_enumerated(rig);
	for (i = 0; i < 300; i++) {
		fk_write32(&rig->fk, CARD_REG_SCRATCH, i);
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_SCRATCH, &value),
				 FK_SC);
		assert_int_equal(value, i);
	}
	rig_stop(rig);
	assert_int_equal(rig->result.nr_errors, 0);
	rig_fini(rig);
}

static void test_a_blocked_read_does_not_block_a_write(void **state)
{
	struct rig *rig = *state;
	uint32_t value;
	uint8_t tag;

	rig_init(rig, 1 << 16);
	rig->config.timeout_cycles = 2000000000;
	rig_start_enumerated(rig);
	/* for ever, as far as this test goes: only a reset ends it */
	fk_write32(&rig->fk, CARD_REG_NP_BLOCK, 4000000000U);
	tag = fk_post_read32(&rig->fk, CARD_REG_ID);
	memset(rig->fk.mem, 0x5a, 256);
	fk_write32(&rig->fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR);
	fk_write32(&rig->fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(&rig->fk, CARD_REG_DMA_BYTES, 256);
	/* needs posted requests and completions to pass the read */
	fk_write32(&rig->fk, CARD_REG_DMA_GO, 1);
	while (!rig->fk.nr_msi)
		fk_serve(&rig->fk, 100000);
	assert_int_equal(rig->fk.last_msi, 0x4000);
	assert_true(rig->fk.slot[tag].waits);
	fk_reset(&rig->fk, PCIEM_RESET_HOT_ASSERT);
	assert_int_equal(fk_wait(&rig->fk, tag, &value), FK_TIMEOUT);
	fk_reset(&rig->fk, PCIEM_RESET_HOT_RELEASE);
	assert_int_equal(fk_cfg_read(&rig->fk, FK_BDF, 0, &value), FK_SC);
	assert_int_equal(value, CARD_VENDOR_DEVICE);
	rig_stop(rig);
	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(riser_engine_stats(rig->engine)->msix_messages, 1);
	assert_int_equal(riser_engine_stats(rig->engine)->resets, 1);
	rig_fini(rig);
}

static void test_a_read_does_not_pass_a_write(void **state)
{
	struct rig *rig = *state;
	uint32_t value, i;

	rig_init(rig, 1 << 16);
	/* writes are slow to be taken, reads are not */
	rig->config.stall_rx[RISER_POSTED].permille = 950;
	rig_start_enumerated(rig);
	for (i = 1; i < 100; i++) {
		fk_write32(&rig->fk, CARD_REG_SCRATCH, 0);
		fk_write32(&rig->fk, CARD_REG_SCRATCH, i);
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_SCRATCH, &value),
				 FK_SC);
		assert_int_equal(value, i);
	}
	rig_stop(rig);
	rig_fini(rig);
}

static void test_dma_goes_both_ways(void **state)
{
	struct rig *rig = *state;
	uint32_t i;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	for (i = 0; i < 4096; i++)
		rig->fk.mem[i] = (uint8_t)(i * 7);
	fk_write32(&rig->fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR);
	fk_write32(&rig->fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(&rig->fk, CARD_REG_DMA_BYTES, 4096);
	fk_write32(&rig->fk, CARD_REG_DMA_GO, 1);
	while (rig->fk.nr_msi < 1)
		fk_serve(&rig->fk, 100000);
	fk_write32(&rig->fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR + 8192);
	fk_write32(&rig->fk, CARD_REG_DMA_GO, 2);
	while (rig->fk.nr_msi < 2)
		fk_serve(&rig->fk, 100000);
	assert_memory_equal(rig->fk.mem, rig->fk.mem + 8192, 4096);
	rig_stop(rig);
	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(riser_engine_stats(rig->engine)->dma_read_bytes, 4096);
	assert_int_equal(riser_engine_stats(rig->engine)->dma_write_bytes, 4096);
	assert_int_equal(riser_engine_stats(rig->engine)->dma_reads, 32);
	assert_int_equal(riser_engine_stats(rig->engine)->dma_cycles.nr, 32);
	assert_int_equal(riser_engine_stats(rig->engine)->msix_messages, 2);
	rig_fini(rig);
}

static void test_a_full_up_ring_stops_the_clock_and_loses_nothing(void **state)
{
	struct rig *rig = *state;
	uint32_t i;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	fk_write32(&rig->fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR);
	fk_write32(&rig->fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	/* 64 bytes of ring for each: more than three rings full */
	for (i = 0; i < 4; i++)
		fk_write32(&rig->fk, CARD_REG_BURST, 1000);
	/* nobody takes anything for a while */
	usleep(100000);
	assert_true(__atomic_load_n(&rig->fk.bw->up_head, __ATOMIC_ACQUIRE) -
		    rig->fk.up_tail <= 1 << 16);
	while (rig->fk.nr_writes < 1000) {
		fk_poll(&rig->fk);
		assert_false(rig->fk.order_is_broken);
	}
	while (rig->fk.nr_writes < 4000)
		fk_poll(&rig->fk);
	rig_stop(rig);
	assert_true(riser_engine_stats(rig->engine)->full_stops > 0);
	assert_int_equal(riser_engine_stats(rig->engine)->dma_writes, 4000);
	rig_fini(rig);
}

/* ---- clock ---- */

static void test_an_idle_card_stops_the_clock_and_wakes(void **state)
{
	struct rig *rig = *state;
	uint64_t before;
	uint32_t value;
	int i;

	rig_init(rig, 1 << 16);
	rig->config.idle = RISER_IDLE_STOP;
	rig_start_enumerated(rig);
	fk_serve(&rig->fk, 50000000);
	before = __atomic_load_n(&rig->fk.bw->cycles, __ATOMIC_RELAXED);
	assert_int_equal(__atomic_load_n(&rig->fk.bw->need_kick,
					 __ATOMIC_RELAXED), 1);
	fk_serve(&rig->fk, 250000000);
	/* a glance now and then costs a few cycles at most */
	assert_true(__atomic_load_n(&rig->fk.bw->cycles, __ATOMIC_RELAXED) -
		    before < 100);
	for (i = 0; i < 200; i++) {
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), 0);
		if (i % 20 == 0)
			fk_serve(&rig->fk, 2000000);
	}
	rig_stop(rig);
	assert_true(riser_engine_stats(rig->engine)->idle_stops > 10);
	assert_true(riser_engine_stats(rig->engine)->idle_ns > 200000000);
	/* of 4 ns each */
	assert_true(riser_engine_stats(rig->engine)->skipped_cycles > 50000000);
	rig_fini(rig);
}

/* Both sides sleep at every turn: one lost wake-up would cost 5 s. */
static void test_no_wake_up_is_lost(void **state)
{
	struct rig *rig = *state;
	uint32_t value, i;

	rig_init(rig, 1 << 16);
	rig->config.idle = RISER_IDLE_STOP;
	rig->config.spin_us = 1;
	rig_start_enumerated(rig);
	rig->fk.sleeps = true;
	for (i = 0; i < 5000; i++) {
		fk_write32(&rig->fk, CARD_REG_SCRATCH, i);
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_SCRATCH, &value),
				 FK_SC);
		assert_int_equal(value, i);
	}
	rig_stop(rig);
	assert_true(rig->fk.nr_sleeps > 100);
	assert_true(riser_engine_stats(rig->engine)->kicks > 100);
	assert_true(rig->result.wall_s < 30);
	rig_fini(rig);
}

static void test_a_busy_card_keeps_its_clock(void **state)
{
	static const char *const plusargs[] = { "+busy" };
	struct rig *rig = *state;
	uint64_t before;
	int i;

	rig_init(rig, 1 << 16);
	rig->config.idle = RISER_IDLE_STOP;
	rig->config.plusargs = plusargs;
	rig->config.nr_plusargs = 1;
	rig_start_enumerated(rig);
	before = __atomic_load_n(&rig->fk.bw->cycles, __ATOMIC_RELAXED);
	/* the machine may be busy: up to 10 s */
	for (i = 0; i < 200 && __atomic_load_n(&rig->fk.bw->cycles,
					       __ATOMIC_RELAXED) - before <=
				       10000; i++)
		fk_serve(&rig->fk, 50000000);
	assert_true(i < 200);
	rig_stop(rig);
	assert_int_equal(riser_engine_stats(rig->engine)->idle_stops, 0);
	rig_fini(rig);
}

static double wall_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/*
 * Some tenths of a second of a clock of @hz, however long a busy machine takes for
 * them: it gets there, and was never ahead by more than what it may catch up (10 ms)
 * and what it simulates at once.
 */
static void assert_pace(struct rig *rig, double hz)
{
	double since_s = wall_s();
	uint64_t before = __atomic_load_n(&rig->fk.bw->cycles, __ATOMIC_RELAXED), cycles;
	int i;

	for (i = 0; i < 200; i++) {
		fk_serve(&rig->fk, 50000000);
		cycles = __atomic_load_n(&rig->fk.bw->cycles, __ATOMIC_RELAXED) - before;
		assert_true((double)cycles <= hz * ((wall_s() - since_s) * 1.05 + 0.03));
		if ((double)cycles > hz / 4)
			return;
	}
	fail_msg("%llu cycles in 10 s", (unsigned long long)cycles);
}

static void test_a_paced_clock_keeps_its_pace(void **state)
{
	struct rig *rig = *state;
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig->config.idle = RISER_IDLE_PACE;
	rig->config.pace_hz = 100000;
	rig_start_enumerated(rig);
	assert_pace(rig, 100000);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_SC);
	rig_stop(rig);
	rig_fini(rig);
}

/* A thousandth of time on the wall: 250,000 cycles of 4 ns in a second. */
static void test_a_ratio_of_wall_time_is_kept(void **state)
{
	struct rig *rig = *state;

	rig_init(rig, 1 << 16);
	rig->config.idle = RISER_IDLE_PACE;
	rig->config.pace_ratio = 0.001;
	rig_start_enumerated(rig);
	assert_pace(rig, 250000);
	rig_stop(rig);
	assert_true(riser_engine_stats(rig->engine)->skipped_cycles > 1000000);
	rig_fini(rig);
}

/* ---- findings ---- */

static void test_a_read_without_completion_is_named(void **state)
{
	const struct riser_finding *finding;
	struct rig *rig = *state;
	uint32_t value = 0;

	rig_init(rig, 1 << 16);
	rig->config.timeout_cycles = 5000;
	rig_start_enumerated(rig);
	fk_site(&rig->fk, 7, rig->fk.pc,
		"nvme_pci_reg_read32+0x1c/0x30 [nvme]\n"
		"nvme_wait_ready+0x6e/0x90 [nvme_core]\n"
		"nvme_reset_work+0x1a2/0x900 [nvme]\n");
	rig->fk.site = 7;
	fk_write32(&rig->fk, CARD_REG_SCRATCH, 0x00460001);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_HOLE, &value),
			 FK_TIMEOUT);
	/* the card lives on */
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_SC);
	rig_stop(rig);

	finding = rig_finding(rig, RISER_FINDING_TIMEOUT);
	assert_non_null(finding);
	assert_has(finding->text, "MRd64 BAR0+0x1c len 1DW tag ");
	assert_has(finding->text, "nvme_wait_ready+0x6e/0x90 [nvme_core]");
	assert_has(finding->text, "after 5000 cycles: the card took it by cycle");
	assert_has(finding->caller, "cpu 1 pid 41 kworker/u4:2");
	assert_has(finding->before, "MWr64 BAR0+0x4 len 1DW = 0x00460001 from 00:00.0, ");
	assert_has(finding->before, strstr(finding->before, ", 1 ") ? " cycle earlier" : " cycles earlier");
	assert_true(finding->is_error);
	assert_int_equal(rig->result.nr_errors, 1);
	assert_int_equal(riser_engine_stats(rig->engine)->timeouts, 1);
	rig_fini(rig);
}

static void test_a_read_that_is_never_taken_is_named(void **state)
{
	const struct riser_finding *finding;
	struct rig *rig = *state;
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig->config.timeout_cycles = 3000;
	rig_start_enumerated(rig);
	fk_write32(&rig->fk, CARD_REG_NP_BLOCK, 20000);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_TIMEOUT);
	fk_serve(&rig->fk, 50000000);
	rig_stop(rig);
	finding = rig_finding(rig, RISER_FINDING_TIMEOUT);
	assert_non_null(finding);
	assert_has(finding->text, "never took it");
	/* taken after all, and completed: late, but no second failure */
	assert_non_null(rig_finding(rig, RISER_FINDING_LATE_CPL));
	assert_int_equal(rig->result.nr_errors, 1);
	assert_int_equal(rig->fk.nr_stray, 1);
	rig_fini(rig);
}

static void test_a_slow_read_is_late(void **state)
{
	const struct riser_finding *finding;
	struct rig *rig = *state;
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_SLOW, &value),
			 FK_TIMEOUT);
	while (!rig->fk.nr_stray)
		fk_serve(&rig->fk, 100000);
	rig_stop(rig);
	finding = rig_finding(rig, RISER_FINDING_LATE_CPL);
	assert_non_null(finding);
	assert_false(finding->is_error);
	assert_int_equal(rig->result.nr_errors, 1);
	rig_fini(rig);
}

static void test_error_completions_are_named(void **state)
{
	const struct riser_finding *finding;
	struct rig *rig = *state;
	uint32_t value, i;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	for (i = 0; i < 3; i++)
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_UR, &value),
				 FK_UR);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_CA, &value), FK_CA);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_POISON, &value), FK_SC);
	rig_stop(rig);
	finding = rig_finding(rig, RISER_FINDING_UR);
	assert_non_null(finding);
	assert_has(finding->text, "MRd64 BAR0+0x20");
	assert_int_equal(finding->count, 3);
	assert_non_null(rig_finding(rig, RISER_FINDING_CA));
	assert_non_null(rig_finding(rig, RISER_FINDING_POISONED));
	assert_int_equal(rig->result.nr_findings, 3);
	assert_int_equal(rig->result.nr_errors, 5);
	rig_fini(rig);
}

static void test_stray_and_malformed_tlps_are_named(void **state)
{
	struct rig *rig = *state;
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig->config.timeout_cycles = 1000;
	rig_start_enumerated(rig);
	fk_write32(&rig->fk, CARD_REG_STRAY, 1);
	fk_write32(&rig->fk, CARD_REG_MALFORMED, 1);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_WRONG_ID, &value),
			 FK_TIMEOUT);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_SC);
	/* the kernel's own report of the same is not told twice */
	fk_event(&rig->fk, PCIEM_EVENT_UNEXPECTED_CPL, "tag 238");
	fk_event(&rig->fk, PCIEM_EVENT_UNEXPECTED_CPL, "tag 3");
	fk_event(&rig->fk, PCIEM_EVENT_MALFORMED, "of 16 bytes");
	fk_event(&rig->fk, PCIEM_EVENT_MALFORMED, "byte enables of 0/3");
	rig_stop(rig);
	assert_int_equal(riser_engine_stats(rig->engine)->unexpected_cpl, 2);
	assert_non_null(rig_finding(rig, RISER_FINDING_UNEXPECTED_CPL));
	assert_non_null(rig_finding(rig, RISER_FINDING_MALFORMED));
	assert_int_equal(rig->fk.nr_malformed, 1);
	/* two stray, one malformed, one timeout, one that only the kernel saw */
	assert_int_equal(rig->result.nr_errors, 5);
	rig_fini(rig);
}

static void test_events_of_the_kernel_are_findings(void **state)
{
	const struct riser_finding *finding;
	struct rig *rig = *state;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	fk_event(&rig->fk, PCIEM_EVENT_INFO, "just so");
	fk_event(&rig->fk, PCIEM_EVENT_STATE, "scan done");
	fk_event(&rig->fk, PCIEM_EVENT_DMA_MISS,
		 "write of 64 bytes to 0x1234, 4 bytes behind a buffer");
	fk_event(&rig->fk, PCIEM_EVENT_TIMEOUT, "read of BAR0+0x1c");
	fk_event(&rig->fk, 4711, "from the future");
	fk_event(&rig->fk, PCIEM_EVENT_UR, "MRd64 of 0x20 by f+0x1/0x2 answered with UR");
	fk_event(&rig->fk, PCIEM_EVENT_REFUSED, "IOWr from 01:00.0 refused: no");
	fk_push(&rig->fk, PCIEM_REC_MARK, 0, 0, "here", 4);
	rig_stop(rig);
	finding = rig_finding(rig, RISER_FINDING_DMA_MISS);
	assert_non_null(finding);
	assert_has(finding->text, "4 bytes behind a buffer");
	assert_non_null(rig_finding(rig, RISER_FINDING_DEADLINE));
	assert_non_null(rig_finding(rig, RISER_FINDING_REFUSED));
	assert_int_equal(rig->result.nr_errors, 3);
	assert_int_equal(riser_engine_stats(rig->engine)->marks, 1);
	rig_fini(rig);
}

static void test_messages_of_the_rtl_are_passed_on(void **state)
{
	const struct riser_finding *finding;
	struct rig *rig = *state;
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	fk_write32(&rig->fk, CARD_REG_ERROR, 1);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_SC);
	rig_stop(rig);
	finding = rig_finding(rig, RISER_FINDING_MODEL_ERROR);
	assert_non_null(finding);
	assert_has(finding->text, "card.c:1: something is odd");
	assert_has(rig->messages, "3 card.c:1 something is odd");
	assert_int_equal(rig->result.end, RISER_END_STOPPED);
	rig_fini(rig);
}

/* ---- resets and sessions ---- */

static void test_resets_of_both_kinds(void **state)
{
	static const uint32_t kinds[][2] = {
		{ PCIEM_RESET_HOT_ASSERT, PCIEM_RESET_HOT_RELEASE },
		{ PCIEM_RESET_PERST_ASSERT, PCIEM_RESET_PERST_RELEASE },
		{ PCIEM_RESET_LINK_DOWN, PCIEM_RESET_LINK_UP },
	};
	struct rig *rig = *state;
	uint32_t value, i;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	for (i = 0; i < 3; i++) {
		fk_write32(&rig->fk, CARD_REG_SCRATCH, 5);
		fk_reset(&rig->fk, kinds[i][0]);
		/* what is sent to a card in reset comes to nothing, at once */
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value),
				 FK_TIMEOUT);
		fk_write32(&rig->fk, CARD_REG_SCRATCH, 6);
		fk_reset(&rig->fk, kinds[i][1]);
		assert_true(fk_enumerate(&rig->fk));
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_SCRATCH, &value),
				 FK_SC);
		assert_int_equal(value, 0);
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_RESETS, &value),
				 FK_SC);
		/* power-on was the first */
		assert_int_equal(value, i + 2);
	}
	rig_stop(rig);
	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(riser_engine_stats(rig->engine)->dropped_link_down, 6);
	rig_fini(rig);
}

static void test_both_resets_at_once(void **state)
{
	struct rig *rig = *state;
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	fk_reset(&rig->fk, PCIEM_RESET_HOT_RELEASE);	/* means nothing */
	fk_reset(&rig->fk, PCIEM_RESET_HOT_ASSERT);
	fk_reset(&rig->fk, PCIEM_RESET_LINK_DOWN);
	fk_reset(&rig->fk, PCIEM_RESET_PERST_ASSERT);
	fk_reset(&rig->fk, PCIEM_RESET_HOT_RELEASE);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_TIMEOUT);
	fk_reset(&rig->fk, PCIEM_RESET_LINK_UP);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_TIMEOUT);
	fk_reset(&rig->fk, PCIEM_RESET_PERST_RELEASE);
	assert_true(fk_enumerate(&rig->fk));
	rig_stop(rig);
	rig_fini(rig);
}

static void test_the_kernel_may_come_back(void **state)
{
	struct rig *rig = *state;
	uint32_t value, epoch, i;

	rig_init(rig, 1 << 16);
	rig->config.one_session = false;
	rig->config.timeout_cycles = 2000000000;
	rig_start_enumerated(rig);
	for (i = 0; i < 3; i++) {
		epoch = rig->fk.epoch;
		fk_post_read32(&rig->fk, CARD_REG_HOLE);
		fk_detach(&rig->fk);
		assert_true(fk_attach(&rig->fk));
		assert_int_not_equal(rig->fk.epoch, epoch);
		assert_true(fk_wait_bridge(&rig->fk, PCIEM_BRIDGE_UP));
		fk_set_state(&rig->fk, PCIEM_KERNEL_SCANNING);
		assert_true(fk_enumerate(&rig->fk));
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), 0);
		fk_set_state(&rig->fk, PCIEM_KERNEL_RUNNING);
	}
	/* a machine that was reset: the module starts anew in old memory */
	fk_set_state(&rig->fk, PCIEM_KERNEL_ATTACHED);
	assert_true(fk_attach(&rig->fk));
	assert_true(fk_wait_bridge(&rig->fk, PCIEM_BRIDGE_UP));
	rig_stop(rig);
	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(riser_engine_stats(rig->engine)->sessions, 5);
	rig_fini(rig);
}

static void test_a_pulled_card_comes_back(void **state)
{
	struct rig *rig = *state;
	uint32_t value, epoch, i;

	rig_init(rig, 1 << 16);
	rig->config.timeout_cycles = 2000000000;
	rig_start_enumerated(rig);
	for (i = 0; i < 2; i++) {
		epoch = rig->fk.epoch;
		fk_write32(&rig->fk, CARD_REG_SCRATCH, 5);
		fk_post_read32(&rig->fk, CARD_REG_HOLE);
		riser_engine_slot(rig->engine);
		assert_true(fk_wait_bridge(&rig->fk, PCIEM_BRIDGE_DOWN));
		fk_set_state(&rig->fk, PCIEM_KERNEL_FAILED);
		fk_set_state(&rig->fk, PCIEM_KERNEL_DETACHED);
		riser_engine_slot(rig->engine);
		assert_true(fk_attach(&rig->fk));
		assert_int_not_equal(rig->fk.epoch, epoch);
		assert_true(fk_wait_bridge(&rig->fk, PCIEM_BRIDGE_UP));
		fk_set_state(&rig->fk, PCIEM_KERNEL_SCANNING);
		assert_true(fk_enumerate(&rig->fk));
		/* it had no power meanwhile */
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_SCRATCH, &value), 0);
		assert_int_equal(value, 0);
		fk_set_state(&rig->fk, PCIEM_KERNEL_RUNNING);
	}
	riser_engine_slot(rig->engine);
	assert_true(fk_wait_bridge(&rig->fk, PCIEM_BRIDGE_DOWN));
	riser_engine_stop(rig->engine, false);
	rig_join(rig);
	assert_int_equal(rig->result.end, RISER_END_STOPPED);
	assert_has(rig->result.text, "out of its slot");
	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(riser_engine_stats(rig->engine)->sessions, 3);
	rig_fini(rig);
}

static void test_a_stale_session_is_ended_first(void **state)
{
	struct rig *rig = *state;

	rig_init(rig, 1 << 16);
	/* a bridge that died left this behind, and nobody cleaned up */
	rig->fk.bw->state = PCIEM_BRIDGE_UP;
	rig->fk.bw->epoch = 1234;
	rig->fk.bw->up_head = 4096;
	rig->fk.kw->epoch = 1234;
	rig->fk.kw->down_head = 8192;
	rig->fk.kw->state = PCIEM_KERNEL_FAILED;
	rig_start_enumerated(rig);
	rig_stop(rig);
	assert_int_equal(rig->result.end, RISER_END_STOPPED);
	assert_int_equal(rig->result.nr_errors, 0);
	rig_fini(rig);
}

/* ---- ends ---- */

static void test_fatal_takes_the_link_down(void **state)
{
	const struct riser_finding *finding;
	struct rig *rig = *state;
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	fk_write32(&rig->fk, CARD_REG_FATAL, 1);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_NOTHING);
	fk_set_state(&rig->fk, PCIEM_KERNEL_FAILED);
	rig_join(rig);
	assert_int_equal(rig->result.end, RISER_END_MODEL);
	finding = rig_finding(rig, RISER_FINDING_MODEL_FATAL);
	assert_non_null(finding);
	assert_has(finding->text, "fifo overflow");
	assert_int_equal(__atomic_load_n(&rig->fk.bw->state, __ATOMIC_ACQUIRE),
			 PCIEM_BRIDGE_DOWN);
	rig_fini(rig);
}

static void test_finish_takes_the_link_down(void **state)
{
	struct rig *rig = *state;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	fk_write32(&rig->fk, CARD_REG_FINISH, 1);
	rig_join(rig);
	assert_int_equal(rig->result.end, RISER_END_MODEL);
	assert_non_null(rig_finding(rig, RISER_FINDING_MODEL_FINISH));
	rig_fini(rig);
}

static void test_surprise_is_at_once(void **state)
{
	struct rig *rig = *state;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	riser_engine_stop(rig->engine, true);
	rig_join(rig);
	assert_int_equal(rig->result.end, RISER_END_SURPRISE);
	assert_true(rig->result.wall_s < 3);
	rig_fini(rig);
}

static void test_a_kernel_that_does_not_let_go_is_left(void **state)
{
	struct rig *rig = *state;

	rig_init(rig, 1 << 16);
	rig->config.leave_ms = 100;
	rig_start_enumerated(rig);
	riser_engine_stop(rig->engine, false);
	assert_true(fk_wait_bridge(&rig->fk, PCIEM_BRIDGE_LEAVING));
	rig_join(rig);
	assert_int_equal(rig->result.end, RISER_END_SURPRISE);
	assert_has(rig->result.text, "mounted");
	rig_fini(rig);
}

static void test_a_kernel_that_fails_ends_the_run(void **state)
{
	struct rig *rig = *state;

	rig_init(rig, 1 << 16);
	rig_start_enumerated(rig);
	fk_event(&rig->fk, PCIEM_EVENT_TIMEOUT, "third one in a row");
	rig->fk.kw->reason = PCIEM_REASON_DEADLINE;
	fk_set_state(&rig->fk, PCIEM_KERNEL_FAILED);
	rig_join(rig);
	assert_int_equal(rig->result.end, RISER_END_KERNEL_FAILED);
	assert_non_null(rig_finding(rig, RISER_FINDING_LINK_DOWN));
	assert_non_null(rig_finding(rig, RISER_FINDING_DEADLINE));
	rig_fini(rig);
}

static void test_without_a_kernel_it_ends_in_time(void **state)
{
	struct rig *rig = *state;

	rig_init(rig, 1 << 16);
	rig->config.attach_ms = 50;
	assert_int_equal(riser_engine_create(&rig->config, &rig->engine,
					     rig->error), 0);
	assert_int_equal(riser_engine_run(rig->engine, &rig->result), 0);
	assert_int_equal(rig->result.end, RISER_END_NO_KERNEL);
	assert_int_equal(rig->result.sim_cycles, 0);
	rig_fini(rig);
}

static void test_stop_before_a_kernel_is_there(void **state)
{
	struct rig *rig = *state;

	rig_init(rig, 1 << 16);
	assert_int_equal(riser_engine_create(&rig->config, &rig->engine,
					     rig->error), 0);
	riser_engine_stop(rig->engine, false);
	assert_int_equal(riser_engine_run(rig->engine, &rig->result), 0);
	assert_int_equal(rig->result.end, RISER_END_STOPPED);
	rig_fini(rig);
}

static void run_into_bad_ring(struct rig *rig)
{
	rig_join(rig);
	assert_int_equal(rig->result.end, RISER_END_RING);
	assert_non_null(rig_finding(rig, RISER_FINDING_RING));
	assert_int_equal(__atomic_load_n(&rig->fk.bw->state, __ATOMIC_ACQUIRE),
			 PCIEM_BRIDGE_DOWN);
	rig_fini(rig);
}

static void test_bad_records_take_the_link_down(void **state)
{
	static const uint8_t no_tlp[12] = { 0x1f };
	static const uint8_t big_np[80] = { 0x5b, 0, 0, 17, [7] = 0xff };
	struct rig *rig = *state;
	int i;

	for (i = 0; i < 6; i++) {
		rig_init(rig, 1 << 16);
		rig_start_enumerated(rig);
		switch (i) {
		case 0:
			fk_push(&rig->fk, PCIEM_REC_TLP, 0, 0, no_tlp, 12);
			break;
		case 1:
			fk_push(&rig->fk, PCIEM_REC_TLP, PCIEM_RECF_CALLER, 0,
				no_tlp, 12);
			break;
		case 2:
			fk_push(&rig->fk, 15, 0, 0, NULL, 0);
			break;
		case 3:
			fk_push(&rig->fk, PCIEM_REC_TLP, 0, 0, big_np, 80);
			break;
		case 4:
			__atomic_store_n(&rig->fk.kw->down_head,
					 rig->fk.down_head + (1 << 20),
					 __ATOMIC_RELEASE);
			break;
		case 5:
			__atomic_store_n(&rig->fk.kw->up_tail,
					 rig->fk.up_tail + (1 << 20),
					 __ATOMIC_RELEASE);
			/* it is read when half of the ring is used */
			fk_write32(&rig->fk, CARD_REG_BURST, 1000);
			break;
		}
		run_into_bad_ring(rig);
	}
}

/* ---- observers, configuration, output ---- */

struct witness {
	uint64_t seq, cycle, nr_tlps, nr_matched, nr_notes, nr_findings;
	uint32_t levels[16], nr_levels, nr_sites;
	bool is_out_of_order, has_started, has_finished;
	char function[128];
	struct riser_engine *engine;
};

static void saw_start(void *ctx, const struct riser_run_facts *facts)
{
	struct witness *w = ctx;

	w->has_started = facts->info->data_w == 64;
}

static void saw_tlp(void *ctx, const struct riser_tlp_event *event)
{
	static const struct riser_finding own = {
		.kind = RISER_FINDING_OTHER, .is_error = true,
		.text = "an observer's own",
	};
	struct witness *w = ctx;

	if (event->seq != w->seq++ || event->cycle + 1 < w->cycle)
		w->is_out_of_order = true;
	if (event->direction == RISER_TO_HOST && event->cycle < w->cycle)
		w->is_out_of_order = true;
	w->cycle = event->cycle;
	w->nr_tlps++;
	w->nr_matched += event->request_seq != RISER_NO_SEQ;
	if (event->caller && event->caller->function)
		strcpy(w->function, event->caller->function);
	if (w->nr_tlps == 40)
		riser_engine_report(w->engine, &own);
}

static void saw_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	struct witness *w = ctx;

	if (cycle < w->cycle)
		w->is_out_of_order = true;
	w->levels[w->nr_levels++ & 15] = levels;
}

static void saw_site(void *ctx, const struct riser_site *site)
{
	struct witness *w = ctx;

	w->nr_sites += site->site == 3;
}

static void saw_note(void *ctx, const struct riser_note *note)
{
	struct witness *w = ctx;

	w->nr_notes += note->text[0] != '\0';
}

static void saw_finding(void *ctx, const struct riser_finding *finding)
{
	struct witness *w = ctx;

	w->nr_findings += finding->kind == RISER_FINDING_OTHER;
}

static void saw_finish(void *ctx, uint64_t cycle)
{
	struct witness *w = ctx;

	w->has_finished = cycle >= w->cycle;
}

static const struct riser_observer_ops witness_ops = {
	.start = saw_start, .tlp = saw_tlp, .sideband = saw_sideband,
	.site = saw_site, .note = saw_note, .finding = saw_finding,
	.finish = saw_finish,
};

static void test_observers_see_everything_in_order(void **state)
{
	struct witness witness = { 0 };
	struct rig *rig = *state;
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig->config.observers[0] = (struct riser_observer){ &witness_ops,
							    &witness };
	rig->config.nr_observers = 1;
	assert_int_equal(riser_engine_create(&rig->config, &rig->engine,
					     rig->error), 0);
	riser_engine_destroy(rig->engine);
	rig_start(rig);
	witness.engine = rig->engine;
	fk_site(&rig->fk, 3, rig->fk.pc, "probe+0x1/0x2 [drv]\n");
	assert_true(fk_enumerate(&rig->fk));
	fk_reset(&rig->fk, PCIEM_RESET_HOT_ASSERT);
	fk_reset(&rig->fk, PCIEM_RESET_HOT_RELEASE);
	assert_int_equal(fk_cfg_read(&rig->fk, FK_BDF, 0, &value), FK_SC);
	rig_stop(rig);

	assert_true(witness.has_started);
	assert_true(witness.has_finished);
	assert_false(witness.is_out_of_order);
	/* 19 configuration requests to enumerate and one more, 16 writes */
	assert_int_equal(witness.nr_tlps, 20 * 2 + 16);
	assert_int_equal(witness.nr_matched, 20);
	assert_int_equal(witness.nr_sites, 1);
	assert_int_equal(witness.nr_findings, 1);
	assert_true(witness.nr_notes > 0);
	/* no site was named: it is found by the address of the access */
	assert_string_equal(witness.function, "probe+0x1/0x2 [drv]");
	assert_int_equal(witness.nr_levels, 6);
	assert_int_equal(witness.levels[0], RISER_SB_PERST);
	assert_int_equal(witness.levels[1], 0);
	assert_int_equal(witness.levels[2], RISER_SB_LINK_UP);
	assert_int_equal(witness.levels[3], RISER_SB_HOT_RESET);
	assert_int_equal(witness.levels[4], 0);
	assert_int_equal(witness.levels[5], RISER_SB_LINK_UP);
	rig_fini(rig);
}

struct first_contents {
	char preload[64];
	char mem[16];
};

static void on_start_contents(void *ctx, const struct riser_run_facts *facts)
{
	struct first_contents *seen = ctx;

	snprintf(seen->preload, sizeof(seen->preload), "%s", facts->preload[0]);
	memcpy(seen->mem, facts->mem[0], sizeof(seen->mem));
}

static void test_memories_begin_with_the_files_of_their_names(void **state)
{
	static const struct riser_observer_ops ops = { .start = on_start_contents };
	char path[] = "/tmp/riser-preload-XXXXXX", word[64], wrong[64];
	const char *words[] = { word };
	struct first_contents seen = { 0 };
	int fd = mkstemp(path);
	struct rig rig;

	(void)state;
	assert_true(write(fd, "the first words", 16) == 16);
	snprintf(word, sizeof(word), "mem=%s", path);
	rig_init(&rig, 1 << 16);
	rig.config.preloads = words;
	rig.config.nr_preloads = 1;
	rig.config.observers[rig.config.nr_observers++] = (struct riser_observer){ &ops, &seen };
	rig_start(&rig);
	rig_stop(&rig);
	rig_fini(&rig);
	assert_string_equal(seen.preload, path);
	assert_string_equal(seen.mem, "the first words");

	snprintf(wrong, sizeof(wrong), "rom=%s", path);
	words[0] = wrong;
	rig_init(&rig, 1 << 16);
	rig.config.preloads = words;
	rig.config.nr_preloads = 1;
	assert_int_equal(riser_engine_create(&rig.config, &rig.engine, rig.error), -EINVAL);
	assert_non_null(strstr(rig.error, "the model has no memory 'rom'"));
	rig_fini(&rig);
	close(fd);
	unlink(path);
}

static void test_impossible_configurations_are_refused(void **state)
{
	struct rig *rig = *state;
	struct riser_engine *engine;

	rig_init(rig, 1 << 16);
	rig->config.idle = RISER_IDLE_PACE;
	assert_int_equal(riser_engine_create(&rig->config, &engine, rig->error),
			 -EINVAL);
	assert_has(rig->error, "pace");
	rig->config.idle = RISER_IDLE_RUN;
	rig->config.model_path = "/nonexistent/model.so";
	assert_int_equal(riser_engine_create(&rig->config, &engine, rig->error),
			 -ENOENT);
	assert_has(rig->error, "/nonexistent/model.so");
	riser_link_close(rig->link);
}

static void test_the_result_is_valid_json(void **state)
{
	char path[] = "/tmp/riser-engine-XXXXXX", command[256];
	struct rig *rig = *state;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	rig_init(rig, 1 << 16);
	rig->config.timeout_cycles = 1000;
	rig_start_enumerated(rig);
	fk_event(&rig->fk, PCIEM_EVENT_DMA_MISS, "a \"quoted\" \\ text\n");
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_HOLE, NULL), FK_TIMEOUT);
	rig_stop(rig);
	assert_int_equal(riser_engine_write_json(rig->engine, path), 0);
	snprintf(command, sizeof(command),
		 "python3 -c \"import json; r = json.load(open('%s')); "
		 "assert r['end'] == 'stopped'; assert r['errors'] == 2; "
		 "assert r['stats']['tlps']['to_card']['MRd'] == 1; "
		 "assert len(r['findings']) == 2; "
		 "assert 'quoted' in r['findings'][0]['text']\"", path);
	assert_int_equal(system(command), 0);
	unlink(path);
	assert_int_equal(riser_engine_write_json(rig->engine,
						 "/nonexistent/x.json"),
			 -ENOENT);
	rig_fini(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reads_and_writes_reach_the_card),
		TEST(test_many_requests_wrap_both_rings),
		TEST(test_back_pressure_changes_nothing_but_time),
		TEST(test_a_blocked_read_does_not_block_a_write),
		TEST(test_a_read_does_not_pass_a_write),
		TEST(test_dma_goes_both_ways),
		TEST(test_a_full_up_ring_stops_the_clock_and_loses_nothing),
		TEST(test_an_idle_card_stops_the_clock_and_wakes),
		TEST(test_no_wake_up_is_lost),
		TEST(test_a_busy_card_keeps_its_clock),
		TEST(test_a_paced_clock_keeps_its_pace),
		TEST(test_a_ratio_of_wall_time_is_kept),
		TEST(test_a_read_without_completion_is_named),
		TEST(test_a_read_that_is_never_taken_is_named),
		TEST(test_a_slow_read_is_late),
		TEST(test_error_completions_are_named),
		TEST(test_stray_and_malformed_tlps_are_named),
		TEST(test_events_of_the_kernel_are_findings),
		TEST(test_messages_of_the_rtl_are_passed_on),
		TEST(test_resets_of_both_kinds),
		TEST(test_both_resets_at_once),
		TEST(test_the_kernel_may_come_back),
		TEST(test_a_pulled_card_comes_back),
		TEST(test_a_stale_session_is_ended_first),
		TEST(test_fatal_takes_the_link_down),
		TEST(test_finish_takes_the_link_down),
		TEST(test_surprise_is_at_once),
		TEST(test_a_kernel_that_does_not_let_go_is_left),
		TEST(test_a_kernel_that_fails_ends_the_run),
		TEST(test_without_a_kernel_it_ends_in_time),
		TEST(test_stop_before_a_kernel_is_there),
		TEST(test_bad_records_take_the_link_down),
		TEST(test_observers_see_everything_in_order),
		TEST(test_memories_begin_with_the_files_of_their_names),
		TEST(test_impossible_configurations_are_refused),
		TEST(test_the_result_is_valid_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
