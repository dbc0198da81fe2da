// SPDX-License-Identifier: Apache-2.0
/* The process that simulates a model: where its program is, its start, its end. */
#define _GNU_SOURCE
#include "remote_host.h"

#include <riser/link.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define END_WAIT_MS	2000	/* for the process to end by itself */

extern char **environ;

static const char *host_path(char *buf, size_t bytes)
{
	static const char name[] = "riser-model-host";
	const char *env = getenv("RISER_MODEL_HOST");
	ssize_t n;
	char *slash;

	if (env && *env)
		return env;
	n = readlink("/proc/self/exe", buf, bytes - sizeof(name) - 1);
	if (n > 0) {
		buf[n] = '\0';
		slash = strrchr(buf, '/');
		strcpy(slash ? slash + 1 : buf, name);
		if (!access(buf, X_OK))
			return buf;
	}
	return RISER_MODEL_HOST_PATH;
}

int riser_host_spawn(const char *path, int *sock, pid_t *pid, char *error)
{
	char buf[PATH_MAX];
	const char *host = host_path(buf, sizeof(buf));
	char *argv[] = { (char *)(uintptr_t)host, (char *)(uintptr_t)path, NULL };
	posix_spawn_file_actions_t actions;
	int pair[2], ret;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		ret = -errno;
		snprintf(error, RISER_ERROR_BYTES, "no socket for the model: %s", strerror(-ret));
		return ret;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pair[1], 3);
	ret = -posix_spawn(pid, host, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pair[1]);
	*sock = pair[0];
	if (ret) {
		*pid = 0;
		snprintf(error, RISER_ERROR_BYTES, "cannot start %.200s, which simulates %.200s: %s", host,
			 path, strerror(-ret));
	}
	return ret;
}

void riser_host_end(pid_t pid)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int i;

	for (i = 0; i < END_WAIT_MS; i++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return;
		nanosleep(&pause, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
