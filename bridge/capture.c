// SPDX-License-Identifier: Apache-2.0
/* Reads run.pcapng, profile in docs/pcapng.md. */
#define _GNU_SOURCE
#include <riser/capture.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <riser/finding.h>
#include <riser/link.h>
#include <riser/run.h>

#include "words.h"

#define BLOCK_SHB	0x0a0d0d0a
#define BLOCK_IDB	1
#define BLOCK_EPB	6
#define SHB_HARDWARE	2
#define ORDER_MAGIC	0x1a2b3c4d
#define LINKTYPE_UPPER_PDU	252
#define MAX_BLOCK	(1U << 20)
#define MAX_INTERFACES	64
#define MAX_FUNCTIONS	4096
#define TEXT_BYTES	1024

/* Exported PDU: tag 12, "pcie_tlp", end of tags. */
static const uint8_t pdu_head[16] = { 0, 12, 0, 8, 'p', 'c', 'i', 'e', '_',
				      't', 'l', 'p', 0, 0, 0, 0 };

/* Fields of a packet that the observers want. */
struct packet {
	uint64_t cycle;
	uint64_t seq;
	uint64_t request_seq;
	uint64_t host_ns;
	uint64_t timeout;
	uint64_t period;
	uint32_t levels;
	uint32_t code;
	uint8_t direction;
	uint8_t fault;
	uint8_t source;
	uint8_t channel;
	bool has_levels;
	bool has_source;
	bool has_channel;
	char note[TEXT_BYTES];
	char function[128];
	struct riser_tlp_caller caller;
	bool has_caller;
	const uint8_t *tlp;
	uint32_t len;
};

struct capture {
	const char *path;
	FILE *file;
	const struct riser_observer *observer;
	struct riser_capture_summary *summary;
	struct riser_words words;
	uint8_t *block;
	uint32_t room;		/* for a block: grows with the largest */
	uint64_t at;		/* of the block in the file */
	uint64_t timeout;
	bool is_ours[MAX_INTERFACES];
	uint32_t nr_interfaces;
	uint16_t other_link;
	bool has_started;
	char hardware[256];
	char *function[MAX_FUNCTIONS];
	uint32_t nr_functions;
	struct packet packet;
};

__attribute__((format(printf, 2, 3)))
static int damaged(struct capture *c, const char *format, ...)
{
	struct riser_capture_summary *summary = c->summary;
	va_list args;
	int n;

	summary->is_damaged = true;
	n = snprintf(summary->trouble, sizeof(summary->trouble),
		     "%.200s: at byte %" PRIu64 ": ", c->path, c->at);
	va_start(args, format);
	vsnprintf(summary->trouble + n, sizeof(summary->trouble) - (size_t)n,
		  format, args);
	va_end(args);
	return -EBADMSG;
}

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[1] << 8 | p[0];
}

static uint64_t be(const uint8_t *p, uint32_t bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | *p++;
	return value;
}

/* ---- events ---- */

static void start(struct capture *c)
{
	struct riser_model_info info = {
		.clk_period_ps = c->packet.period,
	};
	struct riser_run_facts facts = {
		.card = c->hardware, .info = &info,
		.timeout_cycles = c->packet.timeout ? c->packet.timeout :
				  c->timeout,
	};

	if (c->has_started)
		return;
	c->has_started = true;
	c->summary->has_facts = c->packet.timeout;
	if (c->observer->ops->start)
		c->observer->ops->start(c->observer->ctx, &facts);
}

/* The number of a driver function; 0: none. */
static uint32_t site_of(struct capture *c, const char *function)
{
	struct riser_site site = { 0 };
	uint32_t i;

	if (!*function)
		return 0;
	for (i = 0; i < c->nr_functions; i++)
		if (!strcmp(c->function[i], function))
			return i + 1;
	if (i == MAX_FUNCTIONS)
		return 0;
	c->function[i] = strdup(function);
	if (!c->function[i])
		return 0;
	site.site = ++c->nr_functions;
	site.function = c->function[i];
	if (c->observer->ops->site)
		c->observer->ops->site(c->observer->ctx, &site);
	return site.site;
}

static void tell_tlp(struct capture *c)
{
	const struct riser_observer_ops *ops = c->observer->ops;
	struct packet *p = &c->packet;
	struct riser_tlp_event event = {
		.seq = p->seq, .request_seq = p->request_seq,
		.cycle = p->cycle, .host_ns = p->host_ns, .bytes = p->tlp,
		.len = p->len, .site = site_of(c, p->function),
		.direction = p->direction ? RISER_TO_HOST : RISER_TO_CARD,
		.tlp_class = RISER_NR_CLASSES, .names = &c->words.names,
		.fault = p->fault,
	};
	bool is_lost = p->seq == RISER_NO_SEQ && p->fault;
	struct riser_tlp tlp;

	start(c);
	if (p->has_caller) {
		p->caller.function = *p->function ? p->function : NULL;
		event.caller = &p->caller;
	}
	if (!riser_tlp_decode(&tlp, p->tlp, p->len)) {
		event.tlp = &tlp;
		event.tlp_class = riser_tlp_class((enum riser_tlp_kind)tlp.kind);
	}
	/* without: as its kind says, or not known */
	if (p->has_channel)
		event.tlp_class = p->channel;
	if (!is_lost)
		riser_words_learn(&c->words, &event);
	c->summary->nr_tlps++;
	if (is_lost && ops->lost)
		ops->lost(c->observer->ctx, &event);
	else if (!is_lost && ops->tlp)
		ops->tlp(c->observer->ctx, &event);
}

/* Captures of before the fields for it: the level is in the words. */
static bool levels_in_words(struct packet *p)
{
	if (p->has_source || (strncmp(p->note, "PERST# ", 7)))
		return false;
	p->levels = strstr(p->note, "PERST# asserted") ? RISER_SB_PERST : 0;
	if (strstr(p->note, "hot reset"))
		p->levels |= RISER_SB_HOT_RESET;
	if (strstr(p->note, "link up"))
		p->levels |= RISER_SB_LINK_UP;
	return true;
}

/* A note that says nothing else of itself is a finding. */
static void tell_finding(struct capture *c)
{
	struct packet *p = &c->packet;
	struct riser_finding finding = {
		.kind = RISER_FINDING_OTHER, .count = 1, .cycle = p->cycle,
		.host_ns = p->host_ns, .seq = RISER_NO_SEQ,
	};

	if (p->timeout || p->period || !c->observer->ops->finding)
		return;
	snprintf(finding.text, sizeof(finding.text), "%.*s",
		 (int)sizeof(finding.text) - 1, p->note);
	c->observer->ops->finding(c->observer->ctx, &finding);
}

static void tell_note(struct capture *c)
{
	const struct riser_observer_ops *ops = c->observer->ops;
	struct packet *p = &c->packet;
	struct riser_note note = {
		.source = (enum riser_note_source)p->source, .code = p->code,
		.cycle = p->cycle, .host_ns = p->host_ns, .text = p->note,
	};

	start(c);
	c->summary->nr_notes++;
	if (!strcmp(p->note, "the run ends"))
		c->summary->has_end = true;
	if ((p->has_levels || levels_in_words(p)) && ops->sideband)
		ops->sideband(c->observer->ctx, p->cycle, p->levels);
	else if (p->has_source && ops->note)
		ops->note(c->observer->ctx, &note);
	else if (!p->has_source && !p->has_levels && !c->summary->has_end)
		tell_finding(c);
}

/* ---- packets ---- */

static void copy_text(char *to, size_t size, const uint8_t *from, uint32_t len)
{
	uint32_t i;

	if (len >= size)
		len = (uint32_t)size - 1;
	for (i = 0; i < len && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] < 127 ? (char)from[i] : '?';
	to[i] = '\0';
}

static void take_caller_field(struct packet *p, uint32_t id,
			      const uint8_t *value, uint32_t len)
{
	uint64_t number = len <= 8 ? be(value, len) : 0;

	switch (id) {
	case 4:
		p->caller.pc = number;
		p->has_caller = true;
		break;
	case 5:
		p->caller.pid = (uint32_t)number;
		break;
	case 6:
		p->caller.cpu = (uint16_t)number;
		break;
	case 7:
		copy_text(p->caller.comm, sizeof(p->caller.comm), value, len);
		break;
	case 11:
		p->caller.context = (uint8_t)number;
		break;
	case 13:
		p->caller.frame = (uint32_t)number;
		break;
	}
}

static void take_field(struct packet *p, uint32_t id, const uint8_t *value,
		       uint32_t len)
{
	uint64_t number = len <= 8 ? be(value, len) : 0;

	switch (id) {
	case 1:
		p->cycle = number;
		break;
	case 2:
		p->direction = (uint8_t)number;
		break;
	case 3:
		p->host_ns = number;
		break;
	case 8:
		p->seq = number;
		break;
	case 9:
		p->request_seq = number;
		break;
	case 10:
		copy_text(p->function, sizeof(p->function), value, len);
		break;
	case 14:
		p->fault = (uint8_t)number;
		break;
	case 15:
		p->levels = (uint32_t)number;
		p->has_levels = true;
		break;
	case 16:
		p->source = (uint8_t)number;
		p->has_source = true;
		break;
	case 17:
		p->code = (uint32_t)number;
		break;
	case 18:
		p->timeout = number;
		break;
	case 19:
		p->period = number;
		break;
	case 20:
		p->channel = (uint8_t)number;
		p->has_channel = number < RISER_NR_CLASSES;
		break;
	case 64:
		copy_text(p->note, sizeof(p->note), value, len);
		break;
	default:
		take_caller_field(p, id, value, len);
		break;
	}
}

static int take_fields(struct capture *c, const uint8_t *data, uint32_t len)
{
	struct packet *p = &c->packet;
	uint32_t end, at = sizeof(pdu_head) + 4, bytes;

	*p = (struct packet){ .seq = RISER_NO_SEQ,
			      .request_seq = RISER_NO_SEQ };
	if (len < at || memcmp(data, pdu_head, sizeof(pdu_head)))
		return damaged(c, "a packet that is no pcie_tlp");
	if (be(data + sizeof(pdu_head), 2) != 1)
		return damaged(c, "version %u of the profile; this is a reader of version 1",
			       (uint32_t)be(data + sizeof(pdu_head), 2));
	end = at + (uint32_t)be(data + sizeof(pdu_head) + 2, 2);
	if (end > len)
		return damaged(c, "the fields have %u bytes, the packet has %u",
			       end - at, len - at);
	while (at + 4 <= end) {
		bytes = (uint32_t)be(data + at + 2, 2);
		if (bytes > end - at - 4)
			return damaged(c, "a field of %u bytes in a place for %u",
				       bytes, end - at - 4);
		take_field(p, (uint32_t)be(data + at, 2), data + at + 4, bytes);
		at += 4 + (bytes + 3) / 4 * 4;
	}
	if (p->cycle > c->summary->cycles)
		c->summary->cycles = p->cycle;
	p->tlp = data + end;
	p->len = len - end;
	return 0;
}

static int take_packet(struct capture *c, uint32_t len)
{
	uint32_t interface, captured, original;
	int ret;

	if (len < 32)
		return damaged(c, "a packet block of %u bytes", len);
	interface = le32(c->block + 8);
	captured = le32(c->block + 20);
	original = le32(c->block + 24);
	if (interface >= c->nr_interfaces)
		return damaged(c, "a packet of interface %u, %u are described",
			       interface, c->nr_interfaces);
	if (interface < MAX_INTERFACES && !c->is_ours[interface])
		return 0;
	if (captured > len - 32)
		return damaged(c, "a packet of %u bytes in a block of %u",
			       captured, len);
	if (captured < original)
		return damaged(c, "a packet of %u bytes of which %u were kept: save it without a limit",
			       original, captured);
	ret = take_fields(c, c->block + 28, captured);
	if (ret)
		return ret;
	if (c->packet.len)
		tell_tlp(c);
	else
		tell_note(c);
	return 0;
}

static void take_interface(struct capture *c, uint32_t len)
{
	uint16_t link;

	if (len < 20)
		return;
	link = (uint16_t)le32(c->block + 8);
	if (c->nr_interfaces < MAX_INTERFACES)
		c->is_ours[c->nr_interfaces] = link == LINKTYPE_UPPER_PDU;
	if (link != LINKTYPE_UPPER_PDU)
		c->other_link = link;
	c->nr_interfaces++;
}

static bool make_room(struct capture *c, uint32_t len)
{
	uint8_t *block;

	if (len <= c->room)
		return true;
	block = realloc(c->block, len);
	if (!block)
		return false;
	c->block = block;
	c->room = len;
	return true;
}

/* 1: a block; 0: the end; -errno. */
static int read_block(struct capture *c, uint32_t *type, uint32_t *len)
{
	uint8_t head[8];
	size_t n;

	c->at = (uint64_t)ftello(c->file);
	n = fread(head, 1, sizeof(head), c->file);
	if (!n && !ferror(c->file))
		return 0;
	if (ferror(c->file))
		return damaged(c, "%s", strerror(errno));
	if (n < sizeof(head))
		return damaged(c, "the file ends in the middle of a block");
	*type = le32(head);
	*len = le32(head + 4);
	if (*len < 12 || *len % 4 || *len > MAX_BLOCK)
		return damaged(c, "a block of %u bytes (type 0x%x) cannot be",
			       *len, *type);
	if (!make_room(c, *len))
		return damaged(c, "out of memory");
	memcpy(c->block, head, sizeof(head));
	n = fread(c->block + 8, 1, *len - 8, c->file);
	if (n < *len - 8)
		return damaged(c, "the file ends in the middle of a block of %u bytes",
			       *len);
	if (le32(c->block + *len - 4) != *len)
		return damaged(c, "the lengths at the two ends of a block are %u and %u",
			       *len, le32(c->block + *len - 4));
	return 1;
}

/* What the capture was made of: an option of the section header. */
static void take_section(struct capture *c, uint32_t len)
{
	uint32_t at = 24, code, bytes;

	c->nr_interfaces = 0;
	while (at + 8 <= len) {
		code = le32(c->block + at) & 0xffff;
		bytes = le32(c->block + at) >> 16;
		if (!code || bytes > len - at - 8)
			return;
		if (code == SHB_HARDWARE)
			copy_text(c->hardware, sizeof(c->hardware),
				  c->block + at + 4, bytes);
		at += 4 + (bytes + 3) / 4 * 4;
	}
}

static int read_all(struct capture *c)
{
	uint32_t type = 0, len = 0;
	int ret;

	while ((ret = read_block(c, &type, &len)) > 0) {
		if (type == BLOCK_SHB && le32(c->block + 8) != ORDER_MAGIC)
			return damaged(c, "a section of the other byte order");
		if (type == BLOCK_SHB)
			take_section(c, len);
		else if (type == BLOCK_IDB)
			take_interface(c, len);
		else if (type == BLOCK_EPB)
			ret = take_packet(c, len);
		if (ret < 0)
			return ret;
	}
	return ret;
}

static int open_file(struct capture *c, char *error)
{
	uint8_t magic[4] = { 0 };
	int ret;

	c->file = fopen(c->path, "re");
	if (!c->file || (!fread(magic, 1, 4, c->file) && ferror(c->file))) {
		ret = -errno;
		snprintf(error, RISER_ERROR_BYTES, "capture %.200s: %s",
			 c->path, strerror(errno));
		return ret;
	}
	if (le32(magic) != BLOCK_SHB) {
		snprintf(error, RISER_ERROR_BYTES,
			 "capture %.200s: no pcapng file: it begins with %02x%02x%02x%02x",
			 c->path, magic[0], magic[1], magic[2], magic[3]);
		return -EBADMSG;
	}
	rewind(c->file);
	return 0;
}

static int finish(struct capture *c, char *error)
{
	const struct riser_capture_summary *summary = c->summary;

	if (!summary->nr_tlps && !summary->nr_notes) {
		if (summary->is_damaged)
			snprintf(error, RISER_ERROR_BYTES, "capture %.480s",
				 summary->trouble);
		else if (c->other_link)
			snprintf(error, RISER_ERROR_BYTES,
				 "capture %.200s: no TLP in it: its link type is %u, that of riser is %u (docs/pcapng.md)",
				 c->path, c->other_link, LINKTYPE_UPPER_PDU);
		else
			snprintf(error, RISER_ERROR_BYTES,
				 "capture %.200s: no TLP in it", c->path);
		return -EBADMSG;
	}
	if (c->observer->ops->settle)
		c->observer->ops->settle(c->observer->ctx, summary->cycles);
	if (c->observer->ops->finish)
		c->observer->ops->finish(c->observer->ctx, summary->cycles);
	return 0;
}

int riser_capture_play(const char *path, const struct riser_observer *observer,
		       uint64_t timeout_cycles,
		       struct riser_capture_summary *summary, char *error)
{
	struct capture *c = calloc(1, sizeof(*c));
	uint32_t i;
	int ret = -ENOMEM;

	memset(summary, 0, sizeof(*summary));
	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!c)
		return ret;
	c->path = path;
	c->observer = observer;
	c->summary = summary;
	c->timeout = timeout_cycles ? timeout_cycles :
				      RISER_DEFAULT_TIMEOUT_CYCLES;
	ret = riser_words_init(&c->words);
	if (!ret)
		ret = open_file(c, error);
	if (!ret) {
		/* what was read before the damage counts */
		read_all(c);
		ret = finish(c, error);
	}
	if (c->file)
		fclose(c->file);
	riser_words_fini(&c->words);
	for (i = 0; i < c->nr_functions; i++)
		free(c->function[i]);
	free(c->block);
	free(c);
	return ret;
}
