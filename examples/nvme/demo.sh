# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The NVMe demo: the guest's own nvme driver on the Verilog controller, from
# probe to a verified file system. Runs in the guest.
# shellcheck disable=SC2154 # disk and mnt are nvme-lib.sh's

. /riser/card.sh
. /riser/nvme-lib.sh

riser_attach || exit 1
riser_check namespace-appears riser_wait 60 disk_ready || exit 1

riser_phase identify
riser_check nvme-id-ctrl nvme id-ctrl /dev/nvme0
riser_check nvme-smart-log nvme smart-log /dev/nvme0

riser_phase filesystem
riser_check mkfs.ext4 mkfs.ext4 -q -F "$disk"
mkdir -p "$mnt"
riser_check mount mount_ext4 || exit 1
riser_check write-16MiB-sync write_data 16
riser_check remount-caches-dropped remount
riser_check sha256-equal same_data
riser_check umount umount "$mnt"
riser_check fsck-clean fsck.ext4 -f -n "$disk"

riser_phase queues
riser_check fio-verify fio_verify
riser_check several-queues-used several_queues

riser_phase recovery
riser_check unbind-rebind rebind
riser_check controller-reset nvme reset /dev/nvme0
riser_check readable-after-reset riser_wait 60 disk_ready

riser_phase lspci
card=$(riser_card)
riser_check lspci sh -c "lspci -s $card -vvv -b >/run/lspci.txt"
riser_host dump-config
riser_file lspci.txt /run/lspci.txt
grep nvme /proc/interrupts >/run/interrupts
riser_file interrupts.txt /run/interrupts
dmesg >/run/dmesg
riser_file dmesg.log /run/dmesg
