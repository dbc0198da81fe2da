// SPDX-License-Identifier: Apache-2.0
/* Address Type: ATS-01, ATS-02. */
#include "ck.h"

bool ck_ats(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (!tlp->at || tlp->dir != RISER_TO_HOST || !ck_is_memory(tlp->kind))
		return false;
	if (tlp->at == 2) {
		ck_report(ck, CK_ATS_02, "AT says translated for address 0x%llx",
			  (unsigned long long)tlp->addr);
		return true;
	}
	if (ck_fn_of(ck, tlp->rid)->ats_may)
		return false;
	ck_report(ck, CK_ATS_01, "AT is %u and ATS is not enabled", tlp->at);
	return true;
}
