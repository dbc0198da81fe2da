// SPDX-License-Identifier: Apache-2.0
/* What the sub-commands share in reading their options. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <riser/run.h>

#include "../diagnostic.h"
#include "../super/super.h"
#include "cli.h"

static int bad_option(const struct argp *argp, char **argv, int index)
{
	const char *names[64] = { 0 }, *word = argv[index], *near;
	const struct argp_option *o;
	char bare[64];
	size_t nr = 0, i;

	if (*word != '-') {
		fprintf(stderr, "riser: error: %s: nothing is done with '%s'\n"
			"riser: help: `%s --help` tells what it takes\n", argv[0], word, argv[0]);
		return RISER_EXIT_USAGE;
	}

	for (o = argp->options; o && (o->name || o->doc) && nr < 62; o++)
		if (o->name && !(o->flags & OPTION_HIDDEN))
			names[nr++] = o->name;
	names[nr++] = "help";
	snprintf(bare, sizeof(bare), "%.*s",
		 (int)strcspn(word + strspn(word, "-"), "="),
		 word + strspn(word, "-"));
	near = riser_nearest(bare, names);
	/* the beginning of several */
	for (i = 0; !near && *bare && i < nr; i++)
		if (!strncmp(names[i], bare, strlen(bare)))
			near = names[i];
	for (o = argp->options; o && (o->name || o->doc); o++)
		if (o->name && !strcmp(o->name, bare)) {
			fprintf(stderr, "riser: error: %s: option %s %s\n",
				argv[0], word, o->arg ? "needs a value" :
				"takes no value");
			return RISER_EXIT_USAGE;
		}
	fprintf(stderr, "riser: error: %s: no option '%s'", argv[0], word);
	if (near)
		fprintf(stderr, "; did you mean '--%s'?", near);
	fprintf(stderr, "\nriser: help: `%s --help` lists the options\n",
		argv[0]);
	return RISER_EXIT_USAGE;
}

/* The option of the word; NULL: none, or several begin so. */
static const struct argp_option *option_of(const struct argp *argp, const char *word)
{
	const struct argp_option *o, *found = NULL;
	size_t len = strcspn(word, "=");

	for (o = argp->options; o && (o->name || o->doc); o++) {
		if (word[1] != '-' ? o->key == word[1] :
		    o->name && strlen(o->name) == len - 2 && !strncmp(o->name, word + 2, len - 2))
			return o;
	}
	for (o = argp->options; word[1] == '-' && o && (o->name || o->doc); o++) {
		if (!o->name || strncmp(o->name, word + 2, len - 2))
			continue;
		if (found)
			return NULL;
		found = o;
	}
	return found;
}

/* argp does not say which word it did not like. */
static int find_bad(const struct argp *argp, int argc, char **argv)
{
	const struct argp_option *o;
	const char *word, *equals;
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		word = argv[i];
		if (word[0] != '-' || !word[1])
			continue;
		o = option_of(argp, word);
		equals = word[1] == '-' ? strchr(word, '=') : NULL;
		if (!o || (equals && !o->arg))
			return i;
		if (!o->arg || equals || (word[1] != '-' && word[2]))
			continue;
		if (++i == argc)
			return argc - 1;
	}
	return argc - 1;
}

int riser_cli_parse(const struct argp *argp, int argc, char **argv,
		    void *input)
{
	int i, ret, index = argc;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (strcmp(argv[i], "--help") && strcmp(argv[i], "-?"))
			continue;
		argp_help(argp, stdout, ARGP_HELP_LONG | ARGP_HELP_USAGE |
			  ARGP_HELP_DOC, argv[0]);
		exit(RISER_EXIT_PASS);
	}
	ret = argp_parse(argp, argc, argv, ARGP_NO_EXIT | ARGP_NO_ERRS |
			 ARGP_NO_HELP | ARGP_IN_ORDER, &index, input);
	/* a number above the errnos: the command has said what is wrong */
	if (ret == EBADMSG)
		return RISER_EXIT_USAGE;
	if (!ret && index >= argc)
		return 0;
	/* without an error: an argument that the command does not take */
	return bad_option(argp, argv, ret ? find_bad(argp, argc, argv) : index);
}

int riser_cli_number(const char *option, const char *text,
		     unsigned long long min, unsigned long long max,
		     unsigned long long *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (!errno && *text && *text != '-' && !*end && *value >= min &&
	    *value <= max)
		return 0;
	fprintf(stderr, "riser: error: %s=%s: a whole number from %llu to %llu is needed\n",
		option, text, min, max);
	return EBADMSG;
}

int riser_cli_list_add(struct riser_cli_list *list, const char *text)
{
	const char **v = realloc(list->v, (list->nr + 2) * sizeof(*v));

	if (!v)
		return ENOMEM;
	list->v = v;
	v[list->nr++] = text;
	v[list->nr] = NULL;
	return 0;
}

int riser_cli_idle(const char *arg, struct riser_engine_config *config)
{
	static const struct riser_engine_config nothing;
	struct riser_engine_config c = nothing;
	char *end;

	if (!strcmp(arg, "run")) {
		c.idle = RISER_IDLE_RUN;
	} else if (!strcmp(arg, "stop")) {
		c.idle = RISER_IDLE_STOP;
	} else if (!strncmp(arg, "pace:", 5)) {
		c.idle = RISER_IDLE_PACE;
		c.pace_ratio = strtod(arg + 5, &end);
		if (end == arg + 5 || *end || !(c.pace_ratio >= 1e-9) ||
		    c.pace_ratio > 1000) {
			fprintf(stderr, "riser: error: --idle=%s: the ratio of simulated time to time on the wall is a number from 1e-9 to 1000\n",
				arg);
			return EBADMSG;
		}
	} else {
		fprintf(stderr, "riser: error: --idle=%s: run, stop or pace:RATIO is needed\n",
			arg);
		return EBADMSG;
	}
	if (config) {
		config->idle = c.idle;
		config->pace_ratio = c.pace_ratio;
	}
	return 0;
}
