// SPDX-License-Identifier: Apache-2.0
/* Scoreboards of the commands: the option, and playing with one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <riser/play.h>
#include <riser/scoreboard.h>

#include "cli.h"

int riser_cli_scoreboard(const char *arg, const char **name)
{
	const struct riser_scoreboard_ops *ops;
	uint32_t i;

	if (!strcmp(arg, "none")) {
		*name = NULL;
		return 0;
	}
	ops = riser_scoreboard_find(arg);
	if (ops) {
		*name = ops->name;
		return 0;
	}
	fprintf(stderr, "riser: error: --scoreboard=%s:", arg);
	for (i = 0; (ops = riser_scoreboard_kind(i)); i++)
		fprintf(stderr, " %s,", ops->name);
	fputs(" or none is needed\n", stderr);
	return EBADMSG;
}

bool riser_cli_is_scoreboard_rule(const char *id)
{
	const struct riser_scoreboard_ops *ops;
	const struct riser_scoreboard_rule *rule;
	uint32_t i;

	for (i = 0; (ops = riser_scoreboard_kind(i)); i++)
		for (rule = ops->rules; rule->id; rule++)
			if (!strcmp(rule->id, id))
				return true;
	return false;
}

/* A play with a scoreboard: the caller's messages, and who judges. */
struct judged {
	const struct riser_play_config *config;
	struct riser_scoreboard *board;
};

static void attach(void *ctx, struct riser_engine *engine)
{
	const struct judged *judged = ctx;

	riser_scoreboard_attach(judged->board, engine);
	if (judged->config->attach)
		judged->config->attach(judged->config->ctx, engine);
}

static void on_message(void *ctx, enum riser_severity severity, const char *file, int line,
		       const char *text)
{
	const struct judged *judged = ctx;

	if (judged->config->message)
		judged->config->message(judged->config->ctx, severity, file, line, text);
}

int riser_cli_play(struct riser_plan *plan, const struct riser_play_config *config,
		   struct riser_play_result *result, char *error)
{
	const char *name = riser_plan_facts(plan)->scoreboard;
	struct riser_play_config filled = *config;
	struct judged judged = { .config = config };
	int ret;

	/* one that this build does not have is no reason not to play */
	if (!name || !riser_scoreboard_find(name))
		return riser_play(plan, config, result, error);
	ret = riser_scoreboard_open(name, NULL, &judged.board, error);
	if (ret)
		return ret;
	filled.observers[filled.nr_observers++] = riser_scoreboard_observer(judged.board);
	filled.attach = attach;
	filled.message = on_message;
	filled.ctx = &judged;
	ret = riser_play(plan, &filled, result, error);
	riser_scoreboard_close(judged.board);
	return ret;
}
