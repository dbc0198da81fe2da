// SPDX-License-Identifier: GPL-2.0
/*
 * A link whose block is the shared memory of an ivshmem-doorbell device and
 * whose bridge is outside this machine. Several devices are several links. A
 * device whose memory does not start with our header belongs to somebody else.
 *
 * BAR 0 registers, BAR 1 MSI-X table, BAR 2 memory. Vector 0 is the bridge's
 * doorbell. Unbind removes the card in good order, with the link up; rmmod is
 * refused while a card is attached.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "link.h"

#define IVSHMEM_VENDOR		0x1af4
#define IVSHMEM_DEVICE		0x1110
#define REG_POSITION		0x08
#define REG_DOORBELL		0x0c

struct split {
	struct pci_dev *pdev;
	void __iomem *regs;
	void *block;
	u32 doorbell;			/* value that rings the bridge */
	struct pciem_link *link;
	struct pciem_dma_slots *slots;	/* until the link has them */
	struct completion released;
};

static void split_kick(struct pciem_link *link)
{
	struct split *split = link->priv;

	writel(split->doorbell, split->regs + REG_DOORBELL);
}

static void split_released(struct pciem_link *link)
{
	struct split *split = link->priv;

	complete(&split->released);
}

static struct pciem_dma_slots *split_take_slots(struct pciem_link *link)
{
	struct split *split = link->priv;
	struct pciem_dma_slots *slots = split->slots;

	split->slots = NULL;
	return slots;
}

static const struct pciem_link_ops split_ops = {
	.kick = split_kick,
	.released = split_released,
	.take_slots = split_take_slots,
};

static irqreturn_t doorbell(int irq, void *arg)
{
	struct split *split = arg;
	struct pciem_link *link = smp_load_acquire(&split->link);	/* pairs with make_link() */

	if (link)	/* else the probe looks at the words when there is one */
		pciem_ring_doorbell(link);
	return IRQ_HANDLED;
}

/* Private copy of the header, checked. */
static int read_header(struct split *split, u64 bytes, struct pciem_hdr *hdr)
{
	const char *why;

	memcpy(hdr, split->block, sizeof(*hdr));
	barrier();
	if (hdr->magic != PCIEM_MAGIC) {
		dev_dbg(&split->pdev->dev, "shared memory has no riser header\n");
		return -ENODEV;
	}
	if (pciem_hdr_check(hdr, bytes, &why)) {
		dev_err(&split->pdev->dev, "header in shared memory: %s\n", why);
		return -EINVAL;
	}
	split->doorbell = hdr->bridge_peer << 16;
	return 0;
}

static int map_bars(struct split *split)
{
	struct pci_dev *pdev = split->pdev;

	split->regs = pci_iomap(pdev, 0, 0);
	if (!split->regs)
		return -ENOMEM;
	split->block = memremap(pci_resource_start(pdev, 2), pci_resource_len(pdev, 2), MEMREMAP_WB);
	if (!split->block) {
		pci_iounmap(pdev, split->regs);
		return -ENOMEM;
	}
	return 0;
}

static void unmap_bars(struct split *split)
{
	memunmap(split->block);
	pci_iounmap(split->pdev, split->regs);
}

/* Without them everything works as well. */
static void make_slots(struct split *split, const struct pciem_hdr *hdr)
{
	struct pciem_dma_slots *slots;

	if (!hdr->dma_bytes)
		return;
	slots = pciem_dma_slots_create(pci_resource_start(split->pdev, 2) + hdr->dma_off, hdr->dma_bytes);
	if (!IS_ERR(slots))
		split->slots = slots;
	else if (PTR_ERR(slots) == -EBUSY)
		dev_info(&split->pdev->dev, "no DMA slots: the driver of a removed card still has memory there\n");
	else
		dev_warn(&split->pdev->dev, "no DMA slots: error %ld\n", PTR_ERR(slots));
}

static int make_link(struct split *split)
{
	struct pci_dev *pdev = split->pdev;
	struct pciem_link *link;
	struct pciem_hdr hdr;
	int ret;

	ret = read_header(split, pci_resource_len(pdev, 2), &hdr);
	if (ret)
		return ret;
	ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX);
	if (ret < 0)
		return ret;
	ret = request_irq(pci_irq_vector(pdev, 0), doorbell, 0, "pciem-doorbell", split);
	if (ret)
		goto out_vectors;
	make_slots(split, &hdr);
	link = pciem_link_create(&hdr, split->block, &pdev->dev, &split_ops, split);
	if (IS_ERR(link)) {
		ret = PTR_ERR(link);
		goto out_slots;
	}
	smp_store_release(&split->link, link);	/* pairs with doorbell() */
	return 0;

out_slots:
	pciem_dma_slots_destroy(split->slots);
	split->slots = NULL;
	free_irq(pci_irq_vector(pdev, 0), split);
out_vectors:
	pci_free_irq_vectors(pdev);
	return ret;
}

static int split_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct split *split;
	int ret;

	if (pci_resource_len(pdev, 2) < 4 * PCIEM_PAGE_BYTES)
		return -ENODEV;
	split = kzalloc(sizeof(*split), GFP_KERNEL);
	if (!split)
		return -ENOMEM;
	split->pdev = pdev;
	init_completion(&split->released);
	ret = pci_enable_device(pdev);
	if (ret)
		goto out_free;
	ret = pci_request_regions(pdev, "pciem");
	if (ret)
		goto out_disable;
	pci_set_master(pdev);
	ret = map_bars(split);
	if (ret)
		goto out_regions;
	ret = make_link(split);
	if (ret)
		goto out_unmap;
	pci_set_drvdata(pdev, split);
	dev_info(&pdev->dev, "link to a bridge, peer %u of %u\n", readl(split->regs + REG_POSITION),
		 split->doorbell >> 16);
	pciem_link_check_words(split->link);
	return 0;

out_unmap:
	unmap_bars(split);
out_regions:
	pci_release_regions(pdev);
out_disable:
	pci_disable_device(pdev);
out_free:
	kfree(split);
	return ret;
}

/* Waits for the card's drivers. Who removes the device lends its lock of rescans (rescan.c). */
static void split_remove(struct pci_dev *pdev)
{
	struct split *split = pci_get_drvdata(pdev);
	struct pciem_link *link = split->link;

	pciem_link_get(link);		/* the doorbell may ring until its interrupt is gone */
	pciem_link_close(link, true, PCIEM_REASON_UNLOAD, true);
	free_irq(pci_irq_vector(pdev, 0), split);
	pciem_link_put(link);
	wait_for_completion(&split->released);
	pci_free_irq_vectors(pdev);
	unmap_bars(split);
	pci_release_regions(pdev);
	pci_disable_device(pdev);
	kfree(split);
}

/* Reboot; the devices below us have been shut down. The next kernel starts its own session. */
static void split_shutdown(struct pci_dev *pdev)
{
	struct split *split = pci_get_drvdata(pdev);

	pciem_link_fail(split->link, PCIEM_REASON_POWER);
}

static const struct pci_device_id split_ids[] = {
	{ PCI_DEVICE(IVSHMEM_VENDOR, IVSHMEM_DEVICE) },
	{ }
};

/* No MODULE_DEVICE_TABLE: an ivshmem device is not ours until its memory says so. */

static struct pci_driver split_driver = {
	.name = "pciem",
	.id_table = split_ids,
	.probe = split_probe,
	.remove = split_remove,
	.shutdown = split_shutdown,
};

int pciem_ivshmem_init(void)
{
	return pci_register_driver(&split_driver);
}

void pciem_ivshmem_exit(void)
{
	pci_unregister_driver(&split_driver);
}
