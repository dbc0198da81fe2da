/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RISER_TESTS_OTHERS_READS_H
#define RISER_TESTS_OTHERS_READS_H

#include <stdbool.h>
#include <stdint.h>

#define PATTERN		0x6e776f6e6b206e77ull	/* pciem_others.c's */

/* One line; a check that is not ok makes the program fail. */
void check(const char *name, bool ok, const char *saw);

/* BPF programs that read @address, and @known first. */
void test_bpf(uint64_t address, uint64_t known);

#endif /* RISER_TESTS_OTHERS_READS_H */
