// SPDX-License-Identifier: Apache-2.0
/* The project file of a command: its options come before the command line's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../super/super.h"
#include "projectarg.h"

/* Whether the option takes the next word as its value. */
static bool takes_next(const struct argp *argp, const char *word)
{
	const struct argp_option *o;

	if (word[0] != '-' || strchr(word, '='))
		return false;
	for (o = argp->options; o->name || o->doc || o->key; o++) {
		if (word[1] == '-' && o->name && !strcmp(o->name, word + 2))
			return o->arg;
		if (word[1] != '-' && word[1] && !word[2] && o->key == word[1])
			return o->arg;
	}
	return false;
}

static bool is_project(const char *word)
{
	const char *dot = strrchr(word, '.');

	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

/* Index of the project file among the words, 0: none; counts the arguments. */
static int find(const struct argp *argp, int argc, char **argv, int *nr_args)
{
	int i, found = 0;

	*nr_args = 0;
	for (i = 1; i < argc; i++) {
		if (takes_next(argp, argv[i])) {
			i++;
		} else if (argv[i][0] != '-') {
			++*nr_args;
			if (is_project(argv[i]) && !found)
				found = i;
		}
	}
	return found;
}

static bool has_card(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--model", 7) ||
		    !strncmp(argv[i], "--top", 5) ||
		    !strncmp(argv[i], "--files", 7) || !strcmp(argv[i], "-f") ||
		    !strcmp(argv[i], "--help"))
			return true;
	return false;
}

/* ---- a project elsewhere: the card is at home there, the caller here ---- */

static bool is_path(const struct riser_project_key *key, const char *value)
{
	switch (key->type) {
	case RISER_PROJECT_PATH:
	case RISER_PROJECT_PLACE:
	case RISER_PROJECT_ADDS:
		return strcmp(key->option, "--driver") || strchr(value, '/');
	case RISER_PROJECT_KERNEL:
		return strchr(value, '/');
	default:
		return false;
	}
}

static bool takes_path(const char *option, size_t len, const char *value)
{
	const struct riser_project_key *key;

	if (len == 6 && !strncmp(option, "--link", 6))
		return true;
	if (len == 2 && !strncmp(option, "-f", 2))
		return true;
	for (key = riser_project_keys; key->section; key++)
		if (key->option && strlen(key->option) == len &&
		    !strncmp(key->option, option, len) && is_path(key, value))
			return true;
	return false;
}

/* The word with its path from @cwd, when it has a relative one; malloc'ed or @word. */
static char *from(const char *cwd, char *word, size_t at)
{
	char *text;

	if (word[at] == '/' ||
	    asprintf(&text, "%.*s%s/%s", (int)at, word, cwd, word + at) < 0)
		return word;
	return text;
}

/* The caller's own words, so that they mean the same in the project's folder. */
static void settle(const struct argp *argp, int argc, char **argv, const char *cwd)
{
	size_t len;
	int i;

	for (i = 0; i < argc; i++) {
		len = strcspn(argv[i], "=");
		if (takes_next(argp, argv[i]) && i + 1 < argc) {
			if (takes_path(argv[i], len, argv[i + 1]))
				argv[i + 1] = from(cwd, argv[i + 1], 0);
			i++;
		} else if (argv[i][0] != '-') {
			argv[i] = from(cwd, argv[i], 0);
		} else if (argv[i][len] && takes_path(argv[i], len, argv[i] + len + 1)) {
			argv[i] = from(cwd, argv[i], len + 1);
		}
	}
}

/* Goes there; *out becomes the option that keeps the runs here. */
static int move(const char *dir, char *cwd, char **out)
{
	if (asprintf(out, "--out=%s/riser-out", cwd) < 0)
		return RISER_EXIT_ENV;
	if (!chdir(dir))
		return 0;
	fprintf(stderr, "riser: error: %s: %s\n", dir, strerror(errno));
	return RISER_EXIT_USAGE;
}

int riser_cli_project(const struct argp *argp, int *argc, char ***argv,
		      struct riser_project *project)
{
	int nr_args, at = find(argp, *argc, *argv, &nr_args), i, nr = 0, ret, first;
	const char *path = at ? (*argv)[at] : "riser.yaml";
	char **words, *cwd, *out = NULL;

	if (!at && (nr_args || has_card(*argc, *argv) || access(path, F_OK)))
		return 0;
	ret = riser_project_read(path, project);
	if (ret)
		return ret;
	words = calloc((size_t)*argc + project->nr + 2, sizeof(*words));
	cwd = getcwd(NULL, 0);
	if (!words || !cwd || !project->dir)
		return RISER_EXIT_ENV;
	words[nr++] = (*argv)[0];
	if (strcmp(cwd, project->dir)) {
		ret = move(project->dir, cwd, &out);
		if (ret)
			return ret;
		words[nr++] = out;
	}
	for (i = 0; i < (int)project->nr; i++)
		words[nr++] = project->argv[i];
	first = nr;
	for (i = 1; i < *argc; i++)
		if (i != at)
			words[nr++] = (*argv)[i];
	if (out)
		settle(argp, nr - first, words + first, cwd);
	free(cwd);
	*argc = nr;
	*argv = words;
	return 0;
}
