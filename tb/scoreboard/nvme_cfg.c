// SPDX-License-Identifier: Apache-2.0
/* Configuration space: where the BARs are, and what MSI-X is told. */
#include <string.h>

#include "nvme.h"

#define REG_BAR0	0x10
#define REG_BAR5	0x24
#define REG_CAPS	0x34
#define CAP_PCIE	0x10
#define CAP_MSIX	0x11
#define MAX_CAPS	48

static void place_bar(struct nvme *b, uint32_t i)
{
	uint64_t mask = b->bar_mask[i] & ~0xfULL, base = b->cfg[4 + i] & ~0xfU;
	bool is_64 = (b->bar_mask[i] & 7) == 4 && i < 5;

	b->bar[i] = (struct nvme_bar){ 0 };
	if (!b->bar_mask[i] || b->bar_mask[i] & 1 || b->cfg[4 + i] == UINT32_MAX)
		return;
	if (is_64) {
		mask |= (b->bar_mask[i + 1] ? b->bar_mask[i + 1] : UINT32_MAX) << 32;
		base |= (uint64_t)b->cfg[5 + i] << 32;
		b->bar[i].size = ~mask + 1;
	} else {
		b->bar[i].size = (uint32_t)~mask + 1ULL;
	}
	b->bar[i].base = base;
	if (!base)
		b->bar[i].size = 0;
}

static void place_bars(struct nvme *b)
{
	uint32_t i;

	for (i = 0; i < 6; i++) {
		place_bar(b, i);
		/* its second half is no BAR of its own */
		if ((b->bar_mask[i] & 7) == 4 && i < 5)
			b->bar[++i] = (struct nvme_bar){ 0 };
	}
}

static void find_caps(struct nvme *b)
{
	uint32_t at = b->cfg[REG_CAPS / 4] & 0xfc, value, n;

	for (n = 0; at >= 0x40 && n < MAX_CAPS; n++) {
		value = b->cfg[at / 4];
		if ((value & 0xff) == CAP_PCIE)
			b->pcie_cap = at;
		if ((value & 0xff) == CAP_MSIX)
			b->msix_cap = at;
		at = value >> 8 & 0xfc;
	}
}

static void learn_msix(struct nvme *b)
{
	uint32_t control = b->cfg[b->msix_cap / 4];
	uint32_t table = b->cfg[b->msix_cap / 4 + 1];

	b->nr_vectors = (control >> 16 & 0x7ff) + 1;
	b->table_bir = table & 7;
	b->table_offset = table & ~7U;
	nvme_irq_control(b, control >> 31, control >> 30 & 1);
}

void nvme_cfg_value(struct nvme *b, uint32_t reg, uint32_t value)
{
	bool is_bar = reg >= REG_BAR0 && reg <= REG_BAR5;

	if (is_bar && b->cfg[reg / 4] == UINT32_MAX) {
		/* the answer to the question for its size */
		b->bar_mask[(reg - REG_BAR0) / 4] = value;
		return;
	}
	b->cfg[reg / 4] = value;
	if (is_bar)
		place_bars(b);
	if (!b->msix_cap || !b->pcie_cap)
		find_caps(b);
	if (b->msix_cap && (reg & ~4U) == (b->msix_cap & ~4U))
		learn_msix(b);
}

void nvme_cfg_write(struct nvme *b, const struct riser_tlp *tlp)
{
	uint32_t old = b->cfg[tlp->reg / 4], mask = 0, value, i;

	for (i = 0; i < 4; i++)
		if (tlp->first_be >> i & 1)
			mask |= 0xffU << 8 * i;
	value = (old & ~mask) | (nvme_le32(tlp->data) & mask);
	if (b->pcie_cap && tlp->reg == b->pcie_cap + 8 && value & mask & 0x8000) {
		/* function level reset */
		nvme_disable(b);
		nvme_cfg_reset(b);
		return;
	}
	b->cfg[tlp->reg / 4] = value;
	if (tlp->reg >= REG_BAR0 && tlp->reg <= REG_BAR5)
		place_bars(b);
	if (b->msix_cap && tlp->reg == b->msix_cap)
		learn_msix(b);
}

void nvme_cfg_reset(struct nvme *b)
{
	memset(&b->cfg[REG_BAR0 / 4], 0, 6 * sizeof(b->cfg[0]));
	memset(b->bar, 0, sizeof(b->bar));
	if (b->msix_cap)
		b->cfg[b->msix_cap / 4] &= 0x3fffffff;
	nvme_irq_power_on(b);
}
