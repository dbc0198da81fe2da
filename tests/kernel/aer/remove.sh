# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The card is pulled under a mounted file system with writers, and put back: the
# driver goes, the writers see errors, and the file system check on the card's
# return says what was lost: what was synced before is there, whole.
# shellcheck disable=SC2154 # disk and mnt are nvme-lib.sh's

. /riser/card.sh
. /riser/nvme-lib.sh
. /riser/test-lib.sh

# writes that are never synced, until one fails
write_until_error()
{
	n=0
	while dd if=/dev/zero of="$mnt/lost.$n" bs=64k count=4 2>/dev/null &&
		echo "$n" >"$mnt/count"; do
		n=$((n + 1))
	done
}

fio_is_over()
{
	! kill -0 "$fio_pid"
}

check_and_repair()
{
	fsck.ext4 -f -y "$disk" >/run/fsck.log 2>&1
	fsck_status=$?
	cat /run/fsck.log
	# 0 clean, 1 repaired; the journal is played back first
	[ "$fsck_status" -le 1 ] && grep -q 'recovering journal' /run/fsck.log
}

riser_attach || exit 1
riser_check namespace-appears riser_wait 60 disk_ready || exit 1
riser_check mkfs mkfs.ext4 -q -F "$disk"
mkdir -p "$mnt"
riser_check mount mount_ext4 || exit 1
riser_check write-2MiB-sync write_data 2

riser_phase pull
fio --name=busy --filename="$mnt/busy" --rw=randwrite --bs=4k --direct=1 --ioengine=libaio \
	--iodepth=8 --size=4M --time_based --runtime=300 --output=/run/busy.log &
fio_pid=$!
write_until_error &
riser_check writers-run riser_wait 30 test -s "$mnt/busy" -a -e "$mnt/lost.3"
riser_host pull-card
riser_check card-goes-away riser_wait 30 riser_no_card
riser_check fio-ends riser_wait 30 fio_is_over
wait "$fio_pid"
riser_check fio-saw-errors test "$?" -ne 0
riser_check writer-ends riser_wait 30 sh -c "! kill -0 $!"
riser_check disk-is-gone test ! -e "$disk"
riser_check driver-says-so said 'pciem .*: link down: the bridge took it down or is gone'
riser_check umount umount "$mnt"

riser_phase plug
riser_host plug-card
riser_check card-comes-back riser_wait 60 riser_has_card || exit 1
riser_check disk-comes-back riser_wait 60 disk_ready || exit 1
riser_check fsck-repairs check_and_repair
riser_check fsck-clean fsck.ext4 -f -n "$disk"
riser_check mount-again mount_ext4
riser_check synced-data-is-whole same_data
riser_value unsynced_files_left "$(find "$mnt" -name 'lost.*' | wc -l)"
riser_check umount-again umount "$mnt"
riser_file fsck.log /run/fsck.log
