/* SPDX-License-Identifier: Apache-2.0 */
/* What a capture holds, in order, as one kind of thing: TLPs and notes. */
#ifndef RISER_REPORT_PACKETS_H
#define RISER_REPORT_PACKETS_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/link.h>
#include <riser/observe.h>

/**
 * struct riser_packet - a TLP or a note
 * @tlp: of a TLP
 * @place: what a request hits, "BAR0+0x1c"; NULL if not known
 * @note: text of a note or finding, NULL for a TLP
 *
 * Pointers live during the call.
 */
struct riser_packet {
	uint64_t cycle;
	uint64_t host_ns;
	struct riser_tlp_event tlp;
	const char *place;
	const char *note;
};

/**
 * struct riser_packets - somebody who wants them
 * @take: called for each
 * @hardware: what the run was made of; valid during the first call of @take
 * @period_ps: of the PCIe user clock
 * @is_cut: the capture ends in the middle; known at the end
 */
struct riser_packets {
	void (*take)(void *ctx, const struct riser_packet *packet);
	void *ctx;
	char hardware[256];
	uint64_t period_ps;
	bool is_cut;
};

/* Reads all of a capture; 0, or -errno and a sentence in RISER_ERROR_BYTES. */
int riser_packets_read(struct riser_packets *packets, const char *path,
		       char *error);

#endif /* RISER_REPORT_PACKETS_H */
