# SPDX-License-Identifier: Apache-2.0
# Runs in the guest (guest/lib.sh is loaded): pciem.ko with cards in C.
# shellcheck shell=sh disable=SC2154,SC3043
log=/run/card.log

# A kernel without PREEMPT_COUNT (5.10) waits spinning, whatever the access: a card
# whose process waits for that CPU answers when its deadline is over, and a copy of
# 1,024 reads is one long wait to the scheduler. What accesses a card keeps off its
# CPU there, threads of interrupts too (the AER driver's resets the bus), and the card
# has time for the kernel's own work on that CPU.
card='' card_cpu='' patience=''
if ! uname -v | grep -q PREEMPT; then
	taskset -p 1 $$ >/dev/null
	echo 1 >/proc/irq/default_smp_affinity
	card_cpu='taskset 2' patience='-d 2000'
fi
run_card() { exec $card_cpu /riser/fakecard "$@"; }	# in the background
run_ctltest() { ${card_cpu:+taskset 3} /riser/ctltest "$@"; }

# what a test that failed left behind is not the next one's failure
tidy()
{
	[ ! -e /sys/module/pciem_linktest ] || rmmod pciem_linktest
	if [ "$card" ] && kill -9 "$card" 2>/dev/null; then wait_gone; fi
}

# start_card [fakecard options]: returns when the card is enumerated
start_card()
{
	tidy
	rm -f $log
	: >$log
	run_card "$@" >>$log 2>&1 &
	card=$!
	for _ in $(seq 80); do
		grep -q 'kernel state 3' $log && return 0
		sleep 0.5
	done
	echo "no card:"
	cat $log
	return 1
}

stats()
{
	cat /sys/kernel/debug/pciem/link*/stats
}

# the last references of a session go a moment after its card
unload()
{
	tries=100
	until why=$(rmmod pciem 2>&1); do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || {
			echo "$why; $(grep '^pciem' /proc/modules)"
			return 1
		}
		sleep 0.1
	done
}

# wait_gone: until the session is over and the module may go
wait_gone()
{
	for _ in $(seq 80); do
		[ "$(ls /sys/kernel/debug/pciem)" ] || return 0
		sleep 0.5
	done
	echo "link is still there"
	return 1
}

stop_card()
{
	kill "$card" && wait "$card"
	grep -q 'left, kernel state 6' $log && wait_gone
}

# value KEY: what the test driver said last
value()
{
	dmesg | sed -n "s/.*linktest: value $1 //p" | tail -n 1
}

has_event()
{
	grep "^event $1:" $log
}

# port_logs FAULT: what the root port detects of it itself, as the kernel's AER
# driver prints it; nothing for what the card detects or the link's deadline
port_logs()
{
	local what
	case $1 in
	cto) what='\(Non-Fatal\).*\[14\] CmpltTO' ;;
	poison) what='\(Non-Fatal\).*\[12\] TLP' ;;
	rrs | byte-count | lower-addr | long | short | malformed) what='\(Fatal\).*\[18\] MalfTLP' ;;
	*) return 0 ;;
	esac
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		dmesg -c >>/run/dmesg
		tr '\n' ' ' </run/dmesg | grep -Eq \
			"pcieport [0-9a-f:.]*: PCIe Bus Error: severity=Uncorrect(ed|able) $what" && return 0
		sleep 0.3
	done
	echo "$1: the root port logged no $what"
	return 1
}

# fault FAULT VALUE EVENT MS [ID_AFTER]: a read with a bent completion gives
# VALUE and EVENT within MS milliseconds, and the next read works
fault()
{
	local more="$patience"
	[ "$1" != late ] || more=''	# its answer comes when the usual deadline is over
	# shellcheck disable=SC2086 # two words or none
	start_card $more -f "$1" -n 1 || return 1
	insmod /riser/pciem_linktest.ko mode=read || return 1
	[ "$(value scratch)" = "$2" ] || { echo "$1: read gave $(value scratch)"; return 1; }
	[ "$(value scratch_ms)" -le "$4" ] || { echo "$1: read took $(value scratch_ms) ms"; return 1; }
	[ "$(value id_after)" = "${5:-0x454b4146}" ] || { echo "$1: next read gave $(value id_after)"; return 1; }
	sleep 1
	[ "$3" = none ] || has_event "$3" || { echo "$1: no event $3"; cat $log; return 1; }
	rm -f /run/dmesg
	port_logs "$1" || return 1
	rmmod pciem_linktest
	if [ "${5:-}" ]; then
		kill -9 "$card" 2>/dev/null
		wait "$card"
		wait_gone
	else
		stop_card
	fi
}

cases_pass()
{
	local name status=0
	for name in $(dmesg | sed -n 's/.*linktest: \(pass\|FAIL\) \([a-z_]*\).*/\2/p'); do
		riser_check "link.$name" eval "dmesg | grep 'linktest: pass $name\$'" || status=1
	done
	[ "$(dmesg | grep -c 'linktest: pass')" -ge 20 ] && return $status
}

hammer()
{
	start_card || return 1
	insmod /riser/pciem_linktest.ko mode=hammer &
	sleep 2
	kill "-$1" "$card"
	wait $! || return 1
	[ "$1" = STOP ] && kill -9 "$card"
	wait "$card"
	rmmod pciem_linktest
	wait_gone || return 1
	riser_value "hammer_$1" "reads $(value hammer_reads), slowest $(value hammer_worst_us) us, end $(value hammer_dead_us) us"
	[ "$(value hammer_worst_us)" -le "$2" ] && [ "$(value hammer_dead_us)" -le "$2" ]
}

# a ring that is full makes the driver wait; nothing is dropped
full_ring()
{
	start_card -d 5000 || return 1
	insmod /riser/pciem_linktest.ko mode=burst &
	until [ "$(value burst_ready)" ]; do sleep 0.1; done
	# not where the driver waits
	$card_cpu sh -c "kill -STOP $card; sleep 2; kill -CONT $card"
	wait $! || return 1
	[ "$(value burst_writes)" = 20000 ] && [ "$(value burst_last)" = 19999 ] || return 1
	stats | grep -E '^full_waits [1-9]' || { stats; return 1; }
	rmmod pciem_linktest
	stop_card
}

new_sessions()
{
	start_card -s 4 || return 1
	insmod /riser/pciem_linktest.ko mode=hold
	for _ in 2 3 4; do
		kill -USR1 "$card"
		sleep 3
	done
	[ "$(grep -c 'kernel state 3' $log)" = 4 ] || { cat $log; return 1; }
	[ "$(dmesg | grep -c 'value removed_id 0xffffffff')" -ge 3 ] || return 1
	stop_card || return 1
	rmmod pciem_linktest
}

bridge_reads_itself()
{
	start_card || return 1
	kill -USR2 "$card"
	sleep 1
	grep 'look 0xffffffff' $log || { cat $log; return 1; }
	stop_card
}

unload_refused()
{
	start_card || return 1
	rmmod pciem && return 1
	stop_card
}

# user space is frozen before drivers save their devices: nobody could answer
suspend_refused()
{
	[ -w /sys/power/state ] && grep -q freeze /sys/power/state || {
		echo "this kernel cannot suspend"
		return 1
	}
	start_card || return 1
	echo freeze >/sys/power/state && return 1
	dmesg | grep "refused: card '.*' is attached; stop its bridge first" || return 1
	stop_card
}

# error messages beyond the limit are counted and make no interrupts; the card
# sends them without a bit in its AER status, and for each such message the AER
# driver may keep a reference to the device for ever (it drops the one that its
# search took only where it reads a status): after this, nobody unloads pciem
error_storm()
{
	start_card || return 1
	insmod /riser/pciem_linktest.ko mode=storm || return 1
	[ "$(value id_after)" = 0x454b4146 ] || return 1
	stats | grep -E '^rx_messages_lost [1-9][0-9]*$' || { stats; return 1; }
	# the first hundred of each second may be told
	sent=$(stats | sed -n 's/^rx_messages_lost //p')
	riser_value error_messages_lost "$sent of 500"
	rmmod pciem_linktest
	stop_card
}

# a card that asks to be asked again for ever is absent after a while; the scan
# holds the lock of all rescans until then
retry_for_ever()
{
	run_card -f cfg-rrs >$log 2>&1 &
	card=$!
	before=$(riser_uptime)
	for _ in $(seq 60); do
		grep -q 'kernel state 3' $log && break
		sleep 1
	done
	riser_value retry_scan_s "$(riser_elapsed "$before" "$(riser_uptime)")"
	grep -q 'kernel state 3' $log || return 1
	[ ! -e /sys/bus/pci/devices/0010:01:00.0 ] || return 1
	dmesg | grep 'retry status for more than' || return 1
	stop_card
}

mark_and_stats()
{
	start_card -v || return 1
	echo 'hello log' >"$(echo /sys/kernel/debug/pciem/link*/mark)"
	stats | grep '^up 1$' || return 1
	sleep 1
	grep 'mark 0: hello log' $log || return 1
	grep 'site 1 ' $log || return 1
	# names and tokens reach the bridge, no address of the kernel
	! grep -Ei 'ffff(ffff|[89a-f][0-9a-f]{3})[0-9a-f]{8}' $log || return 1
	stop_card
}

child_holds_the_file()
{
	run_ctltest child
	sleep 1
	stats | grep '^up 0$' || return 1
	stats | grep '^session 0$' || return 1
	sleep 5
	wait_gone
}

riser_check load insmod /riser/pciem.ko || exit 1
riser_check node [ "$(stat -c %a /dev/pciem)" = 600 ]
riser_check ctl run_ctltest
riser_check ctl_gone wait_gone
riser_check child_holds_the_file child_holds_the_file

start_card -d 2000 || exit 1
riser_check linktest timeout 60 insmod /riser/pciem_linktest.ko
cases_pass
riser_value read_ns "$(value read_ns)"
riser_value write_ns "$(value write_ns)"
riser_value stats "$(stats | tr '\n' ' ')"
riser_check driver_removes_with_link_up sh -c 'rmmod pciem_linktest && dmesg | grep "value removed_id 0x454b4146"'
riser_check stop stop_card

ones=0xffffffff
late_ms=${late_ms:-2000}
riser_check fault.mute fault mute $ones 8 "$late_ms"
riser_check fault.cto fault cto $ones none "$late_ms"
riser_check fault.ur fault ur $ones 5 "$late_ms"
riser_check fault.ca fault ca $ones 6 "$late_ms"
riser_check fault.rrs fault rrs $ones 3 "$late_ms"
riser_check fault.poison fault poison $ones 7 "$late_ms"
for f in byte-count lower-addr long short; do
	riser_check "fault.$f" fault $f $ones 3 "$late_ms"
done
for f in requester tag late; do
	riser_check "fault.$f" fault $f $ones 2 "$late_ms"
done
riser_check fault.malformed fault malformed $ones 4 "$late_ms"
riser_check fault.twice fault twice 0x0 2 "$late_ms"
riser_check fault.garbage_ring fault garbage-ring $ones none "$late_ms" $ones
riser_check fault.die fault die $ones none "$late_ms" $ones

riser_check hammer.bridge_killed hammer KILL $((late_ms * 750))
riser_check hammer.bridge_stopped hammer STOP $((late_ms * 750))
riser_check full_ring full_ring
riser_check new_sessions new_sessions
riser_check bridge_reads_itself bridge_reads_itself
riser_check unload_refused unload_refused
riser_check suspend_refused suspend_refused
riser_check retry_for_ever retry_for_ever
riser_check mark_and_stats mark_and_stats
riser_check fuzz run_ctltest fuzz "${fuzz_s:-10}"
riser_check fuzz_gone wait_gone
start_card && insmod /riser/pciem_linktest.ko mode=read
riser_check card_after_fuzz [ "$(value id_after)" = 0x454b4146 ]
rmmod pciem_linktest
riser_check stop_after_fuzz stop_card
riser_check unload unload

insmod /riser/pciem.ko
# aer_process_err_devices() does not put a device whose error has been cleared between
# its two looks, which a storm brings about: a leak of the kernel's own
[ -e /sys/kernel/debug/kmemleak ] || riser_check error_storm error_storm
