// SPDX-License-Identifier: Apache-2.0
/* Mistakes in words, and the options that come out. */
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../diagnostic.h"
#include "project_internal.h"

/* YAML ends a line at \n, \r\n and a lone \r. */
const char *riser_project_next_line(const char *line)
{
	const char *end = line + strcspn(line, "\r\n");

	if (!*end)
		return NULL;
	return end + (end[0] == '\r' && end[1] == '\n' ? 2 : 1);
}

/* A copy of line @line (from 0), malloc'ed; the last one for those behind it. */
char *riser_project_line(const struct riser_project_reader *r, int line)
{
	const char *at = r->text, *next;

	for (; line > 0 && (next = riser_project_next_line(at)); line--)
		at = next;
	return strndup(at, strcspn(at, "\r\n"));
}

void riser_project_complain(struct riser_project_reader *r, int line, int column, size_t len,
		     const char *format, ...)
{
	char *source = riser_project_line(r, line), where[PATH_MAX + 16], text[512];
	va_list args;

	if (r->nr_errors++ >= RISER_PROJECT_MAX_ERRORS || !source) {
		free(source);
		return;
	}
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if ((size_t)column > strlen(source))
		column = (int)strlen(source);
	snprintf(where, sizeof(where), "%s:%d", r->path, line + 1);
	riser_complain(stderr, where, source, (uint32_t)column + 1,
		       (uint32_t)(len ? len : 1), text);
	free(source);
}

/* Where a node begins; a list or map: its first scalar. */
static struct fy_node *first_scalar(struct fy_node *node)
{
	void *iter = NULL;
	struct fy_node_pair *pair;
	struct fy_node *item;

	while (node && !fy_node_is_scalar(node)) {
		if (fy_node_is_mapping(node)) {
			iter = NULL;
			pair = fy_node_mapping_iterate(node, &iter);
			item = pair ? fy_node_pair_key(pair) : NULL;
		} else {
			iter = NULL;
			item = fy_node_sequence_iterate(node, &iter);
		}
		node = item;
	}
	return node;
}

void riser_project_place(struct fy_node *node, int *line, int *column, size_t *len)
{
	const struct fy_mark *mark = NULL;
	struct fy_token *token;

	node = first_scalar(node);
	token = node ? fy_node_get_scalar_token(node) : NULL;
	mark = token ? fy_token_start_mark(token) : NULL;
	*line = mark ? mark->line : 0;
	*column = mark ? mark->column : 0;
	*len = node ? strlen(fy_node_get_scalar0(node) ?
			     fy_node_get_scalar0(node) : "") : 1;
}

void riser_project_unknown(struct riser_project_reader *r, struct fy_node *node, const char *what,
		    const char *const *names)
{
	const char *word = fy_node_get_scalar0(node);
	const char *near = riser_nearest(word ? word : "", names);
	char list[400] = "";
	size_t n = 0;

	if (near) {
		riser_project_complain_at(r, node, "no %s '%s'; did you mean '%s'?", what,
			    word, near);
		return;
	}
	for (; *names && n < sizeof(list) - 64; names++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s",
				      n ? ", " : "", *names);
	riser_project_complain_at(r, node, "no %s '%s': %s are known", what,
		    word ? word : "", list);
}

void riser_project_add(struct riser_project_reader *r, const char *format, ...)
{
	struct riser_project *project = r->project;
	char **more, *text;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	more = realloc(project->argv, (project->nr + 2) * sizeof(*more));
	if (!more) {
		free(text);
		return;
	}
	project->argv = more;
	more[project->nr++] = text;
	more[project->nr] = NULL;
}
