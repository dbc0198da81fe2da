// SPDX-License-Identifier: Apache-2.0
/*
 * Split mode: the rings live in shared memory that a supervisor owns and lends,
 * together with one eventfd for each direction.
 */
#define _GNU_SOURCE
#include "link_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const struct riser_link_ops shm_ops = {
	.kick = riser_link_eventfd_kick,
	.wait = riser_link_eventfd_wait,
	.close = riser_link_free,
};

static int take_fd(int fd, int *copy, const char *what, char *error)
{
	int code;

	*copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (*copy >= 0)
		return 0;
	code = errno;
	snprintf(error, RISER_ERROR_BYTES, "the %s (descriptor %d) is unusable: %s",
		 what, fd, strerror(code));
	return -code;
}

static int set_nonblocking(int fd, char *error)
{
	int flags = fcntl(fd, F_GETFL);
	int code;

	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) >= 0)
		return 0;
	code = errno;
	snprintf(error, RISER_ERROR_BYTES, "a doorbell is unusable: %s",
		 strerror(code));
	return -code;
}

/*
 * One bridge at a time: two would both take from one ring. The lock belongs to
 * the process, so that descriptors lent to a child carry none of it, and the
 * operating system ends it however the process dies.
 */
static int claim_block(int fd, char *error)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int code;

	if (!fcntl(fd, F_SETLK, &lock))
		return 0;
	code = errno;
	if (code != EACCES && code != EAGAIN) {
		snprintf(error, RISER_ERROR_BYTES,
			 "cannot lock the shared memory: %s", strerror(code));
		return -code;
	}
	lock.l_type = F_WRLCK;
	if (fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		lock.l_pid = 0;
	snprintf(error, RISER_ERROR_BYTES,
		 "the link is busy: process %ld serves it; end that bridge first",
		 (long)lock.l_pid);
	return -EBUSY;
}

static int map_block(struct riser_link *link, char *error)
{
	struct stat st;
	void *base;
	int code;

	if (fstat(link->fd, &st) < 0) {
		code = errno;
		snprintf(error, RISER_ERROR_BYTES,
			 "the shared memory cannot be examined: %s",
			 strerror(code));
		return -code;
	}
	if (st.st_size < 3 * PCIEM_PAGE_BYTES) {
		snprintf(error, RISER_ERROR_BYTES,
			 "the shared memory has %lld bytes, too few for any ring",
			 (long long)st.st_size);
		return -EINVAL;
	}
	base = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		    MAP_SHARED, link->fd, 0);
	if (base == MAP_FAILED) {
		code = errno;
		snprintf(error, RISER_ERROR_BYTES,
			 "cannot map the shared memory: %s", strerror(code));
		return -code;
	}
	link->base = base;
	link->bytes = (size_t)st.st_size;
	return riser_link_adopt(link, error);
}

int riser_link_open_shm(int shm_fd, int kick_fd, int kicked_fd,
			struct riser_link **out, char *error)
{
	struct riser_link *link = riser_link_alloc(&shm_ops);
	int ret;

	if (!link) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return -ENOMEM;
	}
	ret = take_fd(shm_fd, &link->fd, "shared memory", error);
	if (!ret)
		ret = take_fd(kick_fd, &link->kick_fd, "doorbell of the kernel",
			      error);
	if (!ret)
		ret = take_fd(kicked_fd, &link->kicked_fd,
			      "doorbell of the bridge", error);
	if (!ret)
		ret = set_nonblocking(link->kick_fd, error);
	if (!ret)
		ret = set_nonblocking(link->kicked_fd, error);
	if (!ret)
		ret = claim_block(link->fd, error);
	if (!ret)
		ret = map_block(link, error);
	if (ret) {
		riser_link_free(link);
		return ret;
	}
	*out = link;
	return 0;
}
