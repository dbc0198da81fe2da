// SPDX-License-Identifier: Apache-2.0
/*
 * Errors as the card tells them: ERR-01, ERR-02, ERR-04, ERR-05; CFG-06; and the
 * answers that BAR-05, BAR-06, GAT-01 and PM-01 forbid.
 */
#include "ck.h"

#define STATUS_W1C	0xf9000000	/* parity, aborts, SERR */
#define DEVSTA_W1C	0x000f0000	/* correctable, non-fatal, fatal, unsupported */
#define DEVSTA_UR	0x00080000
#define SERR_ENABLE	0x0100

/* A read that no enabled BAR claims was answered with data. */
static enum ck_rule claimed_rule(uint8_t hit)
{
	switch (hit) {
	case CK_HIT_POWER:
		return CK_PM_01;
	case CK_HIT_OFF:
		return CK_GAT_01;
	case CK_HIT_OLD:
		return CK_BAR_05;
	case CK_HIT_EDGE:
		return CK_BAR_06;
	case CK_HIT_NOWHERE:
		return CK_ERR_01;
	}
	return CK_OK;
}

static bool is_supported_atomic(const struct riser_check *ck, const struct ck_req *req)
{
	const struct ck_fn *fn = &ck->fn[req->hit_fn & 7];
	uint32_t dw = ck_dw(fn->caps.pcie, CK_DEVCAP2);

	return !dw || (ck_may1(fn, dw) & 7U << 7);
}

static void check_success(struct riser_check *ck, struct ck_req *req)
{
	enum ck_rule rule = CK_OK;

	if (ck_is_io(req->kind) && !ck_bar_has_io(ck))
		rule = CK_ERR_02;
	else if (req->kind == CK_MRDLK)
		rule = CK_ERR_02;
	else if (ck_is_atomic(req->kind) && !is_supported_atomic(ck, req))
		rule = CK_ERR_02;
	else if (req->kind == CK_MRD)
		rule = claimed_rule(req->hit);
	if (rule != CK_OK)
		ck_report_req(ck, rule, req, "%s at 0x%llx was answered with success",
			      ck_kind_name(req->kind), (unsigned long long)req->start);
}

void ck_err_status(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_req *req)
{
	struct ck_fn *fn = ck_fn_of(ck, ck_is_config(req->kind) ? req->target : req->hit_fn);

	if (tlp->dir != RISER_TO_HOST)
		return;
	if (!tlp->status) {
		check_success(ck, req);
		return;
	}
	if (tlp->status != 1)
		return;
	/* a clear in between may have come behind the detection */
	if (ck->seen_fns == 1 && (!ck_is_config(req->kind) || (req->target & 7) == 0) &&
	    req->order > ck->fn[0].ur_clear_order)
		ck->fn[0].has_ur = true;
	if (req->kind == CK_MRD && req->hit == CK_HIT_IN && req->length == 1 && !fn->nr_pend &&
	    fn->d0_may && fn->mse_may1)
		ck_report_req(ck, CK_BAR_06, req, "0x%llx lies in an enabled BAR and was answered "
			      "with UR", (unsigned long long)req->start);
}

/*
 * Nothing but plain configuration requests since the last clear was sent. A request
 * that waits may set a bit: one of the host by what is wrong with it, one of the card
 * by the card's own timeout. What is read is itself the one that waits.
 */
static bool is_quiet(const struct riser_check *ck, const struct ck_clear *clear)
{
	const struct ck_reqs *own = &ck->out[RISER_TO_HOST];

	return clear->order > ck->upset_order && ck->out[RISER_TO_CARD].nr_live == 1 &&
	       !own->nr_live && own->q_oldest == CK_NO_REQ;
}

static void check_cleared(struct riser_check *ck, struct ck_fn *fn, uint32_t dw,
			  struct ck_clear *clear, uint32_t mask, uint32_t data, enum ck_rule stuck)
{
	uint32_t old = fn->reg[dw].val & fn->reg[dw].known & mask;

	if (old & ~data & ~clear->written)
		ck_report(ck, CK_CFG_06, "bits 0x%08x were 1, nobody wrote 1 to them, and they read "
			  "0", old & ~data & ~clear->written);
	else if ((old & data & clear->last) && is_quiet(ck, clear))
		ck_report(ck, stuck, "bits 0x%08x were cleared by writing 1 and still read 1",
			  old & data & clear->last);
	clear->written &= ~mask;
	clear->last &= ~mask;
}

void ck_err_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t mask,
		 uint32_t data)
{
	if (dw == 1)
		check_cleared(ck, fn, dw, &fn->status, mask & STATUS_W1C, data, CK_CFG_06);
	if (!fn->caps.pcie || dw != ck_dw(fn->caps.pcie, CK_DEVCTL))
		return;
	check_cleared(ck, fn, dw, &fn->devsta, mask & DEVSTA_W1C, data, CK_ERR_04);
	if (fn->has_ur && (mask & DEVSTA_UR)) {
		if (!(data & DEVSTA_UR))
			ck_report(ck, CK_ERR_04, "Device Status is 0x%04x after an answer with UR",
				  data >> 16);
		fn->has_ur = false;
	}
}

static void cleared(struct ck_clear *clear, const struct ck_req *req, uint32_t ones)
{
	if (!ones)
		return;
	clear->written |= ones;
	clear->last = ones;
	clear->order = req->order;
}

void ck_err_written(const struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req,
		    uint32_t ones)
{
	uint32_t dw = req->reg / 4U;

	if (dw == 1)
		cleared(&fn->status, req, ones & STATUS_W1C);
	if (!fn->caps.pcie || dw != ck_dw(fn->caps.pcie, CK_DEVCTL))
		return;
	cleared(&fn->devsta, req, ones & DEVSTA_W1C);
	if (ones & DEVSTA_UR) {
		fn->has_ur = false;
		fn->ur_clear_order = ck->order;
	}
}

void ck_err_message(struct riser_check *ck, const struct ck_tlp *tlp)
{
	const struct ck_fn *fn = ck_fn_of(ck, tlp->rid);
	uint32_t dw = ck_dw(fn->caps.pcie, CK_DEVCTL);
	uint32_t enable = tlp->code == 0x30 ? 1 : tlp->code == 0x31 ? 2 : 4;

	ck_err_upset(ck);
	if (!dw || (ck_may1(fn, dw) & enable))
		return;
	if (enable != 1 && (ck_may1(fn, 1) & SERR_ENABLE))
		return;
	ck_report(ck, CK_ERR_05, "message code 0x%02x, Device Control is 0x%04x, Command 0x%04x",
		  tlp->code, fn->reg[dw].val & 0xffff, fn->reg[1].val & 0xffff);
}
