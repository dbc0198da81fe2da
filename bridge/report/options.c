// SPDX-License-Identifier: Apache-2.0
#include "options.h"

const struct argp_option riser_report_options[] = {
	{ "debug", OPT_DEBUG, "DIR", 0, "look here too for modules (and a vmlinux) with debug information; may be given again", 1 },
	{ "lines", OPT_LINES, NULL, 0, "only print file and line of the functions in the findings, as JSON", 1 },
	{ "timeline-tlps", OPT_TLPS, "N", 0, "so many TLPs at most in timeline.json, around the failure or else the last ones (100000)", 1 },
	{ "format", OPT_FORMAT, "NAME", 0, "html (default): report.html and timeline.json in the run's folder; or on standard output text or csv (TLP by TLP), mermaid (the TLPs around the failure), mmiotrace (the kernel's form of register accesses), ftr (transactions for Surfer), or as the run left them json, junit, pcapng or perfetto", 1 },
	{ "filter", OPT_FILTER, "MATCH", 0, "of text and csv: the TLPs that it means, e.g. 'to-host type=CplD bar=0 offset=0x1c' (the match of a fault rule, docs/faults.md)", 1 },
	{ "diff", OPT_DIFF, "RUN", OPTION_HIDDEN, "`riser diff`", 1 },
	{ "json", OPT_JSON, NULL, OPTION_HIDDEN, "of `riser diff`", 1 },
	{ "quiet", 'q', NULL, 0, "no words unless something is wrong", 2 },
	{ 0 },
};

const char riser_report_doc[] =
	"Writes what happened in a run as a page and as a timeline."
	"\vRUN is the directory of a run; without it, the latest one in riser-out. "
	"Nothing is simulated: the files of the run are read.\n\n"
	"report.html opens in any browser and needs no network. timeline.json is "
	"for ui.perfetto.dev or chrome://tracing. `riser run` writes both by itself. "
	"Directories in RISER_DEBUG_PATH are like those of --debug.";
