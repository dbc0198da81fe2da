/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link: where the rings live and how the two sides wake each other.
 *
 *	dev	the running kernel's /dev/pciem
 *	shm	shared memory and two eventfds lent by a supervisor
 *	mem	memory of this process, with the far side in the caller's hands
 *
 * The rings are the same in all of them. A link is used by one thread.
 */
#ifndef RISER_LINK_H
#define RISER_LINK_H

#include <stddef.h>
#include <stdint.h>

#include <riser/api.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_ERROR_BYTES 512

struct riser_link;

/**
 * struct riser_link_options - what a link is made of
 *
 * 0 selects a default everywhere. Sizes of rings are powers of two.
 */
struct riser_link_options {
	const char *name;
	uint32_t down_bytes;
	uint32_t up_bytes;
	uint32_t deadline_atomic_ms;
	uint32_t deadline_sleep_ms;
	uint32_t expiries_to_link_down;
	uint64_t dma_bytes;	/* area of DMA slots, whole pages (riser_link_open_mem()) */
};

/**
 * riser_link_open_dev() - a link to the running kernel
 * @path: device node, NULL for /dev/pciem
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0 or -errno. The link owns the open file; closing it is a surprise
 * removal.
 */
RISER_API int riser_link_open_dev(const char *path,
				  const struct riser_link_options *options,
				  struct riser_link **link, char *error);

/**
 * riser_link_open_shm() - a link over shared memory
 * @shm_fd: the block, with a header written by its creator
 * @kick_fd: eventfd to write in order to wake the kernel
 * @kicked_fd: eventfd that the kernel's kick makes readable
 *
 * The descriptors are duplicated: the caller's stay its own. Returns 0 or
 * -errno, with one sentence in @error; -EBUSY when another process serves the
 * block (a POSIX record lock says so, which ends with that process, and also
 * when the caller closes its @shm_fd before the link).
 */
RISER_API int riser_link_open_shm(int shm_fd, int kick_fd, int kicked_fd,
				  struct riser_link **link, char *error);

/**
 * riser_link_open_mem() - a link inside of this process
 * @base: out: the block, for the far side; owned by the link
 * @kernel_fd: out: eventfd that becomes readable on the bridge's kick
 * @bridge_fd: out: eventfd with which the far side kicks the bridge
 */
RISER_API int riser_link_open_mem(const struct riser_link_options *options,
				  struct riser_link **link, void **base,
				  int *kernel_fd, int *bridge_fd);

/* The card's name from the block's header. */
RISER_API const char *riser_link_name(const struct riser_link *link);

RISER_API void riser_link_close(struct riser_link *link);

#ifdef __cplusplus
}
#endif

#endif /* RISER_LINK_H */
