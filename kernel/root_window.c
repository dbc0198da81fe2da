// SPDX-License-Identifier: GPL-2.0
/*
 * The holes in the CPU's address map in which a card's BARs are placed: one for
 * 64-bit prefetchable ones, one whose bus addresses are below 4 GiB.
 */
#define pr_fmt(fmt) "pciem: " fmt

#include <linux/pci.h>
#include <linux/sizes.h>

#include "root.h"

#define MMIO64_MAX_BYTES	(128ULL * SZ_1G)	/* fits a 64 GiB BAR */
#define MMIO64_MIN_BYTES	((u64)SZ_1G)
#define MMIO32_BYTES		(PCIEM_BUS_MMIO32_END - PCIEM_BUS_MMIO32_START)

u64 pciem_root_mmio64_start(void)
{
	return 1ULL << (max_t(unsigned int, boot_cpu_data.x86_phys_bits, 36) -
			1);
}

/*
 * A hole in the CPU's address map that no decoder owns. In the map it is a
 * window like those of a real host bridge: BARs are inserted below it, and
 * request_mem_region() of drivers must be able to descend into it.
 */
static int window_claim(struct resource *res, const char *name, u64 size,
			u64 start, u64 align, unsigned long flags)
{
	u64 limit = (1ULL << boot_cpu_data.x86_phys_bits) - 1;

	memset(res, 0, sizeof(*res));
	res->name = name;
	res->flags = flags;
	return allocate_resource(&iomem_resource, res, size, start, limit,
				 align, NULL, NULL);
}

static void window_release(struct resource *res)
{
	if (res->parent)
		release_resource(res);
}

int pciem_root_windows_claim(struct pciem_root *root)
{
	u64 size;
	int ret;

	for (size = MMIO64_MAX_BYTES; size >= MMIO64_MIN_BYTES; size /= 2) {
		ret = window_claim(&root->mmio64, root->mmio64_name, size,
				   pciem_root_mmio64_start(), size,
				   IORESOURCE_MEM | IORESOURCE_MEM_64 |
				   IORESOURCE_PREFETCH);
		if (!ret)
			break;
	}
	if (ret) {
		pr_err("%s: no free range of %llu MiB above %#llx for 64-bit BARs; see /proc/iomem for who owns it\n",
		       pciem_link_name(root->link), MMIO64_MIN_BYTES / SZ_1M,
		       pciem_root_mmio64_start());
		return ret;
	}
	/* not right above 4 GiB either, where memory may be plugged later (H40) */
	ret = window_claim(&root->mmio32, root->mmio32_name, MMIO32_BYTES,
			   pciem_root_mmio64_start(), MMIO32_BYTES, IORESOURCE_MEM);
	if (ret) {
		pr_err("%s: no free range of %llu MiB above %#llx for 32-bit BARs; see /proc/iomem for who owns it\n",
		       pciem_link_name(root->link), MMIO32_BYTES / SZ_1M, pciem_root_mmio64_start());
		goto err_mmio64;
	}
	ret = pciem_mmio_add_window(root->link, root->mmio64.start,
				    resource_size(&root->mmio64), 0, true);
	if (ret)
		goto err_mmio32;
	ret = pciem_mmio_add_window(root->link, root->mmio32.start,
				    resource_size(&root->mmio32),
				    root->mmio32.start - PCIEM_BUS_MMIO32_START,
				    false);
	if (ret)
		goto err_windows;
	return 0;

err_windows:
	pciem_mmio_remove_windows(root->link);
err_mmio32:
	window_release(&root->mmio32);
err_mmio64:
	window_release(&root->mmio64);
	return ret;
}

void pciem_root_windows_release(struct pciem_root *root)
{
	pciem_mmio_remove_windows(root->link);
	window_release(&root->mmio32);
	window_release(&root->mmio64);
}
