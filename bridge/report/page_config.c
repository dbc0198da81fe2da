// SPDX-License-Identifier: Apache-2.0
/*
 * Configuration space in words: what the card answered to the kernel's reads, and
 * what the kernel wrote behind that. Nobody asked the card for anything more.
 */
#include <inttypes.h>
#include <string.h>

#include "page.h"

#define MAX_CAPS 48

static bool knows(const struct riser_function *fn, unsigned int reg)
{
	return fn->known[reg / 32] >> (reg / 4 % 8) & 1;
}

static uint32_t dword(const struct riser_function *fn, unsigned int reg)
{
	return reg < RISER_CFG_BYTES ? fn->cfg[reg / 4] : 0;
}

static uint16_t word(const struct riser_function *fn, unsigned int reg)
{
	return (uint16_t)(dword(fn, reg & ~3U) >> (reg & 2) * 8);
}

/* ---- identity ---- */

static const char *class_words(uint32_t class)
{
	static const struct {
		uint32_t code, mask;
		const char *words;
	} classes[] = {
		{ 0x010802, 0xffffff, "NVM Express controller" },
		{ 0x010601, 0xffffff, "SATA controller, AHCI" },
		{ 0x010000, 0xff0000, "mass storage controller" },
		{ 0x020000, 0xffff00, "Ethernet controller" },
		{ 0x020000, 0xff0000, "network controller" },
		{ 0x030000, 0xff0000, "display controller" },
		{ 0x040000, 0xff0000, "multimedia device" },
		{ 0x050000, 0xff0000, "memory controller" },
		{ 0x060000, 0xff0000, "bridge" },
		{ 0x070000, 0xff0000, "communication controller" },
		{ 0x0c0330, 0xffffff, "USB controller, xHCI" },
		{ 0x0c0000, 0xff0000, "serial bus controller" },
		{ 0x100000, 0xff0000, "encryption controller" },
		{ 0x120000, 0xff0000, "processing accelerator" },
		{ 0xff0000, 0xff0000, "of no class" },
	};
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if ((class & classes[i].mask) == classes[i].code)
			return classes[i].words;
	return "of a class without a name here";
}

static void put_identity(FILE *out, const struct riser_function *fn)
{
	char text[160];
	uint32_t class = dword(fn, 8) >> 8;

	if (knows(fn, 0)) {
		snprintf(text, sizeof(text), "vendor %04x, device %04x%s",
			 word(fn, 0), word(fn, 2),
			 word(fn, 0) == 0xffff ? " (nobody there)" : "");
		riser_html_fact(out, "identity", text);
	}
	if (knows(fn, 8)) {
		snprintf(text, sizeof(text), "%s (class %06x), revision %u",
			 class_words(class), class, dword(fn, 8) & 0xff);
		riser_html_fact(out, "what it is", text);
	}
	if (knows(fn, 0x2c)) {
		snprintf(text, sizeof(text), "vendor %04x, device %04x",
			 word(fn, 0x2c), word(fn, 0x2e));
		riser_html_fact(out, "subsystem", text);
	}
}

/* ---- bits as words ---- */

struct bit_words {
	unsigned int bit;
	const char *set, *clear;	/* NULL: nothing is said */
};

static void add_words(char *text, size_t size, const char *words)
{
	size_t len = strlen(text);

	if (words)
		snprintf(text + len, size - len, "%s%s", len ? ", " : "", words);
}

static void put_bits(FILE *out, const char *name, uint32_t value,
		     const struct bit_words *bits, size_t nr)
{
	char text[512] = "";
	size_t i;

	for (i = 0; i < nr; i++)
		add_words(text, sizeof(text), value >> bits[i].bit & 1 ?
			  bits[i].set : bits[i].clear);
	riser_html_fact(out, name, *text ? text : "nothing special");
}

static void put_command(FILE *out, const struct riser_function *fn)
{
	static const struct bit_words command[] = {
		{ 1, "memory space on", "memory space off" },
		{ 0, "I/O space on", NULL },
		{ 2, "bus master on", "bus master off" },
		{ 6, "parity errors answered", NULL },
		{ 8, "SERR# on", NULL },
		{ 10, "INTx off", "INTx allowed" },
	};
	static const struct bit_words status[] = {
		{ 3, "INTx pending", NULL },
		{ 4, "has capabilities", "has no capabilities" },
		{ 8, "master data parity error", NULL },
		{ 11, "signalled target abort", NULL },
		{ 12, "received target abort", NULL },
		{ 13, "received master abort", NULL },
		{ 14, "signalled system error", NULL },
		{ 15, "detected parity error", NULL },
	};

	if (!knows(fn, 4))
		return;
	put_bits(out, "command", word(fn, 4), command,
		 sizeof(command) / sizeof(command[0]));
	put_bits(out, "status", word(fn, 6), status,
		 sizeof(status) / sizeof(status[0]));
}

static void put_bars(FILE *out, const struct riser_function *fn)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	uint64_t base, bytes, size;
	char name[16], text[160];
	unsigned int i, unit;
	bool is_io;

	for (i = 0; i < RISER_NR_BARS; i++) {
		if (!riser_function_bar(fn, i, &base, &bytes, &is_io))
			continue;
		for (size = bytes, unit = 0; size % 1024 == 0 && unit < 4; unit++)
			size /= 1024;
		snprintf(name, sizeof(name), "BAR%u", i);
		if (is_io)
			snprintf(text, sizeof(text), "%" PRIu64 " %s of I/O space at 0x%" PRIx64,
				 size, units[unit], base);
		else
			snprintf(text, sizeof(text),
				 "%" PRIu64 " %s of memory at 0x%" PRIx64 ", %s-bit, %s",
				 size, units[unit], base,
				 fn->bar[i].mask & 4 ? "64" : "32",
				 fn->bar[i].mask & 8 ? "prefetchable" :
				 "not prefetchable");
		riser_html_fact(out, name, text);
	}
}

/* ---- capabilities ---- */

static void pm_words(const struct riser_function *fn, unsigned int reg,
		     char *text, size_t size)
{
	static const char *const states[] = { "D0", "D1", "D2", "D3hot" };

	snprintf(text, size, "power management, now in %s",
		 knows(fn, reg + 4) ? states[word(fn, reg + 4) & 3] :
		 "a state that was not read");
}

static void msi_words(const struct riser_function *fn, unsigned int reg,
		      char *text, size_t size)
{
	uint16_t control = word(fn, reg + 2);

	snprintf(text, size, "MSI: %s, %u of %u vectors, %s-bit address%s",
		 control & 1 ? "on" : "off", 1U << (control >> 4 & 7),
		 1U << (control >> 1 & 7), control & 0x80 ? "64" : "32",
		 control & 0x100 ? ", masks for each" : "");
}

static void msix_words(const struct riser_function *fn, unsigned int reg,
		       char *text, size_t size)
{
	uint16_t control = word(fn, reg + 2);
	int n;

	n = snprintf(text, size, "MSI-X: %s%s, %u vectors",
		     control & 0x8000 ? "on" : "off",
		     control & 0x4000 ? ", all masked" : "",
		     (control & 0x7ffU) + 1);
	if (knows(fn, reg + 4))
		n += snprintf(text + n, size - (size_t)n, ", table at BAR%u+0x%x",
			      dword(fn, reg + 4) & 7, dword(fn, reg + 4) & ~7U);
	if (knows(fn, reg + 8))
		snprintf(text + n, size - (size_t)n, ", pending bits at BAR%u+0x%x",
			 dword(fn, reg + 8) & 7, dword(fn, reg + 8) & ~7U);
}

static void pcie_words(const struct riser_function *fn, unsigned int reg,
		       char *text, size_t size)
{
	static const char *const types[16] = {
		"endpoint", "legacy endpoint", NULL, NULL, "root port",
		"upstream port", "downstream port", NULL, NULL,
		"root complex integrated endpoint",
	};
	const char *type = types[word(fn, reg + 2) >> 4 & 15];
	uint32_t cap = dword(fn, reg + 4);
	uint16_t control = word(fn, reg + 8);
	int n;

	n = snprintf(text, size, "PCI Express: %s", type ? type : "other");
	if (knows(fn, reg + 4))
		n += snprintf(text + n, size - (size_t)n,
			      ", payload up to %u bytes possible%s%s",
			      128U << (cap & 7), cap & 0x20 ? ", extended tags" : "",
			      cap & 1U << 28 ? ", function level reset" : "");
	if (knows(fn, reg + 8))
		snprintf(text + n, size - (size_t)n,
			 "; in use: payload %u bytes, read requests %u bytes%s%s",
			 128U << (control >> 5 & 7), 128U << (control >> 12 & 7),
			 control & 0x10 ? ", relaxed ordering" : "",
			 control & 0x800 ? ", no snoop" : "");
}

static void cap_words(const struct riser_function *fn, unsigned int reg,
		      char *text, size_t size)
{
	static const struct {
		uint8_t id;
		const char *words;
		void (*print)(const struct riser_function *fn, unsigned int reg,
			      char *text, size_t size);
	} caps[] = {
		{ 0x01, NULL, pm_words }, { 0x05, NULL, msi_words },
		{ 0x10, NULL, pcie_words }, { 0x11, NULL, msix_words },
		{ 0x03, "vital product data", NULL },
		{ 0x09, "vendor specific", NULL },
		{ 0x0d, "subsystem of a bridge", NULL },
		{ 0x13, "advanced features", NULL },
		{ 0x14, "enhanced allocation", NULL },
	};
	uint8_t id = (uint8_t)dword(fn, reg);
	size_t i;

	for (i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		if (caps[i].id != id)
			continue;
		if (caps[i].print)
			caps[i].print(fn, reg, text, size);
		else
			snprintf(text, size, "%s", caps[i].words);
		return;
	}
	snprintf(text, size, "capability %u", id);
}

static void put_caps(FILE *out, const struct riser_function *fn)
{
	unsigned int reg = dword(fn, 0x34) & 0xfc, i;
	char name[32], text[512];

	if (!knows(fn, 0x34))
		return;
	for (i = 0; i < MAX_CAPS && reg >= 0x40 && knows(fn, reg); i++) {
		snprintf(name, sizeof(name), "at 0x%02x", reg);
		cap_words(fn, reg, text, sizeof(text));
		riser_html_fact(out, name, text);
		reg = dword(fn, reg) >> 8 & 0xfc;
	}
}

static void put_extended_caps(FILE *out, const struct riser_function *fn)
{
	static const char *const names[0x30] = {
		[0x01] = "advanced error reporting", [0x02] = "virtual channels",
		[0x03] = "device serial number", [0x04] = "power budgeting",
		[0x0b] = "vendor specific", [0x0d] = "access control services",
		[0x0e] = "alternative routing id", [0x0f] = "address translation",
		[0x10] = "single root I/O virtualization",
		[0x13] = "page requests", [0x15] = "resizable BARs",
		[0x17] = "steering tags", [0x18] = "latency tolerance reporting",
		[0x19] = "secondary PCI Express", [0x1b] = "process address space id",
		[0x1d] = "downstream port containment", [0x1e] = "L1 substates",
		[0x1f] = "precision time measurement", [0x23] = "designated vendor specific",
		[0x25] = "data link feature", [0x26] = "16 GT/s physical layer",
	};
	unsigned int reg = 0x100, i, id;
	char name[32], text[160];

	for (i = 0; i < MAX_CAPS && reg >= 0x100 && knows(fn, reg) &&
	     dword(fn, reg) && dword(fn, reg) != 0xffffffff; i++) {
		id = dword(fn, reg) & 0xffff;
		snprintf(name, sizeof(name), "at 0x%03x", reg);
		if (id < sizeof(names) / sizeof(names[0]) && names[id])
			snprintf(text, sizeof(text), "%s, version %u", names[id],
				 dword(fn, reg) >> 16 & 0xf);
		else
			snprintf(text, sizeof(text), "extended capability %u", id);
		riser_html_fact(out, name, text);
		reg = dword(fn, reg) >> 20 & 0xffc;
	}
}

static bool is_there(const struct riser_function *fn)
{
	return fn->is_used && fn->is_seen && knows(fn, 0) &&
	       word(fn, 0) != 0xffff;
}

void riser_page_config(FILE *out, const struct riser_page_input *input)
{
	const struct riser_bar_map *map = &input->tally->words.bars;
	const struct riser_function *fn;
	unsigned int i;

	riser_html_section(out, "config", "Configuration space in words",
			   "What the kernel read from the card and wrote to it, as it was at the end; nothing else was asked.");
	for (i = 0; i < RISER_MAX_FUNCTIONS; i++) {
		fn = &map->function[i];
		if (!is_there(fn))
			continue;
		fprintf(out, "<h3>Function %02x:%02x.%u</h3>\n<table>\n",
			fn->bdf >> 8, fn->bdf >> 3 & 31, fn->bdf & 7U);
		put_identity(out, fn);
		put_command(out, fn);
		put_bars(out, fn);
		put_caps(out, fn);
		put_extended_caps(out, fn);
		fputs("</table>\n", out);
	}
	riser_html_section_end(out);
}
