// SPDX-License-Identifier: Apache-2.0
/* Pins of the card that the board drives: resets and loop-backs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "project_internal.h"

static const char *const levels[] = { "high", "low", NULL };

/* A level's name; NULL after a message. */
static const char *level_of(struct riser_project_reader *r,
			    const struct riser_project_key *key, struct fy_node *node)
{
	const char *text = riser_project_scalar(r, key, node);
	const char *const *name;

	for (name = levels; text && *name; name++)
		if (!strcmp(*name, text))
			return *name;
	if (text)
		riser_project_unknown(r, node, "level", levels);
	return NULL;
}

/* A number of cycles; 0 after a message. */
static long long cycles_of(struct riser_project_reader *r,
			   const struct riser_project_key *key, struct fy_node *node)
{
	const char *text = riser_project_scalar(r, key, node);
	long long n;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (!errno && !*end && end != text && n >= key->min && n <= key->max)
		return n;
	riser_project_complain_at(r, node, "cycles: a whole number from %lld to %lld is needed",
				  key->min, key->max);
	return 0;
}

/* The values of a map whose keys are @names, all of which have to be scalars. */
static bool take_words(struct riser_project_reader *r, struct fy_node *node,
		       const char *const *names, struct fy_node **values)
{
	struct fy_node_pair *pair;
	const char *name;
	void *iter = NULL;
	size_t i;

	while ((pair = fy_node_mapping_iterate(node, &iter))) {
		name = fy_node_get_scalar0(fy_node_pair_key(pair));
		for (i = 0; names[i] && (!name || strcmp(names[i], name)); i++)
			;
		if (!names[i]) {
			riser_project_unknown(r, fy_node_pair_key(pair), "key", names);
			return false;
		}
		values[i] = fy_node_pair_value(pair);
	}
	return true;
}

static void take_reset(struct riser_project_reader *r, const struct riser_project_key *key,
		       const char *name, struct fy_node *node)
{
	static const char *const names[] = { "active", "cycles", NULL };
	struct fy_node *values[2] = { NULL };
	const char *level;
	long long cycles = 0;

	if (fy_node_is_mapping(node)) {
		if (!take_words(r, node, names, values))
			return;
		if (!values[0]) {
			riser_project_complain_at(r, node, "a reset needs active: high or low");
			return;
		}
	}
	level = level_of(r, key, values[0] ? values[0] : node);
	if (values[1])
		cycles = cycles_of(r, key, values[1]);
	if (!level || (values[1] && !cycles))
		return;
	if (cycles)
		riser_project_add(r, "%s=%s:%s:%lld", key->option, name, level, cycles);
	else
		riser_project_add(r, "%s=%s:%s", key->option, name, level);
}

void riser_project_resets(struct riser_project_reader *r, const struct riser_project_key *key,
			  struct fy_node *node)
{
	struct fy_node_pair *pair;
	const char *name;
	void *iter = NULL;

	if (!fy_node_is_mapping(node)) {
		riser_project_complain_at(r, node, "%s has lines of NAME: high or NAME: low",
					  key->key);
		return;
	}
	while ((pair = fy_node_mapping_iterate(node, &iter))) {
		name = fy_node_get_scalar0(fy_node_pair_key(pair));
		if (name)
			take_reset(r, key, name, fy_node_pair_value(pair));
	}
}

void riser_project_loops(struct riser_project_reader *r, const struct riser_project_key *key,
			 struct fy_node *node)
{
	static const char *const names[] = { "from", "to", NULL };
	struct fy_node *item, *values[2];
	const char *from, *to;
	void *iter = NULL;

	if (!fy_node_is_sequence(node)) {
		riser_project_complain_at(r, node, "%s is a list: [{from: OUTPUT, to: INPUT}]",
					  key->key);
		return;
	}
	while ((item = fy_node_sequence_iterate(node, &iter))) {
		values[0] = values[1] = NULL;
		if (fy_node_is_mapping(item) && !take_words(r, item, names, values))
			continue;
		if (!values[0] || !values[1]) {
			riser_project_complain_at(r, item, "a loop-back needs from: and to:, an output and an input of the card");
			continue;
		}
		from = riser_project_scalar(r, key, values[0]);
		to = riser_project_scalar(r, key, values[1]);
		if (from && to)
			riser_project_add(r, "%s=%s:%s", key->option, from, to);
	}
}
