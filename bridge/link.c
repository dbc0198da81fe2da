// SPDX-License-Identifier: Apache-2.0
/*
 * What all links share: the block's layout, and kicks by eventfd.
 */
#define _GNU_SOURCE
#include "link_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_RING_BYTES (1U << 20)

_Static_assert(sizeof(struct pciem_hdr) <= PCIEM_PAGE_BYTES, "header page");
_Static_assert(sizeof(struct pciem_rec) == 32, "record header");
_Static_assert(sizeof(struct pciem_caller) == 32, "caller");
_Static_assert(sizeof(struct pciem_site) == 72, "site");

static uint32_t ring_bytes(uint32_t asked)
{
	return asked ? asked : DEFAULT_RING_BYTES;
}

size_t riser_link_block_bytes(const struct riser_link_options *options)
{
	return 3 * PCIEM_PAGE_BYTES + (size_t)ring_bytes(options->down_bytes) +
	       ring_bytes(options->up_bytes) + options->dma_bytes;
}

void riser_link_fill_header(struct pciem_hdr *hdr,
			    const struct riser_link_options *options,
			    size_t bytes)
{
	memset(hdr, 0, sizeof(*hdr));
	hdr->magic = PCIEM_MAGIC;
	hdr->abi = PCIEM_ABI;
	hdr->hdr_bytes = sizeof(*hdr);
	hdr->total_bytes = bytes;
	hdr->kernel_off = PCIEM_PAGE_BYTES;
	hdr->bridge_off = 2 * PCIEM_PAGE_BYTES;
	hdr->down_off = 3 * PCIEM_PAGE_BYTES;
	hdr->down_bytes = ring_bytes(options->down_bytes);
	hdr->up_off = hdr->down_off + hdr->down_bytes;
	hdr->up_bytes = ring_bytes(options->up_bytes);
	hdr->dma_bytes = options->dma_bytes;
	if (hdr->dma_bytes)
		hdr->dma_off = hdr->up_off + hdr->up_bytes;
	hdr->deadline_atomic_ms = options->deadline_atomic_ms;
	hdr->deadline_sleep_ms = options->deadline_sleep_ms;
	hdr->expiries_to_link_down = options->expiries_to_link_down;
	if (options->name)
		strncpy(hdr->name, options->name, sizeof(hdr->name) - 1);
}

static bool range_fits(const struct pciem_hdr *hdr, uint64_t off,
		       uint64_t bytes)
{
	uint64_t end;

	return off % PCIEM_PAGE_BYTES == 0 && off >= PCIEM_PAGE_BYTES &&
	       !__builtin_add_overflow(off, bytes, &end) &&
	       end <= hdr->total_bytes;
}

static bool ring_fits(const struct pciem_hdr *hdr, uint64_t off, uint32_t bytes)
{
	return bytes >= PCIEM_RING_MIN_BYTES && bytes <= PCIEM_RING_MAX_BYTES &&
	       !(bytes & (bytes - 1)) && range_fits(hdr, off, bytes);
}

static bool slots_fit(const struct pciem_hdr *hdr)
{
	if (!hdr->dma_bytes)
		return !hdr->dma_off;
	return hdr->dma_bytes >= PCIEM_SLOTS_MIN_BYTES &&
	       hdr->dma_bytes <= PCIEM_SLOTS_MAX_BYTES &&
	       hdr->dma_bytes % PCIEM_PAGE_BYTES == 0 &&
	       range_fits(hdr, hdr->dma_off, hdr->dma_bytes);
}

int riser_link_adopt(struct riser_link *link, char *error)
{
	struct pciem_hdr *hdr = &link->hdr;

	memcpy(hdr, link->base, sizeof(*hdr));
	hdr->name[sizeof(hdr->name) - 1] = '\0';
	if (hdr->magic != PCIEM_MAGIC) {
		snprintf(error, RISER_ERROR_BYTES,
			 "the shared memory holds no riser rings (magic 0x%llx)",
			 (unsigned long long)hdr->magic);
		return -EINVAL;
	}
	if (hdr->abi != PCIEM_ABI || hdr->hdr_bytes != sizeof(*hdr)) {
		snprintf(error, RISER_ERROR_BYTES,
			 "the rings have ABI %u with a header of %u bytes, this riser speaks ABI %u with %zu: use kernel module and bridge of one version",
			 hdr->abi, hdr->hdr_bytes, PCIEM_ABI, sizeof(*hdr));
		return -EPROTONOSUPPORT;
	}
	if (hdr->total_bytes > link->bytes ||
	    !range_fits(hdr, hdr->kernel_off, PCIEM_PAGE_BYTES) ||
	    !range_fits(hdr, hdr->bridge_off, PCIEM_PAGE_BYTES) ||
	    !ring_fits(hdr, hdr->down_off, hdr->down_bytes) ||
	    !ring_fits(hdr, hdr->up_off, hdr->up_bytes) || !slots_fit(hdr)) {
		snprintf(error, RISER_ERROR_BYTES,
			 "the header of the rings names places outside of the %zu bytes of shared memory",
			 link->bytes);
		return -EINVAL;
	}
	link->kernel = (const void *)(link->base + hdr->kernel_off);
	link->bridge = (void *)(link->base + hdr->bridge_off);
	link->down = link->base + hdr->down_off;
	link->up = link->base + hdr->up_off;
	return 0;
}

struct riser_link *riser_link_alloc(const struct riser_link_ops *ops)
{
	struct riser_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->ops = ops;
	link->fd = -1;
	link->kick_fd = -1;
	link->kicked_fd = -1;
	return link;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void riser_link_free(struct riser_link *link)
{
	if (link->base)
		munmap(link->base, link->bytes);
	close_fd(link->fd);
	close_fd(link->kick_fd);
	close_fd(link->kicked_fd);
	free(link);
}

const char *riser_link_name(const struct riser_link *link)
{
	return link->hdr.name;
}

void riser_link_close(struct riser_link *link)
{
	if (link)
		link->ops->close(link);
}

int riser_link_eventfd_kick(struct riser_link *link)
{
	const uint64_t one = 1;

	/* EAGAIN: the counter is full, so a kick is pending anyway */
	if (write(link->kick_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		return -errno;
	return 0;
}

int riser_link_eventfd_wait(struct riser_link *link, uint64_t timeout_ns)
{
	struct pollfd fds = { .fd = link->kicked_fd, .events = POLLIN };
	struct timespec timeout = {
		.tv_sec = (time_t)(timeout_ns / 1000000000),
		.tv_nsec = (long)(timeout_ns % 1000000000),
	};
	uint64_t count;
	int n;

	n = ppoll(&fds, 1, &timeout, NULL);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (n > 0 && read(link->kicked_fd, &count, sizeof(count)) < 0 &&
	    errno != EAGAIN)
		return -errno;
	return 0;
}
