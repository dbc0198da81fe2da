// SPDX-License-Identifier: Apache-2.0
/* The project file of a command: its options come before the command line's. */
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

int riser_cli_project(const struct argp *argp, int *argc, char ***argv,
		      struct riser_project *project)
{
	int nr_args, at = find(argp, *argc, *argv, &nr_args), i, nr = 0, ret;
	const char *path = at ? (*argv)[at] : "riser.yaml";
	char **words;

	if (!at && (nr_args || has_card(*argc, *argv) || access(path, F_OK)))
		return 0;
	ret = riser_project_read(path, project);
	if (ret)
		return ret;
	words = calloc((size_t)*argc + project->nr + 1, sizeof(*words));
	if (!words)
		return RISER_EXIT_ENV;
	words[nr++] = (*argv)[0];
	for (i = 0; i < (int)project->nr; i++)
		words[nr++] = project->argv[i];
	for (i = 1; i < *argc; i++)
		if (i != at)
			words[nr++] = (*argv)[i];
	*argc = nr;
	*argv = words;
	return 0;
}
