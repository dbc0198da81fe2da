# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# H20: the machine is stopped for pause_s seconds while a driver reads: by QEMU's
# monitor, which stops the guest's clock as well; by a signal to QEMU, so that the
# clock jumps; and the wall clock is set. The host does the first two.
. /riser/hazard-lib.sh

# asked NAME: until the host has done it, which it cannot tell while we stand still
asked()
{
	riser_value wants "$1"
	before=$(seen reads)
	sleep 2
	[ "$(seen wrong)" = 0 ] || return 1
	# a link that went down on the way is allowed; the machine is not hurt
	[ "$(stat_of up)" = 1 ] && [ "$(seen reads)" -gt "$before" ] && return 0
	riser_value "$1.link" "went down"
	kill_card "$card" && start_card "$1" && reads_more
}

clock_set()
{
	now=$(date +%s)
	date -s "@$((now + 100000))" && reads_more &&
		date -s "@$((now - 100000))" && reads_more && date -s "@$now" && reads_more
}

# Debian's 5.10 is built without
case $(uname -r) in 5.10.*) ;; *) riser_check paused.five_levels grep -qw la57 /proc/cpuinfo ;; esac
riser_check paused.card start_card paused || exit 1
riser_check paused.driver driver traffic=1 || exit 1
riser_check paused.reads reads_more
riser_check paused.monitor asked monitor
riser_check paused.after_monitor reads_more
riser_check paused.signal asked signal
riser_check paused.after_signal reads_more
riser_check paused.clock_set clock_set
riser_value paused "slowest read $(seen worst_us) us"
rmmod pciem_hazard
riser_check paused.stop stop_card "$card"
