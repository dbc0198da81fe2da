# SPDX-License-Identifier: Apache-2.0
# Runs in the guest: a hostile bridge. Random system calls; a ring that is
# corrupted while a driver reads registers through it; then a card that works.
# shellcheck shell=sh disable=SC2154
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
riser_check calls calls
riser_check calls-gone gone
riser_check ring ring
riser_check ring-gone gone
riser_check card-works works
riser_check card-gone gone
riser_check unload rmmod pciem
