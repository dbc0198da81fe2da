// SPDX-License-Identifier: Apache-2.0
/* What a listener learns of a card's addresses, for replay, ladder and lanes. */
#include "words.h"

#include <string.h>

int riser_words_init(struct riser_words *words)
{
	memset(words, 0, sizeof(*words));
	words->names.address = riser_bar_map_name;
	words->names.ctx = &words->bars;
	return riser_bar_map_init(&words->bars);
}

void riser_words_fini(struct riser_words *words)
{
	riser_bar_map_fini(&words->bars);
}

static void learn_request(struct riser_words *words,
			  const struct riser_tlp *tlp)
{
	switch (tlp->kind) {
	case RISER_TLP_CFGWR0:
		riser_bar_map_cfg_write(&words->bars, tlp);
		break;
	case RISER_TLP_MWR:
		riser_bar_map_mem_write(&words->bars, tlp);
		break;
	case RISER_TLP_CFGRD0:
		if (tlp->tag >= RISER_WORDS_TAGS)
			break;
		words->cfg[tlp->tag].waits = true;
		words->cfg[tlp->tag].target = tlp->target;
		words->cfg[tlp->tag].reg = tlp->reg;
		words->cfg[tlp->tag].first_be = tlp->first_be;
		break;
	default:
		break;
	}
}

static void learn_completion(struct riser_words *words,
			     const struct riser_tlp *cpl)
{
	uint32_t value;

	if (cpl->tag >= RISER_WORDS_TAGS || !words->cfg[cpl->tag].waits)
		return;
	words->cfg[cpl->tag].waits = false;
	if (cpl->status != RISER_CPL_SC || cpl->data_bytes < 4)
		return;
	value = (uint32_t)cpl->data[0] | (uint32_t)cpl->data[1] << 8 |
		(uint32_t)cpl->data[2] << 16 | (uint32_t)cpl->data[3] << 24;
	riser_bar_map_cfg_read(&words->bars, words->cfg[cpl->tag].target,
			       words->cfg[cpl->tag].reg,
			       words->cfg[cpl->tag].first_be, value);
}

void riser_words_learn(struct riser_words *words,
		       const struct riser_tlp_event *event)
{
	struct riser_tlp tlp;
	bool is_completion = event->tlp_class == RISER_COMPLETION;

	/* completions for the card and its requests teach nothing */
	if (is_completion == (event->direction == RISER_TO_CARD))
		return;
	if (riser_tlp_decode(&tlp, event->bytes, event->len))
		return;
	if (is_completion)
		learn_completion(words, &tlp);
	else
		learn_request(words, &tlp);
}

char *riser_words_print(const struct riser_words *words, const uint8_t *bytes,
			uint32_t len, char *text, size_t size)
{
	return riser_tlp_print(bytes, len, &words->names, text, size);
}
