# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The driver's probe fails, with a word of the kernel and without, in a script that
# would wait for an hour; and it succeeds at the second try of a script that has
# it probed again.
. /riser/card.sh

riser_attach
riser_check device-appears riser_wait 3600 test -e /dev/never
riser_check unloads rmmod refuses

# a script that goes on after a failure is not hurt by what the kernel said then
again()
{
	insmod /riser/driver/refuses.ko how=0 &&
		{ sleep 2 && echo 2 >/sys/module/refuses/parameters/how && sleep 1 &&
			riser_card >/sys/bus/pci/drivers/refuses/bind; } &
	riser_wait 60 riser_has_driver
}
riser_check second-try again
riser_check unloads-again rmmod refuses

# shellcheck disable=SC2034 # of riser_load_driver
RISER_DRIVER_PARAMS=how=1
riser_check loads riser_load_driver
riser_check silent riser_binds
