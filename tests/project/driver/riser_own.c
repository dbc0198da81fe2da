// SPDX-License-Identifier: GPL-2.0
/* A driver from outside of the kernel: takes a parameter and a firmware file. */
#include <linux/firmware.h>
#include <linux/module.h>
#include <linux/pci.h>

static char *greeting = "none";
module_param(greeting, charp, 0444);
MODULE_PARM_DESC(greeting, "printed when the card is found");

static int own_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct firmware *fw;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	ret = request_firmware(&fw, "riser/own.bin", &pdev->dev);
	if (ret)
		return ret;
	dev_info(&pdev->dev, "greeting %s, firmware %.*s\n", greeting,
		 (int)fw->size, (const char *)fw->data);
	release_firmware(fw);
	return 0;
}

static void own_remove(struct pci_dev *pdev)
{
}

static const struct pci_device_id own_ids[] = {
	{ PCI_DEVICE(0x1912, 0x002d) },	/* rtl/cards/epf_test */
	{ }
};
MODULE_DEVICE_TABLE(pci, own_ids);

static struct pci_driver own_driver = {
	.name = "riser_own",
	.id_table = own_ids,
	.probe = own_probe,
	.remove = own_remove,
};
module_pci_driver(own_driver);

MODULE_DESCRIPTION("riser: a driver of one's own");
MODULE_LICENSE("GPL");
