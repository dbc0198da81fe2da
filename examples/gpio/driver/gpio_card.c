// SPDX-License-Identifier: GPL-2.0
/* The example card gpio: files "out" and "in" in the folder of its PCI device. */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#define REG_ID	0x00
#define REG_OUT	0x04
#define REG_IN	0x08

#define ID	0x6f697067

static ssize_t out_store(struct device *dev, struct device_attribute *attr,
			 const char *buf, size_t count)
{
	void __iomem *regs = dev_get_drvdata(dev);
	u8 value;
	int ret = kstrtou8(buf, 0, &value);

	if (ret)
		return ret;
	writel(value, regs + REG_OUT);
	return count;
}
static DEVICE_ATTR_WO(out);

static ssize_t in_show(struct device *dev, struct device_attribute *attr,
		       char *buf)
{
	void __iomem *regs = dev_get_drvdata(dev);

	return sysfs_emit(buf, "0x%02x\n", readl(regs + REG_IN));
}
static DEVICE_ATTR_RO(in);

static struct attribute *gpio_card_attrs[] = {
	&dev_attr_out.attr,
	&dev_attr_in.attr,
	NULL
};
ATTRIBUTE_GROUPS(gpio_card);

static int gpio_card_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	void __iomem *regs;
	u32 found;
	int ret;

	ret = pcim_enable_device(pdev);
	if (!ret)
		ret = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (ret)
		return ret;
	regs = pcim_iomap_table(pdev)[0];
	found = readl(regs + REG_ID);
	if (found != ID)
		return dev_err_probe(&pdev->dev, -ENODEV, "no gpio card: its ID reads %08x\n",
				     found);
	pci_set_drvdata(pdev, regs);
	return 0;
}

static const struct pci_device_id gpio_card_ids[] = {
	{ PCI_DEVICE(0x1e50, 0x0002) },
	{ }
};
MODULE_DEVICE_TABLE(pci, gpio_card_ids);

static struct pci_driver gpio_card_driver = {
	.name = "gpio_card",
	.id_table = gpio_card_ids,
	.probe = gpio_card_probe,
	.dev_groups = gpio_card_groups,
};
module_pci_driver(gpio_card_driver);

MODULE_DESCRIPTION("riser: the example card gpio");
MODULE_LICENSE("GPL");
