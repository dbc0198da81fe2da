/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the recorder.
 *
 *	record.c	the engine's side: events to records
 *	record_write.c	the writer's side: blocks to the file
 *	record_head.c	what ran, as text
 *	record_read.c	blocks and records out of the file
 *	record_seek.c	over blocks that are not wanted
 */
#ifndef RISER_BRIDGE_RECORD_INTERNAL_H
#define RISER_BRIDGE_RECORD_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <zstd.h>

#include <riser/link.h>
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

/* ---- reading ---- */

#define RISER_REC_MAX_SITES	65536
#define RISER_REC_MAX_FRAMES	64

struct riser_rec_log_site {
	uint32_t nr_frames;
	uint64_t *frame;
	char *text;
	char *function;
};

struct riser_rec_log_slot {
	struct riser_tlp_caller caller;
	uint32_t site;
	bool is_known;
};

/**
 * struct riser_rec_log - a log that is read
 * @wanted: of other blocks than with one of these flags nothing is given out; 0:
 *	everything is
 */
struct riser_rec_log {
	FILE *file;
	char *path;
	struct riser_rec_facts facts;
	/* the block that is being read */
	struct riser_rec_block head;
	uint8_t *raw;
	const uint8_t *at;
	const uint8_t *end;
	bool is_bad;		/* a number ran over the block's end */
	uint8_t *packed;
	ZSTD_DCtx *zstd;
	/* what the records so far say */
	uint32_t next_number;
	uint64_t log_id;
	uint64_t cycle;
	uint64_t host_ns;
	uint64_t seq;
	uint32_t wanted;
	bool has_ended;
	int trouble;
	char trouble_text[RISER_ERROR_BYTES];
	struct riser_rec_log_slot slot[RISER_REC_SLOTS];
	struct riser_rec_log_site *site;
	uint32_t max_site;
	char text[2][2049];
};

/* Block by block: its head; then what is in it. */
int riser_rec_read_block_head(struct riser_rec_log *log);
int riser_rec_read_block_body(struct riser_rec_log *log);
/* Its head counts from now on. */
void riser_rec_enter_block(struct riser_rec_log *log);
/* The next block that is wanted; 0 or the trouble. */
int riser_rec_next_block(struct riser_rec_log *log);
/* The record at .at: 1, 0 for one that is not given out, or the trouble. */
int riser_rec_read_one(struct riser_rec_log *log, struct riser_rec *rec);

#endif /* RISER_BRIDGE_RECORD_INTERNAL_H */
