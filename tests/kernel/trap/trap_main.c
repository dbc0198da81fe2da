// SPDX-License-Identifier: GPL-2.0
/* The driver: probe, and what each mode does. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "trap.h"

static char *mode = "suite";
module_param(mode, charp, 0400);
MODULE_PARM_DESC(mode, "suite: run the cases; unmapped, push: something that must oops; stay: be bound, with managed MSI-X vectors; hold: keep the device beyond its removal");

static bool done_once;
static struct pci_dev *held;

u32 trap_requests(struct trap *t)
{
	static u32 last;
	u32 now = readl(t->regs + TRAP_REQUESTS);
	u32 delta = now - last - 1;

	last = now;
	return delta;
}

static char message[160];

const char *trap_expect(const char *what, u64 seen, u64 expected)
{
	if (seen == expected)
		return NULL;
	snprintf(message, sizeof(message), "%s: got %#llx, expected %#llx",
		 what, seen, expected);
	return message;
}

const char *trap_compare(struct trap *t, const char *what)
{
	unsigned int i;

	for (i = 0; i < TRAP_BUFFER_BYTES; i += 8) {
		u64 seen = readq(t->buf + i), expected;

		memcpy(&expected, t->shadow + i, 8);
		if (seen != expected) {
			snprintf(message, sizeof(message),
				 "%s: at %#x the card has %#llx, expected %#llx",
				 what, i, seen, expected);
			return message;
		}
	}
	return NULL;
}

static unsigned int run_suite(struct trap *t, const char *suite,
			      const struct trap_case *cases, unsigned int *nr)
{
	unsigned int failed = 0;

	for (; cases->name; cases++) {
		const char *why = cases->run(t);

		if (!why)
			pr_info("ok %u %s.%s\n", ++*nr, suite, cases->name);
		else
			pr_info("not ok %u %s.%s # %s\n", ++*nr, suite,
				cases->name, why);
		failed += why != NULL;
	}
	return failed;
}

/* What must end in the kernel's own oops; in a thread that may die of it. */
static int do_bad_thing(void *data)
{
	struct trap *t = data;
	u8 __iomem *p = t->regs;

	if (!strcmp(mode, "unmapped")) {
		p = ioremap(pci_resource_start(t->pdev, 0), PAGE_SIZE);
		readl(p);
		iounmap(p);
		readl(p);
	} else {
		/* push from device memory: a form that is refused */
		asm volatile("pushq (%0); addq $8, %%rsp" : : "r" (p) : "memory");
	}
	pr_info("not ok: survived\n");
	return 0;
}

static int run_all(struct trap *t)
{
	unsigned int nr = 0, failed;

	get_random_bytes(t->shadow, TRAP_BUFFER_BYTES);
	trap_requests(t);
	pr_info("KTAP version 1\n");
	failed = run_suite(t, "insn", trap_insn_cases, &nr);
	failed += run_suite(t, "context", trap_context_cases, &nr);
	failed += run_suite(t, "irq", trap_irq_cases, &nr);
	pr_info("1..%u\n", nr);
	pr_info("suite %s: %u of %u failed\n", failed ? "fail" : "pass",
		failed, nr);
	return -ENODEV;		/* nothing to keep bound */
}

static int run_mode(struct trap *t)
{
	if (!strcmp(mode, "suite"))
		return run_all(t);
	if (!strcmp(mode, "stay"))
		return trap_irq_stay(t);
	if (!strcmp(mode, "hold")) {
		held = pci_dev_get(t->pdev);
		return -ENODEV;
	}
	kthread_run(do_bad_thing, t, "pciem_trap_bad");
	msleep(3000);
	return -ENODEV;
}

static void trap_free(struct trap *t)
{
	if (t->regs)
		pci_iounmap(t->pdev, t->regs);
	kfree(t->scratch);
	kfree(t->shadow);
	kfree(t);
}

static struct trap *trap_alloc(struct pci_dev *pdev)
{
	struct trap *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return NULL;
	t->pdev = pdev;
	t->regs = pci_iomap(pdev, 0, 0);
	t->shadow = kmalloc(TRAP_BUFFER_BYTES, GFP_KERNEL);
	t->scratch = kzalloc(TRAP_BUFFER_BYTES, GFP_KERNEL);
	if (!t->regs || !t->shadow || !t->scratch) {
		trap_free(t);
		return NULL;
	}
	t->buf = t->regs + TRAP_BUFFER;
	return t;
}

static int trap_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct trap *t;
	int ret;

	if (done_once)
		return -ENODEV;
	done_once = true;
	ret = pci_enable_device(pdev);
	if (ret)
		return ret;
	pci_set_master(pdev);
	ret = pci_request_regions(pdev, "pciem_trap");
	if (ret)
		goto err_device;
	t = trap_alloc(pdev);
	if (!t) {
		ret = -ENOMEM;
		goto err_regions;
	}
	pci_set_drvdata(pdev, t);
	ret = run_mode(t);
	if (!ret)
		return 0;
	trap_free(t);
err_regions:
	pci_release_regions(pdev);
err_device:
	pci_disable_device(pdev);
	return ret;
}

static void trap_remove(struct pci_dev *pdev)
{
	struct trap *t = pci_get_drvdata(pdev);

	trap_irq_leave(t);
	trap_free(t);
	pci_release_regions(pdev);
	pci_disable_device(pdev);
}

static const struct pci_device_id trap_ids[] = {
	{ PCI_DEVICE(0x1b36, 0x0fa1) },
	{ }
};
MODULE_DEVICE_TABLE(pci, trap_ids);

static struct pci_driver trap_driver = {
	.name = "pciem_trap",
	.id_table = trap_ids,
	.probe = trap_probe,
	.remove = trap_remove,
};

static int __init trap_init(void)
{
	return pci_register_driver(&trap_driver);
}

static void __exit trap_exit(void)
{
	pci_unregister_driver(&trap_driver);
	pci_dev_put(held);
}

module_init(trap_init);
module_exit(trap_exit);

MODULE_DESCRIPTION("register accesses of every kind, for the tests of pciem");
MODULE_LICENSE("GPL");
