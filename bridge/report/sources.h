/* SPDX-License-Identifier: Apache-2.0 */
/* File and line of every function in the findings, for result.json. */
#ifndef RISER_REPORT_SOURCES_H
#define RISER_REPORT_SOURCES_H

#include <stdio.h>

#include "account.h"
#include "lines.h"

/* One JSON object: function as in the findings, to what is known of it. */
void riser_sources_print(const struct riser_account *account,
			 struct riser_lines *lines, FILE *out);

#endif /* RISER_REPORT_SOURCES_H */
