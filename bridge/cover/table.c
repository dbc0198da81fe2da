// SPDX-License-Identifier: Apache-2.0
/* Coverage for a terminal, and for scripts. */
#include "cover.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../json.h"

static const char *const kind_names[RISER_COVER_NR_KINDS] = {
	[RISER_COVER_LINE] = "lines", [RISER_COVER_TOGGLE] = "toggles",
	[RISER_COVER_USER] = "properties",
};

const char *riser_cover_short_name(const char *file, const char *cwd)
{
	size_t len = cwd ? strlen(cwd) : 0;

	return len > 1 && !strncmp(file, cwd, len) && file[len] == '/' ? file + len + 1 : file;
}

static void print_row(const struct riser_cover *cover, const struct riser_cover_file *row,
		      const char *name, int width, FILE *out)
{
	int kind;

	fprintf(out, "%-*s", width, name);
	for (kind = 0; kind < RISER_COVER_NR_KINDS; kind++) {
		if (!cover->total.points[kind])
			continue;
		if (row->points[kind])
			fprintf(out, "  %6" PRIu64 " of %6" PRIu64 " %5.1f%%", row->reached[kind],
				row->points[kind], riser_cover_percent(row, kind));
		else
			fprintf(out, "  %23s", "-");
	}
	fputc('\n', out);
}

/* The lines of a text file, one at a time; an empty one where it ends. */
struct source {
	FILE *file;
	const char *name;
	char *line;
	size_t size;
	uint32_t nr;
};

static const char *line_of(struct source *s, const struct riser_cover_point *p)
{
	if (!s->name || strcmp(s->name, p->file)) {
		if (s->file)
			fclose(s->file);
		s->file = fopen(p->file, "re");
		s->name = p->file;
		s->nr = 0;
	}
	while (s->file && s->nr < p->line) {
		if (getline(&s->line, &s->size, s->file) < 0)
			return "";
		s->line[strcspn(s->line, "\r\n")] = '\0';
		s->nr++;
	}
	return s->file && s->nr == p->line ? s->line + strspn(s->line, " \t") : "";
}

static void print_open(const struct riser_cover *cover, const char *cwd, size_t max_open,
		       FILE *out)
{
	uint64_t all = cover->total.points[RISER_COVER_LINE] -
		       cover->total.reached[RISER_COVER_LINE];
	struct source source = { 0 };
	size_t i, nr = 0;

	if (!all)
		return;
	fprintf(out, "\n%" PRIu64 " line points were not reached%s\n", all,
		all > max_open ? "; the first of them (--verbose: all):" : ":");
	for (i = 0; i < cover->nr_points && nr < max_open; i++) {
		const struct riser_cover_point *p = &cover->point[i];

		if (p->kind != RISER_COVER_LINE || p->count)
			continue;
		fprintf(out, "%s:%" PRIu32 ": %s: %s\n", riser_cover_short_name(p->file, cwd),
			p->line, p->object, line_of(&source, p));
		nr++;
	}
	if (source.file)
		fclose(source.file);
	free(source.line);
}

void riser_cover_print(const struct riser_cover *cover, const char *cwd, size_t max_open,
		       FILE *out)
{
	int width = 24, kind;
	size_t i;

	for (i = 0; i < cover->nr_files; i++) {
		int len = (int)strlen(riser_cover_short_name(cover->file[i].name, cwd));

		width = len > width ? len : width;
	}
	fprintf(out, "%-*s", width, "file");
	for (kind = 0; kind < RISER_COVER_NR_KINDS; kind++)
		if (cover->total.points[kind])
			fprintf(out, "  %23s", kind_names[kind]);
	fputc('\n', out);
	for (i = 0; i < cover->nr_files; i++)
		print_row(cover, &cover->file[i], riser_cover_short_name(cover->file[i].name, cwd),
			  width, out);
	print_row(cover, &cover->total, "all", width, out);
	print_open(cover, cwd, max_open, out);
}

static void put_counts(struct riser_json *json, const struct riser_cover_file *file)
{
	int kind;

	for (kind = 0; kind < RISER_COVER_NR_KINDS; kind++) {
		riser_json_open(json, kind_names[kind], '{');
		riser_json_u64(json, "points", file->points[kind]);
		riser_json_u64(json, "reached", file->reached[kind]);
		riser_json_close(json, '}');
	}
}

void riser_cover_print_json(const struct riser_cover *cover, size_t nr_runs, FILE *out)
{
	struct riser_json json;
	size_t i;

	riser_json_init(&json, out);
	riser_json_open(&json, NULL, '{');
	riser_json_u64(&json, "schema", 1);
	riser_json_u64(&json, "runs", nr_runs);
	riser_json_open(&json, "total", '{');
	put_counts(&json, &cover->total);
	riser_json_close(&json, '}');
	riser_json_open(&json, "files", '[');
	for (i = 0; i < cover->nr_files; i++) {
		riser_json_open(&json, NULL, '{');
		riser_json_string(&json, "file", cover->file[i].name);
		put_counts(&json, &cover->file[i]);
		riser_json_close(&json, '}');
	}
	riser_json_close(&json, ']');
	riser_json_close(&json, '}');
	fputc('\n', out);
}
