// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "trap.h"

static char *bad = "";
module_param(bad, charp, 0400);
MODULE_PARM_DESC(bad, "do something that must oops: unmapped, port");

static bool done_once;

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

	if (!strcmp(bad, "unmapped")) {
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

static int trap_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	unsigned int nr = 0, failed = 0;
	struct trap t = { .pdev = pdev };
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
	ret = -ENOMEM;
	t.regs = pci_iomap(pdev, 0, 0);
	t.shadow = kmalloc(TRAP_BUFFER_BYTES, GFP_KERNEL);
	t.scratch = kzalloc(TRAP_BUFFER_BYTES, GFP_KERNEL);
	if (!t.regs || !t.shadow || !t.scratch)
		goto err_memory;
	t.buf = t.regs + TRAP_BUFFER;
	get_random_bytes(t.shadow, TRAP_BUFFER_BYTES);
	trap_requests(&t);

	if (*bad) {
		kthread_run(do_bad_thing, &t, "pciem_trap_bad");
		msleep(3000);
	} else {
		pr_info("KTAP version 1\n");
		failed = run_suite(&t, "insn", trap_insn_cases, &nr);
		failed += run_suite(&t, "context", trap_context_cases, &nr);
		failed += run_suite(&t, "irq", trap_irq_cases, &nr);
	}
	if (!*bad)
		pr_info("1..%u\n# failed %u\n", nr, failed);
	ret = failed ? -EIO : 0;

err_memory:
	kfree(t.scratch);
	kfree(t.shadow);
	if (t.regs)
		pci_iounmap(pdev, t.regs);
	pci_release_regions(pdev);
err_device:
	pci_disable_device(pdev);
	return ret ?: -ENODEV;	/* nothing to keep bound */
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
};
module_pci_driver(trap_driver);

MODULE_DESCRIPTION("register accesses of every kind, for the tests of pciem");
MODULE_LICENSE("GPL");
