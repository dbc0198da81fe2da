// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for every function of tests/kernel/fakecard.c with -F: what one
 * function is given or does must not be another's. Register map: fakecard.c.
 *
 * Writing a case's name to the parameter "run" runs it; a case that fails says
 * why in the kernel's log and gives EINVAL.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#define REG_ID		0x00
#define REG_SCRATCH	0x08
#define REG_DMA_ADDR	0x10
#define REG_DMA_BYTES	0x18
#define REG_COMMAND	0x1c
#define REG_STATUS	0x20
#define REG_BUFFER	0x1000
#define BUFFER_BYTES	4096

#define CMD_FETCH	1	/* host memory to buffer */
#define CMD_STORE	2	/* buffer to host memory */
#define CMD_VECTOR	0x100
#define CMD_INTX	0x200
#define CMD_MESSAGE	0x400
#define ERR_COR		0x30

#define STATUS_BUSY	1
#define STATUS_DONE	2
#define STATUS_UR	0x101

#define NR_FUNCTIONS	8
#define VECTORS	8
#define MESSAGES	0xfee00000	/* kernel/irq.c: this, and the function */

struct function {
	struct pci_dev *pdev;
	void __iomem *bar;
	u8 *mem;
	dma_addr_t bus;
	u32 seed;		/* what its memory and buffer are filled with */
	atomic_t nr_fired[VECTORS];
	atomic_t nr_intx;
};

static struct function functions[NR_FUNCTIONS];
static DEFINE_MUTEX(lock);

#define for_each_function(f)						\
	for ((f) = functions; (f) < functions + NR_FUNCTIONS; (f)++)	\
		if (!(f)->pdev)						\
			;						\
		else

static bool equal(const struct function *f, const char *what, u64 got, u64 want)
{
	if (got == want)
		return true;
	pci_info(f->pdev, "functions: %s is 0x%llx, expected 0x%llx\n", what, got, want);
	return false;
}

static unsigned int nr_of(const struct function *f)
{
	return f - functions;
}

static u32 command(struct function *f, u32 cmd, dma_addr_t bus, u32 bytes)
{
	unsigned int tries;
	u32 status = STATUS_BUSY;

	writeq(bus, f->bar + REG_DMA_ADDR);
	writel(bytes, f->bar + REG_DMA_BYTES);
	writel(cmd, f->bar + REG_COMMAND);
	for (tries = 0; tries < 10000 && status == STATUS_BUSY; tries++)
		status = readl(f->bar + REG_STATUS);
	return status;
}

/* The buffer of the card, all of it one number. */
static void fill_buffer(struct function *f, u32 value)
{
	u32 i;

	for (i = 0; i < 64; i += 4)
		writel(value, f->bar + REG_BUFFER + i);
}

static bool memory_is(struct function *f, const char *what, u32 value)
{
	u32 i;

	for (i = 0; i < 64 / 4; i++)
		if (!equal(f, what, ((u32 *)f->mem)[i], value))
			return false;
	return true;
}

static void fill_memory(struct function *f, u32 value)
{
	u32 i;

	for (i = 0; i < BUFFER_BYTES / 4; i++)
		((u32 *)f->mem)[i] = value;
}

/* ---- cases ---- */

static bool own_registers(void)
{
	struct function *f;

	for_each_function(f)
		writeq(0x1111111100000000ULL * (nr_of(f) + 1) + nr_of(f), f->bar + REG_SCRATCH);
	for_each_function(f)
		if (!equal(f, "id", readl(f->bar + REG_ID), 0x454b4146) ||
		    !equal(f, "device id", f->pdev->device, 0x0fa1 + nr_of(f)) ||
		    !equal(f, "scratch", readq(f->bar + REG_SCRATCH),
			   0x1111111100000000ULL * (nr_of(f) + 1) + nr_of(f)))
			return false;
	return true;
}

/* Both ways, all functions in turn: data and completions find their own. */
static bool own_memory(void)
{
	struct function *f;

	for_each_function(f) {
		f->seed = 0x5eed0000 + nr_of(f);
		fill_memory(f, f->seed);
	}
	for_each_function(f)
		if (!equal(f, "fetch", command(f, CMD_FETCH, f->bus, 64), STATUS_DONE))
			return false;
	for_each_function(f) {
		if (!equal(f, "buffer", readl(f->bar + REG_BUFFER + 60), f->seed))
			return false;
		fill_buffer(f, ~f->seed);
	}
	for_each_function(f)
		if (!equal(f, "store", command(f, CMD_STORE, f->bus, 64), STATUS_DONE))
			return false;
	for_each_function(f)
		if (!memory_is(f, "memory", ~f->seed))
			return false;
	return true;
}

/* Each function with the address of each other one: nothing is read, nothing is written. */
static bool others_memory(void)
{
	struct function *f, *other;

	for_each_function(other)
		fill_memory(other, 0x0badf00d);
	for_each_function(f) {
		fill_buffer(f, 0xdeadbeef);
		for_each_function(other) {
			if (other == f)
				continue;
			if (!equal(f, "fetch of another's memory", command(f, CMD_FETCH, other->bus, 64), STATUS_UR) ||
			    !equal(f, "buffer", readl(f->bar + REG_BUFFER), 0xdeadbeef))
				return false;
			command(f, CMD_STORE, other->bus, 64);
			if (!memory_is(other, "memory that another function wrote", 0x0badf00d))
				return false;
		}
	}
	return own_memory();
}

static irqreturn_t on_vector(int irq, void *arg)
{
	atomic_inc(arg);
	return IRQ_HANDLED;
}

static void stop_vectors(struct function *f, unsigned int nr)
{
	while (nr--)
		free_irq(pci_irq_vector(f->pdev, nr), &f->nr_fired[nr]);
	pci_free_irq_vectors(f->pdev);
}

static int start_vectors(struct function *f)
{
	unsigned int i;
	int ret = pci_alloc_irq_vectors(f->pdev, VECTORS, VECTORS, PCI_IRQ_MSIX);

	if (ret < 0)
		return ret;
	for (i = 0; i < VECTORS; i++) {
		ret = request_irq(pci_irq_vector(f->pdev, i), on_vector, 0, "functions", &f->nr_fired[i]);
		if (ret) {
			stop_vectors(f, i);
			return ret;
		}
	}
	return 0;
}

static bool fired(struct function *f, unsigned int vector, unsigned int nr)
{
	unsigned int tries;

	/* the run was queued to another CPU, maybe */
	for (tries = 0; tries < 1000 && atomic_read(&f->nr_fired[vector]) < nr; tries++)
		usleep_range(100, 1000);
	return equal(f, "interrupts of the vector", atomic_read(&f->nr_fired[vector]), nr);
}

static unsigned int nr_interrupts(void)
{
	struct function *f;
	unsigned int i, nr = 0;

	for_each_function(f)
		for (i = 0; i < VECTORS; i++)
			nr += atomic_read(&f->nr_fired[i]);
	return nr;
}

static bool own_vectors(void)
{
	unsigned int i, before = nr_interrupts(), nr = 0;
	struct function *f;

	for_each_function(f) {
		for (i = 0; i < VECTORS; i++, nr++) {
			unsigned int had = atomic_read(&f->nr_fired[i]);

			writel(CMD_VECTOR | i, f->bar + REG_COMMAND);
			if (!fired(f, i, had + 1))
				return false;
		}
	}
	return equal(&functions[0], "interrupts in all", nr_interrupts() - before, nr);
}

/* A write to another function's message address is no interrupt of that one. */
static bool others_vectors(void)
{
	struct function *f, *other;
	unsigned int before = nr_interrupts();

	for_each_function(f) {
		writel(3, f->bar + REG_BUFFER);
		for_each_function(other)
			if (other != f)
				command(f, CMD_STORE, MESSAGES | pci_dev_id(other->pdev) << 2, 4);
	}
	return equal(&functions[0], "interrupts", nr_interrupts() - before, 0) && own_vectors();
}

/* Bus mastering is taken from one function at a time: that one, and no other, is stopped. */
static bool own_bus_mastering(void)
{
	struct function *f, *other;

	for_each_function(f) {
		pci_clear_master(f->pdev);
		fill_memory(f, 0);
		fill_buffer(f, 0xffffffff);
		command(f, CMD_STORE, f->bus, 64);
		if (!memory_is(f, "memory without bus mastering", 0))
			return false;
		for_each_function(other)
			if (other != f &&
			    !equal(other, "fetch while another is stopped",
				   command(other, CMD_FETCH, other->bus, 64), STATUS_DONE))
				return false;
		pci_set_master(f->pdev);
	}
	return own_memory();
}

/* The wire is shared: as long as one function asserts it, it is asserted. */
static irqreturn_t on_intx(int irq, void *arg)
{
	struct function *f = arg;

	if (!(readl(f->bar + REG_SCRATCH) & 1))
		return IRQ_NONE;
	atomic_inc(&f->nr_intx);
	writel(0, f->bar + REG_SCRATCH);
	writel(CMD_INTX + 0x100, f->bar + REG_COMMAND);
	return IRQ_HANDLED;
}

static bool shared_intx(void)
{
	struct function *f;
	unsigned int tries;
	bool ok = true;

	for_each_function(f) {
		stop_vectors(f, VECTORS);
		atomic_set(&f->nr_intx, 0);
		writel(0, f->bar + REG_SCRATCH);
		if (!equal(f, "request_irq", request_irq(f->pdev->irq, on_intx, IRQF_SHARED, "functions", f), 0))
			return false;
	}
	/* all of them at once: the wire falls when the last one is served */
	for_each_function(f)
		writel(1, f->bar + REG_SCRATCH);
	for_each_function(f)
		writel(CMD_INTX, f->bar + REG_COMMAND);
	for_each_function(f) {
		for (tries = 0; tries < 1000 && !atomic_read(&f->nr_intx); tries++)
			usleep_range(100, 1000);
		ok = equal(f, "INTx", atomic_read(&f->nr_intx), 1) && ok;
	}
	for_each_function(f) {
		free_irq(f->pdev->irq, f);
		ok = equal(f, "vectors again", start_vectors(f), 0) && ok;
	}
	return ok;
}

/* Of the last function; the script looks for who is named. */
static bool error_message(void)
{
	struct function *f, *last = NULL;

	for_each_function(f)
		last = f;
	writel(CMD_MESSAGE + ERR_COR, last->bar + REG_COMMAND);
	return equal(last, "id", readl(last->bar + REG_ID), 0x454b4146);
}

/* After its function level reset, before anybody writes. */
static bool reset_is_of_1(void)
{
	struct function *f;

	for_each_function(f)
		if (!equal(f, "scratch", readq(f->bar + REG_SCRATCH),
			   nr_of(f) == 1 ? 0 : 0x1111111100000000ULL * (nr_of(f) + 1) + nr_of(f)))
			return false;
	return true;
}

static const struct {
	const char *name;
	bool (*run)(void);
} cases[] = {
	{ "own_registers", own_registers },
	{ "own_memory", own_memory },
	{ "others_memory", others_memory },
	{ "own_vectors", own_vectors },
	{ "others_vectors", others_vectors },
	{ "own_bus_mastering", own_bus_mastering },
	{ "shared_intx", shared_intx },
	{ "error_message", error_message },
	{ "reset_is_of_1", reset_is_of_1 },
};

static int run_set(const char *text, const struct kernel_param *param)
{
	unsigned int i;
	int ret = -ENOENT;

	mutex_lock(&lock);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (sysfs_streq(text, cases[i].name))
			ret = cases[i].run() ? 0 : -EINVAL;
	mutex_unlock(&lock);
	return ret;
}

static const struct kernel_param_ops run_ops = { .set = run_set };
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "a case");

/* ---- life ---- */

static int functions_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct function *f = &functions[PCI_FUNC(pdev->devfn)];
	int ret = pcim_enable_device(pdev);

	if (!ret)
		ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	pci_set_master(pdev);
	memset(f, 0, sizeof(*f));
	f->pdev = pdev;
	f->bar = pcim_iomap(pdev, 0, 0);
	f->mem = dmam_alloc_coherent(&pdev->dev, BUFFER_BYTES, &f->bus, GFP_KERNEL);
	ret = f->bar && f->mem ? start_vectors(f) : -ENOMEM;
	if (ret)
		f->pdev = NULL;
	return ret;
}

static void functions_remove(struct pci_dev *pdev)
{
	struct function *f = &functions[PCI_FUNC(pdev->devfn)];

	stop_vectors(f, VECTORS);
	mutex_lock(&lock);
	f->pdev = NULL;
	mutex_unlock(&lock);
}

static const struct pci_device_id functions_ids[] = {
	{ PCI_DEVICE(0x1b36, 0x0fa1) },		/* function 0 */
	{ PCI_DEVICE(0x1b36, 0x0fa2) },		/* 1 */
	{ PCI_DEVICE(0x1b36, 0x0fa8) },		/* 7 */
	{ }
};
static struct pci_driver functions_driver = {
	.name = "pciem_functions",
	.id_table = functions_ids,
	.probe = functions_probe,
	.remove = functions_remove,
};
module_pci_driver(functions_driver);
MODULE_DESCRIPTION("tests cards of several functions");
MODULE_LICENSE("GPL");
