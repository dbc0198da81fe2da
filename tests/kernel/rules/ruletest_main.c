// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "ruletest.h"

static LIST_HEAD(cards);
static DEFINE_MUTEX(cards_mutex);	/* held by a case: its cards stay */

bool ruletest_equal(struct ruletest *rt, const char *what, u64 got, u64 want)
{
	if (got == want)
		return true;
	snprintf(rt->why, sizeof(rt->why), "%s is 0x%llx, expected 0x%llx", what, got, want);
	return false;
}

u32 ruletest_command(struct ruletest *rt, u32 cmd, dma_addr_t bus, u32 bytes)
{
	unsigned int tries;
	u32 status = STATUS_BUSY;

	writeq(bus, rt->bar + REG_DMA_ADDR);
	writel(bytes, rt->bar + REG_DMA_BYTES);
	writel(cmd, rt->bar + REG_COMMAND);
	for (tries = 0; tries < 10000 && status == STATUS_BUSY; tries++)
		status = readl(rt->bar + REG_STATUS);
	return status;
}

struct ruletest *ruletest_next(struct ruletest *rt)
{
	return list_is_last(&rt->node, &cards) ? NULL : list_next_entry(rt, node);
}

static const struct ruletest_case *find_case(const char *name)
{
	static const struct ruletest_case *const lists[] = {
		ruletest_dma_cases, ruletest_irq_cases, ruletest_order_cases, ruletest_req_cases,
	};
	const struct ruletest_case *c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		for (c = lists[i]; c->name; c++)
			if (sysfs_streq(name, c->name))
				return c;
	return NULL;
}

static int run_set(const char *name, const struct kernel_param *kp)
{
	const struct ruletest_case *c = find_case(name);
	struct ruletest *rt;
	bool ok;

	mutex_lock(&cards_mutex);
	rt = list_first_entry_or_null(&cards, struct ruletest, node);
	if (!c || !rt) {
		mutex_unlock(&cards_mutex);
		pr_err("ruletest: FAIL %s: no such %s\n", name, c ? "card" : "case");
		return -ENOENT;
	}
	rt->why[0] = 0;
	ok = c->run(rt);
	mutex_unlock(&cards_mutex);
	pr_info("ruletest: %s %s %s\n", ok ? "pass" : "FAIL", c->name, rt->why);
	return ok ? 0 : -EIO;
}

static const struct kernel_param_ops run_ops = { .set = run_set };
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "name of a case, which runs before the write returns");

static int ruletest_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct ruletest *rt = devm_kzalloc(&pdev->dev, sizeof(*rt), GFP_KERNEL);
	int ret;

	if (!rt)
		return -ENOMEM;
	rt->pdev = pdev;
	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	pci_set_master(pdev);
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	rt->bar = pcim_iomap(pdev, 0, 0);
	if (!rt->bar)
		return -ENOMEM;
	pci_set_drvdata(pdev, rt);
	mutex_lock(&cards_mutex);
	list_add_tail(&rt->node, &cards);
	mutex_unlock(&cards_mutex);
	return 0;
}

static void ruletest_remove(struct pci_dev *pdev)
{
	struct ruletest *rt = pci_get_drvdata(pdev);

	mutex_lock(&cards_mutex);
	list_del(&rt->node);
	mutex_unlock(&cards_mutex);
	ruletest_dma_leave(rt);
}

static const struct pci_device_id ruletest_ids[] = { { PCI_DEVICE(0x1b36, 0x0fa1) }, { } };
static struct pci_driver ruletest_driver = {
	.name = "ruletest",
	.id_table = ruletest_ids,
	.probe = ruletest_probe,
	.remove = ruletest_remove,
};
module_pci_driver(ruletest_driver);
MODULE_DESCRIPTION("tests of the system rules");
MODULE_LICENSE("GPL");
