// SPDX-License-Identifier: GPL-2.0
/*
 * Which drivers may have a card: most were not written for a device that lies.
 *
 * With the parameter `drivers` only those named get a card: another driver
 * finds a device of no vendor, class and number, which its table does not have,
 * while it is being bound, and the PCI core ends the attempt before its probe
 * function. (A driver that the administrator names in driver_override is meant.)
 * The kernel is marked with taint U: a program stands for a device.
 */
#define pr_fmt(fmt) "pciem: " fmt

#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "root.h"

static char *drivers = "";
module_param(drivers, charp, 0400);
MODULE_PARM_DESC(drivers, "names of the drivers that may have a card, with commas between; empty: any");

static bool is_any_allowed(void)
{
	return !drivers[strspn(drivers, ", ")];
}

static bool is_allowed(const char *name)
{
	const char *at = drivers;
	size_t len;

	if (is_any_allowed())
		return true;
	while (*at) {
		at += strspn(at, ", ");
		len = strcspn(at, ", ");
		if (len && len == strlen(name) && !strncmp(at, name, len))
			return true;
		at += len;
	}
	return false;
}

static void hide(struct pci_dev *pdev)
{
	pdev->vendor = 0xffff;
	pdev->device = 0xffff;
	pdev->class = 0;
}

/* device_lock() is held from here to pciem_trust_bound(), whatever comes of it. */
void pciem_trust_binds(struct pciem_func *func)
{
	struct pci_dev *pdev = func->pdev;

	if (func->is_hidden || is_allowed(pdev->dev.driver->name))
		return;
	pci_warn(pdev, "driver %s is not in the list of pciem's parameter drivers (%s): refused\n",
		 pdev->dev.driver->name, drivers);
	func->is_hidden = true;
	func->vendor = pdev->vendor;
	func->device = pdev->device;
	func->class = pdev->class;
	hide(pdev);
}

void pciem_trust_unknown(struct pci_dev *pdev)
{
	if (is_any_allowed())
		return;
	pci_warn(pdev, "no memory to ask pciem's parameter drivers who may have it: no driver gets it\n");
	hide(pdev);
}

void pciem_trust_bound(struct pciem_func *func)
{
	struct pci_dev *pdev = func->pdev;

	if (!func->is_hidden)
		return;
	pdev->vendor = func->vendor;
	pdev->device = func->device;
	pdev->class = func->class;
	func->is_hidden = false;
}

void pciem_trust_taint(void)
{
	add_taint(TAINT_USER, LOCKDEP_STILL_OK);
}
