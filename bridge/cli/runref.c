// SPDX-License-Identifier: Apache-2.0
#include "runref.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/link.h>
#include <riser/loader.h>
#include <riser/record.h>
#include <riser/snapshot.h>

#include "../regs.h"
#include "../super/super.h"

#define LOG_NAME "tlp.rec.zst"

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* tlp-2.rec.zst has its snapshots in snapshots-2. */
static char *snapshots_of(const char *dir, const char *record)
{
	const char *name = record ? strrchr(record, '/') : NULL, *end;
	char folder[64];

	if (!name || strncmp(name, "/tlp", 4))
		return NULL;
	end = strstr(name, ".rec.zst");
	if (!end)
		return NULL;
	snprintf(folder, sizeof(folder), RISER_SNAPSHOT_DIR "%.*s",
		 (int)(end - name - 4), name + 4);
	return riser_path(dir, folder);
}

int riser_runref_find(struct riser_runref *ref, const char *run)
{
	char *copy;

	memset(ref, 0, sizeof(*ref));
	if (!run || (!strcmp(run, "latest") && access(run, F_OK)))
		run = "riser-out/latest";
	if (is_dir(run)) {
		ref->dir = realpath(run, NULL);
		ref->record = ref->dir ? riser_path(ref->dir, LOG_NAME) : NULL;
	} else {
		ref->record = realpath(run, NULL);
		copy = ref->record ? strdup(ref->record) : NULL;
		ref->dir = copy ? strdup(dirname(copy)) : NULL;
		free(copy);
	}
	ref->snapshots = ref->dir ? snapshots_of(ref->dir, ref->record) : NULL;
	if (!ref->dir || !ref->record) {
		fprintf(stderr, "riser: error: run %s: %s\n"
			"riser: help: give the directory of a run (riser-out/..., out/demo) or its " LOG_NAME "\n",
			run, strerror(errno));
		riser_runref_fini(ref);
		return RISER_EXIT_USAGE;
	}
	riser_regs_load_run(ref->dir);
	if (access(ref->record, R_OK)) {
		fprintf(stderr, "riser: error: record %s: %s\n"
			"riser: help: a run with --no-record, or one that never began, has none\n",
			ref->record, strerror(errno));
		riser_runref_fini(ref);
		return RISER_EXIT_USAGE;
	}
	return 0;
}

void riser_runref_fini(struct riser_runref *ref)
{
	free(ref->dir);
	free(ref->record);
	free(ref->snapshots);
	memset(ref, 0, sizeof(*ref));
}

/* Whether the file is a model of the log's sources that can do what is wanted. */
static bool fits(const char *path, const char *source_hash, uint32_t wants)
{
	char error[RISER_ERROR_BYTES];
	struct riser_card card;
	bool ret = false;

	if (access(path, R_OK) || riser_card_load(&card, path, error))
		return false;
	ret = !strcmp(card.info->source_hash, source_hash) &&
	      (card.info->features & wants) == wants;
	riser_card_unload(&card);
	return ret;
}

static char *copy_if(bool condition, const char *text)
{
	return condition ? strdup(text) : NULL;
}

/* One that is there already; NULL if none fits. */
static char *look_for_model(const struct riser_runref *ref,
			    const struct riser_rec_facts *facts,
			    uint32_t wants)
{
	static const char *const names[] = { "model.so", "model-trace.so", "model-cover.so" };
	char *path, *found = NULL;
	size_t i;

	for (i = 0; !found && i < sizeof(names) / sizeof(names[0]); i++) {
		path = riser_path(ref->dir, names[i]);
		if (path && fits(path, facts->source_hash, wants))
			found = path;
		else
			free(path);
	}
	if (!found)
		found = copy_if(fits(facts->model_path, facts->source_hash,
				     wants), facts->model_path);
	return found;
}

static int say_failed_build(const struct riser_runref *ref, const char *flavour, int ret)
{
	if (ret == -ENOENT)
		fprintf(stderr, "riser: error: run %s has no model.args (its model was given ready-made)\n"
			"riser: help: build the same sources with `sim/build-model --flavour %s ...` and give it with --model\n",
			ref->dir, flavour);
	else if (ret < 0)
		fprintf(stderr, "riser: error: cannot run sim/build-model: %s\n",
			strerror(-ret));
	else
		fprintf(stderr, "riser: error: sim/build-model failed with the arguments in %s/model.args\n",
			ref->dir);
	return ret < 0 && ret != -ENOENT ? RISER_EXIT_ENV : RISER_EXIT_BUILD;
}

static int build_model(const struct riser_runref *ref,
		       const struct riser_rec_facts *facts, uint32_t wants,
		       bool quiet, char **model)
{
	const char *flavour = wants & RISER_MODEL_F_TRACE ? "trace" :
			      wants & RISER_MODEL_F_COVERAGE ? "cover" : "fast";
	char *log = quiet ? riser_path(ref->dir, "build.log") : NULL;
	char *path = NULL;
	int ret;

	if (asprintf(&path, wants ? "%s/model-%s.so" : "%s/model.so", ref->dir, flavour) < 0)
		path = NULL;
	ret = path ? riser_model_args_build(ref->dir, flavour, path, log) : -ENOMEM;

	free(log);
	if (ret) {
		free(path);
		return say_failed_build(ref, flavour, ret);
	}
	if (!fits(path, facts->source_hash, wants)) {
		fprintf(stderr, "riser: error: the sources have changed since run %s: a model built now is of other sources than its record (%.12s)\n"
			"riser: help: take back the changes, or give a model of the old sources with --model\n",
			ref->dir, facts->source_hash);
		unlink(path);
		free(path);
		return RISER_EXIT_USAGE;
	}
	*model = path;
	return 0;
}

int riser_runref_model(const struct riser_runref *ref, const char *given,
		       uint32_t wants, bool quiet, char **model)
{
	char error[RISER_ERROR_BYTES];
	struct riser_rec_log *log;
	int ret = 0;

	if (given) {
		*model = strdup(given);
		return *model ? 0 : RISER_EXIT_ENV;
	}
	if (riser_rec_open(ref->record, &log, error)) {
		fprintf(stderr, "riser: error: %s\n", error);
		return RISER_EXIT_USAGE;
	}
	*model = look_for_model(ref, riser_rec_facts(log), wants);
	if (!*model)
		ret = build_model(ref, riser_rec_facts(log), wants,
				  quiet, model);
	riser_rec_close(log);
	return ret;
}
