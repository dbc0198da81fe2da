// SPDX-License-Identifier: Apache-2.0
/*
 * The life of a link: the handshake with the kernel, power-on, resets by cycle,
 * orderly and disorderly ends.
 *
 *	OFF -> ATTACHING -> PERST -> TRAINING -> UP
 *	UP -> DRAINING -> RESET -> RESET_MIN -> TRAINING	(reset by the kernel)
 *	any -> ATTACHING		(the kernel let go and may come back)
 *	any -> PULLED -> ATTACHING	(riser_engine_slot)
 *	any -> OFF			(riser_session_end)
 */
#define _GNU_SOURCE
#include "engine.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOT_RESET_CYCLES	16
#define PERST_CYCLES		32
#define DRAIN_CYCLES		1024
#define LINGER_NS		300000000ULL
#define PROGRESS_NS		1000000000ULL
#define LET_GO_NS		1000000000ULL

static uint32_t kernel_word(const uint32_t *word)
{
	/* pairs with the kernel's release of the words of its page */
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void set_state(struct riser_engine *engine, uint32_t state)
{
	/* pairs with the kernel's acquire of the bridge's state */
	__atomic_store_n(&engine->link->bridge->state, state, __ATOMIC_RELEASE);
}

static void set_levels(struct riser_engine *engine, uint32_t levels)
{
	levels |= engine->hold_levels;
	if (engine->levels == levels)
		return;
	engine->levels = levels;
	engine->card.ops->set_sideband(engine->card.model, levels);
	riser_observe_sideband(engine);
}

void riser_session_hold(struct riser_engine *engine, uint32_t levels)
{
	engine->hold_levels = levels;
	set_levels(engine, engine->levels & ~RISER_SB_HOLD_TX_ALL);
}

const char *riser_session_state(const struct riser_engine *engine)
{
	static const char *const names[] = {
		[RISER_PHASE_OFF] = "down",
		[RISER_PHASE_ATTACHING] = "waiting for the kernel",
		[RISER_PHASE_PERST] = "power-on",
		[RISER_PHASE_TRAINING] = "link training",
		[RISER_PHASE_UP] = "up",
		[RISER_PHASE_DRAINING] = "reset",
		[RISER_PHASE_RESET] = "reset",
		[RISER_PHASE_RESET_MIN] = "reset",
		[RISER_PHASE_PULLED] = "pulled",
	};

	if (engine->phase == RISER_PHASE_UP && engine->is_leaving)
		return "leaving";
	return names[engine->phase];
}

static void set_phase(struct riser_engine *engine, enum riser_phase phase)
{
	engine->phase = phase;
	if (engine->config.progress)
		engine->config.progress(engine->config.ctx,
					riser_session_state(engine),
					engine->cycle, engine->next_seq);
}

static uint32_t new_epoch(const struct riser_engine *engine)
{
	uint32_t old = engine->link->bridge->epoch;
	uint32_t kernel = kernel_word(&engine->link->kernel->epoch);
	uint32_t epoch;

	epoch = (uint32_t)(riser_now_ns() >> 10) ^ (uint32_t)getpid() << 16;
	while (!epoch || epoch == old || epoch == kernel)
		epoch++;
	return epoch;
}

/* Somebody who died left a link up: the kernel must see its end first. */
static void end_stale_session(struct riser_engine *engine)
{
	uint64_t until_ns = riser_now_ns() + LET_GO_NS;
	uint32_t state = engine->link->bridge->state;
	uint32_t kernel;

	if (state == PCIEM_BRIDGE_ABSENT || state == PCIEM_BRIDGE_DOWN)
		return;
	set_state(engine, PCIEM_BRIDGE_DOWN);
	riser_kick(engine);
	do {
		kernel = kernel_word(&engine->link->kernel->state);
		if (kernel == PCIEM_KERNEL_ABSENT ||
		    kernel == PCIEM_KERNEL_FAILED ||
		    kernel == PCIEM_KERNEL_DETACHED)
			return;
		usleep(1000);
	} while (riser_now_ns() < until_ns && !engine->is_over);
}

int riser_session_begin(struct riser_engine *engine)
{
	struct pciem_bridge_words *bridge = engine->link->bridge;

	end_stale_session(engine);
	if (engine->is_over)
		return -1;
	engine->epoch = new_epoch(engine);
	engine->is_attached = false;
	engine->kick_is_pending = false;
	engine->attach_since_ns = riser_now_ns();
	__atomic_store_n(&bridge->up_head, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&bridge->down_tail, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&bridge->need_kick, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&bridge->pid, (uint32_t)getpid(), __ATOMIC_RELAXED);
	__atomic_store_n(&bridge->epoch, engine->epoch, __ATOMIC_RELAXED);
	riser_engine_slots_begin(engine);
	set_phase(engine, RISER_PHASE_ATTACHING);
	set_state(engine, PCIEM_BRIDGE_READY);
	riser_kick(engine);
	return 0;
}

void riser_session_end(struct riser_engine *engine, enum riser_end end,
		       const char *format, ...)
{
	bool let_go = end == RISER_END_STOPPED || end == RISER_END_DETACHED;
	va_list args;

	if (engine->is_over)
		return;
	engine->is_over = true;
	engine->result.end = end;
	va_start(args, format);
	vsnprintf(engine->result.text, sizeof(engine->result.text), format,
		  args);
	va_end(args);
	set_state(engine, let_go ? PCIEM_BRIDGE_ABSENT : PCIEM_BRIDGE_DOWN);
	if (end != RISER_END_LINK)
		riser_kick(engine);
	riser_note(engine, RISER_NOTE_ENGINE, (uint32_t)end, 0, "%s",
		   engine->result.text);
	set_phase(engine, RISER_PHASE_OFF);
}

/* The kernel has zeroed its indices; ours are zero as well. */
static void attach(struct riser_engine *engine)
{
	struct riser_link *link = engine->link;

	riser_down_init(&engine->down, link->down, link->hdr.down_bytes,
			&link->kernel->down_head, &link->bridge->down_tail);
	riser_up_init(&engine->up, link->up, link->hdr.up_bytes,
		      &link->bridge->up_head, &link->kernel->up_tail);
	engine->release_end = 0;
	engine->is_attached = true;
	engine->held = 0;
	engine->stats.sessions++;
	set_levels(engine, RISER_SB_PERST);
	engine->step_cycle = engine->cycle + engine->config.perst_cycles;
	set_phase(engine, RISER_PHASE_PERST);
	riser_boot_begin(engine);
}

void riser_session_warm(struct riser_engine *engine, uint64_t cycle)
{
	engine->cycle = engine->config.perst_cycles;
	set_levels(engine, 0);
	engine->cycle = cycle;
	engine->step_cycle = cycle;
	set_phase(engine, RISER_PHASE_TRAINING);
}

/* Nothing of the old session may reach the card or the kernel. */
static void forget_traffic(struct riser_engine *engine)
{
	uint16_t tag;

	riser_rx_discard(engine);
	while (engine->oldest != RISER_NO_TAG)
		riser_pending_remove(engine, engine->oldest);
	for (tag = 0; tag < RISER_HOST_TAGS; tag++)
		engine->pending[tag].state = RISER_PENDING_FREE;
	memset(engine->card_request, 0,
	       RISER_CARD_TAGS * sizeof(*engine->card_request));
	engine->nr_card_requests = 0;
}

static void kernel_let_go(struct riser_engine *engine, const char *how)
{
	if (engine->is_leaving) {
		riser_session_end(engine, RISER_END_STOPPED,
				  "stopped: the kernel has removed the card");
		return;
	}
	if (engine->config.one_session) {
		riser_session_end(engine, RISER_END_DETACHED,
				  "the kernel %s", how);
		return;
	}
	riser_note(engine, RISER_NOTE_ENGINE, 0, 0,
		   "the kernel %s; the card waits for it to come back", how);
	set_levels(engine, RISER_SB_PERST);
	forget_traffic(engine);
	set_state(engine, PCIEM_BRIDGE_ABSENT);
	riser_session_begin(engine);
}

static void kernel_failed(struct riser_engine *engine)
{
	static const char *const reasons[] = {
		[PCIEM_REASON_NONE] = "without a reason",
		[PCIEM_REASON_BRIDGE] = "since the bridge said so",
		[PCIEM_REASON_DEADLINE] =
			"since several accesses in a row were not answered in time",
		[PCIEM_REASON_RING] =
			"since a record or an index in the rings cannot be",
		[PCIEM_REASON_FULL] =
			"since the ring towards the card stayed full",
		[PCIEM_REASON_UNLOAD] = "since its module is unloaded",
		[PCIEM_REASON_POWER] =
			"since its machine suspends, reboots or has panicked",
		[PCIEM_REASON_SCAN] =
			"since its PCI domain could not be made or scanned",
		[PCIEM_REASON_TRAP] =
			"since register accesses are not trapped any more (read its log: ftrace was switched off)",
	};
	uint32_t reason = kernel_word(&engine->link->kernel->reason);
	const char *text = reason < sizeof(reasons) / sizeof(reasons[0]) ?
			   reasons[reason] : "for an unknown reason";

	/* what it had to say comes first */
	if (riser_rx_drain(engine))
		riser_note(engine, RISER_NOTE_ENGINE, 0, 0,
			   "the rings are unreadable");
	if (reason == PCIEM_REASON_UNLOAD || reason == PCIEM_REASON_POWER) {
		riser_session_end(engine, engine->is_leaving ?
				  RISER_END_STOPPED : RISER_END_DETACHED,
				  "the kernel took the link down %s", text);
		return;
	}
	riser_finding_plain(engine, RISER_FINDING_LINK_DOWN,
			    reason == PCIEM_REASON_RING ? "riser" : "card",
			    reason == PCIEM_REASON_DEADLINE ?
			    "if the findings before this one do not explain it, the simulation is too slow for the kernel's deadline: raise the deadline" :
			    "read the driver's kernel log for what came before",
			    "the kernel took the link down %s", text);
	riser_session_end(engine, RISER_END_KERNEL_FAILED,
			  "the kernel took the link down %s", text);
}

static void watch_kernel(struct riser_engine *engine)
{
	const struct pciem_kernel_words *kernel = engine->link->kernel;
	uint32_t epoch = kernel_word(&kernel->epoch);
	uint32_t state = kernel_word(&kernel->state);
	bool was_past_attach;

	was_past_attach = engine->kernel_state == PCIEM_KERNEL_SCANNING ||
			  engine->kernel_state == PCIEM_KERNEL_RUNNING ||
			  engine->kernel_state == PCIEM_KERNEL_REMOVING;
	engine->kernel_state = state;
	if (engine->phase == RISER_PHASE_ATTACHING ||
	    engine->phase == RISER_PHASE_PULLED) {
		if (engine->phase == RISER_PHASE_ATTACHING &&
		    epoch == engine->epoch && state == PCIEM_KERNEL_ATTACHED)
			attach(engine);
		/* for riser_sleep(): what stands there belongs to the past */
		else
			engine->down.seen = kernel_word(&kernel->down_head);
		return;
	}
	if (epoch != engine->epoch || state == PCIEM_KERNEL_ABSENT)
		kernel_let_go(engine, "went away without detaching");
	else if (state == PCIEM_KERNEL_ATTACHED && was_past_attach)
		kernel_let_go(engine, "was started anew");
	else if (state == PCIEM_KERNEL_DETACHED)
		kernel_let_go(engine, "has removed the card and let go");
	else if (state == PCIEM_KERNEL_FAILED)
		kernel_failed(engine);
}

static void watch_stop(struct riser_engine *engine)
{
	uint32_t stop = __atomic_load_n(&engine->stop, __ATOMIC_RELAXED);

	if (!stop)
		return;
	if (stop > 1) {
		riser_session_end(engine, RISER_END_SURPRISE,
				  "stopped at once: the kernel sees a pulled card");
	} else if (!engine->is_attached) {
		riser_session_end(engine, RISER_END_STOPPED,
				  engine->phase == RISER_PHASE_PULLED ?
				  "stopped: the card was out of its slot" :
				  "stopped: no kernel was attached");
	} else if (!engine->is_leaving) {
		engine->is_leaving = true;
		engine->leave_since_ns = engine->now_ns;
		set_state(engine, PCIEM_BRIDGE_LEAVING);
		riser_kick(engine);
		set_phase(engine, engine->phase);
	} else if (engine->now_ns - engine->leave_since_ns >
		   engine->config.leave_ms * 1000000ULL) {
		riser_session_end(engine, RISER_END_SURPRISE,
				  "the kernel did not remove the card within %u ms (is a file system still mounted?): the link went down under it",
				  engine->config.leave_ms);
	}
}

/* Without a word to the kernel's drivers: for the card, power is gone. */
static void pull(struct riser_engine *engine)
{
	riser_note(engine, RISER_NOTE_ENGINE, 0, 0, "the card was pulled");
	set_levels(engine, RISER_SB_PERST);
	if (engine->is_attached)
		forget_traffic(engine);
	engine->is_attached = false;
	set_state(engine, PCIEM_BRIDGE_DOWN);
	riser_kick(engine);
	set_phase(engine, RISER_PHASE_PULLED);
}

static void watch_slot(struct riser_engine *engine)
{
	uint32_t slot = __atomic_load_n(&engine->slot, __ATOMIC_RELAXED);

	if (slot == engine->seen_slot || engine->is_leaving)
		return;
	/* pulled and put back since we looked: both happen, one after the other */
	engine->seen_slot++;
	if (engine->seen_slot & 1) {
		pull(engine);
		return;
	}
	riser_note(engine, RISER_NOTE_ENGINE, 0, 0, "the card was put back");
	riser_session_begin(engine);
}

static void begin_reset(struct riser_engine *engine)
{
	/* link down: nothing that waits for the card will get there */
	set_levels(engine, engine->next_levels);
	riser_rx_discard(engine);
	riser_pending_abort(engine);
	memset(engine->card_request, 0,
	       RISER_CARD_TAGS * sizeof(*engine->card_request));
	engine->nr_card_requests = 0;
	engine->stats.resets++;
	engine->reset_cycle = engine->cycle;
	set_phase(engine, RISER_PHASE_RESET);
}

/* In what holds the card, LINK_UP stands for "the link is down". */
static uint32_t held_levels(const struct riser_engine *engine)
{
	return engine->held & ~RISER_SB_LINK_UP;
}

static void hold(struct riser_engine *engine, uint32_t bit)
{
	engine->held |= bit;
	if (engine->phase == RISER_PHASE_RESET) {
		set_levels(engine, held_levels(engine));
		return;
	}
	engine->next_levels = held_levels(engine);
	engine->step_cycle = engine->cycle + DRAIN_CYCLES;
	engine->phase = RISER_PHASE_DRAINING;
}

static void let_loose(struct riser_engine *engine, uint32_t bit)
{
	engine->held &= ~bit;
	if (engine->phase != RISER_PHASE_RESET)
		return;
	engine->next_levels = held_levels(engine);
	engine->step_cycle = engine->reset_cycle +
			     (bit == RISER_SB_PERST ? PERST_CYCLES :
						      HOT_RESET_CYCLES);
	engine->phase = RISER_PHASE_RESET_MIN;
}

void riser_session_reset(struct riser_engine *engine, uint32_t what)
{
	static const uint32_t bits[] = {
		[PCIEM_RESET_HOT_ASSERT] = RISER_SB_HOT_RESET,
		[PCIEM_RESET_HOT_RELEASE] = RISER_SB_HOT_RESET,
		[PCIEM_RESET_PERST_ASSERT] = RISER_SB_PERST,
		[PCIEM_RESET_PERST_RELEASE] = RISER_SB_PERST,
		[PCIEM_RESET_LINK_DOWN] = RISER_SB_LINK_UP,
		[PCIEM_RESET_LINK_UP] = RISER_SB_LINK_UP,
	};

	switch (what) {
	case PCIEM_RESET_HOT_ASSERT:
	case PCIEM_RESET_PERST_ASSERT:
	case PCIEM_RESET_LINK_DOWN:
		/* not part of power-on, scan or removal */
		if (engine->phase == RISER_PHASE_UP && !engine->is_leaving &&
		    engine->kernel_state == PCIEM_KERNEL_RUNNING)
			riser_trigger_tell(engine, RISER_FINDING_RECOVERY, 0,
					   "the driver's machine resets the card");
		hold(engine, bits[what]);
		break;
	case PCIEM_RESET_HOT_RELEASE:
	case PCIEM_RESET_PERST_RELEASE:
	case PCIEM_RESET_LINK_UP:
		let_loose(engine, bits[what]);
		break;
	}
}

static void link_is_up(struct riser_engine *engine)
{
	set_levels(engine, RISER_SB_LINK_UP);
	set_phase(engine, RISER_PHASE_UP);
	engine->pace_ns = engine->now_ns;
	engine->pace_cycle = engine->cycle;
	if (engine->is_leaving)
		return;
	set_state(engine, PCIEM_BRIDGE_UP);
	riser_kick(engine);
}

/* What the simulated time brings. */
static void step_phase(struct riser_engine *engine)
{
	const struct riser_rx_queue *posted = &engine->run.rx[RISER_POSTED];
	bool is_due = engine->cycle >= engine->step_cycle;

	switch (engine->phase) {
	case RISER_PHASE_PERST:
		if (!is_due)
			break;
		set_levels(engine, 0);
		engine->step_cycle = engine->cycle +
				     engine->config.link_up_cycles;
		riser_boot_train(engine);
		set_phase(engine, RISER_PHASE_TRAINING);
		break;
	case RISER_PHASE_TRAINING:
		if (is_due && !riser_boot_waits(engine))
			link_is_up(engine);
		break;
	case RISER_PHASE_DRAINING:
		if (is_due || posted->head == posted->tail)
			begin_reset(engine);
		break;
	case RISER_PHASE_RESET_MIN:
		if (!is_due)
			break;
		set_levels(engine, engine->next_levels);
		engine->step_cycle = engine->cycle +
				     engine->config.link_up_cycles;
		riser_boot_train(engine);
		set_phase(engine, engine->held ? RISER_PHASE_RESET :
						 RISER_PHASE_TRAINING);
		break;
	default:
		break;
	}
}

uint64_t riser_session_cycles(const struct riser_engine *engine)
{
	switch (engine->phase) {
	case RISER_PHASE_PERST:
	case RISER_PHASE_TRAINING:
	case RISER_PHASE_RESET_MIN:
		return engine->step_cycle > engine->cycle ?
		       engine->step_cycle - engine->cycle : 1;
	case RISER_PHASE_DRAINING:
		return 16;
	default:
		return UINT64_MAX;
	}
}

void riser_session_step(struct riser_engine *engine)
{
	__atomic_store_n(&engine->link->bridge->cycles, engine->cycle,
			 __ATOMIC_RELAXED);
	watch_stop(engine);
	if (!engine->is_over)
		watch_slot(engine);
	if (!engine->is_over)
		watch_kernel(engine);
	if (!engine->is_over && engine->is_attached)
		step_phase(engine);
	if (engine->is_over)
		return;
	if (engine->phase == RISER_PHASE_ATTACHING && engine->config.attach_ms &&
	    engine->now_ns - engine->attach_since_ns >
	    engine->config.attach_ms * 1000000ULL)
		riser_session_end(engine, RISER_END_NO_KERNEL,
				  "no kernel attached within %u ms: is the pciem module loaded on the driver's machine?",
				  engine->config.attach_ms);
	if (engine->config.progress &&
	    engine->now_ns - engine->progress_ns >= PROGRESS_NS) {
		engine->progress_ns = engine->now_ns;
		engine->tell_ns = engine->now_ns + PROGRESS_NS;
		engine->config.progress(engine->config.ctx,
					riser_session_state(engine),
					engine->cycle, engine->next_seq);
	}
}

void riser_session_linger(struct riser_engine *engine)
{
	uint64_t until_ns = riser_now_ns() + LINGER_NS;
	uint32_t state;

	if (!engine->is_attached || engine->result.end == RISER_END_LINK ||
	    engine->result.end == RISER_END_RING)
		return;
	riser_rx_discard(engine);
	/* as in reset: what still comes is read and goes nowhere */
	engine->phase = RISER_PHASE_RESET;
	do {
		state = kernel_word(&engine->link->kernel->state);
		if (riser_up_refresh(&engine->up) || riser_rx_drain(engine))
			break;
		if (kernel_word(&engine->link->kernel->epoch) != engine->epoch ||
		    state == PCIEM_KERNEL_FAILED ||
		    state == PCIEM_KERNEL_DETACHED ||
		    state == PCIEM_KERNEL_ABSENT)
			break;
		engine->link->ops->wait(engine->link, 1000000);
	} while (riser_now_ns() < until_ns);
	engine->phase = RISER_PHASE_OFF;
}
