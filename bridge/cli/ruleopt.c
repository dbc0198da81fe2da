// SPDX-License-Identifier: Apache-2.0
/* --fault, --trigger-tlp and --waive, for the commands that have them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <riser/check.h>
#include <riser/fault.h>

#include "../diagnostic.h"
#include "cli.h"

static int add(const char *option, const char *text,
	       int (*parse)(const char *text, struct riser_fault *fault,
			    struct riser_fault_error *error),
	       struct riser_fault **faults, uint32_t *nr)
{
	struct riser_fault_error error;
	struct riser_fault *grown;

	if (*nr == RISER_MAX_FAULTS) {
		fprintf(stderr, "riser: error: %s: at most %d in one run\n",
			option, RISER_MAX_FAULTS);
		return EBADMSG;
	}
	grown = realloc(*faults, (*nr + 1) * sizeof(*grown));
	if (!grown)
		return ENOMEM;
	*faults = grown;
	if (parse(text, &grown[*nr], &error)) {
		riser_complain(stderr, option, text, error.column, error.len,
			       error.text);
		return EBADMSG;
	}
	++*nr;
	return 0;
}

int riser_cli_fault(const char *text, struct riser_fault **faults,
		    uint32_t *nr)
{
	return add("--fault", text, riser_fault_parse, faults, nr);
}

int riser_cli_trigger(const char *text, struct riser_fault **matches,
		      uint32_t *nr)
{
	return add("--trigger-tlp", text, riser_fault_parse_match, matches, nr);
}

const char *riser_cli_near_rule(const char *id)
{
	const struct riser_check_rule *rule;
	const char *names[512] = { 0 };
	size_t i;

	for (i = 0; i < 511 && (rule = riser_check_rule((uint32_t)i)); i++)
		names[i] = rule->id;
	return riser_nearest(id, names);
}

int riser_cli_waiver(char *text, struct riser_check_waiver **waivers,
		     uint32_t *nr)
{
	struct riser_check_waiver *grown;
	char *reason = strchr(text, '='), *verdict;
	enum riser_check_verdict level = RISER_CHECK_SILENT;

	if (!reason || !reason[1]) {
		fprintf(stderr, "riser: error: --waive=%s: RULE=REASON is needed, with the reason why that is accepted\n",
			text);
		return EBADMSG;
	}
	*reason++ = '\0';
	verdict = strchr(text, ':');
	if (verdict) {
		*verdict++ = '\0';
		level = RISER_CHECK_REPORT;
	}
	if (verdict && strcmp(verdict, "report")) {
		fprintf(stderr, "riser: error: --waive=%s:%s: a waived rule is silent, or :report\n",
			text, verdict);
		return EBADMSG;
	}
	if (riser_check_find_rule(text) < 0) {
		fprintf(stderr, "riser: error: --waive: no rule '%s'%s%s%s\n", text,
			riser_cli_near_rule(text) ? "; did you mean '" : "",
			riser_cli_near_rule(text) ? riser_cli_near_rule(text) : "",
			riser_cli_near_rule(text) ? "'?" : " in docs/rules.md");
		return EBADMSG;
	}
	grown = realloc(*waivers, (*nr + 1) * sizeof(*grown));
	if (!grown)
		return ENOMEM;
	*waivers = grown;
	grown[(*nr)++] = (struct riser_check_waiver){
		.id = text, .reason = reason, .verdict = (uint8_t)level };
	return 0;
}
