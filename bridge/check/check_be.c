// SPDX-License-Identifier: Apache-2.0
/*
 * Byte enables: BE-01 to BE-06. BE-07 is what they leave alone; BE-08 is in
 * check_cpl.c, BE-13 in check_msi.c.
 */
#include "ck.h"

/* Enabled up to byte 3 without a hole: 1000 1100 1110 1111. */
static bool reaches_top(uint8_t be)
{
	return be == 0x8 || be == 0xc || be == 0xe || be == 0xf;
}

/* Enabled from byte 0 on without a hole: 0001 0011 0111 1111. */
static bool starts_at_bottom(uint8_t be)
{
	return be == 0x1 || be == 0x3 || be == 0x7 || be == 0xf;
}

static enum ck_rule be_rule(const struct ck_tlp *tlp)
{
	if (tlp->length == 1)
		return tlp->lbe ? CK_BE_01 : CK_OK;
	if (!tlp->fbe)
		return CK_BE_02;
	if (!tlp->lbe)
		return CK_BE_03;
	if (tlp->length == 2) {
		if (!(tlp->addr & 4))
			return CK_OK;
		return reaches_top(tlp->fbe) && starts_at_bottom(tlp->lbe) ? CK_OK : CK_BE_06;
	}
	if (!reaches_top(tlp->fbe))
		return CK_BE_04;
	return starts_at_bottom(tlp->lbe) ? CK_OK : CK_BE_05;
}

bool ck_be(struct riser_check *ck, const struct ck_tlp *tlp)
{
	enum ck_rule rule;

	/* with TH the field is a steering tag; AtomicOps have none */
	if (tlp->kind > CK_IOWR || tlp->th)
		return false;
	rule = be_rule(tlp);
	if (rule == CK_OK)
		return false;
	ck_report(ck, rule, "first BE %x, last BE %x, Length %u, address 0x%llx", tlp->fbe,
		  tlp->lbe, tlp->length, (unsigned long long)tlp->addr);
	return true;
}
