// SPDX-License-Identifier: Apache-2.0
/*
 * Tags: TAG-01, TAG-02, TAG-05, TAG-08 when a request is made; TAG-04 is in
 * check_cpl.c. TAG-07 is what is not here: posted requests.
 */
#include "ck.h"

void ck_tag(struct riser_check *ck, const struct ck_tlp *tlp)
{
	const struct ck_fn *fn;

	if (tlp->dir != RISER_TO_HOST || !(tlp->tag & 0xe0))
		return;
	fn = ck_fn_of(ck, tlp->rid);
	if (!fn->ext_tag_may && !fn->tag10_may)
		ck_report(ck, CK_TAG_02, "tag %u and extended tags are not enabled", tlp->tag);
}

/* A new request has the identifier and tag of @req. */
void ck_tag_reused(struct riser_check *ck, const struct ck_req *req)
{
	switch (req->state) {
	case CK_REQ_LIVE:
		ck_report_req(ck, CK_TAG_01, req, "tag %u is still outstanding", req->tag);
		break;
	case CK_REQ_EXPIRED:
		ck_report_req(ck, CK_TAG_05, req, "tag %u expired and its completion may still "
			      "come", req->tag);
		break;
	case CK_REQ_STALE:
		ck_report_req(ck, CK_TAG_08, req, "tag %u was used before the function level "
			      "reset and its completion may still come", req->tag);
		break;
	}
}
