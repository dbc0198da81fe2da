# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The model does what its sandbox refuses, in the middle of reads: the card is gone and
# the kernel lives (WILD=ends); where it is allowed, the card works on (WILD=works).
# shellcheck disable=SC2154 # disk is nvme-lib.sh's
. /riser/card.sh
. /riser/nvme-lib.sh

# 8 MiB, some hundred thousand cycles
reads()
{
	dd if="$disk" of=/dev/null bs=128k count=64 iflag=direct 2>/run/reads
}

riser_attach || exit 1
riser_check disk-ready riser_wait 60 disk_ready
if [ "$WILD" = works ]; then
	riser_check reads reads
	exit
fi
riser_refuse reads-end reads
riser_check card-goes-away riser_wait 30 riser_no_card
riser_check pciem-unloads riser_wait 10 rmmod pciem
