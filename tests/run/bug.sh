# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A card with a defect: the driver gets all-ones and gives up; the kernel lives.

. /riser/card.sh

driver_is_done()
{
	dmesg | grep -Eq 'nvme nvme0: (Device not ready|Removing after|.*queues)'
}

riser_phase probe
riser_check pciem-loads insmod /riser/pciem.ko || exit 1
riser_check card-appears riser_wait 60 riser_has_card || exit 1
modprobe "$RISER_DRIVER"
riser_wait 30 driver_is_done
dmesg | grep nvme
