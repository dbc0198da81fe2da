// SPDX-License-Identifier: Apache-2.0
#include "runcmd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/record.h>

#include "../super/super.h"

void riser_runcmd_take(struct riser_runcmd *cmd, int *argc, char **argv)
{
	int i;

	for (i = 1; i < *argc && strcmp(argv[i], "--"); i++)
		;
	if (i == *argc)
		return;
	cmd->words = argv + i + 1;
	cmd->nr = *argc - i - 1;
	argv[i] = NULL;
	*argc = i;
}

static bool is_script(const struct riser_runcmd *cmd)
{
	struct stat st;

	return cmd->nr == 1 && strchr(cmd->words[0], '/') && !stat(cmd->words[0], &st) &&
	       S_ISREG(st.st_mode);
}

const char *riser_runcmd_program(const struct riser_runcmd *cmd)
{
	char *path = strdup(getenv("PATH") ? getenv("PATH") : ""), *rest = path, *dir, *file;
	const char *name = cmd->nr ? cmd->words[0] : "", *found = NULL;

	while (*name && !strchr(name, '/') && !found && path && (dir = strsep(&rest, ":"))) {
		if (asprintf(&file, "%s/%s", dir, name) < 0)
			break;
		if (!access(file, X_OK))
			found = name;
		free(file);
	}
	free(path);
	return found;
}

/* malloc'ed */
static char *text_of(const struct riser_runcmd *cmd)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int i;

	if (!f)
		return NULL;
	fputs("# written by riser run\n. /riser/card.sh\nriser_attach || exit 1\nriser_check command", f);
	for (i = 0; i < cmd->nr; i++)
		riser_put_word(f, cmd->words[i]);
	fputc('\n', f);
	fclose(f);
	return text;
}

/* The folder that scripts/ is in; malloc'ed. */
static char *cache(void)
{
	const char *own = getenv("RISER_CACHE"), *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int n;

	n = own && *own ? asprintf(&path, "%s", own) :
	    xdg && *xdg ? asprintf(&path, "%s/riser", xdg) :
			  asprintf(&path, "%s/.cache/riser", home ? home : "/tmp");
	return n < 0 ? NULL : path;
}

static void make_folders(char *path)
{
	char *p;

	for (p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(path, 0777);
		*p = '/';
	}
}

static int write_whole(const char *path, const char *text)
{
	char *temp = NULL;
	FILE *f;
	int ret = 0;

	if (asprintf(&temp, "%s.%d", path, (int)getpid()) < 0)
		return -ENOMEM;
	f = fopen(temp, "we");
	if (!f || fputs(text, f) < 0)
		ret = -errno;
	if (f && fclose(f))
		ret = -errno;
	if (!ret && rename(temp, path))
		ret = -errno;
	free(temp);
	return ret;
}

char *riser_runcmd_script(const struct riser_runcmd *cmd)
{
	char *text, *dir, *path = NULL;
	int ret = -ENOMEM;

	if (is_script(cmd))
		return realpath(cmd->words[0], NULL);
	text = text_of(cmd);
	dir = cache();
	if (text && dir && asprintf(&path, "%s/scripts/%016" PRIx64 ".sh", dir,
				    riser_hash64(text, strlen(text), 0)) >= 0) {
		make_folders(path);
		ret = write_whole(path, text);
	}
	if (ret) {
		fprintf(stderr, "riser: error: cannot write %s: %s\n", path ? path : "a script",
			strerror(-ret));
		free(path);
		path = NULL;
	}
	free(text);
	free(dir);
	return path;
}
