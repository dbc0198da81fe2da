// SPDX-License-Identifier: Apache-2.0
/*
 * Time: CTO-01, CTO-06 and what else an answer that does not come means: CPL-01,
 * CPL-22, RCB-04, RST-01, FLR-01,
 * ERR-11, GAT-04. Cycles of the card's clock only.
 */
#include "ck.h"

void ck_time_arm(struct riser_check *ck, uint64_t deadline)
{
	if (deadline < ck->next_deadline)
		ck->next_deadline = deadline;
}

static bool is_unsupported(const struct riser_check *ck, const struct ck_req *req)
{
	if (ck_is_io(req->kind))
		return !ck_bar_has_io(ck);
	return req->kind == CK_MRDLK || ck_is_atomic(req->kind) || req->kind == CK_CFGRD1 ||
	       req->kind == CK_CFGWR1;
}

enum ck_rule ck_cto_rule(const struct riser_check *ck, const struct ck_req *req,
			 enum ck_rule plain, enum ck_rule partial)
{
	const struct ck_fn *fn = &ck->fn[(ck_is_config(req->kind) ? req->target : req->hit_fn) & 7];

	if (req->left < req->bytes)
		return partial;
	if (ck_req_direction(ck, req) == RISER_TO_HOST)
		return plain;
	if (is_unsupported(ck, req))
		return CK_CPL_22;
	if (req->is_after_error)
		return CK_ERR_11;
	if (plain == CK_CTO_01 && ck_is_config(req->kind) && !fn->has_answered)
		return fn->is_post_flr ? CK_FLR_01 : CK_RST_01;
	if (fn->bme_answered && !fn->bme_may1)
		return CK_GAT_04;
	return plain;
}

static bool must_be_answered(const struct ck_req *req)
{
	return !req->is_bad && !req->is_injected && !req->is_unjudged;
}

static void expire(struct riser_check *ck, struct ck_reqs *reqs)
{
	while (reqs->oldest != CK_NO_REQ && reqs->pool[reqs->oldest].deadline <= ck->cycle) {
		struct ck_req *req = &reqs->pool[reqs->oldest];

		if (must_be_answered(req))
			ck_report_req(ck, ck_cto_rule(ck, req, CK_CTO_01, CK_CTO_06), req,
				      "%u of %u bytes have come in %llu cycles",
				      req->bytes - req->left, req->bytes,
				      (unsigned long long)(ck->cycle - req->cycle));
		if (req->is_pending)
			ck_shadow_write_lost(ck, req);
		ck_req_expire(ck, reqs, req);
	}
	while (reqs->q_oldest != CK_NO_REQ && reqs->pool[reqs->q_oldest].deadline <= ck->cycle)
		ck_req_finish(ck, reqs, &reqs->pool[reqs->q_oldest], CK_END_EXPIRED);
	if (reqs->oldest != CK_NO_REQ)
		ck_time_arm(ck, reqs->pool[reqs->oldest].deadline);
	if (reqs->q_oldest != CK_NO_REQ)
		ck_time_arm(ck, reqs->pool[reqs->q_oldest].deadline);
}

void ck_time(struct riser_check *ck)
{
	uint32_t idx;

	if (ck->cycle < ck->next_deadline)
		return;
	ck->next_deadline = CK_NEVER;
	expire(ck, &ck->out[RISER_TO_CARD]);
	expire(ck, &ck->out[RISER_TO_HOST]);
	for (idx = 0; idx < CK_NR_FNS; idx++)
		ck_intx_time(ck, &ck->fn[idx]);
}

void ck_cto_end(struct riser_check *ck)
{
	uint32_t dir;

	for (dir = 0; dir < RISER_NR_DIRECTIONS; dir++) {
		struct ck_reqs *reqs = &ck->out[dir];

		while (reqs->oldest != CK_NO_REQ) {
			struct ck_req *req = &reqs->pool[reqs->oldest];

			if (must_be_answered(req))
				ck_report_req(ck, ck_cto_rule(ck, req, CK_CPL_01, CK_RCB_04), req,
					      "%u of %u bytes have come when the run ends",
					      req->bytes - req->left, req->bytes);
			ck_req_finish(ck, reqs, req, CK_END_NONE);
		}
	}
}
