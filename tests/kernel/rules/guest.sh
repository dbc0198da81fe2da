# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154,SC3043
#
# Runs in the guest: the system rules of docs/rules.md, each broken on purpose or
# given every chance to. The card's process has CPU 2 to itself; the tests use
# CPU 0 and 1.
taskset -p 3 $$ >/dev/null	# a rescan reads the card's registers with interrupts off
# where waits spin (5.10) so do the threads of interrupts, which run where these may go
uname -v | grep -q PREEMPT || echo 3 >/proc/irq/default_smp_affinity
log=/run/card.log
dev=0010:01:00.0
port=0010:00:00.0
second=''

# start_card [fakecard options]: returns when the card is enumerated; errors that
# the root port detects itself are masked unless $unmasked says otherwise, as the
# AER driver's recovery would reset the card in the middle of a case
start_card()
{
	: >$log
	taskset 4 /riser/fakecard -d 5000 "$@" >>$log 2>&1 &
	card=$!
	for _ in $(seq 100); do
		grep -q 'kernel state 3' $log && break
		sleep 0.3
	done
	grep -q 'kernel state 3' $log && [ -e /sys/bus/pci/devices/$dev/driver ] || { cat $log; return 1; }
	[ "${unmasked:-}" ] || setpci -s $port ECAP_AER+8.L=ffffffff ECAP_AER+14.L=ffffffff
}

stop_card()
{
	kill "$card" && wait "$card"
	for _ in $(seq 100); do
		[ "$(ls /sys/kernel/debug/pciem)" ] || return 0
		sleep 0.2
	done
	echo "the link is still there"
	return 1
}

# run_case NAME: of the module, on CPU 0
run_case()
{
	taskset 1 sh -c "echo $1 >/sys/module/pciem_ruletest/parameters/run"
}

# with NAME OPTIONS...: one case with a card of its own
with()
{
	local name="$1" status
	shift
	start_card "$@" || return 1
	run_case "$name"
	status=$?
	stop_card && return $status
}

# stat_of LINK NAME: a counter of the link's
stat_of()
{
	sed -n "s/^$2 //p" "/sys/kernel/debug/pciem/$1/stats"
}

# ERR-10: besides what the case sees, neither log has a word of it
# what the kernel said, without what KCSAN reports of it, which comes at any time
said() { dmesg | sed '/=\{60\}/,/=\{60\}/d' | wc -l; }

err_10()
{
	local lines events
	unmasked=1 start_card || return 1
	lines=$(said)
	events=$(grep -c '^event' $log)
	run_case ERR-10 || return 1
	lines=$(($(said) - lines))
	[ $lines -le 1 ] || { dmesg | tail -n $lines; return 1; }
	[ "$(grep -c '^event' $log)" = "$events" ] || { cat $log; return 1; }
	stop_card
}

# CPL-23: two cards; then an answer of the last session, then one out of sequence
other_card()
{
	local status muted free link
	start_card -f mute -n 1 || return 1
	muted=$(ls /sys/kernel/debug/pciem)
	taskset 4 /riser/fakecard -d 5000 >/run/second.log 2>&1 &
	second=$!
	for _ in $(seq 100); do
		grep -q 'kernel state 3' /run/second.log && break
		sleep 0.3
	done
	free=''
	for link in /sys/kernel/debug/pciem/*; do
		[ "${link##*/}" = "$muted" ] || free=${link##*/}
	done
	[ "$free" ] || { cat /run/second.log; return 1; }
	setpci -s 0011:00:00.0 ECAP_AER+8.L=ffffffff ECAP_AER+14.L=ffffffff
	run_case CPL-23
	status=$?
	[ "$(stat_of "$muted" rx_unexpected_completions)" = 0 ] || status=1
	[ "$(stat_of "$free" rx_unexpected_completions)" -ge 250 ] || status=1
	[ $status = 0 ] || cat /sys/kernel/debug/pciem/link*/stats
	kill $second && wait $second
	second=''
	stop_card && return $status
}

last_session()
{
	start_card -f old -n 1 -s 2 || return 1
	run_case CPL-23.read || return 1
	for _ in $(seq 100); do
		[ "$(grep -c 'kernel state 3' $log)" = 2 ] && break
		sleep 0.3
	done
	grep '^event 2:.*CPL-02' $log || { cat $log; return 1; }
	stop_card
}

out_of_sequence()
{
	start_card -f seq -n 1 || return 1
	run_case CPL-23.read || return 1
	sleep 0.5
	dmesg | grep 'record out of sequence' || return 1
	kill -9 "$card"
	wait "$card"
	stop_card 2>/dev/null
	[ -z "$(ls /sys/kernel/debug/pciem)" ]
}

# answers: the card's id is read; a machine that is busy may take its time
answers()
{
	for _ in 1 2 3 4 5; do
		[ "$(setpci -s $dev 0.L)" = 0fa11b36 ] && return
		sleep 1
	done
	return 1
}

# CFG-19: with the bridge stopped, also as lspci sees it; afterwards it goes on
stopped_bridge()
{
	local status
	start_card -d 2000 || return 1
	kill -STOP "$card"
	run_case CFG-19.stopped
	status=$?
	kill -CONT "$card"
	[ $status = 0 ] && answers || return 1
	kill -STOP "$card"
	status=$(setpci -s $dev 8.L)
	kill -CONT "$card"
	[ "$status" = ffffffff ] && answers || { echo "read $status"; return 1; }
	stop_card
}

# GAT-06: after unbind and bind, after removal and another scan
dma_after_unbind()
{
	start_card || return 1
	run_case GAT-06.map || return 1
	echo $dev >/sys/bus/pci/drivers/ruletest/unbind
	echo $dev >/sys/bus/pci/drivers/ruletest/bind
	run_case GAT-06.gone || return 1
	grep '^event.*was unmapped' $log || return 1
	echo 1 >/sys/bus/pci/devices/$dev/remove
	echo 1 >/sys/bus/pci/rescan
	[ -e /sys/bus/pci/devices/$dev/driver ] || return 1
	run_case GAT-06.gone || return 1
	stop_card
}

# MSX-11: each forged message is told
forged_vectors()
{
	start_card || return 1
	run_case MSX-11 || return 1
	sleep 0.5
	[ "$(grep -c '^event.*is no interrupt' $log)" = 7 ] || { cat $log; return 1; }
	stop_card
}

# INT-08: Linux's own cut-off
levels()
{
	start_card || return 1
	run_case INT-08 || return 1
	dmesg | grep 'irq [0-9]*: nobody cared' && dmesg | grep 'Disabling IRQ' || return 1
	stop_card
}

# MSG-06: most of 20000 messages leave no trace in any log (100 error messages a second reach
# the AER driver, whose lines they are: a slow kernel has more of them). As in kernel.link, a
# storm of error messages makes the AER driver keep the device: this is the last.
message_flood()
{
	local before after took start link
	unmasked=1 start_card || return 1
	link=$(ls /sys/kernel/debug/pciem)
	before=$(said)
	start=$(riser_uptime)
	run_case MSG-06 || return 1
	took=$(riser_elapsed "$start" "$(riser_uptime)")
	sleep 2
	after=$(said)
	riser_value msg_06 "20000 in $took s: $((after - before)) lines, $(grep -c '^event' $log) events," \
		"$(stat_of "$link" rx_messages_lost) error messages beyond the limit"
	[ "$(stat_of "$link" rx_messages_lost)" -gt 0 ] || return 1
	[ "$(grep -c '^event' $log)" -le $((200 * (${took%.*} + 3))) ] &&
		[ $((after - before)) -le $((500 + 100 * ${took%.*})) ]
}

# rule NAME CMD...: a check; a card that it left is pulled
rule()
{
	riser_check "$@" && return
	[ -z "$second" ] || kill -9 $second 2>/dev/null
	kill -9 "$card" 2>/dev/null
	wait
	for _ in $(seq 100); do
		[ "$(ls /sys/kernel/debug/pciem)" ] || return 1
		sleep 0.2
	done
	return 1
}

one_card()
{
	start_card || exit 1
	for name in ORD-11 ORD-12 ORD-13 ORD-15 ATT-05 MSX-12; do
		riser_check $name run_case $name
	done
}

# "nobody cared" is a warning that INT-08 wants
riser_check load insmod /riser/pciem.ko || exit 1
riser_check driver insmod /riser/pciem_ruletest.ko || exit 1
one_card
rule stop stop_card
rule ERR-10 err_10
rule MSX-11 forged_vectors
rule INT-08 levels
# a driver that leaves something mapped is what a kernel's DMA debugger looks for
[ -e /sys/kernel/debug/dma-api ] || rule GAT-06 dma_after_unbind
rule CTO-04.cto with CTO-04 -f cto
rule CPL-21.long with CPL-21 -f long
rule CPL-21.count with CPL-21 -f long-count
rule CPL-23.other_card other_card
rule CPL-23.last_session last_session
rule CPL-23.sequence out_of_sequence
rule CFG-19.timeout with CFG-19 -f cfg-cto -o 0xffc
rule CFG-19.garbage with CFG-19 -f cfg-long -o 0xffc
rule CFG-19.stopped stopped_bridge
rule MSG-06 message_flood
riser_value values "$(dmesg | sed -n 's/.*ruletest: value //p' | tr '\n' ';')"
