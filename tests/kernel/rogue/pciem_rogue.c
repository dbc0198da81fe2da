// SPDX-License-Identifier: GPL-2.0
/*
 * The driver of a card that is its enemy: an arena of memory, pieces of which it
 * maps for the card when it is told to, and which can be read and written whole.
 *
 * debugfs pciem_rogue/
 *	arena	its bytes
 *	ctl	"map SLOT OFFSET BYTES DIRECTION", then a read gives the bus
 *		address; "unmap SLOT"
 */
#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/uaccess.h>

#define ARENA_ORDER	5
#define ARENA_BYTES	(PAGE_SIZE << ARENA_ORDER)
#define NR_SLOTS	64

struct slot {
	dma_addr_t bus;
	unsigned int bytes, dir;
};

static struct rogue {
	struct pci_dev *pdev;
	struct page *pages;
	struct dentry *dir;
	struct mutex lock;
	struct slot slot[NR_SLOTS];
	dma_addr_t last_bus;
} rogue = { .lock = __MUTEX_INITIALIZER(rogue.lock) };

static int map(unsigned int nr, unsigned int off, unsigned int bytes, unsigned int dir)
{
	struct slot *s = &rogue.slot[nr];

	if (s->bytes || !bytes || off >= ARENA_BYTES || bytes > ARENA_BYTES - off || dir > DMA_FROM_DEVICE)
		return -EINVAL;
	s->bus = dma_map_single(&rogue.pdev->dev, page_address(rogue.pages) + off, bytes, dir);
	if (dma_mapping_error(&rogue.pdev->dev, s->bus))
		return -ENOMEM;
	s->bytes = bytes;
	s->dir = dir;
	rogue.last_bus = s->bus;
	return 0;
}

static void unmap(struct slot *s)
{
	if (s->bytes)
		dma_unmap_single(&rogue.pdev->dev, s->bus, s->bytes, s->dir);
	s->bytes = 0;
}

static ssize_t ctl_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	unsigned int nr, off, bytes, dir;
	char text[64] = { 0 };
	int ret = -EINVAL;

	if (len >= sizeof(text) || copy_from_user(text, buf, len))
		return -EFAULT;
	mutex_lock(&rogue.lock);
	if (sscanf(text, "map %u %u %u %u", &nr, &off, &bytes, &dir) == 4 && nr < NR_SLOTS) {
		ret = map(nr, off, bytes, dir);
	} else if (sscanf(text, "unmap %u", &nr) == 1 && nr < NR_SLOTS) {
		unmap(&rogue.slot[nr]);
		ret = 0;
	}
	mutex_unlock(&rogue.lock);
	return ret ? ret : len;
}

static ssize_t ctl_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	if (len != sizeof(rogue.last_bus) || copy_to_user(buf, &rogue.last_bus, len))
		return -EFAULT;
	return len;
}

static const struct file_operations ctl_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = ctl_read,
	.write = ctl_write,
};

static ssize_t arena_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return simple_read_from_buffer(buf, len, pos, page_address(rogue.pages), ARENA_BYTES);
}

static ssize_t arena_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	return simple_write_to_buffer(page_address(rogue.pages), ARENA_BYTES, pos, buf, len);
}

static const struct file_operations arena_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = arena_read,
	.write = arena_write,
	.llseek = default_llseek,
};

static int rogue_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret = pcim_enable_device(pdev);

	if (!ret)
		ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	pci_set_master(pdev);
	rogue.pages = alloc_pages(GFP_KERNEL | __GFP_ZERO, ARENA_ORDER);
	if (!rogue.pages)
		return -ENOMEM;
	rogue.pdev = pdev;
	rogue.dir = debugfs_create_dir("pciem_rogue", NULL);
	debugfs_create_file("arena", 0600, rogue.dir, NULL, &arena_fops);
	debugfs_create_file("ctl", 0600, rogue.dir, NULL, &ctl_fops);
	return 0;
}

static void rogue_remove(struct pci_dev *pdev)
{
	unsigned int nr;

	debugfs_remove_recursive(rogue.dir);
	for (nr = 0; nr < NR_SLOTS; nr++)
		unmap(&rogue.slot[nr]);
	__free_pages(rogue.pages, ARENA_ORDER);
}

static const struct pci_device_id rogue_ids[] = { { PCI_DEVICE(0x1b36, 0x0fa1) }, { } };
static struct pci_driver rogue_driver = {
	.name = "pciem_rogue",
	.id_table = rogue_ids,
	.probe = rogue_probe,
	.remove = rogue_remove,
};
module_pci_driver(rogue_driver);
MODULE_DESCRIPTION("maps pieces of memory for a hostile card");
MODULE_LICENSE("GPL");
