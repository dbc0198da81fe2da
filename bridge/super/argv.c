// SPDX-License-Identifier: Apache-2.0
/* A growing argument vector. */
#include "super.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void add_owned(struct riser_argv *argv, char *arg)
{
	char **v;

	if (arg && argv->nr + 2 > argv->room) {
		v = realloc(argv->v, (argv->room + 32) * sizeof(*v));
		if (v) {
			argv->v = v;
			argv->room += 32;
		}
	}
	if (!arg || argv->nr + 2 > argv->room) {
		free(arg);
		argv->failed = true;
		return;
	}
	argv->v[argv->nr++] = arg;
	argv->v[argv->nr] = NULL;
}

void riser_argv_add(struct riser_argv *argv, const char *fmt, ...)
{
	va_list args;
	char *arg;
	int n;

	va_start(args, fmt);
	n = vasprintf(&arg, fmt, args);
	va_end(args);
	add_owned(argv, n < 0 ? NULL : arg);
}

void riser_argv_add_list(struct riser_argv *argv, const char *opt,
			 const char *const *list)
{
	for (; list && *list; list++) {
		add_owned(argv, strdup(opt));
		add_owned(argv, strdup(*list));
	}
}

void riser_argv_add_lines(struct riser_argv *argv, const char *text)
{
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len)
			add_owned(argv, strndup(text, len));
	}
}

void riser_argv_fini(struct riser_argv *argv)
{
	while (argv->nr)
		free(argv->v[--argv->nr]);
	free(argv->v);
	memset(argv, 0, sizeof(*argv));
}
