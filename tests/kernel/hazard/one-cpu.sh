# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154
#
# H02: the bridge and its only CPU. A read that may sleep is answered; one with
# preemption off ends at its deadline with all-ones, and the machine lives.
deadline_ms=300
bridge_cpus=1
. /riser/hazard-lib.sh

one_cpu() { [ "$(nproc)" = 1 ]; }

bounded()
{
	riser_value one_cpu "read $(seen value), with preemption off $(seen atomic_value) after $(seen atomic_ms) ms, refused $(stat_of refused_one_cpu)"
	[ "$(seen value)" = $((0x454b4146)) ] || return 1
	# all-ones at once when it is seen that nobody can answer, else at the deadline
	[ "$(seen atomic_value)" = 4294967295 ] && [ "$(seen atomic_ms)" -le $((deadline_ms + 200)) ]
}

# a kernel that waits spinning alone sees no card, and goes on
no_device() { [ -z "$(cards)" ] && [ "$(stat_of refused_one_cpu)" -gt 0 ]; }

riser_check one_cpu one_cpu
if spins; then
	riser_check one_cpu_card start_card one || exit 1
	riser_check one_cpu_no_device no_device
	riser_check one_cpu_stop stop_card "$card"
	return 0
fi
riser_check one_cpu_card start_card one || exit 1
riser_check one_cpu_driver driver
riser_check one_cpu_bounded bounded
rmmod pciem_hazard
riser_check one_cpu_stop stop_card "$card"
