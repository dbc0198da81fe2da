// SPDX-License-Identifier: Apache-2.0
/*
 * The engine's result as JSON: how it ended, what was found, what was counted.
 */
#include "engine.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

static void write_histogram(struct riser_json *json, const char *key,
			    const struct riser_histogram *hist)
{
	unsigned int i;

	riser_json_open(json, key, '{');
	riser_json_u64(json, "count", hist->nr);
	riser_json_u64(json, "min", hist->min);
	riser_json_u64(json, "p50", riser_histogram_quantile(hist, 500));
	riser_json_u64(json, "p90", riser_histogram_quantile(hist, 900));
	riser_json_u64(json, "p99", riser_histogram_quantile(hist, 990));
	riser_json_u64(json, "max", hist->max);
	riser_json_double(json, "mean", hist->nr ?
			  (double)hist->sum / (double)hist->nr : 0);
	riser_json_open(json, "buckets", '[');
	for (i = 0; i < RISER_HIST_BUCKETS; i++) {
		if (!hist->bucket[i])
			continue;
		riser_json_open(json, NULL, '{');
		riser_json_u64(json, "from", riser_histogram_low(i));
		riser_json_u64(json, "count", hist->bucket[i]);
		riser_json_close(json, '}');
	}
	riser_json_close(json, ']');
	riser_json_close(json, '}');
}

static void write_tlps(struct riser_json *json, const struct riser_stats *stats)
{
	static const char *const directions[] = {
		[RISER_TO_CARD] = "to_card", [RISER_TO_HOST] = "to_host",
	};
	static const char *const kinds[RISER_TLP_NR_KINDS] = {
		"MRd", "MRdLk", "MWr", "IORd", "IOWr", "CfgRd0", "CfgWr0",
		"CfgRd1", "CfgWr1", "Msg", "MsgD", "Cpl", "CplD", "CplLk",
		"CplDLk", "FetchAdd", "Swap", "CAS", "DMWr",
	};
	uint64_t total;
	int dir, kind;

	riser_json_open(json, "tlps", '{');
	for (dir = 0; dir < RISER_NR_DIRECTIONS; dir++) {
		riser_json_open(json, directions[dir], '{');
		total = 0;
		for (kind = 0; kind < RISER_TLP_NR_KINDS; kind++) {
			if (stats->tlps[dir][kind])
				riser_json_u64(json, kinds[kind],
					       stats->tlps[dir][kind]);
			total += stats->tlps[dir][kind];
		}
		riser_json_u64(json, "total", total);
		riser_json_u64(json, "bytes", stats->tlp_bytes[dir]);
		riser_json_close(json, '}');
	}
	riser_json_close(json, '}');
}

static void write_stats(struct riser_json *json,
			const struct riser_stats *stats)
{
#define COUNTER(name) { #name, offsetof(struct riser_stats, name) }
	static const struct {
		const char *name;
		size_t offset;
	} counters[] = {
		COUNTER(mmio_reads), COUNTER(mmio_writes),
		COUNTER(mmio_read_bytes), COUNTER(mmio_write_bytes),
		COUNTER(cfg_reads), COUNTER(cfg_writes), COUNTER(dma_reads),
		COUNTER(dma_writes), COUNTER(dma_read_bytes),
		COUNTER(dma_write_bytes), COUNTER(slot_reads),
		COUNTER(slot_writes), COUNTER(cpl_ur), COUNTER(cpl_ca),
		COUNTER(cpl_rrs), COUNTER(timeouts), COUNTER(unexpected_cpl),
		COUNTER(undecodable), COUNTER(dropped_link_down),
		COUNTER(sim_cycles), COUNTER(runs), COUNTER(wakes),
		COUNTER(kicks), COUNTER(idle_stops), COUNTER(idle_ns),
		COUNTER(long_yields), COUNTER(moves), COUNTER(skipped_cycles),
		COUNTER(full_stops), COUNTER(full_ns), COUNTER(sessions),
		COUNTER(resets), COUNTER(marks),
	};
#undef COUNTER
	size_t i;

	write_tlps(json, stats);
	for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		riser_json_u64(json, counters[i].name,
			       *(const uint64_t *)((const char *)stats +
						   counters[i].offset));
	riser_json_u64(json, "msix_interrupts", stats->msix_messages);
	riser_json_u64(json, "msi_interrupts", stats->msi_messages);
	riser_json_u64(json, "intx_asserts", stats->intx_asserts);
	riser_json_u64(json, "error_messages", stats->error_messages);
	write_histogram(json, "read_cycles", &stats->read_cycles);
	write_histogram(json, "dma_read_cycles", &stats->dma_cycles);
}

/* The stack of the access, innermost frame first, as the kernel prints it. */
static void write_stack(struct riser_json *json,
			const struct riser_engine *engine,
			const struct riser_finding *finding)
{
	const struct riser_site_entry *site =
		riser_sites_find(&engine->sites, finding->site, finding->pc);
	const char *line;
	char frame[256];
	size_t len;

	if (!site)
		return;
	riser_json_open(json, "stack", '[');
	for (line = site->text; *line; line += line[len] ? len + 1 : len) {
		len = strcspn(line, "\n");
		snprintf(frame, sizeof(frame), "%.*s", (int)len, line);
		riser_json_string(json, NULL, frame);
	}
	riser_json_close(json, ']');
	riser_json_u64(json, "frame", site->function_frame);
}

static void write_finding(struct riser_json *json,
			  const struct riser_engine *engine,
			  const struct riser_finding *finding)
{
	riser_json_open(json, NULL, '{');
	riser_json_string(json, "kind", riser_finding_name(finding->kind));
	riser_json_bool(json, "error", finding->is_error);
	riser_json_bool(json, "trigger",
			riser_finding_is_trigger(finding->kind));
	riser_json_u64(json, "count", finding->count);
	if (finding->rule[0])
		riser_json_string(json, "rule", finding->rule);
	riser_json_string(json, "text", finding->text);
	riser_json_string(json, "access", finding->access);
	riser_json_string(json, "function", finding->function);
	write_stack(json, engine, finding);
	riser_json_string(json, "caller", finding->caller);
	riser_json_string(json, "before", finding->before);
	riser_json_u64(json, "cycle", finding->cycle);
	riser_json_u64(json, "host_ns", finding->host_ns);
	if (finding->seq != RISER_NO_SEQ)
		riser_json_u64(json, "tlp", finding->seq);
	riser_json_string(json, "suspected", finding->side);
	riser_json_string(json, "advice", finding->advice);
	riser_json_close(json, '}');
}

static void write_model(struct riser_json *json,
			const struct riser_model_info *info)
{
	riser_json_open(json, "model", '{');
	riser_json_string(json, "name", info->name);
	riser_json_string(json, "top", info->top);
	riser_json_string(json, "engine", info->engine);
	riser_json_string(json, "source_hash", info->source_hash);
	riser_json_string(json, "build_hash", info->build_hash);
	riser_json_u64(json, "data_w", info->data_w);
	riser_json_u64(json, "clk_period_ps", info->clk_period_ps);
	riser_json_close(json, '}');
}

static void write_snapshots(struct riser_json *json,
			    const struct riser_snapshot_stats *stats)
{
	riser_json_open(json, "snapshots", '{');
	riser_json_u64(json, "taken", stats->nr_taken);
	riser_json_u64(json, "kept", stats->nr_kept);
	riser_json_u64(json, "late", stats->nr_late);
	riser_json_u64(json, "pause_ns", stats->pause_ns);
	riser_json_u64(json, "pause_max_ns", stats->pause_max_ns);
	riser_json_u64(json, "cost_ns", stats->cost_ns);
	riser_json_u64(json, "state_bytes", stats->state_bytes);
	riser_json_u64(json, "disk_bytes", stats->disk_bytes);
	if (stats->text[0])
		riser_json_string(json, "text", stats->text);
	riser_json_close(json, '}');
}

static void write_all(struct riser_json *json,
		      const struct riser_engine *engine)
{
	const struct riser_engine_result *result = &engine->result;
	uint32_t i;

	riser_json_open(json, NULL, '{');
	riser_json_u64(json, "schema", 1);
	riser_json_string(json, "end", riser_end_name(result->end));
	riser_json_string(json, "text", result->text);
	riser_json_u64(json, "errors", engine->nr_errors);
	riser_json_u64(json, "sim_cycles", engine->cycle);
	riser_json_double(json, "wall_s", result->wall_s);
	write_model(json, engine->card.info);
	riser_json_open(json, "findings", '[');
	for (i = 0; i < engine->nr_findings; i++)
		write_finding(json, engine, &engine->finding[i]);
	riser_json_close(json, ']');
	if (engine->faults)
		riser_fault_write_json(engine, json);
	for (i = 0; i < engine->nr_observers; i++)
		if (engine->observer[i].ops->account)
			engine->observer[i].ops->account(engine->observer[i].ctx,
							 json);
	riser_json_open(json, "stats", '{');
	write_stats(json, &engine->stats);
	riser_json_close(json, '}');
	if (engine->pcapng_error)
		riser_json_u64(json, "capture_errno",
			       (uint64_t)-engine->pcapng_error);
	write_snapshots(json, &engine->snapshot_stats);
	if (engine->record_error) {
		riser_json_u64(json, "record_errno",
			       (uint64_t)-engine->record_error);
		riser_json_string(json, "record_error", engine->record_text);
	}
	riser_json_close(json, '}');
}

int riser_engine_write_json(const struct riser_engine *engine, const char *path)
{
	struct riser_json json;
	char temp[4096];
	FILE *file;
	int ret = 0;

	/* a reader sees the old file or the whole new one */
	if (snprintf(temp, sizeof(temp), "%s.tmp", path) >= (int)sizeof(temp))
		return -ENAMETOOLONG;
	file = fopen(temp, "we");
	if (!file)
		return -errno;
	riser_json_init(&json, file);
	write_all(&json, engine);
	if (ferror(file))
		ret = -EIO;
	if (fclose(file) && !ret)
		ret = -errno;
	if (!ret && rename(temp, path))
		ret = -errno;
	if (ret)
		remove(temp);
	return ret;
}

int riser_engine_write_coverage(const struct riser_engine *engine, const char *path)
{
	if (!(engine->card.info->features & RISER_MODEL_F_COVERAGE))
		return -EOPNOTSUPP;
	return engine->card.ops->coverage_write(engine->card.model, path);
}
