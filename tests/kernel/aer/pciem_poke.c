// SPDX-License-Identifier: GPL-2.0
/*
 * One access below a card's port, outside of every driver.
 *
 *	card=0010:01:00.0	the card
 *	op=write|read		an address that no BAR of the card claims: the port
 *				forwards it, the card refuses it. A write that nobody
 *				claims is an error that only a message can tell
 *	op=bar			a read of the first dword of BAR 0
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

static char *card;
module_param(card, charp, 0);
static char *op = "write";
module_param(op, charp, 0);

static bool claimed(struct pci_dev *pdev, resource_size_t at)
{
	unsigned int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (pci_resource_len(pdev, i) && at >= pci_resource_start(pdev, i) &&
		    at <= pci_resource_end(pdev, i))
			return true;
	return false;
}

static struct pci_dev *find_card(void)
{
	unsigned int domain, bus, slot, func;

	if (!card || sscanf(card, "%x:%x:%x.%u", &domain, &bus, &slot, &func) != 4)
		return NULL;
	return pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, func));
}

static int __init poke_init(void)
{
	struct pci_dev *pdev = find_card();
	struct resource *window;
	resource_size_t at;
	void __iomem *p;

	if (!pdev)
		return -ENODEV;
	window = &pdev->bus->self->resource[PCI_BRIDGE_MEM_WINDOW];
	at = window->end + 1 - PAGE_SIZE;
	if (!strcmp(op, "bar")) {
		at = pci_resource_start(pdev, 0);
	} else if (!window->parent || claimed(pdev, at)) {
		pci_err(pdev, "poke: no unclaimed address in %pR\n", window);
		pci_dev_put(pdev);
		return -ENOSPC;
	}
	p = ioremap(at, PAGE_SIZE);
	if (!p) {
		pci_dev_put(pdev);
		return -ENOMEM;
	}
	if (!strcmp(op, "read"))
		pci_info(pdev, "poke: read 0x%08x at %pa\n", readl(p), &at);
	else if (!strcmp(op, "bar"))
		pci_info(pdev, "poke: bar 0x%08x\n", readl(p));
	else
		writel(0x12345678, p);
	iounmap(p);
	pci_dev_put(pdev);
	return 0;
}

static void __exit poke_exit(void)
{
}

module_init(poke_init);
module_exit(poke_exit);

MODULE_DESCRIPTION("Accesses that no BAR claims");
MODULE_LICENSE("GPL");
