/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept and said of a failure: its waveform, its ladder, how to repeat. */
#ifndef RISER_SUPER_FAILURE_H
#define RISER_SUPER_FAILURE_H

#include <libfyaml.h>

#include "live.h"

/**
 * struct riser_window - one waveform of a run
 * @name: folder and place: "fail-001", "trigger-002"
 * @text: what was there, malloc'ed
 */
struct riser_window {
	char name[24];
	char *text;
};

#define RISER_MAX_WINDOWS 64

/**
 * struct riser_failure - the first failure that the bridge found
 * @record: log of the last bridge, NULL if there is none
 * @index: of the finding in the bridge's account, -1 if there is none
 * @has_wave: fail-001/wave.fst is there
 * @has_whole: wave.fst, of the whole run
 * @window: waveforms that were made, in order
 * @nr_left_out: that were not, because of --max-windows or --window-limit
 * @sources: JSON object: function of a finding to its file and line, malloc'ed;
 *	NULL if nobody could tell
 */
struct riser_failure {
	char *record;
	int index;
	bool has_wave;
	bool has_whole;
	double wave_s;
	struct riser_window window[RISER_MAX_WINDOWS];
	unsigned int nr_windows;
	unsigned int nr_left_out;
	char *sources;
};

/*
 * Before the run: starts to build the model that can write waveforms, so that
 * it is there when the run fails. After it: ends that when it is not needed.
 */
void riser_failure_prepare(struct riser_live *live);
void riser_failure_unprepare(struct riser_live *live);

/* Looks what there is; also after a run that did not fail. */
void riser_failure_find(struct riser_failure *failure,
			const struct riser_live *live,
			struct fy_document *doc);
/* The build of riser_failure_prepare() has ended, or takes too long. */
void riser_failure_wait_for_build(struct riser_live *live);

/*
 * window.c: the waveforms of a run. Of one that failed, of its failures and then
 * its triggers; of any other, of the triggers that somebody asked for.
 */
void riser_windows_make(struct riser_failure *failure, struct riser_live *live,
			struct fy_document *doc, bool has_failed);
/* One line for each, from @first on. */
void riser_windows_print(const struct riser_failure *failure,
			 const struct riser_live *live, unsigned int first);
/* source.c: asks riser-report for the lines of the functions in the findings. */
void riser_failure_find_sources(struct riser_failure *failure,
				const struct riser_live *live);
/* "core.c:2333", or why it is not known; false when nothing can be said. */
bool riser_failure_source(const struct riser_failure *failure,
			  const char *function, char *text, size_t size);
/* source.c: report.html and timeline.json, by riser-report. */
void riser_report_page(struct riser_live *live);
/* On the screen: who did the access, what to look at, how to repeat. */
void riser_failure_print(const struct riser_failure *failure,
			 const struct riser_live *live,
			 struct fy_document *doc);
void riser_failure_fini(struct riser_failure *failure);

#endif /* RISER_SUPER_FAILURE_H */
