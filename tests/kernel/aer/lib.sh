# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the scripts for error recovery share; runs in the guest after card.sh.

# said PATTERN: the kernel's log has such a line
said()
{
	dmesg | grep -Eq -e "$1"
}

# said_times N PATTERN: at least N such lines
said_times()
{
	[ "$(dmesg | grep -Ec -e "$2")" -ge "$1" ]
}

port_of()
{
	echo "${1%%:*}:00:00.0"
}

# bits REGISTER.WIDTH MASK: those of the card that are set, in hex without zeros in front
# shellcheck disable=SC2154 # card is the script's
bits()
{
	printf '%x' $((0x$(setpci -s "$card" "$1") & 0x$2))
}

# poke write|read: one access below the card's port that the card does not claim
poke()
{
	insmod /riser/pciem_poke.ko card="$card" op="$1" && rmmod pciem_poke
}

# trace_handlers FUNCTION...: what ran stands in the trace afterwards
trace_handlers()
{
	tracing=/sys/kernel/tracing
	[ -e "$tracing/trace" ] || tracing=/sys/kernel/debug/tracing
	for function in "$@"; do
		echo "$function" >>"$tracing/set_ftrace_filter" || return 1
	done
	echo function >"$tracing/current_tracer" || return 1
	echo 1 >"$tracing/tracing_on"
}

# ran_times N FUNCTION
ran_times()
{
	[ "$(grep -c "[^a-z_]$2 " "$tracing/trace")" -ge "$1" ]
}
