// SPDX-License-Identifier: Apache-2.0
/* Who accessed the card, which checks ran, where the time went, all findings. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"

#define MAX_CALLERS 24

/* ---- driver functions ---- */

static uint64_t accesses(const struct riser_caller_tally *caller)
{
	return caller->reads + caller->writes + caller->configs;
}

static int by_accesses(const void *a, const void *b)
{
	const struct riser_caller_tally *x = *(void *const *)a;
	const struct riser_caller_tally *y = *(void *const *)b;

	return accesses(x) < accesses(y) ? 1 : accesses(x) > accesses(y) ? -1 :
	       strcmp(x->function, y->function);
}

static void put_number(FILE *out, uint64_t number)
{
	char text[32];

	if (number)
		fprintf(out, "<td class=\"num\">%s</td>",
			riser_grouped(text, number));
	else
		fputs("<td class=\"num dim\">-</td>", out);
}

static void put_caller(FILE *out, const struct riser_page_input *input,
		       const struct riser_caller_tally *caller)
{
	struct riser_line line;

	riser_lines_find(input->lines, caller->function, caller->frame > 0,
			 &line);
	fputs("<tr><td class=\"mono wrap\">", out);
	riser_html(out, caller->function);
	if (line.file[0]) {
		fputs("<br><span class=\"dim\">", out);
		riser_htmlf(out, "%s:%u", line.file, line.line);
		fputs("</span>", out);
	}
	fputs("</td>", out);
	put_number(out, caller->reads);
	put_number(out, caller->writes);
	put_number(out, caller->configs);
	if (caller->answered)
		fprintf(out, "<td class=\"num\">%.1f</td>",
			(double)caller->wait_cycles / (double)caller->answered);
	else
		fputs("<td class=\"num dim\">-</td>", out);
	put_number(out, caller->max_cycles);
	fputs("</tr>\n", out);
}

/* Why no lines are shown: the first function of a module tells. */
static void put_why_no_lines(FILE *out, const struct riser_page_input *input,
			     const struct riser_caller_tally **list,
			     unsigned int nr)
{
	struct riser_line line;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!strchr(list[i]->function, '['))
			continue;
		riser_lines_find(input->lines, list[i]->function,
				 list[i]->frame > 0, &line);
		if (line.file[0])
			continue;
		fputs("<p class=\"dim\" style=\"margin:8px 0 0\">", out);
		riser_html(out, line.why);
		fputs("</p>\n", out);
		return;
	}
}

void riser_page_callers(FILE *out, const struct riser_page_input *input)
{
	const struct riser_tally *tally = input->tally;
	const struct riser_caller_tally *list[RISER_TALLY_CALLERS];
	unsigned int nr = tally->nr_callers, i;

	for (i = 0; i < nr; i++)
		list[i] = &tally->caller[i];
	qsort(list, nr, sizeof(list[0]), by_accesses);
	riser_html_section(out, "callers", "Driver functions that accessed the card",
			   "Waiting is from the request to its completion, in cycles.");
	fputs("<table>\n<thead><tr><th>function</th><th class=\"num\">reads</th><th class=\"num\">writes</th>"
	      "<th class=\"num\">configuration</th><th class=\"num\">mean wait</th><th class=\"num\">longest</th></tr></thead>\n<tbody>\n", out);
	for (i = 0; i < nr && i < MAX_CALLERS; i++)
		put_caller(out, input, list[i]);
	fputs("</tbody></table>\n", out);
	if (nr > MAX_CALLERS)
		fprintf(out, "<p class=\"dim\" style=\"margin:8px 0 0\">and %u more with fewer accesses</p>\n",
			nr - MAX_CALLERS);
	put_why_no_lines(out, input, list, nr);
	riser_html_section_end(out);
}

/* ---- checks, phases ---- */

static void put_checks(FILE *out, struct fy_node *list)
{
	struct fy_node *check;
	const char *detail;
	bool passed;
	int i;

	fputs("<table>\n<tbody>\n", out);
	for (i = 0; (check = riser_node_item(list, i)); i++) {
		passed = riser_node_is_true(check, "passed");
		detail = riser_node_text(check, "detail");
		fprintf(out, "<tr><td class=\"%s\" style=\"width:1%%\">%s</td><td>",
			passed ? "ok" : "ko", passed ? "ok" : "FAILED");
		riser_html(out, riser_node_text(check, "name"));
		if (!passed && detail) {
			fputs("<br><span class=\"dim\">", out);
			riser_html(out, detail);
			fputs("</span>", out);
		}
		fprintf(out, "</td><td class=\"num\">%.2f s</td></tr>\n",
			riser_node_double(check, "seconds"));
	}
	fputs("</tbody></table>\n", out);
}

/* A pair of the mapping of wall times; the last one is their sum. */
static bool next_phase(struct fy_node *map, void **at, const char **name,
		       double *seconds)
{
	struct fy_node_pair *pair = fy_node_mapping_iterate(map, at);
	const char *value;

	if (!pair)
		return false;
	*name = fy_node_get_scalar0(fy_node_pair_key(pair));
	value = fy_node_get_scalar0(fy_node_pair_value(pair));
	*seconds = value ? strtod(value, NULL) : 0;
	return *name && strcmp(*name, "total");
}

static void put_phases(FILE *out, struct fy_node *map)
{
	double total = riser_node_double(map, "total"), seconds;
	const char *name;
	void *at = NULL;

	if (!map || total <= 0)
		return;
	fputs("<h3>Wall time</h3>\n<div class=\"stack\">", out);
	while (next_phase(map, &at, &name, &seconds)) {
		fprintf(out, "<i style=\"width:%.2f%%\" title=\"",
			seconds / total * 100);
		riser_htmlf(out, "%s: %.2f s", name, seconds);
		fputs("\"></i>", out);
	}
	fputs("</div>\n<p class=\"meta\">", out);
	at = NULL;
	while (next_phase(map, &at, &name, &seconds)) {
		fputs("<span>", out);
		riser_html(out, name);
		fprintf(out, " <b>%.2f s</b></span>\n", seconds);
	}
	fprintf(out, "<span>all <b>%.1f s</b></span></p>\n", total);
}

void riser_page_checks(FILE *out, const struct riser_page_input *input)
{
	struct fy_node *root = input->account->root;
	struct fy_node *list = riser_node_at(root, "/checks");

	riser_html_section(out, "checks", "Checks and wall time", NULL);
	if (riser_node_item(list, 0))
		put_checks(out, list);
	else
		fputs("<p class=\"dim\">The script made no checks.</p>\n", out);
	put_phases(out, riser_node_at(root, "/wall_s"));
	riser_html_section_end(out);
}

/* ---- findings ---- */

void riser_page_findings(FILE *out, const struct riser_page_input *input)
{
	struct fy_node *root = input->account->root, *item;
	struct fy_node *list = riser_node_at(root, "/bridge/findings");
	struct fy_node *troubles = riser_node_at(root, "/troubles");
	char number[32];
	bool is_error;
	int i;

	if (!riser_node_item(list, 0) && !riser_node_item(troubles, 0))
		return;
	riser_html_section(out, "findings", "All findings", NULL);
	fputs("<table>\n<thead><tr><th></th><th>what</th><th>suspected</th><th class=\"num\">cycle</th><th class=\"num\">times</th></tr></thead>\n<tbody>\n", out);
	for (i = 0; (item = riser_node_item(troubles, i)); i++) {
		fputs("<tr><td class=\"ko\">error</td><td class=\"wrap\">", out);
		riser_html(out, fy_node_get_scalar0(item));
		fputs("</td><td></td><td></td><td></td></tr>\n", out);
	}
	for (i = 0; (item = riser_node_item(list, i)); i++) {
		is_error = riser_node_is_true(item, "error");
		fprintf(out, "<tr><td class=\"%s\">%s</td><td class=\"wrap\">",
			is_error ? "ko" : "wn", is_error ? "error" : "warning");
		riser_html(out, riser_node_text(item, "text"));
		fputs("</td><td>", out);
		riser_html(out, riser_node_text(item, "suspected"));
		fprintf(out, "</td><td class=\"num\">%s</td><td class=\"num\">%" PRIu64 "</td></tr>\n",
			riser_grouped(number, riser_node_u64(item, "cycle")),
			riser_node_u64(item, "count"));
	}
	fputs("</tbody></table>\n", out);
	riser_html_section_end(out);
}
