// SPDX-License-Identifier: Apache-2.0
/*
 * Resets: CFG-14, FLR-01, FLR-02, FLR-07, FLR-08, RST-01, RST-02. FLR-03 is in
 * check_gate.c, MSX-02 in check_msix.c.
 */
#include "ck.h"

#define GRACE_CYCLES	2	/* until the card sees that the link is down */

uint64_t ck_ms(const struct riser_check *ck, uint64_t ms)
{
	return ms * 1000000000ULL / ck->config.clk_period_ps;
}

/* True when the link cannot carry anything. */
bool ck_reset_link(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (!ck->is_link_down)
		return false;
	if (ck->cycle > ck->down_cycle + GRACE_CYCLES)
		ck_report(ck, CK_RST_02, "%s in cycle %llu, the link went down in cycle %llu",
			  ck_kind_name(tlp->kind), (unsigned long long)ck->cycle,
			  (unsigned long long)ck->down_cycle);
	return true;
}

void ck_reset_function(struct riser_check *ck, struct ck_fn *fn, bool is_flr)
{
	fn->stop_cycle = ck->cycle;
	fn->bme_was_set = false;
	fn->bme_answered = false;
	fn->enables_were_set = false;
	fn->msi_was_on = false;
	fn->has_succeeded = false;
	fn->has_answered = false;
	if (is_flr) {
		fn->is_flr = true;
		fn->is_post_flr = true;
		fn->flr_cycle = ck->cycle;
		fn->ready_by = ck->cycle + ck_ms(ck, 100);
		ck_reqs_stale(&ck->out[RISER_TO_HOST], (uint8_t)(fn - ck->fn));
		ck_intx_must_fall(ck, fn, true);
		ck_shadow_flr(ck, fn);
	} else {
		fn->is_flr = false;
		fn->is_post_flr = false;
		fn->ready_by = ck->cycle + ck_ms(ck, 1000);
		if (fn->is_dirty)
			ck_shadow_reset(ck, fn);
	}
	ck_msix_reset(ck, fn);
}

/* What a function level reset must have cleared and nobody has written since. */
void ck_reset_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t mask,
		   uint32_t data)
{
	uint32_t set = data & mask & fn->reg[dw].known & ~fn->reg[dw].val;
	uint32_t enables = 0, others = 0;

	if (fn->caps.pcie && dw == ck_dw(fn->caps.pcie, CK_DEVCTL)) {
		if (data & mask & 0x8000)
			ck_report(ck, CK_FLR_08, "Device Control reads 0x%04x", data & 0xffff);
		others = 0xf;
	}
	if (!fn->is_post_flr || fn->reg[dw].wrote)
		return;
	if (dw == 1) {
		enables = 0x6;
		others = 0x540;
	} else if (dw >= 4 && dw < 4 + CK_NR_BARS && fn->bar[dw - 4].size) {
		others = 0xfffffff0;
	} else if (fn->caps.msi && dw == fn->caps.msi / 4U) {
		enables = 1U << 16;
	} else if (fn->caps.msix && dw == fn->caps.msix / 4U) {
		enables = 1U << 31;
	} else if (fn->caps.pm && dw == ck_dw(fn->caps.pm, 4)) {
		others = 3;
	}
	if (set & enables)
		ck_report(ck, CK_FLR_07, "register 0x%03x reads 0x%08x", 4 * dw, data);
	else if (set & others)
		ck_report(ck, CK_FLR_02, "register 0x%03x reads 0x%08x", 4 * dw, data);
}

/* A configuration request was answered with retry status. */
void ck_reset_rrs(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req)
{
	if (fn->has_succeeded)
		ck_report_req(ck, CK_CFG_14, req, "the function has succeeded already");
	else if (ck->cycle > fn->ready_by)
		ck_report_req(ck, fn->is_post_flr ? CK_FLR_01 : CK_RST_01, req,
			      "retry status %llu cycles after the last cycle for it",
			      (unsigned long long)(ck->cycle - fn->ready_by));
}

static void link_down(struct riser_check *ck)
{
	uint32_t idx;

	ck->is_link_down = true;
	ck->down_cycle = ck->cycle;
	ck->has_id = false;
	ck->nr_id_pend = 0;
	ck->error_order = 0;
	ck->nr_bme_late = 0;
	for (idx = 0; idx < RISER_NR_DIRECTIONS; idx++)
		ck_reqs_reset(ck, &ck->out[idx]);
	ck_ord_reset(ck);
	memset(ck->credit, 0, sizeof(ck->credit));
	for (idx = 0; idx < CK_NR_FNS; idx++) {
		ck->fn[idx].intx = 0;
		ck->fn[idx].is_numbered = false;
		ck->fn[idx].intx_deadline = CK_NEVER;
		ck_reset_function(ck, &ck->fn[idx], false);
	}
}

void riser_check_sideband(struct riser_check *ck, uint64_t cycle, uint32_t levels)
{
	bool is_up = (levels & RISER_SB_LINK_UP) &&
		     !(levels & (RISER_SB_PERST | RISER_SB_HOT_RESET));
	uint32_t idx;

	riser_check_time(ck, cycle);
	ck->levels = levels;
	if (!is_up && !ck->is_link_down)
		link_down(ck);
	if (!is_up || !ck->is_link_down)
		return;
	ck->is_link_down = false;
	ck->up_cycle = ck->cycle;
	for (idx = 0; idx < CK_NR_FNS; idx++)
		ck->fn[idx].ready_by = ck->cycle + ck_ms(ck, 1000);
}

void riser_check_status(struct riser_check *ck, uint64_t cycle, uint32_t status)
{
	bool is_flr = status & RISER_STATUS_FLR;

	riser_check_time(ck, cycle);
	if (is_flr && !(ck->status & RISER_STATUS_FLR))
		ck->status_flr_cycle = ck->cycle;
	if (!is_flr && (ck->status & RISER_STATUS_FLR) &&
	    ck->cycle - ck->status_flr_cycle > ck_ms(ck, 100))
		ck_report(ck, CK_FLR_01, "the card was in reset for %llu cycles",
			  (unsigned long long)(ck->cycle - ck->status_flr_cycle));
	ck->status = status;
}
