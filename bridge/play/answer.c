// SPDX-License-Identifier: Apache-2.0
/*
 * Completions for the card's reads of host memory: the bytes that the recording
 * knows, cut and delayed as in the recording when it has the same read, else as
 * any root complex may.
 */
#include "play.h"

#include <stdlib.h>
#include <string.h>

#define CUT_BYTES	128	/* the least Max_Payload_Size, and a multiple of every RCB */
#define FIRST_DELAY	64	/* cycles, when the recording has no read at all */

/* The read as recorded, if it is there and was not answered from it yet. */
static const struct play_read *recorded(struct play_run *run, uint64_t addr, uint32_t span)
{
	uint32_t slot = play_read_slot(run->plan, addr, span), at = run->read_slot[slot];

	if (at == PLAY_NONE)
		return NULL;
	run->read_slot[slot] = run->plan->read[at].next;
	return &run->plan->read[at];
}

static void put_answer(struct play_run *run, const struct riser_tlp *cpl, uint64_t due,
		       uint64_t pos)
{
	uint8_t bytes[RISER_TLP_MAX_BYTES + 4];
	int len = riser_tlp_encode(cpl, bytes, sizeof(bytes));
	struct play_answer *answer;
	uint32_t i;

	answer = play_room(run->answer, run->nr_answers, &run->room_answers,
			   sizeof(*answer));
	if (!answer || len < 0) {
		play_end(run, RISER_PLAY_BEYOND, 0, "a completion cannot be made (%d)", len);
		return;
	}
	run->answer = answer;
	/* in order of their time */
	for (i = run->nr_answers; i > 0 && answer[i - 1].due > due; i--)
		answer[i] = answer[i - 1];
	answer[i] = (struct play_answer){
		.due = due, .pos = pos, .len = (uint32_t)len, .bytes = malloc((size_t)len),
	};
	if (!answer[i].bytes) {
		play_end(run, RISER_PLAY_BEYOND, 0, "out of memory");
		answer[i].len = 0;
	} else {
		memcpy(answer[i].bytes, bytes, (size_t)len);
	}
	run->nr_answers++;
}

/* The completion of @bytes from @addr on, of which @left are to come in all. */
static void put_part(struct play_run *run, const struct riser_tlp *request, uint64_t addr,
		     const uint8_t *data, uint32_t bytes, uint32_t left, uint16_t completer,
		     uint64_t due, uint64_t pos)
{
	uint8_t dwords[4096 + 8] = { 0 };
	struct riser_tlp cpl = {
		.kind = RISER_TLP_CPLD, .tc = request->tc, .attr = request->attr,
		.requester = request->requester, .tag = request->tag,
		.completer = completer, .byte_count = (uint16_t)left,
		.lower_addr = addr & 0x7f, .status = RISER_CPL_SC,
	};
	uint32_t skip = addr & 3U;

	memcpy(dwords + skip, data, bytes);
	cpl.length_dw = (uint16_t)((skip + bytes + 3) / 4);
	cpl.data = dwords;
	cpl.data_bytes = 4U * cpl.length_dw;
	put_answer(run, &cpl, due, pos);
}

static void refuse(struct play_run *run, const struct riser_tlp *request, uint8_t status,
		   uint16_t completer, uint64_t due, uint64_t pos)
{
	const struct riser_tlp cpl = {
		.kind = RISER_TLP_CPL, .tc = request->tc, .attr = request->attr,
		.requester = request->requester, .tag = request->tag,
		.completer = completer, .byte_count = 4, .status = status,
	};

	put_answer(run, &cpl, due, pos);
}

static uint16_t any_completer(const struct riser_plan *plan)
{
	return plan->nr_cpls ? plan->cpl[0].completer : 0;
}

/* As in the recording: the same pieces, after as many cycles. */
static uint32_t answer_as_recorded(struct play_run *run, const struct play_read *read,
				   const struct riser_tlp *request, uint64_t addr,
				   const uint8_t *data, uint64_t cycle)
{
	const struct riser_plan *plan = run->plan;
	const struct play_cpl *part;
	uint32_t i, done = 0;

	for (i = read->first_cpl; i != PLAY_NONE; i = part->next) {
		part = &plan->cpl[i];
		run->answer_delay = part->cycle - read->cycle;
		if (part->status != RISER_CPL_SC) {
			refuse(run, request, part->status, part->completer,
			       cycle + run->answer_delay, part->pos);
			return read->span;
		}
		put_part(run, request, addr + done, data + done, part->bytes,
			 read->span - done, part->completer, cycle + run->answer_delay,
			 part->pos);
		done += part->bytes;
	}
	return done;
}

static void answer_rest(struct play_run *run, const struct riser_tlp *request,
			uint64_t addr, const uint8_t *data, uint32_t span, uint32_t done,
			uint64_t due)
{
	uint32_t n;

	while (done < span) {
		n = CUT_BYTES - (uint32_t)((addr + done) & (CUT_BYTES - 1));
		n = n < span - done ? n : span - done;
		put_part(run, request, addr + done, data + done, n, span - done,
			 any_completer(run->plan), due, run->done_pos);
		done += n;
	}
}

static void say_unknown(struct play_run *run, uint64_t addr, uint32_t span, uint32_t known,
			const uint8_t *bytes, uint32_t len)
{
	char words[RISER_TLP_TEXT_BYTES];

	riser_words_print(&run->words, bytes, len, words, sizeof(words));
	play_end(run, RISER_PLAY_BEYOND, 0,
		 "the card asks for host memory that the recording never saw: %s, of its %u bytes those from 0x%llx on",
		 words, span, (unsigned long long)(addr + known));
}

void play_answer(struct play_run *run, const struct riser_tlp *tlp, const uint8_t *bytes,
		 uint32_t len, uint64_t cycle)
{
	struct play_run_of_bytes first;
	uint32_t span = riser_tlp_request_bytes(tlp), known, done = 0;
	uint64_t guesses = 0, addr;
	const struct play_read *read;
	uint8_t data[4096 + 4] = { 0 };

	play_enabled(tlp, 0, &first);
	addr = first.bytes ? first.addr : tlp->addr;
	read = recorded(run, addr, span);
	known = !first.bytes ? span :
		play_memory_read(&run->plan->memory, addr, span, run->done_pos, data,
				 &guesses);
	run->result->nr_guesses += (guesses + 3) / 4;
	/* a read that was refused then is refused now */
	if (read && read->first_cpl != PLAY_NONE &&
	    run->plan->cpl[read->first_cpl].status != RISER_CPL_SC) {
		known = span;
		play_host_miss(run, read->miss);
	}
	if (known < span && run->config->mode == RISER_PLAY_COMPARE) {
		say_unknown(run, addr, span, known, bytes, len);
		return;
	}
	if (read)
		done = answer_as_recorded(run, read, tlp, addr, data, cycle);
	if (!read || (done < span && read->first_cpl != PLAY_NONE))
		answer_rest(run, tlp, addr, data, span, done,
			    cycle + (run->answer_delay ? run->answer_delay : FIRST_DELAY));
}

void play_answers_free(struct play_run *run)
{
	uint32_t i;

	for (i = 0; i < run->nr_answers; i++)
		free(run->answer[i].bytes);
	free(run->answer);
}
