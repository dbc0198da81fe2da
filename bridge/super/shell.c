// SPDX-License-Identifier: Apache-2.0
/*
 * A shell in the guest on this terminal: the guest's third serial port is a socket
 * here. The terminal is the guest's from the moment when its script says that the
 * shell begins until it says that it has ended; before and after it is a run's.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "live.h"

#define LEAVE_KEY	0x1d	/* Ctrl-], as in telnet */

static struct termios before;
static bool is_raw;

/* Also at exit, however that comes about. */
static void give_back(void)
{
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	is_raw = false;
}

static void take_terminal(void)
{
	struct termios raw;

	if (is_raw || tcgetattr(STDIN_FILENO, &before))
		return;
	raw = before;
	cfmakeraw(&raw);
	is_raw = !tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct riser_live *live = handle->data;

	(void)suggested;
	buf->base = live->shell.buf;
	buf->len = sizeof(live->shell.buf);
}

static void on_written(uv_write_t *request, int status)
{
	(void)status;
	free(request);
}

/* A copy goes out when the other side takes it; what it never takes is dropped. */
static void send_to(uv_pipe_t *pipe, const char *text, size_t bytes)
{
	uv_write_t *request = malloc(sizeof(*request) + bytes);
	uv_buf_t buf;

	if (!request)
		return;
	buf = uv_buf_init((char *)(request + 1), (unsigned int)bytes);
	memcpy(buf.base, text, bytes);
	if (uv_write(request, (uv_stream_t *)pipe, &buf, 1, on_written))
		free(request);
}

static void from_guest(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct riser_live *live = stream->data;
	const char *p = buf->base;
	ssize_t done;

	if (n < 0) {
		riser_shell_end(live);
		return;
	}
	while (n > 0 && (done = write(STDOUT_FILENO, p, (size_t)n)) > 0) {
		p += done;
		n -= done;
	}
}

/* What is typed; the key that leaves is not for the guest. */
static void from_terminal(uv_poll_t *handle, int status, int events)
{
	struct riser_live *live = handle->data;
	char typed[256];
	ssize_t n = status ? 0 : read(STDIN_FILENO, typed, sizeof(typed));
	char *leave = n > 0 ? memchr(typed, LEAVE_KEY, (size_t)n) : NULL;

	(void)events;
	if (n > 0 && leave != typed)
		send_to(&live->shell.pipe, typed, leave ? (size_t)(leave - typed) : (size_t)n);
	if (leave || n <= 0) {
		riser_shell_end(live);
		riser_live_interrupt(live);
	}
}

/* The guest's terminal is as large as this one. */
static void tell_size(struct riser_live *live)
{
	struct winsize size;
	char line[64];
	int n;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		return;
	n = snprintf(line, sizeof(line), "winsize %u %u\n", size.ws_row, size.ws_col);
	send_to(&live->guest.pipe, line, (size_t)n);
}

static void on_winch(uv_signal_t *handle, int signum)
{
	(void)signum;
	tell_size(handle->data);
}

void riser_shell_init(struct riser_live *live)
{
	struct riser_shell *s = &live->shell;

	if (!live->config->shell)
		return;
	uv_pipe_init(&live->loop, &s->pipe, 0);
	uv_poll_init(&live->loop, &s->keys, STDIN_FILENO);
	uv_signal_init(&live->loop, &s->on_winch);
	s->pipe.data = s->keys.data = s->on_winch.data = live;
	s->has_handles = true;
}

void riser_shell_begin(struct riser_live *live)
{
	struct riser_shell *s = &live->shell;

	if (!s->has_handles || s->is_open || s->is_over)
		return;
	riser_progress_clear(live);
	printf(" shell   `exit` ends the run, Ctrl-] ends it at once; the kernel's log is in %s/console.log\n",
	       live->dir);
	fflush(stdout);
	s->is_open = true;
	atexit(give_back);
	take_terminal();
	tell_size(live);
	uv_read_start((uv_stream_t *)&s->pipe, on_alloc, from_guest);
	uv_poll_start(&s->keys, UV_READABLE, from_terminal);
	uv_signal_start(&s->on_winch, on_winch, SIGWINCH);
}

void riser_shell_end(struct riser_live *live)
{
	struct riser_shell *s = &live->shell;

	if (!s->has_handles || s->is_over)
		return;
	s->is_over = true;
	give_back();
	if (s->is_open)
		putchar('\n');
	s->is_open = false;
	uv_close((uv_handle_t *)&s->keys, NULL);
	uv_close((uv_handle_t *)&s->on_winch, NULL);
	uv_close((uv_handle_t *)&s->pipe, NULL);
}
