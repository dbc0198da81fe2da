/* SPDX-License-Identifier: Apache-2.0 */
/*
 * riser peek and riser poke: a Unix socket in the folder of a run that is live,
 * which its bridge listens on. A client sends one line, "peek SIGNAL" or "poke
 * SIGNAL VALUE", and gets one: '+' or '-', and the words of riser_engine_backdoor().
 */
#ifndef RISER_CLI_BACKDOOR_H
#define RISER_CLI_BACKDOOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include <riser/run.h>

struct riser_backdoor_server {
	struct riser_engine *engine;
	pthread_t thread;
	bool has_thread;
	int dir_fd;
	int fd;
	int stop_fd;	/* eventfd */
};

/* A thread that answers; nothing when @dir is NULL, or it cannot be: that is said. */
void riser_backdoor_start(struct riser_backdoor_server *server, const char *dir,
			  struct riser_engine *engine);
/* Before the engine goes. */
void riser_backdoor_stop(struct riser_backdoor_server *server);

/**
 * riser_backdoor_ask() - as a client, of the run in @dir
 * @answer: the line without its first character
 *
 * Returns 0; 1 when the answer says what is wrong; -ENOENT or -ECONNREFUSED when
 * the run is not live; -errno.
 */
int riser_backdoor_ask(const char *dir, const char *request, char *answer, size_t size);

#endif /* RISER_CLI_BACKDOOR_H */
