# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC3043
#
# Runs in the guest (guest/lib.sh is loaded), on a kernel with fault injection.
# H63: every allocation of making a link, and every one that pciem.ko asks for
# itself while a card is attached, probed and detached, fails once. (The PCI core's
# own are not among these: it goes on with a bus that could not be registered, and
# falls over it.) H68: a trap needs no memory. first, step: which allocations.
deadline_ms=5000
: "${first:=1}" "${step:=1}"
injected='failslab fail_page_alloc fail_usercopy'
. /riser/hazard-lib.sh

# what may sleep fails too, and nothing is said for each
for kind in $injected; do
	echo 0 >/sys/kernel/debug/$kind/verbose
	for file in ignore-gfp-wait ignore-gfp-highmem; do
		[ ! -e /sys/kernel/debug/$kind/$file ] || echo N >/sys/kernel/debug/$kind/$file
	done
done
[ ! -e /sys/kernel/debug/fail_page_alloc/min-order ] || echo 0 >/sys/kernel/debug/fail_page_alloc/min-order

# filter DEPTH: allocations count that have pciem.ko in the first DEPTH frames of
# their stack
filter()
{
	local kind text
	text=$(sed -n 's/^\([0-9a-f]*\) [tT] .*\[pciem\]$/0x\1/p' /proc/kallsyms | sort)
	for kind in failslab fail_page_alloc; do
		echo "$text" | head -n 1 >/sys/kernel/debug/$kind/require-start
		echo "$text" | tail -n 1 >/sys/kernel/debug/$kind/require-end
		echo "$1" >/sys/kernel/debug/$kind/stacktrace-depth || return 1
	done
}

probe_of() { cat /sys/module/pciem_failnth/parameters/"$1"; }

# works: a card with its driver, as if nothing had been
works()
{
	start_card after && reads_value && stop_card $card
}

reads_value() { [ "$(seen value)" = $((0x454b4146)) ] && ls -d /sys/bus/pci/drivers/pciem_hazard/*:01:00.0; }

# one NTH: a card comes and goes, with one failed allocation. 2: there were fewer
one()
{
	local before
	before=$(probe_of calls)
	echo "$1" >/sys/module/pciem_failnth/parameters/nth
	: >/run/one
	taskset "$bridge_cpus" /riser/fakecard -d $deadline_ms >>/run/one 2>&1 &
	card=$!
	wait_for grep -Eq 'kernel state [3456]' /run/one || { cat /run/one; return 1; }
	if kill -0 $card 2>/dev/null; then kill -9 $card; fi
	wait $card 2>/dev/null
	wait_for no_cards || return 1
	[ "$(probe_of calls)" -gt "$before" ] || { echo "not called"; return 1; }
	[ "$(probe_of left)" = 0 ] || return 2
}

# every FUNCTION: each allocation of a call of it, until there is none left
every()
{
	local n="$first" status
	insmod /riser/pciem_failnth.ko function="$1" || return 1
	while :; do
		one "$n"
		status=$?
		[ $status = 0 ] || break
		n=$((n + step))
	done
	riser_value "failnth_$1" "allocations $first to $n by $step"
	rmmod pciem_failnth
	[ $status = 2 ] && [ "$n" -gt "$2" ] && works
}

# inject PERCENT: of the allocations with pciem.ko anywhere in their stack
inject()
{
	local kind
	filter 32 || return 1
	for kind in failslab fail_page_alloc; do
		printf %s -1 >/sys/kernel/debug/$kind/times
		echo "$1" >/sys/kernel/debug/$kind/probability
	done
}

# an allocation of pciem.ko really fails now: no second card
no_second_card()
{
	/riser/fakecard >/run/second 2>&1 && return 1
	grep -i 'memory' /run/second
}

trap_without_memory()
{
	local interrupts
	interrupts=$(seen interrupts)
	reads_more && reads_more && reads_more && [ "$(seen interrupts)" -gt "$interrupts" ]
}

riser_check failnth.create /riser/failnth
insmod /riser/pciem_hazard.ko || exit 1
filter 8 || exit 1
riser_check failnth.attach every pciem_root_attach 5
riser_check failnth.detach every pciem_root_detach 0
rmmod pciem_hazard
riser_check no_memory.card start_card main || exit 1
riser_check no_memory.driver driver traffic=1 || exit 1
riser_check no_memory.before trap_without_memory
inject 100
riser_check no_memory.refused no_second_card
riser_check no_memory.trap trap_without_memory
inject 0
rmmod pciem_hazard
riser_check no_memory.stop stop_card $card
