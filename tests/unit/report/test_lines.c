// SPDX-License-Identifier: Apache-2.0
/*
 * File and line of addresses in a module that was compiled with debug information
 * and knows where its accesses are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../bridge/report/lines.h"

/* nm's account of the module. */
struct symbols {
	char text[8192];
};

static unsigned long value_of(const struct symbols *s, const char *name,
			      unsigned long *size)
{
	const char *line;
	char form[128], found[128];
	unsigned long value, bytes;

	snprintf(form, sizeof(form), " %s\n", name);
	line = strstr(s->text, form);
	assert_non_null(line);
	while (line > s->text && line[-1] != '\n')
		line--;
	if (sscanf(line, "%lx %lx %*c %127s", &value, &bytes, found) == 3) {
		if (size)
			*size = bytes;
		return value;
	}
	assert_int_equal(sscanf(line, "%lx %*c %127s", &value, found), 2);
	return value;
}

/* "function+0xoffset/0xsize [fixture]" for a label inside of a function. */
static void symbol_of(char *text, size_t bytes, const char *function,
		      const char *label, const char *module)
{
	struct symbols s = { 0 };
	unsigned long start, size = 0;
	FILE *nm = popen("nm -S " FIXTURE_KO, "r");

	assert_non_null(nm);
	assert_true(fread(s.text, 1, sizeof(s.text) - 1, nm) > 0);
	pclose(nm);
	start = value_of(&s, function, &size);
	/* the kernel's size is the distance to the next function */
	snprintf(text, bytes, "%s+0x%lx/0x%lx [%s]", function,
		 value_of(&s, label, NULL) - start, (size + 15) & ~15UL,
		 module);
}

/* Number of the source line with a mark. */
static unsigned int marked(const char *mark)
{
	char line[256], form[64];
	FILE *f = fopen(FIXTURE_SOURCE, "re");
	unsigned int nr = 0;

	assert_non_null(f);
	snprintf(form, sizeof(form), "/* mark: %s */", mark);
	while (fgets(line, sizeof(line), f)) {
		nr++;
		if (strstr(line, form)) {
			fclose(f);
			return nr;
		}
	}
	fclose(f);
	fail_msg("no mark %s", mark);
	return 0;
}

static const char *const debug_dirs[] = { FIXTURE_DIR, NULL };

static void find(const char *function, const char *label, bool is_return,
		 struct riser_line *line)
{
	struct riser_account account = { 0 };
	struct riser_lines *lines;
	char symbol[256];

	symbol_of(symbol, sizeof(symbol), function, label, "fixture");
	assert_int_equal(riser_lines_open(&lines, &account, debug_dirs), 0);
	riser_lines_find(lines, symbol, is_return, line);
	riser_lines_close(lines);
}

static void check(const struct riser_line *line, const char *mark,
		  const char *function)
{
	assert_string_equal(line->why, "");
	assert_non_null(strstr(line->file, "module/fixture.c"));
	assert_int_equal(line->line, marked(mark));
	assert_string_equal(line->function, function);
}

static void test_readl_is_skipped(void **state)
{
	struct riser_line line;

	(void)state;
	find("fixture_direct", "pc_direct", false, &line);
	check(&line, "direct", "fixture_direct");
	assert_int_equal(line.nr_inlined, 1);
	assert_int_equal(strncmp(line.inlined[0], "readl at ", 9), 0);
	assert_non_null(strstr(line.inlined[0], "include/asm/io.h:"));
}

static void test_wrapper_around_accessor_is_skipped(void **state)
{
	struct riser_line line;

	(void)state;
	find("fixture_helped", "pc_helper", false, &line);
	check(&line, "helped", "fixture_helped");
	assert_int_equal(line.nr_inlined, 2);
	assert_int_equal(strncmp(line.inlined[1], "card_rd32 at ", 13), 0);
}

static void test_inlined_function_of_the_driver_is_found(void **state)
{
	struct riser_line line;

	(void)state;
	find("fixture_deep", "pc_deep", false, &line);
	check(&line, "deep", "wait_ready");
}

static void test_return_address_is_the_calls_line(void **state)
{
	struct riser_line line;

	(void)state;
	find("fixture_outer", "pc_return", true, &line);
	check(&line, "call", "fixture_outer");
	find("fixture_outer", "pc_return", false, &line);
	assert_int_not_equal(line.line, marked("call"));
}

static void why(const char *symbol, const char *const *dirs,
		const char *result_json, const char *expected)
{
	char dir[] = "/tmp/riser-lines-XXXXXX", path[64];
	struct riser_account account = { 0 };
	struct riser_lines *lines;
	struct riser_line line;
	FILE *f;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/result.json", dir);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(result_json, f);
	fclose(f);
	assert_int_equal(riser_account_open(&account, dir), 0);
	assert_int_equal(riser_lines_open(&lines, &account, dirs), 0);
	riser_lines_find(lines, symbol, false, &line);
	riser_lines_close(lines);
	riser_account_close(&account);
	unlink(path);
	rmdir(dir);
	assert_string_equal(line.file, "");
	if (!strstr(line.why, expected))
		fail_msg("'%s' is not in: %s", expected, line.why);
}

static void test_missing_debug_information_says_what_to_install(void **state)
{
	static const char *const nowhere[] = { "/nonexistent", NULL };

	(void)state;
	why("nvme_x+0x1/0x10 [nvme]", nowhere, "{\"kernel\": \"6.1.0-0-test\"}",
	    "no debug information of nvme: install linux-image-6.1.0-0-test-dbg for file:line");
	why("schedule+0x1/0x10", nowhere, "{\"kernel\": \"6.1.0-0-test\"}",
	    "no debug information of the kernel: install linux-image-6.1.0-0-test-dbg");
	why("nvme_x+0x1/0x10 [nvme]", NULL, "{\"kernel\": \"../../etc\"}",
	    "install linux-image-unknown-dbg");
}

/* result.json as a run with --add MODULE.ko leaves it. */
static void given(char *json, size_t size, const char *path, int seconds_off)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	snprintf(json, size,
		 "{\"kernel\": \"6.1.0-0-test\", \"modules\": [{\"path\": \"%s\", \"bytes\": %lld, \"mtime_s\": %lld}]}",
		 path, (long long)st.st_size,
		 (long long)st.st_mtim.tv_sec + seconds_off);
}

static void test_given_module_is_used_only_as_it_ran(void **state)
{
	char json[1024], symbol[256];

	(void)state;
	symbol_of(symbol, sizeof(symbol), "fixture_direct", "pc_direct",
		  "fixture");
	given(json, sizeof(json), FIXTURE_KO, 1);
	why(symbol, NULL, json, "has changed since the run: run again for file:line");
	given(json, sizeof(json), FIXTURE_PLAIN_KO, 0);
	why(symbol, NULL, json, "has no debug information: build it with -g for file:line");
	why(symbol, NULL, "{\"modules\": [{\"path\": \"/nonexistent/fixture.ko\"}]}",
	    "/nonexistent/fixture.ko is gone since the run");
	given(json, sizeof(json), FIXTURE_KO, 0);
	why("fixture_direct+0x4/0x900 [fixture]", NULL, json,
	    "is not of the build that ran: its fixture_direct has another size");
	why("fixture_none+0x4/0x20 [fixture]", NULL, json,
	    "has no function fixture_none");
	why("0xffffffffc0001234", NULL, json, "the kernel gave no symbol");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readl_is_skipped),
		cmocka_unit_test(test_wrapper_around_accessor_is_skipped),
		cmocka_unit_test(test_inlined_function_of_the_driver_is_found),
		cmocka_unit_test(test_return_address_is_the_calls_line),
		cmocka_unit_test(test_missing_debug_information_says_what_to_install),
		cmocka_unit_test(test_given_module_is_used_only_as_it_ran),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
