// SPDX-License-Identifier: Apache-2.0
/*
 * pages.bin: the contents of the card's memories, as far as they differ from the
 * first ones. A page that is written again gets another slot, for older
 * snapshots need the one before; when they are gone, their slots are used again.
 */
#define _GNU_SOURCE
#include "snapshot_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int riser_snap_pages_init(struct riser_snap_pages *pages, int dir_fd,
			  const struct riser_snapshots_config *config)
{
	const struct riser_card *card = config->card;
	uint32_t i;
	void *map;

	memset(pages, 0, sizeof(*pages));
	pages->dir_fd = dir_fd;
	pages->max_kept = config->max_kept;
	pages->max_bytes = config->max_bytes;
	pages->fd = openat(dir_fd, RISER_SNAP_PAGES,
			   O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (pages->fd < 0)
		return -errno;
	for (i = 0; i < card->info->nr_mems; i++) {
		size_t bytes = card->dirty_bytes[i] * sizeof(**pages->place);

		/* for the few pages that are ever written */
		map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (map == MAP_FAILED)
			return -ENOMEM;
		pages->place[i] = map;
		pages->place_bytes[i] = bytes;
		pages->nr_mems = i + 1;
	}
	return 0;
}

void riser_snap_pages_fini(struct riser_snap_pages *pages)
{
	uint32_t i;

	for (i = 0; i < pages->nr_mems; i++)
		munmap(pages->place[i], pages->place_bytes[i]);
	riser_blob_fini(&pages->touched);
	riser_blob_fini(&pages->old);
	riser_blob_fini(&pages->unused);
	if (pages->fd >= 0)
		close(pages->fd);
}

static uint32_t nr_unused(const struct riser_snap_pages *pages)
{
	return (uint32_t)(pages->unused.len / sizeof(uint32_t));
}

uint64_t riser_snap_pages_bytes(const struct riser_snap_pages *pages)
{
	return (uint64_t)(pages->nr_slots - nr_unused(pages)) *
	       RISER_SNAP_PAGE + pages->snap_bytes;
}

void riser_snap_name(char *name, size_t size, uint64_t cycle)
{
	snprintf(name, size, "%020" PRIu64 RISER_SNAP_SUFFIX, cycle);
}

/* ---- which snapshots are kept ---- */

static bool is_needed(const struct riser_snap_pages *pages, uint32_t born,
		      uint32_t dead)
{
	uint32_t i;

	for (i = 0; i < pages->nr_kept; i++)
		if (pages->kept[i].number >= born &&
		    pages->kept[i].number < dead)
			return true;
	return false;
}

static void free_old_slots(struct riser_snap_pages *pages)
{
	struct riser_snap_old *old = (struct riser_snap_old *)pages->old.data;
	size_t nr = pages->old.len / sizeof(*old), i, to = 0;

	for (i = 0; i < nr; i++) {
		if (is_needed(pages, old[i].born, old[i].dead))
			old[to++] = old[i];
		else
			riser_blob_put32(&pages->unused, old[i].slot);
	}
	pages->old.len = to * sizeof(*old);
}

static void drop(struct riser_snap_pages *pages, uint32_t i)
{
	char name[64];

	riser_snap_name(name, sizeof(name), pages->kept[i].cycle);
	/* gone before anything that it needs is written over */
	unlinkat(pages->dir_fd, name, 0);
	pages->snap_bytes -= pages->kept[i].bytes;
	pages->nr_kept--;
	memmove(&pages->kept[i], &pages->kept[i + 1],
		(pages->nr_kept - i) * sizeof(*pages->kept));
	free_old_slots(pages);
}

/*
 * The gap that it leaves, against its age: so the distance of two snapshots
 * grows with the time that has gone since, and the newest are all there.
 */
static uint32_t least_needed(const struct riser_snap_pages *pages)
{
	const struct riser_snap_kept *kept = pages->kept;
	uint64_t newest = kept[pages->nr_kept - 1].cycle;
	double gap, least = 0;
	uint32_t i, found = 0;

	for (i = 0; i + 1 < pages->nr_kept; i++) {
		gap = (double)(kept[i + 1].cycle - (i ? kept[i - 1].cycle : 0)) /
		      (double)(newest - kept[i].cycle + 1);
		if (!i || gap < least) {
			least = gap;
			found = i;
		}
	}
	return found;
}

void riser_snap_pages_keep(struct riser_snap_pages *pages, uint32_t number,
			   uint64_t cycle, uint64_t bytes)
{
	pages->kept[pages->nr_kept++] = (struct riser_snap_kept){
		.cycle = cycle, .bytes = bytes, .number = number,
	};
	pages->snap_bytes += bytes;
	while (pages->nr_kept > pages->max_kept)
		drop(pages, least_needed(pages));
}

int riser_snap_pages_reserve(struct riser_snap_pages *pages, uint32_t nr)
{
	uint64_t more = (uint64_t)nr * RISER_SNAP_PAGE;

	while (riser_snap_pages_bytes(pages) + more > pages->max_bytes) {
		if (pages->nr_kept < 2)
			return -EFBIG;
		drop(pages, 0);
	}
	return 0;
}

/* ---- contents ---- */

static uint32_t take_slot(struct riser_snap_pages *pages)
{
	uint32_t slot;

	if (!pages->unused.len)
		return pages->nr_slots++;
	pages->unused.len -= sizeof(slot);
	memcpy(&slot, pages->unused.data + pages->unused.len, sizeof(slot));
	return slot;
}

static void retire(struct riser_snap_pages *pages,
		   const struct riser_snap_place *place, uint32_t number)
{
	struct riser_snap_old old = {
		.slot = place->slot, .born = place->born, .dead = number,
	};

	if (is_needed(pages, old.born, old.dead))
		riser_blob_put(&pages->old, &old, sizeof(old));
	else
		riser_blob_put32(&pages->unused, old.slot);
}

int riser_snap_pages_put(struct riser_snap_pages *pages, uint32_t number,
			 const struct riser_snap_touched *which,
			 const uint8_t *data)
{
	struct riser_snap_place *place = &pages->place[which->mem][which->page];
	ssize_t n;

	if (place->is_used)
		retire(pages, place, number);
	else
		riser_blob_put(&pages->touched, which, sizeof(*which));
	*place = (struct riser_snap_place){
		.slot = take_slot(pages), .born = number, .is_used = true,
		.hash = riser_hash64(data, RISER_SNAP_PAGE, 0),
	};
	n = pwrite(pages->fd, data, RISER_SNAP_PAGE,
		   (off_t)place->slot * RISER_SNAP_PAGE);
	if (n != RISER_SNAP_PAGE)
		return n < 0 ? -errno : -ENOSPC;
	return pages->touched.failed || pages->old.failed ||
	       pages->unused.failed ? -ENOMEM : 0;
}

void riser_snap_pages_list(const struct riser_snap_pages *pages,
			   struct riser_blob *blob)
{
	const struct riser_snap_touched *touched =
		(const struct riser_snap_touched *)pages->touched.data;
	size_t nr = pages->touched.len / sizeof(*touched), i;
	const struct riser_snap_place *place;
	struct riser_snap_page page;
	uint64_t count;
	uint32_t mem;

	for (mem = 0; mem < pages->nr_mems; mem++) {
		count = 0;
		for (i = 0; i < nr; i++)
			count += touched[i].mem == mem;
		riser_blob_put64(blob, count);
		for (i = 0; i < nr; i++) {
			if (touched[i].mem != mem)
				continue;
			place = &pages->place[mem][touched[i].page];
			page = (struct riser_snap_page){
				.page = touched[i].page, .slot = place->slot,
				.hash = place->hash,
			};
			riser_blob_put(blob, &page, sizeof(page));
		}
	}
}
