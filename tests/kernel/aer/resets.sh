# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Each way to reset or to silence the card reaches its RTL as what it is: told
# apart by which registers survive (base specification 7.5, sticky fields and
# those that a function level reset leaves alone), and each ends with a card that
# the driver can use again.
# shellcheck disable=SC2154 # disk is nvme-lib.sh's

. /riser/card.sh
. /riser/nvme-lib.sh
. /riser/test-lib.sh

# what is looked at: BAR0 (every reset clears it), Max_Payload_Size of Device
# Control (a function level reset leaves it alone), a mask bit of AER (sticky:
# only power-on clears it)
prepare()
{
	setpci -s "$card" CAP_EXP+8.W=0020:00e0 COMMAND=2:2 ECAP_AER+8.L=00100000:00100000 &&
		[ "$(state)" = "1 20 100000" ]
}

state()
{
	bar=$((0x$(setpci -s "$card" BASE_ADDRESS_0.L) >> 4 != 0))
	echo "$bar $(bits CAP_EXP+8.W 00e0) $(bits ECAP_AER+8.L 00100000)"
}

survivors()
{
	got=$(state)
	echo "survived $2: $got, expected: $1"
	[ "$got" = "$1" ]
}

restore()
{
	setpci -s "$card" BASE_ADDRESS_0.L="$bar0" BASE_ADDRESS_1.L="$bar1" \
		ECAP_AER+8.L=00000000:00100000
}

flr()
{
	prepare && setpci -s "$card" CAP_EXP+8.W=8000:8000 && sleep 0.2 &&
		survivors "0 20 100000" 'a function level reset' && restore
}

bus_reset()
{
	prepare && setpci -s "$port" BRIDGE_CONTROL=0040:0040 && gone &&
		setpci -s "$port" BRIDGE_CONTROL=0000:0040 &&
		riser_wait 5 answers && survivors "0 0 100000" 'a hot reset' && restore
}

link_disable()
{
	prepare && setpci -s "$port" CAP_EXP+10.W=0010:0010 && gone &&
		setpci -s "$port" CAP_EXP+10.W=0000:0010 &&
		riser_wait 5 answers && survivors "0 0 100000" 'a link that was down' && restore
}

# the port knows that its link is down, and the card answers nothing
gone()
{
	[ "$(setpci -s "$card" VENDOR_ID)" = ffff ] &&
		[ $((0x$(setpci -s "$port" CAP_EXP+12.W) & 0x2000)) -eq 0 ]
}

answers()
{
	[ "$(setpci -s "$card" VENDOR_ID)" = f1ac ]
}

# No_Soft_Reset is 1: registers survive; memory requests are refused meanwhile
d3hot()
{
	prepare && setpci -s "$card" CAP_PM+4.W=0003:0003 &&
		[ "$(bits CAP_PM+4.W 0003)" = 3 ] && answers && bar_reads ffffffff &&
		setpci -s "$card" CAP_PM+4.W=0000:0003 && sleep 0.1 &&
		survivors "1 20 100000" D3hot && ! bar_reads ffffffff && restore
}

# bar_reads VALUE: the lower dword of the controller's capabilities, by a module
bar_reads()
{
	poke bar && dmesg | grep 'poke: bar 0x' | tail -n 1 | grep -q "0x$1"
}

# driver_reset METHOD: the kernel resets the function below its driver
driver_reset()
{
	echo "$1" >"/sys/bus/pci/devices/$card/reset_method" &&
		echo 1 >"/sys/bus/pci/devices/$card/reset" && riser_wait 30 disk_ready
}

riser_attach || exit 1
riser_check namespace-appears riser_wait 60 disk_ready || exit 1
card=$(riser_card)
port=$(port_of "$card")

riser_phase driver
riser_check function-reset-below-driver driver_reset flr
riser_check bus-reset-below-driver driver_reset bus

riser_phase registers
echo "$card" >/sys/bus/pci/drivers/nvme/unbind
bar0=$(setpci -s "$card" BASE_ADDRESS_0.L)
bar1=$(setpci -s "$card" BASE_ADDRESS_1.L)
riser_check function-level-reset flr
riser_check secondary-bus-reset bus_reset
riser_check link-disable link_disable
riser_check d3hot d3hot

riser_phase driver-again
setpci -s "$card" COMMAND=0:7
echo "$card" >/sys/bus/pci/drivers/nvme/bind
riser_check disk-again riser_wait 60 disk_ready
