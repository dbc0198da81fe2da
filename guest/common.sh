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

# suite_of SERIES|RELEASE: the suite that has it; nothing for this machine's own
suite_of()
{
	case $1 in
	5.10 | 5.10.*) echo bullseye ;;
	7.*) echo sid ;;
	esac
}

# suite_sources SUITE: this machine's Debian source, of another suite
suite_sources()
{
	for source_file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
		/etc/apt/sources.list.d/*.sources; do
		[ -s "$source_file" ] || continue
		case $source_file in
		*.list) # deb [options] URI SUITE COMPONENT...
			sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) *bookworm  *main.*/\2/p' \
				"$source_file" ;;
		*) awk -v RS= '/(^|\n)Suites:[^\n]* bookworm( |\n|$)/' "$source_file" |
			sed -n 's/^URIs: *\([^ ]*\).*/\1/p' ;;
		esac
	done | head -n 1 | sed "s|.*|Types: deb\nURIs: &\nSuites: $1\nComponents: main\nTargets: Packages|"
}

# update_suite SUITE: get its package index; needs no root
update_suite()
{
	suite_dir=$riser_cache_dir/suites/$1
	mkdir -p "$suite_dir/lists/partial" "$suite_dir/cache" "$suite_dir/parts"
	suite_sources "$1" >"$suite_dir/parts/debian.sources"
	[ -s "$suite_dir/parts/debian.sources" ] || {
		note "no source of Debian 12 in /etc/apt: cannot tell where $1 is"
		return 1
	}
	cat >"$suite_dir/conf" <<-CONF
	Dir::State::lists "$suite_dir/lists";
	Dir::Cache "$suite_dir/cache";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$suite_dir/parts";
	Acquire::Languages "none";
	APT::Sandbox::User "root";
	CONF
	APT_CONFIG=$suite_dir/conf apt-get -qq -o DPkg::Lock::Timeout=60 \
		update </dev/null >"$suite_dir/log" 2>&1 && return 0
	sed 's/^/  apt: /' "$suite_dir/log" >&2
	rm -f "$suite_dir/conf"
	note "apt-get update failed for $1: is there a network?"
	return 1
}

# use_suite SUITE: apt of this process knows the packages of SUITE and no others
use_suite()
{
	[ -e "$riser_cache_dir/suites/$1/conf" ] || {
		note "getting the package index of Debian's $1"
		update_suite "$1"
	} || return 1
	APT_CONFIG=$riser_cache_dir/suites/$1/conf
	export APT_CONFIG
}
