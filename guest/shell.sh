# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the guest of `riser shell` runs: the card is attached as for a script, then
# a shell has the third serial port, which is the user's terminal. A card or a
# driver that does not come is a failed check, and a reason more for a shell.
. /riser/card.sh

riser_tty=/dev/ttyS2
riser_attach || echo "riser: the card or its driver did not come up"

stty -F $riser_tty sane -ixon
# the host says how large the terminal is
while read -r riser_word riser_rows riser_cols; do
	[ "$riser_word" != winsize ] ||
		stty -F $riser_tty rows "$riser_rows" cols "$riser_cols"
done </dev/ttyS1 &
riser_reader=$!

cat >/run/riser/shellrc <<'END'
. /riser/lib.sh
. /riser/card.sh
PS1='riser:\w# '
cd /run
END
riser_phase shell
export TERM="${TERM:-vt100}" HOME=/run
# shellcheck disable=SC2094 # a terminal
setsid -c bash --noprofile --rcfile /run/riser/shellrc -i <$riser_tty >$riser_tty 2>&1
kill "$riser_reader" 2>/dev/null
riser_phase shell-end
true
