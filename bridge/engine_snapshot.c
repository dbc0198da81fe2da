// SPDX-License-Identifier: Apache-2.0
/* When the engine takes snapshots, and when it does not. */
#include "engine.h"

#include <stdio.h>

#define SNAPSHOTS_KEPT	64

/* Snapshots are of use only to somebody who has the record. */
void riser_snapshot_begin(struct riser_engine *engine)
{
	struct riser_snapshots_config config = {
		.dir = engine->config.snapshot_dir, .card = &engine->card,
		.recorder = engine->recorder,
		.interval_ns = engine->config.snapshot_ms * 1000000ULL,
		.max_bytes = engine->config.snapshot_limit_bytes,
		.max_kept = SNAPSHOTS_KEPT,
	};
	struct riser_snapshot_stats *stats = &engine->snapshot_stats;
	char error[RISER_ERROR_BYTES];
	const char *refusal;

	engine->snapshot_ns = UINT64_MAX;
	if (!config.dir || !engine->recorder)
		return;
	refusal = riser_snapshot_refusal(engine->card.info);
	if (refusal) {
		snprintf(stats->text, sizeof(stats->text), "no snapshots: %s",
			 refusal);
		return;
	}
	if (!riser_snapshots_open(&config, &engine->snapshots, error)) {
		engine->snapshot_ns = 0;
		return;
	}
	snprintf(stats->text, sizeof(stats->text), "%s", error);
	if (engine->config.message)
		engine->config.message(engine->config.ctx, RISER_MSG_WARNING,
				       NULL, 0, error);
}

void riser_snapshot_due(struct riser_engine *engine)
{
	const struct riser_snapshot_view view = {
		.cycle = engine->cycle, .levels = engine->levels,
		.rx = engine->run.rx, .bars = &engine->bars,
	};

	/* it forgets which pages were written, and those after boot are wanted */
	if (riser_boot_is_first(engine))
		return;
	engine->snapshot_ns = riser_snapshots_take(engine->snapshots, &view,
						   engine->now_ns);
}

void riser_snapshot_finish(struct riser_engine *engine)
{
	if (!engine->snapshots)
		return;
	riser_snapshots_stats(engine->snapshots, &engine->snapshot_stats);
	if (engine->snapshot_stats.text[0] && engine->config.message)
		engine->config.message(engine->config.ctx, RISER_MSG_WARNING,
				       NULL, 0, engine->snapshot_stats.text);
	riser_snapshots_close(engine->snapshots);
	engine->snapshots = NULL;
}

const struct riser_snapshot_stats *
riser_engine_snapshots(const struct riser_engine *engine)
{
	return &engine->snapshot_stats;
}
