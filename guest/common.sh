# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the host-side scripts of this folder share: messages, the cache
# folder, and quoting. Sourced, never run. Sets riser_guest_dir if the
# caller has not.

: "${riser_guest_dir:=$(dirname "$0")}"

# shellcheck disable=SC2034 # used by the scripts that source this
riser_cache_dir=${RISER_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/riser}

# note TEXT...: one line on standard error, prefixed with the tool's name
note()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# die STATUS TEXT...: say why and leave
die()
{
	die_status=$1
	shift
	note "$*"
	exit "$die_status"
}

# usage_error TEXT...: exit 2 with a pointer to the help
usage_error()
{
	note "$*"
	note "see '${0##*/} --help'"
	exit 2
}

# show_help FILE: print the comment block that follows the SPDX line
show_help()
{
	sed -n -e '1,2d' -e '/^#/!q' -e 's/^# \{0,1\}//p' "$1"
}

# need_program NAME PACKAGE: die unless NAME can be run
need_program()
{
	command -v "$1" >/dev/null 2>&1 && return 0
	die 1 "$1 not found: install the package $2 (scripts/install-deps installs all of them)"
}

# need_value OPTION COUNT: die unless an argument follows OPTION
need_value()
{
	[ "$2" -ge 2 ] || usage_error "$1 needs a value"
}
