// SPDX-License-Identifier: GPL-2.0
/* What looks after a link from time to time: its works, and where they run. */
#include <linux/cpumask.h>

#include "compat.h"
#include "link.h"

#define TRAP_WATCH_ROUNDS	10	/* of the watchdog: once a second */

static void drain_work_fn(struct work_struct *work)
{
	pciem_drain_and_poll(container_of(work, struct pciem_link, drain_work));
}

static void stall_work_fn(struct work_struct *work)
{
	pciem_drain(container_of(to_delayed_work(work), struct pciem_link, stall_work));
}

/* Accesses that are not trapped any more would be bad pointers: the card goes before them. */
static void watch_trap(struct pciem_link *link)
{
	if (++link->watchdog_rounds % TRAP_WATCH_ROUNDS || READ_ONCE(link->session) != PCIEM_SESSION_RUNNING ||
	    pciem_mmio_is_trapping(link))
		return;
	pr_err_ratelimited("pciem %s: register accesses are not seen any more: ftrace has been switched off, dmesg says why\n",
			   link->name);
	pciem_link_fail(link, PCIEM_REASON_TRAP);
}

/* Notices what no doorbell told: a killed bridge, a lost kick, an unanswered posted request. */
static void watchdog_fn(struct work_struct *work)
{
	struct pciem_link *link = container_of(to_delayed_work(work), struct pciem_link, watchdog);

	pciem_link_check_words(link);
	if (pciem_link_is_up(link)) {
		watch_trap(link);
		pciem_req_expire_detached(link);
		if (!pciem_ring_up_is_empty(link))
			pciem_drain(link);
	}
	if (!test_bit(PCIEM_LINKF_CLOSING, &link->flags) || READ_ONCE(link->session) != PCIEM_SESSION_IDLE)
		queue_delayed_work(system_wq, &link->watchdog, msecs_to_jiffies(PCIEM_WATCHDOG_MS));
}

void pciem_link_init_works(struct pciem_link *link)
{
	INIT_WORK(&link->drain_work, drain_work_fn);
	INIT_DELAYED_WORK(&link->stall_work, stall_work_fn);
	INIT_DELAYED_WORK(&link->watchdog, watchdog_fn);
}

/*
 * Without PREEMPT_COUNT no wait may sleep, as nobody knows whether a lock is held:
 * enumeration spins, and must not do so where the bridge of this machine runs.
 */
static bool waits_spin(void)
{
	return !IS_ENABLED(CONFIG_PREEMPT_COUNT);
}

struct workqueue_struct *pciem_link_make_wq(int id)
{
	if (waits_spin())
		return alloc_workqueue("pciem%d", WQ_PERCPU | WQ_CPU_INTENSIVE, 1, id);
	return alloc_ordered_workqueue("pciem%d", 0, id);
}

void pciem_link_queue_state(struct pciem_link *link)
{
	unsigned int cpu = cpumask_any_but(cpu_online_mask, READ_ONCE(link->bridge_cpu));

	if (waits_spin() && link->is_local && cpu < nr_cpu_ids)
		queue_work_on(cpu, link->wq, &link->state_work);
	else
		queue_work(link->wq, &link->state_work);
}
