# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Runs in the guest: plain accesses with the short way and without it, against a card
# in C. Its process has CPU 1 to itself for accesses with interrupts off (see trap/guest.sh);
# where the AER driver reads configuration space it must be able to go elsewhere.
pinned='taskset 2'
if uname -v | grep -q PREEMPT; then anywhere=''; else anywhere=$pinned; taskset -p 1 $$ >/dev/null; fi
card_dev=/sys/bus/pci/devices/0010:01:00.0
stats=/sys/kernel/debug/pciem/link0/stats

wait_for()
{
	n=0
	until "$@"; do
		n=$((n + 1))
		[ $n -lt 100 ] || return 1
		sleep 0.1
	done
}

card_is_there() { [ -e $card_dev/driver_override ] && [ -e $card_dev/resource ]; }

# card_start WHERE [fakecard options]
card_start()
{
	: >/run/card.log
	where=$1
	shift
	# shellcheck disable=SC2086 # two words or none
	$where /riser/fakecard -d 5000 "$@" >>/run/card.log 2>&1 &
	card=$!
	wait_for grep -q 'kernel state 3' /run/card.log && card_is_there
}

card_stop()
{
	kill -9 "$card" 2>/dev/null
	wait "$card" 2>/dev/null
	wait_for rmmod pciem 2>/dev/null
}

# module PLAIN: pciem with the parameter
module()
{
	insmod /riser/pciem.ko plain="$1" && [ "$(cat /sys/module/pciem/parameters/plain)" = "$1" ]
}

stat_of() { sed -n "s/^$1 //p" $stats 2>/dev/null; }

# driver [parameters]: what it said goes to /run/said
driver()
{
	dmesg -c >/dev/null
	taskset 1 insmod /riser/pciem_plain.ko "$@"
	rmmod pciem_plain
	dmesg | sed -n 's/.*pciem_plain: //p' >/run/said
}

# counted READS|WRITES: accesses of all contexts that should be plain
counted()
{
	sed -n "s/^count \(process\|again\|irqs_off\|hardirq\|preemption_off\|bottom_halves_off\) reads \([0-9]*\) writes \([0-9]*\)/\2 \3/p" /run/said |
		awk -v which="$1" '{ n += which == "reads" ? $1 : $2 } END { print n }'
}

passes()
{
	cat /run/said
	! grep '^FAIL' /run/said && [ "$(grep -c '^pass' /run/said)" = 7 ] && grep '^done 0' /run/said
}

# Eight of ten at least: the first of each place goes the long way, and two places that
# share an entry of the table of known ones push each other out.
went_short()
{
	echo "plain $(stat_of plain_reads) of $(counted reads) reads, $(stat_of plain_writes) of $(counted writes) writes"
	[ "$(counted reads)" -gt 3000 ] && [ "$(counted writes)" -gt 2000 ] &&
		[ $((10 * $(stat_of plain_reads))) -ge $((8 * $(counted reads))) ] &&
		[ $((10 * $(stat_of plain_writes))) -ge $((8 * $(counted writes))) ]
}

went_long() { [ "$(stat_of plain_reads)" = 0 ] && [ "$(stat_of plain_writes)" = 0 ]; }

# forms PLAIN CHECK
forms()
{
	riser_check "card.$1" eval "module $1 && card_start \"$pinned\"" || return
	driver
	riser_check "forms.$1" passes
	riser_check "way.$1" "$2"
	riser_value "way.$1" "$(stat_of plain_reads) of $(counted reads) reads, $(stat_of plain_writes) of $(counted writes) writes"
	# with a tracepoint everything is traced, and nothing lost
	if [ -e /sys/kernel/tracing/events/pciem ]; then
		riser_check "traced.$1" traced
	fi
	card_stop
}

# the tracepoints see every access, as the long way has them
traced()
{
	# names of tasks would be taken in the scheduler: its text is not to be patched while it
	# runs, which QEMU 7.2 without KVM may answer with the same INT3 for ever
	echo 0 >/sys/kernel/tracing/options/record-cmd
	echo 1 >/sys/kernel/tracing/events/pciem/enable
	echo >/sys/kernel/tracing/trace
	before=$(stat_of plain_reads)
	driver mode=fault
	seen=$(grep -c 'pciem_mmio_read: .* width=32 addr=0x[0-9a-f]*[08] ' /sys/kernel/tracing/trace)
	echo 0 >/sys/kernel/tracing/events/pciem/enable
	echo "$seen traced"
	[ "$seen" = 10 ] && [ "$(stat_of plain_reads)" = "$before" ]
}

# What a fault came to: values, events that the card was sent, errors counted.
outcome()
{
	cat /run/said
	sed 's/tag [0-9]*/tag/; s/by [^ ]* /by /; s/within [0-9]* ms/within the deadline/' /run/card.log | grep '^event' | grep -v 'event 1:'
	grep -E '^(up|mem_reads|expired|completion_timeouts|rx_(malformed|unexpected|late|bad|uns|pois|ref|stall))' $stats 2>/dev/null
}

# settled FILE: the outcome once it has not changed for half a second (the AER driver takes its time)
settled()
{
	outcome >"$1"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 0.5
		outcome >"$1.now"
		cmp -s "$1" "$1.now" && return
		mv "$1.now" "$1"
	done
}

# fault NAME: the same with the short way as without it
fault()
{
	for way in N Y; do
		module $way && card_start "$anywhere" -d 2000 -f "$1" -n 1 || return 1
		[ $way = N ] || known=$(stat_of plain_reads)
		driver mode=fault
		settled /run/outcome.$way
		[ $way = N ] || short=$(stat_of plain_reads)
		card_stop
	done
	cat /run/outcome.Y
	diff /run/outcome.N /run/outcome.Y || return 1
	# counters go with a link that is down
	[ "$short" ] || return 0
	# all but the first: those before it, and the one with the fault
	echo "$((short - known)) went the short way"
	[ $((short - known)) -ge 8 ]
}

riser_allow_taint 16512
mount -t debugfs none /sys/kernel/debug 2>/dev/null || :
mount -t tracefs none /sys/kernel/tracing 2>/dev/null || :
forms N went_long
forms Y went_short
for f in ${FAULTS:-ur ca rrs poison byte-count lower-addr long long-count short requester tag twice malformed garbage-ring seq cto}; do
	riser_check "fault.$f" fault "$f"
done
