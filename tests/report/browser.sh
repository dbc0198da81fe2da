# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# A browser without a screen, for the tests of report.html.

# browser PROFILE ARGUMENT...: what it says goes to standard error, console
# messages of the page too
browser()
{
	b_profile=$1
	shift
	timeout 90 chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--disable-background-networking --disable-component-update --no-first-run \
		--hide-scrollbars --enable-logging=stderr --user-data-dir="$b_profile" "$@"
}

# console LOG: the page's own messages
console()
{
	grep -E 'CONSOLE' "$1"
}
