// SPDX-License-Identifier: Apache-2.0
/* The configuration registers of the card, as far as the stream has shown them. */
#include "ck.h"

uint32_t ck_be_mask(uint8_t be)
{
	return (be & 1 ? 0xffU : 0) | (be & 2 ? 0xff00U : 0) | (be & 4 ? 0xff0000U : 0) |
	       (be & 8 ? 0xff000000U : 0);
}

void ck_shadow_settle(struct ck_fn *fn, uint32_t dw)
{
	struct ck_reg *reg = &fn->reg[dw];

	reg->not1 = reg->known & ~reg->val;
	reg->not0 = reg->known & reg->val;
	fn->touched[dw / 32] |= 1U << dw % 32;
}

uint32_t ck_shadow_constant(const struct ck_fn *fn, uint32_t dw)
{
	const struct ck_caps *caps = &fn->caps;

	switch (dw) {
	case 0x00 / 4: /* vendor, device */
	case 0x08 / 4: /* revision, class */
	case 0x2c / 4: /* subsystem */
		return 0xffffffff;
	case 0x0c / 4:
		return 0x00ff0000; /* header type */
	case 0x34 / 4:
		return 0xff;
	case 0x3c / 4:
		return 0xffffff00; /* interrupt pin and what is 0 */
	}
	if (dw == caps->pm / 4U && caps->pm)
		return 0xffffffff;
	if (caps->msi && dw == caps->msi / 4U)
		return 0x018effff;
	if (caps->msix && dw == caps->msix / 4U)
		return 0x07ffffff;
	if (caps->msix && (dw == caps->msix / 4U + 1 || dw == caps->msix / 4U + 2))
		return 0xffffffff;
	if (!caps->pcie)
		return 0;
	if (dw == caps->pcie / 4U || dw == ck_dw(caps->pcie, CK_LNKCAP) ||
	    dw == ck_dw(caps->pcie, CK_DEVCAP2))
		return 0xffffffff;
	/* without the slot power limit, which a message sets */
	return dw == ck_dw(caps->pcie, CK_DEVCAP) ? 0xf003ffff : 0;
}

/* Bits that a write does not set to what it writes. */
static uint32_t unwritable(const struct ck_fn *fn, uint32_t dw)
{
	uint32_t mask = ck_shadow_constant(fn, dw);

	if (dw == 1)
		mask |= 0xffff0000; /* status */
	if (dw && dw == ck_dw(fn->caps.pcie, CK_DEVCTL))
		mask |= 0xffff8000; /* status, and Initiate FLR */
	if (dw && dw == ck_dw(fn->caps.pm, 4))
		mask |= 0x8; /* No_Soft_Reset */
	if (dw >= 4 && dw < 4 + CK_NR_BARS && !fn->bar[dw - 4].is_high)
		mask |= 0xf;
	return mask;
}

static void forget_register(struct ck_fn *fn, uint32_t dw, bool is_flr)
{
	uint32_t keep = ck_shadow_constant(fn, dw);

	if (is_flr && dw && dw == ck_dw(fn->caps.pcie, CK_DEVCTL))
		keep |= 7U << 5;
	if (is_flr && dw && dw == ck_dw(fn->caps.pcie, CK_LNKCTL))
		keep |= 0xffff;
	fn->reg[dw].known &= keep;
	fn->reg[dw].wrote = 0;
	fn->reg[dw].pend = 0;
	ck_shadow_settle(fn, dw);
}

static void forget(struct ck_fn *fn, bool is_flr)
{
	uint32_t idx, left;

	for (idx = 0; idx < CK_NR_REGS / 32; idx++)
		for (left = fn->touched[idx]; left; left &= left - 1)
			forget_register(fn, 32 * idx + (uint32_t)__builtin_ctz(left), is_flr);
	fn->nr_pend = 0;
	memset(&fn->status, 0, sizeof(fn->status));
	memset(&fn->devsta, 0, sizeof(fn->devsta));
	fn->has_ur = false;
	ck_shadow_default(fn, 1, 0xffff, 0);
	ck_caps_default(fn, is_flr);
}

void ck_shadow_reset(struct riser_check *ck, struct ck_fn *fn)
{
	uint32_t idx;

	forget(fn, false);
	fn->is_dirty = false;
	for (idx = 0; idx < CK_NR_BARS; idx++) {
		fn->bar[idx].is_base_known = false;
		fn->bar[idx].has_old = false;
		fn->bar[idx].is_probing = false;
	}
	ck_gates_update(ck, fn);
}

void ck_shadow_flr(struct riser_check *ck, struct ck_fn *fn)
{
	uint32_t idx;

	forget(fn, true);
	for (idx = 0; idx < CK_NR_BARS; idx++)
		if (fn->bar[idx].size || fn->bar[idx].is_high)
			ck_shadow_default(fn, 4 + idx, fn->bar[idx].is_high ? ~0U : ~0xfU, 0);
	ck_bar_rebase(ck, fn);
	ck_gates_update(ck, fn);
}

void ck_shadow_default(struct ck_fn *fn, uint32_t dw, uint32_t mask, uint32_t value)
{
	mask &= ~fn->reg[dw].known;
	if (fn->reg[dw].pend)
		return;
	fn->reg[dw].val = (fn->reg[dw].val & ~mask) | (value & mask);
	fn->reg[dw].known |= mask;
	ck_shadow_settle(fn, dw);
}

void ck_shadow_write_issued(struct riser_check *ck, struct ck_req *req)
{
	struct ck_fn *fn = ck_fn_of(ck, req->target);
	uint32_t dw = req->reg / 4U;
	uint32_t mask = ck_be_mask(req->fbe) & ~unwritable(fn, dw);

	fn->is_dirty = true;
	fn->reg[dw].not1 &= ~(req->data & mask);
	fn->reg[dw].not0 &= req->data | ~mask;
	fn->touched[dw / 32] |= 1U << dw % 32;
	if (fn->reg[dw].pend < 255)
		fn->reg[dw].pend++;
	fn->nr_pend++;
	req->is_pending = true;
	ck_gates_update(ck, fn);
}

/* What a register's new value means, beyond the gates. */
static void written(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req,
		    uint32_t old)
{
	uint32_t mask = ck_be_mask(req->fbe);
	uint32_t dw = req->reg / 4U;
	uint32_t devctl = ck_dw(fn->caps.pcie, CK_DEVCTL);

	ck_err_written(ck, fn, req, req->data & mask);
	if (dw >= 4 && dw < 4 + CK_NR_BARS) {
		ck_bar_written(fn, dw, mask, req->data);
		ck_bar_rebase(ck, fn);
	}
	if (dw == 1 && (fn->reg[1].val & ~old & 2))
		ck_bar_decode_on(ck);
	if (dw == 1 && (fn->reg[1].val & 0x400))
		ck_intx_must_fall(ck, fn, false);
	ck_pm_written(ck, fn, dw, old);
	if (dw && dw == devctl && (req->data & mask & 0x8000) &&
	    (fn->reg[ck_dw(fn->caps.pcie, CK_DEVCAP)].val & 1U << 28))
		ck_reset_function(ck, fn, true);
}

static void end_pending(struct riser_check *ck, struct ck_fn *fn, struct ck_req *req)
{
	uint32_t dw = req->reg / 4U;

	req->is_pending = false;
	if (ck->nr_id_pend)
		ck->nr_id_pend--;
	if (fn->reg[dw].pend)
		fn->reg[dw].pend--;
	if (fn->nr_pend)
		fn->nr_pend--;
}

void ck_shadow_write_lost(struct riser_check *ck, struct ck_req *req)
{
	struct ck_fn *fn = ck_fn_of(ck, req->target);
	uint32_t dw = req->reg / 4U;

	end_pending(ck, fn, req);
	fn->reg[dw].known &= ~(ck_be_mask(req->fbe) & ~ck_shadow_constant(fn, dw));
	if (!fn->reg[dw].pend)
		ck_shadow_settle(fn, dw);
	if (dw >= 4 && dw < 4 + CK_NR_BARS)
		ck_bar_rebase(ck, fn);
	ck_gates_update(ck, fn);
}

void ck_shadow_write_done(struct riser_check *ck, struct ck_req *req, bool is_ok)
{
	struct ck_fn *fn = ck_fn_of(ck, req->target);
	uint32_t dw = req->reg / 4U;
	uint32_t old = fn->reg[dw].val;
	uint32_t mask = ck_be_mask(req->fbe) & ~unwritable(fn, dw);

	end_pending(ck, fn, req);
	if (is_ok) {
		fn->is_numbered = true;
		fn->number = req->target & 0xfff8;
		fn->reg[dw].val = (old & ~mask) | (req->data & mask);
		fn->reg[dw].known |= mask;
		fn->reg[dw].wrote |= ck_be_mask(req->fbe);
	}
	if (!fn->reg[dw].pend)
		ck_shadow_settle(fn, dw);
	if (is_ok)
		written(ck, fn, req, old);
	ck_gates_update(ck, fn);
}

void ck_shadow_read_done(struct riser_check *ck, struct ck_req *req, uint32_t data)
{
	struct ck_fn *fn = ck_fn_of(ck, req->target);
	uint32_t dw = req->reg / 4U;
	uint32_t mask = ck_be_mask(req->fbe);

	fn->is_dirty = true;
	if (fn->reg[dw].pend)
		return;
	if (!ck_cfg_read(ck, fn, req, data))
		return;
	fn->reg[dw].val = (fn->reg[dw].val & ~mask) | (data & mask);
	fn->reg[dw].known |= mask;
	fn->reg[dw].wrote &= ~mask;
	ck_shadow_settle(fn, dw);
	if (dw >= 4 && dw < 4 + CK_NR_BARS && mask == 0xffffffff) {
		ck_bar_read(ck, fn, dw, data);
		ck_bar_rebase(ck, fn);
	}
	ck_caps_learn(ck, fn);
	ck_cap_read(ck, fn, dw, mask, data);
	ck_gates_update(ck, fn);
}
