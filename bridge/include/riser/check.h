/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol checker: judges every TLP of a link, in both directions, against
 * the rules of docs/rules.md.
 *
 *	riser_check_create(&config, &check);
 *	riser_check_sideband(check, cycle, RISER_SB_LINK_UP);
 *	riser_check_tlp(check, &tlp);		(in the order of the link)
 *	...
 *	riser_check_end(check, cycle);		(what is still outstanding)
 *	riser_check_destroy(check);
 *
 * Everything is learnt by looking: the card's identifier, its BARs, capabilities,
 * enables and MSI-X table come from the configuration and memory requests that
 * go by. What was not seen is not judged. The checker starts with a card that
 * was just reset.
 *
 * No allocation behind create(), but for riser_check_map() and
 * riser_check_region(). No input or output. One thread at a time per checker.
 * Bytes of any kind are fine; times are cycles of the PCIe user clock and must
 * not fall.
 */
#ifndef RISER_CHECK_H
#define RISER_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/model.h>
#include <riser/observe.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_CHECK_DETAIL_BYTES	256
#define RISER_CHECK_TEXT_BYTES		2048
#define RISER_CHECK_NO_CLASS		255

/* Who can break a rule. */
enum riser_check_by {
	RISER_CHECK_BY_EP = 0,	/* the card */
	RISER_CHECK_BY_RC,	/* kernel and bridge */
	RISER_CHECK_BY_BOTH,
	RISER_CHECK_BY_SW,	/* driver or administrator */
};

/* What the receiver of a TLP does that breaks the rule. */
enum riser_check_class {
	RISER_CHECK_MF = 0,	/* malformed: must be detected */
	RISER_CHECK_MF_OPT,	/* malformed: receivers may skip the check */
	RISER_CHECK_MF_REC,	/* completion does not fit: better malformed */
	RISER_CHECK_UR,		/* unsupported request */
	RISER_CHECK_CA,		/* completer abort */
	RISER_CHECK_UC,		/* unexpected completion */
	RISER_CHECK_CTO,	/* completion timeout */
	RISER_CHECK_RO,		/* receiver overflow */
	RISER_CHECK_FCPE,	/* flow control protocol error */
	RISER_CHECK_PT,		/* poisoned */
	RISER_CHECK_ORD,	/* wrong order or stale data */
	RISER_CHECK_DEADLOCK,	/* no progress */
	RISER_CHECK_LINT,	/* wrong, but no receiver can tell */
	RISER_CHECK_SW,		/* misuse by software */
	RISER_CHECK_PROJ,	/* a promise of riser, not of the specification */
	RISER_CHECK_NONE,	/* legal: the checker stays silent */
};

/* What it takes to judge a rule. */
enum riser_check_kind {
	RISER_CHECK_STREAM = 0,	/* the TLPs of both directions and the sideband */
	RISER_CHECK_SCOREBOARD,	/* also a model of data or order, fed by somebody */
	RISER_CHECK_SYSTEM,	/* a property of the parts, held by a named test */
};

enum riser_check_verdict {
	RISER_CHECK_SILENT = 0,
	RISER_CHECK_REPORT,	/* crosses, and is told */
	RISER_CHECK_REJECT,	/* a real root port would not let it cross */
};

/**
 * struct riser_check_rule - a line of the rule table
 * @id: "CPL-10"
 * @words: the rule in words: what must be
 * @test: rules that are not of kind stream: who breaks them on purpose; "open:
 *	..." when that test does not exist
 */
struct riser_check_rule {
	const char *id;
	const char *words;
	const char *test;
	uint8_t tier;
	uint8_t by;
	uint8_t rule_class;
	uint8_t kind;
	uint8_t verdict;
};

/**
 * struct riser_check_tlp - one TLP to judge
 * @bytes: borrowed during the call
 * @cycle: as in struct riser_tlp_event
 * @seq: number for the report
 * @direction: enum riser_direction
 * @channel: enum riser_tlp_class of the channel that carried it, or
 *	RISER_CHECK_NO_CLASS
 * @is_injected: fault injection has made it, changed it, or will take its answer
 *	away: not reported itself, nor that it is not answered; how the others
 *	cope is judged
 * @site: for @function of later reports about this request
 * @function: the driver's function, NULL if not known; must stay valid until
 *	riser_check_destroy()
 */
struct riser_check_tlp {
	const uint8_t *bytes;
	uint32_t len;
	uint32_t site;
	uint64_t cycle;
	uint64_t seq;
	uint8_t direction;
	uint8_t channel;
	bool is_injected;
	const char *function;
};

/**
 * struct riser_check_report - one broken rule
 * @detail: numbers: what was there and what should have been
 * @bytes: the TLP that broke the rule, NULL when there is none (timeout, end)
 * @direction: of it
 * @request: header of the request that it answers or concerns; 0 bytes if none
 * @function: the driver's function that made the request, NULL if not known
 * @verdict: enum riser_check_verdict, waivers applied
 * @waiver: the reason when the rule is waived, else NULL
 */
struct riser_check_report {
	const struct riser_check_rule *rule;
	char detail[RISER_CHECK_DETAIL_BYTES];
	const uint8_t *bytes;
	uint32_t len;
	uint32_t request_len;
	uint8_t request[16];
	uint8_t direction;
	uint8_t request_direction;
	uint8_t verdict;
	uint64_t cycle;
	uint64_t seq;
	uint64_t request_cycle;
	uint64_t request_seq;
	uint32_t site;
	const char *function;
	const char *waiver;
};

/**
 * struct riser_check_waiver - a rule that is known to be broken
 * @id: rule
 * @reason: why that is accepted, not empty; told with each run
 * @verdict: RISER_CHECK_SILENT: counted; RISER_CHECK_REPORT: told each time as well
 */
struct riser_check_waiver {
	const char *id;
	const char *reason;
	uint8_t verdict;
};

/**
 * struct riser_check_config - how to judge; 0 selects the default of each number
 *
 * @report: called with each broken rule; may be NULL. Must not call the checker.
 * @ctx: its first argument
 * @waivers: copied
 * @timeout_cycles: how long a host request may wait for the card, default 20000
 * @card_timeout_cycles: how long a card's request may wait for the host, which
 *	lives in another time; 0 for ever
 * @quarantine_cycles: how long an expired tag stays unused, default
 *	@timeout_cycles
 * @clk_period_ps: default 4000; for the rules that speak of milliseconds
 * @settle_cycles: what a card may still send that it had ready before it was
 *	told to stop, default 64
 * @intx_cycles: how long a Deassert_INTx may take, default 4096
 * @host_rcb_bytes: 64 (default) or 128, the root port's read completion boundary
 * @msg_window: address of the interrupt window, default 0xfee00000, 1 MiB
 * @has_order: riser_check_sent() will be called
 */
struct riser_check_config {
	void (*report)(void *ctx, const struct riser_check_report *report);
	void *ctx;
	const struct riser_check_waiver *waivers;
	uint32_t nr_waivers;
	uint32_t host_rcb_bytes;
	uint64_t timeout_cycles;
	uint64_t card_timeout_cycles;
	uint64_t quarantine_cycles;
	uint64_t clk_period_ps;
	uint64_t settle_cycles;
	uint64_t intx_cycles;
	uint64_t msg_window;
	bool has_order;
};

struct riser_check;

/**
 * riser_check_create() - a checker; about 2 MiB
 *
 * Returns 0, -ENOMEM, or -EINVAL: a waiver without reason or of an unknown rule,
 * a read completion boundary that cannot be.
 */
RISER_API int riser_check_create(const struct riser_check_config *config,
				 struct riser_check **check);
RISER_API void riser_check_destroy(struct riser_check *check);

/**
 * riser_check_tlp() - judges one TLP
 *
 * Returns the strongest verdict over what it broke.
 */
RISER_API enum riser_check_verdict
riser_check_tlp(struct riser_check *check, const struct riser_check_tlp *tlp);

/**
 * riser_check_altered() - what fault injection made of a request, or its copy
 *
 * The receiver gets this one; riser_check_tlp() was told what the sender sent. Not
 * judged; nor are its answers. Others than non-posted requests are ignored.
 */
RISER_API void riser_check_altered(struct riser_check *check,
				   const struct riser_check_tlp *tlp);

/* Levels RISER_SB_* from the next cycle on. */
RISER_API void riser_check_sideband(struct riser_check *check, uint64_t cycle,
				    uint32_t levels);
/* RISER_STATUS_* of the card, when it changes. Optional. */
RISER_API void riser_check_status(struct riser_check *check, uint64_t cycle,
				  uint32_t status);
/* Time went on without a TLP: expires what is due. Optional. */
RISER_API void riser_check_time(struct riser_check *check, uint64_t cycle);

/* What the kernel's side noticed; it sees what the stream does not show. */
enum riser_check_note {
	RISER_CHECK_NOTE_DMA_MISS = 0,	/* outside every mapping, or wrong direction */
	RISER_CHECK_NOTE_BAD_MSI,	/* names no vector of the card */
	RISER_CHECK_NOTE_BUS_MASTER,	/* request while Bus Master Enable is 0 */
};

/*
 * @text: borrowed, may be NULL. Returns false when the card broke nothing: it sent
 * the request before it knew that it must not.
 */
RISER_API bool riser_check_note(struct riser_check *check,
				enum riser_check_note note, uint64_t cycle,
				const char *text);

/* The end of the run: requests without an answer are told. */
RISER_API void riser_check_end(struct riser_check *check, uint64_t cycle);

/* ---- scoreboards ---- */

#define RISER_CHECK_MAP_READ	0x1	/* the card may read */
#define RISER_CHECK_MAP_WRITE	0x2	/* the card may write */

/**
 * riser_check_map() - the host mapped memory for the card
 *
 * From the first call on each byte of each request of the card must be in such a
 * mapping. Returns 0, -EINVAL (empty, wraps or overlaps), -ENOMEM.
 */
RISER_API int riser_check_map(struct riser_check *check, uint64_t addr,
			      uint64_t bytes, uint32_t access);
/* 0 or -ENOENT. */
RISER_API int riser_check_unmap(struct riser_check *check, uint64_t addr);
/* Memory of another device, or a hole: no card may touch it. 0 or as above. */
RISER_API int riser_check_region(struct riser_check *check, uint64_t addr,
				 uint64_t bytes);

/**
 * riser_check_sent() - a TLP entered the path whose far end is riser_check_tlp()
 *
 * What comes out is compared: nothing lost, doubled or invented, and only the
 * overtaking that the ordering table allows. For at most 4096 TLPs on the way.
 */
RISER_API void riser_check_sent(struct riser_check *check,
				enum riser_direction direction,
				const uint8_t *bytes, uint32_t len);

/* Credits. @direction is that of the TLPs; 0 units is infinite in _init(). */
RISER_API void riser_check_credit_init(struct riser_check *check, uint64_t cycle,
				       enum riser_direction direction,
				       enum riser_tlp_class tlp_class,
				       uint32_t headers, uint32_t data_units);
RISER_API void riser_check_credit_return(struct riser_check *check,
					 uint64_t cycle,
					 enum riser_direction direction,
					 enum riser_tlp_class tlp_class,
					 uint32_t headers, uint32_t data_units);
/* What the sender says the last TLP of this direction cost. */
RISER_API void riser_check_credit_spent(struct riser_check *check,
					uint64_t cycle,
					enum riser_direction direction,
					enum riser_tlp_class tlp_class,
					uint32_t headers, uint32_t data_units);

/* ---- the rule table ---- */

RISER_API uint32_t riser_check_nr_rules(void);
/* NULL behind the last one. */
RISER_API const struct riser_check_rule *riser_check_rule(uint32_t idx);
/* Index of a rule, or -ENOENT. */
RISER_API int riser_check_find_rule(const char *id);
RISER_API const char *riser_check_by_name(enum riser_check_by by);
RISER_API const char *riser_check_class_name(enum riser_check_class rule_class);
RISER_API const char *riser_check_kind_name(enum riser_check_kind kind);
RISER_API const char *riser_check_verdict_name(enum riser_check_verdict verdict);

/* Changes what a broken rule leads to. 0 or -ENOENT. */
RISER_API int riser_check_set_verdict(struct riser_check *check, const char *id,
				      enum riser_check_verdict verdict);

/**
 * struct riser_check_counts - of one rule
 * @reported: times it was broken, waived ones not counted
 * @waived: times it was broken and waived
 */
struct riser_check_counts {
	uint64_t reported;
	uint64_t waived;
};

RISER_API struct riser_check_counts
riser_check_counts(const struct riser_check *check, uint32_t rule_idx);
/* TLPs judged so far. */
RISER_API uint64_t riser_check_tlps(const struct riser_check *check);

/* The fields of a header, by the checker's own decoder, cut at @size. */
RISER_API char *riser_check_fields(const uint8_t *bytes, uint32_t len, char *text,
				   size_t size);
/* A report as people read it, several lines, cut at @size. Returns @text. */
RISER_API char *riser_check_print(const struct riser_check_report *report,
				  char *text, size_t size);

/* ---- live ---- */

struct riser_engine;
struct riser_check_observer;

/**
 * riser_check_observer_create() - a checker that an engine feeds
 * @config: its report() and ctx are not used; NULL for all defaults
 *
 * The observer goes into riser_engine_config.observers; behind
 * riser_engine_create() the engine is attached, then broken rules become its
 * findings: rejected ones as errors. Returns as riser_check_create().
 */
RISER_API int
riser_check_observer_create(const struct riser_check_config *config,
			    struct riser_check_observer **observer);
RISER_API void riser_check_observer_destroy(struct riser_check_observer *observer);
RISER_API struct riser_observer
riser_check_observer(struct riser_check_observer *observer);
RISER_API void riser_check_observer_attach(struct riser_check_observer *observer,
					   struct riser_engine *engine);
struct riser_finding;
/* Without an engine: broken rules go to @listen, as its findings would. */
RISER_API void
riser_check_observer_listen(struct riser_check_observer *observer,
			    void (*listen)(void *ctx,
					   const struct riser_finding *finding),
			    void *ctx);
RISER_API struct riser_check *
riser_check_observer_check(struct riser_check_observer *observer);

#ifdef __cplusplus
}
#endif

#endif /* RISER_CHECK_H */
