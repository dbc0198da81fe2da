// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "fake_kernel.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static uint32_t load(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* A full barrier that the thread sanitizer knows. */
static void full_fence(void)
{
	static uint32_t word;

	__atomic_fetch_add(&word, 0, __ATOMIC_SEQ_CST);
}

static void kick(struct fk *fk)
{
	uint64_t one = 1;

	full_fence();
	if (!load(&fk->bw->need_kick))
		return;
	if (write(fk->kick_fd, &one, sizeof(one)) != sizeof(one))
		abort();
}

void fk_init(struct fk *fk, void *base, int wait_fd, int kick_fd)
{
	memset(fk, 0, sizeof(*fk));
	fk->base = base;
	memcpy(&fk->hdr, base, sizeof(fk->hdr));
	fk->kw = (void *)(fk->base + fk->hdr.kernel_off);
	fk->bw = (void *)(fk->base + fk->hdr.bridge_off);
	fk->wait_fd = wait_fd;
	fk->kick_fd = kick_fd;
	fk->pc = 0xffffffffc0001000ULL;
}

void fk_set_state(struct fk *fk, uint32_t state)
{
	store(&fk->kw->state, state);
	kick(fk);
}

bool fk_attach(struct fk *fk)
{
	uint64_t end = now_ns() + FK_WAIT_NS;

	while (load(&fk->bw->state) != PCIEM_BRIDGE_READY ||
	       load(&fk->bw->epoch) == fk->epoch) {
		if (now_ns() > end)
			return false;
		usleep(100);
	}
	fk->epoch = load(&fk->bw->epoch);
	fk->down_head = 0;
	fk->down_seq = 0;
	fk->up_tail = 0;
	fk->up_seq = 0;
	memset(fk->slot, 0, sizeof(fk->slot));
	store(&fk->kw->down_head, 0);
	store(&fk->kw->up_tail, 0);
	store(&fk->kw->epoch, fk->epoch);
	fk_set_state(fk, PCIEM_KERNEL_ATTACHED);
	return true;
}

bool fk_wait_bridge(struct fk *fk, uint32_t state)
{
	uint64_t end = now_ns() + FK_WAIT_NS;

	while (load(&fk->bw->state) != state) {
		if (now_ns() > end)
			return false;
		if (!fk_poll(fk))
			usleep(50);
	}
	return true;
}

void fk_push(struct fk *fk, uint16_t type, uint16_t flags, uint32_t aux,
	     const void *body, uint32_t len)
{
	struct pciem_rec rec = { 0 };
	uint32_t bytes = (uint32_t)(sizeof(rec) + ((len + 15) & ~15U));
	uint8_t *ring = fk->base + fk->hdr.down_off;
	uint32_t pos, room, need;

	for (;;) {
		pos = fk->down_head & (fk->hdr.down_bytes - 1);
		room = fk->hdr.down_bytes - pos;
		need = room < bytes ? room + bytes : bytes;
		if (fk->hdr.down_bytes - (fk->down_head - load(&fk->bw->down_tail)) >= need)
			break;
		/* this may answer a request of the card, which moves the head */
		if (!fk_poll(fk))
			sched_yield();
	}
	if (room < bytes) {
		const uint32_t pad[4] = { room, PCIEM_REC_PAD, 0, 0 };

		memcpy(ring + pos, pad, sizeof(pad));
		fk->down_head += room;
		pos = 0;
	}
	rec.bytes = bytes;
	rec.type = type;
	rec.flags = flags;
	rec.len = len;
	rec.aux = aux;
	rec.time = now_ns();
	rec.seq = fk->down_seq++;
	memcpy(ring + pos, &rec, sizeof(rec));
	if (len)
		memcpy(ring + pos + sizeof(rec), body, len);
	fk->down_head += bytes;
	store(&fk->kw->down_head, fk->down_head);
	kick(fk);
}

static void push_tlp(struct fk *fk, const uint8_t *tlp, uint32_t len)
{
	struct {
		struct pciem_caller caller;
		uint8_t tlp[128];
	} body;

	memset(&body, 0, sizeof(body));
	body.caller.pc = fk->pc;
	body.caller.pid = 41;
	body.caller.cpu = 1;
	memcpy(body.caller.comm, "kworker/u4:2", 12);
	memcpy(body.tlp, tlp, len);
	fk_push(fk, PCIEM_REC_TLP, PCIEM_RECF_CALLER, fk->site, &body,
		(uint32_t)sizeof(body.caller) + len);
}

/* ---- what comes from the card ---- */

static uint64_t addr_of(const uint8_t *tlp)
{
	uint64_t addr = (uint64_t)tlp[8] << 24 | (uint64_t)tlp[9] << 16 |
			(uint64_t)tlp[10] << 8 | tlp[11];

	if (!(tlp[0] & 0x20))
		return addr;
	return addr << 32 | (uint64_t)tlp[12] << 24 | (uint64_t)tlp[13] << 16 |
	       (uint64_t)tlp[14] << 8 | tlp[15];
}

static void on_completion(struct fk *fk, const uint8_t *tlp, uint32_t len)
{
	struct fk_slot *slot = &fk->slot[tlp[10]];

	if (!slot->waits || tlp[8] || tlp[9]) {
		fk->nr_stray++;
		return;
	}
	slot->waits = false;
	slot->done = true;
	slot->status = tlp[6] >> 5;
	slot->value = 0xffffffff;
	if (slot->status == FK_SC && len >= 16)
		memcpy(&slot->value, tlp + 12, 4);
}

static void on_write(struct fk *fk, const uint8_t *tlp, uint32_t len)
{
	uint32_t header = tlp[0] & 0x20 ? 16 : 12, value;
	uint64_t addr = addr_of(tlp);

	if (len != header + 4U * ((tlp[2] & 3U) << 8 | tlp[3])) {
		fk->nr_malformed++;
		return;
	}
	if (len == header + 4) {
		memcpy(&value, tlp + header, 4);
		if (addr == FK_MSI_ADDR) {
			fk->nr_msi++;
			fk->last_msi = value;
			return;
		}
		if (fk->nr_writes && value != fk->last_order + 1)
			fk->order_is_broken = true;
		fk->last_order = value;
	}
	fk->nr_writes++;
	if (addr >= FK_MEM_ADDR && addr - FK_MEM_ADDR <= FK_MEM_BYTES - len)
		memcpy(fk->mem + (addr - FK_MEM_ADDR), tlp + header,
		       len - header);
}

/* Two completions for a read that crosses 64 bytes, one otherwise. */
static void on_read(struct fk *fk, const uint8_t *tlp)
{
	uint32_t dw = (tlp[2] & 3U) << 8 | tlp[3], left = 4 * dw, part;
	/* cards of 32 bits see the same memory at 0 */
	uint64_t at = addr_of(tlp) & (FK_MEM_BYTES - 1);
	uint8_t cpl[12 + 4096];

	fk->nr_reads++;
	if (fk->hold_dma)
		return;
	while (left) {
		part = 64 - at % 64 < left ? (uint32_t)(64 - at % 64) : left;
		memset(cpl, 0, 12);
		cpl[0] = 0x4a;
		cpl[3] = (uint8_t)(part / 4);
		cpl[6] = (uint8_t)(left >> 8 & 15);
		cpl[7] = (uint8_t)left;
		memcpy(cpl + 8, tlp + 4, 3);
		cpl[11] = at & 0x7f;
		memcpy(cpl + 12, fk->mem + at, part);
		fk_push(fk, PCIEM_REC_TLP, 0, 0, cpl, 12 + part);
		at += part;
		left -= part;
	}
}

static void on_tlp(struct fk *fk, const uint8_t *tlp, uint32_t len)
{
	switch (tlp[0] & 0x5f) {
	case 0x0a:
	case 0x4a:
		on_completion(fk, tlp, len);
		break;
	case 0x40:
		on_write(fk, tlp, len);
		break;
	case 0x00:
		on_read(fk, tlp);
		break;
	}
}

bool fk_poll(struct fk *fk)
{
	uint32_t used = load(&fk->bw->up_head) - fk->up_tail;
	uint32_t pos = fk->up_tail & (fk->hdr.up_bytes - 1);
	uint8_t copy[PCIEM_REC_MAX_BYTES];
	struct pciem_rec rec;

	if (load(&fk->bw->epoch) != fk->epoch || !used)
		return false;
	if (used > fk->hdr.up_bytes || used % 16)
		abort();
	memcpy(&rec, fk->base + fk->hdr.up_off + pos, sizeof(rec));
	if (rec.type == PCIEM_REC_PAD) {
		if (rec.bytes != fk->hdr.up_bytes - pos)
			abort();
		fk->up_tail += rec.bytes;
		store(&fk->kw->up_tail, fk->up_tail);
		return true;
	}
	/* the same as the real kernel demands */
	if (rec.bytes > used || rec.bytes > fk->hdr.up_bytes - pos ||
	    rec.bytes > PCIEM_REC_MAX_BYTES || rec.flags ||
	    rec.seq != fk->up_seq++)
		abort();
	memcpy(copy, fk->base + fk->hdr.up_off + pos + sizeof(rec), rec.len);
	fk->up_tail += rec.bytes;
	store(&fk->kw->up_tail, fk->up_tail);
	if (rec.type == PCIEM_REC_TLP) {
		if (fk->tap)
			fk->tap(fk->tap_ctx, copy, rec.len);
		else
			on_tlp(fk, copy, rec.len);
	} else if (rec.type == PCIEM_REC_TIMEOUT && rec.aux < FK_TAGS) {
		fk->slot[rec.aux].waits = false;
		fk->slot[rec.aux].done = true;
		fk->slot[rec.aux].status = FK_TIMEOUT;
		fk->slot[rec.aux].value = 0xffffffff;
	}
	return true;
}

void fk_serve(struct fk *fk, uint64_t ns)
{
	uint64_t end = now_ns() + ns;

	while (now_ns() < end)
		if (!fk_poll(fk))
			usleep(20);
}

/* ---- requests ---- */

static uint8_t new_tag(struct fk *fk)
{
	uint8_t tag = fk->next_tag++;

	while (fk->slot[tag].waits)
		if (!fk_poll(fk))
			sched_yield();
	fk->slot[tag] = (struct fk_slot){ .waits = true };
	return tag;
}

static void mem_header(uint8_t *tlp, uint8_t type, uint64_t addr, uint8_t tag)
{
	memset(tlp, 0, 16);
	tlp[0] = type;
	tlp[3] = 1;
	tlp[6] = tag;
	tlp[7] = 0x0f;
	tlp[8] = (uint8_t)(addr >> 56);
	tlp[9] = (uint8_t)(addr >> 48);
	tlp[10] = (uint8_t)(addr >> 40);
	tlp[11] = (uint8_t)(addr >> 32);
	tlp[12] = (uint8_t)(addr >> 24);
	tlp[13] = (uint8_t)(addr >> 16);
	tlp[14] = (uint8_t)(addr >> 8);
	tlp[15] = (uint8_t)addr;
}

void fk_write32(struct fk *fk, uint32_t reg, uint32_t value)
{
	uint8_t tlp[20];

	mem_header(tlp, 0x60, FK_BAR_ADDR + reg, 0);
	memcpy(tlp + 16, &value, 4);
	push_tlp(fk, tlp, 20);
}

uint8_t fk_post_read32(struct fk *fk, uint32_t reg)
{
	uint8_t tag = new_tag(fk);
	uint8_t tlp[16];

	mem_header(tlp, 0x20, FK_BAR_ADDR + reg, tag);
	push_tlp(fk, tlp, 16);
	return tag;
}

/* Sleeps until the bridge kicks; a lost kick would cost all of FK_WAIT_NS. */
static void sleep_for_kick(struct fk *fk)
{
	struct pollfd fds = { .fd = fk->wait_fd, .events = POLLIN };
	uint64_t count;

	__atomic_store_n(&fk->kw->need_kick, 1, __ATOMIC_RELAXED);
	full_fence();
	if (load(&fk->bw->up_head) == fk->up_tail) {
		fk->nr_sleeps++;
		if (poll(&fds, 1, (int)(FK_WAIT_NS / 1000000)) > 0 &&
		    read(fk->wait_fd, &count, sizeof(count)) < 0)
			abort();
	}
	__atomic_store_n(&fk->kw->need_kick, 0, __ATOMIC_RELAXED);
}

int fk_wait(struct fk *fk, uint8_t tag, uint32_t *value)
{
	uint64_t end = now_ns() + FK_WAIT_NS;

	__atomic_store_n(&fk->kw->need_kick, 0, __ATOMIC_RELAXED);
	while (!fk->slot[tag].done) {
		if (now_ns() > end || load(&fk->bw->state) == PCIEM_BRIDGE_DOWN)
			break;
		if (fk_poll(fk))
			continue;
		if (fk->sleeps)
			sleep_for_kick(fk);
		else
			sched_yield();
	}
	if (!fk->slot[tag].done) {
		fk->slot[tag].waits = false;
		return FK_NOTHING;
	}
	if (value)
		*value = fk->slot[tag].value;
	return fk->slot[tag].status;
}

int fk_read32(struct fk *fk, uint32_t reg, uint32_t *value)
{
	return fk_wait(fk, fk_post_read32(fk, reg), value);
}

static int config(struct fk *fk, uint16_t bdf, uint16_t reg, bool is_write,
		  uint32_t *value)
{
	uint8_t tag = new_tag(fk);
	uint8_t tlp[16] = { 0 };

	tlp[0] = is_write ? 0x44 : 0x04;
	tlp[3] = 1;
	tlp[6] = tag;
	tlp[7] = 0x0f;
	tlp[8] = (uint8_t)(bdf >> 8);
	tlp[9] = (uint8_t)bdf;
	tlp[10] = (uint8_t)(reg >> 8);
	tlp[11] = reg & 0xfc;
	if (is_write)
		memcpy(tlp + 12, value, 4);
	push_tlp(fk, tlp, is_write ? 16 : 12);
	return fk_wait(fk, tag, is_write ? NULL : value);
}

int fk_cfg_read(struct fk *fk, uint16_t bdf, uint16_t reg, uint32_t *value)
{
	return config(fk, bdf, reg, false, value);
}

int fk_cfg_write(struct fk *fk, uint16_t bdf, uint16_t reg, uint32_t value)
{
	return config(fk, bdf, reg, true, &value);
}

bool fk_enumerate(struct fk *fk)
{
	uint32_t value, low, high, i;
	int bad = 0;

	for (i = 1; i < 8; i++)
		bad |= fk_cfg_read(fk, (uint16_t)(FK_BDF + i), 0, &value) !=
		       FK_UR;
	bad |= fk_cfg_read(fk, FK_BDF, 0, &value);
	bad |= fk_cfg_write(fk, FK_BDF, 0x10, 0xffffffff);
	bad |= fk_cfg_read(fk, FK_BDF, 0x10, &low);
	bad |= fk_cfg_write(fk, FK_BDF, 0x14, 0xffffffff);
	bad |= fk_cfg_read(fk, FK_BDF, 0x14, &high);
	bad |= fk_cfg_write(fk, FK_BDF, 0x10, (uint32_t)FK_BAR_ADDR);
	bad |= fk_cfg_write(fk, FK_BDF, 0x14, (uint32_t)(FK_BAR_ADDR >> 32));
	bad |= fk_cfg_write(fk, FK_BDF, 0x04, 0x0406);
	bad |= fk_cfg_read(fk, FK_BDF, 0x34, &value);
	bad |= fk_cfg_read(fk, FK_BDF, 0x40, &value);
	bad |= fk_cfg_read(fk, FK_BDF, 0x44, &value);
	bad |= fk_cfg_write(fk, FK_BDF, 0x40, 0x80000000);
	for (i = 0; i < 4; i++) {
		fk_write32(fk, 0x2000 + 16 * i, (uint32_t)FK_MSI_ADDR);
		fk_write32(fk, 0x2004 + 16 * i, (uint32_t)(FK_MSI_ADDR >> 32));
		fk_write32(fk, 0x2008 + 16 * i, 0x4000 + i);
		fk_write32(fk, 0x200c + 16 * i, 0);
	}
	return !bad && (low & ~15U) == 0xffffc000 && high == 0xffffffff;
}

void fk_reset(struct fk *fk, uint32_t what)
{
	fk_push(fk, PCIEM_REC_RESET, 0, what, NULL, 0);
}

void fk_site(struct fk *fk, uint32_t site, uint64_t pc, const char *text)
{
	struct {
		struct pciem_site site;
		char text[512];
	} body;
	uint32_t len = (uint32_t)strlen(text);

	memset(&body, 0, sizeof(body));
	body.site.site = site;
	body.site.nr_frames = 1;
	body.site.frame[0] = pc;
	memcpy(body.text, text, len);
	fk_push(fk, PCIEM_REC_SITE, 0, 0, &body,
		(uint32_t)sizeof(body.site) + len);
}

void fk_event(struct fk *fk, uint32_t event, const char *text)
{
	fk_push(fk, PCIEM_REC_EVENT, 0, event, text, (uint32_t)strlen(text));
}

void fk_detach(struct fk *fk)
{
	fk_set_state(fk, PCIEM_KERNEL_REMOVING);
	fk_serve(fk, 1000000);
	fk_set_state(fk, PCIEM_KERNEL_DETACHED);
}

bool fk_let_leave(struct fk *fk)
{
	if (!fk_wait_bridge(fk, PCIEM_BRIDGE_LEAVING))
		return false;
	fk_detach(fk);
	return true;
}
