// SPDX-License-Identifier: Apache-2.0
/*
 * Call sites of the driver's kernel. A site is a short stack; what people want
 * to read is the first frame of it that is the driver's own function and not a
 * helper that performs the access.
 */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#define PC_SLOTS 8192	/* a power of two */

/* Frames that perform an access for somebody else: exact names... */
static const char *const accessors[] = {
	"memcpy_fromio", "memcpy_toio", "memset_io", "__memcpy_fromio",
	"__memcpy_toio", "__memset_io", "rep_movs", "memcpy_orig",
	"memcpy_erms", "pci_msix_write_vector_ctrl", "pci_find_capability",
	"pci_find_ext_capability", "pci_find_next_ext_capability",
	"pci_set_master", "pci_clear_master", "pci_enable_device",
	"pci_enable_device_mem", "pci_disable_device", "pci_save_state",
	"pci_restore_state", "pci_intx", "writel_relaxed", "readl_relaxed",
};

/* ... and what names of accessors begin with ... */
static const char *const accessor_prefixes[] = {
	"ioread", "iowrite", "readb", "readw", "readl", "readq", "writeb",
	"writew", "writel", "writeq", "__raw_read", "__raw_write", "lo_hi_",
	"hi_lo_", "__iowrite", "__ioread", "pci_read_config",
	"pci_write_config", "pci_bus_read_config", "pci_bus_write_config",
	"pci_user_read_config", "pci_user_write_config", "pci_generic_config",
	"pcie_capability_", "__pci_find_", "__pci_bus_find_", "__pci_read_",
	"__pci_write_msi", "pci_write_msi", "pci_msi_", "pci_msix_", "__pci_msi",
	"msi_", "__msi_", "msix_", "irq_", "__irq_", "__setup_irq", "setup_irq",
	"request_threaded_irq", "unmask_", "mask_", "__pci_enable_msi",
	"pci_enable_msi", "pci_alloc_irq_vectors", "pci_request_irq",
	"regmap_", "_regmap_", "__regmap_", "pciem_",
	"do_pci_enable_device", "__pci_enable_", "pci_enable_resources",
	"pcibios_", "pci_set_power_state", "__pci_set_", "pci_raw_set_power",
};

/* ... and what names of a driver's own register helpers end with. */
static const char *const helper_suffixes[] = {
	"reg_read", "reg_read8", "reg_read16", "reg_read32", "reg_read64",
	"reg_write", "reg_write8", "reg_write16", "reg_write32",
	"reg_write64", "readb", "readw", "readl", "readq", "writeb",
	"writew", "writel", "writeq", "rd32", "wr32", "rd64", "wr64",
	"read_reg", "write_reg", "readreg", "writereg", "ioread32",
	"iowrite32", "r32", "w32", "_rreg", "_wreg",
};

static size_t name_length(const char *frame)
{
	return strcspn(frame, "+ \n.");
}

static bool has_suffix(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return n <= len && !memcmp(name + len - n, suffix, n);
}

static bool is_in_module(const char *frame, const char *module)
{
	size_t len = strcspn(frame, "\n");
	const char *open = memchr(frame, '[', len);

	return open && !strncmp(open + 1, module, strlen(module));
}

static bool has_module(const char *frame)
{
	return memchr(frame, '[', strcspn(frame, "\n")) != NULL;
}

bool riser_site_is_accessor(const char *frame)
{
	size_t len = name_length(frame);
	size_t i;

	if (is_in_module(frame, "pciem]") || is_in_module(frame, "pciem "))
		return true;
	for (i = 0; i < sizeof(accessors) / sizeof(accessors[0]); i++)
		if (len == strlen(accessors[i]) &&
		    !memcmp(frame, accessors[i], len))
			return true;
	for (i = 0; i < sizeof(accessor_prefixes) / sizeof(accessor_prefixes[0]);
	     i++)
		if (!strncmp(frame, accessor_prefixes[i],
			     strlen(accessor_prefixes[i])))
			return true;
	return false;
}

bool riser_site_is_helper(const char *frame)
{
	size_t len = name_length(frame);
	size_t i;

	for (i = 0; i < sizeof(helper_suffixes) / sizeof(helper_suffixes[0]); i++)
		if (has_suffix(frame, len, helper_suffixes[i]))
			return true;
	return false;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end && end[1] ? end + 1 : NULL;
}

/*
 * The first frame of a module that is neither an accessor nor a helper; else
 * the first frame of a module; else the first that is no accessor; else the
 * access itself.
 */
static const char *pick_frame(const char *text)
{
	const char *helper = NULL, *other = NULL, *line;

	for (line = text; line; line = next_line(line)) {
		if (riser_site_is_accessor(line))
			continue;
		if (!has_module(line)) {
			if (!other)
				other = line;
			continue;
		}
		if (!riser_site_is_helper(line))
			return line;
		if (!helper)
			helper = line;
	}
	if (helper)
		return helper;
	return other ? other : text;
}

static void set_function(struct riser_site_entry *entry)
{
	const char *frame = pick_frame(entry->text);
	size_t len = strcspn(frame, "\n");

	if (len >= sizeof(entry->function))
		len = sizeof(entry->function) - 1;
	memcpy(entry->function, frame, len);
	entry->function[len] = '\0';
	entry->function_frame = 0;
	for (; frame > entry->text; frame--)
		entry->function_frame += frame[-1] == '\n';
}

static struct riser_pc_entry *pc_slot(const struct riser_sites *sites,
				      uint64_t pc)
{
	uint32_t i = (uint32_t)((pc * 0x9e3779b97f4a7c15ULL) >> 32);
	uint32_t tries;

	for (tries = 0; tries < PC_SLOTS; tries++, i++) {
		struct riser_pc_entry *slot = &sites->pc[i & (PC_SLOTS - 1)];

		if (!slot->site || slot->pc == pc)
			return slot;
	}
	return NULL;
}

int riser_sites_init(struct riser_sites *sites)
{
	sites->entry = calloc(RISER_MAX_SITES, sizeof(sites->entry[0]));
	sites->pc = calloc(PC_SLOTS, sizeof(sites->pc[0]));
	return sites->entry && sites->pc ? 0 : -1;
}

void riser_sites_fini(struct riser_sites *sites)
{
	uint32_t i;

	for (i = 0; sites->entry && i < RISER_MAX_SITES; i++) {
		if (!sites->entry[i])
			continue;
		free(sites->entry[i]->text);
		free(sites->entry[i]);
	}
	free(sites->entry);
	free(sites->pc);
}

/* A copy without anything that could confuse a terminal. */
static char *clean_text(const uint8_t *text, uint32_t len)
{
	char *copy = malloc((size_t)len + 1);
	uint32_t i;

	if (!copy)
		return NULL;
	for (i = 0; i < len && text[i]; i++)
		copy[i] = text[i] == '\n' || (text[i] >= ' ' && text[i] < 127) ?
			  (char)text[i] : '?';
	copy[i] = '\0';
	return copy;
}

const struct riser_site_entry *riser_sites_add(struct riser_sites *sites,
					       const uint8_t *body,
					       uint32_t len, uint32_t *site)
{
	struct riser_site_entry *entry;
	struct riser_pc_entry *slot;
	struct pciem_site head;
	char *text;

	if (len < sizeof(head))
		return NULL;
	memcpy(&head, body, sizeof(head));
	if (!head.site || head.site >= RISER_MAX_SITES ||
	    head.nr_frames > PCIEM_SITE_FRAMES)
		return NULL;
	text = clean_text(body + sizeof(head), len - (uint32_t)sizeof(head));
	if (!text)
		return NULL;
	entry = sites->entry[head.site];
	if (!entry)
		entry = calloc(1, sizeof(*entry));
	if (!entry) {
		free(text);
		return NULL;
	}
	free(entry->text);
	entry->text = text;
	entry->nr_frames = head.nr_frames;
	memcpy(entry->frame, head.frame, sizeof(entry->frame));
	set_function(entry);
	sites->entry[head.site] = entry;
	slot = head.nr_frames ? pc_slot(sites, head.frame[0]) : NULL;
	if (slot) {
		slot->pc = head.frame[0];
		slot->site = head.site;
	}
	*site = head.site;
	return entry;
}

const struct riser_site_entry *riser_sites_find(const struct riser_sites *sites,
						uint32_t site, uint64_t pc)
{
	const struct riser_pc_entry *slot;

	if (!site && pc) {
		slot = pc_slot(sites, pc);
		if (slot && slot->pc == pc)
			site = slot->site;
	}
	if (!site || site >= RISER_MAX_SITES)
		return NULL;
	return sites->entry[site];
}

const char *riser_sites_function(const struct riser_sites *sites,
				 uint32_t site, uint64_t pc)
{
	const struct riser_site_entry *entry =
		riser_sites_find(sites, site, pc);

	return entry ? entry->function : NULL;
}
