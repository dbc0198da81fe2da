/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of a run, docs/record.md: everything that the model's behaviour
 * depends on, with its exact cycle, and everything that the model answered.
 *
 * Writing: an observer of the engine (riser_engine_config.record_path makes
 * one). Reading: riser_rec_open(), then riser_rec_next() until it does not
 * return 1.
 */
#ifndef RISER_RECORD_H
#define RISER_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/finding.h>
#include <riser/model.h>
#include <riser/observe.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_REC_VERSION	1
#define RISER_REC_MAX_PLUSARGS	256

/* ---- writing ---- */

struct riser_recorder;

/**
 * riser_recorder_open() - a record that is written by a thread of its own
 * @path: created with mode 0600; must not exist
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Memory is bounded; when the disk is slower than the model, the observer's
 * calls wait. Returns 0 or -errno.
 */
RISER_API int riser_recorder_open(const char *path,
				  struct riser_recorder **recorder,
				  char *error);
/* Returns once everything so far has gone to the file. */
RISER_API void riser_recorder_flush(struct riser_recorder *recorder);
/* The first error of writing, 0 if none; the file is whole up to there. */
RISER_API int riser_recorder_error(const struct riser_recorder *recorder);
/**
 * struct riser_rec_position - a place between two records
 * @log_id: of the log
 * @seq: TLPs before it
 * @cycle: of the record before it
 * @tx_hash: of all TLPs of the card before it
 * @block: number of the block
 * @offset: in its records
 */
struct riser_rec_position {
	uint64_t log_id;
	uint64_t seq;
	uint64_t cycle;
	uint64_t tx_hash;
	uint32_t block;
	uint32_t offset;
};

/* Where the next record will be. From the observer's thread. */
RISER_API void riser_recorder_position(struct riser_recorder *recorder,
				       struct riser_rec_position *position);
/* Writes what is left and closes; NULL is fine. */
RISER_API void riser_recorder_close(struct riser_recorder *recorder);

RISER_API extern const struct riser_observer_ops riser_recorder_observer;

/* ---- reading ---- */

/**
 * struct riser_rec_facts - what the run was made of
 * @log_id: differs from that of any other log
 * @scoreboard: that watched the run, NULL if none
 * @checker: as in struct riser_engine_config
 * @dir: where names of files that the RTL reads begin, NULL if it was not recorded
 * @preload: NULL where there was none
 * @preload_bytes: size of that file
 * @preload_hash: riser_hash64() of its contents
 */
struct riser_rec_facts {
	uint64_t log_id;
	char *card;
	char *model_path;
	char *model_name;
	char *top;
	char *engine;
	char *source_hash;
	char *build_hash;
	char *scoreboard;
	char *checker;
	char *dir;
	char *plusarg[RISER_REC_MAX_PLUSARGS];
	uint32_t nr_plusargs;
	uint32_t x_init;
	uint32_t features;
	uint32_t data_w;
	uint64_t seed;
	uint64_t clk_period_ps;
	uint64_t timeout_cycles;
	uint64_t start_unix_s;
	char *preload[RISER_MODEL_MAX_MEMS];
	uint64_t preload_bytes[RISER_MODEL_MAX_MEMS];
	uint64_t preload_hash[RISER_MODEL_MAX_MEMS];
	struct riser_stall stall_rx[RISER_NR_CLASSES];
	struct riser_stall stall_tx[RISER_NR_CLASSES];
};

enum riser_rec_kind {
	RISER_REC_TLP = 0,
	RISER_REC_SIDEBAND,
	RISER_REC_SITE,
	RISER_REC_NOTE,
	RISER_REC_FINDING,
	RISER_REC_END,
};

/**
 * struct riser_rec_end - the last record of a complete log
 * @tx_hash: over cycle, length and bytes of every TLP of the card
 * @model_ended: the model ended itself ($finish, $stop, $fatal, assertion)
 */
struct riser_rec_end {
	uint64_t cycle;
	uint64_t nr_to_card;
	uint64_t nr_to_host;
	uint64_t tx_hash;
	bool model_ended;
};

/**
 * struct riser_rec - one record; pointers live until the next one is read
 * @cycle: of the event, in every kind
 * @seq: TLPs before it
 * @tlp: .tlp and .names are NULL, .bridge_ns is 0
 */
struct riser_rec {
	enum riser_rec_kind kind;
	uint64_t cycle;
	uint64_t seq;
	union {
		struct riser_tlp_event tlp;
		uint32_t levels;
		struct riser_site site;
		struct riser_note note;
		struct riser_finding finding;
		struct riser_rec_end end;
	};
};

struct riser_rec_log;

/**
 * riser_rec_open() - opens a log and reads its head
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0; -errno of the file system; -EBADMSG when it is no log, or damaged
 * at its very beginning; -EPROTONOSUPPORT for another version of the format.
 */
RISER_API int riser_rec_open(const char *path, struct riser_rec_log **log,
			     char *error);
RISER_API const struct riser_rec_facts *
riser_rec_facts(const struct riser_rec_log *log);
/**
 * riser_rec_next() - the next record
 *
 * Returns 1; 0 behind the end of a complete log; -ENODATA when the log ends
 * without its last record (its writer was killed, or the disk was full);
 * -EBADMSG when it is damaged here. The latter two come with a sentence in
 * riser_rec_trouble(); all records before were whole.
 */
RISER_API int riser_rec_next(struct riser_rec_log *log, struct riser_rec *rec);
/**
 * riser_rec_seek() - goes on at a position, at or behind the current one
 *
 * Blocks between are not unpacked, apart from call sites: the time it takes is
 * that of one read for each of them. Returns 0; -EINVAL when the position is of
 * another log; -errno as riser_rec_next(), and then that is what it returns.
 */
RISER_API int riser_rec_seek(struct riser_rec_log *log,
			     const struct riser_rec_position *position);
/* The same to the beginning of the block that holds the TLP @seq. */
RISER_API int riser_rec_seek_seq(struct riser_rec_log *log, uint64_t seq);
/* The same to the block that holds the first record of @cycle or later. */
RISER_API int riser_rec_seek_cycle(struct riser_rec_log *log, uint64_t cycle);
/* From here on only findings, what is near them, and the log's last block. */
RISER_API void riser_rec_only_findings(struct riser_rec_log *log);
RISER_API const char *riser_rec_trouble(const struct riser_rec_log *log);
RISER_API void riser_rec_close(struct riser_rec_log *log);

/* 64-bit hash (XXH64) of memory. */
RISER_API uint64_t riser_hash64(const void *data, uint64_t bytes,
				uint64_t seed);
/* riser_hash64() of a file's contents, and its size; 0 or -errno. */
RISER_API int riser_hash64_file(const char *path, uint64_t *hash,
				uint64_t *bytes);
/* The hash of a run, one TLP of the card further. */
RISER_API uint64_t riser_rec_tx_hash(uint64_t before, uint64_t cycle,
				     const uint8_t *bytes, uint32_t len);

#ifdef __cplusplus
}
#endif

#endif /* RISER_RECORD_H */
