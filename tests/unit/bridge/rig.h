/* SPDX-License-Identifier: Apache-2.0 */
/* An engine in a thread with a fake kernel before it and the C card behind it. */
#ifndef RISER_TEST_RIG_H
#define RISER_TEST_RIG_H

#include <pthread.h>
#include <stdbool.h>

#include <riser/run.h>

#include "fake_kernel.h"

struct rig {
	struct riser_link *link;
	struct riser_engine *engine;
	struct riser_engine_config config;
	struct riser_engine_result result;
	struct fk fk;
	pthread_t thread;
	char error[RISER_ERROR_BYTES];
	char messages[512];
};

/* A link and a configuration to change; nothing runs yet. */
void rig_init(struct rig *rig, uint32_t ring_bytes);
/* The same with an area of DMA slots. */
void rig_init_slots(struct rig *rig, uint32_t ring_bytes, uint64_t dma_bytes);
/* Engine running, kernel attached, link up. */
void rig_start(struct rig *rig);
/* The same, and enumerated. */
void rig_start_enumerated(struct rig *rig);
/* Waits for the engine's end. */
void rig_join(struct rig *rig);
/* Asks for an orderly end, plays the kernel's part, waits. */
void rig_stop(struct rig *rig);
void rig_fini(struct rig *rig);
const struct riser_finding *rig_finding(const struct rig *rig,
					enum riser_finding_kind kind);

#endif /* RISER_TEST_RIG_H */
