/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel's event says beyond its number. */
#ifndef RISER_BRIDGE_EVENT_H
#define RISER_BRIDGE_EVENT_H

#include <stdbool.h>
#include <string.h>

/*
 * PCIEM_EVENT_BME is told of every memory request that the kernel does not serve,
 * whatever the reason: the text names the rule. Whether it is Bus Master Enable.
 */
static inline bool riser_event_is_bus_master(const char *text)
{
	const char *why = strstr(text, " refused: ");

	return !why || !strncmp(why + 10, "GAT-", 4);
}

#endif /* RISER_BRIDGE_EVENT_H */
