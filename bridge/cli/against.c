// SPDX-License-Identifier: Apache-2.0
#include "against.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/link.h>
#include <riser/loader.h>
#include <riser/play.h>
#include <riser/replay.h>

#include "../super/super.h"

#define BEFORE_CYCLES	2000
#define AFTER_CYCLES	500
#define MAX_FOLDERS	1000

static void fill_config(const struct riser_against *a, struct riser_play_config *config)
{
	*config = (struct riser_play_config){
		.model_path = a->model, .plusargs = a->plusargs.v,
		.nr_plusargs = (uint32_t)a->plusargs.nr, .preloads = a->preloads,
		.mode = RISER_PLAY_COMPARE,
	};
}

/* ---- waveforms of both sides ---- */

static char *make_folder(const struct riser_against *a, const char *name)
{
	char *dir = NULL;
	int i;

	if (a->wave_dir) {
		if (!mkdir(a->wave_dir, 0777))
			return strdup(a->wave_dir);
		fprintf(stderr, "riser: error: folder %s: %s\n", a->wave_dir,
			strerror(errno));
		return NULL;
	}
	for (i = 1; i < MAX_FOLDERS; i++) {
		if (asprintf(&dir, "%s/%s-%03d", a->ref->dir, name, i) < 0)
			return NULL;
		if (!mkdir(dir, 0777))
			return dir;
		if (errno != EEXIST)
			break;
		free(dir);
		dir = NULL;
	}
	fprintf(stderr, "riser: error: folder %s: %s\n", dir ? dir : a->ref->dir,
		strerror(errno));
	free(dir);
	return NULL;
}

static uint64_t before(uint64_t cycle)
{
	return cycle > BEFORE_CYCLES ? cycle - BEFORE_CYCLES : 0;
}

static bool can_trace(const char *model)
{
	char error[RISER_ERROR_BYTES];
	struct riser_card card;
	bool ret = false;

	if (!riser_card_load(&card, model, error)) {
		ret = card.info->features & RISER_MODEL_F_TRACE;
		riser_card_unload(&card);
	}
	return ret;
}

/* It is there, or can be built. */
static bool has_traced_model(const char *dir)
{
	char *args = riser_path(dir, "model.args");
	char *model = riser_path(dir, "model-trace.so");
	bool ret = (args && !access(args, R_OK)) || (model && !access(model, R_OK));

	free(args);
	free(model);
	return ret;
}

static void wave_recorded(const struct riser_against *a, const char *dir, uint64_t cycle)
{
	char *path = riser_path(dir, "recorded.fst"), *model = NULL;
	struct riser_replay_config config = {
		.record_path = a->ref->record, .x_init = -1, .go_on = true,
		.preloads = a->preloads, .wave_path = path,
		.wave_from = before(cycle),
		.wave_to = cycle + AFTER_CYCLES,
		.from_cycle = before(cycle),
		.to_cycle = cycle + AFTER_CYCLES,
		.snapshot_dir = a->ref->snapshots,
	};
	struct riser_replay_result replayed;
	char error[RISER_ERROR_BYTES];

	if (!a->own_model && !has_traced_model(a->ref->dir))
		printf("         no waveform of the recorded run: give a model of it that can write one with --model\n");
	else if (path && !riser_runref_model(a->ref, a->own_model, RISER_MODEL_F_TRACE, true, &model)) {
		config.model_path = model;
		if (riser_replay(&config, &replayed, error))
			printf("         no waveform of the recorded run: %s\n", error);
		else if (replayed.wave_is_written)
			printf("recorded %s   (cycles %" PRIu64 " to %" PRIu64 ", marker %"
			       PRIu64 ")\n", path, config.wave_from, config.wave_to,
			       cycle);
	}
	free(model);
	free(path);
}

static void wave_other(const struct riser_against *a, struct riser_plan *plan,
		       const char *dir, const struct riser_play_result *result)
{
	char *path = riser_path(dir, "against.fst");
	struct riser_play_result again;
	struct riser_play_config config;
	char error[RISER_ERROR_BYTES];

	fill_config(a, &config);
	config.wave_path = path;
	config.wave_from = before(result->cycle);
	config.wave_to = result->cycle + AFTER_CYCLES;
	if (!can_trace(a->model))
		printf("         no waveform of the other side: %s cannot write one (build it with --flavour trace)\n",
		       a->model);
	else if (!path || riser_cli_play(plan, &config, &again, error))
		printf("         no waveform of the other side: %s\n", path ? error : "out of memory");
	else if (again.wave_is_written)
		printf("against  %s   (cycles %" PRIu64 " to %" PRIu64 ", marker %" PRIu64 ")\n",
		       path, config.wave_from, again.cycles, result->cycle);
	free(path);
}

static void write_waves(const struct riser_against *a, struct riser_plan *plan,
			const struct riser_play_result *result)
{
	char *dir = make_folder(a, "against");

	if (!dir)
		return;
	fflush(stdout);
	wave_recorded(a, dir, result->recorded_cycle);
	wave_other(a, plan, dir, result);
	/* only when neither could be written */
	rmdir(dir);
	free(dir);
}

void riser_cli_recorded_wave(const struct riser_against *a, const char *name, uint64_t cycle)
{
	char *dir = make_folder(a, name);

	if (!dir)
		return;
	wave_recorded(a, dir, cycle);
	rmdir(dir);
	free(dir);
}

/* ---- the verdict ---- */

static void print_counts(const struct riser_against *a,
			 const struct riser_play_result *result)
{
	if (a->is_quiet)
		return;
	printf("         %" PRIu32 " deeds of the host, %" PRIu64
	       " completions, DMA writes and interrupts as recorded; %" PRIu64
	       " cycles in %.1f s\n", result->nr_deeds, result->nr_expected,
	       result->cycles, result->wall_s);
	if (result->nr_repeated)
		printf("         %" PRIu64 " reads of polling loops were repeated or left out\n",
		       result->nr_repeated);
	if (result->nr_guesses && result->verdict != RISER_PLAY_EQUAL)
		printf("         %" PRIu64 " dwords of host memory were read earlier than in the recording: it is not sure that the host had written them\n",
		       result->nr_guesses);
}

/* Equal as far as the record can be read. */
static int tell_cut(const struct riser_against *a, const struct riser_play_result *result,
		    const char *trouble)
{
	printf("CUT      %s\n", trouble);
	printf("         equal so far: %" PRIu32 " deeds of the host, %" PRIu64 " cycles\n",
	       result->nr_deeds, result->cycles);
	print_counts(a, result);
	return RISER_EXIT_USAGE;
}

static int tell(const struct riser_against *a, const struct riser_plan *plan,
		const struct riser_play_result *result)
{
	const struct riser_finding *failure = riser_plan_failure(plan);
	const char *trouble = riser_plan_trouble(plan);

	switch (result->verdict) {
	case RISER_PLAY_EQUAL:
		if (trouble)
			return tell_cut(a, result, trouble);
		printf("EQUAL    the card does the same, byte for byte (recorded %" PRIu64
		       " cycles, now %" PRIu64 ")\n", riser_plan_cycles(plan), result->cycles);
		print_counts(a, result);
		return RISER_EXIT_PASS;
	case RISER_PLAY_FIXED:
		printf("FIXED    %s\n", result->text);
		printf("         recorded was: %s\n", failure ? failure->text : "?");
		print_counts(a, result);
		/* behind the failure nothing is played */
		if (trouble)
			printf("         %s\n", trouble);
		printf("         the recording does not say what the driver does next: a live run confirms it\n");
		return RISER_EXIT_PASS;
	case RISER_PLAY_SAME_FAILURE:
		printf("FAILS    as recorded, in cycle %" PRIu64 " (then %" PRIu64 "): %s\n",
		       result->cycle, result->recorded_cycle, result->text);
		break;
	case RISER_PLAY_DIVERGES:
		printf("DIVERGES in cycle %" PRIu64 " (recorded %" PRIu64 "): %s\n",
		       result->cycle, result->recorded_cycle, result->text);
		break;
	case RISER_PLAY_BEYOND:
		printf("BEYOND   in cycle %" PRIu64 ": %s\n", result->cycle, result->text);
		print_counts(a, result);
		printf("         the recording cannot answer: record a run with this RTL\n");
		return RISER_EXIT_USAGE;
	}
	print_counts(a, result);
	if (trouble)
		printf("         %s\n", trouble);
	return RISER_EXIT_FAIL;
}

int riser_cli_against(const struct riser_against *a)
{
	struct riser_play_result result;
	struct riser_play_config config;
	char error[RISER_ERROR_BYTES];
	struct riser_plan *plan = NULL;
	int ret;

	fill_config(a, &config);
	if (riser_plan_load(a->ref->record, &plan, error) ||
	    riser_cli_play(plan, &config, &result, error)) {
		fprintf(stderr, "riser: error: %s\n", error);
		ret = RISER_EXIT_USAGE;
	} else {
		ret = tell(a, plan, &result);
		if (ret == RISER_EXIT_FAIL && !a->no_waves)
			write_waves(a, plan, &result);
	}
	riser_plan_free(plan);
	return ret;
}
