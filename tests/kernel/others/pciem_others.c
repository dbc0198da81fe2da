// SPDX-License-Identifier: GPL-2.0
/*
 * A driver whose mapping of a card's BAR others look at: where it is stands in
 * /sys/module/pciem_others/parameters, and so does what its error handlers were asked.
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/vmalloc.h>

#define REG_SCRATCH	0x08
#define REG_BITS	0x20
#define PATTERN		0x6e776f6e6b206e77ULL

static ulong address, known, phys;
module_param(address, ulong, 0400);	/* of the mapped BAR */
module_param(known, ulong, 0400);	/* of a page of vmalloc() full of PATTERN, but for 8 bytes */
module_param(phys, ulong, 0400);

static uint normal, frozen, mmio_enabled, slot_reset, resumed, after;
module_param(normal, uint, 0400);
module_param(frozen, uint, 0400);
module_param(mmio_enabled, uint, 0400);
module_param(slot_reset, uint, 0400);
module_param(resumed, uint, 0400);
module_param(after, uint, 0400);	/* the id as resume() read it */

static void __iomem *regs;
static u64 *page;

static int show_reg(char *text, const struct kernel_param *kp)
{
	return sprintf(text, "0x%x\n", regs ? readl(regs + (ulong)kp->arg) : 0);
}

static int store_reg(const char *text, const struct kernel_param *kp)
{
	u32 value;
	int ret = kstrtou32(text, 0, &value);

	if (ret || !regs)
		return ret ?: -ENODEV;
	writel(value, regs + (ulong)kp->arg);
	return 0;
}

static const struct kernel_param_ops reg_ops = { .get = show_reg, .set = store_reg };
module_param_cb(id, &reg_ops, NULL, 0400);
module_param_cb(scratch, &reg_ops, (void *)REG_SCRATCH, 0600);
module_param_cb(bits, &reg_ops, (void *)REG_BITS, 0400);

static pci_ers_result_t on_error(struct pci_dev *pdev, pci_channel_state_t state)
{
	if (state == pci_channel_io_normal) {
		normal++;
		return PCI_ERS_RESULT_CAN_RECOVER;
	}
	frozen++;
	return PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t on_mmio_enabled(struct pci_dev *pdev)
{
	mmio_enabled++;
	return PCI_ERS_RESULT_RECOVERED;
}

/* The link was reset, and the card with it: without its configuration it answers nothing. */
static pci_ers_result_t on_slot_reset(struct pci_dev *pdev)
{
	slot_reset++;
	pci_restore_state(pdev);
	pci_save_state(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void on_resume(struct pci_dev *pdev)
{
	resumed++;
	after = readl(regs);
}

static const struct pci_error_handlers error_handlers = {
	.error_detected = on_error, .mmio_enabled = on_mmio_enabled,
	.slot_reset = on_slot_reset, .resume = on_resume,
};

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret = pcim_enable_device(pdev);

	if (ret)
		return ret;
	if (regs)
		return -EBUSY;
	pci_set_master(pdev);
	ret = pcim_iomap_regions(pdev, 1, "pciem_others");
	if (ret)
		return ret;
	pci_save_state(pdev);
	regs = pcim_iomap_table(pdev)[0];
	address = (ulong)regs;
	phys = pci_resource_start(pdev, 0);
	return 0;
}

static void remove(struct pci_dev *pdev)
{
	regs = NULL;
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1b36, 0x0fa1) },
	{ }
};

static struct pci_driver driver = {
	.name = "pciem_others", .id_table = ids, .probe = probe, .remove = remove,
	.err_handler = &error_handlers,
};

static int __init others_init(void)
{
	unsigned int i;
	int ret;

	page = vmalloc(PAGE_SIZE);
	if (!page)
		return -ENOMEM;
	for (i = 0; i < PAGE_SIZE / 8; i++)
		page[i] = i == 2 ? 0 : PATTERN;	/* a text of 16 bytes, and more */
	known = (ulong)page;
	ret = pci_register_driver(&driver);
	if (ret)
		vfree(page);
	return ret;
}

static void __exit others_exit(void)
{
	pci_unregister_driver(&driver);
	vfree(page);
}

module_init(others_init);
module_exit(others_exit);
MODULE_DESCRIPTION("A mapping of a card that others look at, and error handlers");
MODULE_LICENSE("GPL");
