// SPDX-License-Identifier: Apache-2.0
/*
 * A capture played to the checker gives what the live checker found, and a
 * damaged one is read up to the damage and said to be damaged.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/capture.h>
#include <riser/check.h>

#include "../../cosim/ctest_model/card.h"
#include "rig.h"

#define MAX_FOUND 64

static char dir[] = "/tmp/riser-capture-XXXXXX";
static char capture[64], broken[64];

struct found {
	uint32_t nr;
	struct riser_finding f[MAX_FOUND];
};

static void on_finding(void *ctx, const struct riser_finding *finding)
{
	struct found *found = ctx;

	if (found->nr < MAX_FOUND)
		found->f[found->nr++] = *finding;
}

/* A card that breaks rules in several ways, with a driver function at work. */
static void misbehave(struct rig *rig)
{
	struct fk *fk = &rig->fk;
	uint32_t value;

	fk_site(fk, 1, 0xffff1234, "nvme_wait_ready+0x6e/0x90 [nvme_core]\n");
	fk->site = 1;
	fk->pc = 0xffff1234;
	fk_read32(fk, CARD_REG_ID, &value);
	fk_read32(fk, CARD_REG_WRONG_ID, &value);
	fk_write32(fk, CARD_REG_STRAY, 1);
	fk_write32(fk, CARD_REG_MALFORMED, 1);
	fk_write32(fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR);
	fk_write32(fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(fk, CARD_REG_WRONG_CHANNEL, 1);
	fk_read32(fk, CARD_REG_LONG_CPL, &value);
	fk_read32(fk, CARD_REG_HOLE, &value);
	fk_read32(fk, CARD_REG_POISON, &value);
	fk_event(fk, PCIEM_EVENT_DMA_MISS, "write of 4 bytes at 0x1000: no mapping");
	fk_reset(fk, PCIEM_RESET_HOT_ASSERT);
	fk_reset(fk, PCIEM_RESET_HOT_RELEASE);
	fk_serve(fk, 50000000);
}

static struct found live;

static void run_live(void)
{
	struct riser_check_observer *checker;
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	rig_init(rig, 1 << 16);
	rig->config.pcapng_path = capture;
	rig->config.timeout_cycles = 15000;
	assert_int_equal(riser_check_observer_create(NULL, &checker), 0);
	rig->config.observers[rig->config.nr_observers++] =
		riser_check_observer(checker);
	riser_check_observer_listen(checker, on_finding, &live);
	rig_start_enumerated(rig);
	misbehave(rig);
	rig_stop(rig);
	rig_fini(rig);
	riser_check_observer_destroy(checker);
	free(rig);
}

static int play(const char *path, struct found *found,
		struct riser_capture_summary *summary, char *error)
{
	struct riser_check_observer *checker;
	struct riser_observer observer;
	int ret;

	memset(found, 0, sizeof(*found));
	assert_int_equal(riser_check_observer_create(NULL, &checker), 0);
	riser_check_observer_listen(checker, on_finding, found);
	observer = riser_check_observer(checker);
	ret = riser_capture_play(path, &observer, 0, summary, error);
	riser_check_observer_destroy(checker);
	return ret;
}

static bool is_told(const struct found *found, const char *text)
{
	uint32_t i;

	for (i = 0; i < found->nr; i++)
		if (!strcmp(found->f[i].text, text))
			return true;
	return false;
}

static void test_offline_findings_are_the_live_ones(void **state)
{
	struct riser_capture_summary summary;
	char error[RISER_ERROR_BYTES];
	static struct found offline;
	uint32_t i;

	(void)state;
	assert_int_equal(play(capture, &offline, &summary, error), 0);
	assert_false(summary.is_damaged);
	assert_true(summary.has_facts);
	assert_true(summary.has_end);
	assert_true(live.nr >= 4);
	for (i = 0; i < live.nr; i++) {
		if (is_told(&offline, live.f[i].text))
			continue;
		print_error("only live: %s\n", live.f[i].text);
		fail();
	}
	for (i = 0; i < offline.nr; i++) {
		if (is_told(&live, offline.f[i].text))
			continue;
		print_error("only offline: %s\n", offline.f[i].text);
		fail();
	}
	for (i = 0; i < offline.nr && i < live.nr; i++) {
		assert_string_equal(offline.f[i].side, live.f[i].side);
		assert_string_equal(offline.f[i].function, live.f[i].function);
		assert_int_equal(offline.f[i].cycle, live.f[i].cycle);
		assert_int_equal(offline.f[i].is_error, live.f[i].is_error);
	}
}

static uint32_t nr_of(const struct found *found, const char *rule)
{
	uint32_t i, nr = 0;

	for (i = 0; i < found->nr; i++)
		nr += !strcmp(found->f[i].rule, rule);
	return nr;
}

/* A memory write on the completions' channel, and nothing else, whatever its length. */
static void test_a_wrong_channel_is_found_offline(void **state)
{
	struct riser_capture_summary summary;
	char error[RISER_ERROR_BYTES];
	static struct found offline;
	uint32_t i;

	(void)state;
	assert_int_equal(play(capture, &offline, &summary, error), 0);
	assert_int_equal(nr_of(&live, "FC-07"), 1);
	assert_int_equal(nr_of(&live, "LEN-01"), 2);
	assert_int_equal(nr_of(&offline, "FC-07"), 1);
	assert_int_equal(nr_of(&offline, "LEN-01"), 2);
	for (i = 0; i < offline.nr; i++)
		if (!strcmp(offline.f[i].rule, "FC-07"))
			assert_non_null(strstr(offline.f[i].text, "MWr on the completion channel"));
}

static size_t read_file(uint8_t **bytes)
{
	FILE *f = fopen(capture, "rb");
	long size;

	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	*bytes = malloc((size_t)size);
	assert_int_equal(fread(*bytes, 1, (size_t)size, f), size);
	fclose(f);
	return (size_t)size;
}

static void write_file(const uint8_t *bytes, size_t len)
{
	FILE *f = fopen(broken, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
}

/* Captures of before the field: what is not known is no error. */
static void test_a_capture_without_channels_blames_nobody(void **state)
{
	static const uint8_t channel[] = { 0, 20, 0, 1 }, pad[3];
	struct riser_capture_summary summary;
	char error[RISER_ERROR_BYTES];
	static struct found found;
	uint8_t *bytes, *at;
	size_t size = read_file(&bytes);
	uint32_t nr = 0;

	(void)state;
	for (at = bytes; at + 8 <= bytes + size; at++)
		if (!memcmp(at, channel, sizeof(channel)) && !memcmp(at + 5, pad, sizeof(pad))) {
			at[1] = 63;	/* a field that nobody knows */
			nr++;
		}
	/* the write, and two TLPs that cannot be decoded */
	assert_int_equal(nr, 3);
	write_file(bytes, size);
	free(bytes);
	assert_int_equal(play(broken, &found, &summary, error), 0);
	assert_false(summary.is_damaged);
	assert_int_equal(nr_of(&found, "FC-07"), 0);
	assert_int_equal(nr_of(&found, "LEN-01"), 2);
}

static void test_a_cut_capture_counts_up_to_the_cut(void **state)
{
	struct riser_capture_summary summary;
	char error[RISER_ERROR_BYTES];
	static struct found found;
	uint64_t before = 0;
	uint8_t *bytes;
	size_t size = read_file(&bytes), cut;

	(void)state;
	for (cut = size / 2; cut < size; cut += size / 7) {
		write_file(bytes, cut | 1);
		assert_int_equal(play(broken, &found, &summary, error), 0);
		assert_true(summary.is_damaged);
		assert_non_null(strstr(summary.trouble,
				       "the file ends in the middle of a block"));
		assert_non_null(strstr(summary.trouble, "at byte "));
		assert_true(summary.nr_tlps > before);
		before = summary.nr_tlps;
	}
	free(bytes);
}

static void test_damage_of_any_kind_is_survived(void **state)
{
	struct riser_capture_summary summary;
	char error[RISER_ERROR_BYTES];
	static struct found found;
	uint8_t *bytes, old;
	size_t size = read_file(&bytes), i, at;
	unsigned int seed = 1, nr_damaged = 0;

	(void)state;
	print_message("seed 1\n");
	for (i = 0; i < 300; i++) {
		at = (size_t)rand_r(&seed) % size;
		old = bytes[at];
		bytes[at] = (uint8_t)rand_r(&seed);
		write_file(bytes, size);
		if (!play(broken, &found, &summary, error))
			nr_damaged += summary.is_damaged;
		else
			assert_true(error[0]);
		bytes[at] = old;
	}
	assert_true(nr_damaged > 5);
	free(bytes);
}

static void test_files_that_are_no_capture(void **state)
{
	static const uint8_t empty_section[] = {
		0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a,
		1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 28, 0, 0, 0,
	};
	struct riser_capture_summary summary;
	char error[RISER_ERROR_BYTES];
	static struct found found;

	(void)state;
	write_file((const uint8_t *)"\x7f" "ELF....", 8);
	assert_true(play(broken, &found, &summary, error) < 0);
	assert_non_null(strstr(error, "no pcapng file: it begins with 7f454c46"));
	write_file(empty_section, sizeof(empty_section));
	assert_true(play(broken, &found, &summary, error) < 0);
	assert_non_null(strstr(error, "no TLP in it"));
	unlink(broken);
	assert_true(play(broken, &found, &summary, error) < 0);
	assert_non_null(strstr(error, "No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offline_findings_are_the_live_ones),
		cmocka_unit_test(test_a_wrong_channel_is_found_offline),
		cmocka_unit_test(test_a_capture_without_channels_blames_nobody),
		cmocka_unit_test(test_a_cut_capture_counts_up_to_the_cut),
		cmocka_unit_test(test_damage_of_any_kind_is_survived),
		cmocka_unit_test(test_files_that_are_no_capture),
	};
	int ret;

	if (!mkdtemp(dir))
		return 1;
	snprintf(capture, sizeof(capture), "%s/run.pcapng", dir);
	snprintf(broken, sizeof(broken), "%s/broken.pcapng", dir);
	run_live();
	ret = cmocka_run_group_tests_name("bridge.capture", tests, NULL, NULL);
	if (!getenv("RISER_KEEP")) {
		unlink(capture);
		unlink(broken);
		rmdir(dir);
	}
	return ret;
}
