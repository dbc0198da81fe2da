/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernel versions, and the only place that asks for
 * the version. Each entry says since when the newer form exists.
 */
#ifndef PCIEM_COMPAT_H
#define PCIEM_COMPAT_H

#include <linux/eventfd.h>
#include <linux/mm.h>
#include <linux/version.h>

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

#endif /* PCIEM_COMPAT_H */
