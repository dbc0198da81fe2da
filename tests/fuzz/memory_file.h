/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as a file with a path, for readers that open one: no system call and no
 * file. Targets are linked with --wrap of fopen and access (CMakeLists.txt).
 */
#ifndef TESTS_FUZZ_MEMORY_FILE_H
#define TESTS_FUZZ_MEMORY_FILE_H

#include <stdio.h>
#include <unistd.h>

#include "input.h"

/* In a folder that is not there: what an input names beside it is not either. */
#define MEMORY_FILE	"/no-such-folder/input"

static struct {
	const uint8_t *bytes;
	off64_t len;
	off64_t at;
} memory_file_now;

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
int __real_access(const char *path, int mode);
int __wrap_access(const char *path, int mode);

static ssize_t memory_file_read(void *cookie, char *to, size_t size)
{
	off64_t left = memory_file_now.len - memory_file_now.at;

	(void)cookie;
	if (left <= 0)
		return 0;
	if (size > (size_t)left)
		size = (size_t)left;
	memcpy(to, memory_file_now.bytes + memory_file_now.at, size);
	memory_file_now.at += (off64_t)size;
	return (ssize_t)size;
}

/* As of a file: behind the end is a place, too. */
static int memory_file_seek(void *cookie, off64_t *offset, int whence)
{
	off64_t from = whence == SEEK_CUR ? memory_file_now.at :
		       whence == SEEK_END ? memory_file_now.len : 0;

	(void)cookie;
	if (__builtin_add_overflow(from, *offset, &from) || from < 0)
		return -1;
	memory_file_now.at = *offset = from;
	return 0;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	static const cookie_io_functions_t io = { .read = memory_file_read, .seek = memory_file_seek };

	if (strcmp(path, MEMORY_FILE))
		return __real_fopen(path, mode);
	memory_file_now.at = 0;
	return fopencookie(NULL, "r", io);
}

int __wrap_access(const char *path, int mode)
{
	return strcmp(path, MEMORY_FILE) ? __real_access(path, mode) : 0;
}

/* The path of @len bytes that stay where they are; the file before it is gone. */
static inline const char *memory_file(const void *bytes, size_t len)
{
	memory_file_now.bytes = bytes;
	memory_file_now.len = (off64_t)len;
	return MEMORY_FILE;
}

#endif /* TESTS_FUZZ_MEMORY_FILE_H */
