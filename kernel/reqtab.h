/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The table of host requests that wait for a completion: tags, states and the
 * checks that a completion must pass. PURE: no waiting, no time, no printing.
 *
 * One slot for each tag. Who may move a slot:
 *
 *	free --alloc--> filling --arm--> pending --complete--> busy --> done
 *	                   |                | ^__________________|       |
 *	                   |                |   partial              take|
 *	                   v cancel         v expire                     v
 *	                  free          quarantine <-- timed out --- free
 *	                                    |
 *	                                    v late completion, session end
 *	                                  free
 *
 * The requester allocates, arms, expires and takes; one completer at a time
 * (the caller serialises them) completes; anybody may abort. A slot's word
 * holds its generation, so that nobody acts on a later life of a tag. A tag
 * whose completion never came is not used again before that completion arrives
 * or the session ends (TAG-05).
 */
#ifndef PCIEM_REQTAB_H
#define PCIEM_REQTAB_H

#include "pure.h"
#include "tlp.h"

#define PCIEM_REQTAB_SLOTS	256
#define PCIEM_REQ_MAX_BYTES	64	/* of one read */

/* How a request ended; the completion statuses have their own values. */
enum pciem_req_end {
	PCIEM_END_SC = PCIEM_TLP_SC,
	PCIEM_END_UR = PCIEM_TLP_UR,
	PCIEM_END_RRS = PCIEM_TLP_RRS,
	PCIEM_END_CA = PCIEM_TLP_CA,
	PCIEM_END_TIMEOUT = 16,
	PCIEM_END_LINK_DOWN = 17,
	PCIEM_END_POISONED = 18,
	PCIEM_END_BAD_CPL = 20,
};

/* What became of a completion. */
enum pciem_cpl_verdict {
	PCIEM_CPL_FINAL,	/* the request is done */
	PCIEM_CPL_PARTIAL,	/* accepted, more to come */
	PCIEM_CPL_LATE,		/* its request had timed out; dropped */
	PCIEM_CPL_UNEXPECTED,	/* answers nothing; dropped */
	PCIEM_CPL_BAD,		/* does not fit its request, which ended with BAD_CPL */
};

/**
 * struct pciem_req - one slot
 *
 * @word: generation and state, atomic
 * @hdr: the request as sent; constant while pending
 * @is_detached: nobody waits; the completer frees the slot
 * @is_poisoned: a completion of it was poisoned
 * @end: enum pciem_req_end, valid when done
 * @nr_bytes: Byte Count of the first completion
 * @got_bytes: bytes that completions have brought so far
 * @start_ns: the caller's, for pciem_reqtab_expire_detached()
 * @data: bytes from the first enabled one on
 */
struct pciem_req {
	u64 word;
	struct pciem_tlp hdr;
	bool is_detached;
	bool is_poisoned;
	u8 end;
	u16 nr_bytes;
	u16 got_bytes;
	u64 start_ns;
	u8 data[PCIEM_REQ_MAX_BYTES];
};

struct pciem_reqtab {
	u32 limit;
	u32 next;
	struct pciem_req slot[PCIEM_REQTAB_SLOTS];
};

/* @limit: tags in use, 1 to 256 (32 unless extended tags are enabled) */
void pciem_reqtab_init(struct pciem_reqtab *tab, unsigned int limit);

/* Return: a tag, now filling, or -EAGAIN when all are in use. */
int pciem_reqtab_alloc(struct pciem_reqtab *tab);

/**
 * pciem_reqtab_arm() - the request is about to be sent
 * @hdr: what is sent; a memory read of at most PCIEM_REQ_MAX_BYTES
 * @is_detached: nobody will take the result
 */
void pciem_reqtab_arm(struct pciem_reqtab *tab, unsigned int tag, const struct pciem_tlp *hdr,
		      bool is_detached, u64 now_ns);

/* The request was not sent after all; the slot is filling or pending. */
void pciem_reqtab_cancel(struct pciem_reqtab *tab, unsigned int tag);

/* Whether pciem_reqtab_take() may be called. */
bool pciem_reqtab_is_done(const struct pciem_reqtab *tab, unsigned int tag);

/**
 * pciem_reqtab_complete() - a completion arrived
 * @cpl: its header, already decoded and of the right size
 * @payload: its payload, NULL when there is none
 * @rule: out: id and text of the rule that it breaks, NULL when none
 *
 * Callers are serialised among each other.
 */
enum pciem_cpl_verdict pciem_reqtab_complete(struct pciem_reqtab *tab, const struct pciem_tlp *cpl,
					     const u8 *payload, const char **rule);

/* The engine says that @tag timed out. Return: whether it was pending. */
bool pciem_reqtab_timeout(struct pciem_reqtab *tab, unsigned int tag);

/*
 * The requester gives up. Return: true, and the slot is no more the caller's;
 * false when the request ended meanwhile: take it.
 */
bool pciem_reqtab_expire(struct pciem_reqtab *tab, unsigned int tag);

/*
 * The requester takes the result of a request that is done and frees the tag.
 * @buf gets the bytes that were asked for on PCIEM_END_SC, and is not touched else.
 */
enum pciem_req_end pciem_reqtab_take(struct pciem_reqtab *tab, unsigned int tag, void *buf,
				     unsigned int nr_bytes);

/* Ends whatever is pending with PCIEM_END_LINK_DOWN. Any context, never waits. */
void pciem_reqtab_abort_all(struct pciem_reqtab *tab);

/* Quarantines detached requests that started before @before_ns. Return: how many. */
unsigned int pciem_reqtab_expire_detached(struct pciem_reqtab *tab, u64 before_ns);

/* A new session begins: quarantined and detached tags are free again. */
void pciem_reqtab_new_session(struct pciem_reqtab *tab);

/* For display. */
unsigned int pciem_reqtab_nr_pending(const struct pciem_reqtab *tab);
unsigned int pciem_reqtab_nr_quarantined(const struct pciem_reqtab *tab);

#endif /* PCIEM_REQTAB_H */
