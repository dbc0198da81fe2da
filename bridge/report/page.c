// SPDX-License-Identifier: Apache-2.0
/* The page as a whole: its head, the failure in words. */
#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- head ---- */

static void meta(FILE *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	fprintf(out, "<span>%s <b>", name);
	riser_html(out, value);
	fputs("</b></span>\n", out);
}

static void meta_checks(FILE *out, struct fy_node *root)
{
	struct fy_node *list = riser_node_at(root, "/checks"), *check;
	int nr = 0, passed = 0;
	char text[64];

	while ((check = riser_node_item(list, nr))) {
		passed += riser_node_is_true(check, "passed");
		nr++;
	}
	snprintf(text, sizeof(text), "%d of %d passed", passed, nr);
	if (nr)
		meta(out, "checks", text);
}

static void put_meta(FILE *out, const struct riser_page_input *input)
{
	const struct riser_tally *tally = input->tally;
	struct fy_node *root = input->account->root;
	char text[64], number[32];

	fputs("<p class=\"meta\">\n", out);
	meta_checks(out, root);
	meta(out, "card", riser_node_text(root, "/card"));
	meta(out, "driver", riser_node_text(root, "/driver"));
	meta(out, "kernel", riser_node_text(root, "/kernel"));
	meta(out, "RTL", riser_node_text(root, "/bridge/model/top"));
	meta(out, "simulator", riser_node_text(root, "/bridge/model/engine"));
	if (riser_node_text(root, "/wall_s/total")) {
		snprintf(text, sizeof(text), "%.1f s",
			 riser_node_double(root, "/wall_s/total"));
		meta(out, "wall time", text);
	}
	if (riser_node_text(root, "/sim_cycles"))
		meta(out, "cycles", riser_grouped(number,
						  riser_node_u64(root, "/sim_cycles")));
	if (tally) {
		meta(out, "TLPs", riser_grouped(number, tally->nr_tlps));
		meta(out, "simulated time", riser_duration(number,
			riser_tally_us(tally, tally->axis.last)));
	}
	fputs("</p>\n", out);
}

void riser_page_head(FILE *out, const struct riser_page_input *input)
{
	struct fy_node *root = input->account->root;
	const char *verdict = riser_node_text(root, "/verdict");
	const char *name = riser_node_text(root, "/name");

	if (!verdict)
		verdict = "NO VERDICT";
	if (!name)
		name = strrchr(input->dir, '/') ? strrchr(input->dir, '/') + 1 :
						  input->dir;
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	      "<title>riser: ", out);
	riser_htmlf(out, "%s %s", name, verdict);
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<header class=\"",
		riser_page_style);
	riser_html(out, verdict);
	fputs("\">\n<h1><span class=\"verdict\">", out);
	riser_html(out, verdict);
	fputs("</span> ", out);
	riser_html(out, name);
	fputs("</h1>\n", out);
	put_meta(out, input);
	fputs("</header>\n", out);
}

/* ---- the failure ---- */

static void put_source(FILE *out, const struct riser_line *line)
{
	unsigned int i;

	fputs("<span class=\"mono\">", out);
	riser_htmlf(out, "%s:%u", line->file, line->line);
	fputs("</span>", out);
	for (i = 0; i < line->nr_inlined; i++) {
		fputs("<br><span class=\"dim\">", out);
		riser_htmlf(out, "inlined there: %s", line->inlined[i]);
		fputs("</span>", out);
	}
}

static void source_fact(FILE *out, const struct riser_page_input *input,
			struct fy_node *failure)
{
	const char *function = riser_node_text(failure, "function");
	struct riser_line line;

	if (!function || !strchr(function, '+'))
		return;
	riser_lines_find(input->lines, function,
			 riser_node_u64(failure, "frame") > 0, &line);
	fputs("<tr><th scope=\"row\">source line</th><td>", out);
	if (line.file[0])
		put_source(out, &line);
	else
		riser_htmlf(out, "not known: %s", line.why);
	fputs("</td></tr>\n", out);
}

/* Innermost first; the driver's own frame is the one that stands out. */
static void put_stack(FILE *out, const struct riser_page_input *input,
		      struct fy_node *failure)
{
	struct fy_node *stack = riser_node_at(failure, "stack"), *item;
	int i, own = (int)riser_node_u64(failure, "frame");
	struct riser_line line;
	const char *frame;

	if (!stack)
		return;
	fputs("<h3>Call stack of the access</h3>\n<pre>", out);
	for (i = 0; (item = riser_node_item(stack, i)); i++) {
		frame = fy_node_get_scalar0(item);
		if (!frame)
			continue;
		riser_lines_find(input->lines, frame, i > 0, &line);
		if (i == own)
			fputs("<b class=\"hot\">", out);
		riser_htmlf(out, "%-52s", frame);
		if (line.file[0])
			riser_htmlf(out, "  %s:%u", line.file, line.line);
		fputs(i == own ? "</b>\n" : "\n", out);
	}
	fputs("</pre>\n", out);
}

static void moment_facts(FILE *out, const struct riser_page_input *input,
			 struct fy_node *failure)
{
	uint64_t cycle = riser_node_u64(failure, "cycle");
	char text[128], number[32], time[32];

	if (!input->tally)
		return;
	if (input->scene->access_cycle) {
		snprintf(text, sizeof(text), "cycle %s, %s",
			 riser_grouped(number, input->scene->access_cycle),
			 riser_duration(time, riser_tally_us(input->tally,
				input->scene->access_cycle)));
		riser_html_fact(out, "access made", text);
	}
	snprintf(text, sizeof(text), "cycle %s, %s",
		 riser_grouped(number, cycle),
		 riser_duration(time, riser_tally_us(input->tally, cycle)));
	riser_html_fact(out, "noticed", text);
}

static void put_commands(FILE *out, const struct riser_page_input *input)
{
	struct fy_node *root = input->account->root;
	const char *record = riser_node_text(root, "/record");
	bool has_wave = riser_node_text(root, "/wave") != NULL;

	if (!record)
		return;
	fputs("<h3>Look at it, repeat it</h3>\n<pre>", out);
	riser_htmlf(out, "# the waveform, with driver functions and TLPs as lanes\nriser wave %s%s\n",
		    input->dir, has_wave || input->account->failure ? "" :
		    " --at end");
	riser_htmlf(out, "# the same TLPs into the same RTL, without a guest\nriser replay %s/%s",
		    input->dir, record);
	fputs("</pre>\n", out);
}

void riser_page_failure(FILE *out, const struct riser_page_input *input)
{
	struct fy_node *failure = input->account->failure;
	struct fy_node *root = input->account->root;
	const char *why = riser_node_text(root, "/why");

	if (!root)
		why = "the run did not end: there is no result.json";
	if (!why)
		return;
	fputs("<section id=\"failure\" class=\"bad\">\n<h2>What failed</h2>\n<p class=\"lead\">", out);
	riser_html(out, why);
	fputs("</p>\n", out);
	if (failure) {
		fputs("<table>\n", out);
		riser_html_fact(out, "access", riser_node_text(failure, "access"));
		riser_html_fact(out, "driver function",
				riser_node_text(failure, "function"));
		source_fact(out, input, failure);
		riser_html_fact(out, "caller", riser_node_text(failure, "caller"));
		riser_html_fact(out, "access before",
				riser_node_text(failure, "before"));
		moment_facts(out, input, failure);
		riser_html_fact(out, "suspected side",
				riser_node_text(failure, "suspected"));
		riser_html_fact(out, "what to do",
				riser_node_text(failure, "advice"));
		fputs("</table>\n", out);
		put_stack(out, input, failure);
	}
	put_commands(out, input);
	riser_html_section_end(out);
}

/* ---- all of it ---- */

static void put_navigation(FILE *out, const struct riser_page_input *input)
{
	fputs("<nav>", out);
	if (riser_node_text(input->account->root, "/why"))
		fputs("<a href=\"#failure\">failure</a>\n", out);
	if (input->tally)
		fputs("<a href=\"#ladder\">ladder</a>\n"
		      "<a href=\"#registers\">registers</a>\n"
		      "<a href=\"#traffic\">traffic</a>\n"
		      "<a href=\"#latency\">latency</a>\n"
		      "<a href=\"#tlps\">TLPs</a>\n"
		      "<a href=\"#callers\">driver functions</a>\n"
		      "<a href=\"#config\">configuration space</a>\n", out);
	if (input->account->root)
		fputs("<a href=\"#checks\">checks and time</a>\n", out);
	fputs("<a href=\"#files\">files</a></nav>\n", out);
}

static void put_all(FILE *out, const struct riser_page_input *input)
{
	riser_page_head(out, input);
	put_navigation(out, input);
	riser_page_failure(out, input);
	/* of a run that passed, the last TLPs are the least of interest */
	if (input->tally && riser_node_text(input->account->root, "/why"))
		riser_page_ladder(out, input);
	if (input->tally) {
		riser_page_heat(out, input);
		riser_page_charts(out, input);
		riser_page_callers(out, input);
		riser_page_config(out, input);
		if (!riser_node_text(input->account->root, "/why"))
			riser_page_ladder(out, input);
	}
	if (input->account->root) {
		riser_page_checks(out, input);
		riser_page_findings(out, input);
	}
	riser_page_kernel_log(out, input);
	riser_page_files(out, input);
	fputs("<footer>riser, from ", out);
	riser_html(out, input->dir);
	if (input->tally && input->tally->is_cut)
		fputs("; run.pcapng ends inside of a packet: its writer was killed, or the disk was full", out);
	fputs("</footer>\n</main>\n</body>\n</html>\n", out);
}

int riser_page_write(const struct riser_page_input *input, char *error)
{
	char path[4096], temp[4096];
	FILE *out;
	int ret = 0;

	if (snprintf(path, sizeof(path), "%s/report.html", input->dir) >=
	    (int)sizeof(path) - 4)
		return -ENAMETOOLONG;
	snprintf(temp, sizeof(temp), "%.4091s.tmp", path);
	out = fopen(temp, "we");
	if (!out) {
		ret = -errno;
	} else {
		put_all(out, input);
		if (ferror(out))
			ret = -EIO;
		if (fclose(out) && !ret)
			ret = -errno;
		if (!ret && rename(temp, path))
			ret = -errno;
		if (ret)
			unlink(temp);
	}
	if (ret)
		snprintf(error, RISER_ERROR_BYTES, "%.400s: %s", path,
			 strerror(-ret));
	return ret;
}
