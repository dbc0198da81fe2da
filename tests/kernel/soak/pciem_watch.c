// SPDX-License-Identifier: GPL-2.0
/*
 * Watches how long accesses to a card take while its bridge is killed or stopped:
 * return probes on what pciem.ko does for each access, whatever driver asked, and
 * a thread on CPU 0 that spins and knows the longest time for which it did not run.
 * A gap in which CPU 0 had an access is not one: it would excuse itself. With
 * rest_ms it spins for 10 ms and sleeps for that long, by turns: a long run need
 * not take a CPU of the host for all its time.
 *
 * /sys/module/pciem_watch/parameters/
 *	accesses, stall_us	how many, and the slowest
 *	stall_over, limit_us	how many took longer than limit_us
 *	gap_us			longest gap of the thread
 *	missed			accesses that no probe was free for
 *	dead			"1": reads the card's BAR0 until 10,000 reads gave
 *				all-ones, every other one with interrupts off
 *	dead_us			how long these took, from the first one's start
 *	reads			N: N such reads, 5 ms apart, at most 8 of them all-ones
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/percpu.h>

#define NR_DEAD_READS	10000
#define DEAD_MAX_NS	(60 * (u64)NSEC_PER_SEC)
#define SPIN_MS		10
/* Accesses at the same time: tasks that sleep in one, and interrupts above them. */
#define NR_INSTANCES	128

static atomic64_t accesses, stall_us, stall_over, gap_us;
static uint limit_us = UINT_MAX, dead_us, rest_ms;
static DEFINE_PER_CPU(unsigned long, nr_accesses);
static struct task_struct *spinner;

static int get_counter(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%lld\n", (long long)atomic64_read(kp->arg));
}

static int set_counter(const char *val, const struct kernel_param *kp)
{
	s64 n;
	int ret = kstrtos64(val, 0, &n);

	if (!ret)
		atomic64_set(kp->arg, n);
	return ret;
}
static const struct kernel_param_ops counter_ops = { .get = get_counter, .set = set_counter };

module_param_cb(accesses, &counter_ops, &accesses, 0600);
module_param_cb(stall_us, &counter_ops, &stall_us, 0600);
module_param_cb(stall_over, &counter_ops, &stall_over, 0600);
module_param_cb(gap_us, &counter_ops, &gap_us, 0600);
module_param(limit_us, uint, 0600);
module_param(dead_us, uint, 0400);
module_param(rest_ms, uint, 0400);

static void keep_largest(atomic64_t *largest, s64 us)
{
	s64 old = atomic64_read(largest);

	while (us > old && !atomic64_try_cmpxchg(largest, &old, us))
		;
}

/* ---- accesses ---- */

static int on_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*(u64 *)ri->data = ktime_get_mono_fast_ns();
	this_cpu_inc(nr_accesses);
	return 0;
}

static int on_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	s64 us = div_u64(ktime_get_mono_fast_ns() - *(u64 *)ri->data, NSEC_PER_USEC);

	this_cpu_inc(nr_accesses);
	atomic64_inc(&accesses);
	if (us > limit_us)
		atomic64_inc(&stall_over);
	keep_largest(&stall_us, us);
	return 0;
}

#define PROBE(name) {				\
	.kp.symbol_name = name,			\
	.entry_handler = on_entry,		\
	.handler = on_return,			\
	.data_size = sizeof(u64),		\
	.maxactive = NR_INSTANCES,		\
}
static struct kretprobe probe[] = {
	PROBE("pciem_req_mem_read"), PROBE("pciem_req_mem_write"),
	PROBE("pciem_req_cfg_read"), PROBE("pciem_req_cfg_write"),
	PROBE("pciem_req_plain_read"), PROBE("pciem_req_plain_write"),
};
static struct kretprobe *probes[] = { &probe[0], &probe[1], &probe[2], &probe[3], &probe[4], &probe[5] };

static int get_missed(char *buf, const struct kernel_param *kp)
{
	unsigned int i, sum = 0;

	for (i = 0; i < ARRAY_SIZE(probe); i++)
		sum += probe[i].nmissed;
	return sysfs_emit(buf, "%u\n", sum);
}
static const struct kernel_param_ops missed_ops = { .get = get_missed };
module_param_cb(missed, &missed_ops, NULL, 0400);

/* ---- the spinning thread ---- */

static int spin(void *arg)
{
	u64 last_ns = ktime_get_mono_fast_ns(), now_ns, rested_ns = last_ns;
	unsigned long last = 0, now;

	while (!kthread_should_stop()) {
		if (rest_ms && last_ns - rested_ns > SPIN_MS * NSEC_PER_MSEC) {
			msleep(rest_ms);
			last_ns = rested_ns = ktime_get_mono_fast_ns();
			last = this_cpu_read(nr_accesses);
		}
		now = this_cpu_read(nr_accesses);
		now_ns = ktime_get_mono_fast_ns();
		if (now == last)
			keep_largest(&gap_us, div_u64(now_ns - last_ns, NSEC_PER_USEC));
		last = now;
		last_ns = now_ns;
		cond_resched();
		cpu_relax();
	}
	return 0;
}

/* ---- reads of a dead card ---- */

/* The BAR stays mapped when the card goes: pciem answers a dead window itself. */
static void __iomem *map_card(void)
{
	void __iomem *regs = NULL;
	struct pci_dev *pdev = NULL;

	while (!regs && (pdev = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, pdev)))
		if (pci_domain_nr(pdev->bus) && pdev->bus->number)
			regs = ioremap(pci_resource_start(pdev, 0), PAGE_SIZE);
	pci_dev_put(pdev);
	return regs;
}

static u32 read_once(void __iomem *regs, bool irqs_off)
{
	unsigned long flags;
	u32 v;

	if (!irqs_off)
		return readl(regs);
	local_irq_save(flags);
	v = readl(regs);
	local_irq_restore(flags);
	return v;
}

static int set_dead(const char *val, const struct kernel_param *kp)
{
	u64 begin_ns = ktime_get_mono_fast_ns(), first_ns = 0, start_ns;
	void __iomem *regs = map_card();
	unsigned int nr = 0, ones = 0;

	if (!regs)
		return -ENODEV;
	while (ones < NR_DEAD_READS && ktime_get_mono_fast_ns() - begin_ns < DEAD_MAX_NS) {
		start_ns = ktime_get_mono_fast_ns();
		if (read_once(regs, nr++ & 1) == ~0u && !ones++)
			first_ns = start_ns;
		cond_resched();
	}
	iounmap(regs);
	dead_us = div_u64(ktime_get_mono_fast_ns() - first_ns, NSEC_PER_USEC);
	return ones == NR_DEAD_READS ? 0 : -ETIME;
}
static const struct kernel_param_ops dead_ops = { .set = set_dead };
module_param_cb(dead, &dead_ops, NULL, 0200);

static int set_reads(const char *val, const struct kernel_param *kp)
{
	void __iomem *regs = map_card();
	unsigned int n, ones = 0;
	int ret = regs ? kstrtouint(val, 0, &n) : -ENODEV;

	while (!ret && n-- && ones < 8) {
		ones += read_once(regs, n & 1) == ~0u;
		usleep_range(5000, 6000);
	}
	if (regs)
		iounmap(regs);
	return ret;
}
static const struct kernel_param_ops reads_ops = { .set = set_reads };
module_param_cb(reads, &reads_ops, NULL, 0200);

static int __init watch_init(void)
{
	int ret = register_kretprobes(probes, ARRAY_SIZE(probes));

	if (ret)
		return ret;
	spinner = kthread_create(spin, NULL, "pciem_watch");
	if (IS_ERR(spinner)) {
		unregister_kretprobes(probes, ARRAY_SIZE(probes));
		return PTR_ERR(spinner);
	}
	kthread_bind(spinner, 0);
	wake_up_process(spinner);
	return 0;
}

static void __exit watch_exit(void)
{
	kthread_stop(spinner);
	unregister_kretprobes(probes, ARRAY_SIZE(probes));
}

module_init(watch_init);
module_exit(watch_exit);
MODULE_DESCRIPTION("measures how long accesses to a card take");
MODULE_LICENSE("GPL");
