// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void on_message(void *ctx, enum riser_severity severity,
		       const char *file, int line, const char *text)
{
	struct rig *rig = ctx;
	size_t n = strlen(rig->messages);

	snprintf(rig->messages + n, sizeof(rig->messages) - n, "%d %s:%d %s\n",
		 (int)severity, file, line, text);
}

void rig_init(struct rig *rig, uint32_t ring_bytes)
{
	rig_init_slots(rig, ring_bytes, 0);
}

void rig_init_slots(struct rig *rig, uint32_t ring_bytes, uint64_t dma_bytes)
{
	struct riser_link_options options = {
		.name = "test", .down_bytes = ring_bytes, .up_bytes = ring_bytes,
		.dma_bytes = dma_bytes,
	};
	int kernel_fd, bridge_fd;
	void *base;

	memset(rig, 0, sizeof(*rig));
	assert_int_equal(riser_link_open_mem(&options, &rig->link, &base,
					     &kernel_fd, &bridge_fd), 0);
	fk_init(&rig->fk, base, kernel_fd, bridge_fd);
	rig->config = (struct riser_engine_config){
		.link = rig->link, .model_path = CTEST_MODEL,
		.one_session = true, .message = on_message, .ctx = rig,
	};
}

static void *run(void *arg)
{
	struct rig *rig = arg;

	riser_engine_run(rig->engine, &rig->result);
	return NULL;
}

void rig_start(struct rig *rig)
{
	if (riser_engine_create(&rig->config, &rig->engine, rig->error)) {
		print_error("%s\n", rig->error);
		fail();
	}
	assert_int_equal(pthread_create(&rig->thread, NULL, run, rig), 0);
	assert_true(fk_attach(&rig->fk));
	assert_true(fk_wait_bridge(&rig->fk, PCIEM_BRIDGE_UP));
	fk_set_state(&rig->fk, PCIEM_KERNEL_SCANNING);
}

void rig_start_enumerated(struct rig *rig)
{
	rig_start(rig);
	assert_true(fk_enumerate(&rig->fk));
	fk_set_state(&rig->fk, PCIEM_KERNEL_RUNNING);
}

void rig_join(struct rig *rig)
{
	pthread_join(rig->thread, NULL);
}

void rig_stop(struct rig *rig)
{
	riser_engine_stop(rig->engine, false);
	assert_true(fk_let_leave(&rig->fk));
	rig_join(rig);
}

void rig_fini(struct rig *rig)
{
	riser_engine_destroy(rig->engine);
	riser_link_close(rig->link);
}

const struct riser_finding *rig_finding(const struct rig *rig,
					enum riser_finding_kind kind)
{
	const struct riser_finding *finding;
	uint32_t i;

	for (i = 0; (finding = riser_engine_finding(rig->engine, i)); i++)
		if (finding->kind == kind)
			return finding;
	return NULL;
}
