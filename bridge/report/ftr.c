// SPDX-License-Identifier: Apache-2.0
/*
 * FTR is CBOR: a row of tagged chunks, in this order: info, and whenever enough has
 * come, the strings and names that are new, then transactions; at the end relations.
 */
#include "ftr.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "../words.h"
#include "cbor.h"
#include "requests.h"

/* Tags of chunks. */
#define TAG_SELF	55799	/* "this is CBOR" */
#define TAG_INFO	6
#define TAG_STRINGS	8
#define TAG_NAMES	10
#define TAG_TRANSACTIONS 12
#define TAG_RELATIONS	14
/* Of what is in them. */
#define TAG_STREAM	16
#define TAG_GENERATOR	17
#define TAG_TIMES	6
#define TAG_AT_BEGIN	7
#define TAG_EPOCH	1

/* Data types; the numbers that all versions of the format agree about. */
#define TYPE_UNSIGNED	3
#define TYPE_STRING	10

#define PICOSECONDS	(-12)
#define CHUNK_BYTES	65536

enum {
	STREAM_HOST = 1, STREAM_CARD_ANSWERS, STREAM_CARD, STREAM_HOST_ANSWERS, NR_STREAMS,
};

struct string {
	char *text;
	uint64_t id;
};

struct stream {
	struct riser_cbor open;	/* transactions of the next chunk */
	uint64_t from, to;
	uint64_t generator[RISER_TLP_NR_KINDS];	/* 0: none yet */
};

struct ftr {
	struct riser_packets packets;
	struct riser_requests requests;
	struct riser_words words;
	FILE *out;
	void *strings;		/* a tree of struct string */
	struct riser_cbor new_strings, new_names, relations;
	uint64_t nr_strings, nr_new_strings, nr_generators, nr_transactions;
	struct stream stream[NR_STREAMS];
	bool failed;
};

/* ---- strings and names ---- */

static int by_text(const void *a, const void *b)
{
	const struct string *x = a, *y = b;

	return strcmp(x->text, y->text);
}

/* Its number; 0 is the empty one. */
static uint64_t string_id(struct ftr *f, const char *text)
{
	struct string key = { .text = (char *)text }, *s, **found;

	if (!*text)
		return 0;
	found = tfind(&key, &f->strings, by_text);
	if (found)
		return (*found)->id;
	s = calloc(1, sizeof(*s));
	if (s)
		s->text = strdup(text);
	if (!s || !s->text || !tsearch(s, &f->strings, by_text)) {
		f->failed = true;
		free(s);
		return 0;
	}
	s->id = ++f->nr_strings;
	f->nr_new_strings++;
	riser_cbor_u64(&f->new_strings, s->id);
	riser_cbor_text(&f->new_strings, text);
	return s->id;
}

static void free_string(void *string)
{
	struct string *s = string;

	free(s->text);
	free(s);
}

/* A stream or a generator: @last is the kind of the one, the stream of the other. */
static void add_name(struct ftr *f, uint64_t tag, uint64_t id, const char *name, uint64_t last)
{
	uint64_t name_id = string_id(f, name);

	riser_cbor_tag(&f->new_names, tag);
	riser_cbor_array(&f->new_names, 3);
	riser_cbor_u64(&f->new_names, id);
	riser_cbor_u64(&f->new_names, name_id);
	riser_cbor_u64(&f->new_names, last);
}

static uint64_t generator_of(struct ftr *f, unsigned int stream, uint8_t kind)
{
	static const char *const kinds[RISER_TLP_NR_KINDS] = {
		"MRd", "MRdLk", "MWr", "IORd", "IOWr", "CfgRd0", "CfgWr0", "CfgRd1", "CfgWr1",
		"Msg", "MsgD", "Cpl", "CplD", "CplLk", "CplDLk", "FetchAdd", "Swap", "CAS", "DMWr",
	};
	uint64_t *id = &f->stream[stream].generator[kind];

	if (!*id) {
		/* numbers of streams and generators are of one kind for some readers */
		*id = NR_STREAMS + f->nr_generators++;
		add_name(f, TAG_GENERATOR, *id, kinds[kind], stream);
	}
	return *id;
}

/* ---- chunks ---- */

static void put_out(struct ftr *f, struct riser_cbor *chunk)
{
	if (chunk->failed || fwrite(chunk->bytes, 1, chunk->nr, f->out) != chunk->nr)
		f->failed = true;
	riser_cbor_fini(chunk);
}

/* @content becomes a chunk of its own, and empty. */
static void put_chunk(struct ftr *f, uint64_t tag, struct riser_cbor *content)
{
	struct riser_cbor chunk = { .failed = content->failed };

	riser_cbor_tag(&chunk, tag);
	riser_cbor_blob(&chunk, content->bytes, content->nr);
	riser_cbor_fini(content);
	put_out(f, &chunk);
}

static void put_strings(struct ftr *f)
{
	struct riser_cbor map = { .failed = f->new_strings.failed };

	if (!f->nr_new_strings)
		return;
	riser_cbor_map(&map, f->nr_new_strings);
	f->nr_new_strings = 0;
	riser_cbor_append(&map, &f->new_strings);
	riser_cbor_fini(&f->new_strings);
	put_chunk(f, TAG_STRINGS, &map);
}

/* A row of items with an end, as an array. */
static void put_row(struct ftr *f, uint64_t tag, struct riser_cbor *items)
{
	struct riser_cbor row = { .failed = items->failed };

	if (!items->nr)
		return;
	riser_cbor_open_array(&row);
	riser_cbor_append(&row, items);
	riser_cbor_break(&row);
	riser_cbor_fini(items);
	put_chunk(f, tag, &row);
}

static void put_transactions(struct ftr *f, unsigned int stream)
{
	struct stream *s = &f->stream[stream];
	struct riser_cbor row = { .failed = s->open.failed }, chunk = { 0 };

	if (!s->open.nr)
		return;
	put_strings(f);
	put_row(f, TAG_NAMES, &f->new_names);
	riser_cbor_open_array(&row);
	riser_cbor_append(&row, &s->open);
	riser_cbor_break(&row);
	riser_cbor_fini(&s->open);
	chunk.failed = row.failed;
	riser_cbor_tag(&chunk, TAG_TRANSACTIONS);
	riser_cbor_array(&chunk, 4);
	riser_cbor_u64(&chunk, stream);
	riser_cbor_u64(&chunk, s->from);
	riser_cbor_u64(&chunk, s->to);
	riser_cbor_blob(&chunk, row.bytes, row.nr);
	riser_cbor_fini(&row);
	put_out(f, &chunk);
}

/* ---- transactions ---- */

struct transaction {
	unsigned int stream;
	uint64_t id, from, to;	/* cycles */
	uint8_t kind;
	const char *text, *place, *function;
	uint64_t seq;
};

static void put_text(struct ftr *f, struct riser_cbor *to, const char *name, const char *value)
{
	uint64_t name_id = string_id(f, name), value_id = string_id(f, value);

	riser_cbor_tag(to, TAG_AT_BEGIN);
	riser_cbor_array(to, 3);
	riser_cbor_u64(to, name_id);
	riser_cbor_u64(to, TYPE_STRING);
	riser_cbor_u64(to, value_id);
}

static void put_number(struct ftr *f, struct riser_cbor *to, const char *name, uint64_t value)
{
	riser_cbor_tag(to, TAG_AT_BEGIN);
	riser_cbor_array(to, 3);
	riser_cbor_u64(to, string_id(f, name));
	riser_cbor_u64(to, TYPE_UNSIGNED);
	riser_cbor_u64(to, value);
}

static void put(struct ftr *f, const struct transaction *t)
{
	uint64_t ps = f->packets.period_ps, from = t->from * ps, to = t->to * ps;
	struct stream *s = &f->stream[t->stream];
	struct riser_cbor *open = &s->open;
	uint64_t generator = generator_of(f, t->stream, t->kind);

	s->from = !open->nr || from < s->from ? from : s->from;
	s->to = !open->nr || to > s->to ? to : s->to;
	riser_cbor_array(open, 3U + !!*t->place + !!*t->function);
	riser_cbor_tag(open, TAG_TIMES);
	riser_cbor_array(open, 4);
	riser_cbor_u64(open, t->id);
	riser_cbor_u64(open, generator);
	riser_cbor_u64(open, from);
	riser_cbor_u64(open, to);
	put_text(f, open, "tlp", t->text);
	put_number(f, open, "number", t->seq);
	if (*t->place)
		put_text(f, open, "place", t->place);
	if (*t->function)
		put_text(f, open, "function", t->function);
	if (open->nr > CHUNK_BYTES)
		put_transactions(f, t->stream);
}

static unsigned int stream_of(const struct riser_request *r)
{
	return r->direction == RISER_TO_CARD ? STREAM_HOST : STREAM_CARD;
}

static void relate(struct ftr *f, const struct riser_request *from, const struct transaction *to)
{
	uint64_t name = string_id(f, "completion");

	riser_cbor_array(&f->relations, 5);
	riser_cbor_u64(&f->relations, name);
	riser_cbor_u64(&f->relations, from->id);
	riser_cbor_u64(&f->relations, to->id);
	riser_cbor_u64(&f->relations, stream_of(from));
	riser_cbor_u64(&f->relations, to->stream);
}

/* A request is over: @cycle of its last completion, or its own. */
static void put_request(struct ftr *f, struct riser_request *r, uint64_t cycle)
{
	struct transaction t = {
		.stream = stream_of(r), .id = r->id,
		.from = r->cycle, .to = cycle, .kind = r->tlp.kind, .text = r->text, .place = r->place,
		.function = r->function, .seq = r->seq,
	};

	put(f, &t);
	riser_requests_drop(&f->requests, r);
}

static void take_completion(struct ftr *f, const struct riser_packet *packet, const char *text)
{
	struct riser_request *r = riser_requests_of(&f->requests, packet);
	const struct riser_tlp *tlp = packet->tlp.tlp;
	struct transaction t = {
		.stream = packet->tlp.direction == RISER_TO_HOST ? STREAM_CARD_ANSWERS :
								   STREAM_HOST_ANSWERS,
		.id = ++f->nr_transactions, .from = packet->cycle, .to = packet->cycle,
		.kind = tlp->kind, .text = text, .place = "", .function = "",
		.seq = packet->tlp.seq,
	};
	bool ends;

	put(f, &t);
	if (!r)
		return;
	relate(f, r, &t);
	ends = riser_request_ends(r, tlp);
	r->done_dw += tlp->data_bytes / 4;
	if (ends)
		put_request(f, r, packet->cycle);
}

static void take(void *ctx, const struct riser_packet *packet)
{
	const struct riser_tlp *tlp = packet->note ? NULL : packet->tlp.tlp;
	char text[RISER_TLP_TEXT_BYTES];
	struct riser_request *r;
	struct ftr *f = ctx;

	if (!tlp)
		return;
	riser_words_learn(&f->words, &packet->tlp);
	riser_words_print(&f->words, packet->tlp.bytes, packet->tlp.len, text, sizeof(text));
	if (packet->tlp.tlp_class == RISER_COMPLETION) {
		take_completion(f, packet, text);
		return;
	}
	r = riser_requests_add(&f->requests, packet);
	if (!r) {
		f->failed = true;
		return;
	}
	r->id = ++f->nr_transactions;
	strcpy(r->text, text);
	if (packet->tlp.tlp_class == RISER_POSTED)
		put_request(f, r, packet->cycle);
}

/* ---- the file ---- */

static void begin(struct ftr *f)
{
	static const char *const names[NR_STREAMS] = {
		[STREAM_HOST] = "host requests", [STREAM_CARD_ANSWERS] = "card completions",
		[STREAM_CARD] = "card requests", [STREAM_HOST_ANSWERS] = "host completions",
	};
	struct riser_cbor head = { 0 }, info = { 0 };
	unsigned int i;

	riser_cbor_tag(&head, TAG_SELF);
	riser_cbor_open_array(&head);
	put_out(f, &head);
	riser_cbor_array(&info, 2);
	riser_cbor_i64(&info, PICOSECONDS);
	riser_cbor_tag(&info, TAG_EPOCH);
	riser_cbor_u64(&info, 0);
	put_chunk(f, TAG_INFO, &info);
	riser_cbor_u64(&f->new_strings, 0);
	riser_cbor_text(&f->new_strings, "");
	f->nr_new_strings = 1;
	for (i = STREAM_HOST; i < NR_STREAMS; i++)
		add_name(f, TAG_STREAM, i, names[i], string_id(f, "PCIe"));
}

static void end(struct ftr *f)
{
	struct riser_cbor tail = { 0 };
	unsigned int i;

	/* what waits still, ends where it began: nobody has answered */
	while (f->requests.first)
		put_request(f, f->requests.first, f->requests.first->cycle);
	for (i = STREAM_HOST; i < NR_STREAMS; i++)
		put_transactions(f, i);
	put_strings(f);
	put_row(f, TAG_NAMES, &f->new_names);
	put_row(f, TAG_RELATIONS, &f->relations);
	riser_cbor_break(&tail);
	put_out(f, &tail);
}

int riser_ftr_write(const char *capture, FILE *out, char *error)
{
	struct ftr f = { .packets = { .take = take, .ctx = &f }, .out = out };
	int ret;

	if (riser_words_init(&f.words)) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return -ENOMEM;
	}
	riser_requests_init(&f.requests);
	begin(&f);
	ret = riser_packets_read(&f.packets, capture, error);
	end(&f);
	if (!ret && f.failed) {
		snprintf(error, RISER_ERROR_BYTES, "the recording cannot be written: %s",
			 ferror(out) ? "no room" : "out of memory");
		ret = -EIO;
	}
	riser_requests_fini(&f.requests);
	riser_words_fini(&f.words);
	tdestroy(f.strings, free_string);
	return ret;
}
