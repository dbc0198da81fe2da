/* SPDX-License-Identifier: Apache-2.0 */
/* Files with debug information of a run's kernel and modules. Internal to lines. */
#ifndef RISER_REPORT_DEBUGFILE_H
#define RISER_REPORT_DEBUGFILE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "account.h"

/**
 * struct riser_debugfile - a module, or the kernel itself
 * @name: as the kernel prints it (nvme_core); "" for the kernel
 * @dwfl: NULL when there is nothing to read: then @why says what to do
 */
struct riser_debugfile {
	char name[64];
	char path[1024];
	Dwfl *dwfl;
	Dwfl_Module *module;
	char why[320];
	struct riser_debugfile *next;
};

/* Where to look. Borrowed strings. */
struct riser_debugpaths {
	const struct riser_account *account;
	const char *const *dirs;
};

/*
 * Finds and opens the file of module @name ("": the kernel). Always returns an
 * entry, unless memory is short; whoever gets it frees it.
 */
struct riser_debugfile *
riser_debugfile_open(const struct riser_debugpaths *paths, const char *name);
void riser_debugfile_close(struct riser_debugfile *file);

#endif /* RISER_REPORT_DEBUGFILE_H */
