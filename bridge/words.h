/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words for the TLPs of a log: learns where the BARs are by listening, as the
 * engine does in a live run. One thread.
 */
#ifndef RISER_BRIDGE_WORDS_H
#define RISER_BRIDGE_WORDS_H

#include <riser/observe.h>

#include "names.h"

#define RISER_WORDS_TAGS 1024

struct riser_words {
	struct riser_bar_map bars;
	struct riser_tlp_names names;
	struct {
		bool waits;
		uint16_t target;
		uint16_t reg;
		uint8_t first_be;
	} cfg[RISER_WORDS_TAGS];
};

int riser_words_init(struct riser_words *words);
void riser_words_fini(struct riser_words *words);
/* Each TLP of the log, in order, before it is printed. */
void riser_words_learn(struct riser_words *words,
		       const struct riser_tlp_event *event);
char *riser_words_print(const struct riser_words *words, const uint8_t *bytes,
			uint32_t len, char *text, size_t size);

#endif /* RISER_BRIDGE_WORDS_H */
