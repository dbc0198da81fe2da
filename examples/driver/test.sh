# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The example card's test, whatever its interface is. Runs in the guest, with
# riser_example.ko and riser_example_test added to it. LARGEST is the largest
# transfer in bytes.

. /riser/card.sh

# interrupts that /proc/interrupts counts for the driver, all vectors
interrupts()
{
	awk '/riser_example/ { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i }
		END { print n + 0 }' /proc/interrupts
}

riser_attach || exit 1
riser_check driver-loads insmod /riser/riser_example.ko timeout_ms=400000 || exit 1
riser_check driver-binds riser_wait 30 riser_has_driver || exit 1
riser_value driver_bound "$(basename "$(readlink \
	"/sys/bus/pci/devices/$(riser_card)/driver")")"
riser_value driver_sha256 "$(sha256sum </riser/riser_example.ko | cut -d' ' -f1)"
riser_check device-node riser_wait 10 test -c /dev/riser_example || exit 1
riser_phase bar
riser_check bar /riser/riser_example_test bar
riser_phase interrupts
before=$(interrupts)
riser_check msix /riser/riser_example_test irq
after=$(interrupts)
riser_check msix-counted [ "$((after - before))" -eq 32 ]
riser_check is-msix [ -n "$(ls "/sys/bus/pci/devices/$(riser_card)/msi_irqs")" ]
riser_phase dma
riser_check dma /riser/riser_example_test dma "${LARGEST:-1048576}" || :
riser_phase unload
riser_check driver-unloads rmmod riser_example
dmesg >/run/dmesg
riser_file dmesg.log /run/dmesg
