/* SPDX-License-Identifier: Apache-2.0 */
/* Phases of the guest's script, from results.log, and when they were. */
#ifndef RISER_REPORT_GUESTLOG_H
#define RISER_REPORT_GUESTLOG_H

#include <stdint.h>

#define RISER_GUEST_PHASES 64

struct riser_guest_phase {
	char name[32];
	uint64_t host_ns;	/* time of the guest's kernel */
};

struct riser_guest_log {
	struct riser_guest_phase phase[RISER_GUEST_PHASES];
	unsigned int nr;
};

/* Empty when there is no such file. */
void riser_guest_log_read(struct riser_guest_log *log, const char *dir);

#endif /* RISER_REPORT_GUESTLOG_H */
