# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What the scripts for the NVMe card share; runs in the guest.

disk=/dev/nvme0n1
mnt=/mnt

drop_caches()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

# the namespace is there and can be read
disk_ready()
{
	[ -b "$disk" ] && dd if="$disk" of=/dev/null bs=4096 count=1 2>/dev/null
}

write_data()
{
	dd if=/dev/urandom of=/run/data bs=1M count="$1" 2>/dev/null &&
		cp /run/data "$mnt/data" && sync
}

same_data()
{
	[ "$(sha256sum <"$mnt/data")" = "$(sha256sum </run/data)" ]
}

mount_ext4()
{
	modprobe ext4 && mount -t ext4 "$disk" "$mnt"
}

remount()
{
	umount "$mnt" && drop_caches && mount_ext4
}

rebind()
{
	rebind_card=$(riser_card)
	echo "$rebind_card" >/sys/bus/pci/drivers/nvme/unbind &&
		[ ! -e "$disk" ] &&
		echo "$rebind_card" >/sys/bus/pci/drivers/nvme/bind &&
		riser_wait 60 disk_ready
}

# random reads and writes, one job on each CPU and so on each queue pair
fio_verify()
{
	fio --name=verify --filename="$disk" --rw=randrw --bs=4k --direct=1 \
		--ioengine=libaio --iodepth=8 --size=2M --offset_increment=8M \
		--offset=32M --numjobs="$(nproc)" --cpus_allowed="0-$(($(nproc) - 1))" \
		--cpus_allowed_policy=split --verify=crc32c --verify_fatal=1 \
		--randseed="${RISER_SEED:-1}" --output=/run/fio.log --output-format=normal
	fio_status=$?
	[ "$fio_status" -eq 0 ] || cat /run/fio.log
	return "$fio_status"
}

nr_queues_used()
{
	awk '/nvme0q[1-9]/ { n = 0; for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+$/) n += $i
		if (n > 0) used++ } END { print used + 0 }' /proc/interrupts
}

several_queues()
{
	[ "$(nr_queues_used)" -ge 2 ] || [ "$(nproc)" -lt 2 ]
}
