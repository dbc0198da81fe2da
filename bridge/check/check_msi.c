// SPDX-License-Identifier: Apache-2.0
/*
 * Messages of a card: ADR-06, BE-13, MSI-01 to MSI-03, MSI-06, MSI-09. Those of
 * the MSI-X table are in check_msix.c, MSI-07 in check_intx.c.
 */
#include "ck.h"

static bool in_window(const struct riser_check *ck, uint64_t addr)
{
	return addr - ck->config.msg_window < CK_WINDOW_BYTES;
}

static bool is_msi_addr(const struct ck_fn *fn, uint64_t addr)
{
	return fn->is_msi_addr_known && fn->msi_addr && addr == fn->msi_addr;
}

bool ck_msi_is_message(const struct riser_check *ck, const struct ck_fn *fn,
		       const struct ck_tlp *tlp)
{
	if (in_window(ck, tlp->addr))
		return true;
	if (tlp->length != 1)
		return false;
	return (is_msi_addr(fn, tlp->addr) && (fn->msi_may || fn->msi_was_on)) ||
	       (!tlp->addr && fn->msix_may) ||
	       (fn->has_far_messages && ck_msix_has_addr(ck, fn, tlp->addr));
}

/* The data against the programmed one, the vector against its mask. */
static void check_msi_data(struct riser_check *ck, const struct ck_fn *fn, uint32_t data)
{
	uint32_t dw = fn->caps.msi / 4U;
	uint32_t control = fn->reg[dw].val;
	uint32_t data_dw = dw + (control & 1U << 23 ? 3 : 2);
	uint32_t mme = control >> 20 & 7, mmc = control >> 17 & 7;
	uint32_t granted = 1U << (mme < 5 ? mme : 5);
	uint32_t capable = 1U << (mmc < 5 ? mmc : 5);
	uint32_t wrong;

	if (data >> 16) {
		ck_report(ck, CK_MSI_02, "data is 0x%08x", data);
		return;
	}
	if (ck_knows(fn, data_dw, 0xffff) && ck_knows(fn, dw, 0x00700000)) {
		wrong = (data ^ fn->reg[data_dw].val) & 0xffff;
		if (wrong & ~(granted - 1) && !(wrong & ~(capable - 1))) {
			ck_report(ck, CK_MSI_03, "data 0x%04x is vector %u, %u are granted", data,
				  wrong, granted);
			return;
		}
		if (wrong & ~(granted - 1)) {
			ck_report(ck, CK_MSI_02, "data is 0x%04x, programmed is 0x%04x with %u "
				  "vectors", data, fn->reg[data_dw].val & 0xffff, granted);
			return;
		}
	}
	dw = data_dw + 1;
	if (control & 1U << 24 && !(ck_may0(fn, dw) >> (data & (granted - 1)) & 1))
		ck_report(ck, CK_MSI_06, "vector %u is masked", data & (granted - 1));
}

static void check_msi(struct riser_check *ck, const struct ck_fn *fn, uint32_t data)
{
	if (fn->msi_may && fn->bme_may1) {
		check_msi_data(ck, fn, data);
		return;
	}
	ck_report(ck, fn->msi_was_on && fn->bme_may1 ? CK_MSI_09 : CK_MSI_01,
		  "MSI Enable is %u, Bus Master Enable is %u", fn->msi_may, fn->bme_may1);
}

void ck_msi_write(struct riser_check *ck, struct ck_fn *fn, const struct ck_tlp *tlp)
{
	bool is_msi = is_msi_addr(fn, tlp->addr);
	uint32_t data = ck_data32(tlp->data);

	if (tlp->length != 1) {
		ck_report(ck, CK_ADR_06, "%u DW at 0x%llx", tlp->length,
			  (unsigned long long)tlp->addr);
		return;
	}
	if (tlp->fbe != 0xf) {
		bool is_ours = is_msi || ck_msix_has_addr(ck, fn, tlp->addr);

		ck_report(ck, is_ours ? CK_BE_13 : CK_ADR_06, "first BE is %x at 0x%llx", tlp->fbe,
			  (unsigned long long)tlp->addr);
		return;
	}
	if (is_msi && !fn->msix_may) {
		check_msi(ck, fn, data);
		return;
	}
	if (ck_msix_write(ck, fn, tlp, data))
		return;
	/* while its address is being written it cannot be known */
	if (fn->msi_may && fn->caps.msi && !fn->is_msi_addr_known)
		return;
	if (fn->msi_may)
		ck_report(ck, CK_MSI_02, "address is 0x%llx, programmed is 0x%llx",
			  (unsigned long long)tlp->addr, (unsigned long long)fn->msi_addr);
	else
		ck_report(ck, fn->table_nr ? CK_MSX_06 : CK_MSI_01,
			  "write of 0x%08x to 0x%llx, no messages are enabled", data,
			  (unsigned long long)tlp->addr);
}
