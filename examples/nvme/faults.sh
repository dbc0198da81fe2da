# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the guest's nvme driver does with one injected fault: for `riser test
# --faults`. Faults without mark= hit while it probes, those with mark=io under
# load. Runs in the guest; its timeouts are lowered to 5 s.
# shellcheck disable=SC2154 # disk is nvme-lib.sh's

. /riser/card.sh
. /riser/nvme-lib.sh

# bounded SECONDS CMD...: its status; 124 when it is not done (it may never be)
bounded()
{
	bounded_tries=$(($1 * 10))
	shift
	rm -f /run/bounded
	{ "$@"; echo $? >/run/bounded; } &
	while [ ! -s /run/bounded ]; do
		[ "$bounded_tries" -gt 0 ] || return 124
		bounded_tries=$((bounded_tries - 1))
		sleep 0.1
	done
	read -r bounded_status </run/bounded
	return "$bounded_status"
}

# what the driver said last, since the start of the phase
said()
{
	dmesg | tail -n +"$dmesg_from" | grep -E 'nvme|pcieport|AER|I/O error' |
		grep -v -e 'default/read/poll' -e 'pci function' -e 'enabling device' |
		sed 's/^\[[^]]*\] *//' | tail -n 1
}

state()
{
	cat /sys/class/nvme/nvme0/state 2>/dev/null || echo gone
}

finish()
{
	riser_outcome "$@"
	dmesg >/run/dmesg
	riser_file dmesg.log /run/dmesg
	exit 0
}

settled()
{
	case $(state) in
	live | dead | gone) return 0 ;;
	esac
	return 1
}

block_there()
{
	[ -b "$disk" ]
}

write_blocks()
{
	dd if=/run/data of="$disk" bs=64k seek=16 oflag=direct conv=fsync,notrunc
}

read_blocks()
{
	dd if="$disk" of=/run/back bs=64k skip=16 count=8 iflag=direct
}

# leave SECONDS...: the driver lets go of what is left
leave()
{
	bounded 40 modprobe -r nvme ||
		[ "$?" -ne 124 ] || finish hung "rmmod is not done after 40 s: $(said)"
}

dmesg_from=1
riser_phase probe
modprobe nvme_core io_timeout=5 admin_timeout=5
insmod /riser/pciem.ko
riser_wait 20 riser_has_card || finish failed-cleanly "the kernel found no card"
bounded 40 modprobe nvme || finish hung "modprobe is not done after 40 s"
riser_wait 5 block_there || riser_wait 40 settled ||
	finish hung "the controller stays in state $(state): $(said)"
riser_wait 5 block_there || {
	probe_state=$(state)
	probe_said=$(said)
	leave
	finish failed-cleanly "no disk, controller $probe_state: $probe_said"
}

riser_phase io
dmesg_from=$(($(dmesg | wc -l) + 1))
probe_said=
dd if=/dev/urandom of=/run/data bs=64k count=8 2>/dev/null
riser_fault_mark io
bounded 60 write_blocks
write_status=$?
[ "$write_status" -ne 124 ] || finish hung "a write is not done after 60 s, controller $(state): $(said)"
drop_caches
bounded 60 read_blocks
read_status=$?
[ "$read_status" -ne 124 ] || finish hung "a read is not done after 60 s, controller $(state): $(said)"

riser_phase verdict
if [ "$write_status" -eq 0 ] && [ "$read_status" -eq 0 ]; then
	if ! cmp -s /run/data /run/back; then
		finish silent-corruption "$(cmp /run/data /run/back 2>&1 | head -n 1): $(said)"
	fi
	last=$(said)
	leave
	finish recovered "${last:-nothing was noticed}"
fi
# its user was told: is it of use again?
riser_wait 20 settled
again=no
if block_there && bounded 30 write_blocks && bounded 30 read_blocks &&
	cmp -s /run/data /run/back; then
	again=yes
fi
last=$(said)
leave
finish failed-cleanly "write status $write_status, read status $read_status, works again: $again, controller $(state): $last"
