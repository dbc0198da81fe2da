# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Functions for scripts that use a card; sourced by the script itself:
# `. /riser/card.sh`. RISER_DRIVER names the driver, RISER_LOCAL=1 says that the
# simulator runs in this guest.
#
#   riser_attach            load pciem, wait for the card (RISER_CARD_WAIT seconds,
#                           60) and its driver
#   riser_wait SECONDS CMD...   until CMD succeeds; not longer when the driver has
#                           given the card up
#   riser_host ACTION       ask the host for something (only when it allows)
#   riser_mark TEXT         marks this moment: it gets a waveform
#   riser_poke SIGNAL VALUE sets a signal of the RTL (card.signals, docs/backdoor.md)
#   riser_peek SIGNAL       its value goes to the run's record
#   riser_fault_mark TEXT   arms the fault rules that have mark=TEXT
#   riser_outcome WORD TEXT...   what the driver did with an injected fault:
#                           recovered, failed-cleanly, hung, silent-corruption
#   riser_card              prints the card's address (0010:01:00.0)

# riser_given_up: what the kernel has said so far about drivers that gave a card up
riser_given_up()
{
	dmesg | grep -E ': probe (of|with driver) .* failed with error|Removing after probe failure'
}

# riser_gave_up: a driver has given the card up since riser_load_driver, and none has
# it now or is probing it. Then nothing will come of waiting; riser_why becomes the
# reason
riser_gave_up()
{
	riser_dev=$(riser_card) || return 1
	[ ! -e "/sys/bus/pci/devices/$riser_dev/driver" ] || return 1
	riser_lines=$(riser_given_up | tail -n +$((${riser_lines_before:-0} + 1)))
	[ -n "$riser_lines" ] || return 1
	riser_why="the driver gave the card up: $(echo "$riser_lines" | tail -n 1 | sed 's/^\[[^]]*\] *//')"
}

# riser_wait SECONDS CMD...: polls; fails when the time is over, or when the card is
# without a driver for five seconds since its driver has given it up (a script may
# have it probed again), unless it is the card itself that is waited for
riser_wait()
{
	riser_tries=$(($1 * 10))
	riser_patience=5
	shift
	case $1 in riser_has_card | riser_no_card | rmmod) riser_patience=$riser_tries ;; esac
	while ! "$@" 2>/dev/null; do
		[ "$riser_tries" -gt 0 ] || return 1
		riser_tries=$((riser_tries - 1))
		sleep 0.1
		if [ $((riser_tries % 10)) -eq 0 ] && riser_gave_up; then
			riser_patience=$((riser_patience - 1))
			[ "$riser_patience" -gt 0 ] || return 1
		fi
	done
	riser_why=
}

riser_host()
{
	riser_line "host $(riser_text "$@")"
}

riser_mark()
{
	riser mark "$@"
}

riser_poke()
{
	riser mark "riser-poke $1 $2"
}

riser_peek()
{
	riser mark "riser-peek $1"
}

riser_fault_mark()
{
	for riser_link in /sys/kernel/debug/pciem/link*; do
		printf %s "$1" >"$riser_link/mark"
	done
}

riser_outcome()
{
	riser_value outcome "$1"
	shift
	riser_value outcome_detail "$*"
}

# riser_card: the first function that sits below one of our root ports
riser_card()
{
	for riser_dev in /sys/bus/pci/devices/*; do
		case ${riser_dev##*/} in
		0000:*) ;;
		*:00:00.0) ;;
		*) echo "${riser_dev##*/}"; return 0 ;;
		esac
	done
	return 1
}

riser_has_card()
{
	riser_card >/dev/null
}

riser_no_card()
{
	! riser_card >/dev/null
}

riser_has_driver()
{
	[ -e "/sys/bus/pci/devices/$(riser_card)/driver" ]
}

# riser_bridge: the bridge inside of this guest, in the background
riser_bridge()
{
	mkdir -p /run/riser/bridge
	"${RISER_EXE:-riser}" bridge --device=/dev/pciem --model=/riser/model.so \
		${RISER_IDLE:+--idle=$RISER_IDLE} --out=/run/riser/bridge >/run/riser/bridge/log 2>&1 &
	# shellcheck disable=SC2034 # for scripts
	riser_bridge_pid=$!
}

# riser_module_sha256 NAME: of the file that modprobe loads
riser_module_sha256()
{
	riser_module_file=$(find /riser/driver /lib/modules -name "$1.ko" 2>/dev/null | head -n 1)
	sha256sum <"$riser_module_file" | cut -d' ' -f1
}

# riser_load_pciem: loads it; when it refuses, its own words are the reason
riser_load_pciem()
{
	riser_start=$(riser_uptime)
	if riser_said=$(insmod /riser/pciem.ko 2>&1); then
		riser_report pciem-loads pass "$riser_start" 'status 0'
		return 0
	fi
	riser_words=$(dmesg | sed -n 's/.*\(pciem: .*\)/\1/p' | tail -n 1)
	riser_report pciem-loads fail "$riser_start" "${riser_words:-$riser_said}"
	return 1
}

# riser_load_driver: the guest kernel's own, or the one that was brought along
riser_load_driver()
{
	riser_driver_file=/riser/driver/$RISER_DRIVER.ko
	riser_lines_before=$(riser_given_up | wc -l)
	if [ ! -e "$riser_driver_file" ]; then
		# shellcheck disable=SC2086 # several parameters
		modprobe "$RISER_DRIVER" ${RISER_DRIVER_PARAMS:-}
		return
	fi
	for riser_depends in $(echo "${RISER_DRIVER_DEPENDS:-}" | tr , ' '); do
		modprobe "$riser_depends" || return 1
	done
	# shellcheck disable=SC2086
	insmod "$riser_driver_file" ${RISER_DRIVER_PARAMS:-}
}

# riser_claims: does the driver that was loaded list this card's id? When it does
# not, it will never bind
riser_claims()
{
	riser_alias=$(cat "/sys/bus/pci/devices/$(riser_card)/modalias") || return 0
	riser_file=/riser/driver/$RISER_DRIVER.ko
	[ -e "$riser_file" ] ||
		riser_file=$(find /lib/modules -name "$RISER_DRIVER.ko" | head -n 1)
	[ -n "$riser_file" ] || return 0
	riser_aliases=$(modinfo -F alias "$riser_file" 2>/dev/null) || return 0
	case $riser_aliases in *pci:*) ;; *) return 0 ;; esac
	set -f
	for riser_pattern in $riser_aliases; do
		# shellcheck disable=SC2254 # it is a pattern
		case $riser_alias in $riser_pattern) set +f; return 0 ;; esac
	done
	set +f
	# pci:v00001912d0000002Dsv...
	riser_id=${riser_alias#pci:v0000}
	echo "driver $RISER_DRIVER does not list the card, $(echo "${riser_id%%sv*}" | sed 's/d0000/:/'), among its ids"
	return 1
}

# riser_is_deferred: the driver wants the card later (EPROBE_DEFER)
riser_is_deferred()
{
	grep -q "^$(riser_card)" /sys/kernel/debug/devices_deferred 2>/dev/null
}

# riser_binds: loading a module returns when its probes are over, also those in the
# background; a driver that is not there then, and is not deferred, does not come
riser_binds()
{
	riser_wait 2 riser_has_driver && return 0
	if riser_is_deferred && riser_wait 60 riser_has_driver; then
		return 0
	fi
	riser_gave_up || riser_why="${riser_why:-$RISER_DRIVER did not take the card: the kernel says nothing of its probe}"
	return 1
}

riser_attach()
{
	riser_phase probe
	riser_load_pciem || return 1
	[ -z "${RISER_LOCAL:-}" ] || riser_bridge
	riser_check card-appears riser_wait "${RISER_CARD_WAIT:-60}" riser_has_card || {
		[ -z "${RISER_LOCAL:-}" ] || cat /run/riser/bridge/log
		return 1
	}
	[ -n "${RISER_DRIVER:-}" ] || return 0
	riser_check driver-loads riser_load_driver || return 1
	riser_start=$(riser_uptime)
	riser_said=$(riser_claims) || {
		riser_report driver-binds fail "$riser_start" "$riser_said"
		return 1
	}
	riser_check driver-binds riser_binds || return 1
	riser_value driver "$RISER_DRIVER"
	riser_value driver_bound "$(basename "$(readlink \
		"/sys/bus/pci/devices/$(riser_card)/driver")")"
	riser_value driver_sha256 "$(riser_module_sha256 "$RISER_DRIVER")"
	riser_value card "$(riser_card)"
}
