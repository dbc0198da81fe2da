// SPDX-License-Identifier: Apache-2.0
/*
 * Reads the record of a run (docs/record.md). A block is checked as a whole
 * before anything of it is given out, and every number in it is checked again.
 */
#define _GNU_SOURCE
#include <riser/record.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record_internal.h"

__attribute__((format(printf, 3, 4)))
static int trouble(struct riser_rec_log *log, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(log->trouble_text, sizeof(log->trouble_text), format, args);
	va_end(args);
	log->trouble = code;
	return code;
}

static int damaged(struct riser_rec_log *log, const char *what)
{
	return trouble(log, -EBADMSG,
		       "record %s is damaged in block %u: %s; whole up to cycle %"
		       PRIu64, log->path, log->next_number, what, log->cycle);
}

static int truncated(struct riser_rec_log *log)
{
	return trouble(log, -ENODATA,
		       "record %s ends early, behind block %u at cycle %" PRIu64
		       ": its writer was killed, or the disk was full",
		       log->path, log->next_number, log->cycle);
}

static int out_of_memory(struct riser_rec_log *log)
{
	return trouble(log, -ENOMEM, "record %s: out of memory", log->path);
}

/* ---- blocks ---- */

static int check_head(struct riser_rec_log *log)
{
	const struct riser_rec_block *head = &log->head;
	uint32_t crc;

	if (head->magic != RISER_REC_BLOCK_MAGIC)
		return damaged(log, "no block begins here");
	crc = (uint32_t)riser_hash64(&head->log_id, sizeof(*head) -
				     offsetof(struct riser_rec_block, log_id),
				     0);
	if (crc != head->crc)
		return damaged(log, "its head has changed");
	if (head->version != RISER_REC_VERSION)
		return trouble(log, -EPROTONOSUPPORT,
			       "record %s has version %u of the format, this riser reads version %d",
			       log->path, head->version, RISER_REC_VERSION);
	if (head->number != log->next_number)
		return damaged(log, "blocks before it are missing");
	if (log->next_number && head->log_id != log->log_id)
		return damaged(log, "it belongs to another log");
	if (head->raw_bytes > RISER_REC_RAW_MAX ||
	    head->packed_bytes > ZSTD_compressBound(RISER_REC_RAW_MAX))
		return damaged(log, "its size cannot be");
	return 0;
}

int riser_rec_read_block_head(struct riser_rec_log *log)
{
	uint32_t skip[2];
	size_t n;

	n = fread(skip, 1, sizeof(skip), log->file);
	if (n != sizeof(skip))
		return truncated(log);
	if (skip[0] != RISER_REC_SKIP_MAGIC || skip[1] != sizeof(log->head))
		return damaged(log, "no block begins here");
	if (fread(&log->head, sizeof(log->head), 1, log->file) != 1)
		return truncated(log);
	return check_head(log);
}

/* What was in the buffer is lost when it grows. */
static bool make_room(struct riser_rec_log_buffer *buffer, uint32_t bytes)
{
	/* never nothing: what runs over a block's end gets its begin */
	if (!bytes)
		bytes = 1;
	if (bytes <= buffer->room)
		return true;
	free(buffer->data);
	buffer->data = malloc(bytes);
	buffer->room = buffer->data ? bytes : 0;
	return buffer->data;
}

int riser_rec_read_block_body(struct riser_rec_log *log)
{
	const uint32_t packed = log->head.packed_bytes;
	size_t n;

	log->at = NULL;
	log->end = NULL;
	if (!make_room(&log->packed, packed) || !make_room(&log->raw, log->head.raw_bytes))
		return out_of_memory(log);
	if (fread(log->packed.data, 1, packed, log->file) != packed)
		return truncated(log);
	if ((uint32_t)riser_hash64(log->packed.data, packed, 0) != log->head.packed_crc)
		return damaged(log, "its checksum is wrong");
	n = ZSTD_decompressDCtx(log->zstd, log->raw.data, log->head.raw_bytes,
				log->packed.data, packed);
	if (ZSTD_isError(n) || n != log->head.raw_bytes)
		return damaged(log, "it cannot be unpacked");
	log->at = log->raw.data;
	log->end = log->raw.data + n;
	riser_rec_enter_block(log);
	return 0;
}

void riser_rec_enter_block(struct riser_rec_log *log)
{
	log->log_id = log->head.log_id;
	log->cycle = log->head.cycle;
	log->host_ns = log->head.host_ns;
	log->seq = log->head.seq;
	log->next_number++;
}

/* ---- numbers ---- */

static uint64_t get_v(struct riser_rec_log *log)
{
	unsigned int shift = 0;
	uint64_t value = 0;

	while (log->at < log->end && shift < 64) {
		value |= (uint64_t)(*log->at & 0x7f) << shift;
		if (!(*log->at++ & 0x80))
			return value;
		shift += 7;
	}
	log->is_bad = true;
	return 0;
}

static uint64_t get_z(struct riser_rec_log *log)
{
	uint64_t n = get_v(log);

	return n >> 1 ^ -(n & 1);
}

static const uint8_t *get_bytes(struct riser_rec_log *log, uint64_t len)
{
	const uint8_t *p = log->at;

	if (len > (uint64_t)(log->end - log->at)) {
		log->is_bad = true;
		return log->raw.data;
	}
	log->at += len;
	return p;
}

static uint64_t get_u64(struct riser_rec_log *log)
{
	uint64_t value;
	const uint8_t *p = get_bytes(log, sizeof(value));

	if (log->is_bad)
		return 0;
	memcpy(&value, p, sizeof(value));
	return value;
}

/* A text, cut at @size, always terminated. */
static void get_text(struct riser_rec_log *log, char *text, size_t size)
{
	uint64_t len = get_v(log);
	const uint8_t *p = get_bytes(log, len);

	if (log->is_bad)
		len = 0;
	if (len >= size)
		len = size - 1;
	memcpy(text, p, len);
	text[len] = '\0';
}

static void get_cycle(struct riser_rec_log *log)
{
	log->cycle += get_z(log);
}

/* ---- head ---- */

static int read_head(struct riser_rec_log *log)
{
	uint64_t len;
	char *text;
	const uint8_t *p;
	int ret;

	ret = riser_rec_read_block_head(log);
	if (!ret)
		ret = riser_rec_read_block_body(log);
	if (ret)
		return ret;
	log->next_number--;	/* of it speaks the trouble */
	if (log->at == log->end || *log->at++ != RISER_RT_HEAD)
		return damaged(log, "it does not begin with the head");
	len = get_v(log);
	p = get_bytes(log, len);
	text = log->is_bad ? NULL : strndup((const char *)p, len);
	if (!text)
		return damaged(log, "its head is cut");
	riser_rec_head_parse(&log->facts, text);
	log->facts.log_id = log->log_id;
	free(text);
	log->next_number++;
	if (!log->facts.source_hash || !log->facts.build_hash ||
	    !log->facts.model_path || !log->facts.clk_period_ps)
		return damaged(log, "its head does not say what ran");
	return 0;
}

/* ---- records ---- */

static void read_caller(struct riser_rec_log *log)
{
	uint64_t i = get_v(log), context;
	struct riser_rec_log_slot *slot;

	if (i >= RISER_REC_SLOTS) {
		log->is_bad = true;
		return;
	}
	slot = &log->slot[i];
	slot->caller.pc = get_u64(log);
	slot->caller.pid = (uint32_t)get_v(log);
	slot->caller.cpu = (uint16_t)get_v(log);
	context = get_v(log);
	slot->caller.context = context & 15;
	slot->caller.irqs_off = context >> 4 & 1;
	slot->site = (uint32_t)get_v(log);
	get_text(log, slot->caller.comm, sizeof(slot->caller.comm));
	slot->known = riser_rec_find_site(log, slot->site, slot->caller.pc);
	slot->block = log->next_number;
}

static void read_tlp(struct riser_rec_log *log, struct riser_rec *rec,
		     enum riser_direction direction)
{
	const uint8_t *flags = get_bytes(log, 1);
	struct riser_tlp_event *event = &rec->tlp;
	struct riser_rec_log_slot *slot;
	uint64_t len, i, max = direction == RISER_TO_HOST ? RISER_TLP_SENT_MAX_BYTES :
							       RISER_TLP_MAX_BYTES;

	rec->kind = RISER_REC_TLP;
	get_cycle(log);
	len = get_v(log);
	*event = (struct riser_tlp_event){
		.seq = log->seq++, .request_seq = RISER_NO_SEQ,
		.cycle = log->cycle, .direction = direction,
		.tlp_class = *flags & RISER_RTF_CLASS,
	};
	if (*flags & RISER_RTF_CALLER) {
		i = get_v(log);
		if (i >= RISER_REC_SLOTS || log->slot[i].block != log->next_number) {
			log->is_bad = true;
			return;
		}
		slot = &log->slot[i];
		slot->caller.function = slot->known ? slot->known->function : NULL;
		event->caller = &slot->caller;
		event->site = slot->site;
	}
	if (*flags & RISER_RTF_SITE)
		event->site = (uint32_t)get_v(log);
	if (*flags & RISER_RTF_REQUEST)
		event->request_seq = event->seq - get_z(log);
	if (*flags & RISER_RTF_HOST_NS) {
		log->host_ns += get_z(log);
		event->host_ns = log->host_ns;
	}
	if (event->tlp_class >= RISER_NR_CLASSES || len > max)
		log->is_bad = true;
	event->bytes = get_bytes(log, len);
	event->len = (uint32_t)len;
}

static void read_site(struct riser_rec_log *log, struct riser_rec *rec)
{
	uint64_t nr, frames, i;
	struct riser_rec_log_site *site;

	rec->kind = RISER_REC_SITE;
	get_cycle(log);
	nr = get_v(log);
	frames = get_v(log);
	if (nr >= RISER_REC_MAX_SITES || frames > RISER_REC_MAX_FRAMES) {
		log->is_bad = true;
		return;
	}
	site = riser_rec_new_site(log, (uint32_t)nr);
	if (!site) {
		out_of_memory(log);
		return;
	}
	site->frame = calloc(frames + 1, sizeof(*site->frame));
	for (i = 0; site->frame && i < frames; i++)
		site->frame[i] = get_u64(log);
	get_text(log, log->text[0], sizeof(log->text[0]));
	get_text(log, log->text[1], sizeof(log->text[1]));
	site->nr_frames = site->frame ? (uint32_t)frames : 0;
	site->text = strdup(log->text[0]);
	site->function = strdup(log->text[1]);
	rec->site = (struct riser_site){
		.site = (uint32_t)nr, .nr_frames = site->nr_frames,
		.frame = site->frame, .text = site->text,
		.function = site->function,
	};
}

static void read_note(struct riser_rec_log *log, struct riser_rec *rec)
{
	rec->kind = RISER_REC_NOTE;
	get_cycle(log);
	rec->note = (struct riser_note){ .cycle = log->cycle };
	rec->note.source = (enum riser_note_source)get_v(log);
	rec->note.code = (uint32_t)get_v(log);
	rec->note.host_ns = get_u64(log);
	get_text(log, log->text[0], sizeof(log->text[0]));
	rec->note.text = log->text[0];
}

/* Findings of observers begin with their rule: "CPL-10: ...". */
static void set_rule(struct riser_finding *finding)
{
	size_t len = strspn(finding->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789");

	if (finding->kind == RISER_FINDING_OTHER && finding->text[len] == ':' &&
	    len < sizeof(finding->rule))
		memcpy(finding->rule, finding->text, len);
}

static void read_finding(struct riser_rec_log *log, struct riser_rec *rec)
{
	struct riser_finding *finding = &rec->finding;

	rec->kind = RISER_REC_FINDING;
	get_cycle(log);
	memset(finding, 0, sizeof(*finding));
	finding->cycle = log->cycle;
	finding->count = 1;
	finding->kind = (enum riser_finding_kind)get_v(log);
	finding->is_error = get_v(log);
	finding->seq = get_u64(log);
	finding->host_ns = get_u64(log);
	finding->addr = get_u64(log);
	finding->pc = get_u64(log);
	finding->site = (uint32_t)get_v(log);
	get_text(log, finding->text, sizeof(finding->text));
	get_text(log, finding->access, sizeof(finding->access));
	get_text(log, finding->function, sizeof(finding->function));
	get_text(log, finding->caller, sizeof(finding->caller));
	get_text(log, finding->before, sizeof(finding->before));
	get_text(log, finding->side, sizeof(finding->side));
	get_text(log, finding->advice, sizeof(finding->advice));
	set_rule(finding);
}

static void read_end(struct riser_rec_log *log, struct riser_rec *rec)
{
	rec->kind = RISER_REC_END;
	get_cycle(log);
	rec->end = (struct riser_rec_end){ .cycle = log->cycle };
	rec->end.nr_to_card = get_v(log);
	rec->end.nr_to_host = get_v(log);
	rec->end.tx_hash = get_u64(log);
	rec->end.model_ended = get_v(log);
	log->has_ended = true;
}

/* One record; false for one that is not given out. */
static bool read_record(struct riser_rec_log *log, struct riser_rec *rec)
{
	uint8_t type = *log->at++;

	switch (type) {
	case RISER_RT_TO_CARD:
		read_tlp(log, rec, RISER_TO_CARD);
		return true;
	case RISER_RT_TO_HOST:
		read_tlp(log, rec, RISER_TO_HOST);
		return true;
	case RISER_RT_SIDEBAND:
		rec->kind = RISER_REC_SIDEBAND;
		get_cycle(log);
		rec->levels = (uint32_t)get_v(log);
		return true;
	case RISER_RT_SITE:
		read_site(log, rec);
		return true;
	case RISER_RT_CALLER:
		read_caller(log);
		return false;
	case RISER_RT_NOTE:
		read_note(log, rec);
		return true;
	case RISER_RT_FINDING:
		read_finding(log, rec);
		return true;
	case RISER_RT_END:
		read_end(log, rec);
		return true;
	default:
		log->is_bad = true;
		return true;
	}
}

int riser_rec_next(struct riser_rec_log *log, struct riser_rec *rec)
{
	int ret;

	if (log->trouble)
		return log->trouble;
	for (;;) {
		if (log->has_ended)
			return 0;
		if (log->at == log->end) {
			ret = riser_rec_next_block(log);
			if (ret)
				return ret;
			continue;
		}
		ret = riser_rec_read_one(log, rec);
		if (ret)
			return ret;
	}
}

int riser_rec_read_one(struct riser_rec_log *log, struct riser_rec *rec)
{
	bool is_given;

	rec->seq = log->seq;
	is_given = read_record(log, rec);
	if (log->trouble)
		return log->trouble;
	if (log->is_bad)
		return damaged(log, "a record cannot be");
	rec->cycle = log->cycle;
	return is_given;
}

/* ---- open and close ---- */

const struct riser_rec_facts *riser_rec_facts(const struct riser_rec_log *log)
{
	return &log->facts;
}

const char *riser_rec_trouble(const struct riser_rec_log *log)
{
	return log->trouble_text;
}

int riser_rec_open(const char *path, struct riser_rec_log **out, char *error)
{
	struct riser_rec_log *log = calloc(1, sizeof(*log));
	int ret = -ENOMEM;

	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!log)
		return ret;
	log->path = strdup(path);
	log->zstd = ZSTD_createDCtx();
	log->file = fopen(path, "re");
	if (!log->file) {
		ret = -errno;
		snprintf(error, RISER_ERROR_BYTES, "record %s: %s", path,
			 strerror(errno));
	} else if (log->path && log->zstd) {
		ret = read_head(log);
		if (ret == -ENODATA)
			ret = -EBADMSG;
		if (ret)
			snprintf(error, RISER_ERROR_BYTES, "%s",
				 log->trouble_text);
	}
	if (ret) {
		riser_rec_close(log);
		return ret;
	}
	*out = log;
	return 0;
}

void riser_rec_close(struct riser_rec_log *log)
{
	if (!log)
		return;
	if (log->file)
		fclose(log->file);
	riser_rec_free_sites(log);
	riser_rec_head_free(&log->facts);
	free(log->raw.data);
	free(log->packed.data);
	ZSTD_freeDCtx(log->zstd);
	free(log->path);
	free(log);
}
