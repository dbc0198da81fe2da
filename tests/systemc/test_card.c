// SPDX-License-Identifier: Apache-2.0
/*
 * SystemC models through the loader, as the engine uses them: enumeration and an
 * access by hand, and the words for each mistake that an author can make.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <riser/link.h>
#include <riser/loader.h>

#define TX_BYTES (1 << 16)

struct host {
	struct riser_card card;
	struct riser_run run;
	struct riser_tlp_ref ref[RISER_NR_CLASSES][16];
	uint8_t bytes[RISER_NR_CLASSES][16][32];
	char error[RISER_ERROR_BYTES];
	char message[512];
	int severity;
};

static void on_message(void *ctx, enum riser_severity severity, const char *file, int line,
		       const char *text)
{
	struct host *h = ctx;

	(void)file;
	(void)line;
	h->severity = severity;
	snprintf(h->message, sizeof(h->message), "%s", text);
}

static struct host *open_model(const char *path, const char *const *plusargs, uint32_t nr,
			       int expected)
{
	struct riser_card_options options = { .message = on_message, .plusargs = plusargs,
					      .nr_plusargs = nr };
	struct host *h = calloc(1, sizeof(*h));
	int i, ret;

	assert_non_null(h);
	options.ctx = h;
	if (riser_card_load(&h->card, path, h->error))
		fail_msg("%s", h->error);
	ret = riser_card_create(&h->card, &options, h->error);
	if (ret != expected)
		fail_msg("create: %d, %s, %s", ret, h->error, h->message);
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		h->run.rx[i].ref = h->ref[i];
		h->run.rx[i].mask = 15;
	}
	h->run.tx = aligned_alloc(16, TX_BYTES);
	h->run.tx_bytes = TX_BYTES;
	return h;
}

static struct host *open_card(const char *const *plusargs, uint32_t nr, int expected)
{
	return open_model(WRONG_CARD, plusargs, nr, expected);
}

static void close_card(struct host *h)
{
	riser_card_unload(&h->card);
	free(h->run.tx);
	free(h);
}

static int run(struct host *h, uint64_t cycles)
{
	h->run.max_cycles = cycles;
	return h->card.ops->run(h->card.model, &h->run);
}

static void send(struct host *h, int class, const uint8_t *tlp, uint32_t len)
{
	struct riser_rx_queue *queue = &h->run.rx[class];
	uint32_t slot = queue->head & queue->mask;

	memcpy(h->bytes[class][slot], tlp, len);
	h->ref[class][slot] = (struct riser_tlp_ref){ .bytes = h->bytes[class][slot], .len = len };
	queue->head++;
}

/* The one TLP that left the card in the last run. */
static const uint8_t *only_tlp(struct host *h, uint32_t len)
{
	const struct riser_tx_rec *rec = (const void *)h->run.tx;

	assert_int_equal(h->run.tx_nr, 1);
	assert_int_equal(rec->len, len);
	assert_int_equal(rec->aux, RISER_COMPLETION);
	return h->run.tx + sizeof(*rec);
}

/* Out of reset, BAR0 at 0x100000, memory enabled. */
static void start(struct host *h)
{
	static const uint8_t bar[] = { 0x44, 0, 0, 1, 0, 0, 1, 0x0f, 1, 0, 0, 0x10, 0, 0, 0x10, 0 };
	static const uint8_t command[] = { 0x44, 0, 0, 1, 0, 0, 2, 0x0f, 1, 0, 0, 0x04, 6, 0, 0, 0 };

	h->card.ops->set_sideband(h->card.model, RISER_SB_PERST);
	assert_int_equal(run(h, 32), 0);
	h->card.ops->set_sideband(h->card.model, RISER_SB_LINK_UP);
	send(h, RISER_NONPOSTED, bar, sizeof(bar));
	assert_int_equal(run(h, 100), 0);
	assert_int_equal(only_tlp(h, 12)[0], 0x0a);
	send(h, RISER_NONPOSTED, command, sizeof(command));
	assert_int_equal(run(h, 100), 0);
	assert_int_equal(only_tlp(h, 12)[6] >> 5, 0);
}

static void read_register(struct host *h)
{
	static const uint8_t read[] = { 0, 0, 0, 1, 0, 0, 3, 0x0f, 0, 0x10, 0, 0x10 };

	send(h, RISER_NONPOSTED, read, sizeof(read));
	assert_int_equal(run(h, 1000), 0);
}

static void good_read(const char *const *plusargs, uint32_t nr)
{
	struct host *h = open_card(plusargs, nr, 0);
	const uint8_t *cpl;

	assert_string_equal(h->card.info->name, "wrong_card");
	assert_non_null(strstr(h->card.info->engine, "SystemC 2."));
	start(h);
	read_register(h);
	cpl = only_tlp(h, 16);
	assert_int_equal(cpl[0], 0x4a);
	assert_memory_equal(cpl + 12, "\xb0\xb1\xb2\xb3", 4);
	/* the model took 100 ns of 4 ns cycles for it */
	assert_true(((const struct riser_tx_rec *)(const void *)h->run.tx)->cycle >= 232 + 25);
	assert_int_equal(h->message[0], 0);
	assert_true(h->run.status & RISER_STATUS_IDLE);
	close_card(h);
}

static void test_a_read_is_completed(void **state)
{
	(void)state;
	good_read(NULL, 0);
}

static void test_a_read_in_four_phases_is_completed(void **state)
{
	static const char *const at[] = { "+at" };

	(void)state;
	good_read(at, 1);
}

static void refuses(const char *wrong, const char *words)
{
	struct host *h = open_card(&wrong, 1, -EINVAL);

	if (!strstr(h->message, words))
		fail_msg("\"%s\" is not in \"%s\"", words, h->message);
	assert_int_equal(h->severity, RISER_MSG_FATAL);
	close_card(h);
}

static void test_impossible_cards_are_refused(void **state)
{
	(void)state;
	refuses("+wrong=no_endpoint", "the card has no riser::endpoint or riser::pins");
	refuses("+wrong=two_endpoints", "two of riser::endpoint and riser::pins");
	refuses("+wrong=unbound", "complete binding failed: port not bound: port 'card.");
	refuses("+wrong=exception", "no image for the microcode");
	refuses("+wrong=bad_bar", "a BAR's size is a power of two");
}

static void dies_of(const char *const *plusargs, uint32_t nr, const char *words)
{
	struct host *h = open_card(plusargs, nr, 0);

	start(h);
	read_register(h);
	if (!strstr(h->message, words))
		fail_msg("\"%s\" is not in \"%s\"", words, h->message);
	assert_true(h->run.why & RISER_RUN_FATAL);
	assert_int_equal(run(h, 1), -EIO);
	close_card(h);
}

static void dies(const char *wrong, const char *words)
{
	const char *const plusargs[] = { wrong, "+at" };

	/* loosely and approximately timed */
	dies_of(plusargs, 1, words);
	dies_of(plusargs, 2, words);
}

static void test_mistakes_at_run_time_end_the_run(void **state)
{
	(void)state;
	dies("+wrong=incomplete",
	     "read of BAR0+0x10: the model answered TLM_INCOMPLETE_RESPONSE (it returned without a response)");
	dies("+wrong=address", "read of BAR0+0x10: the model answered TLM_ADDRESS_ERROR_RESPONSE");
	dies("+wrong=report", "wrong_card: the register file is on fire (in card.ep.nonposted_process");
}

/* Writes that come at once, each of 100 ns. */
static void write_burst(struct host *h, int nr)
{
	static const uint8_t write[] = { 0x40, 0, 0, 1, 0, 0, 0, 0x0f, 0, 0x10, 0, 0x10, 1, 2, 3, 4 };

	while (nr--)
		send(h, RISER_POSTED, write, sizeof(write));
	assert_int_equal(run(h, 1000), 0);
}

/* The largest delay that the model was called with, in units of 10 ns. */
static uint8_t largest_delay(const char *quantum, int nr)
{
	static const uint8_t read[] = { 0, 0, 0, 1, 0, 0, 3, 0x0f, 0, 0x10, 0, 0x20 };
	struct host *h = open_card(&quantum, quantum ? 1 : 0, 0);
	uint8_t delay;

	start(h);
	write_burst(h, nr);
	send(h, RISER_NONPOSTED, read, sizeof(read));
	assert_int_equal(run(h, 1000), 0);
	delay = only_tlp(h, 16)[12];
	assert_int_equal(h->message[0], 0);
	close_card(h);
	return delay;
}

static void test_a_quantum_decouples_writes(void **state)
{
	(void)state;
	assert_int_equal(largest_delay(NULL, 5), 0);
	/* the first one is alone, the others wait together meanwhile: 0 to 600 ns */
	assert_int_equal(largest_delay("+quantum=2000", 8), 60);
	/* never beyond a quantum */
	assert_in_range(largest_delay("+quantum=350", 8), 10, 30);
}

static void test_time_that_goes_backwards_ends_the_run(void **state)
{
	static const char *const wrong[] = { "+wrong=backwards", "+quantum=1000" };
	struct host *h = open_card(wrong, 2, 0);

	(void)state;
	start(h);
	write_burst(h, 4);
	if (!strstr(h->message, "b_transport returned with less delay than it was called with"))
		fail_msg("\"%s\"", h->message);
	assert_true(h->run.why & RISER_RUN_FATAL);
	close_card(h);
}

static void test_a_message_has_its_words_and_data(void **state)
{
	static const uint8_t write[] = { 0x40, 0, 0, 1, 0, 0, 0, 0x0f, 0, 0x10, 0, 0x30, 1, 2, 3, 4 };
	static const uint8_t message[] = { 0x72, 0, 0, 1, 1, 0, 0, 0x7f, 1, 2, 3, 4, 5, 6, 7, 8,
					   0xd0, 0xd1, 0xd2, 0xd3 };
	struct host *h = open_card(NULL, 0, 0);
	const struct riser_tx_rec *rec;

	(void)state;
	start(h);
	send(h, RISER_POSTED, write, sizeof(write));
	assert_int_equal(run(h, 1000), 0);
	rec = (const void *)h->run.tx;
	assert_int_equal(h->run.tx_nr, 1);
	assert_int_equal(rec->len, sizeof(message));
	assert_int_equal(rec->aux, RISER_POSTED);
	assert_memory_equal(h->run.tx + sizeof(*rec), message, sizeof(message));
	close_card(h);
}

static void test_an_error_response_is_a_completer_abort(void **state)
{
	static const char *const wrong[] = { "+wrong=abort" };
	struct host *h = open_card(wrong, 1, 0);

	(void)state;
	start(h);
	read_register(h);
	assert_int_equal(only_tlp(h, 12)[6] >> 5, 4);
	assert_int_equal(h->message[0], 0);
	close_card(h);
}

#ifdef RTL_PLATFORM
/* Identity, a BAR of its own size, a write and a read back: by RTL inside of SystemC. */
static void test_rtl_in_a_platform_answers(void **state)
{
	static const uint8_t id[] = { 0x04, 0, 0, 1, 0, 0, 4, 0x0f, 1, 0, 0, 0 };
	static const uint8_t write[] = { 0x40, 0, 0, 1, 0, 0, 0, 0x0f, 0, 0x10, 0, 0x0c,
					 0xef, 0xbe, 0xad, 0xde };
	static const uint8_t read[] = { 0, 0, 0, 1, 0, 0, 5, 0x0f, 0, 0x10, 0, 0x0c };
	struct host *h = open_model(RTL_PLATFORM, NULL, 0, 0);

	(void)state;
	start(h);
	send(h, RISER_NONPOSTED, id, sizeof(id));
	assert_int_equal(run(h, 100), 0);
	assert_memory_equal(only_tlp(h, 16) + 12, "\x12\x19\x2d\x00", 4);
	send(h, RISER_POSTED, write, sizeof(write));
	send(h, RISER_NONPOSTED, read, sizeof(read));
	h->ref[RISER_NONPOSTED][(h->run.rx[RISER_NONPOSTED].head - 1) & 15].after_posted = 1;
	assert_int_equal(run(h, 200), 0);
	assert_memory_equal(only_tlp(h, 16) + 12, write + 12, 4);
	assert_int_equal(h->message[0], 0);
	close_card(h);
}
#endif

#ifdef STORE_PLATFORM
/*
 * RTL whose backing store is a TLM memory: a word goes there and comes back; the
 * last word is a TLM peripheral that knows the time.
 */
static void test_rtl_beside_a_tlm_memory(void **state)
{
	static const uint8_t write[] = { 0x40, 0, 0, 2, 0, 0, 0, 0xff, 0, 0x80, 0, 0x28,
					 1, 2, 3, 4, 5, 6, 7, 8 };
	static const uint8_t read[] = { 0, 0, 0, 2, 0, 0, 7, 0xff, 0, 0x80, 0, 0x28 };
	static const uint8_t time[] = { 0, 0, 0, 2, 0, 0, 8, 0xff, 0, 0x80, 0x0f, 0xf8 };
	struct host *h = open_model(STORE_PLATFORM, NULL, 0, 0);
	const struct riser_tx_rec *rec = (const void *)h->run.tx;
	uint64_t ns, cycle;

	(void)state;
	h->card.ops->set_sideband(h->card.model, RISER_SB_PERST);
	assert_int_equal(run(h, 32), 0);
	h->card.ops->set_sideband(h->card.model, RISER_SB_LINK_UP);
	send(h, RISER_POSTED, write, sizeof(write));
	assert_int_equal(run(h, 50), 0);
	cycle = h->run.cycle;
	send(h, RISER_NONPOSTED, read, sizeof(read));
	assert_int_equal(run(h, 100), 0);
	assert_memory_equal(only_tlp(h, 20) + 12, write + 12, 8);
	/* the memory alone takes 5 cycles */
	assert_true(rec->cycle - cycle >= 5);
	cycle = h->run.cycle;
	send(h, RISER_NONPOSTED, time, sizeof(time));
	assert_int_equal(run(h, 100), 0);
	memcpy(&ns, only_tlp(h, 20) + 12, sizeof(ns));
	assert_in_range(ns, 4 * cycle, 4 * rec->cycle);
	assert_int_equal(h->message[0], 0);
	close_card(h);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_read_is_completed),
		cmocka_unit_test(test_a_read_in_four_phases_is_completed),
		cmocka_unit_test(test_impossible_cards_are_refused),
		cmocka_unit_test(test_mistakes_at_run_time_end_the_run),
		cmocka_unit_test(test_an_error_response_is_a_completer_abort),
		cmocka_unit_test(test_a_quantum_decouples_writes),
		cmocka_unit_test(test_time_that_goes_backwards_ends_the_run),
		cmocka_unit_test(test_a_message_has_its_words_and_data),
#ifdef RTL_PLATFORM
		cmocka_unit_test(test_rtl_in_a_platform_answers),
#endif
#ifdef STORE_PLATFORM
		cmocka_unit_test(test_rtl_beside_a_tlm_memory),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
