// SPDX-License-Identifier: Apache-2.0
/* Read completion boundary: where a partial completion may end. RCB-01 to -06. */
#include "ck.h"

#define LINK_RCB_128	(1U << 3)

static uint32_t host_rcb(const struct riser_check *ck)
{
	const struct ck_fn *fn = &ck->fn[0];
	uint32_t dw = ck_dw(fn->caps.pcie, CK_LNKCTL);

	if (dw && ck_knows(fn, dw, LINK_RCB_128) && (fn->reg[dw].val & LINK_RCB_128))
		return 128;
	return ck->config.host_rcb_bytes;
}

/* @end: address behind the last byte of a completion that is not the last one. */
void ck_rcb(struct riser_check *ck, const struct ck_tlp *tlp, const struct ck_req *req,
	    uint64_t end, bool is_first)
{
	bool is_card = tlp->dir == RISER_TO_HOST;
	uint32_t rcb = is_card ? CK_RCB_CARD : host_rcb(ck);
	uint64_t last = req->start + req->bytes - 1;
	enum ck_rule rule;

	if (!(end & (rcb - 1)))
		return;
	if (!(end & 63))
		rule = is_card ? CK_RCB_05 : CK_RCB_06;
	else if (!((req->start ^ last) & ~(uint64_t)(rcb - 1)))
		rule = CK_RCB_01;
	else if (is_first)
		rule = CK_RCB_02;
	else if (!((end ^ last) & ~(uint64_t)(rcb - 1)))
		rule = CK_RCB_04;
	else
		rule = CK_RCB_03;
	ck_report_req(ck, rule, req, "it ends at address 0x%llx with %u of %u bytes to come, the "
		      "boundary is %u", (unsigned long long)end,
		      (uint32_t)(last + 1 - end), req->bytes, rcb);
}
