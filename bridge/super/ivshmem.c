// SPDX-License-Identifier: Apache-2.0
/*
 * The server's side of QEMU's ivshmem protocol, for one client and one bridge:
 * version, the client's number, the memory, then the doorbells of the bridge
 * and of the client. A message is one little-endian 64-bit number with at most
 * one file descriptor.
 */
#include "super.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define IVSHMEM_PROTOCOL_VERSION	0
#define IVSHMEM_MEMORY			(-1)

static int send_message(int sock_fd, int64_t number, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	int64_t wire = (int64_t)htole64((uint64_t)number);
	struct iovec iov = { .iov_base = &wire, .iov_len = sizeof(wire) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	ssize_t n;

	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	}
	do {
		n = sendmsg(sock_fd, &msg, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(wire) ? 0 : -EIO;
}

int riser_ivshmem_serve(int sock_fd, const struct riser_block *block)
{
	const struct {
		int64_t number;
		int fd;
	} messages[] = {
		{ IVSHMEM_PROTOCOL_VERSION, -1 },
		{ RISER_IVSHMEM_GUEST, -1 },
		{ IVSHMEM_MEMORY, block->shm_fd },
		{ RISER_IVSHMEM_BRIDGE, block->bridge_kick_fd },
		{ RISER_IVSHMEM_GUEST, block->guest_kick_fd },
	};
	size_t i;
	int ret;

	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		ret = send_message(sock_fd, messages[i].number, messages[i].fd);
		if (ret)
			return ret;
	}
	return 0;
}
