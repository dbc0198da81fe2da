/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading a model.so and making one instance of it with its backing stores.
 */
#ifndef RISER_LOADER_H
#define RISER_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct riser_card_options - how to make an instance
 * @plusargs: @nr_plusargs strings with their leading '+'; borrowed for the call
 * @preload: file for each memory of the model, copied to its start; may be NULL
 * @track_writes: riser_card.dirty is wanted, where the model can keep it
 * @message: lines that the design prints; may be NULL
 * @dir: of the files that the design reads, as in riser_model_params
 */
struct riser_card_options {
	const char *const *plusargs;
	uint32_t nr_plusargs;
	uint32_t x_init;
	uint64_t seed;
	const char *preload[RISER_MODEL_MAX_MEMS];
	bool track_writes;
	void (*message)(void *ctx, enum riser_severity severity,
			const char *file, int line, const char *text);
	void *ctx;
	const char *dir;
};

/**
 * struct riser_card - a loaded model and one instance of it
 * @ops: of the model
 * @info: of the model
 * @model: the instance
 * @mem: its backing stores
 * @dirty: as in riser_model_params; NULL where writes are not tracked
 * @mem_fd: descriptors of those that another process sees too
 * @remote: its simulator, when that is a process of its own
 */
struct riser_remote;

struct riser_card {
	void *handle;
	struct riser_remote *remote;
	const struct riser_model_ops *ops;
	const struct riser_model_info *info;
	struct riser_model *model;
	void *mem[RISER_MODEL_MAX_MEMS];
	size_t mem_bytes[RISER_MODEL_MAX_MEMS];
	uint8_t *dirty[RISER_MODEL_MAX_MEMS];
	size_t dirty_bytes[RISER_MODEL_MAX_MEMS];
	int mem_fd[RISER_MODEL_MAX_MEMS];
};

/**
 * riser_card_load() - opens a model.so and checks its ABI
 * @path: a shared object, or the Unix socket of a simulator that runs already
 * @error: RISER_ERROR_BYTES (link.h); one sentence on failure
 *
 * Returns 0; -ENOENT no such file, -ENOEXEC no shared object or no model,
 * -EPROTONOSUPPORT another ABI, -EINVAL impossible facts.
 */
RISER_API int riser_card_load(struct riser_card *card, const char *path,
			      char *error);
/**
 * riser_preload_file() - the file of NAME=FILE, or of FILE alone
 * @name_len: length of NAME; 0 where there is none
 *
 * A name has no '/', so ./a=b is a file. Return: a part of @word.
 */
RISER_API const char *riser_preload_file(const char *word, size_t *name_len);
/**
 * riser_preload_place() - notes what a memory of the model begins with
 * @word: NAME=FILE, or FILE for the first memory
 * @files: RISER_MODEL_MAX_MEMS, as riser_card_options.preload; borrows from @word
 *
 * Return: 0, or -EINVAL and a sentence in @error (RISER_ERROR_BYTES): no memory
 * is called so.
 */
RISER_API int riser_preload_place(const struct riser_model_info *info, const char *word,
				  const char **files, char *error);
/* Makes the instance. 0 or -errno with one sentence in @error. */
RISER_API int riser_card_create(struct riser_card *card,
				const struct riser_card_options *options,
				char *error);
/* Undoes whatever of the two was done. */
RISER_API void riser_card_unload(struct riser_card *card);

/**
 * riser_card_trace_open() - the model's trace_open(), for a file that nobody but
 * its owner can read: a waveform holds what the driver's memory held (H59)
 *
 * The process's file mode mask is changed for the time of the call. Return: as
 * trace_open(); -ENOTSUP when the model has none.
 */
RISER_API int riser_card_trace_open(const struct riser_model_ops *ops, struct riser_model *model,
				    const char *path, const char *scopes);

#ifdef __cplusplus
}
#endif

#endif /* RISER_LOADER_H */
