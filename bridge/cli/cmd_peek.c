// SPDX-License-Identifier: Apache-2.0
/* riser peek, riser poke: signals of the RTL in a run that is live. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../super/super.h"
#include "backdoor.h"
#include "cli.h"

#define LATEST		"riser-out/latest"
#define MAX_WISHES	64

struct peek_args {
	const char *run;
	const char *wish[MAX_WISHES];
	unsigned int nr;
};

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct peek_args *a = state->input;

	switch (key) {
	case 'r':
		a->run = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->nr == MAX_WISHES) {
			fprintf(stderr, "riser: error: at most %d signals at once\n", MAX_WISHES);
			return EBADMSG;
		}
		a->wish[a->nr++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "run", 'r', "RUN", 0, "the run's folder (" LATEST ")", 1 },
	{ 0 },
};

const struct argp riser_argp_peek = {
	.options = options, .parser = parse,
	.args_doc = "SIGNAL...",
	.doc = "Prints the values of signals of the RTL in a run that is live: NAME, INSTANCE.NAME, or NAME[N] of a "
	       "memory. card.signals in riser.yaml says which can be reached (docs/backdoor.md).",
};

const struct argp riser_argp_poke = {
	.options = options, .parser = parse,
	.args_doc = "SIGNAL=VALUE...",
	.doc = "Sets signals of the RTL in a run that is live, between two cycles. The record has it: a replay sets "
	       "them in the same cycle. card.signals in riser.yaml says which can be reached (docs/backdoor.md).",
};

static int ask(const char *dir, const char *request)
{
	char answer[RISER_ERROR_BYTES];
	int ret = riser_backdoor_ask(dir, request, answer, sizeof(answer));

	if (!ret) {
		printf("%s\n", answer);
		return RISER_EXIT_PASS;
	}
	if (ret > 0)
		fprintf(stderr, "riser: error: %s\n", answer);
	else if (ret == -ENOENT || ret == -ECONNREFUSED)
		fprintf(stderr, "riser: error: run %s is not live: no bridge listens there\n", dir);
	else
		fprintf(stderr, "riser: error: run %s: %s\n", dir, strerror(-ret));
	return ret == -ECONNREFUSED || ret == -ENOENT || ret > 0 ? RISER_EXIT_USAGE : RISER_EXIT_ENV;
}

static int ask_all(const struct argp *argp, int argc, char **argv, bool is_poke)
{
	struct peek_args a = { .run = LATEST };
	char request[900];
	const char *equals;
	unsigned int i;
	int ret = riser_cli_parse(argp, argc, argv, &a);

	if (ret)
		return ret;
	if (!a.nr) {
		fprintf(stderr, "riser: error: no signal: `riser %s`\n",
			is_poke ? "poke SIGNAL=VALUE" : "peek SIGNAL");
		return RISER_EXIT_USAGE;
	}
	if (!is_folder(a.run)) {
		fprintf(stderr, "riser: error: run %s: %s\n", a.run,
			errno == ENOENT ? strerror(ENOENT) : "no folder of a run");
		return RISER_EXIT_USAGE;
	}
	for (i = 0; !ret && i < a.nr; i++) {
		equals = strchr(a.wish[i], '=');
		if (is_poke != (equals != NULL)) {
			fprintf(stderr, "riser: error: '%s': %s is needed\n", a.wish[i],
				is_poke ? "SIGNAL=VALUE" : "a signal without a value");
			return RISER_EXIT_USAGE;
		}
		if (is_poke)
			snprintf(request, sizeof(request), "poke %.*s %s",
				 (int)(equals - a.wish[i]), a.wish[i], equals + 1);
		else
			snprintf(request, sizeof(request), "peek %s", a.wish[i]);
		ret = ask(a.run, request);
	}
	return ret;
}

int riser_cmd_peek(int argc, char **argv)
{
	return ask_all(&riser_argp_peek, argc, argv, false);
}

int riser_cmd_poke(int argc, char **argv)
{
	return ask_all(&riser_argp_poke, argc, argv, true);
}
