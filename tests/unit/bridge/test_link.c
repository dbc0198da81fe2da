// SPDX-License-Identifier: Apache-2.0
/* Links: shared memory of a supervisor, what is refused, kicks and sleeps. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../bridge/link_internal.h"

struct block {
	int shm_fd, kick_fd, kicked_fd;
	struct pciem_hdr *hdr;
	char error[RISER_ERROR_BYTES];
};

#define BLOCK_BYTES (1U << 18)

static int setup(void **state)
{
	static const struct riser_link_options options = {
		.name = "blk", .down_bytes = 1 << 16, .up_bytes = 1 << 16,
	};
	struct block *b = calloc(1, sizeof(*b));

	if (!b)
		return -1;
	b->shm_fd = memfd_create("test", MFD_CLOEXEC);
	b->kick_fd = eventfd(0, EFD_CLOEXEC);
	b->kicked_fd = eventfd(0, EFD_CLOEXEC);
	if (b->shm_fd < 0 || b->kick_fd < 0 || b->kicked_fd < 0 ||
	    ftruncate(b->shm_fd, BLOCK_BYTES))
		return -1;
	b->hdr = mmap(NULL, BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		      b->shm_fd, 0);
	if (b->hdr == MAP_FAILED)
		return -1;
	riser_link_fill_header(b->hdr, &options, BLOCK_BYTES);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct block *b = *state;

	munmap(b->hdr, BLOCK_BYTES);
	close(b->shm_fd);
	close(b->kick_fd);
	close(b->kicked_fd);
	free(b);
	return 0;
}

static void test_shared_memory_is_adopted(void **state)
{
	struct block *b = *state;
	struct riser_link *link;
	uint64_t count;

	assert_int_equal(riser_link_open_shm(b->shm_fd, b->kick_fd,
					     b->kicked_fd, &link, b->error), 0);
	assert_string_equal(riser_link_name(link), "blk");
	assert_int_equal(link->hdr.down_bytes, 1 << 16);
	assert_false(link->is_local);
	/* the same memory, written here and seen there */
	link->bridge->epoch = 7;
	assert_int_equal(((struct pciem_bridge_words *)((char *)b->hdr +
			  2 * PCIEM_PAGE_BYTES))->epoch, 7);
	assert_int_equal(link->ops->kick(link), 0);
	assert_int_equal(link->ops->kick(link), 0);
	assert_int_equal(read(b->kick_fd, &count, 8), 8);
	assert_int_equal(count, 2);
	riser_link_close(link);
	/* the caller's descriptors are its own */
	assert_true(fcntl(b->shm_fd, F_GETFD) >= 0);
	assert_true(fcntl(b->kick_fd, F_GETFD) >= 0);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void *kick_later(void *arg)
{
	uint64_t one = 1;

	usleep(50000);
	if (write(*(int *)arg, &one, 8) != 8)
		abort();
	return NULL;
}

static void test_a_sleep_ends_with_a_kick_or_in_time(void **state)
{
	struct block *b = *state;
	struct riser_link *link;
	pthread_t thread;
	uint64_t start;

	assert_int_equal(riser_link_open_shm(b->shm_fd, b->kick_fd,
					     b->kicked_fd, &link, b->error), 0);
	start = now_ms();
	assert_int_equal(link->ops->wait(link, 30000000), 0);
	assert_true(now_ms() - start >= 29);
	assert_int_equal(pthread_create(&thread, NULL, kick_later,
					&b->kicked_fd), 0);
	start = now_ms();
	assert_int_equal(link->ops->wait(link, 5000000000ULL), 0);
	assert_true(now_ms() - start < 4000);
	pthread_join(thread, NULL);
	/* the kick was consumed */
	start = now_ms();
	assert_int_equal(link->ops->wait(link, 20000000), 0);
	assert_true(now_ms() - start >= 19);
	riser_link_close(link);
}

static void assert_refused(struct block *b, const char *part)
{
	struct riser_link *link;

	b->error[0] = '\0';
	assert_true(riser_link_open_shm(b->shm_fd, b->kick_fd, b->kicked_fd,
					&link, b->error) < 0);
	if (!strstr(b->error, part)) {
		print_error("\"%s\" is not in \"%s\"\n", part, b->error);
		fail();
	}
}

static void test_impossible_headers_are_refused(void **state)
{
	struct block *b = *state;
	struct pciem_hdr good = *b->hdr;

#define REFUSED(part, ...) do { \
		*b->hdr = good; \
		__VA_ARGS__; \
		assert_refused(b, part); \
	} while (0)
	REFUSED("no riser rings", b->hdr->magic++);
	REFUSED("ABI 2 ", b->hdr->abi = 2);
	REFUSED("of 8 bytes", b->hdr->hdr_bytes = 8);
	REFUSED("outside", b->hdr->total_bytes = BLOCK_BYTES + 1);
	REFUSED("outside", b->hdr->kernel_off = 0);
	REFUSED("outside", b->hdr->kernel_off = 4097);
	REFUSED("outside", b->hdr->bridge_off = BLOCK_BYTES);
	REFUSED("outside", b->hdr->bridge_off = UINT64_MAX - 4095);
	REFUSED("outside", b->hdr->down_bytes = 3 << 16);
	REFUSED("outside", b->hdr->down_bytes = 1 << 15);
	REFUSED("outside", b->hdr->up_bytes = 1 << 27);
	REFUSED("outside", b->hdr->up_off = BLOCK_BYTES - 4096);
	REFUSED("outside", b->hdr->dma_off = 1 << 17);
	REFUSED("outside", b->hdr->dma_bytes = 1 << 16);
	REFUSED("outside", b->hdr->dma_off = 1 << 17, b->hdr->dma_bytes = 1 << 15);
	REFUSED("outside", b->hdr->dma_off = 1 << 17, b->hdr->dma_bytes = (1 << 16) + 1);
	REFUSED("outside", b->hdr->dma_off = BLOCK_BYTES - 4096, b->hdr->dma_bytes = 1 << 16);
	REFUSED("outside", b->hdr->dma_off = 4097, b->hdr->dma_bytes = 1 << 16);
	REFUSED("outside", b->hdr->dma_off = 1 << 17, b->hdr->dma_bytes = UINT64_MAX - 4095);
#undef REFUSED
	*b->hdr = good;
	assert_int_equal(ftruncate(b->shm_fd, 4096), 0);
	assert_refused(b, "4096 bytes, too few");
	assert_int_equal(ftruncate(b->shm_fd, BLOCK_BYTES), 0);
}

/* in a process of its own: serve the block until the pipe ends */
static void serve(struct block *b, int ready, int end)
{
	struct riser_link *link;
	char byte = 0;

	if (riser_link_open_shm(b->shm_fd, b->kick_fd, b->kicked_fd, &link,
				b->error))
		_exit(1);
	if (write(ready, &byte, 1) != 1 || read(end, &byte, 1) != 0)
		_exit(2);
	_exit(0);
}

static void test_a_block_has_one_bridge(void **state)
{
	struct block *b = *state;
	int ready[2], end[2], status;
	struct riser_link *link;
	char pid[32], byte;
	pid_t child;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	assert_int_equal(pipe2(end, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		close(end[1]);
		serve(b, ready[1], end[0]);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	snprintf(pid, sizeof(pid), "process %d", (int)child);
	assert_refused(b, pid);
	assert_refused(b, "the link is busy");
	close(end[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(riser_link_open_shm(b->shm_fd, b->kick_fd,
					     b->kicked_fd, &link, b->error), 0);
	riser_link_close(link);
	close(end[0]);
	close(ready[0]);
	close(ready[1]);
}

static void test_bad_descriptors_are_refused(void **state)
{
	struct block *b = *state;
	struct riser_link *link;

	assert_int_equal(riser_link_open_shm(1000, b->kick_fd, b->kicked_fd,
					     &link, b->error), -EBADF);
	assert_non_null(strstr(b->error, "shared memory (descriptor 1000)"));
	assert_int_equal(riser_link_open_shm(b->shm_fd, 1000, b->kicked_fd,
					     &link, b->error), -EBADF);
	assert_non_null(strstr(b->error, "doorbell of the kernel"));
	assert_int_equal(riser_link_open_shm(b->shm_fd, b->kick_fd, 1000,
					     &link, b->error), -EBADF);
	assert_non_null(strstr(b->error, "doorbell of the bridge"));
}

static void test_a_missing_device_node_is_explained(void **state)
{
	struct riser_link *link;
	struct block *b = *state;

	assert_int_equal(riser_link_open_dev("/nonexistent/pciem", NULL, &link,
					     b->error), -ENOENT);
	assert_non_null(strstr(b->error, "load the kernel module"));
	/* something else than our device */
	assert_int_equal(riser_link_open_dev("/dev/null", NULL, &link,
					     b->error), -ENOTTY);
	assert_non_null(strstr(b->error, "no device of the pciem module"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_shared_memory_is_adopted),
		TEST(test_a_sleep_ends_with_a_kick_or_in_time),
		TEST(test_impossible_headers_are_refused),
		TEST(test_a_block_has_one_bridge),
		TEST(test_bad_descriptors_are_refused),
		TEST(test_a_missing_device_node_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
