/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fault injection inside of the engine:
 *
 *	engine_fault.c	which rule hits, what was injected, life and words
 *	engine_fault_rx.c	TLPs for the card
 *	engine_fault_tx.c	TLPs from the card
 *	engine_parcel.c	what is held back, in the order that the rules of PCIe allow
 */
#ifndef RISER_BRIDGE_FAULT_INTERNAL_H
#define RISER_BRIDGE_FAULT_INTERNAL_H

#include "engine.h"

#define RISER_MAX_INJECTIONS	256
#define RISER_REORDER_CYCLES	10000

/**
 * struct riser_parcel - a TLP that fault injection holds or has changed
 * @due: cycle from which it may go on
 * @waits: reorder: goes on when another one has passed it
 * @was_passed: one has
 * @injection: that made it wait, RISER_NO_SEQ: none
 * @arrival: for both directions; its bytes are @bytes, its caller is @caller
 * @tlp_class: of the channel
 * @index: for the card, lent to the model: place in the queue
 */
struct riser_parcel {
	struct riser_parcel *next;
	uint64_t due;
	bool waits;
	bool was_passed;
	uint64_t injection;
	enum riser_direction direction;
	enum riser_tlp_class tlp_class;
	uint64_t index;
	uint64_t cycle;
	struct riser_arrival arrival;
	struct pciem_caller caller;
	uint8_t bytes[];
};

struct riser_faults {
	const struct riser_fault *fault;
	uint32_t nr;
	struct riser_fault_count count[RISER_MAX_FAULTS];
	bool is_marked[RISER_MAX_FAULTS];
	struct riser_parcel *held[RISER_NR_DIRECTIONS];
	struct riser_parcel *lent;	/* the model reads their bytes */
	uint64_t block_until[RISER_NR_CLASSES];	/* for the card */
	uint64_t hold_until[RISER_NR_CLASSES];	/* for the host */
	uint8_t has_failed[RISER_CARD_TAGS];	/* the rest of this answer is dropped */
	uint8_t *scratch;
	uint64_t scratch_bytes;
	bool is_full;
	uint32_t explained;		/* bits of enum riser_finding_kind */
	uint64_t nr_injections;
	struct riser_injection injection[RISER_MAX_INJECTIONS];
};

/* What the rules can ask about a TLP; returns the host's request, if any. */
const struct riser_pending *
riser_fault_describe(struct riser_engine *engine,
		     const struct riser_arrival *arrival,
		     enum riser_direction direction,
		     struct riser_fault_place *place);
/* The rule that hits this TLP and fires, told and counted; NULL: none. */
const struct riser_fault *riser_fault_find(struct riser_engine *engine,
					   const struct riser_arrival *arrival,
					   enum riser_direction direction);
/* More words about the newest injection. */
void riser_fault_remark(struct riser_engine *engine, uint64_t injection,
			const char *what);
uint64_t riser_fault_newest(const struct riser_engine *engine);
void riser_fault_link_down(struct riser_engine *engine,
			   const struct riser_fault *fault);

/* ---- engine_parcel.c ---- */

/* A copy of an arrival; NULL: no memory (told as a note, the TLP is lost). */
struct riser_parcel *riser_parcel_new(struct riser_engine *engine,
				      const struct riser_arrival *arrival,
				      enum riser_direction direction,
				      uint64_t cycle);
/* To its receiver, or behind what it must not pass. */
void riser_parcel_send(struct riser_engine *engine,
		       struct riser_parcel *parcel);
/* Held until @due. */
void riser_parcel_hold(struct riser_engine *engine,
		       struct riser_parcel *parcel, uint64_t due, bool waits);
/* Whether this one has to stand in line. */
bool riser_parcel_must_wait(struct riser_engine *engine,
			    const struct riser_tlp *tlp,
			    enum riser_direction direction);
/* One went by: what waited for that goes on. */
void riser_parcel_passed(struct riser_engine *engine,
			 enum riser_direction direction);

/* engine_fault_tx.c: false: the up ring has no room */
bool riser_fault_emit(struct riser_engine *engine,
		      const struct riser_parcel *parcel);

#endif /* RISER_BRIDGE_FAULT_INTERNAL_H */
