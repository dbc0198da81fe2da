// SPDX-License-Identifier: Apache-2.0
/*
 * DMA slots on the bridge's side: the lookup, which trusts no entry, and the engine
 * that serves a card from them, between a fake kernel and the C card.
 */
#include <stdarg.h>
#include <stddef.h>
#include <sched.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../bridge/engine.h"
#include "../../../bridge/slots.h"
#include "../../../kernel/slots.h"
#include "../../cosim/ctest_model/card.h"
#include "rig.h"

#define AREA_BYTES	(1U << 18)
#define PAGE		PCIEM_PAGE_BYTES
#define SLOT(page)	(PCIEM_SLOT_BUS + (uint64_t)(page) * PAGE)

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct rig));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* ---- the lookup ---- */

static void set_entry(struct pciem_slot *table, uint32_t page, uint32_t nr,
		      uint16_t dir, uint64_t start, uint64_t end)
{
	uint32_t i;

	for (i = page; i < page + nr; i++) {
		uint32_t seq = table[i].seq;

		__atomic_store_n(&table[i].seq, seq + 1, __ATOMIC_RELAXED);
		__atomic_store_n(&table[i].requester, FK_BDF, __ATOMIC_RELEASE);
		__atomic_store_n(&table[i].dir, dir, __ATOMIC_RELEASE);
		__atomic_store_n(&table[i].start, start, __ATOMIC_RELEASE);
		__atomic_store_n(&table[i].end, end, __ATOMIC_RELEASE);
		__atomic_store_n(&table[i].seq, seq + 2, __ATOMIC_RELEASE);
	}
}

static void set_gate(struct pciem_slot *table, uint32_t masters, uint32_t mps)
{
	struct pciem_slot_gate *gate = (void *)table;

	__atomic_store_n(&gate->mps_bytes, mps, __ATOMIC_RELAXED);
	__atomic_store_n(&gate->bus_masters, masters, __ATOMIC_RELAXED);
}

static bool finds(const struct riser_slots *slots, uint64_t addr,
		  uint32_t bytes, bool is_write)
{
	const struct riser_slot_asked asked = {
		.addr = addr, .bytes = bytes, .requester = FK_BDF,
		.is_write = is_write,
	};
	struct riser_slot_found found;

	if (!riser_slots_find(slots, &asked, &found))
		return false;
	assert_ptr_equal(found.at, slots->pages + (addr - PCIEM_SLOT_BUS));
	return true;
}

static void test_lookup_is_exact_to_the_byte(void **state)
{
	uint8_t *area = aligned_alloc(PAGE, AREA_BYTES);
	struct pciem_slot *table = (void *)area;
	struct riser_slots slots;
	uint64_t start = SLOT(5) + 0x123, end = SLOT(7) + 0x45;

	(void)state;
	memset(area, 0, AREA_BYTES);
	riser_slots_init(&slots, area, AREA_BYTES);
	assert_int_equal(slots.nr_pages, 63);
	set_entry(table, 5, 3, PCIEM_SLOT_READ, start, end);

	assert_true(finds(&slots, start, 1, false));
	assert_true(finds(&slots, start, (uint32_t)(end - start), false));
	assert_true(finds(&slots, SLOT(6), 4096, false));
	assert_true(finds(&slots, end - 1, 1, false));
	assert_false(finds(&slots, start - 1, 1, false));
	assert_false(finds(&slots, start - 1, 2, false));
	assert_false(finds(&slots, end, 1, false));
	assert_false(finds(&slots, end - 1, 2, false));
	assert_false(finds(&slots, start, (uint32_t)(end - start) + 1, false));
	assert_false(finds(&slots, start, 1, true));
	assert_false(finds(&slots, SLOT(0), 1, false));
	assert_false(finds(&slots, SLOT(62) + 4095, 1, false));
	assert_false(finds(&slots, SLOT(63), 1, false));
	assert_false(finds(&slots, 0, 1, false));
	assert_false(finds(&slots, UINT64_MAX, 1, false));
	set_entry(table, 5, 3, PCIEM_SLOT_WRITE, start, end);
	assert_true(finds(&slots, start, 1, true));
	assert_false(finds(&slots, start, 1, false));
	table[5].seq++;
	assert_false(finds(&slots, start, 1, true));
	table[5].seq++;
	table[5].requester++;
	assert_false(finds(&slots, start, 1, true));
	free(area);
}

static void test_the_gate_names_functions(void **state)
{
	uint8_t *area = aligned_alloc(PAGE, AREA_BYTES);
	struct pciem_slot *table = (void *)area;
	struct riser_slots slots;

	(void)state;
	memset(area, 0, AREA_BYTES);
	riser_slots_init(&slots, area, AREA_BYTES);
	assert_int_equal(riser_slots_gate(&slots, 0), 0);
	set_gate(table, 0x0105, 256);
	assert_int_equal(riser_slots_gate(&slots, 0x0100), 256);
	assert_int_equal(riser_slots_gate(&slots, 0x0101), 0);
	assert_int_equal(riser_slots_gate(&slots, 0x0102), 256);
	assert_int_equal(riser_slots_gate(&slots, 0x0108), 0);
	assert_int_equal(riser_slots_gate(&slots, 0x0200), 0);
	set_gate(table, 0x0101, 0);
	assert_int_equal(riser_slots_gate(&slots, 0x0100), 0);
	set_gate(table, 0x0101, 384);
	assert_int_equal(riser_slots_gate(&slots, 0x0100), 0);
	set_gate(table, 0x0101, 0x80000000);
	assert_int_equal(riser_slots_gate(&slots, 0x0100), 0);
	free(area);
}

/* Whatever stands in the table: no byte outside of the pages is found. */
static void test_a_table_of_noise_leads_nowhere(void **state)
{
	uint8_t *area = aligned_alloc(PAGE, AREA_BYTES);
	struct pciem_slot *table = (void *)area;
	struct riser_slot_found found;
	struct riser_slots slots;
	uint32_t i, k, nr = 0;

	(void)state;
	srand(99);
	riser_slots_init(&slots, area, AREA_BYTES);
	for (i = 0; i < 2000; i++) {
		for (k = 0; k < 64 * sizeof(*table); k++)
			area[k] = (uint8_t)rand();
		for (k = 0; k < 64; k++) {
			table[k].seq &= ~1U;
			if (rand() % 2)
				table[k].start = SLOT(rand() % 70) - (uint64_t)rand() % 5000;
			if (rand() % 2)
				table[k].end = SLOT(rand() % 70) + (uint64_t)rand() % 5000;
			struct riser_slot_asked asked = {
				.addr = SLOT(rand() % 66) + (uint64_t)rand() % PAGE,
				.bytes = 1 + (uint32_t)rand() % 4096,
				.requester = table[k].requester,
				.is_write = rand() % 2,
			};

			if (!riser_slots_find(&slots, &asked, &found))
				continue;
			nr++;
			assert_true(found.at >= slots.pages + PAGE);
			assert_true(found.at + asked.bytes <= area + AREA_BYTES);
		}
	}
	(void)nr;
	free(area);
}

static void test_copies_are_exact(void **state)
{
	uint8_t from[64], to[64] __attribute__((aligned(8)));
	uint32_t at, bytes, i;

	(void)state;
	for (i = 0; i < 64; i++)
		from[i] = (uint8_t)(i + 1);
	for (at = 0; at < 9; at++)
		for (bytes = 0; bytes < 40; bytes++) {
			memset(to, 0, sizeof(to));
			riser_slots_write(to + at, from, bytes);
			for (i = 0; i < 64; i++)
				assert_int_equal(to[i], i >= at && i < at + bytes ?
						 i - at + 1 : 0);
			memset(to, 0, sizeof(to));
			riser_slots_read(to, from + at, bytes);
			for (i = 0; i < 64; i++)
				assert_int_equal(to[i], i < bytes ? i + at + 1 : 0);
		}
}

/* ---- the engine ---- */

static struct pciem_slot *table_of(struct rig *rig)
{
	return (void *)(rig->fk.base + rig->fk.hdr.dma_off);
}

static uint8_t *page_of(struct rig *rig, uint32_t page)
{
	return rig->fk.base + rig->fk.hdr.dma_off + AREA_BYTES -
	       (uint64_t)(63 - page) * PAGE;
}

static void start(struct rig *rig)
{
	rig_start_enumerated(rig);
	set_gate(table_of(rig), 0x0101, 256);
}

static void go(struct rig *rig, uint64_t addr, uint32_t bytes, uint32_t how)
{
	fk_write32(&rig->fk, CARD_REG_DMA_LO, (uint32_t)addr);
	fk_write32(&rig->fk, CARD_REG_DMA_HI, (uint32_t)(addr >> 32));
	fk_write32(&rig->fk, CARD_REG_DMA_BYTES, bytes);
	fk_write32(&rig->fk, CARD_REG_DMA_GO, how);
}

static void dma(struct rig *rig, uint64_t addr, uint32_t bytes, uint32_t how)
{
	uint32_t seen = rig->fk.nr_msi;

	go(rig, addr, bytes, how);
	while (rig->fk.nr_msi == seen)
		fk_serve(&rig->fk, 100000);
}

static const struct riser_stats *stats(struct rig *rig)
{
	return riser_engine_stats(rig->engine);
}

static void test_slots_are_served_in_place(void **state)
{
	struct rig *rig = *state;
	uint32_t i;

	rig_init_slots(rig, 1 << 16, AREA_BYTES);
	start(rig);
	set_entry(table_of(rig), 3, 1, PCIEM_SLOT_READ, SLOT(3), SLOT(4));
	set_entry(table_of(rig), 5, 2, PCIEM_SLOT_WRITE, SLOT(5) + 64, SLOT(6) + 64);
	for (i = 0; i < PAGE; i++)
		page_of(rig, 3)[i] = (uint8_t)(i * 7 + 1);
	dma(rig, SLOT(3), 4096, 1);
	dma(rig, SLOT(5) + 64, 4096, 2);
	assert_memory_equal(page_of(rig, 3), page_of(rig, 5) + 64, PAGE);
	assert_int_equal(page_of(rig, 5)[63], 0);
	assert_int_equal(page_of(rig, 6)[64], 0);
	/* outside of its sections, the engine is outside */
	assert_int_equal(__atomic_load_n(&rig->fk.bw->dma_epoch, __ATOMIC_ACQUIRE) & 1, 0);
	rig_stop(rig);

	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(rig->fk.nr_reads, 0);
	assert_int_equal(rig->fk.nr_writes, 0);
	assert_int_equal(stats(rig)->slot_reads, 32);
	assert_true(stats(rig)->slot_writes > 0);
	/* they are counted and seen as any other */
	assert_int_equal(stats(rig)->dma_reads, 32);
	assert_int_equal(stats(rig)->dma_read_bytes, 4096);
	assert_int_equal(stats(rig)->dma_write_bytes, 4096);
	assert_int_equal(stats(rig)->dma_cycles.nr, 32);
	assert_int_equal(rig->fk.bw->slot_requests,
			 stats(rig)->slot_reads + stats(rig)->slot_writes);
	rig_fini(rig);
}

static void test_many_slots_wrap_the_queue_of_completions(void **state)
{
	struct rig *rig = *state;
	uint32_t i, k;

	rig_init_slots(rig, 1 << 16, AREA_BYTES);
	rig->config.stall_rx[RISER_COMPLETION].permille = 300;
	start(rig);
	set_entry(table_of(rig), 3, 1, PCIEM_SLOT_READ | PCIEM_SLOT_WRITE, SLOT(3), SLOT(4));
	for (k = 0; k < 100; k++) {
		for (i = 0; i < PAGE; i++)
			page_of(rig, 3)[i] = (uint8_t)(i * 3 + k);
		dma(rig, SLOT(3), 4096, 1);
		memset(page_of(rig, 3), 0, PAGE);
		dma(rig, SLOT(3), 4096, 2);
		for (i = 0; i < PAGE; i++)
			assert_int_equal(page_of(rig, 3)[i], (uint8_t)(i * 3 + k));
	}
	rig_stop(rig);
	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(rig->fk.nr_reads, 0);
	assert_int_equal(stats(rig)->slot_reads, 3200);
	rig_fini(rig);
}

/* Each of these is the kernel's business. */
static void test_what_is_not_allowed_goes_to_the_kernel(void **state)
{
	struct rig *rig = *state;
	uint32_t reads = 0, writes = 0;

	rig_init_slots(rig, 1 << 16, AREA_BYTES);
	start(rig);
	set_entry(table_of(rig), 3, 1, PCIEM_SLOT_WRITE, SLOT(3), SLOT(4));
#define TO_KERNEL(how, addr, bytes) do { \
		dma(rig, addr, bytes, how); \
		assert_true(how == 1 ? rig->fk.nr_reads > reads : \
				       rig->fk.nr_writes > writes); \
		assert_int_equal(stats(rig)->slot_reads + stats(rig)->slot_writes, 0); \
		reads = rig->fk.nr_reads; \
		writes = rig->fk.nr_writes; \
	} while (0)
	/* wrong direction, past the end, not mapped */
	TO_KERNEL(1, SLOT(3), 128);
	TO_KERNEL(2, SLOT(4) - 4, 8);
	TO_KERNEL(2, SLOT(7), 128);
	/* Bus Master Enable off; another's bus; nothing */
	set_gate(table_of(rig), 0x0102, 256);
	TO_KERNEL(2, SLOT(3), 128);
	set_gate(table_of(rig), 0x0201, 256);
	TO_KERNEL(2, SLOT(3), 128);
	set_gate(table_of(rig), 0, 256);
	TO_KERNEL(2, SLOT(3), 128);
	/* unmapped */
	set_gate(table_of(rig), 0x0101, 256);
	set_entry(table_of(rig), 3, 1, 0, 0, 0);
	TO_KERNEL(2, SLOT(3), 128);
#undef TO_KERNEL
	assert_int_equal(page_of(rig, 3)[0], 0);
	rig_stop(rig);
	rig_fini(rig);
}

/* A write to other memory is on its way: one to a slot must not pass it. */
static void test_no_write_passes_one_on_the_ring(void **state)
{
	struct rig *rig = *state;
	uint8_t sign[128];

	memset(sign, 0xa5, sizeof(sign));
	rig_init_slots(rig, 1 << 16, AREA_BYTES);
	start(rig);
	set_entry(table_of(rig), 3, 1, PCIEM_SLOT_READ | PCIEM_SLOT_WRITE, SLOT(3), SLOT(4));
	memcpy(page_of(rig, 3), sign, sizeof(sign));
	dma(rig, SLOT(3), 128, 1);
	memset(page_of(rig, 3), 0, sizeof(sign));
	assert_int_equal(stats(rig)->slot_writes, 0);
	/* nothing is consumed from here on */
	go(rig, FK_MEM_ADDR, 4, 2);
	while (__atomic_load_n(&rig->fk.bw->up_head, __ATOMIC_ACQUIRE) == rig->fk.up_tail)
		usleep(100);
	go(rig, SLOT(3), 128, 2);
	usleep(50000);
	assert_int_equal(page_of(rig, 3)[0], 0);
	while (rig->fk.nr_msi < 3)
		fk_serve(&rig->fk, 100000);
	assert_int_equal(page_of(rig, 3)[0], 0);
	/* all is consumed: in place again */
	fk_serve(&rig->fk, 1000000);
	dma(rig, SLOT(3), 128, 2);
	assert_memory_equal(page_of(rig, 3), sign, sizeof(sign));
	rig_stop(rig);
	assert_int_equal(stats(rig)->slot_writes, 1);
	assert_int_equal(rig->result.nr_errors, 0);
	rig_fini(rig);
}

/* A completion for the host is on the ring: a write may pass it, and does. */
static void test_a_write_passes_a_completion_on_the_ring(void **state)
{
	struct rig *rig = *state;
	uint32_t value;
	uint8_t tag;

	rig_init_slots(rig, 1 << 16, AREA_BYTES);
	start(rig);
	set_entry(table_of(rig), 3, 1, PCIEM_SLOT_WRITE, SLOT(3), SLOT(4));
	fk_write32(&rig->fk, CARD_REG_BUFFER, 0x12345678);
	tag = fk_post_read32(&rig->fk, CARD_REG_ID);
	while (__atomic_load_n(&rig->fk.bw->up_head, __ATOMIC_ACQUIRE) == rig->fk.up_tail)
		usleep(100);
	go(rig, SLOT(3), 4, 2);
	while (!__atomic_load_n((uint32_t *)(void *)page_of(rig, 3), __ATOMIC_RELAXED))
		usleep(100);
	assert_int_equal(fk_wait(&rig->fk, tag, &value), FK_SC);
	assert_int_equal(value, CARD_ID);
	rig_stop(rig);
	assert_int_equal(stats(rig)->slot_writes, 1);
	rig_fini(rig);
}

/* Completions and writes of one batch: each is where it belongs, and the ring has no gap. */
static void test_batches_are_taken_apart(void **state)
{
	struct rig *rig = *state;
	uint32_t i, k, value, seen;

	rig_init_slots(rig, 1 << 16, AREA_BYTES);
	rig->config.stall_tx[RISER_COMPLETION].permille = 700;
	start(rig);
	set_entry(table_of(rig), 3, 1, PCIEM_SLOT_READ | PCIEM_SLOT_WRITE, SLOT(3), SLOT(4));
	for (i = 0; i < 300; i++) {
		fk_write32(&rig->fk, CARD_REG_BUFFER + 4092, i);
		fk_write32(&rig->fk, CARD_REG_SCRATCH, i);
		seen = rig->fk.nr_msi;
		go(rig, SLOT(3), 4096, 2);
		for (k = 0; k < 4; k++) {
			assert_int_equal(fk_read32(&rig->fk, CARD_REG_SCRATCH, &value), FK_SC);
			assert_int_equal(value, i);
		}
		while (rig->fk.nr_msi == seen)
			fk_poll(&rig->fk);
		memcpy(&value, page_of(rig, 3) + 4092, 4);
		assert_int_equal(value, i);
	}
	rig_stop(rig);
	assert_int_equal(rig->result.nr_errors, 0);
	assert_int_equal(rig->fk.nr_stray, 0);
	rig_fini(rig);
}

/* The first dword of a completion is how many posted requests came before it was written. */
struct order {
	struct rig *rig;
	uint32_t nr_seen;
	bool is_broken;
};

static void watch_order(void *ctx, const struct riser_tlp_event *event)
{
	struct order *order = ctx;
	uint32_t before;

	if (event->direction != RISER_TO_CARD || !event->tlp ||
	    event->tlp->kind != RISER_TLP_CPLD)
		return;
	memcpy(&before, event->tlp->data, sizeof(before));
	__atomic_add_fetch(&order->nr_seen, 1, __ATOMIC_RELAXED);
	if (order->rig->engine->run.rx[RISER_POSTED].head < before)
		order->is_broken = true;
}

static void check_order(struct rig *rig, uint32_t ring_bytes, uint32_t permille,
			uint32_t rounds)
{
	static const struct riser_observer_ops ops = { .tlp = watch_order };
	struct order order = { .rig = rig };
	struct riser_observer observer = { &ops, &order };
	uint32_t *word, i, posted;

	rig_init_slots(rig, ring_bytes, AREA_BYTES);
	rig->config.stall_rx[RISER_POSTED].permille = permille;
	rig->config.observers[0] = observer;
	rig->config.nr_observers = 1;
	start(rig);
	word = (uint32_t *)(void *)page_of(rig, 3);
	set_entry(table_of(rig), 3, 1, PCIEM_SLOT_READ, SLOT(3), SLOT(4));
	go(rig, SLOT(3), 4, 1);
	while (!rig->fk.nr_msi)
		fk_serve(&rig->fk, 100000);
	posted = (uint32_t)rig->engine->run.rx[RISER_POSTED].head;
	for (i = 0; i < rounds; i++) {
		/* GO again, and many more behind it */
		fk_write32(&rig->fk, i % 8 ? CARD_REG_SCRATCH : CARD_REG_DMA_GO, 1);
		posted++;
		__atomic_store_n(word, posted, __ATOMIC_RELEASE);
		fk_poll(&rig->fk);
	}
	while (__atomic_load_n(&order.nr_seen, __ATOMIC_RELAXED) < 10)
		fk_serve(&rig->fk, 1000000);
	rig_stop(rig);
	assert_false(order.is_broken);
	assert_true(stats(rig)->slot_reads >= 10);
	rig_fini(rig);
}

static void test_a_completion_follows_what_the_host_posted(void **state)
{
	check_order(*state, 1 << 16, 0, 3000);
}

/* More than the model's queue takes: the rest stays in the ring, and goes first all the same. */
static void test_a_completion_follows_what_is_left_in_the_ring(void **state)
{
	check_order(*state, 1 << 20, 990, 9000);
}

static void test_a_reset_forgets_what_waits(void **state)
{
	struct rig *rig = *state;
	uint32_t value;

	rig_init_slots(rig, 1 << 16, AREA_BYTES);
	rig->config.stall_rx[RISER_COMPLETION].permille = 999;
	start(rig);
	set_entry(table_of(rig), 3, 1, PCIEM_SLOT_READ, SLOT(3), SLOT(4));
	go(rig, SLOT(3), 4096, 1);
	while (!__atomic_load_n(&rig->fk.bw->slot_requests, __ATOMIC_RELAXED))
		fk_serve(&rig->fk, 10000);
	fk_reset(&rig->fk, PCIEM_RESET_HOT_ASSERT);
	fk_reset(&rig->fk, PCIEM_RESET_HOT_RELEASE);
	assert_int_equal(fk_cfg_read(&rig->fk, FK_BDF, 0, &value), FK_SC);
	assert_int_equal(value, CARD_VENDOR_DEVICE);
	rig_stop(rig);
	assert_int_equal(rig->result.end, RISER_END_STOPPED);
	rig_fini(rig);
}

/*
 * The kernel's half is the kernel's: pages are taken, mapped, unmapped while the card
 * writes to them, given back. A page that is free, or is somebody else's, is never
 * written to.
 */
static void test_no_page_is_written_after_it_was_given_back(void **state)
{
	static struct pciem_slots_page page[64];
	static u64 taken[1], held[1];
	struct rig *rig = *state;
	struct pciem_slots slots;
	struct pciem_slot entry = { .requester = FK_BDF, .dir = PCIEM_SLOT_WRITE };
	uint32_t i, k, at, old = 0, epoch, nr_held = 0, nr_written = 0;
	uint64_t end_ns;
	uint8_t *p;

	rig_init_slots(rig, 1 << 16, AREA_BYTES);
	rig_start_enumerated(rig);
	memset(page, 0, sizeof(page));
	taken[0] = held[0] = 0;
	pciem_slots_init(&slots, table_of(rig), page, taken, held, 63);
	set_gate(table_of(rig), 0x0101, 256);
	/* what the card writes are the 4 KiB of its buffer, which are not 0x55 */
	for (i = 0; i < 4096; i += 4)
		fk_write32(&rig->fk, CARD_REG_BUFFER + i, 0xa5a5a5a5);
	/* as many as make it likely, or as a busy machine does in a while */
	end_ns = riser_now_ns() + 5000000000ULL;
	for (i = 0; nr_written < 300 && riser_now_ns() < end_ns; i++) {
		at = pciem_slots_take(&slots, 1, 1);
		if (!at) {
			pciem_slots_settle(&slots, __atomic_load_n(&rig->fk.bw->dma_epoch, __ATOMIC_ACQUIRE));
			fk_poll(&rig->fk);
			continue;
		}
		p = page_of(rig, at);
		memset(p, 0, PAGE);
		entry.start = SLOT(at);
		entry.end = SLOT(at + 1);
		pciem_slots_publish(&slots, at, 1, &entry);
		go(rig, SLOT(at), 4096, 2);
		/* until it has begun, and a little longer */
		for (k = 0; k < 20000 && !__atomic_load_n(p, __ATOMIC_RELAXED); k++)
			if (!(k & 63) && !fk_poll(&rig->fk) && !(k & 1023))
				sched_yield();
		for (k = rand() % 400; k; k--)
			__asm__ volatile("");
		pciem_slots_withdraw(&slots, at, 1);
		riser_full_fence();
		epoch = __atomic_load_n(&rig->fk.bw->dma_epoch, __ATOMIC_ACQUIRE);
		nr_written += __atomic_load_n(p, __ATOMIC_RELAXED) == 0xa5;
		assert_true(pciem_slots_give(&slots, at, epoch));
		nr_held += epoch & 1;
		/* free at once: it is somebody else's now */
		if (!(epoch & 1)) {
			memset(p, 0x55, PAGE);
			for (k = 0; old && k < PAGE; k += 64)
				assert_int_equal(page_of(rig, old)[k], 0x55);
			old = at;
			usleep(i % 16 ? 0 : 200);
			for (k = 0; k < PAGE; k++)
				assert_int_equal(p[k], 0x55);
		} else {
			old = 0;
		}
		while (fk_poll(&rig->fk))
			;
	}
	rig_stop(rig);
	print_message("%u rounds written to, %u held\n", nr_written, nr_held);
	rig_fini(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookup_is_exact_to_the_byte),
		cmocka_unit_test(test_the_gate_names_functions),
		cmocka_unit_test(test_a_table_of_noise_leads_nowhere),
		cmocka_unit_test(test_copies_are_exact),
		cmocka_unit_test_setup_teardown(test_slots_are_served_in_place, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_slots_wrap_the_queue_of_completions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_not_allowed_goes_to_the_kernel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_write_passes_one_on_the_ring, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_write_passes_a_completion_on_the_ring, setup, teardown),
		cmocka_unit_test_setup_teardown(test_batches_are_taken_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_completion_follows_what_the_host_posted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_completion_follows_what_is_left_in_the_ring, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_reset_forgets_what_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_page_is_written_after_it_was_given_back, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
