// SPDX-License-Identifier: Apache-2.0
/*
 * Counters of a run. An observer like any other.
 */
#include "engine.h"

#define EXACT	16	/* values below are their own bucket */
#define STEPS	8	/* buckets of an octave */

static unsigned int bucket_of(uint64_t value)
{
	unsigned int octave;

	if (value < EXACT)
		return (unsigned int)value;
	octave = 63 - (unsigned int)__builtin_clzll(value);
	return EXACT + (octave - 4) * STEPS +
	       (unsigned int)(value >> (octave - 3) & (STEPS - 1));
}

uint64_t riser_histogram_low(unsigned int bucket)
{
	unsigned int octave;

	if (bucket < EXACT)
		return bucket;
	octave = (bucket - EXACT) / STEPS + 4;
	return (uint64_t)(STEPS + (bucket - EXACT) % STEPS) << (octave - 3);
}

void riser_histogram_add(struct riser_histogram *hist, uint64_t value)
{
	if (!hist->nr || value < hist->min)
		hist->min = value;
	if (value > hist->max)
		hist->max = value;
	hist->nr++;
	hist->sum += value;
	hist->bucket[bucket_of(value)]++;
}

uint64_t riser_histogram_quantile(const struct riser_histogram *hist,
				  unsigned int permille)
{
	uint64_t wanted = (hist->nr * permille + 999) / 1000, seen = 0;
	unsigned int i;
	uint64_t last;

	if (!hist->nr)
		return 0;
	for (i = 0; i < RISER_HIST_BUCKETS - 1; i++) {
		seen += hist->bucket[i];
		if (seen && seen >= wanted)
			break;
	}
	last = i == RISER_HIST_BUCKETS - 1 ? UINT64_MAX :
					     riser_histogram_low(i + 1) - 1;
	return last < hist->max ? last : hist->max;
}

static void count_to_card(struct riser_stats *stats,
			  const struct riser_tlp_event *event)
{
	const struct riser_tlp *tlp = event->tlp;

	switch (tlp->kind) {
	case RISER_TLP_MRD:
	case RISER_TLP_MRDLK:
		stats->mmio_reads++;
		stats->mmio_read_bytes += riser_tlp_request_bytes(tlp);
		break;
	case RISER_TLP_MWR:
		stats->mmio_writes++;
		stats->mmio_write_bytes += riser_tlp_request_bytes(tlp);
		break;
	case RISER_TLP_CFGRD0:
	case RISER_TLP_CFGRD1:
		stats->cfg_reads++;
		break;
	case RISER_TLP_CFGWR0:
	case RISER_TLP_CFGWR1:
		stats->cfg_writes++;
		break;
	case RISER_TLP_CPLD:
		stats->dma_read_bytes += riser_cpl_bytes(tlp);
		if (event->request_seq != RISER_NO_SEQ && riser_cpl_is_last(tlp))
			riser_histogram_add(&stats->dma_cycles, event->cycle -
					    event->request_cycle);
		break;
	default:
		break;
	}
}

static void count_message(struct riser_stats *stats,
			  const struct riser_tlp *tlp)
{
	if (tlp->code >= 0x20 && tlp->code <= 0x23)
		stats->intx_asserts++;
	else if (tlp->code >= 0x30 && tlp->code <= 0x33)
		stats->error_messages++;
}

static void count_completion(struct riser_stats *stats,
			     const struct riser_tlp_event *event, bool was_read)
{
	switch (event->tlp->status) {
	case RISER_CPL_SC:
		if (was_read && riser_cpl_is_last(event->tlp))
			riser_histogram_add(&stats->read_cycles, event->cycle -
					    event->request_cycle);
		break;
	case RISER_CPL_RRS:
		stats->cpl_rrs++;
		break;
	case RISER_CPL_CA:
		stats->cpl_ca++;
		break;
	default:
		stats->cpl_ur++;
		break;
	}
}

static void count_to_host(struct riser_engine *engine,
			  const struct riser_tlp_event *event)
{
	struct riser_stats *stats = &engine->stats;
	const struct riser_tlp *tlp = event->tlp;
	const struct riser_pending *pending;

	switch (tlp->kind) {
	case RISER_TLP_MRD:
	case RISER_TLP_MRDLK:
		stats->dma_reads++;
		break;
	case RISER_TLP_MWR:
		switch (riser_bar_map_message(&engine->bars, tlp)) {
		case RISER_MESSAGE_MSIX:
			stats->msix_messages++;
			return;
		case RISER_MESSAGE_MSI:
			stats->msi_messages++;
			return;
		case RISER_NO_MESSAGE:
			break;
		}
		stats->dma_writes++;
		stats->dma_write_bytes += riser_tlp_request_bytes(tlp);
		break;
	case RISER_TLP_MSG:
	case RISER_TLP_MSGD:
		count_message(stats, tlp);
		break;
	case RISER_TLP_CPL:
	case RISER_TLP_CPLD:
	case RISER_TLP_CPLLK:
	case RISER_TLP_CPLDLK:
		pending = &engine->pending[tlp->tag];
		count_completion(stats, event,
				 event->request_seq != RISER_NO_SEQ &&
				 pending->tlp.kind == RISER_TLP_MRD);
		break;
	default:
		break;
	}
}

static void stats_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct riser_engine *engine = ctx;
	struct riser_stats *stats = &engine->stats;

	stats->tlp_bytes[event->direction] += event->len;
	if (!event->tlp)
		return;
	stats->tlps[event->direction][event->tlp->kind]++;
	if (event->direction == RISER_TO_CARD)
		count_to_card(stats, event);
	else
		count_to_host(engine, event);
}

const struct riser_observer_ops riser_stats_observer = {
	.tlp = stats_tlp,
};
