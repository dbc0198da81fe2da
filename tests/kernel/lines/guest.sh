# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# An out-of-tree driver on a card that refuses its read.

. /riser/card.sh

riser_phase probe
riser_check pciem-loads insmod /riser/pciem.ko || exit 1
riser_check card-appears riser_wait 60 riser_has_card || exit 1
riser_check driver-loads insmod /riser/riser_linetest.ko
dmesg | grep riser_linetest
