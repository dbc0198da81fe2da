// SPDX-License-Identifier: Apache-2.0
/*
 * usage: unit_check_rules FOLDER		runs the vectors, prints the table
 *	  unit_check_rules --markdown		prints docs/rules.md
 *	  unit_check_rules --docs FILE		fails when FILE is not that
 *	  unit_check_rules --tests		prints the tests that rules name
 *
 * Fails unless each mutant is reported with its own rule and nothing else, no
 * passing vector is reported, and each rule that vectors can judge has at least
 * one passing vector and three mutants (passing ones only for class none).
 */
#include "vectors.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN_MUTANTS	3

static bool wants_vectors(const struct riser_check_rule *rule)
{
	return rule->kind == RISER_CHECK_STREAM ||
	       (rule->test && !strncmp(rule->test, "vectors", 7));
}

static bool is_complete(const struct riser_check_rule *rule, const struct tally *tally)
{
	if (!wants_vectors(rule))
		return true;
	return tally->passing >= 1 &&
	       (rule->rule_class == RISER_CHECK_NONE || tally->mutants >= MIN_MUTANTS);
}

static int print_table(const struct tally *tally)
{
	const struct riser_check_rule *rule;
	struct tally all = { 0 };
	unsigned int nr_missing = 0;
	uint32_t idx;

	printf("%-7s %-10s %7s %7s %6s %5s  %s\n", "rule", "kind", "vectors", "mutants", "killed",
	       "false", "test");
	for (idx = 0; (rule = riser_check_rule(idx)); idx++) {
		const struct tally *one = &tally[idx];
		bool is_short = !is_complete(rule, one);

		printf("%-7s %-10s %7u %7u %6u %5u  %s%s\n", rule->id,
		       riser_check_kind_name(rule->kind), one->passing, one->mutants, one->killed,
		       one->false_positives, rule->test ? rule->test : "vectors",
		       is_short ? "  TOO FEW VECTORS" : "");
		nr_missing += is_short;
		all.passing += one->passing;
		all.mutants += one->mutants;
		all.killed += one->killed;
		all.false_positives += one->false_positives;
	}
	printf("%u rules, %u vectors, %u mutants, %u killed, %u false positives; %u rules have too "
	       "few vectors\n", idx, all.passing, all.mutants, all.killed, all.false_positives,
	       nr_missing);
	return all.killed == all.mutants && all.mutants && !all.false_positives && !nr_missing ? 0 :
												 1;
}

static int compare(const char *path)
{
	char *want = rules_as_markdown();
	size_t len = strlen(want);
	char *have = calloc(1, len + 2);
	FILE *file = fopen(path, "r");
	size_t got = file ? fread(have, 1, len + 1, file) : 0;
	bool is_same = got == len && !memcmp(have, want, len);

	if (file)
		fclose(file);
	if (!is_same)
		printf("%s is not what bridge/check/rules.def says. Next: unit_check_rules "
		       "--markdown > docs/rules.md\n", path);
	free(have);
	free(want);
	return is_same ? 0 : 1;
}

static void print_test(const struct riser_check_rule *rule)
{
	const char *at;

	printf("%s ", rule->id);
	for (at = rule->test; *at; at++)
		if (*at != ':' && *at != ',')
			putchar(*at);
	putchar('\n');
}

/* "RULE TEST CASE..." for each rule that a test outside of the vectors holds. */
static int print_tests(void)
{
	const struct riser_check_rule *rule;
	uint32_t idx;

	for (idx = 0; (rule = riser_check_rule(idx)); idx++)
		if (rule->test && strncmp(rule->test, "vectors", 7) != 0)
			print_test(rule);
	return 0;
}

int main(int argc, char **argv)
{
	struct tally *tally;
	char *text;
	int status;

	if (argc == 2 && !strcmp(argv[1], "--markdown")) {
		text = rules_as_markdown();
		fputs(text, stdout);
		free(text);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--tests"))
		return print_tests();
	if (argc == 3 && !strcmp(argv[1], "--docs"))
		return compare(argv[2]);
	if (argc != 2)
		return 2;
	tally = calloc(riser_check_nr_rules(), sizeof(*tally));
	run_vectors(argv[1], tally);
	status = print_table(tally);
	free(tally);
	return status;
}
