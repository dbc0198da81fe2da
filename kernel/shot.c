// SPDX-License-Identifier: GPL-2.0
/*
 * A run of something in hard interrupt context, asked for from any context. The
 * irq_work is a real hard interrupt as soon as the CPU takes one; for another
 * CPU it is queued there by a function call interrupt. In local mode it moves on
 * from the CPU whose interrupted thread is the bridge's (see irq.c).
 */
#include <linux/cpumask.h>
#include <linux/smp.h>

#include "compat.h"
#include "irq.h"

void pciem_shot_queue(struct pciem_shot *shot, int cpu)
{
	if (cpu != smp_processor_id() && cpu_online(cpu) &&
	    !smp_call_function_single_async(cpu, &shot->csd))
		return;
	irq_work_queue(&shot->work);
}

/* May run on a CPU in the idle loop, outside of any interrupt: no handlers here. */
static void shot_arrive(void *data)
{
	struct pciem_shot *shot = data;

	irq_work_queue(&shot->work);
}

static bool shot_move_on(struct pciem_shot *shot)
{
	unsigned int cpu = cpumask_next(smp_processor_id(), cpu_online_mask);

	if (!pciem_link_current_is_bridge(shot->link) ||
	    ++shot->nr_moves >= num_online_cpus())
		return false;
	if (cpu >= nr_cpu_ids)
		cpu = cpumask_first(cpu_online_mask);
	return cpu != smp_processor_id() &&
	       !smp_call_function_single_async(cpu, &shot->csd);
}

static void shot_work(struct irq_work *work)
{
	struct pciem_shot *shot = container_of(work, struct pciem_shot, work);

	if (shot_move_on(shot))
		return;
	shot->nr_moves = 0;
	shot->run(shot);
}

void pciem_shot_init(struct pciem_shot *shot, struct pciem_link *link,
		     void (*run)(struct pciem_shot *shot))
{
	shot->link = link;
	shot->run = run;
	shot->work = IRQ_WORK_INIT_HARD(shot_work);
	INIT_CSD(&shot->csd, shot_arrive, shot);
}
