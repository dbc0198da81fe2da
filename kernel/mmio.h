/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between mmio.c (which addresses are trapped) and mmio_emul.c (what a trapped
 * instruction does).
 */
#ifndef PCIEM_MMIO_H
#define PCIEM_MMIO_H

#include <linux/kref.h>
#include <linux/ptrace.h>

#include "pciem.h"

/* A range of CPU addresses that a link answers. */
struct pciem_window {
	struct list_head node;		/* under maps_mutex, read under RCU */
	struct list_head removed;
	void __iomem *probe;		/* a page that pciem_mmio_is_trapping() reads */
	phys_addr_t start, end;
	u64 offset;			/* bus address = CPU address - offset */
	struct pciem_link *link;
	u64 id;				/* never 0, never given out again */
	bool prefetchable;
	bool dead;			/* link detached: answers all-ones */
	atomic_t in_flight;		/* accesses that use it and @link: it is not freed meanwhile */
	struct kref kref;		/* list, mappings */
	struct rcu_head rcu;
};

/* One trapped access' view of a mapping: a copy, with the window pinned. */
struct pciem_target {
	struct pciem_window *win;
	unsigned long va, va_end;	/* the mapping */
	phys_addr_t phys;		/* CPU address that @va stands for */
	bool merge;			/* strings may be merged (see pciem.h) */
};

/* Finds the mapping of @addr and pins it. Any context. */
bool pciem_mmio_target_get(unsigned long addr, struct pciem_target *target);
void pciem_mmio_target_put(struct pciem_target *target);
bool pciem_mmio_is_mapped(unsigned long addr);	/* lock-free, any context */

/* Whether a window has any of it. Lock-free, any context. */
bool pciem_window_overlaps(phys_addr_t start, phys_addr_t end);
/* Pins the window that has all of it, and its link; undone by pciem_mmio_target_put(). */
bool pciem_window_get(phys_addr_t start, phys_addr_t end, struct pciem_target *target);

/*
 * mmio_emul.c: an access at a bus address behind a pinned window, as TLPs. What
 * cannot be forwarded reads all-ones or is dropped.
 */
void pciem_mmio_access(struct pciem_window *win, const struct pciem_who *who, u64 bus, void *buf,
		       unsigned int len, bool write);

/* mmio_emul.c */
struct pciem_insn_regs;
void pciem_mmio_regs_load(struct pciem_insn_regs *r, const struct pt_regs *pt);
void pciem_mmio_regs_store(struct pt_regs *pt, const struct pciem_insn_regs *r);

/* mmio_user.c: mappings of user space */
int pciem_user_init(void);
void pciem_user_exit(void);

/*
 * mmio_emul.c: performs the instruction at regs->ip, or the next elements of a
 * string instruction. Called in page-fault context with interrupts off; returns
 * with interrupts off, having enabled them meanwhile if the faulting context
 * had.
 *
 * Return: 1 done, continue at regs->ip; 0 not possible and reported, the fault
 * takes its normal course.
 */
int pciem_mmio_emulate(struct pt_regs *regs, unsigned long addr);

/*
 * mmio_plain.c: the same for a plain access (insn_plain.h) at bus address @bus of @win,
 * @room bytes before its mapping ends. @error: of the page fault.
 *
 * Return: false: nothing was done, emulate it.
 */
bool pciem_mmio_plain(struct pt_regs *regs, unsigned long error, struct pciem_window *win, u64 bus,
		      unsigned long room);

/*
 * The byte that a kprobe's INT3 stands for. mmio.c, since it takes a function
 * that the kernel does not export.
 *
 * Return: false if there is no kprobe at @ip.
 */
bool pciem_mmio_probed_opcode(unsigned long ip, u8 *opcode);

#endif /* PCIEM_MMIO_H */
