/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The short way through the table of host requests, for a read whose requester
 * receives the completion itself: no search for a tag, no copies. In between the
 * slot is as pciem_reqtab_arm() leaves it, so that everybody else (another CPU that
 * drains, an abort, the long way's wait) finds what reqtab.h promises. PURE.
 */
#ifndef PCIEM_REQTAB_PLAIN_H
#define PCIEM_REQTAB_PLAIN_H

#include "reqtab.h"
#include "reqtab_word.h"
#include "tlp_plain.h"

/* The tag that pciem_reqtab_plain_arm() would take; it may be in use. */
static inline unsigned int pciem_reqtab_plain_next(const struct pciem_reqtab *tab)
{
	unsigned int tag = hint_get(&tab->next);

	return tag < tab->limit ? tag : 0;
}

/**
 * pciem_reqtab_plain_arm() - takes tag @tag and arms it for a read, if it is free
 * @tag: of pciem_reqtab_plain_next()
 * @addr: of the first byte
 * @nr_bytes: 1, 2, 4 or 8, naturally aligned
 * @word: out: the slot's word, for pciem_reqtab_plain_end()
 *
 * Such a read has no completion but its last: what is short of it is malformed. So @word
 * stays as it is until the request ends. Nobody asks when it began, as it is not detached.
 *
 * Return: false when somebody else has it; nothing has changed then.
 */
static inline bool pciem_reqtab_plain_arm(struct pciem_reqtab *tab, unsigned int tag, u64 addr,
					  unsigned int nr_bytes, u64 *word)
{
	struct pciem_req *req = &tab->slot[tag];
	u64 seen = word_load(&req->word);
	u64 next_life = ((seen >> 8) + 1) << 8;
	u32 be = pciem_plain_enables(addr, nr_bytes);

	if (word_state(seen) != ST_FREE || !word_cas(&req->word, seen, next_life | ST_FILLING))
		return false;
	hint_set(&tab->next, tag + 1);
	memset(&req->hdr, 0, sizeof(req->hdr));
	req->hdr.kind = PCIEM_TLP_MRD;
	req->hdr.tag = (u16)tag;
	req->hdr.addr = addr & ~3ull;
	req->hdr.len_dw = (u16)pciem_plain_len_dw(nr_bytes);
	req->hdr.first_be = be & 0xf;
	req->hdr.last_be = (u8)(be >> 4);
	hint_set(&req->is_detached, false);
	req->is_poisoned = false;
	req->end = PCIEM_END_SC;
	req->nr_bytes = (u16)nr_bytes;
	req->got_bytes = 0;
	*word = next_life | ST_PENDING;
	word_store(&req->word, *word);
	return true;
}

/*
 * The requester holds the one completion that ends its request well: complete and
 * take in one. Return: false when the request has ended already (aborted, or answered
 * otherwise): then nothing has changed and the completion goes the long way.
 */
static inline bool pciem_reqtab_plain_end(struct pciem_reqtab *tab, unsigned int tag, u64 word)
{
	return word_cas(&tab->slot[tag].word, word, mk_word(word, ST_FREE));
}

static inline bool pciem_reqtab_plain_is_pending(const struct pciem_reqtab *tab, unsigned int tag, u64 word)
{
	return word_load(&tab->slot[tag].word) == word;
}

#endif /* PCIEM_REQTAB_PLAIN_H */
