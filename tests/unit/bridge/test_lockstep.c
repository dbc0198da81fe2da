// SPDX-License-Identifier: Apache-2.0
/*
 * Lock-step without a guest: the C card as RTL, and as reference; and what is
 * told when one of the two has a defect.
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

#include <riser/lockstep.h>

#include "../../../bridge/lockstep/lockstep.h"
#include "../../cosim/ctest_model/card.h"
#include "rig.h"

#define BYTES		1024
#define FROM		0x1000
#define TO		0x4000

static struct rig rig;
static struct riser_lockstep *lockstep;

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part))
		return;
	print_error("\"%s\" is not in \"%s\"\n", part, text);
	fail();
}

static const char *const *wrong(enum card_wrong what)
{
	static char text[32];
	static const char *list[1] = { text };

	snprintf(text, sizeof(text), "+wrong=%d", (int)what);
	return list;
}

/* What the two are, and one of them has a defect; 0: none. */
struct pair {
	const char *reference;
	enum card_wrong rtl, ref;
	bool is_threaded;
	uint64_t queue_bytes;
	uint64_t patience;	/* 0: 20000 cycles */
	const char *rule;
};

static void start(const struct pair *pair)
{
	static struct riser_lockstep_rule rules[3];
	char error[RISER_ERROR_BYTES];
	struct riser_lockstep_config config = {
		.reference = pair->reference, .is_threaded = pair->is_threaded,
		.queue_bytes = pair->queue_bytes, .rules = rules,
		.patience = pair->patience ? pair->patience : 20000,
		.nr_rules = pair->rule ? 3 : 2,
	};

	/* what depends on time: the clock, and how completions were cut */
	assert_int_equal(riser_lockstep_rule_parse("bar0 0x54", &rules[0], error), 0);
	assert_int_equal(riser_lockstep_rule_parse("bar0 0x48", &rules[1], error), 0);
	if (pair->rule)
		assert_int_equal(riser_lockstep_rule_parse(pair->rule, &rules[2], error), 0);
	rig_init(&rig, 1 << 16);
	if (pair->rtl) {
		rig.config.plusargs = wrong(pair->rtl);
		rig.config.nr_plusargs = 1;
	}
	if (pair->ref) {
		config.plusargs = wrong(pair->ref);
		config.nr_plusargs = 1;
	}
	if (riser_lockstep_open(&config, &lockstep, error))
		fail_msg("%s", error);
	rig.config.observers[rig.config.nr_observers++] = riser_lockstep_observer(lockstep);
	rig_start_enumerated(&rig);
	riser_lockstep_attach(lockstep, rig.engine);
}

static void dma(uint32_t addr, uint32_t mode, bool waits)
{
	uint32_t before = rig.fk.nr_msi, value;

	fk_write32(&rig.fk, CARD_REG_DMA_LO, (uint32_t)(FK_MEM_ADDR + addr));
	fk_write32(&rig.fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(&rig.fk, CARD_REG_DMA_BYTES, BYTES);
	fk_write32(&rig.fk, CARD_REG_DMA_GO, mode);
	if (!waits)
		fk_serve(&rig.fk, 20000000);
	while (waits && rig.fk.nr_msi == before)
		if (!fk_poll(&rig.fk))
			usleep(100);
	fk_read32(&rig.fk, CARD_REG_ID, &value);
}

/*
 * Registers, a read of host memory, a write to it. @has_msi: the card tells when it is
 * done. @misses: followed by time in which something that does not come is missed.
 */
static void traffic(bool has_msi, bool misses)
{
	uint32_t value, i;

	fk_write32(&rig.fk, CARD_REG_SCRATCH, 0x12345678);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_CLOCK, &value), FK_SC);
	for (i = 0; i < BYTES; i++)
		rig.fk.mem[FROM + i] = (uint8_t)(i * 7);
	dma(FROM, 1, has_msi);
	/* another content at the same place */
	for (i = 0; i < BYTES; i++)
		rig.fk.mem[FROM + i] = (uint8_t)(i * 5 + 1);
	dma(FROM, 1, has_msi);
	dma(TO, 2, has_msi);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_BUFFER + 4, &value), FK_SC);
	for (i = 0; misses && i < 50; i++) {
		fk_write32(&rig.fk, CARD_REG_NP_BLOCK, 1000);
		fk_read32(&rig.fk, CARD_REG_ID, &value);
	}
}

static void assert_equal_run(const struct pair *pair)
{
	struct riser_lockstep_counts counts;

	start(pair);
	traffic(true, false);
	fk_reset(&rig.fk, PCIEM_RESET_HOT_ASSERT);
	fk_reset(&rig.fk, PCIEM_RESET_HOT_RELEASE);
	fk_wait_bridge(&rig.fk, PCIEM_BRIDGE_UP);
	rig_stop(&rig);
	counts = riser_lockstep_counts(lockstep);
	if (counts.diverged)
		fail_msg("%s", rig_finding(&rig, RISER_FINDING_OTHER)->text);
	assert_int_equal(rig.result.nr_errors, 0);
	assert_string_equal(counts.comparator, "bytes");
	assert_true(counts.nr_equal > 20);
	/* DMA writes of 128 bytes, three interrupts */
	assert_int_equal(counts.nr_met, BYTES / 128 + 3);
	assert_int_equal(counts.nr_left, 0);
	if (pair->queue_bytes)
		assert_true(counts.nr_stalls > 0);
	riser_lockstep_close(lockstep);
	rig_fini(&rig);
}

static void test_a_card_equals_itself(void **state)
{
	(void)state;
	assert_equal_run(&(struct pair){ .reference = CTEST_MODEL });
}

static void test_another_latency_is_no_difference(void **state)
{
	(void)state;
	assert_equal_run(&(struct pair){ .reference = CTEST_SLOW });
}

static void test_a_thread_compares_and_a_full_queue_stalls(void **state)
{
	(void)state;
	assert_equal_run(&(struct pair){ .reference = CTEST_SLOW, .is_threaded = true });
	assert_equal_run(&(struct pair){ .reference = CTEST_SLOW, .is_threaded = true,
					 .queue_bytes = 1 });
}

/* The one finding of a run, by its rule and words. */
static void assert_differs(const struct pair *pair, bool misses, const char *rule, const char *words)
{
	const struct riser_finding *finding;

	start(pair);
	traffic(pair->rtl != CARD_WRONG_SILENT, misses);
	rig_stop(&rig);
	finding = rig_finding(&rig, RISER_FINDING_OTHER);
	if (!finding)
		fail_msg("no difference was found");
	assert_string_equal(finding->rule, rule);
	assert_has(finding->text, words);
	assert_true(finding->is_error);
	assert_true(riser_lockstep_counts(lockstep).diverged);
	assert_true(finding->cycle <= rig.result.sim_cycles);
	riser_lockstep_close(lockstep);
	rig_fini(&rig);
}

static void test_differences_are_told(void **state)
{
	static const struct {
		enum card_wrong what;
		bool misses;
		const char *rule, *words;
	} cases[] = {
		{ CARD_WRONG_VALUE, false, "REF-01",
		  "BAR0+0x4 len 1DW tag" },
		{ CARD_WRONG_BYTE, false, "REF-03",
		  "the byte at 0x100004085 is 0xda in the RTL and 0x9a in the reference" },
		{ CARD_WRONG_SHORT, true, "REF-05", "the reference writes 128 bytes at 0x100004380" },
		{ CARD_WRONG_STRAY, false, "REF-04", "the RTL sends MWr64 0x100004400 len 1DW" },
		{ CARD_WRONG_SILENT, true, "REF-05", "the reference has sent message 0xfee" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("defect %d\n", (int)cases[i].what);
		assert_differs(&(struct pair){ .reference = CTEST_SLOW, .rtl = cases[i].what },
			       cases[i].misses, cases[i].rule, cases[i].words);
	}
}

static void answer(struct ls_request *request, uint32_t rtl, uint32_t ref)
{
	const uint32_t value[] = { [RISER_SIDE_RTL] = rtl, [RISER_SIDE_REFERENCE] = ref };
	int side;

	for (side = 0; side < 2; side++) {
		request->answer[side] = (struct ls_answer){ .is_done = true, .got = 4, .byte_count = 4 };
		memcpy(request->answer[side].data, &value[side], 4);
	}
}

/* The first read of all finds the RTL behind; the driver asks again until it is not. */
static void test_a_register_is_polled_that_was_never_read(void **state)
{
	static struct riser_lockstep ls;
	struct ls_request request = {
		.tlp = { .length_dw = 1, .first_be = 0xf }, .space = 1, .offset = CARD_REG_SCRATCH,
	};

	(void)state;
	ls.config.patience = 1000;
	ls.registers = calloc(LS_REGISTERS, sizeof(*ls.registers));
	assert_non_null(ls.registers);
	answer(&request, 0, 5);
	assert_int_equal(ls_register_judge(&ls, &request), LS_REPEAT);
	assert_true(ls_register_is_new(&ls, &request));
	assert_false(ls_register_is_new(&ls, &request));
	ls.now = 900;
	assert_int_equal(ls_register_judge(&ls, &request), LS_EQUAL);
	assert_true(ls.is_behind);
	answer(&request, 5, 5);
	assert_int_equal(ls_register_judge(&ls, &request), LS_EQUAL);
	assert_false(ls.is_behind);
	/* it has been equal: now the RTL may have 5, and no third value */
	answer(&request, 7, 6);
	assert_int_equal(ls_register_judge(&ls, &request), LS_REPEAT);
	assert_false(ls_register_is_new(&ls, &request));
	/* another register, which stays behind for longer than the patience */
	request.offset = CARD_REG_BUFFER;
	assert_true(ls_register_is_new(&ls, &request));
	ls.now = 2000;
	assert_int_equal(ls_register_judge(&ls, &request), LS_DIFFERS);
	assert_false(ls.has_diverged);
	free(ls.registers);
}

/* A driver that does not wait for it has seen another value than the reference's. */
static void test_a_register_that_was_never_read_differs(void **state)
{
	(void)state;
	assert_differs(&(struct pair){ .reference = CTEST_MODEL, .rtl = CARD_WRONG_LATE }, false,
		       "REF-01", "dword 0 is 0x00000000 in the RTL and 0x12345678 in the reference");
}

/* A driver asks until the run ends; the two were equal before, so nobody is wrong yet. */
static void test_a_run_may_end_while_the_driver_polls(void **state)
{
	uint32_t value;

	(void)state;
	/* the card's clock never stands: the end is many cycles later */
	start(&(struct pair){ .reference = CTEST_MODEL, .rtl = CARD_WRONG_LATE,
			      .patience = 1ULL << 40 });
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_SCRATCH, &value), FK_SC);
	fk_write32(&rig.fk, CARD_REG_SCRATCH, 0x12345678);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(value, 0);
	rig_stop(&rig);
	if (riser_lockstep_counts(lockstep).diverged)
		fail_msg("%s", rig_finding(&rig, RISER_FINDING_OTHER)->text);
	assert_int_equal(rig.result.nr_errors, 0);
	assert_int_equal(riser_lockstep_counts(lockstep).nr_left, 1);
	riser_lockstep_close(lockstep);
	rig_fini(&rig);
}

/* Never equal: there is nothing that says that the RTL was only slow. */
static void test_a_register_that_was_never_equal_is_told_at_the_end(void **state)
{
	const struct riser_finding *finding;
	uint32_t value;

	(void)state;
	start(&(struct pair){ .reference = CTEST_MODEL, .rtl = CARD_WRONG_LATE });
	fk_write32(&rig.fk, CARD_REG_SCRATCH, 0x12345678);
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_SCRATCH, &value), FK_SC);
	assert_int_equal(value, 0);
	rig_stop(&rig);
	finding = rig_finding(&rig, RISER_FINDING_OTHER);
	assert_non_null(finding);
	assert_string_equal(finding->rule, "REF-01");
	assert_has(finding->text, "dword 0 is 0x00000000 in the RTL and 0x12345678 in the reference");
	assert_int_equal(riser_lockstep_counts(lockstep).nr_left, 0);
	riser_lockstep_close(lockstep);
	rig_fini(&rig);
}

/* ---- the comparator alone ---- */

/* A comparison without models: what ls_bytes is told is all that happens. */
struct alone {
	struct riser_lockstep ls;
	void *bytes;
};

static void alone_init(struct alone *alone)
{
	memset(alone, 0, sizeof(*alone));
	alone->ls.config.patience = 1000;
	alone->ls.last = &alone->ls.first;
	alone->ls.ops = &ls_bytes;
	assert_int_equal(ls_bytes.create(&alone->ls, &alone->bytes), 0);
}

static void alone_fini(struct alone *alone)
{
	ls_free_all(&alone->ls);
	ls_bytes.destroy(alone->bytes);
}

static void tell_bytes(struct alone *alone, enum riser_side side, const struct riser_tlp *tlp)
{
	uint8_t bytes[RISER_TLP_MAX_BYTES];
	int len = riser_tlp_encode(tlp, bytes, sizeof(bytes));
	struct riser_tlp_event event = {
		.cycle = alone->ls.now, .bytes = bytes, .len = (uint32_t)len, .tlp = tlp,
		.tlp_class = riser_tlp_class((enum riser_tlp_kind)tlp->kind),
		.direction = tlp->kind == RISER_TLP_CPL || tlp->kind == RISER_TLP_CPLD ?
			     RISER_TO_CARD : RISER_TO_HOST,
	};

	assert_true(len > 0);
	ls_bytes.tlp(alone->bytes, side, &event);
}

/* The reference sends its interrupt in the cycle of the RTL's next TLP, before the RTL does. */
static void test_an_interrupt_of_the_reference_has_its_time(void **state)
{
	static const uint8_t data[4] = { 0x21 };
	const struct riser_tlp msi = {
		.kind = RISER_TLP_MWR, .addr = 0xfee00000, .first_be = 0xf, .length_dw = 1,
		.data = data, .data_bytes = 4,
	};
	static struct alone alone;

	(void)state;
	alone_init(&alone);
	alone.ls.now = 5000;
	tell_bytes(&alone, RISER_SIDE_REFERENCE, &msi);
	ls_bytes.time(alone.bytes, 5000, 0);
	ls_bytes.time(alone.bytes, 6000, 0);
	if (alone.ls.has_diverged)
		fail_msg("%s", alone.ls.finding.text);
	ls_bytes.time(alone.bytes, 6001, 0);
	assert_true(alone.ls.has_diverged);
	assert_has(alone.ls.finding.text, "1 times, the RTL 0 times, and none in 1001 cycles since");
	assert_int_equal(alone.ls.finding.cycle, 6000);
	alone_fini(&alone);
}

/* The RTL reads @nr_dw dwords at @addr of host memory, with the enables of the first. */
static void rtl_asks(struct alone *alone, uint16_t requester, uint16_t tag, uint64_t addr,
		     uint16_t nr_dw, uint8_t first_be)
{
	tell_bytes(alone, RISER_SIDE_RTL, &(struct riser_tlp){
		.kind = RISER_TLP_MRD, .requester = requester, .tag = tag, .addr = addr,
		.length_dw = nr_dw, .first_be = first_be, .last_be = nr_dw > 1 ? 0xf : 0,
	});
}

/* The host answers with dwords of one byte @value, the first of them in a byte @lead. */
static void rtl_gets(struct alone *alone, uint16_t requester, uint16_t tag, uint8_t lead,
		     uint16_t bytes, uint8_t value)
{
	uint8_t data[64];

	memset(data, value, sizeof(data));
	tell_bytes(alone, RISER_SIDE_RTL, &(struct riser_tlp){
		.kind = RISER_TLP_CPLD, .requester = requester, .tag = tag, .lower_addr = lead,
		.byte_count = bytes, .length_dw = (uint16_t)((lead + bytes + 3U) / 4), .data = data,
		.data_bytes = (lead + bytes + 3U) / 4 * 4,
	});
}

static void rtl_gets_ur(struct alone *alone, uint16_t tag)
{
	tell_bytes(alone, RISER_SIDE_RTL, &(struct riser_tlp){
		.kind = RISER_TLP_CPL, .tag = tag, .status = RISER_CPL_UR, .byte_count = 4,
	});
}

static enum riser_lockstep_read reference_reads(struct alone *alone, uint64_t addr,
						uint32_t bytes, bool force, uint8_t *data)
{
	return ls_bytes.read(alone->bytes, 0, addr, bytes, force, data);
}

/* What the driver maps later is read like everything else. */
static void test_a_refused_address_is_read_later(void **state)
{
	static struct alone alone;
	uint8_t data[8];

	(void)state;
	alone_init(&alone);
	rtl_asks(&alone, 0x100, 1, 0x1000, 2, 0xf);
	rtl_gets_ur(&alone, 1);
	rtl_asks(&alone, 0x100, 2, 0x2000, 2, 0xf);
	rtl_gets_ur(&alone, 2);
	assert_int_equal(reference_reads(&alone, 0x1000, 8, false, data), RISER_READ_REFUSED);
	rtl_asks(&alone, 0x100, 1, 0x1000, 2, 0xf);
	rtl_gets(&alone, 0x100, 1, 0, 8, 0x5a);
	assert_int_equal(reference_reads(&alone, 0x1000, 8, false, data), RISER_READ_DATA);
	assert_int_equal(data[7], 0x5a);
	assert_int_equal(reference_reads(&alone, 0x2000, 8, false, data), RISER_READ_REFUSED);
	/* and refused once more */
	rtl_asks(&alone, 0x100, 3, 0x1000, 2, 0xf);
	rtl_gets_ur(&alone, 3);
	assert_int_equal(reference_reads(&alone, 0x1000, 8, false, data), RISER_READ_REFUSED);
	alone_fini(&alone);
}

/* Two functions read with the same tag; the answers come in the other order. */
static void test_a_tag_is_one_of_its_function(void **state)
{
	static struct alone alone;
	uint8_t data[8];

	(void)state;
	alone_init(&alone);
	rtl_asks(&alone, 0x100, 5, 0x1000, 2, 0xf);
	rtl_asks(&alone, 0x101, 5, 0x2000, 2, 0xf);
	rtl_gets(&alone, 0x101, 5, 0, 8, 0xb1);
	rtl_gets(&alone, 0x100, 5, 0, 8, 0xb0);
	assert_int_equal(reference_reads(&alone, 0x1000, 8, false, data), RISER_READ_DATA);
	assert_int_equal(data[0], 0xb0);
	assert_int_equal(reference_reads(&alone, 0x2000, 8, false, data), RISER_READ_DATA);
	assert_int_equal(data[0], 0xb1);
	alone_fini(&alone);
}

/* What an AtomicOp finds is no data of the last read's with its tag, nor its refusal. */
static void test_an_atomic_is_no_read(void **state)
{
	static const uint8_t one[4] = { 1 };
	const struct riser_tlp add = {
		.kind = RISER_TLP_FETCHADD, .requester = 0x100, .tag = 5, .addr = 0x3000, .length_dw = 1,
		.data = one, .data_bytes = sizeof(one),
	};
	static struct alone alone;
	uint8_t data[4];

	(void)state;
	alone_init(&alone);
	rtl_asks(&alone, 0x100, 5, 0x1000, 1, 0xf);
	rtl_gets(&alone, 0x100, 5, 0, 4, 0xb0);
	tell_bytes(&alone, RISER_SIDE_RTL, &add);
	rtl_gets(&alone, 0x100, 5, 0, 4, 0x77);
	assert_int_equal(reference_reads(&alone, 0x1000, 4, false, data), RISER_READ_DATA);
	assert_int_equal(data[0], 0xb0);
	tell_bytes(&alone, RISER_SIDE_RTL, &add);
	rtl_gets_ur(&alone, 5);
	assert_int_equal(reference_reads(&alone, 0x1000, 4, false, data), RISER_READ_DATA);
	rtl_asks(&alone, 0x100, 5, 0x1000, 1, 0xf);
	rtl_gets(&alone, 0x100, 5, 0, 4, 0xb1);
	assert_int_equal(reference_reads(&alone, 0x1000, 4, false, data), RISER_READ_DATA);
	assert_int_equal(data[0], 0xb1);
	alone_fini(&alone);
}

static void host_asks(struct alone *alone)
{
	const struct riser_tlp read = {
		.kind = RISER_TLP_CFGRD0, .length_dw = 1, .first_be = 0xf, .target = 0x100,
	};
	struct riser_tlp_event event = {
		.direction = RISER_TO_CARD, .tlp_class = RISER_NONPOSTED, .tlp = &read,
	};

	ls_bytes.tlp(alone->bytes, RISER_SIDE_RTL, &event);
	ls_bytes.tlp(alone->bytes, RISER_SIDE_REFERENCE, &event);
}

/* The RTL reads two bytes of a dword, the reference all four. */
static void test_a_part_of_a_dword_is_not_all_of_it(void **state)
{
	static const uint8_t both[4] = { 0xe2, 0xe2, 0xe1, 0xe1 };
	static struct alone alone;
	uint8_t data[4];

	(void)state;
	alone_init(&alone);
	rtl_asks(&alone, 0x100, 1, 0x1000, 1, 0x3);
	rtl_gets(&alone, 0x100, 1, 0, 2, 0xd0);
	assert_int_equal(reference_reads(&alone, 0x1000, 2, false, data), RISER_READ_DATA);
	assert_int_equal(reference_reads(&alone, 0x1000, 4, false, data), RISER_READ_WAIT);
	assert_int_equal(reference_reads(&alone, 0x1000, 4, true, data), RISER_READ_WAIT);
	rtl_asks(&alone, 0x100, 1, 0x1000, 1, 0xf);
	rtl_gets(&alone, 0x100, 1, 0, 4, 0xe1);
	assert_int_equal(reference_reads(&alone, 0x1000, 4, false, data), RISER_READ_DATA);
	/* the other two are from before the host's request: only when the RTL goes on */
	host_asks(&alone);
	rtl_asks(&alone, 0x100, 1, 0x1000, 1, 0x3);
	rtl_gets(&alone, 0x100, 1, 0, 2, 0xe2);
	assert_int_equal(reference_reads(&alone, 0x1000, 4, false, data), RISER_READ_WAIT);
	assert_int_equal(reference_reads(&alone, 0x1000, 4, true, data), RISER_READ_DATA);
	assert_memory_equal(data, both, 4);
	alone_fini(&alone);
}

/* As the engine tells it, on the RTL's side. */
static void rtl_event(struct riser_lockstep *ls, const struct riser_tlp *tlp)
{
	uint8_t bytes[RISER_TLP_MAX_BYTES];
	int len = riser_tlp_encode(tlp, bytes, sizeof(bytes));
	struct ls_event *event = calloc(1, sizeof(*event) + (size_t)(len > 0 ? len : 0));

	assert_non_null(event);
	assert_true(len > 0);
	event->kind = LS_TLP;
	event->len = (uint32_t)len;
	memcpy(event->bytes, bytes, event->len);
	event->tlp.tlp_class = riser_tlp_class((enum riser_tlp_kind)tlp->kind);
	event->tlp.direction = tlp->kind == RISER_TLP_MRD ? RISER_TO_HOST : RISER_TO_CARD;
	ls_event(ls, event);
}

/* The reference waits as long as any function's read has no answer. */
static void test_reads_of_two_functions_are_two(void **state)
{
	static const uint8_t data[4];
	struct riser_tlp read = {
		.kind = RISER_TLP_MRD, .tag = 5, .addr = 0x1000, .length_dw = 1, .first_be = 0xf,
	};
	struct riser_tlp cpl = {
		.kind = RISER_TLP_CPLD, .tag = 5, .byte_count = 4, .length_dw = 1, .data = data,
		.data_bytes = 4,
	};
	static struct alone alone;
	uint16_t function;

	(void)state;
	alone_init(&alone);
	alone.ls.comparator = alone.bytes;
	assert_int_equal(riser_words_init(&alone.ls.words), 0);
	for (function = 0; function < 8; function++) {
		read.requester = 0x100 + function;
		rtl_event(&alone.ls, &read);
		assert_int_equal(alone.ls.nr_rtl_reads, function + 1);
	}
	for (function = 0; function < 8; function++) {
		cpl.requester = 0x100 + function;
		rtl_event(&alone.ls, &cpl);
		assert_int_equal(alone.ls.nr_rtl_reads, 7 - function);
	}
	riser_words_fini(&alone.ls.words);
	alone_fini(&alone);
}

static void end_behind_for(uint64_t cycles, bool is_told)
{
	static struct alone alone;
	struct ls_request request = {
		.tlp = { .length_dw = 1, .first_be = 0xf }, .space = 1, .offset = CARD_REG_SCRATCH,
	};
	struct ls_event *end = calloc(1, sizeof(*end));

	assert_non_null(end);
	alone_init(&alone);
	alone.ls.comparator = alone.bytes;
	alone.ls.registers = calloc(LS_REGISTERS, sizeof(*alone.ls.registers));
	assert_non_null(alone.ls.registers);
	answer(&request, 5, 5);
	assert_int_equal(ls_register_judge(&alone.ls, &request), LS_EQUAL);
	answer(&request, 5, 6);
	alone.ls.now = 100;
	assert_int_equal(ls_register_judge(&alone.ls, &request), LS_EQUAL);
	end->kind = LS_FINISH;
	end->cycle = 100 + cycles;
	ls_event(&alone.ls, end);
	assert_int_equal(alone.ls.has_diverged, is_told);
	assert_int_equal(alone.ls.counts.nr_left, !is_told);
	free(alone.ls.registers);
	alone_fini(&alone);
}

/* The RTL had all the time there is for it. */
static void test_the_patience_ends_before_the_run(void **state)
{
	(void)state;
	end_behind_for(1000, false);
	end_behind_for(1001, true);
}

static void test_a_value_that_may_differ_is_none(void **state)
{
	const struct pair pair = {
		.reference = CTEST_MODEL, .rtl = CARD_WRONG_VALUE, .rule = "bar0 4 mask 0x10",
	};

	(void)state;
	start(&pair);
	traffic(true, false);
	rig_stop(&rig);
	assert_int_equal(rig.result.nr_errors, 0);
	assert_true(riser_lockstep_counts(lockstep).nr_excused >= 1);
	riser_lockstep_close(lockstep);
	rig_fini(&rig);
}

static void test_a_reference_that_dies_is_told(void **state)
{
	(void)state;
	assert_differs(&(struct pair){ .reference = CTEST_MODEL, .ref = CARD_WRONG_DIES }, false,
		       "REF-06", "the reference model ended itself: the DMA engine has gone");
}

static void test_a_request_that_only_the_reference_completes(void **state)
{
	const struct riser_finding *finding;
	uint32_t value, i;

	(void)state;
	start(&(struct pair){ .reference = CTEST_MODEL });
	rig.fk.site = 0;
	assert_int_equal(fk_read32(&rig.fk, CARD_REG_HOLE, &value), FK_TIMEOUT);
	for (i = 0; i < 3; i++)
		fk_read32(&rig.fk, CARD_REG_ID, &value);
	rig_stop(&rig);
	/* neither of the two completes it */
	finding = rig_finding(&rig, RISER_FINDING_OTHER);
	assert_non_null(finding);
	assert_string_equal(finding->rule, "REF-05");
	assert_has(finding->text, "neither the RTL nor the reference has completed MRd");
	riser_lockstep_close(lockstep);
	rig_fini(&rig);
}

static void test_configuration_spaces_must_be_equal(void **state)
{
	const struct riser_lockstep_model same = { .path = CTEST_MODEL };
	struct riser_lockstep_model other = {
		.path = CTEST_SLOW, .plusargs = wrong(CARD_WRONG_CONFIG), .nr_plusargs = 1,
	};
	struct riser_lockstep_rule rule;
	char error[RISER_ERROR_BYTES];

	(void)state;
	assert_int_equal(riser_lockstep_compare_config(&same, &same, NULL, 0, error), 0);
	assert_int_equal(riser_lockstep_compare_config(&same, &other, NULL, 0, error), -EINVAL);
	assert_has(error, "different configuration spaces: at 0x02c (Subsystem) RTL has 0x00000000 and the reference 0x00050006; 1 dwords differ");
	assert_int_equal(riser_lockstep_rule_parse("config 0x2c", &rule, error), 0);
	assert_int_equal(riser_lockstep_compare_config(&same, &other, &rule, 1, error), 0);
	other.path = "/nonexistent.so";
	assert_int_equal(riser_lockstep_compare_config(&same, &other, NULL, 0, error), -ENOENT);
	assert_has(error, "/nonexistent.so");
}

static void test_rules(void **state)
{
	static const struct {
		const char *text;
		uint32_t space, first, last, mask;
	} good[] = {
		{ "bar0 0x1c", 1, 0x1c, 0x1f, UINT32_MAX },
		{ " bar5\t8-15 mask 0xf0", 6, 8, 15, 0xf0 },
		{ "config 0x104-0x12f", 0, 0x104, 0x12f, UINT32_MAX },
		{ "identify 24-63", RISER_SPACE_IDENTIFY, 24, 63, UINT32_MAX },
		{ "smart 32", RISER_SPACE_SMART, 32, 32, UINT32_MAX },
	};
	static const char *const bad[] = {
		"", "bar6 0", "bar0", "bar0 x", "bar0 8-4", "bar0 8-", "bar0 0 musk 1",
		"bar0 0 mask", "config 0x1000", "bar0 0 mask 1 2", "bar0 -4", "bar00 4",
	};
	struct riser_lockstep_rule rule;
	char error[RISER_ERROR_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(riser_lockstep_rule_parse(good[i].text, &rule, error), 0);
		assert_int_equal(rule.space, good[i].space);
		assert_int_equal(rule.first, good[i].first);
		assert_int_equal(rule.last, good[i].last);
		assert_int_equal(rule.mask, good[i].mask);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(riser_lockstep_rule_parse(bad[i], &rule, error), -EINVAL);
		assert_has(error, "a rule is one of config, bar0 to bar5");
	}
	/* bytes of a dword */
	assert_int_equal(riser_lockstep_rule_parse("config 6-7", &rule, error), 0);
	assert_int_equal(ls_rules_mask(&rule, 1, 0, 4), 0xffff0000);
	assert_int_equal(ls_rules_mask(&rule, 1, 0, 8), 0);
	assert_int_equal(ls_rules_mask(&rule, 1, 1, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_configuration_spaces_must_be_equal),
		cmocka_unit_test(test_a_card_equals_itself),
		cmocka_unit_test(test_another_latency_is_no_difference),
		cmocka_unit_test(test_a_thread_compares_and_a_full_queue_stalls),
		cmocka_unit_test(test_differences_are_told),
		cmocka_unit_test(test_a_register_is_polled_that_was_never_read),
		cmocka_unit_test(test_a_register_that_was_never_read_differs),
		cmocka_unit_test(test_a_run_may_end_while_the_driver_polls),
		cmocka_unit_test(test_a_register_that_was_never_equal_is_told_at_the_end),
		cmocka_unit_test(test_the_patience_ends_before_the_run),
		cmocka_unit_test(test_an_interrupt_of_the_reference_has_its_time),
		cmocka_unit_test(test_a_refused_address_is_read_later),
		cmocka_unit_test(test_a_tag_is_one_of_its_function),
		cmocka_unit_test(test_an_atomic_is_no_read),
		cmocka_unit_test(test_reads_of_two_functions_are_two),
		cmocka_unit_test(test_a_part_of_a_dword_is_not_all_of_it),
		cmocka_unit_test(test_a_value_that_may_differ_is_none),
		cmocka_unit_test(test_a_reference_that_dies_is_told),
		cmocka_unit_test(test_a_request_that_only_the_reference_completes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
