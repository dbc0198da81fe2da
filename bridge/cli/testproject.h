/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of a project file. */
#ifndef RISER_CLI_TESTPROJECT_H
#define RISER_CLI_TESTPROJECT_H

#include <stdbool.h>

/**
 * struct riser_test_project - what is asked for
 * @project: the file
 * @expr: "WORD" or "not WORD": tests with it in their name or as a tag; NULL: all
 * @runner: of a farm: a shell command with {} where the test's goes; NULL: none
 * @junit: file for the results, or NULL
 * @parallel: runs at the same time
 */
struct riser_test_project {
	const char *project;
	const char *expr;
	const char *runner;
	const char *junit;
	unsigned long long parallel;
	bool is_quiet;
};

/* Runs them; an exit code, the highest of the tests. */
int riser_test_project(const struct riser_test_project *args);

#endif /* RISER_CLI_TESTPROJECT_H */
