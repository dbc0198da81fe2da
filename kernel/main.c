// SPDX-License-Identifier: GPL-2.0
/*
 * pciem: a PCI root complex whose cards live behind rings of TLPs.
 *
 * Init, exit, and what the whole machine does to all links: reboot, panic,
 * suspend.
 */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

#include "compat.h"
#include "link.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Before device_shutdown(), by when the bridge may be gone (H16). */
static int on_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	pciem_links_going_down();
	return NOTIFY_DONE;
}

/* Drivers may poll registers in the crash path: they get all-ones (H17). */
static int on_panic(struct notifier_block *nb, unsigned long action, void *data)
{
	pciem_links_panic();
	return NOTIFY_DONE;
}

static void is_busy(struct pciem_link *link, void *arg)
{
	if (READ_ONCE(link->session) > PCIEM_SESSION_ATTACHED)
		*(const char **)arg = pciem_link_name(link);
}

/* User space is frozen before drivers save their devices' state: the bridge could not answer (H15). */
static int on_pm(struct notifier_block *nb, unsigned long action, void *data)
{
	const char *name = NULL;

	if (action != PM_SUSPEND_PREPARE && action != PM_HIBERNATION_PREPARE && action != PM_RESTORE_PREPARE)
		return NOTIFY_DONE;
	pciem_link_for_each(is_busy, &name);
	if (!name)
		return NOTIFY_DONE;
	pr_warn("pciem: suspend, hibernation or resume from disk refused: card '%s' is attached; stop its bridge first\n",
		name);
	return notifier_from_errno(-EBUSY);
}

static struct notifier_block reboot_nb = { .notifier_call = on_reboot, .priority = 100 };
static struct notifier_block panic_nb = { .notifier_call = on_panic, .priority = 100 };
static struct notifier_block pm_nb = { .notifier_call = on_pm };

static int __init init_notifiers(void)
{
	int ret = register_pm_notifier(&pm_nb);

	if (ret)
		return ret;
	ret = register_reboot_notifier(&reboot_nb);
	if (ret) {
		unregister_pm_notifier(&pm_nb);
		return ret;
	}
	atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
	return 0;
}

static void exit_notifiers(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_nb);
	unregister_reboot_notifier(&reboot_nb);
	unregister_pm_notifier(&pm_nb);
}

static int __init pciem_init(void)
{
	int ret;

	ret = pciem_dma_module_init();
	if (ret)
		return ret;
	ret = pciem_links_init();
	if (ret)
		goto out_dma;
	ret = pciem_mmio_init();
	if (ret)
		goto out_links;
	pciem_rescan_init();
	ret = pciem_root_module_init();
	if (ret)
		goto out_mmio;
	ret = init_notifiers();
	if (ret)
		goto out_root;
	pciem_debug_init();
	ret = pciem_ctl_init();
	if (ret)
		goto out_debug;
	ret = pciem_ivshmem_init();
	if (ret)
		goto out_ctl;
	pr_info("pciem: PCIe root complex for cards in simulation, ABI %d\n", PCIEM_ABI);
	return 0;

out_ctl:
	pciem_ctl_exit();
out_debug:
	pciem_debug_exit();
	exit_notifiers();
out_root:
	pciem_root_module_exit();
out_mmio:
	pciem_mmio_exit();
out_links:
	pciem_links_exit();
out_dma:
	pciem_dma_module_exit();
	return ret;
}

static void __exit pciem_exit(void)
{
	pciem_ivshmem_exit();
	pciem_ctl_exit();
	pciem_links_exit();
	pciem_debug_exit();
	exit_notifiers();
	pciem_root_module_exit();
	pciem_mmio_exit();
	pciem_dma_module_exit();
}

module_init(pciem_init);
module_exit(pciem_exit);

MODULE_DESCRIPTION("PCIe root complex for cards in simulation");
MODULE_AUTHOR("The riser authors");
MODULE_LICENSE("GPL");
