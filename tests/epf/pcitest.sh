# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The kernel's own pci_endpoint_test driver and its own test program, all of it,
# on the Verilog endpoint. Runs in the guest. Every call of pcitest in the
# kernel's pcitest.sh must have its own line that says OKAY.

. /riser/card.sh

# judge LOG: reads what `sh -x pcitest.sh` wrote, calls and results in order;
# prints "GROUP CALLS OKAY DISTINCT" for each option of pcitest, then "? TEXT"
# for each call that was not answered by OKAY
judge()
{
	awk '
	function close_call() { if (call != "") print "? no result: " call; call = "" }
	/^\+ pcitest / {
		close_call()
		call = $0
		group = $3
		calls[group]++
		if (!((group, $0) in seen)) { seen[group, $0] = 1; distinct[group]++ }
		next
	}
	/OKAY$|FAILED$/ {
		if (call != "" && $0 ~ /:[ \t]*OKAY$/) okay[group]++
		else print "? " (call == "" ? "no call" : call) ": " $0
		call = ""
	}
	END {
		close_call()
		for (group in calls) print group, calls[group], okay[group] + 0, distinct[group]
	}' "$1" | sort
}

# report NAME OPTION LEAST: one check for the calls with that option
report()
{
	report_line=$(grep -e "^$2 " /run/judged) || report_line="$2 0 0 0"
	# shellcheck disable=SC2086 # four words
	set -- "$1" "$3" $report_line
	if [ "$4" -eq "$5" ] && [ "$6" -ge "$2" ]; then
		riser_report "$1" pass "$started" "$5 of $4 OKAY"
	else
		riser_report "$1" fail "$started" \
			"$5 of $4 OKAY, $2 different ones wanted: $(grep '^?' /run/judged | head -n 3 | tr '\n' ';')"
	fi
}

riser_attach || exit 1
riser_check driver-loads insmod /riser/pci_endpoint_test.ko || exit 1
riser_check driver-binds riser_wait 30 riser_has_driver || exit 1
riser_value driver_bound "$(basename "$(readlink \
	"/sys/bus/pci/devices/$(riser_card)/driver")")"
riser_value driver_sha256 "$(sha256sum </riser/pci_endpoint_test.ko | cut -d' ' -f1)"
riser_check device-node riser_wait 10 test -c /dev/pci-endpoint-test.0 || exit 1

riser_phase pcitest
started=$(riser_uptime)
riser_check pcitest.sh-ends sh -x /riser/pcitest.sh >/run/pcitest.log 2>&1
riser_file pcitest.log /run/pcitest.log
judge /run/pcitest.log >/run/judged
cat /run/judged
# what the script of 6.1 and 6.12 calls: 6 BARs, 4 times an interrupt type, INTx,
# 32 MSI, 2048 MSI-X, five sizes each of read, write and copy
report pcitest-bars -b 6
report pcitest-irq-types -i 3
report pcitest-intx -l 1
report pcitest-msi -m 32
report pcitest-msix -x 2048
report pcitest-read -r 5
report pcitest-write -w 5
report pcitest-copy -c 5
riser_refuse nothing-but-okay grep '^?' /run/judged
riser_value pcitest_calls "$(grep -c '^+ pcitest ' /run/pcitest.log)"
riser_check driver-unloads rmmod pci_endpoint_test
dmesg >/run/dmesg
riser_file dmesg.log /run/dmesg
