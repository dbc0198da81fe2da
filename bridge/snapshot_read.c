// SPDX-License-Identifier: Apache-2.0
/*
 * Reads snapshots. One is used only when every checksum holds: head, body, each
 * page that it names. Every number in it is checked again.
 */
#define _GNU_SOURCE
#include "snapshot_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/link.h>

/* ---- numbers ---- */

struct cursor {
	const uint8_t *at;
	const uint8_t *end;
	bool is_bad;
};

static const uint8_t *get(struct cursor *c, uint64_t bytes)
{
	const uint8_t *p = c->at;

	if (c->is_bad || bytes > (uint64_t)(c->end - c->at)) {
		c->is_bad = true;
		return NULL;
	}
	c->at += bytes;
	return p;
}

static uint32_t get32(struct cursor *c)
{
	const uint8_t *p = get(c, sizeof(uint32_t));
	uint32_t value = 0;

	if (p)
		memcpy(&value, p, sizeof(value));
	return value;
}

static uint64_t get64(struct cursor *c)
{
	const uint8_t *p = get(c, sizeof(uint64_t));
	uint64_t value = 0;

	if (p)
		memcpy(&value, p, sizeof(value));
	return value;
}

/* ---- a file ---- */

static void pass_queue(struct cursor *c)
{
	uint64_t tail = get64(c), head = get64(c);

	if (head < tail || head - tail > 1U << 16)
		c->is_bad = true;
	for (; !c->is_bad && tail != head; tail++) {
		get64(c);
		get(c, get32(c));
	}
}

static void pass_function(struct cursor *c)
{
	uint32_t nr, i = get32(c);

	nr = get32(c);
	if (i >= RISER_MAX_FUNCTIONS || nr > RISER_MAX_VECTORS)
		c->is_bad = true;
	get(c, sizeof(struct riser_function));
	get(c, (uint64_t)nr * sizeof(uint64_t));
}

static bool find_parts(struct riser_snapshot *snapshot)
{
	struct cursor c = {
		.at = snapshot->raw,
		.end = snapshot->raw + snapshot->head.raw_bytes,
	};
	uint32_t i;

	snapshot->state_bytes = get64(&c);
	snapshot->levels = get32(&c);
	snapshot->nr_functions = get32(&c);
	if (snapshot->nr_functions > RISER_MAX_FUNCTIONS)
		return false;
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		snapshot->queue[i] = c.at;
		pass_queue(&c);
	}
	snapshot->functions = c.at;
	for (i = 0; i < snapshot->nr_functions; i++)
		pass_function(&c);
	for (i = 0; i < snapshot->head.nr_mems; i++) {
		snapshot->nr_pages[i] = get64(&c);
		if (snapshot->nr_pages[i] > UINT32_MAX)
			return false;
		snapshot->table[i] = get(&c, snapshot->nr_pages[i] *
					 sizeof(struct riser_snap_page));
	}
	snapshot->state = get(&c, snapshot->state_bytes);
	return !c.is_bad && c.at == c.end;
}

static const char *check_head(const struct riser_snap_head *head,
			      uint64_t file_bytes)
{
	if (head->magic != RISER_SNAP_MAGIC ||
	    head->crc != (uint32_t)riser_hash64(&head->version, sizeof(*head) -
						offsetof(struct riser_snap_head,
							 version), 0))
		return "its head has changed";
	if (head->version != RISER_SNAP_VERSION)
		return "it is of another version of riser";
	if (head->raw_bytes > RISER_SNAP_MAX_BYTES ||
	    head->nr_mems > RISER_MODEL_MAX_MEMS ||
	    head->packed_bytes != file_bytes - 8 - sizeof(*head))
		return "it is cut";
	return NULL;
}

/* NULL, or what is wrong with it. */
static const char *unpack(struct riser_snapshot *snapshot, FILE *f)
{
	struct riser_snap_head *head = &snapshot->head;
	const char *wrong = NULL;
	uint8_t *packed = malloc(head->packed_bytes + 1);
	size_t n;

	snapshot->raw = malloc(head->raw_bytes + 1);
	if (!packed || !snapshot->raw) {
		wrong = "no memory for it";
	} else if (fread(packed, 1, head->packed_bytes, f) !=
		   head->packed_bytes ||
		   riser_hash64(packed, head->packed_bytes, 0) !=
		   head->packed_hash) {
		wrong = "its checksum is wrong";
	} else {
		n = ZSTD_decompress(snapshot->raw, head->raw_bytes, packed,
				    head->packed_bytes);
		if (ZSTD_isError(n) || n != head->raw_bytes)
			wrong = "it cannot be unpacked";
		else if (!find_parts(snapshot))
			wrong = "a number in it cannot be";
	}
	free(packed);
	return wrong;
}

static bool is_wanted(const struct riser_snap_head *head,
		      const struct riser_snap_wish *wish)
{
	return head->log.log_id == wish->log_id &&
	       head->cycle <= wish->max_cycle &&
	       head->log.seq <= wish->max_seq &&
	       (!wish->build_hash ||
		!strncmp(head->build_hash, wish->build_hash,
			 sizeof(head->build_hash)));
}

/* 1 read, 0 not wanted, -1 damaged with its reason in @wrong. */
static int load(struct riser_snapshot *snapshot, const char *path,
		const struct riser_snap_wish *wish, const char **wrong)
{
	FILE *f = fopen(path, "re");
	uint32_t skip[2];
	struct stat st;
	int ret = 1;

	memset(snapshot, 0, sizeof(*snapshot));
	*wrong = NULL;
	if (!f || fstat(fileno(f), &st) ||
	    fread(skip, sizeof(skip), 1, f) != 1 ||
	    skip[0] != RISER_SNAP_SKIP_MAGIC ||
	    skip[1] != sizeof(snapshot->head) ||
	    fread(&snapshot->head, sizeof(snapshot->head), 1, f) != 1)
		*wrong = "no snapshot begins there";
	else
		*wrong = check_head(&snapshot->head, (uint64_t)st.st_size);
	if (!*wrong && !is_wanted(&snapshot->head, wish))
		ret = 0;
	else if (!*wrong)
		*wrong = unpack(snapshot, f);
	if (f)
		fclose(f);
	return *wrong ? -1 : ret;
}

/* ---- the newest that fits ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

/* Names in falling order of cycles; malloc'ed. */
static char **list_names(const char *dir, size_t *nr)
{
	char **names = NULL, **more;
	size_t room = 0, len;
	struct dirent *entry;
	DIR *d = opendir(dir);

	*nr = 0;
	while (d && (entry = readdir(d))) {
		len = strlen(entry->d_name);
		if (len != 20 + strlen(RISER_SNAP_SUFFIX) ||
		    strcmp(entry->d_name + 20, RISER_SNAP_SUFFIX))
			continue;
		if (*nr == room) {
			room = room ? 2 * room : 64;
			more = realloc(names, room * sizeof(*names));
			if (!more)
				break;
			names = more;
		}
		names[*nr] = strdup(entry->d_name);
		if (names[*nr])
			++*nr;
	}
	if (d)
		closedir(d);
	if (names)
		qsort(names, *nr, sizeof(*names), compare_names);
	return names;
}

int riser_snapshot_find(struct riser_snapshot *snapshot,
			const struct riser_snap_wish *wish,
			void (*note)(void *ctx, const char *text), void *ctx)
{
	char path[4096], text[RISER_ERROR_BYTES];
	size_t nr, i;
	char **names = list_names(wish->dir, &nr);
	const char *wrong;
	int ret = 0;

	memset(snapshot, 0, sizeof(*snapshot));
	for (i = 0; i < nr && ret != 1; i++) {
		/* the name tells enough to pass by */
		if (strtoull(names[i], NULL, 10) > wish->max_cycle)
			continue;
		snprintf(path, sizeof(path), "%s/%s", wish->dir, names[i]);
		ret = load(snapshot, path, wish, &wrong);
		if (ret < 0 && note) {
			snprintf(text, sizeof(text),
				 "snapshot %.350s is not used: %s; an older one is",
				 path, wrong);
			note(ctx, text);
		}
		if (ret != 1)
			riser_snapshot_fini(snapshot);
	}
	for (i = 0; i < nr; i++)
		free(names[i]);
	free(names);
	return ret == 1 ? 0 : -ENOENT;
}

void riser_snapshot_fini(struct riser_snapshot *snapshot)
{
	free(snapshot->raw);
	memset(snapshot, 0, sizeof(*snapshot));
}

/* ---- into a model ---- */

static struct riser_snap_page page_at(const struct riser_snapshot *snapshot,
				      uint32_t mem, uint64_t i)
{
	struct riser_snap_page page;

	memcpy(&page, snapshot->table[mem] + i * sizeof(page), sizeof(page));
	return page;
}

static bool are_pages_whole(const struct riser_snapshot *snapshot,
			    const struct riser_card *card, const uint8_t *map,
			    size_t bytes)
{
	struct riser_snap_page page;
	uint64_t i, from;
	uint32_t mem;

	for (mem = 0; mem < snapshot->head.nr_mems; mem++) {
		for (i = 0; i < snapshot->nr_pages[mem]; i++) {
			page = page_at(snapshot, mem, i);
			from = (uint64_t)page.slot * RISER_SNAP_PAGE;
			if (from + RISER_SNAP_PAGE > bytes ||
			    (uint64_t)page.page * RISER_SNAP_PAGE >=
			    card->mem_bytes[mem] ||
			    riser_hash64(map + from, RISER_SNAP_PAGE, 0) !=
			    page.hash)
				return false;
		}
	}
	return true;
}

static void copy_pages(const struct riser_snapshot *snapshot,
		       const struct riser_card *card, const uint8_t *map)
{
	struct riser_snap_page page;
	uint64_t i, to, bytes;
	uint32_t mem;

	for (mem = 0; mem < snapshot->head.nr_mems; mem++) {
		for (i = 0; i < snapshot->nr_pages[mem]; i++) {
			page = page_at(snapshot, mem, i);
			to = (uint64_t)page.page * RISER_SNAP_PAGE;
			bytes = card->mem_bytes[mem] - to;
			if (bytes > RISER_SNAP_PAGE)
				bytes = RISER_SNAP_PAGE;
			memcpy((uint8_t *)card->mem[mem] + to, map +
			       (uint64_t)page.slot * RISER_SNAP_PAGE, bytes);
		}
	}
}

static int apply_pages(const struct riser_snapshot *snapshot, const char *dir,
		       const struct riser_card *card)
{
	char path[4096];
	struct stat st;
	uint8_t *map = NULL;
	int fd, ret = 0;

	if (snapshot->head.nr_mems != card->info->nr_mems)
		return -EBADMSG;
	snprintf(path, sizeof(path), "%s/" RISER_SNAP_PAGES, dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		ret = -EBADMSG;
	if (!ret && st.st_size) {
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd,
			   0);
		if (map == MAP_FAILED)
			ret = -errno;
	}
	if (!ret && !are_pages_whole(snapshot, card, map, (size_t)st.st_size))
		ret = -EBADMSG;
	if (!ret)
		copy_pages(snapshot, card, map);
	if (map && map != MAP_FAILED)
		munmap(map, (size_t)st.st_size);
	if (fd >= 0)
		close(fd);
	return ret;
}

int riser_snapshot_apply(const struct riser_snapshot *snapshot, const char *dir,
			 const struct riser_card *card)
{
	int ret = apply_pages(snapshot, dir, card), fd;

	if (ret)
		return ret;
	fd = memfd_create("riser-state", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, snapshot->state, snapshot->state_bytes) !=
	    (ssize_t)snapshot->state_bytes || lseek(fd, 0, SEEK_SET))
		ret = -EIO;
	else
		ret = card->ops->restore(card->model, fd);
	close(fd);
	return ret;
}

int riser_snapshot_bars(const struct riser_snapshot *snapshot,
			struct riser_bar_map *bars)
{
	struct cursor c = {
		.at = snapshot->functions,
		.end = snapshot->raw + snapshot->head.raw_bytes,
	};
	struct riser_function *fn;
	uint32_t i, nr, vectors;

	for (i = 0; i < snapshot->nr_functions; i++) {
		nr = get32(&c);
		vectors = get32(&c);
		fn = &bars->function[nr];
		memcpy(fn, get(&c, sizeof(*fn)), sizeof(*fn));
		fn->vector_addr = NULL;
		if (!vectors)
			continue;
		fn->vector_addr = calloc(RISER_MAX_VECTORS,
					 sizeof(*fn->vector_addr));
		if (!fn->vector_addr)
			return -ENOMEM;
		memcpy(fn->vector_addr, get(&c, vectors *
					    sizeof(*fn->vector_addr)),
		       vectors * sizeof(*fn->vector_addr));
	}
	return 0;
}
