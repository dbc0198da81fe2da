/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of TLPs written by hand, for a scoreboard: a host that enumerates a
 * card, sets it up and rings doorbells, and a card that does what a test says.
 */
#ifndef RISER_TEST_SCOREBOARD_STREAM_H
#define RISER_TEST_SCOREBOARD_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/scoreboard.h>
#include <riser/tlp.h>

#define BAR0		0xe0000000ULL
#define ASQ		0x100000ULL
#define ACQ		0x110000ULL
#define IO_SQ		0x120000ULL
#define IO_CQ		0x130000ULL
#define DATA		0x200000ULL
#define QUEUE_SIZE	32
#define MSIX_CAP	0x40
#define MSG_ADDR	0xfee01000ULL
#define CALLER		"nvme_queue_rq+0x164/0x1f0 [nvme]"

struct stream {
	struct riser_scoreboard *board;
	struct riser_observer observer;
	uint64_t cycle;
	uint64_t seq;
	uint64_t host_ns;
	uint16_t tag;
	uint32_t tail[2];	/* of submission queues 0 and 1 */
	uint32_t posted[2];	/* completion entries */
	struct riser_finding finding[16];
	uint32_t nr_findings;
	bool is_quiet;		/* findings are not printed */
};

/* A card with its driver's queues 0 and 1. */
void stream_init(struct stream *s);
void stream_fini(struct stream *s);

/* ---- host ---- */

/* Enables the controller and creates queue 1. */
void bring_up(struct stream *s);
void cfg_write(struct stream *s, uint16_t reg, uint8_t be, uint32_t value);
void cfg_read(struct stream *s, uint16_t reg, uint32_t value);
void host_write(struct stream *s, uint64_t offset, uint32_t value);
/* MSI-X of @vector: mask bit. */
void mask_vector(struct stream *s, uint32_t vector, bool is_masked);
void function_mask(struct stream *s, bool is_masked);
/* Completions of queue @qid are taken, up to the last one. */
void take_all(struct stream *s, uint32_t qid);

/* ---- card ---- */

/* A read and its completions of at most @split bytes. */
void card_read(struct stream *s, uint64_t addr, const void *data, uint32_t bytes, uint32_t split);
void card_write(struct stream *s, uint64_t addr, const void *data, uint32_t bytes);
void card_message(struct stream *s, uint32_t vector);

/* ---- commands ---- */

struct sqe {
	uint8_t opcode;
	uint16_t cid;
	uint32_t nsid;
	uint64_t prp1;
	uint64_t prp2;
	uint32_t cdw[6];
};

/* The host rings for it, the card fetches it. */
void submit(struct stream *s, uint32_t sqid, const struct sqe *sqe);
struct sqe io(uint8_t opcode, uint16_t cid, uint64_t lba, uint32_t nr_lbas, uint64_t prp1,
	      uint64_t prp2);
/* The card writes the entry, and nothing else. */
void post(struct stream *s, uint32_t sqid, uint16_t cid, uint16_t status);
/* Entry, message, and the driver takes it. */
void complete(struct stream *s, uint32_t sqid, uint16_t cid);
/* A whole Write or Read of one block of bytes @value at @DATA. */
void write_block(struct stream *s, uint16_t cid, uint64_t lba, uint8_t value);
void read_block(struct stream *s, uint16_t cid, uint64_t lba, uint8_t value);

#endif /* RISER_TEST_SCOREBOARD_STREAM_H */
