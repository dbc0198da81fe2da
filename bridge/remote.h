/* SPDX-License-Identifier: Apache-2.0 */
/* A model in a process of its own, seen as any other model. */
#ifndef RISER_REMOTE_H
#define RISER_REMOTE_H

#include <stdint.h>

#include <riser/model.h>

struct riser_remote;

/*
 * Start a process that simulates the model.so @path and ask it for its facts.
 * 0 or -errno, with one sentence of RISER_ERROR_BYTES in @error.
 */
int riser_remote_spawn(const char *path, struct riser_remote **remote, char *error);
/* The same with a simulator that listens on the Unix socket @path. */
int riser_remote_connect(const char *path, struct riser_remote **remote, char *error);
/* Ends the process. */
void riser_remote_free(struct riser_remote *remote);

const struct riser_model_info *riser_remote_info(const struct riser_remote *remote);
/* Operations of riser_remote_create()'s model; info() and create() are not among them. */
const struct riser_model_ops *riser_remote_ops(const struct riser_remote *remote);
/*
 * Make the instance. @mem_fd: a descriptor for each of the model's memories,
 * borrowed for the call. The model lives as long as @remote.
 */
int riser_remote_create(struct riser_remote *remote, const struct riser_model_params *params,
			const int *mem_fd, struct riser_model **model);

#endif /* RISER_REMOTE_H */
