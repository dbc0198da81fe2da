# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# In the guest: the card is there, nobody asks it anything. The host looks meanwhile at
# what the bridge's processor does; then reads that come after pauses are measured.
. /riser/card.sh

riser_allow_taint 12288
riser_attach || exit 1
sleep 1
riser_value idle_begins "$(riser_uptime)"
sleep "${IDLE_SECONDS:-4}"
riser_value idle_ended "$(riser_uptime)"
insmod /riser/riser_bench.ko "rounds=${ROUNDS:-200}" pause_ms=20
measured()
{
	dmesg | grep -q 'riser_bench: done 0'
}
riser_check measured measured
dmesg | sed -n 's/.*riser_bench: \([a-z_]*\) \([0-9]* [0-9]* [0-9]*\)$/\1 \2/p' |
	while read -r name figures; do
		riser_value "$name" "$figures"
	done
