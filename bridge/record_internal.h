/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the recorder.
 *
 *	record.c	the engine's side: events to records
 *	record_write.c	the writer's side: blocks to the file
 *	record_head.c	what ran, as text
 */
#ifndef RISER_BRIDGE_RECORD_INTERNAL_H
#define RISER_BRIDGE_RECORD_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zstd.h>

#include <riser/record.h>

#include "record_format.h"

#define RISER_REC_BLOCKS 8

struct riser_rec_buffer {
	struct riser_rec_block head;
	uint8_t *data;
	uint32_t len;
};

struct riser_rec_slot {
	struct riser_tlp_caller caller;	/* .function is not used */
	uint32_t site;
	uint32_t block;			/* number + 1 of the block that knows it */
};

struct riser_recorder {
	pthread_mutex_t lock;
	pthread_cond_t work;		/* for the writer */
	pthread_cond_t room;		/* for the engine, and for flush() */
	pthread_t thread;
	bool has_thread;
	/* under @lock */
	struct riser_rec_buffer block[RISER_REC_BLOCKS];
	struct riser_rec_buffer *open;	/* NULL: none */
	struct riser_rec_buffer *full[RISER_REC_BLOCKS];	/* in order */
	uint32_t nr_full;
	struct riser_rec_buffer *idle[RISER_REC_BLOCKS];
	uint32_t nr_idle;
	bool is_writing;
	bool wants_flush;
	bool stop;
	int error;
	/* the engine's, touched with @lock held */
	uint64_t log_id;
	uint64_t cycle;
	uint64_t host_ns;
	uint64_t seq;
	uint64_t nr_to_card;
	uint64_t tx_hash;
	uint32_t number;
	bool model_ended;
	struct riser_rec_slot slot[RISER_REC_SLOTS];
	/* the writer's */
	int fd;
	uint64_t file_bytes;
	ZSTD_CCtx *zstd;
	uint8_t *packed;
	size_t packed_room;
};

/* malloc'ed, NULL without memory */
char *riser_rec_head_text(const struct riser_run_facts *facts);
/* Changes @text. */
void riser_rec_head_parse(struct riser_rec_facts *facts, char *text);
void riser_rec_head_free(struct riser_rec_facts *facts);

#endif /* RISER_BRIDGE_RECORD_INTERNAL_H */
