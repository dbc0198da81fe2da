# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# In the guest: riser_bench.ko on bench_card; its figures become values of the run.
# MASK: the CPUs that the driver may measure on, as taskset takes them.
. /riser/card.sh

riser_allow_taint 12288
riser_attach || exit 1
${MASK:+taskset "$MASK"} insmod /riser/riser_bench.ko "rounds=${ROUNDS:-2000}"
measured()
{
	dmesg | grep -q 'riser_bench: done 0'
}
riser_check measured measured
dmesg | sed -n 's/.*riser_bench: \([a-z_]*\) \([0-9]* [0-9]* [0-9]*\)$/\1 \2/p' |
	while read -r name figures; do
		riser_value "$name" "$figures"
	done
