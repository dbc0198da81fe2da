// SPDX-License-Identifier: Apache-2.0
#include "backdoor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME		"backdoor.sock"
#define LINE_BYTES	1024
#define CLIENT_MS	2000	/* for a client's line */

/* A run's path may be longer than a socket's name: it is given by its descriptor. */
static struct sockaddr_un address_in(int dir_fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/" NAME, dir_fd);
	return address;
}

/* One line without its newline; 0, or -errno. */
static int read_line(int fd, char *line, size_t size)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	size_t used = 0;
	ssize_t n;

	while (used < size - 1) {
		if (poll(&poll_fd, 1, 10 * CLIENT_MS) <= 0)
			return -ETIMEDOUT;
		n = read(fd, line + used, size - 1 - used);
		if (n < 0)
			return -errno;
		if (!n)
			return -EPROTO;
		used += (size_t)n;
		line[used] = '\0';
		if (strchr(line, '\n')) {
			*strchr(line, '\n') = '\0';
			return 0;
		}
	}
	return -EMSGSIZE;
}

/* ---- the bridge ---- */

static void answer_one(struct riser_backdoor_server *server, int fd)
{
	char line[LINE_BYTES], answer[RISER_ERROR_BYTES], reply[RISER_ERROR_BYTES + 8];
	int n;

	if (read_line(fd, line, sizeof(line)))
		return;
	n = riser_engine_backdoor(server->engine, line, answer, sizeof(answer));
	n = snprintf(reply, sizeof(reply), "%c%s\n", n ? '-' : '+', answer);
	/* a client that has gone gets nothing */
	(void)!send(fd, reply, (size_t)n, MSG_NOSIGNAL);
}

static void *serve(void *arg)
{
	struct riser_backdoor_server *server = arg;
	struct pollfd fds[2] = {
		{ .fd = server->fd, .events = POLLIN },
		{ .fd = server->stop_fd, .events = POLLIN },
	};
	int client;

	while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
		if (fds[1].revents)
			break;
		client = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
		if (client < 0)
			continue;
		answer_one(server, client);
		close(client);
	}
	return NULL;
}

static int listen_in(struct riser_backdoor_server *server, const char *dir)
{
	struct sockaddr_un address;

	server->dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	server->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (server->dir_fd < 0 || server->fd < 0 || server->stop_fd < 0)
		return -errno;
	address = address_in(server->dir_fd);
	/* of a bridge that was killed */
	unlinkat(server->dir_fd, NAME, 0);
	if (fchmod(server->fd, 0600) ||
	    bind(server->fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(server->fd, 4))
		return -errno;
	return -pthread_create(&server->thread, NULL, serve, server);
}

static void close_all(struct riser_backdoor_server *server)
{
	if (server->dir_fd >= 0)
		close(server->dir_fd);
	if (server->fd >= 0)
		close(server->fd);
	if (server->stop_fd >= 0)
		close(server->stop_fd);
}

void riser_backdoor_start(struct riser_backdoor_server *server, const char *dir,
			  struct riser_engine *engine)
{
	int ret;

	*server = (struct riser_backdoor_server){ .engine = engine, .dir_fd = -1,
						  .fd = -1, .stop_fd = -1 };
	if (!dir)
		return;
	ret = listen_in(server, dir);
	server->has_thread = !ret;
	if (!ret)
		return;
	close_all(server);
	fprintf(stderr, "riser bridge: warning: %s/" NAME ": %s: no riser peek and riser poke in this run\n",
		dir, strerror(-ret));
}

void riser_backdoor_stop(struct riser_backdoor_server *server)
{
	const uint64_t one = 1;

	if (!server->has_thread)
		return;
	if (write(server->stop_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(server->thread, NULL);
	unlinkat(server->dir_fd, NAME, 0);
	close_all(server);
	server->has_thread = false;
}

/* ---- the client ---- */

int riser_backdoor_ask(const char *dir, const char *request, char *answer, size_t size)
{
	int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1, ret = 0;
	char line[LINE_BYTES];
	struct sockaddr_un address;

	if (dir_fd < 0)
		return -errno;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address = address_in(dir_fd);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		ret = -errno;
	snprintf(line, sizeof(line), "%s\n", request);
	if (!ret && send(fd, line, strlen(line), MSG_NOSIGNAL) < 0)
		ret = -errno;
	if (!ret)
		ret = read_line(fd, line, sizeof(line));
	if (!ret) {
		snprintf(answer, size, "%s", line + 1);
		ret = line[0] != '+';
	}
	if (fd >= 0)
		close(fd);
	close(dir_fd);
	return ret;
}
