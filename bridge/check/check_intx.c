// SPDX-License-Identifier: Apache-2.0
/* INTx messages: INT-01 to INT-03, INT-05 to INT-07, MSI-07. */
#include "ck.h"

#define LOCAL_ROUTING	4

static bool check_form(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (tlp->dir == RISER_TO_CARD)
		ck_report(ck, CK_INT_05, "INTx message sent to the card");
	else if (tlp->has_data)
		ck_report(ck, CK_INT_05, "it has a payload");
	else if (tlp->routing != LOCAL_ROUTING)
		ck_report(ck, CK_INT_05, "routing is %u, local is 4", tlp->routing);
	else if (tlp->tc)
		ck_report(ck, CK_INT_05, "TC is %u", tlp->tc);
	else
		return true;
	return false;
}

/* What keeps @fn from asserting @pin, CK_OK: nothing. */
static enum ck_rule obstacle(const struct ck_fn *fn, uint32_t pin)
{
	if (!fn->d0_may)
		return CK_PM_02;
	if (ck_knows(fn, 0x3c / 4, 0xff00) && (fn->reg[0x3c / 4].val >> 8 & 0xff) != pin + 1)
		return CK_INT_06;
	if (!fn->msi_off_may || !fn->msix_off_may)
		return CK_MSI_07;
	return fn->intx_may ? CK_OK : CK_INT_02;
}

/*
 * A card tells of its wires once for all its functions. Return: a function that
 * may assert @pin; when none may, one that has it, or else function 0.
 */
static struct ck_fn *asserter(struct riser_check *ck, uint32_t pin)
{
	struct ck_fn *found = &ck->fn[0];
	uint32_t idx;

	for (idx = 0; ck->seen_fns >> idx; idx++) {
		enum ck_rule rule = obstacle(&ck->fn[idx], pin);

		if (!(ck->seen_fns >> idx & 1))
			continue;
		if (rule == CK_OK)
			return &ck->fn[idx];
		if (rule != CK_INT_06)
			found = &ck->fn[idx];
	}
	return found;
}

static bool has_several(const struct riser_check *ck)
{
	return ck->seen_fns & (ck->seen_fns - 1);
}

static void tell_obstacle(struct riser_check *ck, enum ck_rule rule, const struct ck_fn *fn, uint32_t pin)
{
	if (rule == CK_PM_02)
		ck_report(ck, rule, "Assert_INT%c outside of D0", 'A' + pin);
	else if (rule == CK_INT_06)
		ck_report(ck, rule, "Assert_INT%c, Interrupt Pin is %u", 'A' + pin,
			  fn->reg[0x3c / 4].val >> 8 & 0xff);
	else if (rule == CK_MSI_07)
		ck_report(ck, rule, "Assert_INT%c while %s is enabled", 'A' + pin,
			  fn->msi_off_may ? "MSI-X" : "MSI");
	else
		ck_report(ck, rule, "Assert_INT%c", 'A' + pin);
}

static void check_assert(struct riser_check *ck, struct ck_fn *fn, uint32_t pin)
{
	const struct ck_fn *who = has_several(ck) ? asserter(ck, pin) : fn;
	enum ck_rule rule = obstacle(who, pin);

	if (rule != CK_OK)
		tell_obstacle(ck, rule, who, pin);
	else if (fn->intx >> pin & 1 && fn->intx_deadline != CK_NEVER && fn->intx_rule_is_07)
		ck_report(ck, CK_INT_07, "Assert_INT%c again, it was not released", 'A' + pin);
	else if (fn->intx >> pin & 1)
		ck_report(ck, CK_INT_01, "Assert_INT%c, it is asserted already", 'A' + pin);
	fn->intx |= (uint8_t)(1U << pin);
}

/* Whose ck_fn has the wires that @fn drives. */
static struct ck_fn *wires_of(struct riser_check *ck, struct ck_fn *fn)
{
	return has_several(ck) ? &ck->fn[0] : fn;
}

/* Whether an asserted wire may be another function's than @fn, which may not. */
static bool may_be_others(struct riser_check *ck, const struct ck_fn *fn, uint8_t pins)
{
	uint32_t pin;

	for (pin = 0; pin < 4; pin++)
		if ((pins >> pin & 1) && has_several(ck)) {
			const struct ck_fn *who = asserter(ck, pin);

			if (who != fn && obstacle(who, pin) == CK_OK)
				return true;
		}
	return false;
}

void ck_intx(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_fn *fn = wires_of(ck, ck_fn_of(ck, tlp->rid));
	uint32_t pin = tlp->code & 3;

	if (!check_form(ck, tlp))
		return;
	if (tlp->code < 0x24) {
		check_assert(ck, fn, pin);
		return;
	}
	if (!(fn->intx >> pin & 1))
		ck_report(ck, CK_INT_01, "Deassert_INT%c, it is not asserted", 'A' + pin);
	fn->intx &= (uint8_t)~(1U << pin);
	if (!fn->intx)
		fn->intx_deadline = CK_NEVER;
}

void ck_intx_must_fall(struct riser_check *ck, struct ck_fn *fn, bool is_07)
{
	const struct ck_fn *who = fn;

	fn = wires_of(ck, fn);
	if (!fn->intx || fn->intx_deadline != CK_NEVER || may_be_others(ck, who, fn->intx))
		return;
	fn->intx_rule_is_07 = is_07;
	fn->intx_deadline = ck->cycle + ck->config.intx_cycles;
	ck_time_arm(ck, fn->intx_deadline);
}

void ck_intx_time(struct riser_check *ck, struct ck_fn *fn)
{
	if (fn->intx_deadline == CK_NEVER)
		return;
	if (fn->intx_deadline > ck->cycle) {
		ck_time_arm(ck, fn->intx_deadline);
		return;
	}
	/* the disable bit may have been cleared again */
	if (!may_be_others(ck, NULL, fn->intx) && (fn->intx_rule_is_07 || !fn->intx_may)) {
		ck_report(ck, fn->intx_rule_is_07 ? CK_INT_07 : CK_INT_03,
			  "pins 0x%x are still asserted after %llu cycles", fn->intx,
			  (unsigned long long)ck->config.intx_cycles);
		fn->intx = 0;
	}
	fn->intx_deadline = CK_NEVER;
}
