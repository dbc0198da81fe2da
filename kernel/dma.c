// SPDX-License-Identifier: GPL-2.0
/*
 * dma_map_ops of the devices below our root port. Memory is copied by the CPU
 * and x86 caches are coherent, so there is nothing to synchronise, and nothing is
 * bounced but what goes through DMA slots (dma_slots.c), where a link has them:
 * then a buffer is copied in when it is mapped and out when it is unmapped, as
 * swiotlb does, and coherent memory is allocated there.
 */
#include <linux/gfp.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "dma.h"
#include "trace.h"

#define MIN_MASK		DMA_BIT_MASK(24)

/* ---- mapping ---- */

#ifdef PCIEM_DMA_MAPS_PHYS
/* No peer-to-peer: an address of another device's BAR is never given to a card. */
static dma_addr_t op_map_phys(struct device *dev, phys_addr_t phys, size_t size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	if (attrs & DMA_ATTR_MMIO)
		return DMA_MAPPING_ERROR;
	return pciem_dma_map_buffer(dev, phys_to_virt(phys), size, dir, _RET_IP_);
}
#else
static dma_addr_t op_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	return pciem_dma_map_buffer(dev, page_address(page) + offset, size, dir, _RET_IP_);
}
#endif

static void op_unmap_page(struct device *dev, dma_addr_t bus, size_t size, enum dma_data_direction dir,
			  unsigned long attrs)
{
	pciem_dma_drop_buffer(pciem_dma_dd_of(dev), bus, size, attrs, _RET_IP_);
}

static void unmap_entries(struct pciem_dma_dev *dd, struct scatterlist *sgl, int nents, unsigned long attrs,
			  unsigned long caller)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		pciem_dma_drop_buffer(dd, sg_dma_address(sg), sg_dma_len(sg), attrs, caller);
}

static int op_map_sg(struct device *dev, struct scatterlist *sgl, int nents, enum dma_data_direction dir,
		     unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		sg->dma_address = pciem_dma_map_buffer(dev, sg_virt(sg), sg->length, dir, _RET_IP_);
		if (sg->dma_address == DMA_MAPPING_ERROR) {
			/* nothing has come for it */
			unmap_entries(pciem_dma_dd_of(dev), sgl, i, attrs | DMA_ATTR_SKIP_CPU_SYNC, _RET_IP_);
			return PCIEM_MAP_SG_ERROR(-ENOMEM);
		}
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

static void op_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents, enum dma_data_direction dir,
			unsigned long attrs)
{
	unmap_entries(pciem_dma_dd_of(dev), sgl, nents, attrs, _RET_IP_);
}

/* Only where there are slots: else there is nothing to synchronise, and the core does not even call. */
static void op_sync_single_for_cpu(struct device *dev, dma_addr_t bus, size_t size, enum dma_data_direction dir)
{
	if (dir != DMA_TO_DEVICE)
		pciem_dma_sync(pciem_dma_dd_of(dev), bus, size, false);
}

static void op_sync_single_for_device(struct device *dev, dma_addr_t bus, size_t size,
				      enum dma_data_direction dir)
{
	if (dir != DMA_FROM_DEVICE)
		pciem_dma_sync(pciem_dma_dd_of(dev), bus, size, true);
}

static void op_sync_sg_for_cpu(struct device *dev, struct scatterlist *sgl, int nents,
			       enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		op_sync_single_for_cpu(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
}

static void op_sync_sg_for_device(struct device *dev, struct scatterlist *sgl, int nents,
				  enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		op_sync_single_for_device(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
}

/* Of a device that is gone; of a resource at any time: no peer-to-peer, as above. */
static dma_addr_t refuse_phys(struct device *dev, phys_addr_t phys, size_t size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	return DMA_MAPPING_ERROR;
}

static void unmap_nothing(struct device *dev, dma_addr_t bus, size_t size, enum dma_data_direction dir,
			  unsigned long attrs)
{
}

/* ---- coherent memory ---- */

/* Only the CPU touches it, so memory that is not contiguous will do when there is no other. */
static void *get_pages(size_t size, gfp_t gfp)
{
	void *va;

	gfp &= ~(__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM | __GFP_COMP);
	va = alloc_pages_exact(size, gfp | __GFP_ZERO | __GFP_NOWARN);
	if (!va && gfpflags_allow_blocking(gfp))
		va = __vmalloc(size, gfp | __GFP_ZERO);
	return va;
}

/* vfree() may sleep; drivers free coherent memory under spinlocks as well. */
static LLIST_HEAD(freed);

static void free_later(struct work_struct *work)
{
	struct llist_node *node, *next;

	llist_for_each_safe(node, next, llist_del_all(&freed))
		vfree(node);
}
static DECLARE_WORK(free_later_work, free_later);

static void put_pages(void *va, size_t size)
{
	if (!is_vmalloc_addr(va))
		free_pages_exact(va, size);
	else if (IS_ENABLED(CONFIG_PREEMPT_COUNT) && preemptible())
		vfree(va);
	else if (llist_add(va, &freed))
		schedule_work(&free_later_work);
}

/*
 * In slots memory has no struct page. Who wants one has op_alloc_pages(); the DMA debugger
 * looks for it as well, which only a virtual memory map bears.
 */
#define HAS_COHERENT_SLOTS	(IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP) || !IS_ENABLED(CONFIG_DMA_API_DEBUG))

static void *alloc_slots(struct device *dev, size_t size, u64 align, dma_addr_t *bus, u8 dir,
			 unsigned long caller)
{
	*bus = pciem_dma_add_slots(dev, NULL, size, align, dev->coherent_dma_mask, dir, caller);
	return *bus == DMA_MAPPING_ERROR ? NULL : pciem_dma_slots_va(pciem_dma_dd_of(dev)->dma, *bus);
}

static void put_coherent(void *va, size_t size)
{
	if (!pciem_dma_slots_free(va))
		put_pages(va, size);
}

static void *alloc_mapped(struct device *dev, size_t size, dma_addr_t *bus, u8 dir, gfp_t gfp,
			  unsigned long caller)
{
	u64 align = PAGE_SIZE << get_order(size);
	void *va;

	if (HAS_COHERENT_SLOTS && unlikely(pciem_dma_dd_of(dev)->dma->slots)) {
		va = alloc_slots(dev, size, align, bus, dir, caller);
		if (va)
			return va;
	}
	va = get_pages(PAGE_ALIGN(size), gfp);
	if (!va)
		return NULL;
	*bus = pciem_dma_add_map(pciem_dma_dd_of(dev), va, size, align, dev->coherent_dma_mask, dir, true, caller);
	if (*bus == DMA_MAPPING_ERROR) {
		put_pages(va, PAGE_ALIGN(size));
		return NULL;
	}
	return va;
}

static void *op_alloc(struct device *dev, size_t size, dma_addr_t *bus, gfp_t gfp, unsigned long attrs)
{
	return alloc_mapped(dev, size, bus, DMA_BIDIRECTIONAL, gfp, _RET_IP_);
}

static void op_free(struct device *dev, size_t size, void *va, dma_addr_t bus, unsigned long attrs)
{
	struct pciem_map *map = pciem_dma_take_map(pciem_dma_dd_of(dev), bus, size, _RET_IP_);

	if (!map)
		return;
	/* memory that is not ours to free is leaked rather than freed */
	if (map->va == va && map->is_coherent)
		put_coherent(va, PAGE_ALIGN(size));
	pciem_dma_free_map(map);
}

static struct page *op_alloc_pages(struct device *dev, size_t size, dma_addr_t *bus,
				   enum dma_data_direction dir, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp | __GFP_ZERO, get_order(size));

	if (!page)
		return NULL;
	*bus = pciem_dma_add_map(pciem_dma_dd_of(dev), page_address(page), size, PAGE_SIZE << get_order(size),
		       dev->coherent_dma_mask, dir, true, _RET_IP_);
	if (*bus == DMA_MAPPING_ERROR) {
		__free_pages(page, get_order(size));
		return NULL;
	}
	return page;
}

static void op_free_pages(struct device *dev, size_t size, struct page *page, dma_addr_t bus,
			  enum dma_data_direction dir)
{
	struct pciem_map *map = pciem_dma_take_map(pciem_dma_dd_of(dev), bus, size, _RET_IP_);

	if (!map)
		return;
	__free_pages(page, get_order(size));
	pciem_dma_free_map(map);
}

static struct page *page_of(void *va)
{
	return is_vmalloc_addr(va) ? vmalloc_to_page(va) : virt_to_page(va);
}

static unsigned long pfn_of(void *va)
{
	return pciem_dma_slots_pfn(va) ?: page_to_pfn(page_of(va));
}

static int op_mmap(struct device *dev, struct vm_area_struct *vma, void *va, dma_addr_t bus, size_t size,
		   unsigned long attrs)
{
	unsigned long nr = vma_pages(vma), count = PAGE_ALIGN(size) >> PAGE_SHIFT, i;
	int ret = 0;

	if (vma->vm_pgoff >= count || nr > count - vma->vm_pgoff)
		return -ENXIO;
	for (i = 0; i < nr && !ret; i++)
		ret = remap_pfn_range(vma, vma->vm_start + i * PAGE_SIZE,
				      pfn_of(va + (vma->vm_pgoff + i) * PAGE_SIZE), PAGE_SIZE,
				      vma->vm_page_prot);
	return ret;
}

static int op_get_sgtable(struct device *dev, struct sg_table *sgt, void *va, dma_addr_t bus, size_t size,
			  unsigned long attrs)
{
	unsigned int nr = PAGE_ALIGN(size) >> PAGE_SHIFT, i;
	struct scatterlist *sg;
	int ret;

	if (pciem_dma_slots_pfn(va))
		return -ENXIO;	/* no struct page */
	ret = sg_alloc_table(sgt, nr, GFP_KERNEL);
	if (ret)
		return ret;
	for_each_sg(sgt->sgl, sg, nr, i)
		sg_set_page(sg, page_of(va + i * PAGE_SIZE), PAGE_SIZE, 0);
	return 0;
}

/* ---- limits ---- */

static int op_dma_supported(struct device *dev, u64 mask)
{
	return mask >= MIN_MASK;
}

static u64 op_get_required_mask(struct device *dev)
{
	return DMA_BIT_MASK(64);
}

static size_t op_max_mapping_size(struct device *dev)
{
	u64 mask = dma_get_mask(dev);

	return mask >= PCIEM_DMA_MAPPING_MAX_BYTES * 4 ? PCIEM_DMA_MAPPING_MAX_BYTES : (mask + 1) / 8;
}

static const struct dma_map_ops ops = {
	.alloc = op_alloc,
	.free = op_free,
	.PCIEM_DMA_ALLOC_PAGES_OP = op_alloc_pages,
	.free_pages = op_free_pages,
	.mmap = op_mmap,
	.get_sgtable = op_get_sgtable,
#ifdef PCIEM_DMA_MAPS_PHYS
	.map_phys = op_map_phys,
	.unmap_phys = op_unmap_page,
#else
	.map_page = op_map_page,
	.unmap_page = op_unmap_page,
	.map_resource = refuse_phys,
	.unmap_resource = unmap_nothing,
#endif
	.map_sg = op_map_sg,
	.unmap_sg = op_unmap_sg,
	.dma_supported = op_dma_supported,
	.get_required_mask = op_get_required_mask,
	.max_mapping_size = op_max_mapping_size,
};

/*
 * After the device was removed: somebody may hold it for long (a mounted file
 * system), longer than the link lives, and free what it still has. Nothing of
 * it is mapped any more.
 */
static void *dead_alloc(struct device *dev, size_t size, dma_addr_t *bus, gfp_t gfp, unsigned long attrs)
{
	return NULL;
}

static void dead_free(struct device *dev, size_t size, void *va, dma_addr_t bus, unsigned long attrs)
{
	put_coherent(va, PAGE_ALIGN(size));
}

static void dead_free_pages(struct device *dev, size_t size, struct page *page, dma_addr_t bus,
			    enum dma_data_direction dir)
{
	__free_pages(page, get_order(size));
}

#ifndef PCIEM_DMA_MAPS_PHYS
static dma_addr_t dead_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size,
				enum dma_data_direction dir, unsigned long attrs)
{
	return DMA_MAPPING_ERROR;
}
#endif

static int dead_map_sg(struct device *dev, struct scatterlist *sgl, int nents, enum dma_data_direction dir,
		       unsigned long attrs)
{
	return PCIEM_MAP_SG_ERROR(-EIO);
}

static void dead_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents, enum dma_data_direction dir,
			  unsigned long attrs)
{
}

static const struct dma_map_ops dead_ops = {
	.alloc = dead_alloc,
	.free = dead_free,
	.free_pages = dead_free_pages,
#ifdef PCIEM_DMA_MAPS_PHYS
	.map_phys = refuse_phys,
	.unmap_phys = unmap_nothing,
#else
	.map_page = dead_map_page,
	.unmap_page = unmap_nothing,
	.map_resource = refuse_phys,
	.unmap_resource = unmap_nothing,
#endif
	.map_sg = dead_map_sg,
	.unmap_sg = dead_unmap_sg,
	.dma_supported = op_dma_supported,
};

/* ---- devices ---- */

/* What a removed function at the same address left: sessions without end do not fill memory. */
static struct pciem_dma_dev *find_left(struct pciem_dma *dma, u16 bdf)
{
	struct pciem_dma_dev *dd, *found = NULL;
	unsigned long irqflags;

	raw_spin_lock_irqsave(&dma->lock, irqflags);
	list_for_each_entry(dd, &dma->devs, node)
		if (!dd->dev && dd->bdf == bdf)
			found = dd;
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	return found;
}

static void add_sync_ops(struct dma_map_ops *to)
{
	to->sync_single_for_cpu = op_sync_single_for_cpu;
	to->sync_single_for_device = op_sync_single_for_device;
	to->sync_sg_for_cpu = op_sync_sg_for_cpu;
	to->sync_sg_for_device = op_sync_sg_for_device;
}

static struct pciem_dma_dev *new_dd(struct pciem_dma *dma, u16 bdf)
{
	struct pciem_dma_dev *dd = kzalloc(sizeof(*dd), GFP_KERNEL);
	unsigned long irqflags;

	if (!dd)
		return NULL;
	dd->ops = ops;
	if (dma->slots)
		add_sync_ops(&dd->ops);
	dd->dma = dma;
	dd->bdf = bdf;
	INIT_LIST_HEAD(&dd->maps);
	raw_spin_lock_irqsave(&dma->lock, irqflags);
	list_add_tail(&dd->node, &dma->devs);
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	return dd;
}

/* No two devices have the same address at a time, so a left one is nobody else's. */
void pciem_dma_setup_device(struct pciem_link *link, struct pci_dev *pdev)
{
	struct pciem_dma *dma = pciem_link_dma(link);
	u16 bdf = pci_dev_id(pdev);
	struct pciem_dma_dev *dd = find_left(dma, bdf) ?: new_dd(dma, bdf);
	unsigned long irqflags;

	if (!dd) {
		/* without ops of ours it must not do any DMA */
		pdev->dev.dma_mask = NULL;
		pci_err(pdev, "no memory for DMA mappings\n");
		return;
	}
	raw_spin_lock_irqsave(&dma->lock, irqflags);
	dd->dev = &pdev->dev;
	snprintf(dd->name, sizeof(dd->name), "%s", pci_name(pdev));
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	set_dma_ops(&pdev->dev, &dd->ops);
}

/* Each device has a copy of its own: what it points to tells. */
static bool has_our_ops(struct pci_dev *pdev)
{
	const struct dma_map_ops *its = get_dma_ops(&pdev->dev);

	return its && its->map_sg == op_map_sg;
}

void pciem_dma_end_device(struct pciem_link *link, struct pci_dev *pdev)
{
	struct pciem_dma *dma = pciem_link_dma(link);
	unsigned long irqflags;
	struct pciem_map *map;
	unsigned int nr = 0;
	u64 first = 0;

	if (!has_our_ops(pdev))
		return;
	raw_spin_lock_irqsave(&dma->lock, irqflags);
	list_for_each_entry(map, &pciem_dma_dd_of(&pdev->dev)->maps, of_dd) {
		if (!map->is_over && !nr++)
			first = map->bus;
		map->is_over = true;
		if (map->slot)
			pciem_dma_slots_withdraw(dma, map);
	}
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	if (nr)
		pci_info(pdev, "its driver left %u DMA mappings, the first at 0x%llx: the card does not reach them any more\n",
			 nr, first);
}

void pciem_dma_release_device(struct pciem_link *link, struct pci_dev *pdev)
{
	struct pciem_dma *dma = pciem_link_dma(link);
	struct pciem_dma_dev *dd;
	unsigned long irqflags;

	if (!has_our_ops(pdev))
		return;
	dd = pciem_dma_dd_of(&pdev->dev);
	set_dma_ops(&pdev->dev, &dead_ops);
	raw_spin_lock_irqsave(&dma->lock, irqflags);
	dd->dev = NULL;
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	pciem_dma_drop_maps_of(dma, dd);
}

/* ---- life ---- */

int pciem_dma_module_init(void)
{
	return pciem_dma_map_init();
}

void pciem_dma_module_exit(void)
{
	flush_work(&free_later_work);
	pciem_dma_map_exit();
}

int pciem_dma_init(struct pciem_link *link)
{
	struct pciem_dma *dma = kzalloc(sizeof(*dma), GFP_KERNEL);

	if (!dma)
		return -ENOMEM;
	dma->link = link;
	raw_spin_lock_init(&dma->lock);
	dma->maps = RB_ROOT;
	INIT_LIST_HEAD(&dma->devs);
	pciem_dma_slots_attach(dma);
	pciem_link_set_dma(link, dma);
	return 0;
}

void pciem_dma_fini(struct pciem_link *link)
{
	struct pciem_dma *dma = pciem_link_dma(link);
	struct pciem_dma_dev *dd, *next;

	list_for_each_entry_safe(dd, next, &dma->devs, node) {
		pciem_dma_drop_maps_of(dma, dd);
		kfree(dd);
	}
	pciem_link_set_dma(link, NULL);
	pciem_dma_slots_destroy(dma->slots);
	kfree(dma);
}
