/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of registers, for everything that this process prints: a table in the
 * process, filled before other threads begin. Its file (sim/regs-table writes it, a
 * run has it as regs.txt) has lines "BAR OFFSET BYTES NAME".
 */
#ifndef RISER_BRIDGE_REGS_H
#define RISER_BRIDGE_REGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <riser/api.h>

#define RISER_REGS_FILE	"regs.txt"

/**
 * riser_regs_load() - the table of a file, instead of the one before
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0; -errno of the file system, -EBADMSG a line that is none, -ENOMEM.
 */
RISER_API int riser_regs_load(const char *path, char *error);
/* That of the run in @dir, when it has one. */
RISER_API void riser_regs_load_run(const char *dir);
RISER_API void riser_regs_unload(void);
/* "CSTS", "CSTS+2" for a byte within it; false: the place has no name. */
RISER_API bool riser_regs_name(unsigned int bar, uint64_t offset, char *text, size_t size);

#endif /* RISER_BRIDGE_REGS_H */
