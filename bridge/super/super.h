/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor of a run: owns what must outlive a bridge process (shared
 * memory, doorbells, the guest) and turns what happened into a verdict.
 *
 * It runs in one thread on one libuv loop and never touches a TLP.
 */
#ifndef RISER_SUPER_H
#define RISER_SUPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#define RISER_EXIT_PASS		0
#define RISER_EXIT_FAIL		1
#define RISER_EXIT_USAGE	2
#define RISER_EXIT_BUILD	3
#define RISER_EXIT_TIMEOUT	4
#define RISER_EXIT_ENV		5
#define RISER_EXIT_SKIP		77
#define RISER_EXIT_INTERRUPTED	130

/* ---- block.c: the shared memory of split mode ---- */

/**
 * struct riser_block - memory with two rings, doorbells on both sides
 * @shm_fd: memfd, sealed against resizing
 * @guest_kick_fd: eventfd; QEMU turns it into the guest's interrupt
 * @bridge_kick_fd: eventfd; the guest's doorbell register writes it
 * @server_fd: our end of the socket to QEMU, kept open as long as it runs
 * @base: the memory, mapped
 */
struct riser_block {
	int shm_fd;
	int guest_kick_fd;
	int bridge_kick_fd;
	int server_fd;
	uint8_t *base;
	size_t bytes;
};

/* Where the defaults do not do: 0 keeps the kernel's. */
struct riser_block_config {
	const char *name;
	uint32_t deadline_atomic_ms;
	uint32_t deadline_sleep_ms;
	uint32_t expiries_to_link_down;
	uint32_t dma_slots_mib;		/* of pages for drivers' buffers; 0: none */
};

int riser_block_create(struct riser_block *block,
		       const struct riser_block_config *config);
void riser_block_destroy(struct riser_block *block);
/* A bridge died: link down in its name, and the guest is told. */
void riser_block_bridge_died(struct riser_block *block);
uint32_t riser_block_kernel_state(const struct riser_block *block);
/* A session is there, and the bridge does not sleep. */
bool riser_block_is_at_work(const struct riser_block *block);
uint64_t riser_block_cycles(const struct riser_block *block);
uint64_t riser_block_requests(const struct riser_block *block);

/* ---- ivshmem.c ---- */

/* ivshmem peer numbers: the guest and the bridge. */
#define RISER_IVSHMEM_GUEST	0
#define RISER_IVSHMEM_BRIDGE	1

/* Tells a QEMU at the other end of @sock_fd everything; 0 or -errno. */
int riser_ivshmem_serve(int sock_fd, const struct riser_block *block);

/* ---- results.c: lines that the guest's script reports ---- */

struct riser_check {
	char name[64];
	bool passed;
	double seconds;
	char *detail;		/* may be NULL */
	struct riser_check *next;
};

struct riser_value {
	char key[64];
	char *value;
	struct riser_value *next;
};

/**
 * struct riser_results - what the guest said
 * @checks: in order of arrival
 * @values: last value of each key
 * @phase: the latest phase's name
 * @verdict: -1 none yet, 0 pass, 1 fail
 * @on_host: called for "host ACTION" lines; may be NULL
 */
struct riser_results {
	struct riser_check *checks;
	struct riser_value *values;
	char phase[64];
	int verdict;
	unsigned int nr_failed;
	unsigned int nr_passed;
	const char *files_dir;
	FILE *file;
	void (*on_host)(void *ctx, const char *action);
	void (*on_phase)(void *ctx, const char *phase);
	void (*on_check)(void *ctx, const struct riser_check *check);
	void *ctx;
};

void riser_results_init(struct riser_results *results, const char *files_dir);
void riser_results_fini(struct riser_results *results);
/* One line without its newline; lines that are none of ours are ignored. */
void riser_results_line(struct riser_results *results, char *line);
const char *riser_results_value(const struct riser_results *results,
				const char *key);

/* ---- console.c: what the guest's kernel log tells ---- */

/* The sentence for a log line that means a failure, NULL for any other. */
const char *riser_console_trouble(const char *line);

/* The sentence for a line that says that a driver handles an error, or NULL. */
const char *riser_console_recovery(const char *line);

/* ---- rundir.c ---- */

/* Makes ROOT/<stamp>-<name>-<hex>/ and ROOT/latest; the path is malloc'ed. */
int riser_rundir_create(const char *root, const char *name, char **path);
/* DIR/repeat.sh: `riser COMMAND` again, from the folder where it was given. */
int riser_rundir_repeat(const char *dir, const char *command, char *const *argv);
/* A blank and the word, quoted for a shell. */
void riser_put_word(FILE *f, const char *word);
/* DIR/NAME with this text; 0 or -errno. */
int riser_rundir_write(const char *dir, const char *name, const char *text);
/* Points LINK at DIR, replacing what was there if that was a link. */
int riser_rundir_link(const char *dir, const char *link);
char *riser_path(const char *dir, const char *name);

/* ---- unfinished.c ---- */

/*
 * From here to riser_unfinished_end() a SIGINT, SIGTERM or SIGHUP that ends the
 * program leaves INTERRUPTED in DIR/status, when there is no status yet, and says so.
 * One DIR at a time, one thread.
 */
void riser_unfinished_begin(const char *dir);
void riser_unfinished_end(void);

/* ---- tool.c: the programs that a run is made of ---- */

/* Directory that holds sim/, guest/, kernel/ and scripts/; malloc'ed. */
char *riser_home(void);

/**
 * riser_tool_run() - runs a program to its end
 * @argv: NULL-terminated
 * @log: file that gets its standard error and output, or NULL to inherit
 * @out: standard output up to 64 KiB, malloc'ed; NULL if not wanted
 *
 * Returns the exit code, or -errno.
 */
int riser_tool_run(char *const argv[], const char *log, char **out);
/*
 * @tick is called four times a second while a tool runs, @end when it has ended;
 * NULL: nobody is.
 */
void riser_tool_on_wait(void (*tick)(void *ctx), void (*end)(void *ctx), void *ctx);

/* ---- phase.c: time and progress ---- */

#define RISER_MAX_PHASES 32

/**
 * struct riser_phases - where the wall time went
 *
 * A phase lasts until the next one begins; a name that comes again adds up.
 */
struct riser_phases {
	struct {
		char name[32];
		double seconds;
	} phase[RISER_MAX_PHASES];
	unsigned int nr;
	int current;		/* -1: none */
	unsigned int told;	/* times that this one was said to take long */
	double since_s;
	double start_s;
};

double riser_now_s(void);
void riser_phases_init(struct riser_phases *phases);
void riser_phases_begin(struct riser_phases *phases, const char *name);
void riser_phases_end(struct riser_phases *phases);
double riser_phases_total(const struct riser_phases *phases);

/* ---- argv.c ---- */

/* A growing argument vector that owns its strings; -ENOMEM sticks. */
struct riser_argv {
	char **v;
	size_t nr, room;
	bool failed;
};

__attribute__((format(printf, 2, 3)))
void riser_argv_add(struct riser_argv *argv, const char *fmt, ...);
/* "--opt" and each string of a NULL-terminated list (which may be NULL) */
void riser_argv_add_list(struct riser_argv *argv, const char *opt,
			 const char *const *list);
/* one argument for each line of text */
void riser_argv_add_lines(struct riser_argv *argv, const char *text);
void riser_argv_fini(struct riser_argv *argv);

/* ---- run.c ---- */

/**
 * struct riser_super_config - one run in a guest
 *
 * Strings are borrowed; lists end with NULL and may be NULL.
 *
 * @name: of the test, part of the run's directory name
 * @card: name of the card, for messages
 * @out_root: the run's directory is made in here (riser-out)
 * @link: a symbolic link to the run's directory, or NULL
 * @kernel: 6.1, 6.12, an exact release, or the path of an image
 * @modules_dir: of an image: lib/modules/RELEASE, else NULL
 * @headers: of an image: where its headers are, NULL: "build" in @modules_dir
 * @model: model.so, or NULL: build @top from @files
 * @flavour: of the model: trace, fast, cover
 * @driver: module of the guest kernel that has to bind, a .ko or a folder to
 *	build (with a '/' in it), or NULL
 * @driver_params: NAME=VALUE for the module
 * @firmwares: SRC[:NAME], files for /lib/firmware
 * @packages: Debian packages whose files the script wants
 * @script: what the guest runs
 * @modules: modules of the guest kernel that the script wants
 * @programs: programs that the script wants
 * @adds: SRC[:DST], files for the guest
 * @envs: KEY=VALUE for the script
 * @plusargs: for the design
 * @model_args: further arguments of sim/build-model
 * @faults: rules of fault injection, checked
 * @argv: the command with everything that a project file said, for repeat.sh;
 *	may be NULL
 * @run_yaml: the same as a project file, for run.yaml; may be NULL
 * @waivers: RULE[:report]=REASON of the checker, checked
 * @preloads: files for the card's backing stores, [NAME=]FILE
 * @regs: barN=FILE with names of registers, NULL-terminated, or NULL
 * @boot_limit_ns: simulated time that the card may take to boot, 0: the default
 * @no_sandbox: the model may start processes, use the network and the like
 * @no_boot_snapshot: what boot makes of it is not kept
 * @scoreboard: that judges the card's protocol, or NULL
 * @reference: model.so to compare with in lock-step, or NULL
 * @reference_plusargs: for it
 * @may_differ: registers that may differ, checked
 * @reference_patience: in cycles, 0: default
 * @check_model: called with the model before anything is started; an exit code;
 *	may be NULL
 * @ctx: its first argument
 * @smp: CPUs of the guest
 * @timeout_s: of the guest, wall time; 0: none
 * @deadline_ms: of one access, 0: the kernel's default
 * @dma_slots_mib: shared memory for drivers' buffers, 0: none; not with @local
 * @timeout_cycles: the card's completion timeout, 0: default
 * @idle: what the clock does while nothing is in flight, checked; or NULL
 * @time_ratio: the guest's time passes at most so many times as fast as the
 *	card's, while the card is at work; 0: whatever it likes
 * @x_init: 0 or 1: value of what the RTL leaves uninitialised
 * @host_checks: NAME=COMMAND, run here in the run's directory when the guest has
 *	ended; each is one more check
 * @host_actions: the script may kill and restart the bridge (tests)
 * @shell: @script gives a shell on a third serial port: it is this terminal
 * @local: the bridge runs inside of the guest
 * @no_record: no tlp.rec.zst, so neither replay nor waveforms
 * @no_snapshots: a waveform is replayed from reset
 * @snapshot_mib: disk for snapshots, 0: default
 * @trigger_log: extended regular expression: a line of the guest's log that it
 *	matches gets a window; or NULL
 * @trigger_tlps: matches of TLPs that get windows
 * @window_before_ns: simulated time before the access, where @has_window_before
 * @window_after_ns: after the failure, where @has_window_after
 * @max_windows: in a run, 0: default
 * @window_mib: no further window when they take so much, 0: default
 * @no_waves: no waveform is made of a failure
 * @all_waves: one of the whole run is made, whatever became of it
 * @dry_run: everything is built and nothing started; QEMU's command line is shown
 * @keep: the guest's file system stays in the run's directory
 */
struct riser_super_config {
	const char *name;
	const char *card;
	const char *out_root;
	const char *link;
	const char *kernel;
	const char *model;
	const char *top;
	const char *files;
	const char *flavour;
	const char *driver;
	const char *modules_dir;
	const char *headers;
	const char *const *driver_params;
	const char *const *firmwares;
	const char *const *packages;
	const char *script;
	const char *const *modules;
	const char *const *programs;
	const char *const *adds;
	const char *const *envs;
	const char *const *plusargs;
	const char *const *model_args;
	const char *const *host_checks;
	const char *const *faults;
	const char *const *waivers;
	char *const *argv;
	const char *run_yaml;
	const char *const *preloads;
	const char *const *regs;
	unsigned long long boot_limit_ns;
	bool no_boot_snapshot;
	bool no_sandbox;
	const char *scoreboard;
	const char *reference;
	const char *const *reference_plusargs;
	const char *const *may_differ;
	unsigned long long reference_patience;
	int (*check_model)(void *ctx, const char *model);
	void *ctx;
	unsigned int smp;
	unsigned int timeout_s;
	unsigned int deadline_ms;
	unsigned int dma_slots_mib;
	unsigned int timeout_cycles;
	unsigned int x_init;
	const char *idle;
	unsigned int time_ratio;
	uint64_t seed;
	bool host_actions;
	bool shell;
	bool local;
	bool no_record;
	bool no_snapshots;
	unsigned int snapshot_mib;
	const char *trigger_log;
	const char *const *trigger_tlps;
	bool has_window_before;
	bool has_window_after;
	unsigned long long window_before_ns;
	unsigned long long window_after_ns;
	unsigned int max_windows;
	unsigned int window_mib;
	bool no_waves;
	bool all_waves;
	bool dry_run;
	bool keep;
	int verbosity;		/* -1 quiet, 0, 1 verbose */
};

/* ---- build.c ---- */

/*
 * What a run is made of; strings are malloc'ed.
 *
 * @driver_name: of the module that is to bind
 * @driver_file: of one that is not the guest kernel's own; else NULL
 * @driver_depends: modules that it needs, separated by commas
 */
struct riser_parts {
	char *home;
	char *model;
	char *release;
	char *vmlinux;
	char *modules_dir;
	char *kdir;
	char *pciem;
	char *initramfs;
	char *driver_name;
	char *driver_file;
	char *driver_depends;
};

/*
 * Builds what is stale. Messages of the tools go to DIR/build.log, and to
 * standard error when one fails. An exit code.
 */
int riser_parts_build(struct riser_parts *parts,
		      const struct riser_super_config *config,
		      const char *dir, struct riser_phases *phases);
void riser_parts_fini(struct riser_parts *parts);

/* ---- model_args.c ---- */

/* Keeps in DIR how its model is built; @args ends with NULL. 0 or -errno. */
int riser_model_args_write(const char *dir, char *const *args);

/**
 * riser_model_args_build() - another flavour of a run's model
 * @out: gets the model; absolute
 * @log: what the builder says; NULL: standard error
 *
 * Returns the builder's exit code; -ENOENT when the run was given a model that
 * was built already; -errno.
 */
int riser_model_args_build(const char *dir, const char *flavour,
			   const char *out, const char *log);
/* The same in the background, in a process group of its own. 0 or -errno. */
int riser_model_args_start(const char *dir, const char *flavour,
			   const char *out, const char *log, pid_t *pid);

/* ---- guest.c ---- */

/* QEMU's command line; sockets are inherited as these descriptors. */
#define RISER_FD_IVSHMEM	3
#define RISER_FD_CONSOLE	4
#define RISER_FD_RESULTS	5
#define RISER_FD_QMP		6
#define RISER_FD_SHELL		7
int riser_guest_argv(struct riser_argv *argv,
		     const struct riser_super_config *config,
		     const struct riser_parts *parts, bool *is_kvm);

/* ---- run.c ---- */

/* Everything from build to verdict; an exit code. */
int riser_super_run(const struct riser_super_config *config);

#endif /* RISER_SUPER_H */
