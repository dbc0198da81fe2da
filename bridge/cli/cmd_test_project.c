// SPDX-License-Identifier: Apache-2.0
/* riser test of a project: its tests, each a `riser run -t NAME` of its own. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../project/project.h"
#include "../super/super.h"
#include "cli.h"
#include "testproject.h"

extern char **environ;

/**
 * struct job - a test, before, while and after it runs
 * @code: exit code, -1: not chosen
 * @log: what its run says
 */
struct job {
	const struct riser_project_test *test;
	pid_t pid;
	int code;
	double start_s, seconds;
	char *log;
};

struct jobs {
	const struct riser_test_project *args;
	struct job *job;
	size_t nr;
};

/* "WORD" or "not WORD": part of the name, or a tag. */
static bool is_chosen(const struct riser_project_test *test, const char *expr)
{
	bool is_not, hit;
	size_t i;

	if (!expr)
		return true;
	is_not = !strncmp(expr, "not ", 4);
	expr += is_not ? 4 : 0;
	hit = strstr(test->name, expr);
	for (i = 0; i < test->nr_tags; i++)
		hit = hit || !strcmp(test->tags[i], expr);
	return hit != is_not;
}

/* The command of a test in words of a shell, in the runner's place for it. */
static char *command_of(const struct riser_test_project *a,
			const struct riser_project_test *test)
{
	char exe[4096], *text = NULL, *whole = NULL;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	const char *place = a->runner ? strstr(a->runner, "{}") : NULL;
	size_t size = 0;
	FILE *f = n > 0 ? open_memstream(&text, &size) : NULL;

	if (!f)
		return NULL;
	exe[n] = '\0';
	fputs("exec", f);
	riser_put_word(f, exe);
	fputs(" run -q", f);
	riser_put_word(f, a->project);
	fputs(" -t", f);
	riser_put_word(f, test->name);
	fprintf(f, " --link 'riser-out/test-%s'", test->name);
	fclose(f);
	if (!place)
		return text;
	f = open_memstream(&whole, &size);
	if (f) {
		fprintf(f, "%.*s", (int)(place - a->runner), a->runner);
		riser_put_word(f, text + strlen("exec "));
		fputs(place + 2, f);
		fclose(f);
	}
	free(text);
	return whole;
}

static int start(struct jobs *jobs, struct job *job)
{
	posix_spawn_file_actions_t actions;
	char *command = command_of(jobs->args, job->test);
	char *argv[] = { "sh", "-c", command, NULL };
	int ret = -ENOMEM;

	if (command && asprintf(&job->log, "riser-out/test-%s.log", job->test->name) >= 0) {
		posix_spawn_file_actions_init(&actions);
		posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
		posix_spawn_file_actions_addopen(&actions, 1, job->log, O_WRONLY |
						 O_CREAT | O_TRUNC, 0666);
		posix_spawn_file_actions_adddup2(&actions, 1, 2);
		job->start_s = riser_now_s();
		ret = -posix_spawnp(&job->pid, "sh", &actions, NULL, argv, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	free(command);
	if (ret)
		fprintf(stderr, "riser: error: cannot run test %s: %s\n",
			job->test->name, strerror(-ret));
	return ret;
}

static const char *word_of(int code)
{
	return code == RISER_EXIT_PASS ? "PASS" : code == RISER_EXIT_SKIP ? "SKIP" :
	       code == RISER_EXIT_FAIL ? "FAIL" : code == RISER_EXIT_TIMEOUT ? "TIMEOUT" : "ERROR";
}

static void show(const struct job *job, bool is_quiet)
{
	bool is_good = job->code == RISER_EXIT_PASS || job->code == RISER_EXIT_SKIP;
	char line[1024];
	FILE *f;

	if (is_good && is_quiet)
		return;
	printf("%-7s %-32s %6.1f s  riser-out/test-%s\n", word_of(job->code),
	       job->test->name, job->seconds, job->test->name);
	f = is_good ? NULL : fopen(job->log, "re");
	while (f && fgets(line, sizeof(line), f))
		printf("        %s", line);
	if (f)
		fclose(f);
	fflush(stdout);
}

static void wait_one(struct jobs *jobs)
{
	int status;
	pid_t pid = wait(&status);
	struct job *job;

	for (job = jobs->job; pid > 0 && job < jobs->job + jobs->nr; job++) {
		if (job->pid != pid)
			continue;
		job->pid = 0;
		job->seconds = riser_now_s() - job->start_s;
		job->code = WIFEXITED(status) ? WEXITSTATUS(status) : RISER_EXIT_ENV;
		show(job, jobs->args->is_quiet);
	}
}

static void run_jobs(struct jobs *jobs)
{
	unsigned long long running = 0;
	size_t i;

	for (i = 0; i < jobs->nr; i++) {
		if (running == jobs->args->parallel) {
			wait_one(jobs);
			running--;
		}
		if (start(jobs, &jobs->job[i]))
			jobs->job[i].code = RISER_EXIT_ENV;
		else
			running++;
	}
	while (running--)
		wait_one(jobs);
}

static int write_junit(const char *path, const struct jobs *jobs)
{
	FILE *f = fopen(path, "we");
	size_t i;

	if (!f) {
		fprintf(stderr, "riser: error: cannot write %s: %s\n", path, strerror(errno));
		return RISER_EXIT_ENV;
	}
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"riser.project\" tests=\"%zu\">\n",
		jobs->nr);
	for (i = 0; i < jobs->nr; i++) {
		fprintf(f, "  <testcase classname=\"riser.project\" name=\"%s\" time=\"%.1f\">",
			jobs->job[i].test->name, jobs->job[i].seconds);
		if (jobs->job[i].code == RISER_EXIT_SKIP)
			fputs("<skipped/>", f);
		else if (jobs->job[i].code)
			fprintf(f, "<failure message=\"%s, exit code %d\"/>",
				word_of(jobs->job[i].code), jobs->job[i].code);
		fprintf(f, "<system-out>[[ATTACHMENT|riser-out/test-%s]]</system-out></testcase>\n",
			jobs->job[i].test->name);
	}
	fputs("</testsuite>\n", f);
	return fclose(f) ? RISER_EXIT_ENV : 0;
}

static int sum_up(const struct jobs *jobs)
{
	size_t i, good = 0;
	int code = RISER_EXIT_PASS;

	for (i = 0; i < jobs->nr; i++) {
		if (jobs->job[i].code == RISER_EXIT_PASS || jobs->job[i].code == RISER_EXIT_SKIP)
			good++;
		else if (jobs->job[i].code > code)
			code = jobs->job[i].code;
	}
	if (jobs->args->junit && write_junit(jobs->args->junit, jobs))
		code = RISER_EXIT_ENV;
	printf("DONE (%s, rc=%d) %zu of %zu tests passed\n", code ? "FAIL" : "PASS",
	       code, good, jobs->nr);
	return code;
}

static int choose(struct jobs *jobs, const struct riser_project *project)
{
	size_t i;

	jobs->job = calloc(project->nr_tests + 1, sizeof(*jobs->job));
	if (!jobs->job)
		return RISER_EXIT_ENV;
	for (i = 0; i < project->nr_tests; i++)
		if (is_chosen(&project->tests[i], jobs->args->expr))
			jobs->job[jobs->nr++].test = &project->tests[i];
	if (jobs->nr)
		return 0;
	fprintf(stderr, project->nr_tests ? "riser: error: no test '%s' in %s (-k)\n" :
		"riser: error: no test%.0s in %s: `tests:` has them\n",
		jobs->args->expr ? jobs->args->expr : "", jobs->args->project);
	return RISER_EXIT_USAGE;
}

int riser_test_project(const struct riser_test_project *args)
{
	struct riser_project project = { 0 };
	struct jobs jobs = { .args = args };
	int ret = riser_project_read(args->project, &project);
	size_t i;

	if (!ret)
		ret = choose(&jobs, &project);
	if (!ret && args->runner && !strstr(args->runner, "{}")) {
		fprintf(stderr, "riser: error: --runner=%s: {} is missing, the place of the command\n",
			args->runner);
		ret = RISER_EXIT_USAGE;
	}
	if (!ret && mkdir("riser-out", 0777) && errno != EEXIST) {
		fprintf(stderr, "riser: error: riser-out: %s\n", strerror(errno));
		ret = RISER_EXIT_ENV;
	}
	if (!ret) {
		run_jobs(&jobs);
		ret = sum_up(&jobs);
	}
	for (i = 0; i < jobs.nr; i++)
		free(jobs.job[i].log);
	free(jobs.job);
	riser_project_fini(&project);
	return ret;
}
