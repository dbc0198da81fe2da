// SPDX-License-Identifier: Apache-2.0
/* What may differ: "bar0 0x1c", "config 0x104-0x12f mask 0xff", "identify 24-63". */
#include "lockstep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int complain(char *error, const char *text, const char *why)
{
	snprintf(error, RISER_ERROR_BYTES,
		 "rule '%.120s': %s; a rule is one of config, bar0 to bar5, identify, namespace and smart, then OFFSET or FIRST-LAST, and mask BITS if not all may differ",
		 text, why);
	return -EINVAL;
}

static bool number(const char *word, char **end, uint32_t *value)
{
	unsigned long long n;

	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	n = strtoull(word, end, 0);
	*value = (uint32_t)n;
	return !errno && n <= UINT32_MAX;
}

static const char *skip(const char *at)
{
	return at + strspn(at, " \t");
}

static bool find_space(const char **at, struct riser_lockstep_rule *rule)
{
	static const struct {
		const char *word;
		enum riser_lockstep_space space;
	} words[] = {
		{ "config", RISER_SPACE_CONFIG },
		{ "bar0", RISER_SPACE_BAR0 }, { "bar1", RISER_SPACE_BAR0 + 1 },
		{ "bar2", RISER_SPACE_BAR0 + 2 }, { "bar3", RISER_SPACE_BAR0 + 3 },
		{ "bar4", RISER_SPACE_BAR0 + 4 }, { "bar5", RISER_SPACE_BAR0 + 5 },
		{ "identify", RISER_SPACE_IDENTIFY }, { "namespace", RISER_SPACE_NAMESPACE },
		{ "smart", RISER_SPACE_SMART },
	};
	size_t len = strcspn(*at, " \t"), i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].word) == len && !strncmp(*at, words[i].word, len)) {
			rule->space = words[i].space;
			*at += len;
			return true;
		}
	return false;
}

int riser_lockstep_rule_parse(const char *text, struct riser_lockstep_rule *rule, char *error)
{
	const char *at = skip(text);
	char *end;

	*rule = (struct riser_lockstep_rule){ .mask = UINT32_MAX };
	if (!find_space(&at, rule))
		return complain(error, text, "its first word is none of these");
	if (!number(skip(at), &end, &rule->first))
		return complain(error, text, "no offset");
	/* a register is a dword, a field of data a byte */
	rule->last = rule->space < RISER_SPACE_NONE ? rule->first | 3 : rule->first;
	if (*end == '-' && !number(end + 1, &end, &rule->last))
		return complain(error, text, "no last offset behind '-'");
	if (rule->last < rule->first)
		return complain(error, text, "the last offset is below the first");
	at = skip(end);
	if (!strncmp(at, "mask", 4) && (at[4] == ' ' || at[4] == '\t')) {
		if (!number(skip(at + 4), &end, &rule->mask))
			return complain(error, text, "no number behind mask");
		at = skip(end);
	}
	if (*at)
		return complain(error, text, "what stands behind it is not known");
	if (!rule->space && rule->last > 4095)
		return complain(error, text, "configuration space ends at 0xfff");
	return 0;
}

uint32_t ls_rules_mask(const struct riser_lockstep_rule *rules, uint32_t nr, uint32_t space,
		       uint32_t offset)
{
	uint32_t mask = 0, i, byte, bits;

	for (i = 0; i < nr; i++) {
		if (rules[i].space != space)
			continue;
		for (bits = 0, byte = 0; byte < 4; byte++)
			if (offset + byte >= rules[i].first && offset + byte <= rules[i].last)
				bits |= 0xffU << 8 * byte;
		mask |= bits & rules[i].mask;
	}
	return mask;
}
