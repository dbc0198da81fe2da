/* SPDX-License-Identifier: Apache-2.0 */
/* The folders that runs have left. */
#ifndef RISER_CLI_RUNLIST_H
#define RISER_CLI_RUNLIST_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/**
 * struct riser_run_entry - a run
 * @name: of its folder
 * @status: of the file there: "PASS", "FAIL", ...; "?" when it has none yet
 * @code: exit code, -1: not known
 * @bytes: on disk
 * @started_ns: wall time of its start, 0: not known
 */
struct riser_run_entry {
	char *name;
	char status[16];
	int code;
	double seconds;
	uint64_t bytes;
	uint64_t started_ns;
	time_t when;
	bool is_latest;
};

struct riser_run_list {
	struct riser_run_entry *run;
	size_t nr;
};

/* Whether a folder is what a run leaves: nothing else may be deleted. */
bool riser_run_is(const char *dir);
/* Runs in @root, oldest first. An exit code, after a sentence. */
int riser_run_list_read(struct riser_run_list *list, const char *root);
void riser_run_list_fini(struct riser_run_list *list);

#endif /* RISER_CLI_RUNLIST_H */
