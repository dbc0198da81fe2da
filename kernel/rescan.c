// SPDX-License-Identifier: GPL-2.0
/*
 * PCI's lock of rescans, which cards are added and removed under, and which its
 * holder may lend.
 *
 * Who removes the ivshmem device from the machine (`remove` in sysfs, hot-unplug)
 * holds the lock while the driver below lets go, and the driver waits until the state's
 * work has removed the card. The work then uses the lock of who waits for it. It may
 * have been waiting for the lock already when that begins: it looks again from time to
 * time, by trylock, and needs the address of a mutex that is not exported. On a kernel
 * that does not tell (no CONFIG_KALLSYMS_ALL) nothing is lent: there the ivshmem device
 * is unbound before it is removed.
 */
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include "compat.h"
#include "link.h"
#include "mmio_hook.h"
#include "root.h"

#define LOOK_MS		10	/* what a change of owner may cost a scan */

static struct mutex *rescan_mutex;

void pciem_rescan_init(void)
{
	struct mutex *mutex = pciem_kernel_symbol("pci_rescan_remove_lock");

	if (mutex) {
		pci_lock_rescan_remove();
		if (pciem_mutex_is_mine(mutex))	/* the symbol is what its name says */
			rescan_mutex = mutex;
		pci_unlock_rescan_remove();
	}
	if (!rescan_mutex)
		pr_info("pciem: this kernel does not tell where PCI's rescan lock is: unbind an ivshmem device before it is removed\n");
}

void pciem_rescan_lend(struct pciem_link *link)
{
	if (!rescan_mutex || !pciem_mutex_is_mine(rescan_mutex))
		return;
	set_bit(PCIEM_LINKF_RESCAN_LENT, &link->flags);
	wake_up_all(&link->closed_wq);
}

bool pciem_rescan_lock(struct pciem_link *link)
{
	if (!rescan_mutex) {
		pci_lock_rescan_remove();
		return true;
	}
	while (!test_bit(PCIEM_LINKF_RESCAN_LENT, &link->flags)) {
		if (mutex_trylock(rescan_mutex))
			return true;
		wait_event_timeout(link->closed_wq, test_bit(PCIEM_LINKF_RESCAN_LENT, &link->flags),
				   msecs_to_jiffies(LOOK_MS));
	}
	return false;
}

void pciem_rescan_unlock(bool is_ours)
{
	if (is_ours)
		pci_unlock_rescan_remove();
}
