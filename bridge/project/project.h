/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The project file riser.yaml (docs/project-file.md): what a run is made of.
 *
 * One table says which keys there are, what their values look like and which
 * option of `riser run` each is; the parser, the messages and the JSON schema
 * come from it.
 */
#ifndef RISER_PROJECT_H
#define RISER_PROJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define RISER_PROJECT_VERSION	1

enum riser_project_type {
	RISER_PROJECT_INT = 0,	/* min to max */
	RISER_PROJECT_TEXT,
	RISER_PROJECT_PATH,	/* a file that is there */
	RISER_PROJECT_PLACE,	/* a folder or file that need not be there yet */
	RISER_PROJECT_EDAM,	/* an EDAM file: a card */
	RISER_PROJECT_KERNEL,	/* a series or release, or a file with a '/' in its path */
	RISER_PROJECT_ENUM,
	RISER_PROJECT_SECONDS,	/* "90s", "10m", "1h" */
	RISER_PROJECT_MS,	/* "250ms", "1s" */
	RISER_PROJECT_NS,	/* "500ns", "2us", "1ms" */
	RISER_PROJECT_PS,	/* "4ns", "2.5ns", "400ps" */
	RISER_PROJECT_IF_TRUE,	/* the option is given when the value is true */
	RISER_PROJECT_IF_FALSE,
	RISER_PROJECT_LIST,	/* of texts */
	RISER_PROJECT_PATHS,	/* of files that are there, or of patterns of glob(7) */
	RISER_PROJECT_ADDS,	/* of SRC[:DST] */
	RISER_PROJECT_MAP,	/* NAME: VALUE, the option gets NAME=VALUE */
	RISER_PROJECT_FILES,	/* NAME: FILE that is there, NAME one of @names; the option gets NAME=FILE */
	RISER_PROJECT_PRELOAD,	/* FILE, or NAME: FILE of any name; the option gets FILE or NAME=FILE */
	RISER_PROJECT_CLOCKS,	/* NAME: PERIOD, the option gets NAME:PS */
	RISER_PROJECT_RESETS,	/* NAME: high, low or {active:, cycles:}, the option gets NAME:LEVEL[:CYCLES] */
	RISER_PROJECT_LOOPS,	/* of {from:, to:}, the option gets FROM:TO */
	RISER_PROJECT_TREE,	/* maps and lists of any depth, the option gets KEY.A.0.B=VALUE */
	RISER_PROJECT_FAULTS,	/* rules of docs/faults.md */
	RISER_PROJECT_WAIVERS,
	RISER_PROJECT_TESTS,	/* NAME: {script:, timeout:, tags:, options:} */
	RISER_PROJECT_VERSION_KEY,
	RISER_PROJECT_SCRIPT,	/* a file; the argument of `riser run` */
};

/**
 * struct riser_project_key - a key of the file
 * @section: "" for the top; @key "" means that the section itself has the value
 * @option: of `riser run`, NULL: none; "--model-arg=--x" is option --x of
 *	sim/build-model
 * @names: of an enum, NULL-terminated
 * @words: for the schema
 */
struct riser_project_key {
	const char *section;
	const char *key;
	enum riser_project_type type;
	const char *option;
	const char *words;
	long long min;
	long long max;
	const char *const *names;
};

/* Behind the last one @section is NULL. */
extern const struct riser_project_key riser_project_keys[];

/**
 * struct riser_project_test - an entry of `tests:`
 * @script: absolute; NULL: the project's
 * @timeout: "--timeout=S"; NULL: the project's
 * @options: more words for `riser run`
 */
struct riser_project_test {
	char *name;
	char *script;
	char *timeout;
	char **tags;
	size_t nr_tags;
	char **options;
	size_t nr_options;
};

/**
 * struct riser_project - a file, read and checked
 * @argv: options for `riser run`, malloc'ed
 * @script: NULL: none
 * @dir: where the file is, absolute: what the card opens by a relative name is
 *	looked for there
 *
 * Paths in it are absolute.
 */
struct riser_project {
	char **argv;
	size_t nr;
	char *script;
	char *dir;
	struct riser_project_test *tests;
	size_t nr_tests;
};

/**
 * riser_project_read() - reads a file
 *
 * Returns 0, or an exit code; every mistake has been told on standard error with
 * its line and a caret.
 */
int riser_project_read(const char *path, struct riser_project *project);
void riser_project_fini(struct riser_project *project);

/**
 * riser_project_write() - words of `riser run` as a project file
 * @words: argv, NULL-terminated; words that no key stands for are left out
 * @script: NULL: none
 * @cwd: where relative paths among the words begin
 */
int riser_project_write(FILE *file, char *const *words, const char *script,
			const char *cwd);

/* The JSON schema of the file. */
void riser_project_schema(FILE *file);

#endif /* RISER_PROJECT_H */
