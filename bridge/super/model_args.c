// SPDX-License-Identifier: Apache-2.0
/*
 * model.args in a run's directory: how its model was built, so that another
 * flavour of the same can be built later. The first line is the folder in which
 * sim/build-model ran, each other line is one argument of it.
 */
#include "super.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

int riser_model_args_build(const char *dir, const char *flavour,
			   const char *out, const char *log)
{
	char *text = read_lines(dir), *rest = text, *cwd, *home;
	char *printed = NULL;
	struct riser_argv argv = { 0 };
	int ret;

	if (!text)
		return -errno;
	home = riser_home();
	cwd = strsep(&rest, "\n");
	riser_argv_add(&argv, "sh");
	riser_argv_add(&argv, "-c");
	riser_argv_add(&argv, "cd \"$1\" && shift && exec \"$@\"");
	riser_argv_add(&argv, "sh");
	riser_argv_add(&argv, "%s", cwd);
	riser_argv_add(&argv, "%s/sim/build-model", home ? home : ".");
	add_args(&argv, rest);
	riser_argv_add(&argv, "--flavour");
	riser_argv_add(&argv, "%s", flavour);
	riser_argv_add(&argv, "--out");
	riser_argv_add(&argv, "%s", out);
	/* it prints the path, which is known */
	ret = argv.failed ? -ENOMEM : riser_tool_run(argv.v, log, &printed);
	free(printed);
	riser_argv_fini(&argv);
	free(home);
	free(text);
	return ret;
}
