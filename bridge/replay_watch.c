// SPDX-License-Identifier: Apache-2.0
/*
 * Observers of a replay: they see what a live run's would, as long as the card
 * does what it did then.
 */
#include "replay_internal.h"

static void watch_tlp(struct riser_replaying *r, const struct riser_tlp_event *recorded)
{
	struct riser_tlp_event event = *recorded;
	struct riser_tlp tlp;
	uint32_t i;

	event.tlp = riser_tlp_decode(&tlp, event.bytes, event.len) ? NULL : &tlp;
	event.names = &r->words.names;
	for (i = 0; i < r->config->nr_observers; i++)
		if (r->config->observers[i].ops->tlp)
			r->config->observers[i].ops->tlp(r->config->observers[i].ctx, &event);
}

static void watch_sideband(struct riser_replaying *r, const struct riser_rec *rec)
{
	const struct riser_observer *o = r->config->observers;
	uint32_t i;

	for (i = 0; i < r->config->nr_observers; i++)
		if (o[i].ops->sideband)
			o[i].ops->sideband(o[i].ctx, rec->cycle, rec->levels);
}

static void watch_site(struct riser_replaying *r, const struct riser_rec *rec)
{
	const struct riser_observer *o = r->config->observers;
	uint32_t i;

	for (i = 0; i < r->config->nr_observers; i++)
		if (o[i].ops->site)
			o[i].ops->site(o[i].ctx, &rec->site);
}

void riser_replay_watch(struct riser_replaying *r, const struct riser_rec *rec)
{
	if (!r->config->nr_observers)
		return;
	if (rec->kind == RISER_REC_TLP)
		watch_tlp(r, &rec->tlp);
	else if (rec->kind == RISER_REC_SIDEBAND)
		watch_sideband(r, rec);
	else if (rec->kind == RISER_REC_SITE)
		watch_site(r, rec);
}

void riser_replay_watch_start(struct riser_replaying *r)
{
	const struct riser_observer *o = r->config->observers;
	const struct riser_run_facts facts = {
		.card = r->facts->card, .model_path = r->config->model_path,
		.info = r->card.info, .x_init = r->facts->x_init, .seed = r->facts->seed,
		.timeout_cycles = r->facts->timeout_cycles,
		.scoreboard = r->facts->scoreboard,
	};
	uint32_t i;

	for (i = 0; i < r->config->nr_observers; i++)
		if (o[i].ops->start)
			o[i].ops->start(o[i].ctx, &facts);
}

void riser_replay_watch_finish(struct riser_replaying *r)
{
	const struct riser_observer *o = r->config->observers;
	uint32_t i;

	for (i = 0; i < r->config->nr_observers; i++)
		if (o[i].ops->finish)
			o[i].ops->finish(o[i].ctx, r->cycle);
}
