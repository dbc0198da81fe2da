/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calloc() and free() for code under test that needs megabytes and uses few pages
 * of them. AddressSanitizer maps and unmaps such a block, and paints its shadow,
 * for every execution. Here a block keeps its addresses: free() zeroes the pages
 * that were touched, which the kernel tells, and now and then gives all of them
 * back and forbids them until calloc(), so that a use after free() is seen. Behind a
 * block nothing can be touched, before it a page. Linked with --wrap of both
 * (CMakeLists.txt).
 */
#ifndef TESTS_FUZZ_RECYCLE_H
#define TESTS_FUZZ_RECYCLE_H

#include <fcntl.h>
#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input.h"

#define RECYCLE_PAGE	4096UL
#define RECYCLE_BYTES	(64UL << 10)	/* of these and of larger ones */
#define RECYCLE_BLOCKS	8
#define RECYCLE_FORBIDS	16	/* of so many free() one forbids the pages: system calls cost */

static struct recycled {
	uint8_t *pages;
	size_t room;	/* of pages, in bytes */
	uint8_t *block;
	size_t bytes;
	uint64_t *pagemap;	/* a word for each page, bit 63: it is there */
	uint32_t nr_frees;
	bool is_used, is_forbidden;
} recycled[RECYCLE_BLOCKS];

void *__real_calloc(size_t nr, size_t bytes);
void *__wrap_calloc(size_t nr, size_t bytes);
void __real_free(void *block);
void __wrap_free(void *block);

static void recycle_map(struct recycled *r, size_t bytes)
{
	uint8_t *all;

	r->bytes = bytes;
	r->is_forbidden = true;
	r->room = (bytes + RECYCLE_PAGE - 1) & ~(RECYCLE_PAGE - 1);
	all = mmap(NULL, r->room + 2 * RECYCLE_PAGE, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (all == MAP_FAILED)
		abort();
	r->pages = all + RECYCLE_PAGE;
	r->pagemap = malloc(r->room / RECYCLE_PAGE * sizeof(*r->pagemap));
	if (!r->pagemap)
		abort();
	r->block = r->pages + ((r->room - bytes) & ~15UL);
	ASAN_POISON_MEMORY_REGION(r->pages, (size_t)(r->block - r->pages));
	ASAN_POISON_MEMORY_REGION(r->block + bytes,
				  (size_t)(r->pages + r->room - r->block) - bytes);
}

static void recycle_forbid(struct recycled *r)
{
	if (madvise(r->pages, r->room, MADV_DONTNEED) || mprotect(r->pages, r->room, PROT_NONE))
		abort();
	r->is_forbidden = true;
}

static void recycle_zero(struct recycled *r)
{
	size_t i, nr = r->room / RECYCLE_PAGE, words = nr * sizeof(*r->pagemap);
	uint8_t *from, *to, *end = r->block + r->bytes;
	static int fd = -1;

	if (fd < 0)
		fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pread(fd, r->pagemap, words, (off_t)((uintptr_t)r->pages / RECYCLE_PAGE *
						 sizeof(*r->pagemap))) != (ssize_t)words)
		abort();
	for (i = 0; i < nr; i++) {
		if (!(r->pagemap[i] >> 62))	/* there, or in swap */
			continue;
		from = r->pages + i * RECYCLE_PAGE;
		to = from + RECYCLE_PAGE;
		from = from < r->block ? r->block : from;
		to = to > end ? end : to;
		memset(from, 0, (size_t)(to - from));
	}
}

void *__wrap_calloc(size_t nr, size_t bytes)
{
	struct recycled *r;
	size_t all;

	if (__builtin_mul_overflow(nr, bytes, &all) || all < RECYCLE_BYTES)
		return __real_calloc(nr, bytes);
	for (r = recycled; r < recycled + RECYCLE_BLOCKS; r++) {
		if (!r->pages)
			recycle_map(r, all);
		if (r->is_used || r->bytes != all)
			continue;
		if (r->is_forbidden && mprotect(r->pages, r->room, PROT_READ | PROT_WRITE))
			abort();
		r->is_forbidden = false;
		r->is_used = true;
		return r->block;
	}
	return __real_calloc(nr, bytes);
}

void __wrap_free(void *block)
{
	struct recycled *r;

	for (r = recycled; block && r < recycled + RECYCLE_BLOCKS && r->pages; r++) {
		if (r->block != block)
			continue;
		MUST(r->is_used);
		if (++r->nr_frees % RECYCLE_FORBIDS)
			recycle_zero(r);
		else
			recycle_forbid(r);
		r->is_used = false;
		return;
	}
	__real_free(block);
}

/* At the end of an execution: none is left. */
static inline void recycle_check(void)
{
	struct recycled *r;

	for (r = recycled; r < recycled + RECYCLE_BLOCKS; r++)
		MUST(!r->is_used);
}

#endif /* TESTS_FUZZ_RECYCLE_H */
