# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC3043
#
# H17: runs in a kernel that panics with a driver bound that polls its card's registers
# meanwhile, and whose bridge is stopped; then in its crash kernel, which looks at what
# the first one left. The host reads from the console how long the end took.

# of the memory that a core has: without the first MiB and what is the crash kernel's
ram_bytes()
{
	local first last sum=0
	tr '-' ' ' </proc/iomem |
		awk '/^[0-9a-f]* [0-9a-f]* : System RAM/ || / : Crash kernel/ { print $1, $2, $4 }' >/run/ram
	while read -r first last what; do
		first=$((0x$first)) last=$((0x$last))
		[ $first -ge 1048576 ] || first=1048576
		[ $last -ge $first ] || continue
		if [ "$what" = Crash ]; then
			sum=$((sum - last - 1 + first))
		else
			sum=$((sum + last + 1 - first))
		fi
	done </run/ram
	echo $sum
}

cpus() { grep -c '^processor' /proc/cpuinfo; }

load_crash_kernel()
{
	(cd / && find . -xdev ! -name vmlinuz | cpio -o -H newc) >/run/initramfs &&
		/riser/kexec crash /riser/vmlinuz /run/initramfs "$(sed 's/ crashkernel=[^ ]*//' \
			/proc/cmdline) nr_cpus=1 riser_ram=$(ram_bytes) riser_cpus=$(cpus)" &&
		rm /run/initramfs && [ "$(cat /sys/kernel/kexec_crash_loaded)" = 1 ]
}

# core KEY: what /riser/vmcore found
core() { sed -n "s/^$1 //p" /run/core; }

# told KEY: what the first kernel has found
told() { sed -n "s/.* riser_$1=\([0-9]*\).*/\1/p" /proc/cmdline; }

# said IN: which of its last words are in this file, one a line
said()
{
	grep -ao -e 'pciem_kexec: tsc [0-9]* goes down' -e 'not syncing: sysrq triggered crash' \
		-e 'pciem_hazard: panic: 1000 of 1000 reads all-ones' "$1"
}

/riser/kexec mark 'is up'
if [ ! -e /proc/vmcore ]; then
	deadline_ms=3000 bridge_cpus=3	# as in chain.sh
	. /riser/hazard-lib.sh
	riser_check crash.loaded load_crash_kernel || exit 1
	riser_check crash.card start_card crash || exit 1
	riser_check crash.driver driver traffic=1 panic_reads=1 || exit 1
	riser_check crash.reads reads_more
	riser_value crash "$(uname -r), $(cpus) CPUs, $(ram_bytes) bytes of memory, $(seen reads) reads"
	riser_kernel_clean
	# what the serial port has not sent would be lost
	stty -F /dev/ttyS1 raw -echo
	kill -STOP "$card"
	/riser/kexec mark 'goes down, panic'
	echo c >/proc/sysrq-trigger
	exit 1
fi

riser_check vmcore.read eval '/riser/vmcore /proc/vmcore /run/log >/run/core' || exit 1
riser_value vmcore "$(tr '\n' ' ' </run/core)"
riser_check vmcore.release [ "$(core osrelease)" = "$(uname -r)" ]
riser_check vmcore.cpus [ "$(core cpus)" = "$(told cpus)" ]
riser_check vmcore.memory [ "$(core ram)" = "$(told ram)" ]
riser_value memory "$(core ram) bytes in the core, $(told ram) in the first kernel"
# they are in its memory, and not in this kernel's. Notifiers are asked only if it was told so
words=2
! grep -q crash_kexec_post_notifiers /proc/cmdline || words=3
riser_check vmcore.log [ "$(said /run/log | wc -l)" = $words ]
riser_value said "$(said /run/log | tr '\n' ',')"
dmesg >/run/dmesg
riser_refuse vmcore.not_ours said /run/dmesg
