/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration space as the RTL answered it: an observer that keeps each
 * dword of a successful configuration read's completion, and writes them in the
 * form that `lspci -F` reads. Nothing of what software wrote is kept.
 */
#ifndef RISER_CLI_CFGDUMP_H
#define RISER_CLI_CFGDUMP_H

#include <riser/observe.h>

#define RISER_CFGDUMP_FUNCTIONS 8

struct riser_cfgdump {
	uint8_t space[RISER_CFGDUMP_FUNCTIONS][4096];
	uint8_t seen[RISER_CFGDUMP_FUNCTIONS][4096];
	/* pending configuration reads by tag */
	struct {
		bool is_pending;
		uint16_t bdf;
		uint16_t reg;
		uint8_t first_be;
	} pending[1024];
	uint8_t bus;
};

extern const struct riser_observer_ops riser_cfgdump_ops;

/* Creates or replaces @path; 0 or -errno. */
int riser_cfgdump_write(const struct riser_cfgdump *dump, const char *path);

#endif /* RISER_CLI_CFGDUMP_H */
