/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of lock-step.
 *
 *	lockstep.c	open, close, the observer, findings
 *	queue.c		TLPs on their way to the thread that compares
 *	events.c	what the RTL and the host did, as a script for the reference
 *	script.c	the script, walked by the reference
 *	registers.c	reads of the host: equal, behind, excused
 *	answers.c	the reference's reads of host memory
 *	reference.c	one instance of a model with its queues
 *	config.c	two configuration spaces
 *	rules.c		registers that may differ
 *	bytes.c		the comparator for cards that have none of their own
 *
 * The RTL's TLPs are looked at in their order. Requests of the host, and what
 * the reference must do before the next of them, form the script. The reference
 * walks it as far as it can; when it needs host memory that the RTL has not read
 * yet, the RTL's next TLPs come first.
 */
#ifndef RISER_BRIDGE_LOCKSTEP_H
#define RISER_BRIDGE_LOCKSTEP_H

#include <pthread.h>

#include <riser/link.h>
#include <riser/loader.h>
#include <riser/lockstep.h>
#include <riser/tlp.h>

#include "../words.h"

#define LS_TAGS		1024
#define LS_CARD_TAGS	(8 * LS_TAGS)	/* of the card's functions */
#define LS_READ_BYTES	256	/* of one read of the host that are compared */
#define LS_QUEUE	1024	/* TLPs that wait for the reference, by class */

/* ---- reference.c ---- */

/**
 * struct ls_card - an instance of a model
 * @slot: what the queues point to, malloc'ed
 * @freed: TLPs whose bytes were given back
 * @is_dead: it ended itself; @said has its words
 */
struct ls_card {
	struct riser_card card;
	struct riser_run run;
	uint8_t *slot[RISER_NR_CLASSES][LS_QUEUE];
	uint64_t freed[RISER_NR_CLASSES];
	bool is_dead;
	char said[400];
	uint64_t run_ns;
	void (*tlp)(void *ctx, const uint8_t *bytes, uint32_t len,
		    enum riser_tlp_class tlp_class, uint64_t cycle);
	void *ctx;
};

int ls_card_open(struct ls_card *card, const struct riser_lockstep_model *model,
		 char *error);
void ls_card_close(struct ls_card *card);
/* false: the queue is full. */
bool ls_card_put(struct ls_card *card, enum riser_tlp_class tlp_class,
		 const uint8_t *bytes, uint32_t len);
/* Link down: what waits is dropped. */
void ls_card_levels(struct ls_card *card, uint32_t levels);
/* At most @cycles; less when a TLP came. Returns those simulated, 0 when dead. */
uint64_t ls_card_run(struct ls_card *card, uint64_t cycles, bool stop_on_idle);

/* ---- queue.c ---- */

enum ls_event_kind {
	LS_TLP = 0,
	LS_SIDEBAND,
	LS_SITE,
	LS_TIMEOUT,	/* the engine gave a request of the host up */
	LS_FINISH,
};

/**
 * struct ls_event - an observer's call, copied
 * @bytes: the TLP, or the site's function
 */
struct ls_event {
	struct ls_event *next;
	enum ls_event_kind kind;
	struct riser_tlp_event tlp;
	struct riser_tlp_caller caller;
	char function[128];
	bool has_caller;
	uint32_t levels;
	uint64_t cycle;
	uint64_t seq;
	uint32_t len;
	uint8_t bytes[];
};

struct ls_queue {
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	struct ls_event *first, **last;
	uint64_t bytes, limit, max;
	uint64_t nr_stalls, stall_ns;
	bool is_waited, is_full;
};

void ls_queue_init(struct ls_queue *queue, uint64_t limit);
void ls_queue_fini(struct ls_queue *queue);
void ls_queue_put(struct ls_queue *queue, struct ls_event *event);
struct ls_event *ls_queue_get(struct ls_queue *queue);

/* ---- script.c, registers.c ---- */

/**
 * struct ls_answer - completions of one request
 */
struct ls_answer {
	bool is_done;
	uint8_t status;
	uint8_t lower_addr;
	uint16_t byte_count;
	uint32_t got;
	uint64_t cycle;
	uint64_t seq;
	uint8_t data[LS_READ_BYTES];
};

/**
 * struct ls_request - a non-posted request of the host
 * @reg: place of its register, LS_NO_REG for none
 * @rtl_done: the script has its completion
 */
struct ls_request {
	struct ls_request *next;
	struct riser_tlp tlp;
	uint64_t seq;
	uint64_t ref_seq;
	uint64_t cycle;
	uint32_t bytes;
	uint32_t len;
	uint32_t space;
	uint32_t offset;
	bool is_behind;
	char function[128];
	struct ls_answer answer[RISER_NR_SIDES];
	bool is_repeated;
	struct ls_answer before;	/* the reference's, before it was asked again */
	uint8_t raw[24];
};

enum ls_item_kind {
	LS_ITEM_REQUEST = 0,
	LS_ITEM_LEVELS,
	LS_ITEM_ANSWER,	/* the RTL has completed a request */
	LS_ITEM_TOKEN,	/* the comparator's */
};

struct ls_item {
	struct ls_item *next;
	enum ls_item_kind kind;
	uint64_t cycle;
	uint64_t seq;
	uint32_t levels;
	uint32_t token;
	struct ls_request *request;
	struct ls_event *event;		/* of a request; owned */
};

/* A value of a register that both had, or that it is taken to have had before. */
struct ls_register {
	uint64_t key;		/* 0: free */
	uint32_t bytes;
	bool was_equal;		/* else only the RTL is known to have had it */
	uint8_t value[8];
};

#define LS_REGISTERS	4096	/* a power of two */

/* A read of the reference that waits. */
struct ls_read {
	struct riser_tlp tlp;
	uint64_t addr;
	uint32_t bytes;
	uint64_t since;		/* cycle of the RTL */
};

#define LS_READS	1024

struct riser_lockstep {
	struct riser_lockstep_config config;
	const struct riser_comparator_ops *ops;
	void *comparator;
	struct riser_lockstep_model model;
	struct ls_card ref;
	struct ls_queue queue;
	pthread_t thread;
	bool has_thread, is_started, is_finished;

	/* the RTL's side */
	struct riser_words words;
	uint64_t now;
	struct ls_request *rtl_tag[LS_TAGS];
	struct ls_request *requests;	/* all that live */
	struct ls_item *first, **last;
	uint32_t nr_items;
	uint16_t completer;		/* who answers the card's reads */
	bool rtl_reads[LS_CARD_TAGS];	/* host memory, and has no answer yet */
	uint32_t nr_rtl_reads;

	/* the reference's side */
	struct ls_request *ref_tag[LS_TAGS];
	uint64_t ref_seq;
	int64_t skew;		/* cycles that the RTL is ahead of the reference's clock */
	uint64_t levels_cycle;	/* of the RTL, and of the reference, at the last levels */
	uint64_t ref_levels_cycle;
	struct ls_read read[LS_READS];
	uint32_t nr_reads;
	uint64_t waited;	/* cycles that the first item has waited */
	uint64_t quiet;		/* cycles without a TLP while reads wait */
	uint64_t repeat_at;
	bool is_blocked;
	bool is_stirred;	/* a request came, and what follows from it may not have */

	/* registers */
	struct ls_register *registers;
	bool is_behind;		/* the RTL, in a register that the driver polls */
	bool behind_was_equal;	/* both have had the same there */
	uint32_t behind_space, behind_offset;
	uint64_t behind_since;
	struct riser_lockstep_place behind_place;
	char behind_text[400];
	char behind_access[RISER_TLP_TEXT_BYTES];
	char behind_function[128];

	/* the difference */
	struct riser_finding finding;
	uint32_t has_finding;	/* released by the thread that found it */
	bool is_told;
	bool has_diverged;
	struct riser_engine *engine;
	struct riser_lockstep_counts counts;
};

/* A request of the card, or its completion: each function has its own tags. */
static inline uint32_t ls_card_tag(const struct riser_tlp *tlp)
{
	return (tlp->requester & 7U) << 10 | tlp->tag % LS_TAGS;
}

/* ---- events.c ---- */
void ls_event(struct riser_lockstep *ls, struct ls_event *event);
void ls_free_all(struct riser_lockstep *ls);

/* ---- script.c ---- */
struct ls_item *ls_script_add(struct riser_lockstep *ls, enum ls_item_kind kind);
void ls_script_walk(struct riser_lockstep *ls);
/* Cycles for the reference to complete a request. */
void ls_script_let_answer(struct riser_lockstep *ls, const struct ls_request *request,
			  uint64_t cycles);
/* A TLP of the reference. */
void ls_reference_tlp(void *ctx, const uint8_t *bytes, uint32_t len,
		      enum riser_tlp_class tlp_class, uint64_t cycle);
void ls_request_free(struct riser_lockstep *ls, struct ls_request *request);
/* Tells the comparator of a TLP of the reference. */
void ls_tell_reference(struct riser_lockstep *ls, enum riser_direction direction,
		       const uint8_t *bytes, uint32_t len, uint64_t request_seq,
		       const struct ls_event *event);

/* ---- registers.c ---- */
/* Its register, by the BARs as the RTL has them. */
void ls_register_find(const struct riser_words *words, struct ls_request *request);
/* A completion's part of an answer. */
void ls_answer_take(struct ls_answer *answer, const struct ls_request *request,
		    const struct riser_tlp *cpl);
enum ls_verdict { LS_EQUAL, LS_REPEAT, LS_DIFFERS };
/* Both have answered. */
enum ls_verdict ls_register_judge(struct riser_lockstep *ls,
				  struct ls_request *request);
void ls_register_differs(struct riser_lockstep *ls,
			 const struct ls_request *request);
/*
 * The reference has not come to what the RTL had, in all its patience. True for a
 * register that was not read before: the RTL is taken to be the one that is behind.
 */
bool ls_register_is_new(struct riser_lockstep *ls, const struct ls_request *request);
/* The host does something else than poll. */
void ls_register_moved_on(struct riser_lockstep *ls);
/*
 * The run is over while the host polls. An RTL that had been equal and has patience
 * left may still have come to it: not compared.
 */
void ls_register_end(struct riser_lockstep *ls);

/* ---- answers.c ---- */
void ls_read_add(struct riser_lockstep *ls, const struct riser_tlp *tlp);
/* Answers what can be. Returns how many. */
uint32_t ls_reads_answer(struct riser_lockstep *ls, bool force);
/* Has one of them waited too long? */
void ls_reads_overdue(struct riser_lockstep *ls);

/* ---- config.c ---- */
/* The dword with Revision and Class Code. 0 or -errno. */
int ls_config_class(const struct riser_lockstep_model *model, uint32_t *class_code,
		    char *error);

/* ---- rules.c ---- */
/* Bits of the dword at @offset that may differ. */
uint32_t ls_rules_mask(const struct riser_lockstep_rule *rules, uint32_t nr,
		       uint32_t space, uint32_t offset);

extern const struct riser_comparator_ops ls_bytes;

#endif /* RISER_BRIDGE_LOCKSTEP_H */
