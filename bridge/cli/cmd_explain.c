// SPDX-License-Identifier: Apache-2.0
/* riser explain: the long form of a message, a rule, a key or an exit code. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <riser/check.h>
#include <riser/lockstep.h>
#include <riser/scoreboard.h>

#include "../diagnostic.h"
#include "../project/project.h"
#include "../super/super.h"
#include "cli.h"
#include "explain.h"

static const struct {
	const char *code, *words;
} codes[] = {
	{ "0", "Everything that was asked for passed." },
	{ "1", "A test failed: a check of the script, the protocol checker, a scoreboard, or the kernel's log (oops, hang, AER)." },
	{ "2", "Wrong use: an option, the project file, a file that is not there, ports that do not fit. Nothing was started." },
	{ "3", "Something does not build: the RTL, the driver or the module. The tool's own words stand above." },
	{ "4", "Time ran out: the guest gave no verdict within guest.timeout, or the simulator hung." },
	{ "5", "This machine lacks something: `riser doctor` names the package." },
	{ "77", "Skipped: what the test needs is not there (ctest knows the number)." },
	{ "130", "Interrupted from outside (Ctrl-C); the run's folder holds what there was." },
};

static void print_message(const struct riser_message *m)
{
	printf("%s (exit code %d)\n\n%s\n%s\n", m->id, m->code, m->words, m->cure);
}

static const struct riser_message *find_message(const char *text)
{
	const struct riser_message *m;
	regex_t regex;
	bool fits;

	for (m = riser_messages; m->id; m++) {
		if (!strcmp(m->id, text))
			return m;
		if (regcomp(&regex, m->pattern, REG_EXTENDED | REG_NOSUB))
			continue;
		fits = !regexec(&regex, text, 0, NULL, 0);
		regfree(&regex);
		if (fits)
			return m;
	}
	return NULL;
}

static bool explain_rule(const char *text)
{
	const struct riser_scoreboard_ops *board;
	const struct riser_check_rule *rule;
	uint32_t i, k;

	for (i = 0; (rule = riser_check_rule(i)); i++)
		if (!strcmp(rule->id, text)) {
			printf("%s (rule of the checker, class %s)\n\n%s\n", rule->id,
			       riser_check_class_name(rule->rule_class), rule->words);
			return true;
		}
	for (i = 0; (board = riser_scoreboard_kind(i)); i++)
		for (k = 0; board->rules[k].id; k++)
			if (!strcmp(board->rules[k].id, text)) {
				printf("%s (rule of the scoreboard %s)\n\n%s\n",
				       text, board->name, board->rules[k].words);
				return true;
			}
	for (k = 0; riser_lockstep_words[k].id; k++)
		if (!strcmp(riser_lockstep_words[k].id, text)) {
			printf("%s (rule of lock-step with a reference)\n\n%s\nWhat to do: %s\n", text,
			       riser_lockstep_words[k].words, riser_lockstep_words[k].advice);
			return true;
		}
	return false;
}

static bool explain_key(const char *text)
{
	const struct riser_project_key *key;
	char name[96];

	for (key = riser_project_keys; key->section; key++) {
		snprintf(name, sizeof(name), "%s%s%s", key->section,
			 *key->section && *key->key ? "." : "", key->key);
		if (strcmp(name, text))
			continue;
		printf("%s (key of riser.yaml)\n\n%s\n", name, key->words);
		if (key->option)
			printf("On the command line: %s\n", key->option);
		return true;
	}
	return false;
}

static bool explain_code(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (!strcmp(codes[i].code, text)) {
			printf("exit code %s\n\n%s\n", text, codes[i].words);
			return true;
		}
	return false;
}

static int explain(const char *text)
{
	const char *names[512] = { 0 }, *near;
	const struct riser_check_rule *rule;
	const struct riser_message *m = find_message(text);
	size_t nr = 0;
	uint32_t i;

	if (m) {
		print_message(m);
		return RISER_EXIT_PASS;
	}
	if (explain_code(text) || explain_rule(text) || explain_key(text))
		return RISER_EXIT_PASS;
	for (m = riser_messages; m->id; m++)
		names[nr++] = m->id;
	for (i = 0; nr < 511 && (rule = riser_check_rule(i)); i++)
		names[nr++] = rule->id;
	near = riser_nearest(text, names);
	fprintf(stderr, "riser: error: nothing is known of '%s'%s%s%s\n"
		"riser: help: a message in quotes, a rule (CPL-10), a key (card.top) or an exit code (4)\n",
		text, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return RISER_EXIT_USAGE;
}

static void print_page(void)
{
	const struct riser_message *m;
	size_t i;

	fputs("<!-- SPDX-License-Identifier: Apache-2.0 -->\n# Messages about a project\n\n"
	      "`riser explain 'THE MESSAGE'` prints the same. This page is written by `riser explain --page`.\n\n"
	      "| id | exit code | what it means | what to do |\n|---|---|---|---|\n", stdout);
	for (m = riser_messages; m->id; m++)
		printf("| `%s` | %d | %s | %s |\n", m->id, m->code, m->words, m->cure);
	fputs("\n## Exit codes\n\n| code | meaning |\n|---|---|\n", stdout);
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		printf("| %s | %s |\n", codes[i].code, codes[i].words);
}

struct explain_args {
	const char *text;
	bool page;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct explain_args *a = state->input;

	switch (key) {
	case 'p':
		a->page = true;
		return 0;
	case ARGP_KEY_ARG:
		a->text = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "page", 'p', NULL, 0, "all of them, as docs/messages.md", 1 },
	{ 0 },
};

const struct argp riser_argp_explain = {
	.options = options,
	.parser = parse,
	.args_doc = "'MESSAGE'|ID|RULE|KEY|EXIT-CODE",
	.doc = "Tells more about a message (in quotes, as it stands on the screen), a rule of the checker, a key of "
	       "riser.yaml or an exit code.",
};

int riser_cmd_explain(int argc, char **argv)
{
	struct explain_args a = { 0 };
	int ret = riser_cli_parse(&riser_argp_explain, argc, argv, &a);

	if (ret)
		return ret;
	if (a.page) {
		print_page();
		return RISER_EXIT_PASS;
	}
	if (!a.text) {
		fprintf(stderr, "riser: error: nothing to explain: a message in quotes, a rule, a key or an exit code\n");
		return RISER_EXIT_USAGE;
	}
	return explain(a.text);
}
