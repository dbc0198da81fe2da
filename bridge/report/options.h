/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `riser report`: for riser-report, and for riser's help and man page. */
#ifndef RISER_REPORT_OPTIONS_H
#define RISER_REPORT_OPTIONS_H

#include <argp.h>

enum riser_report_key {
	OPT_DEBUG = 256,
	OPT_LINES,
	OPT_TLPS,
	OPT_FORMAT,
	OPT_DIFF,
	OPT_FILTER,
	OPT_JSON,
};

extern const struct argp_option riser_report_options[];
extern const char riser_report_doc[];

#endif /* RISER_REPORT_OPTIONS_H */
