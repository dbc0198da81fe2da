// SPDX-License-Identifier: Apache-2.0
/* The scoreboards by name, and what they share: findings counted by rule. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <riser/link.h>
#include <riser/run.h>
#include <riser/scoreboard.h>

#include "kinds.h"

#define DEFAULT_INTERRUPT_CYCLES	25000
#define DEFAULT_CONTENT_BYTES		(1ULL << 30)
#define DEFAULT_TOLD			4
#define MAX_RULES			32

static const struct riser_scoreboard_ops *const kinds[] = {
	&riser_scoreboard_nvme,
};

struct riser_scoreboard {
	const struct riser_scoreboard_ops *ops;
	struct riser_scoreboard_config config;
	struct riser_engine *engine;
	void *board;
	uint64_t count;
	uint32_t told[MAX_RULES];
};

const struct riser_scoreboard_ops *riser_scoreboard_kind(uint32_t idx)
{
	return idx < sizeof(kinds) / sizeof(kinds[0]) ? kinds[idx] : NULL;
}

const struct riser_scoreboard_ops *riser_scoreboard_find(const char *name)
{
	const struct riser_scoreboard_ops *ops;
	uint32_t i;

	for (i = 0; (ops = riser_scoreboard_kind(i)); i++)
		if (!strcmp(ops->name, name))
			return ops;
	return NULL;
}

/* Its place among the rules; the last place is for what is in no table. */
static uint32_t rule_index(const struct riser_scoreboard *board, const char *rule)
{
	uint32_t i;

	for (i = 0; i < MAX_RULES - 1 && board->ops->rules[i].id; i++)
		if (!strcmp(board->ops->rules[i].id, rule))
			return i;
	return MAX_RULES - 1;
}

static void on_report(void *ctx, const struct riser_finding *finding)
{
	struct riser_scoreboard *board = ctx;

	board->count++;
	if (board->told[rule_index(board, finding->rule)]++ >= board->config.max_told)
		return;
	if (board->engine)
		riser_engine_report(board->engine, finding);
	else if (board->config.report)
		board->config.report(board->config.ctx, finding);
}

static void name_kinds(char *text, size_t size)
{
	const struct riser_scoreboard_ops *ops;
	size_t used = 0;
	uint32_t i;

	text[0] = '\0';
	for (i = 0; (ops = riser_scoreboard_kind(i)) && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", ops->name);
}

int riser_scoreboard_open(const char *name, const struct riser_scoreboard_config *config,
			  struct riser_scoreboard **out, char *error)
{
	const struct riser_scoreboard_ops *ops = riser_scoreboard_find(name);
	struct riser_scoreboard_config own;
	struct riser_scoreboard *board;
	char names[128];
	int ret;

	if (!ops) {
		name_kinds(names, sizeof(names));
		snprintf(error, RISER_ERROR_BYTES, "there is no scoreboard '%s': there are %s, and none",
			 name, names);
		return -ENOENT;
	}
	board = calloc(1, sizeof(*board));
	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!board)
		return -ENOMEM;
	board->ops = ops;
	if (config)
		board->config = *config;
	if (!board->config.interrupt_cycles)
		board->config.interrupt_cycles = DEFAULT_INTERRUPT_CYCLES;
	if (!board->config.max_content_bytes)
		board->config.max_content_bytes = DEFAULT_CONTENT_BYTES;
	if (!board->config.max_told)
		board->config.max_told = DEFAULT_TOLD;
	own = board->config;
	own.report = on_report;
	own.ctx = board;
	ret = ops->create(&own, &board->board);
	if (ret) {
		free(board);
		return ret;
	}
	*out = board;
	return 0;
}

void riser_scoreboard_close(struct riser_scoreboard *board)
{
	if (!board)
		return;
	board->ops->destroy(board->board);
	free(board);
}

struct riser_observer riser_scoreboard_observer(struct riser_scoreboard *board)
{
	return (struct riser_observer){ .ops = &board->ops->observer, .ctx = board->board };
}

void riser_scoreboard_attach(struct riser_scoreboard *board, struct riser_engine *engine)
{
	board->engine = engine;
}

uint64_t riser_scoreboard_count(const struct riser_scoreboard *board)
{
	return board->count;
}
