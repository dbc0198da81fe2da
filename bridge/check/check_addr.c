// SPDX-License-Identifier: Apache-2.0
/*
 * Addresses and identifiers: ADR-01, ADR-08, ADR-11, and with mappings ADR-02,
 * ADR-04 and ADR-05. ADR-06 is in check_msi.c, ADR-07 in check_cpl.c.
 */
#include "ck.h"

#include <errno.h>
#include <stdlib.h>

/*
 * The numbers of the last configuration write to the card, or to the function:
 * each captures those of its own, and has none before.
 */
bool ck_id_is_card(const struct riser_check *ck, uint16_t id)
{
	const struct ck_fn *fn = &ck->fn[id & 7];

	id &= 0xfff8;
	if (!ck->has_id || id == ck->id || (ck->nr_id_pend && id == ck->old_id))
		return true;
	return id == (fn->is_numbered ? fn->number : 0);
}

bool ck_fn_is_there(const struct riser_check *ck, uint16_t id)
{
	return !ck->seen_fns || ck->seen_fns >> (id & 7) & 1;
}

static void check_requester(struct riser_check *ck, const struct ck_tlp *tlp)
{
	/* of error messages: MSG-03 */
	if (ck_is_message(tlp->kind) && tlp->code >= 0x30 && tlp->code <= 0x33)
		return;
	if (!ck_id_is_card(ck, tlp->rid))
		ck_report(ck, CK_ADR_08, "Requester ID is 0x%04x, the card was given 0x%04x",
			  tlp->rid, ck->id);
	else if (!ck_fn_is_there(ck, tlp->rid))
		ck_report(ck, CK_ADR_08, "Requester ID is 0x%04x, function %u is not there",
			  tlp->rid, tlp->rid & 7);
	else if (ck_is_message(tlp->kind) && tlp->code >= 0x20 && tlp->code <= 0x27 && (tlp->rid & 7))
		ck_report(ck, CK_ADR_08, "Requester ID is 0x%04x, of an INTx message the function number is 0",
			  tlp->rid);
}

bool ck_addr(struct riser_check *ck, const struct ck_tlp *tlp)
{
	uint64_t last = tlp->addr + 4U * tlp->length - 1;

	if (tlp->dir == RISER_TO_HOST)
		check_requester(ck, tlp);
	if (!ck_is_memory(tlp->kind))
		return false;
	if (tlp->is_4dw ? last < tlp->addr : last >= CK_MEMORY_4G) {
		ck_report(ck, CK_ADR_11, "%u DW from 0x%llx wrap around", tlp->length,
			  (unsigned long long)tlp->addr);
		return true;
	}
	if (tlp->is_4dw && tlp->addr < CK_MEMORY_4G)
		ck_report(ck, CK_ADR_01, "4 DW header for address 0x%llx",
			  (unsigned long long)tlp->addr);
	return false;
}

/* Index of the first range that ends behind @addr. */
static uint32_t range_at(const struct ck_ranges *ranges, uint64_t addr)
{
	uint32_t lo = 0, hi = ranges->nr;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (ranges->range[mid].hi > addr)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static bool is_covered(const struct ck_ranges *maps, uint64_t addr, uint64_t end, uint8_t access)
{
	uint32_t idx = range_at(maps, addr);

	for (; idx < maps->nr && maps->range[idx].lo <= addr; idx++) {
		if (!(maps->range[idx].access & access))
			return false;
		if (maps->range[idx].hi >= end)
			return true;
		addr = maps->range[idx].hi;
	}
	return false;
}

/* A mapping above 4 GiB of which @addr is the low half. */
static bool is_truncated(const struct ck_ranges *maps, uint64_t addr)
{
	uint32_t idx;

	if (addr >= CK_MEMORY_4G)
		return false;
	for (idx = range_at(maps, CK_MEMORY_4G); idx < maps->nr; idx++) {
		uint64_t high = maps->range[idx].lo & ~(uint64_t)0xffffffff;

		if ((high | addr) >= maps->range[idx].lo && (high | addr) < maps->range[idx].hi)
			return true;
	}
	return false;
}

void ck_addr_dma(struct riser_check *ck, const struct ck_tlp *tlp)
{
	uint8_t access = tlp->has_data ? RISER_CHECK_MAP_WRITE : RISER_CHECK_MAP_READ;
	uint64_t addr = tlp->addr;
	uint32_t first = 0, bytes;
	uint32_t idx;

	if (ck_is_atomic(tlp->kind)) {
		access = RISER_CHECK_MAP_WRITE | RISER_CHECK_MAP_READ;
		bytes = tlp->kind == CK_CAS ? 2U * tlp->length : 4U * tlp->length;
	} else {
		bytes = ck_span(tlp->length, tlp->fbe, tlp->lbe, &first);
	}
	addr += first;
	idx = range_at(&ck->regions, addr);
	if (ck_bar_own(ck, addr, bytes) ||
	    (idx < ck->regions.nr && ck->regions.range[idx].lo < addr + bytes)) {
		ck_report(ck, CK_ADR_05, "%u bytes at 0x%llx are memory of a device", bytes,
			  (unsigned long long)addr);
		return;
	}
	if (!ck->has_maps || is_covered(&ck->maps, addr, addr + bytes, access))
		return;
	if (is_truncated(&ck->maps, addr))
		ck_report(ck, CK_ADR_02, "0x%llx is the low half of a mapped address",
			  (unsigned long long)addr);
	else
		ck_report(ck, CK_ADR_04, "%s of %u bytes at 0x%llx, no mapping allows that",
			  tlp->has_data ? "write" : "read", bytes, (unsigned long long)addr);
}

static int range_add(struct ck_ranges *ranges, uint64_t addr, uint64_t bytes, uint8_t access)
{
	uint32_t idx = range_at(ranges, addr);

	if (!bytes || addr + bytes < addr ||
	    (idx < ranges->nr && ranges->range[idx].lo < addr + bytes))
		return -EINVAL;
	if (ranges->nr == ranges->room) {
		uint32_t room = ranges->room ? 2 * ranges->room : 64;
		struct ck_range *range = realloc(ranges->range, room * sizeof(*range));

		if (!range)
			return -ENOMEM;
		ranges->range = range;
		ranges->room = room;
	}
	memmove(ranges->range + idx + 1, ranges->range + idx,
		(ranges->nr - idx) * sizeof(*ranges->range));
	ranges->range[idx] = (struct ck_range){ addr, addr + bytes, access };
	ranges->nr++;
	return 0;
}

void ck_ranges_free(struct ck_ranges *ranges)
{
	free(ranges->range);
}

int riser_check_map(struct riser_check *ck, uint64_t addr, uint64_t bytes, uint32_t access)
{
	ck->has_maps = true;
	return range_add(&ck->maps, addr, bytes, (uint8_t)access);
}

int riser_check_unmap(struct riser_check *ck, uint64_t addr)
{
	uint32_t idx = range_at(&ck->maps, addr);

	if (idx == ck->maps.nr || ck->maps.range[idx].lo != addr)
		return -ENOENT;
	ck->maps.nr--;
	memmove(ck->maps.range + idx, ck->maps.range + idx + 1,
		(ck->maps.nr - idx) * sizeof(*ck->maps.range));
	return 0;
}

int riser_check_region(struct riser_check *ck, uint64_t addr, uint64_t bytes)
{
	return range_add(&ck->regions, addr, bytes, 0);
}
