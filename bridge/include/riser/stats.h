/* SPDX-License-Identifier: Apache-2.0 */
/* Counters of a run. Plain data: read when the engine does not run. */
#ifndef RISER_STATS_H
#define RISER_STATS_H

#include <stdint.h>

#include <riser/api.h>
#include <riser/observe.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Log-linear: values below 16 exactly, above in steps of 1/8 of the octave. */
#define RISER_HIST_BUCKETS 496

struct riser_histogram {
	uint64_t bucket[RISER_HIST_BUCKETS];
	uint64_t nr;
	uint64_t sum;
	uint64_t min;
	uint64_t max;
};

RISER_API void riser_histogram_add(struct riser_histogram *hist,
				   uint64_t value);
/* Upper end of the bucket below which @permille of all values lie; 0 if empty. */
RISER_API uint64_t riser_histogram_quantile(const struct riser_histogram *hist,
					    unsigned int permille);
/* Smallest value of a bucket. */
RISER_API uint64_t riser_histogram_low(unsigned int bucket);

/**
 * struct riser_stats - counters
 * @tlps: by direction and kind
 * @undecodable: from the card: bytes that are no TLP
 * @read_cycles: host memory reads, from offered to last beat of the completion
 * @dma_cycles: card's reads, from last beat to the completion being queued
 * @slot_reads: of dma_reads, those that were served from DMA slots
 * @slot_writes: of dma_writes
 * @idle_stops: how often the clock stood still since the card was idle
 * @idle_ns: for how long
 * @long_yields: how often somebody else took the processor for long while the
 *	engine polled; it keeps the processor for a while after that
 * @moves: how often the engine left its processor to a driver that had to share it
 * @skipped_cycles: cycles that a clock of the card's period would have made in
 *	that time
 * @full_stops: how often the clock stood still since the kernel's ring was full
 * @runs: calls of the model's run()
 */
struct riser_stats {
	uint64_t tlps[RISER_NR_DIRECTIONS][RISER_TLP_NR_KINDS];
	uint64_t tlp_bytes[RISER_NR_DIRECTIONS];
	uint64_t undecodable;
	uint64_t mmio_reads;
	uint64_t mmio_writes;
	uint64_t mmio_read_bytes;
	uint64_t mmio_write_bytes;
	uint64_t cfg_reads;
	uint64_t cfg_writes;
	uint64_t dma_reads;
	uint64_t dma_writes;
	uint64_t dma_read_bytes;
	uint64_t dma_write_bytes;
	uint64_t slot_reads;
	uint64_t slot_writes;
	uint64_t msix_messages;
	uint64_t msi_messages;
	uint64_t intx_asserts;
	uint64_t error_messages;
	uint64_t cpl_ur;
	uint64_t cpl_ca;
	uint64_t cpl_rrs;
	uint64_t timeouts;
	uint64_t unexpected_cpl;
	uint64_t dropped_link_down;
	uint64_t sim_cycles;
	uint64_t runs;
	uint64_t wakes;
	uint64_t kicks;
	uint64_t idle_stops;
	uint64_t long_yields;
	uint64_t moves;
	uint64_t idle_ns;
	uint64_t skipped_cycles;
	uint64_t full_stops;
	uint64_t full_ns;
	uint64_t sessions;
	uint64_t resets;
	uint64_t marks;
	struct riser_histogram read_cycles;
	struct riser_histogram dma_cycles;
};

#ifdef __cplusplus
}
#endif

#endif /* RISER_STATS_H */
