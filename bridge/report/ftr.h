/* SPDX-License-Identifier: Apache-2.0 */
/* A run as FTR, the transaction recording of LWTR4SC, which Surfer and SCViewer show. */
#ifndef RISER_REPORT_FTR_H
#define RISER_REPORT_FTR_H

#include <stdio.h>

/*
 * Four streams: requests of the host and what the card completes, requests of the
 * card and what the host completes. A request lasts until its last completion, and
 * a relation leads from it to each of them. Times are simulated, in picoseconds.
 * 0, or -errno and a sentence in RISER_ERROR_BYTES.
 */
int riser_ftr_write(const char *capture, FILE *out, char *error);

#endif /* RISER_REPORT_FTR_H */
