// SPDX-License-Identifier: Apache-2.0
/* The project file of a command: its options come before the command line's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../diagnostic.h"
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
	case RISER_PROJECT_FILES:
	case RISER_PROJECT_PRELOAD:
		return true;
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

/* Of NAME=FILE, what is before the file. */
static size_t before_path(const char *option, size_t len, const char *value)
{
	const struct riser_project_key *key;
	size_t name = strcspn(value, "=/");

	for (key = riser_project_keys; key->section; key++)
		if ((key->type == RISER_PROJECT_FILES || key->type == RISER_PROJECT_PRELOAD) &&
		    strlen(key->option) == len && !strncmp(key->option, option, len))
			return value[name] == '=' ? name + 1 : 0;
	return 0;
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
				argv[i + 1] = from(cwd, argv[i + 1],
						   before_path(argv[i], len, argv[i + 1]));
			i++;
		} else if (argv[i][0] != '-') {
			argv[i] = from(cwd, argv[i], 0);
		} else if (argv[i][len] && takes_path(argv[i], len, argv[i] + len + 1)) {
			argv[i] = from(cwd, argv[i], len + 1 +
				       before_path(argv[i], len, argv[i] + len + 1));
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

/* The value of the last -t, --test; NULL: none. */
static const char *test_of(int argc, char **argv)
{
	const char *name = NULL;
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strncmp(argv[i], "--test=", 7))
			name = argv[i] + 7;
		else if ((!strcmp(argv[i], "-t") || !strcmp(argv[i], "--test")) && i + 1 < argc)
			name = argv[i + 1];
	return name;
}

static int no_test(const struct riser_project *project, const char *name)
{
	const char **names = calloc(project->nr_tests + 1, sizeof(*names));
	const char *near;
	size_t i;

	for (i = 0; names && i < project->nr_tests; i++)
		names[i] = project->tests[i].name;
	near = names ? riser_nearest(name, names) : NULL;
	fprintf(stderr, "riser: error: no test '%s'", name);
	if (!project->nr_tests)
		fprintf(stderr, ": the project has none (`tests:`)");
	if (near)
		fprintf(stderr, "; did you mean '%s'?", near);
	for (i = 0; names && !near && i < project->nr_tests; i++)
		fprintf(stderr, "%s%s", i ? ", " : ": there are ", names[i]);
	fputc('\n', stderr);
	free(names);
	return RISER_EXIT_USAGE;
}

/* The words of the test that was asked for, behind the project's. */
static int add_test(struct riser_project *project, const char *name)
{
	const struct riser_project_test *test = project->tests;
	size_t i, end = project->nr_tests;
	char **more;

	for (i = 0; i < end && strcmp(test[i].name, name); i++)
		;
	if (i == end)
		return no_test(project, name);
	test += i;
	more = realloc(project->argv, (project->nr + test->nr_options + 3) * sizeof(*more));
	if (!more)
		return RISER_EXIT_ENV;
	project->argv = more;
	if (asprintf(&more[project->nr], "--name=%s", name) >= 0)
		project->nr++;
	if (test->timeout)
		more[project->nr++] = strdup(test->timeout);
	for (i = 0; i < test->nr_options; i++)
		more[project->nr++] = strdup(test->options[i]);
	more[project->nr] = NULL;
	if (test->script) {
		free(project->script);
		project->script = strdup(test->script);
	}
	return 0;
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
	if (!ret && test_of(*argc, *argv))
		ret = add_test(project, test_of(*argc, *argv));
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
