// SPDX-License-Identifier: Apache-2.0
/*
 * riser bridge: one link, one model, until asked to stop. Started by a
 * supervisor in split mode, or by hand where /dev/pciem is.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/check.h>
#include <riser/run.h>
#include <riser/scoreboard.h>

#include "../regs.h"
#include "../sandbox.h"
#include "../super/super.h"
#include "backdoor.h"
#include "cfgdump.h"
#include "cli.h"
#include "control.h"
#include "lockstep.h"

enum {
	OPT_DEVICE = 256, OPT_SHM_FD, OPT_KICK_FD, OPT_PEER_KICK_FD, OPT_MODEL,
	OPT_OUT, OPT_PLUSARG, OPT_PRELOAD, OPT_X_INIT, OPT_SEED, OPT_SESSION,
	OPT_TIMEOUT_CYCLES, OPT_IDLE, OPT_NO_CAPTURE, OPT_DEADLINE, OPT_NO_CHECK,
	OPT_NO_RECORD, OPT_FAULT, OPT_WAIVE,
	OPT_NO_SNAPSHOTS, OPT_SNAPSHOT_LIMIT, OPT_SNAPSHOT_MS, OPT_SCOREBOARD,
	OPT_TRIGGER_TLP, OPT_CONTROL_FD, OPT_BOOT_LIMIT, OPT_BOOT_CACHE, OPT_REGS,
	OPT_NO_SANDBOX,
};

static const struct argp_option options[] = {
	{ "device", OPT_DEVICE, "NODE", 0, "the running kernel's root complex (/dev/pciem)", 1 },
	{ "shm-fd", OPT_SHM_FD, "N", 0, "inherited shared memory, instead of a device", 1 },
	{ "kick-fd", OPT_KICK_FD, "N", 0, "inherited eventfd that the kernel's side writes", 1 },
	{ "peer-kick-fd", OPT_PEER_KICK_FD, "N", 0, "inherited eventfd that wakes the kernel's side", 1 },
	{ "deadline", OPT_DEADLINE, "MS", 0, "with --device: longest wait of one access", 1 },
	{ "model", OPT_MODEL, "FILE", 0, "model.so", 2 },
	{ "plusarg", OPT_PLUSARG, "+ARG", 0, "for the design", 2 },
	{ "preload", OPT_PRELOAD, "[NAME=]FILE", 0, "first contents of the backing store, or of the one that is called so; may be repeated", 2 },
	{ "x-init", OPT_X_INIT, "0|1", 0, "value of what the RTL leaves uninitialised", 2 },
	{ "seed", OPT_SEED, "N", 0, "for $urandom", 2 },
	{ "completion-timeout", OPT_TIMEOUT_CYCLES, "N", 0, "in cycles of the user clock (20000)", 2 },
	{ "idle", OPT_IDLE, "POLICY", 0, "what the clock does while nothing is in flight: run, stop (default) while the card itself says that it is idle, pace:RATIO of time on the wall", 2 },
	{ "regs", OPT_REGS, "FILE", 0, "names of registers: lines BAR OFFSET BYTES NAME, as sim/regs-table writes them", 2 },
	{ "boot-limit", OPT_BOOT_LIMIT, "NS", 0, "simulated time that the card may take to boot (100000000)", 2 },
	{ "boot-cache", OPT_BOOT_CACHE, "DIR", 0, "where the card's state after boot is kept for other runs", 2 },
	{ "no-sandbox", OPT_NO_SANDBOX, NULL, 0, "let the model start processes, use the network and the like", 2 },
	{ "fault", OPT_FAULT, "RULE", 0, "'MATCH : ACTION', what is to go wrong (docs/faults.md); may be repeated", 2 },
	{ "out", OPT_OUT, "DIR", 0, "where bridge.json, run.pcapng and tlp.rec.zst go", 3 },
	{ "session", OPT_SESSION, "N", 0, "number of this bridge in its run: from 2 on, file names carry it", 3 },
	{ "waive", OPT_WAIVE, "RULE=REASON", 0, "the checker's rule is known to be broken; may be repeated", 3 },
	{ "no-check", OPT_NO_CHECK, NULL, 0, "no protocol checker", 3 },
	{ "scoreboard", OPT_SCOREBOARD, "NAME", 0, "judge the card's protocol as well: nvme, or none (default)", 3 },
	{ "no-capture", OPT_NO_CAPTURE, NULL, 0, "no run.pcapng", 3 },
	{ "no-record", OPT_NO_RECORD, NULL, 0, "no tlp.rec.zst: no replay and no waveform of a failure", 3 },
	{ "trigger-tlp", OPT_TRIGGER_TLP, "MATCH", 0, "a TLP that gets a window of its own (docs/record.md); may be repeated", 3 },
	{ "control-fd", OPT_CONTROL_FD, "N", 0, "inherited; lines of the supervisor about guest and script", 1 },
	{ "no-snapshots", OPT_NO_SNAPSHOTS, NULL, 0, "a waveform is replayed from reset", 3 },
	{ "snapshot-limit", OPT_SNAPSHOT_LIMIT, "MIB", 0, "disk for snapshots (1024); older ones go for newer ones", 3 },
	RISER_CLI_REFERENCE_OPTIONS(3),
	{ "snapshot-ms", OPT_SNAPSHOT_MS, "MS", 0, "wall time between two snapshots (500)", 3 },
	{ 0 },
};

struct bridge_args {
	const char *device, *model, *out, *idle, *scoreboard;
	unsigned long long shm_fd, kick_fd, peer_kick_fd, x_init, seed, session;
	unsigned long long timeout_cycles, deadline_ms, boot_limit_ns;
	const char *boot_cache, *regs;
	unsigned long long snapshot_mib, snapshot_ms;
	bool has_shm, no_check, no_capture, no_record, no_snapshots, no_sandbox;
	struct riser_cli_list plusargs, preloads;
	struct riser_fault *faults;
	uint32_t nr_faults;
	struct riser_check_waiver *waivers;
	uint32_t nr_waivers;
	struct riser_fault *triggers;
	uint32_t nr_triggers;
	unsigned long long control_fd;
	struct riser_cli_reference reference;
};

static int parse_number(struct bridge_args *a, int key, const char *arg)
{
	switch (key) {
	case OPT_X_INIT:
		return riser_cli_number("--x-init", arg, 0, 1, &a->x_init);
	case OPT_SEED:
		return riser_cli_number("--seed", arg, 0, UINT64_MAX, &a->seed);
	case OPT_SESSION:
		return riser_cli_number("--session", arg, 1, 100000,
					&a->session);
	case OPT_TIMEOUT_CYCLES:
		return riser_cli_number("--completion-timeout", arg, 16,
					1000000000, &a->timeout_cycles);
	case OPT_BOOT_LIMIT:
		return riser_cli_number("--boot-limit", arg, 1, 1000000000000ULL,
					&a->boot_limit_ns);
	case OPT_CONTROL_FD:
		return riser_cli_number("--control-fd", arg, 3, 1 << 20,
					&a->control_fd);
	case OPT_SNAPSHOT_LIMIT:
		return riser_cli_number("--snapshot-limit", arg, 1, 1 << 20,
					&a->snapshot_mib);
	case OPT_SNAPSHOT_MS:
		return riser_cli_number("--snapshot-ms", arg, 1, 1000000,
					&a->snapshot_ms);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct bridge_args *a = state->input;

	switch (key) {
	case OPT_DEVICE:
		a->device = arg;
		return 0;
	case OPT_SHM_FD:
		a->has_shm = true;
		return riser_cli_number("--shm-fd", arg, 3, 1 << 20, &a->shm_fd);
	case OPT_KICK_FD:
		return riser_cli_number("--kick-fd", arg, 3, 1 << 20,
					&a->kick_fd);
	case OPT_PEER_KICK_FD:
		return riser_cli_number("--peer-kick-fd", arg, 3, 1 << 20,
					&a->peer_kick_fd);
	case OPT_DEADLINE:
		return riser_cli_number("--deadline", arg, 1, 5000,
					&a->deadline_ms);
	case OPT_MODEL:
		a->model = arg;
		return 0;
	case OPT_OUT:
		a->out = arg;
		return 0;
	case OPT_PRELOAD:
		return riser_cli_list_add(&a->preloads, arg);
	case OPT_REGS:
		a->regs = arg;
		return 0;
	case OPT_BOOT_CACHE:
		a->boot_cache = arg;
		return 0;
	case OPT_IDLE:
		a->idle = arg;
		return riser_cli_idle(arg, NULL);
	case OPT_PLUSARG:
		return riser_cli_list_add(&a->plusargs, arg);
	case OPT_WAIVE:
		return riser_cli_waiver(arg, &a->waivers, &a->nr_waivers);
	case OPT_FAULT:
		return riser_cli_fault(arg, &a->faults, &a->nr_faults);
	case OPT_NO_CHECK:
		a->no_check = true;
		return 0;
	case OPT_SCOREBOARD:
		return riser_cli_scoreboard(arg, &a->scoreboard);
	case OPT_NO_CAPTURE:
		a->no_capture = true;
		return 0;
	case OPT_NO_RECORD:
		a->no_record = true;
		return 0;
	case OPT_TRIGGER_TLP:
		return riser_cli_trigger(arg, &a->triggers, &a->nr_triggers);
	case OPT_NO_SANDBOX:
		a->no_sandbox = true;
		return 0;
	case OPT_NO_SNAPSHOTS:
		a->no_snapshots = true;
		return 0;
	case OPT_REFERENCE:
	case OPT_REFERENCE_PLUSARG:
	case OPT_REFERENCE_PATIENCE:
	case OPT_MAY_DIFFER:
		return riser_cli_reference_parse(&a->reference, key, arg);
	default:
		return parse_number(a, key, arg);
	}
}

/* ---- signals: stop, "write the configuration space", pull the card or put it back ---- */

static struct riser_engine *the_engine;
static atomic_bool wants_config;

static void on_stop_signal(int signum)
{
	(void)signum;
	if (the_engine)
		riser_engine_stop(the_engine, false);
}

static void on_config_signal(int signum)
{
	(void)signum;
	atomic_store(&wants_config, true);
}

static void on_slot_signal(int signum)
{
	(void)signum;
	if (the_engine)
		riser_engine_slot(the_engine);
}

static void install_signals(void)
{
	struct sigaction slot = { .sa_handler = on_slot_signal };
	struct sigaction stop = { .sa_handler = on_stop_signal };
	struct sigaction config = { .sa_handler = on_config_signal };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGUSR1, &config, NULL);
	sigaction(SIGUSR2, &slot, NULL);
}

/* ---- the run ---- */

struct bridge {
	const struct bridge_args *args;
	struct riser_cfgdump cfgdump;
	struct riser_link *link;
	struct riser_check_observer *checker;
	char *waived;	/* for the record */
	struct riser_scoreboard *scoreboard;
	struct riser_lockstep *lockstep;
	struct riser_control control;
	struct riser_backdoor_server backdoor;
	char *dir;	/* where it was started: the project's folder */
	char capture[4096];
	char record[4096];
	char snapshots[4096];
	char account[4096];
	char config_hex[4096];
	char coverage[4096];
};

static void write_config(struct bridge *b)
{
	int ret = riser_cfgdump_write(&b->cfgdump, b->config_hex);

	if (ret)
		fprintf(stderr, "riser bridge: warning: cannot write %s: %s\n",
			b->config_hex, strerror(-ret));
}

/* Between two TLPs: the place where a wish of the supervisor is heard. */
static void on_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct bridge *b = ctx;

	if (atomic_load_explicit(&wants_config, memory_order_relaxed)) {
		atomic_store(&wants_config, false);
		write_config(b);
	}
	riser_cfgdump_ops.tlp(&b->cfgdump, event);
}

static const struct riser_observer_ops observer_ops = { .tlp = on_tlp };

static void on_message(void *ctx, enum riser_severity severity,
		       const char *file, int line, const char *text)
{
	static const char *const names[] = { "display", "info", "warning",
					     "error", "fatal", "stop",
					     "finish" };

	(void)ctx;
	if (file)
		printf("%s:%d: ", file, line);
	printf("%s: %s\n", severity <= RISER_MSG_FINISH ? names[severity] :
	       "message", text);
	fflush(stdout);
}

static void name_files(struct bridge *b)
{
	const char *dir = b->args->out;
	char suffix[32] = "";

	if (b->args->session > 1)
		snprintf(suffix, sizeof(suffix), "-%llu", b->args->session);
	snprintf(b->capture, sizeof(b->capture), "%s/run%s.pcapng", dir,
		 suffix);
	snprintf(b->record, sizeof(b->record), "%s/tlp%s.rec.zst", dir,
		 suffix);
	snprintf(b->snapshots, sizeof(b->snapshots),
		 "%s/" RISER_SNAPSHOT_DIR "%s", dir, suffix);
	snprintf(b->account, sizeof(b->account), "%s/bridge%s.json", dir,
		 suffix);
	snprintf(b->config_hex, sizeof(b->config_hex), "%s/config%s.hex", dir,
		 suffix);
	snprintf(b->coverage, sizeof(b->coverage), "%s/coverage%s.dat", dir,
		 suffix);
}

static int open_link(struct bridge *b, char *error)
{
	const struct bridge_args *a = b->args;
	const struct riser_link_options link_options = {
		.deadline_atomic_ms = (uint32_t)a->deadline_ms,
	};

	if (a->has_shm)
		return riser_link_open_shm((int)a->shm_fd,
					   (int)a->peer_kick_fd,
					   (int)a->kick_fd, &b->link, error);
	return riser_link_open_dev(a->device, &link_options, &b->link, error);
}

static void fill_config(struct bridge *b, struct riser_engine_config *config)
{
	const struct bridge_args *a = b->args;

	*config = (struct riser_engine_config){
		.link = b->link,
		.model_path = a->model,
		.plusargs = a->plusargs.v,
		.nr_plusargs = (uint32_t)a->plusargs.nr,
		.x_init = (uint32_t)a->x_init,
		.seed = a->seed,
		.preloads = a->preloads.v,
		.nr_preloads = (uint32_t)a->preloads.nr,
		.dir = b->dir,
		.boot_ns = a->boot_limit_ns,
		.boot_dir = a->boot_cache,
		.timeout_cycles = a->timeout_cycles,
		.idle = RISER_IDLE_STOP,
		.lock_memory = true,
		.pcapng_path = a->no_capture || !a->out ? NULL : b->capture,
		.record_path = a->no_record || !a->out ? NULL : b->record,
		.faults = a->faults,
		.nr_faults = a->nr_faults,
		.triggers = a->triggers,
		.nr_triggers = a->nr_triggers,
		.snapshot_dir = a->no_snapshots || a->no_record || !a->out ?
				NULL : b->snapshots,
		.snapshot_ms = (uint32_t)a->snapshot_ms,
		.snapshot_limit_bytes = a->snapshot_mib << 20,
		.observers = { { &observer_ops, b } },
		.nr_observers = 1,
		.message = on_message,
	};
	if (a->idle)
		(void)riser_cli_idle(a->idle, config);
}

/* Rules with a blank between, as the record keeps them. */
static char *waived_rules(const struct bridge_args *a)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	uint32_t i;

	if (!f)
		return NULL;
	for (i = 0; i < a->nr_waivers; i++)
		fprintf(f, "%s%s%s", i ? " " : "", a->waivers[i].id,
			a->waivers[i].verdict == RISER_CHECK_REPORT ? ":report" : "");
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/* The protocol checker judges every run, unless it is asked not to. */
static int add_checker(struct bridge *b, struct riser_engine_config *config)
{
	const struct riser_check_config check = {
		.waivers = b->args->waivers,
		.nr_waivers = b->args->nr_waivers,
	};
	int ret;

	if (b->args->no_check) {
		config->checker = "none";
		return 0;
	}
	b->waived = waived_rules(b->args);
	if (!b->waived)
		return -ENOMEM;
	config->checker = b->args->nr_waivers ? b->waived : NULL;
	ret = riser_check_observer_create(&check, &b->checker);
	if (!ret)
		config->observers[config->nr_observers++] =
			riser_check_observer(b->checker);
	return ret;
}

static void print_injections(const struct riser_engine *engine)
{
	const struct riser_injection *injection;
	uint32_t i;

	for (i = 0; (injection = riser_engine_injection(engine, i)); i++)
		printf("fault %u in cycle %llu: %s%s%s%s%s\n",
		       injection->fault + 1,
		       (unsigned long long)injection->cycle, injection->tlp,
		       *injection->function ? " in " : "", injection->function,
		       *injection->what ? ": " : "", injection->what);
}

/* What the card's protocol demands, when it is known. */
static int add_scoreboard(struct bridge *b, struct riser_engine_config *config, char *error)
{
	int ret;

	if (!b->args->scoreboard)
		return 0;
	ret = riser_scoreboard_open(b->args->scoreboard, NULL, &b->scoreboard, error);
	if (!ret) {
		config->scoreboard = b->args->scoreboard;
		config->observers[config->nr_observers++] =
			riser_scoreboard_observer(b->scoreboard);
	}
	return ret;
}

/* The reference, in a thread of its own. */
static int add_lockstep(struct bridge *b, struct riser_engine_config *config, char *error)
{
	struct riser_lockstep_config lockstep;
	int ret;

	if (!b->args->reference.model)
		return 0;
	riser_cli_reference_config(&b->args->reference, &lockstep);
	lockstep.is_threaded = true;
	ret = riser_lockstep_open(&lockstep, &b->lockstep, error);
	if (!ret)
		config->observers[config->nr_observers++] =
			riser_lockstep_observer(b->lockstep);
	return ret;
}

static void print_findings(const struct riser_engine *engine)
{
	const struct riser_finding *finding;
	uint32_t i;

	for (i = 0; (finding = riser_engine_finding(engine, i)); i++)
		riser_finding_print(finding, stdout);
}

/* Also of a run that failed or was told to end. */
static void write_coverage(struct bridge *b, const struct riser_engine *engine)
{
	int ret = b->args->out ? riser_engine_write_coverage(engine, b->coverage) : 0;

	if (ret && ret != -EOPNOTSUPP)
		fprintf(stderr, "riser bridge: warning: cannot write %s: %s\n",
			b->coverage, strerror(-ret));
}

/* With all files open, all threads there, and nothing yet of what the card or the kernel sends. */
static void enter_sandbox(const struct bridge *b, const struct riser_engine *engine)
{
	bool has_host = riser_engine_model_info(engine)->features & RISER_MODEL_F_PROCESS ||
			b->args->reference.model;
	int ret = riser_sandbox_enter("riser", has_host);

	if (ret)
		fprintf(stderr, "riser: warning: no sandbox: %s\n", strerror(-ret));
}

static int run_engine(struct bridge *b, char *error)
{
	struct riser_engine_result result;
	struct riser_engine_config config;
	struct riser_engine *engine;
	int ret;

	fill_config(b, &config);
	ret = add_checker(b, &config);
	if (!ret)
		ret = add_scoreboard(b, &config, error);
	if (!ret)
		ret = add_lockstep(b, &config, error);
	if (!ret)
		ret = riser_engine_create(&config, &engine, error);
	if (ret)
		goto out_observers;
	if (b->scoreboard)
		riser_scoreboard_attach(b->scoreboard, engine);
	if (b->checker)
		riser_check_observer_attach(b->checker, engine);
	if (b->lockstep)
		riser_lockstep_attach(b->lockstep, engine);
	the_engine = engine;
	install_signals();
	riser_control_start(&b->control, (int)b->args->control_fd, engine);
	riser_backdoor_start(&b->backdoor, b->args->out, engine);
	enter_sandbox(b, engine);
	ret = riser_engine_run(engine, &result);
	riser_backdoor_stop(&b->backdoor);
	riser_control_stop(&b->control);
	the_engine = NULL;
	if (!ret) {
		print_injections(engine);
		print_findings(engine);
		printf("%s: %s\n", riser_end_name(result.end), result.text);
		write_coverage(b, engine);
		if (b->args->out)
			ret = riser_engine_write_json(engine, b->account);
		if (ret)
			snprintf(error, RISER_ERROR_BYTES, "cannot write %.200s: %s",
				 b->account, strerror(-ret));
		if (atomic_load(&wants_config))
			write_config(b);
	}
	if (!ret && result.nr_errors)
		ret = 1;
	riser_engine_destroy(engine);
out_observers:
	riser_check_observer_destroy(b->checker);
	free(b->waived);
	b->waived = NULL;
	riser_scoreboard_close(b->scoreboard);
	riser_lockstep_close(b->lockstep);
	b->lockstep = NULL;
	b->checker = NULL;
	b->scoreboard = NULL;
	return ret;
}

static int exit_code_of(int ret)
{
	switch (ret) {
	case -EACCES:
	case -EPERM:
	case -ENODEV:
	case -ENXIO:
	case -EBUSY:
		return RISER_EXIT_ENV;
	case -EINVAL:
	case -ENOENT:
	case -EEXIST:
	case -ENOEXEC:
	case -EPROTO:
		return RISER_EXIT_USAGE;
	default:
		return ret < 0 ? RISER_EXIT_ENV : ret;
	}
}

static int check(const struct bridge_args *a)
{
	if (!a->model) {
		fprintf(stderr, "riser: error: no model: give --model=FILE (sim/build-model makes one)\n");
		return RISER_EXIT_USAGE;
	}
	if (a->has_shm != (a->kick_fd && a->peer_kick_fd)) {
		fprintf(stderr, "riser: error: --shm-fd, --kick-fd and --peer-kick-fd belong together\n");
		return RISER_EXIT_USAGE;
	}
	return riser_cli_reference_check(&a->reference);
}

const struct argp riser_argp_bridge = {
	.options = options, .parser = parse,
	.doc = "Plugs a model into a kernel and moves TLPs until it is stopped (SIGINT or SIGTERM: the "
	       "card is removed in order; twice: at once). SIGUSR2: the card is pulled out of its slot; again: "
	       "it is put back, with what it has stored.",
};

int riser_cmd_bridge(int argc, char **argv)
{
	struct bridge_args a = { .session = 1 };
	char error[RISER_ERROR_BYTES] = "";
	struct bridge *b;
	int ret, code;

	ret = riser_cli_parse(&riser_argp_bridge, argc, argv, &a);
	if (!ret)
		ret = check(&a);
	b = ret ? NULL : calloc(1, sizeof(*b));
	if (!b)
		return ret ? ret : RISER_EXIT_ENV;
	b->args = &a;
	if (a.no_sandbox)
		setenv(RISER_SANDBOX_ENV, "off", 1);
	name_files(b);
	b->dir = getcwd(NULL, 0);
	ret = a.regs ? riser_regs_load(a.regs, error) : 0;
	code = ret ? RISER_EXIT_USAGE : RISER_EXIT_ENV;
	if (!ret)
		ret = open_link(b, error);
	if (!ret) {
		ret = run_engine(b, error);
		code = exit_code_of(ret);
	}
	if (ret < 0)
		fprintf(stderr, "riser: error: %s\n",
			*error ? error : strerror(-ret));
	if (b->link)
		riser_link_close(b->link);
	free(b->dir);
	free(b);
	free(a.plusargs.v);
	free(a.preloads.v);
	riser_cli_reference_fini(&a.reference);
	free(a.faults);
	free(a.waivers);
	free(a.triggers);
	return code;
}
