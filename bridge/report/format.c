// SPDX-License-Identifier: Apache-2.0
/*
 * Forms of a run for other programs. What the run has left as a file goes out as
 * it is; text and csv are made of the capture, TLP by TLP, mermaid of those around
 * the failure.
 */
#include "format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../super/super.h"
#include "../words.h"
#include "ftr.h"
#include "mmiotrace.h"
#include "packets.h"

const char *const riser_formats[] = {
	"html", "text", "json", "junit", "pcapng", "perfetto", "csv", "mermaid",
	"mmiotrace", "ftr", NULL,
};

struct writer {
	FILE *out;
	struct riser_words words;
	struct riser_filter *filter;
	void (*put)(struct writer *w, const struct riser_packet *packet,
		    const char *text);
	uint64_t nr;
};

bool riser_format_needs_scene(const char *format)
{
	return !format || !strcmp(format, "html") || !strcmp(format, "mermaid");
}

/* ---- TLP by TLP ---- */

static const char *function_of(const struct riser_packet *packet)
{
	const struct riser_tlp_caller *caller = packet->note ? NULL : packet->tlp.caller;

	return caller && caller->function ? caller->function : "";
}

static const char *arrow_of(const struct riser_packet *packet)
{
	return packet->note ? "note" : packet->tlp.direction == RISER_TO_CARD ?
	       "to-card" : "to-host";
}

static void put_text(struct writer *w, const struct riser_packet *packet,
		     const char *text)
{
	const char *function = function_of(packet);

	fprintf(w->out, "%12" PRIu64 "  %-7s  %s%s%s\n", packet->cycle,
		arrow_of(packet), text, *function ? "  " : "", function);
}

/* RFC 4180. */
static void put_field(FILE *out, const char *text, char end)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
	fputc(end, out);
}

static void put_csv(struct writer *w, const struct riser_packet *packet,
		    const char *text)
{
	bool has_request = !packet->note && packet->tlp.tlp_class == RISER_COMPLETION &&
			   packet->tlp.request_seq != RISER_NO_SEQ;

	if (!w->nr)
		fputs("cycle,direction,seq,request_seq,place,text,function\r\n", w->out);
	fprintf(w->out, "%" PRIu64 ",%s,", packet->cycle, arrow_of(packet));
	if (packet->note)
		fputs(",,", w->out);
	else if (has_request)
		fprintf(w->out, "%" PRIu64 ",%" PRIu64 ",", packet->tlp.seq,
			packet->tlp.request_seq);
	else
		fprintf(w->out, "%" PRIu64 ",,", packet->tlp.seq);
	put_field(w->out, packet->place ? packet->place : "", ',');
	put_field(w->out, text, ',');
	put_field(w->out, function_of(packet), '\r');
	fputc('\n', w->out);
}

/* Text without what the language takes for its own. */
static void put_label(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(strchr(";#\n", *text) ? ',' : *text, out);
	fputc('\n', out);
}

void riser_format_mermaid(const struct riser_scene *scene, FILE *out)
{
	const struct riser_step *step;

	fputs("sequenceDiagram\n    participant host\n    participant card\n", out);
	for (step = scene->step; step < scene->step + scene->nr_steps; step++) {
		if (step->skipped)
			fprintf(out, "    Note over host,card: %" PRIu64 " TLPs and notes\n",
				step->skipped);
		fputs(step->is_note ? "    Note over host,card: " :
		      step->direction == RISER_TO_CARD ? "    host->>card: " :
							 "    card->>host: ", out);
		put_label(out, step->text);
	}
}

static void take(void *ctx, const struct riser_packet *packet)
{
	char text[RISER_TLP_TEXT_BYTES];
	struct writer *w = ctx;

	if (!packet->note)
		riser_words_learn(&w->words, &packet->tlp);
	if (!riser_filter_passes(w->filter, &w->words, packet))
		return;
	if (packet->note) {
		w->put(w, packet, packet->note);
	} else {
		riser_words_print(&w->words, packet->tlp.bytes, packet->tlp.len, text,
				  sizeof(text));
		w->put(w, packet, text);
	}
	w->nr++;
}

static int write_lines(struct writer *w, const char *capture, char *error)
{
	struct riser_packets packets = { .take = take, .ctx = w };
	int ret;

	if (riser_words_init(&w->words)) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return -ENOMEM;
	}
	ret = riser_packets_read(&packets, capture, error);
	riser_words_fini(&w->words);
	return ret;
}

/* What is made of the capture, TLP by TLP. */
static int write_packets(struct writer *w, const char *format, const char *capture)
{
	char error[RISER_ERROR_BYTES];
	int ret;

	if (w->put)
		ret = write_lines(w, capture, error);
	else if (!strcmp(format, "mmiotrace"))
		ret = riser_mmiotrace_write(capture, w->out, error);
	else
		ret = riser_ftr_write(capture, w->out, error);
	if (!ret)
		return RISER_EXIT_PASS;
	fprintf(stderr, "riser: error: %s\n", error);
	return RISER_EXIT_USAGE;
}

/* ---- files ---- */

static int copy(const char *path, FILE *out)
{
	FILE *f = fopen(path, "re");
	char buf[65536];
	size_t n;

	if (!f) {
		fprintf(stderr, "riser: error: %s: %s\n"
			"riser: help: `riser report RUN` writes report.html and timeline.json; the others are the run's own\n",
			path, strerror(errno));
		return RISER_EXIT_USAGE;
	}
	while ((n = fread(buf, 1, sizeof(buf), f)))
		fwrite(buf, 1, n, out);
	fclose(f);
	return RISER_EXIT_PASS;
}

static int copy_of(const char *dir, const char *name, FILE *out)
{
	char *path = riser_path(dir, name);
	int ret = path ? copy(path, out) : RISER_EXIT_ENV;

	free(path);
	return ret;
}

bool riser_format_is_filtered(const char *format)
{
	return format && (!strcmp(format, "text") || !strcmp(format, "csv"));
}

int riser_format_write(const char *format, const char *dir, const char *capture,
		       struct riser_filter *filter, FILE *out)
{
	struct writer w = {
		.out = out, .filter = filter,
		.put = !strcmp(format, "text") ? put_text :
		       !strcmp(format, "csv") ? put_csv : NULL,
	};

	if (!strcmp(format, "json"))
		return copy_of(dir, "result.json", out);
	if (!strcmp(format, "junit"))
		return copy_of(dir, "junit.xml", out);
	if (!strcmp(format, "perfetto"))
		return copy_of(dir, "timeline.json", out);
	if (!capture) {
		fprintf(stderr, "riser: error: %s has no run.pcapng (the run was made with --no-capture)\n",
			dir);
		return RISER_EXIT_USAGE;
	}
	return strcmp(format, "pcapng") ? write_packets(&w, format, capture) : copy(capture, out);
}
