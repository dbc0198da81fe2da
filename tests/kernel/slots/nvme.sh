# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Runs in the guest, split mode with few DMA slots: Debian's nvme driver, whose data is
# compared, while slots may run out; then a bridge that dies below a mounted file system, the
# next one, and removal and return of the memory itself.
. /riser/card.sh
. /riser/nvme-lib.sh
. /riser/slots.sh

large_verify()
{
	fio --name=large --filename="$disk" --rw=randrw --bsrange=4k-128k --direct=1 --ioengine=libaio --iodepth=32 \
		--size=8M --offset=16M --verify=crc32c --verify_fatal=1 --randseed=3 --output=/run/large.log ||
		{ cat /run/large.log; return 1; }
}

# the number of the disk goes on while the one before is held: nvme1n1, or nvme0n2 of one subsystem
any_disk_ready()
{
	for disk in /dev/nvme*n[0-9]; do
		disk_ready && return
	done
	return 1
}

link_device()
{
	basename "$(find /sys/bus/pci/drivers/pciem -name '0000:*')"
}

# shellcheck disable=SC2154 # disk and mnt are nvme-lib.sh's
{
	riser_attach || exit 1
	riser_check disk-ready riser_wait 60 disk_ready || exit 1
	riser_check fio-verify fio_verify
	riser_check mapped-in-slots at_least slot_maps 1000
	riser_check served-by-the-bridge at_least slot_requests 1000
	riser_check large-verify large_verify
	riser_value slots_full "$(stat slots_full)"
	riser_check nothing-missed test "$(stat dma_misses)" -eq 0
	riser_check rebind rebind
	riser_check fio-verify-again fio_verify
	riser_check mkfs mkfs.ext4 -q -F "$disk"
	mkdir -p "$mnt"
	riser_check mount mount_ext4
	echo data >"$mnt/file"
	sync
	riser_host kill-bridge
	riser_check card-goes-away riser_wait 30 riser_no_card
	riser_host start-bridge
	riser_check card-comes-back riser_wait 60 riser_has_card
	riser_check disk-comes-back-beside-the-mounted-one riser_wait 60 any_disk_ready
	riser_check umount umount "$mnt"
	riser_check disk-stays riser_wait 60 any_disk_ready
	riser_check fio-verify-of-the-next fio_verify
	riser_check next-is-served-by-the-bridge at_least slot_requests 1000
	device=$(link_device)
	riser_check unbind sh -c "echo $device >/sys/bus/pci/drivers/pciem/unbind"
	riser_check bind sh -c "echo $device >/sys/bus/pci/drivers/pciem/bind"
	riser_check disk-comes-back-again riser_wait 60 any_disk_ready
	riser_check fio-verify-at-last fio_verify
	riser_check served-by-the-bridge-at-last at_least slot_requests 1000
	riser_check unbind-at-last sh -c "echo $device >/sys/bus/pci/drivers/pciem/unbind"
	riser_check unloads riser_wait 10 rmmod pciem
}
