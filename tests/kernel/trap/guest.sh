# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Runs in the guest: the trap driver against a card in C. The card's process has
# CPU 1 to itself, since in local mode a register read with interrupts off cannot
# be answered by a process that waits for the same CPU.
#
# A kernel without PREEMPT_COUNT (5.10) waits spinning, whatever the access: the
# shell and what it starts keep off that CPU altogether there, and so do the threads
# of interrupts (AER's reads the card's registers), which run where these may go.
uname -v | grep -q PREEMPT || {
	taskset -p 1 $$ >/dev/null
	echo 1 >/proc/irq/default_smp_affinity
}
# Enumeration is a work of an unbound queue, and asks for configuration with interrupts
# off: on that CPU each such access would cost its deadline of 5 s.
echo 1 >/sys/devices/virtual/workqueue/cpumask
card_dev=/sys/bus/pci/devices/0010:01:00.0

wait_for()
{
	n=0
	until "$@"; do
		n=$((n + 1))
		[ $n -lt 100 ] || return 1
		sleep 0.1
	done
}

card_is_there() { [ -e $card_dev/driver_override ] && [ -e $card_dev/resource ]; }
card_is_gone() { ! [ -e $card_dev ]; }

card_start()
{
	: >/run/card.log
	taskset 2 /riser/fakecard -d 5000 >>/run/card.log 2>&1 &
	card=$!
	wait_for grep -q 'kernel state 3' /run/card.log && card_is_there
}

card_kill()
{
	kill -9 "$card"
	wait "$card" 2>/dev/null
	wait_for card_is_gone
}

trap_driver()
{
	taskset 1 insmod /riser/pciem_trap.ko bridge_cpu=1 "$@"
}

suite()
{
	trap_driver || return 1
	rmmod pciem_trap
	dmesg | grep 'suite pass: 0 of'
}

# What the driver does on purpose ends in an oops of the kernel, and no more.
oopses()
{
	before=$(dmesg | grep -c 'BUG: unable to handle page fault')
	trap_driver mode="$1"
	rmmod pciem_trap
	after=$(dmesg | grep -c 'BUG: unable to handle page fault')
	[ $((after - before)) -eq 1 ] && ! dmesg | grep 'not ok: survived'
}

refused_once()
{
	oopses push || return 1
	[ "$(dmesg | grep -c 'cannot be performed on device memory')" -eq 1 ]
	grep 'cannot be performed on device memory' /run/card.log
}

port_is_bound()
{
	dmesg | grep 'pcieport 0010:00:00.0: AER: enabled' &&
	dmesg | grep 'pcieport 0010:00:00.0: PME: Signaling'
}

aer_is_reported()
{
	dmesg | grep 'AER: Correct.* message received from 0010:01:00.0'
}

bus_reset()
{
	echo 1 >$card_dev/reset
	trap_driver mode=hold && rmmod pciem_trap
}

ftrace_stays()
{
	sysctl -w kernel.ftrace_enabled=0
	[ "$(cat /proc/sys/kernel/ftrace_enabled)" = 1 ]
}

remove_and_rescan()
{
	echo 1 >$card_dev/remove
	card_is_gone || return 1
	echo 1 >/sys/bus/pci/rescan
	wait_for card_is_there
}

# A CPU goes while managed vectors are bound: the core masks them in stop_machine().
cpu_offline()
{
	trap_driver mode=stay || return 1
	taskset -p 1 "$card"
	for _ in 1 2 3; do
		echo 0 >/sys/devices/system/cpu/cpu1/online || return 1
		echo 1 >/sys/devices/system/cpu/cpu1/online || return 1
	done
	taskset -p 2 "$card"
	rmmod pciem_trap
}

# sysfs and /proc/bus/pci in a program: registers, strings, vectors, refusals
user_mapping()
{
	echo 1 >$card_dev/enable
	taskset 1 /riser/usermap $card_dev/resource0 /proc/bus/pci/0010:01/00.0
}

# bind DRIVER: the card to it, and to nothing else; dd names the errno
bind()
{
	echo "$1" >$card_dev/driver_override
	echo 0010:01:00.0 | dd of="/sys/bus/pci/drivers/$1/bind"
}

unbind()
{
	echo 0010:01:00.0 >"/sys/bus/pci/drivers/$1/unbind"
	echo >$card_dev/driver_override
}

# a driver in user space: registers are TLPs, interrupts arrive
uio()
{
	modprobe uio_pci_generic && bind uio_pci_generic || return 1
	wait_for test -c /dev/uio0 || { ls -l /dev/uio* /sys/class/uio /sys/bus/pci/drivers/uio_pci_generic; dmesg | tail -n 8; return 1; }
	taskset 1 /riser/usermap /dev/uio0 $card_dev/resource0 || return 1
	unbind uio_pci_generic
	wait_for eval '! [ -c /dev/uio0 ]'
}

# VFIO wants an IOMMU group, and Debian's has no mode without: refused in words
vfio_refused()
{
	modprobe vfio-pci || return 1
	bind vfio-pci 2>/run/vfio && return 1
	echo >$card_dev/driver_override
	cat /run/vfio
	# what 5.10 tells who wrote is another error than the driver's
	dmesg | grep 'vfio-pci.* failed with error -22' && [ "$(ls /dev/vfio)" = vfio ] &&
		[ ! -e $card_dev/driver ]
}

# what the bridge is told of a program's access names no address of it
user_is_named()
{
	taskset 1 /riser/usermap absent $card_dev/resource0 || return 1
	wait_for grep 'MRd of 0x[0-9a-f]* by user space answered with Unsupported Request' /run/card.log
}

# the card goes under a program that has it mapped; another one keeps its mapping
user_mapping_dies()
{
	echo 1 >$card_dev/enable
	: >/run/outlive.log
	taskset 1 /riser/usermap outlive /proc/bus/pci/0010:01/00.0 $card_dev/resource >>/run/outlive.log 2>&1 &
	outlives=$!
	wait_for grep -q 'usermap: mapped' /run/outlive.log || return 1
	: >/run/usermap.log
	taskset 1 /riser/usermap gone $card_dev/resource0 >>/run/usermap.log 2>&1 &
	user=$!
	wait_for grep -q 'usermap: mapped' /run/usermap.log || return 1
	card_kill && wait $user && grep 'usermap: SIGBUS' /run/usermap.log
}

# a mapping of the card that went is none of the next one, which has its addresses
user_mapping_outlives()
{
	echo 1 >$card_dev/enable
	kill -USR1 $outlives
	wait $outlives
	status=$?
	cat /run/outlive.log
	[ $status = 0 ] && grep 'usermap: SIGBUS' /run/outlive.log
}

killed_while_bound()
{
	trap_driver mode=stay || return 1
	card_kill && rmmod pciem_trap
}

# The device is kept by somebody: a new card comes up, unloading is refused until
# the old one is let go.
orphan()
{
	trap_driver mode=hold || return 1
	card_kill || return 1
	wait_for eval "dmesg | grep 'removed card is still in use'" || return 1
	rmmod pciem 2>/dev/null && return 1
	card_start && card_kill || return 1
	rmmod pciem_trap
	wait_for rmmod pciem
}

riser_allow_taint 16512
riser_check load insmod /riser/pciem.ko || exit 1
riser_check card card_start || exit 1
riser_check port port_is_bound
riser_check suite suite

riser_value cases "$(dmesg | grep -c '\] ok [0-9]')"
riser_check aer aer_is_reported
riser_check ftrace ftrace_stays
riser_check reset bus_reset
riser_check rescan remove_and_rescan
riser_check cpu_offline cpu_offline
riser_check user_mapping user_mapping
riser_check uio uio
# the kernels of guest/build-debug-kernel have none
[ -z "$vfio" ] || riser_check vfio_refused vfio_refused
riser_check unmapped oopses unmapped
riser_check refused refused_once
riser_check killed killed_while_bound
riser_check again card_start
riser_check user_is_named user_is_named
riser_check user_mapping_dies user_mapping_dies
riser_check again_after_user card_start
riser_check user_mapping_outlives user_mapping_outlives
riser_check orphan orphan
riser_check reload eval 'insmod /riser/pciem.ko && rmmod pciem'
