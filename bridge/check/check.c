// SPDX-License-Identifier: Apache-2.0
/* The checker as a whole: create, one TLP, notes, end. */
#include "ck.h"

#include <errno.h>
#include <stdlib.h>

static void set_defaults(struct riser_check_config *config)
{
	if (!config->timeout_cycles)
		config->timeout_cycles = 20000;
	if (!config->quarantine_cycles)
		config->quarantine_cycles = config->timeout_cycles;
	if (!config->clk_period_ps)
		config->clk_period_ps = 4000;
	if (!config->settle_cycles)
		config->settle_cycles = 64;
	if (!config->intx_cycles)
		config->intx_cycles = 4096;
	if (!config->host_rcb_bytes)
		config->host_rcb_bytes = 64;
	if (!config->msg_window)
		config->msg_window = 0xfee00000;
}

static int set_waivers(struct riser_check *ck, const struct riser_check_config *config)
{
	uint32_t idx;

	for (idx = 0; idx < config->nr_waivers; idx++) {
		const struct riser_check_waiver *waiver = &config->waivers[idx];
		int rule = riser_check_find_rule(waiver->id);

		if (rule < 0 || !waiver->reason || !waiver->reason[0])
			return -EINVAL;
		free(ck->waiver[rule]);
		ck->waiver[rule] = strdup(waiver->reason);
		ck->waiver_verdict[rule] = waiver->verdict;
		if (!ck->waiver[rule])
			return -ENOMEM;
	}
	return 0;
}

static int set_order(struct riser_check *ck)
{
	uint32_t dir;

	for (dir = 0; ck->config.has_order && dir < RISER_NR_DIRECTIONS; dir++) {
		ck->ordering[dir] = calloc(1, sizeof(*ck->ordering[dir]));
		if (!ck->ordering[dir])
			return -ENOMEM;
	}
	return 0;
}

int riser_check_create(const struct riser_check_config *config, struct riser_check **check)
{
	struct riser_check *ck = calloc(1, sizeof(*ck));
	uint32_t idx;
	int err;

	if (!ck)
		return -ENOMEM;
	ck->config = *config;
	set_defaults(&ck->config);
	err = ck->config.host_rcb_bytes == 64 || ck->config.host_rcb_bytes == 128 ? 0 : -EINVAL;
	if (!err)
		err = set_waivers(ck, config);
	if (!err)
		err = set_order(ck);
	if (err) {
		riser_check_destroy(ck);
		return err;
	}
	for (idx = 0; idx < CK_NR_RULES; idx++)
		ck->verdict[idx] = ck_rules[idx].verdict;
	ck->next_deadline = CK_NEVER;
	for (idx = 0; idx < RISER_NR_DIRECTIONS; idx++)
		ck_reqs_init(&ck->out[idx]);
	for (idx = 0; idx < CK_NR_FNS; idx++) {
		ck->fn[idx].intx_deadline = CK_NEVER;
		ck->fn[idx].ready_by = ck_ms(ck, 1000);
		ck_shadow_reset(ck, &ck->fn[idx]);
	}
	*check = ck;
	return 0;
}

void riser_check_destroy(struct riser_check *ck)
{
	uint32_t idx;

	if (!ck)
		return;
	for (idx = 0; idx < CK_NR_RULES; idx++)
		free(ck->waiver[idx]);
	for (idx = 0; idx < RISER_NR_DIRECTIONS; idx++)
		free(ck->ordering[idx]);
	ck_ranges_free(&ck->maps);
	ck_ranges_free(&ck->regions);
	free(ck);
}

static void set_time(struct riser_check *ck, uint64_t cycle)
{
	if (cycle > ck->cycle)
		ck->cycle = cycle;
	if (ck->cycle >= ck->next_deadline)
		ck_time(ck);
}

void riser_check_time(struct riser_check *ck, uint64_t cycle)
{
	ck->worst = RISER_CHECK_SILENT;
	set_time(ck, cycle);
}

/* A TLP from the card's side of the link. */
static void from_card(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (tlp->ep)
		ck_poison(ck, tlp);
	if (ck_is_memory(tlp->kind) || ck_is_io(tlp->kind))
		ck_gate(ck, tlp);
}

static void to_card(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_req *req)
{
	if (tlp->kind == CK_MWR)
		ck_msix_host_write(ck, tlp);
	if (!req)
		return;
	if (ck_is_config(tlp->kind))
		ck_cfg_issue(ck, tlp, req);
	else if (ck_is_memory(tlp->kind))
		req->hit = (uint8_t)ck_bar_hit(ck, tlp, &req->hit_fn);
}

static void check_request(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_req *req = NULL;

	if (tlp->cls == RISER_POSTED) {
		ck_req_posted(ck, tlp);
	} else {
		ck_tag(ck, tlp);
		req = ck_req_add(ck, tlp);
	}
	if (tlp->dir == RISER_TO_HOST)
		from_card(ck, tlp);
	else
		to_card(ck, tlp, req);
}

/*
 * A request of the card that is refused with UR, or that the host may serve since it
 * need not look. TC: a host that knows no other virtual channel answers with UR as well.
 */
static bool may_be_answered(const struct riser_check *ck, const struct ck_tlp *tlp)
{
	uint8_t rule_class = ck_rules[ck->broken].rule_class;

	return tlp->dir == RISER_TO_HOST &&
	       (rule_class == RISER_CHECK_MF_OPT || rule_class == RISER_CHECK_UR ||
		ck->broken == CK_HDR_09);
}

/* A malformed TLP is dropped whole; that it is gone must not look like a second fault. */
static void drop(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_reqs *reqs = &ck->out[tlp->dir];
	struct ck_req *req;

	ck_err_upset(ck);
	if (tlp->cls == RISER_POSTED)
		return;
	if (tlp->cls == RISER_COMPLETION) {
		reqs = &ck->out[!tlp->dir];
		req = ck_req_find(reqs, tlp->rid, tlp->tag);
		if (req)
			ck_req_finish(ck, reqs, req, CK_END_DONE);
		return;
	}
	if (ck_req_find(reqs, tlp->rid, tlp->tag))
		return;
	req = ck_req_add(ck, tlp);
	if (!req)
		return;
	req->is_unjudged = may_be_answered(ck, tlp);
	req->is_bad = !req->is_unjudged;
}

/*
 * Most TLPs: nothing but Fmt, Type and Length in the first dword, and the size that
 * follows from it. ck_hdr_size() has nothing to say about them.
 */
static bool is_plain(const struct ck_tlp *tlp)
{
	return !(ck_get32(tlp->hdr) & 0x00fffc00) &&
	       (tlp->kind == CK_MRD || tlp->kind == CK_MWR || tlp->kind == CK_CPLD) &&
	       !(tlp->in->len & 3) && tlp->size_dw == (tlp->has_data ? tlp->length : 0);
}

/* The rules about form, in the order in which a receiver would look. */
static bool is_malformed(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (!is_plain(tlp) && ck_hdr_size(ck, tlp))
		return true;
	if (tlp->cls == RISER_COMPLETION)
		return false;
	return ck_len(ck, tlp) || (ck_is_config(tlp->kind) && ck_cfg_fields(ck, tlp)) ||
	       (tlp->kind <= CK_IOWR && ck_be(ck, tlp)) || (tlp->attr && ck_attr(ck, tlp)) ||
	       ck_addr(ck, tlp) || (tlp->at && ck_ats(ck, tlp));
}

static void check_tlp(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (ck->ordering[tlp->dir])
		ck_ord_seen(ck, tlp);
	if (ck->is_link_down && ck_reset_link(ck, tlp))
		return;
	ck_fc(ck, tlp);
	if (tlp->ep || (tlp->dir == RISER_TO_CARD && !ck_is_config(tlp->kind)))
		ck_err_upset(ck);
	if (is_malformed(ck, tlp)) {
		drop(ck, tlp);
		return;
	}
	if (tlp->cls == RISER_COMPLETION) {
		if (tlp->ep)
			ck_poison(ck, tlp);
		ck_cpl(ck, tlp);
		return;
	}
	if (ck_is_message(tlp->kind))
		ck_msg(ck, tlp);
	check_request(ck, tlp);
}

enum riser_check_verdict riser_check_tlp(struct riser_check *ck, const struct riser_check_tlp *in)
{
	struct ck_tlp tlp;

	ck->worst = RISER_CHECK_SILENT;
	ck->order++;
	ck->nr_tlps++;
	set_time(ck, in->cycle);
	ck->now = &tlp;
	ck->is_muted = in->is_injected;
	if (ck_decode(&tlp, in)) {
		check_tlp(ck, &tlp);
	} else {
		ck_hdr(ck, &tlp);
		ck_err_upset(ck);
	}
	if (in->is_injected)
		ck->error_order = ck->order;
	ck->is_muted = false;
	ck->now = NULL;
	return ck->worst;
}

void riser_check_altered(struct riser_check *ck, const struct riser_check_tlp *in)
{
	struct ck_tlp tlp;
	struct ck_req *req;

	if (ck->is_link_down || !ck_decode(&tlp, in) || tlp.cls != RISER_NONPOSTED)
		return;
	req = ck_req_find(&ck->out[tlp.dir], tlp.rid, tlp.tag);
	if (!req)
		req = ck_req_add(ck, &tlp);
	else if (!req->is_injected && !req->is_unjudged)
		req->repeats++;
	if (req)
		req->is_unjudged = true;
}

bool riser_check_note(struct riser_check *ck, enum riser_check_note note, uint64_t cycle,
		      const char *text)
{
	static const uint8_t rule_of[] = {
		[RISER_CHECK_NOTE_DMA_MISS] = CK_ADR_04,
		[RISER_CHECK_NOTE_BAD_MSI] = CK_MSX_11,
		[RISER_CHECK_NOTE_BUS_MASTER] = CK_GAT_02,
	};

	riser_check_time(ck, cycle);
	if (note == RISER_CHECK_NOTE_BUS_MASTER && ck->nr_bme_late) {
		ck->nr_bme_late--;
		return false;
	}
	if (note == RISER_CHECK_NOTE_BUS_MASTER && ck->bme_told) {
		ck->bme_told = false;
		return true;
	}
	/* a wrong address may be what fault injection made of a right one */
	if (ck->error_order && note != RISER_CHECK_NOTE_BUS_MASTER)
		return true;
	ck_report(ck, rule_of[note], "the kernel says: %s", text ? text : "");
	return true;
}

void riser_check_end(struct riser_check *ck, uint64_t cycle)
{
	riser_check_time(ck, cycle);
	ck_cto_end(ck);
	ck_ord_end(ck);
}

int riser_check_set_verdict(struct riser_check *ck, const char *id,
			    enum riser_check_verdict verdict)
{
	int rule = riser_check_find_rule(id);

	if (rule < 0)
		return rule;
	ck->verdict[rule] = (uint8_t)verdict;
	return 0;
}

struct riser_check_counts riser_check_counts(const struct riser_check *ck, uint32_t rule_idx)
{
	return ck->counts[rule_idx];
}

uint64_t riser_check_tlps(const struct riser_check *ck)
{
	return ck->nr_tlps;
}
