/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading riser.yaml:
 *
 *	project.c	the file, sections and keys
 *	project_value.c	single values by their type
 *	project_list.c	lists and maps
 *	project_pins.c	resets and loop-backs
 *	edam.c		a card from FuseSoC's file
 *	project_rules.c	faults and waivers
 *	project_words.c	mistakes in words, and the options that come out
 */
#ifndef RISER_PROJECT_INTERNAL_H
#define RISER_PROJECT_INTERNAL_H

#include <libfyaml.h>
#include <limits.h>

#include "project.h"

struct riser_project_reader {
	const char *path;
	char *text;
	char dir[PATH_MAX];
	struct riser_project *project;
	/* what to do with the file's top; NULL: it is a project file */
	void (*take)(struct riser_project_reader *r, struct fy_node *root);
	unsigned int nr_errors;
	bool has_version;
	bool has_top;	/* of EDAM: the project names another */
};

/* Reads the file @path of @r; an exit code after sentences. */
int riser_project_read_with(struct riser_project_reader *r);
/* tests.c */
void riser_project_tests(struct riser_project_reader *r, struct fy_node *node);
void riser_project_tests_fini(struct riser_project *project);
/* edam.c: the card of an EDAM file. */
void riser_project_edam(struct riser_project_reader *r, struct fy_node *node,
			const char *text);

#define RISER_PROJECT_MAX_ERRORS	20

/* Where the line behind the one that begins at @line begins, NULL: nowhere. */
const char *riser_project_next_line(const char *line);
/* Line @line (from 0), malloc'ed. */
char *riser_project_line(const struct riser_project_reader *r, int line);
/* A mistake at @line and @column, both from 0. */
void riser_project_complain(struct riser_project_reader *r, int line, int column,
			    size_t len, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Where a node begins; a list or map: its first scalar. */
void riser_project_place(struct fy_node *node, int *line, int *column,
			 size_t *len);
/* @node is a word that is none of @names. */
void riser_project_unknown(struct riser_project_reader *r, struct fy_node *node,
			   const char *what, const char *const *names);
/* One more option for `riser run`. */
void riser_project_add(struct riser_project_reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same where a node begins. */
#define riser_project_complain_at(r, node, ...) do { \
	int complain_line, complain_column; \
	size_t complain_len; \
	riser_project_place(node, &complain_line, &complain_column, &complain_len); \
	riser_project_complain(r, complain_line, complain_column, complain_len, __VA_ARGS__); \
} while (0)

/* A scalar's text; NULL after a message. */
const char *riser_project_scalar(struct riser_project_reader *r,
				 const struct riser_project_key *key,
				 struct fy_node *node);
/* A path, relative ones to the file; malloc'ed. */
char *riser_project_beside(const struct riser_project_reader *r, const char *path);
/* The same of something that is there; NULL after a message. */
char *riser_project_existing(struct riser_project_reader *r, struct fy_node *node,
			     const char *text);
/* A period in picoseconds; 0 after a message. */
long long riser_project_period(struct riser_project_reader *r,
			       const struct riser_project_key *key,
			       struct fy_node *node, const char *text);

/* The value of a key. */
void riser_project_take(struct riser_project_reader *r,
			const struct riser_project_key *key,
			struct fy_node *node);
void riser_project_list(struct riser_project_reader *r,
			const struct riser_project_key *key,
			struct fy_node *node);
/* One of the key's names; a message otherwise. */
void riser_project_word(struct riser_project_reader *r,
			const struct riser_project_key *key,
			struct fy_node *node, const char *text);
void riser_project_map(struct riser_project_reader *r,
		       const struct riser_project_key *key,
		       struct fy_node *node);
void riser_project_resets(struct riser_project_reader *r,
			  const struct riser_project_key *key,
			  struct fy_node *node);
void riser_project_loops(struct riser_project_reader *r,
			 const struct riser_project_key *key,
			 struct fy_node *node);
void riser_project_tree(struct riser_project_reader *r,
			const struct riser_project_key *key,
			struct fy_node *node);
void riser_project_faults(struct riser_project_reader *r,
			  const struct riser_project_key *key,
			  struct fy_node *node);
void riser_project_waivers(struct riser_project_reader *r,
			   struct fy_node *node);

#endif /* RISER_PROJECT_INTERNAL_H */
