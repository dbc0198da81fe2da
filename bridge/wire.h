/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of the model ABI over a socket, as in docs/model-socket.md: a header,
 * then len bytes, then for some a descriptor. Byte order of the machine: both
 * ends run on one.
 */
#ifndef RISER_WIRE_H
#define RISER_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include <riser/model.h>

#define RISER_WIRE_MAGIC	0x72697731u	/* "riw1" */
#define RISER_WIRE_MAX_BYTES	(64u << 20)

enum riser_wire_op {
	RISER_WIRE_HELLO = 1,	/* abi of the bridge -> struct riser_model_info */
	RISER_WIRE_MEM,		/* struct riser_wire_mem with a descriptor, no answer */
	RISER_WIRE_CREATE,	/* struct riser_wire_create, plusargs -> result */
	RISER_WIRE_SIDEBAND,	/* levels, no answer */
	RISER_WIRE_RUN,		/* struct riser_wire_run, TLPs -> struct riser_wire_ran, records */
	RISER_WIRE_TRACE_OPEN,	/* path, scopes -> result */
	RISER_WIRE_TRACE_CLOSE,	/* -> result */
	RISER_WIRE_ANNOTATE,	/* lane, text; no answer */
	RISER_WIRE_SAVE,	/* with a descriptor -> result */
	RISER_WIRE_RESTORE,	/* with a descriptor -> result */
	RISER_WIRE_COVERAGE,	/* path -> result */
	RISER_WIRE_DESTROY,	/* -> result */
	RISER_WIRE_MESSAGE,	/* to the bridge: struct riser_wire_message, file, text */
	RISER_WIRE_RESULT,	/* to the bridge: what the last call returned */
};

struct riser_wire_hdr {
	uint32_t magic;
	uint32_t op;
	uint32_t len;
	int32_t result;		/* of RISER_WIRE_RESULT: 0 or -errno */
};

struct riser_wire_mem {
	uint32_t index;
	uint32_t pad;
	uint64_t bytes;
};

/* then @nr_plusargs strings, each with its final 0 */
struct riser_wire_create {
	uint32_t abi;
	uint32_t x_init;
	uint64_t seed;
	uint32_t nr_plusargs;
	uint32_t pad;
};

/*
 * TLPs of one class that wait: those with the numbers @tail to @head - 1, of
 * which the simulator has those before @first. What it still has from there on
 * is dropped. @tail is what it answered last, or all are sent again.
 */
struct riser_wire_queue {
	uint64_t tail;
	uint64_t first;
	uint64_t head;
	uint32_t mask;
	uint32_t pad;
};

/* then the TLPs of each class in order: struct riser_wire_tlp and its bytes */
struct riser_wire_run {
	uint64_t max_cycles;
	uint64_t tx_bytes;
	uint32_t stop_on_tx;
	uint8_t stop_on_idle;
	uint8_t stop_on_rx_done;
	uint8_t pad[2];
	struct riser_wire_queue rx[RISER_NR_CLASSES];
	struct riser_stall stall_rx[RISER_NR_CLASSES];
	struct riser_stall stall_tx[RISER_NR_CLASSES];
};

struct riser_wire_tlp {
	uint32_t len;
	uint32_t pad;
	uint64_t after_posted;
};

/* then @tx_used bytes of records */
struct riser_wire_ran {
	uint64_t tail[RISER_NR_CLASSES];
	uint64_t tx_used;
	uint64_t cycle;
	uint32_t why;
	uint32_t tx_nr;
	uint32_t status;
	uint32_t pad;
};

/* then two strings, each with its final 0 */
struct riser_wire_message {
	int32_t severity;
	int32_t line;
};

/* One part of a frame's body. */
struct riser_wire_part {
	const void *data;
	size_t len;
};

/* Send a frame of up to four parts, with a descriptor unless @fd is -1. 0 or -errno. */
int riser_wire_send(int sock, const struct riser_wire_hdr *hdr,
		    const struct riser_wire_part *part, size_t nr, int fd);

/**
 * struct riser_wire_in - the last frame received
 * @body: @hdr.len bytes, valid until the next call, and a 0 behind them
 * @fd: descriptor that came with it, -1 without; the receiver's to close
 */
struct riser_wire_in {
	struct riser_wire_hdr hdr;
	uint8_t *body;
	size_t room;
	int fd;
};

/* 0, -EPIPE at the end of the stream, -EPROTO for no frame of this protocol, -errno */
int riser_wire_receive(int sock, struct riser_wire_in *in);
void riser_wire_free(struct riser_wire_in *in);

/* The string at *@at within @in, which it moves behind it; NULL when there is none. */
const char *riser_wire_string(const struct riser_wire_in *in, size_t *at);

#endif /* RISER_WIRE_H */
