# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC3043
#
# Functions for the hazard scripts: cards in C in this guest, each in a process,
# and the driver pciem_hazard. deadline_ms is the cards' (2000), bridge_cpus the mask of where their processes
# run (2: CPU 1).
: "${deadline_ms:=2000}"
: "${bridge_cpus:=2}"
# a kernel without PREEMPT_COUNT (5.10) waits spinning, whatever the access: what
# accesses a card keeps off the bridges' CPU, threads of interrupts as well
spins() { ! uname -v | grep -q PREEMPT; }
! spins || { taskset -p 1 $$ >/dev/null && echo 1 >/proc/irq/default_smp_affinity; }

# So does enumeration, a work of an unbound queue, which asks for configuration with
# interrupts off: on that CPU an access now and then would cost its deadline.
echo 1 >/sys/devices/virtual/workqueue/cpumask

wait_for()
{
	local n=0
	until "$@" 2>/dev/null; do
		n=$((n + 1))
		[ $n -lt 300 ] || { echo "waited in vain: $*"; return 1; }
		sleep 0.1
	done
}

# start_card NAME [fakecard options]: sets card to its process; log in /run/NAME
start_card()
{
	local name=$1
	shift
	: >/run/$name
	taskset "$bridge_cpus" /riser/fakecard -d $deadline_ms "$@" >>/run/$name 2>&1 &
	card=$!
	wait_for grep -q 'kernel state 3' /run/$name || { cat /run/$name; return 1; }
}

# cards: addresses of all that are plugged in
cards()
{
	local dev
	for dev in /sys/bus/pci/devices/*:01:00.0; do
		case $dev in */0000:*) ;; *) [ -e "$dev" ] && echo "$dev" ;; esac
	done
	return 0
}

no_cards() { [ -z "$(cards)" ] && [ -z "$(ls /sys/kernel/debug/pciem)" ]; }

kill_card()
{
	kill -9 "$1"
	wait "$1" 2>/dev/null
	wait_for no_cards
}

stop_card()
{
	kill "$1" && wait "$1" && wait_for no_cards
}

# seen PARAMETER: of the driver
seen() { cat "/sys/module/pciem_hazard/parameters/$1"; }

# driver [parameters]: loaded, and bound to a card
driver()
{
	taskset 1 insmod /riser/pciem_hazard.ko "$@" &&
		ls -d /sys/bus/pci/drivers/pciem_hazard/*:01:00.0
}

# reads_more: the reader of the driver gets right answers
reads_more()
{
	local before
	before=$(seen reads)
	wait_for eval "[ \$(seen reads) -gt $((before + 20)) ]" && [ "$(seen wrong)" = 0 ]
}

stat_of() { cat /sys/kernel/debug/pciem/link*/stats | sed -n "s/^$1 //p"; }

riser_check load insmod /riser/pciem.ko $pciem_args || exit 1
