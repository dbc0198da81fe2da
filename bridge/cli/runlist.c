// SPDX-License-Identifier: Apache-2.0
#include "runlist.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../super/super.h"

#define MINUTE_CHARS	13	/* 20260131-1259 */

bool riser_run_is(const char *dir)
{
	static const char *const marks[] = { "repeat.sh", "status", "result.json" };
	struct stat st;
	char *path;
	bool found = false;
	size_t i;

	if (lstat(dir, &st) || !S_ISDIR(st.st_mode))
		return false;
	for (i = 0; !found && i < sizeof(marks) / sizeof(marks[0]); i++) {
		path = riser_path(dir, marks[i]);
		found = path && !access(path, F_OK);
		free(path);
	}
	return found;
}

static uint64_t bytes_of(const char *dir)
{
	char *const paths[] = { (char *)(uintptr_t)dir, NULL };
	uint64_t bytes = 0;
	FTSENT *entry;
	FTS *fts = fts_open(paths, FTS_PHYSICAL, NULL);

	while (fts && (entry = fts_read(fts)))
		if (entry->fts_info == FTS_F)
			bytes += (uint64_t)entry->fts_statp->st_blocks * 512;
	if (fts)
		fts_close(fts);
	return bytes;
}

static void read_status(struct riser_run_entry *run, const char *dir)
{
	char *path = riser_path(dir, "status");
	FILE *f = path ? fopen(path, "re") : NULL;
	struct stat st;

	strcpy(run->status, "?");
	run->code = -1;
	if (f && fscanf(f, "%15s %d %lf", run->status, &run->code, &run->seconds) < 1)
		strcpy(run->status, "?");
	if (f)
		fclose(f);
	free(path);
	if (!stat(dir, &st))
		run->when = st.st_mtime;
}

/* repeat.sh is written first, and once. */
static uint64_t started_ns(const char *dir)
{
	char *path = riser_path(dir, "repeat.sh");
	struct stat st;
	uint64_t ns = 0;

	if (path && !stat(path, &st))
		ns = (uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec;
	free(path);
	return ns;
}

/* Names begin with the minute; within it the start counts, not what follows in the name. */
static int compare(const void *a, const void *b)
{
	const struct riser_run_entry *x = a, *y = b;
	int ret = strncmp(x->name, y->name, MINUTE_CHARS);

	if (!ret)
		ret = (x->started_ns > y->started_ns) - (x->started_ns < y->started_ns);
	return ret ? ret : strcmp(x->name, y->name);
}

static int add(struct riser_run_list *list, const char *root, const char *name,
	       const char *latest)
{
	struct riser_run_entry *more;
	char *dir = riser_path(root, name);

	if (!dir || !riser_run_is(dir)) {
		free(dir);
		return 0;
	}
	more = realloc(list->run, (list->nr + 1) * sizeof(*more));
	if (more) {
		list->run = more;
		more += list->nr;
		memset(more, 0, sizeof(*more));
		more->name = strdup(name);
		more->is_latest = !strcmp(name, latest);
		more->bytes = bytes_of(dir);
		more->started_ns = started_ns(dir);
		read_status(more, dir);
		list->nr += more->name != NULL;
	}
	free(dir);
	return more && more->name ? 0 : RISER_EXIT_ENV;
}

int riser_run_list_read(struct riser_run_list *list, const char *root)
{
	char latest[256] = "", *link = riser_path(root, "latest");
	struct dirent **names;
	int i, n, ret = 0;

	memset(list, 0, sizeof(*list));
	if (link && readlink(link, latest, sizeof(latest) - 1) < 0)
		latest[0] = '\0';
	free(link);
	n = scandir(root, &names, NULL, NULL);
	if (n < 0) {
		fprintf(stderr, "riser: error: %s: %s\n"
			"riser: help: runs are in riser-out of the folder where `riser run` was given; or name their folder\n",
			root, strerror(errno));
		return RISER_EXIT_USAGE;
	}
	for (i = 0; i < n; i++) {
		if (!ret && names[i]->d_name[0] != '.')
			ret = add(list, root, names[i]->d_name, latest);
		free(names[i]);
	}
	free(names);
	if (list->nr)
		qsort(list->run, list->nr, sizeof(*list->run), compare);
	return ret;
}

void riser_run_list_fini(struct riser_run_list *list)
{
	while (list->nr)
		free(list->run[--list->nr].name);
	free(list->run);
}
