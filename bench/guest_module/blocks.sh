# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# In the guest: 4 KiB reads and writes of the NVMe card at random places, direct,
# with one and with 16 commands in flight. Marks tell the cycles of each part.
# shellcheck disable=SC2154 # disk is nvme-lib.sh's
. /riser/card.sh
. /riser/nvme-lib.sh

riser_attach || exit 1
riser_check disk-ready riser_wait 60 disk_ready
for way in randread randwrite; do
	for depth in 1 16; do
		riser_mark "begin $way$depth"
		fio --name="$way" --filename="$disk" --rw="$way" --bs=4k --direct=1 --ioengine=libaio \
			--iodepth="$depth" --size=64M --time_based --runtime="${SECONDS_EACH:-3}" --randseed=1 \
			--output-format=terse --terse-version=3 >/run/fio.out
		status=$?
		riser_mark "end $way$depth"
		start=$(riser_uptime)
		[ "$status" -eq 0 ] && word=pass || word=fail
		riser_report "$way$depth" "$word" "$start" "fio status $status"
		# fields of fio's terse format 3: bytes (KiB) and rate of reads, then of writes
		riser_value "$way$depth" "$(awk -F';' '{ print $6 + $47, $8 + $49 }' /run/fio.out)"
	done
done
