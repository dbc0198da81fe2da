/* SPDX-License-Identifier: Apache-2.0 */
/* A run while it lives, internal to the supervisor. */
#ifndef RISER_SUPER_LIVE_H
#define RISER_SUPER_LIVE_H

#include <regex.h>
#include <uv.h>

#include "super.h"

#define RISER_MAX_TROUBLES 16

/* Lines out of a stream. */
struct riser_live;
struct riser_lines {
	uv_pipe_t pipe;
	char buf[4096];
	size_t used;
	FILE *log;
	void (*line)(struct riser_live *live, char *line);
	struct riser_live *live;
};

/**
 * struct riser_dilation - the guest's clock held to the card's (dilate.c)
 * @ahead_ns: guest time that the card's time has not caught up with
 * @moved_ns: when the card's clock was seen to move last
 * @since_ns: when the guest was stopped
 * @is_ready: QEMU has greeted
 */
struct riser_dilation {
	uv_pipe_t pipe;
	uv_timer_t timer;
	bool is_open, is_ready, is_stopped;
	double period_ns, ahead_ns, stopped_s;
	uint64_t last_ns, moved_ns, since_ns, cycles, nr_stops;
	char waste[1024];
};

/**
 * struct riser_shell - this terminal and a shell in the guest (shell.c)
 * @has_handles: they must be closed
 * @is_open: the terminal is the guest's
 * @is_over: it will not be again
 */
struct riser_shell {
	uv_pipe_t pipe;
	uv_poll_t keys;
	uv_signal_t on_winch;
	bool has_handles, is_open, is_over;
	char buf[4096];
};

/**
 * struct riser_live - processes, streams and findings of a run
 * @is_over: the guest has ended; what is left is the bridge's last words
 * @bridge_killed: its death was asked for by the script
 * @bridge_replaced: another follows it, as the script asked
 * @trace_build: builds the model that can write waveforms, 0: nobody does
 * @no_account: the last bridge was killed and could write nothing down
 * @control: to the bridge that runs, NULL: none does
 * @troubles: sentences, malloc'ed, in order; the first one is the failure
 */
struct riser_live {
	const struct riser_super_config *config;
	struct riser_parts parts;
	struct riser_block block;
	struct riser_results results;
	struct riser_phases phases;
	char *dir;
	char *bridge_log;
	uv_loop_t loop;
	uv_process_t qemu, bridge;
	uv_signal_t on_int, on_term;
	uv_timer_t deadline, tick, grace;
	struct riser_lines console, guest;
	struct riser_dilation dilation;
	struct riser_shell shell;
	uv_pipe_t *control;
	regex_t trigger_log;
	bool has_trigger_log;
	bool has_qemu, has_bridge;
	bool is_over, is_timeout, is_interrupted, is_kvm, bridge_killed, bridge_replaced;
	bool no_account;
	bool was_urged;		/* the bridge was asked to end twice */
	int64_t qemu_status;
	int qemu_signal;
	unsigned int nr_bridges;
	pid_t trace_build;
	char *troubles[RISER_MAX_TROUBLES];
	unsigned int nr_troubles;
	bool progress_shown;
};

__attribute__((format(printf, 2, 3)))
void riser_live_trouble(struct riser_live *live, const char *fmt, ...);

/* run.c */
void riser_bridge_on_exit(uv_process_t *process, int64_t status, int signal);
/* The user wants the run to end. */
void riser_live_interrupt(struct riser_live *live);

/* shell.c: nothing without config->shell; before QEMU; its phase begins and ends */
void riser_shell_init(struct riser_live *live);
void riser_shell_begin(struct riser_live *live);
void riser_shell_end(struct riser_live *live);

/* bridge_proc.c */
int riser_bridge_spawn(struct riser_live *live);
void riser_bridge_close_control(struct riser_live *live);
void riser_bridge_action(struct riser_live *live, const char *action);

/* dilate.c: handles; behind spawning QEMU; before the loop's end */
int riser_dilation_begin(struct riser_live *live);
void riser_dilation_start(struct riser_live *live);
void riser_dilation_end(struct riser_live *live);

/* trigger.c: what guest and script say, to the bridge */
int riser_triggers_begin(struct riser_live *live);
void riser_triggers_end(struct riser_live *live);
void riser_trigger_console(struct riser_live *live, const char *line);
void riser_trigger_check(struct riser_live *live,
			 const struct riser_check *check);

/* report.c: files and final words; the exit code */
int riser_report(struct riser_live *live);

/* screen.c: colors */
enum riser_tone {
	RISER_TONE_NONE = 0,
	RISER_TONE_GOOD,
	RISER_TONE_BAD,
	RISER_TONE_DIM,
};

/* What switches standard output to a tone; "" where no color is wanted. */
const char *riser_tone(enum riser_tone tone);

/* dryrun.c: what would be started; an exit code */
int riser_dry_run(struct riser_live *live);

/* progress.c */
void riser_progress_tick(struct riser_live *live);
void riser_progress_clear(struct riser_live *live);
void riser_progress_phase(struct riser_live *live, const char *name);

#endif /* RISER_SUPER_LIVE_H */
