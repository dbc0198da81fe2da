// SPDX-License-Identifier: Apache-2.0
#include "lockstep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <riser/link.h>
#include <riser/record.h>
#include <riser/run.h>
#include <riser/scoreboard.h>

#include "../super/super.h"
#include "against.h"

/* ---- options ---- */

static error_t add_rule(struct riser_cli_reference *r, const char *arg)
{
	struct riser_lockstep_rule *more;
	char error[RISER_ERROR_BYTES];

	more = realloc(r->parsed, (r->nr_parsed + 1) * sizeof(*more));
	if (!more)
		return ENOMEM;
	r->parsed = more;
	if (riser_lockstep_rule_parse(arg, &more[r->nr_parsed], error)) {
		fprintf(stderr, "riser: error: --may-differ: %s\n", error);
		return EBADMSG;
	}
	r->nr_parsed++;
	return riser_cli_list_add(&r->rules, arg);
}

error_t riser_cli_reference_parse(struct riser_cli_reference *r, int key, char *arg)
{
	switch (key) {
	case OPT_REFERENCE:
		r->model = arg;
		return 0;
	case OPT_REFERENCE_PLUSARG:
		return riser_cli_list_add(&r->plusargs, arg);
	case OPT_REFERENCE_PATIENCE:
		return riser_cli_number("--reference-patience", arg, 1000, 1000000000000ULL,
					&r->patience);
	case OPT_MAY_DIFFER:
		return add_rule(r, arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void riser_cli_reference_fini(struct riser_cli_reference *r)
{
	free(r->plusargs.v);
	free(r->rules.v);
	free(r->parsed);
}

int riser_cli_reference_check(const struct riser_cli_reference *r)
{
	if (r->model || (!r->plusargs.nr && !r->nr_parsed && !r->patience))
		return 0;
	fprintf(stderr, "riser: error: %s needs --reference, the model to compare with\n",
		r->plusargs.nr ? "--reference-plusarg" : r->nr_parsed ? "--may-differ" :
		"--reference-patience");
	return RISER_EXIT_USAGE;
}

int riser_cli_reference_compare(const struct riser_cli_reference *r,
				const struct riser_lockstep_model *rtl)
{
	const struct riser_lockstep_model reference = {
		.path = r->model, .plusargs = r->plusargs.v,
		.nr_plusargs = (uint32_t)r->plusargs.nr,
	};
	char error[RISER_ERROR_BYTES];
	int ret = riser_lockstep_compare_config(rtl, &reference, r->parsed, r->nr_parsed, error);

	if (ret)
		fprintf(stderr, "riser: error: --reference: %s\n", error);
	return ret ? RISER_EXIT_USAGE : 0;
}

void riser_cli_reference_config(const struct riser_cli_reference *r,
				struct riser_lockstep_config *config)
{
	*config = (struct riser_lockstep_config){
		.reference = r->model, .plusargs = r->plusargs.v,
		.nr_plusargs = (uint32_t)r->plusargs.nr, .comparators = riser_comparators(),
		.rules = r->parsed, .nr_rules = r->nr_parsed, .patience = r->patience,
	};
}

/* ---- a recorded run ---- */

static void feed_record(const struct riser_observer *observer, struct riser_rec *rec)
{
	const struct riser_observer_ops *ops = observer->ops;

	switch (rec->kind) {
	case RISER_REC_TLP:
		ops->tlp(observer->ctx, &rec->tlp);
		break;
	case RISER_REC_SIDEBAND:
		ops->sideband(observer->ctx, rec->cycle, rec->levels);
		break;
	case RISER_REC_SITE:
		ops->site(observer->ctx, &rec->site);
		break;
	case RISER_REC_FINDING:
		ops->finding(observer->ctx, &rec->finding);
		break;
	default:
		break;
	}
}

/* The log's events as a live run's. Returns 0; -errno with a sentence in @error. */
static int feed(struct riser_rec_log *log, struct riser_lockstep *lockstep, uint64_t *cycles,
		char *error)
{
	struct riser_observer observer = riser_lockstep_observer(lockstep);
	const struct riser_rec_facts *facts = riser_rec_facts(log);
	const struct riser_run_facts run = {
		.card = facts->card, .x_init = facts->x_init, .seed = facts->seed,
		.timeout_cycles = facts->timeout_cycles,
	};
	struct riser_rec rec;
	int ret;

	*cycles = 0;
	observer.ops->start(observer.ctx, &run);
	while ((ret = riser_rec_next(log, &rec)) == 1) {
		*cycles = rec.cycle > *cycles ? rec.cycle : *cycles;
		feed_record(&observer, &rec);
		if (riser_lockstep_has_diverged(lockstep))
			break;
	}
	observer.ops->settle(observer.ctx, *cycles);
	if (ret >= 0)
		return 0;
	snprintf(error, RISER_ERROR_BYTES, "%.400s", riser_rec_trouble(log));
	return ret;
}

static void on_difference(void *ctx, const struct riser_finding *finding)
{
	*(struct riser_finding *)ctx = *finding;
}

static void print_counts(const struct riser_lockstep_counts *c, uint64_t cycles, double wall_s)
{
	printf("         %s (%s), comparator %s: %" PRIu64 " requests of the host, %" PRIu64
	       " equal reads, %" PRIu64 " equal results\n", c->model, c->engine, c->comparator,
	       c->nr_requests, c->nr_equal, c->nr_met);
	if (c->nr_polls || c->nr_excused)
		printf("         %" PRIu64 " reads of polling loops, %" PRIu64
		       " values that may differ\n", c->nr_polls, c->nr_excused);
	printf("         %" PRIu64 " cycles of the RTL, %" PRIu64
	       " of the reference; %.1f s, of which %.1f s in the reference\n", cycles, c->cycles,
	       wall_s, (double)c->run_ns / 1e9);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_wave(const struct riser_cli_recorded *r, uint64_t cycle)
{
	const struct riser_against against = {
		.ref = r->ref, .preloads = r->preloads, .own_model = r->own_model,
	};

	riser_cli_recorded_wave(&against, "lockstep", cycle);
}

static int tell(const struct riser_cli_recorded *r, const struct riser_lockstep *lockstep,
		const struct riser_finding *finding, uint64_t cycles, double wall_s)
{
	struct riser_lockstep_counts counts = riser_lockstep_counts(lockstep);

	if (!counts.diverged) {
		printf("EQUAL    the reference does the same%s\n",
		       counts.nr_left ? ", as far as the recording goes" : "");
		if (counts.nr_left)
			printf("         %" PRIu64 " things of its end were not compared: the reference waits for host memory that the RTL has not read, or the driver for a register that the RTL has not come to\n",
			       counts.nr_left);
		if (!r->is_quiet)
			print_counts(&counts, cycles, wall_s);
		return RISER_EXIT_PASS;
	}
	printf("DIVERGES in cycle %" PRIu64 "\n", finding->cycle);
	riser_finding_print(finding, stdout);
	if (!r->is_quiet)
		print_counts(&counts, cycles, wall_s);
	fflush(stdout);
	if (!r->no_waves)
		write_wave(r, finding->cycle);
	return RISER_EXIT_FAIL;
}

static int open_all(const struct riser_cli_recorded *r, struct riser_finding *finding,
		    struct riser_rec_log **log, struct riser_lockstep **lockstep, char *error)
{
	struct riser_lockstep_config config;
	int ret = riser_rec_open(r->ref->record, log, error);

	if (ret)
		return ret;
	riser_cli_reference_config(r->reference, &config);
	config.report = on_difference;
	config.ctx = finding;
	return riser_lockstep_open(&config, lockstep, error);
}

int riser_cli_lockstep(const struct riser_cli_recorded *r)
{
	struct riser_lockstep *lockstep = NULL;
	struct riser_rec_log *log = NULL;
	struct riser_finding finding = { 0 };
	char error[RISER_ERROR_BYTES] = "";
	double start = seconds();
	uint64_t cycles = 0;
	int ret, code = RISER_EXIT_USAGE;

	ret = open_all(r, &finding, &log, &lockstep, error);
	if (!ret) {
		ret = feed(log, lockstep, &cycles, error);
		code = tell(r, lockstep, &finding, cycles, seconds() - start);
		if (ret && code == RISER_EXIT_PASS)
			code = RISER_EXIT_USAGE;
	}
	if (ret)
		fprintf(stderr, "riser: error: %s\n", *error ? error : strerror(-ret));
	riser_lockstep_close(lockstep);
	riser_rec_close(log);
	return code;
}
