# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# In the guest: signals of the RTL are looked at and set between the driver's accesses. With DEAF
# the card is made one that answers no read.
# shellcheck source=guest/card.sh
. /riser/card.sh

riser_attach || exit 1
card=/sys/bus/pci/devices/$(riser_card)
riser_peek boot_engine.trained_q
echo 0x5a >"$card/out"
riser_check driver-drives test "$(cat "$card/in")" = 0xa5
riser_peek gpio_card.out
riser_poke gpio_card.out 0xc3
riser_check poked-value-is-read test "$(cat "$card/in")" = 0x3c
[ -z "${DEAF:-}" ] || riser_poke boot_card.deaf_q 1
riser_check inputs-are-read test "$(cat "$card/in")" = 0x3c
