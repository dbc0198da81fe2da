// SPDX-License-Identifier: Apache-2.0
/*
 * What the card did in the recording, and whether it does it again: completions
 * by request, DMA by byte (the third write of a byte is the third write of that
 * byte, however the TLPs are cut and whatever other addresses come between),
 * interrupts and messages by what they are.
 */
#include "play.h"

#include <stdio.h>
#include <string.h>

#define NEXT_EVENTS	16384	/* what else may have ended instead */
#define REPEAT_CYCLES	64	/* between two looks of a driver that polls */

char *play_words(const struct play_run *run, const uint8_t *bytes, uint32_t len,
		 char *text, size_t size)
{
	return riser_words_print(&run->words, bytes, len, text, size);
}

static char *event_words(const struct play_run *run, uint32_t event, char *text,
			 size_t size)
{
	const struct play_event *e = &run->plan->event[event];

	return play_words(run, run->plan->bytes + e->bytes, e->len, text, size);
}

static bool compares(const struct play_run *run)
{
	return run->config->mode == RISER_PLAY_COMPARE && !run->is_over;
}

/*
 * The deed that the recorded failure names is done, or all before it are: what comes
 * now and was not there then may be what was missing.
 */
static bool is_past_failure(const struct play_run *run)
{
	const struct riser_plan *plan = run->plan;

	return plan->has_failure && (run->next_deed >= run->end_deed ||
				     (plan->failure.seq != RISER_NO_SEQ &&
				      run->done_pos >= plan->failure.seq));
}

/* Something that the recording does not have (any more) is a difference. */
static bool compares_more(const struct play_run *run)
{
	return compares(run) && !is_past_failure(run);
}

/* ---- events ---- */

static void advance(struct play_run *run)
{
	const struct play_event *event;

	for (; run->first_open < run->plan->nr_events; run->first_open++) {
		event = &run->plan->event[run->first_open];
		if (event->left)
			return;
		if (event->new_cycle > run->open_cycle)
			run->open_cycle = event->new_cycle;
	}
}

void play_event_came(struct play_run *run, uint32_t event, uint64_t cycle)
{
	run->plan->event[event].left = 0;
	run->plan->event[event].new_cycle = cycle;
	run->result->nr_expected++;
	run->progress_cycle = run->cycle;
	advance(run);
}

void play_event_give_up(struct play_run *run, uint32_t event)
{
	run->plan->event[event].left = 0;
	advance(run);
}

/* The TLP that the recorded run's failure is about. */
static bool is_failure(const struct riser_plan *plan, const struct play_event *event)
{
	return plan->has_failure && event->pos == plan->failure.seq &&
	       event->kind != PLAY_CPL;
}

void play_expect_start(struct play_run *run)
{
	struct riser_plan *plan = run->plan;
	const uint8_t *keep = run->config->keep;
	struct play_event *event;
	uint32_t i;

	play_memory_rewind(&plan->memory);
	memcpy(run->message_slot, plan->message_slot,
	       plan->nr_keys * sizeof(*plan->message_slot));
	memcpy(run->read_slot, plan->read_slot, plan->nr_keys * sizeof(*plan->read_slot));
	for (i = 0; i < plan->nr_events; i++) {
		event = &plan->event[i];
		event->left = event->nr;
		event->new_cycle = 0;
		/* what was left out is not answered */
		if (event->kind == PLAY_CPL && keep && !keep[event->deed])
			event->left = 0;
		/* what failed then is not what is awaited now */
		if (is_failure(plan, event))
			event->left = 0;
	}
	run->first_open = 0;
	run->open_cycle = 0;
	advance(run);
}

/* ---- DMA ---- */

struct byte_match {
	uint32_t event;
	uint8_t recorded;
	bool is_miss;
};

/* The recorded write that this one of the byte corresponds to. */
static bool match_byte(struct play_run *run, struct play_line *line, uint32_t i,
		       struct byte_match *match)
{
	const struct play_event *event;
	const struct play_miss *miss;
	struct play_wrote *wrote;
	uint32_t at;

	while (line->open_wrote < line->nr_wrote && !line->wrote[line->open_wrote].left)
		line->open_wrote++;
	for (at = line->open_wrote; at < line->nr_wrote; at++)
		if (line->wrote[at].left >> i & 1)
			break;
	if (at == line->nr_wrote)
		return false;
	wrote = &line->wrote[at];
	wrote->left &= ~(1ULL << i);
	event = &run->plan->event[wrote->event];
	match->event = wrote->event;
	match->recorded = wrote->data[i];
	match->is_miss = false;
	if (event->miss != PLAY_NONE) {
		miss = &run->plan->miss[event->miss];
		match->is_miss = line->addr + i >= miss->addr &&
				 line->addr + i < miss->addr + miss->bytes;
	}
	return true;
}

static void say_other_byte(struct play_run *run, uint64_t addr, uint8_t value,
			   const struct byte_match *match, const uint8_t *bytes,
			   uint32_t len)
{
	const struct play_event *event = &run->plan->event[match->event];
	char is[RISER_TLP_TEXT_BYTES], was[RISER_TLP_TEXT_BYTES];

	play_words(run, bytes, len, is, sizeof(is));
	event_words(run, match->event, was, sizeof(was));
	play_end(run, RISER_PLAY_DIVERGES, event->cycle,
		 "DMA byte 0x%llx is 0x%02x and was 0x%02x: %s; recorded TLP %llu: %s",
		 (unsigned long long)addr, value, match->recorded, is,
		 (unsigned long long)event->pos, was);
}

static void say_extra(struct play_run *run, uint64_t addr, const uint8_t *bytes,
		      uint32_t len)
{
	char is[RISER_TLP_TEXT_BYTES];

	play_words(run, bytes, len, is, sizeof(is));
	play_end(run, RISER_PLAY_DIVERGES, 0,
		 "the card writes byte 0x%llx once more than in the recording: %s",
		 (unsigned long long)addr, is);
}

/* One byte that the card wrote; the miss that it is, or PLAY_NONE. */
static uint32_t take_byte(struct play_run *run, uint64_t addr, uint8_t value,
			  const uint8_t *bytes, uint32_t len, uint64_t cycle)
{
	struct play_line *line = play_line(&run->plan->memory, addr, true);
	uint32_t i = addr & (PLAY_LINE - 1);
	struct byte_match match;
	struct play_event *event;

	if (!line)
		return PLAY_NONE;
	if (!match_byte(run, line, i, &match)) {
		if (compares_more(run))
			say_extra(run, addr, bytes, len);
		match.event = PLAY_NONE;
	} else if (match.is_miss) {
		return run->plan->event[match.event].miss;
	} else if (match.recorded != value && compares(run) &&
		   !is_failure(run->plan, &run->plan->event[match.event])) {
		say_other_byte(run, addr, value, &match, bytes, len);
	}
	line->own[i] = value;
	line->own_mask |= 1ULL << i;
	line->own_pos = run->done_pos;
	if (match.event != PLAY_NONE) {
		event = &run->plan->event[match.event];
		line->own_pos = event->pos;
		if (event->left && !--event->left)
			play_event_came(run, match.event, cycle);
	}
	return PLAY_NONE;
}

static void expect_entry(struct play_run *run, const struct riser_tlp *tlp,
			 const uint8_t *bytes, uint32_t len, uint64_t cycle)
{
	struct play_line *line = play_line(&run->plan->memory, tlp->addr, false);
	uint32_t slot = play_message_slot(run->plan, play_entry_key(tlp));
	uint32_t event = run->message_slot[slot];
	bool is_there = line && line->entries >> (tlp->addr & (PLAY_LINE - 1)) / 16 & 1;
	char words[RISER_TLP_TEXT_BYTES];

	if (event != PLAY_NONE) {
		run->message_slot[slot] = run->plan->event[event].next;
		play_event_came(run, event, cycle);
	}
	if (!compares_more(run) || (event != PLAY_NONE && is_there))
		return;
	play_words(run, bytes, len, words, sizeof(words));
	play_end(run, RISER_PLAY_DIVERGES, 0,
		 "the card writes a completion entry (SQ %u, command %u, status 0x%x)%s that the recording does not have%s: %s",
		 tlp->data[10] | tlp->data[11] << 8, tlp->data[12] | tlp->data[13] << 8,
		 (tlp->data[14] | tlp->data[15] << 8) >> 1,
		 is_there ? "" : " to a place",
		 event == PLAY_NONE || is_there ? "" : " for entries", words);
}

void play_expect_write(struct play_run *run, const struct riser_tlp *tlp,
		       const uint8_t *bytes, uint32_t len, uint64_t cycle)
{
	struct play_run_of_bytes part;
	uint32_t at = 0, i, miss, refused = PLAY_NONE;

	if (play_is_entry(run->plan, tlp)) {
		expect_entry(run, tlp, bytes, len, cycle);
		return;
	}
	for (; play_enabled(tlp, at, &part); at = part.offset + part.bytes) {
		for (i = 0; i < part.bytes; i++) {
			miss = take_byte(run, part.addr + i,
					 tlp->data[part.offset + i], bytes, len, cycle);
			if (miss != PLAY_NONE)
				refused = miss;
		}
	}
	if (refused != PLAY_NONE)
		play_host_miss(run, refused);
}

/* ---- interrupts and messages ---- */

/*
 * An interrupt says that something was written before it. If that has not come, and
 * nothing of the same kind instead, the interrupt has overtaken its data.
 */
static bool overtakes(const struct play_run *run, uint32_t event)
{
	const struct play_event *all = run->plan->event;
	uint32_t i = all[event].pair, end = event + NEXT_EVENTS;

	if (i == PLAY_NONE)
		return false;
	for (; i < end && i < run->plan->nr_events; i++)
		if (play_is_small(&all[i]) && !all[i].left)
			return false;
	return true;
}

void play_expect_message(struct play_run *run, const struct riser_tlp *tlp,
			 const uint8_t *bytes, uint32_t len, uint64_t cycle)
{
	uint32_t slot = play_message_slot(run->plan, play_message_key(tlp));
	uint32_t event = run->message_slot[slot];
	char words[RISER_TLP_TEXT_BYTES];

	play_words(run, bytes, len, words, sizeof(words));
	if (event == PLAY_NONE) {
		if (compares_more(run))
			play_end(run, RISER_PLAY_DIVERGES, 0,
				 "the card sends once more than in the recording: %s",
				 words);
		return;
	}
	run->message_slot[slot] = run->plan->event[event].next;
	if (run->plan->event[event].miss != PLAY_NONE)
		play_host_miss(run, run->plan->event[event].miss);
	if (compares(run) && overtakes(run, event))
		play_end(run, RISER_PLAY_DIVERGES, run->plan->event[event].cycle,
			 "an interrupt comes before the data that it is about: %s; in the recording a DMA write stood before it",
			 words);
	play_event_came(run, event, cycle);
}

/* ---- completions ---- */

static bool is_read(const struct play_deed *deed)
{
	return deed->kind == PLAY_REQUEST &&
	       (deed->tlp_kind == RISER_TLP_MRD || deed->tlp_kind == RISER_TLP_CFGRD0);
}

/* The same status and data as in the recording. */
static bool is_as_recorded(const struct play_run *run, uint32_t deed,
			   const struct riser_tlp *cpl)
{
	const struct play_deed *d = &run->plan->deed[deed];
	const struct play_event *event;
	struct riser_tlp was;

	if (d->event == PLAY_NONE)
		return false;
	event = &run->plan->event[d->event];
	if (riser_tlp_decode(&was, run->plan->bytes + event->bytes, event->len))
		return false;
	return was.status == cpl->status && was.data_bytes == cpl->data_bytes &&
	       (!was.data_bytes || !memcmp(was.data, cpl->data, was.data_bytes));
}

/* Both deeds ask the same, but for the tag. */
static bool asks_the_same(const struct play_run *run, uint32_t a, uint32_t b)
{
	const struct play_deed *da = &run->plan->deed[a], *db = &run->plan->deed[b];
	struct riser_tlp ta, tb;

	if (!is_read(da) || !is_read(db) ||
	    riser_tlp_decode(&ta, run->plan->bytes + da->bytes, da->len) ||
	    riser_tlp_decode(&tb, run->plan->bytes + db->bytes, db->len))
		return false;
	return ta.kind == tb.kind && ta.addr == tb.addr && ta.reg == tb.reg &&
	       ta.target == tb.target && ta.length_dw == tb.length_dw &&
	       ta.first_be == tb.first_be && ta.last_be == tb.last_be;
}

/*
 * A driver that polls reads until it likes what it sees. The card may be faster
 * than it was then: reads of the same that lead to this value are left out.
 */
static bool is_ahead(struct play_run *run, uint32_t deed, const struct riser_tlp *cpl,
		     uint64_t cycle)
{
	const struct riser_plan *plan = run->plan;
	uint32_t last = deed + 1, i;

	if (run->next_deed != deed + 1)
		return false;
	while (last < run->end_deed && asks_the_same(run, deed, last) &&
	       !is_as_recorded(run, last, cpl))
		last++;
	if (last >= run->end_deed || !asks_the_same(run, deed, last))
		return false;
	/* the one that failed is what the card is asked about */
	if (plan->failing_deed > deed && plan->failing_deed <= last)
		last = plan->failing_deed - 1;
	for (i = deed; i <= last; i++) {
		run->result->nr_repeated += i != deed;
		if (plan->deed[i].event != PLAY_NONE)
			play_event_came(run, plan->deed[i].event, cycle);
	}
	run->next_deed = last + 1;
	run->done_pos = plan->deed[last].pos;
	return true;
}

static void print_mismatch(const struct play_run *run, uint32_t deed,
			   const uint8_t *bytes, uint32_t len, char *text, size_t size)
{
	const struct play_deed *d = &run->plan->deed[deed];
	char asked[RISER_TLP_TEXT_BYTES], is[RISER_TLP_TEXT_BYTES];
	char was[RISER_TLP_TEXT_BYTES] = "nothing";

	play_words(run, run->plan->bytes + d->bytes, d->len, asked, sizeof(asked));
	play_words(run, bytes, len, is, sizeof(is));
	if (d->event != PLAY_NONE)
		event_words(run, d->event, was, sizeof(was));
	snprintf(text, size, "%s is answered with %s, recorded was %s", asked, is, was);
}

/* The register had this value before, at an earlier read of the recording. */
static bool had_value(const struct play_run *run, uint32_t deed,
		      const struct riser_tlp *cpl)
{
	uint32_t i;

	for (i = deed; i-- > 0;)
		if (asks_the_same(run, deed, i))
			return is_as_recorded(run, i, cpl);
	return false;
}

/*
 * Or slower: what it had before it still has. The read is repeated as the driver
 * would. Any other value is a difference at once.
 */
static bool is_behind(struct play_run *run, uint32_t deed, const struct riser_tlp *cpl,
		      const uint8_t *bytes, uint32_t len)
{
	if (!is_read(&run->plan->deed[deed]) || !had_value(run, deed, cpl))
		return false;
	if (run->repeat_since == PLAY_NEVER) {
		run->repeat_since = run->cycle;
		print_mismatch(run, deed, bytes, len, run->mismatch,
			       sizeof(run->mismatch));
	}
	run->repeat_deed = deed;
	run->repeat_due = run->cycle + REPEAT_CYCLES;
	run->result->nr_repeated++;
	return true;
}

static void say_fixed(struct play_run *run, uint32_t deed, const uint8_t *bytes,
		      uint32_t len)
{
	const struct play_deed *d = &run->plan->deed[deed];
	char asked[RISER_TLP_TEXT_BYTES], is[RISER_TLP_TEXT_BYTES];

	play_words(run, run->plan->bytes + d->bytes, d->len, asked, sizeof(asked));
	play_words(run, bytes, len, is, sizeof(is));
	play_end(run, RISER_PLAY_FIXED, d->cycle,
		 "the request that failed has its completion: %s, answered with %s", asked,
		 is);
}

void play_expect_cpl(struct play_run *run, const struct riser_tlp *cpl,
		     const uint8_t *bytes, uint32_t len, uint64_t cycle)
{
	uint32_t deed = run->wait[cpl->tag].deed;
	char words[RISER_PLAY_TEXT_BYTES];
	struct play_deed *d;

	if (!run->wait[cpl->tag].waits)
		return;
	run->wait[cpl->tag].waits = false;
	d = &run->plan->deed[deed];
	if (compares(run) && deed == run->plan->failing_deed) {
		if (cpl->status == RISER_CPL_SC)
			say_fixed(run, deed, bytes, len);
		return;
	}
	if (compares(run) && d->event != PLAY_NONE && !is_as_recorded(run, deed, cpl)) {
		if (is_ahead(run, deed, cpl, cycle) || is_behind(run, deed, cpl, bytes, len))
			return;
		print_mismatch(run, deed, bytes, len, words, sizeof(words));
		play_end(run, RISER_PLAY_DIVERGES, run->plan->event[d->event].cycle,
			 "%s", words);
	}
	run->repeat_since = PLAY_NEVER;
	if (d->event != PLAY_NONE)
		play_event_came(run, d->event, cycle);
}
