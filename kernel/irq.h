/* SPDX-License-Identifier: GPL-2.0 */
/* What irq.c, intx.c and shot.c share: the interrupts of one link. */
#ifndef PCIEM_IRQ_H
#define PCIEM_IRQ_H

#include <linux/hrtimer.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>
#include <linux/smp.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "pciem.h"

#define PCIEM_NR_PINS		4

/* A run of something in hard interrupt context on a CPU that suits. */
struct pciem_shot {
	struct pciem_link *link;
	void (*run)(struct pciem_shot *shot);
	unsigned int nr_moves;
	struct irq_work work;
	call_single_data_t csd;		/* queues @work on another CPU */
};

/* @run is called on some CPU with interrupts off, as in a hard interrupt. */
void pciem_shot_init(struct pciem_shot *shot, struct pciem_link *link,
		     void (*run)(struct pciem_shot *shot));

/*
 * From where a message is processed to a hard interrupt on @cpu, or elsewhere if
 * that one cannot take it. Interrupts are off. What is queued already is not
 * queued twice.
 */
void pciem_shot_queue(struct pciem_shot *shot, int cpu);

/*
 * irq_chip.irq_set_affinity: only CPUs that are online get interrupts; @where is
 * the one from now on.
 */
int pciem_irq_set_affinity(struct irq_data *data, const struct cpumask *mask,
			   bool force, int *where);

/* ---- intx.c ---- */

struct pciem_wire {
	struct pciem_irq *irq;
	unsigned int pin;		/* 0 is INTA */
	u8 asserted;			/* WIRE_* of intx.c */
	bool masked;
	bool queued;			/* a run, or the timer before it */
	int cpu;			/* where it is to be delivered */
	unsigned int again_us;		/* until it is delivered again; 0: not delivered yet */
	struct hrtimer again;
	struct pciem_shot shot;
};

struct pciem_irq {
	struct pciem_link *link;
	struct fwnode_handle *msi_fwnode, *intx_fwnode;
	struct irq_domain *msi_domain, *intx_domain;
	struct msi_domain_info msi_info;
	struct xarray vectors;		/* by key: struct pciem_vector */
	atomic_t nr_vectors;		/* not freed yet */
	wait_queue_head_t idle;
	raw_spinlock_t wire_lock;
	struct pciem_wire wires[PCIEM_NR_PINS];
	unsigned int virqs[PCIEM_NR_PINS];
	atomic_t nr_bad;
};

/* Return: 0, or -ENOMEM; call pciem_intx_fini() in any case. */
int pciem_intx_init(struct pciem_irq *irq);
void pciem_intx_fini(struct pciem_irq *irq);

#endif /* PCIEM_IRQ_H */
