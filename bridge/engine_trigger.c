// SPDX-License-Identifier: Apache-2.0
/*
 * Triggers: moments of a run that get a window without being failures of the card.
 * A mark of the driver's machine, a TLP that somebody looks for, and what only
 * the supervisor sees: the guest's log and its script.
 */
#include "fault_internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_POSTS	16

struct post {
	enum riser_finding_kind kind;
	char text[400];
};

/**
 * struct riser_triggers - rules, and what other threads have told
 * @nr_told: triggers so far
 * @lock: of @post and @nr_posts
 */
struct riser_triggers {
	struct riser_fault_count count[RISER_MAX_FAULTS];
	uint32_t nr_told;
	pthread_mutex_t lock;
	struct post post[MAX_POSTS];
	uint32_t nr_posts;
};

int riser_triggers_init(struct riser_engine *engine)
{
	struct riser_triggers *triggers = calloc(1, sizeof(*triggers));
	uint32_t i;

	if (!triggers)
		return -ENOMEM;
	pthread_mutex_init(&triggers->lock, NULL);
	for (i = 0; i < engine->config.nr_triggers; i++)
		riser_fault_count_init(&triggers->count[i],
				       &engine->config.triggers[i]);
	engine->triggers = triggers;
	return 0;
}

void riser_triggers_fini(struct riser_engine *engine)
{
	if (!engine->triggers)
		return;
	pthread_mutex_destroy(&engine->triggers->lock);
	free(engine->triggers);
	engine->triggers = NULL;
}

/* ---- telling ---- */

static const struct {
	const char *side;
	const char *advice;
} words[RISER_FINDING_NR] = {
	[RISER_FINDING_GUEST] = { "driver",
		"the whole report is in the guest's log (console.log); the cycle is when its line came out" },
	[RISER_FINDING_SCRIPT] = { "driver",
		"what the script saw is in results.log and console.log; the cycle is when it said so" },
};

/* Failures have room of their own: triggers never take it. */
static bool is_too_many(struct riser_engine *engine,
			enum riser_finding_kind kind)
{
	if (!riser_finding_is_trigger(kind))
		return false;
	if (engine->triggers->nr_told < RISER_MAX_TRIGGERS) {
		engine->triggers->nr_told++;
		return false;
	}
	if (engine->triggers->nr_told++ == RISER_MAX_TRIGGERS)
		riser_note(engine, RISER_NOTE_ENGINE, 0, 0,
			   "more than %d triggers: the rest gets no window",
			   RISER_MAX_TRIGGERS);
	return true;
}

void riser_trigger_tell(struct riser_engine *engine,
			enum riser_finding_kind kind, uint64_t host_ns,
			const char *text)
{
	struct riser_finding finding = {
		.kind = kind, .is_error = !riser_finding_is_trigger(kind),
		.cycle = engine->cycle, .host_ns = host_ns,
		.seq = RISER_NO_SEQ,
	};

	if (is_too_many(engine, kind))
		return;
	if (kind == RISER_FINDING_SCRIPT || kind == RISER_FINDING_GUEST)
		snprintf(finding.text, sizeof(finding.text), "%.400s", text);
	else
		snprintf(finding.text, sizeof(finding.text), "%s: %.400s",
			 riser_finding_name(kind), text);
	if (words[kind].side) {
		snprintf(finding.side, sizeof(finding.side), "%s",
			 words[kind].side);
		snprintf(finding.advice, sizeof(finding.advice), "%s",
			 words[kind].advice);
	}
	riser_engine_report(engine, &finding);
}

int riser_engine_trigger(struct riser_engine *engine,
			 enum riser_finding_kind kind, const char *text)
{
	struct riser_triggers *triggers = engine->triggers;
	int ret = 0;

	if (kind != RISER_FINDING_GUEST && kind != RISER_FINDING_SCRIPT &&
	    !riser_finding_is_trigger(kind))
		return -EINVAL;
	pthread_mutex_lock(&triggers->lock);
	if (triggers->nr_posts == MAX_POSTS) {
		ret = -EAGAIN;
	} else {
		struct post *post = &triggers->post[triggers->nr_posts++];

		post->kind = kind;
		snprintf(post->text, sizeof(post->text), "%s", text);
		__atomic_store_n(&engine->has_posts, 1, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&triggers->lock);
	return ret;
}

void riser_triggers_pump(struct riser_engine *engine)
{
	struct riser_triggers *triggers = engine->triggers;
	uint32_t i;

	pthread_mutex_lock(&triggers->lock);
	for (i = 0; i < triggers->nr_posts; i++)
		riser_trigger_tell(engine, triggers->post[i].kind, 0,
				   triggers->post[i].text);
	triggers->nr_posts = 0;
	__atomic_store_n(&engine->has_posts, 0, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&triggers->lock);
}

/* ---- TLPs ---- */

static bool is_armed(const struct riser_engine *engine,
		     const struct riser_fault *rule)
{
	return engine->cycle >= rule->after;
}

const struct riser_fault *
riser_trigger_search(struct riser_engine *engine,
		     const struct riser_tlp_event *event,
		     const struct pciem_caller *caller)
{
	struct riser_triggers *triggers = engine->triggers;
	const struct riser_fault *found = NULL, *rule;
	struct riser_arrival arrival;
	struct riser_fault_place place;
	uint32_t i;

	arrival = (struct riser_arrival){
		.tlp = *event->tlp, .site = event->site, .caller = caller,
	};
	riser_fault_describe(engine, &arrival, event->direction, &place);
	for (i = 0; i < engine->config.nr_triggers; i++) {
		rule = &engine->config.triggers[i];
		if (is_armed(engine, rule) &&
		    riser_fault_matches(rule, &place) &&
		    riser_fault_fires(rule, &triggers->count[i]) && !found)
			found = rule;
	}
	return found;
}

void riser_trigger_tlp(struct riser_engine *engine,
		       const struct riser_tlp_event *event,
		       const struct riser_fault *rule)
{
	struct riser_finding finding = {
		.kind = RISER_FINDING_TLP_MATCH, .cycle = event->cycle,
		.host_ns = event->host_ns, .seq = event->seq,
		.site = event->site,
	};

	if (is_too_many(engine, finding.kind))
		return;
	riser_tlp_print(event->bytes, event->len, event->names, finding.access,
			sizeof(finding.access));
	snprintf(finding.text, sizeof(finding.text),
		 "TLP that was looked for (%.120s) in cycle %llu: %.300s",
		 rule->text, (unsigned long long)event->cycle, finding.access);
	riser_engine_report(engine, &finding);
}
