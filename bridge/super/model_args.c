// SPDX-License-Identifier: Apache-2.0
/*
 * model.args in a run's directory: how its model was built, so that another
 * flavour of the same can be built later. The first line is the folder in which
 * sim/build-model ran, each other line is one argument of it.
 */
#include "super.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

int riser_model_args_write(const char *dir, char *const *args)
{
	char *path = riser_path(dir, "model.args"), *cwd = getcwd(NULL, 0);
	FILE *f = path && cwd ? fopen(path, "we") : NULL;
	int ret = f ? 0 : -errno;

	if (f) {
		fprintf(f, "%s\n", cwd);
		for (; *args; args++)
			fprintf(f, "%s\n", *args);
		if (fclose(f))
			ret = -errno;
	}
	free(path);
	free(cwd);
	return ret;
}

/* The file's lines; NULL with errno if there are none. */
static char *read_lines(const char *dir)
{
	char *path = riser_path(dir, "model.args"), *text = NULL;
	FILE *f = path ? fopen(path, "re") : NULL;
	size_t size = 0;

	free(path);
	if (!f)
		return NULL;
	if (getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
		errno = EINVAL;
	}
	fclose(f);
	return text;
}

/* Arguments but for those of flavour and output, which are the caller's. */
static void add_args(struct riser_argv *argv, char *lines)
{
	char *line;

	while ((line = strsep(&lines, "\n"))) {
		if (!strcmp(line, "--flavour") || !strcmp(line, "--out"))
			strsep(&lines, "\n");
		else if (*line)
			riser_argv_add(argv, "%s", line);
	}
}

/* sim/build-model with a run's arguments; 0 or -errno. */
static int compose(struct riser_argv *argv, const char *dir,
		   const char *flavour, const char *out)
{
	char *text = read_lines(dir), *rest = text, *cwd, *home;

	if (!text)
		return -errno;
	home = riser_home();
	cwd = strsep(&rest, "\n");
	riser_argv_add(argv, "sh");
	riser_argv_add(argv, "-c");
	riser_argv_add(argv, "cd \"$1\" && shift && exec \"$@\"");
	riser_argv_add(argv, "sh");
	riser_argv_add(argv, "%s", cwd);
	riser_argv_add(argv, "nice");
	riser_argv_add(argv, "%s/sim/build-model", home ? home : ".");
	add_args(argv, rest);
	riser_argv_add(argv, "--flavour");
	riser_argv_add(argv, "%s", flavour);
	riser_argv_add(argv, "--out");
	riser_argv_add(argv, "%s", out);
	free(home);
	free(text);
	return argv->failed ? -ENOMEM : 0;
}

int riser_model_args_build(const char *dir, const char *flavour,
			   const char *out, const char *log)
{
	struct riser_argv argv = { 0 };
	char *printed = NULL;
	int ret = compose(&argv, dir, flavour, out);

	/* it prints the path, which is known */
	if (!ret)
		ret = riser_tool_run(argv.v, log, &printed);
	free(printed);
	riser_argv_fini(&argv);
	return ret;
}

int riser_model_args_start(const char *dir, const char *flavour,
			   const char *out, const char *log, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	struct riser_argv argv = { 0 };
	int ret = compose(&argv, dir, flavour, out);

	if (!ret) {
		posix_spawn_file_actions_init(&actions);
		posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
						 O_RDONLY, 0);
		posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY |
						 O_CREAT | O_APPEND, 0666);
		posix_spawn_file_actions_adddup2(&actions, 1, 2);
		posix_spawnattr_init(&attr);
		posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
		ret = -posix_spawnp(pid, argv.v[0], &actions, &attr, argv.v,
				    environ);
		posix_spawnattr_destroy(&attr);
		posix_spawn_file_actions_destroy(&actions);
	}
	riser_argv_fini(&argv);
	return ret;
}
