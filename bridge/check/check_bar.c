// SPDX-License-Identifier: Apache-2.0
/* Base address registers: BAR-01 to BAR-06 and BAR-11; where a request goes. */
#include "ck.h"

#define EDGE_BYTES	64

void ck_bar_written(struct ck_fn *fn, uint32_t dw, uint32_t mask, uint32_t data)
{
	struct ck_bar *bar = &fn->bar[dw - 4];

	bar->is_probing = mask == 0xffffffff && data == 0xffffffff;
	if (bar->is_probing)
		bar->is_probed = false;
}

/* One run of ones from the top: a size that is a power of two. */
static bool is_run(uint64_t mask, uint64_t top)
{
	uint64_t low = mask & (0 - mask);

	return mask && (mask | (low - 1)) == (top | (top - 1)) && (mask & top);
}

static void size_io(struct riser_check *ck, struct ck_fn *fn, struct ck_bar *bar, uint32_t probe)
{
	uint32_t mask = probe & 0xfffffffc;
	uint32_t top = mask & 0xffff0000 ? 0x80000000 : 0x8000;

	bar->is_io = true;
	if (!mask) {
		ck_report_once(ck, fn, CK_BAR_04, "it reads 0x%08x and has no size", probe);
		bar->is_none = true;
		return;
	}
	if (!is_run(mask, top)) {
		ck_report_once(ck, fn, CK_BAR_01, "the probe of an I/O BAR gave 0x%08x", probe);
		return;
	}
	bar->size = mask & (0 - mask);
	if (bar->size > 256)
		ck_report_once(ck, fn, CK_BAR_03, "I/O BAR of %llu bytes",
			       (unsigned long long)bar->size);
}

static void size_memory(struct riser_check *ck, struct ck_fn *fn, struct ck_bar *bar)
{
	uint32_t low = bar->mask & ~0xfU;
	uint64_t mask = low;
	uint64_t top = 0x80000000;

	if (bar->is_64) {
		mask |= (uint64_t)bar[1].mask << 32;
		top = 1ULL << 63;
	}
	bar->size = 0;
	if (!mask) {
		ck_report_once(ck, fn, CK_BAR_04, "BAR %u reads 0x%08x and has no size",
			       (uint32_t)(bar - fn->bar), bar->mask);
		bar->is_none = true;
		return;
	}
	if (bar->is_64 && low && bar[1].mask != 0xffffffff) {
		ck_report_once(ck, fn, CK_BAR_02, "64-bit BAR %u: the probe of the high half gave "
			       "0x%08x", (uint32_t)(bar - fn->bar), bar[1].mask);
		return;
	}
	if (!is_run(mask, top)) {
		ck_report_once(ck, fn, CK_BAR_01, "the probe of BAR %u gave 0x%llx",
			       (uint32_t)(bar - fn->bar), (unsigned long long)mask);
		return;
	}
	bar->size = mask & (0 - mask);
	if (bar->size < 128)
		ck_report_once(ck, fn, CK_BAR_03, "BAR %u has %llu bytes",
			       (uint32_t)(bar - fn->bar), (unsigned long long)bar->size);
}

static void probed(struct riser_check *ck, struct ck_fn *fn, struct ck_bar *bar, uint32_t data)
{
	struct ck_bar *first = bar->is_high ? bar - 1 : bar;

	bar->mask = data;
	bar->is_probed = true;
	if (!bar->is_high && bar->is_type_known && (data & (bar->type & 1 ? 3 : 15)) != bar->type) {
		ck_report_once(ck, fn, CK_BAR_01, "BAR %u: type bits were %x and read %x after a "
			       "write of all ones", (uint32_t)(bar - fn->bar), bar->type, data & 15);
		return;
	}
	first->is_sized = false;
	if (first->is_64 && !(first->is_probed && first[1].is_probed))
		return;
	first->is_none = false;
	first->is_sized = true;
	if (!bar->is_high && !data) {
		first->size = 0;
		first->is_none = true;
	} else if (first->mask & 1) {
		size_io(ck, fn, first, data);
	} else {
		size_memory(ck, fn, first);
	}
}

void ck_bar_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t data)
{
	struct ck_bar *bar = &fn->bar[dw - 4];

	if (!bar->is_high) {
		bar->is_64 = (data & 7) == 4;
		if (bar->is_64 && dw == 9) {
			ck_report_once(ck, fn, CK_BAR_02, "BAR 5 says 64-bit");
			bar->is_64 = false;
		} else if (bar->is_64) {
			bar[1].is_high = true;
		}
	}
	if (bar->is_probing) {
		probed(ck, fn, bar, data);
		return;
	}
	if (bar->is_high)
		return;
	if (bar->is_none && data)
		ck_report_once(ck, fn, CK_BAR_04, "BAR %u has no size and reads 0x%08x", dw - 4,
			       data);
	bar->is_type_known = true;
	bar->type = (uint8_t)(data & (data & 1 ? 3 : 15));
}

void ck_bar_rebase(struct riser_check *ck, struct ck_fn *fn)
{
	uint32_t idx;

	ck->last_hit.hi = 0;
	for (idx = 0; idx < CK_NR_BARS; idx++) {
		struct ck_bar *bar = &fn->bar[idx];
		uint64_t base = fn->reg[4 + idx].val & ~0xfU;
		bool is_known = !bar->is_high && bar->size && !bar->is_probing &&
				ck_knows(fn, 4 + idx, 0xfffffff0);

		if (bar->is_64 && idx < 5) {
			is_known = is_known && !bar[1].is_probing &&
				   ck_knows(fn, 5 + idx, 0xffffffff);
			base |= (uint64_t)fn->reg[5 + idx].val << 32;
		}
		bar->is_base_known = is_known;
		if (!is_known)
			continue;
		base &= ~(bar->size - 1);
		if (bar->base && base != bar->base) {
			bar->has_old = true;
			bar->old_base = bar->base;
		}
		bar->base = base;
	}
}

bool ck_bar_has_io(const struct riser_check *ck)
{
	uint32_t idx, fn;

	for (fn = 0; fn < CK_NR_FNS; fn++)
		for (idx = 0; idx < CK_NR_BARS; idx++)
			if (ck->fn[fn].bar[idx].is_io && ck->fn[fn].bar[idx].size)
				return true;
	return false;
}

static bool overlap(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return a < b + b_bytes && b < a + a_bytes;
}

/* One BAR against all others that decode. */
static void check_one(struct riser_check *ck, struct ck_fn *fn, const struct ck_bar *bar)
{
	uint32_t raw = fn->reg[4 + (bar - fn->bar)].val & ~0xfU;
	uint32_t idx, other;

	if (!bar->base || (bar->size <= 0x80000000 && (raw & (bar->size - 1)))) {
		ck_report(ck, CK_BAR_11, "BAR %u of %llu bytes is put at 0x%llx",
			  (uint32_t)(bar - fn->bar), (unsigned long long)bar->size,
			  (unsigned long long)(bar->base | (raw & (bar->size - 1))));
		return;
	}
	for (other = 0; other < CK_NR_FNS; other++) {
		for (idx = 0; idx < CK_NR_BARS; idx++) {
			const struct ck_bar *two = &ck->fn[other].bar[idx];

			if (two >= bar && ck->fn + other == fn)
				break;
			if (!two->is_base_known || two->is_io != bar->is_io ||
			    ck->fn[other].mse_may0 ||
			    !overlap(bar->base, bar->size, two->base, two->size))
				continue;
			ck_report(ck, CK_BAR_11, "BARs at 0x%llx and 0x%llx overlap",
				  (unsigned long long)two->base, (unsigned long long)bar->base);
			return;
		}
	}
}

void ck_bar_decode_on(struct riser_check *ck)
{
	uint32_t idx, fn;

	for (fn = 0; fn < CK_NR_FNS; fn++)
		ck_gates_update(ck, &ck->fn[fn]);
	for (fn = 0; fn < CK_NR_FNS; fn++)
		for (idx = 0; idx < CK_NR_BARS; idx++)
			if (!ck->fn[fn].mse_may0 && ck->fn[fn].bar[idx].is_base_known &&
			    !ck->fn[fn].bar[idx].is_io)
				check_one(ck, &ck->fn[fn], &ck->fn[fn].bar[idx]);
}

/* A memory request against one function; CK_HIT_NOWHERE when it is not its business. */
static enum ck_hit fn_hit(const struct ck_fn *fn, uint64_t addr, uint64_t end, struct ck_bar_hit *hit)
{
	enum ck_hit best = CK_HIT_NOWHERE;
	uint32_t idx;

	for (idx = 0; idx < CK_NR_BARS; idx++) {
		const struct ck_bar *bar = &fn->bar[idx];
		uint64_t top = bar->base + bar->size;

		if (bar->is_high || bar->is_none || bar->is_io)
			continue;
		if (!bar->is_base_known)
			return CK_HIT_UNKNOWN;
		if (addr >= bar->base && end <= top) {
			if (!fn->d0_may)
				return CK_HIT_POWER;
			if (!fn->mse_may1)
				return CK_HIT_OFF;
			if (fn->mse_may0 || fn->not_d0_may)
				return CK_HIT_UNKNOWN;
			hit->lo = bar->base;
			hit->hi = top;
			return CK_HIT_IN;
		}
		if (bar->has_old && addr >= bar->old_base && end <= bar->old_base + bar->size)
			best = CK_HIT_OLD;
		else if (best == CK_HIT_NOWHERE &&
			 ((addr < top + EDGE_BYTES && end > top) ||
			  (end + EDGE_BYTES > bar->base && addr < bar->base)))
			best = CK_HIT_EDGE;
	}
	return best;
}

enum ck_hit ck_bar_hit(struct riser_check *ck, const struct ck_tlp *tlp, uint8_t *hit_fn)
{
	uint64_t end = tlp->addr + 4U * tlp->length;
	enum ck_hit best = CK_HIT_NOWHERE;
	uint32_t idx;

	if (ck->last_hit.hi && tlp->addr >= ck->last_hit.lo && end <= ck->last_hit.hi) {
		*hit_fn = ck->last_hit.fn;
		return CK_HIT_IN;
	}
	if (!ck->seen_fns)
		return CK_HIT_UNKNOWN;
	for (idx = 0; idx < CK_NR_FNS; idx++) {
		struct ck_bar_hit range = { 0 };
		enum ck_hit hit;

		if (!(ck->seen_fns >> idx & 1))
			continue;
		hit = fn_hit(&ck->fn[idx], tlp->addr, end, &range);
		if (hit == CK_HIT_UNKNOWN)
			return hit;
		if (hit < best) {
			best = hit;
			*hit_fn = (uint8_t)idx;
		}
		if (hit == CK_HIT_IN) {
			range.fn = (uint8_t)idx;
			ck->last_hit = range;
			return hit;
		}
	}
	return best;
}

bool ck_bar_own(const struct riser_check *ck, uint64_t addr, uint64_t bytes)
{
	uint32_t idx, fn;

	for (fn = 0; ck->seen_fns >> fn; fn++) {
		if (ck->fn[fn].mse_may0)
			continue;
		for (idx = 0; idx < CK_NR_BARS; idx++) {
			const struct ck_bar *bar = &ck->fn[fn].bar[idx];

			if (bar->is_base_known && !bar->is_io &&
			    overlap(addr, bytes, bar->base, bar->size))
				return true;
		}
	}
	return false;
}
