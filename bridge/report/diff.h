/* SPDX-License-Identifier: Apache-2.0 */
/* `riser diff`: where two runs part, and how fast each card answered. */
#ifndef RISER_REPORT_DIFF_H
#define RISER_REPORT_DIFF_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Compares two captures in each direction, TLP by TLP in words, and prints the
 * first that differ and the cycles from request to completion, or all of that as JSON.
 * An exit code: 0 the
 * same, 1 they differ, 2 a capture cannot be read.
 */
int riser_diff_write(const char *a, const char *b, bool is_json, FILE *out);

#endif /* RISER_REPORT_DIFF_H */
