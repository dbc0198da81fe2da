# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# An nvme driver that is patient for one second only, and commands that a slow
# simulation needs longer for: $EXPECT says whether its timeouts fire.
# shellcheck disable=SC2154 # disk is nvme-lib.sh's
. /riser/card.sh
. /riser/nvme-lib.sh

modprobe nvme_core io_timeout=1
riser_attach || exit 1
riser_check disk-ready riser_wait 600 disk_ready

# a MiB at once: eight commands of 128 KiB
big_read()
{
	dd if="$disk" of=/dev/null bs=1M count=2 iflag=direct 2>/dev/null
}

nr_timeouts()
{
	dmesg | grep -c 'nvme nvme0: I/O .*timeout'
}

riser_check big-read big_read
riser_value timeouts "$(nr_timeouts)"
if [ "$EXPECT" = none ]; then
	no_timeouts()
	{
		[ "$(nr_timeouts)" -eq 0 ]
	}
	riser_check no-timeouts no_timeouts
fi
