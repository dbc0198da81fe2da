# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# Runs in the guest with the bridge inside of it (H10): a file system on the card's
# disk takes more dirty pages than there is memory, so that reclaim must write to a
# disk that a process of the same machine serves. That process is locked, what it
# allocates never waits for such writes, and it is not killed when memory is short.
. /riser/card.sh
. /riser/nvme-lib.sh
size_kib=${reclaim_kib:-40960}

# its files would be in memory, as all of this guest's are: there is none for them
riser_bridge()
{
	mkdir -p /run/riser/bridge
	"$RISER_EXE" bridge --device=/dev/pciem --model=/riser/model.so --no-capture --no-record \
		--no-snapshots --out=/run/riser/bridge >/run/riser/bridge/log 2>&1 &
	riser_bridge_pid=$!
}

bridge_is_locked()
{
	grep VmLck "/proc/$riser_bridge_pid/status"
	[ "$(awk '/^VmLck:/ { print $2 }' "/proc/$riser_bridge_pid/status")" -gt 0 ]
}

# PF_MEMALLOC_NOIO and PF_LOCAL_THROTTLE of <linux/sched.h>
bridge_is_flusher() { [ $(($(cut -d' ' -f9 "/proc/$riser_bridge_pid/stat") & 0x180000)) -eq $((0x180000)) ]; }

bridge_is_spared() { [ "$(cat "/proc/$riser_bridge_pid/oom_score_adj")" = -1000 ]; }

available_kib() { awk '/^MemAvailable:/ { print $2 }' /proc/meminfo; }

# files of tmpfs cannot be reclaimed: nobody has swap
eat_memory()
{
	mount -t tmpfs -o size=100% none /eaten && dd if=/dev/zero of=/eaten/all bs=1k \
		count=$(($(available_kib) - size_kib / 2)) 2>/dev/null
	riser_value available "$(available_kib) KiB before $size_kib KiB are written"
	[ "$(available_kib)" -lt "$size_kib" ]
}

writer()
{
	yes 'more than there is memory' | head -c $((size_kib * 1024)) >"$mnt/big"
	echo $? >/run/wrote
}

written()
{
	echo 100 >/proc/sys/vm/dirty_ratio
	echo 100 >/proc/sys/vm/dirty_background_ratio
	writer &
	riser_wait 600 test -s /run/wrote || return 1
	sync
	riser_value reclaim "$(awk '/^(pgscan_direct|pgscan_kswapd|nr_written|oom_kill) / { printf "%s %s ", $1, $2 }' /proc/vmstat)"
	[ "$(cat /run/wrote)" = 0 ]
}

# by reclaim: pages were looked for
reclaimed() { [ "$(awk '/^(pgscan_direct|pgscan_kswapd) / { sum += $2 } END { print sum }' /proc/vmstat)" -gt 0 ]; }

no_oom() { [ "$(awk '/^oom_kill / { print $2 }' /proc/vmstat)" = 0 ]; }

same()
{
	echo 3 >/proc/sys/vm/drop_caches
	[ "$(sha256sum <"$mnt/big")" = "$(yes 'more than there is memory' | head -c $((size_kib * 1024)) | sha256sum)" ]
}

mkdir -p /eaten "$mnt"
riser_attach || exit 1
riser_check disk riser_wait 120 test -b "$disk" || exit 1
riser_check bridge_is_locked bridge_is_locked
riser_check bridge_is_flusher bridge_is_flusher
riser_check bridge_is_spared bridge_is_spared
riser_check mkfs mkfs.ext4 -q -F -O ^has_journal "$disk"
riser_check mount mount_ext4 || exit 1
riser_check eat_memory eat_memory
riser_check written written
riser_check reclaimed reclaimed
riser_check no_oom no_oom
umount /eaten
riser_check same same
riser_check umount umount "$mnt"
kill -TERM "$riser_bridge_pid"
riser_check card-removed riser_wait 60 riser_no_card
riser_check unloads riser_wait 10 rmmod pciem
