// SPDX-License-Identifier: Apache-2.0
/* Coverage as a page: a table of the files, then each file with its counts. */
#include "cover.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../markup.h"

#define MAX_NAMED_BITS 12

static const char style[] =
":root{color-scheme:light dark;--bg:#f5f6f8;--box:#fff;--ink:#1a2027;--dim:#5c6773;--line:#dde2e8;"
"--miss:#fbdedb;--hit:#dcf2e3;--part:#fbf0d3}\n"
"@media(prefers-color-scheme:dark){:root{--bg:#11151a;--box:#191f26;--ink:#e3e8ed;--dim:#97a2ae;"
"--line:#2b343e;--miss:#4a2320;--hit:#1d3a2a;--part:#443818}}\n"
"body{margin:0;background:var(--bg);color:var(--ink);font:14px/1.5 system-ui,sans-serif}\n"
"main{max-width:1200px;margin:0 auto;padding:24px 20px 64px}h1{font-size:22px;margin:0 0 12px}\n"
"section,.sum{background:var(--box);border:1px solid var(--line);border-radius:8px;padding:14px 18px;margin:0 0 14px}\n"
"h2{font-size:15px;margin:0 0 8px}table{border-collapse:collapse}a{color:inherit}\n"
".sum td,.sum th{padding:3px 18px 3px 0;text-align:left}.sum .n{text-align:right;font-variant-numeric:tabular-nums}\n"
".code{font:12px/1.45 ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;width:100%}\n"
".code td{padding:0 8px;white-space:pre;vertical-align:top}.code .n{text-align:right;color:var(--dim)}\n"
".hit{background:var(--hit)}.miss{background:var(--miss)}.part{background:var(--part)}.code .b{white-space:normal;color:var(--dim)}\n";

/* What the points of one line add up to. */
struct place {
	uint64_t least, most;
	uint64_t toggles, toggled;
	bool has_line;
};

static void look_at(struct place *at, const struct riser_cover_point *p, size_t nr)
{
	size_t i;

	*at = (struct place){ .least = UINT64_MAX };
	for (i = 0; i < nr; i++) {
		if (p[i].kind == RISER_COVER_TOGGLE) {
			at->toggles++;
			at->toggled += p[i].count > 0;
			continue;
		}
		at->has_line = true;
		at->least = p[i].count < at->least ? p[i].count : at->least;
		at->most = p[i].count > at->most ? p[i].count : at->most;
	}
}

/* What was not reached in the line, in words. */
static void put_open(FILE *f, const struct riser_cover_point *p, size_t nr)
{
	const char *before = "not reached: ";
	unsigned int bits = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (p[i].count || p[i].kind == RISER_COVER_TOGGLE)
			continue;
		fputs(before, f);
		riser_markup_put(f, p[i].object);
		before = ", ";
	}
	before = *before == 'n' ? "never changed: " : "; never changed: ";
	for (i = 0; i < nr; i++) {
		if (p[i].count || p[i].kind != RISER_COVER_TOGGLE)
			continue;
		if (++bits > MAX_NAMED_BITS)
			continue;
		fputs(before, f);
		riser_markup_put(f, p[i].object);
		before = ", ";
	}
	if (bits > MAX_NAMED_BITS)
		fprintf(f, " and %u more", bits - MAX_NAMED_BITS);
}

static void put_line(FILE *f, uint32_t nr, const char *text, const struct riser_cover_point *p,
		     size_t points)
{
	const char *look = "";
	struct place at;

	look_at(&at, p, points);
	if (at.has_line)
		look = at.least ? "hit" : at.most ? "part" : "miss";
	else if (at.toggles)
		look = at.toggled == at.toggles ? "hit" : at.toggled ? "part" : "miss";
	fprintf(f, "<tr class=\"%s\"><td class=\"n\">%" PRIu32 "</td><td class=\"n\">", look, nr);
	if (at.has_line)
		fprintf(f, "%" PRIu64, at.most);
	fputs("</td><td class=\"n\">", f);
	if (at.toggles)
		fprintf(f, "%" PRIu64 "/%" PRIu64, at.toggled, at.toggles);
	fputs("</td><td>", f);
	riser_markup_put(f, text);
	fputs("</td><td class=\"b\">", f);
	put_open(f, p, points);
	fputs("</td></tr>\n", f);
}

static void put_source(FILE *f, const struct riser_cover *cover,
		       const struct riser_cover_file *file)
{
	const struct riser_cover_point *p = &cover->point[file->first], *end = p + file->nr;
	FILE *source = fopen(file->name, "re");
	char *line = NULL;
	size_t size = 0, n;
	uint32_t nr = 0;

	if (!source) {
		fprintf(f, "<p>The source cannot be read: %s.</p>\n", strerror(errno));
		return;
	}
	fputs("<table class=\"code\"><thead><tr><td class=\"n\">line</td><td class=\"n\">count</td>"
	      "<td class=\"n\">toggles</td><td></td><td></td></tr></thead><tbody>\n", f);
	while (getline(&line, &size, source) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		nr++;
		for (n = 0; p + n < end && p[n].line <= nr; n++)
			;
		put_line(f, nr, line, p, n);
		p += n;
	}
	fputs("</tbody></table>\n", f);
	free(line);
	fclose(source);
}

static void put_cells(FILE *f, const struct riser_cover *cover,
		      const struct riser_cover_file *file)
{
	int kind;

	for (kind = 0; kind < RISER_COVER_NR_KINDS; kind++)
		if (cover->total.points[kind])
			fprintf(f, "<td class=\"n\">%" PRIu64 " of %" PRIu64
				"</td><td class=\"n\">%.1f %%</td>", file->reached[kind],
				file->points[kind], riser_cover_percent(file, kind));
	fputs("</tr>\n", f);
}

static void put_table(FILE *f, const struct riser_cover *cover, const char *cwd)
{
	static const char *const heads[] = { "lines and branches", "toggles", "cover properties" };
	size_t i;

	fputs("<div class=\"sum\"><table><thead><tr><th>file</th>", f);
	for (i = 0; i < RISER_COVER_NR_KINDS; i++)
		if (cover->total.points[i])
			fprintf(f, "<th class=\"n\" colspan=\"2\">%s</th>", heads[i]);
	fputs("</tr></thead><tbody>\n", f);
	for (i = 0; i < cover->nr_files; i++) {
		fprintf(f, "<tr><td><a href=\"#f%zu\">", i);
		riser_markup_put(f, riser_cover_short_name(cover->file[i].name, cwd));
		fputs("</a></td>", f);
		put_cells(f, cover, &cover->file[i]);
	}
	fputs("<tr><th>all</th>", f);
	put_cells(f, cover, &cover->total);
	fputs("</tbody></table></div>\n", f);
}

int riser_cover_write_page(const struct riser_cover *cover, const char *cwd, const char *title,
			   const char *path)
{
	FILE *f = fopen(path, "we");
	size_t i;
	int ret;

	if (!f)
		return -errno;
	fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	      "<title>Coverage: ", f);
	riser_markup_put(f, title);
	fprintf(f, "</title>\n<style>%s</style></head><body><main>\n<h1>Coverage: ", style);
	riser_markup_put(f, title);
	fputs("</h1>\n", f);
	put_table(f, cover, cwd);
	for (i = 0; i < cover->nr_files; i++) {
		fprintf(f, "<section id=\"f%zu\"><h2>", i);
		riser_markup_put(f, riser_cover_short_name(cover->file[i].name, cwd));
		fputs("</h2>\n", f);
		put_source(f, cover, &cover->file[i]);
		fputs("</section>\n", f);
	}
	fputs("</main></body></html>\n", f);
	ret = ferror(f) ? -EIO : 0;
	return fclose(f) ? -errno : ret;
}
