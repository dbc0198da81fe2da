// SPDX-License-Identifier: Apache-2.0
#include "guestlog.h"

#include <stdio.h>
#include <string.h>

void riser_guest_log_read(struct riser_guest_log *log, const char *dir)
{
	struct riser_guest_phase *phase;
	char path[4096], line[512];
	double uptime_s;
	FILE *file;

	memset(log, 0, sizeof(*log));
	if (snprintf(path, sizeof(path), "%s/results.log", dir) >=
	    (int)sizeof(path))
		return;
	file = fopen(path, "re");
	while (file && log->nr < RISER_GUEST_PHASES &&
	       fgets(line, sizeof(line), file)) {
		phase = &log->phase[log->nr];
		if (sscanf(line, "RISER1 phase %31s %lf", phase->name,
			   &uptime_s) != 2 || uptime_s < 0 || uptime_s > 1e9)
			continue;
		phase->host_ns = (uint64_t)(uptime_s * 1e9);
		log->nr++;
	}
	if (file)
		fclose(file);
}
