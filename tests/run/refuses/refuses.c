// SPDX-License-Identifier: GPL-2.0
/*
 * A driver whose probe fails as "how" says: 0 with an error that the kernel tells,
 * 1 with one that it keeps to itself, 2 not at all.
 */
#include <linux/module.h>
#include <linux/pci.h>

static int how;
module_param(how, int, 0644);
MODULE_PARM_DESC(how, "0: -EIO, 1: -ENODEV, 2: success");

static int refuses_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return how == 0 ? -EIO : how == 1 ? -ENODEV : 0;
}

static const struct pci_device_id refuses_ids[] = {
	{ PCI_DEVICE_CLASS(0x010802, ~0) },
	{ }
};
MODULE_DEVICE_TABLE(pci, refuses_ids);

static struct pci_driver refuses_driver = {
	.name = "refuses",
	.id_table = refuses_ids,
	.probe = refuses_probe,
};
module_pci_driver(refuses_driver);

MODULE_DESCRIPTION("riser: a driver that refuses its card");
MODULE_LICENSE("GPL");
