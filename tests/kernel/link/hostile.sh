# SPDX-License-Identifier: Apache-2.0
# Runs in the guest: a hostile bridge. Random system calls; configuration spaces
# that lie; a ring that is corrupted while a driver reads registers through it; then
# a card that works. SECONDS of each are in its value, and so the rate.
# shellcheck shell=sh disable=SC2154,SC3043
log=/run/hostile.log

# the link of a closed file goes a moment later
gone()
{
	for _ in $(seq 600); do
		[ "$(ls /sys/kernel/debug/pciem)" ] || return 0
		sleep 0.1
	done
	ls /sys/kernel/debug/pciem
	return 1
}

calls()
{
	/riser/ioctlfuzz "$sequences" "$seed" >$log 2>&1 || { cat $log; return 1; }
	riser_value ioctl_fuzz "$(sed -n 's/^ioctlfuzz: pass //p' $log)"
}

# H54: whatever the card says it is, enumeration ends and the kernel lives
configs()
{
	/riser/configfuzz "$spaces" "$seed" >$log 2>&1 || { tail -n 20 $log; return 1; }
	riser_value config_spaces "$(sed -n 's/^configfuzz: pass //p' $log)"
}

# rate KEY START: how many a second it did, by its own count
rate()
{
	local took count
	took=$(riser_elapsed "$2" "$(riser_uptime)")
	count=$(sed -n 's/^[a-z]*: pass \([0-9]*\) .*/\1/p' $log)
	riser_value "$1" "$count in $took s, $(awk "BEGIN { printf \"%.0f\", $count / ($took + 0.01) }") a second"
}

# timed NUMBER KEY NAME: a part, unless it is left out, and its rate
timed()
{
	local from
	[ "$1" -gt 0 ] || return 0
	from=$(riser_uptime)
	riser_check "$3" "$3" && rate "$2" "$from"
	riser_check "$3-gone" gone
}

# a driver is bound whenever there is a card, and reads until it is gone
ring()
{
	insmod /riser/pciem_linktest.ko mode=hammer
	/riser/corrupt "$changes" "$seed" >$log 2>&1 || { tail -n 20 $log; return 1; }
	riser_value ring_corruption "$(sed -n 's/^corrupt: pass //p' $log)"
	riser_value ring_reads "$(dmesg | sed -n 's/.*value hammer_reads //p' |
		awk '{ sum += $1 } END { print sum + 0 " register reads in " NR " drivers'\'' lives" }')"
	rmmod pciem_linktest
	dmesg | grep -q 'value hammer_reads'
}

works()
{
	/riser/fakecard >$log 2>&1 &
	card=$!
	for _ in $(seq 200); do
		! grep -q 'kernel state 3' $log || break
		sleep 0.2
	done
	insmod /riser/pciem_linktest.ko mode=read
	dmesg | grep 'linktest: value id_after 0x454b4146' || return 1
	rmmod pciem_linktest
	kill $card
	wait $card
}

riser_check load insmod /riser/pciem.ko || exit 1
timed "$sequences" sequences_rate calls
timed "$spaces" spaces_rate configs
timed "$changes" changes_rate ring
riser_check card-works works
riser_check card-gone gone
riser_check unload rmmod pciem
