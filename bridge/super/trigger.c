// SPDX-License-Identifier: Apache-2.0
/*
 * What the guest's log and its script tell becomes a moment of the record: it is
 * handed to the bridge, which knows the cycle. Late by the way through console and
 * pipe; a mark (`riser mark`) is not.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"

int riser_triggers_begin(struct riser_live *live)
{
	const char *expression = live->config->trigger_log;
	char text[256];
	int ret;

	if (!expression)
		return 0;
	ret = regcomp(&live->trigger_log, expression, REG_EXTENDED | REG_NOSUB);
	if (!ret) {
		live->has_trigger_log = true;
		return 0;
	}
	regerror(ret, &live->trigger_log, text, sizeof(text));
	fprintf(stderr, "riser: error: --trigger-log=%s: %s\n"
		"riser: help: an extended regular expression is needed, as of grep -E\n",
		expression, text);
	return RISER_EXIT_USAGE;
}

void riser_triggers_end(struct riser_live *live)
{
	if (live->has_trigger_log)
		regfree(&live->trigger_log);
	live->has_trigger_log = false;
}

/* One line; what the pipe does not take at once is lost, and nothing waits. */
__attribute__((format(printf, 3, 4)))
static void tell(struct riser_live *live, const char *kind, const char *fmt, ...)
{
	char line[512];
	size_t used, i;
	va_list args;
	uv_buf_t buf;

	if (!live->control)
		return;
	snprintf(line, sizeof(line) - 1, "%s ", kind);
	used = strlen(line);
	va_start(args, fmt);
	vsnprintf(line + used, sizeof(line) - 1 - used, fmt, args);
	va_end(args);
	for (i = used; line[i]; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	while (i > used && line[i - 1] == ' ')
		i--;
	line[i] = '\n';
	buf = uv_buf_init(line, (unsigned int)i + 1);
	(void)uv_try_write((uv_stream_t *)live->control, &buf, 1);
}

void riser_trigger_console(struct riser_live *live, const char *line)
{
	const char *trouble = riser_console_trouble(line);
	const char *recovery = riser_console_recovery(line);

	if (trouble)
		tell(live, "guest", "%s: %.200s", trouble, line);
	else if (recovery)
		tell(live, "recovery", "%s: %.200s", recovery, line);
	if (live->has_trigger_log &&
	    !regexec(&live->trigger_log, line, 0, NULL, 0))
		tell(live, "log", "%.300s", line);
}

void riser_trigger_check(struct riser_live *live,
			 const struct riser_check *check)
{
	if (!check->passed)
		tell(live, "script", "check %s failed%s%.200s", check->name,
		     check->detail ? ": " : "",
		     check->detail ? check->detail : "");
}
