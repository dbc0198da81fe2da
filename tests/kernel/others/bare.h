/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program needs that has no C library: system calls of both word sizes, text on
 * standard output, memcpy() and memset(). So the 32-bit program needs none of the
 * libraries that a 64-bit machine may lack.
 */
#ifndef RISER_TESTS_OTHERS_BARE_H
#define RISER_TESTS_OTHERS_BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

long sys6(long nr, long a, long b, long c, long d, long e, long f);
int main(int argc, char **argv);
void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int c, size_t bytes);

#ifdef __i386__
#define WORD_BITS	32
enum {
	NR_write = 4, NR_open = 5, NR_close = 6, NR_getpid = 20, NR_ioctl = 54, NR_munmap = 91,
	NR_mprotect = 125, NR_poll = 168, NR_mmap2 = 192, NR_exit_group = 252, NR_eventfd2 = 328,
	NR_read = 3, NR_clock_gettime64 = 403,
};

asm(".globl _start\n"
    "_start:\n"
    "	xorl %ebp, %ebp\n"
    "	movl %esp, %eax\n"
    "	andl $-16, %esp\n"
    "	subl $12, %esp\n"
    "	pushl %eax\n"
    "	call begin\n"
    ".globl sys6\n"
    "sys6:\n"
    "	pushl %ebp\n"
    "	pushl %ebx\n"
    "	pushl %esi\n"
    "	pushl %edi\n"
    "	movl 20(%esp), %eax\n"
    "	movl 24(%esp), %ebx\n"
    "	movl 28(%esp), %ecx\n"
    "	movl 32(%esp), %edx\n"
    "	movl 36(%esp), %esi\n"
    "	movl 40(%esp), %edi\n"
    "	movl 44(%esp), %ebp\n"
    "	int $0x80\n"
    "	popl %edi\n"
    "	popl %esi\n"
    "	popl %ebx\n"
    "	popl %ebp\n"
    "	ret\n");
#else
#define WORD_BITS	64
enum {
	NR_read = 0, NR_write = 1, NR_open = 2, NR_close = 3, NR_poll = 7, NR_mmap = 9, NR_mprotect = 10,
	NR_munmap = 11, NR_ioctl = 16, NR_getpid = 39, NR_clock_gettime64 = 228, NR_exit_group = 231,
	NR_eventfd2 = 290,
};

asm(".globl _start\n"
    "_start:\n"
    "	xorl %ebp, %ebp\n"
    "	movq %rsp, %rdi\n"
    "	andq $-16, %rsp\n"
    "	call begin\n"
    ".globl sys6\n"
    "sys6:\n"
    "	movq %rdi, %rax\n"
    "	movq %rsi, %rdi\n"
    "	movq %rdx, %rsi\n"
    "	movq %rcx, %rdx\n"
    "	movq %r8, %r10\n"
    "	movq %r9, %r8\n"
    "	movq 8(%rsp), %r9\n"
    "	syscall\n"
    "	ret\n");
#endif

#define SYS(nr, ...)	SYS_(nr, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define SYS_(nr, a, b, c, d, e, f, ...) \
	sys6(NR_##nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

void begin(long *stack)
{
	SYS(exit_group, main((int)stack[0], (char **)(stack + 1)));
	__builtin_unreachable();
}

void *memcpy(void *to, const void *from, size_t bytes)
{
	void *at = to;

	asm volatile("rep movsb" : "+D" (at), "+S" (from), "+c" (bytes) : : "memory");
	return to;
}

void *memset(void *to, int c, size_t bytes)
{
	void *at = to;

	asm volatile("rep stosb" : "+D" (at), "+c" (bytes) : "a" (c) : "memory");
	return to;
}

static bool same_text(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static char line[256];
static size_t line_bytes;

static void put(const char *text)
{
	while (*text && line_bytes < sizeof(line))
		line[line_bytes++] = *text++;
}

static void put_unsigned(unsigned long value)
{
	char digits[24];
	size_t at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put(digits + at);
}

static void put_number(long value)
{
	if (value < 0)
		put("-");
	put_unsigned(value < 0 ? 0ul - (unsigned long)value : (unsigned long)value);
}

static void end_line(void)
{
	put("\n");
	SYS(write, 1, line, line_bytes);
	line_bytes = 0;
}

static void *map(int fd, size_t bytes, int prot, int flags, uint64_t off)
{
#ifdef __i386__
	return (void *)SYS(mmap2, 0, bytes, prot, flags, fd, off >> 12);
#else
	return (void *)SYS(mmap, 0, bytes, prot, flags, fd, off);
#endif
}

static bool is_error(const void *p)
{
	return (unsigned long)p >= -4095ul;
}

static long now_ms(void)
{
	struct {
		int64_t s, ns;
	} t = { 0 };

	SYS(clock_gettime64, 1, &t);
	/* without a 64-bit division, which is a library's */
	return (long)((uint32_t)t.s * 1000u + (uint32_t)t.ns / 1000000u);
}

#endif /* RISER_TESTS_OTHERS_BARE_H */
