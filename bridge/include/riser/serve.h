/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model ABI over a socket (docs/model-socket.md): how a simulator in a
 * process of its own serves a bridge.
 */
#ifndef RISER_SERVE_H
#define RISER_SERVE_H

#include <riser/api.h>
#include <riser/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * riser_model_serve() - answer one bridge until it goes away
 * @fd: connected stream socket of the Unix domain (memories come as descriptors)
 * @ops: of the model that this process simulates
 *
 * Makes at most one instance. Whatever the peer sends is checked before it is
 * used. Returns 0 when the peer closed the socket between two calls, -EPROTO
 * for a peer that breaks the protocol, -errno of the socket. The caller keeps
 * @fd. One thread.
 */
RISER_API int riser_model_serve(int fd, const struct riser_model_ops *ops);

#ifdef __cplusplus
}
#endif

#endif /* RISER_SERVE_H */
