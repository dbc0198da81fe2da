# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# H16, H17: the machine goes down (how: panic or reboot) with a driver bound and
# its bridge stopped. The host reads the end from the console.
. /riser/hazard-lib.sh
# only the vmlinuz chooses its address
[ "$how" != reboot ] || riser_refuse reboot.kaslr grep -q '^ffffffff81000000 T _text' /proc/kallsyms
riser_check "$how.card" start_card end || exit 1
riser_check "$how.driver" driver traffic=1 panic_reads=1 || exit 1
riser_check "$how.reads" reads_more
# where nothing spins: the link must not be down before the machine is
! spins || taskset -p 2 $$ >/dev/null
kill -STOP "$card"
riser_kernel_clean
sync
riser_mark goes down
echo "pciem_hazard: goes down" >/dev/kmsg
if [ "$how" = panic ]; then
	echo c >/proc/sysrq-trigger
else
	reboot -f
fi
sleep 100
