// SPDX-License-Identifier: Apache-2.0
/* What the guest's kernel said: around the failure, or of the card and driver. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"

#define MAX_LINES	40
#define BEFORE_S	0.5	/* before the failing access */
#define BEHIND_S	5.0

/* The kernel's time of a line, "[    3.792416] ...", -1 if it has none. */
static double time_of(const char *line)
{
	const char *open = strchr(line, '[');

	if (!open || open - line > 4)
		return -1;
	for (open++; *open == ' '; open++)
		;
	if (!isdigit((unsigned char)*open))
		return -1;
	return strtod(open, NULL);
}

static bool names(const char *line, const char *word)
{
	return word && strstr(line, word);
}

static bool is_about_card(const char *line, struct fy_node *root)
{
	return names(line, riser_node_text(root, "/driver")) ||
	       names(line, riser_node_text(root, "/values/card")) ||
	       strstr(line, "pciem") || strstr(line, "BUG:") ||
	       strstr(line, "WARNING:") || strstr(line, "Oops");
}

/* The driver's kernel's time of the failing access; -1 if there is none. */
static double failure_time(const struct riser_page_input *input)
{
	uint64_t ns = riser_node_u64(input->account->failure, "host_ns");

	return ns ? (double)ns / 1e9 : -1;
}

static bool is_wanted(const struct riser_page_input *input, const char *line,
		      double failed_s)
{
	double at = time_of(line);

	if (at < 0)
		return false;
	if (failed_s >= 0)
		return at >= failed_s - BEFORE_S && at <= failed_s + BEHIND_S;
	return is_about_card(line, input->account->root);
}

static void put_line(FILE *out, const char *line, double failed_s, bool *marked)
{
	/* the first line behind the failure stands out */
	bool is_hot = failed_s >= 0 && !*marked && time_of(line) >= failed_s;

	if (is_hot)
		fputs("<span class=\"hot\">", out);
	*marked |= is_hot;
	riser_htmlf(out, "%.200s", line);
	fputs(is_hot ? "</span>\n" : "\n", out);
}

static FILE *open_log(const char *dir, const char **name)
{
	static const char *const files[] = { "dmesg.log", "console.log" };
	char path[4096];
	FILE *file = NULL;
	size_t i;

	for (i = 0; !file && i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		file = fopen(path, "re");
		*name = files[i];
	}
	return file;
}

void riser_page_kernel_log(FILE *out, const struct riser_page_input *input)
{
	double failed_s = failure_time(input);
	unsigned int nr = 0, more = 0;
	bool marked = false;
	const char *name;
	char line[1024];
	FILE *file = open_log(input->dir, &name);

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!is_wanted(input, line, failed_s))
			continue;
		if (nr == MAX_LINES) {
			more++;
			continue;
		}
		if (!nr++) {
			riser_html_section(out, "kernel", "What the guest's kernel said",
					   failed_s >= 0 ? "Around the failing access." :
					   "Of the card and its driver.");
			fputs("<pre>", out);
		}
		put_line(out, line, failed_s, &marked);
	}
	fclose(file);
	if (!nr)
		return;
	fputs("</pre>\n", out);
	if (more)
		fprintf(out, "<p class=\"dim\" style=\"margin:8px 0 0\">and %u more lines in %s</p>\n",
			more, name);
	riser_html_section_end(out);
}
