/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one look at a capture tells: counts, latencies, who asked, which registers,
 * which interrupts, what the configuration space said. Bounded memory, whatever
 * the length of the run.
 */
#ifndef RISER_REPORT_TALLY_H
#define RISER_REPORT_TALLY_H

#include <riser/stats.h>

#include "../words.h"
#include "axis.h"
#include "packets.h"

#define RISER_TALLY_CALLERS	256
#define RISER_TALLY_VECTORS	64
#define RISER_TALLY_PLACES	16384	/* a power of two */
#define RISER_TALLY_WAITS	4096	/* a power of two */

/**
 * struct riser_caller_tally - accesses of one driver function
 * @wait_cycles: sum of what its reads and configuration accesses took
 * @frame: as in struct riser_tlp_caller
 */
struct riser_caller_tally {
	char function[128];
	uint32_t frame;
	uint64_t reads, writes, configs;
	uint64_t answered;
	uint64_t wait_cycles, max_cycles;
};

/* Interrupt messages with one address and data. */
struct riser_vector_tally {
	enum riser_message_kind kind;
	uint64_t addr;
	uint32_t data;
	uint64_t count;
};

/* A dword of a BAR. @bar: number, plus 8 times the function. */
struct riser_place_tally {
	uint32_t bar;
	bool is_used;
	uint64_t offset;
	uint64_t reads, writes;
};

/* A request that waits for its completion. */
struct riser_wait {
	uint64_t seq;
	uint64_t cycle;
	uint8_t kind;
	bool is_used;
	uint16_t caller;	/* 1 and up; 0: not known */
};

struct riser_tally {
	uint64_t nr_tlps;
	uint64_t tlps[RISER_NR_DIRECTIONS][RISER_TLP_NR_KINDS];
	uint64_t total[RISER_NR_DIRECTIONS];
	uint64_t bytes[RISER_NR_DIRECTIONS];
	uint64_t undecodable;
	uint64_t interrupts;
	uint64_t period_ps;
	bool is_cut;		/* the capture ends inside of a block */
	char hardware[256];
	struct riser_axis axis;
	struct riser_words words;
	struct riser_histogram mmio_reads, cfg_reads, dma_reads;
	struct riser_caller_tally caller[RISER_TALLY_CALLERS];
	unsigned int nr_callers;
	struct riser_vector_tally vector[RISER_TALLY_VECTORS];
	unsigned int nr_vectors;
	struct riser_place_tally place[RISER_TALLY_PLACES];
	unsigned int nr_places;
	struct riser_wait wait[RISER_TALLY_WAITS];
};

/* On the heap: it is large. Reads the whole capture; 0 or -errno and a sentence. */
int riser_tally_make(struct riser_tally **tally, const char *capture,
		     char *error);
void riser_tally_free(struct riser_tally *tally);
/* BAR (plus 8 times the function) and offset of "fn1.BAR0+0x1c". */
bool riser_place_parse(const char *place, uint32_t *bar, uint64_t *offset);
/* The message's index in tally->vector, -1 if it is none. */
int riser_tally_vector(const struct riser_tally *tally,
		       const struct riser_tlp_event *event);
/* Simulated time of a cycle in microseconds. */
double riser_tally_us(const struct riser_tally *tally, uint64_t cycle);

#endif /* RISER_REPORT_TALLY_H */
