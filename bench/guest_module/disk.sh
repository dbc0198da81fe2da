# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# In the guest: Debian's nvme driver has made a disk of the card.
. /riser/card.sh
. /riser/nvme-lib.sh

riser_attach || exit 1
riser_check disk-ready riser_wait 60 disk_ready
