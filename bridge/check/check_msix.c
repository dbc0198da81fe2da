// SPDX-License-Identifier: Apache-2.0
/*
 * The MSI-X table: MSX-01, MSX-02, MSX-04 to MSX-07, MSX-09. Its entries are
 * learnt from the host's writes. A write is posted, so it has surely arrived only
 * when a later request of the host was completed; until then the entry counts as
 * it was and as it is.
 */
#include "ck.h"

static uint32_t hint_of(uint64_t addr, uint32_t data)
{
	return (uint32_t)((addr >> 2 ^ addr >> 12 ^ data ^ data >> 8) & (CK_NR_HINTS - 1));
}

static bool is_settled(const struct riser_check *ck, const struct ck_entry *entry)
{
	return entry->order < ck->flushed;
}

static bool is_masked(const struct riser_check *ck, const struct ck_entry *entry)
{
	return (entry->ctrl & 1) && (is_settled(ck, entry) || !entry->was_unmasked);
}

static void check_place(struct riser_check *ck, struct ck_fn *fn, uint32_t reg, uint64_t bytes,
			const char *name)
{
	uint32_t bir = reg & 7;
	const struct ck_bar *bar = &fn->bar[bir < CK_NR_BARS ? bir : 0];

	if (bir >= CK_NR_BARS)
		ck_report_once(ck, fn, CK_MSX_01, "BIR of the %s is %u", name, bir);
	else if (bar->is_io || bar->is_none || bar->is_high)
		ck_report_once(ck, fn, CK_MSX_01, "BIR of the %s is %u, which is no memory BAR",
			       name, bir);
	else if (bar->size && (reg & ~7U) + bytes > bar->size)
		ck_report_once(ck, fn, CK_MSX_01, "the %s ends at 0x%llx of BAR %u, which has "
			       "0x%llx bytes", name, (unsigned long long)((reg & ~7U) + bytes), bir,
			       (unsigned long long)bar->size);
}

static void check_places(struct riser_check *ck, struct ck_fn *fn)
{
	uint32_t dw = fn->caps.msix / 4U;
	uint32_t nr = (fn->reg[dw].val >> 16 & 0x7ff) + 1;
	uint32_t table = fn->reg[dw + 1].val, pba = fn->reg[dw + 2].val;
	uint32_t table_bytes = 16 * nr, pba_bytes = (nr + 63) / 64 * 8;

	if (!ck_knows(fn, dw, 0xffff0000 & 0x07ff0000) || !ck_knows(fn, dw + 1, 0xffffffff) ||
	    !ck_knows(fn, dw + 2, 0xffffffff))
		return;
	check_place(ck, fn, table, table_bytes, "table");
	check_place(ck, fn, pba, pba_bytes, "pending bits");
	if ((table & 7) == (pba & 7) && (table & ~7U) < (uint64_t)(pba & ~7U) + pba_bytes &&
	    (pba & ~7U) < (uint64_t)(table & ~7U) + table_bytes)
		ck_report_once(ck, fn, CK_MSX_01, "table at 0x%x and pending bits at 0x%x overlap",
			       table & ~7U, pba & ~7U);
}

/* The capability was found, or more of it was read. */
void ck_msix_learn(struct riser_check *ck, struct ck_fn *fn)
{
	uint32_t dw = fn->caps.msix / 4U;
	uint32_t nr = (fn->reg[dw].val >> 16 & 0x7ff) + 1;

	if (!fn->table_nr && ck_knows(fn, dw, 0x07ff0000) && nr <= CK_NR_ENTRIES - ck->nr_entries) {
		fn->table_first = ck->nr_entries;
		fn->table_nr = nr;
		ck->nr_entries += nr;
		ck_msix_reset(ck, fn);
	}
	check_places(ck, fn);
}

void ck_msix_locate(struct ck_fn *fn)
{
	uint32_t dw = fn->caps.msix / 4U;
	uint32_t reg = fn->reg[dw + 1].val;
	const struct ck_bar *bar = &fn->bar[(reg & 7) < CK_NR_BARS ? reg & 7 : 0];

	fn->table_lo = 0;
	fn->table_hi = 0;
	if (!fn->table_nr || !ck_knows(fn, dw + 1, 0xffffffff) || !bar->is_base_known ||
	    !fn->mse_may1)
		return;
	fn->table_lo = bar->base + (reg & ~7U);
	fn->table_hi = fn->table_lo + 16ULL * fn->table_nr;
}

void ck_msix_reset(struct riser_check *ck, struct ck_fn *fn)
{
	uint32_t idx;

	memset(&ck->entry[fn->table_first], 0, fn->table_nr * sizeof(ck->entry[0]));
	for (idx = 0; idx < fn->table_nr; idx++)
		ck->entry[fn->table_first + idx].ctrl = 1;
	fn->has_far_messages = false;
}

static struct ck_entry *entry_at(struct riser_check *ck, const struct ck_fn *fn, uint64_t addr)
{
	return &ck->entry[fn->table_first + (uint32_t)((addr - fn->table_lo) / 16)];
}

static void set_dword(struct ck_entry *entry, uint32_t field, uint32_t mask, uint32_t data)
{
	uint64_t shifted = (uint64_t)mask << 32;

	switch (field) {
	case 0:
		entry->addr = (entry->addr & ~(uint64_t)mask) | (data & mask & ~3U);
		break;
	case 1:
		entry->addr = (entry->addr & ~shifted) | ((uint64_t)data << 32 & shifted);
		break;
	case 2:
		entry->data = (entry->data & ~mask) | (data & mask);
		break;
	case 3:
		entry->ctrl = (entry->ctrl & ~mask) | (data & mask);
		break;
	}
}

static void write_dword(struct riser_check *ck, struct ck_fn *fn, uint64_t addr, uint8_t be,
			uint32_t data)
{
	struct ck_entry *entry = entry_at(ck, fn, addr);
	uint32_t field = addr >> 2 & 3;

	if (!be)
		return;
	if (is_settled(ck, entry) || !entry->order) {
		entry->prev_addr = entry->addr;
		entry->prev_data = entry->data;
		entry->was_unmasked = !(entry->ctrl & 1);
		if (field != 3 && entry->is_programmed) {
			entry->old_addr = entry->addr;
			entry->old_data = entry->data;
			entry->has_old = true;
		}
	}
	entry->order = ck->order;
	set_dword(entry, field, ck_be_mask(be), data);
	if (field == 3) {
		entry->is_ctrl_known = true;
		entry->was_unmasked |= !(entry->ctrl & 1);
		return;
	}
	entry->is_known = true;
	entry->is_programmed = true;
	ck->entry_hint[hint_of(entry->addr, entry->data)] = (uint16_t)(entry - ck->entry);
	if (field < 2 && entry->addr - ck->config.msg_window >= CK_WINDOW_BYTES)
		fn->has_far_messages = true;
}

void ck_msix_host_write(struct riser_check *ck, const struct ck_tlp *tlp)
{
	uint32_t idx, dw;

	for (idx = 0; ck->seen_fns >> idx; idx++) {
		struct ck_fn *fn = &ck->fn[idx];

		if (tlp->addr + 4U * tlp->length <= fn->table_lo || tlp->addr >= fn->table_hi)
			continue;
		for (dw = 0; dw < tlp->length; dw++) {
			uint64_t addr = tlp->addr + 4U * dw;
			uint8_t be = dw == 0 ? tlp->fbe : dw + 1U == tlp->length ? tlp->lbe : 0xf;

			if (addr >= fn->table_lo && addr < fn->table_hi)
				write_dword(ck, fn, addr, be, ck_data32(tlp->data + 4 * dw));
		}
	}
}

static void read_dword(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req,
		       uint64_t addr, uint32_t data)
{
	struct ck_entry *entry = entry_at(ck, fn, addr);
	uint32_t field = addr >> 2 & 3;

	/* a write that came behind the request may or may not be in the data */
	if (entry->order > req->order)
		return;
	if (field == 3) {
		if (!entry->is_ctrl_known && !(data & 1))
			ck_report_req(ck, CK_MSX_02, req, "entry %u reads vector control 0x%08x",
				      (uint32_t)((addr - fn->table_lo) / 16), data);
		entry->is_ctrl_known = true;
		entry->ctrl = data;
		return;
	}
	if (entry->is_programmed)
		return;
	set_dword(entry, field, 0xffffffff, data);
	entry->is_known = true;
	if (entry->addr && entry->addr - ck->config.msg_window >= CK_WINDOW_BYTES)
		fn->has_far_messages = true;
}

/* @dws dwords of read data from @addr on. */
void ck_msix_host_read(struct riser_check *ck, const struct ck_req *req, uint64_t addr,
		       const uint8_t *data, uint32_t dws)
{
	uint32_t idx, dw;

	addr &= ~(uint64_t)3;
	if (req->length == 1 && req->fbe != 0xf)
		return;
	for (idx = 0; ck->seen_fns >> idx; idx++) {
		struct ck_fn *fn = &ck->fn[idx];

		if (addr + 4U * dws <= fn->table_lo || addr >= fn->table_hi)
			continue;
		for (dw = 0; dw < dws; dw++)
			if (addr + 4U * dw >= fn->table_lo && addr + 4U * dw < fn->table_hi)
				read_dword(ck, fn, req, addr + 4U * dw, ck_data32(data + 4 * dw));
	}
}

bool ck_msix_has_addr(const struct riser_check *ck, const struct ck_fn *fn, uint64_t addr)
{
	uint32_t idx;

	for (idx = 0; idx < fn->table_nr; idx++) {
		const struct ck_entry *entry = &ck->entry[fn->table_first + idx];

		if (entry->is_known && entry->addr == addr)
			return true;
	}
	return false;
}

static bool is_message(const struct riser_check *ck, const struct ck_entry *entry, uint64_t addr,
		       uint32_t data)
{
	if (!entry->is_known)
		return false;
	if (entry->addr == addr && entry->data == data)
		return true;
	/* under way: any mix of the fields before and after */
	return !is_settled(ck, entry) && (entry->addr == addr || entry->prev_addr == addr) &&
	       (entry->data == data || entry->prev_data == data);
}

/* CK_OK when this entry may send now. */
static enum ck_rule entry_rule(const struct riser_check *ck, const struct ck_fn *fn,
			       const struct ck_entry *entry)
{
	if (!fn->msix_may || !fn->bme_may1)
		return CK_MSX_06;
	if (!entry->is_programmed)
		return CK_MSX_09;
	if (!fn->msix_open_may || is_masked(ck, entry))
		return CK_MSX_05;
	return CK_OK;
}

/* Several entries may hold the same message: one that may send is enough. */
static const struct ck_entry *find(const struct riser_check *ck, const struct ck_fn *fn,
				   uint64_t addr, uint32_t data, enum ck_rule *rule)
{
	uint32_t hint = ck->entry_hint[hint_of(addr, data)];
	const struct ck_entry *best = NULL;
	uint32_t idx;

	if (hint - fn->table_first < fn->table_nr && is_message(ck, &ck->entry[hint], addr, data)) {
		best = &ck->entry[hint];
		*rule = entry_rule(ck, fn, best);
		if (*rule == CK_OK)
			return best;
	}
	for (idx = 0; idx < fn->table_nr; idx++) {
		const struct ck_entry *entry = &ck->entry[fn->table_first + idx];
		enum ck_rule this_rule;

		if (!is_message(ck, entry, addr, data))
			continue;
		this_rule = entry_rule(ck, fn, entry);
		if (!best || this_rule == CK_OK) {
			best = entry;
			*rule = this_rule;
		}
		if (this_rule == CK_OK)
			break;
	}
	return best;
}

static const struct ck_entry *find_old(const struct riser_check *ck, const struct ck_fn *fn,
				       uint64_t addr, uint32_t data)
{
	uint32_t idx;

	for (idx = 0; idx < fn->table_nr; idx++) {
		const struct ck_entry *entry = &ck->entry[fn->table_first + idx];

		if (entry->has_old && entry->old_addr == addr && entry->old_data == data)
			return entry;
	}
	return NULL;
}

bool ck_msix_write(struct riser_check *ck, struct ck_fn *fn, const struct ck_tlp *tlp,
		   uint32_t data)
{
	enum ck_rule rule = CK_OK;
	const struct ck_entry *entry = find(ck, fn, tlp->addr, data, &rule);
	uint32_t first = fn->table_first;

	if (entry) {
		if (rule != CK_OK)
			ck_report(ck, rule, "entry %u; MSI-X Enable %u, Bus Master Enable %u, "
				  "function mask %u, vector control 0x%x",
				  (uint32_t)(entry - ck->entry) - first, fn->msix_may, fn->bme_may1,
				  !fn->msix_open_may, entry->ctrl);
		return true;
	}
	if (!fn->msix_may)
		return false;
	/* its entries found no room here, or where the table is was never seen */
	if (!fn->table_nr && ck_knows(fn, fn->caps.msix / 4U, 0x07ff0000))
		return true;
	if (!fn->table_nr)
		return false;
	if (!fn->table_lo)
		return true;
	if (!fn->bme_may1) {
		ck_report(ck, CK_MSX_06, "Bus Master Enable is 0");
		return true;
	}
	entry = find_old(ck, fn, tlp->addr, data);
	if (entry)
		ck_report(ck, CK_MSX_07, "entry %u held that before it was changed",
			  (uint32_t)(entry - ck->entry) - first);
	else if (!tlp->addr)
		ck_report(ck, CK_MSX_09, "write of 0x%08x to address 0", data);
	else
		ck_report(ck, CK_MSX_04, "no entry holds address 0x%llx and data 0x%08x",
			  (unsigned long long)tlp->addr, data);
	return true;
}
