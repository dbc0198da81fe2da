// SPDX-License-Identifier: Apache-2.0
/*
 * The head of a record: lines of "key=value" that say what ran. Readers skip what
 * they do not know.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "record_internal.h"

/* ---- writing ---- */

static void put_line(FILE *f, const char *key, int index, const char *value)
{
	fputs(key, f);
	if (index >= 0)
		fprintf(f, ".%d", index);
	fputc('=', f);
	for (; value && *value; value++) {
		if (*value == '\n')
			fputs("\\n", f);
		else if (*value == '\\')
			fputs("\\\\", f);
		else
			fputc(*value, f);
	}
	fputc('\n', f);
}

static void put_number(FILE *f, const char *key, uint64_t value)
{
	fprintf(f, "%s=%" PRIu64 "\n", key, value);
}

static void put_stalls(FILE *f, const char *key,
			const struct riser_stall *stall)
{
	int i;

	for (i = 0; stall && i < RISER_NR_CLASSES; i++)
		fprintf(f, "%s.%d=%" PRIu64 " %u %u\n", key, i,
			stall[i].until_cycle, stall[i].permille, stall[i].seed);
}

static void put_preload(FILE *f, const struct riser_run_facts *facts)
{
	uint64_t hash, bytes;
	int i;

	for (i = 0; facts->preload && i < RISER_MODEL_MAX_MEMS; i++) {
		if (!facts->preload[i] ||
		    riser_hash64_file(facts->preload[i], &hash, &bytes))
			continue;
		char *path = realpath(facts->preload[i], NULL);

		put_line(f, "preload", i, path ? path : facts->preload[i]);
		free(path);
		fprintf(f, "preload_bytes.%d=%" PRIu64 "\n", i, bytes);
		fprintf(f, "preload_hash.%d=%" PRIu64 "\n", i, hash);
	}
}

char *riser_rec_head_text(const struct riser_run_facts *facts)
{
	const struct riser_model_info *info = facts->info;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	uint32_t i;

	if (!f)
		return NULL;
	fputs("format=riser record 1\n", f);
	put_line(f, "card", -1, facts->card);
	put_line(f, "model_path", -1, facts->model_path);
	put_line(f, "model_name", -1, info->name);
	put_line(f, "top", -1, info->top);
	put_line(f, "engine", -1, info->engine);
	put_line(f, "source_hash", -1, info->source_hash);
	put_line(f, "build_hash", -1, info->build_hash);
	if (facts->scoreboard)
		put_line(f, "scoreboard", -1, facts->scoreboard);
	if (facts->checker)
		put_line(f, "checker", -1, facts->checker);
	if (facts->dir)
		put_line(f, "dir", -1, facts->dir);
	put_number(f, "features", info->features);
	put_number(f, "data_w", info->data_w);
	put_number(f, "clk_period_ps", info->clk_period_ps);
	for (i = 0; i < facts->nr_plusargs; i++)
		put_line(f, "plusarg", (int)i, facts->plusargs[i]);
	put_number(f, "x_init", facts->x_init);
	put_number(f, "seed", facts->seed);
	put_number(f, "timeout_cycles", facts->timeout_cycles);
	put_number(f, "start_unix_s", (uint64_t)time(NULL));
	put_preload(f, facts);
	put_stalls(f, "stall_rx", facts->stall_rx);
	put_stalls(f, "stall_tx", facts->stall_tx);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

/* ---- reading ---- */

static char **head_string(struct riser_rec_facts *facts, const char *key)
{
	const struct {
		const char *key;
		char **value;
	} strings[] = {
		{ "card", &facts->card }, { "model_path", &facts->model_path },
		{ "model_name", &facts->model_name }, { "top", &facts->top },
		{ "engine", &facts->engine },
		{ "source_hash", &facts->source_hash },
		{ "build_hash", &facts->build_hash },
		{ "scoreboard", &facts->scoreboard },
		{ "checker", &facts->checker },
		{ "dir", &facts->dir },
	};
	size_t i;

	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		if (!strcmp(key, strings[i].key))
			return strings[i].value;
	return NULL;
}

static void head_number(struct riser_rec_facts *facts, const char *key,
			uint64_t value)
{
	if (!strcmp(key, "features"))
		facts->features = (uint32_t)value;
	else if (!strcmp(key, "data_w"))
		facts->data_w = (uint32_t)value;
	else if (!strcmp(key, "clk_period_ps"))
		facts->clk_period_ps = value;
	else if (!strcmp(key, "x_init"))
		facts->x_init = (uint32_t)value;
	else if (!strcmp(key, "seed"))
		facts->seed = value;
	else if (!strcmp(key, "timeout_cycles"))
		facts->timeout_cycles = value;
	else if (!strcmp(key, "start_unix_s"))
		facts->start_unix_s = value;
}

static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1]) {
			text++;
			*to++ = *text == 'n' ? '\n' : *text;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

static void head_stall(struct riser_stall *stall, const char *value)
{
	sscanf(value, "%" SCNu64 " %u %u", &stall->until_cycle,
	       &stall->permille, &stall->seed);
}

/* KEY.INDEX=VALUE; lines that are not known are skipped. */
static void head_indexed(struct riser_rec_facts *facts, const char *key,
			 unsigned long index, const char *value)
{
	if (!strcmp(key, "plusarg") && index == facts->nr_plusargs &&
	    index < RISER_REC_MAX_PLUSARGS)
		facts->plusarg[facts->nr_plusargs++] = strdup(value);
	else if (!strcmp(key, "preload") && index < RISER_MODEL_MAX_MEMS &&
		 !facts->preload[index])
		facts->preload[index] = strdup(value);
	else if (!strcmp(key, "preload_bytes") && index < RISER_MODEL_MAX_MEMS)
		facts->preload_bytes[index] = strtoull(value, NULL, 10);
	else if (!strcmp(key, "preload_hash") && index < RISER_MODEL_MAX_MEMS)
		facts->preload_hash[index] = strtoull(value, NULL, 10);
	else if (!strcmp(key, "stall_rx") && index < RISER_NR_CLASSES)
		head_stall(&facts->stall_rx[index], value);
	else if (!strcmp(key, "stall_tx") && index < RISER_NR_CLASSES)
		head_stall(&facts->stall_tx[index], value);
}

static void head_line(struct riser_rec_facts *facts, char *line)
{
	char *value = strchr(line, '='), *dot, **string;

	if (!value)
		return;
	*value++ = '\0';
	unescape(value);
	dot = strchr(line, '.');
	if (dot) {
		*dot = '\0';
		head_indexed(facts, line, strtoul(dot + 1, NULL, 10), value);
		return;
	}
	string = head_string(facts, line);
	if (!string) {
		head_number(facts, line, strtoull(value, NULL, 10));
	} else if (!*string) {
		*string = strdup(value);
	}
}

void riser_rec_head_parse(struct riser_rec_facts *facts, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		head_line(facts, line);
}

void riser_rec_head_free(struct riser_rec_facts *facts)
{
	uint32_t i;

	free(facts->card);
	free(facts->model_path);
	free(facts->model_name);
	free(facts->top);
	free(facts->engine);
	free(facts->source_hash);
	free(facts->build_hash);
	free(facts->scoreboard);
	free(facts->checker);
	free(facts->dir);
	for (i = 0; i < facts->nr_plusargs; i++)
		free(facts->plusarg[i]);
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++)
		free(facts->preload[i]);
}
