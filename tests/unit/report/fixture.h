/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's directory for the tests of the reporter: a capture written by the real
 * writer, of TLPs made by the real encoder, and the files beside it.
 */
#ifndef RISER_TESTS_REPORT_FIXTURE_H
#define RISER_TESTS_REPORT_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#define FX_PERIOD_PS	4000
#define FX_ROUNDS	100	/* each: a read, a doorbell, DMA, an interrupt */
#define FX_GAP_CYCLES	1000000
#define FX_READ_CYCLES	9
#define FX_DMA_BYTES	256
#define FX_BURST	4	/* DMA writes of FX_DMA_BYTES that follow each other */
#define FX_FUNCTION	"fixture_wait+0x34/0x60 [fixture]"
#define FX_FINDING	"completion timeout: MRd32 BAR0+0x1c <of a test> & more"

/**
 * struct fx_run - what was written
 * @fails: the last read was never completed, and result.json says so
 * @nr_tlps: in the capture
 * @access_seq: of that read
 */
struct fx_run {
	char dir[512];
	bool fails;
	uint64_t nr_tlps;
	uint64_t access_seq;
	uint64_t access_cycle;
	uint64_t last_cycle;
};

/* Makes the files in @dir, which exists and is empty. */
void fx_run_make(struct fx_run *run, const char *dir, bool fails);
/* A temporary directory with a run in it, and away with it. */
void fx_run_init(struct fx_run *run, bool fails);
void fx_run_fini(struct fx_run *run);

#endif /* RISER_TESTS_REPORT_FIXTURE_H */
