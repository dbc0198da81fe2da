// SPDX-License-Identifier: Apache-2.0
/* What the registers allow right now, so that the hot path looks at one flag. */
#include "ck.h"

static void update_pcie(struct ck_fn *fn)
{
	uint32_t dw = ck_dw(fn->caps.pcie, CK_DEVCTL);
	uint32_t mps, mrrs;

	fn->mps = 4096;
	fn->mrrs = 4096;
	fn->ext_tag_may = true;
	fn->tag10_may = false;
	if (!dw)
		return;
	/* while a write is under way the larger of both, at least */
	mps = ck_may1(fn, dw) >> 5 & 7;
	mrrs = ck_may1(fn, dw) >> 12 & 7;
	fn->mps = 128U << (mps < 5 ? mps : 5);
	fn->mrrs = 128U << (mrrs < 5 ? mrrs : 5);
	fn->ext_tag_may = ck_may1(fn, dw) & 1U << 8;
	dw = ck_dw(fn->caps.pcie, CK_DEVCTL2);
	fn->tag10_may = ck_may1(fn, dw) & 1U << 12;
}

static void update_messages(struct ck_fn *fn)
{
	uint32_t dw = fn->caps.msi / 4U;

	fn->msi_may = dw && (ck_may1(fn, dw) & 1U << 16);
	fn->msi_off_may = !dw || (ck_may0(fn, dw) & 1U << 16);
	if (!fn->msi_off_may)
		fn->msi_was_on = true;
	fn->is_msi_addr_known = dw && ck_knows(fn, dw, 1U << 23) && ck_knows(fn, dw + 1, 0xfffffffc);
	fn->msi_addr = fn->reg[dw + 1].val & 0xfffffffc;
	if (fn->is_msi_addr_known && (fn->reg[dw].val & 1U << 23)) {
		fn->is_msi_addr_known = ck_knows(fn, dw + 2, 0xffffffff);
		fn->msi_addr |= (uint64_t)fn->reg[dw + 2].val << 32;
	}
	dw = fn->caps.msix / 4U;
	fn->msix_may = dw && (ck_may1(fn, dw) & 1U << 31);
	fn->msix_off_may = !dw || (ck_may0(fn, dw) & 1U << 31);
	fn->msix_open_may = dw && (ck_may0(fn, dw) & 1U << 30);
}

void ck_gates_update(struct riser_check *ck, struct ck_fn *fn)
{
	bool could_master = fn->bme_may1 && fn->d0_may;
	uint32_t dw = ck_dw(fn->caps.pm, 4);

	fn->bme_may1 = ck_may1(fn, 1) & 4;
	fn->bme_may0 = ck_may0(fn, 1) & 4;
	fn->mse_may1 = ck_may1(fn, 1) & 2;
	fn->mse_may0 = ck_may0(fn, 1) & 2;
	fn->intx_may = ck_may0(fn, 1) & 0x400;
	fn->d0_may = !dw || (ck_may0(fn, dw) & 3) == 3;
	fn->not_d0_may = dw && (ck_may1(fn, dw) & 3);
	fn->ats_may = fn->caps.ats && (ck_may1(fn, fn->caps.ats / 4U + 1) & 1U << 31);
	update_pcie(fn);
	update_messages(fn);
	if (!fn->bme_may0) {
		fn->bme_was_set = true;
		fn->is_flr = false;
	}
	if (!fn->mse_may0)
		fn->enables_were_set = true;
	if (!fn->bme_may0)
		fn->enables_were_set = true;
	if (could_master && !(fn->bme_may1 && fn->d0_may))
		fn->stop_cycle = ck->cycle;
	ck->last_hit.hi = 0;
	ck_msix_locate(fn);
}
