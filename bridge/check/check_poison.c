// SPDX-License-Identifier: Apache-2.0
/* Poisoned data from the card: PSN-03, PSN-05. */
#include "ck.h"

void ck_poison(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (!tlp->ep || !tlp->has_data || tlp->dir != RISER_TO_HOST)
		return;
	if (ck_is_completion(tlp->kind)) {
		const struct ck_req *req = ck_req_find(&ck->out[RISER_TO_CARD], tlp->rid, tlp->tag);

		if (req)
			ck_report_req(ck, CK_PSN_03, req, "%s with EP set",
				      ck_kind_name(tlp->kind));
	} else if (tlp->kind == CK_MWR) {
		ck_report(ck, CK_PSN_05, "MWr with EP set to 0x%llx",
			  (unsigned long long)tlp->addr);
	}
}
