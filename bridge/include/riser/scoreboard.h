/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scoreboards: what a class of cards must do, judged by the TLPs alone. One for
 * each protocol above PCI Express ("nvme"). A scoreboard knows nothing of the
 * RTL; it learns everything by listening from the card's reset on.
 *
 *	riser_scoreboard_open("nvme", &config, &board, error);
 *	config.observers[n++] = riser_scoreboard_observer(board);
 *	...			(live: riser_scoreboard_attach(board, engine))
 *	riser_scoreboard_close(board);
 *
 * Live and from a record the same calls give the same findings. One thread per
 * scoreboard; no input or output.
 */
#ifndef RISER_SCOREBOARD_H
#define RISER_SCOREBOARD_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/finding.h>
#include <riser/observe.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct riser_scoreboard_config - how to judge; 0 selects the default
 *
 * @report: called with each finding, from inside of the observer's calls; may be
 *	NULL. Behind riser_scoreboard_attach() the engine gets them instead
 * @ctx: its first argument
 * @interrupt_cycles: how long an interrupt message may take that nothing masks,
 *	default 25000
 * @max_content_bytes: memory for contents that the host has written, default 1
 *	GiB; what does not fit is not judged
 * @max_told: findings told per rule, default 4; the rest is counted
 */
struct riser_scoreboard_config {
	void (*report)(void *ctx, const struct riser_finding *finding);
	void *ctx;
	uint64_t interrupt_cycles;
	uint64_t max_content_bytes;
	uint32_t max_told;
};

/**
 * struct riser_scoreboard_rule - what a scoreboard judges
 * @id: "NVM-01"
 * @words: what must be
 */
struct riser_scoreboard_rule {
	const char *id;
	const char *words;
};

/**
 * struct riser_scoreboard_ops - one kind of scoreboard
 * @name: for --scoreboard
 * @words: one line for people
 * @rules: ends with an entry without id
 * @create: 0 or -ENOMEM. @config has no zeros in it; its report() counts and may
 *	drop what was told often enough
 * @observer: called with what @create made
 */
struct riser_scoreboard_ops {
	const char *name;
	const char *words;
	const struct riser_scoreboard_rule *rules;
	int (*create)(const struct riser_scoreboard_config *config, void **board);
	void (*destroy)(void *board);
	struct riser_observer_ops observer;
};

/* The scoreboards that there are; NULL behind the last one. */
RISER_API const struct riser_scoreboard_ops *riser_scoreboard_kind(uint32_t idx);
/* The one of this name, or NULL. */
RISER_API const struct riser_scoreboard_ops *
riser_scoreboard_find(const char *name);

struct riser_comparator_ops;

/* The comparators that there are (lockstep.h); ends with NULL. */
RISER_API const struct riser_comparator_ops *const *riser_comparators(void);

struct riser_engine;
struct riser_scoreboard;

/**
 * riser_scoreboard_open() - a scoreboard that has seen nothing yet
 * @config: NULL for all defaults
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0, -ENOENT for a name that there is not, -ENOMEM.
 */
RISER_API int riser_scoreboard_open(const char *name,
				    const struct riser_scoreboard_config *config,
				    struct riser_scoreboard **board, char *error);
RISER_API void riser_scoreboard_close(struct riser_scoreboard *board);
RISER_API struct riser_observer
riser_scoreboard_observer(struct riser_scoreboard *board);
/* From now on findings go to @engine, whose observer the scoreboard is. */
RISER_API void riser_scoreboard_attach(struct riser_scoreboard *board,
				       struct riser_engine *engine);
/* Findings so far, with those that were counted only. */
RISER_API uint64_t riser_scoreboard_count(const struct riser_scoreboard *board);

#ifdef __cplusplus
}
#endif

#endif /* RISER_SCOREBOARD_H */
