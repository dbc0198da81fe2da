# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Somebody else (a livepatch) hooks fixup_exception() first: pciem is refused
# with one line that says so, and the run gives it as its reason. With pciem
# first, the other one is refused.

. /riser/card.sh

# one line of ours (the kernel has its own about the module, and busybox tries
# twice), and we are not there
refused_in_one_line()
{
	dmesg | sed -n 's/.*\(pciem: .*\)/\1/p' | grep -v module | sort -u >/run/said
	cat /run/said
	grep 'fixup_exception() is hooked by somebody else' /run/said &&
		[ "$(wc -l </run/said)" = 1 ] && [ ! -d /sys/module/pciem ]
}

riser_check hooker-first insmod /riser/pciem_hooker.ko
riser_attach && exit 0
riser_check refused-in-one-line refused_in_one_line
riser_check hooker-leaves rmmod pciem_hooker
riser_check pciem-loads-then insmod /riser/pciem.ko
riser_refuse hooker-second insmod /riser/pciem_hooker.ko
riser_check card-appears riser_wait 60 riser_has_card
