# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC3043
#
# Functions for soak.sh. seed: of what is random; deadline_ms: the card's.
params=/sys/module/pciem_watch/parameters
busy=/run/busy

# pick BELOW: sets picked, 0 up to BELOW - 1
pick()
{
	rnd=$(((rnd * 1103515245 + 12345) & 0x7fffffff))
	picked=$(((rnd >> 8) % $1))
}

sleep_ms() { sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"; }

# lap NAME: the time since the last lap counts for NAME, in spent_NAME, hundredths
# of a second
lap()
{
	local now
	read -r now _ </proc/uptime
	now=${now%.*}${now#*.}
	eval "spent_$1=\$((\${spent_$1:-0} + now - \${lapped:-now}))"
	lapped=$now
}

watched() { cat "$params/$1"; }

# the program's line: sets nr_open, ios, errors
busy_is() { read -r _ nr_open _ ios _ errors <"$busy"; }

busy_runs() { kill -0 "$busy_pid"; }

# more_io N: from now on, and the program that compares lives
more_io()
{
	busy_is
	riser_wait 60 more_than "$((ios + $1))" && busy_runs
}

more_than() { busy_is && [ "$ios" -ge "$1" ]; }

no_disk() { [ ! -e /dev/nvme0 ] && busy_is && [ "$nr_open" = 0 ]; }

# card_gone: nobody holds the disk of the old card any more
card_gone() { riser_wait 60 riser_no_card && riser_wait 60 no_disk; }

# card_back [ACTION]: a new bridge's card is in use; ACTION of the host is to start
# it, or to replace one that may not have ended yet
card_back()
{
	riser_host "${1:-start-bridge}"
	riser_wait 60 riser_has_card && riser_wait 60 test -b "$disk" && more_io 8
}

# kernel_kib: what only the kernel holds; a leak of pciem.ko would be in it
kernel_kib()
{
	awk '/^(SUnreclaim|KernelStack|PageTables|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' /proc/meminfo
}

splats()
{
	dmesg | grep -Ec 'WARNING:|BUG:|Oops|general protection|rcu:.*(stall|detected)|soft lockup|hard LOCKUP|csd: |hung_task|blocked for more than'
}

# measured NAME LIMIT_MS: figures since the last call, and whether the slowest
# access is within LIMIT_MS and the gap of the spinning thread
measured()
{
	local stall gap
	stall=$(watched stall_us) gap=$(watched gap_us)
	busy_is
	riser_value "$1" "$2 ms allowed, slowest access $stall us of $(watched accesses), $(watched stall_over) over it, largest gap of a spinning thread $gap us, $(splats) splats, missed $(watched missed), $ios blocks of I/O and $errors errors so far"
	for word in accesses stall_us stall_over gap_us; do
		echo 0 >"$params/$word"
	done
	[ "$stall" -le $(($2 * 1000 + gap)) ] && [ "$(splats)" = 0 ]
}

# told ROUND: every hundredth
told() { [ $(($1 % 100)) -ne 0 ] || riser_value progress "round $1, slowest access $(watched stall_us) us, the kernel's own memory $(kernel_kib) KiB"; }

# leaks NAME BEFORE_KIB AFTER_KIB ROUNDS: less than half a KiB each, and 4 MiB at all
leaks()
{
	riser_value "$1_leaks" "the kernel's own memory: $2 KiB before, $3 KiB after $4 rounds"
	[ $(($3 - $2)) -le $(($4 / 2 + 4096)) ]
}
