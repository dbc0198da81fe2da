// SPDX-License-Identifier: Apache-2.0
/*
 * Contents of logical blocks: what the host has written, or what was read the
 * first time. Kept in chunks that are made when a block of them is touched.
 *
 * Only what is certain is judged. While a command that changes a block is in
 * flight, a read of it may find either; so may one that began before the end of
 * that command. When several commands change a block at once, it is not known
 * after them.
 */
#include <stdlib.h>
#include <string.h>

#include "nvme.h"

#define FIRST_CHUNKS	256	/* a power of two */

static uint64_t key_of(uint32_t nsid, uint64_t lba)
{
	return ((uint64_t)nsid << 48 ^ lba / NVME_CHUNK_LBAS) + 1;
}

static uint32_t slot_of(const struct nvme *b, uint64_t key)
{
	uint32_t i = (uint32_t)(key * 0x9e3779b97f4a7c15ULL >> 32) & (b->chunk_room - 1);

	while (b->chunk[i] && b->chunk[i]->key != key)
		i = (i + 1) & (b->chunk_room - 1);
	return i;
}

static bool grow(struct nvme *b)
{
	uint32_t room = b->chunk_room, i;
	struct nvme_chunk **old = b->chunk;

	b->chunk = calloc(room ? 2ULL * room : FIRST_CHUNKS, sizeof(struct nvme_chunk *));
	if (!b->chunk) {
		b->chunk = old;
		return false;
	}
	b->chunk_room = room ? 2 * room : FIRST_CHUNKS;
	for (i = 0; i < room; i++)
		if (old[i])
			b->chunk[slot_of(b, old[i]->key)] = old[i];
	free(old);
	return true;
}

static struct nvme_chunk *find(struct nvme *b, uint32_t nsid, uint64_t lba)
{
	uint64_t key = key_of(nsid, lba);

	if (b->last_chunk && b->last_chunk->key == key)
		return b->last_chunk;
	if (b->chunk_room && b->chunk[slot_of(b, key)])
		b->last_chunk = b->chunk[slot_of(b, key)];
	else
		return NULL;
	return b->last_chunk;
}

/* NULL when there is no memory for it: not judged then. */
static struct nvme_chunk *make(struct nvme *b, uint32_t nsid, uint64_t lba)
{
	struct nvme_chunk *chunk = find(b, nsid, lba);
	uint64_t bytes = sizeof(*chunk) + (uint64_t)NVME_CHUNK_LBAS * b->lba_bytes;

	if (chunk)
		return chunk;
	if (b->content_bytes + bytes > b->config.max_content_bytes)
		return NULL;
	if (2 * b->nr_chunks >= b->chunk_room && !grow(b))
		return NULL;
	chunk = calloc(1, bytes);
	if (!chunk)
		return NULL;
	chunk->key = key_of(nsid, lba);
	b->chunk[slot_of(b, chunk->key)] = chunk;
	b->nr_chunks++;
	b->content_bytes += bytes;
	b->last_chunk = chunk;
	return chunk;
}

void nvme_lba_fini(struct nvme *b)
{
	uint32_t i;

	for (i = 0; i < b->chunk_room; i++)
		free(b->chunk[i]);
	free(b->chunk);
	b->chunk = NULL;
	b->last_chunk = NULL;
	b->nr_chunks = b->chunk_room = 0;
	b->content_bytes = 0;
}

static struct nvme_lba *state_of(struct nvme_chunk *chunk, uint64_t lba)
{
	return &chunk->lba[lba % NVME_CHUNK_LBAS];
}

static uint8_t *data_of(const struct nvme *b, struct nvme_chunk *chunk, uint64_t lba)
{
	return chunk->data + lba % NVME_CHUNK_LBAS * b->lba_bytes;
}

void nvme_lba_begin_write(struct nvme *b, uint32_t nsid, uint64_t lba, uint32_t nr)
{
	struct nvme_chunk *chunk;
	struct nvme_lba *state;

	for (; nr; nr--, lba++) {
		chunk = make(b, nsid, lba);
		if (!chunk)
			continue;
		state = state_of(chunk, lba);
		state->is_mixed |= state->busy != 0;
		if (state->busy < UINT8_MAX)
			state->busy++;
	}
}

void nvme_lba_write(struct nvme *b, const struct nvme_cmd *cmd, uint32_t offset,
		    const uint8_t *data, uint32_t len)
{
	struct nvme_chunk *chunk;
	uint64_t lba;
	uint32_t at, n;

	for (; len; offset += n, data += n, len -= n) {
		lba = cmd->lba + offset / b->lba_bytes;
		at = offset % b->lba_bytes;
		n = b->lba_bytes - at < len ? b->lba_bytes - at : len;
		chunk = find(b, cmd->nsid, lba);
		if (chunk)
			memcpy(data_of(b, chunk, lba) + at, data, n);
	}
}

static void change(struct nvme *b, struct nvme_lba *state, enum nvme_lba_state to)
{
	state->state = (uint8_t)to;
	state->changed = b->cycle;
	state->learner = 0;
	state->learnt = 0;
}

void nvme_lba_end_write(struct nvme *b, uint32_t nsid, uint64_t lba, uint32_t nr,
			enum nvme_lba_state to)
{
	struct nvme_chunk *chunk;
	struct nvme_lba *state;

	for (; nr; nr--, lba++) {
		chunk = find(b, nsid, lba);
		if (!chunk)
			continue;
		state = state_of(chunk, lba);
		if (to == NVME_LBA_ZEROED)
			memset(data_of(b, chunk, lba), 0, b->lba_bytes);
		change(b, state, state->is_mixed ? NVME_LBA_UNKNOWN : to);
		if (state->busy)
			state->busy--;
		if (!state->busy)
			state->is_mixed = false;
	}
}

static void forget_chunk(struct nvme *b, struct nvme_chunk *chunk)
{
	uint32_t i;

	for (i = 0; i < NVME_CHUNK_LBAS; i++)
		change(b, &chunk->lba[i], NVME_LBA_UNKNOWN);
}

void nvme_lba_forget(struct nvme *b, uint32_t nsid, uint64_t lba, uint64_t nr)
{
	struct nvme_chunk *chunk;
	uint64_t end = lba + nr;

	/* more than there are chunks: from the other side */
	if (nr / NVME_CHUNK_LBAS > b->nr_chunks) {
		nvme_lba_forget_all(b);
		return;
	}
	while (lba < end) {
		chunk = find(b, nsid, lba);
		if (!chunk) {
			lba = (lba / NVME_CHUNK_LBAS + 1) * NVME_CHUNK_LBAS;
			continue;
		}
		change(b, state_of(chunk, lba), NVME_LBA_UNKNOWN);
		lba++;
	}
}

void nvme_lba_forget_all(struct nvme *b)
{
	uint32_t i;

	for (i = 0; i < b->chunk_room; i++)
		if (b->chunk[i])
			forget_chunk(b, b->chunk[i]);
}

/* The first read of a block tells what it holds, once all of it has come. */
static void learn(const struct nvme *b, const struct nvme_cmd *cmd, struct nvme_lba *state,
		  uint8_t *content, uint32_t at, const uint8_t *data, uint32_t len)
{
	if (state->learner != cmd->id) {
		/* another one is at it */
		if (state->learner && at)
			return;
		state->learner = cmd->id;
		state->learnt = 0;
	}
	if (state->learnt != at)
		return;
	memcpy(content + at, data, len);
	state->learnt = (uint16_t)(at + len);
	if (state->learnt == b->lba_bytes)
		state->state = NVME_LBA_SEEN;
}

static void fill_wrong(struct nvme_wrong *wrong, const struct nvme_lba *state,
		       const uint8_t *content, const uint8_t *data, uint32_t len)
{
	uint32_t i = 0;

	while (content[i] == data[i])
		i++;
	wrong->byte += i;
	wrong->offset += i;
	wrong->len = len - i < 4 ? len - i : 4;
	memcpy(wrong->expected, content + i, wrong->len);
	memcpy(wrong->got, data + i, wrong->len);
	wrong->state = state->state;
	wrong->since = state->changed;
}

bool nvme_lba_compare(struct nvme *b, struct nvme_cmd *cmd, uint32_t offset, const uint8_t *data,
		      uint32_t len, struct nvme_wrong *wrong)
{
	struct nvme_chunk *chunk;
	struct nvme_lba *state;
	uint8_t *content;
	uint64_t lba;
	uint32_t at, n;

	for (; len; offset += n, data += n, len -= n) {
		lba = cmd->lba + offset / b->lba_bytes;
		at = offset % b->lba_bytes;
		n = b->lba_bytes - at < len ? b->lba_bytes - at : len;
		chunk = make(b, cmd->nsid, lba);
		if (!chunk)
			continue;
		state = state_of(chunk, lba);
		content = data_of(b, chunk, lba) + at;
		if (state->busy || state->changed > cmd->begin_cycle)
			continue;
		if (state->state == NVME_LBA_UNKNOWN) {
			learn(b, cmd, state, content - at, at, data, n);
		} else if (memcmp(content, data, n)) {
			*wrong = (struct nvme_wrong){ .offset = offset, .lba = lba, .byte = at };
			fill_wrong(wrong, state, content, data, n);
			return true;
		}
	}
	return false;
}
