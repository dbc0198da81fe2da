// SPDX-License-Identifier: Apache-2.0
/*
 * Cards that boot: the link waits for them, and the next run of the same begins where
 * the boot ended, with a record as if it had been simulated.
 *
 *	test_boot MODEL COVER_MODEL	(fx_endpoint with --boot-until)
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/replay.h>

#include "../sim/bench.h"
#include "rig.h"

#define BOOT_CYCLES 100000

static const char *model, *cover_model;
static char dir[] = "/tmp/riser-boot-XXXXXX";
static char cache[64], record[64], file[64];

static char notes[8192];
static uint64_t up_cycle;

static void on_note(void *ctx, const struct riser_note *note)
{
	size_t n = strlen(notes);

	(void)ctx;
	snprintf(notes + n, sizeof(notes) - n, "%s\n", note->text);
}

static void on_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	(void)ctx;
	if (levels & RISER_SB_LINK_UP && !up_cycle)
		up_cycle = cycle;
}

static const struct riser_observer_ops observer = { .note = on_note, .sideband = on_sideband };

static const char *const plusargs[] = { "+boot=100000", "+fixture=7", "+ram=ram.hex" };

static void configure(struct rig *rig, const char *path)
{
	notes[0] = '\0';
	up_cycle = 0;
	unlink(record);
	rig_init(rig, 1 << 16);
	rig->config.model_path = path;
	rig->config.record_path = record;
	rig->config.boot_dir = cache;
	rig->config.dir = dir;
	rig->config.plusargs = plusargs;
	rig->config.nr_plusargs = 3;
	rig->config.idle = RISER_IDLE_STOP;
	rig->config.observers[rig->config.nr_observers++] =
		(struct riser_observer){ &observer, NULL };
}

/* A run: what the card kept from its boot, and some traffic. */
static void run(struct rig *rig)
{
	uint32_t value, i;

	rig_start(rig);
	assert_int_equal(fk_read32(&rig->fk, FX_STORE | 8 * 3, &value), FK_SC);
	assert_int_equal(value, 0xb007);
	assert_int_equal(fk_read32(&rig->fk, FX_PLUSARG, &value), FK_SC);
	assert_int_equal(value, 7);
	for (i = 0; i < 20; i++) {
		assert_int_equal(fk_read32(&rig->fk, FX_RANDOM, &value), FK_SC);
		assert_int_equal(fk_read32(&rig->fk, FX_COUNT, &value), FK_SC);
	}
	rig_stop(rig);
	rig_fini(rig);
}

/* The record is the same run from reset, boot and all. */
static void assert_replays(const char *path)
{
	struct riser_replay_config config = {
		.record_path = record, .model_path = path, .x_init = -1,
	};
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES] = "";

	if (riser_replay(&config, &result, error) || result.differs) {
		print_error("%s%s\n", error, result.difference);
		fail();
	}
	assert_true(result.cycles > BOOT_CYCLES);
	assert_int_equal(result.tx_hash, result.recorded_tx_hash);
}

static unsigned int nr_kept(void)
{
	struct dirent *entry;
	DIR *d = opendir(cache);
	unsigned int nr = 0;

	while (d && (entry = readdir(d)))
		nr += entry->d_name[0] != '.';
	if (d)
		closedir(d);
	return nr;
}

static void write_ram(const char *text)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_the_second_run_begins_after_boot(void **state)
{
	static struct rig rig;
	uint64_t cold;

	(void)state;
	configure(&rig, model);
	run(&rig);
	cold = up_cycle;
	assert_in_range(cold, BOOT_CYCLES, BOOT_CYCLES + 1000);
	assert_null(strstr(notes, "earlier boot"));
	assert_non_null(strstr(notes, ": ram.hex"));
	assert_replays(model);
	assert_int_equal(nr_kept(), 2);

	configure(&rig, model);
	run(&rig);
	assert_non_null(strstr(notes, "begins as it was after an earlier boot"));
	assert_non_null(strstr(notes, ": ram.hex"));
	assert_int_equal(up_cycle, cold);
	assert_replays(model);
}

static void test_anything_else_boots_itself(void **state)
{
	static struct rig rig;
	char command[160];

	(void)state;
	configure(&rig, model);
	rig.config.seed = 9;
	run(&rig);
	assert_null(strstr(notes, "earlier boot"));
	assert_int_equal(nr_kept(), 4);

	/* the file that it read while it booted */
	write_ram("11\n23\n");
	configure(&rig, model);
	run(&rig);
	assert_null(strstr(notes, "earlier boot"));
	assert_replays(model);

	/* damaged */
	snprintf(command, sizeof(command),
		 "for f in %s/*; do case $f in *.sum) ;; *) printf x >>$f;; esac; done", cache);
	assert_int_equal(system(command), 0);
	configure(&rig, model);
	run(&rig);
	assert_null(strstr(notes, "earlier boot"));
}

static void test_what_cannot_be_kept_is_said(void **state)
{
	static struct rig rig;

	(void)state;
	configure(&rig, cover_model);
	run(&rig);
	assert_non_null(strstr(notes, "the state after boot is not kept: the model cannot save its state"));
	assert_int_equal(nr_kept(), 4);
}

static void test_a_card_that_reads_no_file(void **state)
{
	static struct rig rig;

	(void)state;
	for (int i = 0; i < 2; i++) {
		configure(&rig, model);
		rig.config.nr_plusargs = 2;
		run(&rig);
		assert_int_equal(strstr(notes, "earlier boot") != NULL, i);
		assert_replays(model);
	}
}

static void *run_engine(void *arg)
{
	struct rig *rig = arg;

	riser_engine_run(rig->engine, &rig->result);
	return NULL;
}

static void test_a_card_that_does_not_boot_is_a_finding(void **state)
{
	static struct rig rig;
	pthread_t thread;

	(void)state;
	configure(&rig, model);
	rig.config.boot_dir = NULL;
	rig.config.boot_ns = 20000;
	assert_int_equal(riser_engine_create(&rig.config, &rig.engine, rig.error), 0);
	assert_int_equal(pthread_create(&thread, NULL, run_engine, &rig), 0);
	assert_true(fk_attach(&rig.fk));
	pthread_join(thread, NULL);
	assert_int_equal(rig.result.nr_errors, 1);
	assert_non_null(strstr(riser_engine_finding(rig.engine, 0)->text,
			       "the card did not boot: boot.until did not hold within 51"));
	assert_string_equal(rig.result.text, "the card did not boot");
	rig_fini(&rig);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_second_run_begins_after_boot),
		cmocka_unit_test(test_anything_else_boots_itself),
		cmocka_unit_test(test_what_cannot_be_kept_is_said),
		cmocka_unit_test(test_a_card_that_reads_no_file),
		cmocka_unit_test(test_a_card_that_does_not_boot_is_a_finding),
	};
	char command[64];
	int ret;

	if (argc != 3 || !mkdtemp(dir))
		return 2;
	model = argv[1];
	cover_model = argv[2];
	snprintf(cache, sizeof(cache), "%s/cache", dir);
	snprintf(record, sizeof(record), "%s/tlp.rec.zst", dir);
	snprintf(file, sizeof(file), "%s/ram.hex", dir);
	write_ram("11\n22\n");
	ret = cmocka_run_group_tests_name("replay.boot", tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command) ? 1 : ret;
}
