// SPDX-License-Identifier: Apache-2.0
/* Runs the programs that a run is made of, and finds where they are. */
#include "super.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char *beside_executable(void)
{
	static const char share[] = "/../share/riser";
	char exe[PATH_MAX];
	char *path, *slash, *real;
	ssize_t n;

	n = readlink("/proc/self/exe", exe, sizeof(exe) - sizeof(share) - 1);
	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return NULL;
	strcpy(slash, share);
	path = riser_path(exe, "sim/build-model");
	real = path && !access(path, X_OK) ? realpath(exe, NULL) : NULL;
	free(path);
	return real;
}

char *riser_home(void)
{
	const char *env = getenv("RISER_HOME");
	char *home;

	if (env && *env)
		return strdup(env);
	home = beside_executable();
	return home ? home : strdup(RISER_SOURCE_DIR);
}

/* ---- waiting ---- */

#define TICK_MS	250
#define LOOK_MS	20

static void (*on_wait)(void *ctx), (*on_end)(void *ctx);
static void *on_wait_ctx;

void riser_tool_on_wait(void (*tick)(void *ctx), void (*end)(void *ctx), void *ctx)
{
	on_wait = tick;
	on_end = end;
	on_wait_ctx = ctx;
}

/* Until there is something to read; somebody is told that it takes time. */
static void wait_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (on_wait && !poll(&p, 1, TICK_MS))
		on_wait(on_wait_ctx);
}

#define OUTPUT_MAX_BYTES 65536

/* Reads to the end; what is beyond the maximum is read and dropped. */
static char *read_all(int fd)
{
	char *buf = malloc(OUTPUT_MAX_BYTES);
	char waste[512];
	size_t used = 0, room;
	ssize_t n;

	for (;;) {
		wait_readable(fd);
		room = buf ? OUTPUT_MAX_BYTES - 1 - used : 0;
		n = room ? read(fd, buf + used, room) :
			   read(fd, waste, sizeof(waste));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (room)
			used += (size_t)n;
	}
	if (buf)
		buf[used] = '\0';
	return buf;
}

static int wait_for(pid_t pid)
{
	unsigned int waited_ms = 0;
	int status;
	pid_t ended;

	while ((ended = waitpid(pid, &status, on_wait ? WNOHANG : 0)) <= 0) {
		if (ended < 0 && errno != EINTR)
			return -errno;
		if (ended)
			continue;
		poll(NULL, 0, LOOK_MS);
		waited_ms += LOOK_MS;
		if (waited_ms % TICK_MS < LOOK_MS)
			on_wait(on_wait_ctx);
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return 128 + WTERMSIG(status);
}

int riser_tool_run(char *const argv[], const char *log, char **out)
{
	posix_spawn_file_actions_t actions;
	int pipe_fd[2] = { -1, -1 };
	pid_t pid;
	int ret;

	if (out && pipe2(pipe_fd, O_CLOEXEC))
		return -errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (log) {
		posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY |
						 O_CREAT | O_APPEND, 0666);
		posix_spawn_file_actions_adddup2(&actions, 2, 1);
	}
	if (out)
		posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], 1);
	ret = -posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (out)
		close(pipe_fd[1]);
	if (!ret) {
		if (out)
			*out = read_all(pipe_fd[0]);
		ret = wait_for(pid);
	}
	if (out)
		close(pipe_fd[0]);
	if (on_end)
		on_end(on_wait_ctx);
	return ret;
}
