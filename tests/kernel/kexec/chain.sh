# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC3043
#
# H16: runs in each kernel of a chain, of which kexec starts one after the other. Each has
# a card plugged in and a driver that reads it; then it starts the next one, with the
# bridge alive and stopped by turns, until that was done `rounds` times. The host reads
# from the console how long each end took. pciem.ko's reboot notifier makes the first
# deadline the last one; without it there are two, which is more than the host's 5 s.
deadline_ms=3000
# an access with interrupts off, of which a link's setup has some, must not wait for a
# bridge that may run on its CPU alone
bridge_cpus=3
. /riser/hazard-lib.sh

# every kernel but the first is told its number
round=$(sed -n 's/.* riser_round=\([0-9]*\).*/\1/p' /proc/cmdline)
: "${round:=0}"
how=alive before=stopped
[ $((round % 2)) = 0 ] || { how=stopped before=alive; }
[ "$round" != 0 ] || before=first

# what the driver read first was the card's id, and it goes on; its interrupts come, too
reads_right()
{
	reads_more && [ "$(seen value) $(seen atomic_value)" = "$id $id" ] &&
		[ "$(seen interrupts)" -gt 0 ]
}
id=$((0x454b4146))

# with the files that this kernel was started with, its image among them
load_next()
{
	(cd / && find . -xdev | cpio -o -H newc) >/run/initramfs &&
		/riser/kexec load /riser/vmlinuz /run/initramfs \
			"$(sed 's/ riser_round=.*//' /proc/cmdline) riser_round=$((round + 1))" &&
		rm /run/initramfs && [ "$(cat /sys/kernel/kexec_loaded)" = 1 ]
}

# a card whose TLPs are in the kernel's log before they are answered: what comes last is
# on the console even if nothing runs any more. A reader would fill it.
loud_card()
{
	rmmod pciem_hazard && stop_card "$card" || return 1
	# all of what is written to it; the host looks at what comes after "goes down"
	echo on >/proc/sys/kernel/printk_devkmsg
	dmesg -n 4
	taskset "$bridge_cpus" /riser/fakecard -v -d $deadline_ms >/dev/kmsg 2>&1 &
	card=$!
	# it may be there before drivers may have it
	insmod /riser/pciem_hazard.ko && wait_for eval '[ "$(seen value)" = $id ]' || return 1
	dmesg -n 8
}

/riser/kexec mark "is up, round $round"
riser_check "after_$before.card" start_card chain || exit 1
riser_check "after_$before.driver" driver traffic=1 || exit 1
riser_check "after_$before.reads" reads_right
riser_value "after_$before" "kernel $round, $(uname -r): $(seen reads) reads, \
$(seen wrong) wrong, $(seen interrupts) interrupts"
if [ "$round" = "$rounds" ]; then
	riser_value kexec "$rounds rounds"
	riser_check last.unload eval 'rmmod pciem_hazard && stop_card "$card" && rmmod pciem'
else
	riser_check "$how.loaded" load_next || exit 1
	if [ "$how" = alive ]; then
		riser_check alive.loud_card loud_card || exit 1
	else
		riser_check stopped.reads reads_right
	fi
	riser_kernel_clean
	# what the serial port has not sent would be lost
	stty -F /dev/ttyS1 raw -echo
	[ "$how" = alive ] || kill -STOP "$card"
	/riser/kexec go "$how"
	exit 1
fi
