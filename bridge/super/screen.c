// SPDX-License-Identifier: Apache-2.0
/* Colors, where the reader wants them: --color, NO_COLOR, a terminal. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live.h"

static bool has_color(void)
{
	const char *when = getenv("RISER_COLOR"), *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (when && !strcmp(when, "always"))
		return true;
	if ((when && !strcmp(when, "never")) || (no && *no))
		return false;
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

const char *riser_tone(enum riser_tone tone)
{
	static const char *const codes[] = { "\033[0m", "\033[1;32m",
					     "\033[1;31m", "\033[2m" };

	return has_color() ? codes[tone] : "";
}
