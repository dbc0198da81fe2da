// SPDX-License-Identifier: Apache-2.0
/*
 * Options before the command's name, and the same in the environment. Those of
 * the screen become RISER_COLOR and RISER_PROGRESS, which whoever prints reads;
 * the others are handed to the command, behind the project file and before its
 * own words.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../diagnostic.h"
#include "../super/super.h"
#include "cli.h"

const struct argp_option riser_global_options[] = {
	{ NULL, 'C', "DIR", 0, "change to this folder first", 1 },
	{ "verbose", 'v', NULL, 0, "show more", 1 },
	{ "quiet", 'q', NULL, 0, "show less", 1 },
	{ "color", 'c', "WHEN", 0, "auto (default; also obeys NO_COLOR), always or never", 1 },
	{ "progress", 'p', "HOW", 0, "auto (default: one line on a terminal, else plain), plain, json or none", 1 },
	{ "dry-run", 'n', NULL, 0, "build everything, show what would be started", 2 },
	{ "timeout", 't', "S", 0, "longest life of a guest in seconds", 2 },
	{ "seed", 's', "N", 0, "for the design's $urandom", 2 },
	{ "keep", 'k', NULL, 0, "keep intermediate files of a run", 2 },
	{ "version", 'V', NULL, 0, "print the version", 3 },
	{ "help", 'h', NULL, 0, "list the commands", 3 },
	{ 0 },
};

static const char *const colors[] = { "auto", "always", "never", NULL };
static const char *const ways[] = { "auto", "plain", "json", "none", NULL };

/* By the letter of an option: its value, "" for one without. */
static const char *given[128];
static bool is_from_env[128];

static int one_of(const char *what, const char *value, const char *const *names)
{
	const char *const *name;

	for (name = names; *name; name++)
		if (!strcmp(*name, value))
			return 0;
	fprintf(stderr, "riser: error: %s=%s: one of", what, value);
	for (name = names; *name; name++)
		fprintf(stderr, "%s %s", name == names ? "" : ",", *name);
	fputs(" is needed\n", stderr);
	return RISER_EXIT_USAGE;
}

static int unknown(const char *word)
{
	const char *names[16] = { 0 }, *near;
	const struct argp_option *o;
	size_t nr = 0;
	char bare[64];

	for (o = riser_global_options; o->name || o->doc; o++)
		if (o->name)
			names[nr++] = o->name;
	snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(word, "="), word);
	near = riser_nearest(bare + strspn(bare, "-"), names);
	fprintf(stderr, "riser: error: no option '%s' before a command", word);
	if (near)
		fprintf(stderr, "; did you mean '--%s'?", near);
	fprintf(stderr, "\nriser: help: `riser --help` lists commands and options\n");
	return RISER_EXIT_USAGE;
}

/* The option that the word is, and the value behind its '='. */
static const struct argp_option *find(const char *word, const char **value)
{
	const struct argp globals = { .options = riser_global_options };
	const char *equals = strchr(word, '=');
	char name[32];

	*value = equals && word[1] == '-' ? equals + 1 : NULL;
	if (word[1] != '-')
		return word[1] && !word[2] ? riser_option_find(&globals, word + 1) :
					     NULL;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	/* the letters of long options are not for the command line */
	return name[0] && name[1] ? riser_option_find(&globals, name) : NULL;
}

static bool has_letter(int key)
{
	return key == 'C' || key == 'v' || key == 'q';
}

static void read_environment(void)
{
	const struct argp_option *o;
	char name[40], *p;
	const char *value;

	for (o = riser_global_options; o->name || o->doc; o++) {
		if (!o->name || o->key == 'V' || o->key == 'h')
			continue;
		snprintf(name, sizeof(name), "RISER_%s", o->name);
		for (p = name; *p; p++)
			*p = *p == '-' ? '_' : *p >= 'a' && *p <= 'z' ?
			     (char)(*p - 'a' + 'A') : *p;
		value = getenv(name);
		if (!value || !*value || (!o->arg && !strcmp(value, "0")))
			continue;
		given[o->key] = o->arg ? value : "";
		is_from_env[o->key] = true;
	}
}

static int check(void)
{
	int ret = 0;

	if (given['c'])
		ret = one_of("--color", given['c'], colors);
	if (!ret && given['p'])
		ret = one_of("--progress", given['p'], ways);
	if (ret)
		return ret;
	if (given['c'])
		setenv("RISER_COLOR", given['c'], 1);
	if (given['p'])
		setenv("RISER_PROGRESS", given['p'], 1);
	if (given['C'] && chdir(given['C'])) {
		fprintf(stderr, "riser: error: -C %s: %s\n", given['C'], strerror(errno));
		return RISER_EXIT_USAGE;
	}
	return 0;
}

int riser_globals_read(int argc, char **argv, int *at)
{
	const struct argp_option *o;
	const char *value;
	int i;

	read_environment();
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		o = find(argv[i], &value);
		if (!o || (argv[i][1] != '-' && !has_letter(o->key)))
			return unknown(argv[i]);
		if (!o->arg != !value && !(o->arg && i + 1 < argc)) {
			fprintf(stderr, "riser: error: option %s %s\n", argv[i],
				o->arg ? "needs a value" : "takes no value");
			return RISER_EXIT_USAGE;
		}
		if (o->arg && !value)
			value = argv[++i];
		given[o->key] = o->arg ? value : "";
		is_from_env[o->key] = false;
		if (o->key == 'V' || o->key == 'h')
			break;
	}
	*at = i;
	return check();
}

/* How the command takes it; malloc'ed. NULL and an exit code: it does not. */
static char *word_for(const struct riser_command *command,
		      const struct argp_option *o, int *code)
{
	const struct argp_option *own = riser_option_find(command->argp, o->name);
	char *word = NULL;

	*code = 0;
	if (own && !own->arg == !o->arg)
		*code = asprintf(&word, o->arg ? "--%s=%s" : "--%s", o->name,
				 given[o->key]) < 0 ? RISER_EXIT_ENV : 0;
	else if (!is_from_env[o->key] && !has_letter(o->key)) {
		fprintf(stderr, "riser: error: --%s: `riser %s` has no such option\n",
			o->name, command->name);
		*code = RISER_EXIT_USAGE;
	}
	return *code ? NULL : word;
}

int riser_globals_apply(const struct riser_command *command, int *argc,
			char ***argv)
{
	static const char handed[] = "vqntsk";
	const struct argp globals = { .options = riser_global_options };
	static char **words;	/* lives as long as the process */
	int nr = 0, i, code;
	const char *letter;
	char key[2] = "";

	words = calloc((size_t)*argc + sizeof(handed), sizeof(*words));
	if (!words)
		return RISER_EXIT_ENV;
	words[nr++] = (*argv)[0];
	for (letter = handed; *letter; letter++) {
		key[0] = *letter;
		if (!given[(int)*letter])
			continue;
		words[nr] = word_for(command, riser_option_find(&globals, key),
				     &code);
		if (code)
			return code;
		nr += words[nr] != NULL;
	}
	for (i = 1; i < *argc; i++)
		words[nr++] = (*argv)[i];
	*argc = nr;
	*argv = words;
	return 0;
}
