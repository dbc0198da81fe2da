// SPDX-License-Identifier: Apache-2.0
/*
 * A traced model writes windows that Debian's fst2vcd reads, with annotation
 * lanes, and does what the untraced one does.
 * Usage: test_trace TRACED.SO FAST.SO
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

#include <cmocka.h>

static const char *traced_path;
static const char *fast_path;

struct place {
	char dir[64];
	char fst[96];
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	snprintf(p->dir, sizeof(p->dir), "/tmp/riser-trace.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->fst, sizeof(p->fst), "%s/wave.fst", p->dir);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", p->dir);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

/* The whole VCD as text; fails the test when fst2vcd does not like the file. */
static char *vcd_of(const char *fst)
{
	char command[160];
	size_t size = 64u << 20, len;
	char *text = malloc(size);
	FILE *pipe;

	snprintf(command, sizeof(command), "fst2vcd -f '%s' 2>&1", fst);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(text);
	len = fread(text, 1, size - 1, pipe);
	assert_true(len < size - 1);
	text[len] = 0;
	assert_int_equal(pclose(pipe), 0);
	assert_non_null(strstr(text, "$enddefinitions $end"));
	return text;
}

/* Identifier code of a variable, by the text between its code and "$end". */
static void code_of(const char *vcd, const char *name, char *code, size_t size)
{
	char needle[64];
	const char *at, *begin;

	snprintf(needle, sizeof(needle), " %s $end", name);
	at = strstr(vcd, needle);
	if (!at)
		fail_msg("no variable '%s' in the waveform", name);
	for (begin = at; begin[-1] != ' '; begin--)
		;
	snprintf(code, size, "%.*s", (int)(at - begin), begin);
}

/* Is @name given the value @bits (leading zeros left out) in the window? */
static bool takes_value(const char *vcd, const char *name, const char *bits)
{
	char code[16], change[700];

	code_of(vcd, name, code, sizeof(code));
	snprintf(change, sizeof(change), "%s %s\n", bits, code);
	for (const char *at = vcd; (at = strstr(at, change)) != NULL; at++) {
		const char *start = at;

		while (*--start == '0')
			;
		if (*start == 'b')
			return true;
	}
	return false;
}

static void text_bits(const char *text, char *bits)
{
	bool started = false;

	for (; *text; text++) {
		for (int bit = 7; bit >= 0; bit--) {
			int value = *text >> bit & 1;

			started |= value != 0;
			if (started)
				*bits++ = value ? '1' : '0';
		}
	}
	*bits = 0;
}

static void number_bits(uint64_t number, char *bits)
{
	int top = 63;

	while (top > 0 && !(number >> top & 1))
		top--;
	for (; top >= 0; top--)
		*bits++ = number >> top & 1 ? '1' : '0';
	*bits = 0;
}

static uint64_t first_time(const char *vcd)
{
	const char *at = strstr(vcd, "$enddefinitions");

	at = strstr(at, "\n#");
	assert_non_null(at);
	return strtoull(at + 2, NULL, 10);
}

static uint64_t last_time(const char *vcd)
{
	uint64_t last = 0;

	for (const char *at = strstr(vcd, "$enddefinitions"); (at = strstr(at, "\n#")) != NULL; at++)
		last = strtoull(at + 2, NULL, 10);
	return last;
}

static void test_lanes_and_ports_are_in_the_window(void **state)
{
	struct place *p = *state;
	struct bench *b = bench_open(traced_path, NULL);
	char bits[600];
	char *vcd;
	uint64_t begin;

	assert_true(b->info->features & RISER_MODEL_F_TRACE);
	bench_run(b, 500);
	begin = b->run.cycle;
	assert_int_equal(b->ops->trace_open(b->model, p->fst, ""), 0);
	b->ops->annotate(b->model, RISER_LANE_DRIVER, "nvme_reset_work+0x1c4");
	b->ops->annotate(b->model, RISER_LANE_RX, "MRd32 0x00100000 1 DW tag 0x33");
	b->ops->annotate(b->model, RISER_LANE_HOST_NS, "123456789");
	bench_read(b, false, FX_COUNT, 1, 0x33);
	bench_run(b, 50);
	b->ops->annotate(b->model, RISER_LANE_TX, "CplD 1 DW tag 0x33");
	bench_run(b, 50);
	b->ops->trace_close(b->model);
	bench_run(b, 500);
	assert_int_equal(b->nr_sent, 1);

	vcd = vcd_of(p->fst);
	assert_non_null(strstr(vcd, "$scope module fx_endpoint $end"));
	assert_non_null(strstr(vcd, "$scope module riser $end"));
	text_bits("nvme_reset_work+0x1c4", bits);
	assert_true(takes_value(vcd, "driver [511:0]", bits));
	text_bits("MRd32 0x00100000 1 DW tag 0x33", bits);
	assert_true(takes_value(vcd, "rx_tlp [511:0]", bits));
	text_bits("CplD 1 DW tag 0x33", bits);
	assert_true(takes_value(vcd, "tx_tlp [511:0]", bits));
	text_bits("never said", bits);
	assert_false(takes_value(vcd, "tx_tlp [511:0]", bits));
	number_bits(123456789, bits);
	assert_true(takes_value(vcd, "host_ns [63:0]", bits));
	number_bits(1, bits);
	assert_true(takes_value(vcd, "reads_q [31:0]", bits));
	/* The rising edge of cycle c is at c * 4000 + 2000 ps. */
	assert_int_equal(first_time(vcd), begin * 4000);
	assert_int_equal(last_time(vcd), (begin + 99) * 4000 + 2000);
	free(vcd);
	bench_close(b);
}

static void test_windows_follow_each_other(void **state)
{
	struct place *p = *state;
	struct bench *b = bench_open(traced_path, NULL);
	char fst[3][100];

	for (int i = 0; i < 3; i++) {
		snprintf(fst[i], sizeof(fst[i]), "%s/%d.fst", p->dir, i);
		assert_int_equal(b->ops->trace_open(b->model, fst[i], ""), 0);
		assert_int_equal(b->ops->trace_open(b->model, p->fst, ""), -EBUSY);
		bench_run(b, 100);
		b->ops->trace_close(b->model);
		bench_run(b, 100);
	}
	for (int i = 0; i < 3; i++) {
		char *vcd = vcd_of(fst[i]);

		assert_int_equal(first_time(vcd), (68 + 200 * (uint64_t)i) * 4000);
		free(vcd);
	}
	/* destroy() finishes a file, too. */
	assert_int_equal(b->ops->trace_open(b->model, p->fst, ""), 0);
	bench_run(b, 10);
	bench_close(b);
	free(vcd_of(p->fst));
}

static void test_scopes_choose_what_is_written(void **state)
{
	struct place *p = *state;
	struct bench *b = bench_open(traced_path, NULL);
	char *vcd;

	assert_int_equal(b->ops->trace_open(b->model, p->fst, "fx_endpoint.riser"), 0);
	bench_run(b, 10);
	bench_close(b);
	vcd = vcd_of(p->fst);
	assert_non_null(strstr(vcd, " driver [511:0] $end"));
	assert_null(strstr(vcd, "reads_q"));
	free(vcd);
}

static void test_errors_of_the_file_are_told(void **state)
{
	struct place *p = *state;
	struct bench *b = bench_open(traced_path, NULL);
	struct stat st;

	assert_int_equal(b->ops->trace_open(b->model, "/nonexistent/a.fst", ""), -ENOENT);
	assert_int_equal(b->ops->trace_open(b->model, p->fst, ""), 0);
	bench_run(b, 10);
	b->ops->trace_close(b->model);
	assert_int_equal(b->ops->trace_open(b->model, p->fst, ""), -EEXIST);
	assert_int_equal(stat(p->fst, &st), 0);
	assert_true(st.st_size > 0);
	bench_run(b, 10);
	bench_close(b);
}

static uint64_t hash_of(const char *path, const char *fst)
{
	struct bench_options o = { .x_init = 2, .seed = 4 };
	struct bench *b = bench_open(path, &o);
	uint64_t hash;

	if (fst)
		assert_int_equal(b->ops->trace_open(b->model, fst, ""), 0);
	for (uint32_t i = 0; i < 50; i++) {
		bench_write2(b, FX_DMA_WRITE, 1 + i * 3, i << 16);
		bench_read(b, false, i & 1 ? FX_RANDOM : FX_COUNT, 1 + i, (uint8_t)i);
		bench_run(b, 40);
	}
	bench_run(b, 1000);
	assert_int_equal(b->nr_sent, 100);
	hash = bench_hash(b);
	bench_close(b);
	return hash;
}

static void test_traced_and_fast_models_agree(void **state)
{
	struct place *p = *state;
	struct bench *traced = bench_open(traced_path, NULL);
	struct bench *fast = bench_open(fast_path, NULL);
	uint64_t hash;

	assert_string_equal(traced->info->source_hash, fast->info->source_hash);
	assert_string_not_equal(traced->info->build_hash, fast->info->build_hash);
	assert_false(fast->info->features & RISER_MODEL_F_TRACE);
	assert_null(fast->ops->trace_open);
	bench_close(traced);
	bench_close(fast);

	hash = hash_of(fast_path, NULL);
	assert_true(hash_of(traced_path, NULL) == hash);
	assert_true(hash_of(traced_path, p->fst) == hash);
}

static void test_state_moves_between_instances_of_a_traced_build(void **state)
{
	struct place *p = *state;
	struct bench *b[2];
	FILE *file = tmpfile();
	uint32_t value;

	b[0] = bench_open(traced_path, NULL);
	b[1] = bench_open(traced_path, NULL);
	for (int i = 0; i < 4; i++)
		bench_read_back(b[0], false, FX_COUNT, 1, &value);
	assert_int_equal(b[0]->ops->save(b[0]->model, fileno(file)), 0);
	lseek(fileno(file), 0, SEEK_SET);
	assert_int_equal(b[1]->ops->restore(b[1]->model, fileno(file)), 0);
	assert_int_equal(b[1]->ops->trace_open(b[1]->model, p->fst, ""), 0);
	assert_int_equal(b[1]->ops->restore(b[1]->model, fileno(file)), -EBUSY);
	bench_read_back(b[1], false, FX_COUNT, 1, &value);
	assert_int_equal(value, 5);
	bench_close(b[1]);
	bench_close(b[0]);
	free(vcd_of(p->fst));
	fclose(file);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(test_lanes_and_ports_are_in_the_window),
		CASE(test_windows_follow_each_other),
		CASE(test_scopes_choose_what_is_written),
		CASE(test_errors_of_the_file_are_told),
		CASE(test_traced_and_fast_models_agree),
		CASE(test_state_moves_between_instances_of_a_traced_build),
	};

	if (argc != 3)
		return 2;
	if (system("command -v fst2vcd >/dev/null") != 0)
		return 77;
	traced_path = argv[1];
	fast_path = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
