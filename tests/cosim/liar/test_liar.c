// SPDX-License-Identifier: Apache-2.0
/*
 * usage: test_liar MODEL VECTORS EXCUSES MUTANTS [RULE]
 *
 * Every rule that a card can break, broken by one: the liar card (RTL) plays the
 * card's side of mutant vectors against a running engine with its checker, the
 * fake kernel the host's. The checker must report the rule, and no other. A rule
 * that no mutant breaks live needs a line in EXCUSES ("RULE reason"). At most
 * MUTANTS of each rule are played. Where a vector breaks something else before, on
 * purpose ("!"), the rules of BEHIND may be told besides.
 *
 * The host's side is a thread, and a busy machine may keep it away for longer than
 * a completion timeout has cycles: what the checker says then is right, but not of
 * the vector. Such a play is late, and is played again.
 */
#define _GNU_SOURCE
#include "../../unit/bridge/rig.h"
#include "script.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <riser/check.h>
#include <riser/stats.h>

#define TIMEOUT_CYCLES		20000	/* that of the vectors */
#define WAIT_NS			120000000000ULL
#define SEEN_MASK		63U
#define LATE_CYCLES		2500	/* beyond a gap; half the shortest that a vector counts on */
#define MAX_PLAYS		100

struct live {
	struct rig rig;
	struct riser_check_observer *observer;
	/* first bytes of what the card sent */
	uint8_t seen[SEEN_MASK + 1][12];
	uint32_t seen_head, seen_tail;
	bool is_late;		/* a step came too late to be that of the vector */
};

struct tally {
	unsigned int tried, told, impossible;
	const char *why_not;
};

/* What the TLPs that are broken on purpose break, or the answers they do not get. */
static const char *const behind[] = { "CTO-01", "LEN-04", "BE-01", "HDR-09", "ADR-07" };

static const char *model_path;
static unsigned int max_mutants;
static char program_path[] = "/tmp/riser-liar-XXXXXX";

static void *run(void *arg)
{
	struct rig *rig = arg;

	riser_engine_run(rig->engine, &rig->result);
	return NULL;
}

static void on_card_tlp(void *ctx, const uint8_t *tlp, uint32_t len)
{
	struct live *live = ctx;

	/* beats are whole: a TLP that is longer than its header says is rounded up */
	memcpy(live->seen[live->seen_head++ & SEEN_MASK], tlp, len < 12 ? len : 12);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static uint64_t cycles(const struct live *live)
{
	return __atomic_load_n(&riser_engine_stats(live->rig.engine)->sim_cycles,
			       __ATOMIC_RELAXED);
}

static bool wait_cycles(struct live *live, uint64_t nr)
{
	uint64_t from = cycles(live), end = now_ns() + WAIT_NS;

	while (cycles(live) - from < nr) {
		if (!fk_poll(&live->rig.fk))
			usleep(20);
		if (now_ns() > end)
			return false;
	}
	return true;
}

static bool wait_tlp(struct live *live, const struct script_step *step)
{
	uint64_t end = now_ns() + WAIT_NS;

	while (live->seen_head == live->seen_tail)
		if (!fk_poll(&live->rig.fk)) {
			if (now_ns() > end)
				return false;
			usleep(5);
		}
	return !memcmp(live->seen[live->seen_tail++ & SEEN_MASK], step->bytes, 12);
}

static void set_levels(struct live *live, uint32_t was, uint32_t now)
{
	struct fk *fk = &live->rig.fk;

	if (now & RISER_SB_HOT_RESET && !(was & RISER_SB_HOT_RESET))
		fk_reset(fk, PCIEM_RESET_HOT_ASSERT);
	if (was & RISER_SB_HOT_RESET && !(now & RISER_SB_HOT_RESET))
		fk_reset(fk, PCIEM_RESET_HOT_RELEASE);
	if (now & RISER_SB_PERST && !(was & RISER_SB_PERST))
		fk_reset(fk, PCIEM_RESET_PERST_ASSERT);
	if (was & RISER_SB_PERST && !(now & RISER_SB_PERST))
		fk_reset(fk, PCIEM_RESET_PERST_RELEASE);
	if (!now && was == RISER_SB_LINK_UP)
		fk_reset(fk, PCIEM_RESET_LINK_DOWN);
	if (now == RISER_SB_LINK_UP && !was)
		fk_reset(fk, PCIEM_RESET_LINK_UP);
	wait_cycles(live, 200);
}

static void note_step(struct live *live, uint64_t *before, uint64_t gap)
{
	uint64_t now = cycles(live);

	live->is_late |= now - *before > gap + LATE_CYCLES;
	*before = now;
}

/* The host's side of a vector. False when the link did not do it. */
static bool play(struct live *live, const struct script *script)
{
	uint32_t i, levels = RISER_SB_PERST;
	uint64_t last = 0, gap, before = cycles(live);
	bool is_first = true;

	for (i = 0; i < script->nr; i++) {
		const struct script_step *step = &script->step[i];

		gap = last ? step->cycle - last : 0;
		last = step->cycle;
		if (gap > 40 && step->kind != SCRIPT_TO_HOST && !wait_cycles(live, gap))
			return false;
		if (step->kind == SCRIPT_TO_CARD) {
			fk_push(&live->rig.fk, PCIEM_REC_TLP, 0, 0, step->bytes, step->len);
		} else if (step->kind == SCRIPT_TO_HOST) {
			if (!wait_tlp(live, step))
				return false;
		} else if (step->kind == SCRIPT_LEVELS) {
			/* the first one is the power-on that the engine has done */
			if (!is_first)
				set_levels(live, levels, step->value);
			is_first = false;
			levels = step->value;
		}
		note_step(live, &before, gap);
	}
	if (!wait_cycles(live, 300))
		return false;
	note_step(live, &before, 300);
	return true;
}

static void begin(struct live *live)
{
	static const char *plusarg[1];
	static char text[64];
	const struct riser_check_config config = {
		.timeout_cycles = TIMEOUT_CYCLES, .card_timeout_cycles = TIMEOUT_CYCLES,
	};
	struct rig *rig = &live->rig;

	snprintf(text, sizeof(text), "+liar=%s", program_path);
	plusarg[0] = text;
	rig_init(rig, 1 << 16);
	rig->config.model_path = model_path;
	rig->config.plusargs = plusarg;
	rig->config.nr_plusargs = 1;
	rig->config.timeout_cycles = TIMEOUT_CYCLES;
	if (riser_check_observer_create(&config, &live->observer))
		exit(2);
	rig->config.observers[rig->config.nr_observers++] = riser_check_observer(live->observer);
	if (riser_engine_create(&rig->config, &rig->engine, rig->error)) {
		fprintf(stderr, "%s\n", rig->error);
		exit(2);
	}
	riser_check_observer_attach(live->observer, rig->engine);
	rig->fk.tap = on_card_tlp;
	rig->fk.tap_ctx = live;
	if (pthread_create(&rig->thread, NULL, run, rig) || !fk_attach(&rig->fk) ||
	    !fk_wait_bridge(&rig->fk, PCIEM_BRIDGE_UP))
		exit(2);
	fk_set_state(&rig->fk, PCIEM_KERNEL_RUNNING);
}

static bool is_behind(const char *rule)
{
	size_t i;

	for (i = 0; i < sizeof(behind) / sizeof(behind[0]); i++)
		if (!strcmp(behind[i], rule))
			return true;
	return false;
}

/* The rules that were told, as text; whether the script's is all there is. */
static bool is_told_alone(const struct live *live, const struct script *script, char *text,
			  size_t size)
{
	const struct riser_check *check = riser_check_observer_check(live->observer);
	const struct riser_check_rule *one;
	bool is_told = false, is_alone = true;
	size_t used = 0;
	uint32_t i;

	text[0] = '\0';
	for (i = 0; (one = riser_check_rule(i)); i++) {
		if (!riser_check_counts(check, i).reported)
			continue;
		if (used < size)
			used += (size_t)snprintf(text + used, size - used, " %s", one->id);
		is_told |= !strcmp(one->id, script->rule);
		is_alone &= !strcmp(one->id, script->rule) ||
			    (script->is_injected && is_behind(one->id));
	}
	return is_told && is_alone;
}

/* Plays a vector once; returns whether exactly its rule was told. */
static bool play_once(const struct script *script, bool *is_late, char *why, size_t size)
{
	struct live *live = calloc(1, sizeof(*live));
	bool has_played, is_good;
	char text[256];

	if (script_write(script, program_path))
		exit(2);
	begin(live);
	has_played = play(live, script);
	*is_late = live->is_late;
	riser_engine_stop(live->rig.engine, true);
	rig_join(&live->rig);
	is_good = is_told_alone(live, script, text, sizeof(text)) && has_played;
	snprintf(why, size, "told were:%s%s%s", text[0] ? text : " none",
		 has_played ? "" : "; the link did not do it: ",
		 has_played ? "" : live->rig.result.text);
	riser_check_observer_destroy(live->observer);
	rig_fini(&live->rig);
	free(live);
	return is_good;
}

/* Returns whether exactly the vector's rule was told. */
static bool lie(const struct script *script)
{
	unsigned int nr_plays = 0;
	bool is_late, is_good;
	char why[1024];

	do {
		is_good = play_once(script, &is_late, why, sizeof(why));
	} while (!is_good && is_late && ++nr_plays < MAX_PLAYS);
	if (nr_plays)
		printf("%s %s: the host's side was late %u times\n", script->rule, script->name,
		       nr_plays);
	if (!is_good)
		printf("%s %s: %s\n", script->rule, script->name, why);
	return is_good;
}

static void run_file(const char *folder, const char *name, const char *only, struct tally *tally)
{
	struct script *script = calloc(1, sizeof(*script));
	const struct riser_check_rule *rule;
	char path[512];
	struct tally *mine;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	while (file && script_next(file, folder, script)) {
		int idx = riser_check_find_rule(script->rule);

		if (idx < 0 || !script->is_mutant || (only && strcmp(only, script->rule)))
			continue;
		rule = riser_check_rule((uint32_t)idx);
		mine = &tally[idx];
		if (!script->why_not && !script->ends_at_card && rule->by != RISER_CHECK_BY_EP)
			script->why_not = "the host breaks it";
		if (script->why_not) {
			mine->impossible++;
			mine->why_not = script->why_not;
		} else if (mine->tried < max_mutants) {
			mine->tried++;
			mine->told += lie(script);
		}
	}
	script_clear(script);
	free(script);
	if (file)
		fclose(file);
}

/* The reason that EXCUSES gives for a rule, "" if none. */
static const char *excuse(const char *path, const char *rule)
{
	static char line[256];
	FILE *file = fopen(path, "r");
	size_t len = strlen(rule);

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, rule, len) && line[len] == ' ') {
			fclose(file);
			return line + len + 1;
		}
	}
	if (file)
		fclose(file);
	return "";
}

static int print_table(const struct tally *tally, const char *excuses, const char *only)
{
	const struct riser_check_rule *rule;
	unsigned int nr_card = 0, nr_broken = 0, nr_excused = 0, nr_bad = 0;
	const char *reason;
	uint32_t i;

	printf("%-7s %5s %5s  %s\n", "rule", "lies", "told", "not tried live");
	for (i = 0; (rule = riser_check_rule(i)); i++) {
		if (only && strcmp(only, rule->id))
			continue;
		if (rule->kind != RISER_CHECK_STREAM || rule->rule_class == RISER_CHECK_NONE ||
		    rule->by == RISER_CHECK_BY_RC || rule->by == RISER_CHECK_BY_SW)
			continue;
		reason = excuse(excuses, rule->id);
		nr_card++;
		nr_broken += tally[i].told && tally[i].told == tally[i].tried;
		nr_excused += !tally[i].tried && *reason;
		if (tally[i].told != tally[i].tried || (!tally[i].tried && !*reason))
			nr_bad++;
		printf("%-7s %5u %5u  %u%s%s%s%s\n", rule->id, tally[i].tried, tally[i].told,
		       tally[i].impossible, tally[i].impossible ? ": " : "",
		       tally[i].impossible ? tally[i].why_not : "",
		       !tally[i].tried ? "; excused: " : "", !tally[i].tried ? reason : "");
	}
	printf("%u stream rules that a card can break: %u broken live and told alone, %u excused, "
	       "%u wrong\n", nr_card, nr_broken, nr_excused, nr_bad);
	return nr_bad || !nr_broken;
}

int main(int argc, char **argv)
{
	struct tally *tally = calloc(riser_check_nr_rules(), sizeof(*tally));
	const char *only = argc == 6 ? argv[5] : NULL;
	struct dirent **entry;
	int nr, i, fd;

	if (argc < 5)
		return 2;
	model_path = argv[1];
	max_mutants = (unsigned int)atoi(argv[4]);
	fd = mkstemp(program_path);
	nr = scandir(argv[2], &entry, NULL, alphasort);
	if (fd < 0 || nr < 0)
		return 2;
	close(fd);
	for (i = 0; i < nr; i++) {
		const char *dot = strrchr(entry[i]->d_name, '.');

		if (dot && !strcmp(dot, ".vec"))
			run_file(argv[2], entry[i]->d_name, only, tally);
		free(entry[i]);
	}
	free(entry);
	unlink(program_path);
	i = print_table(tally, argv[3], only);
	free(tally);
	return i;
}
