// SPDX-License-Identifier: Apache-2.0
#include "debugfile.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_DEBUG	"/usr/lib/debug"

/* ---- names ---- */

/* Whether a file's name is that of module @name: nvme-core.ko, nvme_core.ko.xz */
static bool is_module(const char *file, const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (file[i] != name[i] && !(file[i] == '-' && name[i] == '_'))
			return false;
	return !strcmp(file + i, ".ko") || !strcmp(file + i, ".ko.debug") ||
	       !strcmp(file + i, ".ko.xz");
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The file of module @name below @dir, malloc'ed; NULL if there is none. */
static char *search(const char *dir, const char *name)
{
	char *const roots[] = { (char *)dir, NULL };
	char *found = NULL;
	FTSENT *entry;
	FTS *tree;

	if (access(dir, R_OK))
		return NULL;
	tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	while (tree && !found && (entry = fts_read(tree))) {
		/* "build" and "source" lead out of a kernel's directory */
		if (entry->fts_info == FTS_D && entry->fts_level == 1 &&
		    (!strcmp(entry->fts_name, "build") ||
		     !strcmp(entry->fts_name, "source")))
			fts_set(tree, entry, FTS_SKIP);
		else if (entry->fts_info == FTS_F &&
			 is_module(entry->fts_name, name))
			found = strdup(entry->fts_path);
	}
	if (tree)
		fts_close(tree);
	return found;
}

/* ---- one file ---- */

/* Nothing but the file itself is read: no search elsewhere, no network. */
static int find_no_elf(Dwfl_Module *module, void **data, const char *name,
		       Dwarf_Addr base, char **path, Elf **elf)
{
	(void)module, (void)data, (void)name, (void)base, (void)path, (void)elf;
	return -1;
}

static int find_no_debuginfo(Dwfl_Module *module, void **data,
			     const char *name, Dwarf_Addr base,
			     const char *file, const char *link,
			     GElf_Word crc, char **path)
{
	(void)module, (void)data, (void)name, (void)base, (void)file;
	(void)link, (void)crc, (void)path;
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = find_no_elf,
	.find_debuginfo = find_no_debuginfo,
	.section_address = dwfl_offline_section_address,
};

static Dwfl *open_file(const char *path, Dwfl_Module **module)
{
	Dwfl *dwfl = dwfl_begin(&callbacks);

	*module = dwfl ? dwfl_report_offline(dwfl, base_name(path), path, -1) :
			 NULL;
	if (dwfl && (!*module || dwfl_report_end(dwfl, NULL, NULL))) {
		dwfl_end(dwfl);
		return NULL;
	}
	return dwfl;
}

static int build_id(Dwfl_Module *module, const unsigned char **bits)
{
	GElf_Addr addr;

	/* the notes are found only in a file that is loaded */
	dwfl_module_getelf(module, &addr);
	return dwfl_module_build_id(module, bits, &addr);
}

/* Whether two files are builds of the same; true when one does not say. */
static bool is_same_build(Dwfl_Module *a, const char *path_b)
{
	const unsigned char *bits_a, *bits_b;
	Dwfl_Module *b;
	Dwfl *dwfl = open_file(path_b, &b);
	int nr_a, nr_b;
	bool ret;

	if (!dwfl)
		return true;
	nr_a = build_id(a, &bits_a);
	nr_b = build_id(b, &bits_b);
	ret = nr_a <= 0 || nr_b <= 0 ||
	      (nr_a == nr_b && !memcmp(bits_a, bits_b, (size_t)nr_a));
	dwfl_end(dwfl);
	return ret;
}

/* Takes @path if it has debug information; else says why not. */
static bool take(struct riser_debugfile *file, const char *path)
{
	Dwarf_Addr bias;

	file->dwfl = open_file(path, &file->module);
	if (!file->dwfl) {
		snprintf(file->why, sizeof(file->why), "%.200s cannot be read: %s",
			 path, dwfl_errmsg(-1));
		return false;
	}
	if (dwfl_module_getdwarf(file->module, &bias)) {
		snprintf(file->path, sizeof(file->path), "%s", path);
		file->why[0] = '\0';
		return true;
	}
	snprintf(file->why, sizeof(file->why),
		 "%.200s has no debug information: build it with -g for file:line",
		 path);
	dwfl_end(file->dwfl);
	file->dwfl = NULL;
	return false;
}

/* ---- places ---- */

/* A module that the user gave to the run: the file itself. True: look no further. */
static bool take_given(struct riser_debugfile *file,
		       const struct riser_account *account)
{
	struct fy_node *list = riser_node_at(account->root, "/modules"), *item;
	const char *path;
	struct stat st;
	int i;

	for (i = 0; (item = riser_node_item(list, i)); i++) {
		path = riser_node_text(item, "path");
		if (!path || !is_module(base_name(path), file->name))
			continue;
		if (stat(path, &st)) {
			snprintf(file->why, sizeof(file->why),
				 "%.200s is gone since the run: %s", path,
				 strerror(errno));
		} else if ((uint64_t)st.st_size !=
			   riser_node_u64(item, "bytes") ||
			   (uint64_t)st.st_mtim.tv_sec !=
			   riser_node_u64(item, "mtime_s")) {
			snprintf(file->why, sizeof(file->why),
				 "%.200s has changed since the run: run again for file:line",
				 path);
		} else {
			take(file, path);
		}
		return file->dwfl != NULL;
	}
	return false;
}

static bool take_below(struct riser_debugfile *file, const char *dir,
		       const struct riser_account *account)
{
	const char *ran_in = riser_node_text(account->root, "/modules_dir");
	char *path = search(dir, file->name), *ran;
	bool ret = path && take(file, path);

	ran = ret && ran_in ? search(ran_in, file->name) : NULL;
	if (ran && !is_same_build(file->module, ran)) {
		snprintf(file->why, sizeof(file->why),
			 "%.200s is not of the build that ran", path);
		dwfl_end(file->dwfl);
		file->dwfl = NULL;
		ret = false;
	}
	free(ran);
	free(path);
	return ret;
}

static bool take_kernel(struct riser_debugfile *file, const char *dir,
			const char *release)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/boot/vmlinux-%s", dir, release);
	if (!access(path, R_OK) && take(file, path))
		return true;
	snprintf(path, sizeof(path), "%s/lib/modules/%s/vmlinux", dir, release);
	return !access(path, R_OK) && take(file, path);
}

static bool take_any(struct riser_debugfile *file,
		     const struct riser_debugpaths *paths, const char *release)
{
	const char *const *dir;
	char system[512];

	if (file->name[0] && take_given(file, paths->account))
		return true;
	for (dir = paths->dirs; dir && *dir; dir++)
		if (file->name[0] ? take_below(file, *dir, paths->account) :
				    take_kernel(file, *dir, release))
			return true;
	if (!file->name[0])
		return take_kernel(file, SYSTEM_DEBUG, release);
	snprintf(system, sizeof(system), SYSTEM_DEBUG "/lib/modules/%s",
		 release);
	return take_below(file, system, paths->account);
}

struct riser_debugfile *
riser_debugfile_open(const struct riser_debugpaths *paths, const char *name)
{
	const char *release = riser_node_text(paths->account->root, "/kernel");
	struct riser_debugfile *file = calloc(1, sizeof(*file));

	if (!file)
		return NULL;
	snprintf(file->name, sizeof(file->name), "%s", name);
	/* a release is a directory's name: nothing that leads elsewhere */
	if (!release || strchr(release, '/'))
		release = "unknown";
	if (take_any(file, paths, release) || file->why[0])
		return file;
	snprintf(file->why, sizeof(file->why),
		 "no debug information of %s: install linux-image-%.128s-dbg for file:line",
		 *name ? name : "the kernel", release);
	return file;
}

void riser_debugfile_close(struct riser_debugfile *file)
{
	if (!file)
		return;
	if (file->dwfl)
		dwfl_end(file->dwfl);
	free(file);
}
