// SPDX-License-Identifier: Apache-2.0
/*
 * What a person sees while a run goes on: on a terminal one line that is
 * rewritten, elsewhere one line for each phase of the guest and one whenever
 * something takes long; or JSON, one object a line, on standard error.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../json.h"
#include "live.h"

enum way { WAY_NONE, WAY_PLAIN, WAY_LINE, WAY_JSON };

static bool is_terminal(void)
{
	const char *term;

	term = getenv("TERM");
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

static enum way way_of(const struct riser_live *live)
{
	const char *way = getenv("RISER_PROGRESS");

	if (way && !strcmp(way, "json"))
		return WAY_JSON;
	if ((way && !strcmp(way, "none")) || live->config->verbosity < 0)
		return WAY_NONE;
	if ((way && !strcmp(way, "plain")) || !is_terminal() ||
	    live->config->verbosity > 0)
		return WAY_PLAIN;
	return WAY_LINE;
}

void riser_progress_clear(struct riser_live *live)
{
	if (!live->progress_shown)
		return;
	fputs("\r\033[K", stdout);
	fflush(stdout);
	live->progress_shown = false;
}

static uint64_t kcycles(const struct riser_live *live)
{
	return live->block.base ? riser_block_cycles(&live->block) / 1000 : 0;
}

static uint64_t requests(const struct riser_live *live)
{
	return live->block.base ? riser_block_requests(&live->block) : 0;
}

static void tell_json(const struct riser_live *live, const char *phase,
		      double seconds)
{
	struct riser_json json;

	riser_json_init(&json, stderr);
	fputs("{\"phase\": ", stderr);
	riser_json_put(stderr, phase);
	fprintf(stderr, ", \"seconds\": %.1f, \"total_seconds\": %.1f, \"kcycles\": %" PRIu64
		", \"host_requests\": %" PRIu64 ", \"passed\": %u, \"failed\": %u}\n",
		seconds, riser_phases_total(&live->phases), kcycles(live),
		requests(live), live->results.nr_passed, live->results.nr_failed);
}

/* Behind 2 s, 10 s, 30 s and each further minute. */
static bool is_worth_a_line(struct riser_phases *phases, double seconds)
{
	static const double at_s[] = { 2, 10, 30 };
	double due_s = phases->told < 3 ? at_s[phases->told] :
		       60.0 * (phases->told - 2);

	if (seconds < due_s)
		return false;
	phases->told++;
	return true;
}

static void print_counts(const struct riser_live *live)
{
	if (live->block.base)
		printf("   %" PRIu64 " kcycles   %" PRIu64 " host requests   %u checks passed, %u failed",
		       kcycles(live), requests(live), live->results.nr_passed,
		       live->results.nr_failed);
}

void riser_progress_tick(struct riser_live *live)
{
	struct riser_phases *phases = &live->phases;
	enum way way = way_of(live);
	const char *name;
	double seconds;

	if (way == WAY_NONE || phases->current < 0 || live->shell.is_open)
		return;
	name = phases->phase[phases->current].name;
	seconds = riser_now_s() - phases->since_s;
	if (way == WAY_LINE) {
		printf("\r\033[K %-12s %5.1f s", name, seconds);
		print_counts(live);
		live->progress_shown = true;
	} else if (is_worth_a_line(phases, seconds)) {
		if (way == WAY_JSON) {
			tell_json(live, name, seconds);
			return;
		}
		printf(" %-12s %5.1f s", name, seconds);
		print_counts(live);
		putchar('\n');
	}
	fflush(stdout);
}

void riser_progress_phase(struct riser_live *live, const char *name)
{
	enum way way = way_of(live);

	if (way == WAY_NONE)
		return;
	riser_progress_clear(live);
	if (way == WAY_JSON)
		tell_json(live, name, 0);
	else if (way == WAY_PLAIN)
		printf(" %-12s at %.1f s\n", name,
		       riser_phases_total(&live->phases));
	fflush(stdout);
}
