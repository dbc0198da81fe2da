// SPDX-License-Identifier: Apache-2.0
/*
 * A log as deeds of the host (requests, resets) and events that the host may have
 * noticed (completions, DMA writes, interrupts). A deed needs every event that
 * stands before it in the log.
 */
#define _GNU_SOURCE
#include "play.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <riser/link.h>

#define CARD_TAGS	(8 * 1024)
#define LINK_UP_CYCLES	32	/* of the engine, from the end of a reset to link up */

/* While the log is read. */
struct loading {
	struct riser_plan *plan;
	uint64_t pos;			/* of the next TLP */
	uint64_t trigger;		/* of the last deed */
	uint64_t latest;		/* cycle of the last deed or event */
	uint32_t levels;
	bool was_up;
	bool is_disabled;		/* the link, by the root port */
	uint32_t wait[PLAY_HOST_TAGS];	/* deed by tag */
	uint32_t read[CARD_TAGS];	/* by function and tag */
};

static int keep_bytes(struct riser_plan *plan, const uint8_t *bytes, uint32_t len,
		      size_t *at)
{
	size_t room = plan->room_bytes ? plan->room_bytes : 1U << 16;
	uint8_t *more;

	while (room < plan->nr_bytes + len)
		room *= 2;
	if (room != plan->room_bytes) {
		more = realloc(plan->bytes, room);
		if (!more)
			return -ENOMEM;
		plan->bytes = more;
		plan->room_bytes = room;
	}
	*at = plan->nr_bytes;
	memcpy(plan->bytes + plan->nr_bytes, bytes, len);
	plan->nr_bytes += len;
	return 0;
}

/* ---- deeds ---- */

static struct play_deed *new_deed(struct loading *load, uint64_t cycle)
{
	struct riser_plan *plan = load->plan;
	struct play_deed *deed = play_room(plan->deed, plan->nr_deeds,
					   &plan->room_deeds, sizeof(*deed));

	if (!deed)
		return NULL;
	plan->deed = deed;
	deed += plan->nr_deeds++;
	*deed = (struct play_deed){
		.pos = load->pos, .cycle = cycle, .gap = cycle - load->latest,
		.needs = plan->nr_events, .event = PLAY_NONE,
	};
	load->latest = cycle;
	load->trigger = load->pos;
	return deed;
}

static int add_request(struct loading *load, const struct riser_tlp_event *event,
		       const struct riser_tlp *tlp)
{
	const struct riser_tlp_caller *caller = event->caller;
	struct play_deed *deed = new_deed(load, event->cycle);

	if (!deed)
		return -ENOMEM;
	deed->kind = PLAY_REQUEST;
	deed->tlp_class = (uint8_t)event->tlp_class;
	deed->tlp_kind = tlp->kind;
	deed->tag = tlp->tag;
	deed->site = event->site;
	deed->host_ns = event->host_ns;
	deed->len = event->len;
	if (caller) {
		deed->has_caller = true;
		deed->pc = caller->pc;
		deed->pid = caller->pid;
		deed->cpu = caller->cpu;
		deed->context = caller->context;
		deed->irqs_off = caller->irqs_off;
		memcpy(deed->comm, caller->comm, sizeof(deed->comm));
	}
	if (event->tlp_class == RISER_NONPOSTED && tlp->tag < PLAY_HOST_TAGS)
		load->wait[tlp->tag] = load->plan->nr_deeds - 1;
	return keep_bytes(load->plan, event->bytes, event->len, &deed->bytes);
}

static int add_reset(struct loading *load, uint64_t cycle, uint32_t what)
{
	struct play_deed *deed = new_deed(load, cycle);

	if (!deed)
		return -ENOMEM;
	deed->kind = PLAY_RESET;
	deed->what = what;
	return 0;
}

/*
 * The root port's Link Disable shows by the link alone: it goes down and no reset is
 * signalled. It was enabled as long before it came up as that takes.
 */
static int add_link(struct loading *load, uint64_t cycle, uint32_t set, uint32_t cleared)
{
	uint64_t from = cycle > LINK_UP_CYCLES ? cycle - LINK_UP_CYCLES : 0;

	if (cleared & RISER_SB_LINK_UP &&
	    !(load->levels & (RISER_SB_HOT_RESET | RISER_SB_PERST))) {
		load->is_disabled = true;
		return add_reset(load, cycle, PCIEM_RESET_LINK_DOWN);
	}
	if (!(set & RISER_SB_LINK_UP) || !load->is_disabled)
		return 0;
	load->is_disabled = false;
	return add_reset(load, from > load->latest ? from : load->latest,
			 PCIEM_RESET_LINK_UP);
}

static int add_levels(struct loading *load, uint64_t cycle, uint32_t levels)
{
	uint32_t was = load->levels, set = levels & ~was, cleared = was & ~levels;
	int ret = 0;

	load->levels = levels;
	/* the engine makes power-on by itself */
	if (!load->was_up) {
		load->was_up = levels & RISER_SB_LINK_UP;
		return 0;
	}
	if (set & RISER_SB_HOT_RESET)
		ret = add_reset(load, cycle, PCIEM_RESET_HOT_ASSERT);
	if (!ret && set & RISER_SB_PERST)
		ret = add_reset(load, cycle, PCIEM_RESET_PERST_ASSERT);
	if (!ret && cleared & RISER_SB_HOT_RESET)
		ret = add_reset(load, cycle, PCIEM_RESET_HOT_RELEASE);
	if (!ret && cleared & RISER_SB_PERST)
		ret = add_reset(load, cycle, PCIEM_RESET_PERST_RELEASE);
	return ret ? ret : add_link(load, cycle, set, cleared);
}

/* ---- the card's reads ---- */

static uint32_t card_tag(const struct riser_tlp *tlp)
{
	return (tlp->requester & 7U) << 10 | (tlp->tag & 0x3ffU);
}

static int add_read(struct loading *load, const struct riser_tlp_event *event,
		    const struct riser_tlp *tlp)
{
	struct riser_plan *plan = load->plan;
	struct play_read *read = play_room(plan->read, plan->nr_reads,
					   &plan->room_reads, sizeof(*read));
	struct play_run_of_bytes first;

	if (!read)
		return -ENOMEM;
	plan->read = read;
	play_enabled(tlp, 0, &first);
	load->read[card_tag(tlp)] = plan->nr_reads;
	read[plan->nr_reads++] = (struct play_read){
		.pos = load->pos, .cycle = event->cycle,
		.addr = first.bytes ? first.addr : tlp->addr,
		.span = riser_tlp_request_bytes(tlp), .first_cpl = PLAY_NONE,
		.last_cpl = PLAY_NONE, .miss = PLAY_NONE,
		.trigger = load->trigger,
	};
	return 0;
}

static int add_answer(struct loading *load, const struct riser_tlp_event *event,
		      const struct riser_tlp *cpl)
{
	struct riser_plan *plan = load->plan;
	uint32_t at = load->read[card_tag(cpl)], skip, bytes = 0;
	struct play_read *read = at == PLAY_NONE ? NULL : &plan->read[at];
	struct play_cpl *more;

	if (!read)
		return 0;
	more = play_room(plan->cpl, plan->nr_cpls, &plan->room_cpls, sizeof(*more));
	if (!more)
		return -ENOMEM;
	plan->cpl = more;
	if (cpl->status == RISER_CPL_SC && cpl->data) {
		skip = cpl->lower_addr & 3U;
		bytes = cpl->data_bytes - skip;
		if (bytes > read->span - read->got)
			bytes = read->span - read->got;
	}
	if (read->first_cpl == PLAY_NONE)
		read->first_cpl = plan->nr_cpls;
	else
		plan->cpl[read->last_cpl].next = plan->nr_cpls;
	read->last_cpl = plan->nr_cpls;
	plan->cpl[plan->nr_cpls++] = (struct play_cpl){
		.pos = load->pos, .cycle = event->cycle, .bytes = bytes,
		.next = PLAY_NONE, .completer = cpl->completer,
		.status = cpl->status,
	};
	if (!bytes)
		return 0;
	read->got += bytes;
	return play_memory_saw(&plan->memory, read->addr + read->got - bytes,
			       cpl->data + skip, bytes, load->pos, read->trigger);
}

/* ---- events ---- */

static struct play_event *new_event(struct loading *load,
				    const struct riser_tlp_event *from,
				    enum play_event_kind kind)
{
	struct riser_plan *plan = load->plan;
	struct play_event *event = play_room(plan->event, plan->nr_events,
					     &plan->room_events, sizeof(*event));

	if (!event)
		return NULL;
	plan->event = event;
	event += plan->nr_events++;
	*event = (struct play_event){
		.pos = load->pos, .cycle = from->cycle, .nr = 1,
		.deed = PLAY_NONE, .next = PLAY_NONE, .miss = PLAY_NONE,
		.pair = PLAY_NONE, .kind = (uint8_t)kind, .len = from->len,
	};
	load->latest = from->cycle > load->latest ? from->cycle : load->latest;
	return keep_bytes(plan, from->bytes, from->len, &event->bytes) ? NULL : event;
}

static int add_write(struct loading *load, const struct riser_tlp_event *from,
		     const struct riser_tlp *tlp)
{
	struct play_event *event = new_event(load, from, PLAY_WRITE);
	struct play_run_of_bytes run;
	uint32_t at = 0;
	int ret;

	if (!event)
		return -ENOMEM;
	for (event->nr = 0; play_enabled(tlp, at, &run); at = run.offset + run.bytes) {
		ret = play_memory_wrote(&load->plan->memory, run.addr,
					tlp->data + run.offset, run.bytes,
					load->plan->nr_events - 1);
		if (ret)
			return ret;
		event->nr += run.bytes;
	}
	return 0;
}

static int add_entry(struct loading *load, const struct riser_tlp_event *from,
		     const struct riser_tlp *tlp)
{
	struct play_event *event = new_event(load, from, PLAY_ENTRY);
	struct play_line *line = play_line(&load->plan->memory, tlp->addr, true);

	if (!event || !line)
		return -ENOMEM;
	line->entries |= 1U << (tlp->addr & (PLAY_LINE - 1)) / 16;
	event->key = play_entry_key(tlp);
	return 0;
}

static int add_message(struct loading *load, const struct riser_tlp_event *from,
		       const struct riser_tlp *tlp)
{
	struct play_event *event = new_event(load, from, PLAY_MESSAGE);

	if (!event)
		return -ENOMEM;
	event->key = play_message_key(tlp);
	return 0;
}

static void learn_class(struct riser_plan *plan, uint32_t deed,
			const struct riser_tlp *cpl)
{
	const struct play_deed *d = &plan->deed[deed];
	struct riser_tlp asked;

	if (d->tlp_kind != RISER_TLP_CFGRD0 || cpl->data_bytes < 4 ||
	    riser_tlp_decode(&asked, plan->bytes + d->bytes, d->len) || asked.reg != 8)
		return;
	if (cpl->data[1] == 0x02 && cpl->data[2] == 0x08 && cpl->data[3] == 0x01)
		plan->is_nvme = true;
}

static int add_completion(struct loading *load, const struct riser_tlp_event *from,
			  const struct riser_tlp *cpl)
{
	uint32_t deed = cpl->tag < PLAY_HOST_TAGS ? load->wait[cpl->tag] : PLAY_NONE;
	struct play_event *event;

	if (deed == PLAY_NONE)
		return 0;
	event = new_event(load, from, PLAY_CPL);
	if (!event)
		return -ENOMEM;
	learn_class(load->plan, deed, cpl);
	event->deed = deed;
	load->plan->deed[deed].event = load->plan->nr_events - 1;
	load->wait[cpl->tag] = PLAY_NONE;
	return 0;
}

static int take_to_host(struct loading *load, const struct riser_tlp_event *event,
			const struct riser_tlp *tlp)
{
	switch (tlp->kind) {
	case RISER_TLP_CPL:
	case RISER_TLP_CPLD:
		return add_completion(load, event, tlp);
	case RISER_TLP_MWR:
		if (tlp->addr >= PLAY_MSG_START && tlp->addr < PLAY_MSG_END)
			return add_message(load, event, tlp);
		if (play_is_entry(load->plan, tlp))
			return add_entry(load, event, tlp);
		return add_write(load, event, tlp);
	case RISER_TLP_MSG:
	case RISER_TLP_MSGD:
		return add_message(load, event, tlp);
	case RISER_TLP_MRD:
		return add_read(load, event, tlp);
	default:
		return 0;
	}
}

static int take_tlp(struct loading *load, const struct riser_tlp_event *event)
{
	struct riser_tlp tlp;
	int ret = 0;

	load->pos = event->seq;
	riser_words_learn(&load->plan->words, event);
	if (!riser_tlp_decode(&tlp, event->bytes, event->len)) {
		if (event->direction == RISER_TO_HOST)
			ret = take_to_host(load, event, &tlp);
		else if (event->tlp_class == RISER_COMPLETION)
			ret = add_answer(load, event, &tlp);
		else
			ret = add_request(load, event, &tlp);
	}
	load->pos = event->seq + 1;
	return ret;
}

/* ---- notes and findings ---- */

/* The TLP that the kernel refused: the latest that touches the address. */
static void find_refused(struct riser_plan *plan, uint32_t nr)
{
	const struct play_miss *miss = &plan->miss[nr];
	struct riser_tlp tlp;
	struct play_event *event;
	uint64_t end, from;
	uint32_t i;

	for (i = plan->nr_reads; !miss->is_write && i-- > 0;) {
		end = plan->read[i].addr + plan->read[i].span;
		if (miss->addr >= end || miss->addr + miss->bytes <= plan->read[i].addr)
			continue;
		plan->read[i].miss = nr;
		return;
	}
	for (i = plan->nr_events; miss->is_write && i-- > 0;) {
		event = &plan->event[i];
		if (event->kind == PLAY_CPL ||
		    riser_tlp_decode(&tlp, plan->bytes + event->bytes, event->len))
			continue;
		end = tlp.addr + 4ULL * tlp.length_dw;
		if (miss->addr >= end || miss->addr + miss->bytes <= tlp.addr)
			continue;
		event->miss = nr;
		from = miss->addr > tlp.addr ? miss->addr : tlp.addr;
		end = miss->addr + miss->bytes < end ? miss->addr + miss->bytes : end;
		if (event->kind == PLAY_WRITE)
			event->nr -= end - from < event->nr ? (uint32_t)(end - from) :
							      event->nr;
		return;
	}
}

/* "SIGNAL = VALUE, was ...": the mark that makes the engine do it again. */
static int add_poke(struct loading *load, const struct riser_note *note)
{
	struct play_deed *deed;
	char signal[256], value[181], mark[480];

	if (sscanf(note->text, "%255s = %180[0-9a-fx]", signal, value) != 2)
		return 0;
	deed = new_deed(load, note->cycle);
	if (!deed)
		return -ENOMEM;
	deed->kind = PLAY_POKE;
	deed->len = (uint32_t)snprintf(mark, sizeof(mark), "riser-poke %s %s", signal,
				       value);
	return keep_bytes(load->plan, (const uint8_t *)mark, deed->len, &deed->bytes);
}

static int take_note(struct loading *load, const struct riser_note *note)
{
	struct riser_plan *plan = load->plan;
	const char *at = strstr(note->text, " bytes at 0x");
	struct play_miss *miss;
	unsigned int bytes = 0;
	uint64_t addr = 0;

	if (note->source == RISER_NOTE_BACKDOOR && note->code == RISER_BACKDOOR_POKE)
		return add_poke(load, note);
	if (note->source != RISER_NOTE_KERNEL || !at ||
	    (note->code != PCIEM_EVENT_DMA_MISS && note->code != PCIEM_EVENT_BAD_MSI &&
	     note->code != PCIEM_EVENT_BME))
		return 0;
	if (sscanf(note->text, "%*s of %u bytes at 0x%" SCNx64, &bytes, &addr) != 2)
		return 0;
	miss = play_room(plan->miss, plan->nr_misses, &plan->room_misses, sizeof(*miss));
	if (!miss)
		return -ENOMEM;
	plan->miss = miss;
	miss += plan->nr_misses++;
	*miss = (struct play_miss){
		.pos = load->pos, .trigger = load->trigger, .addr = addr,
		.bytes = bytes, .code = note->code,
		.is_write = !strncmp(note->text, "write", 5),
		.text = strdup(note->text),
	};
	find_refused(plan, plan->nr_misses - 1);
	return miss->text ? 0 : -ENOMEM;
}

static int take_site(struct riser_plan *plan, const struct riser_site *from)
{
	struct play_site *site = play_room(plan->site, plan->nr_sites,
					   &plan->room_sites, sizeof(*site));

	if (!site)
		return -ENOMEM;
	plan->site = site;
	site += plan->nr_sites++;
	memset(site, 0, sizeof(*site));
	site->site = from->site;
	site->nr_frames = from->nr_frames < PCIEM_SITE_FRAMES ? from->nr_frames :
								PCIEM_SITE_FRAMES;
	memcpy(site->frame, from->frame, site->nr_frames * sizeof(*site->frame));
	site->text = strdup(from->text ? from->text : "");
	return site->text ? 0 : -ENOMEM;
}

static void take_finding(struct loading *load, const struct riser_finding *finding)
{
	struct riser_plan *plan = load->plan;

	if (!finding->is_error || plan->has_failure)
		return;
	plan->has_failure = true;
	plan->failure = *finding;
	plan->failure_pos = load->pos;
	plan->nr_before_failure = plan->nr_deeds;
	plan->nr_events_before_failure = plan->nr_events;
}

/* The recorded run did not answer it with success, or the answer was the failure. */
static bool was_not_answered(const struct riser_plan *plan, const struct play_deed *deed)
{
	const struct play_event *event;
	struct riser_tlp cpl;

	if (deed->event == PLAY_NONE)
		return true;
	event = &plan->event[deed->event];
	return event->pos == plan->failure.seq ||
	       riser_tlp_decode(&cpl, plan->bytes + event->bytes, event->len) ||
	       cpl.status != RISER_CPL_SC;
}

/* The request that failed: by its own number, or by its completion's. */
static void find_failing_deed(struct riser_plan *plan)
{
	const struct play_deed *deed;
	uint32_t i;

	plan->failing_deed = PLAY_NONE;
	if (!plan->has_failure) {
		plan->nr_before_failure = plan->nr_deeds;
		plan->nr_events_before_failure = plan->nr_events;
		return;
	}
	for (i = 0; i < plan->nr_before_failure; i++) {
		deed = &plan->deed[i];
		if (deed->kind != PLAY_REQUEST || deed->tlp_class != RISER_NONPOSTED)
			continue;
		if ((deed->pos == plan->failure.seq && was_not_answered(plan, deed)) ||
		    (deed->event != PLAY_NONE &&
		     plan->event[deed->event].pos == plan->failure.seq))
			plan->failing_deed = i;
	}
}

static int take_record(struct loading *load, const struct riser_rec *rec)
{
	load->plan->end_cycle = rec->cycle;
	switch (rec->kind) {
	case RISER_REC_TLP:
		return take_tlp(load, &rec->tlp);
	case RISER_REC_SIDEBAND:
		return add_levels(load, rec->cycle, rec->levels);
	case RISER_REC_SITE:
		return take_site(load->plan, &rec->site);
	case RISER_REC_NOTE:
		return take_note(load, &rec->note);
	case RISER_REC_FINDING:
		take_finding(load, &rec->finding);
		return 0;
	default:
		return 0;
	}
}

static int read_log(struct riser_plan *plan)
{
	struct loading *load = calloc(1, sizeof(*load));
	struct riser_rec rec;
	int ret = load ? 0 : -ENOMEM;

	if (load) {
		load->plan = plan;
		memset(load->wait, 0xff, sizeof(load->wait));
		memset(load->read, 0xff, sizeof(load->read));
	}
	while (!ret) {
		ret = riser_rec_next(plan->log, &rec);
		if (ret <= 0)
			break;
		ret = take_record(load, &rec);
	}
	if (ret == -ENODATA || ret == -EBADMSG) {
		plan->is_cut = true;
		ret = 0;
	}
	free(load);
	find_failing_deed(plan);
	return ret;
}

int riser_plan_load(const char *record_path, struct riser_plan **out, char *error)
{
	struct riser_plan *plan = calloc(1, sizeof(*plan));
	int ret = plan ? 0 : -ENOMEM;

	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!ret)
		ret = riser_words_init(&plan->words);
	if (!ret) {
		plan->has_words = true;
		ret = riser_rec_open(record_path, &plan->log, error);
	}
	if (!ret) {
		plan->facts = riser_rec_facts(plan->log);
		ret = read_log(plan);
	}
	if (!ret)
		ret = play_keys_make(plan);
	if (!ret && !plan->nr_deeds) {
		snprintf(error, RISER_ERROR_BYTES,
			 "record %.300s has nothing that the host did", record_path);
		ret = -ENODATA;
	}
	if (ret)
		riser_plan_free(plan);
	else
		*out = plan;
	return ret;
}
