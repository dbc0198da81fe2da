# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# Runs in the guest (guest/lib.sh is loaded), on a kernel with KASAN or KCSAN: what
# $module does wrong on purpose is reported.
reported()
{
	for _ in $(seq 240); do
		! dmesg | grep -q "BUG: K[A-Z]*: .*$module" || return 0
		sleep 0.5
	done
	return 1
}

insmod "/riser/$module.ko" || exit 1
riser_check planted.reported reported
rmmod "$module"
