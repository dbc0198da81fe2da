// SPDX-License-Identifier: GPL-2.0
/*
 * What the card sends: each record of the up ring is a completion for a host
 * request, a request of the card, a message, or the engine's word that a host
 * request timed out. Called by the drain with drain_lock held and interrupts
 * off; never waits, never allocates.
 *
 * The root port reports in its own AER what it detects itself: malformed and
 * poisoned TLPs, unexpected completions, completion timeouts, posted requests
 * that nothing claims.
 */
#include <linux/ktime.h>
#include <linux/nospec.h>
#include <uapi/linux/pci_regs.h>

#include "link.h"
#include "tlp.h"
#include "trace.h"

#define MSG_ASSERT_INTA		0x20
#define MSG_DEASSERT_INTD	0x27
#define MSG_PM_PME		0x18
#define MSG_ERR_COR		0x30
#define MSG_ERR_NONFATAL	0x31
#define MSG_ERR_FATAL		0x33
#define MSG_VENDOR_TYPE1	0x7f
#define MSG_LTR			0x10

#define EVENTS_PER_SECOND	200
#define ERRORS_PER_SECOND	10
#define MESSAGES_PER_SECOND	100

void pciem_rx_event(struct pciem_link *link, u32 event, const char *fmt, ...)
{
	u64 now_ns = ktime_get_mono_fast_ns();
	struct pciem_push push = { .type = PCIEM_REC_EVENT, .aux = event };
	char text[320];
	va_list args;

	if (now_ns - link->event_window_ns > NSEC_PER_SEC) {
		link->event_window_ns = now_ns;
		link->events_in_window = 0;
	}
	if (link->events_in_window++ >= EVENTS_PER_SECOND) {
		pciem_count(link, PCIEM_STAT_EVENTS_LOST);
		return;
	}
	va_start(args, fmt);
	push.part[0].bytes = vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	push.part[0].data = text;
	if (pciem_ring_push(link, &push, PCIEM_PUSH_NOWAIT))
		pciem_count(link, PCIEM_STAT_EVENTS_LOST);
}

/* The root port's own errors; a card that errs for ever does not flood the log (MSG-06). */
void pciem_rx_root_error(struct pciem_link *link, u32 bit, const u8 *hdr)
{
	u64 now_ns = ktime_get_mono_fast_ns();

	if (now_ns - link->error_window_ns > NSEC_PER_SEC) {
		link->error_window_ns = now_ns;
		link->errors_in_window = 0;
	}
	if (link->errors_in_window++ < ERRORS_PER_SECOND)
		pciem_root_error(link, bit, hdr);
}

void pciem_rx_send_cpl(struct pciem_link *link, const struct pciem_tlp *cpl, const u8 *payload,
		       unsigned int payload_bytes, bool reserved)
{
	struct pciem_push push = { .type = PCIEM_REC_TLP };
	u8 hdr[PCIEM_TLP_HDR_MAX_BYTES];
	int hdr_bytes = pciem_tlp_encode(cpl, hdr);

	if (WARN_ON_ONCE(hdr_bytes < 0))
		return;
	push.part[0].data = hdr;
	push.part[0].bytes = hdr_bytes;
	push.part[1].data = payload;
	push.part[1].bytes = payload_bytes;
	trace_pciem_tlp(link->id, 0, hdr, hdr_bytes, hdr_bytes + payload_bytes);
	if (pciem_ring_push(link, &push, reserved ? PCIEM_PUSH_RESERVED : PCIEM_PUSH_NOWAIT) == -EAGAIN)
		pciem_link_fail(link, PCIEM_REASON_FULL);
}

/* Answers a non-posted request with an error. Room was reserved. */
static void send_error_cpl(struct pciem_link *link, const struct pciem_tlp *req, u8 status)
{
	struct pciem_tlp cpl;

	pciem_tlp_init_cpl(&cpl, req, 0, status, 0);
	pciem_rx_send_cpl(link, &cpl, NULL, 0, true);
}

/* ---- completions for host requests ---- */

static void report_completion(struct pciem_link *link, enum pciem_cpl_verdict verdict,
			      const struct pciem_tlp *cpl, const u8 *hdr, const char *rule)
{
	static const char status_names[][4] = { "SC", "UR", "RRS", "?", "CA", "?", "?", "?" };
	u32 event = PCIEM_EVENT_UNEXPECTED_CPL;

	switch (verdict) {
	case PCIEM_CPL_LATE:
		pciem_count(link, PCIEM_STAT_RX_LATE_CPL);
		break;
	case PCIEM_CPL_BAD:
		pciem_count(link, PCIEM_STAT_RX_BAD_CPL);
		event = PCIEM_EVENT_BAD_CPL;
		break;
	default:
		pciem_count(link, PCIEM_STAT_RX_UNEXPECTED_CPL);
	}
	pciem_rx_event(link, event, "%s (%s, tag %u, %s, byte count %u, lower address 0x%x, %u dwords)",
		       rule, pciem_tlp_name(cpl->kind), cpl->tag, status_names[cpl->status & 7],
		       cpl->byte_count, cpl->lower_addr, cpl->len_dw);
	pciem_rx_root_error(link, verdict == PCIEM_CPL_BAD ? PCI_ERR_UNC_MALF_TLP : PCI_ERR_UNC_UNX_COMP, hdr);
}

static void on_completion(struct pciem_link *link, struct pciem_tlp *cpl, const u8 *hdr, const u8 *payload)
{
	enum pciem_cpl_verdict verdict;
	const char *rule;

	if (cpl->tag < PCIEM_REQTAB_SLOTS)
		cpl->tag = array_index_nospec(cpl->tag, PCIEM_REQTAB_SLOTS);
	verdict = pciem_reqtab_complete(&link->reqtab, cpl, payload, &rule);
	/* what answers nothing is no sign of life */
	if (verdict != PCIEM_CPL_UNEXPECTED)
		atomic_set(&link->expiries_in_row, 0);
	if (verdict == PCIEM_CPL_FINAL || verdict == PCIEM_CPL_BAD)
		rcuwait_wake_up(&link->wait[cpl->tag & (PCIEM_REQTAB_SLOTS - 1)]);
	if (verdict != PCIEM_CPL_FINAL && verdict != PCIEM_CPL_PARTIAL) {
		report_completion(link, verdict, cpl, hdr, rule);
		return;
	}
	if (cpl->ep && cpl->status == PCIEM_TLP_SC) {
		pciem_count(link, PCIEM_STAT_RX_POISONED);
		pciem_rx_event(link, PCIEM_EVENT_POISONED, "completion with tag %u is poisoned", cpl->tag);
		pciem_rx_root_error(link, PCI_ERR_UNC_POISON_TLP, hdr);
	}
}

static void on_timeout(struct pciem_link *link, const struct pciem_rec *rec)
{
	u8 hdr[PCIEM_TLP_HDR_MAX_BYTES];
	u32 tag = rec->aux;

	if (tag < PCIEM_REQTAB_SLOTS)
		tag = array_index_nospec(tag, PCIEM_REQTAB_SLOTS);
	if (!pciem_reqtab_timeout(&link->reqtab, tag)) {
		pciem_rx_event(link, PCIEM_EVENT_INFO, "timeout for tag %u, which is not outstanding", tag);
		return;
	}
	pciem_count(link, PCIEM_STAT_CPL_TIMEOUT);
	atomic_set(&link->expiries_in_row, 0);
	if (pciem_tlp_encode(&link->reqtab.slot[tag].hdr, hdr) > 0)
		pciem_rx_root_error(link, PCI_ERR_UNC_COMP_TIME, hdr);
	rcuwait_wake_up(&link->wait[tag & (PCIEM_REQTAB_SLOTS - 1)]);
}

/* ---- requests of the card ---- */

/* A posted request or message that is not served. */
static void refuse_posted(struct pciem_link *link, const struct pciem_tlp *tlp, const u8 *hdr, const char *why)
{
	pciem_count(link, PCIEM_STAT_RX_UR);
	pciem_rx_event(link, PCIEM_EVENT_REFUSED, "%s from %02x:%02x.%u refused: %s", pciem_tlp_name(tlp->kind),
		       tlp->requester >> 8, (tlp->requester >> 3) & 31, tlp->requester & 7, why);
	pciem_rx_root_error(link, PCI_ERR_UNC_UNSUP, hdr);
}

/* Whether a memory request may be served at all; text of the reason if not. */
static const char *check_request(struct pciem_link *link, const struct pciem_tlp *tlp)
{
	if (tlp->at)
		return "ATS-01: address type is not 0, address translation services are not enabled";
	if (tlp->tc)
		return "HDR-09: traffic class is not 0";
	if (!pciem_root_bme(link, tlp->requester))
		return "GAT-03: Bus Master Enable of the requester is 0";
	if (tlp->addr + tlp->len_dw * 4u < tlp->addr)
		return "ADR-11: address wraps";
	return NULL;
}

static void on_mem_write(struct pciem_link *link, const struct pciem_tlp *tlp, const u8 *hdr,
			 const u8 *payload, unsigned int bytes)
{
	const char *why = check_request(link, tlp);

	if (why) {
		pciem_count(link, PCIEM_STAT_RX_BME);
		pciem_rx_event(link, PCIEM_EVENT_BME, "write of %u bytes at 0x%llx from %02x:%02x.%u refused: %s",
			       bytes, tlp->addr, tlp->requester >> 8, (tlp->requester >> 3) & 31,
			       tlp->requester & 7, why);
		pciem_rx_root_error(link, PCI_ERR_UNC_UNSUP, hdr);
		return;
	}
	if (bytes > pciem_root_mps_bytes(link)) {
		pciem_count(link, PCIEM_STAT_RX_MALFORMED);
		pciem_rx_event(link, PCIEM_EVENT_MALFORMED,
			       "LEN-02: write of %u bytes at 0x%llx dropped: Max_Payload_Size is %u", bytes,
			       tlp->addr, pciem_root_mps_bytes(link));
		pciem_rx_root_error(link, PCI_ERR_UNC_MALF_TLP, hdr);
		return;
	}
	if (tlp->ep) {
		pciem_count(link, PCIEM_STAT_RX_POISONED);
		pciem_rx_event(link, PCIEM_EVENT_POISONED, "PSN-05: poisoned write of %u bytes at 0x%llx dropped",
			       bytes, tlp->addr);
		pciem_rx_root_error(link, PCI_ERR_UNC_POISON_TLP, hdr);
		return;
	}
	if (!pciem_irq_message(link, tlp->addr, hdr, payload, bytes))
		pciem_dma_mem_write(link, hdr, payload, bytes);
}

/* Bytes of ring that the answer to @tlp needs at most. */
static u32 answer_bytes(struct pciem_link *link, const struct pciem_tlp *tlp)
{
	u32 mps = pciem_root_mps_bytes(link);
	u32 nr = 1;

	if (tlp->kind == PCIEM_TLP_MRD)
		nr = tlp->len_dw * 4u / mps + 2;
	return nr * (sizeof(struct pciem_rec) + 12 + 4 + PCIEM_REC_ALIGN) + tlp->len_dw * 4u + 8;
}

/* Room for the answer is reserved. */
static void on_nonposted(struct pciem_link *link, const struct pciem_tlp *tlp, const u8 *hdr,
			 const u8 *payload, unsigned int bytes)
{
	const char *why;

	switch (tlp->kind) {
	case PCIEM_TLP_MRD:
	case PCIEM_TLP_FETCHADD:
	case PCIEM_TLP_SWAP:
	case PCIEM_TLP_CAS:
		why = check_request(link, tlp);
		if (!why)
			break;
		pciem_count(link, PCIEM_STAT_RX_BME);
		pciem_rx_event(link, PCIEM_EVENT_BME, "%s of %u bytes at 0x%llx from %02x:%02x.%u refused: %s",
			       pciem_tlp_name(tlp->kind), tlp->len_dw * 4u, tlp->addr, tlp->requester >> 8,
			       (tlp->requester >> 3) & 31, tlp->requester & 7, why);
		send_error_cpl(link, tlp, PCIEM_TLP_UR);
		return;
	default:
		pciem_count(link, PCIEM_STAT_RX_UR);
		pciem_rx_event(link, PCIEM_EVENT_REFUSED, "%s from %02x:%02x.%u: an endpoint does not send such requests (HDR-05, HDR-06)",
			       pciem_tlp_name(tlp->kind), tlp->requester >> 8,
			       (tlp->requester >> 3) & 31, tlp->requester & 7);
		send_error_cpl(link, tlp, PCIEM_TLP_UR);
		return;
	}
	if (tlp->kind == PCIEM_TLP_MRD)
		pciem_dma_mem_read(link, hdr);
	else
		pciem_dma_atomic(link, hdr, payload, bytes);
}

/* Each may cost an interrupt and a recovery; the root port's registers hold what the first ones said. */
static void on_error_message(struct pciem_link *link, const struct pciem_tlp *tlp)
{
	u64 now_ns = ktime_get_mono_fast_ns();

	if (now_ns - link->message_window_ns > NSEC_PER_SEC) {
		link->message_window_ns = now_ns;
		link->messages_in_window = 0;
	}
	if (link->messages_in_window++ < MESSAGES_PER_SECOND)
		pciem_root_message(link, tlp->msg_code, tlp->requester);
	else
		pciem_count(link, PCIEM_STAT_RX_MESSAGES_LOST);
}

static void on_message(struct pciem_link *link, const struct pciem_tlp *tlp, const u8 *hdr)
{
	switch (tlp->msg_code) {
	case MSG_ASSERT_INTA ... MSG_DEASSERT_INTD:
		pciem_irq_intx(link, tlp->msg_code & 3, !(tlp->msg_code & 4));
		return;
	case MSG_PM_PME:
		pciem_root_message(link, tlp->msg_code, tlp->requester);
		return;
	case MSG_ERR_COR:
	case MSG_ERR_NONFATAL:
	case MSG_ERR_FATAL:
		on_error_message(link, tlp);
		return;
	case MSG_VENDOR_TYPE1:	/* dropped silently (MSG-01) */
	case MSG_LTR:
		return;
	default:
		refuse_posted(link, tlp, hdr, "unknown message code (MSG-01)");
	}
}

static void malformed(struct pciem_link *link, const struct pciem_rec *rec, const u8 *body, int error)
{
	static const char *const texts[] = {
		[PCIEM_TLP_E_SHORT] = "HDR-03: shorter than its header",
		[PCIEM_TLP_E_TYPE] = "HDR-02: undefined Fmt and Type",
		[PCIEM_TLP_E_SIZE] = "HDR-03: size is not what Length and TD say",
		[PCIEM_TLP_E_PREFIX] = "PRE-01: too many prefixes",
	};
	u8 hdr[PCIEM_TLP_HDR_MAX_BYTES] = { 0 };

	memcpy(hdr, body, min_t(u32, rec->len, sizeof(hdr)));
	pciem_count(link, PCIEM_STAT_RX_MALFORMED);
	pciem_rx_event(link, PCIEM_EVENT_MALFORMED, "malformed TLP of %u bytes dropped: %s (%*ph)", rec->len,
		       texts[-error], (int)min_t(u32, rec->len, 16), body);
	pciem_rx_root_error(link, PCI_ERR_UNC_MALF_TLP, hdr);
}

/* Byte enables that no request may have (BE-01 to BE-07): nothing of it is done. */
static bool has_bad_enables(struct pciem_link *link, const struct pciem_tlp *tlp, const u8 *hdr)
{
	if ((tlp->kind != PCIEM_TLP_MWR && tlp->kind != PCIEM_TLP_MRD) ||
	    pciem_tlp_be_is_legal(tlp->addr, tlp->len_dw, tlp->first_be, tlp->last_be))
		return false;
	pciem_count(link, PCIEM_STAT_RX_MALFORMED);
	pciem_rx_event(link, PCIEM_EVENT_MALFORMED,
		       "%s of %u dwords at 0x%llx dropped: First DW BE 0x%x and Last DW BE 0x%x do not go with its length",
		       pciem_tlp_name(tlp->kind), tlp->len_dw, tlp->addr, tlp->first_be, tlp->last_be);
	pciem_rx_root_error(link, PCI_ERR_UNC_MALF_TLP, hdr);
	return true;
}

static int on_tlp(struct pciem_link *link, const struct pciem_rec *rec, const u8 *body)
{
	struct pciem_tlp tlp;
	int error = pciem_tlp_decode(body, rec->len, &tlp);
	const u8 *hdr, *payload;
	unsigned int bytes;

	if (error) {
		malformed(link, rec, body, error);
		return 0;
	}
	trace_pciem_tlp(link->id, 1, body, rec->len, rec->len);
	hdr = body + tlp.prefix_dw * 4u;
	payload = body + pciem_tlp_payload_off(&tlp);
	bytes = pciem_tlp_payload_bytes(&tlp);
	if (has_bad_enables(link, &tlp, hdr))
		return 0;

	switch (pciem_tlp_class(tlp.kind)) {
	case PCIEM_TLP_COMPLETION:
		on_completion(link, &tlp, hdr, payload);
		break;
	case PCIEM_TLP_POSTED:
		if (tlp.kind == PCIEM_TLP_MWR)
			on_mem_write(link, &tlp, hdr, payload, bytes);
		else
			on_message(link, &tlp, hdr);
		break;
	case PCIEM_TLP_NONPOSTED:
		if (!pciem_ring_reserve(link, answer_bytes(link, &tlp)))
			return -EAGAIN;
		on_nonposted(link, &tlp, hdr, payload, bytes);
		pciem_ring_unreserve(link);
		break;
	}
	pciem_count(link, PCIEM_STAT_RX_TLPS);
	return 0;
}

int pciem_rx_record(struct pciem_link *link, const struct pciem_rec *rec, const u8 *body)
{
	lockdep_assert_held(&link->drain_lock);
	if (rec->type == PCIEM_REC_TIMEOUT) {
		on_timeout(link, rec);
		return 0;
	}
	return on_tlp(link, rec, body);
}
