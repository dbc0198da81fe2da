# SPDX-License-Identifier: Apache-2.0
# Runs in the guest: a hostile card against its driver's memory.
# shellcheck shell=sh disable=SC2154
log=/run/rogue.log

attack()
{
	from=$(riser_uptime)
	/riser/rogue "$requests" "$seed" >$log 2>&1 &
	rogue=$!
	# as long as the host gives the guest
	for _ in $(seq $((600 + requests / 500))); do
		! grep -q 'rogue: \(pass\|FAIL\)' $log || break
		kill -0 $rogue || break
		sleep 0.5
	done
	cat $log
	grep -q 'rogue: pass' $log || return 1
	riser_value rogue "$(sed -n 's/^rogue: pass //p' $log)"
	took=$(riser_elapsed "$from" "$(riser_uptime)")
	riser_value rogue_rate "$(awk "BEGIN { printf \"%.0f\", $requests / ($took + 0.01) }") requests a second for $took s"
	kill $rogue
	wait $rogue || { tail -n 2 $log; return 1; }
}

riser_check load insmod /riser/pciem.ko || exit 1
insmod /riser/pciem_rogue.ko
riser_check rogue attack
rmmod pciem_rogue
