// SPDX-License-Identifier: Apache-2.0
#include "bench.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void on_message(void *ctx, enum riser_severity severity, const char *file, int line,
		       const char *text)
{
	struct bench *b = ctx;
	struct message *m = &b->message[b->nr_messages % BENCH_MESSAGES];

	m->severity = severity;
	snprintf(m->file, sizeof(m->file), "%s", file ? file : "");
	m->line = line;
	snprintf(m->text, sizeof(m->text), "%s", text);
	b->nr_messages++;
}

uint32_t pattern(uint32_t i)
{
	return 0x9e3779b9u * (i + 1) ^ i;
}

struct bench *bench_open(const char *path, const struct bench_options *options)
{
	static const struct bench_options plain;
	const struct bench_options *o = options ? options : &plain;
	struct bench *b = calloc(1, sizeof(*b));
	struct riser_model_params params = {
		.abi = RISER_MODEL_ABI,
		.size = sizeof(params),
		.x_init = o->x_init,
		.seed = o->seed,
		.nr_plusargs = o->plusarg ? 1 : 0,
		.plusargs = &o->plusarg,
		.message = on_message,
		.ctx = b,
	};
	const struct riser_model_ops *(*entry)(uint32_t abi);

	assert_non_null(b);
	b->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!b->object)
		fail_msg("%s", dlerror());
	*(void **)&entry = dlsym(b->object, RISER_MODEL_ENTRY);
	assert_non_null(entry);
	b->ops = entry(RISER_MODEL_ABI);
	assert_int_equal(b->ops->abi, RISER_MODEL_ABI);
	b->info = b->ops->info();
	b->sent = calloc(BENCH_TLPS, sizeof(*b->sent));
	b->area = aligned_alloc(16, BENCH_TX_BYTES);
	b->area_bytes = BENCH_TX_BYTES;
	b->mem = calloc(1, b->info->nr_mems ? b->info->mem[0].bytes : 1);
	params.mem[0] = b->mem;
	assert_int_equal(b->ops->create(&params, &b->model), 0);
	for (int c = 0; c < RISER_NR_CLASSES; c++) {
		b->run.rx[c].ref = b->ref[c];
		b->run.rx[c].mask = BENCH_QUEUE - 1;
	}
	if (!o->no_link) {
		bench_run(b, 32);
		b->ops->set_sideband(b->model, 0);
		bench_run(b, 32);
		b->ops->set_sideband(b->model, RISER_SB_LINK_UP);
		bench_run(b, 4);
	}
	return b;
}

void bench_close(struct bench *b)
{
	b->ops->destroy(b->model);
	dlclose(b->object);
	free(b->area);
	free(b->mem);
	free(b->sent);
	free(b);
}

void bench_forget(struct bench *b)
{
	b->nr_sent = 0;
	b->nr_messages = 0;
}

static void take_records(struct bench *b)
{
	const uint8_t *p = b->area;

	for (uint32_t i = 0; i < b->run.tx_nr; i++) {
		struct riser_tx_rec rec;
		struct sent *s = &b->sent[b->nr_sent];

		memcpy(&rec, p, sizeof(rec));
		assert_int_equal(rec.type, 1);
		assert_int_equal(rec.flags, 0);
		assert_int_equal(rec.seq, 0);
		assert_int_equal(rec.bytes % 16, 0);
		assert_true(rec.bytes >= sizeof(rec) + rec.len && rec.bytes < sizeof(rec) + rec.len + 16);
		assert_in_range(rec.len, 12, BENCH_TLP_BYTES);
		assert_true(b->nr_sent < BENCH_TLPS);
		s->class = rec.aux;
		s->len = rec.len;
		s->cycle = rec.cycle;
		memcpy(s->bytes, p + sizeof(rec), rec.len);
		b->nr_sent++;
		p += rec.bytes;
	}
	assert_int_equal(p - b->area, b->run.tx_used);
}

uint32_t bench_run(struct bench *b, uint64_t cycles)
{
	b->run.max_cycles = cycles;
	b->run.tx = b->area;
	b->run.tx_bytes = b->area_bytes;
	assert_int_equal(b->ops->run(b->model, &b->run), 0);
	take_records(b);
	return b->run.why;
}

const struct sent *bench_wait(struct bench *b, uint32_t mask)
{
	uint32_t why;

	b->run.stop_on_tx = mask;
	why = bench_run(b, 20000);
	b->run.stop_on_tx = 0;
	if (!(why & RISER_RUN_TX))
		fail_msg("no TLP of classes 0x%x within 20000 cycles (why 0x%x)", mask, why);
	return &b->sent[b->nr_sent - 1];
}

static void put16(uint8_t *to, uint32_t value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

static void put32(uint8_t *to, uint32_t value)
{
	put16(to, value >> 16);
	put16(to + 2, value & 0xffff);
}

uint32_t tlp_mem(uint8_t *to, bool write, bool wide, uint32_t addr, uint32_t dwords, uint8_t tag)
{
	uint32_t len = wide ? 16 : 12;

	memset(to, 0, len);
	to[0] = (uint8_t)((write ? 0x40 : 0) | (wide ? 0x20 : 0));
	put16(to + 2, dwords & 0x3ff);
	put16(to + 4, 0x0008);
	to[6] = tag;
	to[7] = dwords == 1 ? 0x0f : 0xff;
	put32(to + len - 4, addr);
	return len;
}

static void put(struct bench *b, uint32_t class, uint32_t len)
{
	struct riser_rx_queue *q = &b->run.rx[class];
	struct riser_tlp_ref *ref = &b->ref[class][q->head & q->mask];

	assert_true(q->head - q->tail < BENCH_QUEUE);
	ref->bytes = b->tlp[class][q->head & q->mask];
	ref->len = len;
	ref->after_posted = class == RISER_POSTED ? 0 : b->run.rx[RISER_POSTED].head;
	q->head++;
}

static uint8_t *slot(struct bench *b, uint32_t class)
{
	struct riser_rx_queue *q = &b->run.rx[class];

	return b->tlp[class][q->head & q->mask];
}

static uint32_t put_payload(uint8_t *to, const uint32_t *payload, uint32_t dwords)
{
	for (uint32_t i = 0; i < dwords; i++) {
		uint32_t value = payload ? payload[i] : pattern(i);

		memcpy(to + 4 * i, &value, 4);
	}
	return 4 * dwords;
}

void bench_write(struct bench *b, bool wide, uint32_t addr, const uint32_t *payload, uint32_t dwords)
{
	uint8_t *to = slot(b, RISER_POSTED);
	uint32_t len = tlp_mem(to, true, wide, addr, dwords, 0);

	put(b, RISER_POSTED, len + put_payload(to + len, payload, dwords));
}

void bench_write2(struct bench *b, uint32_t addr, uint32_t dw0, uint32_t dw1)
{
	uint32_t payload[2] = { dw0, dw1 };

	bench_write(b, false, addr, payload, 2);
}

void bench_read(struct bench *b, bool wide, uint32_t addr, uint32_t dwords, uint8_t tag)
{
	put(b, RISER_NONPOSTED, tlp_mem(slot(b, RISER_NONPOSTED), false, wide, addr, dwords, tag));
}

void bench_complete(struct bench *b, const uint32_t *payload, uint32_t dwords, uint8_t tag)
{
	uint8_t *to = slot(b, RISER_COMPLETION);

	memset(to, 0, 12);
	to[0] = 0x4a;
	put16(to + 2, dwords & 0x3ff);
	put16(to + 6, (dwords * 4) & 0xfff);
	to[10] = tag;
	put(b, RISER_COMPLETION, 12 + put_payload(to + 12, payload, dwords));
}

void bench_read_back(struct bench *b, bool wide, uint32_t addr, uint32_t dwords, uint32_t *to)
{
	const struct sent *s;

	bench_read(b, wide, addr, dwords, 0x33);
	s = bench_wait(b, 1u << RISER_COMPLETION);
	assert_int_equal(s->class, RISER_COMPLETION);
	assert_int_equal(s->len, 12 + 4 * dwords);
	assert_int_equal(s->bytes[0], 0x4a);
	assert_int_equal(s->bytes[10], 0x33);
	memcpy(to, s->bytes + 12, 4 * dwords);
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len--)
		hash = (hash ^ *p++) * 0x100000001b3ull;
	return hash;
}

uint64_t bench_hash(const struct bench *b)
{
	uint64_t hash = 0xcbf29ce484222325ull;

	for (uint32_t i = 0; i < b->nr_sent; i++) {
		const struct sent *s = &b->sent[i];

		hash = hash_bytes(hash, &s->class, sizeof(s->class));
		hash = hash_bytes(hash, &s->cycle, sizeof(s->cycle));
		hash = hash_bytes(hash, s->bytes, s->len);
	}
	return hash;
}
