// SPDX-License-Identifier: Apache-2.0
/* What the guest's kernel log tells: lines that mean that something broke. */
#include "super.h"

#include <string.h>

static const struct {
	const char *text;
	const char *sentence;
} troubles[] = {
	{ "Kernel panic - not syncing", "the guest kernel panicked" },
	{ "BUG: unable to handle", "the guest kernel followed a bad pointer" },
	{ "BUG: KASAN", "KASAN found a bad access" },
	{ "BUG: KCSAN", "KCSAN found a data race" },
	{ "BUG: soft lockup", "a guest CPU was stuck for 20 s" },
	{ "BUG: scheduling while atomic", "the guest kernel slept where it may not" },
	{ "BUG: sleeping function called", "the guest kernel slept where it may not" },
	{ "kernel BUG at", "a BUG() of the guest kernel was hit" },
	{ "Oops: ", "the guest kernel oopsed" },
	{ "general protection fault", "the guest kernel took a protection fault" },
	{ "WARNING: CPU:", "the guest kernel printed a warning" },
	{ "UBSAN:", "UBSAN found undefined behaviour" },
	{ "rcu: INFO: rcu", "the guest kernel reported an RCU stall" },
	{ "INFO: task ", "a guest task hung" },
	{ "possible circular locking", "lockdep found a deadlock" },
	{ "inconsistent lock state", "lockdep found a lock used inconsistently" },
	{ "DMA-API:", "the DMA API debugging found a misuse" },
};

const char *riser_console_trouble(const char *line)
{
	size_t i;

	for (i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (strstr(line, troubles[i].text))
			return troubles[i].sentence;
	return NULL;
}
