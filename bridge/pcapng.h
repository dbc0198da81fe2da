/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The capture of a run: docs/pcapng.md. Written by a thread of its own; the
 * engine only copies each TLP into memory.
 */
#ifndef RISER_BRIDGE_PCAPNG_H
#define RISER_BRIDGE_PCAPNG_H

#include <riser/observe.h>

struct riser_pcapng;

/* Creates @path (which must not exist, mode 0600). 0 or -errno and a sentence. */
int riser_pcapng_open(const char *path, struct riser_pcapng **pcapng,
		      char *error);
/* Returns once everything so far has gone to the file. */
void riser_pcapng_flush(struct riser_pcapng *pcapng);
/* Writes what is left and closes; NULL is fine. */
void riser_pcapng_close(struct riser_pcapng *pcapng);
/* The first error of writing, 0 if none: the rest of the capture is missing. */
int riser_pcapng_error(const struct riser_pcapng *pcapng);
/* For tests: what follows goes to @path, which exists. 0 or -errno. */
int riser_pcapng_redirect(struct riser_pcapng *pcapng, const char *path);

extern const struct riser_observer_ops riser_pcapng_observer;

#endif /* RISER_BRIDGE_PCAPNG_H */
