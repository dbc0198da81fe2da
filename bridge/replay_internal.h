/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of a replay.
 *
 *	replay.c	the log into the model, and the comparison
 *	replay_model.c	the model, as it was in the run
 *	replay_start.c	from a snapshot of the run
 *	replay_watch.c	observers
 */
#ifndef RISER_BRIDGE_REPLAY_INTERNAL_H
#define RISER_BRIDGE_REPLAY_INTERNAL_H

#include <riser/link.h>
#include <riser/loader.h>
#include <riser/replay.h>

#include "rtlfile.h"
#include "words.h"

#define RISER_REPLAY_QUEUE	4096	/* as in the engine, a power of two */
#define RISER_REPLAY_NOT_SHOWN	UINT64_MAX
#define RISER_REPLAY_LANE	64	/* as in annot.sv */

/* A TLP that waits for the card, and what the lanes say of it (.seq: or none). */
struct riser_replay_offer {
	uint8_t *bytes;
	uint32_t len;
	uint64_t seq;
	uint64_t host_ns;
	char function[RISER_REPLAY_LANE + 1];
};

/* A TLP that the card sent and the log has not mentioned yet. */
struct riser_replay_sent {
	uint64_t cycle;
	uint32_t len;
	uint8_t bytes[RISER_TLP_SENT_MAX_BYTES];
};

struct riser_replaying {
	const struct riser_replay_config *config;
	struct riser_replay_result *result;
	char *error;
	struct riser_rec_log *log;
	const struct riser_rec_facts *facts;
	struct riser_card card;
	struct riser_words words;
	struct riser_run run;
	struct riser_replay_offer offer[RISER_NR_CLASSES][RISER_REPLAY_QUEUE];
	const struct riser_replay_offer *last_offer;
	uint64_t shown[RISER_NR_CLASSES];
	uint64_t cycle;
	bool has_words;
	bool is_dead;
	bool is_tracing;
	struct riser_replay_sent *sent;
	uint32_t nr_sent;
	uint32_t sent_room;
	struct riser_rtl_files files;
	int files_error;	/* of a file that the model opened in run() */
};

/* Puts a sentence into the caller's error; returns @code. */
__attribute__((format(printf, 3, 4)))
int riser_replay_fail(struct riser_replaying *r, int code, const char *format,
		      ...);
/* An instance in power-on state, with queues; 0 or -errno. */
int riser_replay_make_model(struct riser_replaying *r);

/* Goes to the snapshot that was asked for, if there is one; 0 or -errno. */
int riser_replay_start(struct riser_replaying *r);
/* What the log says, when the card has done the same, to the observers. */
void riser_replay_watch(struct riser_replaying *r, const struct riser_rec *rec);
void riser_replay_watch_start(struct riser_replaying *r);
void riser_replay_watch_finish(struct riser_replaying *r);

#endif /* RISER_BRIDGE_REPLAY_INTERNAL_H */
