# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# In the guest: the driver that was brought along has bound, with its parameter and
# its firmware; files and packages are there.
# shellcheck source=guest/card.sh
. /riser/card.sh

riser_attach || exit 1
riser_check parameter-and-firmware sh -c 'dmesg | grep -q "riser_own .*greeting hello, firmware blue$"'
riser_check file grep -q blue /riser/data/own.bin
riser_check package setpci --version
riser_value kernel "$(uname -r)"
