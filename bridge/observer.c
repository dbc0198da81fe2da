// SPDX-License-Identifier: Apache-2.0
/*
 * Calls of the observers, in their order.
 */
#include "engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void riser_observe_start(struct riser_engine *engine)
{
	const struct riser_engine_config *config = &engine->config;
	struct riser_run_facts facts = {
		.card = riser_link_name(engine->link),
		.model_path = config->model_path,
		.info = engine->card.info,
		.plusargs = config->plusargs,
		.nr_plusargs = config->nr_plusargs,
		.x_init = config->x_init,
		.seed = config->seed,
		.timeout_cycles = config->timeout_cycles,
		.mem = engine->card.mem,
		.preload = config->preload,
		.scoreboard = config->scoreboard,
		.stall_rx = config->stall_rx,
		.stall_tx = config->stall_tx,
		.dir = config->dir,
		.checker = config->checker,
	};
	uint32_t i;

	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->start)
			engine->observer[i].ops->start(engine->observer[i].ctx,
						       &facts);
}

void riser_observe_finish(struct riser_engine *engine)
{
	uint32_t i;

	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->settle)
			engine->observer[i].ops->settle(engine->observer[i].ctx,
							engine->cycle);
	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->finish)
			engine->observer[i].ops->finish(engine->observer[i].ctx,
							engine->cycle);
}

void riser_observe_tlp(struct riser_engine *engine,
		       const struct riser_tlp_event *event)
{
	uint32_t i;

	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->tlp)
			engine->observer[i].ops->tlp(engine->observer[i].ctx,
						     event);
}

static void observe_lost(struct riser_engine *engine,
			 const struct riser_tlp_event *event)
{
	uint32_t i;

	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->lost)
			engine->observer[i].ops->lost(engine->observer[i].ctx,
						      event);
}

/* With the words for the caller. */
static void observe_by(struct riser_engine *engine,
		       struct riser_tlp_event *event,
		       const struct pciem_caller *caller,
		       void (*observe)(struct riser_engine *engine,
				       const struct riser_tlp_event *event))
{
	const struct riser_site_entry *site;
	struct riser_tlp_caller words;

	if (caller) {
		site = riser_sites_find(&engine->sites, event->site,
					caller->pc);
		words = (struct riser_tlp_caller){
			.pc = caller->pc, .pid = caller->pid,
			.cpu = caller->cpu, .context = caller->context,
			.irqs_off = caller->irqs_off,
			.function = site ? site->function : NULL,
			.frame = site ? site->function_frame : 0,
		};
		memcpy(words.comm, caller->comm, sizeof(caller->comm));
		event->caller = &words;
	}
	observe(engine, event);
	event->caller = NULL;
}

void riser_observe_to_card(struct riser_engine *engine,
			   struct riser_tlp_event *event,
			   const struct pciem_caller *caller)
{
	observe_by(engine, event, caller, riser_observe_tlp);
}

void riser_observe_lost(struct riser_engine *engine,
			struct riser_tlp_event *event,
			const struct pciem_caller *caller)
{
	observe_by(engine, event, caller, observe_lost);
}

void riser_observe_sideband(struct riser_engine *engine)
{
	uint32_t i;

	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->sideband)
			engine->observer[i].ops->sideband(
				engine->observer[i].ctx, engine->cycle,
				engine->levels);
}

void riser_observe_site(struct riser_engine *engine, uint32_t site,
			const struct riser_site_entry *entry)
{
	struct riser_site words = {
		.site = site, .nr_frames = entry->nr_frames,
		.frame = entry->frame, .text = entry->text,
		.function = entry->function,
	};
	uint32_t i;

	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->site)
			engine->observer[i].ops->site(engine->observer[i].ctx,
						      &words);
}

void riser_observe_finding(struct riser_engine *engine,
			   const struct riser_finding *finding)
{
	uint32_t i;

	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->finding)
			engine->observer[i].ops->finding(
				engine->observer[i].ctx, finding);
}

void riser_note(struct riser_engine *engine, enum riser_note_source source,
		uint32_t code, uint64_t host_ns, const char *format, ...)
{
	char text[PCIEM_TEXT_MAX_BYTES];
	struct riser_note note = {
		.source = source, .code = code, .cycle = engine->cycle,
		.host_ns = host_ns, .text = text,
	};
	va_list args;
	uint32_t i;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->note)
			engine->observer[i].ops->note(engine->observer[i].ctx,
						      &note);
}
