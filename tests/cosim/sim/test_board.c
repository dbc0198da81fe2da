// SPDX-License-Identifier: Apache-2.0
/*
 * The board around a card: resets follow PERST#, outputs come back to inputs.
 * Usage: test_board BOARD.SO (fx_bare with FX_BOARD)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

#include <cmocka.h>

static const char *path;

static const char *last(const struct bench *b, const char *prefix)
{
	const char *text = "";
	uint32_t i;

	for (i = 0; i < b->nr_messages; i++)
		if (!strncmp(b->message[i].text, prefix, strlen(prefix)))
			text = b->message[i].text;
	return text;
}

static void test_resets_follow_perst(void **state)
{
	struct bench_options o = { .no_link = true };
	struct bench *b = bench_open(path, &o);

	(void)state;
	bench_run(b, 20);
	assert_string_equal(last(b, "rst "), "rst 1 lamp 40 sensor 40");
	assert_string_equal(last(b, "aux "), "");
	b->ops->set_sideband(b->model, 0);
	bench_forget(b);
	bench_run(b, 1);
	assert_string_equal(last(b, "rst "), "rst 0 lamp 40 sensor 40");
	/* its 10 cycles begin with PERST#'s end in cycle 20 */
	bench_run(b, 9);
	assert_string_equal(last(b, "aux "), "");
	bench_run(b, 1);
	assert_string_equal(last(b, "aux "), "aux 1 at 122000");
	b->ops->set_sideband(b->model, RISER_SB_PERST);
	bench_forget(b);
	bench_run(b, 2);
	assert_string_equal(last(b, "aux "), "aux 0 at 126000");
	assert_string_equal(last(b, "rst "), "rst 1 lamp 40 sensor 40");
	bench_close(b);
}

static void test_outputs_come_back(void **state)
{
	struct bench_options o = { .no_link = true };
	struct bench *b = bench_open(path, &o);

	(void)state;
	bench_run(b, 20);
	b->ops->set_sideband(b->model, RISER_SB_LINK_UP);
	bench_run(b, 6);
	assert_string_equal(last(b, "rst "), "rst 0 lamp 45 sensor 45");
	assert_int_equal(b->info->data_w, 128);
	bench_close(b);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resets_follow_perst),
		cmocka_unit_test(test_outputs_come_back),
	};

	if (argc != 2)
		return 2;
	path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
