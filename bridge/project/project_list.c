// SPDX-License-Identifier: Apache-2.0
/* Lists and maps of riser.yaml. */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <riser/link.h>
#include <riser/lockstep.h>

#include "project_internal.h"

static void take_adds(struct riser_project_reader *r, const struct riser_project_key *key,
		      struct fy_node *node, const char *text)
{
	const char *colon = strrchr(text, ':');
	char *source = colon ? strndup(text, (size_t)(colon - text)) :
			       strdup(text);
	char *path = source ? riser_project_existing(r, node, source) : NULL;

	if (path)
		riser_project_add(r, "%s=%s%s", key->option, path, colon ? colon : "");
	free(path);
	free(source);
}

/* Files that a pattern of glob(7) means; a plain name is one too. */
static void take_pattern(struct riser_project_reader *r, const struct riser_project_key *key,
			 struct fy_node *node, const char *text)
{
	char *path = riser_project_beside(r, text);
	glob_t found = { 0 };
	size_t i;

	if (path && !strpbrk(text, "*?[")) {
		free(path);
		path = riser_project_existing(r, node, text);
		if (path)
			riser_project_add(r, "%s=%s", key->option, path);
	} else if (path && !glob(path, 0, NULL, &found)) {
		for (i = 0; i < found.gl_pathc; i++)
			riser_project_add(r, "%s=%s", key->option, found.gl_pathv[i]);
		globfree(&found);
	} else {
		riser_project_complain_at(r, node, "%s: no file has such a name (paths are relative to this file)",
					  text);
	}
	free(path);
}

void riser_project_list(struct riser_project_reader *r, const struct riser_project_key *key,
		      struct fy_node *node)
{
	struct riser_lockstep_rule rule;
	char error[RISER_ERROR_BYTES];
	struct fy_node *item;
	const char *text;
	void *iter = NULL;

	if (!fy_node_is_sequence(node)) {
		riser_project_complain_at(r, node, "%s is a list: [A, B]",
					  *key->key ? key->key : key->section);
		return;
	}
	while ((item = fy_node_sequence_iterate(node, &iter))) {
		text = riser_project_scalar(r, key, item);
		if (text && key->names)
			riser_project_word(r, key, item, text);
		else if (text && key->type == RISER_PROJECT_ADDS)
			take_adds(r, key, item, text);
		else if (text && key->type == RISER_PROJECT_PATHS)
			take_pattern(r, key, item, text);
		else if (text && (!strcmp(key->option, "--plusarg") ||
				  !strcmp(key->option, "--reference-plusarg")) &&
			 *text != '+')
			riser_project_complain_at(r, item, "a plusarg begins with '+'");
		else if (text && !strcmp(key->option, "--may-differ") &&
			 riser_lockstep_rule_parse(text, &rule, error))
			riser_project_complain_at(r, item, "%s", error);
		else if (text)
			riser_project_add(r, "%s=%s", key->option, text);
	}
}

static void take_file(struct riser_project_reader *r, const struct riser_project_key *key,
		      struct fy_node *name, struct fy_node *value)
{
	const char *const *known = key->names;
	const char *word = fy_node_get_scalar0(name);
	char *path;

	while (known && *known && strcmp(*known, word))
		known++;
	if (known && !*known) {
		riser_project_unknown(r, name, "key", key->names);
		return;
	}
	path = riser_project_existing(r, value, fy_node_get_scalar0(value));
	if (path)
		riser_project_add(r, "%s=%s=%s", key->option, word, path);
	free(path);
}

void riser_project_map(struct riser_project_reader *r, const struct riser_project_key *key,
		     struct fy_node *node)
{
	struct fy_node_pair *pair;
	const char *text, *name;
	struct fy_node *value;
	void *iter = NULL;
	long long ps;

	if (!fy_node_is_mapping(node)) {
		riser_project_complain_at(r, node, "%s has lines of NAME: VALUE",
					  *key->key ? key->key : key->section);
		return;
	}
	while ((pair = fy_node_mapping_iterate(node, &iter))) {
		value = fy_node_pair_value(pair);
		name = fy_node_get_scalar0(fy_node_pair_key(pair));
		text = riser_project_scalar(r, key, value);
		if (!text || !name)
			continue;
		if (key->type == RISER_PROJECT_FILES || key->type == RISER_PROJECT_PRELOAD) {
			take_file(r, key, fy_node_pair_key(pair), value);
			continue;
		}
		ps = key->type == RISER_PROJECT_CLOCKS ?
		     riser_project_period(r, key, value, text) : 0;
		if (ps)
			riser_project_add(r, "%s=%s:%lld", key->option, name, ps);
		else if (key->type != RISER_PROJECT_CLOCKS)
			riser_project_add(r, "%s=%s=%s", key->option, name, text);
	}
}

/* "16KiB" is 16384, true is 1: what a script reads without knowing units. */
static void plain_value(const char *text, char *plain, size_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
	unsigned long long n;
	unsigned int i;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 0);
	snprintf(plain, bytes, "%s", !strcmp(text, "true") ? "1" :
		 !strcmp(text, "false") ? "0" : text);
	for (i = 0; !errno && end != text && i < 4; i++)
		if (!strcmp(end, units[i]) && n <= ULLONG_MAX >> 10 * i)
			snprintf(plain, bytes, "%llu", n << 10 * i);
}

static void take_branch(struct riser_project_reader *r, const struct riser_project_key *key,
			struct fy_node *node, const char *name)
{
	struct fy_node_pair *pair;
	char below[200], plain[256];
	struct fy_node *item;
	void *iter = NULL;
	const char *text;
	unsigned int i = 0;

	if (fy_node_is_scalar(node)) {
		text = riser_project_scalar(r, key, node);
		if (text) {
			plain_value(text, plain, sizeof(plain));
			riser_project_add(r, "%s=%s=%s", key->option, name, plain);
		}
		return;
	}
	if (strlen(name) > 100) {
		riser_project_complain_at(r, node, "%s: too deep", name);
		return;
	}
	while (fy_node_is_sequence(node) &&
	       (item = fy_node_sequence_iterate(node, &iter))) {
		snprintf(below, sizeof(below), "%s.%u", name, i++);
		take_branch(r, key, item, below);
	}
	while (fy_node_is_mapping(node) &&
	       (pair = fy_node_mapping_iterate(node, &iter))) {
		text = fy_node_get_scalar0(fy_node_pair_key(pair));
		snprintf(below, sizeof(below), "%s.%.90s", name, text ? text : "");
		take_branch(r, key, fy_node_pair_value(pair), below);
	}
}

void riser_project_tree(struct riser_project_reader *r, const struct riser_project_key *key,
			struct fy_node *node)
{
	if (fy_node_is_scalar(node))
		riser_project_complain_at(r, node, "%s.%s has lines of NAME: VALUE",
					  key->section, key->key);
	else
		take_branch(r, key, node, key->key);
}
