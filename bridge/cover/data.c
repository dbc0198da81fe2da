// SPDX-License-Identifier: Apache-2.0
/*
 * Verilator's coverage data: a line "C 'KEY' COUNT" for each point of each
 * instance. A key is a row of fields, each \1 NAME \2 VALUE.
 */
#include "cover.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <riser/link.h>

#define MAGIC	"# SystemC::Coverage"
#define FILE_FIELD	"\1f\2"
#define WRAPPER	"/riser_wrap.v\1"

static int add(struct riser_cover *cover, char *key, uint64_t count)
{
	struct riser_cover_entry *more;

	if (cover->nr_entries == cover->room) {
		cover->room = cover->room ? 2 * cover->room : 4096;
		more = realloc(cover->entry, cover->room * sizeof(*more));
		if (!more) {
			cover->room = cover->nr_entries;
			return -ENOMEM;
		}
		cover->entry = more;
	}
	cover->entry[cover->nr_entries++] = (struct riser_cover_entry){ key, count };
	return 0;
}

/* The key with an absolute name of the file; malloc'ed. */
static char *absolute(const char *key, const char *base)
{
	const char *name = strstr(key, FILE_FIELD);
	char *out = NULL;

	name = name ? name + strlen(FILE_FIELD) : NULL;
	if (!name || *name == '/')
		return strdup(key);
	while (!strncmp(name, "./", 2))
		name += 2;
	if (asprintf(&out, FILE_FIELD "%s/%s", base, name) < 0)
		return NULL;
	return out;
}

/* One line, cut in place. -EINVAL: it is none of these. */
static int take_line(struct riser_cover *cover, char *line, const char *base)
{
	char *end = strrchr(line, '\''), *rest, *key;
	uint64_t count;
	int ret;

	if (strncmp(line, "C '", 3) || !end || end < line + 3)
		return -EINVAL;
	*end++ = '\0';
	count = strtoull(end, &rest, 10);
	if (rest == end || *rest != '\n')
		return -EINVAL;
	key = absolute(line + 3, base);
	if (!key)
		return -ENOMEM;
	if (strstr(key, WRAPPER)) {
		free(key);
		return 0;
	}
	ret = add(cover, key, count);
	if (ret)
		free(key);
	return ret;
}

int riser_cover_read(struct riser_cover *cover, const char *path, const char *base, char *error)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	unsigned int nr = 0;
	int ret = 0;

	if (!f) {
		snprintf(error, RISER_ERROR_BYTES, "coverage data %.300s: %s", path,
			 strerror(errno));
		return -errno;
	}
	while (!ret && getline(&line, &size, f) > 0) {
		if (!nr++)
			ret = strncmp(line, MAGIC, strlen(MAGIC)) ? -EINVAL : 0;
		else if (*line != '#')
			ret = take_line(cover, line, base);
	}
	if (!ret && !nr)
		ret = -EINVAL;
	if (ret)
		snprintf(error, RISER_ERROR_BYTES, "coverage data %.300s: %s in line %u", path,
			 ret == -EINVAL ? "no coverage data, or cut short," : strerror(-ret),
			 nr ? nr : 1);
	free(line);
	fclose(f);
	return ret;
}

static int by_key(const void *a, const void *b)
{
	const struct riser_cover_entry *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static void add_up(struct riser_cover *cover)
{
	struct riser_cover_entry *e = cover->entry;
	size_t from, to = 0;

	for (from = 0; from < cover->nr_entries; from++) {
		if (to && !strcmp(e[to - 1].key, e[from].key)) {
			e[to - 1].count += e[from].count;
			free(e[from].key);
		} else {
			e[to++] = e[from];
		}
	}
	cover->nr_entries = to;
}

int riser_cover_finish(struct riser_cover *cover, const char *const *without)
{
	if (cover->nr_entries)
		qsort(cover->entry, cover->nr_entries, sizeof(*cover->entry), by_key);
	add_up(cover);
	return riser_cover_make_points(cover, without);
}

int riser_cover_write(const struct riser_cover *cover, const char *path)
{
	FILE *f = fopen(path, "we");
	size_t i;
	int ret;

	if (!f)
		return -errno;
	fputs(MAGIC "-3\n", f);
	for (i = 0; i < cover->nr_entries; i++)
		fprintf(f, "C '%s' %" PRIu64 "\n", cover->entry[i].key, cover->entry[i].count);
	ret = ferror(f) ? -EIO : 0;
	return fclose(f) ? -errno : ret;
}

void riser_cover_fini(struct riser_cover *cover)
{
	size_t i;

	for (i = 0; i < cover->nr_entries; i++)
		free(cover->entry[i].key);
	for (i = 0; i < cover->nr_points; i++) {
		free(cover->point[i].file);
		free(cover->point[i].object);
	}
	free(cover->entry);
	free(cover->point);
	free(cover->file);
	memset(cover, 0, sizeof(*cover));
}
