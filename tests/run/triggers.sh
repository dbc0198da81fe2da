# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Each way for guest and script to ask for a waveform, and a failure at the end.

. /riser/card.sh
. /riser/nvme-lib.sh

riser_attach || exit 1
riser_check namespace-appears riser_wait 120 disk_ready || exit 1
riser mark the first write
# shellcheck disable=SC2154 # disk is nvme-lib.sh's
dd if=/dev/zero of="$disk" bs=4k count=1 oflag=direct 2>/dev/null
riser_mark the second write
dd if=/dev/zero of="$disk" bs=4k count=1 seek=1 oflag=direct 2>/dev/null
echo 'triggers: look at this line' >/dev/kmsg
# as a driver's WARN_ON() ends up on the console
echo '<4>WARNING: CPU: 0 PID: 1 at triggers.c:1 planned+0x0/0x1' >/dev/kmsg
sleep 1
riser_check planned-failure false
sleep 1
