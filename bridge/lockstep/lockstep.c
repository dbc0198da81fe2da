// SPDX-License-Identifier: Apache-2.0
/* Lock-step as an observer: calls become events, the difference a finding. */
#define _GNU_SOURCE
#include "lockstep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <riser/run.h>

#include "../json.h"

const struct riser_lockstep_words riser_lockstep_words[] = {
	{ "REF-01", "a read of the host is answered alike",
	  "compare the register in both; one that may differ gets a rule (--may-differ, reference.may-differ)" },
	{ "REF-02", "a command ends alike",
	  "compare how both come to the status and the result of this command" },
	{ "REF-03", "the host gets the same data",
	  "follow this byte back from the DMA write; one of the two is wrong" },
	{ "REF-04", "the RTL does nothing that the reference does not do",
	  "compare the address with the command's memory: a length, a page crossing, or something that comes too late" },
	{ "REF-05", "the RTL does all that the reference does, in time",
	  "look at what the RTL waits for; if it may take longer, raise the patience (--reference-patience)" },
	{ "REF-06", "the reference model runs",
	  "the text is the model's own: the comparison ends here, the run goes on" },
	{ NULL, NULL, NULL },
};

/* ---- the difference ---- */

bool riser_lockstep_has_diverged(const struct riser_lockstep *ls)
{
	return ls->has_diverged;
}

uint64_t riser_lockstep_now(const struct riser_lockstep *ls)
{
	return ls->now;
}

uint32_t riser_lockstep_mask(const struct riser_lockstep *ls, enum riser_lockstep_space space,
			     uint32_t offset)
{
	return ls_rules_mask(ls->config.rules, ls->config.nr_rules, space, offset);
}

const struct riser_lockstep_config *riser_lockstep_config(const struct riser_lockstep *ls)
{
	return &ls->config;
}

void riser_lockstep_diverge(struct riser_lockstep *ls, const struct riser_lockstep_place *place,
			    const char *format, ...)
{
	const struct riser_lockstep_words *words = riser_lockstep_words;
	struct riser_finding *f = &ls->finding;
	char seen[400];
	va_list args;

	if (ls->has_diverged)
		return;
	ls->has_diverged = true;
	while (words[1].id && strcmp(words->id, place->rule))
		words++;
	va_start(args, format);
	vsnprintf(seen, sizeof(seen), format, args);
	va_end(args);
	*f = (struct riser_finding){
		.kind = RISER_FINDING_OTHER, .is_error = true, .count = 1,
		.cycle = place->cycle, .seq = place->seq, .addr = place->cycle,
	};
	snprintf(f->rule, sizeof(f->rule), "%s", words->id);
	snprintf(f->text, sizeof(f->text), "%s: %s. First difference in cycle %" PRIu64 ": %.380s",
		 words->id, words->words, place->cycle, seen);
	snprintf(f->access, sizeof(f->access), "%s", place->access ? place->access : "");
	snprintf(f->function, sizeof(f->function), "%s", place->function ? place->function : "");
	snprintf(f->side, sizeof(f->side), "%s",
		 strcmp(words->id, "REF-06") ? "card" : "reference");
	snprintf(f->advice, sizeof(f->advice), "%s", words->advice);
	ls->counts.diverged = true;
	ls->counts.cycle = place->cycle;
	/* pairs with the observer's acquire in tell() */
	__atomic_store_n(&ls->has_finding, 1, __ATOMIC_RELEASE);
}

/* In the engine's thread. */
static void tell(struct riser_lockstep *ls)
{
	if (ls->is_told || !__atomic_load_n(&ls->has_finding, __ATOMIC_ACQUIRE))
		return;
	ls->is_told = true;
	if (ls->engine)
		riser_engine_report(ls->engine, &ls->finding);
	else if (ls->config.report)
		ls->config.report(ls->config.ctx, &ls->finding);
}

/* ---- the observer ---- */

static void put(struct riser_lockstep *ls, struct ls_event *event)
{
	if (!event)
		return;
	if (ls->has_thread)
		ls_queue_put(&ls->queue, event);
	else
		ls_event(ls, event);
}

static struct ls_event *make_event(enum ls_event_kind kind, const void *bytes, uint32_t len)
{
	struct ls_event *event = malloc(sizeof(*event) + len);

	if (!event)
		return NULL;
	memset(event, 0, sizeof(*event));
	event->kind = kind;
	event->len = len;
	if (len)
		memcpy(event->bytes, bytes, len);
	return event;
}

static void *compare(void *arg)
{
	struct riser_lockstep *ls = arg;
	struct ls_event *event;
	struct timespec t;
	bool is_last;

	do {
		event = ls_queue_get(&ls->queue);
		is_last = event->kind == LS_FINISH;
		ls_event(ls, event);
	} while (!is_last);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	ls->counts.cpu_ns = (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
	return NULL;
}

static void on_start(void *ctx, const struct riser_run_facts *facts)
{
	struct riser_lockstep *ls = ctx;

	ls->ops->start(ls->comparator, facts);
	ls->is_started = true;
	if (ls->config.is_threaded)
		ls->has_thread = !pthread_create(&ls->thread, NULL, compare, ls);
}

static void on_tlp(void *ctx, const struct riser_tlp_event *from)
{
	struct riser_lockstep *ls = ctx;
	struct ls_event *event;

	tell(ls);
	if (ls->is_told || ls->is_finished)
		return;
	event = make_event(LS_TLP, from->bytes, from->len);
	if (!event)
		return;
	event->tlp = *from;
	event->tlp.tlp = NULL;
	event->cycle = from->cycle;
	event->seq = from->seq;
	if (from->caller) {
		event->has_caller = true;
		event->caller = *from->caller;
		if (from->caller->function)
			snprintf(event->function, sizeof(event->function), "%s",
				 from->caller->function);
	}
	put(ls, event);
	tell(ls);
}

static void on_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	struct riser_lockstep *ls = ctx;
	struct ls_event *event = make_event(LS_SIDEBAND, NULL, 0);

	if (event) {
		event->cycle = cycle;
		event->levels = levels;
	}
	put(ls, event);
	tell(ls);
}

static void on_site(void *ctx, const struct riser_site *site)
{
	struct riser_lockstep *ls = ctx;
	struct ls_event *event = site->function ? make_event(LS_SITE, NULL, 0) : NULL;

	if (event) {
		event->seq = site->site;
		snprintf(event->function, sizeof(event->function), "%s", site->function);
	}
	put(ls, event);
}

static void on_finding(void *ctx, const struct riser_finding *finding)
{
	struct riser_lockstep *ls = ctx;
	struct ls_event *event;

	if (finding->kind != RISER_FINDING_TIMEOUT)
		return;
	event = make_event(LS_TIMEOUT, NULL, 0);
	if (event) {
		event->cycle = finding->cycle;
		event->seq = finding->seq;
	}
	put(ls, event);
}

/* What still waits is compared before the run's record ends. */
static void on_settle(void *ctx, uint64_t cycle)
{
	struct riser_lockstep *ls = ctx;
	struct ls_event *event;

	if (ls->is_finished || !ls->is_started)
		return;
	event = make_event(LS_FINISH, NULL, 0);
	if (!event)
		return;
	event->cycle = cycle;
	ls->is_finished = true;
	put(ls, event);
	if (ls->has_thread)
		pthread_join(ls->thread, NULL);
	ls->has_thread = false;
	tell(ls);
}

static void on_account(void *ctx, struct riser_json *json)
{
	const struct riser_lockstep *ls = ctx;
	struct riser_lockstep_counts c = riser_lockstep_counts(ls);

	riser_json_open(json, "lockstep", '{');
	riser_json_string(json, "reference", ls->config.reference);
	riser_json_string(json, "model", c.model);
	riser_json_string(json, "engine", c.engine);
	riser_json_string(json, "comparator", c.comparator);
	riser_json_bool(json, "diverged", c.diverged);
	if (c.diverged)
		riser_json_u64(json, "cycle", c.cycle);
	riser_json_u64(json, "requests", c.nr_requests);
	riser_json_u64(json, "equal_reads", c.nr_equal);
	riser_json_u64(json, "equal_results", c.nr_met);
	riser_json_u64(json, "polls", c.nr_polls);
	riser_json_u64(json, "excused", c.nr_excused);
	riser_json_u64(json, "not_compared", c.nr_left);
	riser_json_u64(json, "stalls", c.nr_stalls);
	riser_json_u64(json, "stall_us", c.stall_ns / 1000);
	riser_json_u64(json, "queue_max_bytes", c.queue_max);
	riser_json_u64(json, "reference_cycles", c.cycles);
	riser_json_u64(json, "reference_us", c.run_ns / 1000);
	riser_json_u64(json, "cpu_us", c.cpu_ns / 1000);
	riser_json_close(json, '}');
}

static const struct riser_observer_ops observer_ops = {
	.start = on_start,
	.tlp = on_tlp,
	.sideband = on_sideband,
	.site = on_site,
	.finding = on_finding,
	.settle = on_settle,
	.finish = on_settle,
	.account = on_account,
};

struct riser_observer riser_lockstep_observer(struct riser_lockstep *ls)
{
	return (struct riser_observer){ .ops = &observer_ops, .ctx = ls };
}

void riser_lockstep_attach(struct riser_lockstep *ls, struct riser_engine *engine)
{
	ls->engine = engine;
}

struct riser_lockstep_counts riser_lockstep_counts(const struct riser_lockstep *ls)
{
	struct riser_lockstep_counts c = ls->counts;

	snprintf(c.comparator, sizeof(c.comparator), "%s", ls->ops->name);
	c.cycles = ls->ref.run.cycle;
	c.run_ns = ls->ref.run_ns;
	c.nr_stalls = ls->queue.nr_stalls;
	c.stall_ns = ls->queue.stall_ns;
	c.queue_max = ls->queue.max;
	return c;
}

/* ---- open and close ---- */

static const struct riser_comparator_ops *choose(const struct riser_lockstep_config *config,
						 uint32_t class_code)
{
	uint32_t i;

	for (i = 0; config->comparators && config->comparators[i]; i++)
		if ((class_code & config->comparators[i]->class_mask) ==
		    config->comparators[i]->class_code)
			return config->comparators[i];
	return &ls_bytes;
}

static void set_defaults(struct riser_lockstep_config *config)
{
	if (!config->patience)
		config->patience = RISER_LOCKSTEP_PATIENCE;
	if (!config->interrupt_cycles)
		config->interrupt_cycles = RISER_LOCKSTEP_INTERRUPT;
	if (!config->queue_bytes)
		config->queue_bytes = RISER_LOCKSTEP_QUEUE_BYTES;
}

static int open_reference(struct riser_lockstep *ls, char *error)
{
	uint32_t class_code;
	int ret = ls_config_class(&ls->model, &class_code, error);

	if (ret)
		return ret;
	ls->ops = choose(&ls->config, class_code >> 8);
	ret = ls_card_open(&ls->ref, &ls->model, error);
	if (ret)
		return ret;
	ls->ref.tlp = ls_reference_tlp;
	ls->ref.ctx = ls;
	snprintf(ls->counts.model, sizeof(ls->counts.model), "%s", ls->ref.card.info->name);
	snprintf(ls->counts.engine, sizeof(ls->counts.engine), "%s", ls->ref.card.info->engine);
	return 0;
}

int riser_lockstep_open(const struct riser_lockstep_config *config, struct riser_lockstep **out,
			char *error)
{
	struct riser_lockstep *ls = calloc(1, sizeof(*ls));
	int ret = ls ? 0 : -ENOMEM;

	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (ret)
		return ret;
	ls->last = &ls->first;
	ls->config = *config;
	set_defaults(&ls->config);
	ls->model = (struct riser_lockstep_model){
		.path = config->reference, .plusargs = config->plusargs,
		.nr_plusargs = config->nr_plusargs,
	};
	ls_queue_init(&ls->queue, ls->config.queue_bytes);
	ls->registers = calloc(LS_REGISTERS, sizeof(*ls->registers));
	if (!ls->registers || riser_words_init(&ls->words))
		ret = -ENOMEM;
	if (!ret)
		ret = open_reference(ls, error);
	if (!ret)
		ret = ls->ops->create(ls, &ls->comparator);
	if (ret)
		riser_lockstep_close(ls);
	else
		*out = ls;
	return ret;
}

void riser_lockstep_close(struct riser_lockstep *ls)
{
	if (!ls)
		return;
	if (ls->has_thread)
		on_settle(ls, ls->now);
	if (ls->comparator)
		ls->ops->destroy(ls->comparator);
	ls_free_all(ls);
	if (ls->ref.card.ops)
		ls_card_close(&ls->ref);
	ls_queue_fini(&ls->queue);
	riser_words_fini(&ls->words);
	free(ls->registers);
	free(ls);
}
