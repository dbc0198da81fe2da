# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Split mode: rmmod is refused while a card is attached, with a driver or
# without one; unbinding the ivshmem device removes the card in order, with the
# link up, and binding it again brings the card back. So does removing it from
# the machine, under PCI's lock of rescans, and a rescan: also while the card is
# being scanned.

# shellcheck disable=SC2154 # disk is nvme-lib.sh's

. /riser/card.sh
. /riser/nvme-lib.sh

link_device()
{
	basename "$(find /sys/bus/pci/drivers/pciem -name '0000:*')"
}

riser_attach || exit 1
riser_check namespace-appears riser_wait 60 disk_ready || exit 1
riser_refuse refused-with-driver rmmod pciem
rebind_card=$(riser_card)
echo "$rebind_card" >/sys/bus/pci/drivers/nvme/unbind
riser_refuse refused-without-driver rmmod pciem
echo "$rebind_card" >/sys/bus/pci/drivers/nvme/bind
riser_check disk-again riser_wait 60 disk_ready
device=$(link_device)
riser_check unbind sh -c "echo $device >/sys/bus/pci/drivers/pciem/unbind"
riser_check card-is-gone riser_no_card
riser_check in-order sh -c "! dmesg | grep -E 'link down|nvme.*(fail|timeout)'"
riser_check bind sh -c "echo $device >/sys/bus/pci/drivers/pciem/bind"
riser_check card-comes-back riser_wait 60 riser_has_card
riser_check disk-comes-back riser_wait 60 disk_ready
remove_link()
{
	timeout 60 sh -c "echo 1 >/sys/bus/pci/devices/$device/remove"
}

rescan()
{
	timeout 60 sh -c "echo 1 >/sys/bus/pci/rescan"
}

remove_in_scan()
{
	for _ in 1 2 3 4 5; do
		rescan && remove_link || return 1
	done
}

writer_ended()
{
	! wait "$writer"
}

dd if=/dev/urandom of="$disk" bs=4k count=100000 oflag=direct 2>/dev/null &
writer=$!
riser_check remove remove_link
riser_check writer-ends writer_ended
riser_check removed-card-is-gone riser_no_card
riser_check remove-in-scan remove_in_scan
riser_check rescan rescan
riser_check card-is-rescanned riser_wait 60 riser_has_card
riser_check disk-is-rescanned riser_wait 60 disk_ready
riser_check unbind-again sh -c "echo $device >/sys/bus/pci/drivers/pciem/unbind"
riser_check unloads riser_wait 10 rmmod pciem
