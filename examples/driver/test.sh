# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The example card's test, whatever its interface is. Runs in the guest, with
# riser_example.ko and riser_example_test added to it. LARGEST is the largest
# transfer in bytes, IRQ the kind of interrupts that the driver is told to use (msix,
# msi, intx; else it takes what there is, and messages are expected).

. /riser/card.sh

# interrupts that /proc/interrupts counts for the driver, all vectors
interrupts()
{
	awk '/riser_example/ { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i }
		END { print n + 0 }' /proc/interrupts
}

# what the kernel says the card's interrupts are; files of msi_irqs read "msi" or "msix"
irq_kind()
{
	cat "/sys/bus/pci/devices/$(riser_card)"/msi_irqs/* 2>/dev/null | sort -u | grep . || echo intx
}

is_irq_kind()
{
	echo "the card's interrupts are $(irq_kind)"
	case ${IRQ:-message}-$(irq_kind) in
	message-msix | message-msi) ;;
	*) [ "${IRQ:-}" = "$(irq_kind)" ] ;;
	esac
}

# each of 32 interrupts came once; INTx is a level, which may be seen again before it is low
are_counted()
{
	echo "$1 interrupts"
	[ "$1" -eq 32 ] || { [ "$(irq_kind)" = intx ] && [ "$1" -gt 32 ]; }
}

riser_attach || exit 1
riser_check driver-loads insmod /riser/riser_example.ko timeout_ms=400000 "irq_type=${IRQ:-auto}" || exit 1
riser_check driver-binds riser_wait 30 riser_has_driver || exit 1
riser_value driver_bound "$(basename "$(readlink \
	"/sys/bus/pci/devices/$(riser_card)/driver")")"
riser_value driver_sha256 "$(sha256sum </riser/riser_example.ko | cut -d' ' -f1)"
riser_check device-node riser_wait 10 test -c /dev/riser_example || exit 1
riser_phase bar
riser_check bar /riser/riser_example_test bar
riser_phase interrupts
before=$(interrupts)
riser_check interrupts /riser/riser_example_test irq
after=$(interrupts)
riser_check interrupts-counted are_counted "$((after - before))"
riser_check interrupt-kind is_irq_kind
riser_phase dma
riser_check dma /riser/riser_example_test dma "${LARGEST:-1048576}" || :
riser_phase unload
riser_check driver-unloads rmmod riser_example
dmesg >/run/dmesg
riser_file dmesg.log /run/dmesg
