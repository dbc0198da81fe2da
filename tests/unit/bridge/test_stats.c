// SPDX-License-Identifier: Apache-2.0
/* Histograms, and JSON that a parser takes. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <riser/stats.h>

#include "../../../bridge/json.h"

static void test_buckets_join_without_gaps(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RISER_HIST_BUCKETS; i++) {
		struct riser_histogram hist = { 0 };
		uint64_t low = riser_histogram_low(i);

		riser_histogram_add(&hist, low);
		assert_int_equal(hist.bucket[i], 1);
		if (i + 1 < RISER_HIST_BUCKETS)
			riser_histogram_add(&hist,
					    riser_histogram_low(i + 1) - 1);
		else
			riser_histogram_add(&hist, UINT64_MAX);
		assert_int_equal(hist.bucket[i], 2);
		/* no wider than an eighth of its values */
		if (i >= 16 && i + 1 < RISER_HIST_BUCKETS)
			assert_true((riser_histogram_low(i + 1) - low) * 8 <=
				    low);
	}
}

static void test_quantiles(void **state)
{
	struct riser_histogram hist = { 0 };
	uint64_t i;

	(void)state;
	assert_int_equal(riser_histogram_quantile(&hist, 500), 0);
	for (i = 1; i <= 1000; i++)
		riser_histogram_add(&hist, i);
	assert_int_equal(hist.nr, 1000);
	assert_int_equal(hist.min, 1);
	assert_int_equal(hist.max, 1000);
	assert_int_equal(hist.sum, 500500);
	assert_in_range(riser_histogram_quantile(&hist, 500), 500, 563);
	assert_in_range(riser_histogram_quantile(&hist, 990), 990, 1000);
	assert_int_equal(riser_histogram_quantile(&hist, 1000), 1000);
	assert_int_equal(riser_histogram_quantile(&hist, 0), 1);
	riser_histogram_add(&hist, UINT64_MAX);
	assert_true(riser_histogram_quantile(&hist, 1000) == UINT64_MAX);
}

static void test_json_is_nested_and_escaped(void **state)
{
	struct riser_json json;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	riser_json_init(&json, file);
	riser_json_open(&json, NULL, '{');
	riser_json_string(&json, "a\"b", "x\\y\n\x01\xff");
	riser_json_open(&json, "empty", '[');
	riser_json_close(&json, ']');
	riser_json_open(&json, "list", '[');
	riser_json_u64(&json, NULL, UINT64_MAX);
	riser_json_bool(&json, NULL, true);
	riser_json_bool(&json, NULL, false);
	riser_json_close(&json, ']');
	riser_json_double(&json, "d", 0.5);
	riser_json_close(&json, '}');
	fclose(file);
	assert_string_equal(text,
		"{\n  \"a\\\"b\": \"x\\\\y\\u000a\\u0001\\u00ff\",\n"
		"  \"empty\": [],\n  \"list\": [\n    18446744073709551615,\n"
		"    true,\n    false\n  ],\n  \"d\": 0.500000\n}\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets_join_without_gaps),
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_json_is_nested_and_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
