// SPDX-License-Identifier: GPL-2.0
/* Every context in which a driver may touch a register. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/objtool.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "trap.h"

static struct trap *card;	/* for callbacks without an argument */
static struct completion called;
static u32 value;

static const char *id(u32 seen)
{
	return trap_expect("id", seen, TRAP_ID_VALUE);
}

static const char *process(struct trap *t)
{
	return id(readl(t->regs));
}

static const char *spinlock_irq_off(struct trap *t)
{
	static DEFINE_SPINLOCK(lock);
	unsigned long flags;
	bool still_off;
	u32 v;

	spin_lock_irqsave(&lock, flags);
	v = readl(t->regs);
	writel(1, t->regs + TRAP_SCRATCH);
	still_off = irqs_disabled();
	spin_unlock_irqrestore(&lock, flags);
	/* on PREEMPT_RT such a lock leaves interrupts on */
	return id(v) ?: trap_expect("interrupts off", still_off, !IS_ENABLED(CONFIG_PREEMPT_RT));
}

static const char *bottom_half_off(struct trap *t)
{
	u32 v;

	local_bh_disable();
	v = readl(t->regs);
	local_bh_enable();
	return id(v);
}

static const char *preempt_off(struct trap *t)
{
	u32 v;

	preempt_disable();
	v = readl(t->regs);
	preempt_enable();
	return id(v);
}

static const char *rcu_reader(struct trap *t)
{
	u32 v;

	rcu_read_lock();
	v = readl(t->regs);
	rcu_read_unlock();
	return id(v);
}

/* As in wait_event(): a task about to sleep reads a register. */
static const char *prepared_to_sleep(struct trap *t)
{
	unsigned int state;
	u32 v;

	set_current_state(TASK_UNINTERRUPTIBLE);
	v = readl(t->regs);
	state = pciem_task_state(current);
	__set_current_state(TASK_RUNNING);
	return id(v) ?: trap_expect("task state", state, TASK_UNINTERRUPTIBLE);
}

static void on_timer(struct timer_list *unused)
{
	value = readl(card->regs);
	complete(&called);
}

static void on_work(struct work_struct *unused)
{
	value = readl(card->regs);
	complete(&called);
}

static void on_irq_work(struct irq_work *unused)
{
	value = in_hardirq() ? readl(card->regs) : 0;
	complete(&called);
}

static void arm(struct trap *t)
{
	card = t;
	value = 0;
	init_completion(&called);
}

static const char *answer(void)
{
	if (!wait_for_completion_timeout(&called, 5 * HZ))
		return "never ran";
	return id(value);
}

static const char *softirq_timer(struct trap *t)
{
	static struct timer_list timer;
	const char *why;

	arm(t);
	/* on this CPU: one that came on top of the bridge would read its own card */
	timer_setup(&timer, on_timer, TIMER_PINNED);
	mod_timer(&timer, jiffies + 1);
	why = answer();
	while (timer_pending(&timer))
		msleep(1);
	return why;
}

static const char *work_item(struct trap *t)
{
	struct work_struct work;
	const char *why;

	arm(t);
	INIT_WORK_ONSTACK(&work, on_work);
	schedule_work(&work);
	why = answer();
	flush_work(&work);
	destroy_work_on_stack(&work);
	return why;
}

static const char *hardirq(struct trap *t)
{
	static struct irq_work work;
	const char *why;

	arm(t);
	work = IRQ_WORK_INIT_HARD(on_irq_work);
	irq_work_queue(&work);
	why = answer();
	irq_work_sync(&work);
	return why;
}

static atomic_t ticks, wrong;
static u64 period_ns;

static enum hrtimer_restart on_tick(struct hrtimer *timer)
{
	atomic_inc(&ticks);
	if (readl(card->regs) != TRAP_ID_VALUE)
		atomic_inc(&wrong);
	hrtimer_forward_now(timer, ns_to_ktime(period_ns));
	return HRTIMER_RESTART;
}

/*
 * An interrupt handler reads while the task it interrupts waits in a read. The
 * period leaves the task a chance, however slow the card is today.
 */
static const char *nested(struct trap *t)
{
	static struct hrtimer timer;
	unsigned long end = jiffies + 10 * HZ;
	u32 bad = 0;

	arm(t);
	atomic_set(&ticks, 0);
	atomic_set(&wrong, 0);
	period_ns = ktime_get_ns();
	preempt_disable();
	bad = readl(t->regs) != TRAP_ID_VALUE;
	preempt_enable();
	period_ns = max_t(u64, 300000, 3 * (ktime_get_ns() - period_ns));

	pciem_hrtimer_setup(&timer, on_tick, CLOCK_MONOTONIC,
			    HRTIMER_MODE_REL_PINNED_HARD);
	hrtimer_start(&timer, ns_to_ktime(period_ns), HRTIMER_MODE_REL_PINNED_HARD);
	while (time_before(jiffies, end) && atomic_read(&ticks) < 200) {
		preempt_disable();
		bad += readl(t->regs) != TRAP_ID_VALUE;
		preempt_enable();
		cond_resched();
	}
	hrtimer_cancel(&timer);
	return trap_expect("wrong in task", bad, 0) ?:
	       trap_expect("wrong in handler", atomic_read(&wrong), 0) ?:
	       (atomic_read(&ticks) < 10 ? "the handler hardly ran" : NULL);
}

extern u8 pciem_trap_probed[];

static noinline __noclone u32 probed_read(void __iomem *addr)
{
	u32 v;

	asm volatile(ANNOTATE_NOENDBR "\n"
		     ".globl pciem_trap_probed\n"
		     "pciem_trap_probed:\n"
		     "	movl (%1), %0\n"
		     : "=r" (v) : "r" (addr) : "memory");
	return v;
}

static atomic_t probe_hits;

static int on_probe(struct kprobe *kp, struct pt_regs *regs)
{
	atomic_inc(&probe_hits);
	return 0;
}

/* A kprobe on the very instruction: its first byte is an INT3. */
static const char *kprobe_on_read(struct trap *t)
{
	struct kprobe kp = {
		.addr = (kprobe_opcode_t *)pciem_trap_probed,
		.pre_handler = on_probe,
	};
	u32 v, before;

	if (register_kprobe(&kp))
		return "cannot set the kprobe";
	atomic_set(&probe_hits, 0);
	trap_requests(t);
	v = probed_read(t->regs);
	before = trap_requests(t);
	unregister_kprobe(&kp);
	return id(v) ?: trap_expect("kprobe hits", atomic_read(&probe_hits), 1) ?:
	       trap_expect("TLPs", before, 1);
}

static const char *many(struct trap *t)
{
	unsigned int i;

	for (i = 0; i < 2000; i++)
		if (readl(t->regs) != TRAP_ID_VALUE)
			return "one of 2000 reads is wrong";
	return NULL;
}

/* Writes cross once each. */
static const char *once(struct trap *t)
{
	u32 before = readl(t->regs + TRAP_WRITES);
	unsigned int i;

	for (i = 0; i < 500; i++)
		writel(i, t->regs + TRAP_SCRATCH);
	return trap_expect("last value", readl(t->regs + TRAP_SCRATCH), 499) ?:
	       trap_expect("writes", readl(t->regs + TRAP_WRITES) - before, 500);
}

const struct trap_case trap_context_cases[] = {
	{ "process", process },
	{ "spinlock_irq_off", spinlock_irq_off },
	{ "bottom_half_off", bottom_half_off },
	{ "preempt_off", preempt_off },
	{ "rcu_reader", rcu_reader },
	{ "prepared_to_sleep", prepared_to_sleep },
	{ "softirq_timer", softirq_timer },
	{ "work_item", work_item },
	{ "hardirq", hardirq },
	{ "nested", nested },
	{ "kprobe_on_read", kprobe_on_read },
	{ "many", many },
	{ "once", once },
	{ }
};
