# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034 # the tests use what is set here
#
# Of the tests of replay and wave: called with ROOT RISER MAKE_RECORD MODELS.
set -u
ROOT=$1 RISER=$2 MAKE=$3 MODELS=$4
FAST=$MODELS/fx_256.so TRACE=$MODELS/fx_trace.so OTHER=$MODELS/fx_128.so
DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT
failed=0

fail()
{
	echo "FAILED: $*"
	failed=1
}

# record NAME WHAT [PLUSARG...]: the directory of a run
record()
{
	r_name=$1 r_what=$2
	shift 2
	mkdir "$DIR/$r_name"
	cp "$FAST" "$DIR/$r_name/model.so"
	"$MAKE" "$FAST" "$DIR/$r_name/tlp.rec.zst" "$r_what" "$@" >"$DIR/make.log" 2>&1 || {
		cat "$DIR/make.log"
		fail "no record $r_name"
	}
}

# expect CODE PATTERN COMMAND...: exit status, and a line of the output
expect()
{
	e_code=$1 e_pattern=$2
	shift 2
	"$@" >"$DIR/out" 2>&1
	e_got=$?
	if [ $e_got -ne "$e_code" ]; then
		fail "exit status $e_got, not $e_code: $*"
		cat "$DIR/out"
	fi
	grep -Eq -- "$e_pattern" "$DIR/out" || {
		fail "no '$e_pattern' in the output of: $*"
		cat "$DIR/out"
	}
}
