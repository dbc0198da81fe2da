// SPDX-License-Identifier: Apache-2.0
/*
 * Configuration requests and what they show: CFG-01 to CFG-06, CFG-09 to CFG-12,
 * CFG-16 to CFG-18. CFG-14 is in check_reset.c.
 */
#include "ck.h"

#define HARDWIRED_COMMAND	0x02b8	/* special cycle, MWI, snoop, stepping, back-to-back */
#define CAP_LIST		(1U << 20)
#define NO_STATUS		0x06200000	/* 66 MHz, DEVSEL */
#define MULTI_FUNCTION		(1U << 23)

bool ck_cfg_fields(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (!ck_is_config(tlp->kind))
		return false;
	if (!tlp->tc && !tlp->attr && !tlp->at && !tlp->lbe)
		return false;
	ck_report(ck, CK_CFG_16, "TC %u, attributes %u, AT %u, last BE %x", tlp->tc, tlp->attr,
		  tlp->at, tlp->lbe);
	return true;
}

void ck_cfg_issue(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_req *req)
{
	uint16_t id = tlp->target & 0xfff8;

	if (tlp->kind != CK_CFGWR0)
		return;
	ck_cap_write(ck, ck_fn_of(ck, tlp->target), req);
	if (!ck->has_id || id != ck->id)
		ck->old_id = ck->has_id ? ck->id : 0;
	ck->id = id;
	ck->has_id = true;
	ck->nr_id_pend++;
	ck_shadow_write_issued(ck, req);
}

/* Registers that only a write changes. */
static uint32_t steady(const struct ck_fn *fn, uint32_t dw)
{
	if (dw == 1)
		return 0x0547;
	if (dw == 0x0c / 4)
		return 0xff;
	if (dw == 0x3c / 4)
		return 0xff;
	if (dw >= 4 && dw < 4 + CK_NR_BARS && !fn->bar[dw - 4].is_probing)
		return 0xffffffff;
	return 0;
}

/*
 * Base classes that PCI-SIG has given out; ffh is "fits in no defined class". Of
 * class 0 only the one code that says nothing at all is judged.
 */
static bool is_class_assigned(uint32_t code)
{
	uint32_t base = code >> 16;

	return code && code != 0xffffff && (base <= 0x13 || base == 0x40 || base == 0xff);
}

static void check_header(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t mask,
			 uint32_t data)
{
	uint32_t ones = data & mask;

	if (dw == 0 && (mask & 0xffff) == 0xffff && (data & 0xffff) == 0xffff)
		ck_report_once(ck, fn, CK_CFG_09, "Vendor ID is 0xffff");
	if (dw == 2 && (mask & 0xffffff00) == 0xffffff00 && !is_class_assigned(data >> 8))
		ck_report_once(ck, fn, CK_CFG_09, "class code is 0x%06x", data >> 8);
	if (dw == 3 && (ones & 0x7f0000))
		ck_report_once(ck, fn, CK_CFG_10, "header type is 0x%02x", data >> 16 & 0x7f);
	if (dw != 1)
		return;
	if (ones & HARDWIRED_COMMAND)
		ck_report_once(ck, fn, CK_CFG_11, "Command reads 0x%04x", data & 0xffff);
	if (((mask & CAP_LIST) && !(data & CAP_LIST)) || (ones & NO_STATUS))
		ck_report_once(ck, fn, CK_CFG_12, "Status reads 0x%04x", data >> 16);
}

bool ck_cfg_read(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req,
		 uint32_t data)
{
	uint32_t dw = req->reg / 4U;
	uint32_t mask = ck_be_mask(req->fbe);
	uint32_t changed = (fn->reg[dw].val ^ data) & mask & fn->reg[dw].known;
	uint32_t constant = changed & ck_shadow_constant(fn, dw);

	ck_reset_read(ck, fn, dw, mask, data);
	if (constant && fn->caps.msix && dw == fn->caps.msix / 4U && (constant & 0x07ff0000))
		ck_report_once(ck, fn, CK_MSX_01, "the table size was %u and is %u",
			       (fn->reg[dw].val >> 16 & 0x7ff) + 1, (data >> 16 & 0x7ff) + 1);
	else if (constant)
		ck_report(ck, CK_CFG_05, "register 0x%03x was 0x%08x and reads 0x%08x", req->reg,
			  fn->reg[dw].val, data);
	if (constant)
		return false;
	if (fn->reg[dw].wrote && (changed & steady(fn, dw) & ~fn->reg[dw].wrote))
		ck_report(ck, CK_CFG_04, "register 0x%03x was 0x%08x and reads 0x%08x, written "
			  "were bits 0x%08x", req->reg, fn->reg[dw].val, data, fn->reg[dw].wrote);
	check_header(ck, fn, dw, mask, data);
	ck_pm_read(ck, fn, dw, mask, data);
	ck_err_read(ck, fn, dw, mask, data);
	return true;
}

static bool is_single_function(const struct riser_check *ck)
{
	return ck_knows(&ck->fn[0], 3, MULTI_FUNCTION) && !(ck->fn[0].reg[3].val & MULTI_FUNCTION);
}

/* A function answered with success. */
static void check_presence(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req,
			   uint32_t data, bool has_data)
{
	uint32_t idx = (uint32_t)(fn - ck->fn);

	if (idx && is_single_function(ck))
		ck_report_once(ck, fn, CK_CFG_02, "function %u answers and the multi-function bit "
			       "is 0", idx);
	else if (idx && has_data && !req->reg && (req->fbe & 3) == 3 && (data & 0xffff) == 0xffff)
		ck_report_once(ck, fn, CK_CFG_02, "function %u answers and its Vendor ID is 0xffff",
			       idx);
	else {
		fn->is_seen = true;
		ck->seen_fns |= (uint8_t)(1U << idx);
	}
}

static void check_failed(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req,
			 uint8_t status)
{
	uint32_t dw = req->reg / 4U;
	bool was_answered = fn->answered[dw / 8] >> dw % 8 & 1;
	enum ck_rule rule = CK_CFG_03;
	uint32_t idx;

	if (!fn->is_seen) {
		fn->is_absent = true;
		if (!ck_knows(&ck->fn[0], 3, MULTI_FUNCTION) ||
		    !(ck->fn[0].reg[3].val & MULTI_FUNCTION))
			return;
		for (idx = 1; idx < CK_NR_FNS; idx++)
			if (!ck->fn[idx].is_absent)
				return;
		ck_report_once(ck, &ck->fn[0], CK_CFG_10, "the multi-function bit is 1 and there "
			       "is one function");
		return;
	}
	if (!fn->d0_may || (was_answered && fn->enables_were_set && !fn->bme_may1 && !fn->mse_may1))
		rule = CK_CFG_17;
	else if (req->reg >= 0x100)
		rule = CK_CFG_18;
	ck_report_req(ck, rule, req, "register 0x%03x of function %u gave status %u", req->reg,
		      (uint32_t)(fn - ck->fn), status);
}

void ck_cfg_done(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_req *req)
{
	struct ck_fn *fn = ck_fn_of(ck, req->target);
	uint32_t data = tlp->has_data && tlp->size_dw ? ck_data32(tlp->data) : 0;
	uint32_t dw = req->reg / 4U;

	if (!ck_is_config(req->kind))
		return;
	if (req->kind == CK_CFGRD1 || req->kind == CK_CFGWR1) {
		if (tlp->status != 1)
			ck_report_req(ck, CK_CFG_01, req, "%s was answered with status %u",
				      ck_kind_name(req->kind), tlp->status);
		return;
	}
	if (tlp->status == 2)
		ck_reset_rrs(ck, fn, req);
	else if (tlp->status)
		check_failed(ck, fn, req, tlp->status);
	else
		check_presence(ck, fn, req, data, tlp->has_data);
	if (!tlp->status && fn->is_seen) {
		fn->has_succeeded = true;
		fn->answered[dw / 8] |= (uint8_t)(1U << dw % 8);
	}
	if (req->kind == CK_CFGWR0)
		ck_shadow_write_done(ck, req, !tlp->status && fn->is_seen);
	else if (tlp->has_data && !tlp->ep && fn->is_seen)
		ck_shadow_read_done(ck, req, data);
}
