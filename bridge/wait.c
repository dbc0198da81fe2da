// SPDX-License-Identifier: Apache-2.0
/*
 * Waking the kernel, and sleeping without missing it.
 *
 * Both sides use one protocol: who wants to sleep sets its need_kick, issues a
 * full fence and looks once more; who publishes issues a full fence and then
 * looks at the other's need_kick. One of the two must see the other's write.
 */
#define _GNU_SOURCE
#include "engine.h"

#include <sched.h>
#include <time.h>

#define NS_PER_S	1000000000ULL
#define LONG_YIELD_NS	200000ULL
#define CROWDED_NS	500000000ULL
#define MOST_SPIN_NS	800000ULL
#define FULL_SPINS	200
#define LINE_BYTES	64
#define MOST_IN_VAIN	1024
#define FULL_SLEEP_NS	100000ULL

/*
 * Store before load, which nothing weaker orders. A locked operation is one on
 * every machine that we run on, and the thread sanitizer, which knows no fences,
 * understands it.
 */
void riser_full_fence(void)
{
#ifdef __SANITIZE_THREAD__
	static uint32_t word;

	__atomic_fetch_add(&word, 0, __ATOMIC_SEQ_CST);
#else
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

uint64_t riser_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

void riser_kick(struct riser_engine *engine)
{
	int ret = engine->link->ops->kick(engine->link);

	engine->stats.kicks++;
	if (ret && !engine->is_over)
		riser_session_end(engine, RISER_END_LINK,
				  "the kernel cannot be woken up (error %d): the link is unusable",
				  -ret);
}

void riser_kick_if_needed(struct riser_engine *engine)
{
	const struct pciem_kernel_words *kernel = engine->link->kernel;
	uint32_t tail;

	/* pairs with the kernel's fence between need_kick and its last look */
	riser_full_fence();
	if (!__atomic_load_n(&kernel->need_kick, __ATOMIC_RELAXED)) {
		engine->kick_is_pending = false;
		return;
	}
	/*
	 * A kick is under way and nothing has been consumed since: that wake-up
	 * will find what was published just now as well.
	 */
	tail = __atomic_load_n(&kernel->up_tail, __ATOMIC_RELAXED);
	if (engine->kick_is_pending && tail == engine->kicked_tail)
		return;
	engine->kick_is_pending = true;
	engine->kicked_tail = tail;
	riser_kick(engine);
}

bool riser_rx_is_empty(const struct riser_engine *engine)
{
	int i;

	for (i = 0; i < RISER_NR_CLASSES; i++)
		if (engine->run.rx[i].head != engine->run.rx[i].tail)
			return false;
	return true;
}

bool riser_is_quiet(const struct riser_engine *engine)
{
	return !engine->nr_pending && !engine->nr_card_requests &&
	       riser_rx_is_empty(engine) && !engine->has_backlog &&
	       engine->phase == RISER_PHASE_UP &&
	       !(engine->faults && riser_fault_is_busy(engine));
}

bool riser_is_idle(const struct riser_engine *engine)
{
	return engine->config.idle == RISER_IDLE_STOP &&
	       engine->run.why & RISER_RUN_IDLE && riser_is_quiet(engine);
}

/* Has the kernel done anything since we looked last? */
static bool is_news(struct riser_engine *engine)
{
	const struct pciem_kernel_words *kernel = engine->link->kernel;

	return __atomic_load_n(&kernel->down_head, __ATOMIC_RELAXED) !=
	       engine->down.seen ||
	       __atomic_load_n(&kernel->state, __ATOMIC_RELAXED) !=
	       engine->kernel_state ||
	       __atomic_load_n(&engine->slot, __ATOMIC_RELAXED) !=
	       engine->seen_slot ||
	       __atomic_load_n(&engine->stop, __ATOMIC_RELAXED) >
	       (engine->is_leaving ? 1U : 0U);
}

/*
 * A register access is some 100 bytes in lines that the kernel's processor has
 * just written: they come while there is still something else to do.
 */
static void fetch_ahead(const struct riser_engine *engine)
{
	const struct riser_down *down = &engine->down;
	const uint8_t *at = down->base + (down->next & (down->bytes - 1));

	__builtin_prefetch(at);
	__builtin_prefetch(at + LINE_BYTES);
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

/*
 * On a machine with nothing else to do a yield costs next to nothing, and lets a
 * CPU of the guest run that waits for this one. On a busy machine it gives a whole
 * time slice to somebody who does not know us, while the driver's kernel burns its
 * own waiting: whoever was away so long keeps the processor for a while.
 */
static uint64_t give_way(struct riser_engine *engine, uint64_t now_ns)
{
	uint64_t since_ns = now_ns;

	if (now_ns < engine->crowded_ns) {
		relax();
		return riser_now_ns();
	}
	sched_yield();
	now_ns = riser_now_ns();
	if (now_ns - since_ns > LONG_YIELD_NS) {
		engine->crowded_ns = now_ns + CROWDED_NS;
		engine->stats.long_yields++;
	}
	return now_ns;
}

/* The time stays that of the last yield: with news a driver waits, and reading the clock costs 50 ns. */
static bool spin_for_news(struct riser_engine *engine)
{
	uint64_t end_ns;

	if (!engine->config.spin_us)
		return is_news(engine);
	end_ns = engine->now_ns + engine->spin_ns;
	do {
		if (is_news(engine)) {
			engine->in_vain = 0;
			engine->most_in_vain = RISER_LEAST_IN_VAIN;
			fetch_ahead(engine);
			return true;
		}
		engine->now_ns = give_way(engine, engine->now_ns);
	} while (engine->now_ns < end_ns);
	return is_news(engine);
}

uint64_t riser_next_spin_ns(uint64_t spin_ns, uint64_t least_ns,
			    uint64_t slept_ns)
{
	if (slept_ns > MOST_SPIN_NS)
		return least_ns;
	return spin_ns < MOST_SPIN_NS ? 2 * spin_ns : spin_ns;
}

bool riser_leave_processor(void)
{
	cpu_set_t allowed, others;
	int here = sched_getcpu();

	if (here < 0 || sched_getaffinity(0, sizeof(allowed), &allowed))
		return false;
	others = allowed;
	CPU_CLR(here, &others);
	if (!CPU_COUNT(&others) || sched_setaffinity(0, sizeof(others), &others))
		return false;
	/* there by now; what was allowed is allowed again */
	sched_setaffinity(0, sizeof(allowed), &allowed);
	return true;
}

/*
 * On a busy machine the scheduler may put this thread and the one that waits for it
 * on one processor, and leaves them there: whoever polls keeps the other from running,
 * and each access takes two sleeps while there is another processor. Nothing else
 * looks like polls that are all in vain and sleeps that all end with news.
 */
static void part_ways(struct riser_engine *engine)
{
	if (engine->now_ns >= engine->crowded_ns || ++engine->in_vain < engine->most_in_vain)
		return;
	engine->in_vain = 0;
	/* it may not be that after all: less often, until a poll is worth something */
	if (engine->most_in_vain < MOST_IN_VAIN)
		engine->most_in_vain *= 2;
	engine->stats.moves += riser_leave_processor();
}

static int sleep_for_news(struct riser_engine *engine, uint64_t timeout_ns)
{
	uint64_t since_ns = riser_now_ns(), slept_ns;
	int ret = engine->link->ops->wait(engine->link, timeout_ns);

	engine->now_ns = riser_now_ns();
	slept_ns = engine->now_ns - since_ns;

	/* a sleep that ended since its time was over says nothing about wake-ups */
	engine->spin_ns = riser_next_spin_ns(engine->spin_ns,
					     engine->config.spin_us * 1000ULL,
					     is_news(engine) ? slept_ns :
							       UINT64_MAX);
	if (engine->config.spin_us && is_news(engine))
		part_ways(engine);
	return ret;
}

void riser_sleep(struct riser_engine *engine, uint64_t timeout_ns)
{
	struct pciem_bridge_words *bridge = engine->link->bridge;
	int ret = 0;

	if (spin_for_news(engine))
		return;
	__atomic_store_n(&bridge->need_kick, 1, __ATOMIC_RELAXED);
	/* pairs with the kernel's fence between down_head and need_kick */
	riser_full_fence();
	if (!is_news(engine))
		ret = sleep_for_news(engine, timeout_ns);
	__atomic_store_n(&bridge->need_kick, 0, __ATOMIC_RELAXED);
	if (ret && !engine->is_over)
		riser_session_end(engine, RISER_END_LINK,
				  "waiting for the kernel fails (error %d): the link is unusable",
				  -ret);
}

void riser_wait_for_room(struct riser_engine *engine)
{
	const uint32_t *tail = &engine->link->kernel->up_tail;
	uint64_t since_ns = riser_now_ns();
	int i;

	engine->stats.full_stops++;
	/* whatever was kicked before did not help: try again */
	engine->kick_is_pending = false;
	riser_kick_if_needed(engine);
	for (i = 0; i < FULL_SPINS; i++) {
		if (__atomic_load_n(tail, __ATOMIC_RELAXED) != engine->up.seen)
			break;
		sched_yield();
	}
	/* a kernel that takes records does not kick for it: short sleeps */
	if (i == FULL_SPINS && !engine->is_over)
		engine->link->ops->wait(engine->link, FULL_SLEEP_NS);
	engine->stats.full_ns += riser_now_ns() - since_ns;
}

void riser_stood_still(struct riser_engine *engine, uint64_t since_ns)
{
	struct riser_stats *stats = &engine->stats;

	stats->idle_stops++;
	stats->idle_ns += engine->now_ns - since_ns;
	stats->skipped_cycles = (uint64_t)((double)stats->idle_ns * 1000 /
		(double)engine->card.info->clk_period_ps);
}

void riser_pace(struct riser_engine *engine)
{
	uint64_t due_ns, cycles = engine->cycle - engine->pace_cycle;

	if (engine->config.idle != RISER_IDLE_PACE || !riser_is_quiet(engine))
		return;
	due_ns = engine->pace_ns + (uint64_t)((double)cycles * 1e9 /
					      (double)engine->config.pace_hz);
	if (due_ns > engine->now_ns + 1000) {
		uint64_t since_ns = engine->now_ns;

		riser_sleep(engine, due_ns - since_ns);
		riser_stood_still(engine, since_ns);
	} else if (engine->now_ns > due_ns + 10000000) {
		/* late by more than 10 ms: never caught up, time moves on */
		engine->pace_ns = engine->now_ns;
		engine->pace_cycle = engine->cycle;
	}
}
