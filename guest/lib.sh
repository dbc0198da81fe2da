# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Functions for scripts that run in the guest. Each one writes lines to the
# results channel, descriptor 3; README.md describes their format. The script
# is run with these in place and its own output goes to the console.
#
#   riser_phase NAME           a new phase begins
#   riser_mark TEXT...         a note with a time
#   riser_value KEY TEXT...    a named result
#   riser_check NAME CMD...    run CMD; record pass or fail, and seconds.
#                              Returns the status of CMD.
#   riser_refuse NAME CMD...   the same for a CMD that must fail
#   riser_file NAME PATH       hand a file to the host
#   riser_allow_taint BITS     taint bits that this script causes on purpose
#
# A run passes when the script ends with status 0, no check failed, and the
# kernel has no new warning, oops, bad page or soft lockup on record.

riser_log=/run/riser/results

# riser_line TEXT: one line to the results channel
riser_line()
{
	printf 'RISER1 %s\n' "$1" >&3
	printf 'RISER1 %s\n' "$1" >>"$riser_log"
}

# riser_uptime: seconds since the kernel started, two decimals
riser_uptime()
{
	read -r riser_up _ </proc/uptime
	echo "$riser_up"
}

# riser_word TEXT: what may stand in the place of a name
riser_word()
{
	case $1 in
	'') echo _ ;;
	*[!A-Za-z0-9_.:+-]*) printf %s "$1" | tr -c 'A-Za-z0-9_.:+-' _ ;;
	*) printf %s "$1" ;;
	esac
}

# riser_text TEXT...: what may stand at the end of a line
riser_text()
{
	printf %s "$*" | tr '\n\r\t' '   '
}

riser_phase()
{
	riser_line "phase $(riser_word "$1") $(riser_uptime)"
}

riser_mark()
{
	riser_line "mark $(riser_uptime) $(riser_text "$@")"
}

riser_value()
{
	riser_key=$(riser_word "$1")
	shift
	riser_line "value $riser_key $(riser_text "$@")"
}

# riser_elapsed FROM TO: difference of two uptimes, in their own form
riser_elapsed()
{
	riser_cs=$((${2%.*} * 100 + 1${2#*.} - ${1%.*} * 100 - 1${1#*.}))
	printf '%d.%02d' $((riser_cs / 100)) $((riser_cs % 100))
}

# riser_report NAME pass|fail START TEXT: one finished check
riser_report()
{
	riser_took=$(riser_elapsed "$3" "$(riser_uptime)")
	riser_line "check $(riser_word "$1") $2 $riser_took $(riser_text "$4")"
	echo "riser: check $1: $2 ($riser_took s)"
}

riser_check()
{
	riser_name=$1
	riser_why=
	shift
	riser_start=$(riser_uptime)
	if "$@"; then
		riser_report "$riser_name" pass "$riser_start" 'status 0'
		return 0
	else
		riser_status=$?
	fi
	[ "$riser_status" -ne 127 ] || command -v "$1" >/dev/null ||
		riser_why="there is no '$1' in the guest (guest.programs, guest.packages, guest.files bring what is on the host)"
	# a function that knows why it failed says so
	riser_report "$riser_name" fail "$riser_start" \
		"${riser_why:+$riser_why; }status $riser_status from: $*"
	return "$riser_status"
}

riser_refuse()
{
	riser_name=$1
	shift
	riser_start=$(riser_uptime)
	if "$@"; then
		riser_report "$riser_name" fail "$riser_start" \
			"expected a failure, got status 0 from: $*"
		return 1
	else
		riser_status=$?
	fi
	riser_report "$riser_name" pass "$riser_start" "status $riser_status"
}

riser_file()
{
	riser_name=$(riser_word "$1")
	if [ ! -r "$2" ]; then
		riser_line "check file-$riser_name fail 0.00 no such file: $2"
		return 1
	fi
	# a copy, because a file of /proc or /sys has no size and may change
	cat "$2" >/run/riser/file
	riser_sum=$(sha256sum </run/riser/file)
	{
		echo "RISER1 file $riser_name $(wc -c </run/riser/file) ${riser_sum%% *}"
		base64 -w 76 </run/riser/file | sed 's/^/RISER1 data /'
		echo "RISER1 end $riser_name"
	} >&3
	rm -f /run/riser/file
}

# riser_keep_record: of a bridge in this guest (local mode) the record, as far as
# it is; one that its serial line would take minutes for stays behind
riser_keep_record()
{
	riser_record=/run/riser/bridge/tlp.rec.zst
	[ -r "$riser_record" ] || return 0
	if [ "$(wc -c <"$riser_record")" -le 4194304 ]; then
		riser_file tlp.rec.zst "$riser_record"
	else
		riser_value record 'left in the guest: more than 4 MiB'
	fi
}

riser_allow_taint()
{
	echo "$1" >/run/riser/allow_taint
}

# Bits of /proc/sys/kernel/tainted that mean that the kernel was hurt:
# bad page (32), oops (128), warning (512), soft lockup (16384).
riser_taint_bad=$((32 | 128 | 512 | 16384))

# riser_leaks_of FILE [theirs]: reports of kmemleak without those of Linux itself, or how
# many these are. pci_setup_device() gives a function its name before it looks at the Header
# Type; of one that nobody knows pci_scan_device() frees the device, and its name it does not.
# (With a device that is kept the name is not lost: then the device is reported.)
riser_leaks_of()
{
	awk -v which="${2:-ours}" '
	function done_one() {
		if (object ~ /dev_set_name/ && object ~ /pci_setup_device/)
			theirs++
		else if (which == "ours")
			printf "%s", object
		object = ""
	}
	/^unreferenced object/ { done_one() }
	{ object = object $0 "\n" }
	END { done_one(); if (which == "theirs") print theirs + 0 }' "$1"
}

# riser_checkers_clean: on a kernel that has them (build-debug-kernel), memory
# that nobody refers to, and wrong use of the DMA interface
riser_checkers_clean()
{
	riser_leaks=/sys/kernel/debug/kmemleak
	if [ -w $riser_leaks ]; then
		sleep 6 # what is younger than 5 s is not looked at
		echo scan >$riser_leaks
		echo scan >$riser_leaks
		cat $riser_leaks >/run/riser/leaks
		riser_value leaks-of-linux "$(riser_leaks_of /run/riser/leaks theirs)"
		riser_check no-leaks eval "riser_leaks_of /run/riser/leaks | tee /run/riser/ours; [ ! -s /run/riser/ours ]"
	fi
	riser_errors=/sys/kernel/debug/dma-api/error_count
	[ ! -r $riser_errors ] ||
		riser_check dma-api [ "$(cat $riser_errors)" -eq 0 ]
}

# riser_kernel_clean: a check that fails if the kernel complained
riser_kernel_clean()
{
	# cat, since read takes one byte at a time and a sysctl gives no more
	riser_taint=$(cat /proc/sys/kernel/tainted)
	riser_allowed=0
	[ ! -r /run/riser/allow_taint ] ||
		read -r riser_allowed </run/riser/allow_taint
	riser_value tainted "$riser_taint"
	riser_hurt=$((riser_taint & riser_taint_bad & ~riser_allowed))
	riser_verb=pass
	[ "$riser_hurt" -eq 0 ] || riser_verb=fail
	riser_report kernel-clean "$riser_verb" "$(riser_uptime)" \
		"taint bits $riser_hurt"
}

# riser_verdict STATUS: the last line of every run
riser_verdict()
{
	riser_checks=$(grep -c '^RISER1 check ' "$riser_log")
	riser_failed=$(grep -c '^RISER1 check [^ ]* fail ' "$riser_log")
	riser_verb=pass
	[ "$1" -eq 0 ] && [ "$riser_failed" -eq 0 ] || riser_verb=fail
	riser_line "verdict $riser_verb $(riser_uptime) $riser_checks $riser_failed"
}
