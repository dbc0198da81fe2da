// SPDX-License-Identifier: Apache-2.0
/* make_run DIR pass|fail: the fixture's run as files, for tests of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static const char *dir, *kind;

static void make(void **state)
{
	struct fx_run run;

	(void)state;
	fx_run_make(&run, dir, !strcmp(kind, "fail"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(make) };

	if (argc != 3) {
		fprintf(stderr, "usage: make_run DIR pass|fail\n");
		return 2;
	}
	dir = argv[1];
	kind = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
