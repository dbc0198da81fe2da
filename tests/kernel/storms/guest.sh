# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC1091,SC2034,SC2086,SC2119,SC2120,SC2154,SC3043
#
# Runs in the guest (guest/lib.sh is loaded). The card's process has CPU 1, the driver
# and its interrupts CPU 0. parts, writes, seed, storm_ms, lspci_ms, suspends: see run.
params=/sys/module/pciem_storms/parameters
deadline_ms=0	# the module's own
. /riser/hazard-lib.sh
# a configuration access of user space waits with interrupts off: not on the card's CPU
taskset -p 1 $$ >/dev/null
echo 1 >/proc/irq/default_smp_affinity

# the_card: its name, in the domain that it has now
the_card()
{
	local dev
	dev=$(cards)
	echo "${dev##*/}"
}

driver() { insmod /riser/pciem_storms.ko "$@" && wait_for bound; }
bound() { [ -n "$(the_card)" ] && [ -e "/sys/bus/pci/drivers/pciem_storms/$(the_card)" ]; }
seen() { cat $params/"$1"; }

# reads_right: the driver reads what is there, and none of its reads is refused
reads_right()
{
	local before ones
	before=$(seen reads)
	ones=$(seen ones)
	wait_for eval "[ \$(seen reads) -gt $((before + 50)) ]" || return 1
	[ "$(seen ones)" = "$ones" ] && [ "$(seen wrong)" = 0 ]
}

# others: what the machine's other devices answer to configuration reads, but for
# command and status, which are their drivers'
others()
{
	local dev
	for dev in /sys/bus/pci/devices/0000:*; do
		echo "${dev##*/} $(head -c 64 "$dev/config" | hexdump -v -e '64/1 "%02x"' | cut -c 1-8,17-)"
	done
}

# said KEY: what the driver said last
said() { dmesg | sed -n "s/.*storms: value $1 //p" | tail -n 1; }

# ---- H64: random writes to every attribute, from two processes, while the driver reads ----

# fuzz_sysfs NAME SEED
fuzz_sysfs()
{
	local root dev second status=0 each=$(((writes + 3) / 4))
	dev=$(the_card)
	root=$(readlink -f "/sys/bus/pci/devices/$dev")
	root=${root%/pci[0-9a-f]*:00/*}
	riser_mark "sysfuzz: seeds $2 and $(($2 + 1)), $each writes each, below $root"
	/riser/sysfuzz $(($2 + 1)) "$each" "$root" "$dev" pciem_storms >/run/second &
	second=$!
	/riser/sysfuzz "$2" "$each" "$root" "$dev" pciem_storms heal >/run/first || status=1
	wait $second || status=1
	grep -a sysfuzz: /run/first
	riser_value "sysfs_$1.first" "$(tail -n 1 /run/first)"
	riser_value "sysfs_$1.second" "$(tail -n 1 /run/second)"
	riser_value "sysfs_$1.driver" "$(seen reads) reads, $(seen ones) all-ones, $(seen wrong) wrong, bound $(seen probes) times"
	[ $status = 0 ] && [ "$(seen wrong)" = 0 ]
}

# a new card, which may find nothing left of what was done to the last one
again()
{
	echo 1 >/sys/bus/pci/drivers_autoprobe
	echo >/sys/bus/pci/resource_alignment
	start_card storms && wait_for bound && reads_right
}

sysfs_part()
{
	others >/run/others
	[ "$(wc -l </run/others)" -ge 3 ] || return 1
	riser_check sysfs.card start_card storms || return 1
	riser_check sysfs.driver driver traffic=1 || return 1
	riser_check sysfs.fuzz fuzz_sysfs stopped "$seed"
	riser_check sysfs.stop stop_card $card
	riser_check sysfs.again again || return 1
	riser_check sysfs.fuzz_killed fuzz_sysfs killed $((seed + 2)) && riser_value sysfs_writes "$writes"
	riser_check sysfs.kill kill_card $card
	riser_check sysfs.again_killed again || return 1
	others >/run/others.now
	riser_check sysfs.others cmp /run/others /run/others.now
	riser_check sysfs.end eval 'rmmod pciem_storms && stop_card $card'
}

# ---- H52: interrupts without end ----

# storm NAME VECTOR [masked|deaf]: on CPU 0 something else wakes every 10 ms meanwhile
storm()
{
	local pid status=0 rounds gap
	/riser/gaps 0 >/run/gaps &
	pid=$!
	echo "$2 $storm_ms ${3:-}" >$params/storm || status=1
	kill $pid
	wait $pid || return 1
	read -r rounds gap _ </run/gaps
	riser_value "storm_$1" "$(said storm); $rounds wakes of another task, largest gap $gap ms"
	[ $# -lt 3 ] || riser_value "storm_$1.disabled" "$(said while_disabled)"
	[ $status = 0 ] && [ "$rounds" -gt 0 ] && [ "$gap" -lt 1000 ]
}

msi_part()
{
	riser_check msi.card start_card storms || return 1
	riser_check msi.driver driver || return 1
	riser_check msi.one storm one 3
	riser_check msi.all storm all all
	riser_check msi.masked storm masked 2 masked
	riser_check msi.deaf storm deaf 5 deaf
	riser_check msi.end eval 'rmmod pciem_storms && stop_card $card'
}

# ---- H13: configuration accesses of a bridge that is stopped ----

now_ms()
{
	local up
	read -r up _ </proc/uptime
	echo $((${up%.*} * 1000 + 1${up#*.} * 10 - 1000))
}

# what the machine has but for the card
machine() { find /sys/bus/pci/devices -name '0000:*' | wc -l; }

# list: sets took and nr. lspci gives up when a device goes that it is about to look at:
# then once more, in the same time
list()
{
	local start
	start=$(now_ms)
	for _ in 1 2 3; do
		lspci -D -vvv >/run/lspci 2>/run/lspci.err && break
		cat /run/lspci.err
		grep -Eq '/001.:.*No such (file|device)' /run/lspci.err || return 1
	done
	took=$(($(now_ms) - start))
	nr=$(grep -c '^0000:[0-9a-f]' /run/lspci)
	[ "$nr" = "$(machine)" ] || { echo "$nr devices of $(machine)"; cat /run/lspci; return 1; }
}

link_is_up() { grep -q '^up 1$' /sys/kernel/debug/pciem/link*/stats; }

lspci_loop()
{
	local worst=0 all='' alone
	list || return 1
	alone=$took
	link_is_up || return 1
	kill -STOP $card
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		list || return 1
		all="$all $took"
		[ $took -le $worst ] || worst=$took
	done
	riser_value lspci "12 rounds, each $nr devices:$all ms; $alone ms before; link up: $(link_is_up && echo yes || echo no)"
	[ $worst -lt "$lspci_ms" ] && ! link_is_up
}

# reads of the host bridge's registers beside those of the stuck card, until the link is down
beside_stuck_card()
{
	local pid dev rounds worst failed start
	dev=$(the_card)
	kill -STOP $card
	/riser/gaps 0 /sys/bus/pci/devices/0000:00:00.0/config >/run/gaps &
	pid=$!
	start=$(now_ms)
	taskset 2 lspci -vvv -s "$dev" >/run/lspci	# nobody answers on its CPU now
	start=$(($(now_ms) - start))
	kill $pid
	wait $pid || return 1
	read -r rounds worst failed </run/gaps
	riser_value beside_stuck_card "$rounds reads of the host bridge, $failed failed, longest $worst ms; card's deadline $deadline_ms ms, lspci of the card $start ms"
	# more than one deadline was there to be waited for
	wait_for eval '! link_is_up' || return 1
	[ "$start" -ge $((2 * deadline_ms)) ] && [ "$failed" = 0 ] && [ "$rounds" -gt 0 ] &&
		[ "$worst" -ge $((deadline_ms / 4)) ] && [ "$worst" -le $((deadline_ms + 1000)) ]
}

# In a guest a spinlock is not fair: who holds PCI's lock may have it again at once, for
# one more deadline. So the best of three cards counts; what is done twice is in each.
beside_slow_card()
{
	local status
	for _ in 1 2 3; do
		start_card slow && driver || return 1
		beside_stuck_card
		status=$?
		kill_card $card && rmmod pciem_storms || return 1
		[ $status != 0 ] || return 0
	done
	return 1
}

config_part()
{
	local took nr deadline_ms=0
	riser_check config.card start_card storms || return 1
	riser_check config.driver driver traffic=1 || return 1
	riser_check config.lspci lspci_loop
	riser_check config.kill kill_card $card
	rmmod pciem_storms
	deadline_ms=1500
	riser_check config.beside beside_slow_card
}

# ---- H15: suspend is refused, at once, as often as somebody tries ----

# nothing is in the way when there is no card: it is the card for which it is refused below
suspend_without_card()
{
	echo 0 >/sys/module/suspend/parameters/pm_test_delay
	echo freezer >/sys/power/pm_test && echo freeze >/sys/power/state
}

refusals() { dmesg | grep -c "refused: card 'fakecard' is attached; stop its bridge first"; }

# suspends STATE TIMES
suspends()
{
	local before status said
	before=$(refusals)
	said=$(/riser/suspends "$@")
	status=$?
	riser_value "suspends_$1" "$said; $(($(refusals) - before)) lines in the log"
	echo none >/sys/power/pm_test
	[ $status = 0 ] && [ $(($(refusals) - before)) = "$2" ] && reads_right
}

suspend_part()
{
	local state states
	riser_check suspend.without_card suspend_without_card
	riser_check suspend.card start_card storms || return 1
	riser_check suspend.driver driver traffic=1 || return 1
	riser_check suspend.refused suspends freeze "$suspends"
	read -r states </sys/power/state
	for state in $states; do
		[ $state = freeze ] || riser_check suspend.refused_$state suspends $state 12
	done
	riser_check suspend.end eval 'rmmod pciem_storms && stop_card $card'
	riser_check suspend.after_card suspend_without_card
}

for part in $parts; do
	${part}_part
done
riser_check unload wait_for rmmod pciem
