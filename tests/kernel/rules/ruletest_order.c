// SPDX-License-Identifier: GPL-2.0
/* Ordering litmus tests between the card and two CPUs; coherence. */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "ruletest.h"

#define LITMUS_BYTES	(4 * MPS_BYTES)
#define ORDER_WRITES	4000	/* of each CPU, at least */
#define ORDER_HANDOVERS	50
#define CPU_A	0
#define CPU_B	1

static struct task_struct *start_on(int cpu, int (*fn)(void *), void *arg)
{
	struct task_struct *task = kthread_create(fn, arg, "ruletest/%d", cpu);

	if (!IS_ERR(task)) {
		kthread_bind(task, cpu);
		wake_up_process(task);
	}
	return task;
}

/* Reads and so drains what the card sends, for others too. */
static int drainer(void *arg)
{
	struct ruletest *rt = arg;

	while (!kthread_should_stop()) {
		readl(rt->bar + REG_ID);
		cond_resched();
	}
	return 0;
}

static unsigned int count_old(const u32 *mem, u32 generation)
{
	unsigned int i, nr = 0;

	for (i = 0; i < LITMUS_BYTES / 4; i++)
		nr += READ_ONCE(mem[i]) != generation;
	return nr;
}

/*
 * ORD-11: the card writes 512 bytes and then completes the read. When readl()
 * returns they are there, whoever of two CPUs took them off the ring.
 */
static bool ord_11(struct ruletest *rt)
{
	dma_addr_t bus;
	u32 *mem = dma_alloc_coherent(&rt->pdev->dev, LITMUS_BYTES, &bus, GFP_KERNEL);
	struct task_struct *task;
	unsigned int i;
	bool ok = true;

	if (!mem)
		return ruletest_equal(rt, "memory", 0, 1);
	writeq(bus, rt->bar + REG_DMA_ADDR);
	writel(LITMUS_BYTES, rt->bar + REG_DMA_BYTES);
	for (i = 0; ok && i < 500; i++)
		ok = ruletest_equal(rt, "dwords that came after the completion",
				    count_old(mem, readl(rt->bar + REG_GENERATION)), 0);
	task = start_on(CPU_B, drainer, rt);
	if (IS_ERR(task))
		ok = ruletest_equal(rt, "thread", 0, 1);
	for (i = 0; ok && i < 1500; i++)
		ok = ruletest_equal(rt, "dwords that came after the completion, with a second CPU",
				    count_old(mem, readl(rt->bar + REG_GENERATION)), 0);
	if (!IS_ERR(task))
		kthread_stop(task);
	dma_free_coherent(&rt->pdev->dev, LITMUS_BYTES, mem, bus);
	return ok;
}

struct filling {
	u32 *mem;
	u32 value;
};

static void fill(void *arg)
{
	const struct filling *f = arg;
	unsigned int i;

	for (i = 0; i < LITMUS_BYTES / 4; i++)
		WRITE_ONCE(f->mem[i], f->value + i);
}

static bool buffer_is_filled(struct ruletest *rt, u32 value)
{
	static const unsigned int at[] = { 0, 1, MPS_BYTES / 4 - 1, LITMUS_BYTES / 8, LITMUS_BYTES / 4 - 1 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(at); i++)
		if (!ruletest_equal(rt, "dword that the card read", readl(rt->bar + REG_BUFFER + 4 * at[i]),
				    value + at[i]))
			return false;
	return true;
}

/* ORD-12: another CPU writes the memory, this one rings the doorbell, the card reads. */
static bool ord_12(struct ruletest *rt)
{
	struct device *dev = &rt->pdev->dev;
	dma_addr_t bus;
	struct filling f = { .mem = dma_alloc_coherent(dev, LITMUS_BYTES, &bus, GFP_KERNEL) };
	unsigned int i;
	bool ok = true;

	if (!f.mem)
		return ruletest_equal(rt, "memory", 0, 1);
	for (i = 1; ok && i <= 400; i++) {
		f.value = i << 16;
		if (smp_call_function_single(i & 1 ? CPU_B : CPU_A, fill, &f, true))
			ok = ruletest_equal(rt, "call on another CPU", 0, 1);
		wmb();
		ok = ok && ruletest_equal(rt, "fetch", ruletest_command(rt, CMD_FETCH, bus, LITMUS_BYTES),
					  STATUS_DONE) &&
		     buffer_is_filled(rt, f.value);
	}
	dma_free_coherent(dev, LITMUS_BYTES, f.mem, bus);
	return ok;
}

static DEFINE_SPINLOCK(order_lock);
static u32 order_next;
static unsigned int order_handovers;
static bool order_done;
static int order_last_cpu;

static int order_writer(void *arg)
{
	struct ruletest *rt = arg;
	unsigned int i;

	for (i = 0; i < ORDER_WRITES || !READ_ONCE(order_done); i++) {
		spin_lock(&order_lock);
		writel(++order_next, rt->bar + REG_ORDER);
		order_handovers += order_last_cpu != smp_processor_id();
		order_last_cpu = smp_processor_id();
		spin_unlock(&order_lock);
		if (!(i % 64))
			usleep_range(50, 100);
	}
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

/* ORD-13: two CPUs count up in one register under one lock; the card looks at the order. */
static bool ord_13(struct ruletest *rt)
{
	u32 errors = readl(rt->bar + REG_ORDER_ERRORS);
	struct task_struct *a, *b;
	unsigned int ms;

	WRITE_ONCE(order_done, false);
	order_next = readl(rt->bar + REG_ORDER);
	order_handovers = 0;
	a = start_on(CPU_A, order_writer, rt);
	b = start_on(CPU_B, order_writer, rt);
	if (IS_ERR(a) || IS_ERR(b))
		return ruletest_equal(rt, "threads", 0, 2);	/* one that runs ends with the guest */
	for (ms = 0; READ_ONCE(order_handovers) < ORDER_HANDOVERS && ms < 30000; ms++)
		msleep(1);
	WRITE_ONCE(order_done, true);
	kthread_stop(a);
	kthread_stop(b);
	if (order_handovers < ORDER_HANDOVERS)
		return ruletest_equal(rt, "times that the lock changed hands", order_handovers,
				      ORDER_HANDOVERS);
	return ruletest_equal(rt, "last number", readl(rt->bar + REG_ORDER), order_next) &&
	       ruletest_equal(rt, "numbers out of order", readl(rt->bar + REG_ORDER_ERRORS) - errors, 0);
}

struct watch {
	const u32 *mem;
	unsigned int caught, wrong;
};

/* Looks at a later dword first: an earlier one must not be older. */
static int watcher(void *arg)
{
	struct watch *w = arg;
	unsigned int hi = MPS_BYTES / 4 - 1, lo = 0, i = 0;
	u32 late, early, again;

	while (!kthread_should_stop()) {
		late = READ_ONCE(w->mem[hi]);
		smp_rmb();
		early = READ_ONCE(w->mem[lo]);
		smp_rmb();
		again = READ_ONCE(w->mem[hi]);
		if ((s32)(early - late) < 0)
			w->wrong++;
		else if (early != late && again == late)
			w->caught++;	/* in the middle of a write */
		if (++i % 4096)
			continue;
		hi = MPS_BYTES / 4 - 1 - i / 4096 % 8;
		lo = i / 4096 % 16;
		cond_resched();
	}
	return 0;
}

/* ORD-15: one TLP of 128 bytes, watched by another CPU while it is written. */
static bool ord_15(struct ruletest *rt)
{
	struct device *dev = &rt->pdev->dev;
	unsigned long end = jiffies + 30 * HZ;
	dma_addr_t bus;
	u32 *mem = dma_alloc_coherent(dev, MPS_BYTES, &bus, GFP_KERNEL);
	struct watch w = { .mem = mem };
	struct task_struct *task;
	unsigned int i = 0;

	if (!mem)
		return ruletest_equal(rt, "memory", 0, 1);
	writeq(bus, rt->bar + REG_DMA_ADDR);
	writel(MPS_BYTES, rt->bar + REG_DMA_BYTES);
	readl(rt->bar + REG_GENERATION);
	task = start_on(CPU_B, watcher, &w);
	if (!IS_ERR(task)) {
		while (time_before(jiffies, end) && (i < 3000 || READ_ONCE(w.caught) < 3)) {
			readl(rt->bar + REG_GENERATION);
			if (!(++i % 64))
				cond_resched();
		}
		kthread_stop(task);
	}
	dma_free_coherent(dev, MPS_BYTES, mem, bus);
	pr_info("ruletest: value ord_15 %u writes, %u caught in the act\n", i, w.caught);
	return ruletest_equal(rt, "times that a later dword came first", w.wrong, 0) &&
	       ruletest_equal(rt, "caught in the act", w.caught > 0, 1);
}

/* ATT-05: what the driver sees and what the card sees is the same, whatever the attributes. */
static bool att_05(struct ruletest *rt)
{
	struct device *dev = &rt->pdev->dev;
	dma_addr_t bus;
	struct filling f = { .mem = dma_alloc_coherent(dev, LITMUS_BYTES, &bus, GFP_KERNEL) };
	unsigned int i;
	bool ok = true;

	if (!f.mem)
		return ruletest_equal(rt, "memory", 0, 1);
	for (i = 0; ok && i < 300; i++) {
		writel(1 + i % 3, rt->bar + REG_ATTR);
		f.value = (i + 1) << 16;
		fill(&f);
		wmb();
		ok = ruletest_equal(rt, "fetch", ruletest_command(rt, CMD_FETCH, bus, LITMUS_BYTES),
				    STATUS_DONE) &&
		     buffer_is_filled(rt, f.value) &&
		     ruletest_equal(rt, "dwords that the driver does not see",
				    count_old(f.mem, readl(rt->bar + REG_GENERATION)), 0);
	}
	writel(0, rt->bar + REG_ATTR);
	dma_free_coherent(dev, LITMUS_BYTES, f.mem, bus);
	return ok;
}

const struct ruletest_case ruletest_order_cases[] = {
	{ "ORD-11", ord_11 },
	{ "ORD-12", ord_12 },
	{ "ORD-13", ord_13 },
	{ "ORD-15", ord_15 },
	{ "ATT-05", att_05 },
	{ }
};
