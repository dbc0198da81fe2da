// SPDX-License-Identifier: Apache-2.0
/*
 * run.pcapng, profile in docs/pcapng.md.
 *
 * The engine's thread composes whole blocks in a memory ring; a writer thread
 * hands them to the file. A full ring makes the engine wait: nothing is
 * dropped. An error of the file ends the capture, never the run.
 */
#define _GNU_SOURCE
#include "pcapng.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <riser/finding.h>
#include <riser/link.h>

#define RING_BYTES	(1U << 22)	/* a power of two */
#define BLOCK_MAX	(RISER_TLP_MAX_BYTES + 2048)
#define TEXT_MAX	700	/* bytes of a text; two fit into BLOCK_MAX */
#define POLL_NS		10000000

#define LINKTYPE_UPPER_PDU	252
#define PDU_TAG_DISSECTOR	12
#define DISSECTOR		"pcie_tlp"

#define BLOCK_SHB	0x0a0d0d0a
#define BLOCK_IDB	1
#define BLOCK_EPB	6
#define OPT_COMMENT	1
#define SHB_HARDWARE	2
#define SHB_USERAPPL	4
#define IF_NAME		2
#define IF_DESCRIPTION	3
#define IF_TSRESOL	9
#define EPB_FLAGS	2
#define FLAG_INBOUND	1
#define FLAG_OUTBOUND	2

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
	FIELD_ADDRESS_NAME = 12,
	FIELD_FRAME = 13,
	FIELD_FAULT = 14,
	FIELD_LEVELS = 15,
	FIELD_SOURCE = 16,
	FIELD_CODE = 17,
	FIELD_TIMEOUT = 18,
	FIELD_PERIOD = 19,
	FIELD_CHANNEL = 20,
	FIELD_NOTE = 64,
};

/* Interfaces of the file. */
enum interface {
	IF_TO_CARD = 0,
	IF_TO_HOST = 1,
	IF_NOTES = 2,
};

struct riser_pcapng {
	uint8_t *ring;
	uint64_t head;		/* written by the engine, bytes since open */
	uint64_t tail;		/* written by the writer */
	uint32_t stop;
	int error;		/* set by the writer */
	int fd;
	bool has_thread;
	pthread_t thread;
	uint64_t period_ps;
	/* the block under construction */
	uint8_t block[BLOCK_MAX];
	uint32_t len;
};

static void write_ring(struct riser_pcapng *pcapng, uint64_t from, uint64_t to)
{
	uint32_t offset = (uint32_t)(from & (RING_BYTES - 1));
	size_t bytes = (size_t)(to - from), first = RING_BYTES - offset;
	struct iovec iov[2];
	ssize_t n;

	while (bytes) {
		first = RING_BYTES - offset < bytes ? RING_BYTES - offset :
						      bytes;
		iov[0] = (struct iovec){ pcapng->ring + offset, first };
		iov[1] = (struct iovec){ pcapng->ring, bytes - first };
		n = writev(pcapng->fd, iov, 2);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			__atomic_store_n(&pcapng->error,
					 n ? -errno : -EIO, __ATOMIC_RELAXED);
			return;
		}
		bytes -= (size_t)n;
		offset = (offset + (uint32_t)n) & (RING_BYTES - 1);
	}
}

static void *writer(void *arg)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	struct riser_pcapng *pcapng = arg;
	uint64_t head;
	uint32_t stop;

	for (;;) {
		/* before head: what was put before the stop is written */
		stop = __atomic_load_n(&pcapng->stop, __ATOMIC_ACQUIRE);
		/* pairs with push(): whole blocks before the index */
		head = __atomic_load_n(&pcapng->head, __ATOMIC_ACQUIRE);
		if (head == pcapng->tail) {
			if (stop)
				return NULL;
			nanosleep(&pause, NULL);
			continue;
		}
		if (!pcapng->error)
			write_ring(pcapng, pcapng->tail, head);
		/* pairs with push(): the memory may be used again */
		__atomic_store_n(&pcapng->tail, head, __ATOMIC_RELEASE);
	}
}

/* The block under construction goes to the writer. */
static void push(struct riser_pcapng *pcapng)
{
	uint32_t offset = (uint32_t)(pcapng->head & (RING_BYTES - 1));
	uint32_t first = RING_BYTES - offset;

	/* pairs with writer(): it is done with this memory */
	while (pcapng->head + pcapng->len -
	       __atomic_load_n(&pcapng->tail, __ATOMIC_ACQUIRE) > RING_BYTES)
		sched_yield();
	if (first > pcapng->len)
		first = pcapng->len;
	memcpy(pcapng->ring + offset, pcapng->block, first);
	memcpy(pcapng->ring, pcapng->block + first, pcapng->len - first);
	__atomic_store_n(&pcapng->head, pcapng->head + pcapng->len,
			 __ATOMIC_RELEASE);
}

/* ---- numbers: the file's are little-endian, the fields' big-endian ---- */

static void put(struct riser_pcapng *pcapng, const void *bytes, uint32_t len)
{
	memcpy(pcapng->block + pcapng->len, bytes, len);
	pcapng->len += len;
}

static void put_zeros(struct riser_pcapng *pcapng, uint32_t len)
{
	memset(pcapng->block + pcapng->len, 0, len);
	pcapng->len += len;
}

static void pad4(struct riser_pcapng *pcapng)
{
	put_zeros(pcapng, -pcapng->len & 3);
}

static void put_le(struct riser_pcapng *pcapng, uint64_t value,
		   unsigned int bytes)
{
	for (; bytes; bytes--, value >>= 8)
		pcapng->block[pcapng->len++] = (uint8_t)value;
}

static void put_be(struct riser_pcapng *pcapng, uint64_t value,
		   unsigned int bytes)
{
	while (bytes--)
		pcapng->block[pcapng->len++] = (uint8_t)(value >> 8 * bytes);
}

/* ---- blocks ---- */

static void begin_block(struct riser_pcapng *pcapng, uint32_t type)
{
	pcapng->len = 0;
	put_le(pcapng, type, 4);
	put_le(pcapng, 0, 4);
}

static void set_le32(struct riser_pcapng *pcapng, uint32_t at, uint32_t value)
{
	uint32_t len = pcapng->len;

	pcapng->len = at;
	put_le(pcapng, value, 4);
	pcapng->len = len;
}

static void end_block(struct riser_pcapng *pcapng)
{
	put_le(pcapng, pcapng->len + 4, 4);
	set_le32(pcapng, 4, pcapng->len);
	push(pcapng);
}

static void put_option(struct riser_pcapng *pcapng, uint16_t code,
		       const void *value, size_t len)
{
	put_le(pcapng, code, 2);
	put_le(pcapng, len, 2);
	put(pcapng, value, (uint32_t)len);
	pad4(pcapng);
}

static void put_text_option(struct riser_pcapng *pcapng, uint16_t code,
			    const char *text)
{
	size_t len = strlen(text);

	put_option(pcapng, code, text, len < TEXT_MAX ? len : TEXT_MAX);
}

static void put_section(struct riser_pcapng *pcapng, const char *hardware)
{
	begin_block(pcapng, BLOCK_SHB);
	put_le(pcapng, 0x1a2b3c4d, 4);
	put_le(pcapng, 1, 2);
	put_le(pcapng, 0, 2);
	put_le(pcapng, UINT64_MAX, 8);
	put_text_option(pcapng, SHB_HARDWARE, hardware);
	put_text_option(pcapng, SHB_USERAPPL, "riser");
	put_le(pcapng, 0, 4);
	end_block(pcapng);
}

static void put_interface(struct riser_pcapng *pcapng, const char *name,
			  const char *description)
{
	const uint8_t resolution = 9;

	begin_block(pcapng, BLOCK_IDB);
	put_le(pcapng, LINKTYPE_UPPER_PDU, 2);
	put_le(pcapng, 0, 2);
	put_le(pcapng, 0, 4);
	put_text_option(pcapng, IF_NAME, name);
	put_text_option(pcapng, IF_DESCRIPTION, description);
	put_option(pcapng, IF_TSRESOL, &resolution, 1);
	put_le(pcapng, 0, 4);
	end_block(pcapng);
}

/* Simulated time in ns, without overflow for 10^19 ps and more. */
static uint64_t sim_ns(const struct riser_pcapng *pcapng, uint64_t cycle)
{
	return (uint64_t)((unsigned __int128)cycle * pcapng->period_ps / 1000);
}

/* Packet header up to the start of the fields; @body is set to that place. */
static void begin_packet(struct riser_pcapng *pcapng, enum interface interface,
			 uint64_t cycle, uint32_t *data)
{
	uint64_t ns = sim_ns(pcapng, cycle);

	begin_block(pcapng, BLOCK_EPB);
	put_le(pcapng, interface, 4);
	put_le(pcapng, ns >> 32, 4);
	put_le(pcapng, ns & 0xffffffff, 4);
	put_le(pcapng, 0, 8);	/* lengths: end_packet() */
	*data = pcapng->len;
	put_be(pcapng, PDU_TAG_DISSECTOR, 2);
	put_be(pcapng, strlen(DISSECTOR), 2);
	put(pcapng, DISSECTOR, (uint32_t)strlen(DISSECTOR));
	put_be(pcapng, 0, 4);
	/* version, and the size of the fields: end_fields() */
	put_be(pcapng, 1, 2);
	put_be(pcapng, 0, 2);
}

static void put_field(struct riser_pcapng *pcapng, enum field field,
		      uint64_t value, unsigned int bytes)
{
	put_be(pcapng, field, 2);
	put_be(pcapng, bytes, 2);
	put_be(pcapng, value, bytes);
	pad4(pcapng);
}

static void put_text_field(struct riser_pcapng *pcapng, enum field field,
			   const char *text)
{
	size_t len = strlen(text);

	if (len > TEXT_MAX)
		len = TEXT_MAX;
	put_be(pcapng, field, 2);
	put_be(pcapng, len, 2);
	put(pcapng, text, (uint32_t)len);
	pad4(pcapng);
}

#define FIELDS_AT(data)	((data) + 4U + (uint32_t)sizeof(DISSECTOR) - 1 + 4U)

static void end_fields(struct riser_pcapng *pcapng, uint32_t data)
{
	uint32_t at = FIELDS_AT(data), len = pcapng->len;

	pcapng->len = at + 2;
	put_be(pcapng, len - at - 4, 2);
	pcapng->len = len;
}

static void end_packet(struct riser_pcapng *pcapng, uint32_t data,
		       uint32_t flags, const char *comment)
{
	uint32_t bytes = pcapng->len - data;

	set_le32(pcapng, data - 8, bytes);
	set_le32(pcapng, data - 4, bytes);
	pad4(pcapng);
	if (comment)
		put_text_option(pcapng, OPT_COMMENT, comment);
	put_le(pcapng, EPB_FLAGS, 2);
	put_le(pcapng, 4, 2);
	put_le(pcapng, flags, 4);
	put_le(pcapng, 0, 4);
	end_block(pcapng);
}

/* ---- observer ---- */

static void put_caller(struct riser_pcapng *pcapng,
		       const struct riser_tlp_caller *caller)
{
	put_field(pcapng, FIELD_PC, caller->pc, 8);
	put_field(pcapng, FIELD_PID, caller->pid, 4);
	put_field(pcapng, FIELD_CPU, caller->cpu, 2);
	put_field(pcapng, FIELD_CONTEXT, caller->context, 1);
	put_text_field(pcapng, FIELD_COMM, caller->comm);
	if (caller->function)
		put_text_field(pcapng, FIELD_FUNCTION, caller->function);
	if (caller->frame)
		put_field(pcapng, FIELD_FRAME, caller->frame, 1);
}

static void put_address(struct riser_pcapng *pcapng,
			const struct riser_tlp_event *event)
{
	const struct riser_tlp *tlp = event->tlp;
	bool is_io;
	char name[64];

	if (!tlp || event->direction != RISER_TO_CARD)
		return;
	is_io = tlp->kind == RISER_TLP_IORD || tlp->kind == RISER_TLP_IOWR;
	if (!is_io && tlp->kind > RISER_TLP_MWR)
		return;
	if (event->names->address(event->names->ctx, tlp->addr, is_io, name,
				  sizeof(name)))
		put_text_field(pcapng, FIELD_ADDRESS_NAME, name);
}

static void pcapng_tlp(void *ctx, const struct riser_tlp_event *event)
{
	bool to_card = event->direction == RISER_TO_CARD;
	const char *function = NULL;
	struct riser_pcapng *pcapng = ctx;
	uint32_t data;

	begin_packet(pcapng, to_card ? IF_TO_CARD : IF_TO_HOST, event->cycle,
		     &data);
	put_field(pcapng, FIELD_CYCLE, event->cycle, 8);
	put_field(pcapng, FIELD_DIRECTION, event->direction, 1);
	if (event->seq != RISER_NO_SEQ)
		put_field(pcapng, FIELD_SEQ, event->seq, 8);
	if (event->fault)
		put_field(pcapng, FIELD_FAULT, event->fault, 1);
	if (event->request_seq != RISER_NO_SEQ)
		put_field(pcapng, FIELD_REQUEST_SEQ, event->request_seq, 8);
	if (event->host_ns)
		put_field(pcapng, FIELD_HOST_NS, event->host_ns, 8);
	if (event->caller) {
		put_caller(pcapng, event->caller);
		function = event->caller->function;
	}
	put_address(pcapng, event);
	if (!event->tlp || event->tlp_class !=
			   riser_tlp_class((enum riser_tlp_kind)event->tlp->kind))
		put_field(pcapng, FIELD_CHANNEL, event->tlp_class, 1);
	end_fields(pcapng, data);
	put(pcapng, event->bytes, event->len);
	end_packet(pcapng, data, to_card ? FLAG_INBOUND : FLAG_OUTBOUND,
		   function);
}

/* A note up to its text; other fields may follow before end_note(). */
static void begin_note(struct riser_pcapng *pcapng, uint64_t cycle,
		       uint64_t host_ns, const char *text, uint32_t *data)
{
	begin_packet(pcapng, IF_NOTES, cycle, data);
	put_field(pcapng, FIELD_CYCLE, cycle, 8);
	if (host_ns)
		put_field(pcapng, FIELD_HOST_NS, host_ns, 8);
	put_text_field(pcapng, FIELD_NOTE, text);
}

static void end_note(struct riser_pcapng *pcapng, uint32_t data,
		     const char *text)
{
	end_fields(pcapng, data);
	end_packet(pcapng, data, 0, text);
}

static void pcapng_start(void *ctx, const struct riser_run_facts *facts)
{
	struct riser_pcapng *pcapng = ctx;
	char text[256];
	uint32_t data;

	pcapng->period_ps = facts->info->clk_period_ps;
	snprintf(text, sizeof(text), "%s (%s, %s)", facts->info->name,
		 facts->info->top, facts->info->engine);
	put_section(pcapng, text);
	snprintf(text, sizeof(text), "%s rx", facts->info->name);
	put_interface(pcapng, text, "host to card");
	snprintf(text, sizeof(text), "%s tx", facts->info->name);
	put_interface(pcapng, text, "card to host");
	snprintf(text, sizeof(text), "%s notes", facts->info->name);
	put_interface(pcapng, text, "resets, marks and findings");
	snprintf(text, sizeof(text), "the run begins: completion timeout %llu cycles of %llu ps",
		 (unsigned long long)facts->timeout_cycles,
		 (unsigned long long)pcapng->period_ps);
	begin_note(pcapng, 0, 0, text, &data);
	put_field(pcapng, FIELD_TIMEOUT, facts->timeout_cycles, 8);
	put_field(pcapng, FIELD_PERIOD, pcapng->period_ps, 8);
	end_note(pcapng, data, text);
}

static void pcapng_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	char text[96];
	uint32_t data;

	snprintf(text, sizeof(text), "%s%s%s%s",
		 levels & RISER_SB_PERST ? "PERST# asserted, " :
					   "PERST# released, ",
		 levels & RISER_SB_HOT_RESET ? "hot reset, " : "",
		 levels & RISER_SB_LINK_UP ? "link up" : "link down",
		 levels & RISER_SB_HOLD_TX_ALL ?
		 ", credits withheld from the card" : "");
	begin_note(ctx, cycle, 0, text, &data);
	put_field(ctx, FIELD_LEVELS, levels, 4);
	end_note(ctx, data, text);
}

static void pcapng_note(void *ctx, const struct riser_note *note)
{
	uint32_t data;

	begin_note(ctx, note->cycle, note->host_ns, note->text, &data);
	put_field(ctx, FIELD_SOURCE, note->source, 1);
	put_field(ctx, FIELD_CODE, note->code, 4);
	end_note(ctx, data, note->text);
}

static void pcapng_finding(void *ctx, const struct riser_finding *finding)
{
	uint32_t data;

	begin_note(ctx, finding->cycle, finding->host_ns, finding->text, &data);
	end_note(ctx, data, finding->text);
}

static void pcapng_finish(void *ctx, uint64_t cycle)
{
	static const char text[] = "the run ends";
	uint32_t data;

	begin_note(ctx, cycle, 0, text, &data);
	end_note(ctx, data, text);
}

const struct riser_observer_ops riser_pcapng_observer = {
	.start = pcapng_start,
	.tlp = pcapng_tlp,
	.lost = pcapng_tlp,
	.sideband = pcapng_sideband,
	.note = pcapng_note,
	.finding = pcapng_finding,
	.finish = pcapng_finish,
};

int riser_pcapng_open(const char *path, struct riser_pcapng **out, char *error)
{
	struct riser_pcapng *pcapng = calloc(1, sizeof(*pcapng));
	int ret;

	if (!pcapng) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return -ENOMEM;
	}
	pcapng->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (pcapng->fd < 0) {
		ret = -errno;
		snprintf(error, RISER_ERROR_BYTES, "capture %s: %s", path,
			 strerror(-ret));
		free(pcapng);
		return ret;
	}
	pcapng->ring = malloc(RING_BYTES);
	ret = pcapng->ring ? -pthread_create(&pcapng->thread, NULL, writer,
					     pcapng) : -ENOMEM;
	if (ret) {
		snprintf(error, RISER_ERROR_BYTES, "capture %s: %s", path,
			 strerror(-ret));
		riser_pcapng_close(pcapng);
		return ret;
	}
	pcapng->has_thread = true;
	*out = pcapng;
	return 0;
}

int riser_pcapng_redirect(struct riser_pcapng *pcapng, const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0 || dup3(fd, pcapng->fd, O_CLOEXEC) < 0)
		ret = -errno;
	if (fd >= 0)
		close(fd);
	return ret;
}

int riser_pcapng_error(const struct riser_pcapng *pcapng)
{
	return __atomic_load_n(&pcapng->error, __ATOMIC_RELAXED);
}

void riser_pcapng_flush(struct riser_pcapng *pcapng)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	/* pairs with writer(): everything pushed has gone to the file */
	while (__atomic_load_n(&pcapng->tail, __ATOMIC_ACQUIRE) !=
	       pcapng->head)
		nanosleep(&pause, NULL);
}

void riser_pcapng_close(struct riser_pcapng *pcapng)
{
	if (!pcapng)
		return;
	if (pcapng->has_thread) {
		__atomic_store_n(&pcapng->stop, 1, __ATOMIC_RELEASE);
		pthread_join(pcapng->thread, NULL);
	}
	close(pcapng->fd);
	free(pcapng->ring);
	free(pcapng);
}
