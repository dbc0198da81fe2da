// SPDX-License-Identifier: GPL-2.0
/*
 * The short way of a trapped access: a plain MOV that the long way (mmio_emul.c) has
 * decoded before, of naturally aligned bytes that are one TLP. It needs no copy of the
 * registers and no address but the one that faulted.
 *
 * Interrupts are off and stay off but for a read's wait. A write needs no pin of the window:
 * who takes it away waits for a grace period before anything of it goes, and a CPU with
 * interrupts off holds that up.
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <asm/trap_pf.h>

#include "mmio.h"
#include "mmio_known.h"
#include "req_plain.h"

/* off until the long runs (ctest -L soak) have been through it */
static bool plain_is_on = true;
module_param_named(plain, plain_is_on, bool, 0400);
MODULE_PARM_DESC(plain, "plain register accesses go a short way (Y); all go the long one if not");

/* Where the trap has saved the registers, in instruction-encoding order. */
static const u8 reg_off[16] = {
	offsetof(struct pt_regs, ax), offsetof(struct pt_regs, cx), offsetof(struct pt_regs, dx),
	offsetof(struct pt_regs, bx), offsetof(struct pt_regs, sp), offsetof(struct pt_regs, bp),
	offsetof(struct pt_regs, si), offsetof(struct pt_regs, di), offsetof(struct pt_regs, r8),
	offsetof(struct pt_regs, r9), offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r11),
	offsetof(struct pt_regs, r12), offsetof(struct pt_regs, r13), offsetof(struct pt_regs, r14),
	offsetof(struct pt_regs, r15),
};

static unsigned long *reg_of(struct pt_regs *pt, struct pciem_plain plain)
{
	return (void *)pt + reg_off[plain.reg & 15];
}

static bool load(struct pt_regs *pt, struct pciem_plain plain, struct pciem_window *win, u64 bus)
{
	unsigned long *reg = reg_of(pt, plain);
	bool is_done;
	u64 raw;

	atomic_inc(&win->in_flight);
	smp_mb__after_atomic();		/* as in pciem_mmio_target_get() */
	is_done = !READ_ONCE(win->dead) &&
		  pciem_req_plain_read(win->link, pt, bus, plain.access_bytes, &raw);
	if (is_done)
		*reg = pciem_plain_loaded(plain, *reg, raw);
	/* as pciem_mmio_target_put() */
	atomic_dec_return_release(&win->in_flight);
	return is_done;
}

static bool store(struct pt_regs *pt, struct pciem_plain plain, struct pciem_window *win, u64 bus)
{
	u64 val = *reg_of(pt, plain);

	if (plain.access_bytes < 8)
		val &= (1ULL << (8 * plain.access_bytes)) - 1;
	return pciem_req_plain_write(win->link, pt, bus, plain.access_bytes, val);
}

/* Has the CPU done what the instruction at its place means now? */
static bool is_same(struct pciem_plain plain, unsigned long error)
{
	return !plain.load_bytes == !!(error & X86_PF_WRITE);
}

bool pciem_mmio_plain(struct pt_regs *pt, unsigned long error, struct pciem_window *win, u64 bus,
		      unsigned long room)
{
	struct pciem_plain plain;

	if (!plain_is_on || !pciem_known_plain(pt->ip, &plain) || !is_same(plain, error) ||
	    plain.access_bytes > room || (bus & (plain.access_bytes - 1)))
		return false;
	if (unlikely(READ_ONCE(win->dead)))
		return false;
	if (!(plain.load_bytes ? load(pt, plain, win, bus) : store(pt, plain, win, bus)))
		return false;
	/* as pciem_insn_retire() */
	pt->ip += plain.length;
	pt->flags &= ~X86_EFLAGS_RF;
	return true;
}
