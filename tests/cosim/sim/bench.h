/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small host for one model: loads model.so, keeps its queues and output area,
 * and drives tests/rtl/fixtures/fx_endpoint.sv. Knows nothing but the model ABI.
 */
#ifndef TESTS_COSIM_SIM_BENCH_H
#define TESTS_COSIM_SIM_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "riser/model.h"

#define BENCH_QUEUE		64
#define BENCH_TX_BYTES		(1u << 20)
#define BENCH_TLP_BYTES		4116
#define BENCH_MESSAGES		256
#define BENCH_TLPS		512

/* Address bits of fx_endpoint */
#define FX_COUNT	(1u << 20)
#define FX_DMA_WRITE	(1u << 21)
#define FX_DMA_READ	(1u << 22)
#define FX_STORE	(1u << 23)
#define FX_SAY		(1u << 24)
#define FX_RANDOM	(1u << 25)
#define FX_UNSET	(1u << 26)
#define FX_PLUSARG	(1u << 27)
#define FX_SET		(1u << 28)

struct message {
	enum riser_severity severity;
	char file[128];
	int line;
	char text[256];
};

/* A TLP that the card sent */
struct sent {
	uint32_t class;
	uint32_t len;
	uint64_t cycle;
	uint8_t bytes[BENCH_TLP_BYTES];
};

struct bench {
	void *object;
	const struct riser_model_ops *ops;
	const struct riser_model_info *info;
	struct riser_model *model;
	void *mem;
	struct riser_run run;
	struct riser_tlp_ref ref[RISER_NR_CLASSES][BENCH_QUEUE];
	uint8_t tlp[RISER_NR_CLASSES][BENCH_QUEUE][BENCH_TLP_BYTES + 4] __attribute__((aligned(8)));
	uint8_t *area;
	uint64_t area_bytes;
	uint32_t nr_messages;
	struct message message[BENCH_MESSAGES];
	uint32_t nr_sent;
	struct sent *sent;
};

struct bench_options {
	uint32_t x_init;
	uint64_t seed;
	const char *plusarg;
	bool no_link;
};

/* Loads @path and creates an instance with the link up. Fails the test on error. */
struct bench *bench_open(const char *path, const struct bench_options *options);
void bench_close(struct bench *b);

/* run() for @cycles; records go to b->sent. Returns run.why. */
uint32_t bench_run(struct bench *b, uint64_t cycles);
/* Until a TLP of the classes in @mask was sent; fails the test after 20000 cycles. */
const struct sent *bench_wait(struct bench *b, uint32_t mask);
void bench_forget(struct bench *b);

/* Header (3 or 4 dwords by @wide) of a memory request in @to; returns its length. */
uint32_t tlp_mem(uint8_t *to, bool write, bool wide, uint32_t addr, uint32_t dwords, uint8_t tag);

/* Put a TLP into a queue. @payload: @dwords of them, or NULL for a pattern. */
void bench_write(struct bench *b, bool wide, uint32_t addr, const uint32_t *payload, uint32_t dwords);
void bench_write2(struct bench *b, uint32_t addr, uint32_t dw0, uint32_t dw1);
void bench_read(struct bench *b, bool wide, uint32_t addr, uint32_t dwords, uint8_t tag);
void bench_complete(struct bench *b, const uint32_t *payload, uint32_t dwords, uint8_t tag);

/* Read that is answered: fails the test unless one CplD of @dwords comes. */
void bench_read_back(struct bench *b, bool wide, uint32_t addr, uint32_t dwords, uint32_t *to);

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len);
/* Over class, cycle and bytes of everything sent */
uint64_t bench_hash(const struct bench *b);

uint32_t pattern(uint32_t i);

#endif /* TESTS_COSIM_SIM_BENCH_H */
