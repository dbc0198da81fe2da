/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Playing the host of a recording: what the driver's machine did (record.h) is
 * done again to a model, by what it depended on and not by the clock. So the
 * model may be of other RTL, and parts of the host's deeds may be left out.
 *
 * A real engine with its timeouts and findings and the protocol checker run; the
 * kernel is played. docs/replay.md says what a host TLP waits for, and what the
 * card's reads of host memory are answered with.
 */
#ifndef RISER_PLAY_H
#define RISER_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/finding.h>
#include <riser/model.h>
#include <riser/observe.h>
#include <riser/record.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_PLAY_TEXT_BYTES	1024
#define RISER_FAILURE_BYTES	384

/**
 * struct riser_failure - which failure, in words that do not change from one
 * run to the next
 * @kind: riser_finding_name(), or the rule's id
 * @access: the access without its tag, or what of a DMA access stays the same;
 *	"" if there is none
 */
struct riser_failure {
	char kind[64];
	char access[RISER_FAILURE_BYTES];
};

/* What of a finding makes it the same failure in another run. */
RISER_API void riser_failure_of(const struct riser_finding *finding,
				struct riser_failure *failure);
RISER_API bool riser_failure_is(const struct riser_failure *failure,
				const struct riser_finding *finding);

struct riser_plan;
struct riser_engine;

/**
 * riser_plan_load() - reads a log as deeds of the host and their consequences
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * A log that is damaged or ends early is used up to there, see
 * riser_plan_trouble(). Returns 0 or -errno.
 */
RISER_API int riser_plan_load(const char *record_path, struct riser_plan **plan,
			      char *error);
RISER_API void riser_plan_free(struct riser_plan *plan);
RISER_API const struct riser_rec_facts *
riser_plan_facts(const struct riser_plan *plan);
/* The first finding that failed the recorded run; NULL if none did. */
RISER_API const struct riser_finding *
riser_plan_failure(const struct riser_plan *plan);
/* Why a part of the log could not be read, in one sentence; NULL if all was. */
RISER_API const char *riser_plan_trouble(const struct riser_plan *plan);
/* Cycles of the recorded run. */
RISER_API uint64_t riser_plan_cycles(const struct riser_plan *plan);
/* Deeds of the host: requests and resets. Completions follow by themselves. */
RISER_API uint32_t riser_plan_nr(const struct riser_plan *plan);
/* Deeds before the failure became known, all of them without a failure. */
RISER_API uint32_t riser_plan_nr_before_failure(const struct riser_plan *plan);
/**
 * riser_plan_pins() - deeds without which a failure would not be the same one
 * @pins: riser_plan_nr() flags
 *
 * The last write to Command and to each BAR before the failure: a card that is
 * not enabled refuses what it must refuse.
 */
RISER_API void riser_plan_pins(const struct riser_plan *plan, uint8_t *pins);
/* A deed in words. Returns @text. */
RISER_API char *riser_plan_print(const struct riser_plan *plan, uint32_t deed,
				 char *text, size_t size);

enum riser_play_mode {
	RISER_PLAY_COMPARE = 0,	/* everything that the card does is compared */
	RISER_PLAY_PROVOKE,	/* only findings count; what does not come is not waited for long */
};

enum riser_play_verdict {
	RISER_PLAY_EQUAL = 0,	/* the card did what it did in the recording */
	RISER_PLAY_FIXED,	/* and where the recorded run failed it did not */
	RISER_PLAY_DIVERGES,
	RISER_PLAY_BEYOND,	/* the recording does not say how the host would go on */
	RISER_PLAY_SAME_FAILURE,/* the recorded run's failure, again */
};

/**
 * struct riser_play_config - how to play
 *
 * Strings and arrays are borrowed for the call. 0 selects a default.
 *
 * @model_path: model.so
 * @plusargs: for the design instead of the recorded ones of the same name, or
 *	added to them
 * @preloads: as in riser_replay_config
 * @keep: @riser_plan_nr() flags; deeds without are left out; NULL for all
 * @nr_deeds: only that many deeds; 0: all, or those before the failure when
 *	there is one
 * @max_gap: no pause of the host is longer than that many cycles; 0: as recorded
 * @patience: cycles that an awaited event may take, default 1,000,000
 * @failure: ends with RISER_PLAY_SAME_FAILURE once it is seen; NULL: that of the
 *	recording
 * @record_path: record of this run; NULL for none; must not exist
 * @wave_path: FST from @wave_from to @wave_to; NULL for none; must not exist
 * @observers: as in riser_engine_config
 * @attach: called with the engine before it runs, for observers that report to
 *	it; may be NULL
 * @message: lines that the design prints; may be NULL
 */
struct riser_play_config {
	const char *model_path;
	const char *const *plusargs;
	uint32_t nr_plusargs;
	const char *const *preloads;
	enum riser_play_mode mode;
	const uint8_t *keep;
	uint32_t nr_deeds;
	uint64_t max_gap;
	uint64_t patience;
	const struct riser_failure *failure;
	const char *record_path;
	const char *wave_path;
	uint64_t wave_from;
	uint64_t wave_to;
	struct riser_observer observers[2];
	uint32_t nr_observers;
	void (*attach)(void *ctx, struct riser_engine *engine);
	void (*message)(void *ctx, enum riser_severity severity,
			const char *file, int line, const char *text);
	void *ctx;
};

/**
 * struct riser_play_result - how it went
 * @text: one sentence: where and how it diverges, or why it goes no further
 * @cycle: of that, in this run
 * @recorded_cycle: of the same in the recording
 * @has_finding: the first finding that fails this run is in @finding
 * @nr_others: findings that fail this run and came before the failure that was
 *	wanted
 * @nr_deeds: deeds done
 * @nr_expected: things of the card (completions, DMA writes, interrupts) that
 *	came as in the recording
 * @nr_repeated: reads that were repeated until the card was as far as it was in
 *	the recording, or left out since it was further
 * @nr_guesses: dwords of host memory for which the recording has several
 *	values, and the one that the host had then had to be chosen
 */
struct riser_play_result {
	enum riser_play_verdict verdict;
	char text[RISER_PLAY_TEXT_BYTES];
	uint64_t cycle;
	uint64_t recorded_cycle;
	bool has_finding;
	struct riser_finding finding;
	uint32_t nr_others;
	uint32_t nr_deeds;
	uint64_t nr_expected;
	uint64_t nr_repeated;
	uint64_t nr_guesses;
	uint64_t cycles;
	bool wave_is_written;
	double wall_s;
};

/**
 * riser_play() - plays a recording's host before a model
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Any number of times with one plan, also in forked processes; not in two threads
 * at once. Returns 0, whatever the verdict; -errno when there is no play.
 */
RISER_API int riser_play(struct riser_plan *plan,
			 const struct riser_play_config *config,
			 struct riser_play_result *result, char *error);

RISER_API const char *riser_play_verdict_name(enum riser_play_verdict verdict);

#ifdef __cplusplus
}
#endif

#endif /* RISER_PLAY_H */
