// SPDX-License-Identifier: Apache-2.0
/* riser test --faults: one run of the driver for each fault of a campaign. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../super/super.h"
#include "campaign.h"
#include "cli.h"

/**
 * struct faults_args - what is ours; the rest is `riser run`'s
 * @only: pattern of names
 * @is_fresh: results of earlier calls do not count
 * @has_waves: a waveform of each injection is made at once
 */
struct faults_args {
	const char *faults, *out, *only;
	bool is_fresh, has_waves, is_quiet;
	struct riser_cli_list rest;
};

static void usage(FILE *f)
{
	fputs("usage: riser test --faults FILE|builtin [OPTION...] [OPTIONS OF `riser run`...] SCRIPT\n\n"
	      "Runs SCRIPT in a guest once for each fault of the list and says what the driver\n"
	      "did: recovered, failed-cleanly, hung, oops or silent-corruption.\n\n"
	      "      --faults=FILE|builtin  lines of `NAME [expect=OUTCOME,...] RULE` (docs/faults.md)\n"
	      "      --only=PATTERN         the faults with such names alone\n"
	      "      --out=DIR              of the campaign (riser-out/faults); a call with the\n"
	      "                             same DIR goes on where the last one ended\n"
	      "      --fresh                forget the results of earlier calls\n"
	      "      --wave-each            make the waveform of each injection at once\n"
	      "  -q, --quiet                unexpected outcomes and the last line alone\n\n"
	      "In DIR: faults.md, faults.json, junit.xml, and each fault's run. SCRIPT reports\n"
	      "what it saw with riser_outcome (guest/card.sh); examples/nvme/faults.sh is one.\n"
	      "Exit code: 0 every outcome is an expected one, 1 one is not, others as `riser run`.\n", f);
}

/* "--name=VALUE" or "--name VALUE"; NULL: another option. */
static const char *value_of(const char *name, char **argv, int argc, int *i)
{
	size_t len = strlen(name);

	if (strncmp(argv[*i], name, len))
		return NULL;
	if (argv[*i][len] == '=')
		return argv[*i] + len + 1;
	if (argv[*i][len] || *i + 1 >= argc)
		return NULL;
	return argv[++*i];
}

static int parse(int argc, char **argv, struct faults_args *a)
{
	const char *value;
	int i;

	for (i = 1; i < argc; i++) {
		if ((value = value_of("--faults", argv, argc, &i)))
			a->faults = value;
		else if ((value = value_of("--only", argv, argc, &i)))
			a->only = value;
		else if ((value = value_of("--out", argv, argc, &i)))
			a->out = value;
		else if (!strcmp(argv[i], "--fresh"))
			a->is_fresh = true;
		else if (!strcmp(argv[i], "--wave-each"))
			a->has_waves = true;
		else if (!strcmp(argv[i], "--quiet") || !strcmp(argv[i], "-q"))
			a->is_quiet = true;
		else if (!strcmp(argv[i], "--help")) {
			usage(stdout);
			exit(RISER_EXIT_PASS);
		} else if (riser_cli_list_add(&a->rest, argv[i]))
			return RISER_EXIT_ENV;
	}
	if (a->faults)
		return 0;
	fprintf(stderr, "riser: error: --faults needs a file, or 'builtin'\n");
	return RISER_EXIT_USAGE;
}

static int make_dir(const char *path)
{
	char part[4096];
	size_t i;

	for (i = 0; path[i] && i < sizeof(part) - 1; i++) {
		part[i] = path[i];
		part[i + 1] = '\0';
		if ((path[i + 1] == '/' || !path[i + 1]) &&
		    mkdir(part, 0777) && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static void make_wave(const struct riser_campaign_case *c, const char *log)
{
	char cycle[32];
	char *argv[] = { "/proc/self/exe", "wave", "--no-open", "-q", "--at",
			 cycle, (char *)c->dir, NULL };

	snprintf(cycle, sizeof(cycle), "%llu", (unsigned long long)c->cycle);
	if (c->injected && riser_tool_run(argv, log, NULL))
		fprintf(stderr, "riser: warning: no waveform of %s: see %s\n",
			c->name, log);
}

static int spawn_run(const struct faults_args *a,
		     const struct riser_campaign_case *c, const char *dir,
		     const char *log)
{
	struct riser_argv argv = { 0 };
	size_t i;
	int ret;

	riser_argv_add(&argv, "/proc/self/exe");
	riser_argv_add(&argv, "run");
	for (i = 0; i < a->rest.nr; i++)
		riser_argv_add(&argv, "%s", a->rest.v[i]);
	riser_argv_add(&argv, "--name=%s", c->name);
	riser_argv_add(&argv, "--fault=%s", c->rule);
	riser_argv_add(&argv, "--out=%s", dir);
	riser_argv_add(&argv, "--waves=never");
	ret = argv.failed ? -ENOMEM : riser_tool_run(argv.v, log, NULL);
	riser_argv_fini(&argv);
	return ret;
}

/* What `riser run` said, when it could not run. */
static void show_log(const char *log)
{
	FILE *f = fopen(log, "re");
	char line[1024];

	while (f && fgets(line, sizeof(line), f))
		fputs(line, stderr);
	if (f)
		fclose(f);
}

/* 0, or an exit code that ends the campaign. */
static int run_case(const struct faults_args *a, struct riser_campaign_case *c)
{
	char dir[1024], link[1100], log[1100], name[256], run[1400];
	double start_s = riser_now_s();
	ssize_t n;
	int code;

	snprintf(dir, sizeof(dir), "%s/%s", a->out, c->name);
	snprintf(link, sizeof(link), "%s/latest", dir);
	snprintf(log, sizeof(log), "%s/run.log", dir);
	if (make_dir(dir)) {
		fprintf(stderr, "riser: error: cannot make %s: %s\n", dir,
			strerror(errno));
		return RISER_EXIT_ENV;
	}
	if (!a->is_fresh && riser_campaign_load(c, dir))
		return 0;
	unlink(log);
	unlink(link);
	code = spawn_run(a, c, dir, log);
	if (code < 0 || code == RISER_EXIT_USAGE || code == RISER_EXIT_BUILD ||
	    code == RISER_EXIT_ENV || code == RISER_EXIT_INTERRUPTED ||
	    code > 128) {
		show_log(log);
		return code < 0 ? RISER_EXIT_ENV : code;
	}
	c->seconds = riser_now_s() - start_s;
	n = readlink(link, name, sizeof(name) - 1);
	name[n > 0 ? n : 0] = '\0';
	snprintf(run, sizeof(run), "%s/%s", dir, name);
	riser_campaign_judge(c, run, code);
	if (a->has_waves)
		make_wave(c, log);
	if (riser_campaign_save(c, dir))
		fprintf(stderr, "riser: warning: cannot write %s/fault.json: %s\n",
			dir, strerror(errno));
	return 0;
}

static void print_case(const struct faults_args *a,
		       const struct riser_campaign_case *c, size_t at, size_t nr)
{
	bool is_ok = riser_campaign_is_ok(c);

	if (is_ok && a->is_quiet)
		return;
	printf("%3zu/%zu  %-25s %-17s %s %6.1f s%s  %.100s\n", at, nr, c->name,
	       riser_outcome_name(c->outcome), is_ok ? "  " : "!!", c->seconds,
	       c->was_kept ? " (kept)" : "", c->detail);
	fflush(stdout);
}

static int print_end(const struct faults_args *a,
		     const struct riser_campaign *campaign, double seconds)
{
	size_t nr[RISER_NR_OUTCOMES] = { 0 }, i, bad = 0, riser = 0, run = 0;

	for (i = 0; i < campaign->nr; i++) {
		if (campaign->c[i].outcome == RISER_OUTCOME_NONE)
			continue;
		run++;
		nr[campaign->c[i].outcome]++;
		bad += !riser_campaign_is_ok(&campaign->c[i]);
		riser += campaign->c[i].from_riser;
	}
	if (!a->is_quiet)
		printf("\n%zu faults: ", run);
	for (i = RISER_OUTCOME_RECOVERED; !a->is_quiet && i < RISER_NR_OUTCOMES;
	     i++)
		printf("%zu %s%s", nr[i],
		       riser_outcome_name((enum riser_outcome)i),
		       i + 1 < RISER_NR_OUTCOMES ? ", " : "\n");
	printf("kernel warnings from riser itself: %zu\n", riser);
	printf("DONE (%s, rc=%d) %.1f s   %s/faults.md\n",
	       bad || riser ? "FAIL" : "PASS", bad || riser ? 1 : 0, seconds,
	       a->out);
	return bad || riser ? RISER_EXIT_FAIL : RISER_EXIT_PASS;
}

static int run_all(const struct faults_args *a, struct riser_campaign *campaign)
{
	double start_s = riser_now_s();
	struct riser_campaign_case *c;
	size_t i, nr = 0;
	int ret = 0;

	for (i = 0; i < campaign->nr; i++) {
		c = &campaign->c[i];
		if (a->only && fnmatch(a->only, c->name, 0))
			continue;
		nr++;
		ret = run_case(a, c);
		if (ret)
			break;
		print_case(a, c, i + 1, campaign->nr);
	}
	if (!nr) {
		fprintf(stderr, "riser: error: no fault has a name like '%s'\n",
			a->only);
		return RISER_EXIT_USAGE;
	}
	if (ret == RISER_EXIT_USAGE || ret == RISER_EXIT_BUILD)
		return ret;
	if (riser_campaign_write(campaign, a->out))
		fprintf(stderr, "riser: warning: cannot write in %s: %s\n",
			a->out, strerror(errno));
	return ret ? ret : print_end(a, campaign, riser_now_s() - start_s);
}

int riser_cmd_test_faults(int argc, char **argv)
{
	struct faults_args a = { .out = "riser-out/faults" };
	struct riser_campaign campaign = { 0 };
	int ret = parse(argc, argv, &a);

	if (!ret)
		ret = riser_campaign_read(a.faults, &campaign);
	if (!ret && make_dir(a.out)) {
		fprintf(stderr, "riser: error: cannot make %s: %s\n", a.out,
			strerror(errno));
		ret = RISER_EXIT_ENV;
	}
	if (!ret)
		ret = run_all(&a, &campaign);
	riser_campaign_free(&campaign);
	free(a.rest.v);
	return ret;
}
