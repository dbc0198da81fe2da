// SPDX-License-Identifier: Apache-2.0
/*
 * Two runs of one card, or of two: each direction is a stream of its own, as the
 * moment at which one direction passes the other is not the card's.
 */
#include "diff.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../json.h"
#include "../super/super.h"
#include "../words.h"
#include "packets.h"

#define CONTEXT 3

struct line {
	uint64_t cycle;
	char *text;
};

/**
 * struct stream - TLPs of one direction, in words
 * @failed: no memory
 */
struct stream {
	struct line *line;
	size_t nr, room;
	bool failed;
};

/* Of a run: by direction, and what its completions took. */
struct side {
	struct riser_words words;
	struct stream stream[2];
	uint64_t *cycle_of;	/* by the number of the TLP */
	size_t room;
	uint64_t answers[2], cycles[2], longest[2];
};

static void append(struct stream *s, uint64_t cycle, const char *text)
{
	size_t room = s->room ? 2 * s->room : 1024;
	struct line *more = s->nr < s->room ? s->line :
			    realloc(s->line, room * sizeof(*more));

	if (more && s->nr == s->room)
		s->room = room;
	if (more)
		s->line = more;
	if (!more || !(more[s->nr].text = strdup(text))) {
		s->failed = true;
		return;
	}
	more[s->nr++].cycle = cycle;
}

/* A capture names the request of a completion by its number. */
static void remember(struct side *side, uint64_t seq, uint64_t cycle)
{
	size_t room = side->room ? 2 * side->room : 1024;
	uint64_t *more;

	while (room <= seq)
		room *= 2;
	if (seq >= side->room) {
		more = realloc(side->cycle_of, room * sizeof(*more));
		if (!more)
			return;
		side->cycle_of = more;
		side->room = room;
	}
	side->cycle_of[seq] = cycle;
}

static void take(void *ctx, const struct riser_packet *packet)
{
	const struct riser_tlp_event *event = &packet->tlp;
	char text[RISER_TLP_TEXT_BYTES];
	struct side *side = ctx;
	uint64_t took;
	int way;

	if (packet->note)
		return;
	way = event->direction == RISER_TO_CARD ? 0 : 1;
	riser_words_learn(&side->words, event);
	riser_words_print(&side->words, event->bytes, event->len, text, sizeof(text));
	append(&side->stream[way], packet->cycle, text);
	remember(side, event->seq, packet->cycle);
	if (event->tlp_class != RISER_COMPLETION || event->request_seq >= event->seq ||
	    event->request_seq >= side->room)
		return;
	took = packet->cycle - side->cycle_of[event->request_seq];
	side->answers[way]++;
	side->cycles[way] += took;
	if (took > side->longest[way])
		side->longest[way] = took;
}

static int read_side(struct side *side, const char *path)
{
	struct riser_packets packets = { .take = take, .ctx = side };
	char error[RISER_ERROR_BYTES];
	int ret;

	if (riser_words_init(&side->words))
		return RISER_EXIT_ENV;
	ret = riser_packets_read(&packets, path, error);
	riser_words_fini(&side->words);
	if (ret)
		fprintf(stderr, "riser: error: %s\n", error);
	if (ret)
		return RISER_EXIT_USAGE;
	return side->stream[0].failed || side->stream[1].failed ? RISER_EXIT_ENV : 0;
}

static void put_line(FILE *out, char sign, const struct stream *s, size_t i)
{
	if (i < s->nr)
		fprintf(out, "  %c %10" PRIu64 "  %s\n", sign, s->line[i].cycle,
			s->line[i].text);
	else
		fprintf(out, "  %c             (no more)\n", sign);
}

/* Index of the first line that differs, or where the shorter one ends. */
static size_t first_difference(const struct stream *a, const struct stream *b)
{
	size_t i;

	for (i = 0; i < a->nr && i < b->nr; i++)
		if (strcmp(a->line[i].text, b->line[i].text))
			break;
	return i;
}

/* Whether they are the same. */
static bool compare(const struct stream *a, const struct stream *b,
		    const char *direction, FILE *out)
{
	size_t i = first_difference(a, b), k;

	if (i == a->nr && i == b->nr) {
		fprintf(out, "%s: %zu TLPs, the same\n", direction, i);
		return true;
	}
	fprintf(out, "%s: %zu and %zu TLPs, differ from number %zu on\n", direction,
		a->nr, b->nr, i + 1);
	for (k = i > CONTEXT ? i - CONTEXT : 0; k < i; k++)
		put_line(out, ' ', a, k);
	put_line(out, '-', a, i);
	put_line(out, '+', b, i);
	return false;
}

static void put_latency(FILE *out, const char *who, const struct side *a,
			const struct side *b, int way)
{
	const struct side *side[2] = { a, b };
	int i;

	if (!a->answers[way] && !b->answers[way])
		return;
	fprintf(out, "%s completes in", who);
	for (i = 0; i < 2; i++)
		fprintf(out, "%s %.1f cycles (at most %" PRIu64 ")", i ? "," : "",
			side[i]->answers[way] ? (double)side[i]->cycles[way] /
						(double)side[i]->answers[way] : 0.0,
			side[i]->longest[way]);
	fputc('\n', out);
}

/* ---- for a script ---- */

static bool json_stream(struct riser_json *json, const char *key, const struct stream *a,
			const struct stream *b)
{
	size_t i = first_difference(a, b);
	bool same = i == a->nr && i == b->nr;

	riser_json_open(json, key, '{');
	riser_json_bool(json, "same", same);
	riser_json_u64(json, "tlps_a", a->nr);
	riser_json_u64(json, "tlps_b", b->nr);
	if (!same) {
		riser_json_u64(json, "differ_from", i + 1);
		if (i < a->nr)
			riser_json_string(json, "a", a->line[i].text);
		if (i < b->nr)
			riser_json_string(json, "b", b->line[i].text);
	}
	riser_json_close(json, '}');
	return same;
}

static void json_latency(struct riser_json *json, const char *key, const struct side *side, int way)
{
	riser_json_open(json, key, '{');
	riser_json_u64(json, "answers", side->answers[way]);
	riser_json_u64(json, "cycles", side->cycles[way]);
	riser_json_u64(json, "longest", side->longest[way]);
	riser_json_close(json, '}');
}

static bool write_json(const struct side *side, FILE *out)
{
	struct riser_json json;
	bool same;
	int i;

	riser_json_init(&json, out);
	riser_json_open(&json, NULL, '{');
	riser_json_u64(&json, "schema", 1);
	same = json_stream(&json, "to_card", &side[0].stream[0], &side[1].stream[0]);
	same &= json_stream(&json, "to_host", &side[0].stream[1], &side[1].stream[1]);
	riser_json_bool(&json, "same", same);
	for (i = 0; i < 2; i++) {
		riser_json_open(&json, i ? "b" : "a", '{');
		json_latency(&json, "card_completes", &side[i], 1);
		json_latency(&json, "host_completes", &side[i], 0);
		riser_json_close(&json, '}');
	}
	riser_json_close(&json, '}');
	return same;
}

static void fini(struct side *side)
{
	int way;

	free(side->cycle_of);
	for (way = 0; way < 2; way++) {
		while (side->stream[way].nr)
			free(side->stream[way].line[--side->stream[way].nr].text);
		free(side->stream[way].line);
	}
}

int riser_diff_write(const char *a, const char *b, bool is_json, FILE *out)
{
	struct side side[2] = { 0 };
	bool same;
	int ret;

	ret = read_side(&side[0], a);
	if (!ret)
		ret = read_side(&side[1], b);
	if (!ret && is_json) {
		ret = write_json(side, out) ? RISER_EXIT_PASS : RISER_EXIT_FAIL;
	} else if (!ret) {
		same = compare(&side[0].stream[0], &side[1].stream[0], "to the card", out);
		same &= compare(&side[0].stream[1], &side[1].stream[1], "to the host", out);
		put_latency(out, "the card", &side[0], &side[1], 1);
		put_latency(out, "the host", &side[0], &side[1], 0);
		ret = same ? RISER_EXIT_PASS : RISER_EXIT_FAIL;
	}
	fini(&side[0]);
	fini(&side[1]);
	return ret;
}
