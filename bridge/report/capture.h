/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of run.pcapng, docs/pcapng.md: the packets of a run, in order. */
#ifndef RISER_REPORT_CAPTURE_H
#define RISER_REPORT_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/link.h>
#include <riser/observe.h>

struct riser_capture;

/**
 * struct riser_packet - a TLP or a note
 * @tlp: .tlp is NULL when the bytes are none, .caller when nobody is known;
 *	.request_cycle, .bridge_ns, .site and .names are not in a capture
 * @place: what a request hits, "BAR0+0x1c"; NULL if not known
 * @note: text of a note, NULL for a TLP
 *
 * Pointers live until the next packet is read.
 */
struct riser_packet {
	uint64_t cycle;
	uint64_t host_ns;
	struct riser_tlp_event tlp;
	const char *place;
	const char *note;
};

/**
 * riser_capture_open() - opens a capture
 * @error: RISER_ERROR_BYTES; one sentence on failure
 *
 * Returns 0, -errno of the file system, or -EBADMSG when it is no capture of
 * TLPs.
 */
int riser_capture_open(const char *path, struct riser_capture **capture,
		       char *error);
/*
 * The next packet: 1; 0 behind the last one; -ENODATA when the file ends inside
 * of a block (its writer was killed, or the disk was full).
 */
int riser_capture_next(struct riser_capture *capture,
		       struct riser_packet *packet);
/* Card, top module and simulator, as the file's head says. */
const char *riser_capture_hardware(const struct riser_capture *capture);
/* Period of the PCIe user clock as far as packets tell so far, 0 if they do not. */
uint64_t riser_capture_period_ps(const struct riser_capture *capture);
void riser_capture_close(struct riser_capture *capture);

#endif /* RISER_REPORT_CAPTURE_H */
