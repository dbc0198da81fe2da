/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coverage of the RTL: data files as Verilator's coverage_write() leaves them,
 * added up over runs, and points of the sources added up over instances.
 *
 * One thread; errors are 0 or -errno with one sentence in @error
 * (RISER_ERROR_BYTES).
 */
#ifndef RISER_COVER_H
#define RISER_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum riser_cover_kind {
	RISER_COVER_LINE = 0,	/* blocks of statements, branches */
	RISER_COVER_TOGGLE,	/* each bit of a signal */
	RISER_COVER_USER,	/* cover properties */
	RISER_COVER_NR_KINDS,
};

/**
 * struct riser_cover_entry - a point of one instance
 * @key: what stands between the quotes in the file, the path in it absolute
 * @count: how often it was reached
 */
struct riser_cover_entry {
	char *key;
	uint64_t count;
};

/**
 * struct riser_cover_point - a point of the source
 * @file: absolute path
 * @object: what it is in Verilator's words: "else", "block", "count_q[3]"
 */
struct riser_cover_point {
	char *file;
	uint32_t line, column;
	enum riser_cover_kind kind;
	char *object;
	uint64_t count;
};

/**
 * struct riser_cover_file - points of one source file
 * @first: index of its first point
 * @points: by kind
 * @reached: of them
 */
struct riser_cover_file {
	const char *name;
	size_t first, nr;
	uint64_t points[RISER_COVER_NR_KINDS];
	uint64_t reached[RISER_COVER_NR_KINDS];
};

/**
 * struct riser_cover - everything that was read
 * @entry: sorted by key and without doubles once riser_cover_finish() was called
 * @point: by file, line, column, kind and object
 * @total: over all files; only its counts are set
 */
struct riser_cover {
	struct riser_cover_entry *entry;
	size_t nr_entries, room;
	struct riser_cover_point *point;
	size_t nr_points;
	struct riser_cover_file *file;
	size_t nr_files;
	struct riser_cover_file total;
};

/* ---- data.c ---- */

/**
 * riser_cover_read() - adds a data file
 * @base: folder that relative names of sources in it are relative to
 *
 * The wrapper that sim/build-model writes around a card is left out. -EINVAL: it
 * is no such file, or is cut short.
 */
int riser_cover_read(struct riser_cover *cover, const char *path, const char *base, char *error);
/* Adds up and sorts; called once, after the last file. 0 or -ENOMEM. */
int riser_cover_finish(struct riser_cover *cover, const char *const *without);
void riser_cover_fini(struct riser_cover *cover);
/* All of it as one data file, for verilator_coverage too. 0 or -errno. */
int riser_cover_write(const struct riser_cover *cover, const char *path);

/* ---- point.c ---- */

/*
 * The points of the entries, without those in files below one of the folders
 * @without (NULL-terminated; may be NULL). 0 or -ENOMEM.
 */
int riser_cover_make_points(struct riser_cover *cover, const char *const *without);
/* Of 100, down to a tenth: 99.96 % is not all. 100 where there are no points. */
double riser_cover_percent(const struct riser_cover_file *file, enum riser_cover_kind kind);

/* ---- tracefile.c, table.c, page.c ---- */

/* For lcov and genhtml. 0 or -errno. */
int riser_cover_write_tracefile(const struct riser_cover *cover, const char *path);
/**
 * riser_cover_print() - a table of the files, and line points not reached
 * @max_open: so many of them
 */
void riser_cover_print(const struct riser_cover *cover, const char *cwd, size_t max_open,
		       FILE *out);
/* The same, counts alone, as JSON; @nr_runs is passed on. */
void riser_cover_print_json(const struct riser_cover *cover, size_t nr_runs, FILE *out);
/* One page with all sources, without script and network. 0 or -errno. */
int riser_cover_write_page(const struct riser_cover *cover, const char *cwd, const char *title,
			   const char *path);
/* A name below @cwd without it. */
const char *riser_cover_short_name(const char *file, const char *cwd);

#endif /* RISER_COVER_H */
