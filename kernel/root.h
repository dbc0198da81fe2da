/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What root.c, cfg.c, mmio.c and irq.c share about one root complex: the root
 * port's registers, where they route to, and the functions found below.
 *
 * root->lock (raw, irqs off) guards the root port's registers. What the fast
 * paths need of them is published in root->routes, field by field: software
 * that moves windows during accesses gets what it would get on hardware.
 */
#ifndef PCIEM_ROOT_H
#define PCIEM_ROOT_H

#include <linux/bitmap.h>
#include <linux/ioport.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "compat.h"
#include "pciem.h"
#include "rootport.h"

#define PCIEM_ROOT_BUSES	32
#define PCIEM_ROOT_NR_BDF	(PCIEM_ROOT_BUSES * 256)

/* A function below the root port, from its registration to its removal. */
struct pciem_func {
	struct pci_dev *pdev;		/* holds a reference */
	u16 msi_mask_pos;		/* mask bits of the MSI capability, or 0 */
	u16 exp_pos;			/* PCI Express capability, or 0 */
	struct rcu_head rcu;
	/* trust.c: what a driver that is not allowed does not get to see */
	bool is_hidden;
	u16 vendor, device;
	u32 class;
};

/*
 * One attachment of a card: from pciem_root_attach() until both
 * pciem_root_detach() and the host bridge's release callback have happened.
 * link->root points to the current one; readers are in RCU sections, hold the
 * window of a trapped access (mmio_emul.c), or come through the bus (cfg.c).
 */
struct pciem_root {
	struct kref kref;
	struct rcu_head rcu;
	struct pciem_link *link;	/* holds a reference */
	bool dead;			/* detached: all accesses end at once */
	u64 retry_since_ns;		/* first retry status without a success since; 0 none */
	struct pci_sysdata sysdata;	/* bus->sysdata points here */
	raw_spinlock_t lock;
	struct pciem_rootport rp;
	struct pciem_rootport_routes routes;
	u8 resets_sent;			/* PCIEM_RP_HELD_*, as the card was told */
	bool is_sending_resets;		/* both under lock */
	struct xarray funcs;		/* by bus/devfn: struct pciem_func */
	DECLARE_BITMAP(bme, PCIEM_ROOT_NR_BDF);
	struct resource bus_range, mmio32, mmio64;
	char bus_name[32], mmio32_name[32], mmio64_name[32];
	struct pci_host_bridge *bridge;
	struct pci_bus *bus;		/* NULL while detached */
	struct completion released;
	bool is_released;		/* both under lock */
	bool is_orphan;			/* holds a reference to the module */
};

extern struct pci_ops pciem_cfg_ops;	/* cfg.c */

static inline struct pciem_root *pciem_root_of_bus(const struct pci_bus *bus)
{
	return container_of(to_pci_sysdata(bus), struct pciem_root, sysdata);
}

/* root_window.c: address ranges for BARs, trapped from then on. Return: 0, or a reason that was logged. */
int pciem_root_windows_claim(struct pciem_root *root);
void pciem_root_windows_release(struct pciem_root *root);

/* Publishes root->routes. Caller holds root->lock. */
void pciem_root_publish_routes(struct pciem_root *root);
/* Acts on events of the root port model, root->lock not held. */
void pciem_root_act(struct pciem_root *root, u32 events);
/* Notes a completion status in the root port's secondary status register. */
void pciem_root_completion(struct pciem_root *root, enum pciem_status status);
static inline bool pciem_root_is_inside(u64 addr, unsigned int len, u64 start, u64 end)
{
	return addr >= start && addr < end && len <= end - addr;
}

/* Does the root port forward [@addr, @addr + @len) downwards? */
static inline bool pciem_root_routes_mem(const struct pciem_root *root, u64 addr, unsigned int len)
{
	const struct pciem_rootport_routes *r = &root->routes;

	if (!READ_ONCE(r->mem_enabled) || !READ_ONCE(r->link_active))
		return false;
	return pciem_root_is_inside(addr, len, READ_ONCE(r->pref_start), READ_ONCE(r->pref_end)) ||
	       pciem_root_is_inside(addr, len, READ_ONCE(r->mem_start), READ_ONCE(r->mem_end));
}

/*
 * May the current context sleep, not knowing what interrupted it? Stricter than
 * might_sleep(): a task on its way to sleep (wait_event() evaluates a condition
 * that reads a register) keeps its state.
 */
static inline bool pciem_may_sleep(bool irqs_on)
{
	return IS_ENABLED(CONFIG_PREEMPT_COUNT) && irqs_on &&
	       preempt_count() == 0 && rcu_preempt_depth() == 0 &&
	       !is_idle_task(current) && !pagefault_disabled() &&
	       pciem_task_state(current) == TASK_RUNNING;
}

/*
 * Inside stop_machine() (CPU offline) every CPU has interrupts off and nobody
 * can answer: reads end at once, writes are posted. (A handler that interrupts a
 * stopper thread is not inside.) All that happens there to
 * devices is masking interrupts, and the read is a flush with no user.
 */
static inline bool pciem_in_stop_machine(void)
{
	return irqs_disabled() && !in_hardirq() && (current->flags & PF_KTHREAD) &&
	       !strncmp(current->comm, "migration/", 10);
}

/* trust.c: a driver is about to be bound (its probe has not run yet); it is, or is not, bound. */
void pciem_trust_binds(struct pciem_func *func);
void pciem_trust_bound(struct pciem_func *func);
/* For a function without struct pciem_func: where the parameter names drivers, none gets it. */
void pciem_trust_unknown(struct pci_dev *pdev);
/* A card is plugged in: marks the kernel. */
void pciem_trust_taint(void);

/* irq.c, intx.c: the root port's own MSI and INTA. */
void pciem_irq_root_msi(struct pciem_link *link);
void pciem_irq_root_intx(struct pciem_link *link, bool level);
/* intx.c: the wires of the card are down again (link reset, link down). */
void pciem_irq_reset_intx(struct pciem_link *link);

#endif /* PCIEM_ROOT_H */
