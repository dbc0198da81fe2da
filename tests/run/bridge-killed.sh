# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The bridge dies of SIGKILL in the middle of fio: I/O fails, the card goes
# away, the kernel lives, pciem unloads, and a new bridge brings a new card.

. /riser/card.sh
. /riser/nvme-lib.sh

fio_is_over()
{
	! kill -0 "$fio_pid"
}

riser_attach || exit 1
riser_check namespace-appears riser_wait 60 disk_ready || exit 1
# shellcheck disable=SC2154 # disk is nvme-lib.sh's
fio --name=busy --filename="$disk" --rw=randrw --bs=4k --direct=1 --ioengine=libaio \
	--iodepth=8 --size=32M --time_based --runtime=120 --output=/run/busy.log &
fio_pid=$!
sleep 3
riser_check fio-runs kill -0 "$fio_pid"
riser_host kill-bridge
riser_check card-goes-away riser_wait 30 riser_no_card
riser_check fio-ends riser_wait 30 fio_is_over
wait "$fio_pid"
fio_status=$?
riser_value fio_status "$fio_status"
riser_check fio-saw-errors test "$fio_status" -ne 0
riser_check disk-is-gone test ! -e "$disk"
riser_check pciem-unloads riser_wait 10 rmmod pciem
riser_host start-bridge
sleep 1
riser_check pciem-loads-again insmod /riser/pciem.ko
riser_check new-card riser_wait 60 riser_has_card
riser_check new-disk riser_wait 60 disk_ready
riser_refuse unload-refused-while-attached rmmod pciem
riser_host end-bridge
riser_check card-leaves-in-order riser_wait 30 riser_no_card
riser_check pciem-unloads-at-last riser_wait 10 rmmod pciem
