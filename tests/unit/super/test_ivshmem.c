// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "support.h"

/* One message as QEMU reads it. */
static int64_t receive(int sock, int *fd)
{
	char control[CMSG_SPACE(sizeof(int))];
	int64_t number = -99;
	struct iovec iov = { &number, sizeof(number) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg;

	*fd = -1;
	assert_int_equal(recvmsg(sock, &msg, MSG_DONTWAIT), sizeof(number));
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg)
		memcpy(fd, CMSG_DATA(cmsg), sizeof(int));
	return number;
}

static void test_ivshmem_tells_version_id_memory_and_doorbells(void **state)
{
	struct riser_block_config config = { .name = "x" };
	struct riser_block block;
	struct stat ours, theirs;
	uint64_t count = 0, one = 1;
	int sock[2], fd;

	(void)state;
	assert_int_equal(riser_block_create(&block, &config), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sock), 0);

	assert_int_equal(riser_ivshmem_serve(sock[0], &block), 0);

	assert_int_equal(receive(sock[1], &fd), 0);
	assert_int_equal(fd, -1);
	assert_int_equal(receive(sock[1], &fd), RISER_IVSHMEM_GUEST);
	assert_int_equal(receive(sock[1], &fd), -1);
	assert_int_equal(fstat(fd, &theirs) | fstat(block.shm_fd, &ours), 0);
	assert_int_equal(theirs.st_ino, ours.st_ino);
	close(fd);
	assert_int_equal(receive(sock[1], &fd), RISER_IVSHMEM_BRIDGE);
	assert_int_equal(write(fd, &one, sizeof(one)), sizeof(one));
	assert_int_equal(read(block.bridge_kick_fd, &count, sizeof(count)), 8);
	close(fd);
	assert_int_equal(receive(sock[1], &fd), RISER_IVSHMEM_GUEST);
	assert_int_equal(write(fd, &one, sizeof(one)), sizeof(one));
	assert_int_equal(read(block.guest_kick_fd, &count, sizeof(count)), 8);
	close(fd);
	close(sock[0]);
	close(sock[1]);
	riser_block_destroy(&block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ivshmem_tells_version_id_memory_and_doorbells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
