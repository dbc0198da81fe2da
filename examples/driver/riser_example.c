// SPDX-License-Identifier: GPL-2.0
/*
 * Driver of riser's example card: one driver for every interface that the card
 * exists for. It knows registers, DMA and interrupts and nothing of the
 * interface. A program reaches the first card through /dev/riser_example, the next
 * one through /dev/riser_example1, and so on. Interrupts are MSI-X, MSI or INTx, as
 * there are, or as the parameter irq_type says.
 *
 * Errors: -ETIMEDOUT when no interrupt came, -EIO when the card said error or
 * a register read back differently.
 */
#include <linux/bitops.h>
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "riser_example.h"

#define BUFFER_BYTES	(0x100000 + RISER_EXAMPLE_MAX_OFFSET + 2 * PAGE_SIZE)

/* Simulated cards are slow by the wall clock. */
static unsigned int timeout_ms = 60000;
module_param(timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms, "longest wait for an interrupt");

/* What interrupts may be; the first: MSI-X, MSI, INTx, whatever there is. */
enum example_irq_type { IRQ_AUTO, IRQ_MSIX, IRQ_MSI, IRQ_INTX };
static const char * const irq_types[] = { "auto", "msix", "msi", "intx" };
static char *irq_type = "auto";
module_param(irq_type, charp, 0444);
MODULE_PARM_DESC(irq_type, "interrupts to use: auto, msix, msi or intx");

#ifndef PCI_IRQ_INTX			/* before 6.8 */
#define PCI_IRQ_INTX PCI_IRQ_LEGACY
#endif

static DEFINE_IDA(example_numbers);

struct example_vector {
	struct completion seen;
	struct example *card;
	unsigned int number;
};

struct example {
	struct pci_dev *pdev;
	int number;
	void __iomem *regs;
	void __iomem *window;
	struct miscdevice misc;
	struct mutex lock;		/* one transfer or test at a time */
	u8 *buffer;
	u32 status;			/* of the last transfer */
	struct example_vector vectors[RISER_EXAMPLE_VECTORS];
};

static void example_raised(struct example_vector *vector)
{
	struct example *card = vector->card;
	u32 status = readl(card->regs + RISER_EXAMPLE_STATUS);

	if (status & RISER_EXAMPLE_DONE) {
		card->status = status;
		writel(RISER_EXAMPLE_DONE, card->regs + RISER_EXAMPLE_STATUS);
	}
	complete(&vector->seen);
}

static irqreturn_t example_message(int irq, void *data)
{
	example_raised(data);
	return IRQ_HANDLED;
}

/*
 * INTx is a level and may be another card's. It is cleared first: what is raised
 * while this one is served brings the next interrupt.
 */
static irqreturn_t example_intx(int irq, void *data)
{
	struct example *card = data;
	u32 value = readl(card->regs + RISER_EXAMPLE_PENDING);
	unsigned long pending = value;
	unsigned int i;

	if (!value || PCI_POSSIBLE_ERROR(value))
		return IRQ_NONE;
	writel(value, card->regs + RISER_EXAMPLE_PENDING);
	for_each_set_bit(i, &pending, RISER_EXAMPLE_VECTORS)
		example_raised(&card->vectors[i]);
	return IRQ_HANDLED;
}

static int example_wait(struct example *card, unsigned int vector)
{
	unsigned long left;

	left = wait_for_completion_timeout(&card->vectors[vector].seen,
					   msecs_to_jiffies(timeout_ms));
	if (left)
		return 0;
	dev_err(&card->pdev->dev, "no interrupt of vector %u, status %#x\n",
		vector, readl(card->regs + RISER_EXAMPLE_STATUS));
	return -ETIMEDOUT;
}

static int example_irq_test(struct example *card, unsigned long vector)
{
	if (vector >= RISER_EXAMPLE_VECTORS)
		return -EINVAL;
	reinit_completion(&card->vectors[vector].seen);
	writel(vector, card->regs + RISER_EXAMPLE_IRQ_TEST);
	return example_wait(card, vector);
}

/* -EIO and a line in the log unless both are the same */
static int example_same(struct example *card, const char *what, u32 at,
			u64 got, u64 want)
{
	if (got == want)
		return 0;
	dev_err(&card->pdev->dev, "%s at %#x: read %#llx, expected %#llx\n",
		what, at, got, want);
	return -EIO;
}

static u64 example_pattern(u32 at)
{
	return (at + 1) * 0x9e3779b97f4a7c15ULL;
}

static void window_write(void __iomem *at, unsigned int bytes, u64 value)
{
	if (bytes == 1)
		writeb(value, at);
	else if (bytes == 2)
		writew(value, at);
	else if (bytes == 4)
		writel(value, at);
	else
		writeq(value, at);
}

static u64 window_read(void __iomem *at, unsigned int bytes)
{
	if (bytes == 1)
		return readb(at);
	if (bytes == 2)
		return readw(at);
	if (bytes == 4)
		return readl(at);
	return readq(at);
}

/* Every byte of 64 is written alone, in pairs and so on, and read in each way. */
static int example_widths(struct example *card, unsigned int base)
{
	unsigned int wr, rd, at;
	u8 want[64];
	u64 value;
	int ret;

	for (wr = 1; wr <= 8; wr *= 2) {
		for (at = 0; at < sizeof(want); at += wr) {
			value = example_pattern(base + at + wr) >> 8;
			memcpy(want + at, &value, wr);
			window_write(card->window + base + at, wr, value);
		}
		for (rd = 1; rd <= 8; rd *= 2) {
			for (at = 0; at < sizeof(want); at += rd) {
				value = 0;
				memcpy(&value, want + at, rd);
				ret = example_same(card, "BAR2", base + at,
						   window_read(card->window +
							       base + at, rd),
						   value);
				if (ret)
					return ret;
			}
		}
	}
	return 0;
}

/* Quadwords at every dword, and a copy that starts and ends anywhere. */
static int example_copies(struct example *card)
{
	u8 out[61], in[61];
	unsigned int at, i;
	int ret = 0;

	for (at = 4; !ret && at < 64; at += 4) {
		writeq(example_pattern(at), card->window + at);
		ret = example_same(card, "BAR2", at, readq(card->window + at),
				   example_pattern(at));
	}
	for (at = 0; !ret && at < 8; at++) {
		for (i = 0; i < sizeof(out); i++)
			out[i] = (u8)(example_pattern(at * 64 + i) >> 32);
		memcpy_toio(card->window + 0x800 + at, out, sizeof(out));
		memcpy_fromio(in, card->window + 0x800 + at, sizeof(in));
		if (memcmp(in, out, sizeof(in))) {
			dev_err(&card->pdev->dev, "BAR2: wrong copy\n");
			ret = -EIO;
		}
	}
	return ret;
}

static int example_bar_test(struct example *card)
{
	unsigned int i;
	u32 value;
	int ret;

	ret = example_same(card, "ID", RISER_EXAMPLE_ID,
			   readl(card->regs + RISER_EXAMPLE_ID),
			   RISER_EXAMPLE_ID_VALUE);
	for (i = 0; !ret && i < 4; i++) {
		value = (u32)example_pattern(i);
		writel(value, card->regs + RISER_EXAMPLE_SCRATCH);
		writeb(i, card->regs + RISER_EXAMPLE_SCRATCH + i);
		value = (value & ~(0xffU << 8 * i)) | i << 8 * i;
		ret = example_same(card, "SCRATCH", RISER_EXAMPLE_SCRATCH,
				   readl(card->regs + RISER_EXAMPLE_SCRATCH),
				   value);
	}
	if (!ret)
		ret = example_widths(card, 0);
	if (!ret)
		ret = example_widths(card, RISER_EXAMPLE_WINDOW_BYTES - 64);
	return ret ? ret : example_copies(card);
}

/* One transfer; @at is the mapped part of the buffer. */
static int example_transfer(struct example *card,
			    const struct riser_example_dma *dma, u8 *at)
{
	enum dma_data_direction dir = dma->to_host ? DMA_FROM_DEVICE :
						     DMA_TO_DEVICE;
	struct device *dev = &card->pdev->dev;
	dma_addr_t addr = dma_map_single(dev, at, dma->length, dir);
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	card->status = 0;
	reinit_completion(&card->vectors[dma->vector].seen);
	writel(lower_32_bits(addr), card->regs + RISER_EXAMPLE_ADDR_LO);
	writel(upper_32_bits(addr), card->regs + RISER_EXAMPLE_ADDR_HI);
	writel(dma->length, card->regs + RISER_EXAMPLE_LENGTH);
	writel(dma->card_offset, card->regs + RISER_EXAMPLE_CARD_OFFSET);
	writel(RISER_EXAMPLE_START |
	       (dma->to_host ? RISER_EXAMPLE_TO_HOST : 0) |
	       dma->vector << RISER_EXAMPLE_VECTOR_SHIFT,
	       card->regs + RISER_EXAMPLE_CONTROL);
	ret = example_wait(card, dma->vector);
	dma_unmap_single(dev, addr, dma->length, dir);
	if (!ret && (card->status & (RISER_EXAMPLE_DONE |
				     RISER_EXAMPLE_ERROR)) !=
	    RISER_EXAMPLE_DONE) {
		dev_err(dev, "transfer failed, status %#x\n", card->status);
		ret = -EIO;
	}
	return ret;
}

static int example_dma(struct example *card, void __user *arg)
{
	struct riser_example_dma dma;
	size_t bytes;
	u8 *start;
	int ret;

	if (copy_from_user(&dma, arg, sizeof(dma)))
		return -EFAULT;
	if (!dma.length || dma.length > 0x100000 || dma.reserved ||
	    dma.host_offset > RISER_EXAMPLE_MAX_OFFSET || dma.to_host > 1 ||
	    dma.vector >= RISER_EXAMPLE_VECTORS ||
	    dma.card_offset > RISER_EXAMPLE_MEMORY_BYTES - dma.length)
		return -EINVAL;
	bytes = dma.length + 2 * RISER_EXAMPLE_GUARD_BYTES;
	start = card->buffer + PAGE_SIZE + dma.host_offset -
		RISER_EXAMPLE_GUARD_BYTES;
	if (copy_from_user(start, u64_to_user_ptr(dma.data), bytes))
		return -EFAULT;
	ret = example_transfer(card, &dma, start + RISER_EXAMPLE_GUARD_BYTES);
	if (!ret && copy_to_user(u64_to_user_ptr(dma.data), start, bytes))
		return -EFAULT;
	return ret;
}

static long example_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	struct example *card = container_of(file->private_data,
					    struct example, misc);
	long ret;

	ret = mutex_lock_interruptible(&card->lock);
	if (ret)
		return ret;
	switch (cmd) {
	case RISER_EXAMPLE_IOC_BAR_TEST:
		ret = example_bar_test(card);
		break;
	case RISER_EXAMPLE_IOC_DMA:
		ret = example_dma(card, (void __user *)arg);
		break;
	case RISER_EXAMPLE_IOC_IRQ_TEST:
		ret = example_irq_test(card, arg);
		break;
	default:
		ret = -ENOTTY;
	}
	mutex_unlock(&card->lock);
	return ret;
}

static const struct file_operations example_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = example_ioctl,
};

static void example_free_vectors(void *data)
{
	struct example *card = data;

	/* without messages what is pending is a level, and nobody serves it */
	writel(~0U, card->regs + RISER_EXAMPLE_PENDING);
	pci_free_irq_vectors(card->pdev);
}

/* The number of vectors, 1 of them for INTx; -errno with a message. */
static int example_alloc_vectors(struct pci_dev *pdev)
{
	static const unsigned int flags[] = {
		[IRQ_AUTO] = PCI_IRQ_MSIX | PCI_IRQ_MSI,
		[IRQ_MSIX] = PCI_IRQ_MSIX,
		[IRQ_MSI] = PCI_IRQ_MSI,
	};
	int type = match_string(irq_types, ARRAY_SIZE(irq_types), irq_type);
	int ret = -ENOSPC;

	if (type < 0)
		return dev_err_probe(&pdev->dev, -EINVAL,
				     "irq_type=%s: auto, msix, msi or intx is needed\n",
				     irq_type);
	if (type != IRQ_INTX)
		ret = pci_alloc_irq_vectors(pdev, RISER_EXAMPLE_VECTORS,
					    RISER_EXAMPLE_VECTORS, flags[type]);
	if (ret < 0 && (type == IRQ_AUTO || type == IRQ_INTX))
		ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_INTX);
	if (ret < 0)
		dev_err_probe(&pdev->dev, ret, "no interrupts, irq_type=%s\n",
			      irq_type);
	return ret;
}

static int example_request_messages(struct example *card)
{
	struct pci_dev *pdev = card->pdev;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < RISER_EXAMPLE_VECTORS; i++)
		ret = devm_request_irq(&pdev->dev, pci_irq_vector(pdev, i),
				       example_message, 0, KBUILD_MODNAME,
				       &card->vectors[i]);
	return ret;
}

static int example_interrupts(struct example *card)
{
	struct pci_dev *pdev = card->pdev;
	unsigned int i;
	int ret;

	for (i = 0; i < RISER_EXAMPLE_VECTORS; i++) {
		init_completion(&card->vectors[i].seen);
		card->vectors[i].card = card;
		card->vectors[i].number = i;
	}
	ret = example_alloc_vectors(pdev);
	if (ret < 0)
		return ret;
	ret = devm_add_action_or_reset(&pdev->dev, example_free_vectors, card);
	if (ret)
		return ret;
	if (pdev->msix_enabled || pdev->msi_enabled)
		return example_request_messages(card);
	/* of an earlier driver, whose interrupts were messages */
	writel(~0U, card->regs + RISER_EXAMPLE_PENDING);
	return devm_request_irq(&pdev->dev, pci_irq_vector(pdev, 0), example_intx,
				IRQF_SHARED, KBUILD_MODNAME, card);
}

static int example_setup(struct example *card)
{
	struct pci_dev *pdev = card->pdev;
	int ret;

	ret = pcim_enable_device(pdev);
	if (!ret)
		ret = pcim_iomap_regions(pdev, BIT(0) | BIT(2), KBUILD_MODNAME);
	if (!ret)
		ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	card->regs = pcim_iomap_table(pdev)[0];
	card->window = pcim_iomap_table(pdev)[2];
	if (readl(card->regs + RISER_EXAMPLE_ID) != RISER_EXAMPLE_ID_VALUE)
		return dev_err_probe(&pdev->dev, -ENODEV, "ID is %#x\n",
				     readl(card->regs + RISER_EXAMPLE_ID));
	card->buffer = (u8 *)devm_get_free_pages(&pdev->dev, GFP_KERNEL,
						 get_order(BUFFER_BYTES));
	if (!card->buffer)
		return -ENOMEM;
	pci_set_master(pdev);
	return example_interrupts(card);
}

static void example_free_number(void *data)
{
	ida_free(&example_numbers, ((struct example *)data)->number);
}

/* The first card's node has the driver's name. */
static int example_name(struct example *card)
{
	struct device *dev = &card->pdev->dev;
	int ret;

	card->number = ida_alloc(&example_numbers, GFP_KERNEL);
	if (card->number < 0)
		return card->number;
	ret = devm_add_action_or_reset(dev, example_free_number, card);
	if (ret)
		return ret;
	card->misc.name = KBUILD_MODNAME;
	if (card->number)
		card->misc.name = devm_kasprintf(dev, GFP_KERNEL, KBUILD_MODNAME "%d", card->number);
	return card->misc.name ? 0 : -ENOMEM;
}

static int example_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct example *card;
	int ret;

	card = devm_kzalloc(&pdev->dev, sizeof(*card), GFP_KERNEL);
	if (!card)
		return -ENOMEM;
	card->pdev = pdev;
	mutex_init(&card->lock);
	ret = example_setup(card);
	if (!ret)
		ret = example_name(card);
	if (ret)
		return ret;
	card->misc.minor = MISC_DYNAMIC_MINOR;
	card->misc.fops = &example_fops;
	card->misc.parent = &pdev->dev;
	ret = misc_register(&card->misc);
	if (ret)
		return ret;
	pci_set_drvdata(pdev, card);
	dev_info(&pdev->dev, "version %#x, %s\n",
		 readl(card->regs + RISER_EXAMPLE_VERSION),
		 pdev->msix_enabled ? "MSI-X" :
		 pdev->msi_enabled ? "MSI" : "INTx");
	return 0;
}

static void example_remove(struct pci_dev *pdev)
{
	struct example *card = pci_get_drvdata(pdev);

	misc_deregister(&card->misc);
	pci_clear_master(pdev);
}

static const struct pci_device_id example_ids[] = {
	{ PCI_DEVICE(RISER_EXAMPLE_VENDOR_ID, RISER_EXAMPLE_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, example_ids);

static struct pci_driver example_driver = {
	.name = KBUILD_MODNAME,
	.id_table = example_ids,
	.probe = example_probe,
	.remove = example_remove,
};
module_pci_driver(example_driver);

MODULE_DESCRIPTION("riser's example card");
MODULE_LICENSE("GPL");
