// SPDX-License-Identifier: Apache-2.0
/* riser replay: the record of a run into its model, and is it the same? */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <riser/link.h>
#include <riser/replay.h>
#include <riser/run.h>
#include <riser/scoreboard.h>

#include "../json.h"
#include "../super/super.h"
#include "against.h"
#include "cli.h"
#include "lockstep.h"
#include "runref.h"

enum {
	OPT_MODEL = 256, OPT_X_INIT, OPT_PRELOAD, OPT_FROM, OPT_TO, OPT_WAVES,
	OPT_SCOPES, OPT_SCOREBOARD, OPT_X_CHECK, OPT_AGAINST, OPT_PLUSARG, OPT_NO_WAVES, OPT_JSON, OPT_GDB,
};

static const struct argp_option options[] = {
	{ "model", OPT_MODEL, "FILE", 0, "model.so of the same sources (the run's own)", 1 },
	{ "x-init", OPT_X_INIT, "0|1", 0, "value of what the RTL leaves uninitialised (as recorded): a difference is a suspect", 1 },
	{ "x-check", OPT_X_CHECK, NULL, 0, "replay with all zeros and with all ones there: equal TLPs, or the first suspect", 1 },
	{ "preload", OPT_PRELOAD, "FILE", 0, "where a file with first contents of a backing store is now, recognised by its contents; may be repeated", 1 },
	{ "to", OPT_TO, "CYCLE", 0, "end there", 2 },
	{ "from", OPT_FROM, "CYCLE", 0, "with --waves: begin of the window", 2 },
	{ "waves", OPT_WAVES, "FILE", 0, "write an FST, from --from to --to or all of it", 2 },
	{ "scopes", OPT_SCOPES, "NAMES", 0, "with --waves: instances, each with all below it", 2 },
	{ "scoreboard", OPT_SCOREBOARD, "NAME", 0, "judge the card's protocol: nvme, or none (default: as the run)", 2 },
	{ "against", OPT_AGAINST, "FILE", 0, "a model.so of other RTL: each TLP of the host comes when what it depended on has happened, and bytes are compared, not cycles (docs/replay.md)", 3 },
	{ "plusarg", OPT_PLUSARG, "+NAME[=VALUE]", 0, "with --against: for the design, instead of the recorded one of that name", 3 },
	{ "no-waves", OPT_NO_WAVES, NULL, 0, "with --against, --reference: no waveforms of a difference (RUN/against-NNN, RUN/lockstep-NNN)", 3 },
	RISER_CLI_REFERENCE_OPTIONS(4),
	{ "gdb", OPT_GDB, NULL, 0, "start it under gdb, e.g. to look into DPI functions (build the model with RISER_CXXFLAGS='-O0 -g')", 5 },
	{ "json", OPT_JSON, NULL, 0, "the verdict for a script", 5 },
	{ "quiet", 'q', NULL, 0, "the verdict alone", 5 },
	{ 0 },
};

struct replay_args {
	const char *run, *model, *waves, *scopes, *scoreboard;
	unsigned long long x_init, from, to;
	const char *against;
	struct riser_cli_list plusargs, preloads;
	struct riser_cli_reference reference;
	bool has_x_init, x_check, has_scoreboard, no_waves, is_quiet, is_json, wants_gdb;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct replay_args *a = state->input;

	switch (key) {
	case OPT_MODEL:
		a->model = arg;
		return 0;
	case OPT_X_INIT:
		a->has_x_init = true;
		return riser_cli_number("--x-init", arg, 0, 1, &a->x_init);
	case OPT_X_CHECK:
		a->x_check = true;
		return 0;
	case OPT_PRELOAD:
		return riser_cli_list_add(&a->preloads, arg);
	case OPT_FROM:
		return riser_cli_number("--from", arg, 0, UINT64_MAX, &a->from);
	case OPT_TO:
		return riser_cli_number("--to", arg, 1, UINT64_MAX, &a->to);
	case OPT_WAVES:
		a->waves = arg;
		return 0;
	case OPT_SCOPES:
		a->scopes = arg;
		return 0;
	case OPT_SCOREBOARD:
		a->has_scoreboard = true;
		return riser_cli_scoreboard(arg, &a->scoreboard);
	case OPT_AGAINST:
		a->against = arg;
		return 0;
	case OPT_PLUSARG:
		return riser_cli_list_add(&a->plusargs, arg);
	case OPT_NO_WAVES:
		a->no_waves = true;
		return 0;
	case OPT_GDB:
		a->wants_gdb = true;
		return 0;
	case OPT_JSON:
		a->is_json = a->is_quiet = true;
		return 0;
	case 'q':
		a->is_quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->run) {
			fprintf(stderr, "riser: error: two runs, %s and %s: give one\n",
				a->run, arg);
			return EBADMSG;
		}
		a->run = arg;
		return 0;
	default:
		return riser_cli_reference_parse(&a->reference, key, arg);
	}
}

const struct argp riser_argp_replay = {
	.options = options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "Puts the record of RUN (a run's directory or its tlp.rec.zst; the latest run) into its model, each TLP in its "
	       "cycle, and compares every TLP of the card. No guest, no kernel, no root.\v"
	       "Exit code: 0 identical (with --against, --reference: equal, or fixed), 1 the card does something else, 2 no replay or only a part of it.",
};

static void print_difference(const struct replay_args *a,
			     const struct riser_replay_result *result)
{
	printf("DIFFERS  %s\n", result->difference);
	if (a->has_x_init)
		printf("         with --x-init=%llu, all else equal: a register that no reset reaches decides what the card sends\n",
		       a->x_init);
	printf("         %" PRIu64 " TLPs of the card were compared, %" PRIu64
	       " cycles simulated in %.1f s\n", result->nr_to_host,
	       result->cycles, result->wall_s);
}

static int tell_json(const struct riser_replay_result *result)
{
	struct riser_json json;
	char hash[32];

	snprintf(hash, sizeof(hash), "%016" PRIx64, result->tx_hash);
	riser_json_init(&json, stdout);
	riser_json_open(&json, NULL, '{');
	riser_json_u64(&json, "schema", 1);
	riser_json_string(&json, "verdict", result->differs ? "differs" : result->is_cut ? "cut" :
			  "equal");
	if (result->differs) {
		riser_json_string(&json, "difference", result->difference);
		riser_json_u64(&json, "difference_cycle", result->difference_cycle);
	} else if (result->is_cut) {
		riser_json_string(&json, "trouble", result->trouble);
	}
	riser_json_u64(&json, "tlps_to_card", result->nr_to_card);
	riser_json_u64(&json, "tlps_to_host", result->nr_to_host);
	riser_json_u64(&json, "cycles", result->cycles);
	riser_json_string(&json, "hash", hash);
	riser_json_double(&json, "seconds", result->wall_s);
	riser_json_close(&json, '}');
	putchar('\n');
	return result->differs ? RISER_EXIT_FAIL : result->is_cut ? RISER_EXIT_USAGE :
								    RISER_EXIT_PASS;
}

static int tell(const struct replay_args *a,
		const struct riser_replay_result *result)
{
	if (a->is_json)
		return tell_json(result);
	if (result->differs) {
		print_difference(a, result);
		return RISER_EXIT_FAIL;
	}
	if (result->is_cut) {
		printf("CUT      %s\n", result->trouble);
		printf("         equal so far: %" PRIu64 " TLPs of the card in %"
		       PRIu64 " cycles, hash %016" PRIx64 "\n",
		       result->nr_to_host, result->cycles, result->tx_hash);
		return RISER_EXIT_USAGE;
	}
	printf("EQUAL    %" PRIu64 " TLPs to the card, %" PRIu64
	       " from it, each in its cycle; hash %016" PRIx64 "\n",
	       result->nr_to_card, result->nr_to_host, result->tx_hash);
	if (!a->is_quiet)
		printf("         %" PRIu64 " cycles in %.1f s (%.0f kcycle/s)%s\n",
		       result->cycles, result->wall_s,
		       (double)result->cycles / 1e3 /
		       (result->wall_s > 0 ? result->wall_s : 1),
		       a->to ? ", up to --to" : "");
	return RISER_EXIT_PASS;
}

static int against(const struct replay_args *a, const struct riser_runref *ref)
{
	const struct riser_against config = {
		.ref = ref, .model = a->against, .plusargs = a->plusargs,
		.preloads = a->preloads.v, .own_model = a->model,
		.no_waves = a->no_waves, .is_quiet = a->is_quiet,
	};

	return riser_cli_against(&config);
}

static int reference(const struct replay_args *a, const struct riser_runref *ref)
{
	const struct riser_cli_recorded recorded = {
		.ref = ref, .reference = &a->reference, .own_model = a->model,
		.preloads = a->preloads.v, .no_waves = a->no_waves, .is_quiet = a->is_quiet,
	};

	return riser_cli_lockstep(&recorded);
}

static int check(const struct replay_args *a)
{
	const char *wrong = NULL;

	if (a->x_check && (a->has_x_init || a->waves || a->against))
		wrong = "--x-check replays twice by itself: not with --x-init, --waves or --against";
	else if (a->is_json && (a->x_check || a->against || a->reference.model))
		wrong = "--json is of one replay: not with --x-check, --against or --reference";
	else if (!a->against && a->plusargs.nr)
		wrong = "--plusarg needs --against: a replay has the recorded ones";
	else if (!a->against && !a->reference.model && a->no_waves)
		wrong = "--no-waves needs --against or --reference";
	else if (a->reference.model && (a->against || a->x_check || a->waves || a->has_x_init ||
					a->to || a->from || a->has_scoreboard))
		wrong = "--reference compares a whole run: not with --against, --x-check, --waves, --x-init, --from, --to or --scoreboard";
	else if (a->against && (a->waves || a->has_x_init || a->to || a->from))
		wrong = "--against compares a whole run: not with --waves, --x-init, --from or --to";
	if (wrong)
		fprintf(stderr, "riser: error: %s\n", wrong);
	return wrong ? RISER_EXIT_USAGE : riser_cli_reference_check(&a->reference);
}

static void on_found(void *ctx, const struct riser_finding *finding)
{
	(void)ctx;
	riser_finding_print(finding, stdout);
}

/* The scoreboard that was asked for, or that watched the run. */
static int open_scoreboard(const struct replay_args *a, const char *record,
			   struct riser_scoreboard **board)
{
	const struct riser_scoreboard_config config = { .report = a->is_json ? NULL : on_found };
	const char *name = a->scoreboard;
	struct riser_rec_log *log = NULL;
	char error[RISER_ERROR_BYTES];
	int ret = 0;

	if (!a->has_scoreboard && !riser_rec_open(record, &log, error))
		name = riser_rec_facts(log)->scoreboard;
	/* one that this build does not have is no reason not to replay */
	if (name && riser_scoreboard_find(name))
		ret = riser_scoreboard_open(name, &config, board, error);
	if (ret)
		fprintf(stderr, "riser: error: %s\n", error);
	riser_rec_close(log);
	return ret ? RISER_EXIT_ENV : 0;
}

static int replay(const struct replay_args *a, const struct riser_runref *ref)
{
	struct riser_replay_config config = { .x_init = -1 };
	struct riser_replay_result result;
	char error[RISER_ERROR_BYTES];
	struct riser_scoreboard *board = NULL;
	char *model = NULL;
	int ret;

	ret = riser_runref_model(ref, a->model, a->waves ? RISER_MODEL_F_TRACE : 0,
				 a->is_quiet, &model);
	if (!ret)
		ret = open_scoreboard(a, ref->record, &board);
	if (!ret) {
		if (board)
			config.observers[config.nr_observers++] =
				riser_scoreboard_observer(board);
		config.record_path = ref->record;
		config.model_path = model;
		config.x_init = a->has_x_init ? (int)a->x_init : -1;
		config.preloads = a->preloads.v;
		config.to_cycle = a->to;
		config.wave_path = a->waves;
		config.wave_scopes = a->scopes;
		config.wave_from = a->from;
		/* without waveforms the whole run is what is asked about */
		config.snapshot_dir = a->waves ? ref->snapshots : NULL;
		config.from_cycle = a->from;
		config.wave_to = a->to ? a->to : UINT64_MAX;
		if (riser_replay(&config, &result, error)) {
			fprintf(stderr, "riser: error: %s\n", error);
			ret = RISER_EXIT_USAGE;
		} else {
			ret = tell(a, &result);
		}
	}
	riser_scoreboard_close(board);
	free(model);
	return ret;
}

/* What nothing initialises as all zeros, then as all ones. */
static int x_check(const struct replay_args *a, const struct riser_runref *ref)
{
	struct replay_args one = *a;
	int ret = 0;

	one.has_x_init = true;
	for (one.x_init = 0; one.x_init < 2 && !ret; one.x_init++) {
		if (!a->is_quiet)
			printf("x-init=%llu\n", one.x_init);
		ret = replay(&one, ref);
	}
	if (!ret)
		printf("X-CHECK  the card sends the same TLPs whatever the RTL leaves uninitialised\n");
	return ret;
}

/* Becomes gdb with the same command; returns when there is none. */
static int start_gdb(int argc, char **argv)
{
	char exe[4096], gdb[] = "gdb", args[] = "--args", command[] = "replay";
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char **words = calloc((size_t)argc + 5, sizeof(*words));
	int nr = 0, i;

	if (n <= 0 || !words) {
		free(words);
		return RISER_EXIT_ENV;
	}
	exe[n] = '\0';
	words[nr++] = gdb;
	words[nr++] = args;
	words[nr++] = exe;
	words[nr++] = command;
	for (i = 1; i < argc; i++)
		/* it may be shortened, and is the only one with a g */
		if (strncmp(argv[i], "--g", 3))
			words[nr++] = argv[i];
	execvp(gdb, words);
	fprintf(stderr, "riser: error: cannot start gdb: %s\n"
		"riser: help: apt-get install gdb\n", strerror(errno));
	free(words);
	return RISER_EXIT_ENV;
}

int riser_cmd_replay(int argc, char **argv)
{
	struct replay_args a = { 0 };
	struct riser_runref ref = { 0 };
	int ret;

	ret = riser_cli_parse(&riser_argp_replay, argc, argv, &a);
	if (!ret)
		ret = check(&a);
	if (!ret && a.wants_gdb)
		ret = start_gdb(argc, argv);
	if (!ret)
		ret = riser_runref_find(&ref, a.run);
	if (!ret)
		ret = a.reference.model ? reference(&a, &ref) :
		      a.against ? against(&a, &ref) :
		      a.x_check ? x_check(&a, &ref) : replay(&a, &ref);
	riser_runref_fini(&ref);
	free(a.plusargs.v);
	free(a.preloads.v);
	riser_cli_reference_fini(&a.reference);
	return ret;
}
