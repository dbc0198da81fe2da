// SPDX-License-Identifier: Apache-2.0
#include "ladder.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <riser/link.h>

#include "../snapshot_internal.h"
#include "../words.h"

#define AROUND	24	/* TLPs before and behind the access, and the failure */

/* ---- places ---- */

struct search {
	struct riser_place *place;
	uint32_t number;	/* of the finding wanted, 0: a cycle */
	uint64_t cycle;
	bool is_trigger;
	uint32_t nr[2];		/* failures and triggers so far */
	uint64_t nr_tlps;
	bool is_found;
};

/* Whether it is the one; a finding may also be neither failure nor trigger. */
static bool is_it(struct search *s, const struct riser_finding *finding)
{
	bool is_trigger = !finding->is_error &&
			  riser_finding_is_trigger(finding->kind);

	if (!finding->is_error && !is_trigger)
		return false;
	s->nr[is_trigger]++;
	return is_trigger == s->is_trigger &&
	       s->nr[is_trigger] == s->number;
}

static void look_at(struct search *s, const struct riser_rec *rec)
{
	struct riser_place *place = s->place;

	if (rec->kind == RISER_REC_TLP) {
		if (!s->number && !s->is_found && rec->cycle >= s->cycle) {
			s->is_found = true;
			place->fail_seq = rec->seq;
		}
	} else if (rec->kind == RISER_REC_FINDING && is_it(s, &rec->finding) &&
		   s->number) {
		s->is_found = true;
		place->finding = rec->finding;
		place->fail_cycle = rec->finding.cycle;
		place->fail_seq = rec->seq;
		place->access_cycle = rec->finding.cycle;
		place->access_seq = rec->finding.seq;
	}
	place->end_cycle = rec->cycle;
	s->nr_tlps = rec->seq + (rec->kind == RISER_REC_TLP);
}

/* The cycle of the access comes before the finding: a second look. */
static int find_access(struct riser_place *place, const char *record,
		       char *error)
{
	struct riser_rec_log *log;
	struct riser_rec rec;
	int ret;

	if (place->access_seq == RISER_NO_SEQ)
		return 0;
	ret = riser_rec_open(record, &log, error);
	if (ret)
		return ret;
	(void)riser_rec_seek_seq(log, place->access_seq);
	while (riser_rec_next(log, &rec) == 1) {
		if (rec.kind != RISER_REC_TLP ||
		    rec.tlp.seq != place->access_seq)
			continue;
		place->access_cycle = rec.cycle;
		break;
	}
	riser_rec_close(log);
	return 0;
}

static int search(struct search *s, const char *record, char *error)
{
	struct riser_rec_log *log;
	struct riser_rec rec;
	int ret;

	ret = riser_rec_open(record, &log, error);
	if (ret)
		return ret;
	s->place->clk_period_ps = riser_rec_facts(log)->clk_period_ps;
	/* a log may be long: only what is needed of it is unpacked */
	if (s->number)
		riser_rec_only_findings(log);
	else
		(void)riser_rec_seek_cycle(log, s->cycle);
	while ((ret = riser_rec_next(log, &rec)) == 1) {
		look_at(s, &rec);
		if (s->is_found)
			riser_rec_only_findings(log);
	}
	s->place->is_cut = ret < 0;
	riser_rec_close(log);
	return 0;
}

int riser_place_of_finding(struct riser_place *place, const char *record,
			   bool is_trigger, uint32_t number, char *error)
{
	struct search s = {
		.place = place, .number = number, .is_trigger = is_trigger,
	};
	uint32_t nr;
	int ret;

	memset(place, 0, sizeof(*place));
	ret = search(&s, record, error);
	if (ret)
		return ret;
	if (!s.is_found) {
		nr = s.nr[is_trigger];
		snprintf(error, RISER_ERROR_BYTES,
			 "record %s has %u %s%s%s: %s shows %s", record, nr,
			 is_trigger ? "trigger" : "failure", nr == 1 ? "" : "s",
			 place->is_cut ? " up to where it is cut" : "",
			 !is_trigger && s.nr[1] ? "--at=trigger-1" :
						  "--at=CYCLE",
			 !is_trigger && s.nr[1] ? "the first of its triggers" :
						  "any other moment");
		return -ENOENT;
	}
	place->number = number;
	place->is_trigger = is_trigger;
	return find_access(place, record, error);
}

int riser_place_of_cycle(struct riser_place *place, const char *record,
			 uint64_t cycle, char *error)
{
	struct search s = { .place = place, .cycle = cycle };
	int ret;

	memset(place, 0, sizeof(*place));
	ret = search(&s, record, error);
	if (ret)
		return ret;
	if (cycle == RISER_PLACE_END)
		cycle = place->end_cycle;
	if (cycle > place->end_cycle) {
		snprintf(error, RISER_ERROR_BYTES,
			 "record %s ends in cycle %" PRIu64 ", before --at=%"
			 PRIu64, record, place->end_cycle, cycle);
		return -ENOENT;
	}
	if (!s.is_found)
		place->fail_seq = s.nr_tlps;
	place->access_cycle = cycle;
	place->fail_cycle = cycle;
	place->access_seq = RISER_NO_SEQ;
	return 0;
}

/* ---- ladder ---- */

static bool is_near(uint64_t seq, uint64_t center)
{
	return seq + AROUND >= center && seq <= center + AROUND;
}

static bool is_wanted(const struct riser_place *place, uint64_t seq)
{
	return is_near(seq, place->fail_seq) ||
	       (place->access_seq != RISER_NO_SEQ &&
		is_near(seq, place->access_seq));
}

static void print_caller(const struct riser_tlp_event *event, FILE *out)
{
	const struct riser_tlp_caller *caller = event->caller;

	if (!caller)
		return;
	if (caller->function)
		fprintf(out, "  %s", caller->function);
	else
		fprintf(out, "  0x%" PRIx64, caller->pc);
	fprintf(out, "  cpu %u pid %u %s", caller->cpu, caller->pid,
		caller->comm);
}

static void print_tlp(const struct riser_place *place,
		      const struct riser_words *words,
		      const struct riser_tlp_event *event, FILE *out)
{
	bool to_card = event->direction == RISER_TO_CARD;
	char text[RISER_TLP_TEXT_BYTES];

	riser_words_print(words, event->bytes, event->len, text, sizeof(text));
	fprintf(out, "%s %8" PRIu64 " %12" PRIu64 " %14.3f us  %s  %s",
		event->seq == place->access_seq ? "==>" : "   ", event->seq,
		event->cycle, (double)event->cycle *
		(double)place->clk_period_ps / 1e6, to_card ? "host -> card" :
		"host <- card", text);
	if (event->request_seq != RISER_NO_SEQ)
		fprintf(out, "  (of %" PRIu64 ")", event->request_seq);
	print_caller(event, out);
	fputc('\n', out);
}

static void print_other(const struct riser_rec *rec, FILE *out)
{
	if (rec->kind == RISER_REC_NOTE)
		fprintf(out, "    %8s %12" PRIu64 " %17s  -- %s\n", "",
			rec->cycle, "", rec->note.text);
	else if (rec->kind == RISER_REC_FINDING)
		fprintf(out, "!!! %8s %12" PRIu64 " %17s  %s\n", "", rec->cycle,
			"", rec->finding.text);
	else if (rec->kind == RISER_REC_SIDEBAND)
		fprintf(out, "    %8s %12" PRIu64 " %17s  -- %s%s%s\n", "",
			rec->cycle, "",
			rec->levels & RISER_SB_PERST ? "PERST#, " : "",
			rec->levels & RISER_SB_HOT_RESET ? "hot reset, " : "",
			rec->levels & RISER_SB_LINK_UP ? "link up" :
			"link down");
}

struct ladder {
	const struct riser_place *place;
	struct riser_words words;
	uint64_t next;		/* TLP behind the last one printed */
	uint64_t nr_tlps;
	FILE *out;
};

static void climb(struct ladder *ladder, const struct riser_rec *rec)
{
	if (rec->kind != RISER_REC_TLP) {
		if (is_wanted(ladder->place, ladder->nr_tlps))
			print_other(rec, ladder->out);
		return;
	}
	riser_words_learn(&ladder->words, &rec->tlp);
	ladder->nr_tlps = rec->tlp.seq + 1;
	if (!is_wanted(ladder->place, rec->tlp.seq))
		return;
	if (rec->tlp.seq != ladder->next)
		fprintf(ladder->out, "    ... %" PRIu64 " TLPs\n",
			rec->tlp.seq - ladder->next);
	print_tlp(ladder->place, &ladder->words, &rec->tlp, ladder->out);
	ladder->next = rec->tlp.seq + 1;
}

static uint64_t first_rung(const struct riser_place *place)
{
	uint64_t seq = place->fail_seq;

	if (place->access_seq != RISER_NO_SEQ && place->access_seq < seq)
		seq = place->access_seq;
	return seq > AROUND ? seq - AROUND : 0;
}

/* What was learned before a snapshot is in it: the log is read from there on. */
static void skip_to_snapshot(struct ladder *ladder, struct riser_rec_log *log,
			     const char *dir)
{
	struct riser_snap_wish wish = {
		.dir = dir, .log_id = riser_rec_facts(log)->log_id,
		.max_cycle = UINT64_MAX,
		.max_seq = first_rung(ladder->place),
	};
	struct riser_snapshot snapshot;

	if (!dir || riser_snapshot_find(&snapshot, &wish, NULL, NULL))
		return;
	if (!riser_rec_seek(log, &snapshot.head.log))
		(void)riser_snapshot_bars(&snapshot, &ladder->words.bars);
	riser_snapshot_fini(&snapshot);
}

int riser_ladder_write(const struct riser_place *place, const char *record,
		       const char *snapshots, FILE *out, char *error)
{
	struct ladder ladder = { .place = place, .out = out };
	struct riser_rec_log *log;
	struct riser_rec rec;
	int ret;

	ret = riser_words_init(&ladder.words);
	if (!ret)
		ret = riser_rec_open(record, &log, error);
	if (ret)
		return ret;
	skip_to_snapshot(&ladder, log, snapshots);
	fprintf(out, "    %8s %12s %14s\n", "TLP", "cycle", "simulated");
	while (riser_rec_next(log, &rec) == 1) {
		climb(&ladder, &rec);
		if (ladder.nr_tlps > place->fail_seq + AROUND + 1)
			break;
	}
	riser_rec_close(log);
	riser_words_fini(&ladder.words);
	return 0;
}
