// SPDX-License-Identifier: Apache-2.0
/* riser check: the protocol checker over a capture, without a run. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <riser/capture.h>
#include <riser/check.h>
#include <riser/run.h>

#include "../json.h"
#include "../regs.h"
#include "../super/super.h"
#include "cli.h"

enum { OPT_JSON = 256, OPT_WAIVE, OPT_TIMEOUT_CYCLES };

static const struct argp_option options[] = {
	{ "json", OPT_JSON, NULL, 0, "findings as JSON on standard output", 1 },
	{ "waive", OPT_WAIVE, "RULE=REASON", 0, "this rule is known to be broken; may be repeated", 1 },
	{ "completion-timeout", OPT_TIMEOUT_CYCLES, "N", 0, "in cycles, for captures that do not say (20000)", 1 },
	{ "quiet", 'q', NULL, 0, "findings and the last line alone", 2 },
	{ 0 },
};

struct check_args {
	const char *what;
	struct riser_check_waiver *waivers;
	uint32_t nr_waivers;
	unsigned long long timeout_cycles;
	bool is_json, is_quiet;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct check_args *a = state->input;

	switch (key) {
	case OPT_JSON:
		a->is_json = true;
		return 0;
	case OPT_WAIVE:
		return riser_cli_waiver(arg, &a->waivers, &a->nr_waivers);
	case OPT_TIMEOUT_CYCLES:
		return riser_cli_number("--completion-timeout", arg, 16,
					1000000000, &a->timeout_cycles);
	case 'q':
		a->is_quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->what) {
			fprintf(stderr, "riser: error: two captures, %s and %s: give one\n",
				a->what, arg);
			return EBADMSG;
		}
		a->what = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_check = {
	.options = options,
	.parser = parse,
	.args_doc = "[FILE|RUN]",
	.doc = "Judges every TLP of a capture (run.pcapng, or a run's directory; the latest run) by the rules of "
	       "docs/rules.md, as a live run does.\v"
	       "Exit code: 0 no rule is broken (or those are waived), 1 one is, 2 the capture cannot be read to its end.",
};

/* ---- findings ---- */

struct findings {
	struct riser_finding *f;
	size_t nr;
	size_t nr_failures;
	bool is_json;
};

static void on_finding(void *ctx, const struct riser_finding *finding)
{
	struct findings *findings = ctx;
	struct riser_finding *more;

	if (!findings->is_json)
		riser_finding_print(finding, stdout);
	findings->nr_failures += strcmp(finding->side, "waived") != 0;
	more = realloc(findings->f, (findings->nr + 1) * sizeof(*more));
	if (!more)
		return;
	findings->f = more;
	more[findings->nr++] = *finding;
}

static void json_finding(struct riser_json *json,
			 const struct riser_finding *finding)
{
	char rule[16];

	snprintf(rule, sizeof(rule), "%.*s",
		 (int)strcspn(finding->text, ":"), finding->text);
	riser_json_open(json, NULL, '{');
	riser_json_string(json, "rule", rule);
	riser_json_bool(json, "error", finding->is_error);
	riser_json_string(json, "text", finding->text);
	riser_json_string(json, "function", finding->function);
	riser_json_string(json, "before", finding->before);
	riser_json_u64(json, "cycle", finding->cycle);
	if (finding->seq != RISER_NO_SEQ)
		riser_json_u64(json, "tlp", finding->seq);
	riser_json_string(json, "suspected", finding->side);
	riser_json_string(json, "advice", finding->advice);
	riser_json_close(json, '}');
}

static void print_json(const char *path, const struct findings *findings,
		       const struct riser_capture_summary *summary,
		       struct riser_check_observer *checker)
{
	struct riser_observer observer = riser_check_observer(checker);
	struct riser_json json;
	size_t i;

	riser_json_init(&json, stdout);
	riser_json_open(&json, NULL, '{');
	riser_json_u64(&json, "schema", 1);
	riser_json_string(&json, "capture", path);
	riser_json_u64(&json, "tlps", summary->nr_tlps);
	riser_json_u64(&json, "cycles", summary->cycles);
	riser_json_bool(&json, "damaged", summary->is_damaged);
	if (summary->is_damaged)
		riser_json_string(&json, "trouble", summary->trouble);
	riser_json_open(&json, "findings", '[');
	for (i = 0; i < findings->nr; i++)
		json_finding(&json, &findings->f[i]);
	riser_json_close(&json, ']');
	observer.ops->account(observer.ctx, &json);
	riser_json_close(&json, '}');
}

/* Each broken rule once, with how often and whether that is accepted. */
static void print_rules(const struct riser_check *check,
			const struct check_args *a)
{
	const struct riser_check_rule *rule;
	struct riser_check_counts counts;
	uint32_t i, k;

	for (i = 0; (rule = riser_check_rule(i)); i++) {
		counts = riser_check_counts(check, i);
		if (counts.reported > 1)
			printf(" %-8s %" PRIu64 " times\n", rule->id,
			       counts.reported);
	}
	for (k = 0; k < a->nr_waivers; k++) {
		i = (uint32_t)riser_check_find_rule(a->waivers[k].id);
		counts = riser_check_counts(check, i);
		printf(" %-8s waived, broken %" PRIu64 " times: %s\n",
		       a->waivers[k].id, counts.waived, a->waivers[k].reason);
	}
}

static int end(const struct check_args *a, const char *path,
	       const struct findings *findings,
	       const struct riser_capture_summary *summary,
	       struct riser_check_observer *checker)
{
	int code = summary->is_damaged ? RISER_EXIT_USAGE :
		   findings->nr_failures ? RISER_EXIT_FAIL : RISER_EXIT_PASS;

	if (a->is_json) {
		print_json(path, findings, summary, checker);
	} else {
		if (!a->is_quiet)
			print_rules(riser_check_observer_check(checker), a);
		if (!summary->has_facts && !summary->is_damaged && !a->is_quiet)
			printf(" note    this capture does not say its completion timeout\n");
		printf("DONE (%s, rc=%d) %" PRIu64 " TLPs, %" PRIu64 " cycles, %zu findings\n",
		       code ? "FAIL" : "PASS", code, summary->nr_tlps,
		       summary->cycles, findings->nr);
	}
	if (summary->is_damaged)
		fprintf(stderr, "riser: error: capture %s\nriser: help: everything before that was judged\n",
			summary->trouble);
	return code;
}

static int judge(const struct check_args *a, const char *path)
{
	const struct riser_check_config config = {
		.waivers = a->waivers, .nr_waivers = a->nr_waivers,
	};
	struct findings findings = { .is_json = a->is_json };
	struct riser_capture_summary summary;
	struct riser_check_observer *checker;
	struct riser_observer observer;
	char error[RISER_ERROR_BYTES];
	int ret;

	if (riser_check_observer_create(&config, &checker)) {
		fprintf(stderr, "riser: error: out of memory\n");
		return RISER_EXIT_ENV;
	}
	riser_check_observer_listen(checker, on_finding, &findings);
	observer = riser_check_observer(checker);
	ret = riser_capture_play(path, &observer, a->timeout_cycles, &summary,
				 error);
	if (ret) {
		fprintf(stderr, "riser: error: %s\n", error);
		ret = RISER_EXIT_USAGE;
	} else {
		ret = end(a, path, &findings, &summary, checker);
	}
	riser_check_observer_destroy(checker);
	free(findings.f);
	return ret;
}

int riser_cmd_check(int argc, char **argv)
{
	struct check_args a = { 0 };
	const char *what;
	struct stat st;
	char *path;
	int ret;

	ret = riser_cli_parse(&riser_argp_check, argc, argv, &a);
	what = a.what ? a.what : "riser-out/latest";
	if (!ret && stat(what, &st)) {
		fprintf(stderr, a.what ? "riser: error: capture %s: %s\n" :
			"riser: error: no capture given, and no run in riser-out: %s: %s\n",
			what, strerror(errno));
		ret = RISER_EXIT_USAGE;
	}
	if (!ret) {
		if (S_ISDIR(st.st_mode))
			riser_regs_load_run(what);
		path = S_ISDIR(st.st_mode) ? riser_path(what, "run.pcapng") :
					     strdup(what);
		ret = path ? judge(&a, path) : RISER_EXIT_ENV;
		free(path);
	}
	free(a.waivers);
	return ret;
}
