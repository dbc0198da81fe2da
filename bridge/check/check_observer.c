// SPDX-License-Identifier: Apache-2.0
/* The checker as an observer of an engine: broken rules become findings. */
#include "ck.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <riser/run.h>

#include "../../kernel/uapi/pciem.h"
#include "../event.h"
#include "../json.h"

#define MAX_PER_RULE	4	/* findings told; the rest is counted */

/* Names of call sites, kept because reports come later than the event. */
struct sites {
	char **name;
	uint32_t room;
};

struct riser_check_observer {
	struct riser_check *check;
	struct riser_check_config config;
	struct riser_engine *engine;
	const struct riser_tlp_names *names;
	struct sites sites;
	uint32_t told[CK_NR_RULES];
	void (*listen)(void *ctx, const struct riser_finding *finding);
	void *listen_ctx;
};

static const char *site_name(const struct riser_check_observer *observer, uint32_t site)
{
	return site < observer->sites.room ? observer->sites.name[site] : NULL;
}

static const char *side_of(const struct riser_check_report *report)
{
	switch (report->rule->by) {
	case RISER_CHECK_BY_EP:
		return "card";
	case RISER_CHECK_BY_RC:
		return "riser";
	case RISER_CHECK_BY_SW:
		return "driver";
	}
	if (report->bytes)
		return report->direction == RISER_TO_HOST ? "card" : "riser";
	/* nobody answered: who was asked */
	return report->request_direction == RISER_TO_CARD ? "card" : "riser";
}

static void hex(char *text, size_t size, const uint8_t *bytes, uint32_t len)
{
	size_t used = 0;
	uint32_t i;

	for (i = 0; i < len && used + 3 < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%02x%s", bytes[i],
					 i % 4 == 3 && i + 1 < len ? " " : "");
}

/* The TLP that broke the rule in words, or the request when there is none. */
static void print_tlp(const struct riser_check_observer *observer,
		      const struct riser_check_report *report, char *text, size_t size)
{
	text[0] = '\0';
	if (report->bytes)
		riser_tlp_print(report->bytes, report->len, observer->names, text, size);
	else if (report->request_len)
		riser_tlp_print(report->request, report->request_len, observer->names, text, size);
}

/* Where it was: what keeps two failures of one rule apart. */
static uint64_t address_of(const struct riser_check_report *report)
{
	struct riser_tlp tlp;

	if (!report->bytes || riser_tlp_decode(&tlp, report->bytes, report->len))
		return report->request_seq;
	return tlp.addr ? tlp.addr : report->request_seq;
}

static void set_text(const struct riser_check_observer *observer,
		     const struct riser_check_report *report, struct riser_finding *finding)
{
	char tlp[40] = "", request[40] = "", words[120];

	hex(tlp, sizeof(tlp), report->bytes, report->len < 16 ? report->len : 16);
	hex(request, sizeof(request), report->request, report->request_len);
	print_tlp(observer, report, words, sizeof(words));
	snprintf(finding->rule, sizeof(finding->rule), "%s", report->rule->id);
	snprintf(finding->access, sizeof(finding->access), "%s", words);
	finding->addr = address_of(report);
	snprintf(finding->text, sizeof(finding->text),
		 "%s: %s. Seen in cycle %" PRIu64 ": %.190s%s%s%s%s%s%s", report->rule->id,
		 report->rule->words, report->cycle, report->detail, *words ? "; " : "", words,
		 *tlp ? "; header " : "", tlp, *request ? "; request " : "", request);
	if (report->bytes && report->request_len)
		riser_tlp_print(report->request, report->request_len, observer->names,
				finding->before, sizeof(finding->before));
}

static void on_report(void *ctx, const struct riser_check_report *report)
{
	struct riser_check_observer *observer = ctx;
	struct riser_finding finding = { .kind = RISER_FINDING_OTHER, .count = 1 };
	uint32_t idx = (uint32_t)(report->rule - ck_rules);
	const char *function = report->function;

	if ((report->waiver && report->verdict == RISER_CHECK_SILENT) ||
	    (!observer->engine && !observer->listen) ||
	    observer->told[idx]++ >= MAX_PER_RULE)
		return;
	if (!function)
		function = site_name(observer, report->site);
	finding.is_error = report->verdict == RISER_CHECK_REJECT && !report->waiver;
	finding.cycle = report->cycle;
	finding.seq = report->seq != RISER_NO_SEQ ? report->seq : report->request_seq;
	finding.site = report->site;
	set_text(observer, report, &finding);
	snprintf(finding.function, sizeof(finding.function), "%s", function ? function : "");
	snprintf(finding.side, sizeof(finding.side), "%s", side_of(report));
	snprintf(finding.advice, sizeof(finding.advice), "see %s in docs/rules.md; to accept it, "
		 "waive it with a reason", report->rule->id);
	if (report->waiver) {
		snprintf(finding.side, sizeof(finding.side), "waived");
		snprintf(finding.advice, sizeof(finding.advice), "%s", report->waiver);
	}
	if (observer->listen)
		observer->listen(observer->listen_ctx, &finding);
	else
		riser_engine_report(observer->engine, &finding);
}

static void on_start(void *ctx, const struct riser_run_facts *facts)
{
	struct riser_check_observer *observer = ctx;
	struct riser_check *check = observer->check;

	if (facts->info && facts->info->clk_period_ps && !observer->config.clk_period_ps)
		check->config.clk_period_ps = facts->info->clk_period_ps;
	/* a request may wait in the queue as long as the engine lets it */
	if (facts->timeout_cycles && !observer->config.timeout_cycles) {
		check->config.timeout_cycles = facts->timeout_cycles;
		check->config.quarantine_cycles = facts->timeout_cycles;
	}
	riser_check_sideband(check, 0, RISER_SB_PERST);
}

static void on_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct riser_check_observer *observer = ctx;
	struct riser_check_tlp tlp = {
		.bytes = event->bytes,
		.len = event->len,
		.site = event->site,
		.cycle = event->cycle,
		.seq = event->seq,
		.direction = (uint8_t)event->direction,
		.channel = (uint8_t)event->tlp_class,
		/* the card is judged by what it gets, and never for what was done to it */
		.is_injected = event->direction == RISER_TO_CARD ?
			       event->fault : event->fault & RISER_FAULTED_NO_ANSWER,
	};

	observer->names = event->names;
	riser_check_tlp(observer->check, &tlp);
}

/* What the host gets in place of a request of the card, or besides. */
static void on_altered(struct riser_check_observer *observer, const struct riser_tlp_event *event)
{
	struct riser_check_tlp tlp = {
		.bytes = event->bytes, .len = event->len, .cycle = event->cycle,
		.seq = event->seq, .direction = RISER_TO_HOST,
		.channel = (uint8_t)event->tlp_class, .is_injected = true,
	};

	riser_check_altered(observer->check, &tlp);
}

/* A completion that the card will never see ends its request all the same. */
static void on_lost(void *ctx, const struct riser_tlp_event *event)
{
	if (event->direction == RISER_TO_HOST && (event->fault & RISER_FAULTED_CHANGED))
		on_altered(ctx, event);
	if (event->direction == RISER_TO_CARD && event->tlp_class == RISER_COMPLETION)
		on_tlp(ctx, event);
}

static void on_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	struct riser_check_observer *observer = ctx;

	riser_check_sideband(observer->check, cycle, levels);
}

static void on_site(void *ctx, const struct riser_site *site)
{
	struct riser_check_observer *observer = ctx;
	struct sites *sites = &observer->sites;
	char **name;
	uint32_t room;

	if (!site->function || site->site > 1U << 20)
		return;
	if (site->site >= sites->room) {
		room = sites->room ? sites->room : 64;
		while (room <= site->site)
			room *= 2;
		name = realloc(sites->name, room * sizeof(*name));
		if (!name)
			return;
		memset(name + sites->room, 0, (room - sites->room) * sizeof(*name));
		sites->name = name;
		sites->room = room;
	}
	free(sites->name[site->site]);
	sites->name[site->site] = strdup(site->function);
}

static void on_note(void *ctx, const struct riser_note *note)
{
	struct riser_check_observer *observer = ctx;

	if (note->source == RISER_NOTE_ENGINE && note->code == RISER_NOTE_FLR_BEGINS)
		riser_check_status(observer->check, note->cycle, RISER_STATUS_FLR);
	if (note->source == RISER_NOTE_ENGINE && note->code == RISER_NOTE_FLR_ENDS)
		riser_check_status(observer->check, note->cycle, 0);
	if (note->source != RISER_NOTE_KERNEL)
		return;
	switch (note->code) {
	case PCIEM_EVENT_DMA_MISS:
		riser_check_note(observer->check, RISER_CHECK_NOTE_DMA_MISS, note->cycle,
				 note->text);
		break;
	case PCIEM_EVENT_BAD_MSI:
		riser_check_note(observer->check, RISER_CHECK_NOTE_BAD_MSI, note->cycle,
				 note->text);
		break;
	case PCIEM_EVENT_BME:
		if (riser_event_is_bus_master(note->text) &&
		    !riser_check_note(observer->check, RISER_CHECK_NOTE_BUS_MASTER, note->cycle,
				      note->text) &&
		    observer->engine)
			riser_engine_excuse(observer->engine, RISER_FINDING_BUS_MASTER);
		break;
	}
}

/* Before the record and the capture end: what is only late now is in both. */
static void on_settle(void *ctx, uint64_t cycle)
{
	struct riser_check_observer *observer = ctx;

	/* a run ends where it is stopped: what is in flight was never late */
	riser_check_sideband(observer->check, cycle, 0);
	riser_check_end(observer->check, cycle);
}

static void account_rule(struct riser_json *json, const struct riser_check *check, uint32_t idx)
{
	const struct riser_check_rule *rule = riser_check_rule(idx);
	struct riser_check_counts counts = riser_check_counts(check, idx);

	if (!counts.reported && !counts.waived && !check->waiver[idx])
		return;
	riser_json_open(json, NULL, '{');
	riser_json_string(json, "rule", rule->id);
	riser_json_string(json, "words", rule->words);
	riser_json_string(json, "verdict",
			  check->waiver[idx] ? "waived" :
			  riser_check_verdict_name(check->verdict[idx]));
	riser_json_u64(json, "reported", counts.reported);
	riser_json_u64(json, "waived", counts.waived);
	if (check->waiver[idx])
		riser_json_string(json, "reason", check->waiver[idx]);
	riser_json_close(json, '}');
}

static void on_account(void *ctx, struct riser_json *json)
{
	const struct riser_check_observer *observer = ctx;
	uint32_t idx;

	riser_json_open(json, "checker", '{');
	riser_json_u64(json, "tlps", riser_check_tlps(observer->check));
	riser_json_open(json, "rules", '[');
	for (idx = 0; idx < CK_NR_RULES; idx++)
		account_rule(json, observer->check, idx);
	riser_json_close(json, ']');
	riser_json_close(json, '}');
}

static const struct riser_observer_ops ops = {
	.start = on_start,
	.tlp = on_tlp,
	.lost = on_lost,
	.sideband = on_sideband,
	.site = on_site,
	.note = on_note,
	.settle = on_settle,
	.account = on_account,
};

int riser_check_observer_create(const struct riser_check_config *config,
				struct riser_check_observer **observer)
{
	struct riser_check_observer *new = calloc(1, sizeof(*new));
	int err;

	if (!new)
		return -ENOMEM;
	if (config)
		new->config = *config;
	new->config.report = on_report;
	new->config.ctx = new;
	err = riser_check_create(&new->config, &new->check);
	if (err) {
		free(new);
		return err;
	}
	*observer = new;
	return 0;
}

void riser_check_observer_destroy(struct riser_check_observer *observer)
{
	uint32_t idx;

	if (!observer)
		return;
	for (idx = 0; idx < observer->sites.room; idx++)
		free(observer->sites.name[idx]);
	free(observer->sites.name);
	riser_check_destroy(observer->check);
	free(observer);
}

struct riser_observer riser_check_observer(struct riser_check_observer *observer)
{
	return (struct riser_observer){ .ops = &ops, .ctx = observer };
}

void riser_check_observer_attach(struct riser_check_observer *observer,
				 struct riser_engine *engine)
{
	observer->engine = engine;
}

void riser_check_observer_listen(struct riser_check_observer *observer,
				 void (*listen)(void *ctx, const struct riser_finding *finding),
				 void *ctx)
{
	observer->listen = listen;
	observer->listen_ctx = ctx;
}

struct riser_check *riser_check_observer_check(struct riser_check_observer *observer)
{
	return observer->check;
}
