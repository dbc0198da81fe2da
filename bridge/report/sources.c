// SPDX-License-Identifier: Apache-2.0
#include "sources.h"

#include <string.h>

#include "../json.h"

static void print_one(struct riser_json *json, struct riser_lines *lines,
		      struct fy_node *finding, const char *function)
{
	struct riser_line line;
	unsigned int i;

	riser_lines_find(lines, function, riser_node_u64(finding, "frame") > 0,
			 &line);
	riser_json_open(json, function, '{');
	if (line.file[0]) {
		riser_json_string(json, "file", line.file);
		riser_json_u64(json, "line", line.line);
		riser_json_string(json, "function", line.function);
		riser_json_open(json, "inlined", '[');
		for (i = 0; i < line.nr_inlined; i++)
			riser_json_string(json, NULL, line.inlined[i]);
		riser_json_close(json, ']');
	} else {
		riser_json_string(json, "missing", line.why);
	}
	riser_json_close(json, '}');
}

/* Whether an earlier finding had the same function. */
static bool is_repeated(struct fy_node *list, int i, const char *function)
{
	const char *other;

	while (i--) {
		other = riser_node_text(riser_node_item(list, i), "function");
		if (other && !strcmp(other, function))
			return true;
	}
	return false;
}

void riser_sources_print(const struct riser_account *account,
			 struct riser_lines *lines, FILE *out)
{
	struct fy_node *list = riser_node_at(account->root,
					     "/bridge/findings"), *item;
	struct riser_json json;
	const char *function;
	int i;

	riser_json_init(&json, out);
	riser_json_open(&json, NULL, '{');
	for (i = 0; (item = riser_node_item(list, i)); i++) {
		function = riser_node_text(item, "function");
		if (function && strchr(function, '+') &&
		    !is_repeated(list, i, function))
			print_one(&json, lines, item, function);
	}
	riser_json_close(&json, '}');
}
