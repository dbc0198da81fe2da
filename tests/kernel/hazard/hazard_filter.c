// SPDX-License-Identifier: GPL-2.0
/*
 * fixup_exception() is called for every kind of trap (H22). Here it is called with
 * every trap number, every error code, from kernel and user mode, with an address
 * of the card and others: a page fault of the kernel on an absent page of the card,
 * read or write, is taken, everything else falls through to the kernel's own.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <asm/segment.h>
#include <asm/traps.h>

#include "hazard.h"

#define NR_TRAPS	32u
#define NR_ERRORS	128u		/* P W U RSVD I PK SS */
#define ERROR_WRITE	2u
static const unsigned long more_errors[] = { 0x8000, 0x80000000, ~0ul, 0x100, 0x8002 };

typedef int (*fixup_fn)(struct pt_regs *regs, int trapnr, unsigned long error, unsigned long addr);

/* movl (%rdi), %eax; ret. It is never run, and no exception-table entry names it. */
static const u8 insn[16] = { 0x8b, 0x07, 0xc3 };

static fixup_fn find_fixup(void)
{
	struct kprobe kp = { .symbol_name = "fixup_exception", .flags = KPROBE_FLAG_DISABLED };

	if (!register_kprobe(&kp))
		unregister_kprobe(&kp);
	return (fixup_fn)kp.addr;
}

/* One call; whether it was as it must be. */
static bool one(fixup_fn fixup, unsigned int trapnr, unsigned long error, bool user, unsigned long addr, bool is_cards)
{
	bool want = trapnr == X86_TRAP_PF && !(error & ~(unsigned long)ERROR_WRITE) && !user && is_cards;
	struct pt_regs regs = {
		.ip = (unsigned long)insn, .di = addr, .flags = X86_EFLAGS_IF | X86_EFLAGS_FIXED,
		.cs = user ? __USER_CS : __KERNEL_CS, .ss = user ? __USER_DS : __KERNEL_DS,
		.sp = current_stack_pointer,
	};
	unsigned long flags;
	bool got, moved;

	/* as the CPU comes in, and as it goes out again */
	local_irq_save(flags);
	got = fixup(&regs, trapnr, error, addr);
	local_irq_restore(flags);
	moved = regs.ip != (unsigned long)insn;
	if (got == want && moved == want && (!want || (u32)regs.ax == HAZARD_ID))
		return true;
	pr_info_ratelimited("pciem_hazard: trap %u error %#lx %s %s: taken %d, moved %d, value %#lx\n", trapnr, error,
			    user ? "user" : "kernel", is_cards ? "card" : "elsewhere", got, moved, regs.ax);
	return false;
}

void hazard_filter(void __iomem *regs, ulong *calls, ulong *wrong)
{
	const unsigned long addrs[] = { (unsigned long)regs, (unsigned long)calls, 0, 0xffffc00000000000ul };
	fixup_fn fixup = find_fixup();
	unsigned int trapnr, i, k;

	if (!fixup)
		return;
	for (trapnr = 0; trapnr < NR_TRAPS; trapnr++)
		for (i = 0; i < NR_ERRORS + ARRAY_SIZE(more_errors); i++)
			for (k = 0; k < 2 * ARRAY_SIZE(addrs); k++) {
				unsigned long error = i < NR_ERRORS ? i : more_errors[i - NR_ERRORS];

				(*calls)++;
				*wrong += !one(fixup, trapnr, error, k & 1, addrs[k / 2], k < 2);
				cond_resched();
			}
}
