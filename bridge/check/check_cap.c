// SPDX-License-Identifier: Apache-2.0
/* Contents of capabilities: CAP-05, CAP-06, CAP-09. The lists: check_caps.c. */
#include "ck.h"

static void check_headers(struct riser_check *ck, struct ck_fn *fn)
{
	uint32_t dw = fn->caps.pcie / 4U;
	uint32_t version, type;

	if (dw && ck_knows(fn, dw, 0xffff0000)) {
		version = fn->reg[dw].val >> 16 & 0xf;
		type = fn->reg[dw].val >> 20 & 0xf;
		if (version < 1 || version > 2 || type > 1)
			ck_report_once(ck, fn, CK_CAP_05, "PCI Express capability version %u, "
				       "Device/Port Type %u", version, type);
	}
	dw = fn->caps.pm / 4U;
	if (dw && ck_knows(fn, dw, 0x70000)) {
		version = fn->reg[dw].val >> 16 & 7;
		if (version < 2 || version > 3)
			ck_report_once(ck, fn, CK_CAP_05, "Power Management capability version %u",
				       version);
	}
}

/* A control bit that reads 1 while the capability bit that it belongs to is 0. */
static void check_absent(struct riser_check *ck, struct ck_fn *fn, uint32_t cap_dw, uint32_t cap,
			 uint32_t ones, uint32_t control, const char *name)
{
	if ((ones & control) && ck_knows(fn, cap_dw, cap) && !(fn->reg[cap_dw].val & cap))
		ck_report_once(ck, fn, CK_CAP_09, "%s reads 0x%x, the capability says there is "
			       "none", name, ones & control);
}

void ck_cap_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t mask,
		 uint32_t data)
{
	uint32_t ones = data & mask;
	uint32_t cap;

	check_headers(ck, fn);
	if (!fn->caps.pcie)
		return;
	if (dw == ck_dw(fn->caps.pcie, CK_DEVCTL)) {
		cap = ck_dw(fn->caps.pcie, CK_DEVCAP);
		check_absent(ck, fn, cap, 1U << 5, ones, 1U << 8, "Extended Tag Enable");
		check_absent(ck, fn, cap, 3U << 3, ones, 1U << 9, "Phantom Functions Enable");
	}
	if (dw == ck_dw(fn->caps.pcie, CK_DEVCTL2)) {
		cap = ck_dw(fn->caps.pcie, CK_DEVCAP2);
		check_absent(ck, fn, cap, 0xf, ones, 0xf, "Completion Timeout Value");
		check_absent(ck, fn, cap, 1U << 4, ones, 1U << 4, "Completion Timeout Disable");
		check_absent(ck, fn, cap, 1U << 11, ones, 1U << 10, "LTR Enable");
		check_absent(ck, fn, cap, 1U << 17, ones, 1U << 12, "10-Bit Tag Enable");
		check_absent(ck, fn, cap, 3U << 18, ones, 3U << 13, "OBFF Enable");
	}
}

/* Software programs Max_Payload_Size. */
void ck_cap_write(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req)
{
	uint32_t cap = ck_dw(fn->caps.pcie, CK_DEVCAP);
	uint32_t dw = req->reg / 4U;
	uint32_t mps;

	if (!cap || dw != ck_dw(fn->caps.pcie, CK_DEVCTL) || !(req->fbe & 1))
		return;
	mps = req->data >> 5 & 7;
	if (ck_knows(fn, cap, 7) && mps > (fn->reg[cap].val & 7))
		ck_report(ck, CK_CAP_06, "Max_Payload_Size %u bytes, supported are %u", 128U << mps,
			  128U << (fn->reg[cap].val & 7));
}
