// SPDX-License-Identifier: Apache-2.0
#include "coverage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/link.h>
#include <riser/model.h>
#include <riser/replay.h>

#include "../super/super.h"
#include "runref.h"

#define MAX_BRIDGES 1000

/* DIR/STEM.END of the first bridge, DIR/STEM-N.END of the others; malloc'ed. */
static char *file_of(const char *dir, const char *stem, const char *end, unsigned int bridge)
{
	char *path = NULL;
	int n = bridge > 1 ? asprintf(&path, "%s/%s-%u%s", dir, stem, bridge, end) :
			     asprintf(&path, "%s/%s%s", dir, stem, end);

	return n < 0 ? NULL : path;
}

/* The folder that sim/build-model was called in; malloc'ed. */
static char *base_of(const char *dir)
{
	char *path = riser_path(dir, "model.args"), *line = NULL;
	FILE *f = path ? fopen(path, "re") : NULL;
	size_t size = 0;

	free(path);
	if (f && getline(&line, &size, f) > 0)
		line[strcspn(line, "\n")] = '\0';
	if (f)
		fclose(f);
	return line ? line : getcwd(NULL, 0);
}

static int read_data(struct riser_cover *cover, const char *path, const char *base)
{
	char error[RISER_ERROR_BYTES];

	if (!riser_cover_read(cover, path, base, error))
		return 0;
	fprintf(stderr, "riser: error: %s\n"
		"riser: help: delete the file: the run's record is then replayed for another\n", error);
	return RISER_EXIT_USAGE;
}

/* A record into a model that counts; its data is @data. */
static int replay(struct riser_cli_coverage *c, const char *record, const char *data)
{
	struct riser_replay_config config = { .record_path = record, .x_init = -1,
					      .coverage_path = data };
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct riser_runref ref;
	char *model = NULL;
	int ret = riser_runref_find(&ref, record);

	if (ret)
		return ret;
	ret = riser_runref_model(&ref, c->model, RISER_MODEL_F_COVERAGE, c->is_quiet, &model);
	config.model_path = model;
	if (!ret && riser_replay(&config, &result, error)) {
		fprintf(stderr, "riser: error: %s\n", error);
		ret = RISER_EXIT_USAGE;
	}
	if (!ret && (result.differs || result.is_cut))
		fprintf(stderr, "riser: warning: %s: %s; coverage is counted up to there\n", record,
			result.differs ? result.difference : result.trouble);
	c->nr_replayed += !ret;
	free(model);
	riser_runref_fini(&ref);
	return ret;
}

/* What one bridge of the run left: data, a record, or neither (*@found). */
static int add_bridge(struct riser_cli_coverage *c, struct riser_cover *cover, const char *dir,
		      unsigned int bridge, const char *base, bool *found)
{
	char *data = file_of(dir, "coverage", ".dat", bridge);
	char *record = file_of(dir, "tlp", ".rec.zst", bridge);
	int ret = data && record ? 0 : RISER_EXIT_ENV;

	if (!ret && access(data, R_OK) && !access(record, R_OK))
		ret = replay(c, record, data);
	*found = !ret && !access(data, R_OK);
	if (*found)
		ret = read_data(cover, data, base);
	free(data);
	free(record);
	return ret;
}

/* Absolute, malloc'ed; NULL after a sentence. */
static char *find_run(const char *run)
{
	struct stat st;
	char *dir;

	if (!run || (!strcmp(run, "latest") && access(run, F_OK)))
		run = "riser-out/latest";
	dir = realpath(run, NULL);
	if (dir && !stat(dir, &st) && S_ISDIR(st.st_mode))
		return dir;
	fprintf(stderr, "riser: error: run %s: %s\n"
		"riser: help: give the directory of a run (riser-out/..., out/demo)\n", run,
		dir ? "Not a directory" : "No such file or directory");
	free(dir);
	return NULL;
}

int riser_cli_coverage_add(struct riser_cli_coverage *c, struct riser_cover *cover,
			   const char *run)
{
	char *dir = find_run(run), *base;
	unsigned int bridge;
	bool found = true;
	int ret = 0;

	if (!dir)
		return RISER_EXIT_USAGE;
	base = base_of(dir);
	for (bridge = 1; !ret && found && bridge < MAX_BRIDGES; bridge++)
		ret = add_bridge(c, cover, dir, bridge, base ? base : "", &found);
	if (!ret && bridge == 2) {
		fprintf(stderr, "riser: error: run %s has neither coverage data nor a record\n"
			"riser: help: `riser run --coverage=all` counts while it runs; any other run is replayed from its tlp.rec.zst\n",
			dir);
		ret = RISER_EXIT_USAGE;
	}
	free(base);
	free(dir);
	return ret;
}
