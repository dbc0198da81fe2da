// SPDX-License-Identifier: Apache-2.0
/* Points of the sources: entries of all instances of a module, added up. */
#include "cover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The value of a field of a key, malloc'ed; NULL when there is none. */
static char *field(const char *key, const char *name)
{
	char mark[16];
	const char *value;

	snprintf(mark, sizeof(mark), "\1%s\2", name);
	value = strstr(key, mark);
	if (!value)
		return NULL;
	value += strlen(mark);
	return strndup(value, strcspn(value, "\1"));
}

static uint32_t number(const char *key, const char *name)
{
	char *text = field(key, name);
	uint32_t n = text ? (uint32_t)strtoul(text, NULL, 10) : 0;

	free(text);
	return n;
}

/* Of a key; RISER_COVER_NR_KINDS: of none of these. */
static enum riser_cover_kind kind_of(const char *key)
{
	const char *page = strstr(key, "\1page\2");

	page = page ? page + strlen("\1page\2") : "";
	if (!strncmp(page, "v_line", 6) || !strncmp(page, "v_branch", 8))
		return RISER_COVER_LINE;
	if (!strncmp(page, "v_toggle", 8))
		return RISER_COVER_TOGGLE;
	return strncmp(page, "v_user", 6) ? RISER_COVER_NR_KINDS : RISER_COVER_USER;
}

static bool is_below(const char *file, const char *const *folders)
{
	size_t len;

	for (; folders && *folders; folders++) {
		len = strlen(*folders);
		if (!strncmp(file, *folders, len) && file[len] == '/')
			return true;
	}
	return false;
}

static int by_place(const void *a, const void *b)
{
	const struct riser_cover_point *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->object, y->object);
}

static void add_up(struct riser_cover *cover)
{
	struct riser_cover_point *p = cover->point;
	size_t from, to = 0;

	for (from = 0; from < cover->nr_points; from++) {
		if (to && !by_place(&p[to - 1], &p[from])) {
			p[to - 1].count += p[from].count;
			free(p[from].file);
			free(p[from].object);
		} else {
			p[to++] = p[from];
		}
	}
	cover->nr_points = to;
}

static int take(struct riser_cover *cover, const struct riser_cover_entry *entry,
		const char *const *without)
{
	enum riser_cover_kind kind = kind_of(entry->key);
	struct riser_cover_point *p = &cover->point[cover->nr_points];
	char *file = field(entry->key, "f");

	if (!file)
		return 0;
	if (kind == RISER_COVER_NR_KINDS || is_below(file, without)) {
		free(file);
		return 0;
	}
	*p = (struct riser_cover_point){
		.file = file, .line = number(entry->key, "l"), .column = number(entry->key, "n"),
		.kind = kind, .object = field(entry->key, "o"), .count = entry->count,
	};
	if (!p->object)
		p->object = strdup("");
	if (!p->object) {
		free(file);
		return -ENOMEM;
	}
	cover->nr_points++;
	return 0;
}

/* Files are runs of the sorted points. */
static int make_files(struct riser_cover *cover)
{
	struct riser_cover_file *file = NULL;
	size_t i;

	cover->file = calloc(cover->nr_points + 1, sizeof(*cover->file));
	if (!cover->file)
		return -ENOMEM;
	for (i = 0; i < cover->nr_points; i++) {
		const struct riser_cover_point *p = &cover->point[i];

		if (!file || strcmp(file->name, p->file)) {
			file = &cover->file[cover->nr_files++];
			file->name = p->file;
			file->first = i;
		}
		file->nr++;
		file->points[p->kind]++;
		file->reached[p->kind] += p->count > 0;
		cover->total.points[p->kind]++;
		cover->total.reached[p->kind] += p->count > 0;
	}
	return 0;
}

int riser_cover_make_points(struct riser_cover *cover, const char *const *without)
{
	size_t i;
	int ret = 0;

	cover->point = calloc(cover->nr_entries + 1, sizeof(*cover->point));
	if (!cover->point)
		return -ENOMEM;
	for (i = 0; !ret && i < cover->nr_entries; i++)
		ret = take(cover, &cover->entry[i], without);
	if (cover->nr_points)
		qsort(cover->point, cover->nr_points, sizeof(*cover->point), by_place);
	add_up(cover);
	return ret ? ret : make_files(cover);
}

double riser_cover_percent(const struct riser_cover_file *file, enum riser_cover_kind kind)
{
	uint64_t points = file->points[kind];

	return points ? (double)(1000 * file->reached[kind] / points) / 10 : 100.0;
}
