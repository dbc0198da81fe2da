// SPDX-License-Identifier: GPL-2.0
/*
 * MSI and MSI-X of the card and of the root port; its INTx is intx.c.
 *
 * A private MSI domain without a parent; message address and data are ours. The address names the function, the data the vector:
 *
 *	address	PCIEM_BUS_MSG_START | bus/devfn << 2
 *	data	index of the vector (multi-message MSI: base 0)
 *
 * A memory write into the window is checked for its exact shape, for a vector
 * that is allocated, and for coming from the function that owns it.
 *
 * Delivery. The drain runs inside somebody's register access, possibly with
 * irq_desc->lock held by it, so nothing is handled there: the vector's irq_work
 * is queued, which is a real hard interrupt as soon as the CPU takes one. If the
 * interrupt belongs on another CPU, the work is queued there by a function call
 * interrupt. A vector has at most one run queued; messages meanwhile coalesce
 * as they do in an APIC.
 *
 * A handler that reads a register waits for the bridge. In local mode it must
 * not do that on top of the bridge's own thread, which could not answer then; an
 * interrupt that finds that thread running on its CPU moves on to the next CPU,
 * against its affinity.
 *
 * Affinity never touches the card: the message stays, only the CPU on which it
 * is delivered changes. Of the CPUs that a vector's affinity allows, the one that
 * drains gets it when it can take interrupts now: a CPU that polls a register has
 * its handler run in between, where another would have to be woken first.
 */
#define pr_fmt(fmt) "pciem: " fmt

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/timer.h>

#include "compat.h"
#include "irq.h"
#include "root.h"
#include "trace.h"

#define VECTOR_INDEX_BITS	11
/* More runs of one vector in one jiffy are put off to the next jiffy. */
#define STORM_RUNS_PER_JIFFY	2000

struct pciem_vector {
	struct pciem_irq *irq;
	irq_hw_number_t hwirq;
	u32 key;			/* bus/devfn and index, in irq->vectors */
	unsigned int virq;
	int cpu;			/* where it is to be delivered */
	cpumask_var_t allowed;		/* as well, when one of them drains */
	unsigned long pending;		/* bit 0: a run is queued */
	bool gone;
	bool was_idle;			/* a grace period ago */
	struct pciem_shot shot;
	struct timer_list storm_timer;
	unsigned long storm_jiffy;
	unsigned int storm_runs;
	struct rcu_head rcu;
};

/* ---- delivery of messages ---- */

static void vector_run(struct pciem_shot *shot)
{
	struct pciem_vector *vec = container_of(shot, struct pciem_vector, shot);

	/* pairs with test_and_set_bit() in vector_raise(): later ones run again */
	clear_bit(0, &vec->pending);
	smp_mb__after_atomic();
	if (READ_ONCE(vec->gone))
		return;
	pciem_link_count_irq(vec->irq->link);
	generic_handle_domain_irq(vec->irq->msi_domain, vec->hwirq);
}

static void vector_storm_over(struct timer_list *timer)
{
	struct pciem_vector *vec = pciem_timer_of(vec, timer, storm_timer);
	unsigned long flags;

	local_irq_save(flags);
	pciem_shot_queue(&vec->shot, READ_ONCE(vec->cpu));
	local_irq_restore(flags);
}

/* Interrupts are off. A mask that changes meanwhile was right a moment ago. */
static int vector_cpu(const struct pciem_vector *vec)
{
	const struct pciem_link *link = vec->irq->link;
	int here = smp_processor_id();

	if (data_race(cpumask_test_cpu(here, vec->allowed)) && pciem_drain_is_interruptible(link) &&
	    !pciem_link_current_is_bridge(link))
		return here;
	return READ_ONCE(vec->cpu);
}

static void vector_raise(struct pciem_vector *vec)
{
	unsigned long flags;

	local_irq_save(flags);
	if (test_and_set_bit(0, &vec->pending))
		goto out;
	if (vec->storm_jiffy != jiffies) {
		vec->storm_jiffy = jiffies;
		vec->storm_runs = 0;
	}
	if (++vec->storm_runs > STORM_RUNS_PER_JIFFY)
		mod_timer(&vec->storm_timer, jiffies + 1);
	else
		pciem_shot_queue(&vec->shot, vector_cpu(vec));
out:
	local_irq_restore(flags);
}

static u32 vector_key(u16 bdf, u32 index)
{
	return (u32)bdf << VECTOR_INDEX_BITS | index;
}

/* Return: Linux's number of the interrupt, 0 if there is no such vector. */
static unsigned int message_fire(struct pciem_irq *irq, u16 bdf, u32 index)
{
	struct pciem_vector *vec = NULL;
	unsigned int virq = 0;

	rcu_read_lock();
	if (index < 1U << VECTOR_INDEX_BITS)
		vec = xa_load(&irq->vectors, vector_key(bdf, index));
	if (vec) {
		virq = vec->virq;
		vector_raise(vec);
	}
	rcu_read_unlock();
	return virq;
}

static void message_bad(struct pciem_irq *irq, u64 addr, u16 requester,
			const char *why)
{
	/* the card can send these for ever: name the first ones, count the rest */
	if (atomic_inc_return(&irq->nr_bad) <= 16)
		pciem_send_event(irq->link, PCIEM_EVENT_BAD_MSI,
				 "write to %#llx in the message window by %02x:%02x.%x is no interrupt: %s",
				 addr, requester >> 8, PCI_SLOT(requester),
				 PCI_FUNC(requester), why);
}

bool pciem_irq_message(struct pciem_link *link, u64 addr, const u8 *hdr,
		       const u8 *payload, unsigned int payload_bytes)
{
	struct pciem_irq *irq = pciem_link_irq(link);
	u16 requester = (u16)(hdr[4] << 8 | hdr[5]);
	u64 offset = addr - PCIEM_BUS_MSG_START;
	const char *bad = NULL;
	unsigned int virq = 0;
	u32 data = 0;

	if (addr < PCIEM_BUS_MSG_START || addr >= PCIEM_BUS_MSG_END)
		return false;
	if (!irq)
		return true;
	if (payload_bytes == 4)
		data = (u32)payload[0] | (u32)payload[1] << 8 |
		       (u32)payload[2] << 16 | (u32)payload[3] << 24;
	if (payload_bytes != 4 || (addr & 3) || hdr[7] != 0x0f) {
		bad = "it must be one aligned dword with byte enables 0/f";
	} else if (offset >= 4ULL << 16) {
		bad = "no function has this address";
	} else if (offset >> 2 != requester) {
		bad = "the address belongs to another function";
	} else {
		virq = message_fire(irq, requester, data);
		if (!virq)
			bad = "its data names no vector that is allocated";
	}
	trace_pciem_msi(pciem_link_id(link), requester, addr, data, virq);
	if (bad)
		message_bad(irq, addr, requester, bad);
	return true;
}

void pciem_irq_root_msi(struct pciem_link *link)
{
	struct pciem_irq *irq = pciem_link_irq(link);

	if (irq)
		message_fire(irq, 0, 0);
}

/* ---- MSI domain ---- */

static void msi_compose(struct irq_data *data, struct msi_msg *msg)
{
	struct pciem_vector *vec = irq_data_get_irq_chip_data(data);
	u64 addr = PCIEM_BUS_MSG_START |
		   (u64)(vec->key >> VECTOR_INDEX_BITS) << 2;

	msg->address_lo = lower_32_bits(addr);
	msg->address_hi = upper_32_bits(addr);
	msg->data = vec->key & ((1U << VECTOR_INDEX_BITS) - 1);
}

int pciem_irq_set_affinity(struct irq_data *data, const struct cpumask *mask,
			   bool force, int *where)
{
	unsigned int cpu = cpumask_first_and(mask, cpu_online_mask);

	if (cpu >= nr_cpu_ids) {
		if (!force)
			return -EINVAL;
		cpu = cpumask_first(cpu_online_mask);
	}
	WRITE_ONCE(*where, cpu);
	irq_data_update_effective_affinity(data, cpumask_of(cpu));
	return IRQ_SET_MASK_OK_DONE;
}

static int msi_set_affinity(struct irq_data *data, const struct cpumask *mask,
			    bool force)
{
	struct pciem_vector *vec = irq_data_get_irq_chip_data(data);
	int ret = pciem_irq_set_affinity(data, mask, force, &vec->cpu);

	if (ret >= 0) {
		cpumask_and(vec->allowed, mask, cpu_online_mask);
		if (!cpumask_empty(vec->allowed))
			irq_data_update_effective_affinity(data, vec->allowed);
	}
	return ret;
}

/* An edge is latched when it arrives; there is nothing to acknowledge. */
static void msi_ack(struct irq_data *data)
{
}

/*
 * The masking functions of the PCI core write to the card and read back to
 * flush. Both are trapped register accesses; inside stop_machine() mmio_emul.c
 * posts the write and answers the flush at once.
 */
static struct irq_chip msi_chip = {
	.name = "PCIEM-MSI",
	.irq_ack = msi_ack,
	.irq_mask = pci_msi_mask_irq,
	.irq_unmask = pci_msi_unmask_irq,
	.irq_compose_msi_msg = msi_compose,
	.irq_set_affinity = msi_set_affinity,
	.flags = IRQCHIP_SKIP_SET_WAKE,
};

static void vector_release(struct pciem_vector *vec)
{
	free_cpumask_var(vec->allowed);
	kfree(vec);
}

/* @key: see vector_key(). Return: 0, or -ENOMEM. */
static int vector_create(struct pciem_irq *irq, struct irq_domain *domain,
			 unsigned int virq, irq_hw_number_t hwirq, u32 key)
{
	struct pciem_vector *vec = kzalloc(sizeof(*vec), GFP_KERNEL);
	int ret;

	if (!vec || !zalloc_cpumask_var(&vec->allowed, GFP_KERNEL)) {
		kfree(vec);
		return -ENOMEM;
	}
	vec->irq = irq;
	vec->hwirq = hwirq;
	vec->virq = virq;
	vec->key = key;
	vec->cpu = cpumask_first(cpu_online_mask);
	pciem_shot_init(&vec->shot, irq->link, vector_run);
	timer_setup(&vec->storm_timer, vector_storm_over, 0);
	ret = xa_insert(&irq->vectors, vec->key, vec, GFP_KERNEL);
	if (ret) {
		vector_release(vec);
		return ret;
	}
	atomic_inc(&irq->nr_vectors);
	irq_domain_set_info(domain, virq, hwirq, &msi_chip, vec,
			    handle_edge_irq, NULL, "edge");
	/* else x86 puts a new affinity off to the next acknowledge */
	irq_set_status_flags(virq, IRQ_MOVE_PCNTXT);
	return 0;
}

/*
 * A grace period after the vector has left the table nobody queues it any more,
 * and what was queued sees @gone; if it has not run by then, wait another. When
 * two runs overlap, the first to end makes the work look idle: wait one more, by
 * which every interrupt that was under way has ended.
 */
static void vector_free(struct rcu_head *rcu)
{
	struct pciem_vector *vec = container_of(rcu, struct pciem_vector, rcu);
	struct pciem_irq *irq = vec->irq;
	bool busy;

	if (pciem_timer_delete(&vec->storm_timer))
		clear_bit(0, &vec->pending);
	busy = test_bit(0, &vec->pending) || irq_work_is_busy(&vec->shot.work);
	if (busy || !vec->was_idle) {
		vec->was_idle = !busy;
		call_rcu(&vec->rcu, vector_free);
		return;
	}
	vector_release(vec);
	if (atomic_dec_and_test(&irq->nr_vectors))
		wake_up_all(&irq->idle);
}

static void vector_remove(struct irq_domain *domain, unsigned int virq)
{
	struct irq_data *data = irq_domain_get_irq_data(domain, virq);
	struct pciem_vector *vec = irq_data_get_irq_chip_data(data);

	if (!vec)
		return;
	irq_domain_set_info(domain, virq, data->hwirq, data->chip, NULL, NULL,
			    NULL, NULL);
	WRITE_ONCE(vec->gone, true);
	xa_erase(&vec->irq->vectors, vec->key);
	call_rcu(&vec->rcu, vector_free);
}

#ifdef PCIEM_MSI_PARENT

/*
 * The device's own domain is above this one: its chip masks in the card, and
 * asks here for all else.
 */
static int parent_alloc(struct irq_domain *domain, unsigned int virq,
			unsigned int nr, void *arg)
{
	struct msi_desc *desc = ((msi_alloc_info_t *)arg)->desc;
	u16 bdf = pci_dev_id(to_pci_dev(desc->dev));
	unsigned int i;
	int ret;

	for (i = 0; i < nr; i++) {
		u32 key = vector_key(bdf, desc->msi_index + i);

		ret = vector_create(domain->host_data, domain, virq + i, key, key);
		if (ret) {
			while (i--)
				vector_remove(domain, virq + i);
			return ret;
		}
	}
	return 0;
}

static void parent_free(struct irq_domain *domain, unsigned int virq,
			unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		vector_remove(domain, virq + i);
		irq_domain_reset_irq_data(irq_domain_get_irq_data(domain, virq + i));
	}
}

static const struct irq_domain_ops parent_ops = {
	.alloc = parent_alloc,
	.free = parent_free,
};

static bool parent_init_child(struct device *dev, struct irq_domain *domain,
			      struct irq_domain *real_parent,
			      struct msi_domain_info *info)
{
	if (!msi_lib_init_dev_msi_info(dev, domain, real_parent, info))
		return false;
	/* the message stays: the card is not touched */
	info->chip->irq_set_affinity = irq_chip_set_affinity_parent;
	return true;
}

static const struct msi_parent_ops msi_parent_ops = {
	.required_flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS,
	.supported_flags = MSI_GENERIC_FLAGS_MASK | MSI_FLAG_MULTI_PCI_MSI |
			   MSI_FLAG_PCI_MSIX,
	.chip_flags = MSI_CHIP_FLAG_SET_ACK,
	.bus_select_token = DOMAIN_BUS_PCI_MSI,
	.prefix = "PCIEM-",
	.init_dev_msi_info = parent_init_child,
};

static struct irq_domain *msi_domain_of(struct pciem_irq *irq)
{
	struct irq_domain_info info = {
		.fwnode = irq->msi_fwnode,
		.bus_token = DOMAIN_BUS_PCI_MSI,
		.ops = &parent_ops,
		.host_data = irq,
	};

	return msi_create_parent_irq_domain(&info, &msi_parent_ops);
}

#else

static int msi_init(struct irq_domain *domain, struct msi_domain_info *info,
		    unsigned int virq, irq_hw_number_t hwirq,
		    msi_alloc_info_t *arg)
{
	/* pci_msi_domain_calc_hwirq(): index, bus/devfn, domain */
	u32 key = hwirq & ((1U << (16 + VECTOR_INDEX_BITS)) - 1);

	return vector_create(container_of(info, struct pciem_irq, msi_info),
			     domain, virq, hwirq, key);
}

static void msi_free(struct irq_domain *domain, struct msi_domain_info *info,
		     unsigned int virq)
{
	vector_remove(domain, virq);
}

static struct msi_domain_ops msi_ops = {
	.msi_init = msi_init,
	.msi_free = msi_free,
};

static struct irq_domain *msi_domain_of(struct pciem_irq *irq)
{
	irq->msi_info = (struct msi_domain_info){
		.flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS |
			 MSI_FLAG_MULTI_PCI_MSI | MSI_FLAG_PCI_MSIX,
		.ops = &msi_ops,
		.chip = &msi_chip,
	};
	return pci_msi_create_irq_domain(irq->msi_fwnode, &irq->msi_info, NULL);
}

#endif

/* ---- life ---- */

void pciem_irq_setup_device(struct pciem_link *link, struct pci_dev *pdev)
{
	dev_set_msi_domain(&pdev->dev, pciem_link_irq(link)->msi_domain);
}

static int msi_domain_create(struct pciem_irq *irq)
{
	irq->msi_fwnode = irq_domain_alloc_named_id_fwnode("pciem-msi",
						pciem_link_id(irq->link));
	if (!irq->msi_fwnode)
		return -ENOMEM;
	irq->msi_domain = msi_domain_of(irq);
	return irq->msi_domain ? 0 : -ENOMEM;
}

static void irq_destroy(struct pciem_irq *irq)
{
	/* devices are gone, and their vectors with them; runs may be queued */
	wait_event(irq->idle, !atomic_read(&irq->nr_vectors));
	rcu_barrier();
	pciem_intx_fini(irq);
	if (irq->msi_domain)
		irq_domain_remove(irq->msi_domain);
	if (irq->msi_fwnode)
		irq_domain_free_fwnode(irq->msi_fwnode);
	xa_destroy(&irq->vectors);
	/* overlapping runs of a wire: see vector_free() */
	synchronize_rcu();
	kfree(irq);
}

int pciem_irq_init(struct pciem_link *link)
{
	struct pciem_irq *irq = kzalloc(sizeof(*irq), GFP_KERNEL);
	int ret;

	if (!irq)
		return -ENOMEM;
	irq->link = link;
	xa_init(&irq->vectors);
	init_waitqueue_head(&irq->idle);
	ret = msi_domain_create(irq);
	if (!ret)
		ret = pciem_intx_init(irq);
	if (ret) {
		irq_destroy(irq);
		return ret;
	}
	pciem_link_set_irq(link, irq);
	return 0;
}

void pciem_irq_fini(struct pciem_link *link)
{
	struct pciem_irq *irq = pciem_link_irq(link);

	if (!irq)
		return;
	irq_destroy(irq);
	pciem_link_set_irq(link, NULL);
}
