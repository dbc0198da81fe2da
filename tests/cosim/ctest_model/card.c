// SPDX-License-Identifier: Apache-2.0
/*
 * The card of card.h. One TLP of each class is taken per cycle, answers leave
 * after LATENCY cycles in order. Headers are built by hand: this file shares
 * no code with what it is used to test.
 */
#include "card.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <riser/model.h>

#ifndef LATENCY
#define LATENCY		4
#endif
#ifndef SOURCE_HASH
#define SOURCE_HASH	"0"
#endif
#ifndef MORE_FEATURES
#define MORE_FEATURES	0
#endif
#define NR_OUT		8192	/* answers under way, a power of two */
#define OUT_BYTES	160
#define TX_ROOM		(3 * 4352)
#define READ_BYTES	128

struct out {
	uint64_t due;
	uint32_t len;
	uint32_t tlp_class;
	uint8_t bytes[OUT_BYTES];
};

struct riser_model {
	struct riser_model_params params;
	uint64_t cycle;
	uint32_t levels;
	bool was_reset;
	bool is_dead;
	uint32_t why;
	uint32_t cfg[64];
	bool sizing[2];
	uint32_t scratch;
	uint32_t nr_scratch_reads;	/* since it was written */
	uint32_t dma_lo, dma_hi, dma_bytes, dma_mode;
	uint32_t dma_asked, dma_done;
	uint32_t nr_posted, nr_cpl, resets;
	uint64_t np_block_until;
	uint32_t msix[CARD_NR_VECTORS * 4];
	uint8_t buffer[4096];
	uint16_t id;
	bool never_idle;
	unsigned int wrong;	/* enum card_wrong */
	struct out *out;
	uint32_t out_head, out_tail;
	struct out slow;
	bool has_slow;
};

static uint32_t le32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, 4);
	return value;
}

static void be16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t value)
{
	be16(p, value >> 16);
	be16(p + 2, value & 0xffff);
}

static struct out *new_out(struct riser_model *m, uint32_t tlp_class,
			   uint32_t len)
{
	struct out *out = &m->out[m->out_head++ & (NR_OUT - 1)];

	if (m->out_head - m->out_tail > NR_OUT)
		abort();
	memset(out, 0, sizeof(*out));
	out->due = m->cycle + LATENCY;
	out->tlp_class = tlp_class;
	out->len = len;
	return out;
}

static void fill_cpl(struct riser_model *m, struct out *out, const uint8_t *req,
		     unsigned int status, const uint32_t *value)
{
	uint8_t *b = out->bytes;

	b[0] = value ? 0x4a : 0x0a;
	b[1] = req[1] & 0x88;
	be16(b + 2, value ? 1 : 0);
	be16(b + 4, m->id);
	be16(b + 6, status << 13 | 4);
	memcpy(b + 8, req + 4, 3);
	if ((req[0] & 0x1f) == 0) {	/* memory read: byte count, lower address */
		unsigned int be = req[7] & 15, first = be ? (unsigned int)__builtin_ctz(be) : 0;
		unsigned int last = be ? 31 - (unsigned int)__builtin_clz(be) : 0;
		uint32_t addr = get_be32(req + (req[0] & 0x20 ? 12 : 8));

		be16(b + 6, status << 13 | (last - first + 1));
		b[11] = (uint8_t)((addr & 0x7c) | first);
	}
	if (value)
		memcpy(b + 12, value, 4);
	out->len = value ? 16 : 12;
}

static void complete(struct riser_model *m, const uint8_t *req,
		     unsigned int status, const uint32_t *value)
{
	fill_cpl(m, new_out(m, RISER_COMPLETION, 0), req, status, value);
}

static void say(struct riser_model *m, enum riser_severity severity,
		const char *text)
{
	if (m->params.message)
		m->params.message(m->params.ctx, severity, "card.c", 1, text);
}

/* A memory request of the card: header for @addr. */
static uint32_t request(struct riser_model *m, uint8_t *b, bool is_write,
			uint64_t addr, uint32_t dw, uint8_t tag)
{
	bool is_64 = addr >> 32;

	b[0] = (uint8_t)((is_write ? 0x40 : 0) | (is_64 ? 0x20 : 0));
	be16(b + 2, dw);
	be16(b + 4, m->id);
	b[6] = tag;
	b[7] = dw > 1 ? 0xff : 0x0f;
	if (is_64) {
		put_be32(b + 8, (uint32_t)(addr >> 32));
		put_be32(b + 12, (uint32_t)addr);
		return 16;
	}
	put_be32(b + 8, (uint32_t)addr);
	return 12;
}

static void interrupt(struct riser_model *m, unsigned int vector)
{
	uint64_t addr = (uint64_t)m->msix[vector * 4 + 1] << 32 |
			m->msix[vector * 4];
	struct out *out;
	uint32_t n;

	if (!(m->cfg[0x40 / 4] & 0x80000000) || m->msix[vector * 4 + 3] & 1 ||
	    m->wrong == CARD_WRONG_SILENT)
		return;
	out = new_out(m, RISER_POSTED, 0);
	n = request(m, out->bytes, true, addr, 1, 0);
	memcpy(out->bytes + n, &m->msix[vector * 4 + 2], 4);
	out->len = n + 4;
}

static uint64_t dma_addr(const struct riser_model *m)
{
	return (uint64_t)m->dma_hi << 32 | m->dma_lo;
}

static void dma_go(struct riser_model *m, uint32_t mode)
{
	uint32_t at, n, bytes = m->dma_bytes;
	struct out *out;

	if (m->wrong == CARD_WRONG_DIES) {
		say(m, RISER_MSG_FATAL, "the DMA engine has gone");
		m->why |= RISER_RUN_FATAL;
		m->is_dead = true;
		return;
	}
	if (m->wrong == CARD_WRONG_SHORT && mode == 2)
		bytes -= READ_BYTES;
	m->dma_mode = mode;
	m->dma_asked = 0;
	m->dma_done = 0;
	for (at = 0; at < bytes; at += READ_BYTES) {
		uint32_t part = bytes - at < READ_BYTES ? bytes - at : READ_BYTES;

		out = new_out(m, mode == 1 ? RISER_NONPOSTED : RISER_POSTED, 0);
		n = request(m, out->bytes, mode == 2, dma_addr(m) + at,
			    part / 4, (uint8_t)(at / READ_BYTES));
		if (mode == 2)
			memcpy(out->bytes + n, m->buffer + at, part);
		if (mode == 2 && at && m->wrong == CARD_WRONG_BYTE)
			out->bytes[n + 5] ^= 0x40;
		out->len = n + (mode == 2 ? part : 0);
	}
	if (mode == 2 && m->wrong == CARD_WRONG_STRAY) {
		out = new_out(m, RISER_POSTED, 0);
		out->len = request(m, out->bytes, true, dma_addr(m) + bytes, 1, 0) + 4;
	}
	if (mode == 2) {
		interrupt(m, 0);
		m->dma_mode = 0;
	}
}

static void burst(struct riser_model *m, uint32_t nr)
{
	struct out *out;
	uint32_t i, n;

	for (i = 0; i < nr; i++) {
		out = new_out(m, RISER_POSTED, 0);
		n = request(m, out->bytes, true, dma_addr(m) + 4 * (i % 1024),
			    1, 0);
		memcpy(out->bytes + n, &i, 4);
		out->len = n + 4;
	}
}

static void stray(struct riser_model *m)
{
	static const uint8_t req[12] = { 0x04, 0, 0, 1, 0, 0, 0xee, 0x0f };
	uint32_t value = 0;

	complete(m, req, 0, &value);
}

static void malformed(struct riser_model *m, uint32_t bytes)
{
	struct out *out = new_out(m, RISER_POSTED, 0);

	/* says 4 dwords, carries one, or many */
	request(m, out->bytes, true, 0x1000, 4, 0);
	out->len = bytes > 16 ? bytes : 16;
}

static void wrong_channel(struct riser_model *m, uint32_t value)
{
	struct out *out = new_out(m, RISER_COMPLETION, 0);
	uint32_t n = request(m, out->bytes, true, dma_addr(m), 1, 0);

	memcpy(out->bytes + n, &value, 4);
	out->len = n + 4;
}

static void write_reg(struct riser_model *m, uint32_t reg, uint32_t value)
{
	if (reg >= CARD_MSIX_TABLE && reg < CARD_MSIX_TABLE + sizeof(m->msix)) {
		m->msix[(reg - CARD_MSIX_TABLE) / 4] = value;
		return;
	}
	if (reg >= CARD_REG_BUFFER && reg < CARD_REG_BUFFER + 4096) {
		memcpy(m->buffer + reg - CARD_REG_BUFFER, &value, 4);
		return;
	}
	switch (reg) {
	case CARD_REG_SCRATCH:
		m->scratch = value;
		m->nr_scratch_reads = 0;
		break;
	case CARD_REG_DMA_LO: m->dma_lo = value; break;
	case CARD_REG_DMA_HI: m->dma_hi = value; break;
	case CARD_REG_DMA_BYTES: m->dma_bytes = value; break;
	case CARD_REG_DMA_GO: dma_go(m, value); break;
	case CARD_REG_ERROR:
		say(m, RISER_MSG_ERROR, "something is odd");
		m->why |= RISER_RUN_ERROR;
		break;
	case CARD_REG_FATAL:
		say(m, RISER_MSG_FATAL, "fifo overflow");
		m->why |= RISER_RUN_FATAL;
		m->is_dead = true;
		break;
	case CARD_REG_FINISH:
		m->why |= RISER_RUN_FINISH;
		break;
	case CARD_REG_STRAY: stray(m); break;
	case CARD_REG_MALFORMED: malformed(m, value); break;
	case CARD_REG_WRONG_CHANNEL: wrong_channel(m, value); break;
	case CARD_REG_NP_BLOCK: m->np_block_until = m->cycle + value; break;
	case CARD_REG_BURST: burst(m, value); break;
	}
}

static uint32_t read_reg(struct riser_model *m, uint32_t reg)
{
	uint32_t value = 0;

	if (reg >= CARD_MSIX_TABLE && reg < CARD_MSIX_TABLE + sizeof(m->msix))
		return m->msix[(reg - CARD_MSIX_TABLE) / 4];
	if (reg >= CARD_REG_BUFFER && reg < CARD_REG_BUFFER + 4096) {
		memcpy(&value, m->buffer + reg - CARD_REG_BUFFER, 4);
		return value;
	}
	switch (reg) {
	case CARD_REG_ID: return CARD_ID;
	case CARD_REG_SCRATCH:
		if (m->wrong >= CARD_WRONG_LATE && m->nr_scratch_reads++ < 2)
			return 0;
		return m->scratch ^ (m->wrong == CARD_WRONG_VALUE ? 0x10 : 0);
	case CARD_REG_DMA_LO: return m->dma_lo;
	case CARD_REG_DMA_HI: return m->dma_hi;
	case CARD_REG_DMA_BYTES: return m->dma_bytes;
	case CARD_REG_NR_POSTED: return m->nr_posted;
	case CARD_REG_NR_CPL: return m->nr_cpl;
	case CARD_REG_RESETS: return m->resets;
	case CARD_REG_CLOCK: return (uint32_t)m->cycle;
	}
	return 0;
}

static void config_write(struct riser_model *m, uint32_t reg, uint32_t value)
{
	switch (reg) {
	case 0x04:
		m->cfg[1] = (m->cfg[1] & 0xffff0000) | (value & 0x0547);
		break;
	case 0x10:
		m->cfg[4] = (value & ~(CARD_BAR_BYTES - 1U)) | 0x4;
		break;
	case 0x14:
		m->cfg[5] = value;
		break;
	case 0x40:
		m->cfg[16] = (m->cfg[16] & 0x3fffffff) | (value & 0xc0000000);
		break;
	}
}

static void take_config(struct riser_model *m, const uint8_t *req)
{
	uint32_t reg = (req[10] & 15) << 8 | (req[11] & 0xfc);
	bool is_write = req[0] & 0x40;
	uint32_t value = 0, mask = 0, i;

	if (req[9] & 7) {	/* one function only */
		complete(m, req, 1, NULL);
		return;
	}
	if (is_write) {
		m->id = (uint16_t)(req[8] << 8 | req[9]);
		for (i = 0; i < 4; i++)
			if (req[7] >> i & 1)
				mask |= 0xffU << 8 * i;
		if (reg < 256)
			config_write(m, reg, (m->cfg[reg / 4] & ~mask) |
				     (le32(req + 12) & mask));
		complete(m, req, 0, NULL);
		return;
	}
	if (reg < 256)
		value = m->cfg[reg / 4];
	complete(m, req, 0, &value);
}

static void take_read(struct riser_model *m, const uint8_t *req)
{
	uint32_t addr = get_be32(req + (req[0] & 0x20 ? 12 : 8));
	uint32_t reg = addr & (CARD_BAR_BYTES - 4), value = read_reg(m, reg);
	struct out *out;

	if (m->wrong == CARD_WRONG_HANGS && reg == CARD_REG_SCRATCH && m->nr_scratch_reads == 2)
		return;
	switch (reg) {
	case CARD_REG_HOLE:
		return;
	case CARD_REG_UR:
		complete(m, req, 1, NULL);
		return;
	case CARD_REG_CA:
		complete(m, req, 4, NULL);
		return;
	case CARD_REG_SLOW:
		fill_cpl(m, &m->slow, req, 0, &value);
		m->slow.due = m->cycle + CARD_SLOW_CYCLES;
		m->slow.tlp_class = RISER_COMPLETION;
		m->has_slow = true;
		return;
	case CARD_REG_POISON:
	case CARD_REG_LONG_CPL:
	case CARD_REG_WRONG_ID:
		out = new_out(m, RISER_COMPLETION, 0);
		fill_cpl(m, out, req, 0, &value);
		if (reg == CARD_REG_POISON)
			out->bytes[2] |= 0x40;
		else if (reg == CARD_REG_LONG_CPL)
			out->len += 4;
		else
			out->bytes[8] ^= 0x80;
		return;
	}
	complete(m, req, 0, &value);
}

static void take_nonposted(struct riser_model *m, const uint8_t *req)
{
	switch (req[0] & 0x1f) {
	case 0x04:
		take_config(m, req);
		break;
	case 0x00:
		take_read(m, req);
		break;
	default:
		complete(m, req, 1, NULL);
		break;
	}
}

static void take_posted(struct riser_model *m, const uint8_t *req)
{
	uint32_t n = req[0] & 0x20 ? 16 : 12;
	uint32_t addr = get_be32(req + n - 4) & (CARD_BAR_BYTES - 4);
	uint32_t dw = ((req[2] & 3U) << 8) | req[3], i;

	m->nr_posted++;
	for (i = 0; i < dw; i++)
		write_reg(m, addr + 4 * i, le32(req + n + 4 * i));
}

static void take_completion(struct riser_model *m, const uint8_t *cpl)
{
	uint32_t count = ((cpl[6] & 15U) << 8) | cpl[7];
	uint32_t dw = ((cpl[2] & 3U) << 8) | cpl[3];
	uint32_t part = m->dma_bytes - cpl[10] * READ_BYTES;
	uint32_t at;

	m->nr_cpl++;
	if (m->dma_mode != 1 || !(cpl[0] & 0x40))
		return;
	if (part > READ_BYTES)
		part = READ_BYTES;
	at = cpl[10] * READ_BYTES + (part - count);
	if (at < sizeof(m->buffer) && at + 4 * dw <= sizeof(m->buffer))
		memcpy(m->buffer + at, cpl + 12, 4 * dw);
	m->dma_done += 4 * dw;
	if (m->dma_done >= m->dma_bytes) {
		m->dma_mode = 0;
		interrupt(m, 0);
	}
}

static bool is_held(const struct riser_stall *stall, uint64_t cycle, int salt)
{
	uint64_t x = cycle * 0x9e3779b97f4a7c15ULL + stall->seed + (uint64_t)salt;

	x ^= x >> 31;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 29;
	return cycle < stall->until_cycle || x % 1000 < stall->permille;
}

static void take_rx(struct riser_model *m, struct riser_run *run)
{
	static void (*const take[])(struct riser_model *, const uint8_t *) = {
		take_posted, take_nonposted, take_completion,
	};
	struct riser_rx_queue *q;
	struct riser_tlp_ref *ref;
	int c;

	for (c = 0; c < RISER_NR_CLASSES; c++) {
		q = &run->rx[c];
		ref = &q->ref[q->tail & q->mask];
		if (q->tail == q->head || is_held(&run->stall_rx[c], m->cycle, c))
			continue;
		if (ref->after_posted > run->rx[RISER_POSTED].tail)
			continue;
		if (c == RISER_NONPOSTED && m->cycle < m->np_block_until)
			continue;
		if (m->out_head - m->out_tail > NR_OUT / 2)
			continue;
		take[c](m, ref->bytes);
		q->tail++;
	}
}

static uint32_t send(struct riser_model *m, struct riser_run *run,
		     const struct out *out)
{
	struct riser_tx_rec rec = {
		.bytes = (uint32_t)(sizeof(rec) + ((out->len + 15) & ~15U)),
		.type = 1, .len = out->len, .aux = out->tlp_class,
		.cycle = m->cycle - 1,
	};

	memcpy(run->tx + run->tx_used, &rec, sizeof(rec));
	memset(run->tx + run->tx_used + sizeof(rec), 0, out->len);
	memcpy(run->tx + run->tx_used + sizeof(rec), out->bytes,
	       out->len < OUT_BYTES ? out->len : OUT_BYTES);
	run->tx_used += rec.bytes;
	run->tx_nr++;
	return 1U << out->tlp_class;
}

static uint32_t send_tx(struct riser_model *m, struct riser_run *run)
{
	const struct out *out = &m->out[m->out_tail & (NR_OUT - 1)];
	uint32_t sent = 0;

	if (m->has_slow && m->slow.due <= m->cycle) {
		m->has_slow = false;
		sent |= send(m, run, &m->slow);
	}
	if (m->out_tail != m->out_head && out->due <= m->cycle &&
	    !(m->levels & RISER_SB_HOLD_TX(out->tlp_class)) &&
	    !is_held(&run->stall_tx[out->tlp_class], m->cycle, 8)) {
		m->out_tail++;
		sent |= send(m, run, out);
	}
	return sent;
}

static void reset(struct riser_model *m)
{
	static const uint32_t cfg[64] = {
		[0] = CARD_VENDOR_DEVICE, [1] = 0x00100000, [2] = 0x01080201,
		[4] = 0x4, [13] = 0x40,
		[16] = 0x00000011 | (CARD_NR_VECTORS - 1) << 16,
		[17] = CARD_MSIX_TABLE, [18] = CARD_MSIX_PBA,
	};
	int i;

	memcpy(m->cfg, cfg, sizeof(cfg));
	memset(m->msix, 0, sizeof(m->msix));
	for (i = 0; i < CARD_NR_VECTORS; i++)
		m->msix[4 * i + 3] = 1;
	if (m->wrong == CARD_WRONG_CONFIG)
		m->cfg[11] = 0x00050006;
	m->out_tail = m->out_head;
	m->has_slow = false;
	m->scratch = 0;
	m->dma_mode = 0;
	m->np_block_until = 0;
	m->nr_posted = 0;
}

static bool is_idle(const struct riser_model *m)
{
	return !m->never_idle && m->out_head == m->out_tail && !m->has_slow &&
	       m->cycle >= m->np_block_until;
}

static bool is_rx_empty(const struct riser_run *run)
{
	int c;

	for (c = 0; c < RISER_NR_CLASSES; c++)
		if (run->rx[c].head != run->rx[c].tail)
			return false;
	return true;
}

static int model_run(struct riser_model *m, struct riser_run *run)
{
	uint64_t n = 0;
	uint32_t sent;

	if (m->is_dead)
		return -EIO;
	if (!run->tx)
		return -EINVAL;
	run->tx_nr = 0;
	run->tx_used = 0;
	m->why = 0;
	while (!m->why) {
		if (run->stop_on_idle && is_idle(m) && is_rx_empty(run)) {
			m->why |= RISER_RUN_IDLE;
			break;
		}
		if (n++ == run->max_cycles) {
			m->why |= RISER_RUN_CYCLES;
			break;
		}
		if (run->tx_bytes - run->tx_used < TX_ROOM) {
			m->why |= RISER_RUN_TX_FULL;
			break;
		}
		m->cycle++;
		if (m->levels & RISER_SB_LINK_UP) {
			m->was_reset = false;
			take_rx(m, run);
			sent = send_tx(m, run);
			if (sent & run->stop_on_tx)
				m->why |= RISER_RUN_TX;
		} else if (!m->was_reset) {
			m->was_reset = true;
			m->resets++;
			reset(m);
		}
		if (run->wake && __atomic_load_n(run->wake, __ATOMIC_RELAXED) !=
				 run->wake_seen)
			m->why |= RISER_RUN_WAKE;
	}
	run->why = m->why;
	run->cycle = m->cycle;
	run->status = is_idle(m) ? RISER_STATUS_IDLE : 0;
	return 0;
}

static void model_destroy(struct riser_model *m)
{
	free(m->out);
	free(m);
}

static int model_create(const struct riser_model_params *params,
			struct riser_model **out)
{
	struct riser_model *m;
	uint32_t i;

	if (params->abi != RISER_MODEL_ABI || params->size != sizeof(*params))
		return -EINVAL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	m->out = calloc(NR_OUT, sizeof(*m->out));
	if (!m->out) {
		free(m);
		return -ENOMEM;
	}
	m->params = *params;
	for (i = 0; i < params->nr_plusargs; i++) {
		if (!strcmp(params->plusargs[i], "+busy"))
			m->never_idle = true;
		if (!strncmp(params->plusargs[i], "+wrong=", 7))
			m->wrong = (unsigned int)atoi(params->plusargs[i] + 7);
		if (!strcmp(params->plusargs[i], "+refuse")) {
			model_destroy(m);
			return -EDOM;
		}
	}
	if (params->mem[0])
		memcpy(m->buffer, params->mem[0], sizeof(m->buffer));
	m->levels = RISER_SB_PERST;
	*out = m;
	return 0;
}

static void model_sideband(struct riser_model *m, uint32_t levels)
{
	m->levels = levels;
}

static const struct riser_model_info info = {
	.abi = RISER_MODEL_ABI, .size = sizeof(info),
	.features = RISER_MODEL_F_IDLE | MORE_FEATURES, .data_w = 64, .clk_period_ps = 4000,
	.name = "ctest", .top = "ctest_card", .engine = "plain C",
	.source_hash = SOURCE_HASH, .build_hash = "0",
	.nr_mems = 1, .mem = { { "mem", 1 << 20 } },
};

static const struct riser_model_info *model_info(void)
{
	return &info;
}

static const struct riser_model_ops ops = {
	.abi = RISER_MODEL_ABI, .size = sizeof(ops), .info = model_info,
	.create = model_create, .destroy = model_destroy,
	.set_sideband = model_sideband, .run = model_run,
};

__attribute__((visibility("default")))
const struct riser_model_ops *riser_model_entry(uint32_t abi)
{
	(void)abi;
	return &ops;
}
