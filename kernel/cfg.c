// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration accesses of the PCI core: to the root port's own registers, or
 * as CfgRd/CfgWr TLPs to what lies below it. Nothing is cached.
 *
 * Waiting. The core calls from anywhere: with sleeping allowed, under raw locks
 * with interrupts off (pci_lock in user-space accesses, msi_lock for MSI mask
 * bits), and inside stop_machine(). The wait has a deadline everywhere; mask
 * bits of MSI written with interrupts off are posted, since the core holds a
 * raw lock there and the value is not read back.
 */
#include <linux/delay.h>
#include <linux/kallsyms.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/stacktrace.h>

#include "root.h"

/* A function may say "retry" for a second after reset. */
#define RETRY_SLEEP_MS		1000
#define RETRY_ATOMIC_MS		20
/* For all accesses together: the scan waits for it with the rescan lock held. */
#define RETRY_TOTAL_MS		10000
#define RETRY_VENDOR_MAGIC	0xffff0001U
#define CALLER_FRAMES		6

static u16 bdf_of(const struct pci_bus *bus, unsigned int devfn)
{
	return (u16)(bus->number << 8 | devfn);
}

/* First return address beyond the PCI core's accessors. */
static noinline unsigned long config_caller(void)
{
	static const char * const accessors[] = {
		"pci_bus_read_config_", "pci_bus_write_config_",
		"pci_read_config_", "pci_write_config_",
		"pci_user_read_config_", "pci_user_write_config_",
		"pcie_capability_", "pciem_", "config_",
	};
	unsigned long frames[CALLER_FRAMES];
	char name[KSYM_SYMBOL_LEN];
	unsigned int i, k, n;

	n = stack_trace_save(frames, CALLER_FRAMES, 2);
	for (i = 0; i < n; i++) {
		sprint_symbol_no_offset(name, frames[i]);
		for (k = 0; k < ARRAY_SIZE(accessors); k++)
			if (!strncmp(name, accessors[k], strlen(accessors[k])))
				break;
		if (k == ARRAY_SIZE(accessors))
			return frames[i];
	}
	return n ? frames[n - 1] : 0;
}

static struct pciem_who config_who(void)
{
	struct pciem_who who = {
		.pc = config_caller(),
		.irqs_on = !irqs_disabled(),
	};

	who.may_sleep = pciem_may_sleep(who.irqs_on);
	return who;
}

/*
 * Only device 0 is on the secondary bus, as the link has two ends; with ARI
 * forwarding all eight bits of devfn are its function number.
 */
static bool config_routes(const struct pciem_root *root,
			  const struct pci_bus *bus, unsigned int devfn)
{
	u8 secondary = READ_ONCE(root->routes.secondary);

	if (in_nmi() || READ_ONCE(root->dead) ||
	    !READ_ONCE(root->routes.link_active) || !pciem_link_is_up(root->link))
		return false;
	if (bus->number == secondary)
		return PCI_SLOT(devfn) == 0 || READ_ONCE(root->routes.ari);
	return bus->number > secondary &&
	       bus->number <= READ_ONCE(root->routes.subordinate);
}

/* Did software ask for retry status to be shown, and is this the read? */
static bool retry_is_visible(const struct pciem_root *root, int where, int size)
{
	return READ_ONCE(root->routes.crs_visible) && where == PCI_VENDOR_ID &&
	       size >= 2;
}

/*
 * Whether a card that says "retry" still may: a scan would wait a minute for it,
 * and any other device's rescan with it. The next answer, or a reset, starts anew.
 */
static bool retry_is_credible(struct pciem_root *root, enum pciem_status status)
{
	u64 now_ns = ktime_get_mono_fast_ns();
	u64 since_ns = READ_ONCE(root->retry_since_ns);

	if (status != PCIEM_RRS) {
		if (since_ns)
			WRITE_ONCE(root->retry_since_ns, 0);
		return false;
	}
	if (!since_ns) {
		WRITE_ONCE(root->retry_since_ns, now_ns);
		return true;
	}
	/* signed: of another CPU this clock may be a little behind */
	if ((s64)(now_ns - since_ns) < RETRY_TOTAL_MS * (s64)NSEC_PER_MSEC)
		return true;
	pr_warn_ratelimited("pciem %s: the card answers configuration requests with retry status for more than %u s: it counts as absent\n",
			    pciem_link_name(root->link), RETRY_TOTAL_MS / 1000);
	return false;
}

static bool retry_again(const struct pciem_who *who, ktime_t start)
{
	unsigned int limit_ms = who->may_sleep ? RETRY_SLEEP_MS :
						 RETRY_ATOMIC_MS;

	if (ktime_ms_delta(ktime_get(), start) >= limit_ms)
		return false;
	if (who->may_sleep)
		usleep_range(200, 1000);
	else
		udelay(50);
	return true;
}

static int config_result(enum pciem_status status)
{
	switch (status) {
	case PCIEM_SC:
	case PCIEM_UR:		/* nobody there: all-ones, as on hardware */
	case PCIEM_CA:
		return PCIBIOS_SUCCESSFUL;
	default:
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
}

static int card_read(struct pciem_root *root, u16 bdf, int where, int size,
		     u32 *val)
{
	struct pciem_who who = config_who();
	ktime_t start = ktime_get();
	enum pciem_status status;

	do {
		status = pciem_req_cfg_read(root->link, &who, bdf, where, size,
					    val);
		if (!retry_is_credible(root, status))
			break;
		if (retry_is_visible(root, where, size)) {
			*val = size == 4 ? RETRY_VENDOR_MAGIC :
					   RETRY_VENDOR_MAGIC & 0xffff;
			return PCIBIOS_SUCCESSFUL;
		}
	} while (retry_again(&who, start) && !READ_ONCE(root->dead));

	pciem_root_completion(root, status);
	return config_result(status);
}

static int rootport_read(struct pciem_root *root, int where, int size, u32 *val)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&root->lock, flags);
	pciem_rootport_set_link(&root->rp, pciem_link_is_up(root->link));
	*val = pciem_rootport_read(&root->rp, where, size);
	raw_spin_unlock_irqrestore(&root->lock, flags);
	return PCIBIOS_SUCCESSFUL;
}

static int config_read(struct pci_bus *bus, unsigned int devfn, int where,
		       int size, u32 *val)
{
	struct pciem_root *root = pciem_root_of_bus(bus);

	*val = size == 4 ? ~0U : (1U << (8 * size)) - 1;
	if (pci_is_root_bus(bus))
		return devfn || READ_ONCE(root->dead) || in_nmi() ?
			       PCIBIOS_DEVICE_NOT_FOUND :
			       rootport_read(root, where, size, val);
	if (!config_routes(root, bus, devfn) || pciem_in_stop_machine())
		return PCIBIOS_DEVICE_NOT_FOUND;
	return card_read(root, bdf_of(bus, devfn), where, size, val);
}

/* Mask bits of MSI are written under raw locks and never read back. */
static bool write_is_posted(struct pciem_root *root, u16 bdf, int where)
{
	struct pciem_func *func;
	bool posted = false;

	if (!irqs_disabled())
		return false;
	if (pciem_in_stop_machine())
		return true;
	rcu_read_lock();
	func = xa_load(&root->funcs, bdf);
	if (func && func->msi_mask_pos)
		posted = where >= func->msi_mask_pos &&
			 where < func->msi_mask_pos + 4;
	rcu_read_unlock();
	return posted;
}

/*
 * Bus Master Enable as software left it. Set before the write is sent, since
 * the card may use it at once; cleared when the write has been answered.
 */
static void snoop_before(struct pciem_root *root, u16 bdf, int where, u32 val)
{
	if (where == PCI_COMMAND && (val & PCI_COMMAND_MASTER) &&
	    bdf < PCIEM_ROOT_NR_BDF) {
		set_bit(bdf, root->bme);
		pciem_dma_publish_gate(root->link);
	}
}

static void snoop_after(struct pciem_root *root, u16 bdf, int where, int size,
			u32 val)
{
	struct pciem_func *func;
	bool flr = false;

	if (bdf >= PCIEM_ROOT_NR_BDF)
		return;
	rcu_read_lock();
	func = xa_load(&root->funcs, bdf);
	if (func && func->exp_pos)
		flr = where == func->exp_pos + PCI_EXP_DEVCTL && size >= 2 &&
		      (val & PCI_EXP_DEVCTL_BCR_FLR);
	rcu_read_unlock();
	if (flr || (where == PCI_COMMAND && !(val & PCI_COMMAND_MASTER))) {
		clear_bit(bdf, root->bme);
		pciem_dma_publish_gate(root->link);
	}
}

static int card_write(struct pciem_root *root, u16 bdf, int where, int size,
		      u32 val)
{
	bool posted = write_is_posted(root, bdf, where);
	struct pciem_who who = config_who();
	ktime_t start = ktime_get();
	enum pciem_status status;

	snoop_before(root, bdf, where, val);
	do {
		status = pciem_req_cfg_write(root->link, &who, bdf, where, size,
					     val, posted);
	} while (retry_is_credible(root, status) && retry_again(&who, start));
	snoop_after(root, bdf, where, size, val);

	pciem_root_completion(root, status);
	return config_result(status);
}

static int rootport_write(struct pciem_root *root, int where, int size, u32 val)
{
	unsigned long flags;
	u32 events;

	raw_spin_lock_irqsave(&root->lock, flags);
	events = pciem_rootport_write(&root->rp, where, size, val);
	pciem_root_publish_routes(root);
	raw_spin_unlock_irqrestore(&root->lock, flags);
	pciem_root_act(root, events);
	return PCIBIOS_SUCCESSFUL;
}

static int config_write(struct pci_bus *bus, unsigned int devfn, int where,
			int size, u32 val)
{
	struct pciem_root *root = pciem_root_of_bus(bus);

	if (pci_is_root_bus(bus))
		return devfn || READ_ONCE(root->dead) || in_nmi() ?
			       PCIBIOS_DEVICE_NOT_FOUND :
			       rootport_write(root, where, size, val);
	if (!config_routes(root, bus, devfn))
		return PCIBIOS_DEVICE_NOT_FOUND;
	return card_write(root, bdf_of(bus, devfn), where, size, val);
}

struct pci_ops pciem_cfg_ops = {
	.read = config_read,
	.write = config_write,
};
