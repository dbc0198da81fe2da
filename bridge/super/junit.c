// SPDX-License-Identifier: Apache-2.0
/*
 * junit.xml, as CI systems read it: a test case for each check of the run and
 * one for the run itself, which holds the failure in words. Properties name the
 * files of the run, relative to its directory.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../markup.h"
#include "verdict.h"

static void put_attribute(FILE *f, const char *name, const char *value)
{
	fprintf(f, " %s=\"", name);
	riser_markup_put(f, value);
	fputc('"', f);
}

static void put_property(FILE *f, const char *name, const char *value)
{
	if (!value)
		return;
	fputs("    <property", f);
	put_attribute(f, "name", name);
	put_attribute(f, "value", value);
	fputs("/>\n", f);
}

static void put_properties(FILE *f, const struct riser_live *live)
{
	static const char *const files[] = {
		"result.json", "run.pcapng", "tlp.rec.zst", "console.log",
		"dmesg.log", "fail-001/wave.fst", "fail-001/ladder.txt",
		"report.html", "timeline.json",
	};
	char *path;
	size_t i;

	fputs("  <properties>\n", f);
	put_property(f, "card", live->config->card);
	put_property(f, "kernel", live->parts.release);
	put_property(f, "driver", live->config->driver);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		path = riser_path(live->dir, files[i]);
		if (path && !access(path, R_OK))
			put_property(f, "attachment", files[i]);
		free(path);
	}
	fputs("  </properties>\n", f);
}

static void begin_case(FILE *f, const struct riser_live *live, const char *name,
		       double seconds)
{
	fprintf(f, "  <testcase classname=\"riser.%s\"", live->config->name);
	put_attribute(f, "name", name);
	fprintf(f, " time=\"%.2f\"", seconds);
}

static void put_check(FILE *f, const struct riser_live *live,
		      const struct riser_check *check)
{
	begin_case(f, live, check->name, check->seconds);
	if (check->passed) {
		fputs("/>\n", f);
		return;
	}
	fputs(">\n    <failure type=\"check\"", f);
	put_attribute(f, "message", check->detail ? check->detail : "failed");
	fputs("/>\n  </testcase>\n", f);
}

/* Who did the failing access: the finding's words, one a line. */
static void put_finding(FILE *f, struct fy_document *doc,
			const struct riser_failure *failure)
{
	static const char *const keys[] = {
		"access", "function", "caller", "before", "cycle", "suspected",
		"advice",
	};
	char path[64], source[512];
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(path, sizeof(path), "/findings/%d/%s",
			 failure->index, keys[i]);
		text = riser_bridge_text(doc, path);
		if (!text || !*text)
			continue;
		fprintf(f, "%s: ", keys[i]);
		riser_markup_put(f, text);
		fputc('\n', f);
		if (strcmp(keys[i], "function") ||
		    !riser_failure_source(failure, text, source,
					  sizeof(source)))
			continue;
		fputs("source: ", f);
		riser_markup_put(f, source);
		fputc('\n', f);
	}
}

static void put_run(FILE *f, const struct riser_live *live,
		    struct fy_document *doc, const struct riser_verdict *v,
		    const struct riser_failure *failure)
{
	begin_case(f, live, "run", riser_phases_total(&live->phases));
	if (!v->code) {
		fputs("/>\n", f);
		return;
	}
	fputs(">\n    <failure", f);
	put_attribute(f, "type", v->word);
	put_attribute(f, "message", v->why);
	fputc('>', f);
	if (failure->index >= 0)
		put_finding(f, doc, failure);
	fputs("</failure>\n  </testcase>\n", f);
}

void riser_junit_write(const struct riser_live *live, struct fy_document *doc,
		       const struct riser_verdict *v,
		       const struct riser_failure *failure)
{
	char *path = riser_path(live->dir, "junit.xml");
	FILE *f = path ? fopen(path, "we") : NULL;
	const struct riser_check *check;

	free(path);
	if (!f)
		return;
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"riser.%s\" tests=\"%u\" failures=\"%u\" time=\"%.2f\">\n",
		live->config->name,
		live->results.nr_passed + live->results.nr_failed + 1,
		live->results.nr_failed + (v->code ? 1 : 0),
		riser_phases_total(&live->phases));
	put_properties(f, live);
	for (check = live->results.checks; check; check = check->next)
		put_check(f, live, check);
	put_run(f, live, doc, v, failure);
	fputs("</testsuite>\n", f);
	fclose(f);
}
