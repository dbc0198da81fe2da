// SPDX-License-Identifier: Apache-2.0
/*
 * User space on a card's memory: sysfs resource0 and /proc/bus/pci are mapped,
 * and each access is one TLP that the card in C counts.
 *
 *	usermap RESOURCE PROC	all cases but those below
 *	usermap gone RESOURCE	maps, says so, reads until SIGBUS
 *	usermap absent RESOURCE	reads once what the card does not answer
 *	usermap outlive PROC RESOURCE	maps, says so, reads when SIGUSR1 comes: the
 *				card is another one by then
 *	usermap /dev/uioN RESOURCE	a driver in user space on uio_pci_generic: registers
 *				through sysfs, interrupts through UIO
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <immintrin.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define PCIIOC_BASE		('P' << 24 | 'C' << 16 | 'I' << 8)
#define PCIIOC_MMAP_IS_MEM	(PCIIOC_BASE | 2)

#define BAR_BYTES	0x4000
#define ID		0x454b4146u
#define REG_ID		0x00
#define REG_SCRATCH	0x08
#define REG_COMMAND	0x1c
#define CMD_ASSERT	0x200
#define CMD_DEASSERT	0x300
#define REG_WRITES	0x24
#define REG_REQUESTS	0x28
#define BUFFER		0x1000

static int nr_failed;
static sigjmp_buf on_bus, on_segv;

#define check(what) do { \
	if (!(what)) { \
		printf("usermap: FAIL %s:%d: %s\n", __func__, __LINE__, #what); \
		nr_failed++; \
	} \
} while (0)

static void bus_error(int signum)
{
	(void)signum;
	siglongjmp(on_bus, 1);
}

static void no_access(int signum)
{
	(void)signum;
	siglongjmp(on_segv, 1);
}

static uint32_t rd32(volatile uint8_t *bar, unsigned int off)
{
	return *(volatile uint32_t *)(bar + off);
}

/* TLPs since the last call, not counting the one that asks. */
static uint32_t requests(volatile uint8_t *bar)
{
	static uint32_t seen;
	uint32_t now = rd32(bar, REG_REQUESTS), nr = now - seen - 1;

	seen = now;
	return nr;
}

static void widths(volatile uint8_t *bar)
{
	volatile uint64_t *scratch = (volatile uint64_t *)(bar + REG_SCRATCH);
	uint64_t got;

	check(rd32(bar, REG_ID) == ID);
	requests(bar);
	*scratch = 0x1122334455667788u;
	check(*scratch == 0x1122334455667788u);
	*(volatile uint8_t *)(bar + REG_SCRATCH + 1) = 0xaa;
	*(volatile uint16_t *)(bar + REG_SCRATCH + 6) = 0xbbcc;
	*(volatile uint32_t *)(bar + REG_SCRATCH) |= 1;
	got = *scratch;
	check(got == 0xbbcc33445566aa89u);
	check(*(volatile uint8_t *)(bar + REG_SCRATCH + 1) == 0xaa);
	check(*(volatile uint16_t *)(bar + REG_SCRATCH + 6) == 0xbbcc);
	check(requests(bar) == 9);
}

/* REP MOVSB both ways; each byte is a request of its own. */
static void strings(volatile uint8_t *bar)
{
	static uint8_t out[48], in[48];
	uint8_t *to = (uint8_t *)bar + BUFFER;
	void *from = out, *at = to;
	size_t n = sizeof(out), i;

	for (i = 0; i < n; i++)
		out[i] = (uint8_t)(i * 7 + 1);
	memset(in, 0xee, sizeof(in));
	requests(bar);
	asm volatile("rep movsb" : "+S" (from), "+D" (at), "+c" (n) : : "memory");
	check(n == 0 && at == to + sizeof(out));
	check(requests(bar) == sizeof(out));
	n = sizeof(in) / 4;
	from = to;
	at = in;
	asm volatile("rep movsl" : "+S" (from), "+D" (at), "+c" (n) : : "memory");
	check(n == 0 && !memcmp(in, out, sizeof(out)));
	check(requests(bar) == sizeof(out) / 4);
}

/* Vector registers of the program, across other uses and switches of task. */
static void vectors(volatile uint8_t *bar)
{
	__m128i *at = (__m128i *)(bar + BUFFER);
	__m128i want = _mm_set_epi32(4, 3, 2, 1), got;
	uint64_t half;

	requests(bar);
	_mm_stream_si128(at, want);
	asm volatile("movdqu %1, %%xmm7\n\tmovdqu %%xmm7, %0" : "=m" (got) : "m" (*at) : "xmm7");
	check(!memcmp(&got, &want, sizeof(got)));
	asm volatile("movq %1, %%xmm3\n\tmovq %%xmm3, %0" : "=r" (half) : "m" (*at) : "xmm3");
	check(half == 0x0000000200000001u);
	check(requests(bar) == 3);
}

static void reg_operations(volatile uint8_t *bar)
{
	volatile uint32_t *scratch = (volatile uint32_t *)(bar + REG_SCRATCH);
	uint32_t writes = rd32(bar, REG_WRITES), eax = 5;

	*scratch = 40;
	asm volatile("lock addl $2, %0" : "+m" (*scratch));
	check(*scratch == 42);
	asm volatile("xchgl %0, %1" : "+r" (eax), "+m" (*scratch));
	check(eax == 42 && *scratch == 5);
	asm volatile("movzbl %1, %0" : "=r" (eax) : "m" (*(volatile uint8_t *)scratch));
	check(eax == 5);
	check(rd32(bar, REG_WRITES) - writes == 3);
}

/* What is no instruction of ours fails and makes no TLP. */
static void not_ours(volatile uint8_t *bar, int fd)
{
	struct iovec local = { (void *)bar, 4 };
	int pipes[2];
	char byte = 1;

	requests(bar);
	check(pipe(pipes) == 0 && write(pipes[1], &byte, 1) == 1);
	check(read(pipes[0], (void *)bar, 1) == -1 && errno == EFAULT);
	check(writev(pipes[1], &local, 1) == -1 && errno == EFAULT);
	check(requests(bar) == 0);
	if (sigsetjmp(on_bus, 1)) {
		check(requests(bar) == 0);
		close(pipes[0]);
		close(pipes[1]);
		(void)fd;
		return;
	}
	/* a push into the card cannot be performed */
	asm volatile("pushq %0" : : "m" (*(uint64_t *)(bar + REG_SCRATCH)));
	check(!"push from device memory was performed");
}

/*
 * A string move that leaves a mapping without PROT_WRITE at its end comes back to
 * it at its start, now to write: the card is not written, the program has SIGSEGV.
 */
static void read_only(volatile uint8_t *bar, int fd)
{
	uint8_t *area = mmap(NULL, BAR_BYTES + 2 * 4096, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t *start = area + 4096, *end = start + BAR_BYTES;
	void *from = end - 8, *to = start - 8;
	uint64_t count = 2;

	check(area != MAP_FAILED);
	check(mmap(start, BAR_BYTES, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == start);
	*(uint64_t *)end = 0xbadbadbadbadbadu;
	memset(start - 8, 0xee, 8);
	requests(bar);
	if (sigsetjmp(on_segv, 1)) {
		/* one read and no write */
		check(requests(bar) == 1);
		check(start[-1] != 0xee);
		check(munmap(area, BAR_BYTES + 2 * 4096) == 0);
		return;
	}
	asm volatile("rep movsq" : "+S" (from), "+D" (to), "+c" (count) : : "memory");
	check(!"a mapping without PROT_WRITE was written");
}

static void refused(int fd)
{
	check(mmap(NULL, BAR_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) == MAP_FAILED &&
	      errno == EINVAL);
	check(mmap(NULL, BAR_BYTES, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0) == MAP_FAILED);
	check(mmap(NULL, 2 * BAR_BYTES, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EINVAL);
}

static void partial(int fd)
{
	volatile uint8_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, BUFFER);
	volatile uint8_t *all = mmap(NULL, BAR_BYTES, PROT_READ, MAP_SHARED, fd, 0);

	check(page != MAP_FAILED && all != MAP_FAILED);
	*(volatile uint32_t *)(page + 16) = 0x600d;
	check(rd32(all, BUFFER + 16) == 0x600d);
	/* what is left of a mapping keeps its addresses */
	check(munmap((void *)all, 4096) == 0);
	check(rd32(all, BUFFER + 16) == 0x600d);
	check(munmap((void *)(all + 4096), BAR_BYTES - 4096) == 0 && munmap((void *)page, 4096) == 0);
}

static volatile uint8_t *map_resource(const char *path, int *fd)
{
	volatile uint8_t *bar;

	*fd = open(path, O_RDWR);
	bar = mmap(NULL, BAR_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (bar == MAP_FAILED) {
		printf("usermap: FAIL mmap of %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return bar;
}

/* The file tells no sizes: the address comes from the sysfs file beside it. */
static volatile uint8_t *map_proc(const char *path, const char *resource)
{
	char name[256];
	unsigned long start = 0;
	volatile uint8_t *bar;
	int fd = open(path, O_RDWR);
	FILE *f;

	snprintf(name, sizeof(name), "%.*sresource", (int)(strrchr(resource, '/') - resource + 1), resource);
	f = fopen(name, "r");
	check(f && fscanf(f, "%lx", &start) == 1 && start);
	if (f)
		fclose(f);
	check(fd >= 0 && ioctl(fd, PCIIOC_MMAP_IS_MEM) == 0);
	bar = mmap(NULL, BAR_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)start);
	check(bar != MAP_FAILED);
	if (bar != MAP_FAILED)
		check(rd32(bar, REG_ID) == ID);
	close(fd);
	return bar;
}

static int gone(const char *path)
{
	volatile uint8_t *bar;
	int fd, i;

	bar = map_resource(path, &fd);
	check(rd32(bar, REG_ID) == ID);
	puts("usermap: mapped");
	fflush(stdout);
	if (sigsetjmp(on_bus, 1)) {
		puts("usermap: SIGBUS");
		return nr_failed != 0;
	}
	for (i = 0; i < 200; i++) {
		rd32(bar, REG_ID);
		usleep(50000);
	}
	return 2;
}

/* The card's memory is not enabled: all-ones, and the bridge hears of it. */
static int absent(const char *path)
{
	int fd;

	check(rd32(map_resource(path, &fd), REG_ID) == 0xffffffffu);
	return nr_failed != 0;
}

/* /dev/mem at the address that the sysfs file tells; the kernels of guest/build-debug-kernel have none. */
static void devmem(const char *resource)
{
	char name[256];
	unsigned long start = 0;
	volatile uint8_t *bar;
	int fd = open("/dev/mem", O_RDWR | O_SYNC);
	FILE *f;

	if (fd < 0 && errno == ENOENT) {
		printf("usermap: /dev/mem left out: this kernel has none\n");
		return;
	}
	snprintf(name, sizeof(name), "%.*sresource", (int)(strrchr(resource, '/') - resource + 1), resource);
	f = fopen(name, "r");
	check(f && fscanf(f, "%lx", &start) == 1 && start);
	if (f)
		fclose(f);
	bar = mmap(NULL, BAR_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)start);
	close(fd);
	check(bar != MAP_FAILED);
	if (bar == MAP_FAILED)
		return;
	check(rd32(bar, REG_ID) == ID);
	requests(bar);
	*(volatile uint32_t *)(bar + REG_SCRATCH) = 0x5a5a0001;
	check(rd32(bar, REG_SCRATCH) == 0x5a5a0001 && requests(bar) == 2);
	check(munmap((void *)bar, BAR_BYTES) == 0);
	check(mmap(NULL, BAR_BYTES, PROT_READ, MAP_PRIVATE, open("/dev/mem", O_RDWR), (off_t)start) ==
	      MAP_FAILED);
}

/* Such a mapping is nobody's to take away: it is here when the next card comes. */
static int outlive(const char *path, const char *resource)
{
	volatile uint8_t *bar;
	sigset_t go;
	int signum;

	sigemptyset(&go);
	sigaddset(&go, SIGUSR1);
	sigprocmask(SIG_BLOCK, &go, NULL);
	bar = map_proc(path, resource);
	puts("usermap: mapped");
	fflush(stdout);
	check(sigwait(&go, &signum) == 0);
	if (nr_failed)
		return 1;
	if (sigsetjmp(on_bus, 1)) {
		puts("usermap: SIGBUS");
		return 0;
	}
	printf("usermap: FAIL %#x read of a card that was not mapped\n", rd32(bar, REG_ID));
	return 1;
}

/* The command register's Interrupt Disable, which UIO's handler sets. */
static bool intx_is_off(int config)
{
	uint16_t command = 0;

	check(pread(config, &command, sizeof(command), 4) == sizeof(command));
	return command & 0x400;
}

static void intx_on(int config)
{
	uint16_t command = 0;

	check(pread(config, &command, sizeof(command), 4) == sizeof(command));
	command &= 0xfbff;
	check(pwrite(config, &command, sizeof(command), 4) == sizeof(command));
}

static int uio(const char *node, const char *resource)
{
	char name[256];
	volatile uint8_t *bar;
	uint32_t count = 0, first = 0;
	int fd = open(node, O_RDWR), bar_fd, config;

	snprintf(name, sizeof(name), "%.*sconfig", (int)(strrchr(resource, '/') - resource + 1), resource);
	config = open(name, O_RDWR);
	check(fd >= 0 && config >= 0);
	bar = map_resource(resource, &bar_fd);
	widths(bar);
	strings(bar);
	vectors(bar);
	alarm(30);	/* an interrupt that does not come ends the program */
	for (uint32_t n = 1; n <= 10; n++) {
		intx_on(config);
		*(volatile uint32_t *)(bar + REG_COMMAND) = CMD_ASSERT;
		check(read(fd, &count, sizeof(count)) == sizeof(count));
		if (n == 1)
			first = count;
		check(count == first + n - 1);
		check(intx_is_off(config));
		*(volatile uint32_t *)(bar + REG_COMMAND) = CMD_DEASSERT;
		check(rd32(bar, REG_ID) == ID);
	}
	printf("usermap: %u interrupts, %d failed\n", count - first + 1, nr_failed);
	return nr_failed != 0;
}

int main(int argc, char **argv)
{
	volatile uint8_t *bar;
	int fd;

	signal(SIGBUS, bus_error);
	signal(SIGSEGV, no_access);
	if (argc == 4 && !strcmp(argv[1], "outlive"))
		return outlive(argv[2], argv[3]);
	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "gone"))
		return gone(argv[2]);
	if (!strcmp(argv[1], "absent"))
		return absent(argv[2]);
	if (!strncmp(argv[1], "/dev/uio", 8))
		return uio(argv[1], argv[2]);
	bar = map_resource(argv[1], &fd);
	widths(bar);
	strings(bar);
	vectors(bar);
	reg_operations(bar);
	not_ours(bar, fd);
	read_only(bar, fd);
	refused(fd);
	partial(fd);
	map_proc(argv[2], argv[1]);
	devmem(argv[1]);
	printf("usermap: %d failed\n", nr_failed);
	return nr_failed != 0;
}
