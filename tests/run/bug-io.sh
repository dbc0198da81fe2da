# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A card with a defect that the driver survives, or that shows when blocks are
# read. $BUG is the defect's number (rtl/cards/nvme/README.md): what provokes it
# is done here, and the checks say what the driver and its user saw. With the
# defect off, every check passes.
# shellcheck disable=SC2154 # disk is nvme-lib.sh's

. /riser/card.sh
. /riser/nvme-lib.sh

# a timed out command, in the driver's own words, or nothing
lost_interrupt()
{
	dmesg | sed -n 's/.*\(nvme nvme0: I\/O .*completion polled\).*/\1/p' | head -n 1
}

# no command waited for its interrupt until the driver's patience ended
check_interrupts()
{
	start=$(riser_uptime)
	said=$(lost_interrupt)
	if [ -n "$said" ]; then
		riser_report "$1" fail "$start" "$said"
	else
		riser_report "$1" pass "$start" 'no command timed out'
	fi
}

read_pages()
{
	dd if="$disk" of=/dev/null bs=4k skip="$1" count="$2" iflag=direct 2>/dev/null
}

# set (4000) or clear (0000) the Function Mask of MSI-X
function_mask()
{
	setpci -s "$(riser_card)" "CAP_MSIX+2.W=$1:4000"
}

# a page read while the function is masked, whose interrupt comes with the unmasking
masked_reads()
{
	for round in 1 2; do
		function_mask 4000 || return 1
		read_pages $((round * 64)) 1 &
		reader=$!
		sleep 0.5
		function_mask 0000 || return 1
		wait "$reader" || return 1
	done
}

# 8 MiB, so more than 10,000 blocks, written and read back; the first
# difference in words
check_blocks()
{
	dd if=/dev/urandom of=/run/data bs=1M count=8 2>/dev/null
	dd if=/run/data of="$disk" bs=128k oflag=direct 2>/dev/null
	start=$(riser_uptime)
	dd if="$disk" of=/run/back bs=128k count=64 iflag=direct 2>/dev/null
	if cmp -s /run/data /run/back; then
		riser_report blocks-equal pass "$start" '16384 blocks'
		return
	fi
	at=$(cmp -l /run/data /run/back | awk 'NR == 1 { print int(($1 - 1) / 4) * 4 }')
	riser_report blocks-equal fail "$start" "$(printf \
		'LBA %u byte %u reads %s, written was %s' $((at / 512)) $((at % 512)) \
		"$(word_at /run/back)" "$(word_at /run/data)")"
}

word_at()
{
	dd if="$1" bs=4 skip=$((at / 4)) count=1 2>/dev/null | od -An -tx4 | tr -d ' '
}

modprobe nvme_core io_timeout=2 admin_timeout=2
riser_attach || exit 1
riser_check namespace-appears riser_wait 20 disk_ready || exit 1
riser_phase "bug-$BUG"
riser_check read-pages read_pages 64 "${PAGES:-4}"
case $BUG in
0 | 5)	# the card may write again 1 ms later, into buffers that are unmapped
	sleep 1 ;;
esac
case $BUG in
0 | 7)	riser_check reads-under-function-mask masked_reads ;;
esac
case $BUG in
0 | 8)	check_blocks ;;
esac
check_interrupts no-interrupt-lost
