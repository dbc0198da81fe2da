# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Errors that the card reports, with a file system in use on it: the kernel's
# own AER driver asks Debian's nvme driver, and what was written stays.
# shellcheck disable=SC2154 # disk, mnt, tracing: lib.sh and nvme-lib.sh

. /riser/card.sh
. /riser/nvme-lib.sh
. /riser/test-lib.sh

start_fio()
{
	fio --name=busy --filename="$mnt/busy" --rw=randrw --bs=4k --direct=1 --ioengine=libaio \
		--iodepth=4 --size=4M --time_based --runtime=300 --verify=crc32c --verify_fatal=1 \
		--output=/run/busy.log &
	fio_pid=$!
	riser_wait 20 test -s "$mnt/busy"
}

fio_is_fine()
{
	kill -0 "$fio_pid" && kill -INT "$fio_pid"
	wait "$fio_pid"
	fio_status=$?
	riser_value fio_status "$fio_status"
	cat /run/busy.log
	! grep -Eiq 'verify.*fail|verify: bad|error=' /run/busy.log && grep -q 'err= 0' /run/busy.log
}

disk_is_idle_and_alive()
{
	dd if=/dev/urandom of="$mnt/after" bs=4k count=16 conv=fsync 2>/dev/null && drop_caches &&
		same_data
}

nonfatal()
{
	poke write || return 1
	riser_wait 30 said 'pcieport .*AER: (device|Device) recovery successful'
}

fatal()
{
	# the card calls what it refuses fatal from here on
	setpci -s "$card" ECAP_AER+0c.L=00100000:00100000 &&
		poke write && riser_wait 60 said_times 2 'AER: (device|Device) recovery successful'
}

riser_attach || exit 1
riser_check namespace-appears riser_wait 60 disk_ready || exit 1
card=$(riser_card)
riser_check mkfs mkfs.ext4 -q -F "$disk"
mkdir -p "$mnt"
riser_check mount mount_ext4 || exit 1
riser_check write-2MiB-sync write_data 2
riser_check trace trace_handlers nvme_error_detected nvme_slot_reset nvme_error_resume

riser_phase nonfatal
start_fio
riser_check nonfatal-recovered nonfatal
riser_check nonfatal-told-by-message said \
	"pcieport $(port_of "$card"): AER: Uncorrect(ed|able) \(Non-Fatal\) error (message )?received(:| from) $card"
riser_check nonfatal-says-what said "nvme $card: PCIe Bus Error: severity=Uncorrect(ed|able) \(Non-Fatal\)"
riser_check nonfatal-names-the-bit said "nvme $card: +\[20\] UnsupReq +\(First\)"
riser_check nonfatal-logs-the-header said "nvme $card: AER: +TLP Header: 40000001 "
riser_check nonfatal-driver-asked ran_times 1 nvme_error_detected
riser_check nonfatal-no-reset sh -c "! dmesg | grep -q 'frozen state'"
riser_check nonfatal-io-goes-on disk_is_idle_and_alive

riser_phase fatal
riser_check fatal-recovered fatal
riser_check fatal-told-by-message said \
	"pcieport $(port_of "$card"): AER: Uncorrect(ed|able) \(Fatal\) error (message )?received(:| from) $card"
riser_check fatal-driver-frozen said "nvme nvme0: frozen state error detected, reset controller"
riser_check fatal-port-resets-link said "pcieport $(port_of "$card"): AER: Root Port link has been reset"
riser_check fatal-slot-reset said "nvme nvme0: restart after slot reset"
riser_check fatal-driver-slot-reset ran_times 1 nvme_slot_reset
riser_check fatal-driver-resumes ran_times 2 nvme_error_resume
riser_check fatal-disk-back riser_wait 60 disk_ready
riser_check fatal-io-goes-on disk_is_idle_and_alive
riser_check fatal-severity-restored test "$(bits ECAP_AER+0c.L 100000)" = 0

riser_phase end
riser_check fio-saw-no-error fio_is_fine
riser_check umount umount "$mnt"
riser_check fsck-clean fsck.ext4 -f -n "$disk"
dmesg | grep -E 'AER|nvme' >/run/aer.log
riser_file aer.log /run/aer.log
