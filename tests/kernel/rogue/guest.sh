# SPDX-License-Identifier: Apache-2.0
# Runs in the guest: a hostile card against its driver's memory.
# shellcheck shell=sh disable=SC2154
log=/run/rogue.log

attack()
{
	/riser/rogue "$requests" "$seed" >$log 2>&1 &
	rogue=$!
	for _ in $(seq 600); do
		! grep -q 'rogue: \(pass\|FAIL\)' $log || break
		kill -0 $rogue || break
		sleep 0.5
	done
	cat $log
	grep -q 'rogue: pass' $log || return 1
	riser_value rogue "$(sed -n 's/^rogue: pass //p' $log)"
	kill $rogue
	wait $rogue || { tail -n 2 $log; return 1; }
}

riser_check load insmod /riser/pciem.ko || exit 1
insmod /riser/pciem_rogue.ko
riser_check rogue attack
rmmod pciem_rogue
