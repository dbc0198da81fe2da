// SPDX-License-Identifier: Apache-2.0
/* Loading models: what is refused, in which words; what memory a model gets. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/link.h>
#include <riser/loader.h>

#define BROKEN_MODEL(nr) BROKEN_MODELS #nr ".so"

static void assert_refused(const char *path, int code, const char *part)
{
	char error[RISER_ERROR_BYTES] = "";
	struct riser_card card;

	assert_int_equal(riser_card_load(&card, path, error), code);
	if (!strstr(error, part) || !strstr(error, path)) {
		print_error("\"%s\" is not in \"%s\"\n", part, error);
		fail();
	}
	assert_null(card.handle);
}

static void test_what_is_no_model_is_refused(void **state)
{
	char path[] = "/tmp/riser-model-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_refused("/nonexistent/model.so", -ENOENT, "No such file");
	assert_refused("/tmp", -ENOEXEC, "not a file");
	assert_true(write(fd, "no ELF at all", 13) == 13);
	assert_refused(path, -ENOEXEC, "cannot load");
	close(fd);
	unlink(path);
	assert_refused(BROKEN_MODEL(1), -ENOEXEC,
		       "does not export riser_model_entry");
}

static void test_other_models_are_refused(void **state)
{
	(void)state;
	assert_refused(BROKEN_MODEL(2), -EPROTONOSUPPORT,
		       "model ABI 77, this riser speaks ABI 1");
	assert_refused(BROKEN_MODEL(3), -EINVAL, "lacks one");
	assert_refused(BROKEN_MODEL(4), -EPROTONOSUPPORT, "and 7 bytes");
	assert_refused(BROKEN_MODEL(5), -EINVAL, "100 bytes");
	assert_refused(BROKEN_MODEL(6), -EINVAL, "no clock period");
	assert_refused(BROKEN_MODEL(7), -EINVAL, "returned nothing");
	assert_refused(BROKEN_MODEL(8), -EINVAL, "9 memories");
	assert_refused(BROKEN_MODEL(9), -EINVAL, "facts");
}

static void test_a_name_without_a_slash_is_a_file(void **state)
{
	char error[RISER_ERROR_BYTES], dir[1024];
	struct riser_card card;

	(void)state;
	snprintf(dir, sizeof(dir), "%s", CTEST_MODEL);
	*strrchr(dir, '/') = '\0';
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(riser_card_load(&card, strrchr(CTEST_MODEL, '/') + 1,
					 error), 0);
	assert_string_equal(card.info->name, "ctest");
	riser_card_unload(&card);
}

static void test_memories_are_zero_or_preloaded(void **state)
{
	struct riser_card_options options = { 0 };
	char path[] = "/tmp/riser-preload-XXXXXX", error[RISER_ERROR_BYTES];
	struct riser_card card;
	uint8_t text[] = "the first sector";
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(riser_card_load(&card, CTEST_MODEL, error), 0);
	assert_int_equal(riser_card_create(&card, &options, error), 0);
	assert_int_equal(card.mem_bytes[0], 1 << 20);
	assert_int_equal(((uint8_t *)card.mem[0])[12345], 0);
	riser_card_unload(&card);

	assert_true(write(fd, text, sizeof(text)) == sizeof(text));
	options.preload[0] = path;
	assert_int_equal(riser_card_load(&card, CTEST_MODEL, error), 0);
	assert_int_equal(riser_card_create(&card, &options, error), 0);
	assert_memory_equal(card.mem[0], text, sizeof(text));
	assert_int_equal(((uint8_t *)card.mem[0])[sizeof(text)], 0);
	riser_card_unload(&card);

	assert_int_equal(ftruncate(fd, (1 << 20) + 1), 0);
	assert_int_equal(riser_card_load(&card, CTEST_MODEL, error), 0);
	assert_int_equal(riser_card_create(&card, &options, error), -EFBIG);
	assert_non_null(strstr(error, "1048577 bytes, the memory only 1048576"));
	riser_card_unload(&card);
	close(fd);
	unlink(path);
}

static void test_memories_are_preloaded_by_name(void **state)
{
	const struct riser_model_info info = {
		.nr_mems = 2, .mem = { { "flash", 4096 }, { "ram", 8192 } },
	}, none = { .nr_mems = 0 };
	const char *files[RISER_MODEL_MAX_MEMS] = { NULL };
	char error[RISER_ERROR_BYTES];

	(void)state;
	assert_int_equal(riser_preload_place(&info, "ram=boot/a=b.bin", files, error), 0);
	assert_null(files[0]);
	assert_string_equal(files[1], "boot/a=b.bin");
	assert_int_equal(riser_preload_place(&info, "./a=b.bin", files, error), 0);
	assert_string_equal(files[0], "./a=b.bin");
	assert_int_equal(riser_preload_place(&info, "flash=f.bin", files, error), 0);
	assert_string_equal(files[0], "f.bin");
	assert_int_equal(riser_preload_place(&info, "flsh=f.bin", files, error), -EINVAL);
	assert_string_equal(error, "the model has no memory 'flsh'; did you mean 'flash'?");
	assert_int_equal(riser_preload_place(&info, "x=f.bin", files, error), -EINVAL);
	assert_string_equal(error, "the model has no memory 'x': its first is 'flash'");
	assert_int_equal(riser_preload_place(&none, "f.bin", files, error), -EINVAL);
	assert_string_equal(error, "the model has no memory to preload");
}

static void test_impossible_preloads_are_refused(void **state)
{
	struct riser_card_options options = { .preload = { "/nonexistent/x" } };
	char error[RISER_ERROR_BYTES];
	struct riser_card card;

	(void)state;
	assert_int_equal(riser_card_load(&card, CTEST_MODEL, error), 0);
	assert_int_equal(riser_card_create(&card, &options, error), -ENOENT);
	assert_non_null(strstr(error, "/nonexistent/x"));
	riser_card_unload(&card);
	options.preload[0] = "/tmp";
	assert_int_equal(riser_card_load(&card, CTEST_MODEL, error), 0);
	assert_int_equal(riser_card_create(&card, &options, error), -EINVAL);
	riser_card_unload(&card);
	options.preload[0] = NULL;
	options.preload[2] = "/dev/null";
	assert_int_equal(riser_card_load(&card, CTEST_MODEL, error), 0);
	assert_int_equal(riser_card_create(&card, &options, error), -EINVAL);
	assert_non_null(strstr(error, "only 1 memories"));
	riser_card_unload(&card);
}

static void test_a_model_may_refuse(void **state)
{
	static const char *const plusargs[] = { "+refuse" };
	struct riser_card_options options = {
		.plusargs = plusargs, .nr_plusargs = 1,
	};
	char error[RISER_ERROR_BYTES];
	struct riser_card card;

	(void)state;
	assert_int_equal(riser_card_load(&card, CTEST_MODEL, error), 0);
	assert_int_equal(riser_card_create(&card, &options, error), -EDOM);
	assert_non_null(strstr(error, "ctest cannot be created"));
	assert_null(card.model);
	riser_card_unload(&card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_no_model_is_refused),
		cmocka_unit_test(test_other_models_are_refused),
		cmocka_unit_test(test_a_name_without_a_slash_is_a_file),
		cmocka_unit_test(test_memories_are_zero_or_preloaded),
		cmocka_unit_test(test_memories_are_preloaded_by_name),
		cmocka_unit_test(test_impossible_preloads_are_refused),
		cmocka_unit_test(test_a_model_may_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
