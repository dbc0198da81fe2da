// SPDX-License-Identifier: Apache-2.0
/*
 * /dev/pciem from the outside: who may open it, what it refuses, what may be
 * mapped and how, and what a hostile owner of the ring achieves (nothing but
 * link-down). Prints one line per check; exit status 1 when one failed.
 *
 *	ctltest			the checks
 *	ctltest fuzz SECONDS	a bridge that writes garbage at full speed
 *	ctltest child		the owner dies, a child keeps the file open
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pciem.h"

#define DEVICE "/dev/pciem"

static int failures;

static void check(const char *what, bool ok)
{
	printf("ctltest: %s %s\n", ok ? "pass" : "FAIL", what);
	failures += !ok;
}

static struct pciem_create good_create(void)
{
	struct pciem_create create = {
		.size = sizeof(create), .down_bytes = 1 << 16, .up_bytes = 1 << 16, .kick_fd = -1,
		.name = "ctltest",
	};

	return create;
}

static bool refuses_create(int fd, struct pciem_create create, int error)
{
	return ioctl(fd, PCIEM_IOC_CREATE, &create) == -1 && errno == error;
}

static void test_open(void)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		if (setuid(1000))
			_exit(2);
		_exit(open(DEVICE, O_RDWR) == -1 && errno == EACCES ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	check("open_as_user_is_refused", WIFEXITED(status) && !WEXITSTATUS(status));

	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWUSER))
			_exit(77);
		_exit(open(DEVICE, O_RDWR) == -1 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	check("open_in_a_user_namespace_is_refused", WIFEXITED(status) &&
	      (!WEXITSTATUS(status) || WEXITSTATUS(status) == 77));
}

static void test_passed_file(void)
{
	int fd = open(DEVICE, O_RDWR), status = 0;
	pid_t pid = fork();

	if (!pid) {
		if (setuid(1000))
			_exit(2);
		_exit(refuses_create(fd, good_create(), EPERM) ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	check("create_after_setuid_is_refused", WIFEXITED(status) && !WEXITSTATUS(status));
	close(fd);
}

static void test_create(int fd)
{
	struct {
		struct pciem_create create;
		uint64_t more;
	} big = { .create = good_create() };
	struct pciem_create create;
	struct pciem_enter enter = { 0 };
	struct pciem_api api = { 0 };

	check("api", !ioctl(fd, PCIEM_IOC_GET_API, &api) && api.abi == PCIEM_ABI && !api.features);
	check("unknown_command", ioctl(fd, _IO(PCIEM_IOC_MAGIC, 0x7f)) == -1 && errno == ENOTTY);
	check("enter_before_create", ioctl(fd, PCIEM_IOC_ENTER, &enter) == -1 && errno == ENXIO);
	check("mmap_before_create", mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == ENXIO);
	create = good_create();
	create.flags = 1;
	check("unknown_flag", refuses_create(fd, create, EINVAL));
	create = good_create();
	create.reserved[3] = 1;
	check("reserved_field", refuses_create(fd, create, EINVAL));
	create = good_create();
	create.down_bytes = 3 << 16;
	check("ring_no_power_of_two", refuses_create(fd, create, EINVAL));
	create = good_create();
	create.up_bytes = 1 << 15;
	check("ring_too_small", refuses_create(fd, create, EINVAL));
	create.up_bytes = 1 << 27;
	check("ring_too_large", refuses_create(fd, create, EINVAL));
	create = good_create();
	create.deadline_atomic_ms = 5001;
	check("deadline_too_long", refuses_create(fd, create, EINVAL));
	create = good_create();
	create.expiries_to_link_down = 101;
	check("expiries_too_many", refuses_create(fd, create, EINVAL));
	create = good_create();
	memset(create.name, 'x', sizeof(create.name));
	check("name_without_end", refuses_create(fd, create, EINVAL));
	create = good_create();
	strcpy(create.name, "a\nkernel: b");
	check("name_of_two_lines", refuses_create(fd, create, EINVAL));
	create = good_create();
	create.kick_fd = fd;
	check("kick_fd_no_eventfd", refuses_create(fd, create, EINVAL));
	create = good_create();
	create.size = 8;
	check("struct_too_small", refuses_create(fd, create, EINVAL));
	big.create.size = sizeof(big);
	big.more = 1;
	check("struct_from_the_future", ioctl(fd, PCIEM_IOC_CREATE, &big) == -1 && errno == E2BIG);
	big.more = 0;
	check("longer_struct_of_zeros", !ioctl(fd, PCIEM_IOC_CREATE, &big) && big.create.total_bytes);
	check("create_twice", refuses_create(fd, good_create(), EBUSY));
	enter.flags = 2;
	check("enter_unknown_flag", ioctl(fd, PCIEM_IOC_ENTER, &enter) == -1 && errno == EINVAL);
}

static bool refuses_map(int fd, size_t bytes, int prot, int flags, off_t off, int error)
{
	return mmap(NULL, bytes, prot, flags, fd, off) == MAP_FAILED && errno == error;
}

static void test_mmap(int fd)
{
	size_t total = 3 * 4096 + 2 * (1 << 16), half = 4096 + (1 << 16);
	off_t bridge_off = 2 * 4096 + (1 << 16);
	const struct pciem_hdr *hdr;
	uint8_t *ro, *rw;
	int status;
	pid_t pid;

	check("map_writable", refuses_map(fd, total, PROT_READ | PROT_WRITE, MAP_SHARED, 0, EPERM));
	check("map_executable", refuses_map(fd, total, PROT_READ | PROT_EXEC, MAP_SHARED, 0, EPERM));
	check("map_larger", refuses_map(fd, total + 4096, PROT_READ, MAP_SHARED, 0, EINVAL));
	check("map_smaller", refuses_map(fd, total - 4096, PROT_READ, MAP_SHARED, 0, EINVAL));
	check("map_offset", refuses_map(fd, total - 4096, PROT_READ, MAP_SHARED, 4096, EINVAL));
	check("map_down_ring_writable", refuses_map(fd, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED, 2 * 4096, EINVAL));
	check("map_private", refuses_map(fd, total, PROT_READ, MAP_PRIVATE, 0, EINVAL));
	check("map_huge_offset", refuses_map(fd, total, PROT_READ, MAP_SHARED, (off_t)1 << 46, EINVAL));
	ro = mmap(NULL, total, PROT_READ, MAP_SHARED, fd, 0);
	check("map", ro != MAP_FAILED);
	hdr = (const void *)ro;
	check("header", hdr->magic == PCIEM_MAGIC && hdr->total_bytes == total &&
	      hdr->bridge_off == (uint64_t)bridge_off && !strcmp(hdr->name, "ctltest"));
	check("mprotect_write", mprotect(ro, total, PROT_READ | PROT_WRITE) == -1 && errno == EACCES);
	check("mprotect_exec", mprotect(ro, total, PROT_READ | PROT_EXEC) == -1 && errno == EACCES);
	check("mremap_grow", mremap(ro, total, total + 4096, MREMAP_MAYMOVE) == MAP_FAILED);
	rw = mmap(NULL, half, PROT_READ | PROT_WRITE, MAP_SHARED, fd, bridge_off);
	check("map_bridge_half", rw != MAP_FAILED);
	rw[4] = 0x5a;
	check("both_show_the_same_memory", ro[bridge_off + 4] == 0x5a);
	rw[4] = 0;
	pid = fork();
	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		_exit(*(volatile uint8_t *)ro);	/* VM_DONTCOPY: not there */
	}
	waitpid(pid, &status, 0);
	check("child_has_no_mapping", WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void test_enter_and_poll(int fd)
{
	struct pciem_enter enter = { .flags = PCIEM_ENTER_WAIT, .timeout_ns = 20000000 };
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct timespec a, b;
	long ms;

	ioctl(fd, PCIEM_IOC_ENTER, &enter);	/* takes the news of the creation */
	clock_gettime(CLOCK_MONOTONIC, &a);
	check("enter_waits", !ioctl(fd, PCIEM_IOC_ENTER, &enter));
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	check("enter_ends_at_its_timeout", ms >= 19 && ms < 5000);
	check("poll_empty_ring", poll(&pfd, 1, 10) == 0);
}

/* Answers nothing right: random bytes in the bridge's half, as fast as it goes. */
static int fuzz(unsigned int seconds)
{
	time_t until = time(NULL) + seconds;
	uint64_t x = 88172645463325252ull, sessions = 0, flips = 0;

	while (time(NULL) < until) {
		struct pciem_create create = good_create();
		struct pciem_enter enter = { 0 };
		int fd = open(DEVICE, O_RDWR | O_CLOEXEC);
		size_t half = 4096 + (1 << 16);
		struct pciem_bridge_words *bw;
		uint8_t *rw, *ro;

		if (fd < 0 || ioctl(fd, PCIEM_IOC_CREATE, &create)) {
			usleep(1000);	/* as many links as there may be are still going away */
			close(fd);
			continue;
		}
		ro = mmap(NULL, create.total_bytes, PROT_READ, MAP_SHARED, fd, 0);
		rw = mmap(NULL, half, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(create.total_bytes - half));
		bw = (void *)rw;
		bw->epoch = (uint32_t)++sessions;
		__atomic_store_n(&bw->state, PCIEM_BRIDGE_READY, __ATOMIC_RELEASE);
		ioctl(fd, PCIEM_IOC_ENTER, &enter);
		usleep(2000);
		__atomic_store_n(&bw->state, PCIEM_BRIDGE_UP, __ATOMIC_RELEASE);
		ioctl(fd, PCIEM_IOC_ENTER, &enter);
		for (unsigned int i = 0; i < 20000; i++, flips++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			switch (x & 7) {
			case 0:
				bw->up_head = (uint32_t)(x >> 32) & (x & 8 ? 0x1fff0 : ~0u);
				break;
			case 1:
				bw->down_tail = (uint32_t)(x >> 32) & (x & 8 ? 0x1fff0 : ~0u);
				break;
			case 2: {	/* a record that looks right at first */
				struct pciem_rec rec = { .bytes = 48 + ((x >> 8) & 0xf0), .type = PCIEM_REC_TLP,
							 .len = 12 + ((x >> 16) & 0x7c) };

				memcpy(rw + 4096, &rec, sizeof(rec));
				bw->up_head = rec.bytes;
				break;
			}
			default:
				rw[4096 + ((x >> 8) & 0xffff)] = (uint8_t)(x >> 40);
			}
			if (!(i & 15))
				ioctl(fd, PCIEM_IOC_ENTER, &enter);
		}
		munmap(ro, create.total_bytes);
		munmap(rw, half);
		close(fd);
	}
	printf("ctltest: pass fuzz: %llu sessions, %llu changes\n", (unsigned long long)sessions,
	       (unsigned long long)flips);
	return 0;
}

/* A child keeps the file; the owner's death must end the link all the same (H04). */
static int child_holds_the_file(void)
{
	struct pciem_create create = good_create();
	struct pciem_enter enter = { 0 };
	struct pciem_bridge_words *bw;
	size_t half = 4096 + (1 << 16);
	int fd = open(DEVICE, O_RDWR);

	if (fd < 0 || ioctl(fd, PCIEM_IOC_CREATE, &create))
		return 1;
	bw = mmap(NULL, half, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(create.total_bytes - half));
	bw->epoch = 1;
	bw->state = PCIEM_BRIDGE_READY;
	ioctl(fd, PCIEM_IOC_ENTER, &enter);
	if (!fork()) {
		sleep(5);
		_exit(0);
	}
	usleep(100000);
	kill(getpid(), SIGKILL);
	return 1;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc > 2 && !strcmp(argv[1], "fuzz"))
		return fuzz((unsigned int)atoi(argv[2]));
	if (argc > 1 && !strcmp(argv[1], "child"))
		return child_holds_the_file();
	test_open();
	test_passed_file();
	fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	check("open", fd >= 0);
	test_create(fd);
	test_mmap(fd);
	test_enter_and_poll(fd);
	close(fd);
	printf("ctltest: %d failures\n", failures);
	return failures ? 1 : 0;
}
