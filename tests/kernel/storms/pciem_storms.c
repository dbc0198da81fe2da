// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the card in C (tests/kernel/fakecard.c) that reads its registers all
 * the time, and lets it send storms of interrupts. What it saw is in
 * /sys/module/pciem_storms/parameters; a storm is asked for there.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#define CARD_ID		0x454b4146
#define CARD_VECTORS	8
#define REG_ID		0x00
#define REG_SCRATCH	0x08
#define REG_DMA_ADDR	0x10
#define REG_COMMAND	0x1c
#define REG_SENT	0x80	/* messages of each vector so far */

#define CMD_VECTOR	0x100
#define CMD_STORM	0x600
#define CMD_DEAF_STORM	0x700
#define CMD_END_STORM	0x800
#define ALL_VECTORS	0xff

static bool traffic;
module_param(traffic, bool, 0400);

static ulong reads, wrong, ones, probes;
module_param(reads, ulong, 0400);
module_param(wrong, ulong, 0400);	/* neither what is there nor all-ones */
module_param(ones, ulong, 0400);
module_param(probes, ulong, 0400);	/* that ended well */

struct storms_vector {
	unsigned int irq;
	u32 runs;		/* of the handler */
	u32 news;		/* what it found in memory the last time */
	const u32 *mem;		/* how many messages the card had sent when it ended its storm */
};

/* One card at a time. */
static struct {
	struct pci_dev *pdev;
	void __iomem *regs;
	struct task_struct *reader;
	u32 *mem;
	dma_addr_t bus;
	struct storms_vector vector[CARD_VECTORS];
} st;
static DEFINE_MUTEX(lock);	/* @st is there, or not */

static irqreturn_t on_irq(int irq, void *arg)
{
	struct storms_vector *v = arg;

	WRITE_ONCE(v->news, READ_ONCE(*v->mem));
	WRITE_ONCE(v->runs, v->runs + 1);
	return IRQ_HANDLED;
}

static bool is_quiet(const u32 *before)
{
	unsigned int i;

	for (i = 0; i < CARD_VECTORS; i++)
		if (READ_ONCE(st.vector[i].runs) != before[i])
			return false;
	return true;
}

/* Until nothing has run for a while; all that the card has sent is on its way already. */
static void settle(void)
{
	unsigned int i, tries;
	u32 before[CARD_VECTORS];

	for (tries = 0; tries < 100; tries++) {
		for (i = 0; i < CARD_VECTORS; i++)
			before[i] = READ_ONCE(st.vector[i].runs);
		readl(st.regs + REG_ID);	/* behind what was sent before */
		msleep(50);
		if (is_quiet(before))
			return;
	}
}

static u32 sent(unsigned int i)
{
	return readl(st.regs + REG_SENT + 4 * i);
}

struct storm {
	unsigned int first, end, ms;
	u32 command;
	bool is_masked;
	u32 runs[CARD_VECTORS], sent[CARD_VECTORS];	/* before it */
	u64 messages, handled;
	u64 ns;
	unsigned int too_many, lost;
};

/* No run without a message of its own: what has run is looked at before what was sent. */
static void look_at_vector(struct storm *s, unsigned int i)
{
	u32 runs = READ_ONCE(st.vector[i].runs) - s->runs[i];

	if (runs > sent(i) - s->sent[i])
		s->too_many++;
}

static void storm_blows(struct storm *s)
{
	u64 start = ktime_get_ns();
	unsigned int i;

	/* the counters are there from the first storm on */
	writel(s->command, st.regs + REG_COMMAND);
	while (ktime_get_ns() - start < (u64)s->ms * NSEC_PER_MSEC) {
		msleep(20);
		for (i = s->first; i < s->end; i++)
			look_at_vector(s, i);
	}
	writel(CMD_END_STORM, st.regs + REG_COMMAND);
	for (i = s->first; i < s->end; i++)
		s->messages += sent(i) - s->sent[i];
	s->ns = ktime_get_ns() - start;
}

/* The storm's last message came with news: who handles it has seen it (no message is lost). */
static void count_lost(struct storm *s)
{
	unsigned int i;

	for (i = s->first; i < s->end; i++) {
		struct storms_vector *v = &st.vector[i];

		look_at_vector(s, i);
		s->handled += v->runs - s->runs[i];
		if (v->news != READ_ONCE(*v->mem) || *v->mem != sent(i))
			s->lost++;
	}
}

/* After it, a message is a run: one, and of its own vector. */
static unsigned int wrong_single_runs(void)
{
	unsigned int i, k, bad = 0;
	u32 before[CARD_VECTORS];

	for (i = 0; i < CARD_VECTORS; i++) {
		for (k = 0; k < CARD_VECTORS; k++)
			before[k] = READ_ONCE(st.vector[k].runs);
		writel(CMD_VECTOR + i, st.regs + REG_COMMAND);
		settle();
		before[i]++;
		if (!is_quiet(before))
			bad++;
	}
	return bad;
}

/*
 * With the vector disabled by its driver: no run until it is enabled, then one at most
 * that was kept.
 */
static int masked_storm(struct storm *s)
{
	struct storms_vector *v = &st.vector[s->first];
	u32 runs, runs_while, kept, sent_at;

	disable_irq(v->irq);
	runs = READ_ONCE(v->runs);
	storm_blows(s);
	settle();
	runs_while = READ_ONCE(v->runs) - runs;
	sent_at = sent(s->first);
	enable_irq(v->irq);
	settle();
	count_lost(s);
	/* a card that minds its mask bit sends what it has kept itself when that is cleared */
	kept = READ_ONCE(v->runs) - runs - runs_while;
	pr_info("storms: value while_disabled %u runs of %llu messages, %u after enable, of which %u are messages sent then\n",
		runs_while, s->messages, kept, sent(s->first) - sent_at);
	if (runs_while || !kept || kept > 1 + (sent(s->first) - sent_at))
		return -EIO;
	return 0;
}

static int blow(struct storm *s)
{
	unsigned int i, single;
	int ret = 0;

	writel(s->command, st.regs + REG_COMMAND);	/* the counters are there from now on */
	writel(CMD_END_STORM, st.regs + REG_COMMAND);
	settle();
	for (i = 0; i < CARD_VECTORS; i++) {
		s->runs[i] = READ_ONCE(st.vector[i].runs);
		s->sent[i] = sent(i);
	}
	if (s->is_masked) {
		ret = masked_storm(s);
	} else {
		storm_blows(s);
		settle();
		count_lost(s);
	}
	single = wrong_single_runs();
	pr_info("storms: value storm %llu messages in %llu ms, %llu a second, %llu runs, %u too many, %u vectors without the last one, %u wrong afterwards\n",
		s->messages, div_u64(s->ns, NSEC_PER_MSEC),
		div64_u64(s->messages * NSEC_PER_SEC, s->ns ?: 1), s->handled, s->too_many,
		s->lost, single);
	if (ret || s->too_many || s->lost || single || readl(st.regs + REG_ID) != CARD_ID)
		return -EIO;
	return 0;
}

/* "VECTOR|all MS [masked|deaf]"; deaf: masked by the driver, and the card does not mind */
static int set_storm(const char *text, const struct kernel_param *kp)
{
	struct storm *s;
	char which[8] = "", how[8] = "";
	unsigned int vector = ALL_VECTORS;
	int ret;

	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	ret = sscanf(text, "%7s %u %7s", which, &s->ms, how);
	if (ret < 2 || (strcmp(which, "all") &&
			(kstrtouint(which, 0, &vector) || vector >= CARD_VECTORS))) {
		kfree(s);
		return -EINVAL;
	}
	s->first = vector == ALL_VECTORS ? 0 : vector;
	s->end = vector == ALL_VECTORS ? CARD_VECTORS : vector + 1;
	s->is_masked = how[0];
	s->command = (strcmp(how, "deaf") ? CMD_STORM : CMD_DEAF_STORM) | vector;
	mutex_lock(&lock);
	ret = st.regs ? blow(s) : -ENODEV;
	mutex_unlock(&lock);
	kfree(s);
	return ret;
}

static const struct kernel_param_ops storm_ops = { .set = set_storm };
module_param_cb(storm, &storm_ops, NULL, 0200);

static int read_for_ever(void *arg)
{
	u32 i = 0;

	while (!kthread_should_stop()) {
		u32 id = readl(st.regs + REG_ID), scratch;

		writel(++i, st.regs + REG_SCRATCH);
		scratch = readl(st.regs + REG_SCRATCH);
		if (id == ~0u || scratch == ~0u)
			ones++;
		/* a reset comes between a write and a read: what is there is 0 then */
		else if (id != CARD_ID || (scratch != i && scratch))
			wrong++;
		reads++;
		writel(CMD_VECTOR + i % CARD_VECTORS, st.regs + REG_COMMAND);
		if (id == ~0u || !(i % 16))
			usleep_range(1000, 2000);
	}
	return 0;
}

static int start_reader(void)
{
	st.reader = kthread_create(read_for_ever, NULL, "storms");
	if (IS_ERR(st.reader))
		return PTR_ERR(st.reader);
	kthread_bind(st.reader, 0);
	wake_up_process(st.reader);
	return 0;
}

static int request_vectors(struct pci_dev *pdev)
{
	int ret = pci_alloc_irq_vectors(pdev, CARD_VECTORS, CARD_VECTORS, PCI_IRQ_MSIX);
	unsigned int i;

	for (i = 0; ret >= 0 && i < CARD_VECTORS; i++) {
		struct storms_vector *v = &st.vector[i];

		*v = (struct storms_vector){ .irq = pci_irq_vector(pdev, i), .mem = st.mem + i };
		ret = devm_request_irq(&pdev->dev, v->irq, on_irq, 0, "pciem_storms", v);
	}
	return ret < 0 ? ret : 0;
}

static int set_up(struct pci_dev *pdev)
{
	int ret = pcim_enable_device(pdev);

	if (ret)
		return ret;
	pci_set_master(pdev);
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	ret = pcim_iomap_regions(pdev, 1, "pciem_storms");
	if (ret)
		return ret;
	st.mem = dmam_alloc_coherent(&pdev->dev, PAGE_SIZE, &st.bus, GFP_KERNEL);
	if (!st.mem)
		return -ENOMEM;
	ret = request_vectors(pdev);
	if (ret)
		return ret;
	st.regs = pcim_iomap_table(pdev)[0];
	writeq(st.bus, st.regs + REG_DMA_ADDR);
	ret = traffic ? start_reader() : 0;
	if (ret)
		st.regs = NULL;
	return ret;
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret;

	mutex_lock(&lock);
	ret = st.pdev ? -EBUSY : set_up(pdev);
	if (!ret) {
		st.pdev = pdev;
		probes++;
	}
	mutex_unlock(&lock);
	return ret;
}

static void remove(struct pci_dev *pdev)
{
	mutex_lock(&lock);
	if (st.reader)
		kthread_stop(st.reader);
	st.reader = NULL;
	writel(CMD_END_STORM, st.regs + REG_COMMAND);
	st.regs = NULL;
	st.pdev = NULL;
	mutex_unlock(&lock);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1b36, 0x0fa1) },
	{ }
};

static struct pci_driver storms_driver = {
	.name = "pciem_storms", .id_table = ids, .probe = probe, .remove = remove,
};
module_pci_driver(storms_driver);
MODULE_DESCRIPTION("Reads a card all the time, and lets it send storms of interrupts");
MODULE_LICENSE("GPL");
