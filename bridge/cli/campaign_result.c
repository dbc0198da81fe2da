// SPDX-License-Identifier: Apache-2.0
/* What a driver did with one fault, from the run's files; and the account. */
#include <errno.h>
#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../json.h"
#include "../markup.h"
#include "../super/super.h"
#include "campaign.h"

static struct fy_document *load(const char *path)
{
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_JSON_FORCE };

	return access(path, R_OK) ? NULL :
				    fy_document_build_from_file(&cfg, path);
}

static const char *get(struct fy_document *doc, const char *path)
{
	struct fy_node *node = fy_node_by_path(fy_document_root(doc), path,
					       FY_NT, FYNWF_DONT_FOLLOW);

	return node ? fy_node_get_scalar0(node) : NULL;
}

static uint64_t get_number(struct fy_document *doc, const char *path)
{
	const char *text = get(doc, path);

	return text ? strtoull(text, NULL, 10) : 0;
}

static void copy(char *to, size_t size, const char *from)
{
	size_t n = from ? strnlen(from, size - 1) : 0;

	if (n)
		memcpy(to, from, n);
	to[n] = '\0';
}

/* Moments to look at, and what console and checks tell as well. */
static bool is_told_elsewhere(struct fy_document *doc, int i)
{
	const char *kind;
	char path[80];

	snprintf(path, sizeof(path), "/bridge/findings/%d/trigger", i);
	if (get(doc, path) && !strcmp(get(doc, path), "true"))
		return true;
	snprintf(path, sizeof(path), "/bridge/findings/%d/kind", i);
	kind = get(doc, path);
	return kind && (!strcmp(kind, "guest kernel") ||
			!strcmp(kind, "guest script"));
}

/* Findings that no injection explains are somebody's failure. */
static void count_findings(struct riser_campaign_case *c,
			   struct fy_document *doc)
{
	const char *side, *text;
	char path[80];
	int i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), "/bridge/findings/%d/suspected",
			 i);
		side = get(doc, path);
		if (!side)
			return;
		if (!strcmp(side, "fault") || is_told_elsewhere(doc, i))
			continue;
		snprintf(path, sizeof(path), "/bridge/findings/%d/text", i);
		text = get(doc, path);
		if (!c->nr_findings++ && !c->detail[0])
			copy(c->detail, sizeof(c->detail), text);
	}
}

/* A warning, bug or oops in the kernel log; whose it is. */
static void read_console(struct riser_campaign_case *c, const char *dir)
{
	char *path = riser_path(dir, "console.log");
	FILE *f = path ? fopen(path, "re") : NULL;
	bool has_trouble = false;
	char line[1024];

	free(path);
	while (f && fgets(line, sizeof(line), f)) {
		if (!riser_console_trouble(line) &&
		    !(has_trouble && strstr(line, "RIP: ")))
			continue;
		line[strcspn(line, "\r\n")] = '\0';
		if (!has_trouble) {
			c->outcome = RISER_OUTCOME_OOPS;
			copy(c->detail, sizeof(c->detail), line);
		}
		has_trouble = true;
		if (strstr(line, "pciem"))
			c->from_riser = true;
	}
	if (f)
		fclose(f);
}

static void judge_result(struct riser_campaign_case *c,
			 struct fy_document *doc, int code)
{
	c->injected = get_number(doc, "/bridge/nr_injections");
	c->cycle = get_number(doc, "/bridge/injections/0/cycle");
	copy(c->access, sizeof(c->access),
	     get(doc, "/bridge/injections/0/access"));
	c->outcome = riser_outcome_find(get(doc, "/values/outcome"));
	copy(c->detail, sizeof(c->detail), get(doc, "/values/outcome_detail"));
	if (code == RISER_EXIT_TIMEOUT || c->outcome == RISER_OUTCOME_NONE) {
		c->outcome = RISER_OUTCOME_HUNG;
		copy(c->detail, sizeof(c->detail), get(doc, "/why"));
	}
	/* a run that the rule never touched says nothing of the driver */
	if (!c->injected)
		c->outcome = RISER_OUTCOME_NOT_HIT;
	count_findings(c, doc);
}

void riser_campaign_judge(struct riser_campaign_case *c, const char *run_dir,
			  int code)
{
	char *path = riser_path(run_dir, "result.json");
	struct fy_document *doc = path ? load(path) : NULL;

	free(path);
	copy(c->dir, sizeof(c->dir), run_dir);
	if (!doc) {
		c->outcome = RISER_OUTCOME_HUNG;
		copy(c->detail, sizeof(c->detail), "the run left no result");
		return;
	}
	judge_result(c, doc, code);
	fy_document_destroy(doc);
	read_console(c, run_dir);
}

bool riser_campaign_load(struct riser_campaign_case *c, const char *dir)
{
	char *path = riser_path(dir, "fault.json");
	struct fy_document *doc = path ? load(path) : NULL;
	const char *rule;

	free(path);
	if (!doc)
		return false;
	rule = get(doc, "/rule");
	if (rule && !strcmp(rule, c->rule)) {
		c->outcome = riser_outcome_find(get(doc, "/outcome"));
		copy(c->detail, sizeof(c->detail), get(doc, "/detail"));
		copy(c->dir, sizeof(c->dir), get(doc, "/run"));
		copy(c->access, sizeof(c->access), get(doc, "/access"));
		c->cycle = get_number(doc, "/cycle");
		c->injected = get_number(doc, "/injected");
		c->nr_findings = (uint32_t)get_number(doc, "/findings");
		c->seconds = get(doc, "/seconds") ?
			     strtod(get(doc, "/seconds"), NULL) : 0;
		c->from_riser = get(doc, "/from_riser") &&
				!strcmp(get(doc, "/from_riser"), "true");
		c->was_kept = c->outcome != RISER_OUTCOME_NONE;
	}
	fy_document_destroy(doc);
	return c->was_kept;
}

static void write_case(struct riser_json *json,
		       const struct riser_campaign_case *c)
{
	riser_json_open(json, NULL, '{');
	riser_json_string(json, "name", c->name);
	riser_json_string(json, "rule", c->rule);
	riser_json_string(json, "outcome", riser_outcome_name(c->outcome));
	riser_json_bool(json, "as_expected", riser_campaign_is_ok(c));
	riser_json_string(json, "detail", c->detail);
	riser_json_string(json, "run", c->dir);
	riser_json_string(json, "access", c->access);
	riser_json_u64(json, "cycle", c->cycle);
	riser_json_u64(json, "injected", c->injected);
	riser_json_u64(json, "findings", c->nr_findings);
	riser_json_bool(json, "from_riser", c->from_riser);
	riser_json_double(json, "seconds", c->seconds);
	riser_json_close(json, '}');
}

static FILE *create(const char *dir, const char *name)
{
	char *path = riser_path(dir, name);
	FILE *f = path ? fopen(path, "we") : NULL;

	free(path);
	return f;
}

int riser_campaign_save(const struct riser_campaign_case *c, const char *dir)
{
	FILE *f = create(dir, "fault.json");
	struct riser_json json;

	if (!f)
		return -errno;
	riser_json_init(&json, f);
	write_case(&json, c);
	return fclose(f) ? -errno : 0;
}

static void write_markdown(FILE *f, const struct riser_campaign *campaign)
{
	const struct riser_campaign_case *c;
	size_t i;

	fputs("| fault | rule | what the driver did | | log | waveform |\n|---|---|---|---|---|---|\n",
	      f);
	for (i = 0; i < campaign->nr; i++) {
		c = &campaign->c[i];
		if (c->outcome == RISER_OUTCOME_NONE)
			continue;
		fprintf(f, "| %s | `%s` | %s%s | %s | %s/console.log | `riser wave %s --at %llu` |\n",
			c->name, c->rule, riser_outcome_name(c->outcome),
			riser_campaign_is_ok(c) ? "" : " (unexpected)",
			c->detail, c->dir, c->dir,
			(unsigned long long)c->cycle);
	}
}

static void write_junit(FILE *f, const struct riser_campaign *campaign)
{
	const struct riser_campaign_case *c;
	size_t i, bad = 0, nr = 0;

	for (i = 0; i < campaign->nr; i++) {
		nr += campaign->c[i].outcome != RISER_OUTCOME_NONE;
		bad += campaign->c[i].outcome != RISER_OUTCOME_NONE &&
		       !riser_campaign_is_ok(&campaign->c[i]);
	}
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"riser.faults\" tests=\"%zu\" failures=\"%zu\">\n",
		nr, bad);
	for (i = 0; i < campaign->nr; i++) {
		c = &campaign->c[i];
		if (c->outcome == RISER_OUTCOME_NONE)
			continue;
		fprintf(f, "  <testcase classname=\"riser.faults\" name=\"%s\" time=\"%.2f\">",
			c->name, c->seconds);
		if (!riser_campaign_is_ok(c)) {
			fprintf(f, "<failure message=\"%s: ",
				riser_outcome_name(c->outcome));
			riser_markup_put(f, c->detail);
			fputs("\"/>", f);
		}
		fputs("<system-out>", f);
		riser_markup_put(f, c->rule);
		fputs("</system-out></testcase>\n", f);
	}
	fputs("</testsuite>\n", f);
}

int riser_campaign_write(const struct riser_campaign *campaign,
			 const char *dir)
{
	FILE *md = create(dir, "faults.md"), *xml_file, *f;
	struct riser_json json;
	int ret = md ? 0 : -errno;
	size_t i;

	if (!md)
		return ret;
	write_markdown(md, campaign);
	if (fclose(md))
		ret = -errno;
	xml_file = create(dir, "junit.xml");
	if (xml_file) {
		write_junit(xml_file, campaign);
		if (fclose(xml_file))
			ret = -errno;
	}
	f = create(dir, "faults.json");
	if (!f || !xml_file)
		return -errno;
	riser_json_init(&json, f);
	riser_json_open(&json, NULL, '[');
	for (i = 0; i < campaign->nr; i++)
		write_case(&json, &campaign->c[i]);
	riser_json_close(&json, ']');
	return fclose(f) ? -errno : ret;
}
