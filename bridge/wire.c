// SPDX-License-Identifier: Apache-2.0
/* Frames of the model ABI on a stream socket: sending and receiving whole ones. */
#define _GNU_SOURCE
#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_PARTS 4

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void attach(struct msghdr *msg, union control *control, int fd)
{
	struct cmsghdr *cmsg;

	memset(control, 0, sizeof(*control));
	msg->msg_control = control->bytes;
	msg->msg_controllen = sizeof(control->bytes);
	cmsg = CMSG_FIRSTHDR(msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
}

/* What was sent is taken off the front. */
static void advance(struct msghdr *msg, size_t n)
{
	while (n && msg->msg_iovlen) {
		if (n < msg->msg_iov->iov_len) {
			msg->msg_iov->iov_base = (char *)msg->msg_iov->iov_base + n;
			msg->msg_iov->iov_len -= n;
			return;
		}
		n -= msg->msg_iov->iov_len;
		msg->msg_iov++;
		msg->msg_iovlen--;
	}
}

int riser_wire_send(int sock, const struct riser_wire_hdr *hdr,
		    const struct riser_wire_part *part, size_t nr, int fd)
{
	struct riser_wire_hdr out = *hdr;
	struct iovec iov[MAX_PARTS + 1] = { { &out, sizeof(out) } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 1 + nr };
	union control control;
	size_t i, left = sizeof(out);
	ssize_t n;

	if (nr > MAX_PARTS)
		return -EINVAL;
	out.magic = RISER_WIRE_MAGIC;
	out.len = 0;
	for (i = 0; i < nr; i++) {
		iov[i + 1] = (struct iovec){ (void *)(uintptr_t)part[i].data, part[i].len };
		left += part[i].len;
	}
	if (left - sizeof(out) > RISER_WIRE_MAX_BYTES)
		return -EMSGSIZE;
	out.len = (uint32_t)(left - sizeof(out));
	if (fd >= 0)
		attach(&msg, &control, fd);
	while (left) {
		n = sendmsg(sock, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == ECONNRESET ? -EPIPE : -errno;
		left -= (size_t)n;
		advance(&msg, (size_t)n);
		msg.msg_control = NULL;
		msg.msg_controllen = 0;
	}
	return 0;
}

static void take_descriptor(struct msghdr *msg, struct riser_wire_in *in)
{
	struct cmsghdr *cmsg;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		if (in->fd >= 0)
			close(in->fd);
		memcpy(&in->fd, CMSG_DATA(cmsg), sizeof(in->fd));
	}
}

static int receive_all(int sock, void *to, size_t bytes, struct riser_wire_in *in)
{
	union control control;
	size_t done = 0;
	ssize_t n;

	while (done < bytes) {
		struct iovec iov = { (char *)to + done, bytes - done };
		struct msghdr msg = {
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control.bytes,
			.msg_controllen = sizeof(control.bytes),
		};

		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == ECONNRESET ? -EPIPE : -errno;
		if (!n)
			return -EPIPE;
		take_descriptor(&msg, in);
		done += (size_t)n;
	}
	return 0;
}

static int make_room(struct riser_wire_in *in, size_t bytes)
{
	uint8_t *body;

	if (bytes <= in->room)
		return 0;
	body = realloc(in->body, bytes);
	if (!body)
		return -ENOMEM;
	in->body = body;
	in->room = bytes;
	return 0;
}

int riser_wire_receive(int sock, struct riser_wire_in *in)
{
	int ret;

	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
	ret = receive_all(sock, &in->hdr, sizeof(in->hdr), in);
	if (ret)
		return ret;
	if (in->hdr.magic != RISER_WIRE_MAGIC || in->hdr.len > RISER_WIRE_MAX_BYTES)
		return -EPROTO;
	ret = make_room(in, (size_t)in->hdr.len + 1);
	if (ret)
		return ret;
	in->body[in->hdr.len] = 0;
	return receive_all(sock, in->body, in->hdr.len, in);
}

void riser_wire_free(struct riser_wire_in *in)
{
	if (in->fd >= 0)
		close(in->fd);
	free(in->body);
	*in = (struct riser_wire_in){ .fd = -1 };
}

const char *riser_wire_string(const struct riser_wire_in *in, size_t *at)
{
	const char *start = (const char *)in->body + *at;
	const char *end;

	if (*at >= in->hdr.len)
		return NULL;
	end = memchr(start, 0, in->hdr.len - *at);
	if (!end)
		return NULL;
	*at += (size_t)(end - start) + 1;
	return start;
}
