// SPDX-License-Identifier: Apache-2.0
/*
 * A load on the bench card through the engine, and what it cost:
 *
 *	bench_through MODEL LOAD CYCLES [log FOLDER] [check] [cards N] [reg N]
 *
 * LOAD is one of loads.h; the same loads drive the pins without an engine in
 * raw.cc. With log everything is recorded there as in a run, snapshots left out;
 * with check the protocol checker listens; reg is the register that is read and
 * written, for cards that are not bench_card. With cards N engines run, each with a
 * model of its own in a thread of its own. One line of JSON for each card: wall
 * and cpu time are those between the first TLP of the load and CYCLES later,
 * cpu_s of the engine's thread alone, process_cpu_s with the recorder's.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <riser/check.h>
#include <riser/run.h>

#include "../bridge/link_internal.h"
#include "far_end.h"

#define MAX_CARDS	64
#define POLL_US		500	/* idle: nothing comes from the card */

struct mark {
	double wall_s, cpu_s, process_s;
	uint64_t cycle, completions, writes, bytes, tlps, all_tlps;
};

struct card {
	struct far_end far;
	struct riser_engine *engine;
	struct riser_check_observer *checker;
	pthread_t thread, watcher;
	const char *model;
	char record[4096];
	uint64_t cycles;
	bool has_log, has_check, is_marked, is_over;
	struct mark start, end;
	struct riser_engine_result result;
};

static void die(const char *what)
{
	fprintf(stderr, "bench_through: %s\n", what);
	exit(1);
}

static double now_s(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t nr_tlps(const struct riser_stats *stats)
{
	uint64_t nr = 0;
	int dir, kind;

	for (dir = 0; dir < RISER_NR_DIRECTIONS; dir++)
		for (kind = 0; kind < RISER_TLP_NR_KINDS; kind++)
			nr += stats->tlps[dir][kind];
	return nr;
}

static void take_mark(struct card *card, struct mark *mark, clockid_t thread,
		      uint64_t cycle)
{
	*mark = (struct mark){
		.wall_s = now_s(CLOCK_MONOTONIC), .cpu_s = now_s(thread),
		.process_s = now_s(CLOCK_PROCESS_CPUTIME_ID), .cycle = cycle,
		.completions = card->far.completions,
		.writes = card->far.writes, .bytes = card->far.bytes,
		.all_tlps = nr_tlps(riser_engine_stats(card->engine)),
	};
}

/* In the engine's thread, whenever the card has sent something. */
static void on_turn(void *ctx, uint64_t cycle)
{
	struct card *card = ctx;

	if (!cycle || card->is_over || card->far.load == BENCH_IDLE)
		return;
	if (!card->is_marked) {
		if (!card->start.cycle)
			card->start.cycle = cycle;
		if (cycle < card->start.cycle + BENCH_WARM_CYCLES)
			return;
		card->is_marked = true;
		take_mark(card, &card->start, CLOCK_THREAD_CPUTIME_ID, cycle);
	} else if (cycle >= card->start.cycle + card->cycles) {
		card->is_over = card->far.is_over = true;
		take_mark(card, &card->end, CLOCK_THREAD_CPUTIME_ID, cycle);
		riser_engine_stop(card->engine, true);
	}
}

static uint64_t cycles_of(const struct card *card)
{
	return __atomic_load_n(&card->far.link->bridge->cycles,
			       __ATOMIC_RELAXED);
}

/* An idle card sends nothing: somebody else looks at its clock. */
static void *watch(void *ctx)
{
	struct card *card = ctx;
	clockid_t thread;
	uint64_t cycle;

	if (pthread_getcpuclockid(card->thread, &thread))
		die("no clock of the engine's thread");
	while (!__atomic_load_n(&card->far.is_on, __ATOMIC_RELAXED))
		usleep(POLL_US);
	usleep(20 * POLL_US);
	take_mark(card, &card->start, thread, cycles_of(card));
	do {
		usleep(POLL_US);
		cycle = cycles_of(card);
	} while (cycle < card->start.cycle + card->cycles);
	take_mark(card, &card->end, thread, cycle);
	riser_engine_stop(card->engine, true);
	return NULL;
}

static void on_message(void *ctx, enum riser_severity severity,
		       const char *file, int line, const char *text)
{
	(void)ctx;
	if (severity >= RISER_MSG_WARNING)
		fprintf(stderr, "bench_through: %s:%d: %s\n",
			file ? file : "model", line, text);
}

static void *run(void *ctx)
{
	struct card *card = ctx;

	riser_engine_run(card->engine, &card->result);
	return NULL;
}

static void create(struct card *card)
{
	struct riser_engine_config config = {
		.model_path = card->model, .idle = RISER_IDLE_RUN,
		.message = on_message,
	};
	char error[RISER_ERROR_BYTES];

	card->far.turn = on_turn;
	card->far.ctx = card;
	if (far_end_open(&card->far, &config.link, error))
		die(error);
	if (card->has_log)
		config.record_path = card->record;
	if (card->has_check) {
		if (riser_check_observer_create(NULL, &card->checker))
			die("no checker");
		config.observers[config.nr_observers++] =
			riser_check_observer(card->checker);
	}
	if (riser_engine_create(&config, &card->engine, error))
		die(error);
	if (card->checker)
		riser_check_observer_attach(card->checker, card->engine);
}

static void start(struct card *card)
{
	if (pthread_create(&card->thread, NULL, run, card))
		die("no thread");
	if (card->far.load == BENCH_IDLE &&
	    pthread_create(&card->watcher, NULL, watch, card))
		die("no thread");
}

/* Memory of this process that is no file's: RssAnon and RssShmem. */
static unsigned long anonymous_kib(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned long kib, all = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "RssAnon: %lu", &kib) == 1 ||
		    sscanf(line, "RssShmem: %lu", &kib) == 1)
			all += kib;
	if (f)
		fclose(f);
	return all;
}

static void print(const struct card *card)
{
	const struct mark *a = &card->start, *b = &card->end;
	const struct riser_stats *stats = riser_engine_stats(card->engine);

	printf("{\"load\": \"%s\", \"cycles\": %" PRIu64
	       ", \"wall_s\": %.6f, \"cpu_s\": %.6f, \"process_cpu_s\": %.6f",
	       bench_load_names[card->far.load], b->cycle - a->cycle,
	       b->wall_s - a->wall_s, b->cpu_s - a->cpu_s,
	       b->process_s - a->process_s);
	printf(", \"tlps\": %" PRIu64 ", \"completions\": %" PRIu64
	       ", \"writes\": %" PRIu64 ", \"bytes\": %" PRIu64,
	       b->all_tlps - a->all_tlps, b->completions - a->completions,
	       b->writes - a->writes, b->bytes - a->bytes);
	printf(", \"runs\": %" PRIu64 ", \"checked_tlps\": %" PRIu64
	       ", \"rss_kib\": %lu, \"errors\": %" PRIu64 "}\n", stats->runs,
	       card->checker ? riser_check_tlps(
		       riser_check_observer_check(card->checker)) : 0,
	       anonymous_kib(),
	       card->far.errors + card->result.nr_errors);
}

static void finish(struct card *card)
{
	const struct riser_finding *finding;
	uint32_t i;

	pthread_join(card->thread, NULL);
	if (card->far.load == BENCH_IDLE)
		pthread_join(card->watcher, NULL);
	for (i = 0; (finding = riser_engine_finding(card->engine, i)); i++)
		riser_finding_print(finding, stderr);
}

static void destroy(struct card *card)
{
	struct riser_link *link = card->far.link;

	riser_engine_destroy(card->engine);
	riser_link_close(link);
	far_end_fini(&card->far);
	if (card->checker)
		riser_check_observer_destroy(card->checker);
}

static uint32_t parse(int argc, char **argv, struct card *card)
{
	int i, load = argc > 3 ? bench_load_of(argv[2]) : -1;
	unsigned long nr_cards = 1;

	if (load < 0)
		die("usage: bench_through MODEL LOAD CYCLES [log FOLDER] [check] [cards N] [reg N]");
	card->model = argv[1];
	card->far.load = (enum bench_load)load;
	card->far.reg = BENCH_SCRATCH;
	card->cycles = strtoull(argv[3], NULL, 0);
	for (i = 4; i < argc; i++) {
		if (!strcmp(argv[i], "check")) {
			card->has_check = true;
		} else if (!strcmp(argv[i], "log") && i + 1 < argc) {
			card->has_log = true;
			snprintf(card->record, sizeof(card->record),
				 "%s/tlp.rec.zst", argv[++i]);
		} else if (!strcmp(argv[i], "cards") && i + 1 < argc) {
			nr_cards = strtoul(argv[++i], NULL, 0);
		} else if (!strcmp(argv[i], "reg") && i + 1 < argc) {
			card->far.reg = (uint32_t)strtoul(argv[++i], NULL, 0);
		} else {
			die("what is that option?");
		}
	}
	if (!nr_cards || nr_cards > MAX_CARDS || (nr_cards > 1 && card->has_log))
		die("1 to 64 cards, and no log of several");
	return (uint32_t)nr_cards;
}

int main(int argc, char **argv)
{
	static struct card cards[MAX_CARDS];
	uint32_t i, nr = parse(argc, argv, &cards[0]);
	uint64_t errors = 0;

	for (i = 1; i < nr; i++)
		cards[i] = cards[0];
	for (i = 0; i < nr; i++)
		create(&cards[i]);
	for (i = 0; i < nr; i++)
		start(&cards[i]);
	for (i = 0; i < nr; i++)
		finish(&cards[i]);
	for (i = 0; i < nr; i++) {
		print(&cards[i]);
		errors += cards[i].far.errors + cards[i].result.nr_errors;
		destroy(&cards[i]);
	}
	return errors ? 1 : 0;
}
