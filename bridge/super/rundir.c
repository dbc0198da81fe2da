// SPDX-License-Identifier: Apache-2.0
/* The directory that a run leaves behind. */
#include "super.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

char *riser_path(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static int make_dirs(const char *path)
{
	char *copy = strdup(path), *p;
	int ret = 0;

	if (!copy)
		return -ENOMEM;
	for (p = copy + 1; !ret && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			ret = -errno;
		*p = '/';
	}
	if (!ret && mkdir(copy, 0777) && errno != EEXIST)
		ret = -errno;
	free(copy);
	return ret;
}

void riser_put_word(FILE *f, const char *word)
{
	fputs(" '", f);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", f);
		else
			fputc(*word, f);
	fputc('\'', f);
}

int riser_rundir_repeat(const char *dir, const char *command, char *const *argv)
{
	char *path = riser_path(dir, "repeat.sh"), *cwd = getcwd(NULL, 0);
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	FILE *f = path && cwd && n > 0 ? fopen(path, "we") : NULL;
	int ret = f ? 0 : -errno;

	if (f) {
		exe[n] = '\0';
		fputs("#!/bin/sh\ncd", f);
		riser_put_word(f, cwd);
		fputs(" && exec", f);
		riser_put_word(f, exe);
		fprintf(f, " %s", command);
		for (argv++; *argv; argv++)
			riser_put_word(f, *argv);
		fputc('\n', f);
		if (fclose(f) || chmod(path, 0777 & ~0022))
			ret = -errno;
	}
	free(cwd);
	free(path);
	return ret;
}

int riser_rundir_write(const char *dir, const char *name, const char *text)
{
	char *path = riser_path(dir, name);
	FILE *f = path ? fopen(path, "we") : NULL;
	int ret = f ? 0 : -errno;

	if (f) {
		fputs(text, f);
		if (fclose(f))
			ret = -errno;
	}
	free(path);
	return ret;
}

int riser_rundir_link(const char *dir, const char *link)
{
	struct stat st;
	char *tmp;
	int ret = 0;

	if (!lstat(link, &st) && !S_ISLNK(st.st_mode))
		return -EEXIST;
	if (asprintf(&tmp, "%s.%d", link, (int)getpid()) < 0)
		return -ENOMEM;
	unlink(tmp);
	if (symlink(dir, tmp) || rename(tmp, link))
		ret = -errno;
	if (ret)
		unlink(tmp);
	free(tmp);
	return ret;
}

static int create_unique(const char *root, const char *name, char **path)
{
	char stamp[32];
	struct tm tm;
	time_t now = time(NULL);
	unsigned int tries, random;
	int ret;

	localtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M", &tm);
	for (tries = 0; tries < 16; tries++) {
		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -EIO;
		if (asprintf(path, "%s/%s-%s-%04x", root, stamp, name,
			     random & 0xffff) < 0)
			return -ENOMEM;
		if (!mkdir(*path, 0777))
			return 0;
		ret = -errno;
		free(*path);
		*path = NULL;
		if (ret != -EEXIST)
			return ret;
	}
	return -EEXIST;
}

int riser_rundir_create(const char *root, const char *name, char **path)
{
	char *latest, *absolute;
	int ret;

	*path = NULL;
	ret = make_dirs(root);
	if (ret)
		return ret;
	absolute = realpath(root, NULL);
	if (!absolute)
		return -errno;
	ret = create_unique(absolute, name, path);
	free(absolute);
	if (ret)
		return ret;
	latest = riser_path(root, "latest");
	if (latest)
		(void)riser_rundir_link(strrchr(*path, '/') + 1, latest);
	free(latest);
	return 0;
}
