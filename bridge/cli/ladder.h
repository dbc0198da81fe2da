/* SPDX-License-Identifier: Apache-2.0 */
/* Where a failure is in a log, and the TLPs around it in words. */
#ifndef RISER_CLI_LADDER_H
#define RISER_CLI_LADDER_H

#include <stdbool.h>
#include <stdio.h>

#include <riser/record.h>

/**
 * struct riser_place - a moment of a run
 * @finding: what failed there; .text is "" for a moment that the user chose
 * @number: of the finding, from 1; 0 if none
 * @is_trigger: it is no failure, and numbers count triggers
 * @access_cycle: when the access (or the TLP of the card) was made
 * @access_seq: its number, RISER_NO_SEQ if there is none
 * @fail_cycle: when it was noticed
 * @fail_seq: number of TLPs by then
 * @clk_period_ps: of the run
 */
struct riser_place {
	struct riser_finding finding;
	uint32_t number;
	bool is_trigger;
	uint64_t access_cycle;
	uint64_t access_seq;
	uint64_t fail_cycle;
	uint64_t fail_seq;
	uint64_t clk_period_ps;
	uint64_t end_cycle;
	bool is_cut;
};

/**
 * riser_place_of_finding() - the @number'th failure of a log (from 1)
 * @is_trigger: the @number'th trigger instead
 * @error: RISER_ERROR_BYTES
 *
 * Returns 0; -ENOENT when there is none; as riser_rec_open().
 */
int riser_place_of_finding(struct riser_place *place, const char *record,
			   bool is_trigger, uint32_t number, char *error);
#define RISER_PLACE_END UINT64_MAX

/*
 * The same for a cycle, or for RISER_PLACE_END. -ENOENT when the run did not last
 * so long.
 */
int riser_place_of_cycle(struct riser_place *place, const char *record,
			 uint64_t cycle, char *error);

/**
 * riser_ladder_write() - the TLPs around the place
 * @snapshots: folder of the run's snapshots, or NULL
 *
 * Returns 0 or as riser_rec_open().
 */
int riser_ladder_write(const struct riser_place *place, const char *record,
		       const char *snapshots, FILE *out, char *error);

#endif /* RISER_CLI_LADDER_H */
