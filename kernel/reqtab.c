// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Tags, pending table and completion checks. PURE, see reqtab.h.
 *
 * Rule ids in the texts are those of the protocol checker.
 */
#include "reqtab.h"
#include "reqtab_word.h"

/* Completions may be cut at multiples of this (an endpoint uses 128, RCB-05 is the checker's). */
#define RCB_BYTES	64

void pciem_reqtab_init(struct pciem_reqtab *tab, unsigned int limit)
{
	memset(tab, 0, sizeof(*tab));
	tab->limit = limit;
}

int pciem_reqtab_alloc(struct pciem_reqtab *tab)
{
	unsigned int start = hint_get(&tab->next);
	unsigned int i;

	for (i = 0; i < tab->limit; i++) {
		unsigned int tag = (start + i) % tab->limit;
		u64 word = word_load(&tab->slot[tag].word);
		u64 next_life = ((word >> 8) + 1) << 8 | ST_FILLING;

		if (word_state(word) == ST_FREE && word_cas(&tab->slot[tag].word, word, next_life)) {
			hint_set(&tab->next, tag + 1);
			return (int)tag;
		}
	}
	return -EAGAIN;
}

void pciem_reqtab_arm(struct pciem_reqtab *tab, unsigned int tag, const struct pciem_tlp *hdr,
		      bool is_detached, u64 now_ns)
{
	struct pciem_req *req = &tab->slot[tag];

	req->hdr = *hdr;
	hint_set(&req->is_detached, is_detached);
	req->is_poisoned = false;
	req->end = PCIEM_END_SC;
	req->nr_bytes = (u16)pciem_tlp_request_byte_count(hdr);
	req->got_bytes = 0;
	hint_set(&req->start_ns, now_ns);
	word_store(&req->word, mk_word(word_load(&req->word), ST_PENDING));
}

void pciem_reqtab_cancel(struct pciem_reqtab *tab, unsigned int tag)
{
	struct pciem_req *req = &tab->slot[tag];

	/* somebody may abort a pending request meanwhile: then it is done, and free all the same */
	for (;;) {
		u64 word = word_load(&req->word);

		if (word_state(word) != ST_BUSY && word_cas(&req->word, word, mk_word(word, ST_FREE)))
			return;
		cpu_relax();
	}
}

static bool is_done(u64 word)
{
	return word_state(word) == ST_DONE || word_state(word) == ST_DONE_OPEN;
}

bool pciem_reqtab_is_done(const struct pciem_reqtab *tab, unsigned int tag)
{
	return is_done(word_load(&tab->slot[tag].word));
}

/* Whether the completion says of itself that nothing follows. */
static bool looks_final(const struct pciem_tlp *cpl)
{
	if (cpl->status != PCIEM_TLP_SC || cpl->kind == PCIEM_TLP_CPL || cpl->kind == PCIEM_TLP_CPLLK)
		return true;
	return cpl->len_dw * 4u >= (cpl->lower_addr & 3u) + cpl->byte_count;
}

/* The slot is busy and thus the completer's: end the request. */
static void finish(struct pciem_req *req, enum pciem_req_end end, bool quarantine)
{
	enum state next = quarantine ? ST_DONE_OPEN : ST_DONE;

	req->end = (u8)end;
	if (req->is_detached)
		next = quarantine ? ST_QUARANTINE : ST_FREE;
	word_store(&req->word, mk_word(word_load(&req->word), next));
}

static bool is_config(const struct pciem_tlp *hdr)
{
	return hdr->kind >= PCIEM_TLP_CFGRD0 && hdr->kind <= PCIEM_TLP_CFGWR1;
}

/* Rules that hold for every completion of @req; NULL when it keeps them. */
static const char *check_common(const struct pciem_tlp *hdr, const struct pciem_tlp *cpl)
{
	u8 mask = PCIEM_TLP_ATTR_RO | PCIEM_TLP_ATTR_NS;
	bool has_data = cpl->kind == PCIEM_TLP_CPLD;

	if (cpl->kind == PCIEM_TLP_CPLLK || cpl->kind == PCIEM_TLP_CPLDLK)
		return "HDR-07: completion of a locked read, the request was not locked";
	if (cpl->tc != hdr->tc || (cpl->attr & mask) != (hdr->attr & mask))
		return "CPL-07: traffic class or attributes differ from the request's";
	if (cpl->status != PCIEM_TLP_SC && has_data)
		return "CPL-04: completion with an error status carries data";
	if (cpl->status == PCIEM_TLP_RRS && !is_config(hdr))
		return "CPL-06: request retry status answers a request that is no configuration request";
	if (cpl->status != PCIEM_TLP_SC)
		return NULL;
	if (has_data && pciem_tlp_has_data((enum pciem_tlp_kind)hdr->kind))
		return "CPL-03: completion of a write carries data";
	if (!has_data && !pciem_tlp_has_data((enum pciem_tlp_kind)hdr->kind))
		return "CPL-03: successful completion of a read carries no data";
	return NULL;
}

/* Rules for the data of a memory read; out: how many bytes this completion brings. */
static const char *check_read(const struct pciem_req *req, const struct pciem_tlp *cpl,
			      unsigned int *bytes)
{
	unsigned int left = req->nr_bytes - req->got_bytes;
	u64 addr = req->hdr.addr + pciem_tlp_first_byte(req->hdr.first_be) + req->got_bytes;
	unsigned int lower = (unsigned int)(addr & 0x7f);
	unsigned int have = cpl->len_dw * 4u - (lower & 3);

	if (cpl->byte_count != left)
		return req->got_bytes ?
			"CPL-11: byte count is not what is left of the request" :
			"CPL-10: byte count of the first completion is not that of the request";
	if (cpl->lower_addr != lower)
		return "CPL-13: lower address is not that of the first byte returned";
	if (cpl->len_dw > ((lower & 3) + left + 3) / 4)
		return "CPL-16: more data than was asked for";
	if (have >= left) {
		*bytes = left;
		return NULL;
	}
	if ((lower + have) % RCB_BYTES)
		return "RCB-02: completion ends before the request's end and not on a read completion boundary";
	*bytes = have;
	return NULL;
}

static enum pciem_cpl_verdict complete_config_read(struct pciem_req *req, const struct pciem_tlp *cpl,
						   const u8 *payload, const char **rule)
{
	if (cpl->len_dw != 1) {
		*rule = "CPL-15: completion of a configuration read carries more than one dword";
		finish(req, PCIEM_END_BAD_CPL, false);
		return PCIEM_CPL_BAD;
	}
	memcpy(req->data, payload, 4);
	req->got_bytes = 4;
	finish(req, cpl->ep ? PCIEM_END_POISONED : PCIEM_END_SC, false);
	return PCIEM_CPL_FINAL;
}

static enum pciem_cpl_verdict complete_read(struct pciem_req *req, const struct pciem_tlp *cpl,
					    const u8 *payload, const char **rule)
{
	unsigned int bytes = 0;

	*rule = check_read(req, cpl, &bytes);
	if (*rule || req->got_bytes + bytes > sizeof(req->data)) {
		finish(req, PCIEM_END_BAD_CPL, !looks_final(cpl));
		return PCIEM_CPL_BAD;
	}
	memcpy(req->data + req->got_bytes, payload + (cpl->lower_addr & 3), bytes);
	req->got_bytes = (u16)(req->got_bytes + bytes);
	req->is_poisoned |= cpl->ep;
	if (req->got_bytes < req->nr_bytes) {
		word_store(&req->word, mk_word(word_load(&req->word), ST_PENDING));
		return PCIEM_CPL_PARTIAL;
	}
	finish(req, req->is_poisoned ? PCIEM_END_POISONED : PCIEM_END_SC, false);
	return PCIEM_CPL_FINAL;
}

/* The slot is busy: this completion is for it. */
static enum pciem_cpl_verdict complete_busy(struct pciem_req *req, const struct pciem_tlp *cpl,
					    const u8 *payload, const char **rule)
{
	*rule = check_common(&req->hdr, cpl);
	if (*rule) {
		finish(req, PCIEM_END_BAD_CPL, !looks_final(cpl));
		return PCIEM_CPL_BAD;
	}
	switch (cpl->status) {
	case PCIEM_TLP_SC:
		break;
	case PCIEM_TLP_RRS:
	case PCIEM_TLP_CA:
		finish(req, (enum pciem_req_end)cpl->status, false);
		return PCIEM_CPL_FINAL;
	default:	/* reserved values count as UR (CPL-05) */
		finish(req, PCIEM_END_UR, false);
		return PCIEM_CPL_FINAL;
	}
	if (pciem_tlp_has_data((enum pciem_tlp_kind)req->hdr.kind)) {
		finish(req, PCIEM_END_SC, false);
		return PCIEM_CPL_FINAL;
	}
	if (is_config(&req->hdr))
		return complete_config_read(req, cpl, payload, rule);
	return complete_read(req, cpl, payload, rule);
}

static bool is_for(const struct pciem_req *req, const struct pciem_tlp *cpl, const char **rule)
{
	if (cpl->requester == req->hdr.requester)
		return true;
	*rule = "ADR-07: completion for a requester that asked nothing";
	return false;
}

enum pciem_cpl_verdict pciem_reqtab_complete(struct pciem_reqtab *tab, const struct pciem_tlp *cpl,
					     const u8 *payload, const char **rule)
{
	struct pciem_req *req;
	u64 word;

	*rule = "CPL-02: completion answers no outstanding request";
	if (cpl->tag >= tab->limit)
		return PCIEM_CPL_UNEXPECTED;
	req = &tab->slot[cpl->tag];
again:
	word = word_load(&req->word);
	/* in other states the requester writes the slot */
	if ((word_state(word) == ST_QUARANTINE || word_state(word) == ST_DONE_OPEN) &&
	    !is_for(req, cpl, rule))
		return PCIEM_CPL_UNEXPECTED;
	switch (word_state(word)) {
	case ST_QUARANTINE:
		*rule = "CTO-03: completion after its request timed out";
		if (looks_final(cpl))
			word_cas(&req->word, word, mk_word(word, ST_FREE));
		return PCIEM_CPL_LATE;
	case ST_DONE_OPEN:
		/* ended early (timeout, abort, bad completion) and not taken yet */
		*rule = "CTO-03: completion after its request ended";
		if (looks_final(cpl) && !word_cas(&req->word, word, mk_word(word, ST_DONE)))
			goto again;	/* taken just now */
		return PCIEM_CPL_LATE;
	case ST_PENDING:
		break;
	case ST_BUSY:
		/* one completer at a time: somebody aborts it, in a few instructions */
		cpu_relax();
		goto again;
	default:
		return PCIEM_CPL_UNEXPECTED;
	}
	/* expired or aborted just now: this is the answer that its quarantine waits for */
	if (!word_cas(&req->word, word, mk_word(word, ST_BUSY)))
		goto again;
	if (!is_for(req, cpl, rule)) {
		word_store(&req->word, word);
		return PCIEM_CPL_UNEXPECTED;
	}
	return complete_busy(req, cpl, payload, rule);
}

bool pciem_reqtab_timeout(struct pciem_reqtab *tab, unsigned int tag)
{
	struct pciem_req *req;
	u64 word;

	if (tag >= tab->limit)
		return false;
	req = &tab->slot[tag];
	word = word_load(&req->word);
	if (word_state(word) != ST_PENDING || !word_cas(&req->word, word, mk_word(word, ST_BUSY)))
		return false;
	finish(req, PCIEM_END_TIMEOUT, true);
	return true;
}

bool pciem_reqtab_expire(struct pciem_reqtab *tab, unsigned int tag)
{
	struct pciem_req *req = &tab->slot[tag];

	for (;;) {
		u64 word = word_load(&req->word);

		if (is_done(word))
			return false;
		if (word_state(word) == ST_PENDING &&
		    word_cas(&req->word, word, mk_word(word, ST_QUARANTINE)))
			return true;
		cpu_relax();	/* busy: the completer copies a few bytes */
	}
}

enum pciem_req_end pciem_reqtab_take(struct pciem_reqtab *tab, unsigned int tag, void *buf,
				     unsigned int nr_bytes)
{
	struct pciem_req *req = &tab->slot[tag];
	enum pciem_req_end end = (enum pciem_req_end)req->end;

	if (end == PCIEM_END_SC && buf)
		memcpy(buf, req->data, nr_bytes < req->got_bytes ? nr_bytes : req->got_bytes);
	for (;;) {
		u64 word = word_load(&req->word);

		/* nobody else changes a slot that is done and may not be answered any more */
		if (word_state(word) == ST_DONE) {
			word_store(&req->word, mk_word(word, ST_FREE));
			return end;
		}
		if (word_cas(&req->word, word, mk_word(word, ST_QUARANTINE)))
			return end;
	}
}

void pciem_reqtab_abort_all(struct pciem_reqtab *tab)
{
	unsigned int tag;

	/* a busy slot is skipped: its requester sees that the link is down */
	for (tag = 0; tag < tab->limit; tag++) {
		struct pciem_req *req = &tab->slot[tag];
		u64 word = word_load(&req->word);

		if (word_state(word) == ST_PENDING && word_cas(&req->word, word, mk_word(word, ST_BUSY)))
			finish(req, PCIEM_END_LINK_DOWN, true);
	}
}

unsigned int pciem_reqtab_expire_detached(struct pciem_reqtab *tab, u64 before_ns)
{
	unsigned int tag, nr = 0;

	for (tag = 0; tag < tab->limit; tag++) {
		struct pciem_req *req = &tab->slot[tag];
		u64 word = word_load(&req->word);

		/* of a later life, perhaps: then the word has changed */
		if (word_state(word) == ST_PENDING && hint_get(&req->is_detached) &&
		    hint_get(&req->start_ns) < before_ns &&
		    word_cas(&req->word, word, mk_word(word, ST_QUARANTINE)))
			nr++;
	}
	return nr;
}

void pciem_reqtab_new_session(struct pciem_reqtab *tab)
{
	unsigned int tag;

	/* requests that somebody waits for end by themselves and are freed by their waiter */
	for (tag = 0; tag < tab->limit; tag++) {
		struct pciem_req *req = &tab->slot[tag];
		u64 word = word_load(&req->word);

		if (word_state(word) == ST_DONE_OPEN)
			word_cas(&req->word, word, mk_word(word, ST_DONE));
		else if (word_state(word) == ST_QUARANTINE ||
			 (word_state(word) == ST_PENDING && hint_get(&req->is_detached)))
			word_cas(&req->word, word, mk_word(word, ST_FREE));
	}
}

static unsigned int count(const struct pciem_reqtab *tab, enum state state)
{
	unsigned int tag, nr = 0;

	for (tag = 0; tag < tab->limit; tag++)
		if (word_state(word_load(&tab->slot[tag].word)) == state)
			nr++;
	return nr;
}

unsigned int pciem_reqtab_nr_pending(const struct pciem_reqtab *tab)
{
	return count(tab, ST_PENDING) + count(tab, ST_BUSY);
}

unsigned int pciem_reqtab_nr_quarantined(const struct pciem_reqtab *tab)
{
	return count(tab, ST_QUARANTINE);
}
