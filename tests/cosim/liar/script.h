/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vector of tests/vectors as the two sides of a link that runs: what the host
 * sends, and the program of the liar card (rtl/cards/liar/liar_seq.v).
 */
#ifndef TESTS_LIAR_SCRIPT_H
#define TESTS_LIAR_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SCRIPT_MAX_STEPS	512

enum script_kind {
	SCRIPT_TO_CARD = 0,
	SCRIPT_TO_HOST,
	SCRIPT_LEVELS,		/* sideband: RISER_SB_* */
	SCRIPT_STATUS,		/* flr_active */
	SCRIPT_TIME,
};

struct script_step {
	enum script_kind kind;
	uint64_t cycle;
	uint32_t value;
	uint32_t len;
	uint8_t *bytes;
	uint8_t channel;	/* enum riser_tlp_class */
	bool is_mute;		/* its answer is withheld on purpose, or it is broken itself */
};

/**
 * struct script - a vector
 * @why_not: why no running link can do this; NULL when it can
 * @ends_at_card: the last TLP is the card's, or it owes an answer
 * @is_injected: something else is broken on purpose before
 */
struct script {
	char rule[16];
	char name[128];
	bool is_mutant;
	const char *why_not;
	bool ends_at_card;
	bool is_injected;
	uint32_t nr;
	struct script_step step[SCRIPT_MAX_STEPS];
};

/**
 * script_next() - the next vector of a file
 * @folder: where its includes are
 *
 * False at the end. Free its bytes with script_clear(). Exits on a bad file.
 */
bool script_next(FILE *file, const char *folder, struct script *script);
void script_clear(struct script *script);
/* The card's program, for $readmemh. 0 or -errno. */
int script_write(const struct script *script, const char *path);

#endif /* TESTS_LIAR_SCRIPT_H */
