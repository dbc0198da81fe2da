// SPDX-License-Identifier: Apache-2.0
/* One play: a real engine with the checker, and the host of a recording. */
#define _GNU_SOURCE
#include "play.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <riser/check.h>

#include "../engine.h"
#include "../preload_recorded.h"

#define DEFAULT_PATIENCE	1000000

/* ---- plusargs ---- */

/* "+name=value" or "+name": the same name. */
static bool is_same_plusarg(const char *a, const char *b)
{
	size_t na = strcspn(a, "="), nb = strcspn(b, "=");

	return na == nb && !strncmp(a, b, na);
}

static bool is_replaced(const struct riser_play_config *config, const char *plusarg)
{
	uint32_t i;

	for (i = 0; i < config->nr_plusargs; i++)
		if (is_same_plusarg(config->plusargs[i], plusarg))
			return true;
	return false;
}

static const char **merge_plusargs(const struct riser_plan *plan,
				   const struct riser_play_config *config, uint32_t *nr)
{
	const char **all = calloc(plan->facts->nr_plusargs + config->nr_plusargs + 1,
				  sizeof(*all));
	uint32_t i;

	*nr = 0;
	for (i = 0; all && i < plan->facts->nr_plusargs; i++)
		if (!is_replaced(config, plan->facts->plusarg[i]))
			all[(*nr)++] = plan->facts->plusarg[i];
	for (i = 0; all && i < config->nr_plusargs; i++)
		all[(*nr)++] = config->plusargs[i];
	return all;
}

/* ---- what the run tells ---- */

static void on_finding(void *ctx, const struct riser_finding *finding)
{
	struct play_run *run = ctx;
	struct riser_play_result *result = run->result;

	run->cycle = finding->cycle;
	if (run->has_target && riser_failure_is(&run->target, finding)) {
		result->has_finding = true;
		result->finding = *finding;
		play_end(run, RISER_PLAY_SAME_FAILURE, run->plan->failure.cycle, "%s",
			 finding->text);
		return;
	}
	if (!finding->is_error || run->is_over)
		return;
	if (!result->has_finding)
		result->finding = *finding;
	result->has_finding = true;
	result->nr_others++;
	/* the place to look at is the request, not the end of its time */
	if (finding->kind == RISER_FINDING_TIMEOUT)
		run->cycle = run->deed_cycle;
	if (run->config->mode == RISER_PLAY_COMPARE)
		play_end(run, RISER_PLAY_DIVERGES, 0, "%s", finding->text);
}

static const struct riser_observer_ops observer_ops = { .finding = on_finding };

/* ---- waveform ---- */

/* Opens and closes the window; cycles until that is to be looked at again. */
uint64_t play_wave_step(struct play_run *run)
{
	const struct riser_play_config *config = run->config;
	const struct riser_model_ops *ops = run->engine->card.ops;
	uint64_t cycle = run->cycle;
	int ret;

	if (!config->wave_path || run->wave_is_done)
		return PLAY_NEVER;
	if (cycle < config->wave_from)
		return config->wave_from - cycle;
	if (!run->is_tracing && cycle < config->wave_to) {
		ret = riser_card_trace_open(ops, run->engine->card.model, config->wave_path, "");
		run->wave_is_done = ret != 0;
		run->is_tracing = !ret;
		run->result->wave_is_written = !ret;
	}
	if (run->is_tracing && cycle >= config->wave_to) {
		ops->trace_close(run->engine->card.model);
		run->is_tracing = false;
		run->wave_is_done = true;
	}
	return run->wave_is_done ? PLAY_NEVER : config->wave_to - cycle;
}

/* ---- a run ---- */

static int alloc_run(struct play_run *run)
{
	const struct riser_plan *plan = run->plan;

	run->message_slot = malloc(plan->nr_keys * sizeof(*run->message_slot));
	run->read_slot = malloc(plan->nr_keys * sizeof(*run->read_slot));
	if (!run->message_slot || !run->read_slot)
		return -ENOMEM;
	run->repeat_deed = PLAY_NONE;
	run->repeat_since = PLAY_NEVER;
	run->end_deed = run->config->nr_deeds ? run->config->nr_deeds :
						plan->nr_before_failure;
	if (run->end_deed > plan->nr_deeds)
		run->end_deed = plan->nr_deeds;
	if (run->config->failure)
		run->target = *run->config->failure;
	else if (plan->has_failure)
		riser_failure_of(&plan->failure, &run->target);
	run->has_target = run->config->failure || plan->has_failure;
	return riser_words_init(&run->words);
}

static void fill_config(struct play_run *run, struct riser_engine_config *to)
{
	const struct riser_play_config *config = run->config;
	const struct riser_rec_facts *facts = run->plan->facts;
	uint32_t i;

	*to = (struct riser_engine_config){
		.link = run->link, .model_path = config->model_path,
		.x_init = facts->x_init, .seed = facts->seed,
		.timeout_cycles = facts->timeout_cycles, .idle = RISER_IDLE_RUN,
		.one_session = true, .record_path = config->record_path,
		.scoreboard = facts->scoreboard,
		.observers = { { &observer_ops, run } }, .nr_observers = 1,
		.message = config->message, .ctx = config->ctx,
		.dir = facts->dir, .checker = facts->checker,
	};
	memcpy(to->stall_rx, facts->stall_rx, sizeof(to->stall_rx));
	memcpy(to->stall_tx, facts->stall_tx, sizeof(to->stall_tx));
	for (i = 0; i < config->nr_observers; i++)
		to->observers[to->nr_observers++] = config->observers[i];
}

/* The checker of the run, with its waivers; none when the run had none. */
static int make_checker(const char *recorded, struct riser_check_observer **checker)
{
	uint32_t nr_rules = riser_check_nr_rules();
	struct riser_check_waiver *waiver = calloc(nr_rules, sizeof(*waiver));
	struct riser_check_config config = { .waivers = waiver };
	char *words = strdup(recorded ? recorded : ""), *at = words, *id, *level;
	int ret = waiver && words ? 0 : -ENOMEM;

	while (!ret && config.nr_waivers < nr_rules && (id = strsep(&at, " "))) {
		level = strchr(id, ':');
		if (level)
			*level = '\0';
		/* one that this build does not have cannot be broken */
		if (riser_check_find_rule(id) >= 0)
			waiver[config.nr_waivers++] = (struct riser_check_waiver){
				.id = id, .reason = "waived in the recorded run",
				.verdict = level ? RISER_CHECK_REPORT : RISER_CHECK_SILENT,
			};
	}
	if (!ret && (!recorded || strcmp(recorded, "none")))
		ret = riser_check_observer_create(&config, checker);
	free(waiver);
	free(words);
	return ret;
}

static int run_engine(struct play_run *run, char *error)
{
	struct riser_check_observer *checker = NULL;
	struct riser_engine_config config;
	struct riser_engine_result end = { 0 };
	const char **plusargs;
	int ret;

	fill_config(run, &config);
	plusargs = merge_plusargs(run->plan, run->config, &config.nr_plusargs);
	config.plusargs = plusargs;
	ret = !plusargs ? -ENOMEM :
	      riser_preload_recorded(run->plan->facts, run->config->preloads, config.preload, error);
	if (!ret)
		ret = make_checker(run->plan->facts->checker, &checker);
	if (!ret) {
		if (checker)
			config.observers[config.nr_observers++] = riser_check_observer(checker);
		ret = riser_engine_create(&config, &run->engine, error);
	}
	if (!ret) {
		if (checker)
			riser_check_observer_attach(checker, run->engine);
		if (run->config->attach)
			run->config->attach(run->config->ctx, run->engine);
		play_expect_start(run);
		ret = riser_engine_run(run->engine, &end);
		run->result->cycles = end.sim_cycles;
		/* its end was a finding, unless the far side went first */
		play_end(run, RISER_PLAY_DIVERGES, 0, "%s", end.text);
		riser_engine_destroy(run->engine);
	}
	if (checker)
		riser_check_observer_destroy(checker);
	free(plusargs);
	return ret;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int riser_play(struct riser_plan *plan, const struct riser_play_config *config,
	       struct riser_play_result *result, char *error)
{
	struct riser_play_config filled = *config;
	struct play_run *run = calloc(1, sizeof(*run));
	double start_s = now_s();
	int ret;

	memset(result, 0, sizeof(*result));
	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!run)
		return -ENOMEM;
	if (!filled.patience)
		filled.patience = DEFAULT_PATIENCE;
	run->plan = plan;
	run->config = &filled;
	run->result = result;
	ret = alloc_run(run);
	if (!ret)
		ret = play_link_open(run, error);
	if (!ret)
		ret = run_engine(run, error);
	play_answers_free(run);
	riser_link_close(run->link);
	riser_words_fini(&run->words);
	free(run->message_slot);
	free(run->read_slot);
	free(run);
	result->wall_s = now_s() - start_s;
	return ret;
}

const char *riser_play_verdict_name(enum riser_play_verdict verdict)
{
	static const char *const names[] = {
		[RISER_PLAY_EQUAL] = "equal",
		[RISER_PLAY_FIXED] = "fixed",
		[RISER_PLAY_DIVERGES] = "diverges",
		[RISER_PLAY_BEYOND] = "beyond the recording",
		[RISER_PLAY_SAME_FAILURE] = "the same failure",
	};

	return (unsigned int)verdict < sizeof(names) / sizeof(names[0]) ?
	       names[verdict] : "?";
}
