/* SPDX-License-Identifier: GPL-2.0 */
/* Hooks, and functions that are not exported; see mmio_hook.c. */
#ifndef PCIEM_MMIO_HOOK_H
#define PCIEM_MMIO_HOOK_H

#include <linux/extable.h>
#include <linux/ftrace.h>
#include <linux/mm_types.h>
#include <linux/static_call.h>

#include "compat.h"

struct kprobe;

/* Without protection against recursion: no callback calls a function that is hooked. */
#define PCIEM_HOOK_FLAGS	(FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_PERMANENT | \
				 PCIEM_FTRACE_UNPROTECTED)

struct pciem_hook {
	struct ftrace_ops *ops;
	const char *name;
};

const struct exception_table_entry *pciem_no_extable(unsigned long ip);
int pciem_no_map_range(unsigned long addr, unsigned long end, phys_addr_t phys, pgprot_t prot);

void pciem_no_fpu_return(void);

DECLARE_STATIC_CALL(pciem_search_extable, pciem_no_extable);
DECLARE_STATIC_CALL(pciem_map_range, pciem_no_map_range);
/* switch_fpu_return(): loads the registers of the current task's program */
DECLARE_STATIC_CALL(pciem_fpu_return, pciem_no_fpu_return);

/* Whether @ip is in text of the kernel or of a module that is loaded. Any context. */
bool pciem_is_lasting_text(unsigned long ip);

/* Address of a function, or of data where the kernel tells it, by its name. Return: NULL when unknown. */
void *pciem_kernel_symbol(const char *name);

/* Finds the functions behind the static calls. Return: 0, or -ENOENT with a message. */
int pciem_hooks_resolve(void);

/* All of them, or none and a message. Return: 0, or -EBUSY when somebody else has one. */
int pciem_hooks_register(const struct pciem_hook *hooks, unsigned int nr);
void pciem_hooks_unregister(const struct pciem_hook *hooks, unsigned int nr);

#endif /* PCIEM_MMIO_HOOK_H */
