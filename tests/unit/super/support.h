/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPER_SUPPORT_H
#define TEST_SUPER_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../bridge/super/super.h"

/* A fresh directory for one test. */
static inline int make_dir(void **state)
{
	char *dir = strdup("/tmp/riser-test.XXXXXX");

	*state = dir ? mkdtemp(dir) : NULL;
	return *state ? 0 : -1;
}

static inline int remove_dir(void **state)
{
	char *argv[] = { "rm", "-rf", *state, NULL };
	int ret = riser_tool_run(argv, NULL, NULL);

	free(*state);
	return ret;
}

#endif
