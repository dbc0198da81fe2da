// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for bench_card that measures what a driver waits for: reads, posted
 * writes, and the way from a write that asks for an interrupt to its handler, with
 * a CPU that sleeps and with one that reads registers meanwhile. Everything happens
 * in probe(); the figures are lines of the log, "riser_bench: NAME P50 P99 MIN", and
 * "riser_bench: own_cpu N NR 0": of NR interrupts that a CPU waited for by reading, N
 * had their handler there.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sort.h>

#define REG_CTRL	0x08
#define REG_IRQ		0x30
#define REG_SINCE	0x34
#define REG_SCRATCH	0x38
#define CTRL_COUNT	4
#define SLEEP_CYCLES	4000	/* about a millisecond */
#define NR_WARM		64
#define PATIENCE	1000000

static unsigned int rounds = 2000;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "samples of reads and writes; a tenth of them of interrupts");

static unsigned int pause_ms;
module_param(pause_ms, uint, 0444);
MODULE_PARM_DESC(pause_ms, "only reads, each after a pause of so many milliseconds");

struct bench {
	void __iomem *regs;
	u64 *sample;
	u64 handled_ns;
	bool counts;		/* the card counts cycles: the handler asks for them */
	u32 cycles;
	int handler_cpu;
	struct completion done;
};

static irqreturn_t bench_irq(int irq, void *ctx)
{
	struct bench *bench = ctx;

	if (bench->counts)
		bench->cycles = readl(bench->regs + REG_SINCE);
	bench->handler_cpu = smp_processor_id();
	WRITE_ONCE(bench->handled_ns, ktime_get_ns());
	complete(&bench->done);
	return IRQ_HANDLED;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void tell(struct bench *bench, const char *name, unsigned int nr)
{
	sort(bench->sample, nr, sizeof(*bench->sample), compare, NULL);
	pr_info("riser_bench: %s %llu %llu %llu\n", name, bench->sample[nr / 2],
		bench->sample[nr * 99 / 100], bench->sample[0]);
}

static void measure_clock(struct bench *bench)
{
	unsigned int i;
	u64 start;

	for (i = 0; i < rounds; i++) {
		start = ktime_get_ns();
		bench->sample[i] = ktime_get_ns() - start;
	}
	tell(bench, "clock", rounds);
}

/* The card has stood still before each: what it takes to wake it is in the figure. */
static void measure_wakes(struct bench *bench)
{
	unsigned int i;
	u64 start;

	for (i = 0; i < rounds; i++) {
		msleep(pause_ms);
		start = ktime_get_ns();
		readl(bench->regs + REG_SCRATCH);
		bench->sample[i] = ktime_get_ns() - start;
	}
	tell(bench, "wake", rounds);
}

static void measure_reads(struct bench *bench)
{
	unsigned int i;
	u64 start;

	for (i = 0; i < NR_WARM; i++)
		readl(bench->regs + REG_SCRATCH);
	for (i = 0; i < rounds; i++) {
		start = ktime_get_ns();
		readl(bench->regs + REG_SCRATCH);
		bench->sample[i] = ktime_get_ns() - start;
		if (!(i & 255))
			cond_resched();
	}
	tell(bench, "read", rounds);
}

/* What is posted before is worked off first: this is the way into the ring alone. */
static void measure_writes(struct bench *bench)
{
	unsigned int i;
	u64 start;

	for (i = 0; i < rounds; i++) {
		start = ktime_get_ns();
		writel(i, bench->regs + REG_SCRATCH);
		bench->sample[i] = ktime_get_ns() - start;
		readl(bench->regs + REG_SCRATCH);
		if (!(i & 255))
			cond_resched();
	}
	tell(bench, "write", rounds);
}

/* Nanoseconds for 1024 of the card's cycles, while it does nothing but count them. */
static u64 cycles_cost_ns(struct bench *bench)
{
	u32 from = readl(bench->regs + REG_SINCE);
	u64 start = ktime_get_ns();

	msleep(100);
	return div_u64((ktime_get_ns() - start) << 10, max(readl(bench->regs + REG_SINCE) - from, 1U));
}

/*
 * From the cycle in which the core takes the interrupt to the driver's handler, on CPUs
 * that have slept: the handler's first deed is to ask how many cycles that was.
 */
static int measure_delivery(struct bench *bench)
{
	unsigned int i, nr = rounds / 10;
	u64 cost_ns;

	writel(CTRL_COUNT, bench->regs + REG_CTRL);
	cost_ns = cycles_cost_ns(bench);
	WRITE_ONCE(bench->counts, true);
	for (i = 0; i < nr; i++) {
		reinit_completion(&bench->done);
		writel(SLEEP_CYCLES, bench->regs + REG_IRQ);
		if (!wait_for_completion_timeout(&bench->done, 5 * HZ))
			return -ETIMEDOUT;
		bench->sample[i] = bench->cycles * cost_ns >> 10;
	}
	WRITE_ONCE(bench->counts, false);
	writel(0, bench->regs + REG_CTRL);
	tell(bench, "interrupt_idle", nr);
	return 0;
}

/* From a write that asks for an interrupt, which may have to wake the card, to its handler. */
static int measure_interrupts(struct bench *bench, bool polls)
{
	unsigned int i, n, nr = rounds / 10, nr_here = 0;
	u64 start;

	for (i = 0; i < nr; i++) {
		reinit_completion(&bench->done);
		WRITE_ONCE(bench->handled_ns, 0);
		/* an idle guest is one that has slept */
		if (!polls)
			usleep_range(1000, 1200);
		writel(0, bench->regs + REG_IRQ);
		start = ktime_get_ns();
		for (n = 0; polls && n < PATIENCE && !READ_ONCE(bench->handled_ns); n++)
			readl(bench->regs + REG_SCRATCH);
		if (!wait_for_completion_timeout(&bench->done, 5 * HZ))
			return -ETIMEDOUT;
		/* the handler may have run before the write returned */
		bench->sample[i] = max_t(s64, READ_ONCE(bench->handled_ns) - start, 0);
		nr_here += bench->handler_cpu == raw_smp_processor_id();
	}
	tell(bench, polls ? "interrupt_polling" : "interrupt_asked", nr);
	if (polls)
		pr_info("riser_bench: own_cpu %u %u 0\n", nr_here, nr);
	return 0;
}

static int measure(struct bench *bench)
{
	int ret;

	if (pause_ms) {
		measure_wakes(bench);
		return 0;
	}
	measure_clock(bench);
	measure_reads(bench);
	measure_writes(bench);
	ret = measure_delivery(bench);
	if (!ret)
		ret = measure_interrupts(bench, false);
	if (!ret)
		ret = measure_interrupts(bench, true);
	return ret;
}

static int bench_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct bench *bench = devm_kzalloc(&pdev->dev, sizeof(*bench), GFP_KERNEL);
	int ret;

	if (!bench || rounds < 100 || rounds > 1000000)
		return -EINVAL;
	init_completion(&bench->done);
	bench->sample = devm_kcalloc(&pdev->dev, rounds, sizeof(*bench->sample), GFP_KERNEL);
	if (!bench->sample)
		return -ENOMEM;
	ret = pcim_enable_device(pdev);
	if (!ret)
		ret = pcim_iomap_regions(pdev, 1, "riser_bench");
	if (ret)
		return ret;
	bench->regs = pcim_iomap_table(pdev)[0];
	pci_set_master(pdev);
	ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX);
	if (ret < 0)
		return ret;
	ret = request_irq(pci_irq_vector(pdev, 0), bench_irq, 0, "riser_bench", bench);
	if (ret)
		goto err_vectors;
	ret = measure(bench);
	pr_info("riser_bench: done %d\n", ret);
	free_irq(pci_irq_vector(pdev, 0), bench);
err_vectors:
	pci_free_irq_vectors(pdev);
	/* nothing is left to drive */
	return ret ? ret : -ENODEV;
}

static const struct pci_device_id bench_ids[] = {
	{ PCI_DEVICE(0xf1ac, 0x00be) },
	{ }
};
MODULE_DEVICE_TABLE(pci, bench_ids);

static struct pci_driver bench_driver = {
	.name = "riser_bench",
	.id_table = bench_ids,
	.probe = bench_probe,
};
module_pci_driver(bench_driver);

MODULE_DESCRIPTION("measures what a driver of bench_card waits for");
MODULE_LICENSE("GPL");
