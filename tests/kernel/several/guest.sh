# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC3043,SC2154
#
# Runs in the guest: nr NVMe cards in Verilog, each with a bridge of its own
# outside of it, Debian's driver on all of them. rounds: of the hot-plug storm.
. /riser/card.sh
: "${nr:=3}" "${rounds:=3}"

# slot CARD: the ivshmem device of the card; QEMU numbers them as they were given
slot()
{
	local dev n=0
	for dev in /sys/bus/pci/devices/0000:*; do
		[ "$(cat "$dev/vendor") $(cat "$dev/device")" = '0x1af4 0x1110' ] || continue
		[ $n != "$1" ] || { readlink -f "$dev"; return; }
		n=$((n + 1))
	done
	return 1
}

# disk CARD: its block device; fails while there is none
disk()
{
	local dev
	for dev in "$(slot "$1")"/pci*/*:00:00.0/*:01:00.0/nvme/nvme*/nvme*n1; do
		[ -e "$dev" ] && [ -b "/dev/${dev##*/}" ] || return 1
		echo "/dev/${dev##*/}"
	done
}

no_disk() { ! disk "$1" >/dev/null; }

# every WORD CARD...: WORD of each of them succeeds
every()
{
	local word=$1 n
	shift
	for n; do
		$word "$n" || { echo "$word $n"; return 1; }
	done
}

fill()
{
	dd if=/dev/urandom of=/run/data"$1" bs=64k count=2 2>/dev/null &&
		dd if=/run/data"$1" of="$(disk "$1")" bs=64k oflag=direct 2>/dev/null
}

same()
{
	dd if="$(disk "$1")" of=/run/back"$1" bs=64k count=2 iflag=direct 2>/dev/null &&
		cmp /run/data"$1" /run/back"$1"
}

wait_disk() { riser_wait 90 disk "$1" >/dev/null; }

# own_port: as many root ports as cards, each in a domain of its own
own_port()
{
	[ "$(ls -d /sys/bus/pci/devices/*:00:00.0/*:01:00.0 | sed 's|.*/\([0-9a-f]*\):01:00.0|\1|' | sort -u | wc -l)" = "$nr" ]
}

# all at once: traffic of one card is not another's
together()
{
	local n pids='' pid status=0
	for n in $all; do
		fill "$n" &
		pids="$pids $!"
	done
	for pid in $pids; do wait "$pid" || status=1; done
	[ $status = 0 ] && every same $all
}

# the bridge of card 0 is stopped, and its driver waits for a register; what the
# others are asked for meanwhile is done before that wait has ended
stuck()
{
	local n round=0 done=0 reset
	reset=$(dirname "$(ls -d "$(slot 0)"/pci*/*:00:00.0/*:01:00.0/nvme/nvme*/reset_controller)")
	riser_line 'host stop 0'
	sleep 1	# the host looks for words of ours from time to time
	(echo 1 >"$reset/reset_controller"; : >/run/ended) 2>/dev/null &
	while [ $round -lt 3 ]; do
		round=$((round + 1))
		for n in $others; do
			same "$n" || return 1
			[ -e /run/ended ] || done=$((done + 1))
		done
	done
	riser_value stuck "$done transfers of other cards while one waits for a bridge that is stopped"
	riser_line 'host cont 0'
	wait
	[ $done -gt 0 ]
}

# its bridge is killed: that disk goes, no other; a new bridge brings it back
killed()
{
	riser_line 'host kill 0'
	riser_wait 60 no_disk 0 && every same $others || return 1
	riser_line 'host start 0'
	wait_disk 0 && every same $others && fill 0 && same 0
}

# cards 0 and 1 come and go in turn; what is left works all the time
storm()
{
	local n round=0 keep=$((nr - 1))
	while [ $round -lt "$rounds" ]; do
		round=$((round + 1))
		for n in 0 1; do
			riser_line "host kill $n"
			same $keep && riser_wait 60 no_disk $n && same $keep || return 1
		done
		for n in 0 1; do
			riser_line "host start $n"
		done
		same $keep && wait_disk 0 && wait_disk 1 && same $keep || return 1
	done
	every fill 0 1 && every same $all
}

all=$(seq 0 $((nr - 1)))
others=$(seq 1 $((nr - 1)))
riser_check load riser_load_pciem || exit 1
riser_check driver modprobe nvme || exit 1
riser_check disks every wait_disk $all || exit 1
riser_check own_port own_port
riser_check together together
riser_check stuck stuck
riser_check after_stuck every same $others
riser_check killed killed
riser_check storm storm
