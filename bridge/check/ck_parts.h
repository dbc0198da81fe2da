/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the checker offer to each other. Included by ck.h only. */
#ifndef RISER_CK_PARTS_H
#define RISER_CK_PARTS_H

/* ---- check_report.c ---- */
/* The current TLP, alone or with the request that it concerns. */
void ck_report(struct riser_check *ck, enum ck_rule rule, const char *format, ...)
	__attribute__((cold, format(printf, 3, 4)));
void ck_report_req(struct riser_check *ck, enum ck_rule rule, const struct ck_req *req,
		   const char *format, ...) __attribute__((cold, format(printf, 4, 5)));
void ck_report_past(struct riser_check *ck, enum ck_rule rule, const struct ck_past *past,
		    uint8_t dir, const char *format, ...)
	__attribute__((cold, format(printf, 5, 6)));
/* A constant fact of a function, told once per life. */
void ck_report_once(struct riser_check *ck, struct ck_fn *fn, enum ck_rule rule,
		    const char *format, ...) __attribute__((cold, format(printf, 4, 5)));

/* ---- check_hdr.c, check_len.c, ...: true when the TLP is malformed ---- */
bool ck_hdr_size(struct riser_check *ck, const struct ck_tlp *tlp);
bool ck_hdr(struct riser_check *ck, const struct ck_tlp *tlp);
bool ck_len(struct riser_check *ck, const struct ck_tlp *tlp);
bool ck_be(struct riser_check *ck, const struct ck_tlp *tlp);
bool ck_addr(struct riser_check *ck, const struct ck_tlp *tlp);
bool ck_attr(struct riser_check *ck, const struct ck_tlp *tlp);
bool ck_cfg_fields(struct riser_check *ck, const struct ck_tlp *tlp);
bool ck_ats(struct riser_check *ck, const struct ck_tlp *tlp);
bool ck_msg(struct riser_check *ck, const struct ck_tlp *tlp);

/* ---- check_addr.c ---- */
/* Requester or Completer ID that the card may use. */
bool ck_id_is_card(const struct riser_check *ck, uint16_t id);
bool ck_fn_is_there(const struct riser_check *ck, uint16_t id);
/* DMA against mappings, regions and the card's own BARs. */
void ck_addr_dma(struct riser_check *ck, const struct ck_tlp *tlp);
void ck_ranges_free(struct ck_ranges *ranges);

/* ---- check_req.c ---- */
void ck_reqs_init(struct ck_reqs *reqs);
struct ck_req *ck_req_find(struct ck_reqs *reqs, uint16_t rid, uint16_t tag);
/* A non-posted request: tag rules, then remembered; NULL when it cannot be. */
struct ck_req *ck_req_add(struct riser_check *ck, const struct ck_tlp *tlp);
void ck_req_finish(struct riser_check *ck, struct ck_reqs *reqs, struct ck_req *req,
		   enum ck_end end);
/* Where ck_reqs.past and posted have a tag of a requester. */
uint16_t ck_past_slot(uint16_t rid, uint16_t tag);
void ck_req_posted(struct riser_check *ck, const struct ck_tlp *tlp);
/* Moves to the quarantine. */
void ck_req_expire(struct riser_check *ck, struct ck_reqs *reqs, struct ck_req *req);
/* Requests of a function that was reset: completions may still come. */
void ck_reqs_stale(struct ck_reqs *reqs, uint8_t fn);
/* All of a direction, for a reset of the link. */
void ck_reqs_reset(struct riser_check *ck, struct ck_reqs *reqs);
uint8_t ck_req_direction(const struct riser_check *ck, const struct ck_req *req);
/* First to last enabled byte of a request; 1 if none is enabled. */
uint32_t ck_span(uint32_t length, uint8_t fbe, uint8_t lbe, uint32_t *first);

/* ---- check_tag.c ---- */
void ck_tag(struct riser_check *ck, const struct ck_tlp *tlp);
void ck_tag_reused(struct riser_check *ck, const struct ck_req *req);

/* ---- check_cpl.c, check_rcb.c ---- */
void ck_cpl(struct riser_check *ck, const struct ck_tlp *tlp);
void ck_rcb(struct riser_check *ck, const struct ck_tlp *tlp, const struct ck_req *req,
	    uint64_t end, bool is_first);

/* ---- check_cto.c ---- */
void ck_time(struct riser_check *ck);
void ck_time_arm(struct riser_check *ck, uint64_t deadline);
void ck_cto_end(struct riser_check *ck);
/* Why an unanswered request is wrong, when there is no better reason. */
enum ck_rule ck_cto_rule(const struct riser_check *ck, const struct ck_req *req,
			 enum ck_rule plain, enum ck_rule partial);

/* ---- check_shadow.c ---- */
static inline struct ck_fn *ck_fn_of(struct riser_check *ck, uint16_t id)
{
	return &ck->fn[id & 7];
}

/* Bits of a register that may be 1, and that may be 0: see the top of ck.h. */
static inline uint32_t ck_may1(const struct ck_fn *fn, uint32_t dw)
{
	return ~fn->reg[dw].not1;
}

static inline uint32_t ck_may0(const struct ck_fn *fn, uint32_t dw)
{
	return ~fn->reg[dw].not0;
}

/* No write is under way: a bit that is known is that and nothing else. */
void ck_shadow_settle(struct ck_fn *fn, uint32_t dw);
void ck_shadow_reset(struct riser_check *ck, struct ck_fn *fn);
void ck_shadow_flr(struct riser_check *ck, struct ck_fn *fn);
/* Bits that nobody has seen since a reset get the value that a reset gives. */
void ck_shadow_default(struct ck_fn *fn, uint32_t dw, uint32_t mask, uint32_t value);
void ck_shadow_write_issued(struct riser_check *ck, struct ck_req *req);
void ck_shadow_write_done(struct riser_check *ck, struct ck_req *req, bool is_ok);
/* Nobody knows whether the write was done. */
void ck_shadow_write_lost(struct riser_check *ck, struct ck_req *req);
/* Read data; the rules that compare see the old value first. */
void ck_shadow_read_done(struct riser_check *ck, struct ck_req *req, uint32_t data);
uint32_t ck_be_mask(uint8_t be);
/* Bits of a register that never change. */
uint32_t ck_shadow_constant(const struct ck_fn *fn, uint32_t dw);
static inline bool ck_knows(const struct ck_fn *fn, uint32_t dw, uint32_t mask)
{
	return (fn->reg[dw].known & mask) == mask && !fn->reg[dw].pend;
}

#define CK_DEVCAP	0x04	/* offsets in the PCI Express capability */
#define CK_DEVCTL	0x08
#define CK_LNKCAP	0x0c
#define CK_LNKCTL	0x10
#define CK_DEVCAP2	0x24
#define CK_DEVCTL2	0x28

/* Dword of a capability's register; 0 when the capability is not known. */
static inline uint32_t ck_dw(uint16_t cap, uint32_t offset)
{
	return cap ? (cap + offset) / 4U : 0;
}

/* ---- check_caps.c ---- */
void ck_caps_learn(struct riser_check *ck, struct ck_fn *fn);
/* Registers of the capabilities found so far get their reset values. */
void ck_caps_default(struct ck_fn *fn, bool is_flr);

/* ---- check_gates.c ---- */
void ck_gates_update(struct riser_check *ck, struct ck_fn *fn);

/* ---- check_cap.c ---- */
void ck_cap_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t mask,
		 uint32_t data);
void ck_cap_write(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req);

/* ---- check_cfg.c ---- */
/* A configuration request of the host was completed. */
void ck_cfg_done(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_req *req);
void ck_cfg_issue(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_req *req);
/* Read data against what is known, before it is; false when it cannot be true. */
bool ck_cfg_read(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req,
		 uint32_t data);

/* ---- check_bar.c ---- */
void ck_bar_written(struct ck_fn *fn, uint32_t dw, uint32_t mask, uint32_t data);
void ck_bar_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t data);
void ck_bar_decode_on(struct riser_check *ck);
void ck_bar_rebase(struct riser_check *ck, struct ck_fn *fn);
bool ck_bar_has_io(const struct riser_check *ck);
enum ck_hit ck_bar_hit(struct riser_check *ck, const struct ck_tlp *tlp, uint8_t *hit_fn);
/* Whether a DMA address lies in a BAR of the card itself. */
bool ck_bar_own(const struct riser_check *ck, uint64_t addr, uint64_t bytes);

/* ---- check_err.c ---- */
void ck_err_status(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_req *req);
void ck_err_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t mask,
		 uint32_t data);
void ck_err_written(const struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req,
		    uint32_t ones);
void ck_err_message(struct riser_check *ck, const struct ck_tlp *tlp);
/* Anything may come of it in the card's status bits. */
static inline void ck_err_upset(struct riser_check *ck)
{
	ck->upset_order = ck->order;
}

/* ---- check_gate.c ---- */
void ck_gate(struct riser_check *ck, const struct ck_tlp *tlp);

/* ---- check_msi.c ---- */
bool ck_msi_is_message(const struct riser_check *ck, const struct ck_fn *fn,
		       const struct ck_tlp *tlp);
/* A memory write of the card that is a message, or looks like one. */
void ck_msi_write(struct riser_check *ck, struct ck_fn *fn, const struct ck_tlp *tlp);

/* ---- check_msix.c ---- */
void ck_msix_learn(struct riser_check *ck, struct ck_fn *fn);
void ck_msix_locate(struct ck_fn *fn);
void ck_msix_reset(struct riser_check *ck, struct ck_fn *fn);
void ck_msix_host_write(struct riser_check *ck, const struct ck_tlp *tlp);
void ck_msix_host_read(struct riser_check *ck, const struct ck_req *req, uint64_t addr,
		       const uint8_t *data, uint32_t dws);
/* True when the write is explained by the table, rightly or wrongly. */
bool ck_msix_write(struct riser_check *ck, struct ck_fn *fn, const struct ck_tlp *tlp,
		   uint32_t data);
bool ck_msix_has_addr(const struct riser_check *ck, const struct ck_fn *fn, uint64_t addr);

/* ---- check_intx.c ---- */
void ck_intx(struct riser_check *ck, const struct ck_tlp *tlp);
/* @fn must not assert its pins any more; @is_07: by INT-07. */
void ck_intx_must_fall(struct riser_check *ck, struct ck_fn *fn, bool is_07);
void ck_intx_time(struct riser_check *ck, struct ck_fn *fn);

/* ---- check_pm.c, check_reset.c ---- */
void ck_pm_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t mask,
		uint32_t data);
void ck_pm_written(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t old);
/* True when the power state forbids the request. */
bool ck_pm_request(struct riser_check *ck, const struct ck_fn *fn, const struct ck_tlp *tlp);
bool ck_reset_link(struct riser_check *ck, const struct ck_tlp *tlp);
void ck_reset_read(struct riser_check *ck, struct ck_fn *fn, uint32_t dw, uint32_t mask,
		   uint32_t data);
void ck_reset_function(struct riser_check *ck, struct ck_fn *fn, bool is_flr);
void ck_reset_rrs(struct riser_check *ck, struct ck_fn *fn, const struct ck_req *req);
uint64_t ck_ms(const struct riser_check *ck, uint64_t ms);

/* ---- check_poison.c ---- */
void ck_poison(struct riser_check *ck, const struct ck_tlp *tlp);

/* ---- check_fc.c, check_ord.c ---- */
void ck_fc(struct riser_check *ck, const struct ck_tlp *tlp);
void ck_ord_seen(struct riser_check *ck, const struct ck_tlp *tlp);
void ck_ord_end(struct riser_check *ck);
void ck_ord_reset(struct riser_check *ck);

#endif /* RISER_CK_PARTS_H */
