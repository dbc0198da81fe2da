// SPDX-License-Identifier: Apache-2.0
/*
 * mmiotrace's log has a line for each access of one, two, four or eight bytes. A
 * TLP is one such access, or, where the driver moves more at once, several. Reads
 * stand where their answer comes, with what the CPU got: all ones for UR and CA.
 */
#include "mmiotrace.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../words.h"
#include "requests.h"

#define MAX_MAPS	(RISER_MAX_FUNCTIONS * RISER_NR_BARS)
#define MAX_WIDTH	8

/* What "BAR0" or "fn 1 BAR0" is on the bus, once an access has hit it. */
struct map {
	char name[32];
	uint64_t base;
};

struct tracer {
	struct riser_packets packets;
	struct riser_requests reads;
	struct riser_words words;
	struct map map[MAX_MAPS];
	unsigned int nr_maps;
	FILE *out;
	bool is_short;	/* of memory */
};

static void put_time(const struct tracer *t, uint64_t cycle)
{
	uint64_t ps = t->packets.period_ps, ns;

	/* cycle * ps in ns without an overflow */
	ns = cycle / 1000 * ps + cycle % 1000 * ps / 1000;
	fprintf(t->out, "%" PRIu64 ".%09" PRIu64 " ", ns / 1000000000, ns % 1000000000);
}

static uint64_t size_of(const struct tracer *t, uint64_t addr)
{
	const struct riser_bar_map *bars = &t->words.bars;
	uint64_t base, size;
	uint32_t i, bar;
	bool is_io;

	for (i = 0; i < bars->nr_slots; i++)
		for (bar = 0; bar < RISER_NR_BARS; bar++)
			if (riser_function_bar(&bars->function[i], bar, &base, &size, &is_io) &&
			    !is_io && addr >= base && addr - base < size)
				return size;
	return 0;
}

/* The number of the mapping that @place is in, told when it is new or has moved. */
static unsigned int map_of(struct tracer *t, const char *place, uint64_t addr, uint64_t cycle)
{
	const char *plus = strrchr(place, '+');
	uint64_t offset = 0;
	struct map *map;
	char name[32];
	unsigned int i;

	if (!plus || sscanf(plus, "+0x%" SCNx64, &offset) != 1)
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)(plus - place), place);
	for (i = 0; i < t->nr_maps && strcmp(t->map[i].name, name); i++)
		;
	map = &t->map[i];
	if (i == MAX_MAPS)
		return 0;
	if (i < t->nr_maps && map->base == addr - offset)
		return i + 1;
	if (i < t->nr_maps) {
		fputs("UNMAP ", t->out);
		put_time(t, cycle);
		fprintf(t->out, "%u 0x0 0\n", i + 1);
	} else {
		t->nr_maps++;
		strcpy(map->name, name);
	}
	map->base = addr - offset;
	fputs("MAP ", t->out);
	put_time(t, cycle);
	fprintf(t->out, "%u 0x%" PRIx64 " 0x0 0x%" PRIx64 " 0x0 0\n", i + 1, map->base,
		size_of(t, addr));
	return i + 1;
}

/* An access; @data is NULL where all ones were read. */
struct access {
	char letter;
	unsigned int map;
	uint64_t cycle, addr;
	uint32_t pid;
	const uint8_t *data;
};

static void put_access(const struct tracer *t, const struct access *a, uint64_t addr,
		       unsigned int width, const uint8_t *data)
{
	uint64_t value = 0;
	unsigned int i;

	for (i = width; i; i--)
		value = value << 8 | (data ? data[i - 1] : 0xff);
	fprintf(t->out, "%c %u ", a->letter, width);
	put_time(t, a->cycle);
	fprintf(t->out, "%u 0x%" PRIx64 " 0x%" PRIx64 " 0x0 %" PRIu32 "\n", a->map, addr, value,
		a->pid);
}

/* Which bytes of dword @dw of a request count. */
static uint8_t enables(const struct riser_tlp *tlp, uint32_t dw)
{
	if (dw == 0)
		return tlp->first_be;
	return dw + 1 == tlp->length_dw ? tlp->last_be : 0xf;
}

/* Dwords @from to @to of a request, cut into aligned accesses. */
static void put_dwords(const struct tracer *t, const struct access *a, const struct riser_tlp *tlp,
		       uint32_t from, uint32_t to)
{
	uint64_t base = (tlp->addr & ~3ULL) + 4ULL * from;
	uint32_t bytes = 4 * (to - from), at = 0, run, width;

	while (at < bytes) {
		for (run = 0; at + run < bytes && enables(tlp, from + (at + run) / 4) &
		     1 << (at + run) % 4; run++)
			;
		if (!run) {
			at++;
			continue;
		}
		for (width = MAX_WIDTH; width > run || (base + at) % width; width /= 2)
			;
		put_access(t, a, base + at, width, a->data ? a->data + at : NULL);
		at += width;
	}
}

static void on_write(struct tracer *t, const struct riser_packet *packet)
{
	const struct riser_tlp *tlp = packet->tlp.tlp;
	struct access a = {
		.letter = 'W', .cycle = packet->cycle, .data = tlp->data,
		.pid = packet->tlp.caller ? packet->tlp.caller->pid : 0,
	};

	a.map = map_of(t, packet->place, tlp->addr, packet->cycle);
	if (tlp->data_bytes >= 4U * tlp->length_dw)
		put_dwords(t, &a, tlp, 0, tlp->length_dw);
}

static void on_answer(struct tracer *t, const struct riser_packet *packet)
{
	struct riser_request *r = riser_requests_of(&t->reads, packet);
	const struct riser_tlp *cpl = packet->tlp.tlp;
	struct access a = { .letter = 'R', .cycle = packet->cycle };
	uint32_t to;

	if (!r)
		return;
	a.map = map_of(t, r->place, r->tlp.addr, r->cycle);
	a.pid = r->pid;
	a.data = cpl->status == RISER_CPL_SC ? cpl->data : NULL;
	to = a.data ? r->done_dw + cpl->data_bytes / 4 : r->tlp.length_dw;
	to = to < r->tlp.length_dw ? to : r->tlp.length_dw;
	put_dwords(t, &a, &r->tlp, r->done_dw, to);
	r->done_dw = to;
	if (!a.data || to == r->tlp.length_dw)
		riser_requests_drop(&t->reads, r);
}

static void put_mark(const struct tracer *t, uint64_t cycle, const char *text)
{
	fputs("MARK ", t->out);
	put_time(t, cycle);
	for (; *text; text++)
		fputc(*text == '\n' ? ' ' : *text, t->out);
	fputc('\n', t->out);
}

static void take(void *ctx, const struct riser_packet *packet)
{
	const struct riser_tlp *tlp = packet->note ? NULL : packet->tlp.tlp;
	struct tracer *t = ctx;

	if (packet->note)
		put_mark(t, packet->cycle, packet->note);
	if (!tlp)
		return;
	riser_words_learn(&t->words, &packet->tlp);
	if (packet->tlp.direction == RISER_TO_HOST) {
		if (packet->tlp.tlp_class == RISER_COMPLETION)
			on_answer(t, packet);
	} else if (tlp->kind == RISER_TLP_MWR && packet->place) {
		on_write(t, packet);
	} else if (tlp->kind == RISER_TLP_MRD && packet->place) {
		t->is_short |= !riser_requests_add(&t->reads, packet);
	}
}

int riser_mmiotrace_write(const char *capture, FILE *out, char *error)
{
	struct tracer t = { .packets = { .take = take, .ctx = &t }, .out = out };
	struct riser_request *r;
	char text[256];
	int ret;

	if (riser_words_init(&t.words)) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return -ENOMEM;
	}
	riser_requests_init(&t.reads);
	fputs("VERSION 20070824\n", out);
	ret = riser_packets_read(&t.packets, capture, error);
	for (r = t.reads.first; !ret && r; r = r->next) {
		snprintf(text, sizeof(text), "read of %s in %s: no answer", r->place,
			 *r->function ? r->function : "an unknown function");
		put_mark(&t, r->cycle, text);
	}
	riser_requests_fini(&t.reads);
	riser_words_fini(&t.words);
	if (!ret && t.is_short) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		ret = -ENOMEM;
	}
	return ret;
}
