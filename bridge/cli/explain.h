/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to say about a message beyond its own words. */
#ifndef RISER_CLI_EXPLAIN_H
#define RISER_CLI_EXPLAIN_H

/**
 * struct riser_message - a message and its explanation
 * @id: what `riser explain` and docs/messages.md call it
 * @pattern: extended regular expression for its first line
 * @code: exit code of the command that says it
 * @words: what it means
 * @cure: what to do
 */
struct riser_message {
	const char *id;
	const char *pattern;
	int code;
	const char *words;
	const char *cure;
};

/* Behind the last one @id is NULL; the first whose pattern fits is meant. */
extern const struct riser_message riser_messages[];

#endif /* RISER_CLI_EXPLAIN_H */
