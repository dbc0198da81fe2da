// SPDX-License-Identifier: Apache-2.0
/*
 * riser wave: the waveform of a failing access, or of any moment of a run, by a
 * replay into a model that can write waveforms.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/link.h>
#include <riser/replay.h>

#include "../super/super.h"
#include "cli.h"
#include "ladder.h"
#include "runref.h"
#include "wavefiles.h"
#include "windowcap.h"

#define BEFORE_NS	2000
#define AFTER_NS	1000
#define MAX_CYCLES	50000	/* of a window, unless the user asks for more */

enum {
	OPT_AT = 256, OPT_BEFORE, OPT_AFTER, OPT_PNG, OPT_MODEL, OPT_SCOPES,
	OPT_PRELOAD, OPT_NO_OPEN, OPT_INTO, OPT_VIEWER,
};

static const struct argp_option options[] = {
	{ "at", OPT_AT, "fail|fail-N|trigger-N|end|CYCLE", 0, "the first failure (default), the Nth, the Nth trigger, the end of the run, or a cycle", 1 },
	{ "before", OPT_BEFORE, "NS", 0, "simulated time before the access (2000)", 1 },
	{ "after", OPT_AFTER, "NS", 0, "simulated time after the failure (1000)", 1 },
	{ "scopes", OPT_SCOPES, "NAMES", 0, "instances, each with all below it (all)", 1 },
	{ "model", OPT_MODEL, "FILE", 0, "model.so of the same sources that can write waveforms", 2 },
	{ "preload", OPT_PRELOAD, "FILE", 0, "where a file with first contents of a backing store is now, recognised by its contents; may be repeated", 2 },
	{ "png", OPT_PNG, "FILE", 0, "a picture instead of a window", 3 },
	{ "viewer", OPT_VIEWER, "NAME", 0, "surfer or gtkwave (default: the first of them that is installed)", 3 },
	{ "no-open", OPT_NO_OPEN, NULL, 0, "write the files and start no viewer", 3 },
	{ "into", OPT_INTO, "NAME", 0, "folder in RUN for the files (fail-NNN, trigger-NNN, at-CYCLE)", 3 },
	{ "quiet", 'q', NULL, 0, "only what goes wrong", 3 },
	{ 0 },
};

struct wave_args {
	const char *run, *at, *png, *model, *scopes, *into, *viewer;
	struct riser_cli_list preloads;
	unsigned long long before_ns, after_ns;
	bool has_window, no_open, is_quiet;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wave_args *a = state->input;

	switch (key) {
	case OPT_AT:
		a->at = arg;
		return 0;
	case OPT_BEFORE:
		a->has_window = true;
		return riser_cli_number("--before", arg, 0, 1000000000000ULL,
					&a->before_ns);
	case OPT_AFTER:
		a->has_window = true;
		return riser_cli_number("--after", arg, 0, 1000000000000ULL,
					&a->after_ns);
	case OPT_SCOPES:
		a->has_window = true;
		a->scopes = arg;
		return 0;
	case OPT_MODEL:
		a->model = arg;
		return 0;
	case OPT_PRELOAD:
		return riser_cli_list_add(&a->preloads, arg);
	case OPT_PNG:
		a->png = arg;
		return 0;
	case OPT_INTO:
		if (!*arg || *arg == '.' || strchr(arg, '/') ||
		    strlen(arg) > 64) {
			fprintf(stderr, "riser: error: --into=%s: a name without '/' is needed\n",
				arg);
			return EBADMSG;
		}
		a->into = arg;
		return 0;
	case OPT_VIEWER:
		if (strcmp(arg, "surfer") && strcmp(arg, "gtkwave")) {
			fprintf(stderr, "riser: error: --viewer=%s: surfer or gtkwave is needed\n", arg);
			return EBADMSG;
		}
		a->viewer = arg;
		return 0;
	case OPT_NO_OPEN:
		a->no_open = true;
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
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_wave = {
	.options = options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "Shows the waveform of the failing access of RUN (a run's directory or its tlp.rec.zst; the latest run): replays "
	       "its record and writes wave.fst of the window, with the driver's function and the TLPs in words above the "
	       "signals.\vThe files are in RUN/fail-NNN (or at-CYCLE): wave.fst, wave.gtkw, wave.sucl, window.pcapng, ladder.txt, summary.md.",
};

struct wave {
	const struct wave_args *args;
	struct riser_runref ref;
	struct riser_place place;
	struct riser_rec_log *log;
	const struct riser_rec_facts *facts;
	struct riser_replay_result result;
	uint64_t from;
	uint64_t to;
	char *dir;
	char *model;
};

/* ---- where ---- */

static int find_place(struct wave *w)
{
	const char *at = w->args->at ? w->args->at : "fail";
	bool is_trigger = !strncmp(at, "trigger-", 8);
	unsigned long long n = 1;
	char error[RISER_ERROR_BYTES];
	int ret;

	if (is_trigger) {
		if (riser_cli_number("--at=trigger-N", at + 8, 1, 1000000, &n))
			return RISER_EXIT_USAGE;
		ret = riser_place_of_finding(&w->place, w->ref.record, true,
					     (uint32_t)n, error);
	} else if (!strncmp(at, "fail", 4)) {
		if (at[4] && (at[4] != '-' ||
			      riser_cli_number("--at=fail-N", at + 5, 1, 1000000,
					       &n)))
			return RISER_EXIT_USAGE;
		ret = riser_place_of_finding(&w->place, w->ref.record, false,
					     (uint32_t)n, error);
	} else {
		n = RISER_PLACE_END;
		if (strcmp(at, "end") && (*at < '0' || *at > '9')) {
			fprintf(stderr, "riser: error: --at=%s: fail, fail-N, trigger-N, end or a cycle is needed\n", at);
			return RISER_EXIT_USAGE;
		}
		if (strcmp(at, "end") &&
		    riser_cli_number("--at", at, 0, UINT64_MAX - 1, &n))
			return RISER_EXIT_USAGE;
		ret = riser_place_of_cycle(&w->place, w->ref.record, n, error);
	}
	if (!ret)
		return 0;
	fprintf(stderr, "riser: error: %s\n", error);
	return RISER_EXIT_USAGE;
}

static uint64_t cycles_of(const struct wave *w, uint64_t ns)
{
	return (ns * 1000 + w->place.clk_period_ps - 1) /
	       w->place.clk_period_ps;
}

static void find_window(struct wave *w)
{
	const struct riser_place *place = &w->place;
	uint64_t before = cycles_of(w, w->args->before_ns);
	uint64_t after = cycles_of(w, w->args->after_ns);

	w->from = place->access_cycle > before ?
		  place->access_cycle - before : 0;
	w->to = place->fail_cycle + after + 1;
	/* a failure noticed much later: its end matters more */
	if (w->to - w->from > MAX_CYCLES + before + after)
		w->from = w->to - MAX_CYCLES - before - after;
}

static int make_dir(struct wave *w)
{
	const struct wave_args *a = w->args;
	char name[96];
	int n;

	if (w->place.number)
		n = snprintf(name, sizeof(name), "%s-%03u",
			     w->place.is_trigger ? "trigger" : "fail",
			     w->place.number);
	else
		n = snprintf(name, sizeof(name), "at-%" PRIu64,
			     w->place.access_cycle);
	if (a->into)
		snprintf(name, sizeof(name), "%s", a->into);
	else if (a->has_window)
		snprintf(name + n, sizeof(name) - (size_t)n,
			 "-%" PRIu64 "-%" PRIu64 "-%04" PRIx64, w->from, w->to,
			 riser_hash64(a->scopes, a->scopes ?
				      strlen(a->scopes) : 0, 0) & 0xffff);
	w->dir = riser_path(w->ref.dir, name);
	if (w->dir && (!mkdir(w->dir, 0777) || errno == EEXIST))
		return 0;
	fprintf(stderr, "riser: error: cannot make %s: %s\n",
		w->dir ? w->dir : name, strerror(errno));
	return RISER_EXIT_ENV;
}

/* ---- files ---- */

static FILE *open_file(const struct wave *w, const char *name)
{
	char *path = riser_path(w->dir, name);
	FILE *f = path ? fopen(path, "we") : NULL;

	if (!f)
		fprintf(stderr, "riser: error: cannot write %s: %s\n",
			path ? path : name, strerror(errno));
	free(path);
	return f;
}

static int write_ladder(struct wave *w)
{
	char error[RISER_ERROR_BYTES];
	FILE *f = open_file(w, "ladder.txt");
	int ret;

	if (!f)
		return RISER_EXIT_ENV;
	ret = riser_ladder_write(&w->place, w->ref.record, w->ref.snapshots,
				 f, error);
	if (ret)
		fprintf(stderr, "riser: error: %s\n", error);
	if (fclose(f) && !ret)
		ret = -errno;
	return ret ? RISER_EXIT_ENV : 0;
}

static double us_of(const struct wave *w, uint64_t cycle)
{
	return (double)cycle * (double)w->place.clk_period_ps / 1e6;
}

static void summary_line(FILE *f, const char *what, const char *text)
{
	if (text[0])
		fprintf(f, "| %s | %s |\n", what, text);
}

static void summary_finding(const struct wave *w, FILE *f)
{
	const struct riser_finding *finding = &w->place.finding;

	fprintf(f, "# %s\n\n| | |\n|---|---|\n", finding->text);
	summary_line(f, "access", finding->access);
	summary_line(f, "driver function", finding->function);
	summary_line(f, "caller", finding->caller);
	summary_line(f, "access before", finding->before);
	summary_line(f, "suspected side", finding->side);
	summary_line(f, "what to do", finding->advice);
}

static int write_summary(const struct wave *w)
{
	FILE *f = open_file(w, "summary.md");

	if (!f)
		return RISER_EXIT_ENV;
	if (w->place.number)
		summary_finding(w, f);
	else
		fprintf(f, "# Cycle %" PRIu64 "\n\n| | |\n|---|---|\n",
			w->place.access_cycle);
	fprintf(f, "| access made | cycle %" PRIu64 ", %.3f us |\n",
		w->place.access_cycle, us_of(w, w->place.access_cycle));
	fprintf(f, "| noticed | cycle %" PRIu64 ", %.3f us |\n",
		w->place.fail_cycle, us_of(w, w->place.fail_cycle));
	fprintf(f, "| window | cycles %" PRIu64 " to %" PRIu64
		", %.3f to %.3f us |\n", w->from, w->to, us_of(w, w->from),
		us_of(w, w->to));
	fprintf(f, "| replay | %s |\n", w->result.differs ?
		w->result.difference : "equal to the run, TLP by TLP");
	if (w->result.start_cycle)
		fprintf(f, "| began | at the snapshot of cycle %" PRIu64
			", %.2f s |\n", w->result.start_cycle,
			w->result.wall_s);
	else
		fprintf(f, "| began | at reset, %.2f s |\n", w->result.wall_s);
	fprintf(f, "| card | %s (%s, %s), sources %.12s |\n",
		w->facts->card ? w->facts->card : "?", w->facts->top,
		w->facts->engine, w->facts->source_hash);
	fputs("\n`wave.fst` has all scopes; arrays of more than 1024 entries and vectors of more than 65536 bits are left out.\n"
	      "The lanes `riser.*` are the driver's function, the TLPs in words, and the time of the driver's kernel.\n\n"
	      "    gtkwave wave.fst wave.gtkw\n    surfer -c wave.sucl\n", f);
	return fclose(f) ? RISER_EXIT_ENV : 0;
}

/* ---- the waveform ---- */

static void on_note(void *ctx, const char *text)
{
	(void)ctx;
	fprintf(stderr, "riser: warning: %s\n", text);
}

static int replay_window(struct wave *w, const char *path)
{
	struct riser_replay_config config = {
		.record_path = w->ref.record, .model_path = w->model,
		.x_init = -1, .preloads = w->args->preloads.v,
		.to_cycle = w->to, .snapshot_dir = w->ref.snapshots,
		.from_cycle = w->from, .wave_path = path,
		.wave_scopes = w->args->scopes, .wave_from = w->from,
		.wave_to = w->to, .go_on = true, .note = on_note,
	};
	char *capture = riser_path(w->dir, "window.pcapng");
	struct riser_windowcap cap = { 0 };
	char error[RISER_ERROR_BYTES];
	int ret = capture ? riser_windowcap_open(&cap, capture, w->from, w->to, error) : 0;

	free(capture);
	if (cap.pcapng)
		config.observers[config.nr_observers++] = riser_windowcap_observer(&cap);
	if (!ret)
		ret = riser_replay(&config, &w->result, error);
	riser_windowcap_close(&cap);
	if (ret) {
		fprintf(stderr, "riser: error: %s\n", error);
		return RISER_EXIT_USAGE;
	}
	if (w->result.wave_is_written)
		return 0;
	fprintf(stderr, "riser: error: the replay ended in cycle %" PRIu64
		", before the window: %s\n", w->result.cycles,
		w->result.differs ? w->result.difference : w->result.trouble);
	return RISER_EXIT_FAIL;
}

/* A file that somebody looks at is either not there or whole. */
static int make_fst(struct wave *w, const char *fst)
{
	char *temp = riser_path(w->dir, "unfinished.fst");
	char *hierarchy = riser_path(w->dir, "unfinished.fst.hier");
	int ret = RISER_EXIT_ENV;

	if (temp && hierarchy) {
		unlink(temp);
		ret = replay_window(w, temp);
		if (!ret && rename(temp, fst)) {
			fprintf(stderr, "riser: error: cannot write %s: %s\n",
				fst, strerror(errno));
			ret = RISER_EXIT_ENV;
		} else if (ret) {
			unlink(temp);
			unlink(hierarchy);
		}
	}
	free(temp);
	free(hierarchy);
	return ret;
}

static int make_files(struct wave *w)
{
	char *fst = riser_path(w->dir, "wave.fst");
	int ret = fst ? 0 : RISER_EXIT_ENV;

	if (!ret && access(fst, R_OK)) {
		ret = riser_runref_model(&w->ref, w->args->model, RISER_MODEL_F_TRACE,
					 w->args->is_quiet, &w->model);
		if (!ret)
			ret = write_ladder(w);
		if (!ret)
			ret = make_fst(w, fst);
		if (!ret && riser_wavefiles_write(w->dir, w->facts, &w->place)) {
			fprintf(stderr, "riser: error: cannot write %s/wave.gtkw: %s\n",
				w->dir, strerror(errno));
			ret = RISER_EXIT_ENV;
		}
		if (!ret)
			ret = write_summary(w);
		if (!ret && w->result.differs)
			fprintf(stderr, "riser: warning: the replay is not the run: %s\n",
				w->result.difference);
	}
	free(fst);
	return ret;
}

/* Becomes the viewer; returns when there is none. */
static int open_viewer(const struct wave *w)
{
	const char *viewer = w->args->viewer;

	fflush(stdout);
	if (!chdir(w->dir)) {
		if (!viewer || !strcmp(viewer, "surfer"))
			execlp("surfer", "surfer", "-c", "wave.sucl", (char *)NULL);
		if (!viewer || !strcmp(viewer, "gtkwave"))
			execlp("gtkwave", "gtkwave", "wave.fst", "wave.gtkw", (char *)NULL);
	}
	fprintf(stderr, "riser: error: cannot start %s: %s\n", viewer ? viewer : "surfer or gtkwave",
		strerror(errno));
	return RISER_EXIT_ENV;
}

static int show(const struct wave *w)
{
	const struct wave_args *a = w->args;

	if (!a->is_quiet) {
		if (w->place.number)
			printf("%s\n", w->place.finding.text);
		printf(" wave    %s/wave.fst  cycles %" PRIu64 " to %" PRIu64
		       ", marker A at the access\n", w->dir, w->from, w->to);
		printf(" ladder  %s/ladder.txt\n", w->dir);
	}
	if (a->png)
		return riser_wave_png(w->dir, a->png);
	if (a->no_open)
		return 0;
	if (!getenv("DISPLAY") || !*getenv("DISPLAY")) {
		if (!a->is_quiet)
			printf(" open    cd %s && gtkwave wave.fst wave.gtkw\n",
			       w->dir);
		return 0;
	}
	return open_viewer(w);
}

static int make_wave(struct wave *w)
{
	char error[RISER_ERROR_BYTES];
	int ret;

	ret = find_place(w);
	if (ret)
		return ret;
	if (riser_rec_open(w->ref.record, &w->log, error)) {
		fprintf(stderr, "riser: error: %s\n", error);
		return RISER_EXIT_USAGE;
	}
	w->facts = riser_rec_facts(w->log);
	find_window(w);
	ret = make_dir(w);
	if (!ret)
		ret = make_files(w);
	return ret ? ret : show(w);
}

int riser_cmd_wave(int argc, char **argv)
{
	struct wave_args a = { .before_ns = BEFORE_NS, .after_ns = AFTER_NS };
	struct wave w = { .args = &a };
	int ret;

	ret = riser_cli_parse(&riser_argp_wave, argc, argv, &a);
	if (!ret)
		ret = riser_runref_find(&w.ref, a.run);
	if (!ret)
		ret = make_wave(&w);
	riser_rec_close(w.log);
	riser_runref_fini(&w.ref);
	free(w.dir);
	free(w.model);
	free(a.preloads.v);
	return ret;
}
