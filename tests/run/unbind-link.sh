# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Split mode: rmmod is refused while a card is attached, with a driver or
# without one; unbinding the ivshmem device removes the card in order, with the
# link up, and binding it again brings the card back.

. /riser/card.sh
. /riser/nvme-lib.sh

link_device()
{
	basename "$(find /sys/bus/pci/drivers/pciem -name '0000:*')"
}

riser_attach || exit 1
# shellcheck disable=SC2154 # disk is nvme-lib.sh's
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
riser_check unbind-again sh -c "echo $device >/sys/bus/pci/drivers/pciem/unbind"
riser_check unloads riser_wait 10 rmmod pciem
