/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the supervisor tells its bridge while it runs: lines "KIND TEXT" on a
 * descriptor, each a trigger (riser_engine_trigger()). KIND is guest, script, log
 * or recovery; lines that are none of these are ignored.
 */
#ifndef RISER_CLI_CONTROL_H
#define RISER_CLI_CONTROL_H

#include <pthread.h>
#include <stdbool.h>

#include <riser/run.h>

struct riser_control {
	struct riser_engine *engine;
	pthread_t thread;
	bool has_thread;
	int fd;
	int stop_fd;	/* eventfd */
};

/* A thread that listens; nothing when @fd is 0. */
void riser_control_start(struct riser_control *control, int fd,
			 struct riser_engine *engine);
/* Before the engine goes. */
void riser_control_stop(struct riser_control *control);

#endif /* RISER_CLI_CONTROL_H */
