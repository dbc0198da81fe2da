// SPDX-License-Identifier: Apache-2.0
/*
 * plug_cards NR DEADLINE_MS RISER MODEL OUT BOOT...: runs BOOT (guest/boot and its
 * options) with NR cards outside of the guest, each a bridge process with MODEL,
 * a block of shared memory and an ivshmem device of its own. The guest's script
 * asks for what happens to them with lines "host WORD CARD" (CARD counts from 0):
 *
 *	stop, cont, kill	that signal to the card's bridge
 *	start			a new bridge, when the card's has ended
 *
 * What bridges say is in OUT/cardN/log. Exit status: BOOT's.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "super.h"

#define MOST_CARDS	8

struct card {
	struct riser_block block;
	int socket_fd;		/* QEMU's end */
	pid_t bridge;		/* 0: none */
	bool is_wanted;		/* a new bridge, as soon as this one has ended */
	unsigned int sessions;
};

static struct card cards[MOST_CARDS];
static int nr_cards;
static const char *riser, *model, *out;

static void die(const char *what)
{
	fprintf(stderr, "plug_cards: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Child: @fd becomes @to, which is not closed on exec. */
static void give(int fd, int to)
{
	if (dup2(fd, to) != to)
		_exit(126);
}

/* Child: descriptors 3 to 5 as `riser bridge` is told below, 1 and 2 the log. */
static void exec_bridge(const struct card *card, int n)
{
	char dir[4096], log[4200], path[2][4200], session[32], instance[32];
	int fd, high[3] = { card->block.shm_fd, card->block.bridge_kick_fd, card->block.guest_kick_fd };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(dir, sizeof(dir), "%s/card%d", out, n);
	snprintf(log, sizeof(log), "%s/log", dir);
	snprintf(path[0], sizeof(path[0]), "--model=%s", model);
	snprintf(path[1], sizeof(path[1]), "--out=%s", dir);
	snprintf(session, sizeof(session), "--session=%u", card->sessions);
	/* cards/nvme: a serial number of its own */
	snprintf(instance, sizeof(instance), "--plusarg=+instance=%d", n + 1);
	mkdir(dir, 0777);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
	for (unsigned int i = 0; i < 3; i++)
		high[i] = fcntl(high[i], F_DUPFD_CLOEXEC, 64);
	give(fd, 1);
	give(fd, 2);
	for (int i = 0; i < 3; i++)
		give(high[i], 3 + i);
	execl(riser, riser, "bridge", "--shm-fd=3", "--kick-fd=4", "--peer-kick-fd=5", path[0], path[1],
	      session, instance, "--no-record", "--no-capture", (char *)NULL);
	_exit(127);
}

static void start_bridge(int n)
{
	struct card *card = &cards[n];

	card->sessions++;
	card->bridge = fork();
	if (card->bridge < 0)
		die("fork");
	if (!card->bridge)
		exec_bridge(card, n);
}

static void make_card(int n, uint32_t deadline_ms)
{
	struct card *card = &cards[n];
	struct riser_block_config config = { .deadline_atomic_ms = deadline_ms };
	char name[16];
	int pair[2];

	snprintf(name, sizeof(name), "card%d", n);
	config.name = name;
	errno = -riser_block_create(&card->block, &config);
	if (errno)
		die("no block");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		die("socketpair");
	fcntl(pair[0], F_SETFD, FD_CLOEXEC);
	errno = -riser_ivshmem_serve(pair[0], &card->block);
	if (errno)
		die("no ivshmem server");
	/* QEMU takes a closed server for a disconnect: our end stays open */
	card->block.server_fd = pair[0];
	card->socket_fd = pair[1];
	start_bridge(n);
}

/* Child: BOOT and, for each card, what QEMU is to be told of it. */
static void exec_boot(char **boot, int nr_words)
{
	const char **argv = calloc((size_t)(nr_words + 8 * nr_cards + 1), sizeof(*argv));
	static char text[MOST_CARDS][2][64];
	int n = 0;

	if (!argv)
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	while (n < nr_words) {
		argv[n] = boot[n];
		n++;
	}
	for (int i = 0; i < nr_cards; i++) {
		snprintf(text[i][0], sizeof(text[i][0]), "socket,id=card%d,fd=%d", i, cards[i].socket_fd);
		snprintf(text[i][1], sizeof(text[i][1]), "ivshmem-doorbell,chardev=card%d,vectors=1", i);
		argv[n++] = "--qemu-arg";
		argv[n++] = "-chardev";
		argv[n++] = "--qemu-arg";
		argv[n++] = text[i][0];
		argv[n++] = "--qemu-arg";
		argv[n++] = "-device";
		argv[n++] = "--qemu-arg";
		argv[n++] = text[i][1];
	}
	execvp(argv[0], (char **)argv);
	_exit(127);
}

static void act(const char *word, int n)
{
	struct card *card;

	if (n < 0 || n >= nr_cards) {
		fprintf(stderr, "plug_cards: no card %d\n", n);
		return;
	}
	card = &cards[n];
	if (!strcmp(word, "start")) {
		card->is_wanted = card->bridge;
		if (!card->bridge)
			start_bridge(n);
	} else if (card->bridge) {
		kill(card->bridge, !strcmp(word, "stop") ? SIGSTOP : !strcmp(word, "cont") ? SIGCONT : SIGKILL);
	}
}

/* New lines of the guest's results that are meant for us. */
static void read_results(FILE **results)
{
	static char line[4096];
	static size_t have;
	char path[4200], word[16];
	int c, n;

	if (!*results) {
		snprintf(path, sizeof(path), "%s/guest/results", out);
		*results = fopen(path, "re");
		if (!*results)
			return;
	}
	clearerr(*results);
	while ((c = getc(*results)) != EOF) {
		if (c != '\n') {
			if (have < sizeof(line) - 1)
				line[have++] = (char)c;
			continue;
		}
		line[have] = '\0';
		have = 0;
		if (sscanf(line, "RISER1 host %15s %d", word, &n) == 2)
			act(word, n);
	}
}

/* Bridges that ended. Return: whether @boot did, with its status in @status. */
static bool reap(pid_t boot, int *status)
{
	int how;
	pid_t pid;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0) {
		if (pid == boot) {
			*status = WIFEXITED(how) ? WEXITSTATUS(how) : 1;
			return true;
		}
		for (int n = 0; n < nr_cards; n++)
			if (cards[n].bridge == pid) {
				cards[n].bridge = 0;
				riser_block_bridge_died(&cards[n].block);
				if (cards[n].is_wanted)
					act("start", n);
			}
	}
	return false;
}

int main(int argc, char **argv)
{
	FILE *results = NULL;
	char stale[4200];
	int status = 1;
	pid_t boot;

	if (argc < 7 || atoi(argv[1]) < 1 || atoi(argv[1]) > MOST_CARDS) {
		fprintf(stderr, "usage: plug_cards NR DEADLINE_MS RISER MODEL OUT BOOT...\n");
		return 2;
	}
	riser = argv[3];
	model = argv[4];
	out = argv[5];
	snprintf(stale, sizeof(stale), "%s/guest/results", out);
	unlink(stale);
	for (nr_cards = 0; nr_cards < atoi(argv[1]); nr_cards++)
		make_card(nr_cards, (uint32_t)strtoul(argv[2], NULL, 10));
	boot = fork();
	if (boot < 0)
		die("fork");
	if (!boot)
		exec_boot(argv + 6, argc - 6);
	while (!reap(boot, &status)) {
		read_results(&results);
		usleep(10000);
	}
	for (int n = 0; n < nr_cards; n++)
		if (cards[n].bridge)
			kill(cards[n].bridge, SIGKILL);
	return status;
}
