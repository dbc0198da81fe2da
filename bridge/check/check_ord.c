// SPDX-License-Identifier: Apache-2.0
/*
 * Order: what entered a path against what came out of it. ORD-01 to ORD-04,
 * ORD-07, ORD-10 and FC-09.
 */
#include "ck.h"

static uint64_t hash_of(const uint8_t *bytes, uint32_t len)
{
	uint64_t hash = 0xcbf29ce484222325ULL ^ len;
	uint32_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
	return hash;
}

void riser_check_sent(struct riser_check *ck, enum riser_direction direction, const uint8_t *bytes,
		      uint32_t len)
{
	struct riser_check_tlp in = { .bytes = bytes, .len = len, .direction = (uint8_t)direction };
	struct ck_order *order = ck->ordering[direction];
	struct ck_sent *sent;
	struct ck_tlp tlp;

	if (!order || order->head - order->tail == CK_NR_SENT)
		return;
	sent = &order->sent[order->head++ % CK_NR_SENT];
	memset(sent, 0, sizeof(*sent));
	sent->hash = hash_of(bytes, len);
	sent->is_there = true;
	if (!ck_decode(&tlp, &in))
		return;
	sent->cls = tlp.cls;
	sent->kind = tlp.kind;
	sent->rid = tlp.rid;
	sent->tag = tlp.tag;
	sent->hdr_bytes = tlp.hdr_bytes;
	memcpy(sent->hdr, tlp.hdr, tlp.hdr_bytes);
}

/* The rule that @tlp breaks by passing @first. */
static enum ck_rule passing_rule(const struct riser_check *ck, const struct ck_tlp *tlp,
				 const struct ck_sent *first)
{
	bool is_relaxed = tlp->attr & CK_RO;

	if (first->cls == RISER_COMPLETION)
		return tlp->cls == RISER_COMPLETION && tlp->rid == first->rid &&
				       tlp->tag == first->tag ?
			       CK_ORD_07 :
			       CK_OK;
	if (first->cls != RISER_POSTED)
		return CK_OK;
	switch (tlp->cls) {
	case RISER_POSTED:
		if (is_relaxed)
			return CK_OK;
		if (tlp->dir == RISER_TO_HOST && tlp->kind == CK_MWR &&
		    ck_msi_is_message(ck, &ck->fn[tlp->rid & 7], tlp))
			return CK_ORD_10;
		return CK_ORD_01;
	case RISER_NONPOSTED:
		return tlp->has_data ? CK_ORD_03 : CK_ORD_02;
	}
	/* completions of I/O and configuration writes may pass */
	return is_relaxed || !tlp->has_data ? CK_OK : CK_ORD_04;
}

void ck_ord_seen(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_order *order = ck->ordering[tlp->dir];
	uint64_t hash;
	uint32_t at, before;

	if (!order)
		return;
	hash = hash_of(tlp->in->bytes, tlp->in->len);
	for (at = order->tail; at != order->head; at++)
		if (order->sent[at % CK_NR_SENT].is_there &&
		    order->sent[at % CK_NR_SENT].hash == hash)
			break;
	if (at == order->head) {
		ck_report(ck, CK_FC_09, "%s came out and did not go in", ck_kind_name(tlp->kind));
		return;
	}
	for (before = order->tail; before != at; before++) {
		const struct ck_sent *first = &order->sent[before % CK_NR_SENT];
		enum ck_rule rule = first->is_there ? passing_rule(ck, tlp, first) : CK_OK;

		if (rule == CK_OK)
			continue;
		ck_report(ck, rule, "%s passed %s of 0x%04x, tag %u", ck_kind_name(tlp->kind),
			  ck_kind_name(first->kind), first->rid, first->tag);
		break;
	}
	order->sent[at % CK_NR_SENT].is_there = false;
	while (order->tail != order->head && !order->sent[order->tail % CK_NR_SENT].is_there)
		order->tail++;
}

void ck_ord_end(struct riser_check *ck)
{
	uint32_t dir, nr;

	for (dir = 0; dir < RISER_NR_DIRECTIONS; dir++) {
		struct ck_order *order = ck->ordering[dir];

		if (!order)
			continue;
		for (nr = 0; order->tail != order->head; order->tail++)
			nr += order->sent[order->tail % CK_NR_SENT].is_there;
		if (nr)
			ck_report(ck, CK_FC_09, "%u TLPs %s went in and did not come out", nr,
				  dir == RISER_TO_CARD ? "to the card" : "from the card");
	}
}

void ck_ord_reset(struct riser_check *ck)
{
	uint32_t dir;

	for (dir = 0; dir < RISER_NR_DIRECTIONS; dir++)
		if (ck->ordering[dir])
			ck->ordering[dir]->tail = ck->ordering[dir]->head;
}
