// SPDX-License-Identifier: Apache-2.0
/*
 * What the host does next. A deed is done when every event before it in the log
 * has come, and as many cycles later as it was then.
 */
#include "play.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOFT_CYCLES	2000	/* and twice the recorded time, when nothing is compared */
#define SETTLE_CYCLES	4000	/* behind the last deed */

void play_end(struct play_run *run, enum riser_play_verdict verdict,
	      uint64_t recorded_cycle, const char *format, ...)
{
	struct riser_play_result *result = run->result;
	va_list args;

	if (run->is_over)
		return;
	run->is_over = true;
	result->verdict = verdict;
	result->cycle = run->cycle;
	result->recorded_cycle = recorded_cycle ? recorded_cycle :
		run->next_deed ? run->plan->deed[run->next_deed - 1].cycle : 0;
	va_start(args, format);
	vsnprintf(result->text, sizeof(result->text), format, args);
	va_end(args);
}

/* ---- from the card ---- */

static void learn(struct play_run *run, const uint8_t *bytes, uint32_t len,
		  const struct riser_tlp *tlp, enum riser_direction direction)
{
	const struct riser_tlp_event event = {
		.bytes = bytes, .len = len, .direction = direction,
		.tlp_class = riser_tlp_class(tlp->kind),
	};

	riser_words_learn(&run->words, &event);
}

void play_host_tlp(struct play_run *run, const uint8_t *bytes, uint32_t len,
		   uint64_t cycle)
{
	struct riser_tlp tlp;

	if (riser_tlp_decode(&tlp, bytes, len))
		return;	/* the engine has said so */
	learn(run, bytes, len, &tlp, RISER_TO_HOST);
	switch (tlp.kind) {
	case RISER_TLP_CPL:
	case RISER_TLP_CPLD:
		if (tlp.tag < PLAY_HOST_TAGS)
			play_expect_cpl(run, &tlp, bytes, len, cycle);
		break;
	case RISER_TLP_MWR:
		if (tlp.addr >= PLAY_MSG_START && tlp.addr < PLAY_MSG_END)
			play_expect_message(run, &tlp, bytes, len, cycle);
		else
			play_expect_write(run, &tlp, bytes, len, cycle);
		break;
	case RISER_TLP_MSG:
	case RISER_TLP_MSGD:
		play_expect_message(run, &tlp, bytes, len, cycle);
		break;
	case RISER_TLP_MRD:
		play_answer(run, &tlp, bytes, len, cycle);
		break;
	default:
		if (riser_tlp_class(tlp.kind) == RISER_NONPOSTED)
			play_end(run, RISER_PLAY_BEYOND, 0,
				 "the card sends a request whose answer a recording does not hold");
		break;
	}
}

void play_host_timeout(struct play_run *run, uint32_t tag)
{
	uint32_t event;

	if (tag >= PLAY_HOST_TAGS || !run->wait[tag].waits)
		return;
	run->wait[tag].waits = false;
	event = run->plan->deed[run->wait[tag].deed].event;
	if (event != PLAY_NONE)
		play_event_give_up(run, event);
}

void play_host_miss(struct play_run *run, uint32_t nr)
{
	const struct play_miss *miss = &run->plan->miss[nr];
	const struct pciem_rec head = { .type = PCIEM_REC_EVENT, .aux = miss->code };

	if (nr == PLAY_NONE || run->done_pos < miss->trigger)
		return;
	play_push(run, &head, NULL, miss->text, (uint32_t)strlen(miss->text));
}

/* ---- towards the card ---- */

static bool push_answer(struct play_run *run)
{
	const struct pciem_rec head = { .type = PCIEM_REC_TLP };
	struct play_answer *answer = &run->answer[0];

	if (!play_push(run, &head, NULL, answer->bytes, answer->len))
		return false;
	free(answer->bytes);
	run->nr_answers--;
	memmove(answer, answer + 1, run->nr_answers * sizeof(*answer));
	return true;
}

static bool push_request(struct play_run *run, uint32_t nr)
{
	const struct play_deed *deed = &run->plan->deed[nr];
	const uint8_t *bytes = run->plan->bytes + deed->bytes;
	const struct pciem_rec head = {
		.type = PCIEM_REC_TLP, .aux = deed->site, .time = deed->host_ns,
	};
	struct pciem_caller caller = {
		.pc = deed->pc, .pid = deed->pid, .cpu = deed->cpu,
		.context = deed->context, .irqs_off = deed->irqs_off,
	};
	bool waits = deed->tlp_class == RISER_NONPOSTED && deed->tag < PLAY_HOST_TAGS;
	struct riser_tlp tlp;

	/* a tag that a request from before still uses */
	if (waits && run->wait[deed->tag].waits)
		return false;
	memcpy(caller.comm, deed->comm, sizeof(caller.comm));
	if (!play_push(run, &head, deed->has_caller ? &caller : NULL, bytes, deed->len))
		return false;
	if (waits)
		run->wait[deed->tag] = (struct play_wait){ .deed = nr, .waits = true };
	if (!riser_tlp_decode(&tlp, bytes, deed->len))
		learn(run, bytes, deed->len, &tlp, RISER_TO_CARD);
	return true;
}

static bool push_one(struct play_run *run, const struct play_deed *deed)
{
	const struct pciem_rec reset = { .type = PCIEM_REC_RESET, .aux = deed->what };
	const struct pciem_rec poke = { .type = PCIEM_REC_MARK };

	if (deed->kind == PLAY_RESET)
		return play_push(run, &reset, NULL, NULL, 0);
	if (deed->kind == PLAY_POKE)
		return play_push(run, &poke, NULL, run->plan->bytes + deed->bytes,
				 deed->len);
	return push_request(run, run->next_deed);
}

static bool push_deed(struct play_run *run)
{
	const struct play_deed *deed = &run->plan->deed[run->next_deed];

	if (!push_one(run, deed))
		return false;
	run->deed_cycle = run->cycle;
	run->progress_cycle = run->cycle;
	run->done_pos = deed->pos;
	run->result->nr_deeds++;
	run->next_deed++;
	return true;
}

/* ---- when ---- */

static void skip_left_out(struct play_run *run)
{
	const uint8_t *keep = run->config->keep;

	while (keep && run->next_deed < run->end_deed && !keep[run->next_deed])
		run->next_deed++;
}

/* Cycles that an event may take when nothing is compared. */
static uint64_t soft_limit(const struct play_run *run, const struct play_deed *deed)
{
	const struct play_deed *before = deed - 1;
	uint64_t cycle = deed->needs ? run->plan->event[deed->needs - 1].cycle : 0;

	if (deed == run->plan->deed || cycle < before->cycle)
		return SOFT_CYCLES;
	return SOFT_CYCLES + 2 * (cycle - before->cycle);
}

static void say_missing(struct play_run *run)
{
	const struct play_event *event = &run->plan->event[run->first_open];
	char words[RISER_TLP_TEXT_BYTES];

	/* the place to look at is where it did not come */
	run->cycle = run->progress_cycle;
	if (run->repeat_since != PLAY_NEVER) {
		run->cycle = run->repeat_since;
		play_end(run, RISER_PLAY_DIVERGES, event->cycle, "%s", run->mismatch);
		return;
	}
	play_words(run, run->plan->bytes + event->bytes, event->len, words,
		   sizeof(words));
	play_end(run, RISER_PLAY_DIVERGES, event->cycle,
		 "nothing comes for %" PRIu64 " cycles, recorded was TLP %" PRIu64 ": %s",
		 run->config->patience, event->pos, words);
}

/* Waits for events before @needs; until when, or 0 if they are all there. */
static uint64_t wait_for_events(struct play_run *run, uint32_t needs, uint64_t soft)
{
	uint64_t until;

	if (run->first_open >= needs)
		return 0;
	until = run->config->mode == RISER_PLAY_COMPARE ?
		run->progress_cycle + run->config->patience : run->deed_cycle + soft;
	if (run->cycle < until)
		return until;
	if (run->config->mode == RISER_PLAY_COMPARE) {
		say_missing(run);
		return PLAY_NEVER;
	}
	while (run->first_open < needs)
		play_event_give_up(run, run->first_open);
	return 0;
}

/* Cycle in which the next deed is done. */
static uint64_t deed_due(struct play_run *run)
{
	const struct play_deed *deed = &run->plan->deed[run->next_deed];
	uint64_t gap = deed->gap, from = run->deed_cycle, wait;

	wait = wait_for_events(run, deed->needs, soft_limit(run, deed));
	if (wait)
		return wait;
	if (run->config->max_gap && gap > run->config->max_gap)
		gap = run->config->max_gap;
	if (run->open_cycle > from)
		from = run->open_cycle;
	return from + gap;
}

static bool is_deed_due(struct play_run *run, uint64_t *due)
{
	uint32_t open;

	skip_left_out(run);
	if (run->next_deed >= run->end_deed)
		return false;
	*due = deed_due(run);
	open = run->first_open;
	return !run->is_over && open >= run->plan->deed[run->next_deed].needs &&
	       *due <= run->cycle;
}

/* How long the card may take to fail behind the last deed. */
static uint64_t tail_cycles(const struct play_run *run)
{
	const struct riser_plan *plan = run->plan;
	uint64_t cycles = SETTLE_CYCLES, last = 0;

	if (!plan->has_failure)
		return cycles;
	/* a card may fail before the host has done anything */
	if (plan->nr_before_failure)
		last = plan->deed[plan->nr_before_failure - 1].cycle;
	if (plan->failure.cycle > last)
		cycles += plan->failure.cycle - last;
	if (cycles < plan->facts->timeout_cycles + SETTLE_CYCLES &&
	    (plan->failure.kind == RISER_FINDING_TIMEOUT ||
	     plan->failing_deed != PLAY_NONE))
		cycles = plan->facts->timeout_cycles + SETTLE_CYCLES;
	return cycles;
}

/* All deeds are done: what the card owes, and then the time in which it failed. */
static uint64_t end_due(struct play_run *run)
{
	uint64_t until = 0, tail;
	bool compares = run->config->mode == RISER_PLAY_COMPARE;

	/* what the host wrote for later deeds is not there yet */
	if (run->end_deed >= run->plan->nr_deeds)
		run->done_pos = PLAY_NEVER;
	else if (run->plan->deed[run->end_deed].pos)
		run->done_pos = run->plan->deed[run->end_deed].pos - 1;
	if (compares)
		until = wait_for_events(run, run->plan->nr_events_before_failure, 0);
	if (until)
		return until;
	if (compares && !run->plan->has_failure) {
		play_end(run, RISER_PLAY_EQUAL, 0, "the card did all that it did then");
		return PLAY_NEVER;
	}
	tail = run->deed_cycle > run->open_cycle ? run->deed_cycle : run->open_cycle;
	tail += tail_cycles(run);
	if (run->cycle < tail)
		return tail;
	if (!compares)
		play_end(run, RISER_PLAY_EQUAL, 0, "no failure");
	else
		play_end(run, RISER_PLAY_FIXED, run->plan->failure.cycle,
			 "the card did all that it did before the failure, and did not fail");
	return PLAY_NEVER;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void repeat_read(struct play_run *run)
{
	if (run->repeat_deed == PLAY_NONE || run->repeat_due > run->cycle)
		return;
	if (push_request(run, run->repeat_deed))
		run->repeat_deed = PLAY_NONE;
}

uint64_t play_host_step(struct play_run *run)
{
	uint64_t due = PLAY_NEVER, next = PLAY_NEVER;
	bool answers, deeds, first;

	repeat_read(run);
	while (!run->is_over) {
		deeds = is_deed_due(run, &due);
		answers = run->nr_answers && run->answer[0].due <= run->cycle;
		/* in one cycle in the order of the recording */
		first = deeds && (!answers || run->answer[0].pos >
				  run->plan->deed[run->next_deed].pos);
		if (!deeds && !answers)
			break;
		if (first ? !push_deed(run) : !push_answer(run)) {
			if (!deeds || !answers || (first ? !push_answer(run) : !push_deed(run)))
				break;
		}
	}
	if (run->is_over)
		return 1;
	next = run->next_deed < run->end_deed ? due : end_due(run);
	if (run->is_over)
		return 1;
	if (run->nr_answers)
		next = min_u64(next, run->answer[0].due);
	if (run->repeat_deed != PLAY_NONE)
		next = min_u64(next, run->repeat_due);
	return next > run->cycle ? next - run->cycle : 1;
}
