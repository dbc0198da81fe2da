# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # riser_bridge_pid is card.sh's
#
# Local mode: bridge and model run inside of the guest, beside the driver.

. /riser/card.sh
. /riser/nvme-lib.sh

same_block()
{
	# shellcheck disable=SC2154 # disk is nvme-lib.sh's
	dd if=/dev/urandom of=/run/block bs=64k count=1 2>/dev/null &&
		dd if=/run/block of="$disk" bs=64k oflag=direct 2>/dev/null &&
		dd if="$disk" of=/run/back bs=64k count=1 iflag=direct 2>/dev/null &&
		cmp /run/block /run/back
}

node_is_private()
{
	[ "$(stat -c %a /dev/pciem)" = 600 ]
}

refused_to_others()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups "$RISER_EXE" bridge --device=/dev/pciem \
		--model=/riser/model.so 2>/run/refused
	refused_status=$?
	cat /run/refused
	[ "$refused_status" -eq 5 ] && grep -qi 'permission' /run/refused
}

# H10: no page of the bridge is reclaimed, and what it allocates does not wait for blocks
# to be written, which may be to its own disk
bridge_is_locked()
{
	grep VmLck "/proc/$riser_bridge_pid/status"
	[ "$(awk '/^VmLck:/ { print $2 }' "/proc/$riser_bridge_pid/status")" -gt 0 ]
}

# PF_MEMALLOC_NOIO and PF_LOCAL_THROTTLE of <linux/sched.h>
bridge_writes_nothing_back()
{
	[ $(($(cut -d' ' -f9 "/proc/$riser_bridge_pid/stat") & 0x180000)) -eq $((0x180000)) ]
}

riser_attach || exit 1
riser_check bridge-is-locked bridge_is_locked
riser_check bridge-writes-nothing-back bridge_writes_nothing_back
riser_check node-mode-0600 node_is_private
riser_check namespace-appears riser_wait 120 disk_ready || exit 1
riser_check write-read-compare same_block
# nobody but root, and then in words
riser_check others-are-refused refused_to_others
kill -TERM "$riser_bridge_pid"
wait "$riser_bridge_pid"
riser_value bridge_status "$?"
cat /run/riser/bridge/log
riser_file bridge.json /run/riser/bridge/bridge.json
riser_check card-removed riser_wait 60 riser_no_card
# the last references go a moment after the card
riser_check pciem-unloads riser_wait 10 rmmod pciem
