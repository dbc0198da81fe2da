// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "far_end.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../bridge/link_internal.h"

#define RING_BYTES	(1U << 20)
#define HDR_BYTES	12

static struct pciem_kernel_words *words(struct far_end *far)
{
	return (void *)(far->link->base + far->link->hdr.kernel_off);
}

static void put_be32(uint8_t *to, uint32_t value)
{
	value = __builtin_bswap32(value);
	memcpy(to, &value, sizeof(value));
}

static uint32_t get_be32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return __builtin_bswap32(value);
}

/* ---- towards the card ---- */

static uint8_t *place(struct far_end *far, uint32_t bytes)
{
	uint32_t pos = far->down_head & (RING_BYTES - 1);
	uint8_t *ring = far->link->base + far->link->hdr.down_off;

	if (RING_BYTES - pos < bytes) {
		const uint32_t pad[4] = { RING_BYTES - pos, PCIEM_REC_PAD };

		memcpy(ring + pos, pad, sizeof(pad));
		far->down_head += RING_BYTES - pos;
		pos = 0;
	}
	if (far->down_head + bytes - far->link->bridge->down_tail > RING_BYTES)
		far->errors++;	/* no load has so much in flight */
	return ring + pos;
}

/* A record of @len bytes of TLP, which the caller writes; not yet published. */
static uint8_t *push(struct far_end *far, uint32_t len, bool has_caller)
{
	static const struct pciem_caller caller = {
		.pc = 0xffffffffc0001234, .pid = 41, .comm = "bench",
	};
	uint32_t all = len + (has_caller ? (uint32_t)sizeof(caller) : 0);
	struct pciem_rec rec = {
		.bytes = (uint32_t)sizeof(rec) +
			 ((all + PCIEM_REC_ALIGN - 1) & ~(PCIEM_REC_ALIGN - 1U)),
		.type = PCIEM_REC_TLP, .len = all,
		.flags = has_caller ? PCIEM_RECF_CALLER : 0,
		.time = far->cycle, .seq = far->down_seq++,
	};
	uint8_t *at = place(far, rec.bytes);

	memcpy(at, &rec, sizeof(rec));
	at += sizeof(rec);
	if (has_caller) {
		memcpy(at, &caller, sizeof(caller));
		at += sizeof(caller);
	}
	far->down_head += rec.bytes;
	return at;
}

static void publish(struct far_end *far)
{
	__atomic_store_n(&words(far)->down_head, far->down_head,
			 __ATOMIC_RELEASE);
}

static void ask(struct far_end *far, const struct bench_request *r)
{
	uint8_t *at = push(far, r->nr_dw * 4, true);

	put_be32(at, r->dw[0]);
	put_be32(at + 4, r->dw[1]);
	put_be32(at + 8, r->dw[2]);
	if (r->nr_dw == 4)
		memcpy(at + 12, &r->dw[3], 4);
	far->writes += (uint64_t)r->is_posted;
}

static void next(struct far_end *far, uint32_t tag)
{
	struct bench_request r;
	uint32_t i;

	if (far->load == BENCH_WRITES) {
		for (i = 0; i < BENCH_BURST; i++) {
			r = bench_write(far->reg, i);
			ask(far, &r);
		}
	}
	r = bench_read(tag, far->reg);
	ask(far, &r);
}

static void start(struct far_end *far)
{
	struct bench_request r = bench_write(BENCH_BASE, 0);
	uint32_t i;

	ask(far, &r);
	r = bench_write(BENCH_BASE + 4, (uint32_t)(BENCH_MEM >> 32));
	ask(far, &r);
	far->is_on = true;
	if (far->load == BENCH_DMA_READ || far->load == BENCH_DMA_WRITE) {
		r = bench_write(BENCH_CONTROL,
				far->load == BENCH_DMA_READ ? 1 : 2);
		ask(far, &r);
	} else if (far->load != BENCH_IDLE) {
		for (i = 0; i < bench_in_flight(far->load); i++)
			next(far, i);
	}
}

/* ---- from the card ---- */

static void on_read(struct far_end *far, const uint8_t *tlp)
{
	uint32_t left = (get_be32(tlp) & 0x3ff) * 4, n;
	uint64_t addr = ((uint64_t)get_be32(tlp + 8) << 32 |
			 get_be32(tlp + 12)) - BENCH_MEM;
	uint8_t *at;

	if (tlp[0] != 0x20 || addr + left > BENCH_MEM_BYTES) {
		far->errors++;
		return;
	}
	while (left) {
		n = BENCH_MPS - (uint32_t)(addr & (BENCH_MPS - 1));
		if (n > left)
			n = left;
		at = push(far, HDR_BYTES + n, false);
		put_be32(at, 0x4a000000u | n / 4);
		put_be32(at + 4, left & 0xfff);
		put_be32(at + 8, (get_be32(tlp + 4) & 0xffffff00u) |
				 (uint32_t)(addr & 0x7f));
		memcpy(at + HDR_BYTES, far->mem + addr, n);
		far->bytes += n;
		addr += n;
		left -= n;
	}
}

static void on_write(struct far_end *far, const uint8_t *tlp)
{
	uint32_t n = (get_be32(tlp) & 0x3ff) * 4;
	uint64_t addr = ((uint64_t)get_be32(tlp + 8) << 32 |
			 get_be32(tlp + 12)) - BENCH_MEM;

	if (tlp[0] != 0x60 || addr + n > BENCH_MEM_BYTES) {
		far->errors++;
		return;
	}
	memcpy(far->mem + addr, tlp + 16, n);
	far->bytes += n;
}

static void on_completion(struct far_end *far, const uint8_t *tlp)
{
	if (tlp[6] >> 5)
		far->errors++;
	far->completions++;
	if (far->is_on)
		next(far, tlp[10]);
	else if (++far->nr_setup == BENCH_NR_SETUP)
		start(far);
}

static void take(struct far_end *far, const struct pciem_rec *rec,
		 const uint8_t *tlp)
{
	far->cycle = rec->time;
	far->tlps++;
	switch (tlp[0] & 0x5f) {
	case 0x00:
		on_read(far, tlp);
		break;
	case 0x40:
		on_write(far, tlp);
		break;
	case 0x0a:
	case 0x4a:
		on_completion(far, tlp);
		break;
	default:
		far->errors++;
	}
}

static void drain(struct far_end *far)
{
	uint32_t head = far->link->bridge->up_head;
	struct pciem_rec rec;
	const uint8_t *at;

	while (far->up_tail != head) {
		at = far->link->up + (far->up_tail &
				      (far->link->hdr.up_bytes - 1));
		memcpy(&rec, at, PCIEM_REC_ALIGN);
		if (rec.type != PCIEM_REC_PAD) {
			memcpy(&rec, at, sizeof(rec));
			if (far->is_over)
				;
			else if (rec.type == PCIEM_REC_TLP)
				take(far, &rec, at + sizeof(rec));
			else
				far->errors++;
		}
		far->up_tail += rec.bytes;
	}
	__atomic_store_n(&words(far)->up_tail, far->up_tail, __ATOMIC_RELEASE);
}

/* Attach, run, let go: what pciem.ko says of its session. */
static void follow_bridge(struct far_end *far)
{
	struct pciem_kernel_words *kernel = words(far);
	const struct pciem_bridge_words *bridge = far->link->bridge;
	struct bench_request r;
	uint32_t i;

	if (bridge->state == PCIEM_BRIDGE_READY &&
	    kernel->state != PCIEM_KERNEL_ATTACHED) {
		kernel->epoch = bridge->epoch;
		kernel->state = PCIEM_KERNEL_ATTACHED;
		/* whatever is published is seen at once */
		kernel->need_kick = 1;
	} else if (bridge->state == PCIEM_BRIDGE_UP &&
		   kernel->state == PCIEM_KERNEL_ATTACHED) {
		kernel->state = PCIEM_KERNEL_RUNNING;
		for (i = 0; i < BENCH_NR_SETUP; i++) {
			r = bench_setup(i);
			ask(far, &r);
		}
	} else if (bridge->state == PCIEM_BRIDGE_DOWN) {
		kernel->state = PCIEM_KERNEL_DETACHED;
	}
}

/* Not inlined: callgrind tells it from the engine. */
int far_end_kick(struct riser_link *link);

__attribute__((noinline)) int far_end_kick(struct riser_link *link)
{
	struct far_end *far = link->ctx;

	follow_bridge(far);
	drain(far);
	publish(far);
	far->turn(far->ctx, far->is_on ? far->cycle : 0);
	return 0;
}

static int far_end_wait(struct riser_link *link, uint64_t timeout_ns)
{
	(void)timeout_ns;
	return far_end_kick(link);
}

int far_end_open(struct far_end *far, struct riser_link **out, char *error)
{
	static const struct riser_link_ops ops = {
		.kick = far_end_kick, .wait = far_end_wait,
		.close = riser_link_free,
	};
	const struct riser_link_options options = {
		.name = "bench", .down_bytes = RING_BYTES,
		.up_bytes = RING_BYTES,
	};
	struct riser_link *link = riser_link_alloc(&ops);
	uint32_t i;
	void *memory;

	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	far->mem = malloc(BENCH_MEM_BYTES);
	if (!link || !far->mem)
		return -ENOMEM;
	for (i = 0; i < BENCH_MEM_BYTES; i++)
		far->mem[i] = (uint8_t)(i * 7 + (i >> 8));
	link->bytes = riser_link_block_bytes(&options);
	memory = mmap(NULL, link->bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		riser_link_free(link);
		return -ENOMEM;
	}
	link->base = memory;
	link->ctx = far;
	far->link = link;
	riser_link_fill_header(memory, &options, link->bytes);
	*out = link;
	return riser_link_adopt(link, error);
}

void far_end_fini(struct far_end *far)
{
	free(far->mem);
	far->mem = NULL;
}
