# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# H40: memory is plugged while a card is in use, and a card has a BAR of 64 GiB.
. /riser/hazard-lib.sh
blocks=/sys/devices/system/memory

total_kib() { awk '/^MemTotal:/ { print $2 }' /proc/meminfo; }
has_grown() { [ "$(total_kib)" -ge $((before + 480 * 1024)) ]; }

plugged()
{
	before=$(total_kib)
	echo online >$blocks/auto_online_blocks || return 1
	riser_value wants memory
	wait_for has_grown || return 1
	# it is used, and the card answers
	mount -t tmpfs -o size=256m none /mnt && dd if=/dev/zero of=/mnt/used bs=1M count=200 2>/dev/null &&
		reads_more && umount /mnt
}

# no address is both memory's and the card's
no_overlap()
{
	grep -E 'System RAM|pciem|PCI Bus 00' /proc/iomem
	! awk '/pciem/ { inside = 1; match($0, /^ */); depth = RLENGTH; next }
		{ match($0, /^ */); if (RLENGTH <= depth) inside = 0 }
		inside && /System RAM/' /proc/iomem | grep .
}

# large LOG2: the card with a BAR of that size is mapped and answers
large()
{
	start_card large -b "$1" && driver traffic=1 && reads_more || return 1
	# shellcheck disable=SC2046 # the line's words
	set -- "$1" $(head -n 1 "$(cards)/resource")
	riser_value "bar_$1" "$2 to $3"
	[ $(($3 - $2 + 1)) -eq $((1 << $1)) ] || return 1
	rmmod pciem_hazard
	stop_card "$card"
}

riser_check memory.pti grep -qw pti /proc/cpuinfo
riser_check memory.card start_card memory || exit 1
riser_check memory.driver driver traffic=1 || exit 1
riser_check memory.reads reads_more
riser_check memory.plugged plugged
riser_check memory.no_overlap no_overlap
riser_check memory.after reads_more
rmmod pciem_hazard
riser_check memory.stop stop_card "$card"
riser_check memory.bar_64_gib large 36
riser_check memory.bar_1_gib large 30
