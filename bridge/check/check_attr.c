// SPDX-License-Identifier: Apache-2.0
/* Attributes: ATT-04. Of configuration requests: CFG-16. */
#include "ck.h"

static bool has_no_attributes(const struct ck_tlp *tlp)
{
	if (ck_is_io(tlp->kind))
		return true;
	if (!ck_is_message(tlp->kind))
		return false;
	return (tlp->code >= 0x20 && tlp->code <= 0x27) || tlp->code == 0x14 ||
	       tlp->code == 0x18 || tlp->code == 0x19 || tlp->code == 0x1b || tlp->code == 0x30 ||
	       tlp->code == 0x31 || tlp->code == 0x33;
}

bool ck_attr(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (!tlp->attr || !has_no_attributes(tlp))
		return false;
	ck_report(ck, CK_ATT_04, "attributes are %u (bit 0 No Snoop, 1 Relaxed Ordering, 2 IDO)",
		  tlp->attr);
	return true;
}
