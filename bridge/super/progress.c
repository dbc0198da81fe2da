// SPDX-License-Identifier: Apache-2.0
/*
 * What a person sees while a run goes on: on a terminal one line that is
 * rewritten, elsewhere one line for each phase.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live.h"

static bool is_terminal(void)
{
	const char *term;

	term = getenv("TERM");
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

void riser_progress_clear(struct riser_live *live)
{
	if (!live->progress_shown)
		return;
	fputs("\r\033[K", stdout);
	fflush(stdout);
	live->progress_shown = false;
}

void riser_progress_tick(struct riser_live *live)
{
	const struct riser_phases *phases = &live->phases;

	if (live->config->verbosity || !is_terminal() || phases->current < 0)
		return;
	printf("\r\033[K %-8s %5.1f s   %" PRIu64 " kcycles   %" PRIu64
	       " host requests   %u checks passed, %u failed",
	       phases->phase[phases->current].name,
	       riser_now_s() - phases->since_s,
	       riser_block_cycles(&live->block) / 1000,
	       riser_block_requests(&live->block), live->results.nr_passed,
	       live->results.nr_failed);
	fflush(stdout);
	live->progress_shown = true;
}

void riser_progress_phase(struct riser_live *live, const char *name)
{
	if (live->config->verbosity < 0)
		return;
	riser_progress_clear(live);
	if (!is_terminal())
		printf(" %-8s at %.1f s\n", name,
		       riser_phases_total(&live->phases));
	fflush(stdout);
}
