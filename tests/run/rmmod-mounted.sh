# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# rmmod with a file system still mounted is refused while the card is attached,
# and waits, without a crash, when the card has been taken away below the mount.

. /riser/card.sh
. /riser/nvme-lib.sh

rmmod_is_over()
{
	! kill -0 "$rmmod_pid"
}

# shellcheck disable=SC2154 # disk and mnt are nvme-lib.sh's
{
	riser_attach || exit 1
	riser_check namespace-appears riser_wait 60 disk_ready || exit 1
	riser_check mkfs mkfs.ext4 -q -F "$disk"
	mkdir -p "$mnt"
	riser_check mount mount_ext4 || exit 1
	echo data >"$mnt/file"
	sync
	riser_refuse rmmod-refused rmmod pciem
	riser_check still-readable cat "$mnt/file"
	riser_host kill-bridge
	riser_check card-goes-away riser_wait 30 riser_no_card
	rmmod pciem &
	rmmod_pid=$!
	sleep 3
	cat "$mnt/file" >/dev/null 2>&1
	riser_check umount umount "$mnt"
	riser_check rmmod-ends riser_wait 60 rmmod_is_over
}
wait "$rmmod_pid"
riser_value rmmod_status "$?"
[ ! -d /sys/module/pciem ] ||
	riser_check unloads-now riser_wait 30 rmmod pciem
riser_check module-is-gone test ! -d /sys/module/pciem
