# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Runs in the guest, split mode with DMA slots: what was unmapped is out of the card's
# reach, and a bridge that was stopped while the driver took its buffer back never
# writes to it. The card's requests to what is gone are findings: the run fails by them
# (stopped-expect).
. /riser/card.sh
. /riser/slots.sh

stopped()
{
	step begin || return 1
	sleep 0.01
	riser_host stop-bridge
	sleep 1
	step take || return 1
	sleep 0.2
	riser_host continue-bridge
	sleep 0.5
	step check
}

riser_attach || exit 1
riser_check part step part
riser_check stale step stale
for try in 1 2 3 4 5; do
	riser_check "stopped-$try" stopped
	riser_check "part-$try" step part
done
riser_check served-by-the-bridge at_least slot_requests 100
riser_check all-given-back test "$(stat slot_pages_taken)" -le 1
