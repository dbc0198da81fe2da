// SPDX-License-Identifier: Apache-2.0
/*
 * A PCIe card in C behind /dev/pciem, to test the kernel's side alone: it knows
 * kernel/uapi/pciem.h and nothing else of this project, with a TLP codec of its
 * own. It answers configuration, memory reads and writes, does DMA, and sends
 * MSI-X; it can be told to answer wrongly. It is no model of any RTL. It may have
 * several functions (-F), each with all of this for itself; function n has the
 * device id of function 0 plus n. What no function claims, function 0 refuses.
 *
 * BAR 0 (64-bit, 16 KiB):
 *	0x0000	id, reads 0x454b4146		0x0008	scratch, 8 bytes
 *	0x0010	DMA address, 8 bytes		0x0018	DMA bytes, up to 4096
 *	0x001c	command: 1 host memory to buffer, 2 buffer to host memory,
 *		3 FetchAdd 4 bytes (operand in buffer), 4 a write of 3 dwords whose
 *		byte enables have holes, 0x100 + n fires vector n,
 *		0x200 + n asserts INTx pin n, 0x300 + n deasserts it,
 *		0x400 + code sends a message to the root port,
 *		0x500 + tag forges a completion for the host's request with that tag,
 *		5 fills the buffer with the next generation and does 2,
 *		0x600 + n begins a storm: messages of vector n, as fast as they can be
 *		sent, 0x6ff of all vectors in turn; 0x700 + n and 0x7ff the same, with
 *		no regard to mask bits; 0x800 ends it, see end_storm()
 *	0x0020	status: 0 idle, 1 busy, 2 done, 0x100 + s completion status s
 *	0x0024	writes so far to the scratch register (counts double writes)
 *	0x0028	memory requests so far, this one included
 *	0x002c	attributes of DMA requests: 1 No Snoop, 2 Relaxed Ordering
 *	0x0030	order: whoever writes it counts up by one, from 1
 *	0x0034	writes of it that did not
 *	0x0038	a read does command 5 first and gives the generation
 *	0x0080	from the first storm on: messages sent so far of each vector, 4 bytes each
 *	0x1000	buffer, 4096 bytes		0x2000	MSI-X table	0x3000	PBA
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "pciem.h"

#define BAR_BYTES	0x4000
#define NR_VECTORS	8
#define REG_SENT	0x80
#define STORM_BATCH	64	/* messages between two looks at what the host asks */
#define MPS_BYTES	128
#define MRRS_BYTES	512

enum fault {
	FAULT_NONE, FAULT_MUTE, FAULT_UR, FAULT_CA, FAULT_RRS, FAULT_POISON, FAULT_BYTE_COUNT,
	FAULT_LOWER_ADDR, FAULT_LONG, FAULT_SHORT, FAULT_REQUESTER, FAULT_TAG, FAULT_TWICE,
	FAULT_LATE, FAULT_CTO, FAULT_SPLIT, FAULT_GARBAGE_RING, FAULT_MALFORMED, FAULT_DIE,
	FAULT_LONG_COUNT,	/* too much, and a header that agrees with it */
	FAULT_OLD,		/* the link goes down; the answer comes in the next session */
	FAULT_SEQ,		/* a record with the number of another one */
	/* of configuration requests: all, for ever; reads of register fault_off */
	FAULT_CFG_RRS, FAULT_CFG_CTO, FAULT_CFG_LONG,
};

static const char *const fault_names[] = {
	"none", "mute", "ur", "ca", "rrs", "poison", "byte-count", "lower-addr", "long", "short",
	"requester", "tag", "twice", "late", "cto", "split", "garbage-ring", "malformed", "die",
	"long-count", "old", "seq", "cfg-rrs", "cfg-cto", "cfg-long",
};

#define NR_FUNCTIONS	8

/* One function. */
struct func {
	uint8_t cfg[4096];
	uint8_t wmask[4096];
	uint8_t bar[BAR_BYTES];
	uint16_t bdf;		/* with its function number, before a write tells bus and device too */
	uint8_t dma_tag;
	uint32_t dma_left, dma_pos;
	uint32_t generation;
	uint32_t sent[NR_VECTORS];	/* messages of each vector */
};

struct card {
	int fd;
	bool verbose;
	unsigned int bar_log2;	/* 0: BAR_BYTES, not prefetchable */
	enum fault fault;	/* what goes wrong with a memory read of fault_off */
	uint32_t fault_off;
	int fault_left;
	uint8_t *ro, *rw;	/* the two mappings */
	struct pciem_hdr hdr;
	const struct pciem_kernel_words *kw;
	struct pciem_bridge_words *bw;
	const uint8_t *down;
	uint8_t *up;
	uint32_t up_head, down_tail;
	uint64_t up_seq, down_seq;
	uint8_t functions;	/* bit mask of those that are there; 0: function 0 alone */
	struct func func[NR_FUNCTIONS];
	uint8_t wire[4];	/* INTx: bit mask of the functions that assert it */
	struct func *fn;	/* the one that the current TLP concerns */
	uint64_t late_until_ns;
	uint8_t late_tlp[PCIEM_TLP_MAX_BYTES];
	size_t late_bytes;
	bool is_batch;		/* records are published later, many at once */
	uint8_t storm;		/* bit mask of the vectors whose messages are sent all the time */
	bool is_deaf;		/* mask bits do not hold it up */
	struct func *storm_fn;	/* whose storm it is, or was */
	/* another owner of the card's requests, NULL: the DMA engine below */
	void (*on_completion)(const uint8_t *h, size_t bytes);
	/* what another program makes of the configuration space of a new session, or NULL */
	void (*edit_config)(struct card *c);
};

static volatile sig_atomic_t stop, pull, look;

/* TERM: leave in good order; USR1: link down, then the next session; USR2: read the own card's config space */
static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		pull = 1;
	else if (sig == SIGUSR2)
		look = 1;
	else
		stop = 1;
}

static bool is_there(const struct card *c, unsigned int n)
{
	return !n || c->functions >> n & 1;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "fakecard: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}

static uint32_t le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static uint64_t le64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static void show(const struct card *c, const char *dir, const uint8_t *tlp, size_t bytes)
{
	size_t i;

	if (!c->verbose)
		return;
	printf("%s %zu:", dir, bytes);
	for (i = 0; i < bytes && i < 32; i++)
		printf("%s%02x", i % 4 ? "" : " ", tlp[i]);
	printf("\n");
	fflush(stdout);
}

static void enter(struct card *c, uint32_t flags, uint64_t timeout_ns)
{
	struct pciem_enter e = { .flags = flags, .timeout_ns = timeout_ns };

	if (ioctl(c->fd, PCIEM_IOC_ENTER, &e) && errno != EINTR)
		die("PCIEM_IOC_ENTER");
}

/* ---- up ring ---- */

static void publish(struct card *c)
{
	__atomic_store_n(&c->bw->up_head, c->up_head, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&c->kw->need_kick, __ATOMIC_RELAXED))
		enter(c, 0, 0);
}

static void wait_space(struct card *c, uint32_t need)
{
	while (c->hdr.up_bytes - (c->up_head - __atomic_load_n(&c->kw->up_tail, __ATOMIC_ACQUIRE)) < need)
		enter(c, 0, 0);
}

static void push(struct card *c, uint16_t type, uint32_t aux, const void *body, uint32_t len)
{
	uint32_t bytes = (sizeof(struct pciem_rec) + len + 15) & ~15u;
	uint32_t pos = c->up_head & (c->hdr.up_bytes - 1);
	uint32_t room = c->hdr.up_bytes - pos;
	struct pciem_rec rec = { .bytes = bytes, .type = type, .len = len, .aux = aux };

	if (room < bytes) {
		struct pciem_rec pad = { .bytes = room, .type = PCIEM_REC_PAD };

		wait_space(c, room);
		memcpy(c->up + pos, &pad, 16);	/* only its first half counts */
		c->up_head += room;
		pos = 0;
	}
	wait_space(c, bytes);
	rec.time = c->bw->cycles++;
	rec.seq = c->up_seq++;
	memcpy(c->up + pos, &rec, sizeof(rec));
	memcpy(c->up + pos + sizeof(rec), body, len);
	c->up_head += bytes;
	if (!c->is_batch)
		publish(c);
}

static void send_tlp(struct card *c, const uint8_t *tlp, size_t bytes)
{
	show(c, "  up", tlp, bytes);
	push(c, PCIEM_REC_TLP, 0, tlp, (uint32_t)bytes);
}

/* Memory request header for whole dwords, attributes @attr; returns its bytes. */
static size_t mem_header_attr(uint8_t *h, uint8_t attr, bool write, uint16_t id, uint8_t tag, uint64_t addr, uint32_t dw)
{
	bool is64 = addr >> 32;

	memset(h, 0, 16);
	h[0] = (write ? 0x40 : 0) | (is64 ? 0x20 : 0);
	h[2] = (attr & 3) << 4 | ((dw >> 8) & 3);
	h[3] = dw;
	h[4] = id >> 8;
	h[5] = id;
	h[6] = tag;
	h[7] = dw == 1 ? 0x0f : 0xff;
	if (is64) {
		put_be32(h + 8, addr >> 32);
		put_be32(h + 12, (uint32_t)addr & ~3u);
	} else {
		put_be32(h + 8, (uint32_t)addr & ~3u);
	}
	return is64 ? 16 : 12;
}

static size_t mem_header(uint8_t *h, bool write, uint16_t id, uint8_t tag, uint64_t addr, uint32_t dw)
{
	return mem_header_attr(h, 0, write, id, tag, addr, dw);
}

static void fire_vector(struct card *c, unsigned int n)
{
	uint8_t *entry = c->fn->bar + 0x2000 + 16 * (n % NR_VECTORS);
	uint32_t *sent = &c->fn->sent[n % NR_VECTORS];
	bool is_masked = (c->fn->cfg[0x83] & 0x40) || (entry[12] & 1);
	uint8_t tlp[20];
	size_t hdr;

	if (!(c->fn->cfg[0x83] & 0x80) || (is_masked && !c->is_deaf)) {
		c->fn->bar[0x3000 + n / 8] |= 1u << (n % 8);	/* pending */
		return;
	}
	++*sent;
	if (c->storm_fn == c->fn)
		memcpy(c->fn->bar + REG_SENT + 4 * (n % NR_VECTORS), sent, 4);
	hdr = mem_header(tlp, true, c->fn->bdf, 0, le64(entry), 1);
	memcpy(tlp + hdr, entry + 8, 4);
	send_tlp(c, tlp, hdr + 4);
}

static void send_pending(struct card *c)
{
	unsigned int n;

	for (n = 0; n < NR_VECTORS; n++) {
		if (!(c->fn->bar[0x3000] & 1u << n))
			continue;
		c->fn->bar[0x3000] &= ~(1u << n);
		fire_vector(c, n);
	}
}

/* INTx messages are the card's, of no function. */
static void send_message(struct card *c, uint8_t code, uint8_t routing)
{
	uint8_t tlp[16] = { 0x30 | routing };

	tlp[4] = c->fn->bdf >> 8;
	tlp[5] = routing == 4 ? c->fn->bdf & 0xf8 : c->fn->bdf;
	tlp[7] = code;
	send_tlp(c, tlp, 16);
}

/* ---- DMA ---- */

static void dma_next_read(struct card *c)
{
	uint64_t addr = le64(c->fn->bar + 0x10) + c->fn->dma_pos;
	uint32_t chunk = MRRS_BYTES - (addr % MRRS_BYTES);
	uint8_t h[16];
	size_t hdr;

	if (chunk > c->fn->dma_left)
		chunk = c->fn->dma_left;
	hdr = mem_header_attr(h, c->fn->bar[0x2c], false, c->fn->bdf, c->fn->dma_tag, addr, (chunk + 3) / 4);
	c->fn->dma_left -= chunk;
	send_tlp(c, h, hdr);
}

static void dma_write(struct card *c, uint64_t addr, uint32_t bytes)
{
	uint8_t tlp[16 + MPS_BYTES];
	uint32_t pos, chunk;
	size_t hdr;

	for (pos = 0; pos < bytes; pos += chunk) {
		chunk = MPS_BYTES - ((addr + pos) % MPS_BYTES);
		if (chunk > bytes - pos)
			chunk = bytes - pos;
		hdr = mem_header_attr(tlp, c->fn->bar[0x2c], true, c->fn->bdf, 0, addr + pos, (chunk + 3) / 4);
		memcpy(tlp + hdr, c->fn->bar + 0x1000 + pos, chunk);
		send_tlp(c, tlp, hdr + ((chunk + 3) & ~3u));
	}
}

static uint32_t dma_bytes(const struct card *c)
{
	uint32_t bytes = le32(c->fn->bar + 0x18) & 0x1fff;

	return bytes > 4096 ? 4096 : bytes;
}

/* The whole buffer is one number, which counts up. */
static void store_generation(struct card *c)
{
	unsigned int i;

	c->fn->generation++;
	for (i = 0; i < 4096; i += 4)
		memcpy(c->fn->bar + 0x1000 + i, &c->fn->generation, 4);
	memcpy(c->fn->bar + 0x38, &c->fn->generation, 4);
	dma_write(c, le64(c->fn->bar + 0x10), dma_bytes(c));
}

static void start_storm(struct card *c, uint8_t vector, bool is_deaf)
{
	c->storm = (uint8_t)(vector == 0xff ? (1u << NR_VECTORS) - 1 : 1u << vector % NR_VECTORS);
	c->is_deaf = is_deaf;
	c->storm_fn = c->fn;
	memcpy(c->fn->bar + REG_SENT, c->fn->sent, sizeof(c->fn->sent));
}

static void send_storm(struct card *c)
{
	c->fn = c->storm_fn;
	c->is_batch = true;
	for (unsigned int sent = 0; sent < STORM_BATCH;)
		for (unsigned int n = 0; n < NR_VECTORS; n++)
			if (c->storm & 1u << n) {
				fire_vector(c, n);
				sent++;
			}
	c->is_batch = false;
	publish(c);
}

/*
 * Right behind the storm each of its vectors has one message more, which comes with news
 * for who handles it: how many have been sent, at the DMA address plus 4 * vector.
 */
static void end_storm(struct card *c)
{
	for (unsigned int n = 0; n < NR_VECTORS; n++) {
		uint32_t count = c->fn->sent[n] + 1;
		uint8_t tlp[20];
		size_t hdr;

		if (!(c->storm & 1u << n))
			continue;
		hdr = mem_header(tlp, true, c->fn->bdf, 0, le64(c->fn->bar + 0x10) + 4 * n, 1);
		memcpy(tlp + hdr, &count, 4);
		send_tlp(c, tlp, hdr + 4);
		fire_vector(c, n);
	}
	c->storm = 0;
	c->is_deaf = false;
}

/* A completion of one dword for a request that the host may have sent, or not, or elsewhere. */
static void forge_completion(struct card *c, uint8_t tag)
{
	const uint8_t tlp[16] = {
		0x4a, 0, 0, 1, c->fn->bdf >> 8, (uint8_t)c->fn->bdf, 0, 4, 0, 0, tag, 8,
		0x5e, 0x5e, 0x5e, 0x5e,
	};

	send_tlp(c, tlp, sizeof(tlp));
}

#define INTX_DISABLE	0x04	/* in byte 5 of configuration space */
#define INTX_STATUS	0x08	/* in byte 6: INTA */

/* The wire is that of all functions together: one message when it changes. */
static void tell_intx(struct card *c, unsigned int pin, bool level)
{
	uint8_t before = c->wire[pin], bit = (uint8_t)(1u << (c->fn->bdf & 7));

	c->wire[pin] = level ? before | bit : before & ~bit;
	if (!c->functions || !before != !c->wire[pin])
		send_message(c, (uint8_t)((level ? 0x20 : 0x24) + pin), 4);
}

static void set_intx(struct card *c, unsigned int pin, bool level)
{
	if (!pin)
		c->fn->cfg[6] = (c->fn->cfg[6] & ~INTX_STATUS) | (level ? INTX_STATUS : 0);
	if (!level || !(c->fn->cfg[5] & INTX_DISABLE))
		tell_intx(c, pin, level);
}

/* INTA follows Interrupt Disable while its cause is there. */
static void intx_disabled(struct card *c, bool before)
{
	bool now = c->fn->cfg[5] & INTX_DISABLE;

	if (now != before && (c->fn->cfg[6] & INTX_STATUS))
		tell_intx(c, 0, !now);
}

static void command(struct card *c, uint32_t cmd)
{
	uint64_t addr = le64(c->fn->bar + 0x10);
	uint32_t bytes = dma_bytes(c);
	uint32_t status = 2;
	uint8_t tlp[28];
	size_t hdr;

	switch (cmd >> 8) {
	case 0:
		if (cmd == 2) {
			dma_write(c, addr, bytes);
		} else if (cmd == 5) {
			store_generation(c);
		} else if (cmd == 4) {
			hdr = mem_header(tlp, true, c->fn->bdf, 0, addr, 3);
			tlp[7] = 0xf5;
			memcpy(tlp + hdr, c->fn->bar + 0x1000, 12);
			send_tlp(c, tlp, hdr + 12);
		} else if (cmd == 1) {
			c->fn->dma_pos = 0;
			c->fn->dma_left = bytes;
			status = 1;
		} else {
			hdr = mem_header(tlp, true, c->fn->bdf, c->fn->dma_tag, addr, 1);
			tlp[0] = (tlp[0] & 0x20) | 0x4c;
			tlp[7] = 0;
			memcpy(tlp + hdr, c->fn->bar + 0x1000, 4);
			c->fn->dma_pos = 0;
			c->fn->dma_left = 0;
			status = 1;
		}
		break;
	case 1:
		fire_vector(c, cmd & 0xff);
		break;
	case 2:
	case 3:
		set_intx(c, cmd & 3, cmd >> 8 == 2);
		break;
	case 4:		/* ERR_COR: receiver error, others: unsupported request */
		if ((cmd & 0xff) == 0x30)
			c->fn->cfg[0x110] |= 1;
		else if (cmd & 1)
			c->fn->cfg[0x106] |= 0x10;
		send_message(c, cmd, 0);
		break;
	case 5:
		forge_completion(c, (uint8_t)cmd);
		break;
	case 6:
	case 7:
		start_storm(c, (uint8_t)cmd, cmd >> 8 == 7);
		break;
	case 8:
		end_storm(c);
		break;
	}
	memcpy(c->fn->bar + 0x20, &status, 4);
	if (cmd == 1)
		dma_next_read(c);
	if (cmd == 3)
		send_tlp(c, tlp, hdr + 4);
}

static void dma_completion(struct card *c, const uint8_t *h, size_t bytes)
{
	uint32_t payload = bytes - 12, status = 2;
	uint32_t byte_count = (h[6] & 0xf) << 8 | h[7];

	if (h[6] >> 5) {
		status = 0x100 + (h[6] >> 5);
		memcpy(c->fn->bar + 0x20, &status, 4);
		return;
	}
	if (payload > 4096 - c->fn->dma_pos)
		payload = 4096 - c->fn->dma_pos;
	memcpy(c->fn->bar + 0x1000 + c->fn->dma_pos, h + 12, payload);
	c->fn->dma_pos += payload;
	if (byte_count > payload)
		return;		/* more completions of this request */
	if (c->fn->dma_left)
		dma_next_read(c);
	else
		memcpy(c->fn->bar + 0x20, &status, 4);
}

/* ---- requests of the host ---- */

static size_t completion(struct card *c, uint8_t *out, const uint8_t *req, uint8_t status,
			 const uint8_t *data, uint32_t dw, uint32_t byte_count, uint8_t lower)
{
	memset(out, 0, 12);
	out[0] = dw ? 0x4a : 0x0a;
	out[1] = req[1] & 0x74;
	out[2] = (req[2] & 0x30) | dw >> 8;
	out[3] = dw;
	out[4] = c->fn->bdf >> 8;
	out[5] = c->fn->bdf;
	out[6] = status << 5 | ((byte_count >> 8) & 0xf);
	out[7] = byte_count;
	out[8] = req[4];
	out[9] = req[5];
	out[10] = req[6];
	out[11] = lower & 0x7f;
	memcpy(out + 12, data, dw * 4);
	return 12 + dw * 4;
}

static void build_function(struct card *c);

/* FLR: all but bus and device number. */
static void reset_function(struct card *c)
{
	if (c->wire[0] & 1u << (c->fn->bdf & 7))
		tell_intx(c, 0, false);
	build_function(c);
	c->fn->dma_left = 0;
	printf("reset of function %u\n", c->fn->bdf & 7);
	fflush(stdout);
}

static void on_config(struct card *c, const uint8_t *h, const uint8_t *payload)
{
	uint16_t target = h[8] << 8 | h[9];
	uint32_t reg = (h[10] & 0xf) << 8 | (h[11] & 0xfc);
	bool write = h[0] & 0x40, had_disable = c->fn->cfg[5] & INTX_DISABLE;
	bool has_flr = c->fn->cfg[0x47] & 0x10;
	uint8_t out[16];
	unsigned int i;
	size_t n;

	if ((h[0] & 1) || (target & 0xf8) || !is_there(c, target & 7)) {	/* Type 1, another device or function */
		printf("nobody at %02x:%02x.%u\n", target >> 8, target >> 3 & 31, target & 7);
		fflush(stdout);
		send_tlp(c, out, completion(c, out, h, 1, out, 0, 4, 0));
		return;
	}
	if (write) {
		c->fn->bdf = target;
		for (i = 0; i < 4; i++)
			if ((h[7] & 1u << i) && (reg == 0x104 || reg == 0x110))
				c->fn->cfg[reg + i] &= ~payload[i];	/* AER status */
			else if (h[7] & 1u << i)
				c->fn->cfg[reg + i] = (c->fn->cfg[reg + i] & ~c->fn->wmask[reg + i]) |
						  (payload[i] & c->fn->wmask[reg + i]);
		n = completion(c, out, h, 0, out, 0, 4, 0);
	} else {
		n = completion(c, out, h, 0, c->fn->cfg + reg, 1, 4, 0);
	}
	send_tlp(c, out, n);
	if (write && has_flr && reg == 0x48 && (h[7] & 2) && (payload[1] & 0x80))
		reset_function(c);
	if (write && reg == 0x80)
		send_pending(c);
	if (write && reg == 0x04)
		intx_disabled(c, had_disable);
}

static uint64_t bar_base(const struct card *c)
{
	return le64(c->fn->cfg + 0x10) & ~0xfull;
}

/* Whose BAR @addr is in; function 0 when it is nobody's. */
static struct func *claim(struct card *c, uint64_t addr)
{
	for (unsigned int n = 0; n < NR_FUNCTIONS; n++) {
		struct func *fn = &c->func[n];
		uint64_t bytes = c->bar_log2 ? 1ull << c->bar_log2 : BAR_BYTES;

		if (is_there(c, n) && (fn->cfg[4] & 2) && addr - (le64(fn->cfg + 0x10) & ~0xfull) < bytes)
			return fn;
	}
	return &c->func[0];
}

static bool fault_applies(struct card *c, uint32_t off)
{
	if (c->fault == FAULT_NONE || off != c->fault_off || !c->fault_left)
		return false;
	if (c->fault_left > 0)
		c->fault_left--;
	return true;
}

/* Sends the completion of a read, wrong in the way that was asked for. */
static void send_faulty(struct card *c, const uint8_t *h, uint8_t *out, size_t n)
{
	switch (c->fault) {
	case FAULT_MUTE:
		return;
	case FAULT_UR: n = completion(c, out, h, 1, out, 0, 4, out[11]); break;
	case FAULT_CA: n = completion(c, out, h, 4, out, 0, 4, out[11]); break;
	case FAULT_RRS: n = completion(c, out, h, 2, out, 0, 4, out[11]); break;
	case FAULT_POISON: out[2] |= 0x40; break;
	case FAULT_BYTE_COUNT: out[7]++; break;
	case FAULT_LOWER_ADDR: out[11] ^= 4; break;
	case FAULT_LONG: out[3]++; memset(out + n, 0x5a, 4); n += 4; break;
	case FAULT_LONG_COUNT:
		out[3]++;
		out[7] += 4;
		memset(out + n, 0x5a, 4);
		n += 4;
		break;
	case FAULT_SHORT: out[3] = 0; out[0] = 0x0a; n = 12; break;
	case FAULT_REQUESTER: out[9] ^= 1; break;
	case FAULT_TAG: out[10] ^= 0x80; break;
	case FAULT_TWICE: send_tlp(c, out, n); break;
	case FAULT_CTO:
		push(c, PCIEM_REC_TIMEOUT, h[6], out, 0);
		return;
	case FAULT_LATE:
		memcpy(c->late_tlp, out, n);
		c->late_bytes = n;
		c->late_until_ns = now_ns() + 600000000ull;
		return;
	case FAULT_OLD:
		memcpy(c->late_tlp, out, n);
		c->late_bytes = n;
		c->late_until_ns = UINT64_MAX;
		pull = 1;
		return;
	case FAULT_SEQ:
		c->up_seq++;
		break;
	case FAULT_GARBAGE_RING:
		push(c, 12345, 0, out, 64);
		return;
	case FAULT_MALFORMED: out[0] = 0x1f; break;
	case FAULT_DIE:
		kill(getpid(), SIGKILL);
		break;
	default:
		break;
	}
	send_tlp(c, out, n);
}

static void on_mem_read(struct card *c, const uint8_t *h, uint64_t addr)
{
	uint32_t dw = ((h[2] & 3) << 8 | h[3]) ? (uint32_t)((h[2] & 3) << 8 | h[3]) : 1024;
	uint8_t fbe = h[7] & 0xf, lbe = h[7] >> 4;
	uint64_t off = addr - bar_base(c);
	uint8_t out[12 + 4096 + 4] = { 0 };
	uint32_t first = 0, end, first_dw;
	size_t n;

	while (first < 3 && !(fbe & 1u << first))
		first++;
	end = dw == 1 ? fbe : lbe;
	end = end & 8 ? 4 : end & 4 ? 3 : end & 2 ? 2 : 1;
	if (!fbe) {
		first = 0;
		end = 1;
	}
	end += (dw - 1) * 4;
	if (!(c->fn->cfg[4] & 2) || off + dw * 4 > BAR_BYTES) {
		send_tlp(c, out, completion(c, out, h, 1, out, 0, end - first, off + first));
		return;
	}
	if (c->fault == FAULT_SPLIT && dw > 1 && fault_applies(c, off)) {
		/* at the first 128 byte boundary, as an endpoint may */
		first_dw = (128 - off % 128) / 4;
		if (first_dw < dw) {
			n = completion(c, out, h, 0, c->fn->bar + off, first_dw, end - first, off + first);
			send_tlp(c, out, n);
			n = completion(c, out, h, 0, c->fn->bar + off + first_dw * 4, dw - first_dw,
				       end - first_dw * 4, 0);
			send_tlp(c, out, n);
			return;
		}
	}
	n = completion(c, out, h, 0, c->fn->bar + off, dw, end - first, off + first);
	if (fault_applies(c, off))
		send_faulty(c, h, out, n);
	else
		send_tlp(c, out, n);
}

static void on_mem_write(struct card *c, const uint8_t *h, uint64_t addr, const uint8_t *data, size_t bytes)
{
	uint64_t off = addr - bar_base(c);
	size_t i, dw = bytes / 4;
	uint32_t count, order = le32(c->fn->bar + 0x30);

	if (!(c->fn->cfg[4] & 2) || off + bytes > BAR_BYTES)
		return;
	for (i = 0; i < bytes; i++) {
		uint8_t be = i / 4 == 0 ? h[7] & 0xf : i / 4 == dw - 1 ? h[7] >> 4 : 0xf;

		if ((be & 1u << (i % 4)) && (off + i >= 8 && off + i < 0x3000) && off + i != 0x20)
			c->fn->bar[off + i] = data[i];
	}
	if (off <= 8 && off + bytes > 8) {
		count = le32(c->fn->bar + 0x24) + 1;
		memcpy(c->fn->bar + 0x24, &count, 4);
	}
	if (off == 0x30 && le32(c->fn->bar + 0x30) != order + 1) {
		count = le32(c->fn->bar + 0x34) + 1;
		memcpy(c->fn->bar + 0x34, &count, 4);
	}
	if (off <= 0x1c && off + bytes > 0x1c)
		command(c, le32(c->fn->bar + 0x1c));
	if (off >= 0x2000 && off < 0x3000)
		send_pending(c);
}

/* Reads of one register of the configuration space. */
static bool answer_config_wrong(struct card *c, const uint8_t *h)
{
	uint32_t reg = (h[10] & 0xf) << 8 | (h[11] & 0xfc);
	const uint8_t data[8] = { 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a };
	uint8_t out[20];

	if ((h[0] & 0x40) || h[9] || reg != c->fault_off)
		return false;
	if (c->fault == FAULT_CFG_CTO)
		push(c, PCIEM_REC_TIMEOUT, h[6], out, 0);
	else if (c->fault == FAULT_CFG_LONG)
		send_tlp(c, out, completion(c, out, h, 0, data, 2, 4, 0));
	return c->fault == FAULT_CFG_CTO || c->fault == FAULT_CFG_LONG;
}

static void on_tlp(struct card *c, const uint8_t *h, size_t bytes)
{
	size_t hdr = h[0] & 0x20 ? 16 : 12;
	uint64_t addr = hdr == 16 ? (uint64_t)be32(h + 8) << 32 | be32(h + 12) : be32(h + 8);
	uint8_t out[16];
	uint32_t count;

	show(c, "down", h, bytes);
	c->fn = &c->func[0];
	switch (h[0] & 0x1f) {
	case 0x00:
		c->fn = claim(c, addr & ~3ull);
		count = le32(c->fn->bar + 0x28) + 1;
		memcpy(c->fn->bar + 0x28, &count, 4);
		if (h[0] & 0x40) {
			on_mem_write(c, h, addr & ~3ull, h + hdr, bytes - hdr);
			break;
		}
		if ((addr & ~3ull) - bar_base(c) == 0x38)
			store_generation(c);
		on_mem_read(c, h, addr & ~3ull);
		break;
	case 0x04:
	case 0x05:
		if (is_there(c, h[9] & 7))
			c->fn = &c->func[h[9] & 7];
		if (c->fault == FAULT_CFG_RRS)
			send_tlp(c, out, completion(c, out, h, 2, out, 0, 4, 0));
		else if (!answer_config_wrong(c, h))
			on_config(c, h, h + 12);
		break;
	case 0x0a:
		if (is_there(c, h[9] & 7))
			c->fn = &c->func[h[9] & 7];
		if (c->on_completion)
			c->on_completion(h, bytes);
		else
			dma_completion(c, h, bytes);
		break;
	default:
		if ((h[0] & 0x38) == 0x30)
			break;		/* messages of the host: nothing to do */
		send_tlp(c, out, completion(c, out, h, 1, out, 0, 4, 0));
	}
}

/* ---- down ring ---- */

static void on_record(struct card *c, const struct pciem_rec *rec, const uint8_t *body)
{
	size_t skip = rec->flags & PCIEM_RECF_CALLER ? sizeof(struct pciem_caller) : 0;

	switch (rec->type) {
	case PCIEM_REC_TLP:
		if (skip && c->verbose) {
			const struct pciem_caller *who = (const void *)body;

			printf("  by %.16s pid %u cpu %u pc %#llx site %u ctx %u irqs_off %u\n",
			       who->comm, who->pid, who->cpu, (unsigned long long)who->pc, rec->aux,
			       who->context, who->irqs_off);
		}
		on_tlp(c, body + skip, rec->len - skip);
		break;
	case PCIEM_REC_SITE:
		if (c->verbose)
			printf("site %u (%u frames)\n%.*s", ((const struct pciem_site *)body)->site,
			       ((const struct pciem_site *)body)->nr_frames,
			       (int)(rec->len - sizeof(struct pciem_site)),
			       (const char *)body + sizeof(struct pciem_site));
		break;
	case PCIEM_REC_EVENT:
	case PCIEM_REC_MARK:
		printf("%s %u: %.*s\n", rec->type == PCIEM_REC_MARK ? "mark" : "event", rec->aux,
		       (int)rec->len, (const char *)body);
		fflush(stdout);
		break;
	case PCIEM_REC_RESET:
		printf("reset %u\n", rec->aux);
		fflush(stdout);
		break;
	}
}

/* What is behind a record's body is nobody's data (H48). */
static void check_padding(const struct pciem_rec *shared, const struct pciem_rec *rec)
{
	const uint8_t *p = (const uint8_t *)(shared + 1) + rec->len;
	const uint8_t *end = (const uint8_t *)shared + rec->bytes;

	while (p < end)
		if (*p++) {
			fprintf(stderr, "fakecard: padding of record %llu is not 0\n",
				(unsigned long long)rec->seq);
			exit(3);
		}
}

static bool drain_down(struct card *c)
{
	uint32_t head = __atomic_load_n(&c->kw->down_head, __ATOMIC_ACQUIRE);
	bool did = false;

	while (c->down_tail != head) {
		uint32_t pos = c->down_tail & (c->hdr.down_bytes - 1);
		const struct pciem_rec *shared = (const void *)(c->down + pos);
		static uint8_t body[PCIEM_REC_MAX_BYTES];
		struct pciem_rec rec = { .bytes = shared->bytes, .type = shared->type };

		if (rec.bytes < 16 || rec.bytes % 16 || rec.bytes > head - c->down_tail) {
			fprintf(stderr, "fakecard: bad record of %u bytes\n", rec.bytes);
			exit(3);
		}
		if (rec.type != PCIEM_REC_PAD) {
			rec = *shared;
			if (rec.seq != c->down_seq++) {
				fprintf(stderr, "fakecard: record %llu, expected %llu\n",
					(unsigned long long)rec.seq, (unsigned long long)c->down_seq - 1);
				exit(3);
			}
			check_padding(shared, &rec);
		}
		memcpy(body, shared + 1, rec.type == PCIEM_REC_PAD ? 0 : rec.len);
		c->down_tail += rec.bytes;
		__atomic_store_n(&c->bw->down_tail, c->down_tail, __ATOMIC_RELEASE);
		on_record(c, &rec, body);
		did = true;
	}
	return did;
}

/* ---- configuration space ---- */

static void cfg_put(struct card *c, unsigned int off, uint32_t v, uint32_t mask)
{
	memcpy(c->fn->cfg + off, &v, 4);
	memcpy(c->fn->wmask + off, &mask, 4);
}

static void build_function(struct card *c)
{
	uint32_t nr = c->fn->bdf & 7;

	memset(c->fn->cfg, 0, sizeof(c->fn->cfg));
	memset(c->fn->wmask, 0, sizeof(c->fn->wmask));
	memset(c->fn->bar, 0, sizeof(c->fn->bar));
	memset(c->fn->sent, 0, sizeof(c->fn->sent));
	cfg_put(c, 0x00, 0x0fa11b36 + (nr << 16), 0);
	cfg_put(c, 0x04, 0x00100000, 0x00000546);
	cfg_put(c, 0x08, 0x08800001, 0);
	cfg_put(c, 0x0c, c->functions & 0xfe ? 0x00800000 : 0, 0x000000ff);
	cfg_put(c, 0x10, 0x00000004, ~(uint32_t)(BAR_BYTES - 1));
	cfg_put(c, 0x14, 0, 0xffffffff);
	if (c->bar_log2) {	/* prefetchable, and nothing behind the first BAR_BYTES */
		uint64_t mask = ~((1ull << c->bar_log2) - 1);

		cfg_put(c, 0x10, 0x0000000c, (uint32_t)mask);
		cfg_put(c, 0x14, 0, (uint32_t)(mask >> 32));
	}
	cfg_put(c, 0x2c, 0x00011b36, 0);
	cfg_put(c, 0x34, 0x40, 0);
	cfg_put(c, 0x3c, 0x00000100, 0x000000ff);
	cfg_put(c, 0x40, 0x00028010, 0);		/* PCIe endpoint, next 0x80 */
	cfg_put(c, 0x44, 0x00008000, 0);		/* role-based error reporting */
	if (c->functions)
		c->fn->cfg[0x47] = 0x10;		/* FLR */
	cfg_put(c, 0x48, 0x00002000, 0x000070ff);	/* MRRS 512, MPS 128 */
	cfg_put(c, 0x4c, 0x00000011, 0);		/* 2.5 GT/s x1 */
	cfg_put(c, 0x50, 0x00110000, 0x00000043);
	cfg_put(c, 0x80, 0x00000011 | 0x9000 | (NR_VECTORS - 1) << 16, 0xc0000000);
	cfg_put(c, 0x84, 0x00002000, 0);
	cfg_put(c, 0x88, 0x00003000, 0);
	cfg_put(c, 0x90, 0x00030001, 0);		/* PM */
	cfg_put(c, 0x94, 0x00000008, 0x00000003);
	cfg_put(c, 0x100, 0x00010001, 0);		/* AER */
	cfg_put(c, 0x10c, 0, 0xffffffff);
	memcpy(c->fn->bar, "FAKE", 4);
	for (unsigned int n = 0; n < NR_VECTORS; n++)
		c->fn->bar[0x2000 + 16 * n + 12] = 1;
}

static void build_config(struct card *c)
{
	memset(c->wire, 0, sizeof(c->wire));
	for (unsigned int n = 0; n < NR_FUNCTIONS; n++) {
		c->fn = &c->func[n];
		c->fn->bdf = (uint16_t)n;
		if (is_there(c, n))
			build_function(c);
	}
	c->fn = &c->func[0];
	if (c->edit_config)
		c->edit_config(c);
}

/* ---- session ---- */

static void open_link(struct card *c, const char *path, uint32_t deadline_ms)
{
	struct pciem_create create = {
		.size = sizeof(create), .down_bytes = 1 << 18, .up_bytes = 1 << 18, .kick_fd = -1,
		.deadline_atomic_ms = deadline_ms, .deadline_sleep_ms = deadline_ms,
		.name = "fakecard",
	};
	size_t rw_bytes;

	c->fd = open(path, O_RDWR | O_CLOEXEC);
	if (c->fd < 0)
		die(path);
	if (ioctl(c->fd, PCIEM_IOC_CREATE, &create))
		die("PCIEM_IOC_CREATE");
	c->ro = mmap(NULL, create.total_bytes, PROT_READ, MAP_SHARED, c->fd, 0);
	if (c->ro == MAP_FAILED)
		die("mmap");
	memcpy(&c->hdr, c->ro, sizeof(c->hdr));
	if (c->hdr.magic != PCIEM_MAGIC || c->hdr.abi != PCIEM_ABI) {
		fprintf(stderr, "fakecard: bad header\n");
		exit(1);
	}
	rw_bytes = create.total_bytes - c->hdr.bridge_off;
	c->rw = mmap(NULL, rw_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, (off_t)c->hdr.bridge_off);
	if (c->rw == MAP_FAILED)
		die("mmap of the bridge's half");
	c->kw = (const void *)(c->ro + c->hdr.kernel_off);
	c->bw = (void *)c->rw;
	c->down = c->ro + c->hdr.down_off;
	c->up = c->rw + (c->hdr.up_off - c->hdr.bridge_off);
}

static void set_state(struct card *c, uint32_t state)
{
	__atomic_store_n(&c->bw->state, state, __ATOMIC_RELEASE);
	enter(c, 0, 0);
}

static void start_session(struct card *c, uint32_t epoch)
{
	uint64_t until = now_ns() + 10000000000ull;

	build_config(c);
	c->storm = 0;
	c->is_deaf = false;
	c->storm_fn = NULL;
	c->up_head = c->down_tail = 0;
	c->up_seq = c->down_seq = 0;
	c->bw->up_head = c->bw->down_tail = 0;
	c->bw->need_kick = 0;
	c->bw->pid = (uint32_t)getpid();
	__atomic_store_n(&c->bw->epoch, epoch, __ATOMIC_RELEASE);
	set_state(c, PCIEM_BRIDGE_READY);
	while (__atomic_load_n(&c->kw->epoch, __ATOMIC_ACQUIRE) != epoch ||
	       c->kw->state != PCIEM_KERNEL_ATTACHED) {
		if (now_ns() > until) {
			fprintf(stderr, "fakecard: kernel does not attach (state %u)\n", c->kw->state);
			exit(1);
		}
		enter(c, PCIEM_ENTER_WAIT, 10000000);
	}
	set_state(c, PCIEM_BRIDGE_UP);
	if (c->late_bytes)
		c->late_until_ns = 0;	/* what was asked in the last session */
	printf("link up, epoch %u\n", epoch);
	fflush(stdout);
}

/* The bridge must not wait for itself: all-ones, at once (H09). */
static void look_at_myself(void)
{
	int fd = open("/sys/bus/pci/devices/0010:01:00.0/config", O_RDONLY | O_CLOEXEC);
	uint64_t start = now_ns();
	uint32_t id = 0;

	if (fd < 0 || pread(fd, &id, 4, 0x48) != 4)
		printf("look: %s\n", strerror(errno));
	printf("look 0x%x in %llu us\n", id, (unsigned long long)(now_ns() - start) / 1000);
	fflush(stdout);
	close(fd);
}

/* Serves until a signal or until the kernel lets go; returns the kernel's last state. */
static uint32_t serve(struct card *c)
{
	uint64_t idle_since = now_ns();
	uint32_t seen = 0;

	while (!stop) {
		uint32_t state = __atomic_load_n(&c->kw->state, __ATOMIC_ACQUIRE);

		if (state != seen) {
			printf("kernel state %u reason %u\n", state, c->kw->reason);
			fflush(stdout);
			seen = state;
		}
		if (state == PCIEM_KERNEL_DETACHED || state == PCIEM_KERNEL_ABSENT)
			return state;
		if (pull) {
			pull = 0;
			set_state(c, PCIEM_BRIDGE_DOWN);
		}
		if (look) {
			look = 0;
			look_at_myself();
		}
		if (c->late_bytes && now_ns() > c->late_until_ns) {
			send_tlp(c, c->late_tlp, c->late_bytes);
			c->late_bytes = 0;
		}
		if (c->storm)
			send_storm(c);
		if (drain_down(c) || c->storm) {
			idle_since = now_ns();
			continue;
		}
		if (now_ns() - idle_since < 50000)
			continue;
		c->bw->need_kick = 1;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (c->down_tail == __atomic_load_n(&c->kw->down_head, __ATOMIC_RELAXED))
			enter(c, PCIEM_ENTER_WAIT, c->late_bytes ? 10000000 : 1000000000);
		c->bw->need_kick = 0;
	}
	/* SIGTERM: ask for orderly removal and answer what it needs */
	set_state(c, PCIEM_BRIDGE_LEAVING);
	while (c->kw->state != PCIEM_KERNEL_DETACHED && now_ns() - idle_since < 120000000000ull) {
		drain_down(c);
		enter(c, PCIEM_ENTER_WAIT, 1000000);
	}
	printf("left, kernel state %u\n", c->kw->state);
	return c->kw->state;
}

static int find_fault(const char *name)
{
	for (size_t i = 0; i < sizeof(fault_names) / sizeof(fault_names[0]); i++)
		if (!strcmp(name, fault_names[i]))
			return (int)i;
	fprintf(stderr, "fakecard: no fault \"%s\"\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	static struct card card;
	struct card *c = &card;
	uint32_t sessions = 1, epoch = (uint32_t)getpid();
	uint32_t deadline_ms = 0;
	int opt;

	c->fault_off = 8;
	c->fault_left = -1;
	while ((opt = getopt(argc, argv, "b:d:vf:F:o:n:s:")) != -1) {
		switch (opt) {
		case 'b': c->bar_log2 = (unsigned int)atoi(optarg); break;
		case 'v': c->verbose = true; break;
		case 'f': c->fault = (enum fault)find_fault(optarg); break;
		case 'F': c->functions = (uint8_t)strtoul(optarg, NULL, 0); break;
		case 'o': c->fault_off = (uint32_t)strtoul(optarg, NULL, 0); break;
		case 'n': c->fault_left = atoi(optarg); break;
		case 'd': deadline_ms = (uint32_t)strtoul(optarg, NULL, 0); break;
		case 's': sessions = (uint32_t)atoi(optarg); break;
		default:
			fprintf(stderr, "usage: fakecard [-v] [-f FAULT [-o BAR_OFFSET] [-n TIMES]] [-s SESSIONS] [-d DEADLINE_MS] [-b BAR_LOG2] [-F FUNCTION_MASK]\n");
			return 2;
		}
	}
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, on_signal);
	open_link(c, "/dev/pciem", deadline_ms);
	while (sessions--) {
		start_session(c, ++epoch);
		serve(c);
		if (stop)
			break;
	}
	return 0;
}
