# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Runs in the guest (guest/lib.sh is loaded), on a kernel with KCSAN: a race that is
# meant is reported.
reported()
{
	for _ in $(seq 240); do
		! dmesg | grep -q 'BUG: KCSAN: data-race in race.*pciem_race' || return 0
		sleep 0.5
	done
	return 1
}

insmod /riser/pciem_race.ko || exit 1
riser_check planted.reported reported
rmmod pciem_race
