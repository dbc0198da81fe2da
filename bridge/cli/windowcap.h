/* SPDX-License-Identifier: Apache-2.0 */
/* The TLPs of a window as a capture of their own. */
#ifndef RISER_CLI_WINDOWCAP_H
#define RISER_CLI_WINDOWCAP_H

#include <riser/observe.h>

#include "../pcapng.h"

/**
 * struct riser_windowcap - an observer that captures part of a run
 * @from: first cycle
 * @to: first cycle behind it
 * @pcapng: NULL: nothing is captured
 */
struct riser_windowcap {
	uint64_t from, to;
	struct riser_pcapng *pcapng;
};

/* Replaces @path. 0, or -errno and a sentence in RISER_ERROR_BYTES. */
int riser_windowcap_open(struct riser_windowcap *cap, const char *path, uint64_t from, uint64_t to,
			 char *error);
struct riser_observer riser_windowcap_observer(struct riser_windowcap *cap);
void riser_windowcap_close(struct riser_windowcap *cap);

#endif /* RISER_CLI_WINDOWCAP_H */
