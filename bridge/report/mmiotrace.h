/* SPDX-License-Identifier: Apache-2.0 */
/* A run as the kernel's mmiotrace would have written it. */
#ifndef RISER_REPORT_MMIOTRACE_H
#define RISER_REPORT_MMIOTRACE_H

#include <stdio.h>

/*
 * The driver's memory accesses in the form of Documentation/trace/mmiotrace.rst,
 * times are simulated. 0, or -errno and a sentence in RISER_ERROR_BYTES.
 */
int riser_mmiotrace_write(const char *capture, FILE *out, char *error);

#endif /* RISER_REPORT_MMIOTRACE_H */
