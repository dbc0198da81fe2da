# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC3043,SC2154
#
# Runs in the guest: a card with functions 0, 1 and 7, one driver on all of them.
card=''
log=/run/card.log

# CPU 2 is the card's alone: what waits for it with interrupts off does not keep it from running
taskset -p 3 $$ >/dev/null

# functions: those that Linux knows
functions() { ls /sys/bus/pci/devices | sed -n 's/^0010:01:00\.//p' | tr '\n' ' '; }

# start_card FUNCTIONS [fakecard options]: until they are enumerated
start_card()
{
	local want=$1 tries=160
	shift
	taskset 4 /riser/fakecard -d 5000 "$@" >$log 2>&1 &
	card=$!
	until grep -q 'kernel state 3' $log && [ "$(functions)" = "$want" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { cat $log; functions; return 1; }
		sleep 0.25
	done
}

gone()
{
	local tries=160
	while [ "$(ls /sys/kernel/debug/pciem)" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.25
	done
}

stop_card() { kill "$card" && wait "$card" && grep -q 'left, kernel state 6' $log && gone; }

function_dev() { echo "/sys/bus/pci/devices/0010:01:00.$1"; }

bound() { [ "$(basename "$(readlink "$(function_dev "$1")/driver")")" = pciem_functions ]; }

run() { echo "$1" >/sys/module/pciem_functions/parameters/run || { dmesg | tail -n 3; return 1; }; }

# saw TEXT: the card was told, once what was said has arrived
saw()
{
	local tries=40
	until grep -q "$1" $log; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { echo "not there: $1"; tail -n 40 $log; return 1; }
		sleep 0.25
	done
}

# an ordinary card is asked for its function 0 only
ordinary()
{
	start_card '0 ' && ! grep 'nobody at' $log && stop_card
}

# Linux asks for all eight; what is not there answers Unsupported Request
scan()
{
	local n
	for n in 0 1 7; do
		[ "$(od -An -tx1 -j14 -N1 "$(function_dev $n)/config")" = ' 80' ] || return 1
	done
	for n in 2 3 4 5 6; do
		saw "nobody at 01:00.$n" || return 1
	done
}

# binds FUNCTION...: each has the driver, before long
binds()
{
	local n tries
	for n; do
		tries=80
		until bound "$n"; do
			tries=$((tries - 1))
			[ $tries -gt 0 ] || return 1
			sleep 0.25
		done
	done
}

# others_memory: refused, and both are named
others_memory()
{
	run others_memory || return 1
	saw 'read of 64 bytes at .* requester 01:00.1 has no right to mapping .* of pciem_functions 0010:01:00.0' &&
		saw 'write of 64 bytes at .* requester 01:00.7 has no right to mapping .* of pciem_functions 0010:01:00.1' &&
		saw 'read of 64 bytes at .* requester 01:00.0 has no right to mapping .* of pciem_functions 0010:01:00.7'
}

others_vectors()
{
	run others_vectors &&
		saw 'in the message window by 01:00.1 is no interrupt: the address belongs to another function' &&
		saw 'in the message window by 01:00.7 is no interrupt: the address belongs to another function'
}

bus_mastering()
{
	run own_bus_mastering &&
		saw 'from 01:00.7 refused: GAT-03' && saw 'from 01:00.1 refused: GAT-03' && saw 'from 01:00.0 refused: GAT-03'
}

# the kernel's AER driver names the function that has sent the message
error_message()
{
	local tries=40
	run error_message || return 1
	until dmesg | grep -q '0010:01:00\.7: .*severity=Correct'; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { dmesg | tail -n 20; return 1; }
		sleep 0.25
	done
	! dmesg | grep '0010:01:00\.[01]: .*severity='
}

# function 1 is reset, the others keep what they have
function_reset()
{
	[ ! -e "$(function_dev 1)/reset_method" ] || grep -w flr "$(function_dev 1)/reset_method" || return 1
	run own_registers && echo 1 >"$(function_dev 1)/reset" || return 1
	saw 'reset of function 1' && ! grep 'reset of function [07]' $log || return 1
	run reset_is_of_1 && run own_registers && run own_memory && run own_vectors
}

# function 1 is unplugged and found again; the others work meanwhile
unplug()
{
	echo 1 >"$(function_dev 1)/remove"
	[ "$(functions)" = '0 7 ' ] && run own_registers && run own_memory && run own_vectors || return 1
	echo 1 >/sys/bus/pci/rescan
	binds 1 && run own_registers && run own_memory && run others_memory && run own_vectors
}

# the driver of function 7 goes; what it had is out of reach, and it is out of the others' reach
unbind()
{
	echo 0010:01:00.7 >/sys/bus/pci/drivers/pciem_functions/unbind &&
		run own_memory && run others_memory && run own_vectors &&
		echo 0010:01:00.7 >/sys/bus/pci/drivers/pciem_functions/bind && run own_memory && run own_vectors
}

pulled()
{
	kill -9 "$card"
	wait "$card"
	gone && [ ! "$(functions)" ]
}

# its driver is loaded behind it: a probe by pciem's own work might take the card's CPU
again()
{
	rmmod pciem_functions
	start_card '0 1 7 ' -F 0x83 && insmod /riser/pciem_functions.ko && binds 0 1 7 &&
		run own_registers && run own_memory && run own_vectors && stop_card
}

riser_check load insmod /riser/pciem.ko || exit 1
riser_check ordinary ordinary || exit 1
riser_check card start_card '0 1 7 ' -F 0x83 || exit 1
riser_check scan scan
insmod /riser/pciem_functions.ko
riser_check binds binds 0 1 7 || exit 1
for case in own_registers own_memory own_vectors shared_intx; do
	riser_check $case run $case
done
riser_check others_memory others_memory
riser_check others_vectors others_vectors
riser_check bus_mastering bus_mastering
riser_check error_message error_message
riser_check function_reset function_reset
riser_check unplug unplug
riser_check unbind unbind
riser_check pulled pulled
riser_check again again
rmmod pciem_functions
riser_check unloads rmmod pciem
