// SPDX-License-Identifier: Apache-2.0
/*
 * What a card may send at all: GAT-02, FLR-03. PM-02 is in check_pm.c, GAT-01 in
 * check_err.c, GAT-04 in check_cto.c, GAT-05 in check_hdr.c.
 *
 * A posted request cannot come behind the completion of the write that forbids
 * it. A non-posted one can: completions may pass it.
 */
#include "ck.h"

static bool is_settling(const struct riser_check *ck, const struct ck_fn *fn,
			const struct ck_tlp *tlp)
{
	return (tlp->cls == RISER_NONPOSTED || fn->is_flr) && fn->stop_cycle &&
	       ck->cycle - fn->stop_cycle <= ck->config.settle_cycles;
}

void ck_gate(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_fn *fn = ck_fn_of(ck, tlp->rid);
	bool is_on = fn->bme_may1;

	/* whose it is cannot be told: that was ADR-08 */
	if (!ck_id_is_card(ck, tlp->rid) || !ck_fn_is_there(ck, tlp->rid))
		return;
	if (ck_pm_request(ck, fn, tlp) || (!is_on && is_settling(ck, fn, tlp))) {
		if (!is_on && !ck_is_io(tlp->kind))
			ck->nr_bme_late++;
		return;
	}
	if (!is_on && fn->is_flr) {
		ck->bme_told = true;
		ck_report(ck, CK_FLR_03, "%s in cycle %llu, the reset was in cycle %llu",
			  ck_kind_name(tlp->kind), (unsigned long long)ck->cycle,
			  (unsigned long long)fn->flr_cycle);
		return;
	}
	if (tlp->kind == CK_MWR && ck_msi_is_message(ck, fn, tlp)) {
		ck->bme_told = !is_on;
		ck_msi_write(ck, fn, tlp);
		return;
	}
	if (!is_on) {
		ck->bme_told = true;
		ck_report(ck, CK_GAT_02, "%s at 0x%llx", ck_kind_name(tlp->kind),
			  (unsigned long long)tlp->addr);
		return;
	}
	if (!ck_is_io(tlp->kind))
		ck_addr_dma(ck, tlp);
}
