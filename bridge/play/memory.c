// SPDX-License-Identifier: Apache-2.0
/*
 * Host memory as a recording knows it: what the card read, line by line, in the
 * order of reading; and what the card wrote. Between two reads with different
 * values the host wrote; it did so before the last deed that came before the
 * second read, since that deed is what told the card to look.
 */
#include "play.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void *play_room(void *array, uint32_t nr, uint32_t *room, size_t size)
{
	uint32_t more;

	if (nr < *room)
		return array;
	more = *room ? 2 * *room : 16;
	array = realloc(array, more * size);
	if (array)
		*room = more;
	return array;
}

static uint32_t slot_of(const struct play_memory *memory, uint64_t addr)
{
	return (uint32_t)(addr * 0x9e3779b97f4a7c15ULL >> 33) & (memory->nr_slots - 1);
}

static int rehash(struct play_memory *memory)
{
	uint32_t nr = memory->nr_slots ? 4 * memory->nr_slots : 1024, i, at;
	uint32_t *slot = malloc(nr * sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	memset(slot, 0xff, nr * sizeof(*slot));
	free(memory->slot);
	memory->slot = slot;
	memory->nr_slots = nr;
	for (i = 0; i < memory->nr; i++) {
		at = slot_of(memory, memory->line[i].addr);
		while (slot[at] != PLAY_NONE)
			at = (at + 1) & (nr - 1);
		slot[at] = i;
	}
	return 0;
}

/* The pointer is good until the next line is made. */
struct play_line *play_line(struct play_memory *memory, uint64_t addr, bool make)
{
	struct play_line *line;
	uint32_t at;

	addr &= ~(uint64_t)(PLAY_LINE - 1);
	if (2 * memory->nr >= memory->nr_slots && make && rehash(memory))
		return NULL;
	if (!memory->nr_slots)
		return NULL;
	at = slot_of(memory, addr);
	for (; memory->slot[at] != PLAY_NONE; at = (at + 1) & (memory->nr_slots - 1))
		if (memory->line[memory->slot[at]].addr == addr)
			return &memory->line[memory->slot[at]];
	if (!make)
		return NULL;
	line = play_room(memory->line, memory->nr, &memory->room, sizeof(*line));
	if (!line)
		return NULL;
	memory->line = line;
	line += memory->nr;
	memset(line, 0, sizeof(*line));
	line->addr = addr;
	memory->slot[at] = memory->nr++;
	return line;
}

static uint64_t mask_of(uint32_t first, uint32_t bytes)
{
	return (bytes >= 64 ? ~0ULL : (1ULL << bytes) - 1) << first;
}

int play_memory_saw(struct play_memory *memory, uint64_t addr, const uint8_t *data,
		    uint32_t bytes, uint64_t pos, uint64_t trigger)
{
	struct play_line *line;
	struct play_seen *seen;
	uint32_t first, n;

	for (; bytes; addr += n, data += n, bytes -= n) {
		first = addr & (PLAY_LINE - 1);
		n = PLAY_LINE - first < bytes ? PLAY_LINE - first : bytes;
		line = play_line(memory, addr, true);
		seen = line ? play_room(line->seen, line->nr_seen, &line->room_seen,
					sizeof(*seen)) : NULL;
		if (!seen)
			return -ENOMEM;
		line->seen = seen;
		seen += line->nr_seen++;
		memset(seen, 0, sizeof(*seen));
		seen->pos = pos;
		seen->trigger = trigger;
		seen->mask = mask_of(first, n);
		memcpy(seen->data + first, data, n);
	}
	return 0;
}

int play_memory_wrote(struct play_memory *memory, uint64_t addr, const uint8_t *data,
		      uint32_t bytes, uint32_t event)
{
	struct play_line *line;
	struct play_wrote *wrote;
	uint32_t first, n;

	for (; bytes; addr += n, data += n, bytes -= n) {
		first = addr & (PLAY_LINE - 1);
		n = PLAY_LINE - first < bytes ? PLAY_LINE - first : bytes;
		line = play_line(memory, addr, true);
		wrote = line ? play_room(line->wrote, line->nr_wrote, &line->room_wrote,
					 sizeof(*wrote)) : NULL;
		if (!wrote)
			return -ENOMEM;
		line->wrote = wrote;
		wrote += line->nr_wrote++;
		memset(wrote, 0, sizeof(*wrote));
		wrote->event = event;
		wrote->mask = mask_of(first, n);
		wrote->left = wrote->mask;
		memcpy(wrote->data + first, data, n);
	}
	return 0;
}

void play_memory_rewind(struct play_memory *memory)
{
	struct play_line *line;
	uint32_t i, j;

	for (i = 0; i < memory->nr; i++) {
		line = &memory->line[i];
		line->last_seen = 0;
		line->read_pos = 0;
		line->open_wrote = 0;
		line->own_mask = 0;
		line->own_pos = 0;
		for (j = 0; j < line->nr_wrote; j++)
			line->wrote[j].left = line->wrote[j].mask;
	}
}

void play_memory_free(struct play_memory *memory)
{
	uint32_t i;

	for (i = 0; i < memory->nr; i++) {
		free(memory->line[i].seen);
		free(memory->line[i].wrote);
	}
	free(memory->line);
	free(memory->slot);
}

/* Of the values whose deed has been done the latest, and the first of the same deed. */
static uint32_t latest_seen(const struct play_line *line, uint64_t bit, uint64_t pos,
			    uint32_t *same)
{
	uint32_t i, latest = PLAY_NONE;

	for (i = 0; i < line->nr_seen && line->seen[i].trigger <= pos; i++) {
		if (!(line->seen[i].mask & bit))
			continue;
		if (latest == PLAY_NONE ||
		    line->seen[i].trigger != line->seen[latest].trigger)
			*same = i;
		latest = i;
	}
	return latest;
}

/*
 * Which of the values that a byte had. No older one than the host's deeds allow;
 * apart from that one after the other, as in the recording: a card that is faster
 * looks earlier than it did then. Without any deed since its last look nothing has
 * changed, unless it looked again and again then too.
 */
static const struct play_seen *choose(struct play_line *line, uint32_t byte, uint64_t pos,
				      uint64_t *guesses)
{
	uint64_t bit = 1ULL << byte;
	uint32_t same = 0, next = line->last_seen, latest;

	latest = latest_seen(line, bit, pos, &same);
	while (next < line->nr_seen && !(line->seen[next].mask & bit))
		next++;
	if (latest == PLAY_NONE) {
		*guesses += next < line->nr_seen;
		return next < line->nr_seen ? &line->seen[next] : NULL;
	}
	if (next < line->nr_seen && next > latest && line->last_seen && pos > line->read_pos) {
		*guesses += line->seen[next].data[byte] != line->seen[latest].data[byte];
		return &line->seen[next];
	}
	if (next <= same)
		return &line->seen[same];
	return &line->seen[next < latest ? next : latest];
}

static bool read_byte(struct play_line *line, uint32_t i, uint64_t pos, uint8_t *value,
		      uint64_t *guesses, uint32_t *used)
{
	const struct play_seen *seen = choose(line, i, pos, guesses);

	if (line->own_mask >> i & 1 && (!seen || line->own_pos > seen->pos)) {
		*value = line->own[i];
		return true;
	}
	if (!seen)
		return false;
	*value = seen->data[i];
	*used = (uint32_t)(seen - line->seen) + 1;
	return true;
}

uint32_t play_memory_read(struct play_memory *memory, uint64_t addr, uint32_t bytes,
			  uint64_t pos, uint8_t *data, uint64_t *guesses)
{
	struct play_line *line;
	uint32_t i, n = 0, first, used;

	while (n < bytes) {
		line = play_line(memory, addr + n, false);
		if (!line)
			return n;
		first = (addr + n) & (PLAY_LINE - 1);
		used = line->last_seen;
		for (i = first; i < PLAY_LINE && n < bytes; i++, n++)
			if (!read_byte(line, i, pos, &data[n], guesses, &used))
				return n;
		line->last_seen = used;
		line->read_pos = pos;
	}
	return n;
}
