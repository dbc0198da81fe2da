/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the kernel prints of an address, "nvme_wait_ready+0x84/0xf0
 * [nvme_core]", to the file and line in the driver's sources.
 *
 * Symbol and offset do not depend on where a module was loaded, so no load address
 * is needed; the symbol's size shows whether the file at hand is the one that ran.
 * The only user of libdw.
 */
#ifndef RISER_REPORT_LINES_H
#define RISER_REPORT_LINES_H

#include <stdbool.h>

#include "account.h"

#define RISER_LINES_INLINED 8

struct riser_lines;

/**
 * struct riser_line - the answer
 * @file: "" when it is not known: then @why is one sentence that says what to do
 * @function: whose line it is: the driver's own, inlined or not
 * @inlined: what was inlined there and is not the driver's own (readl), as
 *	"readl at arch/x86/include/asm/io.h:60", innermost first
 */
struct riser_line {
	char file[256];
	unsigned int line;
	char function[64];
	char inlined[RISER_LINES_INLINED][160];
	unsigned int nr_inlined;
	char why[320];
};

/**
 * riser_lines_open() - prepares to look for lines of a run
 * @account: tells the kernel's release and the modules that were not its own
 * @debug_dirs: further directories with modules that have debug information;
 *	NULL-terminated, borrowed, may be NULL
 *
 * Nothing is read before it is asked for. Returns 0 or -ENOMEM.
 */
int riser_lines_open(struct riser_lines **lines,
		     const struct riser_account *account,
		     const char *const *debug_dirs);
/**
 * riser_lines_find() - the line of one address
 * @symbol: as the kernel prints it with %pS
 * @is_return: the address is where a call returns to, the line that of the call
 */
void riser_lines_find(struct riser_lines *lines, const char *symbol,
		      bool is_return, struct riser_line *line);
void riser_lines_close(struct riser_lines *lines);

#endif /* RISER_REPORT_LINES_H */
