// SPDX-License-Identifier: Apache-2.0
/* What callers ask of a plan, and its end. */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct riser_rec_facts *riser_plan_facts(const struct riser_plan *plan)
{
	return plan->facts;
}

const struct riser_finding *riser_plan_failure(const struct riser_plan *plan)
{
	return plan->has_failure ? &plan->failure : NULL;
}

const char *riser_plan_trouble(const struct riser_plan *plan)
{
	return plan->is_cut ? riser_rec_trouble(plan->log) : NULL;
}

uint64_t riser_plan_cycles(const struct riser_plan *plan)
{
	return plan->end_cycle;
}

uint32_t riser_plan_nr(const struct riser_plan *plan)
{
	return plan->nr_deeds;
}

uint32_t riser_plan_nr_before_failure(const struct riser_plan *plan)
{
	return plan->nr_before_failure;
}

void riser_plan_pins(const struct riser_plan *plan, uint8_t *pins)
{
	uint64_t seen[64] = { 0 }, what;
	uint32_t i, j, nr = 0;
	struct riser_tlp tlp;

	memset(pins, 0, plan->nr_deeds);
	for (i = plan->nr_before_failure; i-- > 0 && nr < 64;) {
		if (plan->deed[i].tlp_kind != RISER_TLP_CFGWR0 ||
		    plan->deed[i].kind != PLAY_REQUEST ||
		    riser_tlp_decode(&tlp, plan->bytes + plan->deed[i].bytes,
				     plan->deed[i].len))
			continue;
		if (tlp.reg != 0x04 && (tlp.reg < 0x10 || tlp.reg > 0x24))
			continue;
		/* Command is the lower half of its dword */
		if (tlp.reg == 0x04 && !(tlp.first_be & 3))
			continue;
		what = (uint64_t)tlp.target << 16 | tlp.reg;
		for (j = 0; j < nr && seen[j] != what; j++)
			;
		if (j < nr)
			continue;
		seen[nr++] = what;
		pins[i] = 1;
	}
}

char *riser_plan_print(const struct riser_plan *plan, uint32_t deed, char *text,
		       size_t size)
{
	static const char *const resets[] = {
		"?", "hot reset on", "hot reset off", "PERST# on", "PERST# off",
		"link down", "link up",
	};
	const struct play_deed *d = &plan->deed[deed];

	if (d->kind == PLAY_RESET)
		snprintf(text, size, "%s", resets[d->what <= PCIEM_RESET_LINK_UP ? d->what : 0]);
	else if (d->kind == PLAY_POKE)
		snprintf(text, size, "%.*s", (int)d->len, plan->bytes + d->bytes);
	else
		riser_words_print(&plan->words, plan->bytes + d->bytes, d->len, text,
				  size);
	return text;
}

void riser_plan_free(struct riser_plan *plan)
{
	uint32_t i;

	if (!plan)
		return;
	riser_rec_close(plan->log);
	for (i = 0; i < plan->nr_misses; i++)
		free(plan->miss[i].text);
	for (i = 0; i < plan->nr_sites; i++)
		free(plan->site[i].text);
	play_memory_free(&plan->memory);
	if (plan->has_words)
		riser_words_fini(&plan->words);
	free(plan->deed);
	free(plan->event);
	free(plan->read);
	free(plan->cpl);
	free(plan->miss);
	free(plan->site);
	free(plan->bytes);
	free(plan->message_slot);
	free(plan->read_slot);
	free(plan);
}
