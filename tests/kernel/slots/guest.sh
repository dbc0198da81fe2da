# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Runs in the guest, split mode with DMA slots: buffers and coherent memory of a driver
# for the test card in slots, byte for byte, and when there are more than slots.
. /riser/card.sh
. /riser/slots.sh

riser_attach || exit 1
for name in coherent part read sync sg exhaust part exhaust coherent; do
	riser_check "$name" step "$name"
done
riser_check mapped-in-slots at_least slot_maps 1000
riser_check some-found-none at_least slots_full 100
riser_check served-by-the-bridge at_least slot_requests 50
riser_check nothing-missed test "$(stat dma_misses)" -eq 0
riser_check all-given-back test "$(stat slot_pages_taken)" -le 1
