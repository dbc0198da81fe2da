// SPDX-License-Identifier: Apache-2.0
#include "regress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../super/super.h"
#include "cli.h"

#define FORMAT "riser test 1"

bool riser_regress_is(const char *folder)
{
	char *path = riser_path(folder, RISER_TEST_FILE);
	bool ret = path && !access(path, F_OK);

	free(path);
	return ret;
}

/* ---- test.riser ---- */

static void copy(char *to, size_t size, const char *value)
{
	snprintf(to, size, "%s", value);
}

static int take_line(struct riser_regress *test, const char *key, const char *value)
{
	if (!strcmp(key, "format"))
		return strcmp(value, FORMAT) ? -EPROTONOSUPPORT : 0;
	if (!strcmp(key, "name"))
		copy(test->name, sizeof(test->name), value);
	else if (!strcmp(key, "failure"))
		copy(test->failure.kind, sizeof(test->failure.kind), value);
	else if (!strcmp(key, "access"))
		copy(test->failure.access, sizeof(test->failure.access), value);
	else if (!strcmp(key, "text"))
		copy(test->text, sizeof(test->text), value);
	else if (!strcmp(key, "max_gap"))
		test->max_gap = strtoull(value, NULL, 10);
	else if (!strcmp(key, "mode"))
		test->mode = strcmp(value, "provoke") ? RISER_PLAY_COMPARE :
							RISER_PLAY_PROVOKE;
	return 0;
}

int riser_regress_read(const char *folder, struct riser_regress *test, char *error)
{
	char *path = riser_path(folder, RISER_TEST_FILE), *line = NULL, *value;
	FILE *f = path ? fopen(path, "re") : NULL;
	size_t size = 0;
	int ret = f ? 0 : -errno;

	memset(test, 0, sizeof(*test));
	if (ret)
		snprintf(error, RISER_ERROR_BYTES, "test %.400s: %s", path ? path : folder,
			 strerror(-ret));
	while (!ret && getline(&line, &size, f) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		ret = take_line(test, line, value);
	}
	if (f)
		fclose(f);
	if (ret == -EPROTONOSUPPORT)
		snprintf(error, RISER_ERROR_BYTES,
			 "test %.400s is of another format, this riser reads '" FORMAT "'",
			 path);
	if (!ret && !test->failure.kind[0]) {
		ret = -EBADMSG;
		snprintf(error, RISER_ERROR_BYTES,
			 "test %.400s does not say which failure it is about", path);
	}
	free(line);
	free(path);
	return ret;
}

int riser_regress_write(const char *folder, const struct riser_regress *test,
			char *error)
{
	char *path = riser_path(folder, RISER_TEST_FILE);
	FILE *f = path ? fopen(path, "wxe") : NULL;
	int ret = f ? 0 : -errno;

	if (f) {
		fprintf(f, "format=" FORMAT "\nname=%s\nfailure=%s\naccess=%s\n"
			"text=%s\nmode=%s\nmax_gap=%" PRIu64 "\n", test->name,
			test->failure.kind, test->failure.access, test->text,
			test->mode == RISER_PLAY_COMPARE ? "compare" : "provoke",
			test->max_gap);
		if (fclose(f))
			ret = -errno;
	}
	if (ret)
		snprintf(error, RISER_ERROR_BYTES, "cannot write %.400s: %s",
			 path ? path : folder, strerror(-ret));
	free(path);
	return ret;
}

/* ---- a run ---- */

static void say(struct riser_regress_result *result, int code, const char *text)
{
	result->code = code;
	snprintf(result->text, sizeof(result->text), "%s", text);
}

/* The model of today's sources. */
static char *build(const char *folder, struct riser_regress_result *result)
{
	char *out = riser_path(folder, "model.so"), *log = riser_path(folder, "build.log");
	int ret = out && log ? riser_model_args_build(folder, "fast", out, log) : -ENOMEM;

	if (ret) {
		say(result, ret == -ENOENT ? RISER_EXIT_USAGE : RISER_EXIT_BUILD,
		    ret == -ENOENT ? "it has no model.args: give a model with --model FILE" :
				     "sim/build-model failed, see build.log in its folder");
		free(out);
		out = NULL;
	}
	free(log);
	return out;
}

static void judge(const struct riser_regress *test, struct riser_regress_result *result)
{
	const struct riser_play_result *play = &result->play;

	result->code = RISER_EXIT_FAIL;
	switch (play->verdict) {
	case RISER_PLAY_SAME_FAILURE:
		snprintf(result->text, sizeof(result->text), "the failure is there: %s",
			 play->text);
		break;
	case RISER_PLAY_EQUAL:
	case RISER_PLAY_FIXED:
		if (play->has_finding) {
			snprintf(result->text, sizeof(result->text),
				 "another failure: %s", play->finding.text);
			break;
		}
		result->code = RISER_EXIT_PASS;
		snprintf(result->text, sizeof(result->text), "no %s%s%s: %s",
			 test->failure.kind, test->failure.access[0] ? " of " : "",
			 test->failure.access, play->text);
		break;
	case RISER_PLAY_DIVERGES:
		snprintf(result->text, sizeof(result->text),
			 "the card does something else in cycle %" PRIu64 ": %s",
			 play->cycle, play->text);
		break;
	case RISER_PLAY_BEYOND:
		snprintf(result->text, sizeof(result->text),
			 "the recording does not reach that far (make the test anew): %s",
			 play->text);
		break;
	}
}

static int play(const char *folder, const struct riser_regress *test,
		struct riser_play_config *config, struct riser_regress_result *result,
		char *error)
{
	char *record = riser_path(folder, "tlp.rec.zst");
	struct riser_plan *plan = NULL;
	int ret = record ? riser_plan_load(record, &plan, error) : -ENOMEM;

	if (!ret && riser_plan_trouble(plan)) {
		/* whether the failure was in the rest is not known */
		snprintf(error, RISER_ERROR_BYTES, "%s", riser_plan_trouble(plan));
		ret = -ENODATA;
	}
	config->failure = &test->failure;
	config->mode = test->mode;
	config->max_gap = test->max_gap;
	if (!ret)
		ret = riser_cli_play(plan, config, &result->play, error);
	riser_plan_free(plan);
	free(record);
	return ret;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void riser_regress_run(const char *folder, const char *model,
		       const char *const *plusargs, uint32_t nr_plusargs,
		       struct riser_regress_result *result)
{
	struct riser_play_config config = {
		.model_path = model, .plusargs = plusargs, .nr_plusargs = nr_plusargs,
	};
	char error[RISER_ERROR_BYTES] = "out of memory";
	struct riser_regress test;
	double start_s = now_s();
	char *built = NULL;

	memset(result, 0, sizeof(*result));
	if (riser_regress_read(folder, &test, error)) {
		say(result, RISER_EXIT_USAGE, error);
	} else {
		if (!model)
			config.model_path = built = build(folder, result);
		if (config.model_path) {
			if (play(folder, &test, &config, result, error))
				say(result, RISER_EXIT_USAGE, error);
			else
				judge(&test, result);
		}
	}
	free(built);
	result->seconds = now_s() - start_s;
}
