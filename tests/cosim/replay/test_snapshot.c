// SPDX-License-Identifier: Apache-2.0
/*
 * Snapshots of a run of a Verilated fixture:
 *
 *	test_snapshot MODEL FAST_MODEL COVER_MODEL
 *
 * A replay that begins at any of them is the run; one that cannot be used is
 * passed by with a sentence; they stay within their limits.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/replay.h>

#include "../../../bridge/record_format.h"
#include "../sim/bench.h"
#include "rig.h"

#define MAX_FOUND 300

static const char *model, *fast_model, *cover_model;
static char dir[] = "/tmp/riser-snapshot-XXXXXX";
static char record[256], folder[256];

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Everything that a snapshot has to keep: store, RAM, queues, random numbers. */
static void traffic(struct rig *rig, unsigned int rounds)
{
	uint32_t value, i, j;

	for (i = 0; i < rounds; i++) {
		for (j = 0; j < 16; j++)
			fk_write32(&rig->fk, 64 * (j + i % 64), i * 16 + j);
		fk_write32(&rig->fk, FX_STORE | 8 * (i % 512), 0x5a000000 + i);
		assert_int_equal(fk_read32(&rig->fk, 64 * (i % 64), &value),
				 FK_SC);
		assert_int_equal(value, i * 16);
		assert_int_equal(fk_read32(&rig->fk, FX_STORE | 8 * (i % 512),
					   &value), FK_SC);
		assert_int_equal(value, 0x5a000000 + i);
		assert_int_equal(fk_read32(&rig->fk, FX_RANDOM, &value), FK_SC);
		assert_int_equal(fk_read32(&rig->fk, FX_COUNT, &value), FK_SC);
	}
}

static void configure(struct rig *rig, const char *path)
{
	snprintf(record, sizeof(record), "%s/tlp.rec.zst", dir);
	snprintf(folder, sizeof(folder), "%s/snapshots", dir);
	rig_init(rig, 1 << 16);
	rig->config.model_path = path;
	rig->config.record_path = record;
	rig->config.snapshot_dir = folder;
	rig->config.snapshot_ms = 1;
	rig->config.seed = 77;
	rig->fk.sleeps = true;
	/* TLPs wait for the card: they have to be in a snapshot, too */
	rig->config.stall_rx[RISER_POSTED].permille = 700;
	rig->config.stall_rx[RISER_POSTED].seed = 3;
}

static void remove_all(void)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf %s/*", dir);
	assert_int_equal(system(command), 0);
}

/* A run that lasts until it has @nr snapshots, or more. */
static void run(struct rig *rig, uint64_t nr)
{
	uint64_t until_ns = now_ns() + 30000000000ULL;
	uint64_t have = 0;

	rig_start(rig);
	while (have < nr && now_ns() < until_ns) {
		struct dirent *entry;
		DIR *d = opendir(folder);

		traffic(rig, 20);
		for (have = 0; d && (entry = readdir(d));)
			have += strstr(entry->d_name, ".snap") != NULL;
		closedir(d);
	}
	rig_stop(rig);
	assert_true(have >= nr);
}

static uint32_t cycles_of_all(uint64_t *cycle)
{
	struct dirent *entry;
	DIR *d = opendir(folder);
	uint32_t nr = 0;

	assert_non_null(d);
	while ((entry = readdir(d)))
		if (strstr(entry->d_name, ".snap") && nr < MAX_FOUND)
			cycle[nr++] = strtoull(entry->d_name, NULL, 10);
	closedir(d);
	return nr;
}

static uint64_t newest(void)
{
	uint64_t cycle[MAX_FOUND], found = 0;
	uint32_t nr = cycles_of_all(cycle), i;

	for (i = 0; i < nr; i++)
		if (cycle[i] > found)
			found = cycle[i];
	return found;
}

static char notes[2048];

static void on_note(void *ctx, const char *text)
{
	size_t n = strlen(notes);

	(void)ctx;
	snprintf(notes + n, sizeof(notes) - n, "%s\n", text);
}

/* Replays from the last snapshot up to @from; where it began. */
static uint64_t replay(uint64_t from)
{
	struct riser_replay_config config = {
		.record_path = record, .model_path = model, .x_init = -1,
		.snapshot_dir = folder, .from_cycle = from, .note = on_note,
	};
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];

	notes[0] = '\0';
	if (riser_replay(&config, &result, error))
		fail_msg("%s", error);
	if (result.differs)
		fail_msg("from cycle %" PRIu64 ": %s", result.start_cycle,
			 result.difference);
	assert_int_equal(result.tx_hash, result.recorded_tx_hash);
	return result.start_cycle;
}

static void test_replay_from_each_snapshot_is_the_run(void **state)
{
	static struct rig rig;
	uint64_t cycle[MAX_FOUND];
	uint32_t nr, i;

	(void)state;
	configure(&rig, model);
	run(&rig, 6);
	assert_true(riser_engine_snapshots(rig.engine)->is_on);
	assert_true(riser_engine_snapshots(rig.engine)->nr_taken >= 6);
	rig_fini(&rig);
	nr = cycles_of_all(cycle);
	for (i = 0; i < nr; i++) {
		assert_int_equal(replay(cycle[i]), cycle[i]);
		assert_string_equal(notes, "");
	}
	assert_true(nr >= 6);
	/* none is early enough */
	assert_int_equal(replay(1), 0);
	/* between two the one before */
	assert_int_equal(replay(UINT64_MAX), newest());
}

static void name_of(char *path, size_t size, uint64_t cycle)
{
	snprintf(path, size, "%s/%020" PRIu64 ".snap", folder, cycle);
}

static void flip(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	uint8_t byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

/* On the run of the test before. */
static void test_damaged_one_is_passed_by(void **state)
{
	uint64_t last = newest(), before;
	char path[320];
	struct stat st;

	(void)state;
	name_of(path, sizeof(path), last);
	assert_int_equal(stat(path, &st), 0);
	flip(path, st.st_size / 2);
	before = replay(last);
	assert_true(before && before < last);
	assert_non_null(strstr(notes, "is not used: its checksum is wrong; an older one is"));
	flip(path, st.st_size / 2);
	flip(path, 40);
	assert_int_equal(replay(last), before);
	assert_non_null(strstr(notes, "its head has changed"));
	flip(path, 40);
	assert_int_equal(truncate(path, st.st_size - 1), 0);
	assert_int_equal(replay(last), before);
	assert_non_null(strstr(notes, "it is cut"));
	assert_int_equal(truncate(path, 20), 0);
	assert_int_equal(replay(last), before);
	assert_non_null(strstr(notes, "no snapshot begins there"));
	unlink(path);
}

static void test_damaged_pages_lead_to_an_older_one(void **state)
{
	char path[320];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/pages.bin", folder);
	assert_int_equal(stat(path, &st), 0);
	/* the fixture's memory is one page: each slot is one version of it */
	for (off_t at = 0; at < st.st_size; at += 4096)
		flip(path, at);
	/* one from before the first write needs none */
	assert_true(replay(UINT64_MAX) < newest());
	assert_non_null(strstr(notes, "its pages in"));
	for (off_t at = 0; at < st.st_size; at += 4096)
		flip(path, at);
	assert_int_equal(replay(UINT64_MAX), newest());
	unlink(path);
	assert_true(replay(UINT64_MAX) < newest());
}

static void test_log_of_a_killed_run_ends_before_a_snapshot(void **state)
{
	static struct rig rig;
	struct riser_replay_config config = { .model_path = NULL };
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct riser_rec_block head;
	FILE *f;

	(void)state;
	remove_all();
	configure(&rig, model);
	run(&rig, 4);
	rig_fini(&rig);
	/* behind the block of the head, and a little of the next one */
	f = fopen(record, "re");
	assert_non_null(f);
	assert_int_equal(fseek(f, 8, SEEK_SET), 0);
	assert_int_equal(fread(&head, sizeof(head), 1, f), 1);
	fclose(f);
	assert_int_equal(truncate(record, (off_t)(8 + sizeof(head) +
						  head.packed_bytes + 100)), 0);
	config = (struct riser_replay_config){
		.record_path = record, .model_path = model, .x_init = -1,
		.snapshot_dir = folder, .from_cycle = newest(), .note = on_note,
	};
	notes[0] = '\0';
	assert_int_equal(riser_replay(&config, &result, error), 0);
	assert_false(result.differs);
	assert_true(result.is_cut);
	assert_true(result.start_cycle < newest());
	assert_non_null(strstr(notes, "is not used: record"));
	assert_non_null(strstr(notes, "ends early"));
}

static void test_another_log_or_model_is_not_theirs(void **state)
{
	static struct rig rig;
	char other[160];

	(void)state;
	remove_all();
	configure(&rig, model);
	run(&rig, 1);
	rig_fini(&rig);
	snprintf(other, sizeof(other), "%s/other", dir);
	assert_int_equal(rename(folder, other), 0);
	unlink(record);
	configure(&rig, model);
	run(&rig, 1);
	rig_fini(&rig);
	snprintf(folder, sizeof(folder), "%s", other);
	assert_int_equal(replay(UINT64_MAX), 0);
	assert_string_equal(notes, "");
	/* a build that cannot be traced is another build */
	snprintf(folder, sizeof(folder), "%s/snapshots", dir);
	model = fast_model;
	assert_int_equal(replay(UINT64_MAX), 0);
}

static void test_old_ones_go_for_new_ones(void **state)
{
	static struct rig rig;
	const struct riser_snapshot_stats *stats;
	uint64_t cycle[MAX_FOUND], largest = 0;
	char path[320];
	struct stat st;
	uint32_t nr = 0, i;

	(void)state;
	remove_all();
	configure(&rig, model);
	rig.config.snapshot_limit_bytes = 64 << 10;
	rig_start(&rig);
	while (!nr) {
		traffic(&rig, 5);
		nr = cycles_of_all(cycle);
	}
	for (i = 1; i < nr; i++)
		if (cycle[i] < cycle[0])
			cycle[0] = cycle[i];
	name_of(path, sizeof(path), cycle[0]);
	while (!access(path, F_OK))
		traffic(&rig, 5);
	rig_stop(&rig);
	stats = riser_engine_snapshots(rig.engine);
	assert_true(stats->nr_taken > stats->nr_kept);
	assert_true(stats->nr_kept >= 1);
	nr = cycles_of_all(cycle);
	assert_int_equal(nr, stats->nr_kept);
	for (i = 0; i < nr; i++) {
		name_of(path, sizeof(path), cycle[i]);
		assert_int_equal(stat(path, &st), 0);
		if ((uint64_t)st.st_size > largest)
			largest = (uint64_t)st.st_size;
	}
	/* the newest one is there before an older one goes */
	assert_true(stats->disk_bytes <= (64 << 10) + largest);
	rig_fini(&rig);
	for (i = 0; i < nr; i++)
		assert_int_equal(replay(cycle[i]), cycle[i]);
}

static void refused(const char *path, const char *why)
{
	static struct rig rig;

	remove_all();
	configure(&rig, path);
	rig_start(&rig);
	traffic(&rig, 10);
	rig_stop(&rig);
	assert_non_null(strstr(riser_engine_snapshots(rig.engine)->text, why));
	assert_int_equal(rig.result.nr_errors, 0);
	assert_int_equal(access(folder, F_OK), -1);
	rig_fini(&rig);
}

static void test_models_that_give_none_are_told(void **state)
{
	(void)state;
	refused(fast_model, "the model cannot write waveforms (flavour fast)");
	refused(cover_model, "the model cannot write waveforms");
}

static void test_refusal_names_the_reason(void **state)
{
	struct riser_model_info info = {
		.features = RISER_MODEL_F_TRACE | RISER_MODEL_F_SAVE,
	};

	(void)state;
	assert_null(riser_snapshot_refusal(&info));
	info.nr_mems = 1;
	info.mem[0].bytes = 4096;
	assert_non_null(strstr(riser_snapshot_refusal(&info), "which pages"));
	info.features |= RISER_MODEL_F_DIRTY;
	assert_null(riser_snapshot_refusal(&info));
	info.mem[0].bytes = 1ULL << 37;
	assert_non_null(strstr(riser_snapshot_refusal(&info), "64 GiB"));
	info.features |= RISER_MODEL_F_IMPURE;
	assert_non_null(strstr(riser_snapshot_refusal(&info), "DPI"));
	info.features &= ~(uint32_t)RISER_MODEL_F_SAVE;
	assert_non_null(strstr(riser_snapshot_refusal(&info), "cannot save"));
}

static void test_nothing_is_overwritten_and_the_run_goes_on(void **state)
{
	static struct rig rig;

	(void)state;
	remove_all();
	configure(&rig, model);
	assert_int_equal(mkdir(folder, 0700), 0);
	rig_start(&rig);
	traffic(&rig, 10);
	rig_stop(&rig);
	assert_int_equal(rig.result.nr_errors, 0);
	assert_non_null(strstr(rig.messages, "snapshots in "));
	assert_non_null(strstr(rig.messages, "File exists"));
	rig_fini(&rig);
	assert_int_equal(rmdir(folder), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay_from_each_snapshot_is_the_run),
		cmocka_unit_test(test_damaged_one_is_passed_by),
		cmocka_unit_test(test_damaged_pages_lead_to_an_older_one),
		cmocka_unit_test(test_log_of_a_killed_run_ends_before_a_snapshot),
		cmocka_unit_test(test_old_ones_go_for_new_ones),
		cmocka_unit_test(test_nothing_is_overwritten_and_the_run_goes_on),
		cmocka_unit_test(test_another_log_or_model_is_not_theirs),
		cmocka_unit_test(test_models_that_give_none_are_told),
		cmocka_unit_test(test_refusal_names_the_reason),
	};
	int ret;

	if (argc != 4 || !mkdtemp(dir))
		return 2;
	model = argv[1];
	fast_model = argv[2];
	cover_model = argv[3];
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	remove_all();
	rmdir(dir);
	return ret;
}
