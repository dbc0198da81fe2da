# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# Runs in the guest, split mode, Debian's nvme driver on the Verilog card: what
# lspci and the kernel make of the whole configuration space, and configuration
# accesses of both CPUs during the driver's traffic.
. /riser/card.sh
. /riser/nvme-lib.sh

# CAP-12: without what another run or another kernel may say differently
lspci_text()
{
	for function in "$port" "$card"; do
		lspci -b -vvv -s "$function" || return 1
	done | sed -E -e 's/^[0-9a-f:.]+ //' -e 's/(IRQ|at|behind bridge:) [0-9a-f]+(-[0-9a-f]+)?/\1 N/g' \
		-e 's/(Data|Address): [0-9a-f]+/\1: N/g' -e '/(Kernel (driver|modules)|NUMA node|IOMMU group):? /d'
}

lspci_as_golden()
{
	lspci_text >/run/lspci.txt 2>&1
	diff /riser/lspci.golden /run/lspci.txt
}

# nothing that the PCI core or a quirk of it says of either function is a complaint
kernel_is_content()
{
	! dmesg | grep -E " ($card|$port): " |
		grep -Ei "quirk|bug|bogus|broken|unknown|fail|can.t|conflict|no space|VPD|warn|error|unsupported"
}

# CFG-20: on the CPU of $1, for as long as the traffic lasts
read_config()
{
	while [ -e /run/traffic ]; do
		taskset "$1" setpci -s "$card" 0.L CAP_PM+4.W LATENCY_TIMER.B 100.L
	done | sort | uniq -c >"/run/config-$1"
}

in_parallel()
{
	: >/run/traffic
	read_config 1 &
	read_config 2 &
	fio_verify
	status=$?
	rm /run/traffic
	wait
	cat /run/config-1 /run/config-2
	return $status
}

# each register has the same value each time, in at least 5 rounds of each CPU
same_values()
{
	for cpu in 1 2; do
		awk -v ids="$(setpci -s "$card" 0.L)" '$2 == ids && $1 >= 5 { ok = 1 }
			$2 ~ /^f+$/ { bad = 1 } END { exit bad || !ok || NR > 4 }' /run/config-$cpu || return 1
	done
}

nobody_waited_too_long()
{
	grep -h '^expired 0$' /sys/kernel/debug/pciem/link*/stats
}

riser_attach || exit 1
riser_check namespace riser_wait 60 disk_ready || exit 1
card=$(riser_card)
port=${card%%:*}:00:00.0
riser_check CAP-12.lspci lspci_as_golden
riser_file lspci.txt /run/lspci.txt
riser_check CAP-12.kernel kernel_is_content
riser_check CFG-20.traffic in_parallel
riser_check CFG-20.values same_values
riser_check CFG-20.deadlines nobody_waited_too_long
