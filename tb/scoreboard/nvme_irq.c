// SPDX-License-Identifier: Apache-2.0
/*
 * Interrupts by MSI-X. A completion entry in a queue with interrupts owes a
 * message of the queue's vector, from when nothing masks it on. It is paid by
 * the message, or dropped when the driver has taken all entries without one.
 *
 * Overdue is what is owed for too many cycles; or, since the clock of a card
 * that calls itself idle stands still, for a tenth of a second of the host's
 * time in which the card has had some cycles.
 *
 * A message that comes while there is nothing to tell is legal by itself. When
 * an entry follows that gets none, it was that entry's, and came too early.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nvme.h"

#define MAX_HOST_NS	100000000ULL
#define MIN_CYCLES	16
#define STALE_CYCLES	10000		/* an entry's message comes sooner */
#define MAX_LATE_CYCLES	2500000		/* from a message to its entry */

static bool is_blocked(const struct nvme *b, const struct nvme_vector *v)
{
	return b->function_mask || v->is_masked;
}

static void drop_owed(struct nvme *b, struct nvme_vector *v)
{
	if (v->is_owed)
		b->nr_owed--;
	v->is_owed = false;
	v->was_blocked = false;
	v->held_by = NVME_NO_MASK;
}

void nvme_irq_reset(struct nvme *b)
{
	uint32_t i;

	for (i = 0; i < NVME_MAX_VECTORS; i++) {
		drop_owed(b, &b->vector[i]);
		b->vector[i].credits = 0;
		b->vector[i].has_free_message = false;
	}
}

void nvme_irq_power_on(struct nvme *b)
{
	uint32_t i;

	nvme_irq_reset(b);
	b->msix_on = false;
	b->function_mask = false;
	for (i = 0; i < NVME_MAX_VECTORS; i++)
		b->vector[i] = (struct nvme_vector){ .is_masked = true };
}

/* Nothing masks the vector any more: the message is due from now on. */
static void open_vector(struct nvme *b, struct nvme_vector *v, enum nvme_mask mask)
{
	if (!v->is_owed || is_blocked(b, v))
		return;
	v->held_by = (uint8_t)mask;
	v->owed_cycle = b->cycle;
	v->owed_ns = b->host_ns;
	v->owed_seq = b->event ? b->event->seq : v->entry_seq;
	if (b->event)
		riser_tlp_print(b->event->bytes, b->event->len, b->event->names, b->open_text,
				sizeof(b->open_text));
}

void nvme_irq_control(struct nvme *b, bool on, bool function_mask)
{
	bool was_masked = b->function_mask;
	uint32_t i;

	b->function_mask = function_mask;
	if (on != b->msix_on) {
		b->msix_on = on;
		nvme_irq_reset(b);
		return;
	}
	if (was_masked && !function_mask && b->nr_owed)
		for (i = 0; i < b->nr_vectors; i++)
			open_vector(b, &b->vector[i], NVME_FUNCTION_MASK);
}

void nvme_irq_table(struct nvme *b, uint32_t offset, uint32_t value)
{
	struct nvme_vector *v = &b->vector[offset / 16];
	bool was_masked = v->is_masked;

	switch (offset % 16) {
	case 0:
		v->addr = (v->addr & ~(uint64_t)UINT32_MAX) | (value & ~3U);
		break;
	case 4:
		v->addr = (v->addr & UINT32_MAX) | (uint64_t)value << 32;
		break;
	case 8:
		v->data = value;
		break;
	default:
		v->is_masked = value & 1;
		if (was_masked && !v->is_masked)
			open_vector(b, v, NVME_VECTOR_MASK);
	}
}

void nvme_irq_entry(struct nvme *b, const struct nvme_cq *cq, uint32_t cmd)
{
	struct nvme_vector *v = &b->vector[cq->vector % NVME_MAX_VECTORS];

	/* nobody knows where a message without address goes */
	if (!b->msix_on || !cq->has_interrupt || !v->addr)
		return;
	v->credits++;
	v->last_entry = b->cycle;
	if (is_blocked(b, v))
		v->was_blocked = true;
	if (v->is_owed)
		return;
	v->is_owed = true;
	b->nr_owed++;
	v->owed_cycle = v->entry_cycle = b->cycle;
	v->owed_ns = b->host_ns;
	v->owed_seq = v->entry_seq = b->event->seq;
	v->entry_cmd = cmd;
	v->entry_id = cmd == NVME_NONE ? 0 : b->cmd[cmd].id;
	v->entry_qid = cq->qid;
	v->entry_addr = cq->base + ((cq->tail + cq->size - 1) % cq->size) * 16ULL;
}

/* Has the driver taken all entries of the queues of this vector? */
static bool is_drained(const struct nvme *b, uint32_t vector)
{
	uint32_t i;

	for (i = 0; i < NVME_MAX_QUEUES; i++)
		if (b->cq[i] && b->cq[i]->has_interrupt && b->cq[i]->vector == vector &&
		    b->cq[i]->head != b->cq[i]->tail)
			return false;
	return true;
}

void nvme_irq_head(struct nvme *b, const struct nvme_cq *cq)
{
	struct nvme_vector *v = &b->vector[cq->vector % NVME_MAX_VECTORS];

	if (v->is_owed && is_drained(b, cq->vector))
		drop_owed(b, v);
}

bool nvme_irq_message(struct nvme *b, uint64_t addr, const uint8_t *data, uint32_t len)
{
	struct nvme_vector *v;
	uint32_t i;

	if (len != 4)
		return false;
	for (i = 0; i < b->nr_vectors; i++)
		if (b->vector[i].addr == addr && b->vector[i].data == nvme_le32(data))
			break;
	if (i == b->nr_vectors)
		/* of an entry that has changed since; the checker judges it */
		return addr >> 20 == 0xfee;
	v = &b->vector[i];
	if (v->credits && !v->was_blocked && b->cycle - v->last_entry > STALE_CYCLES)
		v->credits = 0;
	if (v->credits) {
		v->credits--;
		v->has_free_message = false;
	} else if (is_drained(b, i)) {
		v->has_free_message = true;
		v->free_cycle = b->cycle;
		v->free_seq = b->event->seq;
	}
	drop_owed(b, v);
	nvme_hear(b, message, i);
	return true;
}

/* ---- overdue ---- */

static double us_of(const struct nvme *b, uint64_t cycles)
{
	return (double)cycles * (double)b->clk_period_ps / 1e6;
}

/* The words for a TLP that is gone. */
static char *entry_text(const struct nvme_vector *v, char *text, size_t size)
{
	snprintf(text, size, "MWr to 0x%" PRIx64 " (entry in CQ %u)", v->entry_addr, v->entry_qid);
	return text;
}

static void tell_late_entry(struct nvme *b, const struct nvme_vector *v,
			    const struct nvme_cmd *cmd)
{
	char access[64];

	nvme_tell_at(b, NVME_LATE_ENTRY, cmd, v->addr, v->free_seq, v->entry_cycle,
		     entry_text(v, access, sizeof(access)),
		     "the message of vector %u came in cycle %" PRIu64 " (TLP %" PRIu64
		     "), the entry in CQ %u %.1f us later (TLP %" PRIu64
		     "), and no message after it", (uint32_t)(v - b->vector), v->free_cycle,
		     v->free_seq, v->entry_qid, us_of(b, v->entry_cycle - v->free_cycle),
		     v->entry_seq);
}

static void tell_lost(struct nvme *b, const struct nvme_vector *v, const struct nvme_cmd *cmd)
{
	char mask[80] = "", access[64];

	if (v->held_by)
		snprintf(mask, sizeof(mask), ", the %s was cleared in TLP %" PRIu64,
			 v->held_by == NVME_FUNCTION_MASK ? "Function Mask" : "vector's mask",
			 v->owed_seq);
	nvme_tell_at(b, NVME_LOST_INTERRUPT, cmd, v->addr, v->owed_seq, v->owed_cycle,
		     v->held_by ? b->open_text : entry_text(v, access, sizeof(access)),
		     "entry in CQ %u in cycle %" PRIu64 " (TLP %" PRIu64
		     ")%s; no message of vector %u since, in %" PRIu64
		     " cycles and %.1f ms of the host's time", v->entry_qid, v->entry_cycle,
		     v->entry_seq, mask, (uint32_t)(v - b->vector), b->cycle - v->owed_cycle,
		     (double)(b->host_ns - v->owed_ns) / 1e6);
}

static void tell_overdue(struct nvme *b, struct nvme_vector *v)
{
	const struct nvme_cmd *cmd = NULL;

	if (v->entry_cmd != NVME_NONE && b->cmd[v->entry_cmd].id == v->entry_id)
		cmd = &b->cmd[v->entry_cmd];
	if (v->has_free_message && !v->held_by &&
	    v->entry_cycle - v->free_cycle < MAX_LATE_CYCLES)
		tell_late_entry(b, v, cmd);
	else
		tell_lost(b, v, cmd);
	v->credits = 0;
	v->has_free_message = false;
	drop_owed(b, v);
}

void nvme_irq_time(struct nvme *b)
{
	uint64_t limit = b->config.interrupt_cycles + b->coalesce_cycles, cycles;
	bool is_host = b->event->direction == RISER_TO_CARD && b->event->host_ns;
	struct nvme_vector *v;
	uint32_t i;

	for (i = 0; i < b->nr_vectors && b->nr_owed; i++) {
		v = &b->vector[i];
		if (!v->is_owed || is_blocked(b, v) || b->cycle < v->owed_cycle)
			continue;
		cycles = b->cycle - v->owed_cycle;
		if (cycles > limit || (is_host && cycles >= MIN_CYCLES && v->owed_ns &&
				       b->host_ns - v->owed_ns > MAX_HOST_NS))
			tell_overdue(b, v);
	}
}
