// SPDX-License-Identifier: Apache-2.0
#include "capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MAX	(1U << 16)
#define TEXT_BYTES	1024

#define BLOCK_SHB	0x0a0d0d0a
#define BLOCK_EPB	6
#define SECTION_MAGIC	0x1a2b3c4d
#define SHB_HARDWARE	2
#define PDU_TAG_NAME	12
#define PROFILE		1

/* Fields before the TLP, docs/pcapng.md. */
enum field {
	FIELD_CYCLE = 1,
	FIELD_DIRECTION = 2,
	FIELD_HOST_NS = 3,
	FIELD_PC = 4,
	FIELD_PID = 5,
	FIELD_CPU = 6,
	FIELD_COMM = 7,
	FIELD_SEQ = 8,
	FIELD_REQUEST_SEQ = 9,
	FIELD_FUNCTION = 10,
	FIELD_CONTEXT = 11,
	FIELD_PLACE = 12,
	FIELD_FRAME = 13,
	FIELD_NOTE = 64,
};

struct riser_capture {
	FILE *file;
	char hardware[256];
	uint64_t max_cycle;
	uint64_t max_ns;
	/* the packet that was read last */
	uint8_t block[BLOCK_MAX];
	struct riser_tlp tlp;
	struct riser_tlp_caller caller;
	char function[TEXT_BYTES];
	char place[TEXT_BYTES];
	char note[TEXT_BYTES];
};

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint64_t be(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (; bytes; bytes--)
		value = value << 8 | *p++;
	return value;
}

/* A whole block into capture->block; its length, 0 at the end, or -errno. */
static int read_block(struct riser_capture *capture)
{
	uint8_t *block = capture->block;
	size_t got = fread(block, 1, 8, capture->file);
	uint32_t len;

	if (!got && feof(capture->file))
		return 0;
	if (got < 8)
		return -ENODATA;
	len = le32(block + 4);
	if (len < 12 || len > BLOCK_MAX || len & 3)
		return -ENODATA;
	if (fread(block + 8, 1, len - 8, capture->file) != len - 8 ||
	    le32(block + len - 4) != len)
		return -ENODATA;
	return (int)len;
}

static void copy_text(char *to, size_t size, const uint8_t *text, size_t len)
{
	size_t i;

	if (len > size - 1)
		len = size - 1;
	for (i = 0; i < len && text[i]; i++)
		to[i] = text[i] >= ' ' && text[i] < 127 ? (char)text[i] : '?';
	to[i] = '\0';
}

/* Options of a block: the card's name is in the section header. */
static void read_hardware(struct riser_capture *capture, uint32_t at,
			  uint32_t end)
{
	const uint8_t *block = capture->block;
	uint16_t code, len;

	for (; at + 4 <= end; at += 4U + ((len + 3U) & ~3U)) {
		code = le16(block + at);
		len = le16(block + at + 2);
		if (!code || at + 4U + len > end)
			return;
		if (code == SHB_HARDWARE)
			copy_text(capture->hardware, sizeof(capture->hardware),
				  block + at + 4, len);
	}
}

int riser_capture_open(const char *path, struct riser_capture **out,
		       char *error)
{
	struct riser_capture *capture = calloc(1, sizeof(*capture));
	int len;

	if (!capture)
		return -ENOMEM;
	capture->file = fopen(path, "re");
	if (!capture->file) {
		len = -errno;
		snprintf(error, RISER_ERROR_BYTES, "capture %s: %s", path,
			 strerror(errno));
		free(capture);
		return len;
	}
	setvbuf(capture->file, NULL, _IOFBF, 1 << 18);
	len = read_block(capture);
	if (len < 28 || le32(capture->block) != BLOCK_SHB ||
	    le32(capture->block + 8) != SECTION_MAGIC) {
		snprintf(error, RISER_ERROR_BYTES,
			 "capture %s: no pcapng file of this machine's byte order",
			 path);
		riser_capture_close(capture);
		return -EBADMSG;
	}
	read_hardware(capture, 24, (uint32_t)len - 4);
	*out = capture;
	return 0;
}

static void take_caller_field(struct riser_capture *capture, uint16_t type,
			      const uint8_t *value, uint16_t len)
{
	struct riser_tlp_caller *caller = &capture->caller;

	switch (type) {
	case FIELD_PC:
		caller->pc = be(value, len);
		break;
	case FIELD_PID:
		caller->pid = (uint32_t)be(value, len);
		break;
	case FIELD_CPU:
		caller->cpu = (uint16_t)be(value, len);
		break;
	case FIELD_CONTEXT:
		caller->context = (uint8_t)be(value, len);
		break;
	case FIELD_FRAME:
		caller->frame = (uint32_t)be(value, len);
		break;
	case FIELD_COMM:
		copy_text(caller->comm, sizeof(caller->comm), value, len);
		break;
	case FIELD_FUNCTION:
		copy_text(capture->function, sizeof(capture->function), value,
			  len);
		caller->function = capture->function;
		break;
	default:
		break;
	}
}

static void take_field(struct riser_capture *capture,
		       struct riser_packet *packet, uint16_t type,
		       const uint8_t *value, uint16_t len)
{
	bool is_text = type == FIELD_COMM || type == FIELD_FUNCTION ||
		       type == FIELD_PLACE || type == FIELD_NOTE;

	if (!is_text && len > 8)
		return;
	switch (type) {
	case FIELD_CYCLE:
		packet->cycle = packet->tlp.cycle = be(value, len);
		break;
	case FIELD_DIRECTION:
		packet->tlp.direction = be(value, len) ? RISER_TO_HOST :
							 RISER_TO_CARD;
		break;
	case FIELD_HOST_NS:
		packet->host_ns = packet->tlp.host_ns = be(value, len);
		break;
	case FIELD_SEQ:
		packet->tlp.seq = be(value, len);
		break;
	case FIELD_REQUEST_SEQ:
		packet->tlp.request_seq = be(value, len);
		break;
	case FIELD_PLACE:
		copy_text(capture->place, sizeof(capture->place), value, len);
		packet->place = capture->place;
		break;
	case FIELD_NOTE:
		copy_text(capture->note, sizeof(capture->note), value, len);
		packet->note = capture->note;
		break;
	default:
		if (type == FIELD_PC)
			packet->tlp.caller = &capture->caller;
		take_caller_field(capture, type, value, len);
		break;
	}
}

/* Fields, then the TLP; false when the data is not of our profile. */
static bool read_data(struct riser_capture *capture,
		      struct riser_packet *packet, const uint8_t *data,
		      uint32_t len)
{
	const uint8_t *end = data + len, *fields_end;
	uint16_t type, bytes;

	/* exported PDU tags: up to the one that ends them */
	for (;;) {
		if (end - data < 4)
			return false;
		type = (uint16_t)be(data, 2);
		bytes = (uint16_t)be(data + 2, 2);
		data += 4;
		if (bytes > end - data)
			return false;
		data += bytes;
		if (!type)
			break;
	}
	if (end - data < 4 || be(data, 2) != PROFILE ||
	    be(data + 2, 2) > (uint64_t)(end - data - 4))
		return false;
	fields_end = data + 4 + be(data + 2, 2);
	for (data += 4; fields_end - data >= 4;
	     data += bytes + (-bytes & 3)) {
		type = (uint16_t)be(data, 2);
		bytes = (uint16_t)be(data + 2, 2);
		data += 4;
		if (bytes + (-bytes & 3) > fields_end - data)
			return false;
		take_field(capture, packet, type, data, bytes);
	}
	packet->tlp.bytes = fields_end;
	packet->tlp.len = (uint32_t)(end - fields_end);
	return true;
}

static void learn_period(struct riser_capture *capture, uint64_t cycle)
{
	const uint8_t *block = capture->block;

	if (cycle <= capture->max_cycle)
		return;
	capture->max_cycle = cycle;
	capture->max_ns = (uint64_t)le32(block + 12) << 32 | le32(block + 16);
}

int riser_capture_next(struct riser_capture *capture,
		       struct riser_packet *packet)
{
	uint32_t captured;
	int len;

	for (;;) {
		len = read_block(capture);
		if (len <= 0)
			return len;
		if (le32(capture->block) != BLOCK_EPB || len < 32)
			continue;
		captured = le32(capture->block + 20);
		if (captured > (uint32_t)len - 32)
			return -ENODATA;
		memset(packet, 0, sizeof(*packet));
		memset(&capture->caller, 0, sizeof(capture->caller));
		packet->tlp.seq = packet->tlp.request_seq = RISER_NO_SEQ;
		if (!read_data(capture, packet, capture->block + 28, captured))
			continue;
		learn_period(capture, packet->cycle);
		if (packet->note)
			return 1;
		if (!riser_tlp_decode(&capture->tlp, packet->tlp.bytes,
				      packet->tlp.len)) {
			packet->tlp.tlp = &capture->tlp;
			packet->tlp.tlp_class = riser_tlp_class(
				(enum riser_tlp_kind)capture->tlp.kind);
		}
		return 1;
	}
}

const char *riser_capture_hardware(const struct riser_capture *capture)
{
	return capture->hardware;
}

/*
 * A time is cycle times period, rounded down to ns: with a thousand cycles and
 * more only one whole number of picoseconds fits.
 */
uint64_t riser_capture_period_ps(const struct riser_capture *capture)
{
	uint64_t cycle = capture->max_cycle;

	if (!cycle)
		return 0;
	return (uint64_t)(((unsigned __int128)capture->max_ns * 1000 + cycle -
			   1) / cycle);
}

void riser_capture_close(struct riser_capture *capture)
{
	if (!capture)
		return;
	if (capture->file)
		fclose(capture->file);
	free(capture);
}
