// SPDX-License-Identifier: Apache-2.0
/*
 * A link inside of one process: the far side is a thread that works on the same
 * memory. Tests and benches use it.
 */
#define _GNU_SOURCE
#include "link_internal.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

static const struct riser_link_ops mem_ops = {
	.kick = riser_link_eventfd_kick,
	.wait = riser_link_eventfd_wait,
	.close = riser_link_free,
};

int riser_link_open_mem(const struct riser_link_options *options,
			struct riser_link **out, void **base, int *kernel_fd,
			int *bridge_fd)
{
	static const struct riser_link_options defaults;
	char error[RISER_ERROR_BYTES];
	struct riser_link *link;
	void *memory;
	int ret = -ENOMEM;

	if (!options)
		options = &defaults;
	link = riser_link_alloc(&mem_ops);
	if (!link)
		return -ENOMEM;
	link->bytes = riser_link_block_bytes(options);
	memory = mmap(NULL, link->bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		goto out_free;
	link->base = memory;
	link->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	link->kicked_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (link->kick_fd < 0 || link->kicked_fd < 0) {
		ret = -errno;
		goto out_free;
	}
	riser_link_fill_header(memory, options, link->bytes);
	ret = riser_link_adopt(link, error);
	if (ret)
		goto out_free;
	*out = link;
	*base = memory;
	*kernel_fd = link->kick_fd;
	*bridge_fd = link->kicked_fd;
	return 0;

out_free:
	riser_link_free(link);
	return ret;
}
