// SPDX-License-Identifier: Apache-2.0
/* The tests of a project: `tests:` with one map for each. */
#include <stdlib.h>
#include <string.h>

#include "project_internal.h"

static const char *const keys[] = { "script", "timeout", "tags", "options", NULL };

/* "90s", "10m", "1h" as seconds for --timeout. */
static void take_timeout(struct riser_project_reader *r, struct riser_project_test *test,
			 struct fy_node *node)
{
	const char *text = fy_node_get_scalar0(node);
	unsigned long n;
	char *end;

	n = strtoul(text ? text : "", &end, 10);
	n *= !strcmp(end, "s") ? 1 : !strcmp(end, "m") ? 60 : !strcmp(end, "h") ? 3600 : 0;
	if (!n || n > 1000000)
		riser_project_complain_at(r, node, "timeout: a time with its unit is needed, like 90s, 10m or 1h");
	else if (asprintf(&test->timeout, "--timeout=%lu", n) < 0)
		test->timeout = NULL;
}

static void take_words(struct riser_project_reader *r, const char *key,
		       struct fy_node *node, char ***list, size_t *nr)
{
	struct fy_node *item;
	void *iter = NULL;
	char **more;

	if (!fy_node_is_sequence(node)) {
		riser_project_complain_at(r, node, "%s is a list: [A, B]", key);
		return;
	}
	while ((item = fy_node_sequence_iterate(node, &iter))) {
		more = fy_node_is_scalar(item) ?
		       realloc(*list, (*nr + 1) * sizeof(*more)) : NULL;
		if (!more)
			continue;
		*list = more;
		more[(*nr)++] = strdup(fy_node_get_scalar0(item));
	}
}

static void take_key(struct riser_project_reader *r, struct riser_project_test *test,
		     struct fy_node *key, struct fy_node *value)
{
	const char *name = fy_node_get_scalar0(key);

	if (name && !strcmp(name, "script") && fy_node_is_scalar(value))
		test->script = riser_project_existing(r, value, fy_node_get_scalar0(value));
	else if (name && !strcmp(name, "timeout") && fy_node_is_scalar(value))
		take_timeout(r, test, value);
	else if (name && !strcmp(name, "tags"))
		take_words(r, name, value, &test->tags, &test->nr_tags);
	else if (name && !strcmp(name, "options"))
		take_words(r, name, value, &test->options, &test->nr_options);
	else
		riser_project_unknown(r, key, "key", keys);
}

static bool is_name(const char *name)
{
	return name && *name && *name != '.' && *name != '-' && strlen(name) < 64 &&
	       !strpbrk(name, "/ '\"");
}

void riser_project_tests(struct riser_project_reader *r, struct fy_node *node)
{
	struct riser_project *project = r->project;
	struct riser_project_test *more;
	struct fy_node_pair *pair, *inner;
	void *iter = NULL, *keys_iter;
	const char *name;

	if (!fy_node_is_mapping(node)) {
		riser_project_complain_at(r, node, "tests has lines of NAME: {script: ...}");
		return;
	}
	while ((pair = fy_node_mapping_iterate(node, &iter))) {
		name = fy_node_get_scalar0(fy_node_pair_key(pair));
		if (!is_name(name) || !fy_node_is_mapping(fy_node_pair_value(pair))) {
			riser_project_complain_at(r, fy_node_pair_key(pair),
						  "a test has lines of NAME: {script: ...}, NAME being a word");
			continue;
		}
		more = realloc(project->tests, (project->nr_tests + 1) * sizeof(*more));
		if (!more)
			return;
		project->tests = more;
		more += project->nr_tests++;
		memset(more, 0, sizeof(*more));
		more->name = strdup(name);
		keys_iter = NULL;
		while ((inner = fy_node_mapping_iterate(fy_node_pair_value(pair), &keys_iter)))
			take_key(r, more, fy_node_pair_key(inner), fy_node_pair_value(inner));
	}
}

void riser_project_tests_fini(struct riser_project *project)
{
	struct riser_project_test *test;
	size_t i;

	for (i = 0; i < project->nr_tests; i++) {
		test = &project->tests[i];
		free(test->name);
		free(test->script);
		free(test->timeout);
		while (test->nr_tags)
			free(test->tags[--test->nr_tags]);
		free(test->tags);
		while (test->nr_options)
			free(test->options[--test->nr_options]);
		free(test->options);
	}
	free(project->tests);
}
