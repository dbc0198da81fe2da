// SPDX-License-Identifier: Apache-2.0
/*
 * The end of a run: its verdict, result.json, junit.xml, status, report.html and
 * the words on the screen. The bridge's own account is in bridge.json.
 */
#include <libfyaml.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "verdict.h"

/* ---- the bridge's account ---- */

static struct fy_document *load_bridge(const struct riser_live *live)
{
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_JSON_FORCE };
	struct fy_document *doc = NULL;
	char *path = NULL;

	/* the last of several bridges; the one before was killed */
	if ((live->nr_bridges > 1 ?
	     asprintf(&path, "%s/bridge-%u.json", live->dir,
		      live->nr_bridges) :
	     asprintf(&path, "%s/bridge.json", live->dir)) < 0)
		return NULL;
	if (path && !access(path, R_OK))
		doc = fy_document_build_from_file(&cfg, path);
	free(path);
	return doc;
}

const char *riser_bridge_text(struct fy_document *doc, const char *path)
{
	struct fy_node *node;

	node = doc ? fy_node_by_path(fy_document_root(doc), path, FY_NT,
				     FYNWF_DONT_FOLLOW) : NULL;
	return node ? fy_node_get_scalar0(node) : NULL;
}

unsigned long long riser_bridge_number(struct fy_document *doc,
				       const char *path)
{
	const char *text = riser_bridge_text(doc, path);

	return text ? strtoull(text, NULL, 0) : 0;
}

/* The first failure that neither a fault nor a waiver explains, malloc'ed. */
static char *bridge_finding(struct fy_document *doc)
{
	const char *text, *side, *trigger;
	char path[64];
	int i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), "/findings/%d/suspected", i);
		side = riser_bridge_text(doc, path);
		snprintf(path, sizeof(path), "/findings/%d/text", i);
		text = riser_bridge_text(doc, path);
		if (!text)
			return NULL;
		snprintf(path, sizeof(path), "/findings/%d/trigger", i);
		trigger = riser_bridge_text(doc, path);
		if ((!side || (strcmp(side, "fault") &&
			       strcmp(side, "waived"))) &&
		    (!trigger || strcmp(trigger, "true")))
			return strdup(text);
	}
}

/* ---- the verdict ---- */

static const struct riser_check *first_failed(const struct riser_live *live)
{
	const struct riser_check *check;

	for (check = live->results.checks; check; check = check->next)
		if (!check->passed)
			return check;
	return NULL;
}

__attribute__((format(printf, 1, 2)))
static char *say(const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	return n < 0 ? NULL : text;
}

static char *why_failed(const struct riser_live *live, struct fy_document *doc)
{
	const struct riser_check *check = first_failed(live);
	char *finding = bridge_finding(doc);

	if (finding)
		return finding;
	if (live->nr_troubles)
		return strdup(live->troubles[0]);
	if (check)
		return say("check %s failed%s%s", check->name,
			   check->detail ? ": " : "",
			   check->detail ? check->detail : "");
	if (live->results.verdict > 0)
		return say("the script ended with an error outside of its checks; see console.log");
	if (live->results.verdict < 0)
		return say("the guest ended without a verdict (QEMU exit %d); see console.log and qemu.log",
			   (int)live->qemu_status);
	return NULL;
}

static struct riser_verdict ended(const char *word, int code, char *why)
{
	return (struct riser_verdict){ .word = word, .code = code, .why = why };
}

static struct riser_verdict timed_out(const struct riser_live *live,
				      struct fy_document *doc)
{
	const char *phase = live->results.phase[0] ? live->results.phase :
						     "boot";
	char *finding = bridge_finding(doc);
	char *why = say("the guest was not done after %u s, in phase %s%s%s",
			live->config->timeout_s, phase, finding ? "; " : "",
			finding ? finding : "");

	free(finding);
	return ended("TIMEOUT", RISER_EXIT_TIMEOUT, why);
}

static struct riser_verdict judge(const struct riser_live *live,
				  struct fy_document *doc)
{
	char *why;

	if (live->is_interrupted)
		return ended("INTERRUPTED", RISER_EXIT_INTERRUPTED,
			     strdup("interrupted from outside"));
	if (live->is_timeout)
		return timed_out(live, doc);
	if (!doc && live->nr_bridges && !live->no_account && !live->nr_troubles)
		return ended("FAIL", RISER_EXIT_FAIL,
			     say("the bridge left no account (bridge.json); its last words are in bridge.log"));
	why = why_failed(live, doc);
	return why ? ended("FAIL", RISER_EXIT_FAIL, why) :
		     ended("PASS", RISER_EXIT_PASS, NULL);
}

static void write_status(const struct riser_live *live,
			 const struct riser_verdict *v)
{
	char *path = riser_path(live->dir, "status");
	FILE *f = path ? fopen(path, "we") : NULL;

	free(path);
	if (!f)
		return;
	fprintf(f, "%s %d %.1fs\n", v->word, v->code,
		riser_phases_total(&live->phases));
	fclose(f);
}

/* ---- the screen ---- */

static void print_checks(const struct riser_live *live)
{
	const struct riser_check *check;

	for (check = live->results.checks; check; check = check->next)
		if (!check->passed || live->config->verbosity >= 0)
			printf(" %-6s %-28s %7.1f s%s%s\n",
			       check->passed ? "ok" : "FAILED", check->name,
			       check->seconds, check->passed ? "" : "  ",
			       check->passed ? "" :
			       check->detail ? check->detail : "");
}

/* What is accepted is said with each run. */
static void print_waivers(struct fy_document *doc)
{
	const char *rule, *reason;
	char path[64];
	int i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), "/checker/rules/%d/rule", i);
		rule = riser_bridge_text(doc, path);
		if (!rule)
			return;
		snprintf(path, sizeof(path), "/checker/rules/%d/reason", i);
		reason = riser_bridge_text(doc, path);
		snprintf(path, sizeof(path), "/checker/rules/%d/waived", i);
		if (reason)
			printf(" waived %s, broken %llu times: %s\n", rule,
			       riser_bridge_number(doc, path), reason);
	}
}

/* What a reference was compared with; the difference itself is a finding. */
static void print_lockstep(struct fy_document *doc)
{
	const char *model = riser_bridge_text(doc, "/lockstep/model");

	if (!model)
		return;
	printf(" reference %s: %llu reads and %llu results equal, %llu stalls\n", model,
	       riser_bridge_number(doc, "/lockstep/equal_reads"),
	       riser_bridge_number(doc, "/lockstep/equal_results"),
	       riser_bridge_number(doc, "/lockstep/stalls"));
}

/* A rule that never fired is worth a word too. */
static void print_faults(struct fy_document *doc)
{
	unsigned long long matched, injected;
	const char *rule;
	char path[64];
	int i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), "/faults/%d/rule", i);
		rule = riser_bridge_text(doc, path);
		if (!rule)
			return;
		snprintf(path, sizeof(path), "/faults/%d/matched", i);
		matched = riser_bridge_number(doc, path);
		snprintf(path, sizeof(path), "/faults/%d/injected", i);
		injected = riser_bridge_number(doc, path);
		printf(" fault  %s: %llu of %llu matches injected%s\n", rule,
		       injected, matched, injected ? "" : ": it never fired");
	}
}

static void print_where_time_went(const struct riser_live *live)
{
	unsigned int i;

	fputs(" time  ", stdout);
	for (i = 0; i < live->phases.nr; i++)
		printf("%s%s %.1f s", i ? ", " : "",
		       live->phases.phase[i].name,
		       live->phases.phase[i].seconds);
	putchar('\n');
}

static void print_report(const struct riser_live *live)
{
	char *page = riser_path(live->dir, "report.html");

	if (!page || access(page, R_OK))
		printf("warning no report.html was written; why is in %s/report.log\n",
		       live->dir);
	else if (live->config->verbosity >= 0)
		printf(" report  %s\n", page);
	free(page);
}

static void print_summary(struct riser_live *live,
			  struct fy_document *doc, const struct riser_verdict *v,
			  const struct riser_failure *failure)
{
	const char *record_error = riser_bridge_text(doc, "/record_error");
	const char *tone = riser_tone(v->code ? RISER_TONE_BAD : RISER_TONE_GOOD);

	riser_progress_clear(live);
	if (live->config->verbosity >= 0) {
		print_checks(live);
		print_faults(doc);
		print_waivers(doc);
		printf(" card   %llu cycles simulated, %llu skipped, %llu register reads, %llu interrupts\n",
		       riser_bridge_number(doc, "/stats/sim_cycles"),
		       riser_bridge_number(doc, "/stats/skipped_cycles"),
		       riser_bridge_number(doc, "/stats/mmio_reads"),
		       riser_bridge_number(doc, "/stats/msix_interrupts"));
		print_lockstep(doc);
		print_where_time_went(live);
	}
	if (v->why)
		printf("%s%-7s%s %s\n", tone, v->word, riser_tone(RISER_TONE_NONE),
		       v->why);
	if (record_error)
		printf("warning %s\n", record_error);
	if (v->code)
		riser_failure_print(failure, live, doc);
	else
		riser_windows_print(failure, live, 0);
	print_report(live);
	if (v->code) {
		printf("%sDONE (%s, rc=%d)%s %.1f s   %s\n", tone, v->word, v->code,
		       riser_tone(RISER_TONE_NONE),
		       riser_phases_total(&live->phases), live->dir);
	} else {
		printf("%sDONE (PASS)%s %.1f s   %s\n", tone,
		       riser_tone(RISER_TONE_NONE),
		       riser_phases_total(&live->phases), live->dir);
	}
}

int riser_report(struct riser_live *live)
{
	struct fy_document *doc = load_bridge(live);
	struct riser_verdict v = judge(live, doc);
	struct riser_failure failure;

	riser_failure_find(&failure, live, doc);
	/* before anything that may take long, and again with its time */
	riser_result_write(live, doc, &v, &failure);
	riser_windows_make(&failure, live, doc, v.code != 0);
	riser_failure_find_sources(&failure, live);
	riser_result_write(live, doc, &v, &failure);
	write_status(live, &v);
	riser_versions_write(live, riser_bridge_text(doc, "/model/engine"));
	/* each names the other */
	riser_junit_write(live, doc, &v, &failure);
	riser_report_page(live);
	riser_junit_write(live, doc, &v, &failure);
	print_summary(live, doc, &v, &failure);
	riser_failure_fini(&failure);
	if (doc)
		fy_document_destroy(doc);
	free(v.why);
	return v.code;
}
