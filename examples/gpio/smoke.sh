# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Runs in the guest (functions: guest/card.sh and guest/lib.sh of riser).
. /riser/card.sh

riser_attach || exit 1
card=/sys/bus/pci/devices/$(riser_card)
echo 0x5a >"$card/out"
riser_check inputs-are-inverted-outputs test "$(cat "$card/in")" = 0xa5
