/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One engine: it moves TLPs between a link and a model until it is told to stop
 * or one of the two ends. `riser bridge` is a thin wrapper around this.
 *
 *	riser_link_open_...(&link);
 *	riser_engine_create(&config, &engine, error);
 *	riser_engine_run(engine, &result);	(blocks; a signal handler may
 *						 call riser_engine_stop)
 *	riser_engine_write_json(engine, "result.json");
 *	riser_engine_destroy(engine);
 *	riser_link_close(link);
 */
#ifndef RISER_RUN_H
#define RISER_RUN_H

#include <stdio.h>

#include <riser/api.h>
#include <riser/fault.h>
#include <riser/finding.h>
#include <riser/link.h>
#include <riser/loader.h>
#include <riser/model.h>
#include <riser/observe.h>
#include <riser/snapshot.h>
#include <riser/stats.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_DEFAULT_TIMEOUT_CYCLES	20000
#define RISER_DEFAULT_SNAPSHOT_MS	500
#define RISER_DEFAULT_SNAPSHOT_BYTES	(1ULL << 30)
#define RISER_MAX_OBSERVERS		8
#define RISER_MAX_TRIGGERS		32

/* What the clock does when nothing is in flight. */
#define RISER_DEFAULT_BOOT_NS	100000000

enum riser_idle_policy {
	RISER_IDLE_RUN = 0,	/* runs freely */
	RISER_IDLE_STOP,	/* stands while the card drives its idle output */
	RISER_IDLE_PACE,	/* at most pace_hz cycles in a second, or pace_ratio of wall time */
};

/**
 * struct riser_engine_config - everything that an engine is made of
 *
 * Strings and arrays are borrowed until riser_engine_destroy(). 0 selects the
 * default of each number.
 *
 * @link: stays the caller's; must outlive the engine
 * @model_path: model.so
 * @plusargs: for the design, with their '+'
 * @x_init: value of what the RTL leaves uninitialised: 0, 1, 2 random
 * @preload: files for the model's memories
 * @preloads: the same by name, NAME=FILE, or FILE for the first of them; borrowed
 * @dir: where names of files that the RTL reads begin; NULL: in the current folder
 * @timeout_cycles: completion timeout of host requests in cycles of the PCIe
 *	user clock, counted from the cycle in which the request was offered
 * @perst_cycles: length of PERST# at power-on, default and least 32
 * @link_up_cycles: from the end of a reset to link up, default 32
 * @boot_ns: simulated time that a card may boot after each reset (RISER_MODEL_F_BOOT)
 * @boot_dir: folder in which the card's state after its first boot is kept for other
 *	runs of the same; NULL: none
 * @idle: what the clock does when nothing is in flight
 * @pace_hz: for RISER_IDLE_PACE: cycles in a second
 * @pace_ratio: instead: simulated time to time on the wall, above 0
 * @spin_us: how long to poll before sleeping, default 50; on one CPU 0
 * @leave_ms: how long an orderly removal may take, default 10000
 * @attach_ms: how long to wait for a kernel, 0 for ever
 * @one_session: end when the kernel detaches, instead of waiting for it to
 *	come back
 * @lock_memory: no page of this process may be written to swap
 * @stall_rx: back-pressure added towards the card, by class
 * @stall_tx: back-pressure added from the card
 * @pcapng_path: capture of all TLPs; NULL for none; must not exist
 * @record_path: record of the run for replay (record.h); NULL for none. When it
 *	cannot be written the run goes on without, and @message gets one warning
 * @faults: what is to go wrong on purpose (fault.h), in order: the first that fires
 *	has the TLP; at most RISER_MAX_FAULTS
 * @triggers: matches (riser_fault_parse_match()): a TLP that is meant gives a window;
 *	at most RISER_MAX_FAULTS
 * @snapshot_dir: folder for snapshots (snapshot.h), which is made; NULL for none.
 *	They need a record. A model that cannot give them runs without
 * @snapshot_ms: wall time between two
 * @snapshot_limit_bytes: of the disk; older ones go for newer ones
 * @scoreboard: name of the one among the observers, for the record; may be NULL
 * @checker: for the record: the checker's waived rules, RULE or RULE:report with
 *	a blank between; "none" when there is no checker; NULL: none is waived
 * @observers: called in this order
 * @message: lines that the design prints; may be NULL
 * @progress: called when the link's state changes and about once a second;
 *	may be NULL
 * @ctx: for @message and @progress
 */
struct riser_engine_config {
	struct riser_link *link;
	const char *model_path;
	const char *const *plusargs;
	uint32_t nr_plusargs;
	uint32_t x_init;
	uint64_t seed;
	const char *preload[RISER_MODEL_MAX_MEMS];
	const char *const *preloads;
	uint32_t nr_preloads;
	const char *dir;
	uint64_t timeout_cycles;
	uint32_t perst_cycles;
	uint32_t link_up_cycles;
	uint64_t boot_ns;
	const char *boot_dir;
	enum riser_idle_policy idle;
	uint64_t pace_hz;
	double pace_ratio;
	uint32_t spin_us;
	uint32_t leave_ms;
	uint32_t attach_ms;
	bool one_session;
	bool lock_memory;
	struct riser_stall stall_rx[RISER_NR_CLASSES];
	struct riser_stall stall_tx[RISER_NR_CLASSES];
	const char *pcapng_path;
	const char *record_path;
	const struct riser_fault *faults;
	uint32_t nr_faults;
	const struct riser_fault *triggers;
	uint32_t nr_triggers;
	const char *snapshot_dir;
	uint32_t snapshot_ms;
	uint64_t snapshot_limit_bytes;
	const char *scoreboard;
	const char *checker;
	struct riser_observer observers[RISER_MAX_OBSERVERS];
	uint32_t nr_observers;
	void (*message)(void *ctx, enum riser_severity severity,
			const char *file, int line, const char *text);
	void (*progress)(void *ctx, const char *state, uint64_t cycles,
			 uint64_t tlps);
	void *ctx;
};

/* Why riser_engine_run() returned. */
enum riser_end {
	RISER_END_STOPPED = 0,	/* asked to, and the kernel has let go of the card */
	RISER_END_SURPRISE,	/* asked to, without waiting for the kernel */
	RISER_END_DETACHED,	/* the kernel has let go (one_session) */
	RISER_END_NO_KERNEL,	/* nobody attached within attach_ms */
	RISER_END_KERNEL_FAILED,/* the kernel took the link down */
	RISER_END_RING,		/* a record or index that cannot be */
	RISER_END_MODEL,	/* $finish, $stop, $fatal, assertion, broken model */
	RISER_END_LINK,		/* the link cannot be used any more */
	RISER_END_FAULT,	/* an injected fault took the link down */
};

/**
 * struct riser_engine_result - how a run ended
 * @text: one sentence
 * @nr_errors: findings that fail the run
 */
struct riser_engine_result {
	enum riser_end end;
	char text[512];
	uint32_t nr_findings;
	uint32_t nr_errors;
	uint64_t sim_cycles;
	double wall_s;
};

struct riser_engine;

/**
 * riser_engine_create() - loads the model and allocates everything
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0 or -errno: -EINVAL for a configuration that cannot be, else as
 * riser_card_load() and riser_card_create().
 */
RISER_API int riser_engine_create(const struct riser_engine_config *config,
				  struct riser_engine **engine, char *error);

/* Runs until the end. Once per engine. Returns 0; the end is in @result. */
RISER_API int riser_engine_run(struct riser_engine *engine,
			       struct riser_engine_result *result);

/**
 * riser_engine_stop() - asks a running engine to end
 *
 * Async-signal-safe, any thread. The first call asks the kernel to remove the
 * card in order, a second one (or @surprise) takes the link down at once.
 */
RISER_API void riser_engine_stop(struct riser_engine *engine, bool surprise);

/**
 * riser_engine_slot() - pulls the card out of its slot, or puts it back
 *
 * Async-signal-safe, any thread. The first call is surprise removal: the link
 * is down, the kernel's drivers lose the card, the card loses power and keeps
 * its backing stores. The next call puts it back, the one after pulls it again.
 */
RISER_API void riser_engine_slot(struct riser_engine *engine);

RISER_API void riser_engine_destroy(struct riser_engine *engine);

RISER_API const struct riser_stats *
riser_engine_stats(const struct riser_engine *engine);
/* Of the run so far; whole when it has ended. */
RISER_API const struct riser_snapshot_stats *
riser_engine_snapshots(const struct riser_engine *engine);
RISER_API const struct riser_model_info *
riser_engine_model_info(const struct riser_engine *engine);
/* Findings in order of their first occurrence; NULL behind the last one. */
RISER_API const struct riser_finding *
riser_engine_finding(const struct riser_engine *engine, uint32_t idx);

/* TLPs that faults hit, in order, the first 256 of them; NULL behind the last. */
RISER_API const struct riser_injection *
riser_engine_injection(const struct riser_engine *engine, uint32_t idx);

/**
 * riser_engine_report() - an observer's own finding
 *
 * Copies @finding. Only from the engine's thread, inside of an observer's call.
 */
RISER_API void riser_engine_report(struct riser_engine *engine,
				   const struct riser_finding *finding);
/**
 * riser_engine_excuse() - what the kernel has just said is no finding
 *
 * For an observer that knows better, inside of its call with the kernel's note of
 * what would be told as @kind.
 */
RISER_API void riser_engine_excuse(struct riser_engine *engine,
				   enum riser_finding_kind kind);

/**
 * riser_engine_trigger() - somebody else has seen something: any thread
 * @kind: RISER_FINDING_GUEST or _SCRIPT, which fail the run, or a trigger
 * @text: one sentence, copied and cut
 *
 * It becomes a finding in the cycle in which the engine hears of it. Of triggers
 * RISER_MAX_TRIGGERS are kept in a run. Returns 0; -EINVAL for another kind;
 * -EAGAIN when too many wait.
 */
RISER_API int riser_engine_trigger(struct riser_engine *engine,
				   enum riser_finding_kind kind,
				   const char *text);

/**
 * riser_engine_backdoor() - looks at a signal of the RTL, or sets it: any thread
 * @request: "peek SIGNAL" or "poke SIGNAL VALUE"
 * @answer: "SIGNAL = VALUE", or a sentence about what is wrong
 *
 * Blocks until the engine has done it between two cycles, which it notes for its
 * observers; at most 5 s. Returns 0; -ENOENT no such signal, -ENOTUNIQ, -EINVAL or
 * -ERANGE for the value, -EOPNOTSUPP the model has none, -ETIMEDOUT.
 */
RISER_API int riser_engine_backdoor(struct riser_engine *engine,
				    const char *request, char *answer, size_t size);

/* Writes a finding as people read it, indented, with a newline at the end. */
RISER_API void riser_finding_print(const struct riser_finding *finding,
				   FILE *file);

/**
 * riser_engine_write_json() - result, findings and counters
 *
 * Creates @path, or replaces it. Returns 0 or -errno.
 */
RISER_API int riser_engine_write_json(const struct riser_engine *engine,
				      const char *path);

/**
 * riser_engine_write_coverage() - what of the RTL was reached, as Verilator counts it
 *
 * Behind riser_engine_run(). Creates @path, or replaces it. Returns 0; -EOPNOTSUPP
 * when the model counts nothing (RISER_MODEL_F_COVERAGE); -errno.
 */
RISER_API int riser_engine_write_coverage(const struct riser_engine *engine,
					  const char *path);

RISER_API const char *riser_end_name(enum riser_end end);

#ifdef __cplusplus
}
#endif

#endif /* RISER_RUN_H */
