// SPDX-License-Identifier: Apache-2.0
/* The rule table, and words for its columns. */
#include "ck.h"

#include <errno.h>

const struct riser_check_rule ck_rules[CK_NR_RULES] = {
#define CK_RULE(name, rule_id, rule_tier, rule_by, cls, rule_kind, rule_verdict, text, how) \
	[CK_##name] = { .id = rule_id, .words = text, .test = how, .tier = rule_tier, \
			.by = RISER_CHECK_BY_##rule_by, .rule_class = RISER_CHECK_##cls, \
			.kind = RISER_CHECK_##rule_kind, .verdict = RISER_CHECK_##rule_verdict },
#include "rules.def"
#undef CK_RULE
};

uint32_t riser_check_nr_rules(void)
{
	return CK_NR_RULES;
}

const struct riser_check_rule *riser_check_rule(uint32_t idx)
{
	return idx < CK_NR_RULES ? &ck_rules[idx] : NULL;
}

int riser_check_find_rule(const char *id)
{
	int idx;

	for (idx = 0; idx < CK_NR_RULES; idx++)
		if (!strcmp(ck_rules[idx].id, id))
			return idx;
	return -ENOENT;
}

const char *riser_check_by_name(enum riser_check_by by)
{
	static const char *const name[] = { "EP", "RC", "both", "SW" };

	return name[by];
}

const char *riser_check_class_name(enum riser_check_class rule_class)
{
	static const char *const name[] = {
		"MF", "MF(opt)", "MF(rec)", "UR", "CA", "UC", "CTO", "RO", "FCPE", "PT", "ORD",
		"DEADLOCK", "LINT", "SW", "PROJ", "none",
	};

	return name[rule_class];
}

const char *riser_check_kind_name(enum riser_check_kind kind)
{
	static const char *const name[] = { "stream", "scoreboard", "system" };

	return name[kind];
}

const char *riser_check_verdict_name(enum riser_check_verdict verdict)
{
	static const char *const name[] = { "silent", "report", "reject" };

	return name[verdict];
}
