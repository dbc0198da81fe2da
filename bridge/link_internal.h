/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine and the links know of each other. */
#ifndef RISER_BRIDGE_LINK_INTERNAL_H
#define RISER_BRIDGE_LINK_INTERNAL_H

#include <riser/link.h>

#include "../kernel/uapi/pciem.h"

/**
 * struct riser_link_ops - how the two sides wake each other
 * @kick: the kernel looks at the bridge's words and the up ring; 0 or -errno
 * @wait: sleeps until the kernel kicks, a signal comes or @timeout_ns passed;
 *	0 for any of these (the caller looks at the rings), or -errno
 * @poll: optional: the kernel is played in the engine's own thread, before each
 *	step; returns the cycles after which it has something to do again. Then
 *	nothing depends on time
 */
struct riser_link_ops {
	int (*kick)(struct riser_link *link);
	int (*wait)(struct riser_link *link, uint64_t timeout_ns);
	void (*close)(struct riser_link *link);
	uint64_t (*poll)(struct riser_link *link, uint64_t cycle);
};

/**
 * struct riser_link - a link's memory
 * @hdr: copy of the block's header, validated
 * @ctx: of @ops
 * @is_local: the kernel that this process runs on is at the other end
 * @fd: device node or shared memory
 */
struct riser_link {
	const struct riser_link_ops *ops;
	struct pciem_hdr hdr;
	uint8_t *base;
	size_t bytes;
	const struct pciem_kernel_words *kernel;
	struct pciem_bridge_words *bridge;
	const uint8_t *down;
	uint8_t *up;
	void *ctx;
	int is_local;
	int fd;
	int kick_fd;
	int kicked_fd;
};

/* Copies and validates the header of a mapped block, sets all pointers. */
int riser_link_adopt(struct riser_link *link, char *error);
/* Writes a header for a block of @bytes. */
void riser_link_fill_header(struct pciem_hdr *hdr,
			    const struct riser_link_options *options,
			    size_t bytes);
size_t riser_link_block_bytes(const struct riser_link_options *options);
void riser_link_free(struct riser_link *link);
struct riser_link *riser_link_alloc(const struct riser_link_ops *ops);

/* kick and wait by eventfd, for the links that have two of them. */
int riser_link_eventfd_kick(struct riser_link *link);
int riser_link_eventfd_wait(struct riser_link *link, uint64_t timeout_ns);

#endif /* RISER_BRIDGE_LINK_INTERNAL_H */
