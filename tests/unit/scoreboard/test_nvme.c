// SPDX-License-Identifier: Apache-2.0
/* Each rule of the NVMe scoreboard, broken once; and what must not be told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <riser/link.h>

#include "stream.h"

static int setup(void **state)
{
	struct stream *s = malloc(sizeof(*s));

	if (!s)
		return -1;
	stream_init(s);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	stream_fini(*state);
	free(*state);
	return 0;
}

static const struct riser_finding *only(const struct stream *s, const char *rule)
{
	assert_int_equal(s->nr_findings, 1);
	assert_string_equal(s->finding[0].rule, rule);
	assert_true(s->finding[0].is_error);
	assert_string_equal(s->finding[0].side, "card");
	return &s->finding[0];
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in: %s", part, text);
}

/* ---- content ---- */

static void test_what_was_written_is_read(void **state)
{
	struct stream *s = *state;
	uint16_t i;

	/* twice round the queues */
	for (i = 0; i < 40; i++) {
		write_block(s, i, 100 + i, (uint8_t)i);
		read_block(s, i, 100 + i, (uint8_t)i);
	}
	assert_int_equal(s->nr_findings, 0);
}

static void test_wrong_data(void **state)
{
	struct stream *s = *state;
	struct sqe sqe = io(2, 9, 100, 1, DATA, 0);
	const struct riser_finding *finding;
	uint8_t data[512];

	write_block(s, 8, 100, 0x5a);
	memset(data, 0x5a, sizeof(data));
	data[300] = 0xa5;
	submit(s, 1, &sqe);
	card_write(s, DATA, data, 256);
	assert_int_equal(s->nr_findings, 0);
	card_write(s, DATA + 256, data + 256, 256);

	finding = only(s, "NVM-01");
	assert_has(finding->text, "Read of LBA 100 (SQ 1, CID 0x0009)");
	assert_has(finding->text, "LBA 100 byte 300 is a55a5a5a, the host has written 5a5a5a5a");
	assert_has(finding->text, "DMA write to 0x20012c in PRP entry 1 (0x200000)");
	assert_string_equal(finding->function, CALLER);
	assert_has(finding->access, "MWr32 0x200100");
	assert_has(finding->before, "doorbell of SQ 1");
	assert_int_equal(finding->seq, s->seq - 1);
	assert_int_equal(finding->cycle, s->cycle - 4);
}

static void test_two_reads_differ(void **state)
{
	struct stream *s = *state;

	read_block(s, 1, 7, 0x11);
	read_block(s, 2, 7, 0x12);
	assert_has(only(s, "NVM-01")->text, "was read before");
}

static void test_read_during_write_may_find_either(void **state)
{
	struct stream *s = *state;
	struct sqe sqe = io(1, 2, 7, 1, DATA + 0x1000, 0);
	uint8_t data[512];

	write_block(s, 1, 7, 0x11);
	memset(data, 0x22, sizeof(data));
	submit(s, 1, &sqe);
	read_block(s, 3, 7, 0x22);
	card_read(s, DATA + 0x1000, data, 512, 512);
	read_block(s, 4, 7, 0x11);
	complete(s, 1, 2);
	read_block(s, 5, 7, 0x22);
	assert_int_equal(s->nr_findings, 0);
	read_block(s, 6, 7, 0x11);
	only(s, "NVM-01");
}

static void test_zeroes_and_deallocated(void **state)
{
	struct stream *s = *state;
	struct sqe zeroes = io(8, 2, 7, 1, 0, 0);
	struct sqe discard = { .opcode = 9, .cid = 3, .nsid = 1, .prp1 = DATA, .cdw = { 0, 4 } };
	uint8_t range[16] = { [4] = 8 };

	write_block(s, 1, 7, 0x11);
	submit(s, 1, &zeroes);
	complete(s, 1, 2);
	read_block(s, 4, 7, 0);
	write_block(s, 1, 6, 0x11);
	submit(s, 1, &discard);
	card_read(s, DATA, range, 16, 64);
	complete(s, 1, 3);
	read_block(s, 5, 6, 0);
	assert_int_equal(s->nr_findings, 0);
}

static void test_reset_makes_cut_writes_unknown(void **state)
{
	struct stream *s = *state;
	struct sqe sqe = io(1, 2, 7, 1, DATA, 0);

	write_block(s, 1, 7, 0x11);
	write_block(s, 1, 8, 0x11);
	submit(s, 1, &sqe);
	host_write(s, 0x14, 0);
	bring_up(s);
	read_block(s, 1, 7, 0x99);
	assert_int_equal(s->nr_findings, 0);
	read_block(s, 2, 8, 0x99);
	only(s, "NVM-01");
}

/* ---- DMA ---- */

static void test_one_byte_past_the_end(void **state)
{
	struct stream *s = *state;
	struct sqe sqe = io(2, 9, 100, 8, DATA, 0);
	const struct riser_finding *finding;
	uint8_t data[4096] = { 0 };

	submit(s, 1, &sqe);
	card_write(s, DATA, data, 4096);
	card_write(s, DATA + 4096, data, 1);
	finding = only(s, "NVM-02");
	assert_has(finding->text, "DMA write of 1 bytes at 0x201000, 1 bytes past the end of PRP "
		   "entry 1 (0x200000 to 0x200fff)");
	assert_has(finding->text, "Read of LBA 100 to 107 (SQ 1, CID 0x0009)");
	assert_string_equal(finding->function, CALLER);
}

static void test_read_of_a_buffer_that_is_for_writing(void **state)
{
	struct stream *s = *state;
	struct sqe sqe = io(2, 9, 100, 1, DATA, 0);
	uint8_t data[64] = { 0 };

	submit(s, 1, &sqe);
	card_read(s, DATA, data, 64, 64);
	assert_has(only(s, "NVM-02")->text, "for DMA in the other direction");
}

static void test_dma_after_the_end(void **state)
{
	struct stream *s = *state;
	uint8_t data[4] = { 0 };

	read_block(s, 9, 100, 0);
	card_write(s, DATA, data, 4);
	assert_has(only(s, "NVM-03")->text, "Read of LBA 100 (SQ 1, CID 0x0009): DMA write of 4 "
		   "bytes at 0x200000 in its PRP entry 1");
}

/* Two lists in one page, one of them behind the other, and pages out of order. */
static void test_prp_lists(void **state)
{
	struct stream *s = *state;
	struct sqe a = io(2, 1, 0, 24, DATA, 0x300000), b = io(2, 2, 64, 24, DATA + 0x10000, 0x300100);
	uint64_t list_a[2] = { DATA + 0x5000, DATA + 0x3000 };
	uint64_t list_b[2] = { DATA + 0x20000, DATA + 0x21000 };
	uint8_t data[4096] = { 0 };
	uint32_t i;

	submit(s, 1, &a);
	submit(s, 1, &b);
	card_read(s, 0x300100, list_b, 16, 64);
	card_read(s, 0x300000, list_a, 16, 64);
	card_write(s, DATA, data, 4096);
	card_write(s, DATA + 0x10000, data, 4096);
	for (i = 0; i < 2; i++) {
		card_write(s, list_a[i], data, 4096);
		card_write(s, list_b[i], data, 4096);
	}
	complete(s, 1, 2);
	complete(s, 1, 1);
	assert_int_equal(s->nr_findings, 0);
}

/* ---- queues ---- */

static void test_fetch_before_the_doorbell(void **state)
{
	struct stream *s = *state;
	uint8_t entry[64] = { 0 };

	card_read(s, IO_SQ, entry, 64, 64);
	assert_has(only(s, "NVM-04")->text, "the card reads entry 0 of SQ 1");
}

static void test_completion_of_nothing(void **state)
{
	struct stream *s = *state;

	read_block(s, 9, 100, 0);
	complete(s, 1, 9);
	assert_has(only(s, "NVM-05")->text, "completes SQ 1 CID 0x0009, which is not in flight");
}

static void test_wrong_place_in_the_queue(void **state)
{
	struct stream *s = *state;

	s->posted[1] = 3;
	read_block(s, 9, 100, 0);
	assert_has(only(s, "NVM-06")->text, "writes entry 3 of CQ 1; the next one is entry 0");
}

static void test_wrong_phase(void **state)
{
	struct stream *s = *state;

	s->posted[1] = QUEUE_SIZE;
	read_block(s, 9, 100, 0);
	assert_has(only(s, "NVM-06")->text, "has the phase tag 0 and needs 1");
}

static void test_queue_overflows(void **state)
{
	struct stream *s = *state;
	struct sqe sqe;
	uint16_t i;

	for (i = 0; i < QUEUE_SIZE; i++) {
		sqe = io(0, i, 0, 1, 0, 0);
		submit(s, 1, &sqe);
		post(s, 1, i, 0);
		card_message(s, 1);
	}
	assert_has(only(s, "NVM-06")->text, "makes the queue overflow");
}

static void test_success_without_all_data(void **state)
{
	struct stream *s = *state;
	struct sqe sqe = io(2, 9, 100, 1, DATA, 0);
	uint8_t data[508] = { 0 };

	submit(s, 1, &sqe);
	card_write(s, DATA, data, sizeof(data));
	complete(s, 1, 9);
	assert_has(only(s, "NVM-07")->text, "ends with success after 508 of 512 bytes");
}

static void test_an_error_needs_no_data(void **state)
{
	struct stream *s = *state;
	struct sqe sqe = io(2, 9, 100, 1, DATA, 0);

	submit(s, 1, &sqe);
	post(s, 1, 9, 0x80);
	card_message(s, 1);
	take_all(s, 1);
	assert_int_equal(s->nr_findings, 0);
}

/* ---- interrupts ---- */

static void begin_flush(struct stream *s, uint16_t cid)
{
	struct sqe sqe = io(0, cid, 0, 1, 0, 0);

	submit(s, 1, &sqe);
}

static void test_entry_after_its_message(void **state)
{
	struct stream *s = *state;
	const struct riser_finding *finding;
	uint64_t message_seq;

	begin_flush(s, 9);
	message_seq = s->seq;
	card_message(s, 1);
	s->cycle += 250000;
	post(s, 1, 9, 0);
	s->cycle += 30000;
	take_all(s, 1);
	finding = only(s, "NVM-08");
	assert_has(finding->text, "Flush");
	assert_has(finding->text, "the message of vector 1 came in cycle");
	assert_has(finding->text, "1000.0 us later");
	assert_int_equal(finding->seq, message_seq);
}

static void test_message_is_lost(void **state)
{
	struct stream *s = *state;

	begin_flush(s, 9);
	post(s, 1, 9, 0);
	s->cycle += 24000;
	host_write(s, 0x1c, 0);
	assert_int_equal(s->nr_findings, 0);
	s->cycle += 2000;
	host_write(s, 0x1c, 0);
	assert_has(only(s, "NVM-09")->text, "no message of vector 1 since");
}

/* The card says that it is idle, so there are no cycles; but the host lives. */
static void test_message_is_lost_while_the_clock_stands(void **state)
{
	struct stream *s = *state;

	begin_flush(s, 9);
	post(s, 1, 9, 0);
	s->cycle += 20;
	s->host_ns += 2000000000;
	host_write(s, 0x1c, 0);
	assert_has(only(s, "NVM-09")->text, "ms of the host's time");
}

static void test_message_is_lost_under_function_mask(void **state)
{
	struct stream *s = *state;
	const struct riser_finding *finding;
	uint64_t unmask_seq, unmask_cycle;

	function_mask(s, true);
	begin_flush(s, 9);
	post(s, 1, 9, 0);
	s->cycle += 100000;
	host_write(s, 0x1c, 0);
	assert_int_equal(s->nr_findings, 0);
	unmask_seq = s->seq;
	unmask_cycle = s->cycle;
	function_mask(s, false);
	s->cycle += 100000;
	host_write(s, 0x1c, 0);
	finding = only(s, "NVM-09");
	assert_has(finding->text, "the Function Mask was cleared in TLP");
	assert_has(finding->access, "CfgWr0");
	assert_int_equal(finding->seq, unmask_seq);
	assert_int_equal(finding->cycle, unmask_cycle);
}

static void test_message_comes_with_the_unmasking(void **state)
{
	struct stream *s = *state;

	mask_vector(s, 1, true);
	begin_flush(s, 9);
	post(s, 1, 9, 0);
	s->cycle += 100000;
	mask_vector(s, 1, false);
	card_message(s, 1);
	take_all(s, 1);
	s->cycle += 100000;
	host_write(s, 0x1c, 0);
	assert_int_equal(s->nr_findings, 0);
}

static void test_entry_that_the_driver_found_itself(void **state)
{
	struct stream *s = *state;

	begin_flush(s, 9);
	post(s, 1, 9, 0);
	take_all(s, 1);
	s->cycle += 100000;
	host_write(s, 0x1c, 0);
	assert_int_equal(s->nr_findings, 0);
}

/* Two entries, two messages, and the driver took both after the first. */
static void test_message_with_nothing_to_tell(void **state)
{
	struct stream *s = *state;

	begin_flush(s, 8);
	begin_flush(s, 9);
	post(s, 1, 8, 0);
	post(s, 1, 9, 0);
	card_message(s, 1);
	take_all(s, 1);
	card_message(s, 1);
	card_message(s, 1);
	begin_flush(s, 10);
	complete(s, 1, 10);
	s->cycle += 100000;
	host_write(s, 0x1c, 0);
	assert_int_equal(s->nr_findings, 0);
}

static void test_unknown_kind(void **state)
{
	struct riser_scoreboard *board;
	char error[RISER_ERROR_BYTES];

	(void)state;
	assert_true(riser_scoreboard_open("ahci", NULL, &board, error) < 0);
	assert_string_equal(error, "there is no scoreboard 'ahci': there are nvme, and none");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_was_written_is_read),
		CASE(test_wrong_data),
		CASE(test_two_reads_differ),
		CASE(test_read_during_write_may_find_either),
		CASE(test_zeroes_and_deallocated),
		CASE(test_reset_makes_cut_writes_unknown),
		CASE(test_one_byte_past_the_end),
		CASE(test_read_of_a_buffer_that_is_for_writing),
		CASE(test_dma_after_the_end),
		CASE(test_prp_lists),
		CASE(test_fetch_before_the_doorbell),
		CASE(test_completion_of_nothing),
		CASE(test_wrong_place_in_the_queue),
		CASE(test_wrong_phase),
		CASE(test_queue_overflows),
		CASE(test_success_without_all_data),
		CASE(test_an_error_needs_no_data),
		CASE(test_entry_after_its_message),
		CASE(test_message_is_lost),
		CASE(test_message_is_lost_while_the_clock_stands),
		CASE(test_message_is_lost_under_function_mask),
		CASE(test_message_comes_with_the_unmasking),
		CASE(test_entry_that_the_driver_found_itself),
		CASE(test_message_with_nothing_to_tell),
		cmocka_unit_test(test_unknown_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
