# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC3043
#
# Runs in the guest: Debian's nvme driver on the Verilog card, its disk busy, while
# the bridge is killed (kills rounds), stopped for up to stop_ms (stops), attached
# and detached (cycles), and CPU 1 goes and comes (plugs). In each the slowest
# access stays within the deadline and the gap of a spinning thread.
. /riser/card.sh
. /riser/nvme-lib.sh
. /riser/test-lib.sh
rnd=$seed

# killed at a random moment of the traffic; in one of eight 10,000 reads go on (H04)
kill_once()
{
	local reads=''
	if [ $(($1 % 8)) = 0 ]; then
		(echo 1 >"$params/dead") &
		reads=$!
	fi
	pick 400
	sleep_ms "$picked"
	riser_host kill-bridge
	if [ "$reads" ]; then
		wait $reads || { echo "round $1: no 10,000 reads"; return 1; }
		took=$(watched dead_us)
		[ "$took" -le "$dead_us" ] || dead_us=$took
	fi
	card_gone && card_back || { echo "round $1: no card"; return 1; }
}

bridge_killed()
{
	local i before
	dead_us=0 before=$(kernel_kib)
	for i in $(seq "$kills"); do
		kill_once "$i" && told "$i" || return 1
	done
	riser_value dead_reads "slowest 10,000 reads of a dead card: $dead_us us"
	leaks killed "$before" "$(kernel_kib)" "$kills" && measured killed "$deadline_ms"
}

# With the bridge dead, 10,000 reads end within a second (and what the thread missed).
dead_reads() { [ "$dead_us" -gt 0 ] && [ "$dead_us" -le $((1000000 + dead_gap)) ]; }

# The driver's doorbells are posted; in every other round registers are read, too.
# A bridge that wakes up to a link that went down ends, and is replaced.
stop_once()
{
	local reads=''
	if [ $(($1 % 2)) = 0 ]; then
		(echo 100 >"$params/reads") &
		reads=$!
	fi
	pick "$stop_ms"
	riser_host stop-bridge
	sleep_ms "$picked"
	riser_host continue-bridge
	[ -z "$reads" ] || wait $reads
	riser_wait 2 riser_no_card || { more_io 8 && return; }
	lost=$((lost + 1))
	card_gone && card_back replace-bridge || { echo "round $1: no card after $picked ms"; return 1; }
}

bridge_stopped()
{
	local i before
	lost=0 before=$(kernel_kib)
	for i in $(seq "$stops"); do
		stop_once "$i" && told "$i" || return 1
	done
	riser_value stopped_lost "$lost of $stops stops took the link down"
	leaks stopped "$before" "$(kernel_kib)" "$stops" && measured stopped "$deadline_ms"
}

# attach, bind, traffic, unbind, detach; now and then the module goes as well
cycle_once()
{
	lap other
	more_io 8 || return 1
	lap io
	echo "$(riser_card)" >/sys/bus/pci/drivers/nvme/unbind
	riser_wait 60 no_disk || { echo "round $1: the disk stays"; return 1; }
	lap unbind
	riser_host end-bridge
	riser_wait 60 riser_no_card || { echo "round $1: the card stays"; return 1; }
	lap detach
	if [ $(($1 % 20)) = 1 ]; then	# the first as well; four seconds each
		rmmod pciem_watch
		riser_wait 10 rmmod pciem && insmod /riser/pciem.ko && watch || return 1
		lap reload
	fi
	# replaced: the old one may still be writing its account
	card_back replace-bridge || { echo "round $1: no card"; return 1; }
	lap attach
}

attached()
{
	local i before
	before=$(kernel_kib) spent_reload=0
	for i in $(seq "$cycles"); do
		cycle_once "$i" && told "$i" || return 1
	done
	riser_value attached_spent "of a cycle, in hundredths of a second: traffic $((spent_io / cycles)), unbind $((spent_unbind / cycles)), detach $((spent_detach / cycles)), attach and bind $((spent_attach / cycles)), reload of the module $((spent_reload / cycles))"
	leaks attached "$before" "$(kernel_kib)" "$cycles" && measured attached "$deadline_ms"
}

# the admin queue's vector is not managed: it moves, the others are shut
vectors_to_cpu1()
{
	for irq in $(awk -F: '/nvme0q0/ { print $1 + 0 }' /proc/interrupts); do
		echo 2 >"/proc/irq/$irq/smp_affinity" || return 1
	done
}

plug_once()
{
	vectors_to_cpu1
	pick 100
	sleep_ms "$picked"
	echo 0 >/sys/devices/system/cpu/cpu1/online && more_io 4 || { echo "round $1: offline"; return 1; }
	echo 1 >/sys/devices/system/cpu/cpu1/online && more_io 4 || { echo "round $1: online"; return 1; }
}

cpu_plugged()
{
	local i before
	before=$(kernel_kib)
	for i in $(seq "$plugs"); do
		plug_once "$i" && told "$i" || return 1
	done
	riser_value vectors "$(grep -c nvme0q /proc/interrupts) vectors, CPU 1 gone and back $plugs times"
	leaks plugged "$before" "$(kernel_kib)" "$plugs" && measured plugged "$deadline_ms"
}

# H59: what must be found by the host in private files alone
payload()
{
	yes riser-payload-1 | head -c 4096 >/run/payload
	dd if=/run/payload of="$disk" bs=4k seek=1024 count=1 oflag=direct 2>/dev/null &&
		dd if="$disk" of=/run/back bs=4k skip=1024 count=1 iflag=direct 2>/dev/null &&
		cmp /run/payload /run/back
}

watch() { insmod /riser/pciem_watch.ko limit_us=$((deadline_ms * 1000)) rest_ms="$rest_ms"; }

riser_value seed "$seed"
riser_attach || exit 1
riser_check disk riser_wait 60 test -b "$disk" || exit 1
riser_check watch watch || exit 1
/riser/busy "$disk" "$busy" &
busy_pid=$!
riser_wait 10 test -s "$busy"
riser_check traffic more_io 64 || exit 1
if [ "$kills" -gt 0 ]; then
	riser_check bridge_killed bridge_killed
	dead_gap=$(watched gap_us)
	[ "$kills" -lt 8 ] || riser_check dead_reads dead_reads
fi
[ "$stops" = 0 ] || riser_check bridge_stopped bridge_stopped
[ "$plugs" = 0 ] || riser_check cpu_plugged cpu_plugged
[ "$cycles" = 0 ] || riser_check attached attached
riser_check payload payload
kill $busy_pid
riser_check data_is_right wait $busy_pid
riser_host end-bridge
riser_check detached card_gone
rmmod pciem_watch 2>/dev/null
riser_check unloads riser_wait 10 rmmod pciem
