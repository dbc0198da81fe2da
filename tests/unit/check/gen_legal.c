// SPDX-License-Identifier: Apache-2.0
/* Random legal traffic; every choice that the rules leave open is taken at random. */
#include "gen.h"

#include <stdlib.h>
#include <string.h>

#define NEVER_MIND	0xff

static const uint8_t first_byte[] = {
	[GEN_MRD] = 0x00, [GEN_MWR] = 0x40, [GEN_CFGRD] = 0x04, [GEN_CFGWR] = 0x44,
	[GEN_IORD] = 0x02, [GEN_FETCHADD] = 0x4c, [GEN_SWAP] = 0x4d, [GEN_CAS] = 0x4e,
};

static void put32(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 24);
	p[1] = (uint8_t)(value >> 16);
	p[2] = (uint8_t)(value >> 8);
	p[3] = (uint8_t)value;
}

static void put_data(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
	p[2] = (uint8_t)(value >> 16);
	p[3] = (uint8_t)(value >> 24);
}

static void send(struct gen *gen, const uint8_t *bytes, uint32_t len, bool from_card,
		 uint32_t channel)
{
	gen->cycle += gen_random(gen, 8);
	gen->nr++;
	gen->emit(gen->ctx, bytes, len, from_card, channel, gen->cycle);
}

static bool is_tag_taken(const struct gen *gen, bool from_card, uint16_t tag)
{
	uint32_t i;

	for (i = 0; i < gen->nr_open; i++)
		if (gen->open[i].from_card == from_card && gen->open[i].tag == tag)
			return true;
	return false;
}

/* First enabled byte, and bytes up to the last one: counted one by one. */
static uint32_t count_bytes(uint32_t length, uint8_t fbe, uint8_t lbe, uint32_t *first)
{
	uint32_t lo = NEVER_MIND, hi = 0, i;

	for (i = 0; i < 4; i++) {
		if (fbe >> i & 1) {
			lo = lo == NEVER_MIND ? i : lo;
			hi = i;
		}
	}
	for (i = 0; length > 1 && i < 4; i++)
		if (lbe >> i & 1)
			hi = 4 * (length - 1) + i;
	*first = lo == NEVER_MIND ? 0 : lo;
	return lo == NEVER_MIND ? 1 : hi - lo + 1;
}

static uint32_t header(struct gen *gen, uint8_t *tlp, enum gen_kind kind, bool from_card,
		       uint64_t addr, uint32_t length, uint8_t be, uint16_t tag, uint8_t attr)
{
	bool is_config = kind == GEN_CFGRD || kind == GEN_CFGWR;
	bool is_4dw = addr >> 32;

	memset(tlp, 0, 16);
	tlp[0] = first_byte[kind] | (is_4dw ? 0x20 : 0);
	tlp[1] = (uint8_t)((attr & 4) | (tag >> 8 & 1) << 3 | (tag >> 9 & 1) << 7);
	tlp[2] = (uint8_t)((attr & 3) << 4 | (length >> 8 & 3));
	tlp[3] = (uint8_t)length;
	tlp[4] = (from_card ? GEN_CARD : GEN_HOST) >> 8;
	tlp[5] = (from_card ? GEN_CARD : GEN_HOST) & 0xff;
	tlp[6] = (uint8_t)tag;
	tlp[7] = be;
	(void)gen;
	if (is_config) {
		put32(tlp + 8, GEN_CARD << 16 | (uint32_t)addr);
		return 12;
	}
	if (is_4dw) {
		put32(tlp + 8, (uint32_t)(addr >> 32));
		put32(tlp + 12, (uint32_t)addr);
		return 16;
	}
	put32(tlp + 8, (uint32_t)addr);
	return 12;
}

/* How a card must answer a request of the host. */
static uint8_t status_of(struct gen *gen, enum gen_kind kind, uint64_t addr, uint32_t length)
{
	uint64_t end = addr + 4ULL * length;

	if (kind == GEN_CFGRD || kind == GEN_CFGWR)
		return 0;
	if (kind == GEN_MRD && gen->config[1] & 2) {
		if (addr >= GEN_BAR0 && end <= GEN_BAR0 + GEN_BAR0_BYTES)
			return 0;
		if (addr >= GEN_BAR2 && end <= GEN_BAR2 + GEN_BAR2_BYTES)
			return 0;
	}
	gen->config[0x88 / 4] |= 0x00080000;
	return 1;
}

void gen_request(struct gen *gen, enum gen_kind kind, bool from_card, uint64_t addr,
		 uint32_t length, uint8_t fbe, uint8_t lbe, uint32_t data)
{
	bool has_data = first_byte[kind] & 0x40;
	bool is_posted = kind == GEN_MWR;
	uint8_t tlp[GEN_MAX_BYTES];
	struct gen_open open = { .kind = (uint8_t)kind, .from_card = from_card, .data = data,
				 .reg = (uint16_t)addr, .be = fbe };
	uint32_t first = 0, len, i;

	open.attr = kind == GEN_MRD || is_posted ? (uint8_t)gen_random(gen, 4) : 0;
	open.tag = (uint16_t)gen_random(gen, from_card ? gen->card_tags : 256);
	while (!is_posted && is_tag_taken(gen, from_card, open.tag))
		open.tag = (open.tag + 1) % (from_card ? gen->card_tags : 256);
	len = header(gen, tlp, kind, from_card, addr, length, (uint8_t)(lbe << 4 | fbe), open.tag,
		     open.attr);
	for (i = 0; has_data && i < length; i++)
		put_data(tlp + len + 4 * i, i ? 0 : data);
	len += has_data ? 4 * length : 0;
	if (!is_posted) {
		open.bytes = kind == GEN_MRD ? count_bytes(length, fbe, lbe, &first) :
			     kind == GEN_CAS ? 2 * length :
			     kind == GEN_FETCHADD || kind == GEN_SWAP ? 4 * length :
									4;
		open.addr = addr + first;
		open.left = open.bytes;
		open.status = from_card ? 0 : status_of(gen, kind, addr, length);
		gen->open[gen->nr_open++] = open;
	}
	send(gen, tlp, len, from_card, is_posted ? 0 : 1);
}

static void complete(struct gen *gen, const struct gen_open *open, uint32_t dws, uint32_t bc,
		     uint32_t lower)
{
	uint16_t completer = open->from_card ? GEN_HOST : GEN_CARD;
	uint16_t requester = open->from_card ? GEN_CARD : GEN_HOST;
	uint8_t tlp[GEN_MAX_BYTES];

	memset(tlp, 0, 12 + 4 * dws);
	tlp[0] = dws ? 0x4a : 0x0a;
	tlp[1] = (uint8_t)((open->tag >> 8 & 1) << 3 | (open->tag >> 9 & 1) << 7);
	tlp[2] = (uint8_t)((open->attr & 3) << 4 | (dws >> 8 & 3));
	tlp[3] = (uint8_t)dws;
	put32(tlp + 4, (uint32_t)completer << 16 | (uint32_t)open->status << 13 | (bc & 0xfff));
	put32(tlp + 8, (uint32_t)requester << 16 | (uint32_t)(open->tag & 0xff) << 8 | lower);
	if (open->kind == GEN_CFGRD)
		put_data(tlp + 12, gen_config_read(gen, open->reg));
	send(gen, tlp, 12 + 4 * dws, !open->from_card, 2);
}

/* Where a piece may end: a boundary within the payload size, or the end of all. */
static uint32_t piece_bytes(struct gen *gen, const struct gen_open *open)
{
	uint32_t rcb = open->from_card ? gen->rcb : 128;
	uint64_t at = open->addr + open->bytes - open->left;
	uint64_t most = (at & ~3ULL) + gen->mps;
	uint32_t nr, pick;
	uint64_t cut;

	if (at + open->left <= most && gen_random(gen, 3))
		return open->left;
	cut = (at / rcb + 1) * rcb;
	if (cut >= at + open->left)
		return open->left;
	nr = (uint32_t)((most - cut) / rcb) + 1;
	pick = gen_random(gen, nr);
	cut += (uint64_t)pick * rcb;
	if (cut >= at + open->left)
		return open->left;
	return (uint32_t)(cut - at);
}

static void drop_open(struct gen *gen, uint32_t idx)
{
	memmove(&gen->open[idx], &gen->open[idx + 1],
		(gen->nr_open - idx - 1) * sizeof(gen->open[0]));
	gen->nr_open--;
}

static void finish_one(struct gen *gen, uint32_t idx)
{
	struct gen_open *open = &gen->open[idx];
	struct gen_open copy = *open;
	uint64_t at = open->addr + open->bytes - open->left;
	uint32_t bytes;

	if (open->kind == GEN_CFGWR) {
		drop_open(gen, idx);
		gen_config_write(gen, copy.reg, copy.be, copy.data);
		complete(gen, &copy, 0, 4, 0);
		return;
	}
	if (open->status) {
		drop_open(gen, idx);
		complete(gen, &copy, 0, copy.kind == GEN_MRD ? copy.bytes : 4,
			 copy.kind == GEN_MRD ? (uint32_t)(at & 0x7f) : 0);
		return;
	}
	if (open->kind != GEN_MRD) {
		drop_open(gen, idx);
		complete(gen, &copy, copy.bytes / 4, copy.bytes, 0);
		return;
	}
	bytes = piece_bytes(gen, open);
	open->left -= bytes;
	if (!open->left)
		drop_open(gen, idx);
	complete(gen, &copy, ((uint32_t)(at & 3) + bytes + 3) / 4, copy.left,
		 (uint32_t)(at & 0x7f));
}

void gen_finish_all(struct gen *gen)
{
	while (gen->nr_open)
		finish_one(gen, gen_random(gen, gen->nr_open));
}

/* Requests of one side are answered; those to configuration in their order. */
static void answer_some(struct gen *gen)
{
	uint32_t idx, i;

	if (!gen->nr_open)
		return;
	idx = gen_random(gen, gen->nr_open);
	if (gen->open[idx].kind == GEN_CFGRD || gen->open[idx].kind == GEN_CFGWR)
		for (i = 0; i < idx; i++)
			if (gen->open[i].kind == GEN_CFGRD || gen->open[i].kind == GEN_CFGWR)
				idx = i;
	finish_one(gen, idx);
}

static void legal_be(struct gen *gen, uint64_t addr, uint32_t length, uint8_t *fbe, uint8_t *lbe)
{
	static const uint8_t top[] = { 0x8, 0xc, 0xe, 0xf }, bottom[] = { 0x1, 0x3, 0x7, 0xf };

	*lbe = 0;
	if (length == 1) {
		*fbe = (uint8_t)gen_random(gen, 16);
	} else if (length == 2 && !(addr & 4)) {
		*fbe = (uint8_t)(1 + gen_random(gen, 15));
		*lbe = (uint8_t)(1 + gen_random(gen, 15));
	} else {
		*fbe = top[gen_random(gen, 4)];
		*lbe = bottom[gen_random(gen, 4)];
	}
}

static uint32_t pick_length(struct gen *gen, uint64_t addr, uint32_t most)
{
	uint32_t room = (0x1000 - (uint32_t)(addr & 0xfff)) / 4;
	uint32_t length = 1 + gen_random(gen, gen_random(gen, 2) ? 4 : most);

	return length < room ? length : room;
}

/* Without extended tags the card has 32 of them, which is less than may be open. */
static bool has_free_tag(const struct gen *gen)
{
	uint32_t i, nr = 0;

	for (i = 0; i < gen->nr_open; i++)
		nr += gen->open[i].from_card;
	return nr < gen->card_tags;
}

static void card_dma(struct gen *gen)
{
	bool is_read = gen_random(gen, 2);
	uint64_t addr = gen_random(gen, 0x40000000) & ~3U;
	uint32_t length;
	uint8_t fbe, lbe;

	if (gen_random(gen, 2))
		addr |= (uint64_t)(1 + gen_random(gen, 0xffff)) << 32;
	if (gen->nr_open > GEN_MAX_OPEN - 8 || !has_free_tag(gen))
		return;
	length = pick_length(gen, addr, is_read ? 128 : gen->mps / 4);
	legal_be(gen, addr, length, &fbe, &lbe);
	if (gen_random(gen, 50)) {
		gen_request(gen, is_read ? GEN_MRD : GEN_MWR, true, addr, length, fbe, lbe, 7);
		return;
	}
	addr &= ~15ULL;
	gen_request(gen, gen_random(gen, 2) ? GEN_FETCHADD : GEN_CAS, true, addr, 2, 0xf, 0xf, 7);
}

static void host_memory(struct gen *gen)
{
	bool is_read = gen_random(gen, 2);
	uint64_t addr = gen_random(gen, 4) ? GEN_BAR0 + (gen_random(gen, 0x2000) & ~3U) :
					     GEN_BAR2 + (gen_random(gen, 0x1000) & ~3U);
	uint32_t length = pick_length(gen, addr, is_read ? 48 : gen->mps / 4);
	uint8_t fbe, lbe;

	if (!gen_random(gen, 200))
		addr = 0xd0000000 + (addr & 0xfff);
	legal_be(gen, addr, length, &fbe, &lbe);
	gen_request(gen, is_read ? GEN_MRD : GEN_MWR, false, addr, length, fbe, lbe, 3);
}

static void interrupt(struct gen *gen)
{
	const struct gen_entry *entry = &gen->entry[gen_random(gen, GEN_VECTORS)];

	if (gen->has_msix && !entry->is_masked)
		gen_request(gen, GEN_MWR, true, entry->addr, 1, 0xf, 0, entry->data);
}

/* A vector is moved as a kernel does it: masked, changed, unmasked, flushed. */
static void move_vector(struct gen *gen)
{
	uint32_t idx = gen_random(gen, GEN_VECTORS);
	struct gen_entry *entry = &gen->entry[idx];
	uint64_t table = GEN_TABLE + 16ULL * idx;

	if (!gen->has_msix)
		return;
	gen_request(gen, GEN_MWR, false, table + 12, 1, 0xf, 0, 1);
	if (gen_random(gen, 2))
		gen_request(gen, GEN_MWR, true, 0x1000, 1, 0xf, 0, 0);
	/* it may still come, until a read has pushed the mask */
	if (!entry->is_masked)
		gen_request(gen, GEN_MWR, true, entry->addr, 1, 0xf, 0, entry->data);
	entry->is_masked = true;
	gen_request(gen, GEN_MRD, false, table + 12, 1, 0xe, 0, 0);
	gen_finish_all(gen);
	entry->addr = 0xfee00000 + (gen_random(gen, 256) << 12);
	entry->data = 0x1000 + gen_random(gen, 0x4000);
	gen_request(gen, GEN_MWR, false, table, 1, 0xf, 0, (uint32_t)entry->addr);
	gen_request(gen, GEN_MWR, false, table + 8, 1, 0xf, 0, entry->data);
	if (gen_random(gen, 4)) {
		gen_request(gen, GEN_MWR, false, table + 12, 1, 0xf, 0, 0);
		entry->is_masked = false;
	}
}

static void message(struct gen *gen, uint8_t code, uint8_t routing)
{
	uint8_t tlp[16] = { (uint8_t)(0x30 | routing), 0, 0, 0, GEN_CARD >> 8, GEN_CARD & 0xff, 0,
			    code };

	send(gen, tlp, sizeof(tlp), true, 0);
}

static void configure(struct gen *gen)
{
	static const uint16_t regs[] = { 0x00, 0x04, 0x08, 0x0c, 0x10, 0x18, 0x3c, 0x70, 0x84,
					 0x88, 0x90, 0x100, 0x148, 0x200, 0xffc };
	uint32_t reg = regs[gen_random(gen, 15)];

	switch (gen_random(gen, 4)) {
	case 0:
		gen_request(gen, GEN_CFGWR, false, 0x3c, 1, 1, 0, gen_random(gen, 256));
		break;
	case 1:
		gen_request(gen, GEN_CFGWR, false, 0x88, 1, 0xc, 0, 0x000f0000);
		gen_finish_all(gen);
		break;
	default:
		gen_request(gen, GEN_CFGRD, false, reg, 1, 0xf, 0, 0);
	}
}

/* Bus mastering off and on, a function level reset, or a hot reset. */
static void upheaval(struct gen *gen)
{
	gen_finish_all(gen);
	switch (gen_random(gen, 3)) {
	case 0:
		gen_cfg_write(gen, 0x04, 0x3, 2);
		host_memory(gen);
		gen_finish_all(gen);
		gen_cfg_write(gen, 0x04, 0x3, 6);
		return;
	case 1:
		gen_cfg_write(gen, 0x88, 0x3, 0xa810 | (gen->config[0x88 / 4] & 0xe0));
		break;
	case 2:
		gen->cycle += 10;
		host_memory(gen);
		gen->sideband(gen->ctx, gen->cycle, false);
		gen->nr_open = 0;
		gen->cycle += 64;
		gen->sideband(gen->ctx, gen->cycle, true);
		gen_start(gen, gen->random);
		break;
	}
	gen->cycle += 1000;
	gen_set_up(gen);
	gen_msix_on(gen);
}

void gen_step(struct gen *gen)
{
	uint32_t dice = gen_random(gen, 1000);
	bool is_full = gen->nr_open > GEN_MAX_OPEN / 2;

	if (dice < 330 || is_full)
		answer_some(gen);
	else if (dice < 640)
		card_dma(gen);
	else if (dice < 840)
		host_memory(gen);
	else if (dice < 930)
		interrupt(gen);
	else if (dice < 960)
		configure(gen);
	else if (dice < 985)
		move_vector(gen);
	else if (dice < 999)
		message(gen, 0x7f, 2);
	else
		upheaval(gen);
}
