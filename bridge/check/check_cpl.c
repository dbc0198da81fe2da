// SPDX-License-Identifier: Apache-2.0
/*
 * Completions: CPL-01 to CPL-19, ADR-07, BE-08, TAG-04, TAG-08, CTO-03, ERR-07.
 *
 * A completion breaks one rule here: the first one that explains what is wrong
 * with it. Afterwards the request is only counted down.
 */
#include "ck.h"

/* Same requester, other tag bits; or same tag, other requester. Slow path. */
static struct ck_req *find_alike(struct ck_reqs *reqs, const struct ck_tlp *tlp, bool by_tag)
{
	uint16_t idx;

	for (idx = reqs->oldest; idx != CK_NO_REQ; idx = reqs->pool[idx].next) {
		struct ck_req *req = &reqs->pool[idx];

		if (by_tag ? req->tag == tlp->tag :
			     req->rid == tlp->rid && (req->tag & 0xff) == (tlp->tag & 0xff))
			return req;
	}
	return NULL;
}

/* What became of the tag that @tlp names, NULL when it was never used. */
static struct ck_past *find_past(struct ck_past *all, const struct ck_tlp *tlp)
{
	struct ck_past *past = &all[ck_past_slot(tlp->rid, tlp->tag)];

	return past->end != CK_END_NONE && past->rid == tlp->rid && past->tag == tlp->tag ? past : NULL;
}

static void check_past(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_reqs *reqs)
{
	struct ck_past *past = find_past(reqs->past, tlp);
	const struct ck_past *posted = find_past(reqs->posted, tlp);
	uint8_t dir = !tlp->dir;

	if (posted && (!past || posted->order > past->order)) {
		ck_report_past(ck, CK_CPL_01, posted, dir, "it answers a posted request");
		return;
	}
	if (!past) {
		ck_report(ck, CK_CPL_02, "no request of 0x%04x with tag %u is outstanding",
			  tlp->rid, tlp->tag);
		return;
	}
	if (past->repeats) {
		past->repeats--;
		return;
	}
	switch (past->end) {
	case CK_END_DONE:
		ck_report_past(ck, CK_CPL_16, past, dir, "the request was complete already");
		break;
	case CK_END_ERROR:
		ck_report_past(ck, CK_CPL_17, past, dir, "the request ended with an error already");
		break;
	case CK_END_EXPIRED:
		ck_report_past(ck, CK_CTO_03, past, dir, "the request has timed out");
		break;
	case CK_END_RESET:
		ck_report_past(ck, CK_TAG_08, past, dir, "the request was made before the reset");
		break;
	}
}

static void check_unmatched(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_reqs *reqs)
{
	struct ck_req *req = find_alike(reqs, tlp, true);

	/* the same tag of another function of the card says nothing */
	if (req && (req->rid ^ tlp->rid) < CK_NR_FNS && find_past(reqs->past, tlp))
		req = NULL;
	if (req) {
		ck_report_req(ck, CK_ADR_07, req, "Requester ID is 0x%04x, the request's is 0x%04x",
			      tlp->rid, req->rid);
		ck_req_finish(ck, reqs, req, CK_END_DONE);
		return;
	}
	req = find_alike(reqs, tlp, false);
	if (req) {
		ck_report_req(ck, CK_TAG_04, req, "tag is %u, the request's is %u", tlp->tag,
			      req->tag);
		ck_req_finish(ck, reqs, req, CK_END_DONE);
		return;
	}
	check_past(ck, tlp, reqs);
}

/* What does not depend on data. */
static enum ck_rule form_rule(struct riser_check *ck, const struct ck_tlp *tlp,
			      const struct ck_req *req)
{
	bool is_config = ck_is_config(req->kind);
	bool is_locked = tlp->kind == CK_CPLLK || tlp->kind == CK_CPLDLK;
	uint8_t fn = is_config ? req->target & 7 : req->hit_fn;

	if (tlp->status != 0 && tlp->status != 1 && tlp->status != 2 && tlp->status != 4)
		return CK_CPL_05;
	if (tlp->status && tlp->has_data)
		return CK_CPL_04;
	if (tlp->status == 2 && !is_config)
		return CK_CPL_06;
	if (!tlp->status && tlp->has_data != ck_wants_data(req->kind))
		return CK_CPL_03;
	if (is_locked != (req->kind == CK_MRDLK))
		return CK_CPL_03;
	if (tlp->tc != req->tc || ((tlp->attr ^ req->attr) & (CK_RO | CK_NS)))
		return CK_CPL_07;
	if (tlp->dir == RISER_TO_HOST) {
		if (!ck_id_is_card(ck, tlp->cid))
			return CK_CPL_08;
		if ((is_config || req->hit == CK_HIT_IN) && tlp->status != 1 &&
		    (tlp->cid & 7) != fn)
			return CK_CPL_08;
	}
	return CK_OK;
}

static void tell_form(struct riser_check *ck, enum ck_rule rule, const struct ck_tlp *tlp,
		      const struct ck_req *req)
{
	ck_report_req(ck, rule, req, "%s with status %u, completer 0x%04x, TC %u, attributes %u "
		      "answers %s", ck_kind_name(tlp->kind), tlp->status, tlp->cid, tlp->tc,
		      tlp->attr, ck_kind_name(req->kind));
}

/* Completions of anything but memory reads; false when something is wrong. */
static bool check_plain(struct riser_check *ck, const struct ck_tlp *tlp, const struct ck_req *req)
{
	bool is_atomic = ck_is_atomic(req->kind);
	uint32_t bytes = is_atomic && !tlp->status ? req->bytes : 4;

	if ((tlp->bc != bytes && !(is_atomic && tlp->status)) || tlp->lower)
		ck_report_req(ck, CK_CPL_14, req, "Byte Count is %u and must be %u, Lower Address "
			      "is %u and must be 0", tlp->bc, bytes, tlp->lower);
	else if (tlp->has_data && 4U * tlp->length != bytes)
		ck_report_req(ck, CK_CPL_15, req, "payload of %u DW for %u bytes", tlp->length,
			      bytes);
	else
		return true;
	return false;
}

/* DWs that hold @bytes from @addr on. */
static uint32_t cover_dw(uint64_t addr, uint32_t bytes)
{
	return ((uint32_t)(addr & 3) + bytes + 3) / 4;
}

/* A later piece of the data, right in itself. */
static bool is_later_piece(const struct ck_tlp *tlp, const struct ck_req *req, uint64_t at)
{
	uint64_t skipped;

	if (tlp->bc >= req->left)
		return false;
	skipped = at + req->left - tlp->bc;
	return !(skipped & 63) && tlp->lower == (skipped & 0x7f) &&
	       tlp->length <= cover_dw(skipped, tlp->bc);
}

/* Data of a memory read. Returns the bytes that it carries. */
static uint32_t check_data(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_req *req)
{
	uint64_t at = req->start + req->bytes - req->left;
	uint32_t need = cover_dw(at, req->left);
	bool is_first = req->left == req->bytes;
	bool is_flush = req->length == 1 && !req->fbe;

	if (is_flush) {
		if (tlp->bc != 1 || tlp->lower != (at & 0x7c) || tlp->length != 1)
			ck_report_req(ck, CK_BE_08, req, "Byte Count %u, Lower Address 0x%02x, %u "
				      "DW", tlp->bc, tlp->lower, tlp->length);
		return req->left;
	}
	if (req->is_spoiled)
		goto count;
	req->is_spoiled = true;
	if (tlp->bc != req->left && is_later_piece(tlp, req, at))
		ck_report_req(ck, CK_CPL_19, req, "Byte Count %u and Lower Address 0x%02x are of a "
			      "later part, %u bytes are missing before it", tlp->bc, tlp->lower,
			      req->left - tlp->bc);
	else if (tlp->bc != req->left)
		ck_report_req(ck, is_first ? CK_CPL_10 : CK_CPL_11, req,
			      "Byte Count is %u and must be %u", tlp->bc, req->left);
	else if (tlp->lower != (at & 0x7f))
		ck_report_req(ck, CK_CPL_13, req, "Lower Address is 0x%02x and must be 0x%02x",
			      tlp->lower, (uint32_t)(at & 0x7f));
	else if (tlp->length > need)
		ck_report_req(ck, is_first ? CK_CPL_15 : CK_CPL_16, req,
			      "payload of %u DW where %u hold all that is left", tlp->length, need);
	else
		req->is_spoiled = false;
	if (!req->is_spoiled && tlp->length < need)
		ck_rcb(ck, tlp, req, (at & ~(uint64_t)3) + 4U * tlp->length, is_first);
count:
	if (tlp->length >= need)
		return req->left;
	return 4U * tlp->length - (uint32_t)(at & 3);
}

static void note_answer(struct riser_check *ck, const struct ck_tlp *tlp, const struct ck_req *req)
{
	struct ck_fn *fn;

	if (tlp->dir != RISER_TO_HOST)
		return;
	if (req->order > ck->flushed)
		ck->flushed = req->order;
	fn = ck_fn_of(ck, ck_is_config(req->kind) ? req->target : req->hit_fn);
	fn->has_answered = true;
	if (!fn->bme_may0)
		fn->bme_answered = true;
}

/* One completion that is all of the answer. */
static void check_whole(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_req *req,
			bool is_fine)
{
	if (is_fine && req->kind != CK_MRD && req->kind != CK_MRDLK)
		is_fine = check_plain(ck, tlp, req);
	if (is_fine) {
		ck_err_status(ck, tlp, req);
		ck_cfg_done(ck, tlp, req);
	}
}

static void check_live(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_reqs *reqs,
		       struct ck_req *req)
{
	enum ck_rule rule = form_rule(ck, tlp, req);
	bool is_read = req->kind == CK_MRD || req->kind == CK_MRDLK;
	uint32_t mps = ck_fn_of(ck, tlp->dir == RISER_TO_HOST ? tlp->cid : tlp->rid)->mps;
	uint32_t bytes;

	note_answer(ck, tlp, req);
	/* retry status is no error */
	if (tlp->status && tlp->status != 2)
		ck_err_upset(ck);
	if (req->is_bad) {
		ck_report_req(ck, CK_ERR_07, req, "a malformed %s was answered",
			      ck_kind_name(req->kind));
		ck_req_finish(ck, reqs, req, CK_END_DONE);
		return;
	}
	if (rule != CK_OK) {
		tell_form(ck, rule, tlp, req);
	} else if (tlp->has_data && 4U * tlp->length > mps) {
		ck_report_req(ck, CK_CPL_18, req, "payload of %u bytes, Max_Payload_Size is %u",
			      4U * tlp->length, mps);
		req->is_spoiled = true;
	}
	if (tlp->status || !is_read || !tlp->has_data) {
		check_whole(ck, tlp, req, rule == CK_OK);
		ck_req_finish(ck, reqs, req, tlp->status ? CK_END_ERROR : CK_END_DONE);
		return;
	}
	if (rule != CK_OK)
		req->is_spoiled = true;
	if (req->left == req->bytes)
		ck_err_status(ck, tlp, req);
	if (tlp->dir == RISER_TO_HOST && !req->is_spoiled)
		ck_msix_host_read(ck, req, req->start + req->bytes - req->left, tlp->data,
				  tlp->length);
	bytes = check_data(ck, tlp, req);
	req->left -= bytes < req->left ? bytes : req->left;
	if (!req->left)
		ck_req_finish(ck, reqs, req, CK_END_DONE);
}

/* All of the answer, or its last part, by its own word. */
static bool is_last(const struct ck_tlp *tlp)
{
	return tlp->status || !tlp->has_data || 4U * tlp->length - (tlp->lower & 3) >= tlp->bc;
}

void ck_cpl(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_reqs *reqs = &ck->out[!tlp->dir];
	struct ck_req *req = ck_req_find(reqs, tlp->rid, tlp->tag);

	if (!req) {
		check_unmatched(ck, tlp, reqs);
		return;
	}
	if (req->is_unjudged) {
		if (is_last(tlp) && !req->repeats--)
			ck_req_finish(ck, reqs, req, CK_END_DONE);
		return;
	}
	switch (req->state) {
	case CK_REQ_EXPIRED:
		ck_report_req(ck, CK_CTO_03, req, "the request has timed out");
		ck_req_finish(ck, reqs, req, CK_END_EXPIRED);
		break;
	case CK_REQ_STALE:
		/* right on the link; that the card ignores it is FLR-04 */
		if (is_last(tlp))
			ck_req_finish(ck, reqs, req, CK_END_RESET);
		break;
	default:
		check_live(ck, tlp, reqs, req);
	}
}
