# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A card that breaks a rule whenever Cache Line Size is written (lies.hex), without a driver.

. /riser/card.sh

riser_attach || exit 1
config=/sys/bus/pci/devices/$(riser_card)/config

lie() # number: the write that asks for it, then a read of the identifiers
{
	# shellcheck disable=SC2059 # an octal escape
	printf "\\00$1" | dd of="$config" bs=1 seek=12 count=1 conv=notrunc 2>/dev/null
	sleep 0.3
	dd if="$config" bs=4 count=1 2>/dev/null | od -An -tx1
	sleep 0.3
}

riser_phase lies
for number in 1 2 3 4 5; do
	riser_mark "lie $number"
	lie "$number"
done
dmesg | tail -n 20
