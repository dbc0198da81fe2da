// SPDX-License-Identifier: Apache-2.0
/*
 * Outstanding requests by Requester ID and tag, and what last became of each
 * tag. Everything is found in constant time; the pool never grows.
 */
#include "ck.h"

static uint16_t bucket_of(uint16_t rid, uint16_t tag)
{
	return (uint16_t)(rid + tag) & (CK_NR_TAGS - 1);
}

/* Tags are each function's own; those below 128 never share a place. */
uint16_t ck_past_slot(uint16_t rid, uint16_t tag)
{
	return (uint16_t)(tag + ((rid & 7U) << 7)) & (CK_NR_TAGS - 1);
}

void ck_reqs_init(struct ck_reqs *reqs)
{
	memset(reqs->bucket, 0xff, sizeof(reqs->bucket));	/* CK_NO_REQ */
	reqs->nr_used = 0;
	reqs->free = CK_NO_REQ;
	reqs->oldest = CK_NO_REQ;
	reqs->newest = CK_NO_REQ;
	reqs->q_oldest = CK_NO_REQ;
	reqs->q_newest = CK_NO_REQ;
	reqs->nr_live = 0;
}

uint8_t ck_req_direction(const struct riser_check *ck, const struct ck_req *req)
{
	return req >= ck->out[RISER_TO_HOST].pool &&
			       req < ck->out[RISER_TO_HOST].pool + CK_NR_REQS ?
		       RISER_TO_HOST :
		       RISER_TO_CARD;
}

struct ck_req *ck_req_find(struct ck_reqs *reqs, uint16_t rid, uint16_t tag)
{
	uint16_t idx = reqs->bucket[bucket_of(rid, tag)];

	while (idx != CK_NO_REQ) {
		struct ck_req *req = &reqs->pool[idx];

		if (req->tag == tag && req->rid == rid)
			return req;
		idx = req->hash_next;
	}
	return NULL;
}

static void list_append(struct ck_reqs *reqs, uint16_t *oldest, uint16_t *newest, uint16_t idx)
{
	struct ck_req *req = &reqs->pool[idx];

	req->prev = *newest;
	req->next = CK_NO_REQ;
	if (*newest != CK_NO_REQ)
		reqs->pool[*newest].next = idx;
	else
		*oldest = idx;
	*newest = idx;
}

static void list_remove(struct ck_reqs *reqs, uint16_t *oldest, uint16_t *newest, uint16_t idx)
{
	const struct ck_req *req = &reqs->pool[idx];

	if (req->prev != CK_NO_REQ)
		reqs->pool[req->prev].next = req->next;
	else
		*oldest = req->next;
	if (req->next != CK_NO_REQ)
		reqs->pool[req->next].prev = req->prev;
	else
		*newest = req->prev;
}

/* Out of the list of its state. */
static void unlist(struct ck_reqs *reqs, struct ck_req *req)
{
	uint16_t idx = (uint16_t)(req - reqs->pool);

	if (req->state == CK_REQ_LIVE) {
		list_remove(reqs, &reqs->oldest, &reqs->newest, idx);
		reqs->nr_live--;
	} else if (req->state == CK_REQ_EXPIRED) {
		list_remove(reqs, &reqs->q_oldest, &reqs->q_newest, idx);
	}
}

void ck_req_finish(struct riser_check *ck, struct ck_reqs *reqs, struct ck_req *req,
		   enum ck_end end)
{
	uint16_t idx = (uint16_t)(req - reqs->pool);
	uint16_t *link = &reqs->bucket[bucket_of(req->rid, req->tag)];
	struct ck_past *past = &reqs->past[ck_past_slot(req->rid, req->tag)];

	if (req->is_pending)
		ck_shadow_write_lost(ck, req);
	while (*link != idx)
		link = &reqs->pool[*link].hash_next;
	*link = req->hash_next;
	unlist(reqs, req);
	past->order = ck->order;
	past->seq = req->seq;
	past->cycle = req->cycle;
	past->function = req->function;
	past->site = req->site;
	past->rid = req->rid;
	past->tag = req->tag;
	past->end = (uint8_t)end;
	past->repeats = req->repeats;
	past->hdr_bytes = req->hdr_bytes;
	memcpy(past->hdr, req->hdr, sizeof(past->hdr));
	req->state = CK_REQ_FREE;
	req->hash_next = reqs->free;
	reqs->free = idx;
}

void ck_req_expire(struct riser_check *ck, struct ck_reqs *reqs, struct ck_req *req)
{
	uint16_t idx = (uint16_t)(req - reqs->pool);

	unlist(reqs, req);
	req->state = CK_REQ_EXPIRED;
	req->deadline = ck->cycle + ck->config.quarantine_cycles;
	list_append(reqs, &reqs->q_oldest, &reqs->q_newest, idx);
	ck_time_arm(ck, req->deadline);
}

/* Bytes of the table of byte enables: first and last enabled one. */
uint32_t ck_span(uint32_t length, uint8_t fbe, uint8_t lbe, uint32_t *first)
{
	static const uint8_t low[16] = { 0, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0 };
	static const uint8_t top[16] = { 0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4 };

	*first = low[fbe];
	if (length == 1)
		return fbe ? (uint32_t)top[fbe] - low[fbe] : 1;
	return 4 * (length - 1) + (lbe ? top[lbe] : 4U) - low[fbe];
}

static void set_size(struct ck_req *req, const struct ck_tlp *tlp)
{
	uint32_t first = 0;

	req->start = tlp->addr;
	req->bytes = 4;
	if (tlp->kind == CK_MRD || tlp->kind == CK_MRDLK) {
		req->bytes = tlp->th ? 4U * tlp->length :
				       ck_span(tlp->length, tlp->fbe, tlp->lbe, &first);
		req->start += first;
	} else if (ck_is_atomic(tlp->kind)) {
		req->bytes = tlp->kind == CK_CAS ? 2U * tlp->length : 4U * tlp->length;
	}
	req->left = req->bytes;
}

static struct ck_req *take(struct riser_check *ck, struct ck_reqs *reqs)
{
	struct ck_req *req;

	if (reqs->free == CK_NO_REQ && reqs->nr_used < CK_NR_REQS)
		return &reqs->pool[reqs->nr_used++];
	if (reqs->free == CK_NO_REQ) {
		/* garbage only: no link has that many; the oldest is forgotten */
		uint16_t idx = reqs->oldest != CK_NO_REQ ? reqs->oldest : reqs->q_oldest;

		if (idx == CK_NO_REQ)
			return NULL;
		ck_req_finish(ck, reqs, &reqs->pool[idx], CK_END_NONE);
	}
	req = &reqs->pool[reqs->free];
	reqs->free = req->hash_next;
	return req;
}

struct ck_req *ck_req_add(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_reqs *reqs = &ck->out[tlp->dir];
	struct ck_req *req = ck_req_find(reqs, tlp->rid, tlp->tag);
	uint16_t *bucket = &reqs->bucket[bucket_of(tlp->rid, tlp->tag)];
	uint64_t timeout = tlp->dir == RISER_TO_CARD ? ck->config.timeout_cycles :
						       ck->config.card_timeout_cycles;

	/* a repeat that fault injection made: the card answers each of them */
	if (req && tlp->in->is_injected) {
		req->repeats++;
		return req;
	}
	if (req) {
		if (!req->is_unjudged)
			ck_tag_reused(ck, req);
		ck_req_finish(ck, reqs, req, CK_END_NONE);
	}
	req = take(ck, reqs);
	if (!req)
		return NULL;
	req->seq = tlp->in->seq;
	req->cycle = tlp->in->cycle;
	req->deadline = timeout ? req->cycle + timeout : CK_NEVER;
	req->order = ck->order;
	req->function = tlp->in->function;
	req->site = tlp->in->site;
	req->data = tlp->has_data && tlp->size_dw ? ck_data32(tlp->data) : 0;
	req->rid = tlp->rid;
	req->tag = tlp->tag;
	req->target = tlp->target;
	req->reg = tlp->reg;
	req->length = tlp->length;
	req->kind = tlp->kind;
	req->state = CK_REQ_LIVE;
	req->tc = tlp->tc;
	req->attr = tlp->attr;
	req->fbe = tlp->fbe;
	req->hit = CK_HIT_UNKNOWN;
	req->hit_fn = 0;
	req->is_bad = false;
	req->is_pending = false;
	req->is_unjudged = false;
	req->is_spoiled = false;
	req->repeats = 0;
	req->is_injected = tlp->in->is_injected;
	req->is_after_error = ck->error_order != 0;
	req->hdr_bytes = tlp->hdr_bytes;
	memcpy(req->hdr, tlp->hdr, tlp->hdr_bytes);
	set_size(req, tlp);
	req->hash_next = *bucket;
	*bucket = (uint16_t)(req - reqs->pool);
	list_append(reqs, &reqs->oldest, &reqs->newest, *bucket);
	reqs->nr_live++;
	ck_time_arm(ck, req->deadline);
	return req;
}

void ck_req_posted(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_past *past = &ck->out[tlp->dir].posted[ck_past_slot(tlp->rid, tlp->tag)];

	past->order = ck->order;
	past->seq = tlp->in->seq;
	past->cycle = tlp->in->cycle;
	past->function = tlp->in->function;
	past->site = tlp->in->site;
	past->rid = tlp->rid;
	past->tag = tlp->tag;
	past->end = CK_END_POSTED;
	past->hdr_bytes = tlp->hdr_bytes;
	memcpy(past->hdr, tlp->hdr, tlp->hdr_bytes);
}

void ck_reqs_stale(struct ck_reqs *reqs, uint8_t fn)
{
	uint16_t idx = reqs->oldest;

	while (idx != CK_NO_REQ) {
		struct ck_req *req = &reqs->pool[idx];

		idx = req->next;
		if ((req->rid & 7) != fn)
			continue;
		unlist(reqs, req);
		req->state = CK_REQ_STALE;
	}
}

void ck_reqs_reset(struct riser_check *ck, struct ck_reqs *reqs)
{
	uint32_t idx;

	for (idx = 0; idx < reqs->nr_used; idx++)
		if (reqs->pool[idx].state != CK_REQ_FREE)
			ck_req_finish(ck, reqs, &reqs->pool[idx], CK_END_RESET);
}
