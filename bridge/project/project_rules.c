// SPDX-License-Identifier: Apache-2.0
/* Rules of fault injection, and waivers of the checker's rules. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <riser/check.h>
#include <riser/fault.h>

#include "project_internal.h"

/* ---- faults ---- */

/* "MATCH : ACTION" without quotes is a pair for YAML. */
static char *fault_text(struct fy_node *node)
{
	struct fy_node_pair *pair;
	const char *match, *action;
	void *iter = NULL;
	char *text;

	if (fy_node_is_scalar(node))
		return strdup(fy_node_get_scalar0(node) ?
			      fy_node_get_scalar0(node) : "");
	if (!fy_node_is_mapping(node) || fy_node_mapping_item_count(node) != 1)
		return NULL;
	pair = fy_node_mapping_iterate(node, &iter);
	match = fy_node_get_scalar0(fy_node_pair_key(pair));
	action = fy_node_get_scalar0(fy_node_pair_value(pair));
	return asprintf(&text, "%s : %s", match ? match : "",
			action ? action : "") < 0 ? NULL : text;
}

/* How many characters stand before what a scalar at @column says: its quote. */
static int quotes_at(const struct riser_project_reader *r, int line, int column)
{
	char *source = riser_project_line(r, line);
	int quotes = 0;

	/* the reader of YAML and riser_project_line() might not agree on what a line is */
	if (source && column >= 0 && (size_t)column < strlen(source))
		quotes = source[column] == '\'' || source[column] == '"';
	free(source);
	return quotes;
}

static void take_fault(struct riser_project_reader *r, const struct riser_project_key *key,
		       struct fy_node *item)
{
	struct riser_fault_error error;
	struct riser_fault fault;
	char *text = fault_text(item);
	int line, column;
	size_t len;

	riser_project_place(item, &line, &column, &len);
	if (!text) {
		riser_project_complain(r, line, column, len, "a fault is MATCH : ACTION (docs/faults.md)");
		return;
	}
	if (!riser_fault_parse(text, &fault, &error)) {
		riser_project_add(r, "%s=%s", key->option, text);
	} else {
		column += quotes_at(r, line, column);
		riser_project_complain(r, line, column + (int)error.column - 1, error.len,
			 "%s", error.text);
	}
	free(text);
}

void riser_project_faults(struct riser_project_reader *r, const struct riser_project_key *key,
			struct fy_node *node)
{
	struct fy_node *item;
	void *iter = NULL;

	if (!fy_node_is_sequence(node)) {
		riser_project_complain_at(r, node, "faults is a list: lines of `- MATCH : ACTION`");
		return;
	}
	while ((item = fy_node_sequence_iterate(node, &iter)))
		take_fault(r, key, item);
}

/* ---- waivers ---- */

static bool is_past(const char *date)
{
	time_t now = time(NULL);
	char today[16];
	struct tm tm;

	strftime(today, sizeof(today), "%Y-%m-%d", gmtime_r(&now, &tm));
	return strcmp(date, today) < 0;
}

static bool is_date(const char *text)
{
	static const char form[] = "dddd-dd-dd";
	size_t i;

	for (i = 0; form[i]; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' :
				     text[i] != '-')
			return false;
	return !text[i];
}

struct waiver {
	struct fy_node *rule, *reason, *verdict, *until;
};

static void unknown_rule(struct riser_project_reader *r, struct fy_node *node)
{
	const struct riser_check_rule *rule;
	const char *names[512] = { 0 };
	uint32_t i;

	for (i = 0; i < 511 && (rule = riser_check_rule(i)); i++)
		names[i] = rule->id;
	riser_project_unknown(r, node, "rule", names);
}

static void add_waiver(struct riser_project_reader *r, const struct waiver *w,
		       struct fy_node *item)
{
	static const char *const verdicts[] = { "silent", "report", NULL };
	const char *rule = w->rule ? fy_node_get_scalar0(w->rule) : NULL;
	const char *reason = w->reason ? fy_node_get_scalar0(w->reason) : NULL;
	const char *verdict = w->verdict ? fy_node_get_scalar0(w->verdict) :
					   "silent";
	const char *until = w->until ? fy_node_get_scalar0(w->until) : NULL;
	int line, column;
	size_t len;

	if (!rule || !reason || !*reason) {
		riser_project_complain_at(r, item, "a waiver needs rule: and reason:");
	} else if (riser_check_find_rule(rule) < 0) {
		unknown_rule(r, w->rule);
	} else if (!verdict || (strcmp(verdict, "silent") &&
				strcmp(verdict, "report"))) {
		riser_project_unknown(r, w->verdict, "verdict", verdicts);
	} else if (until && !is_date(until)) {
		riser_project_complain_at(r, w->until, "a date is YYYY-MM-DD");
	} else if (until && is_past(until)) {
		riser_project_place(w->until, &line, &column, &len);
		fprintf(stderr, "riser: warning: %s:%d:%d: the waiver of %s ended on %s: the rule counts again\n",
			r->path, line + 1, column + 1, rule, until);
	} else {
		riser_project_add(r, "--waive=%s%s=%s", rule,
		    strcmp(verdict, "report") ? "" : ":report", reason);
	}
}

void riser_project_waivers(struct riser_project_reader *r, struct fy_node *node)
{
	static const char *const keys[] = { "rule", "reason", "verdict",
					    "until", NULL };
	struct fy_node *item, *key, *value;
	struct fy_node_pair *pair;
	void *iter = NULL, *pairs;
	struct waiver w;
	const char *name;
	bool is_bad;

	if (!fy_node_is_sequence(node)) {
		riser_project_complain_at(r, node, "waivers is a list of {rule: ..., reason: ...}");
		return;
	}
	while ((item = fy_node_sequence_iterate(node, &iter))) {
		w = (struct waiver){ 0 };
		is_bad = false;
		pairs = NULL;
		while (fy_node_is_mapping(item) &&
		       (pair = fy_node_mapping_iterate(item, &pairs))) {
			key = fy_node_pair_key(pair);
			value = fy_node_pair_value(pair);
			name = fy_node_get_scalar0(key);
			if (name && !strcmp(name, "rule"))
				w.rule = value;
			else if (name && !strcmp(name, "reason"))
				w.reason = value;
			else if (name && !strcmp(name, "verdict"))
				w.verdict = value;
			else if (name && !strcmp(name, "until"))
				w.until = value;
			else {
				riser_project_unknown(r, key, "key", keys);
				is_bad = true;
			}
		}
		if (!is_bad)
			add_waiver(r, &w, item);
	}
}
