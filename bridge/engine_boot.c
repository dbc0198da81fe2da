// SPDX-License-Identifier: Apache-2.0
/*
 * Cards that boot: the link comes up when the card's own condition holds
 * (RISER_STATUS_BOOTING). What power-on and boot make of a card is always the same,
 * so it is kept, and the next run begins there: its record tells of the whole boot, as
 * if it had been simulated, and a replay does simulate it.
 */
#define _GNU_SOURCE
#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/record.h>

#include "rtlfile.h"

#define POLL_CYCLES	256
#define MAX_FILES	64
#define PATH_BYTES	4096
#define MAGIC		"riser boot 1\n"

/**
 * struct riser_boot - the first power-on of a run
 * @is_first: it is going on, and may be kept
 * @is_tainted: something came from outside: it is not what the next run would do
 * @since_cycle: link training began
 * @key: what the card's state depends on, in words
 * @path: of the file that keeps it
 * @file: notes of the files that the RTL read meanwhile
 */
struct riser_boot {
	bool is_first;
	bool is_tainted;
	uint64_t since_cycle;
	char *key;
	char path[PATH_BYTES];
	char *file[MAX_FILES];
	uint32_t nr_files;
};

struct page_head {
	uint32_t mem;
	uint32_t pad;
	uint64_t page;
};

static bool boots(const struct riser_engine *engine)
{
	return engine->card.info->features & RISER_MODEL_F_BOOT;
}

int riser_boot_init(struct riser_engine *engine)
{
	engine->boot = calloc(1, sizeof(*engine->boot));
	return engine->boot ? 0 : -ENOMEM;
}

void riser_boot_fini(struct riser_engine *engine)
{
	struct riser_boot *boot = engine->boot;

	if (!boot)
		return;
	while (boot->nr_files)
		free(boot->file[--boot->nr_files]);
	free(boot->key);
	free(boot);
	engine->boot = NULL;
}

bool riser_boot_is_first(const struct riser_engine *engine)
{
	return engine->boot->is_first;
}

void riser_boot_taint(struct riser_engine *engine)
{
	engine->boot->is_tainted = true;
}

void riser_boot_reads(struct riser_engine *engine, const char *words)
{
	struct riser_boot *boot = engine->boot;

	if (!boot->is_first)
		return;
	if (boot->nr_files == MAX_FILES || strchr(words, '\n'))
		boot->is_tainted = true;
	else
		boot->file[boot->nr_files++] = strdup(words);
}

/* ---- the key ---- */

static const char *refusal(const struct riser_engine *engine)
{
	const struct riser_model_info *info = engine->card.info;

	if (engine->card.remote)
		return "the model is in another process";
	if (!(info->features & RISER_MODEL_F_SAVE))
		return "the model cannot save its state (Verilator's --timing and --coverage exclude it)";
	if (info->features & RISER_MODEL_F_IMPURE)
		return "the model calls DPI functions, whose state is not saved";
	if (info->nr_mems && !(info->features & RISER_MODEL_F_DIRTY))
		return "the model does not tell which pages of its memories it writes";
	return NULL;
}

static void put_stalls(FILE *f, const struct riser_stall *stall)
{
	int i;

	for (i = 0; i < RISER_NR_CLASSES; i++)
		fprintf(f, "stall=%" PRIu64 " %u %u\n", stall[i].until_cycle,
			stall[i].permille, stall[i].seed);
}

static char *make_key(const struct riser_engine *engine)
{
	const struct riser_engine_config *config = &engine->config;
	uint64_t hash, bytes;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	uint32_t i;

	if (!f)
		return NULL;
	fprintf(f, "build=%s\nx_init=%u\nseed=%" PRIu64 "\nperst=%u\nlink_up=%u\n",
		engine->card.info->build_hash, config->x_init, config->seed,
		config->perst_cycles, config->link_up_cycles);
	for (i = 0; i < config->nr_plusargs; i++)
		fprintf(f, "plusarg=%s\n", config->plusargs[i]);
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++)
		if (config->preload[i] &&
		    !riser_hash64_file(config->preload[i], &hash, &bytes))
			fprintf(f, "preload.%u=%" PRIu64 " %016" PRIx64 "\n", i, bytes, hash);
	put_stalls(f, config->stall_rx);
	put_stalls(f, config->stall_tx);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

/* ---- writing ---- */

static bool put_pages(FILE *f, const struct riser_card *card)
{
	struct page_head head = { 0 };
	bool is_good = true;

	for (head.mem = 0; head.mem < card->info->nr_mems; head.mem++)
		for (head.page = 0; head.page < card->dirty_bytes[head.mem]; head.page++)
			if (card->dirty[head.mem][head.page])
				is_good = is_good && fwrite(&head, sizeof(head), 1, f) == 1 &&
					  fwrite((char *)card->mem[head.mem] +
						 head.page * RISER_MODEL_PAGE_BYTES,
						 RISER_MODEL_PAGE_BYTES, 1, f) == 1;
	head.mem = RISER_MODEL_MAX_MEMS;
	return is_good && fwrite(&head, sizeof(head), 1, f) == 1;
}

static int write_state(const struct riser_engine *engine, FILE *f)
{
	const struct riser_boot *boot = engine->boot;
	uint32_t i;

	fprintf(f, MAGIC "%scycle=%" PRIu64 "\n", boot->key, engine->cycle);
	for (i = 0; i < boot->nr_files; i++)
		fprintf(f, "file=%s\n", boot->file[i]);
	fputs("\n", f);
	if (!put_pages(f, &engine->card) || fflush(f))
		return -EIO;
	return engine->card.ops->save(engine->card.model, fileno(f));
}

/* The file's hash beside it: what is damaged is never used. */
static int write_sum(const char *path, const char *sum_path)
{
	uint64_t hash, bytes;
	FILE *f;
	int ret = riser_hash64_file(path, &hash, &bytes);

	f = ret ? NULL : fopen(sum_path, "we");
	if (!f)
		return ret ? ret : -errno;
	fprintf(f, "%016" PRIx64 " %" PRIu64 "\n", hash, bytes);
	return fclose(f) ? -errno : 0;
}

static void keep(struct riser_engine *engine)
{
	struct riser_boot *boot = engine->boot;
	char new_path[PATH_BYTES + 32], sum_path[PATH_BYTES + 32];
	FILE *f;
	int ret;

	snprintf(new_path, sizeof(new_path), "%s.%d", boot->path, (int)getpid());
	snprintf(sum_path, sizeof(sum_path), "%s.sum", boot->path);
	(void)mkdir(engine->config.boot_dir, 0777);
	f = fopen(new_path, "wxe");
	ret = f ? write_state(engine, f) : -errno;
	if (f && fclose(f) && !ret)
		ret = -errno;
	if (!ret)
		ret = write_sum(new_path, sum_path);
	if (!ret && rename(new_path, boot->path))
		ret = -errno;
	if (!ret)
		return;
	unlink(new_path);
	riser_note(engine, RISER_NOTE_ENGINE, 0, 0, "the state after boot is not kept: %s: %s",
		   boot->path, strerror(-ret));
}

/* ---- reading ---- */

static bool is_whole(const char *path)
{
	char sum_path[PATH_BYTES + 32];
	uint64_t hash, bytes, want_hash = 0, want_bytes = 0;
	bool ret;
	FILE *f;

	snprintf(sum_path, sizeof(sum_path), "%s.sum", path);
	f = fopen(sum_path, "re");
	ret = f && fscanf(f, "%" SCNx64 " %" SCNu64, &want_hash, &want_bytes) == 2;
	if (f)
		fclose(f);
	return ret && !riser_hash64_file(path, &hash, &bytes) && hash == want_hash &&
	       bytes == want_bytes;
}

/* Whether a file that the RTL read is as it was. */
static bool is_same_file(const struct riser_engine *engine, const char *words)
{
	const char *name = riser_rtl_file_name(words), *dir = engine->config.dir;
	char path[PATH_BYTES], now[1024];

	if (!name)
		return false;
	snprintf(path, sizeof(path), "%s%s%s", dir && *name != '/' ? dir : "",
		 dir && *name != '/' ? "/" : "", name);
	riser_rtl_file_words(name, access(path, R_OK) ? name : path, now, sizeof(now));
	return !strcmp(words, now);
}

/* The lines before the pages; false: it is of another card, or of other files. */
static bool read_head(struct riser_engine *engine, FILE *f, uint64_t *cycle)
{
	size_t len = strlen(MAGIC) + strlen(engine->boot->key), size = 0;
	char *head = malloc(len), *line = NULL;
	bool ret = head && fread(head, len, 1, f) == 1 &&
		   !memcmp(head, MAGIC, strlen(MAGIC)) &&
		   !memcmp(head + strlen(MAGIC), engine->boot->key,
			   strlen(engine->boot->key)) &&
		   fscanf(f, "cycle=%" SCNu64, cycle) == 1 && fgetc(f) == '\n';

	while (ret && getline(&line, &size, f) > 1) {
		line[strcspn(line, "\n")] = '\0';
		ret = !strncmp(line, "file=", 5) && is_same_file(engine, line + 5);
		if (ret)
			riser_boot_reads(engine, line + 5);
	}
	free(line);
	free(head);
	return ret;
}

static bool read_pages(struct riser_engine *engine, FILE *f)
{
	struct riser_card *card = &engine->card;
	struct page_head head;

	for (;;) {
		if (fread(&head, sizeof(head), 1, f) != 1)
			return false;
		if (head.mem == RISER_MODEL_MAX_MEMS)
			return true;
		if (head.mem >= card->info->nr_mems || head.page >= card->dirty_bytes[head.mem] ||
		    fread((char *)card->mem[head.mem] + head.page * RISER_MODEL_PAGE_BYTES,
			  RISER_MODEL_PAGE_BYTES, 1, f) != 1)
			return false;
		card->dirty[head.mem][head.page] = 1;
	}
}

/* 0; 1 when there is nothing to begin with; -errno when the card is broken now. */
static int restore(struct riser_engine *engine, uint64_t *cycle)
{
	FILE *f = is_whole(engine->boot->path) ? fopen(engine->boot->path, "re") : NULL;
	int ret = 1;

	if (f && read_head(engine, f, cycle)) {
		ret = read_pages(engine, f) ? 0 : -EIO;
		/* the model reads from the descriptor */
		if (!ret && lseek(fileno(f), ftell(f), SEEK_SET) < 0)
			ret = -errno;
		if (!ret)
			ret = engine->card.ops->restore(engine->card.model, fileno(f));
	}
	if (f)
		fclose(f);
	return ret;
}

static void begin_warm(struct riser_engine *engine, uint64_t cycle)
{
	struct riser_boot *boot = engine->boot;
	uint32_t i;

	for (i = 0; i < boot->nr_files; i++)
		riser_note(engine, RISER_NOTE_FILE, 0, 0, "%s", boot->file[i]);
	boot->is_first = false;
	riser_session_warm(engine, cycle);
	riser_note(engine, RISER_NOTE_ENGINE, 0, 0,
		   "the card begins as it was after an earlier boot, in cycle %" PRIu64, cycle);
}

/* ---- for the session ---- */

void riser_boot_begin(struct riser_engine *engine)
{
	struct riser_boot *boot = engine->boot;
	const char *why = refusal(engine);
	uint64_t cycle = 0;
	int ret;

	if (!boots(engine) || engine->cycle || !engine->config.boot_dir)
		return;
	if (why) {
		riser_note(engine, RISER_NOTE_ENGINE, 0, 0,
			   "the state after boot is not kept: %s", why);
		return;
	}
	boot->key = make_key(engine);
	if (!boot->key)
		return;
	snprintf(boot->path, sizeof(boot->path), "%s/%016" PRIx64, engine->config.boot_dir,
		 riser_hash64(boot->key, strlen(boot->key), 0));
	boot->is_first = true;
	ret = restore(engine, &cycle);
	if (!ret) {
		begin_warm(engine, cycle);
		return;
	}
	while (boot->nr_files)
		free(boot->file[--boot->nr_files]);
	if (ret < 0)
		riser_session_end(engine, RISER_END_MODEL,
				  "the state after boot in %s cannot be used: %s (delete it)",
				  boot->path, strerror(-ret));
}

void riser_boot_train(struct riser_engine *engine)
{
	engine->boot->since_cycle = engine->cycle;
}

bool riser_boot_waits(struct riser_engine *engine)
{
	struct riser_boot *boot = engine->boot;
	uint64_t since = engine->cycle - boot->since_cycle;

	if (!boots(engine))
		return false;
	if (!(engine->run.status & RISER_STATUS_BOOTING)) {
		if (boot->is_first && !boot->is_tainted && !engine->nr_errors)
			keep(engine);
		boot->is_first = false;
		return false;
	}
	if (since * engine->card.info->clk_period_ps < engine->config.boot_ns * 1000) {
		engine->step_cycle = engine->cycle + POLL_CYCLES;
		return true;
	}
	riser_finding_plain(engine, RISER_FINDING_LINK_DOWN, "card",
			    "look at what the condition waits for (riser wave --at end): not for a reset that ends with the link, use endpoint.resets; boot.limit sets how long it may take",
			    "the card did not boot: boot.until did not hold within %" PRIu64
			    " cycles after its reset", since);
	riser_session_end(engine, RISER_END_SURPRISE, "the card did not boot");
	return true;
}
