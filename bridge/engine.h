/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the engine. One thread owns everything here but @stop.
 *
 *	engine.c	create, the loop, destroy
 *	session.c	what the two sides say of the link; resets by cycle
 *	engine_rx.c	down ring to the model's queues
 *	engine_tx.c	model's output to the up ring; completion matching
 *	engine_slots.c	requests of the card that need no kernel
 *	engine_fault*.c	fault injection between the two
 *	timeout.c	outstanding host requests and their timeouts
 *	engine_snapshot.c	when snapshots are taken
 *	engine_boot.c	cards that boot before their link comes up
 *	engine_backdoor.c	peek and poke of RTL signals
 *	engine_trigger.c	moments that get a window without a failure
 *	wait.c		kicks, sleeping, pacing
 *	finding.c	failures in words
 *	observer.c	calls of the observers
 */
#ifndef RISER_BRIDGE_ENGINE_H
#define RISER_BRIDGE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <riser/record.h>
#include <riser/run.h>

#include "link_internal.h"
#include "names.h"
#include "ring.h"
#include "snapshot_internal.h"

#define RISER_RX_QUEUE		4096	/* TLPs of one class, a power of two */
#define RISER_HOLD_QUEUE	(2 * RISER_RX_QUEUE)
#define RISER_NP_SLOT_BYTES	64	/* largest non-posted request of a host */
#define RISER_HOST_TAGS		1024
#define RISER_CARD_TAGS		(8 * 1024)	/* by function and tag */
#define RISER_BACKLOG_CYCLES	64
#define RISER_STREAK		4
#define RISER_STREAK_CYCLES	32
#define RISER_NO_TAG		0xffff
#define RISER_LAST_BYTES	24
#define RISER_TRACE_OBSERVERS	(RISER_MAX_OBSERVERS + 3)

/* A record of the down ring that the model still reads in place. */
struct riser_hold {
	uint64_t index;		/* in its class's queue */
	uint32_t end;		/* of the record */
	uint32_t tlp_class;
};

enum riser_pending_state {
	RISER_PENDING_FREE = 0,
	RISER_PENDING_WAITS,
	RISER_PENDING_EXPIRED,	/* the kernel was told; a completion is late */
};

/**
 * struct riser_pending - a host request that waits for its completion
 * @accepted: cycle by which the card had taken it, 0 not yet
 * @np_index: its place in the model's queue
 * @deadline: cycle
 * @is_quiet: its end is no finding (link went down)
 */
struct riser_pending {
	uint64_t seq;
	uint64_t cycle;
	uint64_t accepted;
	uint64_t np_index;
	uint64_t deadline;
	uint64_t host_ns;
	uint32_t site;
	uint16_t prev;
	uint16_t next;
	uint8_t state;
	bool is_quiet;
	bool has_caller;
	uint8_t len;
	uint8_t bytes[RISER_NP_SLOT_BYTES];
	struct riser_tlp tlp;	/* without data */
	struct pciem_caller caller;
};

/* A read of the card that waits for the host's completion. */
struct riser_card_request {
	uint64_t seq;
	uint64_t cycle;
	bool is_waiting;
};

/* A host access, short enough to be told later. */
struct riser_last_access {
	uint64_t cycle;
	uint32_t len;
	uint8_t bytes[RISER_LAST_BYTES];
};

enum riser_phase {
	RISER_PHASE_OFF = 0,	/* no session */
	RISER_PHASE_ATTACHING,	/* waits for the kernel; the clock stands */
	RISER_PHASE_PERST,	/* power-on reset */
	RISER_PHASE_TRAINING,	/* out of reset, link not up */
	RISER_PHASE_UP,
	RISER_PHASE_DRAINING,	/* a reset is asked for; posted writes go first */
	RISER_PHASE_RESET,	/* held in reset by the kernel */
	RISER_PHASE_RESET_MIN,	/* released, but not yet long enough in reset */
	RISER_PHASE_PULLED,	/* the card is out of its slot; the clock stands */
};

struct riser_engine {
	struct riser_engine_config config;
	struct riser_link *link;
	struct riser_card card;
	struct riser_down down;
	struct riser_up up;
	uint32_t stop;			/* requests so far; atomic */
	uint32_t slot;			/* moves of the card so far, odd: it is out; atomic */

	/* the model */
	struct riser_run run;
	uint64_t cycle;
	uint64_t np_tail_seen;
	bool model_is_dead;
	uint32_t batch_cycles;
	uint32_t streak;
	uint64_t poll_cycles;
	uint32_t kicked_tail;
	bool kick_is_pending;

	/* the session */
	enum riser_phase phase;
	uint32_t levels;
	uint32_t hold_levels;	/* RISER_SB_HOLD_TX */
	uint32_t next_levels;
	uint32_t held;			/* by the kernel: RISER_SB_* */
	uint32_t seen_slot;
	uint64_t step_cycle;
	uint64_t reset_cycle;
	uint32_t epoch;
	uint32_t kernel_state;
	bool is_attached;
	bool is_leaving;
	bool is_over;
	uint32_t flr_status;
	uint64_t attach_since_ns;
	uint64_t leave_since_ns;
	uint64_t progress_ns;
	uint64_t spin_ns;	/* before the next sleep */
	uint64_t crowded_ns;	/* yields are too long until then */
	uint32_t in_vain;	/* polls in a row that news came after */
	uint32_t most_in_vain;	/* so many are two on one processor */
	uint64_t tell_ns;		/* when progress is told next */
	struct riser_engine_result result;

	/* towards the card */
	struct riser_hold *hold;
	uint32_t hold_head;
	uint32_t hold_tail;
	uint32_t release_end;
	bool has_backlog;
	uint8_t (*np_slot)[RISER_NP_SLOT_BYTES];
	uint16_t *np_tag;

	/* requests in flight */
	struct riser_pending *pending;
	uint16_t oldest;
	uint16_t newest;
	uint32_t nr_pending;
	struct riser_card_request *card_request;
	uint32_t nr_card_requests;

	/* what is known */
	uint64_t now_ns;
	bool has_run;			/* @now_ns is recent enough */
	uint64_t unread_cycles;		/* since @now_ns was read, about */
	uint64_t read_cycles;		/* as many are worth a look at the clock */
	uint64_t start_ns;
	uint64_t pace_ns;
	uint64_t pace_cycle;
	uint64_t next_seq;
	struct riser_bar_map bars;
	struct riser_tlp_names names;
	struct riser_sites sites;
	struct riser_last_access last[2];
	struct riser_stats stats;
	struct riser_finding *finding;
	uint32_t nr_findings;
	uint32_t nr_errors;
	struct riser_triggers *triggers;
	struct riser_backdoor *backdoor;
	struct riser_boot *boot;
	uint32_t has_posts;		/* atomic */
	uint32_t own[RISER_FINDING_NR];	/* reported, the kernel will follow */
	bool is_finished;
	struct riser_observer observer[RISER_TRACE_OBSERVERS];
	uint32_t nr_observers;
	struct riser_pcapng *pcapng;
	int pcapng_error;
	struct riser_recorder *recorder;
	int record_error;
	struct riser_snapshots *snapshots;
	uint64_t snapshot_ns;		/* when the next one is due */
	struct riser_snapshot_stats snapshot_stats;
	char record_text[RISER_ERROR_BYTES];
	char model_text[512];
	struct riser_faults *faults;	/* NULL: none */
	struct riser_engine_slots *slots;	/* NULL: none */
};

/**
 * struct riser_arrival - a TLP for the card before it is in the model's queue
 * @tlp: as the kernel sent it
 * @end: its record's end in the ring; only where @is_in_ring
 * @is_in_ring: @bytes are in the ring
 * @is_pending: the engine knows already that the host waits for its completion
 * @is_extra: nobody waits for its completion
 * @fault: RISER_FAULTED_*
 * @caller: in the ring or in the parcel; NULL: not known
 */
struct riser_arrival {
	const uint8_t *bytes;
	uint32_t len;
	uint32_t site;
	uint32_t end;
	bool is_in_ring;
	bool is_pending;
	bool is_extra;
	uint8_t fault;
	uint64_t host_ns;
	const struct pciem_caller *caller;
	struct riser_tlp tlp;
};

/* ---- session.c ---- */
int riser_session_begin(struct riser_engine *engine);
/* Looks at the kernel's words and at the clock; 0 or the run is over. */
void riser_session_step(struct riser_engine *engine);
/* Nothing has happened that riser_session_step() would act on. */
static inline bool riser_session_is_calm(const struct riser_engine *engine)
{
	const struct pciem_kernel_words *kernel = engine->link->kernel;

	return engine->phase == RISER_PHASE_UP &&
	       /* pairs with the kernel's release of the words of its page */
	       __atomic_load_n(&kernel->epoch, __ATOMIC_ACQUIRE) ==
	       engine->epoch &&
	       __atomic_load_n(&kernel->state, __ATOMIC_ACQUIRE) ==
	       PCIEM_KERNEL_RUNNING &&
	       engine->kernel_state == PCIEM_KERNEL_RUNNING &&
	       !__atomic_load_n(&engine->stop, __ATOMIC_RELAXED) &&
	       __atomic_load_n(&engine->slot, __ATOMIC_RELAXED) ==
	       engine->seen_slot && engine->now_ns < engine->tell_ns;
}
/* In PERST: the card is out of reset and in @cycle, without having been there. */
void riser_session_warm(struct riser_engine *engine, uint64_t cycle);
void riser_session_reset(struct riser_engine *engine, uint32_t what);
/* Link down, for good. */
void riser_session_end(struct riser_engine *engine, enum riser_end end,
		       const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Cycles until the clock has something to do for the session. */
uint64_t riser_session_cycles(const struct riser_engine *engine);
/* The host has no credits for these classes (RISER_SB_HOLD_TX). */
void riser_session_hold(struct riser_engine *engine, uint32_t levels);
/* After the end: collects what the kernel still says. */
void riser_session_linger(struct riser_engine *engine);
const char *riser_session_state(const struct riser_engine *engine);

/* ---- engine_rx.c ---- */
/* Takes records until the ring or a queue is done; 0 or -EPROTO. */
int riser_rx_drain(struct riser_engine *engine);
/* The model has taken TLPs: their records go back to the kernel. */
void riser_rx_release(struct riser_engine *engine);
/* Forgets everything that waits for the card. */
void riser_rx_discard(struct riser_engine *engine);
/* Puts one into the model's queue; bytes outside of the ring are the caller's. */
int riser_rx_accept(struct riser_engine *engine,
		    const struct riser_arrival *arrival);
/* The same as far as observers go, for one that the card never gets. */
void riser_rx_lose(struct riser_engine *engine,
		   const struct riser_arrival *arrival);
/* A record that goes nowhere. */
void riser_rx_forget(struct riser_engine *engine,
		     const struct riser_arrival *arrival);
bool riser_rx_is_empty(const struct riser_engine *engine);

/* ---- engine_tx.c ---- */
/* Everything that run() has written; 0 or -EPROTO. */
int riser_tx_process(struct riser_engine *engine);
bool riser_tx_rec_is_valid(const struct riser_tx_rec *rec, uint64_t room);
/* The card has sent it: numbers it, tells the observers. */
void riser_tx_sent(struct riser_engine *engine, const struct riser_tx_rec *rec,
		   const uint8_t *bytes, uint8_t fault);
/* The host gets it: matches completions. @fault: RISER_FAULTED_*, told again. */
void riser_tx_arrived(struct riser_engine *engine,
		      const struct riser_tx_rec *rec, const uint8_t *bytes,
		      uint8_t fault);

/* ---- engine_slots.c ---- */
int riser_engine_slots_init(struct riser_engine *engine);
void riser_engine_slots_fini(struct riser_engine *engine);
/* A session begins. */
void riser_engine_slots_begin(struct riser_engine *engine);
/*
 * For the others there are slots. Serves requests of the first 64 records that run()
 * has written; returns which: these are not for the ring.
 */
uint64_t riser_engine_slots_serve(struct riser_engine *engine);
/* The others were published. */
void riser_engine_slots_sent(struct riser_engine *engine);
/* Completions whose time has come go to the model's queue. */
void riser_engine_slots_deliver(struct riser_engine *engine);
/* Nothing that waits for the card, or that it has not taken, is needed any more. */
void riser_engine_slots_discard(struct riser_engine *engine);

/* ---- engine_boot.c ---- */
int riser_boot_init(struct riser_engine *engine);
void riser_boot_fini(struct riser_engine *engine);
/* At power-on: goes to the end of an earlier boot, if there was one of the same. */
void riser_boot_begin(struct riser_engine *engine);
/* Link training begins. */
void riser_boot_train(struct riser_engine *engine);
/* It is over: whether the card is still booting; then it has set .step_cycle. */
bool riser_boot_waits(struct riser_engine *engine);
/* The first power-on, of which the state may be kept, is going on. */
bool riser_boot_is_first(const struct riser_engine *engine);
/* Somebody has changed the card: its state is not kept. */
void riser_boot_taint(struct riser_engine *engine);
/* The RTL read a file (rtlfile.h). */
void riser_boot_reads(struct riser_engine *engine, const char *words);

/* ---- engine_backdoor.c ---- */
int riser_backdoor_init(struct riser_engine *engine);
void riser_backdoor_fini(struct riser_engine *engine);
/* Does what another thread asked for. */
void riser_backdoor_pump(struct riser_engine *engine);
/* A mark that is a request: does it, and says so. */
bool riser_backdoor_mark(struct riser_engine *engine, const char *text,
			 uint64_t host_ns);

/* ---- engine_trigger.c ---- */
int riser_triggers_init(struct riser_engine *engine);
void riser_triggers_fini(struct riser_engine *engine);
/* What other threads have told since. */
void riser_triggers_pump(struct riser_engine *engine);
const struct riser_fault *
riser_trigger_search(struct riser_engine *engine,
		     const struct riser_tlp_event *event,
		     const struct pciem_caller *caller);
/* The rule of riser_engine_config.triggers that means this TLP; NULL: none. */
static inline const struct riser_fault *
riser_trigger_find(struct riser_engine *engine,
		   const struct riser_tlp_event *event,
		   const struct pciem_caller *caller)
{
	return engine->config.nr_triggers && event->tlp ?
	       riser_trigger_search(engine, event, caller) : NULL;
}
/* It, once the observers know the TLP. */
void riser_trigger_tlp(struct riser_engine *engine,
		       const struct riser_tlp_event *event,
		       const struct riser_fault *rule);
void riser_trigger_tell(struct riser_engine *engine,
			enum riser_finding_kind kind, uint64_t host_ns,
			const char *text);

/* ---- engine_fault.c: only called when there are faults ---- */
int riser_faults_init(struct riser_engine *engine);
void riser_faults_fini(struct riser_engine *engine);
/* In place of riser_rx_accept(); 0 or -errno. */
int riser_fault_arrive(struct riser_engine *engine,
		       const struct riser_arrival *arrival);
/* In place of what riser_tx_process() does. */
int riser_fault_depart(struct riser_engine *engine);
/* What was held back and is due; before each call of run(). */
void riser_fault_pump(struct riser_engine *engine);
/* The model is done with TLPs. */
void riser_fault_release(struct riser_engine *engine);
/* Link down: what is held back is lost. */
void riser_fault_discard(struct riser_engine *engine);
/* Whether a rule waited for it. */
bool riser_fault_mark(struct riser_engine *engine, const char *text);
/* Something is held back. */
bool riser_fault_is_busy(const struct riser_engine *engine);
/* The up ring has no room for what is due. */
bool riser_fault_is_full(const struct riser_engine *engine);
uint64_t riser_fault_cycles(const struct riser_engine *engine);
/* Findings of this kind follow from what was injected. */
bool riser_fault_explains(const struct riser_engine *engine,
			  enum riser_finding_kind kind);
struct riser_json;
void riser_fault_write_json(const struct riser_engine *engine,
			    struct riser_json *json);

/* ---- engine_snapshot.c ---- */
void riser_snapshot_begin(struct riser_engine *engine);
/* Between two calls of run(), with everything before it recorded. */
void riser_snapshot_due(struct riser_engine *engine);
void riser_snapshot_finish(struct riser_engine *engine);

/* ---- timeout.c ---- */
int riser_pending_init(struct riser_engine *engine);
void riser_pending_fini(struct riser_engine *engine);
void riser_pending_add(struct riser_engine *engine,
		       const struct riser_arrival *arrival);
void riser_pending_remove(struct riser_engine *engine, uint16_t tag);
void riser_pending_accepted(struct riser_engine *engine);
/* All of them end at once, without a finding. */
void riser_pending_abort(struct riser_engine *engine);
/* Tells the kernel of those that are due. */
void riser_pending_expire(struct riser_engine *engine);
/* One TIMEOUT record; false when the up ring has no room. */
bool riser_timeout_send(struct riser_engine *engine, uint16_t tag);
static inline uint64_t riser_pending_cycles(const struct riser_engine *engine)
{
	uint64_t deadline;

	if (engine->oldest == RISER_NO_TAG)
		return UINT64_MAX;
	deadline = engine->pending[engine->oldest].deadline;
	return deadline > engine->cycle ? deadline - engine->cycle : 1;
}

/* ---- wait.c ---- */
uint64_t riser_now_ns(void);
/* A full barrier: our store before our load, for all who look. */
void riser_full_fence(void);
void riser_kick(struct riser_engine *engine);
void riser_kick_if_needed(struct riser_engine *engine);
/*
 * How long to poll before the next sleep, after one of @slept_ns. When both sides
 * sleep, each wakes later than the other is willing to poll, and every access takes
 * two wake-ups, for ever. So a sleep that was worth nothing makes the next spin
 * longer, up to twice what a wake-up takes on a busy machine; a long one ends that.
 */
uint64_t riser_next_spin_ns(uint64_t spin_ns, uint64_t least_ns,
			    uint64_t slept_ns);
/*
 * Takes the calling thread to another of the processors that it may run on, all of
 * which it may run on afterwards as well. Returns false when there is no other.
 */
bool riser_leave_processor(void);
#define RISER_LEAST_IN_VAIN	4
/*
 * Sleeps until the down ring or the kernel's state moves, or a signal comes.
 * engine->now_ns: in: read just now; out: when it looked last.
 */
void riser_sleep(struct riser_engine *engine, uint64_t timeout_ns);
/* The up ring is full: waits for the kernel. */
void riser_wait_for_room(struct riser_engine *engine);
void riser_pace(struct riser_engine *engine);
/* The clock stood still from @since_ns to engine->now_ns, because nothing is in flight. */
void riser_stood_still(struct riser_engine *engine, uint64_t since_ns);
/* The clock may stand: nothing is in flight and the card says so. */
bool riser_is_idle(const struct riser_engine *engine);
/* Nothing is in flight in either direction. */
bool riser_is_quiet(const struct riser_engine *engine);

/* ---- finding.c ---- */
void riser_finding_timeout(struct riser_engine *engine,
			   const struct riser_pending *pending);
void riser_finding_status(struct riser_engine *engine,
			  const struct riser_pending *pending,
			  const struct riser_tlp *cpl, uint64_t cycle);
void riser_finding_late(struct riser_engine *engine,
			const struct riser_pending *pending, uint64_t cycle);
void riser_finding_tlp(struct riser_engine *engine,
		       enum riser_finding_kind kind, const uint8_t *bytes,
		       uint32_t len, uint64_t cycle, uint64_t seq)
	__attribute__((cold));
void riser_finding_kernel(struct riser_engine *engine, uint32_t event,
			  const char *text, uint64_t host_ns);
void riser_finding_plain(struct riser_engine *engine,
			 enum riser_finding_kind kind, const char *side,
			 const char *advice, const char *format, ...)
	__attribute__((cold, format(printf, 5, 6)));

/* Most TLPs are a header: as many bytes as a register or two hold. */
static inline void riser_copy_tlp(uint8_t *to, const uint8_t *from,
				  uint32_t len)
{
	if (len == 12)
		memcpy(to, from, 12);
	else if (len == 16)
		memcpy(to, from, 16);
	else
		memcpy(to, from, len);
}

/* ---- observer.c ---- */
void riser_observe_start(struct riser_engine *engine);
void riser_observe_finish(struct riser_engine *engine);
void riser_observe_to_card(struct riser_engine *engine,
			   struct riser_tlp_event *event,
			   const struct pciem_caller *caller);
void riser_observe_tlp(struct riser_engine *engine,
		       const struct riser_tlp_event *event);
void riser_observe_lost(struct riser_engine *engine,
			struct riser_tlp_event *event,
			const struct pciem_caller *caller);
void riser_observe_sideband(struct riser_engine *engine);
void riser_observe_site(struct riser_engine *engine, uint32_t site,
			const struct riser_site_entry *entry);
void riser_observe_finding(struct riser_engine *engine,
			   const struct riser_finding *finding);
void riser_note(struct riser_engine *engine, enum riser_note_source source,
		uint32_t code, uint64_t host_ns, const char *format, ...)
	__attribute__((cold, format(printf, 5, 6)));

/* ---- stats.c ---- */
extern const struct riser_observer_ops riser_stats_observer;

/* Bytes of the request that this completion carries; whether it is the last. */
uint32_t riser_cpl_bytes(const struct riser_tlp *cpl);
bool riser_cpl_is_last(const struct riser_tlp *cpl);

#endif /* RISER_BRIDGE_ENGINE_H */
