/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernel versions, and the only place that asks for
 * the version. Each entry says since when the newer form exists.
 */
#ifndef PCIEM_COMPAT_H
#define PCIEM_COMPAT_H

#include <linux/eventfd.h>
#include <linux/ftrace.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/version.h>

/* 5.14: panic_notifier_list moved, task_struct.state became __state */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#include <linux/panic_notifier.h>
#define pciem_task_state(task)	READ_ONCE((task)->__state)
#else
#include <linux/kernel.h>
#define pciem_task_state(task)	READ_ONCE((task)->state)
#endif

/* 6.12: asm/unaligned.h became linux/unaligned.h */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* 6.8: eventfd_signal() lost its count */
static inline void pciem_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx);
#else
	eventfd_signal(ctx, 1);
#endif
}

/* 6.3: vm_flags are changed through functions */
static inline void pciem_vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/* 6.12: dma_map_ops.alloc_pages became alloc_pages_op */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define PCIEM_DMA_ALLOC_PAGES_OP	alloc_pages_op
#else
#define PCIEM_DMA_ALLOC_PAGES_OP	alloc_pages
#endif

/* 6.2: timer_delete(); 6.16: timer_container_of() */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define pciem_timer_delete(timer)	timer_delete(timer)
#else
#define pciem_timer_delete(timer)	del_timer(timer)
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define pciem_timer_of			timer_container_of
#else
#define pciem_timer_of			from_timer
#endif

/* 6.13: hrtimer_setup() */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define pciem_hrtimer_setup		hrtimer_setup
#else
#define pciem_hrtimer_setup(timer, fn, clock, mode)	\
	do {						\
		hrtimer_init(timer, clock, mode);	\
		(timer)->function = (fn);		\
	} while (0)
#endif

/*
 * 5.11: ftrace callbacks get ftrace_regs; protection against recursion is asked
 * for by a flag, where before a flag said that a callback needs none.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define ftrace_regs		pt_regs
#define ftrace_get_regs(regs)	(regs)
#define PCIEM_FTRACE_UNPROTECTED	FTRACE_OPS_FL_RECURSION_SAFE

#define in_hardirq()		in_irq()

#define IRQ_WORK_INIT_HARD(fn)	\
	((struct irq_work){ .flags = ATOMIC_INIT(IRQ_WORK_HARD_IRQ), .func = (fn) })

static inline bool irq_work_is_busy(struct irq_work *work)
{
	return atomic_read(&work->flags) & IRQ_WORK_BUSY;
}

/* a static call's function has to have its type */
#define pciem_static_call_update(name, func)	\
	static_call_update(name, (typeof(&STATIC_CALL_TRAMP(name)))(func))
#else
#define PCIEM_FTRACE_UNPROTECTED	0
#define pciem_static_call_update	static_call_update
#endif

/*
 * When the root bus cannot be registered, some versions (seen: 6.12.117) drop the
 * caller's reference to the bridge as well: one more keeps it, and the count tells.
 * Return: 0, or an error with the caller's reference gone.
 */
static inline int pciem_scan_root_bus_bridge(struct pci_host_bridge *bridge)
{
	int ret;

	get_device(&bridge->dev);
	ret = pci_scan_root_bus_bridge(bridge);
	if (ret && kref_read(&bridge->dev.kobj.kref) > 1)
		pci_free_host_bridge(bridge);
	put_device(&bridge->dev);
	return ret;
}

/* 5.12: INIT_CSD() */
#ifndef INIT_CSD
#define INIT_CSD(csd, fn, data)	\
	(*(csd) = (call_single_data_t){ .func = (fn), .info = (data) })
#endif

/* 5.12: irq_set_affinity() is exported; a hint sets the affinity as well */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 12, 0)
static inline int pciem_set_affinity(unsigned int virq, const struct cpumask *mask)
{
	int ret = irq_set_affinity_hint(virq, mask);

	irq_set_affinity_hint(virq, NULL);
	return ret;
}
#define irq_set_affinity(virq, mask)	pciem_set_affinity(virq, mask)
#endif

/*
 * Whether the current task has locked @mutex. The low bits are flags. On PREEMPT_RT it
 * is a real-time mutex (since 5.15; the patches before had another).
 */
static inline bool pciem_mutex_is_mine(struct mutex *mutex)
{
#if defined(CONFIG_PREEMPT_RT) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
	return false;
#elif defined(CONFIG_PREEMPT_RT)
	return ((unsigned long)READ_ONCE(mutex->rtmutex.owner) & ~1UL) == (unsigned long)current;
#else
	return (atomic_long_read(&mutex->owner) & ~7UL) == (unsigned long)current;
#endif
}

/* 5.14: generic_handle_domain_irq(); 5.15: eventfd_signal_allowed() */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
static inline void generic_handle_domain_irq(struct irq_domain *domain, unsigned int hwirq)
{
	unsigned int irq = irq_find_mapping(domain, hwirq);

	if (irq)	/* 0 is the timer's: its mapping is gone */
		generic_handle_irq(irq);
}
#endif
/* (a signal inside a signal is refused there as well, with a warning) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
static inline bool eventfd_signal_allowed(void)
{
	return true;
}
#endif

/*
 * 5.15: map_sg() of dma_map_ops returns an error, of which there are few; before, 0
 * was the error, and a negative number a bug that stops the machine.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0)
#define PCIEM_MAP_SG_ERROR(error)	(error)
#else
#define PCIEM_MAP_SG_ERROR(error)	0
#endif

/* 6.15: all interrupts move in process context; there is no flag for it */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define IRQ_MOVE_PCNTXT		0
#endif

/* 6.16: rdmsrq() */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define pciem_rdmsr		rdmsrq
#else
#define pciem_rdmsr		rdmsrl
#endif

/* 6.16: cpuid() has a header of its own */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <asm/cpuid/api.h>
#endif

/* 6.17: a workqueue is bound to CPUs by a flag, no longer by default */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define WQ_PERCPU		0
#endif

/* 6.18: dma_map_ops map physical addresses, of pages and of resources alike */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define PCIEM_DMA_MAPS_PHYS
#endif

/*
 * 7.2: mmap_prepare, whose ranges of page frames do not pass remap_pfn_range().
 * (The interface is older, but remap_pfn_range_prepare() had other parameters.)
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
#define PCIEM_MMAP_PREPARE
#endif

/*
 * 7.0: no global PCI MSI domains, only parents of each device's own domain.
 * (The interface of parents is older; the global ones work as long as they are
 * there.)
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define PCIEM_MSI_PARENT
#include <linux/irqchip/irq-msi-lib.h>
#endif

#endif /* PCIEM_COMPAT_H */
