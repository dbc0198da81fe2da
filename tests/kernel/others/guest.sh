# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC1091,SC2016,SC2034,SC2086,SC2154,SC3043
#
# Runs in the guest (guest/lib.sh is loaded): what other programs than the bridge and
# the driver make of the module and of a card.
deadline_ms=5000
. /riser/hazard-lib.sh
# what would ask for configuration on any CPU keeps off the one that the cards' processes have
taskset -p 1 $$ >/dev/null

# ---- a bridge of 32 bits (H55) ----

layout()
{
	/riser/abi32 layout >/run/layout32 && /riser/abi64 layout >/run/layout64 || return 1
	riser_value layout "$(wc -l </run/layout32) lines, $(grep -vc '[.]' /run/layout32) structures and commands"
	[ "$(wc -l </run/layout32)" -gt 80 ] && diff /run/layout64 /run/layout32
}

refusals()
{
	local bits status=0
	for bits in 64 32; do
		/riser/abi$bits refusals >/run/refusals$bits || status=1
		grep FAIL /run/refusals$bits
		wait_for no_cards || return 1
	done
	riser_value refusals "$(grep -c '^ok ' /run/refusals32) of 32 bits as of $(grep -c '^ok ' /run/refusals64) of 64"
	[ $status = 0 ] && diff /run/refusals64 /run/refusals32
}

# start_abi BITS: a card, whose process ends when input is there
start_abi()
{
	rm -f /run/leave /run/abi
	mkfifo /run/leave
	: >/run/abi
	taskset "$bridge_cpus" /riser/abi$1 serve <>/run/leave >>/run/abi 2>&1 &
	card=$!
	wait_for grep -q 'state 3' /run/abi || { cat /run/abi; return 1; }
}

stop_abi()
{
	echo >/run/leave
	wait $card || { cat /run/abi; return 1; }
	! grep FAIL /run/abi && wait_for no_cards
}

serves()
{
	start_abi 32 && insmod_others || return 1
	echo 0x89abcdef >/sys/module/pciem_others/parameters/scratch
	[ "$(seen_others bits)" = 0x20 ] && [ "$(seen_others id)" = 0x454b4146 ] &&
		[ "$(seen_others scratch)" = 0x89abcdef ] || return 1
	rmmod pciem_others
	stop_abi || return 1
	riser_value serves "$(grep ^counts /run/abi)"
	# each of them: enumeration, registers, and the three ways to sleep
	grep -Eq 'cfg_reads [1-9].*cfg_writes [1-9].*mem_reads 3 mem_writes 1 .*poll [1-9].*eventfd [1-9].*ioctl [1-9]' /run/abi
}

# a 32-bit program has no mapping of a card: SIGBUS, and the log says so once
maps_card()
{
	local dev lines status=0
	start_card map && dev=$(cards) || return 1
	echo 1 >"$dev/enable"
	/riser/abi64 map "$dev/resource0" || return 1
	/riser/abi32 map "$dev/resource0" || status=$?
	lines=$(dmesg | grep -c '32-bit programs are not supported')
	riser_value map_of_32_bits "status $status, $lines lines in the log"
	[ $status = 135 ] && [ "$lines" = 1 ] || return 1
	stop_card $card
}

# ---- readers of kernel memory (H21, H23) ----

insmod_others() { insmod /riser/pciem_others.ko && [ "$(seen_others address)" != 0 ]; }
seen_others() { cat "/sys/module/pciem_others/parameters/$1"; }

# what the host asked of a card's memory, and what it was refused to
requests()
{
	grep -E '^(mem|plain|refused)_' /sys/kernel/debug/pciem/link*/stats | tr '\n' ' '
}

# asks_nothing COMMAND...: with the same counts before and after
asks_nothing()
{
	local before after status=0
	before=$(requests)
	"$@" || status=1
	after=$(requests)
	[ "$before" = "$after" ] || { echo "before: $before"; echo "after:  $after"; return 1; }
	return $status
}

# reads CASE: the program's, and what it saw
reads()
{
	local status=0 at=address
	[ "$1" != devmem ] || at=phys
	asks_nothing /riser/reads "$1" "$(seen_others $at)" "$(seen_others known)" >/run/reads || status=1
	cat /run/reads
	riser_value "reads_$1" "$(grep -c '^reads: ok' /run/reads) ok, $(sed -n 's/^reads: ok [a-z_0-9]*: //p' /run/reads | sort | uniq -c | tr -s '\n ' '; ')"
	[ $status = 0 ] && grep -q '^reads: ok' /run/reads
}

# the counts show an access: else the others say nothing
counts_access()
{
	local before after
	before=$(stat_of mem_reads)
	seen_others id
	after=$(stat_of mem_reads)
	riser_value counts "$((after - before)) for one read"
	[ $((after - before)) = 1 ] && ! asks_nothing seen_others id
}

# probe_event NAME ADDRESS: what an event that fetches memory there has of it
probe_event()
{
	cd /sys/kernel/tracing || return 1
	echo "p:others/$1 do_sys_openat2 v=@$2:x64 s=@$2:string" >>kprobe_events || return 1
	echo >trace
	echo 1 >events/others/$1/enable
	cat /dev/null
	echo 0 >events/others/$1/enable
	sed -n "s/.* $1: .* v=\(.*\)/\1/p" trace | sort | uniq -c >/run/$1
	echo "-:others/$1" >>kprobe_events
	cd /
	cat /run/$1
}

hex() { printf '0x%x' "$1"; }

probe_events()
{
	probe_event known "$(hex "$(seen_others known)")" || return 1
	grep '0x6e776f6e6b206e77 s="wn knownwn known"' /run/known || return 1
	asks_nothing probe_event at_card "$(hex "$(seen_others address)")" || return 1
	riser_value probe_events "$(cat /run/at_card)"
	grep '(fault)' /run/at_card && ! grep -i 454b4146 /run/at_card
}

# ---- injected errors (H66) ----

# counts: what the driver's handlers were asked
counts()
{
	echo "$(seen_others normal) $(seen_others frozen) $(seen_others mmio_enabled) $(seen_others slot_reset) $(seen_others resumed)"
}

# injected NAME HANDLERS RESETS COR UNCOR FATAL PATTERN...: the handlers that run (error_detected of
# a channel that is normal, or frozen; mmio_enabled; slot_reset; resume), and what is said
injected()
{
	local name=$1 want=$2 resets=$3 before dev
	dev=$(cards)
	before="$(counts) $(resets_seen)"
	echo 0 >/sys/module/pciem_others/parameters/scratch
	dmesg -c >/dev/null
	/riser/inject "${dev##*/}" "$4" "$5" "$6" || return 1
	shift 6
	wait_for is_done "$before" "$want $resets" "$@" || {
		echo "$name: handlers and resets: $(differs $before), expected $want $resets"
		return 1
	}
	sleep 0.2	# for what should not come as well
	riser_value "injected_$name" "normal frozen mmio_enabled slot_reset resume resets: $(differs $before)"
	[ "$(differs $before)" = "$want $resets" ] || return 1
	[ "$(seen_others id)" = 0x454b4146 ] && echo 0x1234 >/sys/module/pciem_others/parameters/scratch &&
		[ "$(seen_others scratch)" = 0x1234 ] || return 1
	case $want in
	*1) [ "$(seen_others after)" = $((0x454b4146)) ] ;;
	esac
}

# is_done BEFORE EXPECTED PATTERN...: the handlers have run, and all of this is said
is_done()
{
	local pattern
	[ "$(differs $1)" = "$2" ] || return 1
	shift 2
	dmesg >/run/said
	for pattern; do
		grep -Eq "$pattern" /run/said || return 1
	done
}

resets_seen() { grep -c '^reset' /run/abi; }

# differs BEFORE...: from the counts now
differs()
{
	local now out='' was
	for now in $(counts) $(resets_seen); do
		was=$1
		shift
		out="$out $((now - was))"
	done
	echo "${out# }"
}

injects()
{
	local thread
	start_abi 64 && modprobe aer_inject && insmod_others && wait_for test -c /dev/aer_inject || return 1
	thread=$(grep -l aerdrv /proc/[0-9]*/comm) && thread=${thread#/proc/} && taskset -p 1 "${thread%/comm}"
}

# aer_inject keeps the addresses of buses: it goes before the card
end_of_injects()
{
	riser_value expired "$(stat_of expired)"
	[ "$(stat_of expired)" = 0 ] && rmmod aer_inject && rmmod pciem_others && stop_abi && grep ^counts /run/abi
}

riser_check layout layout
riser_check refusals refusals
riser_check serves serves
riser_check maps_card maps_card

riser_check card start_card reads || exit 1
riser_check driver insmod_others || exit 1
riser_check counts_access counts_access
for case in kcore calls exit user devmem bpf; do
	riser_check "reads.$case" reads $case
done
riser_check reads.probe_events probe_events
riser_check counts_access_still counts_access
rmmod pciem_others
riser_check stop stop_card $card

riser_check injects injects || exit 1
told='Correct(ed|able) error (message )?received(:| from)'
untold='Uncorrect(ed|able) \(Non-Fatal\) error (message )?received(:| from)'
# an endpoint whose error is fatal is not asked which one it was
asked_nothing='severity=Uncorrect(ed|able) \(Fatal\), type=Inaccessible'
fatal='Uncorrect(ed|able) \(Fatal\) error (message )?received(:| from)'
riser_check inject.correctable injected correctable '0 0 0 0 0' 0 0x41 0 0 \
	"$told" '\[ 0\] RxErr' '\[ 6\] BadTLP'
riser_check inject.nonfatal injected nonfatal '1 0 1 0 1' 0 0 0x8000 0 \
	"$untold" '\[15\] CmpltAbrt' 'TLP Header: 60000001 0000000f 00000012 34567890' 'recovery successful'
riser_check inject.fatal injected fatal '0 1 0 1 1' 1 0 0x40000 0x40000 \
	"$fatal" "$asked_nothing" 'Root Port link has been reset' 'recovery successful'
riser_check inject.mix injected mix '0 1 0 1 1' 1 0x1000 0x48000 0x40000 \
	"$told" '\[12\] Timeout' "$fatal" "$asked_nothing" 'Root Port link has been reset' 'recovery successful'
riser_check inject.after injected after '1 0 1 0 1' 0 0x1 0x8000 0 "$told" "$untold" 'recovery successful'
riser_check end_of_injects end_of_injects
riser_check unload wait_for rmmod pciem
