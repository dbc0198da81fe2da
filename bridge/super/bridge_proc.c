// SPDX-License-Identifier: Apache-2.0
/* The bridge as a process: started, and for tests killed, stopped, replaced. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../regs.h"
#include "live.h"

/* Descriptors that the bridge inherits (riser bridge --help). */
#define FD_SHM		3
#define FD_KICK		4
#define FD_PEER_KICK	5
#define FD_CONTROL	6

/* Beside the models that it belongs to. */
static void add_boot_cache(struct riser_argv *argv)
{
	const char *cache = getenv("RISER_CACHE"), *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (cache && *cache)
		riser_argv_add(argv, "--boot-cache=%s/boot", cache);
	else if (xdg && *xdg)
		riser_argv_add(argv, "--boot-cache=%s/riser/boot", xdg);
	else if (home && *home)
		riser_argv_add(argv, "--boot-cache=%s/.cache/riser/boot", home);
}

static void add_options(struct riser_argv *argv, const struct riser_live *live)
{
	const struct riser_super_config *c = live->config;
	const char *const *preload;

	riser_argv_add(argv, "--out=%s", live->dir);
	riser_argv_add(argv, "--model=%s", live->parts.model);
	riser_argv_add(argv, "--x-init=%u", c->x_init);
	riser_argv_add(argv, "--seed=%llu", (unsigned long long)c->seed);
	riser_argv_add(argv, "--session=%u", live->nr_bridges);
	if (c->timeout_cycles)
		riser_argv_add(argv, "--completion-timeout=%u", c->timeout_cycles);
	if (c->idle)
		riser_argv_add(argv, "--idle=%s", c->idle);
	for (preload = c->preloads; preload && *preload; preload++)
		riser_argv_add(argv, "--preload=%s", *preload);
	if (c->regs)
		riser_argv_add(argv, "--regs=%s/" RISER_REGS_FILE, live->dir);
	if (c->boot_limit_ns)
		riser_argv_add(argv, "--boot-limit=%llu", c->boot_limit_ns);
	if (!c->no_boot_snapshot)
		add_boot_cache(argv);
	if (c->scoreboard)
		riser_argv_add(argv, "--scoreboard=%s", c->scoreboard);
	if (c->reference)
		riser_argv_add(argv, "--reference=%s", c->reference);
	if (c->reference_patience)
		riser_argv_add(argv, "--reference-patience=%llu", c->reference_patience);
	riser_argv_add_list(argv, "--reference-plusarg", c->reference_plusargs);
	riser_argv_add_list(argv, "--may-differ", c->may_differ);
	if (c->no_sandbox)
		riser_argv_add(argv, "--no-sandbox");
	if (c->no_record)
		riser_argv_add(argv, "--no-record");
	if (c->no_snapshots)
		riser_argv_add(argv, "--no-snapshots");
	if (c->snapshot_mib)
		riser_argv_add(argv, "--snapshot-limit=%u", c->snapshot_mib);
	riser_argv_add_list(argv, "--trigger-tlp", c->trigger_tlps);
	riser_argv_add_list(argv, "--plusarg", c->plusargs);
	riser_argv_add_list(argv, "--fault", c->faults);
	riser_argv_add_list(argv, "--waive", c->waivers);
}

int riser_bridge_spawn(struct riser_live *live)
{
	uv_process_options_t options = { 0 };
	uv_stdio_container_t stdio[7];
	struct riser_argv argv = { 0 };
	char *log = riser_path(live->dir, "bridge.log");
	int log_fd, ret;

	live->nr_bridges++;
	log_fd = open(log ? log : "/dev/null",
		      O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0666);
	free(log);
	riser_argv_add(&argv, "/proc/self/exe");
	riser_argv_add(&argv, "bridge");
	riser_argv_add(&argv, "--shm-fd=%d", FD_SHM);
	riser_argv_add(&argv, "--kick-fd=%d", FD_KICK);
	riser_argv_add(&argv, "--peer-kick-fd=%d", FD_PEER_KICK);
	live->control = calloc(1, sizeof(*live->control));
	if (live->control) {
		uv_pipe_init(&live->loop, live->control, 0);
		riser_argv_add(&argv, "--control-fd=%d", FD_CONTROL);
	}
	add_options(&argv, live);
	stdio[0].flags = UV_IGNORE;
	stdio[1].flags = stdio[2].flags = UV_INHERIT_FD;
	stdio[1].data.fd = stdio[2].data.fd = log_fd;
	stdio[FD_SHM].flags = stdio[FD_KICK].flags = UV_INHERIT_FD;
	stdio[FD_PEER_KICK].flags = UV_INHERIT_FD;
	stdio[FD_SHM].data.fd = live->block.shm_fd;
	stdio[FD_KICK].data.fd = live->block.bridge_kick_fd;
	stdio[FD_PEER_KICK].data.fd = live->block.guest_kick_fd;
	stdio[FD_CONTROL].flags = UV_CREATE_PIPE | UV_READABLE_PIPE;
	stdio[FD_CONTROL].data.stream = (uv_stream_t *)live->control;
	options.file = argv.v[0];
	options.args = argv.v;
	options.stdio = stdio;
	options.stdio_count = live->control ? 7 : 6;
	options.exit_cb = riser_bridge_on_exit;
	live->bridge.data = live;
	ret = argv.failed ? UV_ENOMEM :
			    uv_spawn(&live->loop, &live->bridge, &options);
	if (ret) {
		fprintf(stderr, "riser: error: cannot start the bridge: %s\n",
			uv_strerror(ret));
		riser_bridge_close_control(live);
	} else {
		live->has_bridge = true;
	}
	live->no_account = false;
	riser_argv_fini(&argv);
	close(log_fd);
	return ret ? RISER_EXIT_ENV : 0;
}

static void on_control_closed(uv_handle_t *handle)
{
	free(handle);
}

void riser_bridge_close_control(struct riser_live *live)
{
	if (live->control)
		uv_close((uv_handle_t *)live->control, on_control_closed);
	live->control = NULL;
}

/*
 * What a test's script asks of the host. Each is answered on nothing: the guest
 * sees the effect.
 */
void riser_bridge_action(struct riser_live *live, const char *action)
{
	bool replace = !strcmp(action, "replace-bridge");

	if (!live->has_bridge && (replace || !strcmp(action, "start-bridge"))) {
		(void)riser_bridge_spawn(live);
		return;
	}
	if (!live->has_bridge) {
		riser_live_trouble(live, "the script asked the host for '%s' while no bridge runs",
				   action);
		return;
	}
	if (replace || !strcmp(action, "kill-bridge")) {
		/* of one that ends anyway the guest cannot know when it has */
		live->bridge_replaced = replace;
		live->bridge_killed = live->no_account = true;
		uv_process_kill(&live->bridge, SIGKILL);
	} else if (!strcmp(action, "pull-card") || !strcmp(action, "plug-card")) {
		uv_process_kill(&live->bridge, SIGUSR2);
	} else if (!strcmp(action, "dump-config")) {
		uv_process_kill(&live->bridge, SIGUSR1);
	} else if (!strcmp(action, "stop-bridge")) {
		uv_process_kill(&live->bridge, SIGSTOP);
	} else if (!strcmp(action, "continue-bridge")) {
		uv_process_kill(&live->bridge, SIGCONT);
	} else if (!strcmp(action, "end-bridge")) {
		live->bridge_killed = true;
		uv_process_kill(&live->bridge, SIGTERM);
	} else {
		riser_live_trouble(live, "the script asked the host for '%s', which it cannot do",
				   action);
	}
}
