# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC3043
#
# Runs in the guest: a Verilog card of two functions (examples/card/functions), one
# driver on both, RISER_LARGEST bytes of the largest transfer.
. /riser/card.sh
test=/riser/riser_example_test

function_dev() { ls -d /sys/bus/pci/devices/*:01:00."$1" 2>/dev/null; }

# what lspci lists: two functions, their drivers, multi-function headers
listed()
{
	local n
	[ "$(ls -d /sys/bus/pci/devices/*:01:00.* | wc -l)" = 2 ] || return 1
	for n in 0 1; do
		[ "$(basename "$(readlink "$(function_dev $n)/driver")")" = riser_example ] &&
			[ "$(od -An -tx1 -j14 -N1 "$(function_dev $n)/config")" = ' 80' ] || return 1
	done
}

nodes() { [ -c /dev/riser_example ] && [ -c /dev/riser_example1 ]; }

# both TEST: that test of both functions at once
both()
{
	local what=$1 first
	$test "$what" "${RISER_LARGEST:-300}" /dev/riser_example >/run/first 2>&1 &
	first=$!
	$test "$what" "${RISER_LARGEST:-300}" /dev/riser_example1 || { cat /run/first; return 1; }
	wait $first || { cat /run/first; return 1; }
	cat /run/first
}

# interrupts of the functions, first and second, as the kernel counts them
interrupts()
{
	local vector
	for vector in "$(function_dev "$1")"/msi_irqs/*; do
		sed -n "s/^ *${vector##*/}: *//p" /proc/interrupts
	done | awk '{ for (i = 1; $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }'
}

counted() { echo "$*" && [ "$*" = '32 32' ]; }

kind() { [ "$(cat "$(function_dev 0)"/msi_irqs/* "$(function_dev 1)"/msi_irqs/* | sort -u)" = msix ]; }

# the second function is reset; the first one's transfers go on
reset_of_one()
{
	local first
	$test dma "${RISER_LARGEST:-300}" /dev/riser_example >/run/first 2>&1 &
	first=$!
	echo 1 >"$(function_dev 1)/reset" || return 1
	wait $first || { cat /run/first; return 1; }
	$test dma 16 /dev/riser_example1 && $test irq 16 /dev/riser_example1
}

# the second function is unplugged and found again
unplug()
{
	echo 1 >"$(function_dev 1)/remove"
	[ ! -e /dev/riser_example1 ] && $test dma 16 && $test irq || return 1
	echo 1 >/sys/bus/pci/rescan
	riser_wait 20 nodes && $test dma 16 /dev/riser_example1
}

riser_attach || exit 1
riser_check driver-loads insmod /riser/riser_example.ko timeout_ms=400000 || exit 1
riser_check driver-binds riser_wait 30 nodes || exit 1
riser_check listed listed
riser_check bar both bar
before0=$(interrupts 0) before1=$(interrupts 1)
riser_check interrupts both irq
riser_check interrupts-counted counted $(($(interrupts 0) - before0)) $(($(interrupts 1) - before1))
riser_check interrupt-kind kind
riser_check dma both dma
riser_check reset_of_one reset_of_one
riser_check unplug unplug
riser_check driver-unloads rmmod riser_example
