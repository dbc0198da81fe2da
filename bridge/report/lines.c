// SPDX-License-Identifier: Apache-2.0
#include "lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../names.h"
#include "debugfile.h"

/* Alignment and padding between two functions, as far as kernels have it. */
#define PADDING_BYTES 64

struct riser_lines {
	struct riser_debugpaths paths;
	struct riser_debugfile *files;
};

/* "name+0xoffset/0xsize [module]" */
struct symbol {
	char name[128];
	char module[64];
	uint64_t offset;
	uint64_t size;
};

int riser_lines_open(struct riser_lines **out,
		     const struct riser_account *account,
		     const char *const *debug_dirs)
{
	struct riser_lines *lines = calloc(1, sizeof(*lines));

	if (!lines)
		return -ENOMEM;
	lines->paths.account = account;
	lines->paths.dirs = debug_dirs;
	*out = lines;
	return 0;
}

void riser_lines_close(struct riser_lines *lines)
{
	struct riser_debugfile *file;

	if (!lines)
		return;
	while ((file = lines->files)) {
		lines->files = file->next;
		riser_debugfile_close(file);
	}
	free(lines);
}

static bool parse(struct symbol *symbol, const char *text)
{
	const char *plus = strchr(text, '+'), *open = strchr(text, '[');
	unsigned long long offset, size;

	memset(symbol, 0, sizeof(*symbol));
	if (!plus || (size_t)(plus - text) >= sizeof(symbol->name) ||
	    sscanf(plus, "+0x%llx/0x%llx", &offset, &size) != 2)
		return false;
	memcpy(symbol->name, text, (size_t)(plus - text));
	symbol->offset = offset;
	symbol->size = size;
	if (open)
		snprintf(symbol->module, sizeof(symbol->module), "%.*s",
			 (int)strcspn(open + 1, "] "), open + 1);
	return true;
}

static struct riser_debugfile *file_of(struct riser_lines *lines,
				       const char *module)
{
	struct riser_debugfile *file;

	for (file = lines->files; file; file = file->next)
		if (!strcmp(file->name, module))
			return file;
	file = riser_debugfile_open(&lines->paths, module);
	if (!file)
		return NULL;
	file->next = lines->files;
	lines->files = file;
	return file;
}

/* ---- symbol to address ---- */

static bool is_last_of_section(Dwfl_Module *module, int nr, GElf_Word section,
			       GElf_Addr after)
{
	GElf_Word shndx;
	GElf_Addr addr;
	GElf_Sym sym;
	int i;

	for (i = 1; i < nr; i++)
		if (dwfl_module_getsym_info(module, i, &sym, &addr, &shndx,
					    NULL, NULL) &&
		    GELF_ST_TYPE(sym.st_info) == STT_FUNC &&
		    shndx == section && addr > after)
			return false;
	return true;
}

/*
 * The kernel takes the distance to the next symbol for the size, so padding is in
 * it; behind the last function of a section it has no next one.
 */
static bool fits(Dwfl_Module *module, int nr, const struct symbol *symbol,
		 const GElf_Sym *sym, GElf_Addr addr, GElf_Word section)
{
	if (symbol->offset > sym->st_size || symbol->size < sym->st_size)
		return false;
	return symbol->size - sym->st_size < PADDING_BYTES ||
	       is_last_of_section(module, nr, section, addr);
}

/* 0 and the address in the file's own address space, or what is wrong. */
static int find_address(const struct riser_debugfile *file,
			const struct symbol *symbol, GElf_Addr *found,
			struct riser_line *line)
{
	int nr = dwfl_module_getsymtab(file->module), hits = 0, same = 0, i;
	const char *name;
	GElf_Word shndx;
	GElf_Addr addr;
	GElf_Sym sym;

	for (i = 1; i < nr; i++) {
		name = dwfl_module_getsym_info(file->module, i, &sym, &addr,
					       &shndx, NULL, NULL);
		if (!name || GELF_ST_TYPE(sym.st_info) != STT_FUNC ||
		    strcmp(name, symbol->name))
			continue;
		same++;
		if (!fits(file->module, nr, symbol, &sym, addr, shndx))
			continue;
		if (!hits || *found != addr)
			hits++;
		*found = addr;
	}
	if (hits == 1)
		return 0;
	if (hits)
		snprintf(line->why, sizeof(line->why),
			 "%.180s has %d functions %.64s", file->path, hits,
			 symbol->name);
	else if (same)
		snprintf(line->why, sizeof(line->why),
			 "%.180s is not of the build that ran: its %.64s has another size",
			 file->path, symbol->name);
	else
		snprintf(line->why, sizeof(line->why),
			 "%.180s has no function %.64s", file->path,
			 symbol->name);
	return -ENOENT;
}

/* ---- address to line ---- */

/* Takes away the last part of a path that is made up to @len; its new length. */
static size_t drop_part(const char *path, size_t len)
{
	while (len && path[len - 1] != '/')
		len--;
	return len ? len - 1 : 0;
}

/* "/build/x/debian/build/y/../../../drivers/a.c" to "/build/x/drivers/a.c" */
static void set_file(struct riser_line *line, const char *path,
		     const char *comp_dir)
{
	size_t n = comp_dir ? strlen(comp_dir) : 0, len = 0, part;
	char *file = line->file;

	if (n && !strncmp(path, comp_dir, n) && path[n] == '/')
		path += n + 1;
	if (*path == '/')
		len = (size_t)snprintf(file, sizeof(line->file), "/");
	for (; *path; path += part + (path[part] == '/')) {
		part = strcspn(path, "/");
		if (!part || (part == 1 && *path == '.'))
			continue;
		if (part == 2 && !strncmp(path, "..", 2)) {
			len = drop_part(file, len);
			continue;
		}
		if (len + part + 2 > sizeof(line->file))
			break;
		if (len && file[len - 1] != '/')
			file[len++] = '/';
		memcpy(file + len, path, part);
		len += part;
	}
	file[len] = '\0';
}

static bool is_header_of_kernel(const char *file)
{
	return strstr(file, "/include/") || !strncmp(file, "include/", 8);
}

/* The compilation unit of an address, also where there are no ranges of all. */
static Dwarf_Die *unit_of(Dwfl_Module *module, Dwarf_Addr addr,
			  Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(module, addr, bias);

	if (unit)
		return unit;
	while ((unit = dwfl_module_nextcu(module, unit, bias)))
		if (dwarf_haspc(unit, addr - *bias) > 0)
			return unit;
	return NULL;
}

static const char *call_file(Dwarf_Die *unit, Dwarf_Die *inlined)
{
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	Dwarf_Word nr;
	size_t nr_files;

	if (dwarf_getsrcfiles(unit, &files, &nr_files) ||
	    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attr), &nr))
		return NULL;
	return dwarf_filesrc(files, nr, NULL, NULL);
}

static bool step_out(struct riser_line *line, Dwarf_Die *unit,
		     Dwarf_Die *inlined, const char *comp_dir)
{
	const char *name = dwarf_diename(inlined);
	const char *file = call_file(unit, inlined);
	char from[sizeof(line->file)];
	Dwarf_Attribute attr;
	Dwarf_Word nr;

	if (!name || !file ||
	    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attr), &nr))
		return false;
	memcpy(from, line->file, sizeof(from));
	if (line->nr_inlined < RISER_LINES_INLINED)
		snprintf(line->inlined[line->nr_inlined++],
			 sizeof(line->inlined[0]), "%.48s at %.96s:%u", name,
			 from, line->line);
	set_file(line, file, comp_dir);
	line->line = (unsigned int)nr;
	return true;
}

/*
 * Outwards from what is inlined at the address: accessors, helpers and what is
 * written in the kernel's headers are not what people look for.
 */
static void walk_out(struct riser_line *line, Dwarf_Die *unit, Dwarf_Addr pc,
		     const char *comp_dir)
{
	Dwarf_Die *scopes = NULL, *chain = NULL;
	const char *name = NULL;
	int nr, i;

	nr = dwarf_getscopes(unit, pc, &scopes);
	if (nr > 0)
		nr = dwarf_getscopes_die(&scopes[0], &chain);
	for (i = 0; i < nr; i++) {
		name = dwarf_diename(&chain[i]);
		if (dwarf_tag(&chain[i]) == DW_TAG_subprogram)
			break;
		if (dwarf_tag(&chain[i]) != DW_TAG_inlined_subroutine)
			continue;
		if (!name || (!riser_site_is_accessor(name) &&
			      !riser_site_is_helper(name) &&
			      !is_header_of_kernel(line->file)))
			break;
		if (!step_out(line, unit, &chain[i], comp_dir))
			break;
	}
	if (i < nr && name)
		snprintf(line->function, sizeof(line->function), "%s", name);
	free(chain);
	free(scopes);
}

static void find_line(const struct riser_debugfile *file, Dwarf_Addr addr,
		      struct riser_line *line)
{
	const char *path = NULL, *comp_dir = NULL;
	Dwarf_Attribute attr;
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit = unit_of(file->module, addr, &bias);
	Dwarf_Line *at;
	int nr = 0;

	at = unit ? dwarf_getsrc_die(unit, addr - bias) : NULL;
	if (at)
		path = dwarf_linesrc(at, NULL, NULL);
	if (!path || dwarf_lineno(at, &nr)) {
		snprintf(line->why, sizeof(line->why),
			 "the debug information in %.200s does not cover this address",
			 file->path);
		return;
	}
	if (dwarf_attr(unit, DW_AT_comp_dir, &attr))
		comp_dir = dwarf_formstring(&attr);
	set_file(line, path, comp_dir);
	line->line = (unsigned int)nr;
	walk_out(line, unit, addr - bias, comp_dir);
}

void riser_lines_find(struct riser_lines *lines, const char *text,
		      bool is_return, struct riser_line *line)
{
	struct riser_debugfile *file;
	struct symbol symbol;
	GElf_Addr addr = 0;

	memset(line, 0, sizeof(*line));
	if (!parse(&symbol, text)) {
		snprintf(line->why, sizeof(line->why),
			 "the kernel gave no symbol for it");
		return;
	}
	file = file_of(lines, symbol.module);
	if (!file || !file->dwfl) {
		snprintf(line->why, sizeof(line->why), "%s",
			 file ? file->why : "out of memory");
		return;
	}
	if (!find_address(file, &symbol, &addr, line))
		find_line(file, addr + symbol.offset - is_return, line);
}
