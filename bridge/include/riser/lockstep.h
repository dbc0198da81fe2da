/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lock-step: a reference model is driven by the same host requests as the RTL,
 * and must do the same. The RTL serves the driver; the reference reads host
 * memory as the RTL saw it, and what it writes goes to a shadow.
 *
 *	riser_lockstep_open(&config, &lockstep, error);
 *	config.observers[n++] = riser_lockstep_observer(lockstep);
 *	...			(live: riser_lockstep_attach(lockstep, engine))
 *	riser_lockstep_close(lockstep);
 *
 * A request of the host reaches the reference when the reference has done all
 * that the RTL did before it. So latencies are free, and order is not. What must
 * be equal beyond register reads is a comparator's business (docs/lockstep.md).
 *
 * The first difference is a finding, and the comparison ends with it. The same
 * calls with the TLPs of a recorded log give the same finding.
 */
#ifndef RISER_LOCKSTEP_H
#define RISER_LOCKSTEP_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/finding.h>
#include <riser/model.h>
#include <riser/observe.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_LOCKSTEP_PATIENCE		1000000
#define RISER_LOCKSTEP_INTERRUPT	25000
#define RISER_LOCKSTEP_QUEUE_BYTES	(16U << 20)

/* Where a rule applies. */
enum riser_lockstep_space {
	RISER_SPACE_CONFIG = 0,
	RISER_SPACE_BAR0 = 1,		/* to BAR5 */
	RISER_SPACE_NONE = 7,		/* any other address of the card */
	RISER_SPACE_IDENTIFY,		/* NVMe: Identify Controller */
	RISER_SPACE_NAMESPACE,		/* NVMe: Identify Namespace */
	RISER_SPACE_SMART,		/* NVMe: SMART log */
};

enum riser_side {
	RISER_SIDE_RTL = 0,
	RISER_SIDE_REFERENCE = 1,
	RISER_NR_SIDES = 2,
};

struct riser_lockstep;

/**
 * struct riser_lockstep_rule - a register, or a field of data, whose value may differ
 * @space: enum riser_lockstep_space
 * @first: offset of its first byte
 * @last: of the last one
 * @mask: bits that may differ, from the dword of @first on, by dwords
 */
struct riser_lockstep_rule {
	uint32_t space;
	uint32_t first;
	uint32_t last;
	uint32_t mask;
};

/**
 * riser_lockstep_rule_parse() - "bar0 0x1c", "config 0x104-0x12f", "identify 24-63"
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0 or -EINVAL.
 */
RISER_API int riser_lockstep_rule_parse(const char *text,
					struct riser_lockstep_rule *rule,
					char *error);

/* What a comparator says of a read of the reference. */
enum riser_lockstep_read {
	RISER_READ_WAIT = 0,	/* the RTL has not read it yet */
	RISER_READ_DATA,
	RISER_READ_REFUSED,	/* the host refused it to the RTL: Unsupported Request */
};

/**
 * struct riser_comparator_ops - what must be equal of one kind of card
 *
 * All calls come from one thread.
 *
 * @name: in accounts and words
 * @words: one line for people
 * @class_code: of the cards that it is for, where @class_mask is set
 * @create: 0 or -ENOMEM
 * @start: facts of the RTL's run
 * @tlp: each TLP of a side in the order in which it crosses the pins of that
 *	side; the host's requests cross those of the reference later
 * @sideband: levels of a side
 * @site: a call site became known
 * @read: @bytes from @addr on that the reference has just asked for (its MRd was
 *	the subject of @tlp) or still waits for; @force: the RTL has gone on
 *	without reading them again
 * @is_met: has the reference done what riser_lockstep_expect() stands for? Tells
 *	differences with riser_lockstep_diverge()
 * @overdue: the words for what it has not done. Returns @text
 * @time: before each event of the RTL; @host_ns: of the driver's kernel, 0 if the
 *	event does not say
 */
struct riser_comparator_ops {
	const char *name;
	const char *words;
	uint32_t class_code;
	uint32_t class_mask;
	int (*create)(struct riser_lockstep *lockstep, void **comparator);
	void (*destroy)(void *comparator);
	void (*start)(void *comparator, const struct riser_run_facts *facts);
	void (*tlp)(void *comparator, enum riser_side side,
		    const struct riser_tlp_event *event);
	void (*sideband)(void *comparator, enum riser_side side, uint64_t cycle,
			 uint32_t levels);
	void (*site)(void *comparator, const struct riser_site *site);
	enum riser_lockstep_read (*read)(void *comparator, uint16_t tag,
					 uint64_t addr, uint32_t bytes, bool force,
					 uint8_t *data);
	bool (*is_met)(void *comparator, uint32_t token);
	char *(*overdue)(void *comparator, uint32_t token, char *text, size_t size);
	void (*time)(void *comparator, uint64_t cycle, uint64_t host_ns);
};

/**
 * struct riser_lockstep_config - what is compared with what
 *
 * Strings and arrays are borrowed until riser_lockstep_close(). 0 selects the
 * default of each number.
 *
 * @reference: model.so, or the socket of a simulator
 * @plusargs: for the reference
 * @comparators: ends with NULL; the first one whose class code is the
 *	reference's is taken, else the one that compares DMA byte by byte. May be
 *	NULL
 * @rules: registers whose value may differ
 * @patience: cycles that one side may be behind the other
 * @interrupt_cycles: that an interrupt may take
 * @queue_bytes: of TLPs that wait for the reference; beyond that the RTL's clock
 *	stands
 * @is_threaded: compare in a thread of its own; else in the observer's calls
 * @report: called with the difference from inside of the observer's calls; may
 *	be NULL. Behind riser_lockstep_attach() the engine gets it instead
 */
struct riser_lockstep_config {
	const char *reference;
	const char *const *plusargs;
	uint32_t nr_plusargs;
	const struct riser_comparator_ops *const *comparators;
	const struct riser_lockstep_rule *rules;
	uint32_t nr_rules;
	uint64_t patience;
	uint64_t interrupt_cycles;
	uint64_t queue_bytes;
	bool is_threaded;
	void (*report)(void *ctx, const struct riser_finding *finding);
	void *ctx;
};

/**
 * struct riser_lockstep_counts - how it went
 * @comparator: its name
 * @model: the reference's name
 * @engine: its simulator
 * @nr_requests: of the host, that both have got
 * @nr_equal: reads of the host that both answered alike
 * @nr_met: what the comparator found equal (NVMe: commands)
 * @nr_polls: reads that were repeated at the reference, or that the RTL was
 *	behind in
 * @nr_excused: values that differed as a rule allows
 * @nr_left: events that were not compared, since the run was over or the
 *	difference there; and the register that the RTL was behind in then
 * @nr_stalls: times that the RTL's clock stood for the reference
 * @stall_ns: how long
 * @queue_max: most bytes that waited
 * @cycles: of the reference
 * @run_ns: time in the reference's simulation
 * @cpu_ns: processor time of the comparing thread, without the reference where
 *	that is a process of its own
 * @diverged: there was a difference
 * @cycle: of the RTL, of it
 */
struct riser_lockstep_counts {
	char comparator[32];
	char model[32];
	char engine[64];
	uint64_t nr_requests;
	uint64_t nr_equal;
	uint64_t nr_met;
	uint64_t nr_polls;
	uint64_t nr_excused;
	uint64_t nr_left;
	uint64_t nr_stalls;
	uint64_t stall_ns;
	uint64_t queue_max;
	uint64_t cycles;
	uint64_t run_ns;
	uint64_t cpu_ns;
	bool diverged;
	uint64_t cycle;
};

/**
 * riser_lockstep_open() - loads the reference
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0 or -errno as riser_card_load() and riser_card_create().
 */
RISER_API int riser_lockstep_open(const struct riser_lockstep_config *config,
				  struct riser_lockstep **lockstep, char *error);
RISER_API void riser_lockstep_close(struct riser_lockstep *lockstep);
RISER_API struct riser_observer
riser_lockstep_observer(struct riser_lockstep *lockstep);

struct riser_engine;

/* From now on the finding goes to @engine, whose observer it is. */
RISER_API void riser_lockstep_attach(struct riser_lockstep *lockstep,
				     struct riser_engine *engine);
/* After the observer's finish(). */
RISER_API struct riser_lockstep_counts
riser_lockstep_counts(const struct riser_lockstep *lockstep);

/**
 * struct riser_lockstep_model - a model whose configuration space is looked at
 */
struct riser_lockstep_model {
	const char *path;
	const char *const *plusargs;
	uint32_t nr_plusargs;
	uint32_t x_init;
	uint64_t seed;
};

/**
 * riser_lockstep_compare_config() - have two models one configuration space?
 * @rules: registers whose value may differ
 * @error: RISER_ERROR_BYTES; the difference in words, or why there is no answer
 *
 * Makes an instance of each, reads all 4 KiB after power-on, and sizes the BARs.
 * Returns 0; -EINVAL when they differ; else -errno.
 */
RISER_API int
riser_lockstep_compare_config(const struct riser_lockstep_model *rtl,
			      const struct riser_lockstep_model *reference,
			      const struct riser_lockstep_rule *rules,
			      uint32_t nr_rules, char *error);

/* ---- for comparators ---- */

/* The reference must do what the RTL has just done, before the host's next request. */
RISER_API void riser_lockstep_expect(struct riser_lockstep *lockstep,
				     uint32_t token);

/**
 * struct riser_lockstep_place - where a difference is
 * @rule: "REF-02"
 * @cycle: of the RTL
 * @seq: number of the RTL's TLP, RISER_NO_SEQ if there is none
 * @access: the TLP in words, may be ""
 * @function: the driver's function, may be NULL
 */
struct riser_lockstep_place {
	const char *rule;
	uint64_t cycle;
	uint64_t seq;
	const char *access;
	const char *function;
};

/* The first one counts. */
RISER_API void riser_lockstep_diverge(struct riser_lockstep *lockstep,
				      const struct riser_lockstep_place *place,
				      const char *format, ...)
	__attribute__((format(printf, 3, 4)));
RISER_API bool riser_lockstep_has_diverged(const struct riser_lockstep *lockstep);
/* Newest cycle of the RTL that was looked at. */
RISER_API uint64_t riser_lockstep_now(const struct riser_lockstep *lockstep);
/* Bits of the dword at @offset that may differ. */
RISER_API uint32_t riser_lockstep_mask(const struct riser_lockstep *lockstep,
				       enum riser_lockstep_space space, uint32_t offset);
RISER_API const struct riser_lockstep_config *
riser_lockstep_config(const struct riser_lockstep *lockstep);

/**
 * struct riser_lockstep_words - what a difference is, by its rule
 * @id: "REF-01", NULL behind the last one
 * @words: what must be
 * @advice: what to do next
 */
struct riser_lockstep_words {
	const char *id;
	const char *words;
	const char *advice;
};

RISER_API extern const struct riser_lockstep_words riser_lockstep_words[];

#ifdef __cplusplus
}
#endif

#endif /* RISER_LOCKSTEP_H */
