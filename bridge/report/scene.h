/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second look at a capture, when its length and its registers are known: what
 * happened when, and the TLPs around the failure.
 */
#ifndef RISER_REPORT_SCENE_H
#define RISER_REPORT_SCENE_H

#include "account.h"
#include "tally.h"

#define RISER_SCENE_COLUMNS	176
#define RISER_SCENE_ROWS	40	/* of the heat map of one BAR */
#define RISER_SCENE_BARS	8
#define RISER_SCENE_STEPS	48	/* of the ladder */

enum riser_flow {
	RISER_FLOW_DMA_WRITE = 0,
	RISER_FLOW_DMA_READ,
	RISER_FLOW_MMIO_WRITE,
	RISER_FLOW_MMIO_READ,
	RISER_NR_FLOWS,
};

/**
 * struct riser_heat - accesses to a BAR: offset times time
 * @bar: number, plus 8 times the function
 * @step: bytes of a row: a power of two
 * @offset: of each row; only offsets that were touched have one
 * @hits: by row, column, and 0 read or 1 write
 */
struct riser_heat {
	uint32_t bar;
	uint64_t step;
	unsigned int nr_rows;
	uint64_t offset[RISER_SCENE_ROWS];
	uint64_t total[RISER_SCENE_ROWS][2];
	uint32_t hits[RISER_SCENE_ROWS][RISER_SCENE_COLUMNS][2];
};

/**
 * struct riser_step - a line of the ladder
 * @skipped: TLPs between the line before and this one
 * @is_access: the access that failed
 * @waits: a request that needs a completion
 * @is_finding: the moment when it was noticed
 */
struct riser_step {
	uint64_t seq, request_seq, cycle, skipped;
	enum riser_direction direction;
	bool is_note, is_access, is_finding, waits;
	char text[RISER_TLP_TEXT_BYTES];
	char function[96];
};

struct riser_scene {
	const struct riser_tally *tally;
	struct riser_heat heat[RISER_SCENE_BARS];
	unsigned int nr_heats;
	uint64_t bytes[RISER_SCENE_COLUMNS][RISER_NR_FLOWS];
	uint64_t host_ns[RISER_SCENE_COLUMNS];	/* first access of a column */
	uint32_t interrupts[RISER_TALLY_VECTORS][RISER_SCENE_COLUMNS];
	struct riser_step step[RISER_SCENE_STEPS];
	unsigned int nr_steps;
	bool is_end;		/* the ladder shows the end of the run */
	uint64_t access_cycle;	/* of the failing access, 0 if not known */
};

/*
 * On the heap. Reads the capture that @tally was made of; @account tells where
 * the failure is. 0 or -errno and a sentence.
 */
int riser_scene_make(struct riser_scene **scene,
		     const struct riser_tally *tally,
		     const struct riser_account *account, const char *capture,
		     char *error);
void riser_scene_free(struct riser_scene *scene);

/* ladder.c: the part of it that collects the ladder's lines. */

#define RISER_LADDER_BEFORE	10
#define RISER_LADDER_BEHIND	6

/**
 * struct riser_ladder - the lines so far
 * @ring: the latest packets, in case that the failure comes next
 */
struct riser_ladder {
	struct riser_scene *scene;
	struct riser_words words;
	struct riser_step ring[RISER_LADDER_BEFORE];
	uint64_t nr_seen;
	uint64_t nr_taken;	/* packets up to here are in the scene */
	unsigned int wanted;	/* packets behind the failure still to take */
	uint64_t access_seq;	/* RISER_NO_SEQ: none */
	const char *finding;	/* its words; NULL: none */
};

int riser_ladder_init(struct riser_ladder *ladder, struct riser_scene *scene,
		      const struct riser_account *account);
void riser_ladder_packet(struct riser_ladder *ladder,
			 const struct riser_packet *packet);
void riser_ladder_finish(struct riser_ladder *ladder);

#endif /* RISER_REPORT_SCENE_H */
