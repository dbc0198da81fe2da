// SPDX-License-Identifier: Apache-2.0
/* riser run: one script against one card in one guest. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/scoreboard.h>

#include <riser/check.h>
#include <riser/link.h>
#include <riser/loader.h>

#include "../super/super.h"
#include "cli.h"
#include "lockstep.h"
#include "projectarg.h"
#include "runcmd.h"

enum {
	OPT_MODEL = 256, OPT_TOP, OPT_FLAVOUR, OPT_KERNEL, OPT_DRIVER,
	OPT_MODULE, OPT_PROGRAM, OPT_ADD, OPT_ENV, OPT_PLUSARG, OPT_OUT,
	OPT_LINK, OPT_NAME, OPT_CARD, OPT_SMP, OPT_TIMEOUT, OPT_DEADLINE, OPT_DMA_SLOTS,
	OPT_TIMEOUT_CYCLES, OPT_X_INIT, OPT_SEED, OPT_IDLE, OPT_TIME_RATIO, OPT_PRELOAD, OPT_LOCAL,
	OPT_HOST_ACTIONS, OPT_DRY_RUN, OPT_NO_RECORD, OPT_WAVES, OPT_MODEL_ARG, OPT_HOST_CHECK,
	OPT_FAULT, OPT_WAIVE, OPT_FAST, OPT_NO_SNAPSHOTS, OPT_SNAPSHOT_LIMIT, OPT_SCOREBOARD,
	OPT_TRIGGER_LOG, OPT_TRIGGER_TLP, OPT_WINDOW_BEFORE, OPT_WINDOW_AFTER,
	OPT_MAX_WINDOWS, OPT_WINDOW_LIMIT, OPT_INTERFACE, OPT_PORT_PREFIX, OPT_INTERFACE_PARAM, OPT_KEEP, OPT_DRIVER_PARAM,
	OPT_FIRMWARE, OPT_PACKAGE, OPT_KERNEL_MODULES, OPT_KERNEL_HEADERS, OPT_COVERAGE,
	OPT_HOST, OPT_REGS, OPT_BOOT_LIMIT, OPT_NO_BOOT_SNAPSHOT, OPT_NO_SANDBOX,
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "The card:", 1 },
	{ "files", 'f', "FILE", 0, "file list of the RTL (as verilator -f)", 1 },
	{ "top", OPT_TOP, "MODULE", 0, "top module, with the ports of --interface (the TLP port of docs/tlp-port.md)", 1 },
	{ "interface", OPT_INTERFACE, "NAME", 0, "what the top has instead of the TLP port: the user side of a PCIe block", 1 },
	{ "port-prefix", OPT_PORT_PREFIX, "ROLE=WORD", 0, "ports of the interface begin with WORD", 1 },
	{ "interface-param", OPT_INTERFACE_PARAM, "NAME=VALUE", 0, "a parameter of the interface", 1 },
	{ "flavour", OPT_FLAVOUR, "F", 0, "of the model: trace (default), fast or cover", 1 },
	{ "fast", OPT_FAST, NULL, 0, "the same as --flavour fast: no snapshots, so the waveform of a late failure is replayed from reset", 1 },
	{ "coverage", OPT_COVERAGE, "KIND", 0, "the model counts what of the RTL is reached: line, toggle, user (cover properties) or all; flavour cover (`riser cover`); may be repeated", 1 },
	{ "model", OPT_MODEL, "FILE", 0, "a model.so that is built already, instead", 1 },
	{ "model-arg", OPT_MODEL_ARG, "ARG", 0, "one more argument for sim/build-model", 1 },
	{ "plusarg", OPT_PLUSARG, "+ARG", 0, "for the design's $value$plusargs", 1 },
	{ "preload", OPT_PRELOAD, "[NAME=]FILE", 0, "first contents of the card's backing store, or of the one of that name; may be repeated", 1 },
	{ "x-init", OPT_X_INIT, "0|1", 0, "value of what the RTL leaves uninitialised", 1 },
	{ "seed", OPT_SEED, "N", 0, "for the design's $urandom", 1 },
	{ "completion-timeout", OPT_TIMEOUT_CYCLES, "N", 0, "in cycles of the PCIe user clock (20000)", 1 },
	{ "regs", OPT_REGS, "barN=FILE", 0, "names of registers, SystemRDL (.rdl) or IP-XACT (.xml) (docs/regs.md); may be repeated", 1 },
	{ "boot-limit", OPT_BOOT_LIMIT, "NS", 0, "simulated time that the card may take to boot (docs/boot.md)", 1 },
	{ "no-sandbox", OPT_NO_SANDBOX, NULL, 0, "let the model start processes, use the network and the like", 1 },
	{ "no-boot-snapshot", OPT_NO_BOOT_SNAPSHOT, NULL, 0, "simulate the boot, and keep nothing of it for other runs", 1 },
	{ "idle", OPT_IDLE, "POLICY", 0, "what the clock does while nothing is in flight: stop (default) while the card says that it is idle, run, pace:RATIO of time on the wall", 1 },
	{ "card", OPT_CARD, "NAME", 0, "name of the card in messages", 1 },
	{ NULL, 0, NULL, 0, "The guest:", 2 },
	{ "kernel", OPT_KERNEL, "WHICH", 0, "6.1 (default), 6.12 or another of Debian (guest/fetch-kernel), or the path of a bzImage", 2 },
	{ "kernel-modules", OPT_KERNEL_MODULES, "DIR", 0, "of a bzImage: its folder lib/modules/RELEASE", 2 },
	{ "kernel-headers", OPT_KERNEL_HEADERS, "DIR", 0, "of a bzImage: its headers (DIR/build of the modules)", 2 },
	{ "driver", OPT_DRIVER, "NAME|PATH", 0, "what drives the card: a module of the guest kernel, or the path of a .ko or of a folder to build", 2 },
	{ "driver-param", OPT_DRIVER_PARAM, "NAME=VALUE", 0, "a parameter of the module", 2 },
	{ "firmware", OPT_FIRMWARE, "SRC[:NAME]", 0, "a file for /lib/firmware", 2 },
	{ "package", OPT_PACKAGE, "NAME", 0, "a Debian package, installed here, whose files the script wants", 2 },
	{ "module", OPT_MODULE, "NAME", 0, "another module that the script wants", 2 },
	{ "program", OPT_PROGRAM, "NAME", 0, "a program of this machine that the script wants", 2 },
	{ "add", OPT_ADD, "SRC[:DST]", 0, "a file or folder that the script wants", 2 },
	{ "env", OPT_ENV, "KEY=VALUE", 0, "a variable for the script", 2 },
	{ "smp", OPT_SMP, "N", 0, "number of CPUs (2)", 2 },
	{ "timeout", OPT_TIMEOUT, "S", 0, "longest life of the guest in seconds (600)", 2 },
	{ "deadline", OPT_DEADLINE, "MS", 0, "longest wait of one access in milliseconds of wall time (250)", 2 },
	{ "dma-slots", OPT_DMA_SLOTS, "MIB", 0, "memory shared with the guest for its drivers' buffers: the card's DMA is served there, without the guest (none; docs/performance.md)", 2 },
	{ "time-ratio", OPT_TIME_RATIO, "N", 0, "the guest's time passes at most N times as fast as the card's, while the card is at work (docs/performance.md)", 2 },
	{ "local", OPT_LOCAL, NULL, 0, "run the simulator inside of the guest", 2 },
	{ NULL, 0, NULL, 0, "The run:", 3 },
	{ "out", OPT_OUT, "DIR", 0, "run directories are made in here (riser-out)", 3 },
	{ "link", OPT_LINK, "PATH", 0, "make this a link to the run's directory", 3 },
	{ "test", 't', "NAME", 0, "run this one of the project's tests", 3 },
	{ "name", OPT_NAME, "NAME", 0, "of the test (run)", 3 },
	{ "host-check", OPT_HOST_CHECK, "NAME=COMMAND", 0, "one more check: run here, in the run's directory, when the guest has ended", 3 },
	{ "fault", OPT_FAULT, "RULE", 0, "'MATCH : ACTION', what is to go wrong (docs/faults.md); may be repeated", 3 },
	{ "scoreboard", OPT_SCOREBOARD, "NAME", 0, "judge the card's protocol as well: nvme, or none (default: the one with the driver's name)", 3 },
	RISER_CLI_REFERENCE_OPTIONS(3),
	{ "waive", OPT_WAIVE, "RULE=REASON", 0, "the checker's rule is known to be broken (RULE:report=REASON: told, but no failure); may be repeated", 3 },
	{ "waves", OPT_WAVES, "WHEN", 0, "fail (default): make the waveforms of failures and triggers; always: one of the whole run too; never", 3 },
	{ "trigger-log", OPT_TRIGGER_LOG, "REGEX", 0, "a line of the guest's log that it matches gets a waveform", 3 },
	{ "trigger-tlp", OPT_TRIGGER_TLP, "MATCH", 0, "a TLP that it means gets a waveform (docs/record.md); may be repeated", 3 },
	{ "window-before", OPT_WINDOW_BEFORE, "NS", 0, "simulated time before the access (2000)", 3 },
	{ "window-after", OPT_WINDOW_AFTER, "NS", 0, "simulated time after the failure (1000)", 3 },
	{ "max-windows", OPT_MAX_WINDOWS, "N", 0, "waveforms that a run makes on its own (4)", 3 },
	{ "window-limit", OPT_WINDOW_LIMIT, "MIB", 0, "no further waveform when they take so much (256)", 3 },
	{ "no-record", OPT_NO_RECORD, NULL, 0, "no tlp.rec.zst: no replay and no waveforms", 3 },
	{ "no-snapshots", OPT_NO_SNAPSHOTS, NULL, 0, "the waveform of a late failure is replayed from reset", 3 },
	{ "snapshot-limit", OPT_SNAPSHOT_LIMIT, "MIB", 0, "disk for snapshots (1024); older ones go for newer ones", 3 },
	{ "dry-run", OPT_DRY_RUN, NULL, 0, "build everything, start nothing: QEMU's command line is shown", 3 },
	{ "keep", OPT_KEEP, NULL, 0, "keep the guest's file system in the run's directory", 3 },
	{ "verbose", 'v', NULL, 0, "show the guest's console", 3 },
	{ "quiet", 'q', NULL, 0, "the verdict alone", 3 },
	{ "host", OPT_HOST, NULL, OPTION_HIDDEN, "told what to do instead", 3 },
	{ "host-actions", OPT_HOST_ACTIONS, NULL, OPTION_HIDDEN, "let the script kill and start the bridge", 3 },
	{ 0 },
};

struct run_args {
	struct riser_super_config c;
	struct riser_cli_list modules, programs, adds, envs, plusargs,
			      model_args, made_args, host_checks, driver_params,
			      firmwares, packages, faults, waivers, trigger_tlps, regs, preloads;
	struct riser_check_waiver *checked;
	uint32_t nr_checked;
	struct riser_fault *parsed, *matches;
	uint32_t nr_parsed, nr_matches;
	bool has_scoreboard;
	struct riser_cli_reference reference;
};

static int parse_number(struct run_args *a, int key, const char *arg)
{
	unsigned long long n;

	switch (key) {
	case OPT_SMP:
		if (riser_cli_number("--smp", arg, 1, 64, &n))
			return EBADMSG;
		a->c.smp = (unsigned int)n;
		return 0;
	case OPT_TIMEOUT:
		if (riser_cli_number("--timeout", arg, 1, 1000000, &n))
			return EBADMSG;
		a->c.timeout_s = (unsigned int)n;
		return 0;
	case OPT_DEADLINE:
		if (riser_cli_number("--deadline", arg, 1, 5000, &n))
			return EBADMSG;
		a->c.deadline_ms = (unsigned int)n;
		return 0;
	case OPT_DMA_SLOTS:
		if (riser_cli_number("--dma-slots", arg, 1, 512, &n))
			return EBADMSG;
		a->c.dma_slots_mib = (unsigned int)n;
		return 0;
	case OPT_TIMEOUT_CYCLES:
		if (riser_cli_number("--completion-timeout", arg, 16,
				     1000000000, &n))
			return EBADMSG;
		a->c.timeout_cycles = (unsigned int)n;
		return 0;
	case OPT_X_INIT:
		if (riser_cli_number("--x-init", arg, 0, 1, &n))
			return EBADMSG;
		a->c.x_init = (unsigned int)n;
		return 0;
	case OPT_BOOT_LIMIT:
		return riser_cli_number("--boot-limit", arg, 1, 1000000000000ULL,
					&a->c.boot_limit_ns);
	case OPT_TIME_RATIO:
		if (riser_cli_number("--time-ratio", arg, 1, 1000000000, &n))
			return EBADMSG;
		a->c.time_ratio = (unsigned int)n;
		return 0;
	case OPT_WINDOW_BEFORE:
		a->c.has_window_before = true;
		return riser_cli_number("--window-before", arg, 0,
					1000000000000ULL,
					&a->c.window_before_ns);
	case OPT_WINDOW_AFTER:
		a->c.has_window_after = true;
		return riser_cli_number("--window-after", arg, 0,
					1000000000000ULL,
					&a->c.window_after_ns);
	case OPT_MAX_WINDOWS:
		if (riser_cli_number("--max-windows", arg, 1, 64, &n))
			return EBADMSG;
		a->c.max_windows = (unsigned int)n;
		return 0;
	case OPT_WINDOW_LIMIT:
		if (riser_cli_number("--window-limit", arg, 1, 1 << 20, &n))
			return EBADMSG;
		a->c.window_mib = (unsigned int)n;
		return 0;
	case OPT_SNAPSHOT_LIMIT:
		if (riser_cli_number("--snapshot-limit", arg, 1, 1 << 20, &n))
			return EBADMSG;
		a->c.snapshot_mib = (unsigned int)n;
		return 0;
	default:
		if (riser_cli_number("--seed", arg, 0, UINT64_MAX, &n))
			return EBADMSG;
		a->c.seed = n;
		return 0;
	}
}

static struct riser_cli_list *list_of(struct run_args *a, int key)
{
	switch (key) {
	case OPT_MODULE:
		return &a->modules;
	case OPT_PROGRAM:
		return &a->programs;
	case OPT_ADD:
		return &a->adds;
	case OPT_ENV:
		return &a->envs;
	case OPT_PLUSARG:
		return &a->plusargs;
	case OPT_MODEL_ARG:
		return &a->model_args;
	case OPT_HOST_CHECK:
		return &a->host_checks;
	case OPT_DRIVER_PARAM:
		return &a->driver_params;
	case OPT_FIRMWARE:
		return &a->firmwares;
	case OPT_PACKAGE:
		return &a->packages;
	case OPT_REGS:
		return &a->regs;
	case OPT_PRELOAD:
		return &a->preloads;
	default:
		return NULL;
	}
}

static const char **string_of(struct run_args *a, int key)
{
	switch (key) {
	case 'f':
		return &a->c.files;
	case OPT_TOP:
		return &a->c.top;
	case OPT_FLAVOUR:
		return &a->c.flavour;
	case OPT_MODEL:
		return &a->c.model;
	case OPT_CARD:
		return &a->c.card;
	case OPT_KERNEL:
		return &a->c.kernel;
	case OPT_DRIVER:
		return &a->c.driver;
	case OPT_KERNEL_MODULES:
		return &a->c.modules_dir;
	case OPT_KERNEL_HEADERS:
		return &a->c.headers;
	case OPT_OUT:
		return &a->c.out_root;
	case OPT_LINK:
		return &a->c.link;
	case OPT_NAME:
		return &a->c.name;
	case OPT_TRIGGER_LOG:
		return &a->c.trigger_log;
	default:
		return NULL;
	}
}

/* The bridge parses them again: here they are judged before anything is built. */
static int parse_rule(struct run_args *a, int key, const char *arg)
{
	int ret;

	if (key == OPT_FAULT)
		ret = riser_cli_fault(arg, &a->parsed, &a->nr_parsed);
	else
		ret = riser_cli_trigger(arg, &a->matches, &a->nr_matches);
	if (ret)
		return EBADMSG;
	return riser_cli_list_add(key == OPT_FAULT ? &a->faults :
						     &a->trigger_tlps, arg);
}

/* An option of sim/build-model too. */
static int pass_on(struct run_args *a, int key, const char *arg)
{
	const char *name = key == OPT_INTERFACE ? "interface" :
			   key == OPT_PORT_PREFIX ? "port-prefix" : "interface-param";
	char *text;

	if (asprintf(&text, "--%s=%s", name, arg) < 0)
		return ENOMEM;
	if (riser_cli_list_add(&a->made_args, text)) {
		free(text);
		return ENOMEM;
	}
	return riser_cli_list_add(&a->model_args, text);
}

/* What the model is to count: a flavour of its own, and options of it. */
static int add_coverage(struct run_args *a, const char *kind)
{
	static const char *const args[] = { "--coverage=line", "--coverage=toggle",
					    "--coverage=user" };
	size_t i;

	a->c.flavour = "cover";
	if (!strcmp(kind, "all"))
		return 0;
	for (i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		if (!strcmp(kind, strchr(args[i], '=') + 1))
			return riser_cli_list_add(&a->model_args, args[i]);
	fprintf(stderr, "riser: error: --coverage=%s: line, toggle, user or all is needed\n", kind);
	return EBADMSG;
}

static error_t take_waves(struct riser_super_config *c, const char *when)
{
	c->no_waves = !strcmp(when, "never");
	c->all_waves = !strcmp(when, "always");
	if (c->no_waves || c->all_waves || !strcmp(when, "fail"))
		return 0;
	fprintf(stderr, "riser: error: --waves=%s: fail, always or never is needed\n", when);
	return EBADMSG;
}

/* Options that take nothing. */
static error_t parse_flag(struct riser_super_config *c, int key)
{
	switch (key) {
	case OPT_FAST:
		c->flavour = "fast";
		return 0;
	case OPT_NO_SNAPSHOTS:
		c->no_snapshots = true;
		return 0;
	case OPT_NO_SANDBOX:
		c->no_sandbox = true;
		return 0;
	case OPT_NO_BOOT_SNAPSHOT:
		c->no_boot_snapshot = true;
		return 0;
	case OPT_LOCAL:
		c->local = true;
		return 0;
	case OPT_HOST_ACTIONS:
		c->host_actions = true;
		return 0;
	case OPT_NO_RECORD:
		c->no_record = true;
		return 0;
	case OPT_DRY_RUN:
		c->dry_run = true;
		return 0;
	case OPT_KEEP:
		c->keep = true;
		return 0;
	case 'v':
		c->verbosity = 1;
		return 0;
	case 'q':
		c->verbosity = -1;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_args *a = state->input;

	if (key == 't')	/* riser_cli_project() has seen to it */
		return 0;
	if (list_of(a, key))
		return riser_cli_list_add(list_of(a, key), arg);
	if (string_of(a, key)) {
		*string_of(a, key) = arg;
		return 0;
	}
	switch (key) {
	case OPT_SMP:
	case OPT_TIMEOUT:
	case OPT_DEADLINE:
	case OPT_DMA_SLOTS:
	case OPT_TIMEOUT_CYCLES:
	case OPT_X_INIT:
	case OPT_SEED:
	case OPT_TIME_RATIO:
	case OPT_SNAPSHOT_LIMIT:
	case OPT_WINDOW_BEFORE:
	case OPT_WINDOW_AFTER:
	case OPT_MAX_WINDOWS:
	case OPT_WINDOW_LIMIT:
	case OPT_BOOT_LIMIT:
		return parse_number(a, key, arg);
	case OPT_INTERFACE:
	case OPT_PORT_PREFIX:
	case OPT_INTERFACE_PARAM:
		return pass_on(a, key, arg);
	case OPT_REFERENCE:
	case OPT_REFERENCE_PLUSARG:
	case OPT_REFERENCE_PATIENCE:
	case OPT_MAY_DIFFER:
		return riser_cli_reference_parse(&a->reference, key, arg);
	case OPT_FAULT:
	case OPT_TRIGGER_TLP:
		return parse_rule(a, key, arg);
	case OPT_WAIVE:
		if (riser_cli_list_add(&a->waivers, arg))
			return ENOMEM;
		/* checked on a copy: what is passed on stays whole */
		arg = strdup(arg);
		return arg ? riser_cli_waiver(arg, &a->checked, &a->nr_checked) :
			     ENOMEM;
	case OPT_HOST:
		fprintf(stderr, "riser: error: --host: a run's kernel is a guest's, since a card that hangs takes the kernel with it\n"
			"riser: help: docs/howto-driver.md says how a card is plugged into this machine's own kernel\n");
		return EBADMSG;
	case OPT_COVERAGE:
		return add_coverage(a, arg);
	case OPT_IDLE:
		a->c.idle = arg;
		return riser_cli_idle(arg, NULL);
	case OPT_SCOREBOARD:
		a->has_scoreboard = true;
		return riser_cli_scoreboard(arg, &a->c.scoreboard);
	case OPT_WAVES:
		return take_waves(&a->c, arg);
	case ARGP_KEY_ARG:
		if (a->c.shell) {
			fprintf(stderr, "riser: error: %s: a shell runs no script: `riser run %s` does\n",
				arg, arg);
			return EBADMSG;
		}
		if (a->c.script) {
			fprintf(stderr, "riser: error: two scripts, %s and %s: give one\n",
				a->c.script, arg);
			return EBADMSG;
		}
		a->c.script = arg;
		return 0;
	default:
		return parse_flag(&a->c, key);
	}
}

const struct argp riser_argp_run = {
	.options = options,
	.parser = parse,
	.args_doc = "SCRIPT\n[PROJECT.yaml] [SCRIPT]\n[PROJECT.yaml] -- COMMAND...",
	.doc = "Builds what is stale, boots one of Debian's kernels in QEMU with the card plugged in, and runs "
	       "SCRIPT there (a shell script with the functions of guest/lib.sh and guest/card.sh), or COMMAND when the card is attached.\v"
	       "What happened is in DIR/latest: result.json, junit.xml, run.pcapng, console.log.",
};

const struct argp riser_argp_shell = {
	.options = options,
	.parser = parse,
	.args_doc = "[PROJECT.yaml]",
	.doc = "Boots a guest as `riser run` does, attaches the card with its driver, and gives a shell there (bash, as root) "
	       "with this terminal. The functions of guest/lib.sh and guest/card.sh are in it. There is no time limit but one that is given on the "
	       "command line.\v"
	       "`exit` ends the run: checks, verdict and report are those of a run. Ctrl-] ends it at once.",
};

static bool is_file_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) < 64;
}

static int check_preloads(const char *const *preload)
{
	size_t has_name, first_has = 0;
	const char *const *p;
	const char *file;

	for (p = preload; p && *p; p++) {
		file = riser_preload_file(*p, &has_name);
		if (access(file, R_OK)) {
			fprintf(stderr, "riser: error: preload %s: %s\n", file, strerror(errno));
			return RISER_EXIT_USAGE;
		}
		if (p != preload && (!has_name || !first_has)) {
			fprintf(stderr, "riser: error: --preload=%s: of several memories each file needs a name, NAME=FILE\n",
				has_name ? *preload : *p);
			return RISER_EXIT_USAGE;
		}
		if (p == preload)
			first_has = has_name;
	}
	return 0;
}

static int check(const struct riser_super_config *c, bool has_project)
{
	int ret;

	if (!c->script) {
		fprintf(stderr, "riser: error: no script: `riser run [OPTION...] SCRIPT`, or guest.script in riser.yaml\n");
		if (!has_project)
			fprintf(stderr, "riser: help: no riser.yaml is here: `riser init` writes one to begin with\n");
		return RISER_EXIT_USAGE;
	}
	if (c->shell && !c->dry_run && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		fprintf(stderr, "riser: error: no terminal: a shell needs one on standard input and output\n"
			"riser: help: `riser run SCRIPT` runs commands without one\n");
		return RISER_EXIT_USAGE;
	}
	if (access(c->script, R_OK)) {
		fprintf(stderr, "riser: error: script %s: %s\n", c->script,
			strerror(errno));
		return RISER_EXIT_USAGE;
	}
	if (c->files && access(c->files, R_OK)) {
		fprintf(stderr, "riser: error: file list %s: %s\n", c->files,
			strerror(errno));
		return RISER_EXIT_USAGE;
	}
	ret = check_preloads(c->preloads);
	if (ret)
		return ret;
	if (c->local && (c->trigger_log || c->trigger_tlps)) {
		fprintf(stderr, "riser: error: --trigger-log, --trigger-tlp and --local: the bridge of this machine gives windows; leave one out\n");
		return RISER_EXIT_USAGE;
	}
	if (c->local && c->time_ratio) {
		fprintf(stderr, "riser: error: --time-ratio and --local: a guest that is stopped cannot simulate; leave one out\n");
		return RISER_EXIT_USAGE;
	}
	if (c->local && c->dma_slots_mib) {
		fprintf(stderr, "riser: error: --dma-slots and --local: a bridge inside of the guest shares no memory with it but its rings; leave one out\n");
		return RISER_EXIT_USAGE;
	}
	if (c->local && c->faults) {
		fprintf(stderr, "riser: error: --fault and --local: faults are injected by the bridge of this machine; leave one out\n");
		return RISER_EXIT_USAGE;
	}
	if (c->reference && (c->local || c->faults)) {
		fprintf(stderr, "riser: error: --reference and %s: leave one out\n", c->local ?
			"--local: the bridge of this machine compares" :
			"--fault: what a fault changes is no difference of the card");
		return RISER_EXIT_USAGE;
	}
	if (!is_file_name(c->name)) {
		fprintf(stderr, "riser: error: --name=%s: a name without '/' is needed\n",
			c->name);
		return RISER_EXIT_USAGE;
	}
	return 0;
}

/* RISER_TIMEOUT_SCALE stretches the timeout on slow machines. */
static void scale_timeout(struct riser_super_config *c)
{
	const char *scale = getenv("RISER_TIMEOUT_SCALE");
	unsigned long n = scale ? strtoul(scale, NULL, 10) : 1;

	if (n >= 1 && n <= 100)
		c->timeout_s *= (unsigned int)n;
}

/* Files for memories that the model does not have. */
static int check_memories(const struct riser_cli_list *preloads, const char *model)
{
	const char *files[RISER_MODEL_MAX_MEMS];
	char error[RISER_ERROR_BYTES];
	struct riser_card card;
	struct stat st;
	size_t i;
	int ret;

	if (!preloads->nr || stat(model, &st) || !S_ISREG(st.st_mode))
		return 0;
	ret = riser_card_load(&card, model, error);
	for (i = 0; !ret && i < preloads->nr; i++) {
		ret = riser_preload_place(card.info, preloads->v[i], files, error);
		if (ret)
			fprintf(stderr, "riser: error: --preload=%s: %s\n", preloads->v[i], error);
	}
	riser_card_unload(&card);
	return ret ? RISER_EXIT_USAGE : 0;
}

/* The model, before a guest is booted for it: its memories, and the reference's is of the same card. */
static int check_model(void *ctx, const char *model)
{
	struct run_args *a = ctx;
	const struct riser_lockstep_model rtl = {
		.path = model, .plusargs = a->plusargs.v,
		.nr_plusargs = (uint32_t)a->plusargs.nr, .x_init = a->c.x_init,
		.seed = a->c.seed,
	};

	int ret = check_memories(&a->preloads, model);

	return ret || !a->reference.model ? ret : riser_cli_reference_compare(&a->reference, &rtl);
}

/* The command as it is now, and the script that the project file names. */
static int keep_words(struct riser_cli_list *words, int argc, char **argv,
		      const char *script)
{
	int i;

	for (i = 0; i < argc; i++)
		if (riser_cli_list_add(words, argv[i]))
			return RISER_EXIT_ENV;
	return script && riser_cli_list_add(words, script) ? RISER_EXIT_ENV : 0;
}

static void free_args(struct run_args *a)
{
	free(a->modules.v);
	free(a->programs.v);
	free(a->adds.v);
	free(a->envs.v);
	free(a->plusargs.v);
	free(a->model_args.v);
	while (a->made_args.nr)
		free((char *)a->made_args.v[--a->made_args.nr]);
	free(a->made_args.v);
	free(a->host_checks.v);
	free(a->driver_params.v);
	free(a->firmwares.v);
	free(a->packages.v);
	free(a->faults.v);
	free(a->regs.v);
	free(a->preloads.v);
	free(a->parsed);
	while (a->nr_checked)
		free((char *)a->checked[--a->nr_checked].id);
	free(a->checked);
	free(a->waivers.v);
	free(a->trigger_tlps.v);
	free(a->matches);
}

/* The run as a project file; malloc'ed, NULL when it cannot be told. */
static char *resolved(char *const *words, const char *script)
{
	char *text = NULL, *cwd = getcwd(NULL, 0);
	size_t size = 0;
	FILE *f = cwd && words ? open_memstream(&text, &size) : NULL;

	if (f) {
		riser_project_write(f, words, script, cwd);
		fclose(f);
	}
	free(cwd);
	return text;
}

/* The guest's side of a shell; the strings live as long as the process. */
static int add_shell(struct run_args *a)
{
	static char terminal[64];
	char *home = riser_home(), *script = home ? riser_path(home, "guest/shell.sh") : NULL;
	const char *term = getenv("TERM");

	free(home);
	if (!script)
		return RISER_EXIT_ENV;
	snprintf(terminal, sizeof(terminal), "TERM=%.50s", term && *term ? term : "vt100");
	a->c.script = script;
	if (riser_cli_list_add(&a->programs, "bash") || riser_cli_list_add(&a->envs, terminal))
		return RISER_EXIT_ENV;
	return access("/lib/terminfo", R_OK) ? 0 :
	       riser_cli_list_add(&a->adds, "/lib/terminfo:/lib/terminfo");
}

/* What is behind "--" as a script, malloc'ed in *@script. */
static int take_command(const struct riser_runcmd *cmd, bool is_shell, char **script)
{
	if (!cmd->words)
		return 0;
	if (is_shell || !cmd->nr) {
		fprintf(stderr, is_shell ? "riser: error: --: a shell runs no script: `riser run -- COMMAND` does\n" :
			"riser: error: no command behind --\n");
		return RISER_EXIT_USAGE;
	}
	*script = riser_runcmd_script(cmd);
	return *script ? 0 : RISER_EXIT_ENV;
}

/* The command's script is the run's, and its program is in the guest. */
static int use_command(struct run_args *a, struct riser_cli_list *words,
		       const struct riser_runcmd *cmd, char *script)
{
	static char option[128];	/* lives as long as the process */
	const char *program = riser_runcmd_program(cmd);

	if (a->c.script) {
		fprintf(stderr, "riser: error: a script, %s, and a command behind --: give one\n",
			a->c.script);
		return RISER_EXIT_USAGE;
	}
	a->c.script = script;
	if (!program)
		return 0;
	snprintf(option, sizeof(option), "--program=%s", program);
	return riser_cli_list_add(&a->programs, program) ||
	       riser_cli_list_add(words, option) ? RISER_EXIT_ENV : 0;
}

/* Whether the option is the user's own, not the project's. */
static bool is_given(int argc, char **argv, const char *option)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strncmp(argv[i], option, strlen(option)))
			return true;
	return false;
}

static bool is_on(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value && strcmp(value, "0");
}

/* WAVES of the environment, which cocotb's users know: above the project's word. */
static int take_environment(struct run_args *a, struct riser_cli_list *words)
{
	const char *waves = getenv("WAVES");
	const char *word = is_on("WAVES") ? "--waves=always" : "--waves=never";

	if (!waves || !*waves)
		return 0;
	take_waves(&a->c, strchr(word, '=') + 1);
	return riser_cli_list_add(words, word) ? RISER_EXIT_ENV : 0;
}

/* GUI of the environment: the viewer at the failure, or at the end. */
static void open_viewer(const struct riser_super_config *c, int code)
{
	char *run = riser_path(c->out_root, "latest");
	char *argv[] = { "riser wave", "--quiet", code == RISER_EXIT_FAIL ? "--at=fail" : "--at=end",
			 run, NULL };

	if (run && !c->dry_run && !c->no_record && (!code || code == RISER_EXIT_FAIL))
		(void)riser_cmd_wave(4, argv);
	free(run);
}

static int run(int argc, char **argv, const struct argp *argp, bool is_shell)
{
	struct run_args a = {
		.c = {
			.name = is_shell ? "shell" : "run", .out_root = "riser-out",
			.kernel = "6.1", .flavour = "trace", .smp = 2,
			.timeout_s = 600, .shell = is_shell,
		},
	};
	bool is_limited = !is_shell || is_given(argc, argv, "--timeout");
	bool has_waves = is_given(argc, argv, "--waves");
	struct riser_project project = { 0 };
	struct riser_runcmd command = { 0 };
	struct riser_cli_list words = { 0 };
	char **given = argv, *project_text, *made = NULL;
	int ret;

	riser_runcmd_take(&command, &argc, argv);
	ret = take_command(&command, is_shell, &made);
	if (!ret)
		ret = riser_cli_project(argp, &argc, &argv, &project);
	if (!ret)
		ret = riser_cli_parse(argp, argc, argv, &a);
	ret = ret ? ret : keep_words(&words, argc, argv, is_shell ? NULL : made ? made :
				     a.c.script ? NULL : project.script);
	if (!ret && made)
		ret = use_command(&a, &words, &command, made);
	if (!ret && is_shell)
		ret = add_shell(&a);
	if (!ret && !has_waves)
		ret = take_environment(&a, &words);
	if (!is_limited)
		a.c.timeout_s = 0;
	if (!a.c.script)
		a.c.script = project.script;
	/* with faults on purpose the card is not to blame */
	if (!a.has_scoreboard && !a.faults.nr && a.c.driver &&
	    riser_scoreboard_find(a.c.driver))
		a.c.scoreboard = a.c.driver;
	if (!a.c.card)
		a.c.card = a.c.top ? a.c.top : "card";
	a.c.modules = a.modules.v;
	a.c.programs = a.programs.v;
	a.c.adds = a.adds.v;
	a.c.envs = a.envs.v;
	a.c.plusargs = a.plusargs.v;
	a.c.model_args = a.model_args.v;
	a.c.host_checks = a.host_checks.v;
	a.c.driver_params = a.driver_params.v;
	a.c.firmwares = a.firmwares.v;
	a.c.packages = a.packages.v;
	a.c.faults = a.faults.v;
	a.c.regs = a.regs.v;
	a.c.preloads = a.preloads.v;
	a.c.waivers = a.waivers.v;
	a.c.argv = (char *const *)words.v;
	a.c.trigger_tlps = a.trigger_tlps.v;
	a.c.reference = a.reference.model;
	a.c.reference_plusargs = a.reference.plusargs.v;
	a.c.may_differ = a.reference.rules.v;
	a.c.reference_patience = a.reference.patience;
	a.c.check_model = check_model;
	a.c.ctx = &a;
	if (!ret)
		ret = check(&a.c, argv != given);
	if (!ret)
		ret = riser_cli_reference_check(&a.reference);
	project_text = ret ? NULL : resolved(a.c.argv, is_shell ? NULL : a.c.script);
	a.c.run_yaml = project_text;
	scale_timeout(&a.c);
	if (!ret && is_on("GUI") && !is_on("DISPLAY"))
		fprintf(stderr, "riser: warning: GUI is set, DISPLAY is not: no viewer will open; `riser wave` tells what to open elsewhere\n");
	if (!ret)
		ret = riser_super_run(&a.c);
	if (is_on("GUI") && is_on("DISPLAY"))
		open_viewer(&a.c, ret);
	riser_cli_reference_fini(&a.reference);
	free_args(&a);
	riser_project_fini(&project);
	free(words.v);
	free(project_text);
	free(made);
	if (argv != given)
		free(argv);
	return ret;
}

int riser_cmd_run(int argc, char **argv)
{
	return run(argc, argv, &riser_argp_run, false);
}

int riser_cmd_shell(int argc, char **argv)
{
	return run(argc, argv, &riser_argp_shell, true);
}
