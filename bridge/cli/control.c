// SPDX-License-Identifier: Apache-2.0
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const struct {
	const char *word;
	enum riser_finding_kind kind;
} kinds[] = {
	{ "guest", RISER_FINDING_GUEST },
	{ "script", RISER_FINDING_SCRIPT },
	{ "log", RISER_FINDING_GUEST_LOG },
	{ "recovery", RISER_FINDING_RECOVERY },
};

static void take_line(struct riser_control *control, const char *line)
{
	size_t i, len;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		len = strlen(kinds[i].word);
		if (!strncmp(line, kinds[i].word, len) && line[len] == ' ')
			(void)riser_engine_trigger(control->engine,
						   kinds[i].kind,
						   line + len + 1);
	}
}

/* Whole lines out of @buf; what is left of it. */
static size_t take_lines(struct riser_control *control, char *buf, size_t used)
{
	char *start = buf, *newline;

	while ((newline = memchr(start, '\n',
				 used - (size_t)(start - buf)))) {
		*newline = '\0';
		take_line(control, start);
		start = newline + 1;
	}
	used -= (size_t)(start - buf);
	memmove(buf, start, used);
	return used;
}

static void *listen_to_it(void *arg)
{
	struct riser_control *control = arg;
	struct pollfd fds[2] = {
		{ .fd = control->fd, .events = POLLIN },
		{ .fd = control->stop_fd, .events = POLLIN },
	};
	char buf[4096];
	size_t used = 0;
	ssize_t n;

	while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
		if (fds[1].revents)
			break;
		if (!fds[0].revents)
			continue;
		n = read(control->fd, buf + used, sizeof(buf) - used);
		if (n <= 0)
			break;
		used = take_lines(control, buf, used + (size_t)n);
		/* a line that is longer than it can be */
		if (used == sizeof(buf))
			used = 0;
	}
	return NULL;
}

void riser_control_start(struct riser_control *control, int fd,
			 struct riser_engine *engine)
{
	memset(control, 0, sizeof(*control));
	if (!fd)
		return;
	control->engine = engine;
	control->fd = fd;
	control->stop_fd = eventfd(0, EFD_CLOEXEC);
	control->has_thread = control->stop_fd >= 0 &&
			      !pthread_create(&control->thread, NULL,
					      listen_to_it, control);
	if (!control->has_thread)
		fprintf(stderr, "riser bridge: warning: nobody listens to the supervisor: the guest's log and script give no windows\n");
}

void riser_control_stop(struct riser_control *control)
{
	const uint64_t one = 1;

	if (!control->has_thread)
		return;
	if (write(control->stop_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(control->thread, NULL);
	close(control->stop_fd);
	control->has_thread = false;
}
