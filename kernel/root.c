// SPDX-License-Identifier: GPL-2.0
/*
 * A root complex for each attached card: PCI domain, address windows, host
 * bridge with one root port, and the life of what the PCI core builds below it.
 *
 *	pciem_root_attach()	windows, host bridge, scan, assign, add devices
 *	pciem_root_mark_dead()	drivers see a disconnected device
 *	pciem_root_detach()	stop, remove, take windows and registers away
 *
 * A mounted file system keeps the device's struct pci_dev, and through it every
 * bus up to the host bridge; all of them point into struct pciem_root and call
 * pciem_cfg_ops. Such an orphan answers all-ones and holds the module and the
 * link until the host bridge's release callback; a new card can be attached
 * meanwhile.
 */
#define pr_fmt(fmt) "pciem: " fmt

#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "root.h"

#define FIRST_DOMAIN		0x10
#define LAST_DOMAIN		0xffff

/* ---- registers and routes ---- */

void pciem_root_publish_routes(struct pciem_root *root)
{
	struct pciem_rootport_routes now;

	lockdep_assert_held(&root->lock);
	pciem_rootport_set_link(&root->rp, pciem_link_is_up(root->link));
	pciem_rootport_routes(&root->rp, &now);
	WRITE_ONCE(root->routes.mem_start, now.mem_start);
	WRITE_ONCE(root->routes.mem_end, now.mem_end);
	WRITE_ONCE(root->routes.pref_start, now.pref_start);
	WRITE_ONCE(root->routes.pref_end, now.pref_end);
	WRITE_ONCE(root->routes.secondary, now.secondary);
	WRITE_ONCE(root->routes.subordinate, now.subordinate);
	WRITE_ONCE(root->routes.mem_enabled, now.mem_enabled);
	WRITE_ONCE(root->routes.bus_master, now.bus_master);
	WRITE_ONCE(root->routes.ari, now.ari);
	WRITE_ONCE(root->routes.crs_visible, now.crs_visible);
	WRITE_ONCE(root->routes.link_active, now.link_active);
	WRITE_ONCE(root->routes.mps_bytes, now.mps_bytes);
	pciem_link_set_secondary_bus(root->link, now.secondary);
	pciem_dma_publish_gate(root->link);
}

static void send_reset(struct pciem_root *root, u8 held, bool assert)
{
	u32 what = held == PCIEM_RP_HELD_HOT ? PCIEM_RESET_HOT_ASSERT : PCIEM_RESET_LINK_DOWN;

	if (assert) {
		bitmap_zero(root->bme, PCIEM_ROOT_NR_BDF);
		pciem_dma_publish_gate(root->link);
	}
	WRITE_ONCE(root->retry_since_ns, 0);
	pciem_send_reset(root->link, assert ? what : what + 1);
	if (assert)
		pciem_irq_reset_intx(root->link);
}

/*
 * Two CPUs may write the port's registers at a time. One sends, until the card
 * was told what the registers say; the other leaves it to that one. What is new
 * is asserted before what is over is released: the link stays down between.
 */
static void send_resets(struct pciem_root *root)
{
	unsigned long flags;
	u8 now, on, off;

	raw_spin_lock_irqsave(&root->lock, flags);
	while (!root->is_sending_resets) {
		now = pciem_rootport_resets(&root->rp);
		on = now & ~root->resets_sent;
		off = root->resets_sent & ~now;
		if (!on && !off)
			break;
		on &= -on;
		off = on ? 0 : off & -off;
		root->resets_sent ^= on | off;
		root->is_sending_resets = true;
		raw_spin_unlock_irqrestore(&root->lock, flags);
		send_reset(root, on | off, on);
		raw_spin_lock_irqsave(&root->lock, flags);
		root->is_sending_resets = false;
	}
	raw_spin_unlock_irqrestore(&root->lock, flags);
}

void pciem_root_act(struct pciem_root *root, u32 events)
{
	unsigned long flags;

	if (events & PCIEM_RP_RESET)
		send_resets(root);
	if (events & PCIEM_RP_MSI_FIRE)
		pciem_irq_root_msi(root->link);
	if (events & PCIEM_RP_INTX) {
		raw_spin_lock_irqsave(&root->lock, flags);
		/* under the lock: of two that act, the later level is the one that stays */
		pciem_irq_root_intx(root->link, pciem_rootport_intx(&root->rp));
		raw_spin_unlock_irqrestore(&root->lock, flags);
	}
}

void pciem_root_completion(struct pciem_root *root, enum pciem_status status)
{
	unsigned long flags;
	u16 bits;

	if (status == PCIEM_UR)
		bits = PCI_STATUS_REC_MASTER_ABORT;
	else if (status == PCIEM_CA)
		bits = PCI_STATUS_REC_TARGET_ABORT;
	else
		return;
	raw_spin_lock_irqsave(&root->lock, flags);
	pciem_rootport_sec_status(&root->rp, bits);
	raw_spin_unlock_irqrestore(&root->lock, flags);
}

void pciem_root_message(struct pciem_link *link, u8 code, u16 requester)
{
	struct pciem_root *root;
	unsigned long flags;
	u32 events;

	rcu_read_lock();
	root = pciem_link_root(link);
	if (root) {
		raw_spin_lock_irqsave(&root->lock, flags);
		events = pciem_rootport_message(&root->rp, code, requester);
		raw_spin_unlock_irqrestore(&root->lock, flags);
		pciem_root_act(root, events);
	}
	rcu_read_unlock();
}

void pciem_root_error(struct pciem_link *link, u32 bit, const u8 *hdr)
{
	struct pciem_root *root;
	unsigned long flags;
	u32 events;

	rcu_read_lock();
	root = pciem_link_root(link);
	if (root) {
		raw_spin_lock_irqsave(&root->lock, flags);
		events = pciem_rootport_error(&root->rp, bit, hdr);
		raw_spin_unlock_irqrestore(&root->lock, flags);
		pciem_root_act(root, events);
	}
	rcu_read_unlock();
}

bool pciem_root_bme(struct pciem_link *link, u16 bdf)
{
	struct pciem_root *root;
	bool enabled;

	rcu_read_lock();
	root = pciem_link_root(link);
	/* the card chooses its requester id */
	enabled = root && bdf < PCIEM_ROOT_NR_BDF &&
		  test_bit(array_index_nospec(bdf, PCIEM_ROOT_NR_BDF), root->bme) &&
		  READ_ONCE(root->routes.bus_master);
	rcu_read_unlock();
	return enabled;
}

unsigned int pciem_root_mps_bytes(struct pciem_link *link)
{
	struct pciem_root *root;
	unsigned int mps;

	rcu_read_lock();
	root = pciem_link_root(link);
	mps = root ? READ_ONCE(root->routes.mps_bytes) : 0;
	rcu_read_unlock();
	return mps ?: 128;
}

/* ---- functions below the root port ---- */

static u16 msi_mask_pos(struct pci_dev *pdev)
{
	u16 control;

	if (!pdev->msi_cap ||
	    pci_read_config_word(pdev, pdev->msi_cap + PCI_MSI_FLAGS,
				 &control) ||
	    !(control & PCI_MSI_FLAGS_MASKBIT))
		return 0;
	return pdev->msi_cap + (control & PCI_MSI_FLAGS_64BIT ?
				PCI_MSI_MASK_64 : PCI_MSI_MASK_32);
}

static void func_add(struct pciem_root *root, struct pci_dev *pdev)
{
	struct pciem_func *func = kzalloc(sizeof(*func), GFP_KERNEL);
	void *old;

	if (!func)
		goto out_warn;
	func->pdev = pci_dev_get(pdev);
	func->msi_mask_pos = msi_mask_pos(pdev);
	func->exp_pos = pdev->pcie_cap;
	old = xa_store(&root->funcs, pci_dev_id(pdev), func, GFP_KERNEL);
	if (xa_is_err(old)) {
		pci_dev_put(pdev);
		kfree(func);
		goto out_warn;
	}
	return;

out_warn:
	dev_warn(&pdev->dev, "no memory to track the function: MSI masking waits for the card, and a dead link is noticed late\n");
	pciem_trust_unknown(pdev);
}

static void func_binds(struct pciem_root *root, struct pci_dev *pdev, bool begins)
{
	struct pciem_func *func = xa_load(&root->funcs, pci_dev_id(pdev));

	/* it stays until the device goes, which waits for the binding */
	if (func && begins)
		pciem_trust_binds(func);
	else if (func)
		pciem_trust_bound(func);
}

static void func_remove(struct pciem_root *root, struct pci_dev *pdev)
{
	struct pciem_func *func = xa_erase(&root->funcs, pci_dev_id(pdev));

	if (!func)
		return;
	synchronize_rcu();	/* pciem_root_mark_dead() may hold it */
	pci_dev_put(func->pdev);
	kfree(func);
}

static void root_free(struct kref *kref)
{
	struct pciem_root *root = container_of(kref, struct pciem_root, kref);

	xa_destroy(&root->funcs);
	pciem_link_put(root->link);
	kfree_rcu(root, rcu);
}

static void root_put(struct pciem_root *root)
{
	kref_put(&root->kref, root_free);
}

/* The last reference to anything below the host bridge is gone. */
static void on_host_bridge_release(struct pci_host_bridge *bridge)
{
	struct pciem_root *root = bridge->release_data;
	unsigned long flags;
	bool is_orphan;

	raw_spin_lock_irqsave(&root->lock, flags);
	root->is_released = true;
	is_orphan = root->is_orphan;
	raw_spin_unlock_irqrestore(&root->lock, flags);
	complete(&root->released);
	root_put(root);
	if (is_orphan)
		module_put(THIS_MODULE);
}

/* bus->ops does not tell: aer_inject puts its own in front of ours. */
static bool bus_is_ours(const struct pci_bus *bus)
{
	while (bus->parent)
		bus = bus->parent;
	return to_pci_host_bridge(bus->bridge)->release_fn ==
	       on_host_bridge_release;
}

/*
 * MSI comes from our domain. INTx routing comes from map_irq(), which takes the
 * pin from configuration space; the pin is hidden from ACPI, which x86 asks for it
 * whenever a device is enabled, with a warning when ACPI does not know.
 */
static void setup_interrupts(struct pciem_root *root, struct pci_dev *pdev)
{
	pdev->pin = 0;
	pciem_irq_setup_device(root->link, pdev);
}

static int on_bus_event(struct notifier_block *nb, unsigned long action,
			void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);
	struct pciem_root *root;

	if (!bus_is_ours(pdev->bus))
		return NOTIFY_DONE;
	root = pciem_root_of_bus(pdev->bus);
	if (pci_is_root_bus(pdev->bus)) {
		if (action == BUS_NOTIFY_ADD_DEVICE)
			setup_interrupts(root, pdev);
		return NOTIFY_DONE;
	}
	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		func_add(root, pdev);
		setup_interrupts(root, pdev);
		pciem_dma_setup_device(root->link, pdev);
		pciem_trust_taint();
		break;
	case BUS_NOTIFY_BIND_DRIVER:
	case BUS_NOTIFY_BOUND_DRIVER:
		func_binds(root, pdev, action == BUS_NOTIFY_BIND_DRIVER);
		break;
	case BUS_NOTIFY_UNBOUND_DRIVER:
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
		func_binds(root, pdev, false);
		pciem_dma_end_device(root->link, pdev);
		break;
	case BUS_NOTIFY_REMOVED_DEVICE:
		pciem_dma_release_device(root->link, pdev);
		func_remove(root, pdev);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block bus_nb = { .notifier_call = on_bus_event };

int pciem_root_module_init(void)
{
	return bus_register_notifier(&pci_bus_type, &bus_nb);
}

void pciem_root_module_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &bus_nb);
}

void pciem_root_mark_dead(struct pciem_link *link)
{
	struct pciem_root *root;
	struct pciem_func *func;
	unsigned long bdf;

	rcu_read_lock();
	root = pciem_link_root(link);
	if (root) {
		WRITE_ONCE(root->routes.link_active, false);
		xa_for_each(&root->funcs, bdf, func)
			WRITE_ONCE(func->pdev->error_state,
				   pci_channel_io_perm_failure);
	}
	rcu_read_unlock();
	pciem_irq_reset_intx(link);
}

/* ---- life ---- */

static int map_irq(const struct pci_dev *pdev, u8 slot, u8 pin)
{
	struct pciem_root *root = pciem_root_of_bus(pdev->bus);

	return pciem_irq_map_intx(root->link, pin);
}

/* Domain numbers are shared with ACPI segments and other virtual bridges. */
static int domain_claim(struct pciem_root *root)
{
	int domain;

	for (domain = FIRST_DOMAIN; domain <= LAST_DOMAIN; domain++)
		if (!pci_find_bus(domain, 0)) {
			root->sysdata.domain = domain;
			return 0;
		}
	return -EBUSY;
}

/* On success the caller owns a reference to root->bridge, and the bus exists. */
static int host_bridge_create(struct pciem_root *root)
{
	struct pci_host_bridge *bridge;
	int ret;

	if (domain_claim(root))
		return -EBUSY;
	bridge = pci_alloc_host_bridge(0);
	if (!bridge)
		return -ENOMEM;
	root->sysdata.node = NUMA_NO_NODE;
	root->bus_range = (struct resource){
		.name = root->bus_name, .start = 0, .end = PCIEM_ROOT_BUSES - 1,
		.flags = IORESOURCE_BUS | IORESOURCE_PCI_FIXED,
	};
	pci_add_resource(&bridge->windows, &root->bus_range);
	pci_add_resource_offset(&bridge->windows, &root->mmio32,
				root->mmio32.start - PCIEM_BUS_MMIO32_START);
	pci_add_resource(&bridge->windows, &root->mmio64);
	bridge->dev.parent = pciem_link_parent(root->link);
	bridge->sysdata = &root->sysdata;
	bridge->busnr = 0;
	bridge->ops = &pciem_cfg_ops;
	bridge->map_irq = map_irq;
	bridge->swizzle_irq = pci_common_swizzle;
	bridge->native_aer = 1;
	bridge->native_pme = 1;
	bridge->native_ltr = 1;
	bridge->native_pcie_hotplug = 0;
	bridge->native_shpc_hotplug = 0;
	kref_get(&root->kref);
	pci_set_host_bridge_release(bridge, on_host_bridge_release, root);
	ret = pciem_scan_root_bus_bridge(bridge);
	if (ret)
		return ret;
	root->bridge = bridge;
	root->bus = bridge->bus;
	return 0;
}

static void rootport_power_on(struct pciem_root *root)
{
	unsigned long flags;

	bitmap_zero(root->bme, PCIEM_ROOT_NR_BDF);
	raw_spin_lock_irqsave(&root->lock, flags);
	pciem_rootport_init(&root->rp);
	pciem_root_publish_routes(root);
	raw_spin_unlock_irqrestore(&root->lock, flags);
}

static struct pciem_root *root_alloc(struct pciem_link *link)
{
	struct pciem_root *root = kzalloc(sizeof(*root), GFP_KERNEL);
	int id = pciem_link_id(link);

	if (!root)
		return NULL;
	kref_init(&root->kref);
	pciem_link_get(link);
	root->link = link;
	raw_spin_lock_init(&root->lock);
	xa_init(&root->funcs);
	init_completion(&root->released);
	snprintf(root->bus_name, sizeof(root->bus_name), "pciem%d bus", id);
	snprintf(root->mmio32_name, sizeof(root->mmio32_name),
		 "pciem%d 32-bit window", id);
	snprintf(root->mmio64_name, sizeof(root->mmio64_name),
		 "pciem%d 64-bit window", id);
	return root;
}

/* Nobody finds the root any more when this returns, but through its bus. */
static void root_retire(struct pciem_root *root)
{
	pciem_link_set_root(root->link, NULL);
	pciem_dma_publish_gate(root->link);
	synchronize_rcu();
	root_put(root);
}

int pciem_root_attach(struct pciem_link *link)
{
	struct pciem_root *root;
	struct pci_bus *child;
	bool is_locked;
	int ret;

	if (pciem_link_root(link))
		return -EEXIST;
	root = root_alloc(link);
	if (!root)
		return -ENOMEM;
	rootport_power_on(root);
	pciem_link_set_root(link, root);
	ret = pciem_root_windows_claim(root);
	if (ret)
		goto err_root;

	is_locked = pciem_rescan_lock(link);
	ret = host_bridge_create(root);
	if (ret)
		goto err_windows;
	pci_assign_unassigned_bus_resources(root->bus);
	list_for_each_entry(child, &root->bus->children, node)
		pcie_bus_configure_settings(child);
	pci_bus_add_devices(root->bus);
	pciem_rescan_unlock(is_locked);
	return 0;

err_windows:
	pciem_rescan_unlock(is_locked);
	pciem_root_windows_release(root);
err_root:
	root_retire(root);
	return ret;
}

/* Somebody still holds a device below: keep the code it may call. */
static void root_orphan(struct pciem_root *root)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&root->lock, flags);
	if (!root->is_released)
		root->is_orphan = try_module_get(THIS_MODULE);
	raw_spin_unlock_irqrestore(&root->lock, flags);
	if (root->is_orphan)
		pr_info("%s: the removed card is still in use (a mounted file system, an open file?); pciem can be unloaded when it is released\n",
			pciem_link_name(root->link));
}

void pciem_root_detach(struct pciem_link *link, bool surprise)
{
	struct pciem_root *root = pciem_link_root(link);
	bool is_locked;

	if (!root)
		return;
	if (surprise)
		pciem_root_mark_dead(link);

	is_locked = pciem_rescan_lock(link);
	pci_stop_root_bus(root->bus);
	pci_remove_root_bus(root->bus);
	WRITE_ONCE(root->bus, NULL);
	pciem_rescan_unlock(is_locked);
	WRITE_ONCE(root->dead, true);
	pci_free_host_bridge(root->bridge);

	pciem_root_windows_release(root);
	pciem_irq_reset_intx(link);
	if (!wait_for_completion_timeout(&root->released, HZ))
		root_orphan(root);
	root_retire(root);
}

int pciem_root_init(struct pciem_link *link)
{
	return 0;	/* everything is made when a card is attached */
}

void pciem_root_fini(struct pciem_link *link)
{
	WARN_ON(pciem_link_root(link));
}
