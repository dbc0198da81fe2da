// SPDX-License-Identifier: Apache-2.0
#include "shrink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define MAX_JOBS	8
#define ATTEMPT_S	120	/* no attempt takes longer */

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* An attempt in a process of its own. */
struct attempt {
	uint8_t *keep;
	pid_t pid;
	int fd;
	uint32_t from;		/* deeds left out */
	uint32_t to;
	bool fails;
	int ret;
	struct riser_play_result result;
	char error[RISER_ERROR_BYTES];
};

struct message {
	int ret;
	struct riser_play_result result;
	char error[RISER_ERROR_BYTES];
};

static void child(struct riser_shrink *shrink, const uint8_t *keep, int fd)
{
	struct riser_play_config config = shrink->config;
	struct message message;

	memset(&message, 0, sizeof(message));
	alarm(ATTEMPT_S);
	config.keep = keep;
	config.mode = RISER_PLAY_PROVOKE;
	message.ret = riser_cli_play(shrink->plan, &config, &message.result, message.error);
	_exit(write(fd, &message, sizeof(message)) == (ssize_t)sizeof(message) ? 0 : 1);
}

static int start(struct riser_shrink *shrink, struct attempt *attempt)
{
	int fds[2];

	fflush(NULL);
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	attempt->pid = fork();
	if (!attempt->pid)
		child(shrink, attempt->keep, fds[1]);
	close(fds[1]);
	attempt->fd = fds[0];
	shrink->nr_attempts++;
	return attempt->pid < 0 ? -errno : 0;
}

static void finish(struct riser_shrink *shrink, struct attempt *attempt)
{
	struct message *message = calloc(1, sizeof(*message));
	size_t got = 0;
	ssize_t n = 0;
	int status;

	attempt->fails = false;
	attempt->ret = -EIO;
	snprintf(attempt->error, sizeof(attempt->error), "an attempt crashed");
	while (message && got < sizeof(*message)) {
		n = read(attempt->fd, (char *)message + got, sizeof(*message) - got);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	close(attempt->fd);
	while (waitpid(attempt->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (message && got == sizeof(*message)) {
		attempt->ret = message->ret;
		attempt->result = message->result;
		memcpy(attempt->error, message->error, sizeof(attempt->error));
		/* a record is about its first failure */
		attempt->fails = !message->ret && !message->result.nr_others &&
				 message->result.verdict == RISER_PLAY_SAME_FAILURE;
	}
	if (attempt->fails)
		shrink->failed = attempt->result;
	free(message);
}

/* The pieces without what is pinned. */
static void leave_out(uint8_t *keep, const uint8_t *pins, uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		keep[from] = keep[from] && pins[from];
}

static uint32_t count(const uint8_t *keep, uint32_t nr)
{
	uint32_t i, n = 0;

	for (i = 0; i < nr; i++)
		n += keep[i];
	return n;
}

/* Everything once, with ever longer pauses of the host until it fails. */
static int find_gap(struct riser_shrink *shrink, uint32_t nr, char *error)
{
	static const uint64_t gaps[] = { 16, 1000, 0 };
	struct attempt attempt = { .keep = shrink->keep };
	size_t i;
	int ret;

	memset(shrink->keep, 0, riser_plan_nr(shrink->plan));
	memset(shrink->keep, 1, nr);
	for (i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		shrink->config.max_gap = gaps[i];
		ret = start(shrink, &attempt);
		if (ret)
			return ret;
		finish(shrink, &attempt);
		if (attempt.fails)
			return 0;
	}
	shrink->failed = attempt.result;
	snprintf(error, RISER_ERROR_BYTES, "%s", attempt.error);
	return attempt.ret ? attempt.ret : -ENOENT;
}

/* The piece of the @size kept deeds that end before deed @end; its begin. */
static uint32_t piece(const uint8_t *keep, uint32_t end, uint32_t size)
{
	while (end > 0 && size) {
		end--;
		size -= keep[end];
	}
	return end;
}

/* Starts the attempt without the next piece before @end; false when none is left. */
static bool start_next(struct riser_shrink *shrink, struct attempt *attempt, uint32_t nr,
		       uint32_t size, uint32_t *end, int *ret)
{
	uint32_t left;

	while (*end > 0) {
		attempt->to = *end;
		attempt->from = piece(shrink->keep, *end, size);
		*end = attempt->from;
		memcpy(attempt->keep, shrink->keep, nr);
		leave_out(attempt->keep, shrink->pins, attempt->from, attempt->to);
		left = count(attempt->keep, nr);
		if (!left || left == shrink->nr_kept)
			continue;
		*ret = start(shrink, attempt);
		return !*ret;
	}
	return false;
}

/* Leaves out pieces of @size, from the end on. */
static int pass(struct riser_shrink *shrink, struct attempt *attempt, uint32_t nr,
		uint32_t size, double end_s, bool *any)
{
	uint32_t end = nr, jobs, j;
	bool took;
	int ret = 0;

	while (end > 0 && now_s() < end_s && !ret) {
		for (jobs = 0; jobs < shrink->jobs; jobs++)
			if (!start_next(shrink, &attempt[jobs], nr, size, &end, &ret))
				break;
		for (took = false, j = 0; j < jobs; j++) {
			finish(shrink, &attempt[j]);
			if (!attempt[j].fails || took)
				continue;
			/* the others were made without this one: again */
			took = true;
			*any = true;
			leave_out(shrink->keep, shrink->pins, attempt[j].from,
				  attempt[j].to);
			end = attempt[j].from;
		}
		shrink->nr_kept = count(shrink->keep, nr);
		if (shrink->progress)
			shrink->progress(shrink->nr_kept, shrink->nr_attempts);
	}
	return ret;
}

static int shrink_all(struct riser_shrink *shrink, struct attempt *attempt, uint32_t nr)
{
	double end_s = now_s() + shrink->max_s;
	uint32_t size = (nr + 1) / 2;
	bool any = false;
	int ret = 0;

	while (!ret && now_s() < end_s) {
		any = false;
		ret = pass(shrink, attempt, nr, size, end_s, &any);
		if (size == 1 && !any)
			break;
		size = (size < shrink->nr_kept ? size : shrink->nr_kept) / 2;
		if (!size)
			size = 1;
	}
	shrink->is_complete = !ret && size == 1 && !any && now_s() < end_s;
	return ret;
}

int riser_shrink(struct riser_shrink *shrink, char *error)
{
	uint32_t nr = riser_plan_nr_before_failure(shrink->plan), i;
	struct attempt attempt[MAX_JOBS] = { 0 };
	int ret = 0;

	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	shrink->keep = calloc(riser_plan_nr(shrink->plan) + 1, 1);
	shrink->pins = calloc(riser_plan_nr(shrink->plan) + 1, 1);
	if (!shrink->keep || !shrink->pins)
		return -ENOMEM;
	riser_plan_pins(shrink->plan, shrink->pins);
	if (!shrink->jobs || shrink->jobs > MAX_JOBS)
		shrink->jobs = 2;
	for (i = 0; i < shrink->jobs; i++) {
		/* flags of all deeds: what comes after the failure stays left out */
		attempt[i].keep = calloc(riser_plan_nr(shrink->plan) + 1, 1);
		if (!attempt[i].keep)
			ret = -ENOMEM;
	}
	shrink->nr_kept = nr;
	if (!ret)
		ret = find_gap(shrink, nr, error);
	if (!ret) {
		ret = shrink_all(shrink, attempt, nr);
		if (ret)
			snprintf(error, RISER_ERROR_BYTES, "cannot start an attempt: %s",
				 strerror(-ret));
	}
	for (i = 0; i < shrink->jobs; i++)
		free(attempt[i].keep);
	return ret;
}
