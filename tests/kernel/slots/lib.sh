# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What the scripts with DMA slots share; runs in the guest.

step()
{
	echo "$1" >"/sys/bus/pci/devices/$(riser_card)/step"
}

# stat NAME: a counter of the link
stat()
{
	awk -v name="$1" '$1 == name { print $2 }' /sys/kernel/debug/pciem/link*/stats
}

at_least()
{
	echo "$1 $(stat "$1")"
	[ "$(stat "$1")" -ge "$2" ]
}
