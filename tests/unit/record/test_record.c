// SPDX-License-Identifier: Apache-2.0
/*
 * Record and replay: what was recorded comes again, exactly and every time; and
 * everything that can be wrong with a log or its model is found and said.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/record.h>
#include <riser/replay.h>

#include "../../cosim/ctest_model/card.h"
#include "rig.h"

static char dir[] = "/tmp/riser-record-XXXXXX";
static char log_path[64];

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct rig));
	snprintf(log_path, sizeof(log_path), "%s/tlp.rec.zst", dir);
	unlink(log_path);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* ---- a run with a bit of everything ---- */

static void move_data(struct rig *rig)
{
	struct fk *fk = &rig->fk;
	uint32_t i, want = fk->nr_msi + 2;

	for (i = 0; i < 4096; i++)
		fk->mem[i] = (uint8_t)(i * 7);
	fk_write32(fk, CARD_REG_DMA_LO, (uint32_t)FK_MEM_ADDR);
	fk_write32(fk, CARD_REG_DMA_HI, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(fk, CARD_REG_DMA_BYTES, 4096);
	fk_write32(fk, CARD_REG_DMA_GO, 1);
	while (fk->nr_msi < want - 1)
		fk_serve(fk, 100000);
	fk_write32(fk, CARD_REG_DMA_GO, 2);
	while (fk->nr_msi < want)
		fk_serve(fk, 100000);
}

static void poke(struct rig *rig, uint32_t nr)
{
	uint32_t value, i;

	for (i = 0; i < nr; i++) {
		fk_write32(&rig->fk, CARD_REG_SCRATCH, i);
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_SCRATCH, &value),
				 FK_SC);
		assert_int_equal(value, i);
		/* depends on the cycle in which the read arrived */
		assert_int_equal(fk_read32(&rig->fk, CARD_REG_CLOCK, &value),
				 FK_SC);
	}
}

static void reset_card(struct rig *rig)
{
	fk_write32(&rig->fk, CARD_REG_BURST, 50);
	fk_reset(&rig->fk, PCIEM_RESET_HOT_ASSERT);
	fk_reset(&rig->fk, PCIEM_RESET_HOT_RELEASE);
	assert_true(fk_enumerate(&rig->fk));
}

static void prepare(struct rig *rig)
{
	rig_init(rig, 1 << 16);
	rig->config.record_path = log_path;
	rig->config.timeout_cycles = 1000;
	rig->config.idle = RISER_IDLE_STOP;
	rig->config.stall_rx[RISER_POSTED].permille = 300;
	rig->config.stall_tx[RISER_COMPLETION].permille = 200;
}

static void traffic(struct rig *rig)
{
	uint32_t value;

	fk_site(&rig->fk, 3, rig->fk.pc, "nvme_probe+0x1a2/0x900 [nvme]\n");
	rig->fk.site = 3;
	poke(rig, 30);
	move_data(rig);
	reset_card(rig);
	poke(rig, 10);
	fk_push(&rig->fk, PCIEM_REC_MARK, 0, 0, "here it comes", 13);
	fk_write32(&rig->fk, CARD_REG_ERROR, 1);
	fk_read32(&rig->fk, CARD_REG_HOLE, &value);
	move_data(rig);
}

static void record_a_run(struct rig *rig)
{
	prepare(rig);
	rig_start_enumerated(rig);
	traffic(rig);
	rig_stop(rig);
	assert_string_equal(rig->messages + strlen(rig->messages) - 1, "\n");
	assert_null(strstr(rig->messages, "record"));
}

static const char *const *preloads;

static int replay(const char *model, struct riser_replay_result *result,
		  char *error)
{
	const struct riser_replay_config config = {
		.record_path = log_path, .model_path = model, .x_init = -1,
		.preloads = preloads,
	};

	return riser_replay(&config, result, error);
}

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part))
		return;
	print_error("\"%s\" is not in \"%s\"\n", part, text);
	fail();
}

/* ---- exactness ---- */

static void test_100_of_100_replays_are_identical(void **state)
{
	struct riser_replay_result result, first = { 0 };
	char error[RISER_ERROR_BYTES];
	struct rig *rig = *state;
	int i;

	record_a_run(rig);
	for (i = 0; i < 100; i++) {
		assert_int_equal(replay(CTEST_MODEL, &result, error), 0);
		if (result.differs)
			print_error("%s\n", result.difference);
		assert_false(result.differs);
		assert_false(result.is_cut);
		assert_int_equal(result.tx_hash, result.recorded_tx_hash);
		assert_int_equal(result.cycles, rig->result.sim_cycles);
		if (!i)
			first = result;
		assert_int_equal(result.tx_hash, first.tx_hash);
		assert_int_equal(result.nr_to_host, first.nr_to_host);
	}
	assert_in_range(first.nr_to_host, 200, 100000);
	assert_in_range(first.nr_to_card, 200, 100000);
	rig_fini(rig);
}

/* It is malformed, and recorded as what it is. */
static void test_a_tlp_of_the_card_that_is_too_long(void **state)
{
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct rig *rig = *state;

	prepare(rig);
	rig_start_enumerated(rig);
	poke(rig, 3);
	fk_write32(&rig->fk, CARD_REG_MALFORMED, RISER_TLP_MAX_BYTES + 4);
	fk_write32(&rig->fk, CARD_REG_MALFORMED, RISER_TLP_SENT_MAX_BYTES);
	poke(rig, 3);
	rig_stop(rig);
	assert_non_null(rig_finding(rig, RISER_FINDING_MALFORMED));
	assert_int_equal(rig->fk.nr_malformed, 2);
	assert_int_equal(replay(CTEST_MODEL, &result, error), 0);
	assert_false(result.is_cut);
	assert_false(result.differs);
	assert_int_equal(result.tx_hash, result.recorded_tx_hash);
	rig_fini(rig);
}

static void test_several_runs_each_come_again(void **state)
{
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct rig *rig = *state;
	int i;

	for (i = 0; i < 10; i++) {
		unlink(log_path);
		record_a_run(rig);
		assert_int_equal(replay(CTEST_MODEL, &result, error), 0);
		assert_false(result.differs);
		assert_int_equal(result.cycles, rig->result.sim_cycles);
		rig_fini(rig);
	}
}

static void test_a_card_that_ends_itself(void **state)
{
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct rig *rig = *state;

	prepare(rig);
	rig_start_enumerated(rig);
	poke(rig, 3);
	fk_write32(&rig->fk, CARD_REG_FATAL, 1);
	rig_join(rig);
	assert_int_equal(rig->result.end, RISER_END_MODEL);
	assert_int_equal(replay(CTEST_MODEL, &result, error), 0);
	assert_false(result.differs);
	assert_false(result.is_cut);
	assert_int_equal(result.cycles, rig->result.sim_cycles);
	rig_fini(rig);
}

static void test_another_latency_is_a_difference(void **state)
{
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct rig *rig = *state;

	record_a_run(rig);
	assert_int_equal(replay(SLOWER_MODEL, &result, error), 0);
	assert_true(result.differs);
	assert_has(result.difference, "recorded Cpl");
	assert_has(result.difference, "replayed nothing by then");
	assert_in_range(result.difference_cycle, 64, 2000);
	rig_fini(rig);
}

/* ---- what is in a log ---- */

struct contents {
	uint64_t nr[RISER_REC_END + 1];
	uint64_t bytes;
	uint64_t nr_callers;
	uint64_t nr_with_function;
	uint64_t nr_matched;
	bool has_mark;
	bool has_timeout;
	bool has_error;
	struct riser_rec_end end;
	int ret;
	char trouble[RISER_ERROR_BYTES];
};

static void count(struct contents *c, const struct riser_rec *rec)
{
	c->nr[rec->kind]++;
	switch (rec->kind) {
	case RISER_REC_TLP:
		c->bytes += rec->tlp.len;
		if (rec->tlp.caller)
			c->nr_callers++;
		if (rec->tlp.caller && rec->tlp.caller->function &&
		    !strcmp(rec->tlp.caller->function,
			    "nvme_probe+0x1a2/0x900 [nvme]"))
			c->nr_with_function++;
		if (rec->tlp.request_seq != RISER_NO_SEQ) {
			assert_true(rec->tlp.request_seq < rec->tlp.seq);
			c->nr_matched++;
		}
		break;
	case RISER_REC_NOTE:
		if (rec->note.source == RISER_NOTE_MARK &&
		    !strcmp(rec->note.text, "here it comes"))
			c->has_mark = true;
		break;
	case RISER_REC_FINDING:
		if (rec->finding.kind == RISER_FINDING_TIMEOUT)
			c->has_timeout = true;
		if (rec->finding.kind == RISER_FINDING_MODEL_ERROR)
			c->has_error = true;
		break;
	case RISER_REC_END:
		c->end = rec->end;
		break;
	default:
		break;
	}
}

static void read_log(struct contents *c)
{
	char error[RISER_ERROR_BYTES];
	struct riser_rec_log *log;
	struct riser_rec rec;

	memset(c, 0, sizeof(*c));
	c->ret = riser_rec_open(log_path, &log, error);
	if (c->ret) {
		snprintf(c->trouble, sizeof(c->trouble), "%s", error);
		return;
	}
	while ((c->ret = riser_rec_next(log, &rec)) == 1)
		count(c, &rec);
	snprintf(c->trouble, sizeof(c->trouble), "%s", riser_rec_trouble(log));
	riser_rec_close(log);
}

static uint64_t unpacked_bytes(void)
{
	unsigned long long bytes = 0;
	char command[128];
	FILE *file;

	snprintf(command, sizeof(command), "zstd -qdc %s | wc -c", log_path);
	file = popen(command, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu", &bytes), 1);
	assert_int_equal(pclose(file), 0);
	return bytes;
}

static void test_a_log_tells_who_and_what(void **state)
{
	struct rig *rig = *state;
	char command[128];
	struct contents c;
	struct stat st;
	uint64_t tlps;

	record_a_run(rig);
	read_log(&c);
	assert_int_equal(c.ret, 0);
	tlps = c.nr[RISER_REC_TLP];
	assert_int_equal(tlps, c.end.nr_to_card + c.end.nr_to_host);
	assert_int_equal(c.end.cycle, rig->result.sim_cycles);
	assert_int_equal(c.nr[RISER_REC_END], 1);
	assert_int_equal(c.nr[RISER_REC_SITE], 1);
	/* PERST# and link, and both once more for the hot reset */
	assert_int_equal(c.nr[RISER_REC_SIDEBAND], 3 + 3);
	assert_true(c.has_mark && c.has_timeout && c.has_error);
	assert_in_range(c.nr_callers, 100, tlps);
	assert_in_range(c.nr_with_function, 80, c.nr_callers);
	assert_in_range(c.nr_matched, 100, tlps);
	assert_int_equal(stat(log_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(unpacked_bytes() < c.bytes + 64 * tlps);
	snprintf(command, sizeof(command), "zstd -qt %s", log_path);
	assert_int_equal(system(command), 0);
	rig_fini(rig);
}

static void test_the_facts_of_the_run(void **state)
{
	static const char *const plusargs[] = { "+busy", "+text=a\nb\\c" };
	const struct riser_rec_facts *facts;
	char error[RISER_ERROR_BYTES];
	struct riser_replay_result result;
	struct riser_rec_log *log;
	struct rig *rig = *state;
	char preload[64], moved[64];
	const char *const given[] = { moved, NULL };
	uint32_t value;
	FILE *file;

	snprintf(preload, sizeof(preload), "%s/disk", dir);
	file = fopen(preload, "w");
	fputs("ABCDEFGH", file);
	fclose(file);
	prepare(rig);
	rig->config.plusargs = plusargs;
	rig->config.nr_plusargs = 2;
	rig->config.seed = 0xfedcba9876543210;
	rig->config.preload[0] = preload;
	rig_start_enumerated(rig);
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_BUFFER, &value), FK_SC);
	assert_int_equal(value, 0x44434241);
	rig_stop(rig);
	assert_int_equal(riser_rec_open(log_path, &log, error), 0);
	facts = riser_rec_facts(log);
	assert_string_equal(facts->plusarg[0], "+busy");
	assert_string_equal(facts->plusarg[1], "+text=a\nb\\c");
	assert_int_equal(facts->nr_plusargs, 2);
	assert_true(facts->seed == 0xfedcba9876543210);
	assert_string_equal(facts->preload[0], preload);
	assert_int_equal(facts->preload_bytes[0], 8);
	assert_int_equal(facts->stall_rx[RISER_POSTED].permille, 300);
	assert_int_equal(facts->timeout_cycles, 1000);
	assert_string_equal(facts->top, "ctest_card");
	riser_rec_close(log);
	assert_int_equal(replay(CTEST_MODEL, &result, error), 0);
	assert_false(result.differs);
	/* the file has been moved */
	snprintf(moved, sizeof(moved), "%s/moved", dir);
	assert_int_equal(rename(preload, moved), 0);
	assert_int_equal(replay(CTEST_MODEL, &result, error), -ENOENT);
	preloads = given;
	assert_int_equal(replay(CTEST_MODEL, &result, error), 0);
	assert_false(result.differs);
	preloads = NULL;
	unlink(moved);
	/* another disk: it would be another run */
	file = fopen(preload, "w");
	fputs("ABCDEFGI", file);
	fclose(file);
	assert_int_equal(replay(CTEST_MODEL, &result, error), -EINVAL);
	assert_has(error, "has changed since the run");
	unlink(preload);
	assert_int_equal(replay(CTEST_MODEL, &result, error), -ENOENT);
	assert_has(error, preload);
	rig_fini(rig);
}

/* The published test vectors of XXH64. */
static void test_the_hash_is_xxh64(void **state)
{
	char text[64];
	int i;

	(void)state;
	for (i = 0; i < 64; i++)
		text[i] = (char)('a' + i % 26);
	assert_true(riser_hash64("", 0, 0) == 0xef46db3751d8e999);
	assert_true(riser_hash64("abc", 3, 0) == 0x44bc2cf5ad770999);
	assert_true(riser_hash64("Nobody inspects the spammish repetition", 39,
				 0) == 0xfbcea83c8a378bf1);
	assert_true(riser_hash64(text, 64, 0) != riser_hash64(text, 63, 0));
}

/* ---- what can go wrong ---- */

static void test_another_models_log(void **state)
{
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct rig *rig = *state;

	record_a_run(rig);
	assert_int_equal(replay(OTHER_MODEL, &result, error), -EINVAL);
	assert_has(error, log_path);
	assert_has(error, OTHER_MODEL);
	assert_has(error, "other sources");
	rig_fini(rig);
}

/* ---- a log of events that no run has in this order ---- */

static void put_start(struct riser_recorder *rec)
{
	static const struct riser_model_info info = { .clk_period_ps = 4000, .source_hash = "1",
						      .build_hash = "1" };
	const struct riser_run_facts facts = { .card = "c", .model_path = "m", .info = &info };

	riser_recorder_observer.start(rec, &facts);
}

static void put_site(struct riser_recorder *rec, const char *function)
{
	const struct riser_site site = { .site = 1, .text = "", .function = function };

	riser_recorder_observer.site(rec, &site);
}

static void put_read(struct riser_recorder *rec)
{
	static const uint8_t read[] = { 0, 0, 0, 1, 0, 0, 0, 0xf, 0, 0, 0, 0 };
	const struct riser_tlp_caller caller = { .pc = 0xc0de, .comm = "cat" };
	const struct riser_tlp_event event = {
		.request_seq = RISER_NO_SEQ, .bytes = read, .len = sizeof(read), .site = 1,
		.direction = RISER_TO_CARD, .caller = &caller,
	};

	riser_recorder_observer.tlp(rec, &event);
}

static void assert_next_function(struct riser_rec_log *log, const char *function)
{
	struct riser_rec rec;

	do
		assert_int_equal(riser_rec_next(log, &rec), 1);
	while (rec.kind != RISER_REC_TLP);
	assert_non_null(rec.tlp.caller);
	assert_string_equal(rec.tlp.caller->function, function);
}

static void test_a_call_site_that_is_told_twice(void **state)
{
	static const char first[] = "a_name_of_which_nothing_is_left_when_its_memory_is_given_back",
			  second[] = "g+0x1/0x2";
	char error[RISER_ERROR_BYTES];
	struct riser_recorder *rec;
	struct riser_rec_log *log;

	(void)state;
	assert_int_equal(riser_recorder_open(log_path, &rec, error), 0);
	put_start(rec);
	put_site(rec, first);
	put_read(rec);
	put_site(rec, second);
	put_read(rec);
	riser_recorder_close(rec);
	assert_int_equal(riser_rec_open(log_path, &log, error), 0);
	assert_next_function(log, first);
	assert_next_function(log, second);
	riser_rec_close(log);
}

static void test_no_log_and_no_such_log(void **state)
{
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	FILE *file;

	(void)state;
	assert_int_equal(replay(CTEST_MODEL, &result, error), -ENOENT);
	assert_has(error, log_path);
	file = fopen(log_path, "w");
	fclose(file);
	assert_int_equal(replay(CTEST_MODEL, &result, error), -EBADMSG);
	file = fopen(log_path, "w");
	fputs("this is a letter to somebody who is no recorder at all\n", file);
	fclose(file);
	assert_int_equal(replay(CTEST_MODEL, &result, error), -EBADMSG);
	assert_has(error, "damaged");
}

/* The process of a bridge that is killed in full swing. */
static void die_recording(struct rig *rig)
{
	prepare(rig);
	rig_start_enumerated(rig);
	traffic(rig);
	usleep(100000);		/* a few times what a block may wait */
	poke(rig, 1);
	kill(getpid(), SIGKILL);
}

static void test_a_killed_process_leaves_a_log(void **state)
{
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct contents c;
	int status;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		die_recording(*state);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	read_log(&c);
	assert_int_equal(c.ret, -ENODATA);
	assert_has(c.trouble, "ends early");
	assert_int_equal(c.nr[RISER_REC_END], 0);
	assert_true(c.has_timeout);
	assert_in_range(c.nr[RISER_REC_TLP], 400, 100000);
	assert_int_equal(replay(CTEST_MODEL, &result, error), 0);
	assert_true(result.is_cut);
	assert_false(result.differs);
	assert_has(result.trouble, "its writer was killed");
	assert_int_equal(result.nr_to_card + result.nr_to_host,
			 c.nr[RISER_REC_TLP]);
}

static uint8_t *load_file(size_t *size)
{
	FILE *file = fopen(log_path, "r");
	uint8_t *bytes;

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	*size = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(*size);
	assert_int_equal(fread(bytes, 1, *size, file), *size);
	fclose(file);
	return bytes;
}

static void store_file(const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(log_path, "w");

	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void test_every_damage_is_noticed(void **state)
{
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct rig *rig = *state;
	struct contents whole, c;
	size_t size, at;
	uint8_t *bytes;
	int ret;

	record_a_run(rig);
	rig_fini(rig);
	read_log(&whole);
	bytes = load_file(&size);
	for (at = 0; at < size; at += 1 + at % 37) {
		bytes[at] ^= 0x10;
		store_file(bytes, size);
		read_log(&c);
		/* the head's own magic: no log, or nothing of it is lost */
		assert_true(c.ret == -EBADMSG || c.ret == -ENODATA ||
			    c.ret == -EPROTONOSUPPORT);
		assert_true(strlen(c.trouble) > 20);
		assert_true(c.nr[RISER_REC_TLP] <= whole.nr[RISER_REC_TLP]);
		if (at % 5 == 0) {
			ret = replay(CTEST_MODEL, &result, error);
			assert_true(ret == -EBADMSG || result.is_cut);
			assert_false(!ret && result.differs);
		}
		bytes[at] ^= 0x10;
	}
	for (at = 0; at < size; at += 1 + at % 41) {
		store_file(bytes, at);
		read_log(&c);
		assert_true(c.ret == -ENODATA || c.ret == -EBADMSG);
	}
	store_file(bytes, size);
	read_log(&c);
	assert_int_equal(c.ret, 0);
	free(bytes);
}

static void test_an_unwritable_place_is_one_warning(void **state)
{
	struct rig *rig = *state;

	prepare(rig);
	rig->config.record_path = "/dev/null/nowhere/tlp.rec.zst";
	rig_start_enumerated(rig);
	poke(rig, 3);
	rig_stop(rig);
	assert_has(rig->messages, "2 (null):0 record /dev/null/nowhere/tlp.rec.zst: ");
	assert_null(strchr(strchr(rig->messages, '\n') + 1, '\n'));
	assert_int_equal(rig->result.end, RISER_END_STOPPED);
	assert_int_equal(rig->result.nr_errors, 0);
	rig_fini(rig);
}

static void test_nothing_is_overwritten(void **state)
{
	struct rig *rig = *state;
	size_t size;
	uint8_t *bytes;

	store_file((const uint8_t *)"precious", 8);
	prepare(rig);
	rig_start_enumerated(rig);
	rig_stop(rig);
	assert_has(rig->messages, "File exists");
	bytes = load_file(&size);
	assert_int_equal(size, 8);
	assert_memory_equal(bytes, "precious", 8);
	free(bytes);
	rig_fini(rig);
}

/* A file that may not grow: the run goes on, the log is whole up to there. */
static void run_on_a_full_disk(struct rig *rig)
{
	const struct rlimit limit = { 6000, 6000 };

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	prepare(rig);
	rig_start_enumerated(rig);
	poke(rig, 20);
	usleep(100000);
	poke(rig, 1000);
	move_data(rig);
	rig_stop(rig);
	assert_has(rig->messages, "the run went on");
	assert_int_equal(rig->result.end, RISER_END_STOPPED);
	assert_int_equal(rig->result.nr_errors, 0);
	_exit(0);
}

static void test_a_full_disk_ends_the_record_only(void **state)
{
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct stat st;
	int status;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		run_on_a_full_disk(*state);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	assert_int_equal(stat(log_path, &st), 0);
	assert_true(st.st_size <= 6000);
	assert_int_equal(replay(CTEST_MODEL, &result, error), 0);
	assert_true(result.is_cut);
	assert_false(result.differs);
	assert_in_range(result.nr_to_card, 1, 5000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_100_of_100_replays_are_identical),
		TEST(test_a_tlp_of_the_card_that_is_too_long),
		TEST(test_several_runs_each_come_again),
		TEST(test_a_card_that_ends_itself),
		TEST(test_another_latency_is_a_difference),
		TEST(test_a_log_tells_who_and_what),
		TEST(test_the_facts_of_the_run),
		TEST(test_the_hash_is_xxh64),
		TEST(test_another_models_log),
		TEST(test_a_call_site_that_is_told_twice),
		TEST(test_no_log_and_no_such_log),
		TEST(test_a_killed_process_leaves_a_log),
		TEST(test_every_damage_is_noticed),
		TEST(test_an_unwritable_place_is_one_warning),
		TEST(test_nothing_is_overwritten),
		TEST(test_a_full_disk_ends_the_record_only),
	};
	char command[64];
	int ret;

	if (!mkdtemp(dir))
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) ? 1 : ret;
}
