// SPDX-License-Identifier: Apache-2.0
/* Length: LEN-02 to LEN-05. LEN-01 is in check_hdr.c, with the other sizes. */
#include "ck.h"

/* That is ADR-11. */
static bool wraps(const struct ck_tlp *tlp, uint32_t bytes)
{
	uint64_t last = tlp->addr + bytes - 1;

	return tlp->is_4dw ? last < tlp->addr : last >= CK_MEMORY_4G;
}

bool ck_len(struct riser_check *ck, const struct ck_tlp *tlp)
{
	const struct ck_fn *fn = ck_fn_of(ck, tlp->dir == RISER_TO_HOST ? tlp->rid : 0);
	uint32_t bytes = 4U * tlp->length;

	if ((ck_is_io(tlp->kind) || ck_is_config(tlp->kind)) && tlp->raw_length != 1) {
		ck_report(ck, CK_LEN_05, "Length is %u", tlp->raw_length);
		return true;
	}
	/* completions: CPL-18 */
	if (tlp->has_data && !ck_is_completion(tlp->kind) && bytes > fn->mps) {
		ck_report(ck, CK_LEN_02, "payload of %u bytes, Max_Payload_Size is %u", bytes,
			  fn->mps);
		return true;
	}
	if (!ck_is_memory(tlp->kind))
		return false;
	if ((tlp->addr & 0xfff) + bytes > 0x1000 && !wraps(tlp, bytes)) {
		ck_report(ck, CK_LEN_04, "%u bytes from 0x%llx cross a 4 KiB boundary", bytes,
			  (unsigned long long)tlp->addr);
		return true;
	}
	if (tlp->dir == RISER_TO_HOST && !tlp->has_data && bytes > fn->mrrs)
		ck_report(ck, CK_LEN_03, "read of %u bytes, Max_Read_Request_Size is %u", bytes,
			  fn->mrrs);
	return false;
}
