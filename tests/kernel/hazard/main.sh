# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154,SC3043
#
# Runs in the guest (guest/lib.sh is loaded): hazards of shared/hazards.md that a
# card in C can show. rounds: how often what is repeated is.
# tracing everything makes a guest without KVM slow
deadline_ms=5000
. /riser/hazard-lib.sh

# H07: every CPU's backtrace is asked for by NMI; the driver's handler reads
nmi_reads()
{
	local i
	for i in 1 2 3 4 5; do
		echo l >/proc/sysrq-trigger
		sleep 0.2
	done
	riser_value nmi_reads "$(seen nmi_reads), $(seen nmi_wrong) not all-ones, refused $(stat_of refused_nmi)"
	[ "$(seen nmi_reads)" -ge 5 ] && [ "$(seen nmi_wrong)" = 0 ] &&
		[ "$(stat_of refused_nmi)" -ge "$(seen nmi_reads)" ] && reads_more
}

# H09: what an interrupt writes that came on top of the bridge reaches the card
writes_on_bridge()
{
	local before i want cpus
	rmmod pciem_hazard
	driver || return 1
	cpus=$(grep -c '^processor' /proc/cpuinfo)	# not only those of this shell
	before=$(stat_of mem_writes)
	for i in 1 2 3 4 5 6 7 8 9 10; do
		echo 500 >/sys/module/pciem_hazard/parameters/ipi_writes || return 1
		want=$((500 * i * cpus))
		[ "$(seen writes_on_bridge)" = 0 ] || break
	done
	riser_value writes_on_bridge "$want writes, $(seen writes_on_bridge) on top of the bridge, $(($(stat_of mem_writes) - before)) sent"
	[ "$(seen writes_on_bridge)" -gt 0 ] && [ $(($(stat_of mem_writes) - before)) = $want ] || return 1
	rmmod pciem_hazard
	driver traffic=1
}

# H22: what is not a page fault of the kernel's on the card is not ours
filter()
{
	rmmod pciem_hazard
	driver filter=1 || return 1
	riser_value filter "$(seen filter_calls) calls, $(seen filter_wrong) wrong"
	[ "$(seen filter_calls)" -gt 30000 ] && [ "$(seen filter_wrong)" = 0 ] || return 1
	rmmod pciem_hazard
	driver traffic=1
}

# burn MASK: a real-time task on these CPUs; what there are is in burners
burn()
{
	chrt -f 50 taskset "$1" sh -c 'while :; do :; done' &
	burners="$burners $!"
}

# H19: real-time tasks on every CPU take the bridge's time: every read ends, and
# afterwards a card answers. A bridge that is a real-time task itself goes before.
starved()
{
	local ended again burners=''
	ended=$(seen reads)
	# who ends them goes before them, too: what a kernel leaves to other tasks may be
	# nothing, and was on 6.12-rt
	chrt -f -p 70 $$
	burn 1 && burn 2 && sleep 3
	kill -9 $burners
	chrt -o -p 0 $$
	ended=$(($(seen reads) - ended))
	reads_more || { kill_card $card; start_card starved && reads_more || return 1; }
	burners=''
	chrt -f -p 60 "$card" && burn 2 || return 1
	again=$(seen reads)
	reads_more || { kill -9 $burners; return 1; }
	kill -9 $burners
	riser_value starved "$ended reads ended while two tasks had all CPUs, $(($(seen reads) - again)) with a real-time bridge, slowest $(seen worst_us) us"
	[ "$(seen wrong)" = 0 ]
}

now_ms()
{
	local up
	read -r up _ </proc/uptime
	echo $((${up%.*} * 1000 + 1${up#*.} * 10 - 1000))
}

# H18: text is patched while a CPU waits for a bridge that is stopped
patch_text()
{
	local i start end worst=0 took
	cd /sys/kernel/tracing || return 1
	for i in $(seq "$rounds"); do
		kill -STOP "$card"
		# each change of a tracer waits for a scheduling point of every CPU, and a CPU
		# that spins has one at each deadline: three, and the link would be down
		! spins || taskset 2 sh -c "sleep 1; kill -CONT $card" &
		start=$(now_ms)
		echo 'vfs_read' >set_ftrace_filter
		echo function >current_tracer
		echo nop >current_tracer
		end=$(now_ms)
		kill -CONT "$card"
		took=$((end - start))
		[ $took -le $worst ] || worst=$took
		reads_more || return 1
	done
	echo >set_ftrace_filter
	cd /
	riser_value patch_text "$rounds rounds, slowest $worst ms of a deadline of $deadline_ms ms"
	# three tracer changes, each of which may meet a wait of its own
	[ $worst -le $((3 * deadline_ms)) ]
}

# switch_tracer NAME: with nothing else running. Without KVM, QEMU 7.2 may translate an
# instruction on one CPU while another one patches it: what is left is an INT3 that
# nobody knows, and an oops. The driver goes as well: where accesses spin nothing else
# would run on the one CPU that is left, and elsewhere three of its reads may be too late
# before all functions are patched, which ends the link.
switch_tracer()
{
	local status=0
	rmmod pciem_hazard
	kill -STOP "$card"
	echo 0 >/sys/devices/system/cpu/cpu1/online
	echo "$1" >/sys/kernel/tracing/current_tracer || status=1
	echo 1 >/sys/devices/system/cpu/cpu1/online
	kill -CONT "$card"
	# where it may run was forgotten when that CPU went
	taskset -p "$bridge_cpus" "$card" && driver traffic=1 || status=1
	return $status
}

# H36: everything is traced while the card is in use. To switch a tracer takes a guest without
# KVM some ten seconds: in the short form each of ./check's two kernels has one of them
trace_all()
{
	local tracer tracers='function function_graph'
	[ "$rounds" -gt 3 ] || case $(uname -r) in
	6.1.*) tracers=function_graph ;;
	6.12.*) tracers=function ;;
	esac
	for tracer in $tracers; do
		grep -qw $tracer /sys/kernel/tracing/available_tracers || continue
		switch_tracer $tracer || return 1
		reads_more || return 1
		sleep 2
		reads_more || return 1
	done
	switch_tracer nop && reads_more
}

# H67, part 7: one card's bridge is stopped, then killed; the other is as quick.
# (A configuration read of the stuck one would take a CPU with interrupts off, and
# in this guest the other's bridge with it.)
two_cards()
{
	local first second alone with stuck mine other dev
	start_card first && first=$card && start_card second && second=$card || return 1
	[ "$(cards | wc -l)" = 2 ] || { cards; return 1; }
	driver traffic=1 || return 1	# on the first card; it is one card's driver
	mine='' other=''
	for dev in $(cards); do
		if [ -e "$dev/driver" ]; then mine=$dev; else other=$dev; fi
	done
	[ "$mine" ] && [ "$other" ] || return 1
	reads_more || return 1
	alone=$(seen worst_us)
	# the domains count up as the cards came
	stuck=$(printf '%s first\n%s second\n' "$(cards | head -n 1)" "$(cards | tail -n 1)" |
		sed -n "s|^$other ||p")
	[ "$stuck" = first ] && stuck=$first || stuck=$second
	echo 0 >/sys/module/pciem_hazard/parameters/worst_us
	kill -STOP $stuck
	reads_more && reads_more && reads_more || return 1
	kill -9 $stuck
	wait_for eval '[ $(cards | wc -l) = 1 ]' && reads_more || return 1
	with=$(seen worst_us)
	riser_value two_cards "slowest read $alone us alone, $with us while the other card is stuck"
	# far from the deadline that the stuck one costs
	[ "$with" -lt $((deadline_ms * 500)) ] || return 1
	rmmod pciem_hazard
	kill -9 $first $second
	wait $first $second 2>/dev/null
	wait_for no_cards
}

# H53: sessions up to the module's limit, then a clear refusal, then all free again
to_the_limit()
{
	/riser/limits /dev/pciem >/run/limits || { cat /run/limits; return 1; }
	riser_value limits "$(cat /run/limits)"
	wait_for no_cards
}

# part 7, H65: cards come and go
storm()
{
	local i
	for i in $(seq "$rounds"); do
		start_card storm || return 1
		reads_more || return 1
		if [ $((i % 2)) = 0 ]; then
			kill_card $card || return 1
		else
			stop_card $card || return 1
		fi
	done
}

# H58: a driver that is not in the list does not get the card
allow_list()
{
	rmmod pciem_hazard
	wait_for rmmod pciem || return 1
	insmod /riser/pciem.ko drivers=nvme,pciem_haz || return 1
	start_card listed || return 1
	insmod /riser/pciem_hazard.ko || return 1
	[ ! -e "$(cards)/driver" ] || { echo "bound all the same"; return 1; }
	dmesg | grep 'driver pciem_hazard is not in the list' || return 1
	[ "$(cat "$(cards)/vendor")" = 0x1b36 ] || return 1
	stop_card $card && rmmod pciem_hazard && wait_for rmmod pciem || return 1
	insmod /riser/pciem.ko drivers=nvme,pciem_hazard || return 1
	start_card listed && driver && [ -e "$(cards)/driver" ] || return 1
	rmmod pciem_hazard && stop_card $card
}

tainted() { [ $(($(cat /proc/sys/kernel/tainted) & 64)) -ne 0 ]; }

: "${rounds:=3}"
riser_refuse tainted_before tainted
riser_check card start_card main || exit 1
riser_check tainted tainted
riser_check driver driver traffic=1 || exit 1
riser_check reads reads_more || exit 1
riser_check interrupts eval '[ "$(seen interrupts)" -gt 0 ]'
riser_check nmi_reads nmi_reads
riser_check patch_text patch_text
# the unwinder of a kernel with kmemleak runs for each allocation: traced as well it does not get on;
# QEMU 7.2 without KVM may run an int3 that ftrace has taken back already: with four CPUs of a
# realtime kernel two guests of two died of it, in the scheduler, while all functions were patched
if [ -e /sys/kernel/debug/kmemleak ] || { grep -q PREEMPT_RT /proc/version && [ "$(nproc)" -gt 2 ]; }; then
	riser_value trace_all 'left out: kmemleak, or a realtime kernel with more than two CPUs'
else
	riser_check trace_all trace_all
fi
riser_check filter filter
riser_check writes_on_bridge writes_on_bridge
riser_check starved starved
kill_card $card
riser_check storm storm
rmmod pciem_hazard
riser_check two_cards two_cards
riser_check to_the_limit to_the_limit
insmod /riser/pciem_hazard.ko
riser_check allow_list allow_list
