/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A regression test made from a failing run: a folder with
 *
 *	test.riser	the failure and how to play, lines of "key=value"
 *	tlp.rec.zst	the record of the shortest run that fails
 *	model.args	how to build its model (when the run knew)
 *	deeds.txt	what the host does, in words
 */
#ifndef RISER_CLI_REGRESS_H
#define RISER_CLI_REGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/link.h>
#include <riser/play.h>

#define RISER_TEST_FILE	"test.riser"

/**
 * struct riser_regress - what test.riser says
 * @name: of the test
 * @text: the failure's sentence in the run that it was made of
 * @mode: how it is played
 * @max_gap: as in riser_play_config
 */
struct riser_regress {
	char name[128];
	struct riser_failure failure;
	char text[512];
	enum riser_play_mode mode;
	uint64_t max_gap;
};

bool riser_regress_is(const char *folder);
/* 0, or -errno with a sentence (RISER_ERROR_BYTES). */
int riser_regress_read(const char *folder, struct riser_regress *test, char *error);
int riser_regress_write(const char *folder, const struct riser_regress *test,
			char *error);

/**
 * struct riser_regress_result - how a test went
 * @code: RISER_EXIT_*
 * @text: one sentence
 */
struct riser_regress_result {
	int code;
	char text[2 * RISER_PLAY_TEXT_BYTES];
	struct riser_play_result play;
	double seconds;
};

/**
 * riser_regress_run() - plays a test
 * @model: NULL: built from the folder's model.args
 * @plusargs: instead of the recorded ones of the same name
 */
void riser_regress_run(const char *folder, const char *model,
		       const char *const *plusargs, uint32_t nr_plusargs,
		       struct riser_regress_result *result);

#endif /* RISER_CLI_REGRESS_H */
