# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The NVMe driver with the interrupts that are left when the card hides MSI-X
# (IRQ=msi), or the kernel is told to use neither MSI-X nor MSI (IRQ=intx): the
# short part of the demo, and no command that was complete but had to wait for the
# driver's patience, since its interrupt was lost.
# shellcheck disable=SC2154 # disk and mnt are nvme-lib.sh's

. /riser/card.sh
. /riser/nvme-lib.sh

# the one interrupt of the card is of the kind asked for
kind_is_right()
{
	dir=/sys/bus/pci/devices/$(riser_card)
	kinds=$(cat "$dir"/msi_irqs/* 2>/dev/null | sort -u)
	grep nvme0q /proc/interrupts
	case $IRQ in
	msi) [ "$kinds" = msi ] && [ "$(cat "$dir"/msi_irqs/* | wc -l)" -eq 1 ] ;;
	intx) [ -z "$kinds" ] && grep -q 'PCIEM-INTx.*nvme0q0' /proc/interrupts ;;
	esac
}

# the driver again, with neither MSI-X nor MSI
without_messages()
{
	dev=/sys/bus/pci/devices/$(riser_card)
	echo "$(riser_card)" >"$dev/driver/unbind" &&
		echo 0 >"$dev/msi_bus" &&
		echo "$(riser_card)" >/sys/bus/pci/drivers/nvme/bind &&
		riser_wait 60 disk_ready
}

no_interrupt_lost()
{
	! dmesg | grep 'completion polled'
}

riser_attach || exit 1
riser_check namespace-appears riser_wait 60 disk_ready || exit 1
[ "$IRQ" != intx ] || riser_check without-messages without_messages || exit 1
riser_check "interrupt-is-$IRQ" kind_is_right
riser_check mkfs.ext4 mkfs.ext4 -q -F "$disk"
mkdir -p "$mnt"
riser_check mount mount_ext4 || exit 1
riser_check write-4MiB-sync write_data 4
riser_check remount-caches-dropped remount
riser_check sha256-equal same_data
riser_check umount umount "$mnt"
riser_check fsck-clean fsck.ext4 -f -n "$disk"
riser_check fio-verify fio_verify
riser_check unbind-rebind rebind
riser_check "interrupt-is-still-$IRQ" kind_is_right
riser_check no-interrupt-lost no_interrupt_lost
grep nvme0q /proc/interrupts >/run/interrupts
riser_file interrupts.txt /run/interrupts
