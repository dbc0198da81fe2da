/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calloc() and free() for code under test that needs megabytes and uses few pages
 * of them. AddressSanitizer maps and unmaps such a block, and paints its shadow,
 * for every execution. Here a block keeps its addresses: free() gives its pages
 * back and forbids them, calloc() gets pages of zeroes. Behind a block nothing can
 * be touched, before it a page. Linked with --wrap of both (CMakeLists.txt).
 */
#ifndef TESTS_FUZZ_RECYCLE_H
#define TESTS_FUZZ_RECYCLE_H

#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "input.h"

#define RECYCLE_PAGE	4096UL
#define RECYCLE_BYTES	(64UL << 10)	/* of these and of larger ones */
#define RECYCLE_BLOCKS	8

static struct recycled {
	uint8_t *pages;
	size_t room;	/* of pages, in bytes */
	uint8_t *block;
	size_t bytes;
	bool is_used;
} recycled[RECYCLE_BLOCKS];

void *__real_calloc(size_t nr, size_t bytes);
void *__wrap_calloc(size_t nr, size_t bytes);
void __real_free(void *block);
void __wrap_free(void *block);

static void recycle_map(struct recycled *r, size_t bytes)
{
	uint8_t *all;

	r->bytes = bytes;
	r->room = (bytes + RECYCLE_PAGE - 1) & ~(RECYCLE_PAGE - 1);
	all = mmap(NULL, r->room + 2 * RECYCLE_PAGE, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (all == MAP_FAILED)
		abort();
	r->pages = all + RECYCLE_PAGE;
	r->block = r->pages + ((r->room - bytes) & ~15UL);
	ASAN_POISON_MEMORY_REGION(r->pages, (size_t)(r->block - r->pages));
	ASAN_POISON_MEMORY_REGION(r->block + bytes,
				  (size_t)(r->pages + r->room - r->block) - bytes);
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
		if (mprotect(r->pages, r->room, PROT_READ | PROT_WRITE))
			abort();
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
		if (madvise(r->pages, r->room, MADV_DONTNEED) ||
		    mprotect(r->pages, r->room, PROT_NONE))
			abort();
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
