// SPDX-License-Identifier: Apache-2.0
/* riser manual: man pages from the tables of commands, options and keys. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../super/super.h"
#include "cli.h"
#include "manual.h"

void riser_roff(const char *text)
{
	bool is_start = true;

	for (; text && *text; text++) {
		if (is_start && strchr(".'", *text))
			fputs("\\&", stdout);
		is_start = *text == '\n';
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '`')
			fputs("\\(lq", stdout);
		else
			putchar(*text);
	}
}

/* In a text with `words`: the second of a pair closes. */
static void put_text(const char *text, size_t len)
{
	bool is_open = false;
	char piece[2] = "";
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '`') {
			fputs(is_open ? "\\fP" : "\\fB", stdout);
			is_open = !is_open;
			continue;
		}
		piece[0] = text[i];
		riser_roff(piece);
	}
	putchar('\n');
}

void riser_roff_title(const char *name, int section)
{
	fputs(".TH \"", stdout);
	for (; *name; name++)
		putchar(toupper((unsigned char)*name));
	printf("\" %d \"\" \"riser %s\" \"riser\"\n", section, RISER_VERSION);
}

static void put_options(const struct argp_option *o, bool is_global)
{
	for (; o && (o->name || o->doc || o->key); o++) {
		if (o->flags & OPTION_HIDDEN)
			continue;
		if (!o->name && !o->key) {
			fputs(".SS ", stdout);
			riser_roff(o->doc);
			putchar('\n');
			continue;
		}
		fputs(".TP\n.B ", stdout);
		if (o->key > ' ' && o->key < 127 &&
		    (!is_global || strchr("Cvq", o->key)))
			printf("\\-%c%s", o->key, o->name ? ", " : " ");
		if (o->name) {
			fputs("\\-\\-", stdout);
			riser_roff(o->name);
		}
		if (o->arg) {
			fputs(o->name ? "=" : "", stdout);
			riser_roff(o->arg);
		}
		putchar('\n');
		put_text(o->doc ? o->doc : "", o->doc ? strlen(o->doc) : 0);
	}
}

static void put_exit_codes(void)
{
	fputs(".SH EXIT STATUS\n0 pass, 1 a test failed, 2 usage or configuration, 3 build, 4 timeout,\n"
	      "5 environment, 77 skipped, 130 interrupted.\n", stdout);
}

static void command_page(const struct riser_command *c)
{
	const char *doc = c->argp->doc ? c->argp->doc : "";
	const char *behind = strchr(doc, '\v'), *line;
	char name[64];

	snprintf(name, sizeof(name), "riser-%s", c->name);
	riser_roff_title(name, 1);
	printf(".SH NAME\nriser\\-%s \\- ", c->name);
	riser_roff(c->summary ? c->summary : c->name);
	fputs("\n.SH SYNOPSIS\n", stdout);
	line = c->argp->args_doc ? c->argp->args_doc : "";
	do {
		printf(".B riser %s\n[OPTION...] ", c->name);
		while (*line && *line != '\n') {
			char piece[2] = { *line++, '\0' };

			riser_roff(piece);
		}
		fputs(*line ? "\n.br\n" : "\n", stdout);
	} while (*line && *++line);
	fputs(".SH DESCRIPTION\n", stdout);
	put_text(doc, behind ? (size_t)(behind - doc) : strlen(doc));
	if (c->argp->options) {
		fputs(".SH OPTIONS\n", stdout);
		put_options(c->argp->options, false);
	}
	if (behind) {
		fputs(".SH NOTES\n", stdout);
		put_text(behind + 1, strlen(behind + 1));
	}
	put_exit_codes();
	fputs(".SH SEE ALSO\n.BR riser (1),\n.BR riser.yaml (5)\n", stdout);
}

static void main_page(void)
{
	const struct riser_command *c;

	riser_roff_title("riser", 1);
	fputs(".SH NAME\nriser \\- plug a Verilog PCIe card into a running Linux kernel\n"
	      ".SH SYNOPSIS\n.B riser\n[OPTION...] COMMAND [OPTION...]\n"
	      ".SH DESCRIPTION\nThe production driver, unmodified, probes a card that is RTL in a simulator; every access, DMA and\n"
	      "interrupt is a PCIe TLP that the RTL answers.\n.SH COMMANDS\n", stdout);
	for (c = riser_commands; c->name; c++) {
		if (!c->summary)
			continue;
		printf(".TP\n.BR riser\\-%s (1)\n", c->name);
		riser_roff(c->summary);
		putchar('\n');
	}
	fputs(".SH OPTIONS\n", stdout);
	put_options(riser_global_options, true);
	fputs(".SH ENVIRONMENT\n.B RISER_TIMEOUT, RISER_SEED, RISER_DRY_RUN, RISER_KEEP, RISER_VERBOSE, RISER_QUIET, RISER_COLOR,\n"
	      ".B RISER_PROGRESS\nare the options of those names; the command line comes before them, and they before the\n"
	      "project file.\n.TP\n.B RISER_CACHE\nwhere built models, kernels and modules are kept\n"
	      ".TP\n.B WAVES\n1: riser run \\-\\-waves always, 0: never\n.TP\n.B GUI\n1: riser run opens the waveform viewer at its end\n"
	      ".TP\n.B NO_COLOR\nno colors\n.SH FILES\n.TP\n.B riser.yaml\nthe project file\n"
	      ".TP\n.B riser\\-out/latest\nlink to the folder of the latest run\n", stdout);
	put_exit_codes();
	fputs(".SH SEE ALSO\n.BR riser.yaml (5)\n", stdout);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **page = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	*page = arg;
	return 0;
}

const struct argp riser_argp_manual = {
	.parser = parse,
	.args_doc = "[riser|riser.yaml|COMMAND]",
	.doc = "Prints a man page.",
};

int riser_cmd_manual(int argc, char **argv)
{
	const struct riser_command *c;
	const char *page = "riser";
	int ret = riser_cli_parse(&riser_argp_manual, argc, argv, &page);

	if (ret)
		return ret;
	c = riser_command_find(page);
	if (!strcmp(page, "riser")) {
		main_page();
	} else if (!strcmp(page, "riser.yaml")) {
		riser_manual_yaml();
	} else if (c) {
		command_page(c);
	} else {
		fprintf(stderr, "riser: error: no page '%s': riser, riser.yaml or a command\n",
			page);
		return RISER_EXIT_USAGE;
	}
	return RISER_EXIT_PASS;
}
