// SPDX-License-Identifier: Apache-2.0
/* Power states: PM-02, PM-03. PM-01 is in check_err.c. */
#include "ck.h"

#define PM_D1		(1U << 25)	/* in the first dword: supported */
#define PM_D2		(1U << 26)
#define NO_SOFT_RESET	(1U << 3)
#define STATE		3U

static bool is_state_unsupported(const struct ck_fn *fn, uint32_t state)
{
	uint32_t dw = fn->caps.pm / 4U;
	uint32_t bit = state == 1 ? PM_D1 : PM_D2;

	return (state == 1 || state == 2) && ck_knows(fn, dw, bit) && !(fn->reg[dw].val & bit);
}

void ck_pm_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t mask,
		uint32_t data)
{
	if (fn->caps.pm && dw == ck_dw(fn->caps.pm, 4) && (mask & STATE) &&
	    is_state_unsupported(fn, data & STATE))
		ck_report(ck, CK_PM_03, "PowerState reads D%u, which is not supported",
			  data & STATE);
}

void ck_pm_written(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t old)
{
	uint32_t state = fn->reg[dw].val & STATE;

	if (!fn->caps.pm || dw != ck_dw(fn->caps.pm, 4) || state == (old & STATE))
		return;
	if (is_state_unsupported(fn, state)) {
		/* the write is ignored */
		fn->reg[dw].val = (fn->reg[dw].val & ~STATE) | (old & STATE);
		ck_shadow_settle(fn, dw);
		return;
	}
	if (state)
		ck_intx_must_fall(ck, fn, true);
	else if ((old & STATE) == 3 && !(fn->reg[dw].val & NO_SOFT_RESET))
		ck_reset_function(ck, fn, false);
}

bool ck_pm_request(struct riser_check *ck, const struct ck_fn *fn, const struct ck_tlp *tlp)
{
	if (fn->d0_may)
		return false;
	if (tlp->cls == RISER_NONPOSTED && ck->cycle - fn->stop_cycle <= ck->config.settle_cycles)
		return true;
	ck_report(ck, CK_PM_02, "%s outside of D0", ck_kind_name(tlp->kind));
	return true;
}
