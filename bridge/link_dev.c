// SPDX-License-Identifier: Apache-2.0
/*
 * Local mode: the rings are pages of the running kernel, behind its device
 * node. The kick is a call that drains the up ring; the sleep is the same call.
 */
#define _GNU_SOURCE
#include "link_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define DEFAULT_NODE "/dev/pciem"

static int dev_enter(struct riser_link *link, uint32_t flags,
		     uint64_t timeout_ns)
{
	struct pciem_enter enter = { .flags = flags, .timeout_ns = timeout_ns };

	if (ioctl(link->fd, PCIEM_IOC_ENTER, &enter) < 0) {
		if (errno == EINTR || errno == ETIME || errno == ETIMEDOUT ||
		    errno == EAGAIN)
			return 0;
		return -errno;
	}
	return 0;
}

static int dev_kick(struct riser_link *link)
{
	return dev_enter(link, 0, 0);
}

static int dev_wait(struct riser_link *link, uint64_t timeout_ns)
{
	return dev_enter(link, PCIEM_ENTER_WAIT, timeout_ns);
}

static const struct riser_link_ops dev_ops = {
	.kick = dev_kick,
	.wait = dev_wait,
	.close = riser_link_free,
};

static int open_node(const char *path, char *error)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int code = errno;

	if (fd >= 0)
		return fd;
	switch (code) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		snprintf(error, RISER_ERROR_BYTES,
			 "%s does not exist: load the kernel module first (modprobe pciem)",
			 path);
		break;
	case EACCES:
	case EPERM:
		snprintf(error, RISER_ERROR_BYTES,
			 "no permission for %s: a link needs CAP_SYS_ADMIN (run as root)",
			 path);
		break;
	case EBUSY:
		snprintf(error, RISER_ERROR_BYTES,
			 "%s is in use: end the other bridge first (fuser %s)",
			 path, path);
		break;
	default:
		snprintf(error, RISER_ERROR_BYTES, "cannot open %s: %s", path,
			 strerror(code));
		break;
	}
	return -code;
}

static int check_api(int fd, const char *path, char *error)
{
	struct pciem_api api = { 0 };
	int code;

	if (ioctl(fd, PCIEM_IOC_GET_API, &api) < 0) {
		code = errno;
		snprintf(error, RISER_ERROR_BYTES,
			 "%s is no device of the pciem module: %s", path,
			 strerror(code));
		return -code;
	}
	if (api.abi == PCIEM_ABI)
		return 0;
	snprintf(error, RISER_ERROR_BYTES,
		 "the loaded pciem module speaks ABI %u, this riser ABI %u: use both of one version",
		 api.abi, PCIEM_ABI);
	return -EPROTONOSUPPORT;
}

/*
 * All of the block read-only, and on top of it what the bridge writes: the
 * kernel lets nobody write its own words and the down ring.
 */
static void *map_block(int fd, size_t bytes)
{
	const struct pciem_hdr *hdr;
	uint64_t off;
	void *base;

	base = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return base;
	hdr = base;
	off = hdr->bridge_off;
	if (off >= bytes || mmap((uint8_t *)base + off, bytes - off,
				 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
				 fd, (off_t)off) == MAP_FAILED) {
		int code = off < bytes ? errno : EPROTO;

		munmap(base, bytes);
		errno = code;
		return MAP_FAILED;
	}
	return base;
}

static int create_link(struct riser_link *link,
		       const struct riser_link_options *options, char *error)
{
	struct pciem_create create = {
		.size = sizeof(create),
		.deadline_atomic_ms = options->deadline_atomic_ms,
		.deadline_sleep_ms = options->deadline_sleep_ms,
		.expiries_to_link_down = options->expiries_to_link_down,
		.kick_fd = -1,
	};
	struct pciem_hdr defaults;
	void *base;
	int code;

	riser_link_fill_header(&defaults, options,
			       riser_link_block_bytes(options));
	create.down_bytes = defaults.down_bytes;
	create.up_bytes = defaults.up_bytes;
	memcpy(create.name, defaults.name, sizeof(create.name));
	if (ioctl(link->fd, PCIEM_IOC_CREATE, &create) < 0) {
		code = errno;
		snprintf(error, RISER_ERROR_BYTES,
			 code == EPERM ?
			 "the kernel refuses to make a link (%s): CAP_SYS_ADMIN in the initial namespace is needed" :
			 "the kernel cannot make a link (%s): see dmesg",
			 strerror(code));
		return -code;
	}
	base = map_block(link->fd, create.total_bytes);
	if (base == MAP_FAILED) {
		code = errno;
		snprintf(error, RISER_ERROR_BYTES,
			 "cannot map the kernel's rings: %s", strerror(code));
		return -code;
	}
	link->base = base;
	link->bytes = create.total_bytes;
	return riser_link_adopt(link, error);
}

int riser_link_open_dev(const char *path,
			const struct riser_link_options *options,
			struct riser_link **out, char *error)
{
	static const struct riser_link_options defaults;
	struct riser_link *link;
	int ret;

	if (!path)
		path = DEFAULT_NODE;
	if (!options)
		options = &defaults;
	link = riser_link_alloc(&dev_ops);
	if (!link) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return -ENOMEM;
	}
	link->is_local = 1;
	ret = open_node(path, error);
	if (ret < 0)
		goto out_free;
	link->fd = ret;
	ret = check_api(link->fd, path, error);
	if (!ret)
		ret = create_link(link, options, error);
	if (ret)
		goto out_free;
	*out = link;
	return 0;

out_free:
	riser_link_free(link);
	return ret;
}
