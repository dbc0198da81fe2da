// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that is not the kernel's own: enables the NVMe controller and reads its
 * status. What the card refuses is to be reported with the line below that has the
 * mark, which is inlined twice over: readl into a wrapper, that into is_ready.
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#define REG_CC		0x14
#define REG_CSTS	0x1c

static u32 card_rd32(void __iomem *regs, unsigned int offset)
{
	return readl(regs + offset);
}

static bool is_ready(void __iomem *regs)
{
	return card_rd32(regs, REG_CSTS) & 1;	/* mark: access */
}

static noinline int linetest_wait(struct pci_dev *pdev, void __iomem *regs)
{
	int tries;

	for (tries = 0; tries < 3; tries++)
		if (is_ready(regs))
			return tries;
	pci_info(pdev, "not ready\n");
	return -ETIMEDOUT;
}

static int linetest_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	void __iomem *regs;
	int ret = pci_enable_device_mem(pdev);

	if (ret)
		return ret;
	regs = pci_iomap(pdev, 0, 0);
	if (!regs)
		return -ENOMEM;
	writel(1, regs + REG_CC);
	ret = linetest_wait(pdev, regs);
	pci_info(pdev, "waited: %d\n", ret);
	writel(0, regs + REG_CC);
	pci_iounmap(pdev, regs);
	pci_disable_device(pdev);
	return -ENODEV;
}

static const struct pci_device_id linetest_ids[] = {
	{ PCI_DEVICE_CLASS(PCI_CLASS_STORAGE_EXPRESS, 0xffffff) },
	{ }
};
MODULE_DEVICE_TABLE(pci, linetest_ids);

static struct pci_driver linetest_driver = {
	.name = "riser_linetest",
	.id_table = linetest_ids,
	.probe = linetest_probe,
};
module_pci_driver(linetest_driver);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("reads a register on a line that a test knows");
