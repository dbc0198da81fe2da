/* SPDX-License-Identifier: Apache-2.0 */
/* Reads tests/vectors/ and runs it through the checker. */
#ifndef TESTS_CHECK_VECTORS_H
#define TESTS_CHECK_VECTORS_H

#include <riser/check.h>

/**
 * struct tally - what the vectors of one rule showed
 * @false_positives: passing vectors in which something was reported
 */
struct tally {
	unsigned int passing;
	unsigned int mutants;
	unsigned int killed;
	unsigned int false_positives;
};

/* Runs all files NAME.vec of a folder; @tally by rule index. Exits on a bad file. */
void run_vectors(const char *folder, struct tally *tally);
/* All rules as docs/rules.md has them. Free it. */
char *rules_as_markdown(void);

#endif /* TESTS_CHECK_VECTORS_H */
