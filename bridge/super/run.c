// SPDX-License-Identifier: Apache-2.0
/* A run: build, start the guest and the bridge, listen, end, report. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../sandbox.h"
#include "failure.h"
#include "live.h"

#define TICK_MS		250
#define GRACE_MS	10000
#define PATIENCE_MS	2000	/* until the bridge is asked a second time */

void riser_live_trouble(struct riser_live *live, const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	if (live->nr_troubles == RISER_MAX_TROUBLES)
		return;
	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n >= 0)
		live->troubles[live->nr_troubles++] = text;
}

/* ---- streams ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct riser_lines *lines = handle->data;

	(void)suggested;
	buf->base = lines->buf + lines->used;
	buf->len = sizeof(lines->buf) - 1 - lines->used;
}

/* Gives away whole lines; a line longer than the buffer is cut. */
static void take_lines(struct riser_lines *lines)
{
	char *start = lines->buf, *newline;

	lines->buf[lines->used] = '\0';
	while ((newline = strchr(start, '\n'))) {
		*newline = '\0';
		lines->line(lines->live, start);
		start = newline + 1;
	}
	lines->used = strlen(start);
	if (lines->used == sizeof(lines->buf) - 1) {
		lines->line(lines->live, start);
		lines->used = 0;
	}
	memmove(lines->buf, start, lines->used);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct riser_lines *lines = stream->data;
	ssize_t i;

	if (n < 0) {
		uv_close((uv_handle_t *)stream, NULL);
		return;
	}
	if (lines->log)
		fwrite(buf->base, 1, (size_t)n, lines->log);
	for (i = 0; i < n; i++)
		if (!buf->base[i])
			buf->base[i] = ' ';
	lines->used += (size_t)n;
	take_lines(lines);
}

static int lines_init(struct riser_lines *lines, struct riser_live *live,
		      const char *log,
		      void (*line)(struct riser_live *live, char *line))
{
	char *path = riser_path(live->dir, log);

	lines->live = live;
	lines->line = line;
	lines->log = path ? fopen(path, "we") : NULL;
	/* what came is written at once: it can be followed, and outlives us */
	if (lines->log)
		setvbuf(lines->log, NULL, _IONBF, 0);
	free(path);
	if (!lines->log)
		return -errno;
	uv_pipe_init(&live->loop, &lines->pipe, 0);
	lines->pipe.data = lines;
	return 0;
}

static void on_console_line(struct riser_live *live, char *line)
{
	const char *sentence = riser_console_trouble(line);

	if (sentence)
		riser_live_trouble(live, "%s: %.200s", sentence, line);
	riser_trigger_console(live, line);
	if (live->config->verbosity > 0 && !live->shell.is_open)
		printf(" guest   %s\n", line);
}

static void on_result_line(struct riser_live *live, char *line)
{
	riser_results_line(&live->results, line);
}

/* ---- the end ---- */

static void on_grace_over(uv_timer_t *timer)
{
	struct riser_live *live = timer->data;

	/* a guest that died does not let go of its card: a pulled card, then */
	if (!live->was_urged) {
		live->was_urged = true;
		if (live->has_bridge)
			uv_process_kill(&live->bridge, SIGTERM);
		uv_timer_start(timer, on_grace_over, GRACE_MS - PATIENCE_MS, 0);
		return;
	}
	if (live->has_bridge) {
		riser_live_trouble(live, "the bridge did not end within %d s after it was asked to and was killed",
				   GRACE_MS / 1000);
		uv_process_kill(&live->bridge, SIGKILL);
	}
	if (live->has_qemu)
		uv_process_kill(&live->qemu, SIGKILL);
}

/* The guest is gone or must go: everybody writes down what they know. */
static void wind_down(struct riser_live *live)
{
	if (live->is_over)
		return;
	live->is_over = true;
	riser_dilation_end(live);
	riser_shell_end(live);
	riser_phases_begin(&live->phases, "shutdown");
	uv_timer_start(&live->grace, on_grace_over, PATIENCE_MS, 0);
	if (live->has_qemu)
		uv_process_kill(&live->qemu, SIGTERM);
	if (live->has_bridge) {
		uv_process_kill(&live->bridge, SIGCONT);
		uv_process_kill(&live->bridge, SIGTERM);
	}
}

static void close_if_idle(struct riser_live *live)
{
	if (live->has_qemu || live->has_bridge)
		return;
	uv_close((uv_handle_t *)&live->tick, NULL);
	uv_close((uv_handle_t *)&live->deadline, NULL);
	uv_close((uv_handle_t *)&live->grace, NULL);
	uv_close((uv_handle_t *)&live->on_int, NULL);
	uv_close((uv_handle_t *)&live->on_term, NULL);
}

static void on_qemu_exit(uv_process_t *process, int64_t status, int signal)
{
	struct riser_live *live = process->data;

	live->has_qemu = false;
	live->qemu_status = status;
	live->qemu_signal = signal;
	uv_close((uv_handle_t *)process, NULL);
	wind_down(live);
	close_if_idle(live);
}

/* The last line of bridge.log without its "riser: error: ". */
static void last_words(const struct riser_live *live, char *words, size_t bytes)
{
	static const char prefix[] = "riser: error: ";
	char *path = riser_path(live->dir, "bridge.log");
	FILE *log = path ? fopen(path, "re") : NULL;
	char line[512];

	snprintf(words, bytes, "it said nothing");
	while (log && fgets(line, sizeof(line), log)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0])
			snprintf(words, bytes, "%s", strncmp(line, prefix, sizeof(prefix) - 1) ?
				 line : line + sizeof(prefix) - 1);
	}
	if (log)
		fclose(log);
	free(path);
}

/* Another try would end in the same way: no card will come, so the guest goes. */
static void could_not_go_on(struct riser_live *live, int status)
{
	char words[512];

	last_words(live, words, sizeof(words));
	riser_live_trouble(live, "the bridge could not go on (exit %d): %s", status, words);
	wind_down(live);
}

static void died(struct riser_live *live, int signal)
{
	char words[512];

	if (signal != SIGSYS) {
		riser_live_trouble(live, "the bridge died of signal %d (%s); its last words are in bridge.log",
				   signal, strsignal(signal));
		return;
	}
	last_words(live, words, sizeof(words));
	/* the C library blocks signals where it starts a process: nobody could say anything */
	if (!strstr(words, RISER_SANDBOX_WORDS))
		snprintf(words, sizeof(words), "the model wants to start a process, as $system and system() do, "
			 "which " RISER_SANDBOX_WORDS);
	riser_live_trouble(live, "the bridge was ended by its sandbox: %s", words);
}

/* Not before: the handle is the next bridge's. */
static void on_bridge_closed(uv_handle_t *handle)
{
	struct riser_live *live = handle->data;

	if (live->bridge_replaced && !live->is_over)
		(void)riser_bridge_spawn(live);
	live->bridge_replaced = false;
}

void riser_bridge_on_exit(uv_process_t *process, int64_t status, int signal)
{
	struct riser_live *live = process->data;

	live->has_bridge = false;
	riser_bridge_close_control(live);
	riser_block_bridge_died(&live->block);
	if (signal && !live->bridge_killed && !live->is_over)
		died(live, signal);
	else if (!signal && status > 1 && !live->is_over)
		could_not_go_on(live, (int)status);
	live->bridge_killed = false;
	uv_close((uv_handle_t *)process, on_bridge_closed);
	if (live->is_over)
		close_if_idle(live);
}

static void on_deadline(uv_timer_t *timer)
{
	struct riser_live *live = timer->data;

	live->is_timeout = true;
	wind_down(live);
}

static void on_signal(uv_signal_t *handle, int signum)
{
	(void)signum;
	riser_live_interrupt(handle->data);
}

void riser_live_interrupt(struct riser_live *live)
{
	live->is_interrupted = true;
	wind_down(live);
}

static void on_tick(uv_timer_t *timer)
{
	riser_progress_tick(timer->data);
}

/* ---- start ---- */

static void on_host_action(void *ctx, const char *action)
{
	struct riser_live *live = ctx;

	if (live->config->host_actions)
		riser_bridge_action(live, action);
}

static void on_guest_phase(void *ctx, const char *phase)
{
	struct riser_live *live = ctx;

	riser_phases_begin(&live->phases, phase);
	if (!strcmp(phase, "shell"))
		riser_shell_begin(live);
	else if (live->shell.is_open)
		riser_shell_end(live);
	if (!live->shell.is_open)
		riser_progress_phase(live, phase);
}

static void on_guest_check(void *ctx, const struct riser_check *check)
{
	riser_trigger_check(ctx, check);
}

static int spawn_qemu(struct riser_live *live)
{
	uv_process_options_t options = { 0 };
	uv_stdio_container_t stdio[8];
	struct riser_argv argv = { 0 };
	int ivshmem[2] = { -1, -1 }, log_fd, ret;
	char *log;

	ret = riser_guest_argv(&argv, live->config, &live->parts,
			       &live->is_kvm);
	if (ret) {
		fprintf(stderr, "riser: error: guest/qemu-args gave no command line\n");
		goto out_argv;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ivshmem)) {
		ret = RISER_EXIT_ENV;
		goto out_argv;
	}
	log = riser_path(live->dir, "qemu.log");
	log_fd = open(log ? log : "/dev/null",
		      O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0666);
	free(log);
	stdio[0].flags = UV_IGNORE;
	stdio[1].flags = stdio[2].flags = UV_INHERIT_FD;
	stdio[1].data.fd = stdio[2].data.fd = log_fd;
	stdio[RISER_FD_IVSHMEM].flags = UV_INHERIT_FD;
	stdio[RISER_FD_IVSHMEM].data.fd = ivshmem[1];
	stdio[RISER_FD_CONSOLE].flags = UV_CREATE_PIPE | UV_READABLE_PIPE |
					UV_WRITABLE_PIPE;
	stdio[RISER_FD_CONSOLE].data.stream = (uv_stream_t *)&live->console.pipe;
	stdio[RISER_FD_RESULTS].flags = stdio[RISER_FD_CONSOLE].flags;
	stdio[RISER_FD_RESULTS].data.stream = (uv_stream_t *)&live->guest.pipe;
	stdio[RISER_FD_QMP].flags = live->config->time_ratio ? stdio[RISER_FD_CONSOLE].flags :
							       UV_IGNORE;
	stdio[RISER_FD_QMP].data.stream =
		(uv_stream_t *)&live->dilation.pipe;
	stdio[RISER_FD_SHELL].flags = live->config->shell ? stdio[RISER_FD_CONSOLE].flags :
							    UV_IGNORE;
	stdio[RISER_FD_SHELL].data.stream = (uv_stream_t *)&live->shell.pipe;
	options.file = argv.v[0];
	options.args = argv.v;
	options.stdio = stdio;
	options.stdio_count = 8;
	options.exit_cb = on_qemu_exit;
	live->qemu.data = live;
	ret = riser_ivshmem_serve(ivshmem[0], &live->block);
	if (!ret)
		ret = uv_spawn(&live->loop, &live->qemu, &options);
	if (ret) {
		fprintf(stderr, "riser: error: cannot start %s: %s\n"
			"riser: help: scripts/install-deps installs QEMU (package qemu-system-x86)\n",
			options.file, uv_strerror(ret));
		ret = RISER_EXIT_ENV;
	} else {
		live->has_qemu = true;
		uv_read_start((uv_stream_t *)&live->console.pipe, on_alloc,
			      on_read);
		uv_read_start((uv_stream_t *)&live->guest.pipe, on_alloc,
			      on_read);
		riser_dilation_start(live);
	}
	close(log_fd);
	close(ivshmem[1]);
	/* QEMU takes a closed server for a disconnect: keep our end open */
	live->block.server_fd = ivshmem[0];
out_argv:
	riser_argv_fini(&argv);
	return ret;
}

static void start_handles(struct riser_live *live)
{
	uv_timer_init(&live->loop, &live->deadline);
	uv_timer_init(&live->loop, &live->tick);
	uv_timer_init(&live->loop, &live->grace);
	uv_signal_init(&live->loop, &live->on_int);
	uv_signal_init(&live->loop, &live->on_term);
	live->deadline.data = live->tick.data = live->grace.data = live;
	live->on_int.data = live->on_term.data = live;
	if (live->config->timeout_s)
		uv_timer_start(&live->deadline, on_deadline,
			       live->config->timeout_s * 1000ULL, 0);
	uv_timer_start(&live->tick, on_tick, TICK_MS, TICK_MS);
	uv_signal_start(&live->on_int, on_signal, SIGINT);
	uv_signal_start(&live->on_term, on_signal, SIGTERM);
}

static int start(struct riser_live *live)
{
	const struct riser_block_config block_config = {
		.name = live->config->card,
		.deadline_atomic_ms = live->config->deadline_ms,
		.dma_slots_mib = live->config->dma_slots_mib,
	};
	int ret;

	ret = riser_block_create(&live->block, &block_config);
	if (!ret)
		ret = lines_init(&live->console, live, "console.log",
				 on_console_line);
	if (!ret)
		ret = lines_init(&live->guest, live, "results.log",
				 on_result_line);
	if (ret) {
		fprintf(stderr, "riser: error: cannot prepare the run in %s: %s\n",
			live->dir, strerror(-ret));
		return RISER_EXIT_ENV;
	}
	ret = riser_dilation_begin(live);
	if (ret)
		return ret;
	riser_shell_init(live);
	live->results.on_host = on_host_action;
	live->results.on_phase = on_guest_phase;
	live->results.on_check = on_guest_check;
	live->results.ctx = live;
	riser_phases_begin(&live->phases, "boot");
	riser_progress_phase(live, "boot");
	if (!live->config->local) {
		ret = riser_bridge_spawn(live);
		if (ret)
			return ret;
	}
	ret = spawn_qemu(live);
	if (ret && live->has_bridge)
		uv_process_kill(&live->bridge, SIGKILL);
	return ret;
}

static int live_run(struct riser_live *live)
{
	int ret;

	/* a bridge that dies while it is told something is no reason to die */
	signal(SIGPIPE, SIG_IGN);
	uv_loop_init(&live->loop);
	start_handles(live);
	ret = start(live);
	if (ret) {
		live->is_over = true;
		riser_dilation_end(live);
		riser_shell_end(live);
		close_if_idle(live);
	}
	uv_run(&live->loop, UV_RUN_DEFAULT);
	uv_loop_close(&live->loop);
	signal(SIGPIPE, SIG_DFL);
	riser_phases_end(&live->phases);
	riser_progress_clear(live);
	if (live->console.log)
		fclose(live->console.log);
	if (live->guest.log)
		fclose(live->guest.log);
	return ret;
}

/* One NAME=COMMAND; its output is the detail of the check when it fails. */
static void host_check(struct riser_live *live, const char *check)
{
	char *name = strdup(check), *command, *out = NULL, *line = NULL;
	char *argv[] = { "sh", "-c", NULL, NULL };
	double start_s = riser_now_s();
	int ret;

	if (!name)
		return;
	command = strchr(name, '=');
	if (!command) {
		riser_live_trouble(live, "--host-check=%s: NAME=COMMAND is needed",
				   check);
		free(name);
		return;
	}
	*command++ = '\0';
	if (asprintf(&argv[2], "exec 2>&1; cd '%s' && %s", live->dir,
		     command) < 0)
		argv[2] = NULL;
	ret = argv[2] ? riser_tool_run(argv, NULL, &out) : -ENOMEM;
	for (char *p = out; p && *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	if (asprintf(&line, "RISER1 check %s %s %.2f %.400s", name,
		     ret ? "fail" : "pass", riser_now_s() - start_s,
		     ret && out ? out : "") >= 0)
		riser_results_line(&live->results, line);
	free(line);
	free(argv[2]);
	free(out);
	free(name);
}

static void host_checks(struct riser_live *live)
{
	const char *const *check = live->config->host_checks;

	if (!check || !*check || live->is_interrupted || live->is_timeout)
		return;
	riser_phases_begin(&live->phases, "host checks");
	setenv("RISER_MODULES", live->parts.modules_dir, 1);
	for (; *check; check++)
		host_check(live, *check);
	riser_phases_end(&live->phases);
}

/* Of a run that came to no verdict, for `riser ls`. */
static void write_status(const struct riser_live *live, int code)
{
	char *path = riser_path(live->dir, "status"), text[64];

	snprintf(text, sizeof(text), "%s %d %.1fs\n", code ? "ERROR" : "DRY-RUN", code,
		 riser_phases_total(&live->phases));
	if (path && access(path, F_OK))
		(void)riser_rundir_write(live->dir, "status", text);
	free(path);
}

static void live_fini(struct riser_live *live)
{
	unsigned int i;

	for (i = 0; i < live->nr_troubles; i++)
		free(live->troubles[i]);
	riser_results_fini(&live->results);
	riser_block_destroy(&live->block);
	riser_parts_fini(&live->parts);
	free(live->dir);
	free(live);
}

static void on_tool_wait(void *ctx)
{
	riser_progress_tick(ctx);
}

static void on_tool_end(void *ctx)
{
	riser_progress_clear(ctx);
}

int riser_super_run(const struct riser_super_config *config)
{
	struct riser_live *live = calloc(1, sizeof(*live));
	int ret;

	if (!live)
		return RISER_EXIT_ENV;
	live->config = config;
	live->block.shm_fd = live->block.guest_kick_fd = -1;
	live->block.bridge_kick_fd = live->block.server_fd = -1;
	riser_phases_init(&live->phases);
	ret = riser_triggers_begin(live);
	if (ret) {
		free(live);
		return ret;
	}
	ret = riser_rundir_create(config->out_root, config->name, &live->dir);
	if (ret) {
		fprintf(stderr, "riser: error: cannot make a run directory in %s: %s\n",
			config->out_root, strerror(-ret));
		free(live);
		return RISER_EXIT_ENV;
	}
	if (config->argv && riser_rundir_repeat(live->dir, config->shell ? "shell" : "run",
						config->argv))
		fprintf(stderr, "riser: warning: cannot write %s/repeat.sh\n",
			live->dir);
	if (config->link && riser_rundir_link(live->dir, config->link))
		fprintf(stderr, "riser: warning: cannot make the link %s\n",
			config->link);
	if (config->run_yaml &&
	    riser_rundir_write(live->dir, "run.yaml", config->run_yaml))
		fprintf(stderr, "riser: warning: cannot write %s/run.yaml\n",
			live->dir);
	riser_results_init(&live->results, live->dir);
	riser_tool_on_wait(on_tool_wait, on_tool_end, live);
	riser_unfinished_begin(live->dir);
	ret = riser_parts_build(&live->parts, config, live->dir,
				&live->phases);
	if (!ret && config->check_model)
		ret = config->check_model(config->ctx, live->parts.model);
	riser_unfinished_end();
	if (!ret && !config->dry_run) {
		riser_failure_prepare(live);
		ret = live_run(live);
	}
	if (!ret && config->dry_run)
		ret = riser_dry_run(live);
	/* a hundred megabytes that can be made again in seconds */
	if (live->parts.initramfs && !config->keep)
		unlink(live->parts.initramfs);
	if (!ret && !config->dry_run) {
		host_checks(live);
		ret = riser_report(live);
	}
	write_status(live, ret);
	riser_progress_clear(live);
	riser_tool_on_wait(NULL, NULL, NULL);
	riser_failure_unprepare(live);
	riser_triggers_end(live);
	live_fini(live);
	return ret;
}
