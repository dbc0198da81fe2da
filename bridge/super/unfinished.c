// SPDX-License-Identifier: Apache-2.0
/*
 * A signal that ends the program while a run has no verdict yet: the run's status
 * says so. While the guest lives the loop of libuv takes these signals instead.
 */
#include "super.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char status_path[PATH_MAX];
static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
static struct sigaction before[sizeof(signals) / sizeof(signals[0])];

/* What a handler may call, and then what would have happened without it. */
static void on_end(int signum)
{
	static const char status[] = "INTERRUPTED 130 0.0s\n";
	static const char words[] = "\nriser: interrupted before the card was plugged in\n";
	int fd = open(status_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	/* an error here has nobody to be told to */
	if (fd >= 0 && write(fd, status, sizeof(status) - 1) > 0)
		close(fd);
	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
		_exit(RISER_EXIT_INTERRUPTED);
	raise(signum);
}

void riser_unfinished_begin(const char *dir)
{
	struct sigaction end = { .sa_handler = on_end, .sa_flags = (int)SA_RESETHAND };
	size_t i;

	if (snprintf(status_path, sizeof(status_path), "%s/status", dir) >= PATH_MAX) {
		status_path[0] = '\0';
		return;
	}
	sigemptyset(&end.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaction(signals[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &end, NULL);
	}
}

void riser_unfinished_end(void)
{
	size_t i;

	if (!status_path[0])
		return;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &before[i], NULL);
	status_path[0] = '\0';
}
