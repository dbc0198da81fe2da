// SPDX-License-Identifier: GPL-2.0
/*
 * The header of a link's block: how one is laid out, and whether one that came
 * from outside can be; words for its numbers. No state.
 */
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "link.h"

#define MAX_DEADLINE_ATOMIC_MS	5000
#define MAX_DEADLINE_SLEEP_MS	60000
#define MAX_EXPIRIES		100

void pciem_hdr_layout(struct pciem_hdr *hdr, u32 down_bytes, u32 up_bytes)
{
	hdr->magic = PCIEM_MAGIC;
	hdr->abi = PCIEM_ABI;
	hdr->hdr_bytes = sizeof(*hdr);
	hdr->kernel_off = PCIEM_PAGE_BYTES;
	hdr->down_off = 2 * PCIEM_PAGE_BYTES;
	hdr->down_bytes = down_bytes;
	hdr->bridge_off = hdr->down_off + down_bytes;
	hdr->up_off = hdr->bridge_off + PCIEM_PAGE_BYTES;
	hdr->up_bytes = up_bytes;
	hdr->total_bytes = hdr->up_off + up_bytes;
}

static bool is_ring_size(u32 bytes)
{
	return is_power_of_2(bytes) && bytes >= PCIEM_RING_MIN_BYTES && bytes <= PCIEM_RING_MAX_BYTES;
}

/* Page aligned, inside the block, behind the header. */
static bool is_area(u64 off, u64 bytes, u64 total)
{
	u64 end;

	return off >= PCIEM_PAGE_BYTES && !(off % PCIEM_PAGE_BYTES) && !check_add_overflow(off, bytes, &end) &&
	       end <= total;
}

static bool areas_are_disjoint(const struct pciem_hdr *hdr)
{
	const u64 area[5][2] = {
		{ hdr->kernel_off, PCIEM_PAGE_BYTES },
		{ hdr->bridge_off, PCIEM_PAGE_BYTES },
		{ hdr->down_off, hdr->down_bytes },
		{ hdr->up_off, hdr->up_bytes },
		{ hdr->dma_off, hdr->dma_bytes },	/* of no size: in front of all others */
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(area); i++)
		for (j = 0; j < i; j++)
			if (area[i][0] < area[j][0] + area[j][1] && area[j][0] < area[i][0] + area[i][1])
				return false;
	return true;
}

/* None, or whole pages. */
static bool is_slots(const struct pciem_hdr *hdr)
{
	if (!hdr->dma_bytes)
		return !hdr->dma_off;
	return hdr->dma_bytes >= PCIEM_SLOTS_MIN_BYTES && hdr->dma_bytes <= PCIEM_SLOTS_MAX_BYTES &&
	       !(hdr->dma_bytes % PCIEM_PAGE_BYTES) && is_area(hdr->dma_off, hdr->dma_bytes, hdr->total_bytes);
}

/* It goes to the log, where a line of its own would look like the kernel's. */
static bool is_printable(const char *name)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			return false;
	return true;
}

int pciem_hdr_check(const struct pciem_hdr *hdr, u64 block_bytes, const char **why)
{
	unsigned int i;

	*why = NULL;
	if (hdr->magic != PCIEM_MAGIC)
		*why = "no magic number";
	else if (hdr->abi != PCIEM_ABI || hdr->hdr_bytes != sizeof(*hdr))
		*why = "other ABI version";
	else if (hdr->total_bytes > block_bytes)
		*why = "block larger than its memory";
	else if (!is_ring_size(hdr->down_bytes) || !is_ring_size(hdr->up_bytes))
		*why = "ring size is no power of two within the limits";
	else if (!is_area(hdr->kernel_off, PCIEM_PAGE_BYTES, hdr->total_bytes) ||
		 !is_area(hdr->bridge_off, PCIEM_PAGE_BYTES, hdr->total_bytes) ||
		 !is_area(hdr->down_off, hdr->down_bytes, hdr->total_bytes) ||
		 !is_area(hdr->up_off, hdr->up_bytes, hdr->total_bytes))
		*why = "area outside the block or not page aligned";
	else if (!is_slots(hdr))
		*why = "area of DMA slots outside the block, not of whole pages, too small or too large";
	else if (!areas_are_disjoint(hdr))
		*why = "areas overlap";
	else if (hdr->deadline_atomic_ms > MAX_DEADLINE_ATOMIC_MS || hdr->deadline_sleep_ms > MAX_DEADLINE_SLEEP_MS)
		*why = "deadline too long";
	else if (hdr->expiries_to_link_down > MAX_EXPIRIES)
		*why = "too many expiries until the link goes down";
	else if (strnlen(hdr->name, sizeof(hdr->name)) == sizeof(hdr->name))
		*why = "name is not terminated";
	else if (!is_printable(hdr->name))
		*why = "name has characters that cannot be printed";
	for (i = 0; i < ARRAY_SIZE(hdr->reserved) && !*why; i++)
		if (hdr->reserved[i])
			*why = "reserved field is not 0";
	return *why ? -EINVAL : 0;
}

const char *pciem_reason_text(u32 reason)
{
	static const char *const texts[] = {
		[PCIEM_REASON_NONE] = "no reason",
		[PCIEM_REASON_BRIDGE] = "the bridge took it down or is gone",
		[PCIEM_REASON_DEADLINE] = "too many accesses in a row were not answered in time",
		[PCIEM_REASON_RING] = "the bridge wrote what cannot be into the ring",
		[PCIEM_REASON_FULL] = "the bridge did not empty the ring in time",
		[PCIEM_REASON_UNLOAD] = "module unload or unbind",
		[PCIEM_REASON_POWER] = "suspend, reboot or panic",
		[PCIEM_REASON_SCAN] = "the PCI domain could not be set up",
		[PCIEM_REASON_TRAP] = "register accesses are not trapped any more",
	};

	return reason < ARRAY_SIZE(texts) ? texts[reason] : "?";
}
