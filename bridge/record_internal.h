/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the recorder.
 *
 *	record_feed.c	TLPs from the engine's thread to whoever encodes them
 *	record.c	events to records
 *	record_write.c	the writer's side: blocks to the file
 *	record_head.c	what ran, as text
 *	record_read.c	blocks and records out of the file
 *	record_seek.c	over blocks that are not wanted
 *	record_site.c	call sites that have come
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
#define RISER_REC_FEED_BYTES	(256U << 10)	/* a power of two */

/**
 * struct riser_rec_fed - a TLP on its way to the encoder
 * @bytes: of the entry, a multiple of 8
 * @len: of the TLP
 * @back: completions: number of the TLP minus that of its request
 * @body: the caller, if there is one, then the TLP
 */
struct riser_rec_fed {
	uint32_t bytes;
	uint32_t len;
	uint64_t cycle;
	uint64_t host_ns;
	uint64_t back;
	uint32_t site;
	bool has_request;
	bool has_caller;
	uint8_t direction;
	uint8_t tlp_class;
	uint8_t body[];
};

/**
 * struct riser_rec_feed - ring of them
 * @head: free-running, written by the engine's thread
 * @seen: @tail as that thread has read it last
 * @called: @head when it last called the writer
 * @tail: free-running: everything before it may be written over
 * @next: of the one who takes: what comes next
 * @ready: @head as the one who takes has read it last
 */
struct riser_rec_feed {
	uint8_t *data;
	uint32_t head __attribute__((aligned(64)));
	uint32_t seen;
	uint32_t called;
	uint32_t tail __attribute__((aligned(64)));
	uint32_t next;
	uint32_t ready;
};

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
	struct riser_rec_feed feed;
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
	int error;			/* atomic */
	/* the encoder's, touched with @lock held */
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

/* ---- record_feed.c ---- */
int riser_rec_feed_init(struct riser_rec_feed *feed);
void riser_rec_feed_fini(struct riser_rec_feed *feed);
/* From the engine's thread, without the lock. */
void riser_rec_feed_put(struct riser_recorder *rec,
			const struct riser_tlp_event *event);
/* With the lock: the oldest entry, NULL if there is none; it is done with. */
const struct riser_rec_fed *riser_rec_feed_next(struct riser_rec_feed *feed);
void riser_rec_feed_take(struct riser_rec_feed *feed,
			 const struct riser_rec_fed *fed);
/* All that were taken may be written over. */
void riser_rec_feed_give(struct riser_rec_feed *feed);

/* ---- record.c ---- */
/*
 * With the lock: encodes what the engine has put. @may_wait: for a block, which
 * the writer's thread must not.
 */
void riser_recorder_encode(struct riser_recorder *rec, bool may_wait);

/* malloc'ed, NULL without memory */
char *riser_rec_head_text(const struct riser_run_facts *facts);
/* Changes @text. */
void riser_rec_head_parse(struct riser_rec_facts *facts, char *text);
void riser_rec_head_free(struct riser_rec_facts *facts);

/* ---- reading ---- */

#define RISER_REC_MAX_SITES	65536
#define RISER_REC_MAX_FRAMES	64
#define RISER_REC_PAGE_SITES	256	/* that get memory when one of them comes */

struct riser_rec_log_site {
	uint32_t nr_frames;
	uint64_t *frame;
	char *text;
	char *function;
};

struct riser_rec_log_slot {
	struct riser_tlp_caller caller;	/* .function: of @known, when a TLP is read */
	const struct riser_rec_log_site *known;
	uint32_t site;
	uint32_t block;			/* number + 1 of the block that knows it */
};

/* Memory of a log for blocks; grows with the largest. */
struct riser_rec_log_buffer {
	uint8_t *data;
	uint32_t room;
};

/**
 * struct riser_rec_log - a log that is read
 * @site: pages of RISER_REC_PAGE_SITES; NULL: none of them has come
 * @wanted: of other blocks than with one of these flags nothing is given out; 0:
 *	everything is
 */
struct riser_rec_log {
	FILE *file;
	char *path;
	struct riser_rec_facts facts;
	/* the block that is being read */
	struct riser_rec_block head;
	struct riser_rec_log_buffer raw;
	const uint8_t *at;
	const uint8_t *end;
	bool is_bad;		/* a number ran over the block's end */
	struct riser_rec_log_buffer packed;
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
	struct riser_rec_log_site *site[RISER_REC_MAX_SITES / RISER_REC_PAGE_SITES];
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

/* ---- record_site.c ---- */
/*
 * Site @site, or one that begins with @pc; NULL: not known. It stays where it is
 * until the log is closed; what is in it changes when the site is told again.
 */
const struct riser_rec_log_site *riser_rec_find_site(const struct riser_rec_log *log,
						     uint32_t site, uint64_t pc);
/* Site @nr, below RISER_REC_MAX_SITES, with nothing in it; NULL without memory. */
struct riser_rec_log_site *riser_rec_new_site(struct riser_rec_log *log, uint32_t nr);
void riser_rec_free_sites(struct riser_rec_log *log);

#endif /* RISER_BRIDGE_RECORD_INTERNAL_H */
