// SPDX-License-Identifier: GPL-2.0
/*
 * INTx: four level wires of the root port, ORed from the card's messages and the
 * port's own level. Masking is in software; a level that is still there on
 * unmasking fires again.
 *
 * But not at once. A driver's last register write, which takes the cause away,
 * is posted: on hardware the wire falls within the time that it takes to return
 * from the interrupt. A simulated card answers a hundred times later. Until then
 * the handler would run in a loop, return IRQ_NONE, and Linux would disable the
 * interrupt ("nobody cared"). So one and the same assertion is delivered once
 * more after AGAIN_FIRST_US, then after twice as long, up to AGAIN_MOST_US; a
 * new one always at once.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/ktime.h>
#include <linux/pci.h>

#include "compat.h"
#include "irq.h"
#include "root.h"

#define WIRE_CARD		0x1	/* who asserts a wire */
#define WIRE_ROOT		0x2
#define AGAIN_FIRST_US		50U
#define AGAIN_MOST_US		1600U

static void wire_run(struct pciem_shot *shot)
{
	struct pciem_wire *wire = container_of(shot, struct pciem_wire, shot);
	bool fire;

	raw_spin_lock(&wire->irq->wire_lock);
	wire->queued = false;
	fire = wire->asserted && !wire->masked;
	if (fire)
		wire->again_us = clamp(2 * wire->again_us, AGAIN_FIRST_US,
				       AGAIN_MOST_US);
	raw_spin_unlock(&wire->irq->wire_lock);
	if (!fire)
		return;
	pciem_link_count_irq(wire->irq->link);
	generic_handle_domain_irq(wire->irq->intx_domain, wire->pin);
}

static enum hrtimer_restart wire_again(struct hrtimer *timer)
{
	struct pciem_wire *wire = container_of(timer, struct pciem_wire, again);

	pciem_shot_queue(&wire->shot, READ_ONCE(wire->cpu));
	return HRTIMER_NORESTART;
}

/* wire_lock is held. */
static void wire_fire(struct pciem_wire *wire)
{
	if (!wire->asserted || wire->masked || wire->queued)
		return;
	wire->queued = true;
	if (wire->again_us)
		hrtimer_start(&wire->again, ns_to_ktime(wire->again_us * NSEC_PER_USEC),
			      HRTIMER_MODE_REL_HARD);
	else
		pciem_shot_queue(&wire->shot, READ_ONCE(wire->cpu));
}

/* An assertion that has not been delivered. wire_lock is held. */
static void wire_is_new(struct pciem_wire *wire)
{
	wire->again_us = 0;
	if (wire->queued && hrtimer_try_to_cancel(&wire->again) == 1)
		wire->queued = false;
}

static void wire_set(struct pciem_irq *irq, unsigned int pin, u8 who, bool level)
{
	struct pciem_wire *wire = &irq->wires[pin];
	unsigned long flags;

	raw_spin_lock_irqsave(&irq->wire_lock, flags);
	if (level && !(wire->asserted & who))
		wire_is_new(wire);
	if (level)
		wire->asserted |= who;
	else
		wire->asserted &= ~who;
	wire_fire(wire);
	raw_spin_unlock_irqrestore(&irq->wire_lock, flags);
}

void pciem_irq_intx(struct pciem_link *link, unsigned int pin, bool assert)
{
	struct pciem_irq *irq = pciem_link_irq(link);

	if (irq && pin < PCIEM_NR_PINS)
		wire_set(irq, pin, WIRE_CARD, assert);
}

void pciem_irq_root_intx(struct pciem_link *link, bool level)
{
	struct pciem_irq *irq = pciem_link_irq(link);

	if (irq)
		wire_set(irq, 0, WIRE_ROOT, level);
}

void pciem_irq_reset_intx(struct pciem_link *link)
{
	struct pciem_irq *irq = pciem_link_irq(link);
	unsigned int pin;

	for (pin = 0; irq && pin < PCIEM_NR_PINS; pin++)
		wire_set(irq, pin, WIRE_CARD, false);
}

static void intx_mask(struct irq_data *data)
{
	struct pciem_wire *wire = irq_data_get_irq_chip_data(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->irq->wire_lock, flags);
	wire->masked = true;
	raw_spin_unlock_irqrestore(&wire->irq->wire_lock, flags);
}

static void intx_unmask(struct irq_data *data)
{
	struct pciem_wire *wire = irq_data_get_irq_chip_data(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->irq->wire_lock, flags);
	wire->masked = false;
	wire_fire(wire);
	raw_spin_unlock_irqrestore(&wire->irq->wire_lock, flags);
}

static int intx_set_affinity(struct irq_data *data, const struct cpumask *mask,
			     bool force)
{
	struct pciem_wire *wire = irq_data_get_irq_chip_data(data);

	return pciem_irq_set_affinity(data, mask, force, &wire->cpu);
}

static struct irq_chip intx_chip = {
	.name = "PCIEM-INTx",
	.irq_mask = intx_mask,
	.irq_unmask = intx_unmask,
	.irq_set_affinity = intx_set_affinity,
	.flags = IRQCHIP_SKIP_SET_WAKE,
};

static int intx_map(struct irq_domain *domain, unsigned int virq,
		    irq_hw_number_t hwirq)
{
	struct pciem_irq *irq = domain->host_data;

	irq_domain_set_info(domain, virq, hwirq, &intx_chip, &irq->wires[hwirq],
			    handle_level_irq, NULL, "level");
	irq_set_status_flags(virq, IRQ_LEVEL | IRQ_MOVE_PCNTXT);
	return 0;
}

static const struct irq_domain_ops intx_ops = { .map = intx_map };

int pciem_irq_map_intx(struct pciem_link *link, u8 pin)
{
	struct pciem_irq *irq = pciem_link_irq(link);

	if (!irq || pin < 1 || pin > PCIEM_NR_PINS)
		return 0;
	return irq->virqs[pin - 1];
}

int pciem_intx_init(struct pciem_irq *irq)
{
	unsigned int pin;

	raw_spin_lock_init(&irq->wire_lock);
	irq->intx_fwnode = irq_domain_alloc_named_id_fwnode("pciem-intx",
						pciem_link_id(irq->link));
	if (!irq->intx_fwnode)
		return -ENOMEM;
	irq->intx_domain = irq_domain_create_linear(irq->intx_fwnode, PCIEM_NR_PINS,
						    &intx_ops, irq);
	if (!irq->intx_domain)
		return -ENOMEM;
	for (pin = 0; pin < PCIEM_NR_PINS; pin++) {
		irq->wires[pin].irq = irq;
		irq->wires[pin].pin = pin;
		irq->wires[pin].masked = true;
		irq->wires[pin].cpu = cpumask_first(cpu_online_mask);
		pciem_hrtimer_setup(&irq->wires[pin].again, wire_again,
				    CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
		pciem_shot_init(&irq->wires[pin].shot, irq->link, wire_run);
		irq->virqs[pin] = irq_create_mapping(irq->intx_domain, pin);
		if (!irq->virqs[pin])
			return -ENOMEM;
	}
	return 0;
}

/* No handler is registered any more; a run may be queued somewhere. */
static void wire_retire(struct pciem_irq *irq, unsigned int pin)
{
	struct pciem_wire *wire = &irq->wires[pin];

	raw_spin_lock_irq(&irq->wire_lock);
	wire->masked = true;
	raw_spin_unlock_irq(&irq->wire_lock);
	while (READ_ONCE(wire->queued))
		msleep(1);
	if (wire->irq) {
		hrtimer_cancel(&wire->again);
		irq_work_sync(&wire->shot.work);
	}
	if (irq->virqs[pin])
		irq_dispose_mapping(irq->virqs[pin]);
}

void pciem_intx_fini(struct pciem_irq *irq)
{
	unsigned int pin;

	if (irq->intx_domain) {
		for (pin = 0; pin < PCIEM_NR_PINS; pin++)
			wire_retire(irq, pin);
		irq_domain_remove(irq->intx_domain);
	}
	if (irq->intx_fwnode)
		irq_domain_free_fwnode(irq->intx_fwnode);
}
