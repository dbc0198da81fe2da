// SPDX-License-Identifier: Apache-2.0
/*
 * Capability lists, walked as far as they were read: CAP-01 to CAP-05. What is
 * found says where the registers are that other rules look at.
 */
#include "ck.h"

#define ID_PM		0x01
#define ID_VPD		0x03
#define ID_MSI		0x05
#define ID_VENDOR	0x09
#define ID_SSVID	0x0d
#define ID_PCIE		0x10
#define ID_MSIX		0x11
#define ID_AF		0x13
#define EXT_ATS		0x0f

/* A walk in progress. */
struct walk {
	uint32_t nr;
	uint8_t start[48];
	uint8_t bytes[48];
	uint32_t nr_pm;
	uint32_t nr_pcie;
	bool has_messages;
};

static uint32_t msi_bytes(uint32_t header)
{
	bool is_64 = header & 1U << 23;
	bool has_masks = header & 1U << 24;

	return has_masks ? (is_64 ? 24 : 20) : is_64 ? 14 : 10;
}

/* How long a capability is, as far as its header tells. */
static uint32_t cap_bytes(const struct ck_fn *fn, uint32_t dw)
{
	bool has_header = ck_knows(fn, dw, 0xffff0000);
	uint32_t header = fn->reg[dw].val;

	switch (header & 0xff) {
	case ID_PM:
	case ID_VPD:
	case ID_SSVID:
		return 8;
	case ID_MSI:
		return has_header ? msi_bytes(header) : 10;
	case ID_VENDOR:
		return has_header ? header >> 16 & 0xff : 3;
	case ID_PCIE:
		return has_header && (header >> 16 & 0xf) >= 2 ? 0x3c : 0x14;
	case ID_MSIX:
		return 12;
	case ID_AF:
		return 6;
	}
	return 2;
}

void ck_caps_default(struct ck_fn *fn, bool is_flr)
{
	const struct ck_caps *caps = &fn->caps;
	uint32_t dw;

	if (caps->pm)
		ck_shadow_default(fn, ck_dw(caps->pm, 4), 3, 0);
	if (caps->msi) {
		dw = caps->msi / 4U;
		ck_shadow_default(fn, dw, 0x00710000, 0);
		if (fn->reg[dw].known & fn->reg[dw].val & 1U << 24)
			ck_shadow_default(fn, dw + (fn->reg[dw].val & 1U << 23 ? 4 : 3), 0xffffffff, 0);
	}
	if (caps->msix)
		ck_shadow_default(fn, caps->msix / 4U, 0xc0000000, 0);
	if (caps->ats)
		ck_shadow_default(fn, caps->ats / 4U + 1, 0x80000000, 0);
	if (!caps->pcie)
		return;
	/* error reporting off, payload 128, reads 512; the size of a read may survive FLR */
	dw = ck_dw(caps->pcie, CK_DEVCTL);
	ck_shadow_default(fn, dw, 0x00ef, 0);
	if (!is_flr)
		ck_shadow_default(fn, dw, 0x7000, 0x2000);
	ck_shadow_default(fn, ck_dw(caps->pcie, CK_DEVCTL2), 0x1000, 0);
}

static void found(struct riser_check *ck, struct ck_fn *fn, struct walk *walk, uint32_t at)
{
	struct ck_caps *caps = &fn->caps;
	uint16_t *slot = NULL;

	switch (fn->reg[at / 4].val & 0xff) {
	case ID_PM:
		slot = &caps->pm;
		walk->nr_pm++;
		break;
	case ID_MSI:
		slot = &caps->msi;
		walk->has_messages = true;
		break;
	case ID_MSIX:
		slot = &caps->msix;
		walk->has_messages = true;
		break;
	case ID_PCIE:
		/* also what its registers need does not reach beyond the page */
		slot = at <= 0xc4 ? &caps->pcie : NULL;
		walk->nr_pcie++;
		break;
	}
	if (slot && !*slot) {
		*slot = (uint16_t)at;
		ck_caps_default(fn, false);
	}
	if (caps->msix)
		ck_msix_learn(ck, fn);
}

static bool overlaps(const struct walk *walk, uint32_t at, uint32_t bytes)
{
	uint32_t idx;

	for (idx = 0; idx < walk->nr; idx++)
		if (at < walk->start[idx] + (uint32_t)walk->bytes[idx] &&
		    walk->start[idx] < at + bytes)
			return true;
	return false;
}

/* True when the end of the list was reached. */
static bool walk_list(struct riser_check *ck, struct ck_fn *fn, struct walk *walk)
{
	uint32_t at, idx;

	if (!ck_knows(fn, 0x34 / 4, 0xff))
		return false;
	for (at = fn->reg[0x34 / 4].val & 0xff; at; at = fn->reg[at / 4].val >> 8 & 0xff) {
		if (at & 3 || at < 0x40) {
			ck_report_once(ck, fn, CK_CAP_01, "a pointer says 0x%02x", at);
			return false;
		}
		for (idx = 0; idx < walk->nr; idx++) {
			if (walk->start[idx] != at)
				continue;
			ck_report_once(ck, fn, CK_CAP_01, "the list loops at 0x%02x", at);
			return false;
		}
		if (!ck_knows(fn, at / 4, 0xffff))
			return false;
		if (overlaps(walk, at, cap_bytes(fn, at / 4))) {
			ck_report_once(ck, fn, CK_CAP_01, "the capability at 0x%02x lies in another "
				       "one", at);
			return false;
		}
		walk->start[walk->nr] = (uint8_t)at;
		walk->bytes[walk->nr] = (uint8_t)cap_bytes(fn, at / 4);
		walk->nr++;
		found(ck, fn, walk, at);
	}
	return true;
}

static void judge(struct riser_check *ck, struct ck_fn *fn, const struct walk *walk)
{
	if (walk->nr_pm != 1)
		ck_report_once(ck, fn, CK_CAP_02, "%u Power Management capabilities", walk->nr_pm);
	if (walk->nr_pcie != 1)
		ck_report_once(ck, fn, CK_CAP_02, "%u PCI Express capabilities", walk->nr_pcie);
	if (!walk->has_messages && ck_knows(fn, 0x3c / 4, 0xff00) &&
	    (fn->reg[0x3c / 4].val & 0xff00))
		ck_report_once(ck, fn, CK_CAP_03, "Interrupt Pin is %u, there is no MSI and no "
			       "MSI-X", fn->reg[0x3c / 4].val >> 8 & 0xff);
}

static void walk_extended(struct riser_check *ck, struct ck_fn *fn)
{
	uint32_t at = 0x100, next, nr;

	for (nr = 0; nr < CK_NR_REGS; nr++) {
		uint32_t header = fn->reg[at / 4].val;

		if (!ck_knows(fn, at / 4, 0xffffffff))
			return;
		if (nr == 0 && !header)
			return;
		if (header == 0xffffffff) {
			ck_report_once(ck, fn, CK_CAP_04, "the header at 0x%03x is all ones", at);
			return;
		}
		if ((header & 0xffff) == EXT_ATS && !fn->caps.ats && at < 0xffc) {
			fn->caps.ats = (uint16_t)at;
			ck_caps_default(fn, false);
		}
		next = header >> 20;
		if (!next)
			return;
		if (next & 3 || next < 0x100) {
			ck_report_once(ck, fn, CK_CAP_04, "the pointer at 0x%03x says 0x%03x", at,
				       next);
			return;
		}
		at = next;
	}
	ck_report_once(ck, fn, CK_CAP_04, "the list loops at 0x%03x", at);
}

void ck_caps_learn(struct riser_check *ck, struct ck_fn *fn)
{
	struct walk walk = { 0 };

	if (walk_list(ck, fn, &walk))
		judge(ck, fn, &walk);
	walk_extended(ck, fn);
}
