// SPDX-License-Identifier: Apache-2.0
/* Values of riser.yaml, by their type. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../diagnostic.h"
#include "project_internal.h"

const char *riser_project_scalar(struct riser_project_reader *r, const struct riser_project_key *key,
			  struct fy_node *node)
{
	const char *text = fy_node_is_scalar(node) ? fy_node_get_scalar0(node) :
						     NULL;

	if (text && *text)
		return text;
	riser_project_complain_at(r, node, "%s%s%s needs a value: %s", key->section,
		    *key->section && *key->key ? "." : "", key->key,
		    key->words);
	return NULL;
}

char *riser_project_beside(const struct riser_project_reader *r, const char *path)
{
	char *joined;

	if (*path == '/')
		return strdup(path);
	return asprintf(&joined, "%s/%s", r->dir, path) < 0 ? NULL : joined;
}

/* The path as the caller can open it; NULL after a message. */
char *riser_project_existing(struct riser_project_reader *r, struct fy_node *node,
			     const char *text)
{
	char *path = riser_project_beside(r, text);

	if (path && access(path, R_OK)) {
		riser_project_complain_at(r, node, "%s: %s (paths are relative to this file)",
			    text, strerror(errno));
		free(path);
		path = NULL;
	}
	return path;
}

static void take_int(struct riser_project_reader *r, const struct riser_project_key *key,
		     struct fy_node *node, const char *text)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 0);
	if (errno || *end || end == text || n < key->min || n > key->max)
		riser_project_complain_at(r, node, "%s: a whole number from %lld to %lld is needed",
			    key->key, key->min, key->max);
	else
		riser_project_add(r, "%s=%lld", key->option, n);
}

static void take_time(struct riser_project_reader *r, const struct riser_project_key *key,
		      struct fy_node *node, const char *text)
{
	bool is_ms = key->type == RISER_PROJECT_MS;
	bool is_ns = key->type == RISER_PROJECT_NS;
	const char *const want = is_ns ? "500ns, 2us or 1ms" :
				 is_ms ? "250ms or 1s" : "90s, 10m or 1h";
	long long n, scale = 0;
	char *end;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (is_ns)
		scale = !strcmp(end, "ns") ? 1 : !strcmp(end, "us") ? 1000 :
			!strcmp(end, "ms") ? 1000000 : 0;
	else if (!strcmp(end, "s"))
		scale = is_ms ? 1000 : 1;
	else if (is_ms && !strcmp(end, "ms"))
		scale = 1;
	else if (!is_ms && !strcmp(end, "m"))
		scale = 60;
	else if (!is_ms && !strcmp(end, "h"))
		scale = 3600;
	if (errno || end == text || n < 0 || !scale) {
		riser_project_complain_at(r, node, "%s: a time with its unit is needed, like %s",
			    key->key, want);
		return;
	}
	if (n > key->max || n * scale < key->min || n * scale > key->max) {
		riser_project_complain_at(r, node, "%s: from %lld to %lld %s", key->key,
			    key->min, key->max, is_ns ? "ns" : is_ms ? "ms" : "s");
		return;
	}
	riser_project_add(r, "%s=%lld", key->option, n * scale);
}

/* A period in picoseconds; 0 after a message. */
long long riser_project_period(struct riser_project_reader *r,
			       const struct riser_project_key *key,
			       struct fy_node *node, const char *text)
{
	double n, scale;
	char *end;

	n = strtod(text, &end);
	scale = !strcmp(end, "ps") ? 1 : !strcmp(end, "ns") ? 1e3 :
		!strcmp(end, "us") ? 1e6 : 0;
	if (end == text || !scale || !(n > 0)) {
		riser_project_complain_at(r, node, "%s: a period with its unit is needed, like 4ns, 2.5ns or 400ps",
					  key->key);
		return 0;
	}
	n *= scale;
	if (n < (double)key->min || n > (double)key->max) {
		riser_project_complain_at(r, node, "%s: from %lld to %lld ps", key->key,
					  key->min, key->max);
		return 0;
	}
	return (long long)(n + 0.5);
}

/* "a, b or c" */
static void list_names(const char *const *names, char *text, size_t bytes)
{
	size_t used = 0;
	int i;

	for (i = 0; names[i] && used < bytes; i++)
		used += (size_t)snprintf(text + used, bytes - used, "%s%s", !i ? "" :
					 names[i + 1] ? ", " : " or ", names[i]);
}

void riser_project_word(struct riser_project_reader *r, const struct riser_project_key *key,
			struct fy_node *node, const char *text)
{
	char all[128] = "";
	const char *const *name;
	const char *near;

	list_names(key->names, all, sizeof(all));
	for (name = key->names; *name; name++)
		if (!strcmp(*name, text)) {
			riser_project_add(r, "%s=%s", key->option, text);
			return;
		}
	near = riser_nearest(text, key->names);
	if (near)
		riser_project_complain_at(r, node, "no %s '%s'; did you mean '%s'?",
			    key->key, text, near);
	else
		riser_project_complain_at(r, node, "no %s '%s': %s", key->key, text, all);
}

static void take_bool(struct riser_project_reader *r, const struct riser_project_key *key,
		      struct fy_node *node, const char *text)
{
	bool is_true = !strcmp(text, "true");

	if (!is_true && strcmp(text, "false")) {
		riser_project_complain_at(r, node, "%s is true or false", key->key);
		return;
	}
	if (is_true == (key->type == RISER_PROJECT_IF_TRUE))
		riser_project_add(r, "%s", key->option);
}

static void take_version(struct riser_project_reader *r, struct fy_node *node,
			 const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	r->has_version = true;
	if (*end || n < 1)
		riser_project_complain_at(r, node, "the version of the format is a number; this is version %d",
			    RISER_PROJECT_VERSION);
	else if (n > RISER_PROJECT_VERSION)
		riser_project_complain_at(r, node, "version %ld of the format; this riser knows version %d: a newer riser is needed",
			    n, RISER_PROJECT_VERSION);
}

static void take_path(struct riser_project_reader *r, const struct riser_project_key *key,
		      struct fy_node *node, const char *text)
{
	char *path = key->type == RISER_PROJECT_PLACE ? riser_project_beside(r, text) :
							riser_project_existing(r, node, text);

	if (path && key->type == RISER_PROJECT_SCRIPT) {
		free(r->project->script);
		r->project->script = path;
		return;
	}
	if (path)
		riser_project_add(r, "%s=%s", key->option, path);
	free(path);
}

static void take_scalar(struct riser_project_reader *r, const struct riser_project_key *key,
			struct fy_node *node)
{
	const char *text = riser_project_scalar(r, key, node);
	long long ps;

	if (!text)
		return;
	switch (key->type) {
	case RISER_PROJECT_INT:
		take_int(r, key, node, text);
		break;
	case RISER_PROJECT_SECONDS:
	case RISER_PROJECT_MS:
	case RISER_PROJECT_NS:
		take_time(r, key, node, text);
		break;
	case RISER_PROJECT_PS:
		ps = riser_project_period(r, key, node, text);
		if (ps)
			riser_project_add(r, "%s=%lld", key->option, ps);
		break;
	case RISER_PROJECT_ENUM:
		riser_project_word(r, key, node, text);
		break;
	case RISER_PROJECT_IF_TRUE:
	case RISER_PROJECT_IF_FALSE:
		take_bool(r, key, node, text);
		break;
	case RISER_PROJECT_VERSION_KEY:
		take_version(r, node, text);
		break;
	case RISER_PROJECT_EDAM:
		riser_project_edam(r, node, text);
		break;
	case RISER_PROJECT_KERNEL:
		if (strchr(text, '/'))
			take_path(r, key, node, text);
		else
			riser_project_add(r, "%s=%s", key->option, text);
		break;
	case RISER_PROJECT_PATH:
	case RISER_PROJECT_PLACE:
	case RISER_PROJECT_PRELOAD:
	case RISER_PROJECT_SCRIPT:
		take_path(r, key, node, text);
		break;
	default:
		riser_project_add(r, "%s=%s", key->option, text);
	}
}

void riser_project_take(struct riser_project_reader *r, const struct riser_project_key *key,
		 struct fy_node *node)
{
	switch (key->type) {
	case RISER_PROJECT_LIST:
	case RISER_PROJECT_PATHS:
	case RISER_PROJECT_ADDS:
		riser_project_list(r, key, node);
		break;
	case RISER_PROJECT_MAP:
	case RISER_PROJECT_FILES:
	case RISER_PROJECT_CLOCKS:
		riser_project_map(r, key, node);
		break;
	case RISER_PROJECT_PRELOAD:
		if (fy_node_is_mapping(node))
			riser_project_map(r, key, node);
		else
			take_scalar(r, key, node);
		break;
	case RISER_PROJECT_RESETS:
		riser_project_resets(r, key, node);
		break;
	case RISER_PROJECT_LOOPS:
		riser_project_loops(r, key, node);
		break;
	case RISER_PROJECT_TREE:
		riser_project_tree(r, key, node);
		break;
	case RISER_PROJECT_FAULTS:
		riser_project_faults(r, key, node);
		break;
	case RISER_PROJECT_TESTS:
		riser_project_tests(r, node);
		break;
	case RISER_PROJECT_WAIVERS:
		riser_project_waivers(r, node);
		break;
	default:
		take_scalar(r, key, node);
	}
}
