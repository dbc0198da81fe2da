// SPDX-License-Identifier: Apache-2.0
/* riser completions: what shells complete words with, from the option tables. */
#include <stdio.h>
#include <string.h>

#include "../diagnostic.h"
#include "../super/super.h"
#include "cli.h"

static bool is_shown(const struct argp_option *o)
{
	return !(o->flags & OPTION_HIDDEN) && (o->name || o->key);
}

static bool has_letter(const struct argp_option *o)
{
	return o->key > ' ' && o->key < 127;
}

/* Text inside of '...'. */
static void put_quoted(const char *text)
{
	for (; text && *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
}

static void bash_options(const struct argp_option *o)
{
	for (; o && (o->name || o->doc || o->key); o++)
		if (is_shown(o) && o->name)
			printf(" --%s%s", o->name, o->arg ? "=" : "");
}

static void print_bash(void)
{
	const struct riser_command *c;

	fputs("# bash completion of riser\n_riser()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} i command= words\n"
	      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tcase ${COMP_WORDS[i]} in\n"
	      "\t\t-C) i=$((i + 1)) ;;\n"
	      "\t\t-*) ;;\n"
	      "\t\t*) command=${COMP_WORDS[i]}; break ;;\n"
	      "\t\tesac\n\tdone\n"
	      "\tcase $command in\n\t'') words='", stdout);
	for (c = riser_commands; c->name; c++)
		if (c->summary)
			printf("%s ", c->name);
	bash_options(riser_global_options);
	fputs("' ;;\n", stdout);
	for (c = riser_commands; c->name; c++) {
		if (!c->summary)
			continue;
		printf("\t%s) words='--help", c->name);
		bash_options(c->argp->options);
		fputs("' ;;\n", stdout);
	}
	fputs("\tesac\n"
	      "\tif [ -z \"$command\" ] || [ \"${cur#-}\" != \"$cur\" ]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "\t\t[ \"${#COMPREPLY[@]}\" -ne 1 ] || [ \"${COMPREPLY[0]%=}\" = \"${COMPREPLY[0]}\" ] || compopt -o nospace\n"
	      "\telse\n"
	      "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	      "\tfi\n}\n"
	      "complete -o filenames -F _riser riser\n", stdout);
}

static void zsh_options(const struct argp_option *o)
{
	const char *p;

	for (; o && (o->name || o->doc || o->key); o++) {
		if (!is_shown(o))
			continue;
		fputs(" \\\n\t\t'", stdout);
		if (o->name)
			printf("--%s%s[", o->name, o->arg ? "=" : "");
		else
			printf("-%c[", o->key);
		for (p = o->doc; p && *p; p++)
			if (*p == '\'')
				fputs("'\\''", stdout);
			else if (strchr("[]:\\", *p))
				printf("\\%c", *p);
			else
				putchar(*p);
		fputs(o->arg ? "]:value:_files'" : "]'", stdout);
	}
}

static void print_zsh(void)
{
	const struct riser_command *c;

	fputs("#compdef riser\n# zsh completion of riser\n_riser()\n{\n"
	      "\tlocal context state line\n\ttypeset -A opt_args\n"
	      "\t_arguments -C", stdout);
	zsh_options(riser_global_options);
	fputs(" \\\n\t\t'1: :->command' '*:: :->words'\n"
	      "\tcase $state in\n\tcommand)\n\t\tlocal -a commands=(", stdout);
	for (c = riser_commands; c->name; c++) {
		if (!c->summary)
			continue;
		printf("\n\t\t\t'%s:", c->name);
		put_quoted(c->summary);
		putchar('\'');
	}
	fputs(")\n\t\t_describe command commands ;;\n\twords)\n\t\tcase $line[1] in\n",
	      stdout);
	for (c = riser_commands; c->name; c++) {
		if (!c->summary)
			continue;
		printf("\t\t%s) _arguments '--help[help]'", c->name);
		zsh_options(c->argp->options);
		fputs(" '*:file:_files' ;;\n", stdout);
	}
	fputs("\t\tesac ;;\n\tesac\n}\n_riser \"$@\"\n", stdout);
}

static void fish_options(const char *condition, const struct argp_option *o)
{
	for (; o && (o->name || o->doc || o->key); o++) {
		if (!is_shown(o))
			continue;
		printf("complete -c riser -n '%s'", condition);
		if (o->name)
			printf(" -l %s", o->name);
		if (has_letter(o) && (!o->name || condition[1] == '_' ||
				      strchr("vq", o->key)))
			printf(" -s %c", o->key);
		printf("%s -d '", o->arg ? " -r" : "");
		put_quoted(o->doc);
		fputs("'\n", stdout);
	}
}

static void print_fish(void)
{
	const struct riser_command *c;
	char condition[96];

	fputs("# fish completion of riser\n", stdout);
	for (c = riser_commands; c->name; c++) {
		if (!c->summary)
			continue;
		printf("complete -c riser -f -n __fish_use_subcommand -a %s -d '",
		       c->name);
		put_quoted(c->summary);
		fputs("'\n", stdout);
	}
	fish_options("__fish_use_subcommand", riser_global_options);
	for (c = riser_commands; c->name; c++) {
		if (!c->summary)
			continue;
		snprintf(condition, sizeof(condition),
			 "__fish_seen_subcommand_from %s", c->name);
		fish_options(condition, c->argp->options);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **shell = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	*shell = arg;
	return 0;
}

const struct argp riser_argp_completions = {
	.parser = parse,
	.args_doc = "bash|zsh|fish",
	.doc = "Prints what the shell completes the words of riser with. For bash: `eval \"$(riser completions bash)\"`.",
};

int riser_cmd_completions(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = {
		{ "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish },
	};
	const char *shell = NULL;
	size_t i;
	int ret;

	ret = riser_cli_parse(&riser_argp_completions, argc, argv, &shell);
	if (ret)
		return ret;
	for (i = 0; shell && i < sizeof(shells) / sizeof(shells[0]); i++)
		if (!strcmp(shells[i].name, shell)) {
			shells[i].print();
			return RISER_EXIT_PASS;
		}
	fprintf(stderr, "riser: error: %s%s: bash, zsh or fish is needed\n",
		shell ? "shell " : "no shell", shell ? shell : "");
	return RISER_EXIT_USAGE;
}
